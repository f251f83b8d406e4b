"""The tree of commands of one run: the whole of it knows `--lang`."""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from risk_engine.cli.speech import OPTION, VARIABLE
from risk_engine.language import ENGLISH, _, languages

Command = TyperCommand | TyperGroup


def tree_of(app: typer.Typer) -> TyperGroup:
    """Return the commands of an application; the root's option for the language is then one of every command."""
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)  # noqa: S101 (an application with groups is one)
    (option,) = (one for one in root.params if OPTION in one.opts)
    assert isinstance(option, TyperOption)  # noqa: S101 (it begins with dashes)
    option.help = _(
        "Say everything in this language: {languages}. Without it {variable} of the environment decides, "
        "else {default}.",
        languages=", ".join(languages()),
        variable=VARIABLE,
        default=ENGLISH,
    )
    for command in commands_below(root):
        command.params.append(option)
    return root


def commands_below(group: TyperGroup) -> Iterator[Command]:
    """Yield every command and every group below a group."""
    for command in group.commands.values():
        assert isinstance(command, TyperCommand | TyperGroup)  # noqa: S101 (typer makes no other)
        yield command
        if isinstance(command, TyperGroup):
            yield from commands_below(command)
