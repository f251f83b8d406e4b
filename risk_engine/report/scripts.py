"""Text to HTML in which words of a foreign script say which language they are, and stand apart in direction.

The page is in English. A name in another script is read wrongly by a screen reader and may be shown in the wrong glyphs
unless it is marked (WCAG 3.1.2). The script shows the language where one language alone writes it; else the tag says
the script only. `bdi` keeps a name that runs from right to left from reordering what stands beside it.
"""

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, name

from markupsafe import Markup, escape

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


@dataclass(frozen=True)
class Span:
    """A piece of text from `start` up to `end`, and its language."""

    start: int
    end: int
    tag: str


def foreign(text: object) -> Markup:
    """Return text as HTML, its words of a foreign script each in a `bdi` element with their language.

    >>> foreign("Institute <松花学院>")
    Markup('Institute &lt;<bdi lang="und-Hani">松花学院</bdi>&gt;')
    """
    plain = str(text)
    if plain.isascii() or not any(_tag(one) for one in plain if one > "\x7f"):
        return escape(plain)
    made, done = Markup(), 0
    for one in spans(plain):
        made += escape(plain[done : one.start])
        made += Markup('<bdi lang="{}">{}</bdi>').format(one.tag, plain[one.start : one.end])
        done = one.end
    return made + escape(plain[done:])


def spans(text: str) -> list[Span]:
    """Return where words of a foreign script stand; a space, figure or hyphen between two of them is theirs."""
    found: list[Span] = []
    goes_on = False
    for place, letter in enumerate(text):
        if category(letter)[0] not in "LM":
            goes_on = goes_on and (letter in _WITHIN or letter.isdigit())
            continue
        tag = _tag(letter)
        joined = _joined(found[-1].tag, tag) if goes_on else None
        if joined:
            found[-1] = Span(found[-1].start, place + 1, joined)
        elif tag:
            found.append(Span(place, place + 1, tag))
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
