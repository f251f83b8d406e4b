"""All commands by name, in the language of the run; a run reads only the module of the one that it is asked for."""

import gettext
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from risk_engine.files.diagnostics import RiskEngineError, nearest, printable, quoted
from risk_engine.files.language import ENGLISH, N_, _, current, languages, pgettext, spoken_by
from risk_engine.version import __version__

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


OPTION = "--lang"
VARIABLE = "RISK_ENGINE_LANG"
_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", re.ASCII)
"""The form of a language tag, whether there is that language or not."""


def take_language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the language of a run, and its arguments without the option, wherever it stood.

    The last one counts, as of every option; after `--` there are no options. One without its value stays, to be
    refused like any other, and so does what has not the form of a language: it may be the value of another option.
    (A value that has it stands behind an equals sign: `--reason=--lang=de`.)
    Raises RiskEngineError for a language that there is not.
    """
    asked, source, rest = environment.get(VARIABLE) or ENGLISH, VARIABLE, []
    words = list(arguments)
    while words:
        word = words.pop(0)
        option, is_, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if option == OPTION and is_ and _TAG.fullmatch(value):
            asked, source = value, OPTION
        elif word == OPTION and words and _TAG.fullmatch(words[0]):
            asked, source = words.pop(0), OPTION
        else:
            rest.append(word)
    return _known(asked, source), rest


def speak(tag: str, part: str) -> str:
    """Return the language in which a part is said to whoever asks for `tag`; say so where it has no words in that."""
    if (spoken := spoken_by(part, tag)) != tag:
        message = _("{tag}: only letters to people outside the office are there in it, so this is in English", tag=tag)
        typer.echo(message, err=True)
    return spoken


def _known(tag: str, source: str) -> str:
    if tag in languages():
        return tag
    near = nearest(tag, languages())
    way_out = (
        _("did you mean `{near}`?", near=near)
        if near
        else _("for example: {source}={language}", source=source, language=ENGLISH)
    )
    there_are = quoted(languages(), "and")
    raise RiskEngineError(
        _("{source}: there is no language `{tag}`; there are {languages}", source=source, tag=tag, languages=there_are),
        way_out,
    )


CommandOrGroup = TyperCommand | TyperGroup
Told = TyperCommand | TyperGroup | TyperArgument | TyperOption
_TEXTS = ("help", "short_help", "epilog")
_METAVARS = ("metavar", "options_metavar", "subcommand_metavar")
"""What stands for a value, such as DATE; the sentences of the help name it too."""
_METAVAR = "metavar"
"""The context in which it is translated."""


def tree_of(app: typer.Typer) -> TyperGroup:
    """Return the commands of an application; the root's option for the language is then one of every command."""
    return _tree(app, current(), languages())


@lru_cache(maxsize=32)
def _tree(app: typer.Typer, language: str, known: tuple[str, ...]) -> TyperGroup:
    """Return the commands as they are told in the current language: reading every signature takes longer than a run."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)  # noqa: S101 (an application with groups is one)
    (option,) = (one for one in root.params if OPTION in one.opts)
    commands = list(commands_below(root))
    for command in commands:
        command.params.append(option)
    if language != ENGLISH:
        _translate([root, *commands])
    assert isinstance(option, TyperOption)  # noqa: S101 (it begins with dashes)
    option.help = _(
        "The language: {languages}; else {variable} says it, else {default}.",
        languages=", ".join(known),
        variable=VARIABLE,
        default=ENGLISH,
    )
    return root


def commands_below(group: TyperGroup) -> Iterator[CommandOrGroup]:
    """Yield every command and every group below a group."""
    for command in group.commands.values():
        assert isinstance(command, TyperCommand | TyperGroup)  # noqa: S101 (typer makes no other)
        yield command
        if isinstance(command, TyperGroup):
            yield from commands_below(command)


def _told(commands: Sequence[CommandOrGroup]) -> Iterator[tuple[Told, str, str]]:
    """Yield all that commands say in their help: what says it, in which attribute, and the text."""
    each = {id(one): one for command in commands for one in (command, *command.params)}
    for one in each.values():
        assert isinstance(one, Told)  # noqa: S101 (typer makes no other)
        if isinstance(one, TyperArgument) and not one.metavar:
            one.metavar = one.name
        for attribute in (*_TEXTS, *_METAVARS):
            if text := getattr(one, attribute, None):
                yield one, attribute, text


def messages(app: typer.Typer) -> Iterator[tuple[str | None, str]]:
    """Yield what there is to translate in the help of an application, each with its context."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)  # noqa: S101 (an application with groups is one)
    for _one, attribute, text in _told([root, *commands_below(root)]):
        if attribute in _METAVARS:
            yield _METAVAR, text
        else:
            yield from ((None, part) for part in _paragraphs(text) if not _is_example(part))


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text as they are translated, one by one: how its lines break says nothing."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]


