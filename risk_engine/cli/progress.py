"""How far a long command has come, for a person who waits at a terminal; nothing into files and pipes."""

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def progress(what: str, *, is_even: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is called with how many of how many are done; the line is gone at the end.

    It moves while one of them takes long, too. Where each takes about as long (`is_even`) it says how long the rest may
    take, else how long it has taken so far.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn("line"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn() if is_even else TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, all_of: bar.update(task, completed=done, total=all_of)
