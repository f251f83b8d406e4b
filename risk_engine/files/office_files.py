"""An office file as bytes: what is damaged, locked, too large or holds macros is refused before it is read."""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable, reason
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes

Kind: TypeAlias = Literal["xlsx", "docx"]


@dataclass(frozen=True)
class Bounds:
    """How large a file may be: in bytes, unpacked, and how many parts and tags it may have.

    Each tag costs the readers far more memory than it takes in the file.
    """

    packed: int
    unpacked: int
    parts: int
    tags: int


class OfficeFileError(RiskEngineError):
    """A file that cannot be read as what it should be.

    `problem` tells those apart of which only the caller knows the way out.
    """

    def __init__(
        self,
        path: Path,
        message: str,
        help_text: str = "",
        problem: Literal["damaged", "unpacked", "tags"] | None = None,
    ) -> None:
        super().__init__(printable(f"{path.as_posix()}: {message}") + help_line(printable(help_text)))
        self.path, self.message, self.help, self.problem = path, message, help_text, problem


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,  # what the XML parsers raise is one
    RuntimeError,  # parts that a password protects
)
"""What the readers of office files raise for a file that is none, or that is damaged."""

_MAIN = {
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
_MIB = 1024 * 1024
# Formats up to 2003 begin like this, and so does everything that is protected by a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATIONS = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def content(path: Path, kind: Kind, bounds: Bounds) -> tuple[io.BytesIO, str]:
    """Return the bytes of a file that can be read as this kind, and their SHA-256; raise OfficeFileError."""
    try:
        raw = read_bytes(path, bounds.packed + 1)
    except FileNotFoundError:
        raise OfficeFileError(path, _("there is no such file")) from None
    except IsADirectoryError:
        raise OfficeFileError(path, _("this is a folder, a file is needed")) from None
    except OSError as error:
        raise OfficeFileError(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if len(raw) > bounds.packed:
        raise OfficeFileError(path, _("the file is larger than {size} MiB", size=bounds.packed // _MIB))
    if raw.startswith(_COMPOUND):
        message = _("the file is protected by a password, or it is of a format from before 2007")
        way_out = _("open it, and save it as .{kind} without a password", kind=kind)
        raise OfficeFileError(path, message, way_out)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            _look(path, package, kind, bounds)
    except BROKEN as error:
        raise damaged(path) from error
    return io.BytesIO(raw), hashlib.sha256(raw).hexdigest()


def damaged(path: Path) -> OfficeFileError:
    """Return the error for a file in which something that must be there is missing or broken."""
    return OfficeFileError(path, _("the file is damaged, or it is not what its name says"), problem="damaged")


def _look(path: Path, package: zipfile.ZipFile, kind: Kind, bounds: Bounds) -> None:
    parts = package.infolist()
    if len(parts) > bounds.parts or sum(one.file_size for one in parts) > bounds.unpacked:
        message = _("unpacked, the file is larger than {size} MiB", size=bounds.unpacked // _MIB)
        raise OfficeFileError(path, message, problem="unpacked")
    if any(one.filename.casefold().endswith("vbaproject.bin") for one in parts):
        way_out = _("open it, and save it as .{kind}, without macros", kind=kind)
        raise OfficeFileError(path, _("the file holds macros"), way_out)
    save_as = _("open it, and save it as .{kind}", kind=kind)
    # The sizes that were added up above are only stated; reading stops there, and what is longer is damaged.
    tags = 0
    for one in parts:
        data = package.read(one)
        tags += data.count(b"<")
        if tags > bounds.tags:
            raise OfficeFileError(path, _("the file holds far more tables and fields than are read"), problem="tags")
        if one.filename == "[Content_Types].xml" and _MAIN[kind] not in data:
            raise OfficeFileError(path, _("this is no .{kind} file", kind=kind), save_as)
        if any(word in data for word in _DECLARATIONS) and one.filename.casefold().endswith((".xml", ".rels", ".vml")):
            message = _("the file declares a document type, as no office program does")
            raise OfficeFileError(path, message, save_as)
