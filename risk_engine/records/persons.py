"""When two names are one person's, or may be: however they are written.

A name that is folded too far costs one flag; one that is not folded lets one person be two.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from risk_engine.model.decision import Person

_TITLE = re.compile(
    "dr|doctor|doktor|prof|professor|professorin|phd|dphil|dipl|habil|emer|emeritus|emerita|univ|doz|pd|mag|ing|"
    "mr|mrs|ms|mx|miss|herr|frau|msc|bsc|mba|llm|dame|sir"
)
_SPELT_OUT = re.compile(r"\bph\W{0,2}d\b|\b[mbd]\W{0,2}sc\b|\bh\W{0,2}c\b(?=\W*$)", re.IGNORECASE)
"""Degrees that are written with points between their letters."""

_UNSEEN = re.compile(r"[\u115f\u1160\u2065\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Default-ignorable characters (Unicode, DerivedCoreProperties) that are neither marks nor of the category Cf."""

_LOOK_ALIKE = str.maketrans(
    "АВЕЗІЈКМНОРСТУХЅҮԚԜаевзіјкмнорстухѕүһԁԛԝӏѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικμνορτυχγϲϳıɑɡ",
    "ABE3IJKMHOPCTYXSYQWaeb3ijkmhopctyxsyhdqwlvABEZHIKMNOPTYXabezhikmvoptuxyciiag",
)
"""Cyrillic, Greek and Latin letters that are drawn like a plain Latin one (after Unicode's table of confusables)."""

_LETTERS = str.maketrans("øœæłđðþħŧ", "ooalddtht")
_APOSTROPHES = "'\u2018\u2019\u02bc`\u00b4"
_UMLAUT = re.compile(r"([aou])e")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe", "å": "aa"})


def same_person(one: Person, other: Person) -> bool:
    """Return whether two people bear the same name; the role says nothing: one person can hold two.

    Nothing counts that only changes how a name is written: case, order, titles, points, accents, unseen characters,
    letters of another script that look alike, and whether an umlaut is spelt out.
    """
    return any(sorted(mine) == sorted(theirs) for mine, theirs in _pairs(one, other))


def may_be_same_person(one: Person, other: Person) -> bool:
    """Return whether the shorter name may be a shorter form of the other: initials, or a name that was left out."""
    return any(_is_part(*sorted((mine, theirs), key=len)) for mine, theirs in _pairs(one, other))


def spellings(name: str) -> frozenset[str]:
    """Return a name as it may be found in a text, in small letters: umlauts as they are, spelt out, and bare."""
    small = unicodedata.normalize("NFC", name.casefold())
    return frozenset({small, small.translate(_SPELT), _UMLAUT.sub(r"\1", small)})


def is_title(word: str) -> bool:
    """Return whether a word before or after a name is a title or a form of address."""
    return _TITLE.fullmatch(word.casefold()) is not None


def plain_letters(small: str) -> str:
    """Return a text in small letters with plain ones for those that no form of Unicode takes apart, such as `ø`."""
    return small.translate(_LETTERS)


def _pairs(one: Person, other: Person) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of both names in each reading: as their scripts mean them, and as they look."""
    for mine in _readings(one.name):
        for theirs in _readings(other.name):
            yield mine, theirs


def _readings(name: str) -> tuple[list[str], list[str]]:
    composed = _UNSEEN.sub("", unicodedata.normalize("NFKC", name))
    return _words(composed), _words(composed.translate(_LOOK_ALIKE))


def _words(name: str) -> list[str]:
    """Return the bare words of a name; where it consists of nothing but titles, those."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    words = _SPELT_OUT.sub(" ", "".join(_seen(one) for one in plain)).split()
    folded = [_UMLAUT.sub(r"\1", one) for one in words if not _TITLE.fullmatch(one)]
    return folded or words


def _seen(sign: str) -> str:
    """Return what counts of a character: itself, a space between words, or nothing."""
    if sign.isspace():
        return " "
    if unicodedata.category(sign)[0] in {"M", "C"} or sign in _APOSTROPHES:
        return ""
    return sign if sign.isalnum() else " "


def _is_part(short: Sequence[str], long: Sequence[str]) -> bool:
    shared = Counter(short) & Counter(long)
    left = list((Counter(long) - shared).elements())
    for one in (Counter(short) - shared).elements():
        fitting = next((each for each in left if 1 in {len(one), len(each)} and one[0] == each[0]), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return any(len(one) > 1 for one in shared)
