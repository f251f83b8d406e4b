"""An office file as bytes: what is damaged, locked, too large or holds macros is refused before it is read."""

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from risk_engine.forms.problems import file_error

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 12 * 1024 * 1024
MAX_PARTS = 2_000
MAX_TAGS = {"xlsx": 250_000, "docx": 800_000}
"""The largest form of the shipped set has a tenth of it, a document half; each tag costs the readers far more memory
than it takes in the file."""

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
    NotImplementedError,
)
"""What the readers of office files raise for a file that is none, or that is damaged."""

DAMAGED = "the file is damaged, or it is not what its name says"

_MAIN = {
    "xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "docx": b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
# Formats up to 2003 begin like this, and so does everything that is protected by a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DECLARATIONS = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def content(path: Path, kind: Literal["xlsx", "docx"]) -> tuple[io.BytesIO, str]:
    """Return the bytes of a file that can be read as this kind, and their SHA-256; raise InvalidFormError."""
    save_as = f"open it, and save it as .{kind}"
    try:
        if path.is_dir():
            raise file_error(path, "this is a folder, a file is needed")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise file_error(path, "there is no such file") from None
    except OSError as error:
        raise file_error(path, f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}") from error
    if len(raw) > MAX_BYTES:
        raise file_error(path, f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if raw.startswith(_COMPOUND):
        message = "the file is protected by a password, or it is of a format from before 2007"
        raise file_error(path, message, f"{save_as} without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            _look(path, package, kind, save_as)
    except BROKEN as error:
        raise file_error(path, DAMAGED, "ask for the file again") from error
    return io.BytesIO(raw), hashlib.sha256(raw).hexdigest()


def _look(path: Path, package: zipfile.ZipFile, kind: str, save_as: str) -> None:
    parts = package.infolist()
    if len(parts) > MAX_PARTS or sum(one.file_size for one in parts) > MAX_UNPACKED:
        message = f"unpacked, the file is larger than {MAX_UNPACKED // 1024 // 1024} MiB"
        raise file_error(path, message, "a questionnaire is far smaller: ask for the file again")
    if any(one.filename.casefold().endswith("vbaproject.bin") for one in parts):
        raise file_error(path, "the file holds macros", f"{save_as}, without macros")
    # The sizes that were added up above are only stated; reading stops there, and what is longer is damaged.
    tags = 0
    for one in parts:
        data = package.read(one)
        tags += data.count(b"<")
        if tags > MAX_TAGS[kind]:
            way_out = "a questionnaire is far smaller: copy the answers into a new one"
            raise file_error(path, "the file holds far more fields than a questionnaire", way_out)
        if one.filename == "[Content_Types].xml" and _MAIN[kind] not in data:
            raise file_error(path, f"this is no .{kind} file", save_as)
        if any(word in data for word in _DECLARATIONS) and one.filename.casefold().endswith((".xml", ".rels", ".vml")):
            raise file_error(path, "the file declares a document type, as no office program does", save_as)
