"""`risk-engine criteria prove`: what holds of a set in every possible case, and which case shows it if it does not."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Day, Jobs, Output, Pages, ProfileOption, Set
from risk_engine.cli.output import FORM, form_of, progress, put, put_document
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.writing import keep_inputs, make_folder, write_text

if TYPE_CHECKING:
    from risk_engine.audit.proofs.prove import Proved
    from risk_engine.model.proof import ProofReport

EXAMPLES = """Examples: risk-engine criteria prove reconnect-china ·
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
    _templates: Pages = None,
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

    form = form_of(output, get_args(ProofFormat), asked)
    if output is not None:
        keep_inputs(output, [] if profile is None else [profile])
    limits = Limits(entries=entries, jobs=jobs or os.cpu_count() or 1)
    topics = [one for one in TOPICS if not only or one in {topic.value for topic in only}]
    with progress(_("questions")) as tell:
        proved = proof_of(reference, on, profile, limits, only=topics, tell=tell)
    _put(proved, form, output, everything=everything)
    if cases is not None:
        _put_cases(proved, cases)
    raise typer.Exit(_exit_code(proved.report))


def _exit_code(report: "ProofReport") -> Exit:
    if report.count("refuted"):
        return Exit.FAILED
    return Exit.STILL_OPEN if report.count("undecided") else Exit.DONE


def _put(proved: "Proved", form: ProofFormat, output: Path | None, *, everything: bool) -> None:
    from risk_engine.loading.translation import criteria_in_words
    from risk_engine.report.set_pages.proofs import proof_view

    if form == "json":
        put(proved.report.model_dump_json(by_alias=True, indent=2), output)
        return
    whole = everything or form == "html"
    view = proof_view(proved.report, criteria_in_words(proved.criteria), proved.base, everything=whole)
    match form:
        case "html":
            put_document(view, "html", output)
        case "md":
            put_document(view, "md", output)
        case "text" if output is None:
            from rich.console import Console

            from risk_engine.report.terminal import print_document

            print_document(view, Console())
        case "text":
            put_document(view, "text", output)
        case _:
            assert_never(form)


def _put_cases(proved: "Proved", folder: Path) -> None:
    """Write every example into a folder; those of an earlier proof there are replaced, any other file is left alone."""
    from risk_engine.audit.case_files import MARK, example_files

    make_folder(folder)
    files = dict(example_files(proved))
    there = {one.name: one for one in sorted(folder.glob("*.yaml"))}
    ours = {name for name, path in there.items() if path.read_bytes().startswith(MARK.encode())}
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
