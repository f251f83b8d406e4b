"""A command whose process is really killed, at each step at which it changes a file in turn."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ALWAYS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


def killed_at_each_step(work: Callable[[], object], folder: Path, fresh: Callable[[], object]) -> Iterator[int]:
    """Yield, for each step at which `work` changes a file below a folder, its number; its process was killed before it.

    `fresh` puts the folder back to how it was, before each time. The last time nothing is killed any more.
    """
    step = 0
    while True:
        fresh()
        child = os.fork()
        if not child:
            _run_until(step, work, folder)
        _pid, status = os.waitpid(child, 0)
        yield step
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0, f"it ended with {os.WEXITSTATUS(status)}"
            return
        step += 1


def _run_until(step: int, work: Callable[[], object], folder: Path) -> None:
    """Do the work in this process, which is killed before the step with this number; never come back."""
    left = step

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        changes = event in _ALWAYS or (event == "open" and arguments[2] & _CHANGING)
        if changes and any(isinstance(one, str | Path) and str(one).startswith(str(folder)) for one in arguments[:2]):
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    code = 70
    try:
        sys.addaudithook(watch)
        work()
        code = 0
    finally:
        os._exit(code)
