"""Chinese names, in characters or in Pinyin, read into words as those of other languages are.

湖南科技大学 and Hunan Keji Daxue are both hunan, science, technology, university: known terms are translated, all else
is written by its sound. This is for finding and for comparing; that two names sound alike, or mean the same, never
makes them identical.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_NUMERALS: Final = "零一二三四五六七八九十百"
_ORDINAL: Final = re.compile(f"第([{_NUMERALS}]+)|([{_NUMERALS}]+)(?=研究|所|院|厂|局|部|大队|基地)")
"""第五十四研究所; 十三所."""
_IS_CHINESE: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_TERM_AT_LEAST: Final = 4
"""Letters of a term in Pinyin."""
_GLUED_AT_LEAST: Final = 8


@dataclass(frozen=True, eq=False)
class Reader:
    """What Chinese is read by."""

    terms: Mapping[str, tuple[str, ...]]
    """A term, and its words in English; none for a word like `of`."""
    last: Mapping[str, tuple[str, ...]]
    """Signs that are a term at the end of a name alone: 浙大."""
    longest: int
    sounds: Mapping[str, str]
    """The syllable of a character."""
    places: frozenset[str]
    """Names of places in Latin letters: what is known parts a run of syllables into words."""
    spoken: Mapping[str, tuple[str, ...]]
    """Terms in Pinyin."""
    endings: tuple[str, ...]
    """Those on which words that are written in one end."""
    syllables: re.Pattern[str]
    """One or more syllables."""


def reader(table: Mapping[str, Mapping[str, str]], more: Iterable[tuple[str, ...]], known: frozenset[str]) -> Reader:
    """Make the reader from its table, of further terms that stay as they are, sign by sign, and of words known."""
    sounds = {sign: syllable for syllable, signs in table["syllables"].items() for sign in signs}
    terms = {term: tuple(words.split()) for term, words in table["translated"].items()}
    spoken = {sound: tuple(words.split()) for sound, words in table["spoken"].items()}
    terms |= {"".join(signs): signs for signs in more if "".join(signs) not in terms}
    return Reader(
        terms=terms,
        last={sign: tuple(words.split()) for sign, words in table["last"].items()},
        longest=max(map(len, terms)),
        sounds=sounds,
        places=known,
        spoken=spoken,
        endings=tuple(spoken),
        syllables=re.compile(f"(?:{'|'.join(sorted(set(sounds.values()), key=len, reverse=True))})+"),
    )


@lru_cache(maxsize=50_000)
def is_read(by: Reader, word: str) -> bool:
    """Return whether a folded word may be Chinese."""
    return not word.isascii() or word in by.spoken or (len(word) >= _GLUED_AT_LEAST and word.endswith(by.endings))


def expanded(by: Reader, words: list[str]) -> list[tuple[str, str]]:
    """Return folded words, each with what it was written as: Chinese ones translated, Pinyin of terms too."""
    found: list[tuple[str, str]] = []
    run = ""
    for word in words:
        if not word.isascii() and _IS_CHINESE.fullmatch(word):
            run += word
            continue
        if run:
            found += _read(by, run)
            run = ""
        if (several := spoken(by, word)) is None:
            found.append((word, word))
        else:
            found += [(one, word) for one in several]
    return found + _read(by, run) if run else found


def spoken(by: Reader, word: str) -> tuple[str, ...] | None:
    """Return what a word in Pinyin means: one term, or several written in one, the first of which may be a place."""
    if (known := by.spoken.get(word)) is not None:
        return known
    if len(word) < _GLUED_AT_LEAST or word in by.places or not word.endswith(by.endings):
        return None
    return _parted(by, word)


@lru_cache(maxsize=20_000)
def _parted(by: Reader, word: str) -> tuple[str, ...] | None:
    for at in range(len(word) - _TERM_AT_LEAST, 1, -1):
        if (last := by.spoken.get(word[at:])) is not None:
            first = word[:at]
            before = by.spoken.get(first) or ((first,) if first in by.places else _parted(by, first))
            if before is not None:
                return (*before, *last)
    return None


def _read(by: Reader, run: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    unknown = ""
    at = 0
    while at < len(run):
        if number := _ORDINAL.match(run, at):
            words: tuple[str, ...] | None = (str(_number(number[1] or number[2])),)
            end = number.end()
        else:
            ends = range(min(len(run), at + by.longest), at, -1)
            end = next((end for end in ends if run[at:end] in by.terms and not _cuts(run, end)), at)
            words = by.terms.get(run[at:end])
        if words is None and 1 < at + 1 == len(run):
            words, end = by.last.get(run[at]), at + 1
        if words is None:
            unknown += run[at]
            at += 1
            continue
        found += _sounded(by, unknown)
        unknown = ""
        found += [(word, run[at:end]) for word in words]
        at = end
    return found + _sounded(by, unknown)


def _cuts(run: str, end: int) -> bool:
    """Return whether a term that ends there would part 大学: 湖北大学 does not name 北大."""
    return run[end - 1 : end + 1] == "大学"


def _sounded(by: Reader, signs: str) -> list[tuple[str, str]]:
    """Return unknown signs by their sound, parted where a place ends."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(signs):
        end = len(signs)
        while end > at + 1 and _sound(by, signs[at:end]) not in by.places:
            end -= 1
        if end <= at + 1:
            end = len(signs)
        found.append((_sound(by, signs[at:end]), signs[at:end]))
        at = end
    return found


def _sound(by: Reader, signs: str) -> str:
    return "".join(by.sounds.get(sign, sign) for sign in signs)


def _number(numerals: str) -> int:
    """Return what Chinese numerals say: 五十四 is 54, and 七七一 is 771."""
    if not set("十百") & set(numerals):
        return int("".join(str(_DIGITS[sign]) for sign in numerals))
    total = last = 0
    for sign in numerals:
        if sign in "十百":
            total += max(last, 1) * (10 if sign == "十" else 100)
            last = 0
        else:
            last = _DIGITS[sign]
    return total + last
