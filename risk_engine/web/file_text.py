"""What is written in uploaded files, as far as it can be read without a person: for who looks for somebody's data.

Each file is read once; its text is kept in `texts/` of the office, as names are compared, and goes with the file. What
has a form is read in a process of its own (this module run as a program), which is ended where it takes too long.
"""

import html
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from email.policy import default
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.report.returned import same_label

SLOW: Final = 15
"""Seconds after which a file is left unread."""
MOST_TEXT: Final = 20_000_000
"""So many bytes of what is packed in a file are read at most, and so much text is kept: whoever made it chose how much
it unfolds to."""
_MEMORY: Final = 1024**3
"""So many bytes that process may take, where the system keeps it to that."""
BESIDE_CELLS: Final = "beside cells"
"""In place of an ending: what stands in a workbook but in its cells."""
_PLAIN: Final = frozenset({"txt", "csv"})
_ZIPPED: Final = {
    "docx": re.compile(r"docProps/core\.xml|word/(document\d*|header\d*|footer\d*|footnotes|endnotes|comments)\.xml"),
    "xlsx": re.compile(r"docProps/core\.xml|xl/(sharedStrings|comments\d*|worksheets/sheet\d+|drawings/\w+)\.xml"),
    BESIDE_CELLS: re.compile(
        r"docProps/core\.xml|xl/((threadedComments/\w+|persons/\w+)|comments\w*|drawings/\w+)\.xml"
    ),
    "odt": re.compile(r"(content|styles|meta)\.xml"),
    "ods": re.compile(r"(content|styles|meta)\.xml"),
}
"""By the ending of an archive, the parts of it that hold what people wrote."""
_ENDS: Final = re.compile(
    r"</(?:\w+:)?(?:p|h|si|is|row|c|tr|text|creator|lastModifiedBy|title|subject|description|keywords|category)>"
    r"|<(?:\w+:)?(?:br|tab|line-break)\s*/>"
)
"""After these another word begins; within a paragraph a word may stand in several pieces."""
_TAG: Final = re.compile(r"<[^>]*>")


class Unread(StrEnum):
    """Why nobody knows what is in a file but who opens it."""

    KIND = "kind"
    NO_TEXT = "no_text"
    LONG = "long"
    DAMAGED = "damaged"
    SLOW = "slow"
    WAITS = "waits"


class Reading(NamedTuple):
    """What is written in a file, and why that is not all of it; None where it is."""

    text: str
    why: Unread | None = None


def read(content: bytes, ending: str) -> Reading:
    """Return what is written in a file; what has a form is read by a process that cannot hold up this one."""
    if ending in _PLAIN:
        return Reading(content.decode("utf-8", "replace"))
    if ending not in {"pdf", "eml", *_ZIPPED}:
        return Reading("", Unread.KIND)
    command = [sys.executable, "-m", "risk_engine.web.file_text", ending]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=SLOW)  # noqa: S603 (this program)
    except subprocess.TimeoutExpired:
        return Reading("", Unread.SLOW)
    if done.returncode:
        return Reading("", Unread.DAMAGED)
    text, why = json.loads(done.stdout)
    return Reading(text, Unread(why) if why else None)


# --- in that process: whatever is wrong with a file ends it ---


def text_in(content: bytes, ending: str) -> Reading:
    """Return what is written in a file, as `read` does; raises whatever its reader raises."""
    match ending:
        case "pdf":
            return _pdf(content)
        case "eml":
            return _mail(content)
        case _ if ending in _ZIPPED:
            return _zipped(content, _ZIPPED[ending])
        case _:
            return read(content, ending)


