"""Blocks with text of others made safe to print, and which script a text is in."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from operator import is_
from typing import Any, TypeVar, cast
from unicodedata import category, name

from risk_engine.files.harmless import clean_text
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