def _is_example(paragraph: str) -> bool:
    """Return whether a paragraph only shows commands, which are the same in every language."""
    return paragraph.startswith(("Example: ", "Examples: "))


def _translate(commands: Sequence[CommandOrGroup]) -> None:
    for one, attribute, text in _told(commands):
        if attribute in _METAVARS:
            setattr(one, attribute, pgettext(_METAVAR, text))
        else:
            setattr(one, attribute, "\n\n".join(_translated(part) for part in _paragraphs(text)))
    context = _context(commands[0].context_class)
    for command in commands:
        command.context_class = context
        option = command.get_help_option(context(command))
        if option is not None and option.help:
            option.help = _(option.help)


def _translated(paragraph: str) -> str:
    if not _is_example(paragraph):
        return _(paragraph)
    lead, _colon, commands = paragraph.partition(": ")
    return (
        _("Example: {commands}", commands=commands)
        if lead == "Example"
        else _("Examples: {commands}", commands=commands)
    )


def _context(plain: type[Any]) -> type[Any]:
    """Return the context of a command whose help has headings in the current language."""

    class Formatter(plain.formatter_class):  # type: ignore[misc, name-defined]  # the library exports no name of it
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or _("Usage: "))

        def write_dl(self, rows: Sequence[tuple[str, str]], *sizes: int) -> None:
            super().write_dl([(_name(first), second) for first, second in rows], *sizes)

    return type("Context", (plain,), {"formatter_class": Formatter})


def _name(row: str) -> str:
    """Return the first column of a row: names, and which kind of value follows."""
    names, blank, kind = row.partition(" <")
    told = f"<{kind}"
    return f"{names} {_(told)}" if blank else names


NAME = "risk-engine"
VERSION = "--version"
_COMMANDS = {
    "assess": ("assess", "assess_cases"),
    "interview": ("interview", "interview"),
    "decide": ("decide", "decide_case"),
    "outlook": ("report", "print_outlook"),
    "screen": ("screen", "screen"),
    "prefill": ("prefill", "prefill"),
    "report": ("report", "report_on"),
    "verify": ("verify", "verify_records"),
    "serve": ("serve", "serve"),
    "backup": ("office", "backup"),
    "restore": ("office", "restore"),
}
"""Commands of their own: the module, and the function in it; in this order the help lists them, groups last."""
_GROUPS = {
    "awareness": "awareness",
    "case": "case",
    "criteria": "criteria",
    "exchange": "exchange",
    "key": "verify",
    "lists": "lists",
    "monitor": "monitor",
    "office": "office",
    "partner": "partner",
    "portfolio": "portfolio",
    "register": "register",
}
"""Groups of commands: the module of which each is the `app`."""


def application(first: str | None = None) -> typer.Typer:
    """Return the application as one run needs it, by the first word of that run: with the command that it names alone.

    Where it names none, which is for the application to say, it has all of them.
    """
    every = (*_COMMANDS, *_GROUPS)
    return _with((first,) if first in every else () if first == VERSION else every)


@cache
def _with(names: tuple[str, ...]) -> typer.Typer:
    made = App(
        name=NAME,
        help="Decide, with reasons, whether a proposed research collaboration may go ahead.",
        epilog="Exit codes: 0 done · 1 a test failed, a record does not verify, or a result is at least "
        "--fail-on · 2 invalid input, or something could not be checked · 3 a result may be at least --fail-on · "
        "70 a defect of this program · 130 ended by Ctrl-C. "
        "Results go to standard output, problems to standard error.",
    )
    made.callback()(_options)
    for name in names:
        if name in _GROUPS:
            made.add_typer(import_module(f"risk_engine.cli.{_GROUPS[name]}").app, name=name)
        else:
            home, function = _COMMANDS[name]
            module = import_module(f"risk_engine.cli.{home}")
            made.command(name, epilog=module.EXAMPLES[name])(getattr(module, function))
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