def _pdf(content: bytes) -> Reading:
    """Return the text of the pages of a PDF, of its form and of what it says of itself."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    pages = [(page, page.extract_text()) for page in reader.pages]
    beside = [*(reader.metadata or {}).values(), *(one.value for one in (reader.get_fields() or {}).values())]
    written = "\n".join(text for _page, text in pages)
    is_scanned = any(not text.strip() and "/XObject" in page.get("/Resources", {}) for page, text in pages)
    text = "\n".join((written, *(f"{one}" for one in beside if one is not None)))
    return Reading(text, Unread.NO_TEXT if is_scanned or not written.strip() else None)


def _said(text: str) -> Reading:
    return Reading(text, None if text.strip() else Unread.NO_TEXT)


def _mail(content: bytes) -> Reading:
    """Return the text of a mail, with what can be read of its attachments; a mail in a mail is walked through too."""
    mail = message_from_bytes(content, policy=default)
    texts = [f"{value}" for name, value in mail.items() if name in {"From", "To", "Cc", "Subject"}]
    why = None
    for part in mail.walk():
        sent = part.get_payload(decode=True)
        name = part.get_filename()
        if not isinstance(sent, bytes):  # parts of parts come by themselves
            continue
        if name or part.get_content_maintype() != "text":
            found = text_in(sent, (name or "").rpartition(".")[2].casefold())
            texts += [name or "", found.text]
            why = why or found.why
        else:
            text = sent.decode(part.get_content_charset() or "utf-8", "replace")
            texts.append(html.unescape(_TAG.sub(" ", text)) if part.get_content_subtype() == "html" else text)
    return Reading("\n".join(texts), why)


def _zipped(content: bytes, parts: re.Pattern[str]) -> Reading:
    """Return the text of parts of an archive: marks are cut out, and nothing of the file leads a parser anywhere."""
    pieces, left = [], MOST_TEXT
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in filter(parts.fullmatch, archive.namelist()):
            with archive.open(name) as part:
                pieces.append(part.read(left + 1))
            left -= len(pieces[-1])
            if left < 0:
                return Reading("", Unread.LONG)
    texts = (one.decode("utf-8", "replace") for one in pieces)
    return _said("\n".join(html.unescape(_TAG.sub("", _ENDS.sub("\n", one))) for one in texts))


# --- kept ---


class Texts:
    """The texts of the files of an office, read as far as time allows."""

    def __init__(self, office: Path, seconds: float | None = None) -> None:
        """Read files of an office for so many seconds at most, None without end."""
        self._folder, self._files = office / "texts", office / "evidence"
        self._until = None if seconds is None else time.monotonic() + seconds

    def of(self, digest: str, name: str) -> Reading:
        """Return what is written in a file, as names are compared."""
        ending = name.rpartition(".")[2].casefold()
        kept = self._folder / digest
        try:
            found = json.loads(read_bytes(kept))
        except (FileNotFoundError, ValueError):  # not read yet, or a process was killed
            if self._until is not None and time.monotonic() > self._until:
                return Reading("", Unread.WAITS)
            return self._read(digest, ending, kept)
        return Reading(found["text"], Unread(found["why"]) if found["why"] else None)

    def _read(self, digest: str, ending: str, kept: Path) -> Reading:
        try:
            content = read_bytes(self._files / digest[:2] / digest)
        except FileNotFoundError:  # a backup may have come without it
            return Reading("", Unread.DAMAGED)
        text, why = read(content, ending)
        found = Reading(same_label(text), why)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_bytes(kept, canonical(found._asdict()))
        return found

    def forget(self, digests: Iterable[str]) -> None:
        """Let go of the texts of files that are gone."""
        for one in digests:
            (self._folder / one).unlink(missing_ok=True)

    def keep_only(self, digests: Iterable[str]) -> None:
        """Let go of all texts but those of some files."""
        named = set(digests)
        self.forget(one.name for one in self._folder.glob("*") if one.name not in named)


def _main() -> None:
    if sys.platform == "linux":  # elsewhere time alone ends it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (2 * SLOW, 2 * SLOW))  # whoever waits for it may be killed
    text, why = text_in(sys.stdin.buffer.read(), sys.argv[1])
    if len(text) > MOST_TEXT:  # of many attachments
        text, why = "", Unread.LONG
    # Half of a character that takes two is in no text that can be kept.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    sys.stdout.write(json.dumps((text, why)))


if __name__ == "__main__":
    _main()
