"""Sets that were read are kept as long as their files say the same: a process reads few sets, and reads them often."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from risk_engine.loading.files import MAX_BUNDLE, yaml_files
from risk_engine.loading.lock import LOCK, SIGNATURES, bound_by
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import MAX_BYTES

KEPT = 8
"""So many sets are kept; the one that nobody asked for longest goes first."""

_kept: dict[tuple[str, str, bytes], CriteriaSet] = {}


def kept(path: Path, read: Callable[[Path], CriteriaSet]) -> CriteriaSet:
    """Return the set at a path, read anew only if a file of it, or a lock or signature of it, says something else.

    What cannot be read is never kept: it raises each time, in the language of whoever asks.
    """
    before = _said(path)
    if before is None:
        return read(path)
    key = (path.as_posix(), str(path.resolve()), before)
    found = _kept.pop(key, None)
    if found is None:
        found = read(path)
        # Files that change while they are read may be read half before and half after.
        if _said(path) != before:
            return found
    while len(_kept) >= KEPT:
        del _kept[next(iter(_kept))]
    _kept[key] = found
    return found


def _said(path: Path) -> bytes | None:
    """Return a digest of all that reading the set may read, translations included; None if any of it cannot be read."""
    found = hashlib.sha256()
    bound = (place / name for place in bound_by(path) for name in (LOCK, SIGNATURES))
    locks = [one for one in bound if one.is_file()]
    files = [path] if path.is_file() else [path / name for name in yaml_files(path)]
    most = MAX_BUNDLE if path.is_file() else MAX_BYTES
    try:
        for one in (*files, *locks):
            with one.open("rb") as file:
                content = file.read(most + 1)
            if len(content) > most:
                return None
            found.update(f"{one.as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except OSError:
        return None
    return found.digest()
