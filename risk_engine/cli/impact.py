"""`risk-engine criteria impact`: what another version does to stored cases."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, assert_never, get_args

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Day, Output, ProfileOption
from risk_engine.cli.output import FORM, form_of, progress, put, put_document
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _
from risk_engine.writing import keep_inputs

if TYPE_CHECKING:
    from risk_engine.audit.impact.verdict import Verdict
    from risk_engine.model.impact import ImpactReport

EXAMPLES = """Examples: risk-engine criteria impact reconnect-china@1.0.0 reconnect-china --cases cases/ ·
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
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; without it, one for each processor.")
    ] = None,
) -> None:
    """Replay every stored case under two versions of a set: who changes, from what to what, and why.

    Three groups are counted apart: cases that can be compared; cases that the new version asks something of that the
    old one did not, with what is left when that gets its least and its most risky answer; and cases with answers that
    the new version does not take. No answer of a case is printed.

    Each case is replayed on its own day, with the profile that its assessment was made with, if there is no --on and
    no --profile. A version that is not in force on that day is used all the same, and the report says so. A case that
    cannot be replayed is named, and the exit code is 2; the others are shown.
    """
    from risk_engine.audit.impact.run import impact
    from risk_engine.audit.impact.verdict import verdict

    paths = [one for path in (*(cases or ()), *(more or ())) for one in _registered(path)]
    if not paths:
        raise RiskEngineError(_("say which cases to replay"), _("`--cases FOLDER`, or one file after the other"))
    if output is not None:
        keep_inputs(output, [one for one in (*paths, profile) if one is not None])
    form = form_of(output, get_args(ImpactFormat), asked)
    with progress(_("cases")) as tell:
        found = impact(paths, before, after, on=on, profile=profile, jobs=jobs or os.cpu_count() or 1, tell=tell)
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
    from risk_engine.register.folder import ABOUT, case_folders

    if not (path / ABOUT).is_file():
        return [path]
    return [several[-1].path for one in case_folders(path) if (several := one.of("assessment"))]


def _put(found: "ImpactReport", form: ImpactFormat, output: Path | None) -> None:
    """Print the report, or write it; on a terminal only the first cases of each kind."""
    from risk_engine.report.impact.view import MOST, impact_view

    match form:
        case "json":
            put(found.model_dump_json(by_alias=True, indent=2), output)
        case "html":
            put_document(impact_view(found), "html", output)
        case "md":
            put_document(impact_view(found, with_pictures=False), "md", output)
        case "text" if output is None:
            from rich.console import Console

            from risk_engine.report.document_text import print_document

            print_document(impact_view(found, with_pictures=False, most=MOST), Console())
        case "text":
            put_document(impact_view(found, with_pictures=False), "text", output)
        case _:
            assert_never(form)
