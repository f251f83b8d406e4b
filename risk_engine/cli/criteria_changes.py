"""`risk-engine criteria diff | impact`: what is different between two versions, and what that does to stored cases."""

import os
import shlex
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.options import (
    Day,
    Jobs,
    Output,
    Pages,
    ProfileOption,
    Set,
    day_option,
    say_if_withdrawn,
    withdrawn,
)
from risk_engine.cli.output import FORM, Exit, form_of, note, progress, put, put_document, wrote
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import ENGLISH, _, current, in_language, ngettext
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import make_folder, write_text, write_together

if TYPE_CHECKING:
    from risk_engine.audit.impact.run import Verdict
    from risk_engine.audit.proofs.prove import Proved
    from risk_engine.audit.versions import Comparison
    from risk_engine.model.case import Case
    from risk_engine.model.changes import Changes, Layer, Meaning
    from risk_engine.model.comparison import ImpactReport
    from risk_engine.model.proof import ProofReport
    from risk_engine.report import DocumentForm


DIFF_EXAMPLES = """Examples: risk-engine criteria diff reconnect-china@1.0.0 our-criteria ·
risk-engine criteria diff reconnect-china@1.0.0 our-criteria -o changes.html ·
risk-engine criteria diff our-criteria@1.0.0 our-criteria --cases shown/ --fail-on milder ·
risk-engine criteria diff our-criteria@1.0.0 our-criteria --no-meaning --fail-on structure"""
_METAVAR = "SET[@VERSION]"


DiffFormat: TypeAlias = Literal["text", "md", "html", "pdf", "docx", "json"]
"""The forms that the changes can be had in."""


Grade: TypeAlias = Literal["changed", "structure", "milder"]
"""What makes the command fail."""


_COUNTED: "dict[Grade, tuple[Layer, ...]]" = {"changed": ("words", "structure"), "structure": ("structure",)}


@dataclass(frozen=True)
class _Proved:
    """What the changes mean, with the base case from which cases are told; or why that could not be worked out."""

    meaning: "Meaning | None" = None
    base: "Case | None" = None
    error: RiskEngineError | None = None


def print_diff(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    before: Annotated[
        str,
        typer.Argument(help="The earlier version: a shipped set, or a folder; of a set its newest.", metavar=_METAVAR),
    ],
    after: Annotated[str, typer.Argument(help="The later version, or an office's changed copy.", metavar=_METAVAR)],
    fail_on: Annotated[
        Grade | None,
        typer.Option(
            help="Exit code 1 if anything is `changed`, if the `structure` is (rules and questions), or if a case gets "
            "`milder`, cannot be read any more, or less care is asked; 3 if that is not decided."
        ),
    ] = None,
    on: Annotated[
        date | None, day_option("--on", "Ask for one day only; without it, for every day on which rules begin or end.")
    ] = None,
    proves: Annotated[
        bool, typer.Option("--meaning/--no-meaning", help="Whether to prove what the changes mean for results.")
    ] = True,
    cases: Annotated[
        Path | None,
        typer.Option("--cases", metavar="FOLDER", help="Write each case that is shown there as a case file."),
    ] = None,
    asked: Annotated[DiffFormat | None, FORM] = None,
    output: Output = None,
    templates: Pages = None,
) -> None:
    """Print what is different between two versions of a set: first whether any case gets milder, last the words.

    Over all possible cases it is proved whether a result can become milder or stricter, skip a level or be open anew,
    and where it can the smallest case shows it (needs the extra `audit`). Each rule and question that is new, gone or
    changed stands with its sentence before and after. Number and time of the versions count as no change; neither do
    their cases, translations and notes. Where the meaning was asked for and cannot be worked out, the exit code is 2;
    the rest is printed all the same.
    """
    from risk_engine.audit.versions import compared

    if not proves and (fail_on == "milder" or cases is not None or on is not None):
        message = _("without the meaning there are no cases, no days and nothing that is milder")
        raise RiskEngineError(message, _("leave out --no-meaning"))
    form = form_of(output, get_args(DiffFormat), asked, templates=templates)
    if cases is not None:
        _check_empty(cases)
    found = compared(before, after)
    for one in (found.changes.before, found.changes.after):
        if one.state == "withdrawn":
            note(withdrawn(f"{one.id}@{one.version}"))
    proved = _proved(found, on, form) if proves else _Proved()
    changes = found.changes.model_copy(update={"meaning": proved.meaning})
    if form == "json":
        put(changes.model_dump_json(indent=2), output)
    else:
        _put_report(found, changes, proved, form, output, _again("diff", before, after, *_on_day(on)))
    if proved.error is not None:
        typer.echo(str(proved.error), err=True)
    if cases is not None:
        _write_cases(found, proved, cases)
    _exit(fail_on, changes)
    if proved.error is not None:
        raise typer.Exit(Exit.INVALID_INPUT)


