"""`risk-engine prefill`: what lists and the registry propose for a case or a partner, and what is accepted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, assert_never

import typer

from risk_engine.cli import options
from risk_engine.cli.case_changes import bytes_of, editing, put_changed
from risk_engine.cli.lists_opened import (
    STORE,
    DecisionsFile,
    EntryOption,
    Store,
    check_extra,
    not_looked_at,
    opened_lists,
    screened_by,
)
from risk_engine.cli.options import CriteriaOption, Day
from risk_engine.cli.output import form_of, put, say
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, pgettext

if TYPE_CHECKING:
    from collections.abc import Collection

    from risk_engine.office.prefill.proposals import Proposal, State
    from risk_engine.office.prefill.subjects import Subject, Wanted
    from risk_engine.screening.asked import Asked

EXAMPLES = {
    "prefill": """Examples: risk-engine prefill cases/2026-014.yaml ·
risk-engine prefill cases/2026-014.yaml --format json -o proposals.json""",
}
Form: TypeAlias = Literal["text", "json"]
_FORMS: tuple[Form, ...] = ("text", "json")


def prefill(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    case: Annotated[Path, typer.Argument(help="The case, or a file in `partners`.", metavar="CASE")],
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="PATH", help="Take what is proposed for this fact; as often as you like."),
    ] = None,
    entry: EntryOption = None,
    criteria: CriteriaOption = None,
    on: Day = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="The form; without it the ending of -o says it, else it is the first one."),
    ] = None,
    output: options.Output = None,
    store: Store = STORE,
    decisions: DecisionsFile = None,
) -> None:
    """Show what the lists and the registry propose for a case, with reasons and evidence; write what is accepted.

    Only a hit that somebody confirmed (`risk-engine screen --confirm`) proposes an answer; an open one leaves its fact
    open. That nothing was found is evidence, and whether it is an answer a person says. An answer that stands is never
    written over. Which facts take what, the criteria say.
    """
    check_extra()
    if accept and (output is not None or form is not None):
        raise RiskEngineError(_("--accept writes into the case, and shows nothing"), _("leave -o and --format out"))
    wanted_form = form_of(output, _FORMS, form, inputs=(store, case, decisions))
    from risk_engine.office.prefill.accepted import chosen
    from risk_engine.office.prefill.proposals import proposals
    from risk_engine.office.prefill.subjects import wanted

    found = wanted(case, entry, criteria, on, options.today())
    with opened_lists(store, decisions, None, make=False) as (screening, kept):
        screened = list(screened_by(screening, [one.asked for one in found.subjects]))
        told = [
            (subject, proposals(subject, one, screening.heads, kept.about))
            for subject, one in zip(found.subjects, screened, strict=True)
        ]
        missing = not_looked_at(screening)
        strangers = [one.asked for one in screened if screening.registries and not one.registered]
    if accept:
        _accept(found, chosen(accept, [one for _subject, several in told for one in several]), criteria, on)
    elif wanted_form == "json":
        import orjson

        data = [_plain(subject, one) for subject, several in told for one in several]
        put(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), output)
    else:
        text = "\n".join([*_lines(found, told, strangers), *missing])
        if output is None:
            say(text)
        else:
            put(text, output)


def _accept(found: "Wanted", taken: "list[Proposal]", criteria: str | None, on: Day) -> None:
    from risk_engine.office.prefill.accepted import accept_in_case, accept_on_file

    if not found.is_on_file:
        with editing(found.path, criteria, on) as edit:
            accept_in_case(edit, taken)
        return
    before = bytes_of(found.path) or b""
    new = accept_on_file(found.path, before.decode(), taken)
    said = [f"{one.path}: {_shown(found, one, one.answer)}" for one in taken if one.state == "proposed"]
    said += [
        _("evidence for {paths}: {record}", paths=one.path, record=record["reference"])
        for one in taken
        for record in one.evidence
    ]
    put_changed(found.path, before, new.text, said, is_kept=not new.keeps_comments)


def _lines(found: "Wanted", told: "list[tuple[Subject, list[Proposal]]]", strangers: "Collection[Asked]") -> list[str]:
    """Return what is proposed; `strangers` are those whom no registry knows."""
    from risk_engine.office.prefill.proposals import ACCEPTABLE

    lines = []
    acceptable: list[str] = []
    for subject, several in told:
        lines.append(f"{subject.asked.name} – {subject.asked.where}")
        before: list[str] = []
        for one in several:
            lines += [f"  {line}" for line in _of_one(found, one, before)]
            acceptable += [one.path] if one.state in ACCEPTABLE else []
        lines += ["  " + _("not found in the registry")] if subject.asked in strangers else []
        lines += [] if several else ["  " + _("nothing is proposed")]
        lines.append("")
    if any(one.hit for _subject, several in told for one in several):
        way = "risk-engine screen …" if found.is_on_file else f"risk-engine screen --case {found.path}"
        command = f"{way} --confirm HIT --by NAME --reason TEXT"
        lines.append(_("to decide about a hit: {command}, or with `--rule-out`", command=command))
    paths = " ".join(f"--accept {one}" for one in dict.fromkeys(acceptable))
    lines.append(
        _("nothing is written yet; to take it: {command}", command=f"risk-engine prefill {found.path} {paths}")
        if paths
        else _("nothing can be taken")
    )
    return lines


def _of_one(found: "Wanted", one: "Proposal", before: list[str]) -> list[str]:
    """Return the lines about a proposal; evidence that was told `before` is not told at length again."""
    answer = "" if one.answer is None or one.state == "open" else f" = {_shown(found, one, one.answer)}"
    lines = [f"{_state(one.state)}: {one.path}{answer}"]
    if one.stands is not None and one.state != "same":
        lines.append("  " + _("answered already: {answer}", answer=_shown(found, one, one.stands)))
    lines.append("  " + _("because: {why}", why=one.why))
    for record in one.evidence:
        reference = record["reference"]
        if reference in before:
            lines.append("  " + _("evidence: {kind}, as above", kind=record["kind"]))
        elif reference != one.why:
            told = {"kind": record["kind"], "day": record["date"], "reference": reference}
            lines.append("  " + _("evidence: {kind}, {day}: {reference}", **told))
            before.append(reference)
    return lines


def _shown(found: "Wanted", one: "Proposal", answer: Any) -> str:
    """Return an answer as it is written, and what it means beside it."""
    from risk_engine.office.forms.edit_answers import shown_value

    entity = found.subjects[0].entity if found.is_on_file else one.path.partition(".")[0]
    fact = found.criteria.fact(f"{entity}.{one.path.rpartition('.')[2]}")
    words = "" if fact.confidential else found.criteria.shown(fact, answer)
    written = shown_value(answer)
    return f"{written} ({words})" if words and words != written else written


def _state(of: "State") -> str:
    match of:
        case "proposed":
            return pgettext("what becomes of a proposal", "proposed")
        case "evidence":
            return pgettext("what becomes of a proposal", "evidence alone")
        case "same":
            return pgettext("what becomes of a proposal", "as answered")
        case "differs":
            return pgettext("what becomes of a proposal", "differs")
        case "open":
            return pgettext("what becomes of a proposal", "to decide")
        case _:
            assert_never(of)


def _plain(subject: "Subject", one: "Proposal") -> dict[str, Any]:
    return {
        "entry": subject.prefix.rstrip("."),
        "name": subject.asked.name,
        "path": one.path,
        "state": one.state,
        "answer": one.answer,
        "stands": one.stands,
        "why": one.why,
        "evidence": [dict(record) for record in one.evidence],
        "hit": one.hit or None,
    }
