"""Text of others made safe to print: one line each, no control or direction characters, and which script it is in."""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import is_
from typing import Any, TypeVar, cast
from unicodedata import category, name

from risk_engine.model.words import Model

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
            if changed and isinstance(block, Model):
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


_TAGS = {
    "CJK": "und-Hani",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "BOPOMOFO": "zh",
    "CYRILLIC": "und-Cyrl",
    "GREEK": "el",
    "ARABIC": "und-Arab",
    "HEBREW": "he",
    "SYRIAC": "syr",
    "THAANA": "dv",
    "DEVANAGARI": "und-Deva",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "LAO": "lo",
    "TIBETAN": "bo",
    "MYANMAR": "my",
    "KHMER": "km",
    "MONGOLIAN": "mn",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "ETHIOPIC": "und-Ethi",
}
_HAN = "und-Hani"
_EAST_ASIAN = (_HAN, "ja", "ko", "zh")
"""Languages of the far east write Chinese characters too: among those the rarer script tells which language it is."""

_WITHIN = " -\u2010·・'’"


def by_language(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the pieces of a text, each with its language, None where it is that of the text.

    A space, figure or hyphen between two words of a foreign script is theirs.

    >>> list(by_language("Institute <松花学院>"))
    [('Institute <', None), ('松花学院', 'und-Hani'), ('>', None)]
    """
    done = 0
    # Nearly no text holds a sign of a foreign script, and that is told fast.
    foreign = not text.isascii() and any(_tag(one) for one in text if one > "\x7f")
    for start, end, tag in _foreign(text) if foreign else ():
        if start > done:
            yield text[done:start], None
        yield text[start:end], tag
        done = end
    if done < len(text):
        yield text[done:], None


def _foreign(text: str) -> list[tuple[int, int, str]]:
    """Return where words of a foreign script begin and end, with their language."""
    found: list[tuple[int, int, str]] = []
    goes_on = False
    for place, letter in enumerate(text):
        if category(letter)[0] not in "LM":
            goes_on = goes_on and (letter in _WITHIN or letter.isdigit())
            continue
        tag = _tag(letter)
        joined = _joined(found[-1][2], tag) if goes_on else None
        if joined:
            found[-1] = (found[-1][0], place + 1, joined)
        elif tag:
            found.append((place, place + 1, tag))
        goes_on = tag is not None
    return found


def _joined(first: str, second: str | None) -> str | None:
    """Return the language of two words that stand together, None if they are of two languages."""
    if first == second:
        return first
    if first in _EAST_ASIAN and second in _EAST_ASIAN and _HAN in {first, second}:
        return second if first == _HAN else first
    return None


@lru_cache(maxsize=4096)
def _tag(letter: str) -> str | None:
    return _TAGS.get(name(letter, "").partition(" ")[0])


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