def _proved(found: "Comparison", on: date | None, form: DiffFormat) -> _Proved:
    """Return what the changes mean, as far as it can be said."""
    from risk_engine.audit.versions import base_of, meaning_of

    base: Case | None = None
    # A record is the same in every language.
    with in_language(ENGLISH if form == "json" else current()), progress(_("days")) as tell:
        try:
            base = base_of(found)
            return _Proved(meaning_of(found, base, on, tell), base)
        except RiskEngineError as error:
            return _Proved(None, base, error)


def _put_report(
    found: "Comparison",
    changes: "Changes",
    proved: _Proved,
    form: "DocumentForm",
    output: Path | None,
    command: str,
) -> None:
    from risk_engine.report.set_pages.changes import changes_view

    error = proved.error
    instead = None if error is None else (error.message or str(error), error.way_out)
    page = changes_view(changes, *found.words, shown=found.shown, base=proved.base, instead=instead, command=command)
    put_document(page, form, output)


def _again(command: str, *parts: str) -> str:
    """Return the command that makes a report again, as one would type it; a person who signs can run it."""
    return shlex.join(("risk-engine", "criteria", command, *parts))


def _on_day(on: date | None) -> tuple[str, ...]:
    return ("--on", on.isoformat()) if on else ()


def _check_empty(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        message = _("{folder} is there already, and cases are written into a new or an empty folder", folder=folder)
        raise RiskEngineError(message, _("name another one after --cases"))


def _write_cases(found: "Comparison", proved: _Proved, folder: Path) -> None:
    if proved.meaning is None:
        return
    from risk_engine.audit.case_files import case_files

    files = case_files(found, proved.meaning)
    make_folder(folder)
    write_together({folder / name: text for name, text in files.items()})
    for name in files:
        wrote(folder / name)
    if not files:
        typer.echo(_("no case shows any difference, so none is written"), err=True)


def _exit(fail_on: Grade | None, changes: "Changes") -> None:
    match fail_on:
        case None:
            return
        case "milder":
            answer = "undecided" if changes.meaning is None else changes.meaning.answer
            if answer == "milder":
                raise typer.Exit(Exit.FAILED)
            if answer == "undecided":
                raise typer.Exit(Exit.STILL_OPEN)
            if changes.meaning is not None and changes.meaning.required.bump == "major":
                raise typer.Exit(Exit.FAILED)  # old cases cannot be read, or less care is asked of people
        case _ if changes.renamed or changes.of(*_COUNTED[fail_on]):
            raise typer.Exit(Exit.FAILED)
        case _:
            return


IMPACT_EXAMPLES = """Examples: risk-engine criteria impact reconnect-china@1.0.0 reconnect-china --cases cases/ ·
risk-engine criteria impact reconnect-china@1.0.0 reconnect-china --cases register -o impact.html ·
risk-engine criteria impact our-criteria@1.0.0 our-criteria --cases other.json --on 2027-01-01 --fail-on milder"""


ImpactFormat: TypeAlias = Literal["text", "html", "md", "json"]
"""The forms an impact report can be had in."""


FailOn: TypeAlias = Literal["milder", "looser", "changed"]
"""What a command can be made to fail on."""


def print_impact(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    before: Annotated[
        str, typer.Argument(help="The old version: a shipped set, or a folder.", metavar="SET[@VERSION]")
    ],
    after: Annotated[str, typer.Argument(help="The new version.", metavar="SET[@VERSION]")],
    more: Annotated[
        list[Path] | None, typer.Argument(help="More cases, as after --cases.", metavar="[CASE]...")
    ] = None,
    cases: Annotated[
        list[Path] | None,
        typer.Option(
            "--cases",
            metavar="CASE...",
            help="Cases (YAML or JSON), assessments (JSON), folders of them, or a register; may be repeated.",
        ),
    ] = None,
    on: Day = None,
    profile: ProfileOption = None,
    asked: Annotated[
        ImpactFormat | None,
        FORM,
    ] = None,
    output: Output = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on",
            help="Exit with 1 if a case becomes `milder`; if it does or becomes `looser`; if it is `changed` at all; "
            "with 3 if that rests on answers that nobody gave.",
        ),
    ] = None,
    jobs: Jobs = None,
    templates: Pages = None,
) -> None:
    """Replay every stored case under two versions of a set: who changes, from what to what, and why.

    Three groups are counted apart: cases that can be compared; cases that the new version asks something of that the
    old one did not, with what is left when that gets its least and its most risky answer; and cases with answers that
    the new version does not take. No answer of a case is printed.

    Each case is replayed on its own day, with the profile that its assessment was made with, if there is no --on and
    no --profile. A version that is not in force on that day is used all the same, and the report says so. A case that
    cannot be replayed is named, and the exit code is 2; the others are shown.
    """
    from risk_engine.audit.impact.run import impact, verdict

    paths = [one for path in (*(cases or ()), *(more or ())) for one in _registered(path)]
    if not paths:
        raise RiskEngineError(_("say which cases to replay"), _("`--cases FOLDER`, or one file after the other"))
    form = form_of(output, get_args(ImpactFormat), asked, inputs=(*paths, profile), templates=templates)
    with progress(_("cases")) as tell:
        found = impact(paths, before, after, on=on, profile=profile, jobs=jobs or os.cpu_count() or 1, tell=tell)
    for used in (found.before, found.after):
        if used.withdrawn:
            note(withdrawn(f"{used.id}@{used.version}"))
    for text in dict.fromkeys((*found.notes, *(one.told for one in found.problems))):
        typer.echo(text, err=True)
    _put(found, form, output)
    if found.problems:
        raise typer.Exit(Exit.INVALID_INPUT)
    if fail_on is not None:
        raise typer.Exit(_EXITS[verdict(found, fail_on)])


