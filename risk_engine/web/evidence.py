"""Files that support an answer or a control: taken by their ending and their first bytes, kept by their digest.

They lie outside everything that is served, and leave only as an attachment, to whoever may see the case
(OWASP ASVS 5.0, 5.2 and 5.4).
"""

import contextlib
import hashlib
import io
import os
import re
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.web.file_text import Texts
from risk_engine.web.models import Evidence, Sealed
from risk_engine.web.words import SealedKind

if TYPE_CHECKING:
    from django.core.files.base import File

MOST: Final = 20 * 1024 * 1024
"""How large a file may be, in bytes."""
MOST_UNPACKED: Final = 200 * 1024 * 1024
"""And what it holds, where it is an archive."""
MOST_NAME: Final = 120
_SHA256: Final = re.compile("[0-9a-f]{64}")
ZIP: Final = (b"PK\x03\x04",)
_OLE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
TYPES: Final[dict[str, tuple[bytes, ...]]] = {
    "pdf": (b"%PDF-",),
    "docx": ZIP,
    "xlsx": ZIP,
    "odt": ZIP,
    "ods": ZIP,
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "msg": _OLE,
    "txt": (),
    "csv": (),
    "eml": (),
}
"""By ending, how a file of that kind begins; text is text: UTF-8 without a null."""


def taken(sent: "File[Any]") -> tuple[str, str, int]:
    """Keep a file; return the name that it had, made safe, its SHA-256 and its size. Raise RiskEngineError if unfit."""
    name, content = looked_at(sent, TYPES, _("save it anew in the program that made it, or as PDF"))
    digest = hashlib.sha256(content).hexdigest()
    keep(digest, content)
    return name, digest, len(content)


def looked_at(sent: "File[Any]", types: Mapping[str, tuple[bytes, ...]], way_out: str) -> tuple[str, bytes]:
    """Return the name of a file, made safe, and what is in it.

    Raise RiskEngineError where it is none of the types, too large, or damaged; `way_out` says what to do then.
    """
    name = safe_name(sent.name or "")
    ending = name.rpartition(".")[2].casefold()
    if ending not in types:
        known = ", ".join(types)
        raise RiskEngineError(
            _("a file that ends in .{ending} is not taken", ending=ending), _("known: {words}", words=known)
        )
    if (sent.size or 0) > MOST:
        raise RiskEngineError(_("the file is larger than {size} MiB", size=MOST // 1024 // 1024))
    content = sent.read()
    if problem := _problem(content, ending, types[ending]):
        raise RiskEngineError(problem, way_out)
    return name, content


def safe_name(name: str) -> str:
    """Return a name without folders and without what no name should hold, not too long; its ending stays."""
    plain = "".join(
        one for one in PurePosixPath(name.replace("\\", "/")).name if one.isprintable() and one not in '"<>|:*?'
    )
    stem, dot, ending = plain.strip(". ").rpartition(".")
    return f"{stem[:MOST_NAME] or 'file'}{dot}{ending}"


def _problem(content: bytes, ending: str, starts: tuple[bytes, ...]) -> str:
    if not content:
        return _("the file is empty")
    if starts and not content.startswith(starts):
        return _("what is in the file is no .{ending}", ending=ending)
    if not starts:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return _("what is in the file is no text in UTF-8")
        return _("what is in the file is no text in UTF-8") if "\0" in text else ""
    return _archive_problem(content) if starts is ZIP else ""


def _archive_problem(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return _("the file is damaged")
    if sum(one.file_size for one in parts) > MOST_UNPACKED:
        return _("what the file holds is larger than {size} MiB", size=MOST_UNPACKED // 1024 // 1024)
    if any("vbaproject" in one.filename.casefold() for one in parts):
        return _("the file holds macros")
    return ""


def path_of(digest: str) -> Path:
    """Return where a file lies; raise ValueError for what is no SHA-256, and could lead elsewhere."""
    if _SHA256.fullmatch(digest) is None:
        raise ValueError(digest)
    return Path(settings.OFFICE) / "evidence" / digest[:2] / digest


def keep(digest: str, content: bytes) -> None:
    """Write a file by its digest, whole or not at all; the same content may be there already."""
    path = path_of(digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def forget(digests: Iterable[str]) -> None:
    """Take files away that no row names any more; one of an erased row has no name."""
    gone = set(digests) - _named()
    texts().forget(gone)
    for digest in gone:
        path_of(digest).unlink(missing_ok=True)


def texts(seconds: float | None = None) -> Texts:
    """Return what is written in the files, of which those that are new are read for so many seconds."""
    return Texts(Path(settings.OFFICE), seconds)


def drop(digests: Iterable[str]) -> None:
    """Take files away that were written for nothing, and folders that are empty then."""
    for path in map(path_of, digests):
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
            path.parent.parent.rmdir()


def _named() -> set[str]:
    named = {*Evidence.objects.exclude(name="").values_list("sha256", flat=True)}
    return named | {*Sealed.objects.filter(kind=SealedKind.KEPT).values_list("sha256", flat=True)}


UNCLAIMED: Final = 60 * 60
"""So many seconds after it was written a file that no row names is taken away: its row comes just after it."""


def sweep() -> int:
    """Take away files that no row names, and what was never finished; return how many: a process was killed then."""
    named = _named()
    texts().keep_only(named)
    limit, number = time.time() - UNCLAIMED, 0
    for path in (Path(settings.OFFICE) / "evidence").glob("*/*"):
        if path.name not in named and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            number += 1
    return number
