"""The tree of commands of one run: the whole of it knows `--lang`, and its help is in the language of the run."""

import inspect
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from risk_engine.cli.phrases import phrase
from risk_engine.cli.speech import OPTION, VARIABLE
from risk_engine.language import ENGLISH, _, current, languages, pgettext

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
            setattr(one, attribute, "\n\n".join(_said(part) for part in _paragraphs(text)))
    context = _context(commands[0].context_class)
    for command in commands:
        command.context_class = context


def _said(paragraph: str) -> str:
    return phrase(paragraph) if _is_example(paragraph) else _(paragraph)


def _context(plain: type[Any]) -> type[Any]:
    """Return the context of a command whose help has headings in the current language."""

    class Formatter(plain.formatter_class):  # type: ignore[misc, name-defined]  # the library exports no name of it
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or _("Usage: "))

        def write_heading(self, heading: str) -> None:
            super().write_heading(phrase(heading))

        def write_dl(self, rows: Sequence[tuple[str, str]], *sizes: int) -> None:
            super().write_dl([(_name(first), phrase(second)) for first, second in rows], *sizes)

    return type("Context", (plain,), {"formatter_class": Formatter})


def _name(row: str) -> str:
    """Return the first column of a row: names, and which kind of value follows."""
    names, _blank, kind = row.partition(" <")
    return f"{names} {phrase(f'<{kind}')}" if kind else names