_EXITS: "dict[Verdict, Exit]" = {"no": Exit.DONE, "may": Exit.STILL_OPEN, "yes": Exit.FAILED}


def _registered(path: Path) -> list[Path]:
    """Return the newest assessment of each case, if a folder is a register; else the path itself."""
    from risk_engine.office.register.folder import case_folders
    from risk_engine.office.register.log import ABOUT

    if not (path / ABOUT).is_file():
        return [path]
    return [several[-1].path for one in case_folders(path) if (several := one.of("assessment"))]


def _put(found: "ImpactReport", form: ImpactFormat, output: Path | None) -> None:
    """Print the report, or write it; on a terminal only the first cases of each kind."""
    from risk_engine.report.set_pages.impact import MOST, impact_view

    if form == "json":
        put(found.model_dump_json(by_alias=True, indent=2), output)
        return
    most = MOST if form == "text" and output is None else None
    put_document(impact_view(found, with_pictures=form == "html", most=most), form, output)


PROVE_EXAMPLES = """Examples: risk-engine criteria prove reconnect-china ·
risk-engine criteria prove reconnect-china --profile ours.yaml --only promises -o proof.html ·
risk-engine criteria prove our-criteria --on 2027-01-01 --cases proof-cases/"""
LEAST_ENTRIES = 3


ProofFormat: TypeAlias = Literal["text", "md", "html", "json"]
"""The forms a proof can be had in."""


class TopicOption(StrEnum):
    """What can be asked about; typer knows no list of literals."""

    occur = "occur"
    monotone = "monotone"
    missing = "missing"
    controls = "controls"
    promises = "promises"
    options = "options"
    directions = "directions"


