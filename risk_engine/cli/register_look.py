"""What the commands of a register share, and `risk-engine register show`: the history of one case."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.diagnostics import RiskEngineError, printable
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.register.folder import CaseFolder
    from risk_engine.register.record import CaseRecord

SHOW_EXAMPLES = "Example: risk-engine register show register 2026-014"

Register = Annotated[Path, typer.Argument(help="The folder of the register.", metavar="FOLDER")]


def say(text: str) -> None:
    """Print a result, line by line, without what a terminal would obey."""
    for line in text.split("\n"):
        typer.echo(printable(line))


def warn(text: str) -> None:
    """Print what somebody should look at to standard error."""
    for line in text.split("\n"):
        typer.echo(printable(line), err=True)


def warn_of_language(cases: "Sequence[CaseRecord]") -> None:
    """Say of how many cases the words of the criteria stand as they were written, not in the current language."""
    from risk_engine.report.untranslated import untold

    shown = (one.shown for one in cases)
    if text := untold(one for one in shown if one is not None):
        warn(text)


def refuse(failed: Sequence[RiskEngineError], of: int) -> None:
    """Print what is wrong and end with the exit code for it; go on where nothing is."""
    for text in dict.fromkeys(str(error) for error in failed):
        warn(text)
    if failed and of > 1:
        some = _("{number} of {all} could not be used; the others were", number=len(failed), all=of)
        warn(some if len(failed) < of else _("none of the {all} could be used", all=of))
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


def records(folder: Path) -> "tuple[list[CaseRecord], list[RiskEngineError]]":
    """Return the cases of a register, and what is wrong with those that cannot be read; warn of what lies about."""
    from risk_engine.records.criteria import criteria_of
    from risk_engine.register.folder import case_paths, read_case_folder, to_look_at
    from risk_engine.register.record import record_of

    found: list[CaseRecord] = []
    failed: list[RiskEngineError] = []
    readable: list[CaseFolder] = []
    for path in case_paths(folder):
        try:
            readable.append(read_case_folder(path))
            record = record_of(readable[-1])
            if record.current is not None:
                criteria_of(
                    record.current.assessment, None, record.current.filed.path
                )  # without them there are no words to show
            found.append(record)
        except RiskEngineError as error:
            failed.append(error)
    for line in (*to_look_at(folder, readable), *(line for one in found for line in one.rulings.problems())):
        warn(line)
    return found, failed


def show(folder: Register, case: Annotated[str, typer.Argument(help="The office's number of the case.")]) -> None:
    """Print the history of a case: what was filed, what takes the place of what, and whether all of it is as it was.

    Exit code 1 if something was altered, is missing, or lies there although nobody filed it, if a decision does not
    hold, or if two stand side by side.
    """
    from risk_engine.register.folder import known_case_folder, to_look_at
    from risk_engine.register.history import history

    found = known_case_folder(folder, case)
    for line in to_look_at(folder, []):
        warn(line)
    lines = list(history(found))
    say(_("{case}: {number} filed in {folder}", case=case, number=len(found.filed), folder=found.path))

    for one in lines:
        say(f"{one.name}\n  {one.text}{f' — {_(one.mark)}' if one.wrong else ''}")

    for one in lines:
        if one.wrong:
            warn(one.wrong)
    if any(one.wrong for one in lines):
        raise typer.Exit(Exit.FAILED)
    say(_("everything is as it was filed"))
