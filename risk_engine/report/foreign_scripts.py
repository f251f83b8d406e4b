"""Which script a text is in, and which pieces of it are of a foreign one."""

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, name

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
