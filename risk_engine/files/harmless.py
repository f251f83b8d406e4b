"""Text of others made harmless: one line without control characters, and no cell that a spreadsheet computes."""

import csv
import dataclasses
import io
import re
from collections.abc import Sequence
from datetime import date
from operator import is_
from typing import Any, TypeVar, cast
from unicodedata import category

T = TypeVar("T")


def cleaned(view: T) -> T:
    """Return blocks whose text is harmless everywhere: one line each, no control or direction characters."""
    return cast("T", _cleaned(view))


def _cleaned(part: object) -> object:
    """Return a part with clean text; the part itself where nothing changes, as nearly always: a report has many."""
    match part:
        case str():
            return clean_text(part)
        case tuple():
            several = tuple([_cleaned(one) for one in part])
            return part if all(map(is_, several, part)) else several
        case int() | date() | None:
            return part
        case _:
            block = cast("Any", part)  # only blocks are left, and models
            made = {name: _cleaned(content) for name, content in vars(block).items()}
            changed = {name: content for name, content in made.items() if content is not getattr(block, name)}
            if changed and hasattr(block, "model_copy"):  # a model knows itself how a changed one is made
                return block.model_copy(update=changed)
            return dataclasses.replace(block, **changed) if changed else block


_JOINERS = "\u200c\u200d"
"""Invisible characters that several scripts need; all other format characters are dropped."""
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")


class _Harmless(dict[int, int | None]):
    """Says of each character whether it stays, as `str.translate` asks; each is looked up once."""

    def __missing__(self, code: int) -> int | None:
        letter = chr(code)
        stays = letter in _JOINERS or category(letter) not in {"Cc", "Cf", "Cs"}
        return self.setdefault(code, code if stays else None)


_HARMLESS = _Harmless()


def clean_text(text: str) -> str:
    r"""Return text with line breaks and tabs as spaces, and without what a reader cannot see.

    Control characters could steer a terminal, direction marks could reorder what stands beside them.

    >>> clean_text("a\x1b[31m\u202eb\nc")
    'a[31mb c'
    """
    if text.isprintable():  # nearly every text is, and a look at each character costs a tenth of a report
        return text
    return _BREAKS.sub(" ", text).translate(_HARMLESS)


# --- rows for a spreadsheet ---

_FORMULA = re.compile(r"""(^|[;\t\r\n])(?=[\s"']*[=+\-@|%\uff1d\uff0b\uff0d\uff20])""")
"""Where a spreadsheet would begin to compute: where a cell begins, also one that it makes itself.

Where it takes the semicolon for the separator, as in most of Europe, the quotes around a cell are text to it, and one
that holds a semicolon is two. The last four signs are the full-width forms of the first ones.
"""


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180), each cell quoted, with an apostrophe before what would be computed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in (columns, *rows):
        writer.writerow([guarded(clean_text(cell)) for cell in row])
    return out.getvalue()


def guarded(text: str) -> str:
    """Return the text of a cell of CSV with an apostrophe before what a spreadsheet would compute."""
    return _FORMULA.sub(r"\1'", text)


_GUARDED = re.compile(_FORMULA.pattern.replace("(?=", "'(?=", 1))


def unguarded(text: str) -> str:
    """Return the text of a cell of CSV as it was before it was guarded."""
    return _GUARDED.sub(r"\1", text)
