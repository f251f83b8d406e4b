"""How commands are read and told: groups and commands that speak the language of the run, and what is wrong in a line.

The library that reads the command line speaks English. Its help goes through gettext, so it finds our words; what it
says of a mistake is said anew here, from the parts of its exceptions and never from its sentences.
"""

import gettext
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from risk_engine.files.diagnostics import printable
from risk_engine.files.language import ENGLISH, N_, _

_DOMAIN = "command"
_OF_THE_HELP = (
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("default: {default}"),
    N_("required"),
    N_("Missing command."),
    N_("Show this message and exit."),
    N_("<path>"),
    N_("<list[Path]>"),
    N_("<list[str]>"),
    N_("<str>"),
    N_("<int>"),
    N_("<int range>"),
)
"""What the library asks gettext for, or shows as the kind of a value."""


class Command(TyperCommand):
    """A command that says in the language of the run which arguments are too many."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.allow_extra_args = True

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override] # its own is private
        """Read the arguments; the library's own refusal would be in English."""
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            names = " ".join(printable(one) for one in rest)
            ctx.fail(_("Got unexpected extra argument(s) ({names})", names=names))
        return rest


class Group(TyperGroup):
    """A group of commands that says in the language of the run which command there is not."""

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override] # its own is private
        """Return the command that is named; the library's own refusal would be in English."""
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and not name.startswith("-"):
            near = [repr(one) for one in get_close_matches(name, list(self.commands))]
            shown = repr(printable(name))
            if near:
                ctx.fail(_("No such command {name}. Did you mean {names}?", name=shown, names=", ".join(near)))
            ctx.fail(_("No such command {name}.", name=shown))
        return super().resolve_command(ctx, args)


class App(typer.Typer):
    """Commands under one name, which all speak the language of the run."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            cls=Group, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, **settings
        )

    def command(self, *args: Any, **settings: Any) -> Callable[[Any], Any]:
        """Add a command."""
        return super().command(*args, cls=Command, **settings)


@contextmanager
def library_speaks(language: str, folder: Path) -> Iterator[None]:
    """Let the library find its words in our translations inside the block."""
    before = os.environ.get("LANGUAGE")
    gettext.bindtextdomain(_DOMAIN, folder)
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = language if language != ENGLISH else "C"
    try:
        yield
    finally:
        gettext.textdomain("messages")
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before


def usage_error(error: TyperException) -> str:
    """Return what is said of arguments that cannot be read: usage, where there is help, the problem."""
    ctx = getattr(error, "ctx", None)
    if _is_help(error):
        return f"{error.format_message()}\n"
    lines = []
    if ctx is not None:
        command = f"{ctx.command_path} {ctx.help_option_names[0]}"
        lines += [*ctx.get_usage().splitlines(), _("Try '{command}' for help.", command=command), ""]
    return "\n".join([*lines, _("Error: {problem}", problem=_problem(error)), ""])


def _is_help(error: TyperException) -> bool:
    """Return whether the library only shows the help, since no command is named."""
    shown = StringIO()
    error.show(shown)  # type: ignore[attr-defined] # every one that is raised in reading arguments has it
    return shown.getvalue() == f"{error.format_message()}\n"


def _problem(error: TyperException) -> str:
    if (name := getattr(error, "option_name", None)) is not None:
        return _of_an_option(printable(name), getattr(error, "possibilities", None), is_known=_is_known(error))
    parameter = getattr(error, "param", None)
    if hasattr(error, "param_type") and parameter is not None:
        hint = parameter.get_error_hint()
        if parameter.param_type_name == "argument":
            return _("Missing argument {name}.", name=hint)
        return _("Missing option {name}.", name=hint)
    if hasattr(error, "param_hint"):
        wrong = _of_a_value(error, parameter)
        if parameter is None:
            return _("Invalid value: {problem}", problem=wrong)
        return _("Invalid value for {name}: {problem}", name=parameter.get_error_hint(), problem=wrong)
    return error.format_message()  # said by us, or looked up by the library


def _is_known(error: TyperException) -> bool:
    """Return whether there is an option of that name: what was written behind it is wrong then."""
    return not hasattr(error, "possibilities")


def _of_an_option(name: str, near: Sequence[str] | None, *, is_known: bool) -> str:
    if is_known:
        if any(word.startswith(f"{name}=") for word in sys.argv):
            return _("Option {name} does not take a value.", name=repr(name))
        return _("Option {name} requires an argument.", name=repr(name))
    if near:
        return _("No such option: {name} (Possible options: {names})", name=name, names=", ".join(sorted(near)))
    return _("No such option: {name}", name=name)


def _of_a_value(error: TyperException, parameter: Any) -> str:
    """Return what is wrong with a value; what pydantic found is told by its kind."""
    from pydantic import ValidationError

    if not isinstance(error.__cause__, ValidationError):
        return error.message
    found = error.__cause__.errors(include_url=False)[0]
    limits = found.get("ctx", {})
    match found["type"]:
        case "less_than_equal":
            return _("the number must be at most {limit}", limit=limits["le"])
        case "greater_than_equal":
            return _("the number must be at least {limit}", limit=limits["ge"])
        case "int_parsing" | "int_type" | "int_from_float" | "int_parsing_size":
            return _("this is no whole number")
        case "value_error" if parameter is not None and parameter.type_descriptor.choices:
            names = ", ".join(repr(str(one)) for one in parameter.type_descriptor.choices)
            return _("{value} is not one of {names}.", value=repr(found["input"]), names=names)
        case "value_error":
            return str(limits["error"])
        case _:
            return error.message
