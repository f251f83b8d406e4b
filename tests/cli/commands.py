"""The commands that are registered, found by walking the app, so that none can be forgotten."""

from collections.abc import Iterator

import typer

from risk_engine.cli.commands import application


def registered(group: typer.Typer, lead: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, such as `("case", "new")`."""
    for command in group.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        yield (*lead, name.replace("_", "-"))
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        assert isinstance(sub.name, str)
        yield from registered(sub.typer_instance, (*lead, sub.name))


COMMANDS = tuple(registered(application()))
