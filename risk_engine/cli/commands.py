"""All commands by name, each with the module that it is in, so that a run reads only the one that it is asked for."""

from functools import cache
from importlib import import_module
from typing import Annotated

import typer

from risk_engine.cli.speech import OPTION
from risk_engine.version import __version__

NAME = "risk-engine"
VERSION = "--version"
_COMMANDS = {
    "assess": ("assess", "assess_cases"),
    "interview": ("interview", "interview"),
    "decide": ("decide", "decide_case"),
    "outlook": ("outlook", "print_outlook"),
    "report": ("report", "report_on"),
    "verify": ("verify", "verify_records"),
}
"""Commands of their own: the module, and the function in it; in this order the help lists them, groups last."""
_GROUPS = ("case", "criteria", "key", "register")
"""Groups of commands, each the `app` of the module of that name."""


def application(first: str | None = None) -> typer.Typer:
    """Return the application as one run needs it, by the first word of that run: with the command that it names alone.

    Where it names none, which is for the application to say, it has all of them.
    """
    every = (*_COMMANDS, *_GROUPS)
    return _with((first,) if first in every else () if first == VERSION else every)


@cache
def _with(names: tuple[str, ...]) -> typer.Typer:
    made = typer.Typer(
        name=NAME,
        help="Decide, with reasons, whether a proposed research collaboration may go ahead.",
        epilog="Exit codes: 0 done · 1 a test failed, a record does not verify, or a result is at least "
        "--fail-on · 2 invalid input, or something could not be checked · 3 a result may be at least --fail-on · "
        "70 a defect of this program · 130 ended by Ctrl-C. "
        "Results go to standard output, problems to standard error.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    made.callback()(_options)
    for name in names:
        if name in _GROUPS:
            made.add_typer(import_module(f"risk_engine.cli.{name}").app, name=name)
        else:
            home, function = _COMMANDS[name]
            module = import_module(f"risk_engine.cli.{home}")
            made.command(name, epilog=module.EXAMPLES)(getattr(module, function))
    return made


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool,
        typer.Option(VERSION, callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
    _language: Annotated[
        str | None, typer.Option(OPTION, metavar="LANGUAGE", expose_value=False)  # what it says, `tree_of` knows
    ] = None,
) -> None:
    pass
