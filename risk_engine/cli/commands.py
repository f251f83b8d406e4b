"""All commands by name, in the language of the run; a run reads only the module of the one that it is asked for."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from risk_engine.cli.usage import App
from risk_engine.files.diagnostics import RiskEngineError, nearest, quoted
from risk_engine.files.language import ENGLISH, _, current, languages, pgettext
from risk_engine.version import __version__

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


Command = TyperCommand | TyperGroup
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


def commands_below(group: TyperGroup) -> Iterator[Command]:
    """Yield every command and every group below a group."""
    for command in group.commands.values():
        assert isinstance(command, TyperCommand | TyperGroup)  # noqa: S101 (typer makes no other)
        yield command
        if isinstance(command, TyperGroup):
            yield from commands_below(command)


def _told(commands: Sequence[Command]) -> Iterator[tuple[Told, str, str]]:
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


def _translate(commands: Sequence[Command]) -> None:
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
