"""How files are read (a pipe or a device is refused, for it may never end), and where the shipped ones are."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextvars import ContextVar
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeVar

from risk_engine.files.language import N_

READERS: dict[str, Callable[[Path], Any]] = {}
"""Ending of a file: what reads a case from one that is no text. Whoever has such a reader puts it here."""

T = TypeVar("T")

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
    """Return what stands in a file, at most so many bytes of it; raise OSError as `open_file`.

    Of a file that somebody edits right now (`Buffers`) it is what stands in the editor.
    """
    buffers = _buffers.get()
    if buffers is not None and (edited := buffers.texts.get(path.resolve())) is not None:
        return edited if most < 0 else edited[:most]
    with open_file(path) as file:
        return file.read(most)


class Buffers:
    """What an editor holds of files and has not saved, and what was made of files, kept while they say the same."""

    def __init__(self) -> None:
        self.texts: Mapping[Path, bytes] = {}
        """What the editor holds, by the whole path of the file."""
        self._made: dict[Hashable, tuple[bytes, Any]] = {}

    def made(self, of: Hashable, raw: bytes, make: Callable[[], T]) -> T:
        """Return what is made of a file that says this; what was made of it last, if it said the same then."""
        before = self._made.get(of)
        if before is not None and before[0] == raw:
            found: T = before[1]
            return found
        made = make()
        self._made[of] = raw, made
        return made


_buffers: ContextVar[Buffers | None] = ContextVar("buffers", default=None)


@contextlib.contextmanager
def editing(buffers: Buffers) -> Iterator[None]:
    """Have everything that is read in here be as it stands in an editor."""
    token = _buffers.set(buffers)
    try:
        yield
    finally:
        _buffers.reset(token)


def made_of(of: Hashable, raw: bytes, make: Callable[[], T]) -> T:
    """Return what is made of a file that says this; while somebody edits, what says the same is not made anew."""
    buffers = _buffers.get()
    return make() if buffers is None else buffers.made(of, raw, make)


def edited_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that stand in an editor, as paths below it; some may not be on disk yet."""
    buffers = _buffers.get()
    for path in () if buffers is None else buffers.texts:
        if path.is_relative_to(folder.resolve()):
            yield folder / path.relative_to(folder.resolve())


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


def examples_folder() -> Path:
    """Return the folder that holds the examples."""
    return _folder("examples")


def templates_folder() -> Path:
    """Return the folder that holds the report templates."""
    return _folder("templates")
