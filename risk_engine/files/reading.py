"""How files are read (a pipe or a device is refused, for it may never end), and where the shipped ones are."""

import errno
import os
import stat
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import Any

from risk_engine.files.language import N_

READERS: dict[str, Callable[[Path], Any]] = {}
"""Ending of a file: what reads a case from one that is no text. Whoever has such a reader puts it here."""

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_NO_FILES = (
    (stat.S_ISFIFO, N_("it is a pipe, no file")),
    (stat.S_ISSOCK, N_("it is a socket, no file")),
    (stat.S_ISCHR, N_("it is a device, no file")),
    (stat.S_ISBLK, N_("it is a device, no file")),
)


def open_file(path: Path) -> BufferedReader:
    """Return a file, opened to read its bytes; raise OSError where it cannot be, or where it is no file."""
    check_file(path)
    handle = os.open(path, _FLAGS)
    try:
        _check(os.fstat(handle).st_mode, path)  # what another put in its place meanwhile
        return open(handle, "rb")  # noqa: PTH123 (of what was looked at)
    except BaseException:
        os.close(handle)
        raise


def read_bytes(path: Path, most: int = -1) -> bytes:
    """Return what stands in a file, at most so many bytes of it; raise OSError as `open_file`."""
    with open_file(path) as file:
        return file.read(most)


def check_file(path: Path) -> None:
    """Raise OSError if nothing is there, or no file."""
    _check(path.stat().st_mode, path)


def _check(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    for is_such, what in _NO_FILES:
        if is_such(mode):
            raise OSError(errno.EINVAL, what, str(path))


_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = _PACKAGE / "_shipped"


def _folder(name: str) -> Path:
    shipped = _SHIPPED / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def criteria_folder() -> Path:
    """Return the folder that holds one folder for each shipped criteria set."""
    return _folder("criteria")


def templates_folder() -> Path:
    """Return the folder that holds the report templates."""
    return _folder("templates")
