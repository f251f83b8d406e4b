"""The list of what was filed in the folder of a case: by it what is gone is missed, also what was filed last.

It only grows, and it is no index: nothing is looked up in it, and a name that it lacks (of what was filed last before a
process was killed) is added with the next one.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _
from risk_engine.office.register.names import FILED

COUNT = "FILED.txt"
_HEAD = "What was filed here, in order. By this list the register sees what is gone: do not change it.\n"


def listed(folder: Path) -> tuple[str, ...]:
    """Return the names that are listed; a line that names nothing, as one that was not finished, is passed over."""
    try:
        text = (folder / COUNT).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ()
    return tuple(one for one in text.splitlines() if FILED.fullmatch(one))


def number_of(name: str) -> int:
    """Return the number of a thing that was filed, by its name."""
    return int(name.partition("-")[0])


def note(folder: Path, names: Sequence[str]) -> None:
    """Add names to the list; for whoever holds the lock. RiskEngineError where it cannot be written."""
    path = folder / COUNT
    try:
        before = path.read_bytes() if path.exists() else b""
        # After a power cut the last line may not be whole; it must not run together with the next one.
        lead = "\n" if before and not before.endswith(b"\n") else "" if before else _HEAD
        with path.open("ab") as file:
            file.write((lead + "".join(f"{one}\n" for one in names)).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        message = _(
            "{path}: {name} is filed, but this list of it cannot be written: {reason}",
            path=path,
            name=names[-1],
            reason=reason(error),
        )
        raise RiskEngineError(message) from error