def print_proof(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    reference: Set,
    on: Day = None,
    profile: ProfileOption = None,
    only: Annotated[
        list[TopicOption] | None,
        typer.Option(
            "--only", metavar="TOPIC", help=f"Ask about this only: {', '.join(TopicOption)}; may be repeated."
        ),
    ] = None,
    entries: Annotated[
        int,
        typer.Option(
            "--entries",
            min=LEAST_ENTRIES,
            help="Look for cases of the whole set with so many entries of a list first; no more than the set allows.",
        ),
    ] = LEAST_ENTRIES,
    everything: Annotated[
        bool, typer.Option("--all", "-v", help="Print every claim with its case, also as text and Markdown.")
    ] = False,
    asked: Annotated[ProofFormat | None, FORM] = None,
    output: Output = None,
    cases: Annotated[
        Path | None,
        typer.Option("--cases", metavar="FOLDER", help="Write every example there as a case file, a pair as two."),
    ] = None,
    jobs: Jobs = None,
    templates: Pages = None,
) -> None:
    """Prove over all possible cases what holds of a set, and show the smallest case where something does not.

    What can occur (every severity, knock-out, level and rule); that neither a riskier nor a missing answer makes
    anything milder, and no control in place anything graver; that each control option helps; the promises of
    invariants.yaml; and that every fact that a rule reads has a direction or a reason to have none. A case that the
    solver finds is shown only after the engine itself assessed it and came to the same.

    Without --on the rules are read as they stand on the base case's own day, or on the first day of the version if
    that is later. The exit code is 1 if anything is refuted, 3 if nothing is, but something is not decided, and 2
    if the set, the profile or an option cannot be used, or the solver is not there. Needs
    the extra `audit` (README, “Extras”).
    """
    from risk_engine.solver.solver import need_solver

    need_solver()

    from risk_engine.audit.proofs.prove import proof_of
    from risk_engine.model.proof import TOPICS
    from risk_engine.solver.space import Limits

    form = form_of(output, get_args(ProofFormat), asked, inputs=[profile], templates=templates)
    limits = Limits(entries=entries, jobs=jobs or os.cpu_count() or 1)
    topics = [one for one in TOPICS if not only or one in {topic.value for topic in only}]
    with progress(_("questions")) as tell:
        proved = proof_of(reference, on, profile, limits, only=topics, tell=tell)
    say_if_withdrawn(proved.version)
    asked_about = [part for one in only or () for part in ("--only", str(one))]
    looked = ["--entries", str(entries)] if entries != LEAST_ENTRIES else []
    under = ["--profile", str(profile)] if profile else []
    told = ["--all"] if everything else []
    command = _again("prove", reference, *_on_day(on), *under, *asked_about, *looked, *told)
    _put_proof(proved, form, output, command, everything=everything)
    if cases is not None:
        _put_cases(proved, cases)
    raise typer.Exit(_exit_code(proved.report))


def _exit_code(report: "ProofReport") -> Exit:
    if report.count("refuted"):
        return Exit.FAILED
    return Exit.STILL_OPEN if report.count("undecided") else Exit.DONE


def _put_proof(proved: "Proved", form: ProofFormat, output: Path | None, command: str, *, everything: bool) -> None:
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.set_pages.proofs import proof_view

    if form == "json":
        put(proved.report.model_dump_json(by_alias=True, indent=2), output)
        return
    whole = everything or form == "html"
    words = criteria_in_words(proved.criteria)
    view = proof_view(proved.report, words, proved.base, everything=whole, command=command)
    put_document(view, form, output)


def _put_cases(proved: "Proved", folder: Path) -> None:
    """Write every example into a folder; those of an earlier proof there are replaced, any other file is left alone."""
    from risk_engine.audit.case_files import MARK, example_files

    make_folder(folder)
    files = dict(example_files(proved))
    there = {one.name: one for one in sorted(folder.glob("*.yaml"))}
    ours = {name for name, path in there.items() if read_bytes(path).startswith(MARK.encode())}
    if foreign := sorted(set(files) & set(there) - ours):
        message = _("{file} is there already; it is not written over", file=there[foreign[0]])
        raise RiskEngineError(message, _("choose another folder for --cases"))
    for name in ours - set(files):
        there[name].unlink()
    for name, text in files.items():
        write_text(folder / name, text)
    typer.echo(
        ngettext("wrote {number} case to {folder}", "wrote {number} cases to {folder}", len(files), folder=folder),
        err=True,
    )
