"""Sets that were read are kept as long as their files say the same: a process reads few sets, and reads them often."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from risk_engine.loading.files import yaml_files
from risk_engine.loading.lock import LOCK, SIGNATURES
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import MAX_BYTES

KEPT = 8
"""So many sets are kept; the one that nobody asked for longest goes first."""

_kept: dict[tuple[str, str, bytes], CriteriaSet] = {}


def kept(folder: Path, read: Callable[[Path], CriteriaSet]) -> CriteriaSet:
    """Return the set in a folder, read anew only if any file there, or a lock or signature of it, says something else.

    What cannot be read is never kept: it raises each time, in the language of whoever asks.
    """
    before = _said(folder)
    if before is None:
        return read(folder)
    key = (folder.as_posix(), str(folder.resolve()), before)
    found = _kept.pop(key, None)
    if found is None:
        found = read(folder)
        # Files that change while they are read may be read half before and half after.
        if _said(folder) != before:
            return found
    while len(_kept) >= KEPT:
        del _kept[next(iter(_kept))]
    _kept[key] = found
    return found


def _said(folder: Path) -> bytes | None:
    """Return a digest of all that reading the set may read, translations included; None if any of it cannot be read."""
    found = hashlib.sha256()
    here = folder.resolve()
    bound = (place / name for place in (here.parent, here.parent.parent) for name in (LOCK, SIGNATURES))
    locks = [one for one in bound if one.is_file()]
    try:
        for path in (*(folder / name for name in yaml_files(folder)), *locks):
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                return None
            found.update(f"{path.as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except OSError:
        return None
    return found.digest()
