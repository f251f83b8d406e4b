"""Files are written whole or not at all: under another name first, and what must stay is never written over."""

import contextlib
import glob
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _
from risk_engine.files.reading import check_file, read_bytes

UNFINISHED = ".part"
"""The ending of a file that is being written, behind eight digits; a file that somebody gave may end so too."""

_BINARY = getattr(os, "O_BINARY", 0)
"""Without it Windows would write another line end for each one."""


_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")


def is_device(name: str) -> bool:
    """Return whether a name means a device to Windows, with any ending behind a dot."""
    return _DEVICE.fullmatch(name.partition(".")[0].rstrip().casefold()) is not None


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file, given whole or in pieces, whole or not at all: under another name first, then put in its place."""
    check_folder(path)
    temporary = unfinished(path)
    try:
        with temporary.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        if path.exists():
            shutil.copymode(path, temporary)  # what only some may read, only they may read afterwards
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise RiskEngineError(
            _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        ) from error


def write_together(files: Mapping[Path, str | bytes]) -> None:
    """Write several files, all or none: under other names first, then each in its place, in this order.

    Where one cannot be put in its place, those before it get back what they held, and a folder that was made goes. A
    process that is killed in between leaves the first of them; what it had not put in its place goes the next time.
    """
    for path in files:
        clear_unfinished(path)
    written: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    path = Path()
    made: list[Path] = []
    try:
        for path, text in files.items():
            if not path.parent.exists():
                path.parent.mkdir()
                made.append(path.parent)
            written[path] = unfinished(path)
            written[path].write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        for path, temporary in written.items():
            there = read_bytes(path) if path.exists() else None
            temporary.replace(path)
            before[path] = there
    except OSError as error:
        for one, content in before.items():
            with contextlib.suppress(OSError):
                one.unlink() if content is None else one.write_bytes(content)
        for temporary in written.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        message = _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        raise RiskEngineError(message) from error


def unfinished(path: Path) -> Path:
    """Return the name under which this process writes a file before it is put in its place."""
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def clear_unfinished(path: Path) -> None:
    """Remove what killed processes began to write of a file."""
    for one in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        number = one.name.removesuffix(".part").rpartition(".")[2]
        if number.isascii() and number.isdigit() and _is_gone(int(number)):
            remove(one)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there and can be removed."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is_gone(process: int) -> bool:
    """Return whether no process has this number any more; where the system tells it to nobody, none is gone."""
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def check_new(path: Path, way_out: str = "") -> None:
    """Raise RiskEngineError if something is there already: what is asked for must not be written over it."""
    if path.exists() or path.is_symlink():
        message = _("{file} is there already; it is not written over", file=path)
        raise RiskEngineError(message, way_out or _("choose another name with -o"))


def check_folder(path: Path) -> None:
    """Raise RiskEngineError if the folder of a file is not there, for a slip in a path makes none, or if it is no file.

    Who writes to a device puts a file in its place.
    """
    if not path.parent.is_dir():
        raise RiskEngineError(_("there is no folder {folder}", folder=path.parent), _("name one that is there"))
    if sys.platform == "win32" and is_device(path.name):
        raise RiskEngineError(_("{path}: Windows keeps this name for a device", path=path), _("choose another name"))
    try:
        check_file(path)
    except (FileNotFoundError, IsADirectoryError):
        return  # a new file; and of a folder whoever writes says so
    except OSError as error:
        raise RiskEngineError(
            _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        ) from error


def write_new(path: Path, content: bytes | Callable[[IO[bytes]], None], mode: int = 0o666) -> None:
    """Write a new file whole or not at all; what is there already, or comes in between, is never written over.

    What is large is written by a function that is given the file.
    """
    check_new(path)
    check_folder(path)
    try:
        write_once(path, content, mode)
    except FileExistsError:
        check_new(path)
        raise


def write_once(path: Path, data: bytes | Callable[[IO[bytes]], None], mode: int = 0o666) -> None:
    """Write a new file; FileExistsError if the name is taken, RiskEngineError if it cannot be written.

    Whoever reads meanwhile, or after a power cut, finds the whole file or none.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:  # noqa: PTH123
            if isinstance(data, bytes):
                file.write(data)
            else:
                data(file)
            file.flush()
            os.fsync(file.fileno())
        _publish(temporary, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise RiskEngineError(
            _("{path}: the file cannot be written: {reason}", path=path, reason=reason(error))
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def clear_abandoned(path: Path) -> None:
    """Remove what killed processes began to write of a file that `write_once` has written: no other one can come."""
    for one in path.parent.glob(f"{glob.escape(path.name)}.{'[0-9a-f]' * 8}{UNFINISHED}"):
        with contextlib.suppress(OSError):
            one.unlink()


def _publish(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        # Some network drives know no links. There the name is claimed first, which fails if it is taken; a process
        # that dies before the next line leaves an empty file, and its name says that this is not what was meant.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        try:
            temporary.replace(path)
        except OSError:
            path.unlink()
            raise


def sync_folder(folder: Path) -> None:
    """See to it that a new name in a folder survives a power cut, where the system can do that."""
    # Windows opens no folders, and some network drives sync none: the file itself is safe all the same.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder for several results, if it is not there yet; never those above it, which a slip may have named."""
    check_folder(folder)
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise RiskEngineError(
            _("{folder}: this cannot be a folder for the results: {reason}", folder=folder, reason=reason(error))
        ) from error


def keep_inputs(target: Path, inputs: Iterable[Path]) -> None:
    """Raise RiskEngineError if a result would be written over a file that it was made from."""
    if any(target.resolve() == one.resolve() for one in inputs):
        message = _("{target} is read for this result, so it is not written over", target=target)
        raise RiskEngineError(message, _("choose another name"))
