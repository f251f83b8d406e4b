"""`risk-engine decide`: a named person decides on an assessment, a second one confirms, an office signs."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import options as days
from risk_engine.cli.options import CriteriaOfRecord, Reading, day_option
from risk_engine.cli.output import FORM, form_of, in_words, note, put_bytes, wrote
from risk_engine.cli.verify import signing_key
from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _
from risk_engine.files.writing import check_new, write_new

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.decision import Decision, Person, Reply
    from risk_engine.model.explanation import Explanation
    from risk_engine.records.decisions import StatedCondition
    from risk_engine.report import DocumentForm


EXAMPLES = {
    "decide": """Examples: risk-engine decide 2026-014.json --by 'A. Vogel' --role 'Head of office' --on 2026-12-03 ·
risk-engine decide 2026-015.json --level start_gate=conditional --reason 'The committee met.' --by 'A. Vogel'
--role 'Head of office' --condition 'Report every March; owner=B. Ode; due=2027-03-31' --on 2026-12-03 ·
risk-engine decide 2026-014.decision.json --confirm 'B. Ode' --role 'Vice-rector' --on 2026-12-04 ·
risk-engine decide 2026-014.decision.json --format html -o decision.html"""
}


@dataclass(frozen=True)
class Options:
    """What stands on the command line, as it stands there."""

    levels: list[str]
    by: str | None
    role: str | None
    reason: str | None
    conditions: list[str]
    adopt: bool | None
    replies: list[str]
    supersedes: Path | None
    confirm: str | None
    confirm_role: str | None
    different_person: bool
    on: date

    def refuse_new(self) -> None:
        """Raise RiskEngineError where an option is there that makes sense for a new decision only."""
        given = {
            "--level": self.levels,
            "--by": self.by,
            "--reason": self.reason,
            "--condition": self.conditions,
            "--adopt": self.adopt is not None,
            "--reply": self.replies,
            "--supersedes": self.supersedes,
        }
        if names := [name for name, value in given.items() if value]:
            message = _(
                "a decision that is taken is not changed: {options} cannot be used with it",
                options=quoted(names, "and"),
            )
            raise RiskEngineError(message, _("decide anew on the assessment, with --supersedes this decision"))

    def second(self, reading: Reading, role: str | None) -> "Person | None":
        """Return who confirms, None where nobody does; what is wrong is noted."""
        if self.confirm is not None:
            return reading.person(("--confirm", self.confirm), ("--confirm-role", role))
        if self.confirm_role is not None:
            reading.problem(_("--confirm-role is there without --confirm"), _("name the second person"))
        if self.different_person:
            reading.problem(_("--different-person is there without --confirm"), _("name the second person"))
        return None

    def stated_conditions(self, reading: Reading) -> "tuple[StatedCondition, ...]":
        """Return the conditions; what is wrong with one is noted."""
        return tuple(_condition(reading, one) for one in self.conditions)

    def stated_replies(self, reading: Reading) -> "tuple[Reply, ...]":
        """Return what was written back, as far as it can be read; what is wrong is noted."""
        return tuple(one for stated in self.replies if (one := _reply(reading, stated)))


def _condition(reading: Reading, stated: str) -> "StatedCondition":
    from risk_engine.records.decisions import StatedCondition

    what, clauses = reading.clauses("--condition", stated, ("owner", "due", "letter"))
    told = clauses.get("letter", "yes").casefold()
    if told not in {"yes", "no"}:
        reading.problem(_("--condition: `letter` is yes or no, not `{text}`", text=told))
    due = reading.day("--condition: `due`", clauses.get("due"))
    return StatedCondition(what, clauses.get("owner"), due, told != "no")


def _reply(reading: Reading, stated: str) -> "Reply | None":
    from risk_engine.records.decide import read_reply

    name, clauses = reading.clauses("--reply", stated, ("from", "date"))
    for missing in [one for one in ("from", "date") if one not in clauses]:
        way_out = _("like --reply 'reply.txt; from=Dr Berg; date=2026-12-01'")
        reading.problem(_("--reply `{name}`: `{missing}=` is missing", name=name, missing=missing), way_out)
    day = reading.day("--reply: `date`", clauses.get("date"))
    if day is None or "from" not in clauses:
        return None
    try:
        return read_reply(Path(name), clauses["from"], day)
    except RiskEngineError as error:
        reading.problems.append(str(error))
        return None


Format: TypeAlias = Literal["text", "json", "html", "md", "pdf", "docx"]
"""The forms in which a decision is printed."""


def decide_case(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    file: Annotated[
        Path, typer.Argument(help="The assessment (JSON) to decide on; or a decision to confirm, sign or print.")
    ],
    levels: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="LADDER=LEVEL", help="Default: as proposed, where the proposal is settled."),
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides.")] = None,
    role: Annotated[str | None, typer.Option("--role", help="In which capacity.")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; needed where a level is not the proposed one.")
    ] = None,
    conditions: Annotated[
        list[str] | None,
        typer.Option(
            "--condition",
            metavar="WHAT",
            help="A control of the assessment, or a text: 'WHAT; owner=NAME; due=DATE'. With '; letter=no' the letter "
            "does not tell it.",
        ),
    ] = None,
    adopt: Annotated[
        bool | None,
        typer.Option(
            "--adopt/--no-adopt",
            help="Whether the controls that the case lists become conditions. Default: yes, where the level of "
            "headline or gate is neither mildest nor strictest; then --no-adopt also allows no condition at all.",
        ),
    ] = None,
    replies: Annotated[
        list[str] | None,
        typer.Option("--reply", metavar="FILE", help="What was written back: 'FILE; from=NAME; date=DATE'."),
    ] = None,
    supersedes: Annotated[
        Path | None,
        typer.Option("--supersedes", metavar="DECISION", help="The earlier decision that this one takes the place of."),
    ] = None,
    confirm: Annotated[str | None, typer.Option("--confirm", metavar="NAME", help="The second person.")] = None,
    confirm_role: Annotated[
        str | None, typer.Option("--confirm-role", metavar="ROLE", help="The capacity of the second person.")
    ] = None,
    different_person: Annotated[
        bool,
        typer.Option(
            "--different-person",
            help="Say that the second person, whose name may be the first one's, is another; the record keeps it.",
        ),
    ] = False,
    sign: Annotated[
        Path | None, typer.Option("--sign", metavar="KEY", help="Sign with this private key (`risk-engine key new`).")
    ] = None,
    on: Annotated[date | None, day_option("--on", "The day of the decision, like 2026-01-31; default: today.")] = None,
    criteria: CriteriaOfRecord = None,
    asked: Annotated[Format | None, FORM] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The new record; default: beside FILE. Nothing is written over."),
    ] = None,
) -> None:
    """Decide on an assessment: a new record beside it, bound to it by its digest, with the proposal as it was.

    It keeps the words that are signed, in the current language, and the digest of the decision sheet that was shown.

    With a decision as FILE: --confirm lets a second person confirm it, --sign signs it (each writes a new record), and
    without either it is printed.
    """
    from risk_engine.model.assessment import Assessment
    from risk_engine.records.files import read_record

    options = Options(
        levels or [],
        by,
        role,
        reason,
        conditions or [],
        adopt,
        replies or [],
        supersedes,
        confirm,
        confirm_role,
        different_person,
        on or days.today(),
    )
    record = read_record(file).record
    assessment = None
    if isinstance(record, Assessment):
        target = output or _beside(file, "decision")
        assessment, decision = _decided(file, record, criteria, options)
    elif confirm is None and sign is None:
        _show(record, options, asked, output)
        return
    else:
        target = output or _beside(file, "signed" if confirm is None else "confirmed")
        decision = _later(file, record, options)
    check_new(target)
    form = form_of(None, get_args(Format), asked)
    if sign is not None:
        decision = _signed(decision, sign)
    # What cannot be printed is said before anything is written.
    content = _rendered(decision, form, assessment)
    _write(decision, target)
    put_bytes(content, None)
    wrote(target)
    if isinstance(record, Assessment) and assessment is not None:
        from risk_engine.report.pages.letter import telling

        if text := telling(decision, assessment):
            note(text)


def _beside(file: Path, what: str) -> Path:
    return file.with_name(f"{file.name.removesuffix('.json')}.{what}.json")


def _decided(
    file: Path, stored: "Assessment", reference: str | None, options: Options
) -> "tuple[Explanation, Decision]":
    """Return the assessment in words, and the decision on it in the same words."""
    from risk_engine.engine.assess import is_intact
    from risk_engine.records.criteria import criteria_of
    from risk_engine.records.decide import Said, confirm, decide
    from risk_engine.records.files import read_decision
    from risk_engine.report.pages import sheet_shown

    if not is_intact(stored):
        message = _("the assessment was changed after it was written, so nothing is decided on it")
        raise RiskEngineError(message, _("assess the case again; `risk-engine verify` says what changed"))
    assessment = in_words(_("the decision"), stored, criteria_of(stored, reference, file))
    reading = Reading()
    by = reading.person(("--by", options.by), ("--role", options.role))
    second = options.second(reading, options.confirm_role)
    levels = tuple(reading.pair("--level", one) for one in options.levels)
    reason = None if options.reason is None else reading.text("--reason", options.reason, lines=True)
    conditions = options.stated_conditions(reading)
    replies = options.stated_replies(reading)
    old = read_decision(options.supersedes) if options.supersedes else None
    reading.end()
    assert by is not None  # noqa: S101 (or there is a problem)
    said = Said(by, options.on, levels, reason, conditions, options.adopt, replies, old, sheet_shown(assessment))
    decision = decide(assessment, said)
    if second:
        decision = confirm(decision, second, options.on, different_person=options.different_person)
    return assessment, decision


def _later(file: Path, decision: "Decision", options: Options) -> "Decision":
    from risk_engine.records.decide import confirm
    from risk_engine.records.decision_links import superseding_beside
    from risk_engine.records.decisions import decision_digest

    options.refuse_new()
    if decision_digest(decision) != decision.digest:
        raise RiskEngineError(_("the decision was changed after it was written, so it is neither confirmed nor signed"))
    if options.confirm is not None and (newer := superseding_beside(file, decision)):
        message = _(
            "{file}: the decision {name} takes the place of this one, so it is not confirmed any more",
            file=file,
            name=newer.name,
        )
        raise RiskEngineError(message, _("confirm that decision, or decide anew on the assessment"))
    reading = Reading()
    second = options.second(reading, options.confirm_role or options.role)
    reading.end()
    return confirm(decision, second, options.on, different_person=options.different_person) if second else decision


def _show(decision: "Decision", options: Options, asked: Format | None, output: Path | None) -> None:
    options.refuse_new()
    form = form_of(output, get_args(Format), asked)
    if output is not None:
        check_new(output)
    put_bytes(_rendered(decision, form), output)


def _rendered(decision: "Decision", form: Format, assessment: "Explanation | None" = None) -> bytes:
    """Return the record in a form, as its bytes; the assessment that it is on is in the current language."""
    name: DocumentForm | Literal["json"] = form
    if name == "json":
        from risk_engine.records.decisions import decision_json

        return decision_json(decision) + b"\n"
    from risk_engine.report import written
    from risk_engine.report.pages import record_of

    return written(record_of(decision, assessment), name)


def _signed(decision: "Decision", file: Path) -> "Decision":
    from risk_engine.records.decisions import signed

    made = signed(decision.confirmation.digest if decision.confirmation else decision.digest, signing_key(file))
    if made in decision.signatures:
        raise RiskEngineError(_("the decision is signed with this key already"))
    return decision.model_copy(update={"signatures": (*decision.signatures, made)})


def _write(decision: "Decision", target: Path) -> None:
    from risk_engine.files.source import MAX_BYTES
    from risk_engine.records.decisions import decision_json

    content = decision_json(decision) + b"\n"
    if len(content) > MAX_BYTES:
        message = _("the decision is larger than {size} KiB", size=MAX_BYTES // 1024)
        raise RiskEngineError(message, _("shorten the texts, or give replies as files that are no plain text"))
    write_new(target, content)
