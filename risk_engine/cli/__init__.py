"""The command `risk-engine`: each command parses, calls one function, prints, and says by its exit code how it went."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper

import typer
from typer.exceptions import TyperException

import risk_engine.office.forms  # noqa: F401 (a case may be a workbook)
from risk_engine.cli.commands import NAME, application, library_speaks, speak, take_language, tree_of, usage_error
from risk_engine.cli.output import Exit
from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.interrupts import interruptible
from risk_engine.files.language import _, folder, in_language


def main(begin: Callable[[], None] = lambda: None) -> None:
    """Run the command; what a user can mend is printed to standard error, with exit code 2, any other error with 70.

    `begin` is called first of what Ctrl-C may end.
    """
    _write_any_character()
    try:
        language, sys.argv[1:] = take_language(sys.argv[1:], os.environ)
    except RiskEngineError as error:
        typer.echo(f"{error}", err=True)
        sys.exit(Exit.INVALID_INPUT)
    language = speak(language, "outside" if sys.argv[1:2] == ["report"] else "report")
    with in_language(language), library_speaks(language, folder()):
        sys.exit(_run(begin))


def _run(begin: Callable[[], None]) -> int:
    try:
        begin()
        with interruptible():
            return _run_command()
    except TyperException as error:
        typer.echo(usage_error(error), err=True, nl=False)
    except KeyboardInterrupt:
        typer.echo(_("Stopped."), err=True)
        return Exit.INTERRUPTED
    except typer.Abort:
        typer.echo(_("Aborted!"), err=True)
        return Exit.FAILED
    except RiskEngineError as error:
        typer.echo(f"{error}", err=True)
    except OSError as error:
        # A name that is too long, a folder that may not be listed, a full disk: wherever it happens, nobody's bug.
        place = error.filename or _("the command")
        typer.echo(f"{place}: {reason(error) if error.strerror else str(error).lower()}", err=True)
    except Exception as error:  # noqa: BLE001 (whatever it is, a traceback helps nobody who uses this program)
        from risk_engine.cli.output import defect

        typer.echo(defect(error), err=True)
        return Exit.DEFECT
    return Exit.INVALID_INPUT


def _run_command() -> int:
    tree = tree_of(application(next(iter(sys.argv[1:]), None)))
    code: int = tree(prog_name=NAME, standalone_mode=False) or Exit.DONE
    if code == Exit.INTERRUPTED:  # the tree's answer to Ctrl-C, without a word
        raise KeyboardInterrupt
    return code


def _write_any_character() -> None:
    """Write UTF-8 into files and pipes, and to a terminal what it can show: a partner's name must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
