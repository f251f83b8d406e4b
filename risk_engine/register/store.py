"""Write a file whole or not at all, and never over another one: a temporary name, fsync, then the name itself."""

import contextlib
import os
import re
import secrets
from pathlib import Path

from risk_engine.diagnostics import RiskEngineError, reason
from risk_engine.language import _
from risk_engine.register.names import FILED

UNFINISHED = ".part"
"""The ending of a file that is being written, behind eight digits; a file that somebody gave may end so too."""

_BINARY = getattr(os, "O_BINARY", 0)
"""Without it Windows would write another line end for each one."""

_TEMPORARY = re.compile(rf".+\.[0-9a-f]{{8}}{re.escape(UNFINISHED)}", re.DOTALL)


def is_unfinished(path: Path) -> bool:
    """Return whether this is a file that `write_new` was writing, and no other one with such an ending."""
    return bool(_TEMPORARY.fullmatch(path.name)) and not FILED.fullmatch(path.name) and is_regular_file(path)


def is_regular_file(path: Path) -> bool:
    """Return whether this is a file, as far as anybody can see: not where the folder may not be looked into."""
    try:
        return path.is_file() and not path.is_symlink()
    except OSError:
        return False


def write_new(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a new file; FileExistsError if the name is taken, RiskEngineError if it cannot be written.

    Whoever reads meanwhile, or after a power cut, finds the whole file or none.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as file:  # noqa: PTH123
            file.write(data)
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
