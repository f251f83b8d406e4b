"""The command `risk-engine`: each command parses, calls one function, prints, and says by its exit code how it went."""

import gc
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Annotated

import typer
from typer.exceptions import TyperException

from risk_engine.cli import assess, case, criteria, decide, interview, key, outlook, register, verify
from risk_engine.cli import report as documents
from risk_engine.cli.exits import Exit
from risk_engine.cli.phrases import report
from risk_engine.cli.speech import OPTION, take_language
from risk_engine.cli.tree import tree_of
from risk_engine.diagnostics import DefectError, RiskEngineError, reason
from risk_engine.interrupts import interruptible
from risk_engine.language import _, in_language
from risk_engine.version import __version__

app = typer.Typer(
    name="risk-engine",
    help="Decide, with reasons, whether a proposed research collaboration may go ahead.",
    epilog="Exit codes: 0 done · 1 a test failed, a record does not verify, or a result is at least "
    "--fail-on · 2 invalid input, or something could not be checked · 3 a result may be at least --fail-on · "
    "70 a defect of this program · 130 ended by Ctrl-C. "
    "Results go to standard output, problems to standard error.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("assess", epilog=assess.EXAMPLES)(assess.assess_cases)
app.command("interview", epilog=interview.EXAMPLES)(interview.interview)
app.command("decide", epilog=decide.EXAMPLES)(decide.decide_case)
app.command("outlook", epilog=outlook.EXAMPLES)(outlook.print_outlook)
app.command("report", epilog=documents.EXAMPLES)(documents.report_on)
app.command("verify", epilog=verify.EXAMPLES)(verify.verify_records)
app.add_typer(case.app, name="case")
app.add_typer(criteria.app, name="criteria")
app.add_typer(key.app, name="key")
app.add_typer(register.app, name="register")


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"risk-engine {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
    _language: Annotated[
        str | None, typer.Option(OPTION, metavar="LANGUAGE", expose_value=False)  # what it says, `tree_of` knows
    ] = None,
) -> None:
    pass


def main(begin: Callable[[], None] = lambda: None) -> None:
    """Run the command; what a user can mend is printed to standard error, with exit code 2.

    `begin` is called first of what Ctrl-C may end.
    """
    # Reading criteria makes many objects and no garbage; looking for some all the while costs a tenth of the start.
    gc.set_threshold(100_000)
    _write_any_character()
    try:
        language, sys.argv[1:] = take_language(sys.argv[1:], os.environ)
    except RiskEngineError as error:
        typer.echo(f"{error}", err=True)
        sys.exit(Exit.INVALID_INPUT)
    with in_language(language):
        sys.exit(_run(begin))


def _run(begin: Callable[[], None]) -> int:
    try:
        begin()
        with interruptible():
            return _run_command()
    except TyperException as error:
        typer.echo(report(error), err=True, nl=False)
    except KeyboardInterrupt:
        typer.echo(_("Aborted!"), err=True)
        return Exit.INTERRUPTED
    except typer.Abort:
        typer.echo(_("Aborted!"), err=True)
        return Exit.FAILED
    except RiskEngineError as error:
        typer.echo(f"{error}", err=True)
    except DefectError as error:
        told = _("risk-engine contradicts itself: a defect of this program, not of the criteria; nothing is proved.")
        typer.echo(f"{told}\n{_('Please report it with these lines:')}\n{error}", err=True)
        return Exit.DEFECT
    except OSError as error:
        # A name that is too long, a folder that may not be listed, a full disk: wherever it happens, nobody's bug.
        place = error.filename or _("the command")
        typer.echo(f"{place}: {reason(error) if error.strerror else str(error).lower()}", err=True)
    return Exit.INVALID_INPUT


def _run_command() -> int:
    code: int = tree_of(app)(prog_name=app.info.name, standalone_mode=False) or Exit.DONE
    if code == Exit.INTERRUPTED:  # the tree's answer to Ctrl-C, without a word
        raise KeyboardInterrupt
    return code


def _write_any_character() -> None:
    """Write UTF-8 into files and pipes, and to a terminal what it can show: a partner's name must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
