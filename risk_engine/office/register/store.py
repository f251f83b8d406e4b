"""Which files of a register are only being written, and which are whole."""

import re
from pathlib import Path

from risk_engine.files.writing import UNFINISHED
from risk_engine.office.register.names import FILED

_TEMPORARY = re.compile(rf".+\.[0-9a-f]{{8}}{re.escape(UNFINISHED)}", re.DOTALL)


def is_unfinished(path: Path) -> bool:
    """Return whether this is a file that `write_once` was writing, and no other one with such an ending."""
    return bool(_TEMPORARY.fullmatch(path.name)) and not FILED.fullmatch(path.name) and is_regular_file(path)


def is_regular_file(path: Path) -> bool:
    """Return whether this is a file, as far as anybody can see: not where the folder may not be looked into."""
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False
