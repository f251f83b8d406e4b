"""What a PDF says and how it is made, as tests ask for it."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

MM = 72 / 25.4
"""A millimetre in points."""
WIDE, HIGH = 210 * MM, 297 * MM
"""A sheet of A4."""


@dataclass(frozen=True)
class Word:
    """A word on paper: its page, counted from 1, and where it stands, in points from the top left."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def reader(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def text(made: bytes) -> str:
    """Return what pdftotext reads, white space as single spaces."""
    return " ".join(_said_by("pdftotext", made, "-", "-").split())


def pages(made: bytes) -> list[list[str]]:
    """Return the lines of each page, white space as single spaces."""
    told = _said_by("pdftotext", made, "-layout", "-", "-").split("\f")[:-1]
    return [[" ".join(line.split()) for line in page.splitlines() if line.strip()] for page in told]


def word_places(made: bytes) -> list[Word]:
    found: list[Word] = []
    pattern = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
    for number, page in enumerate(_said_by("pdftotext", made, "-bbox", "-", "-").split("<page ")[1:], 1):
        for left, top, right, bottom, said in re.findall(pattern, page):
            found.append(Word(said, number, float(left), float(top), float(right), float(bottom)))
    return found


def info(made: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in _said_by("pdfinfo", made, "-").splitlines())
    return {name: value.strip() for name, _, value in lines}


def metadata(made: bytes) -> str:
    """Return the XMP record of a PDF, which says what standards it keeps."""
    return _said_by("pdfinfo", made, "-meta", "-")


def strokes(made: bytes) -> int:
    """Return how many lines are drawn, such as those through and under words."""
    contents = (page.get_contents() for page in reader(made).pages)
    return sum(len(re.findall(rb"(?<![^\s])S(?=\s|$)", one.get_data())) for one in contents if one is not None)


def tags(made: bytes) -> list[str]:
    """Return the tag of each part of the document, in the order of reading."""
    return [str(one["/S"])[1:] for one in elements(made)]


def elements(made: bytes) -> Iterator[DictionaryObject]:
    root: Any = reader(made).trailer["/Root"]
    yield from _below(root["/StructTreeRoot"])


def _below(node: Any) -> Iterator[DictionaryObject]:
    kids = node.get("/K")
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        one = kid.get_object() if kid is not None else None
        if isinstance(one, DictionaryObject) and "/S" in one:
            yield one
            yield from _below(one)


def outline(made: bytes) -> list[str]:
    """Return the titles of all bookmarks."""

    def titles(parts: Any) -> Iterator[str]:
        for one in parts:
            if isinstance(one, list):
                yield from titles(one)
            else:
                yield str(one.title)

    return list(titles(reader(made).outline))


def links(made: bytes) -> tuple[set[str], int]:
    """Return the web addresses that are linked, and how many links stay inside the document."""
    found = [one.get_object() for page in reader(made).pages for one in page.get("/Annots") or ()]
    actions: list[Any] = [one.get("/A", {}) for one in found if one["/Subtype"] == "/Link"]
    return {str(one["/URI"]) for one in actions if "/URI" in one}, sum("/URI" not in one for one in actions)


def fonts(made: bytes) -> dict[str, bool]:
    """Return the fonts, each with whether it is embedded and its letters can be read."""
    lines = [line.split() for line in _said_by("pdffonts", made, "-").splitlines()[2:]]
    return {line[0].partition("+")[2]: line[-5] == line[-3] == "yes" for line in lines}


@lru_cache(maxsize=64)  # tests ask the same of one file, one after the other
def _said_by(program: str, made: bytes, *options: str) -> str:
    told = subprocess.run([program, *options], input=made, capture_output=True, check=True)
    return told.stdout.decode()
