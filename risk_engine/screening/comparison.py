"""Two names laid beside each other: which words of them agree, in what way, and which stand in one alone."""

from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import OSA, Prefix

from risk_engine.screening.names import NameText, Word, WordKind, is_pinyin, tables


class How(StrEnum):
    """In what way two words agree."""

    SAME = "same"
    FORM = "form"  # another language, another spelling of a common word, an abbreviation that is known
    SHORT = "short"  # one begins the other
    SPELLING = "spelling"
    JOINED = "joined"  # one word is two in the other name
    NEAR = "near"  # technical and technological: related, not the same


class Pair(NamedTuple):
    """Two words that agree, by their places in both names."""

    query: int
    name: int
    how: How
    quality: float


class Comparison(NamedTuple):
    """Which words of two names agree, and which stand in one alone."""

    query: NameText
    name: NameText
    pairs: tuple[Pair, ...]
    left_query: tuple[int, ...]
    left_name: tuple[int, ...]


_QUALITY = {How.SAME: 1.0, How.FORM: 0.97, How.SHORT: 0.85, How.JOINED: 0.97, How.NEAR: 0.5}
_FIXED = frozenset({WordKind.NUMBER, WordKind.DIRECTION, WordKind.LEGAL, WordKind.COUNTRY})
"""Kinds of words that are the same or are not: 28th is no slip of 38th, nor Northwest of Northwestern."""
_ALIKE_AT_LEAST = 0.7
_SHORT_AT_LEAST = 3
_MISSPELT_AT_LEAST = 4
_INFLECTED_AT_LEAST = 5
_INFLECTED_BY = 3
_CUT_BY = 4
_SAME_STEM = 0.8
"""Two words of which so much is the same at the beginning are one."""
_FAR = 5
"""From so many words on it is all one how far off a word is."""
_NONE: frozenset[str] = frozenset()
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def compare(query: NameText, name: NameText) -> Comparison:
    """Lay two names beside each other."""
    mine, theirs = query.words, name.words
    free: dict[str, list[int]] = {}
    for place, word in enumerate(theirs):
        free.setdefault(word.form, []).append(place)
    pairs: list[Pair] = []
    left_query: list[int] = []
    for place, word in enumerate(mine):
        same = free.get(word.form)
        other = _like(word, theirs, same) if same else None
        if same and other is not None:
            same.remove(other)
            how = How.SAME if theirs[other].text == word.text else How.FORM
            pairs.append(Pair(place, other, how, _QUALITY[how]))
        else:
            left_query.append(place)
    agreed = {pair.name for pair in pairs}
    left_name = [place for place in range(len(theirs)) if place not in agreed]
    if left_query and len(pairs) > 1:
        _pair_where_the_others_are(query, name, left_query, pairs)
    if left_query and left_name:
        _pair_joined(query, name, left_query, left_name, pairs)
        _pair_alike(query, name, left_query, left_name, pairs)
    return Comparison(query, name, tuple(pairs), tuple(left_query), tuple(left_name))


def _pair_where_the_others_are(query: NameText, name: NameText, left_query: list[int], pairs: list[Pair]) -> None:
    """Of a word that a query has several times, take the one beside what else agrees.

    In "Laboratory of Imaging Technology, Example Institute of Technology" the institute is of the second one.
    """
    mine = query.words
    if len({word.form for word in mine}) == len(mine):
        return
    left: dict[str, list[int]] = {}
    for place in left_query:
        left.setdefault(mine[place].form, []).append(place)
    for at, pair in enumerate(pairs):
        others = left.get(mine[pair.query].form)
        if others:
            away = {place: _away(place, pair.name, pairs, at) for place in (pair.query, *others)}
            best = min(away, key=lambda place: away[place])
            if best != pair.query:
                others[others.index(best)] = pair.query
                left_query[left_query.index(best)] = pair.query
                how = How.SAME if mine[best].text == name.words[pair.name].text else How.FORM
                pairs[at] = Pair(best, pair.name, how, _QUALITY[how])
    left_query.sort()


def _away(place: int, of_name: int, pairs: Sequence[Pair], but: int) -> int:
    """Return how far from its place beside the others a word of a query would be."""
    return sum(
        min(abs(place - other.query - of_name + other.name), _FAR) for at, other in enumerate(pairs) if at != but
    )


def _like(word: Word, theirs: Sequence[Word], places: Sequence[int]) -> int | None:
    """Return where a word of the same form stands, first of all one that is written the same."""
    for at in places:
        if theirs[at].text == word.text:
            return at
    if word.kind is WordKind.PROPER and not word.text.isascii():  # other signs that sound alike are another word
        return next((at for at in places if theirs[at].text.isascii()), None)
    return places[0]


def _pair_joined(
    query: NameText, name: NameText, left_query: list[int], left_name: list[int], pairs: list[Pair]
) -> None:
    for swapped in (False, True):
        one, other = (name.words, query.words) if swapped else (query.words, name.words)
        whole, parts = (left_name, left_query) if swapped else (left_query, left_name)
        beside = [
            (first, second, other[first].text + other[second].text)
            for first, second in pairwise(parts)
            if second == first + 1
        ]
        for place in tuple(whole) if beside else ():
            for first, second, joined in beside:
                if joined == one[place].text and first in parts and second in parts:
                    for part in (first, second):
                        at = (part, place) if swapped else (place, part)
                        pairs.append(Pair(*at, How.JOINED, _QUALITY[How.JOINED]))
                        parts.remove(part)
                    whole.remove(place)
                    break


def _pair_alike(
    query: NameText, name: NameText, left_query: list[int], left_name: list[int], pairs: list[Pair]
) -> None:
    others = [(theirs, name.words[theirs]) for theirs in left_name]
    options: list[tuple[float, int, int, How]] = []
    for mine in left_query:
        options += [(-quality, mine, theirs, how) for theirs, how, quality in _alike(query.words[mine], others)]
    for quality, mine, theirs, how in sorted(options, key=lambda option: option[:3]):
        if mine in left_query and theirs in left_name:
            pairs.append(Pair(mine, theirs, how, -quality))
            left_query.remove(mine)
            left_name.remove(theirs)


def _alike(one: Word, others: Sequence[tuple[int, Word]]) -> list[tuple[int, How, float]]:
    """Return with which words of a name a word of a query may agree, how and how well."""
    text, form = one.text, one.form
    known = tables()
    near, translated = known.near.get(form, _NONE), known.translated.get(text)
    is_fixed = one.kind in _FIXED
    least, most = len(text) * _ALIKE_AT_LEAST - 0.01, len(text) / _ALIKE_AT_LEAST + 0.01
    found: list[tuple[int, How, float]] = []
    for place, other in others:
        written = other.text
        if other.form in near:
            found.append((place, How.NEAR, _QUALITY[How.NEAR]))
        elif translated == other.form or known.translated.get(written) == form:
            found.append((place, How.FORM, _QUALITY[How.FORM]))
        elif is_fixed or other.kind in _FIXED:
            if one.kind is other.kind is WordKind.DIRECTION and _is_translated(one, other):
                found.append((place, How.FORM, _QUALITY[How.FORM]))
        elif (  # most are of another length
            least < len(written) < most or written.startswith(text) or text.startswith(written)
        ) and (how := _begun_or_misspelt(text, written)) is not None:
            found.append((place, how, _spelt_alike(text, written) if how is How.SPELLING else _QUALITY[how]))
    return found


def _begun_or_misspelt(one: str, other: str) -> How | None:
    """Return how a word of a query and one of a name agree in their letters."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    least = len(short)
    more = len(long) - least
    begins = long.startswith(short)
    may_be_misspelt = least >= _MISSPELT_AT_LEAST and more <= len(long) * (1 - _ALIKE_AT_LEAST)
    if not begins and not (may_be_misspelt and (_spelt_alike(one, other) or _begins_a_relative(one, other))):
        return None
    if least < _SHORT_AT_LEAST or not (short.isascii() and long.isascii()):
        return None
    # Two words that are both known are two words, however alike: Hunan and Henan, Shanxi and Shaanxi.
    seen = tables().seen
    common = short in seen and long in seen
    if begins:
        inflected = least >= _INFLECTED_AT_LEAST and more <= _INFLECTED_BY
        # Who asks abbreviates; a listed name that begins a word of the query is mostly another.
        cut = not common and short == one and (least > _SHORT_AT_LEAST or more <= _CUT_BY)
        if inflected or cut:
            return How.NEAR if _begins_a_relative(short, long) else How.SHORT
    if common or not may_be_misspelt or _are_two_in_pinyin(short, long):
        return None
    return How.NEAR if _begins_a_relative(one, other) else How.SPELLING


def _is_translated(one: Word, other: Word) -> bool:
    """Return whether two directions are one: what Chinese calls northwest is Northwest or Northwestern."""
    is_translated = one.text[0] != one.form[0] or other.text[0] != other.form[0]
    return is_translated and one.form.removesuffix("ern") == other.form.removesuffix("ern")


def _begins_a_relative(short: str, long: str) -> bool:
    """Return whether what begins a common word begins a related one too: `technolog` is technology or technological.

    What is written so by agreement (`technol`) stands in the tables and is read before it is asked here.
    """
    return tables().forms.get(long, ("",))[0] in _relatives_begun(short)


@lru_cache(maxsize=10_000)
def _relatives_begun(short: str) -> frozenset[str]:
    """Return the forms to which a common word that a text begins is related."""
    known = tables()
    forms = {known.forms.get(word, ("",))[0] for word in _begun(short)}
    return frozenset(other for form in forms for other in known.near.get(form, _NONE) if other != form)


@lru_cache(maxsize=10_000)
def begins_others(short: str, long: str) -> bool:
    """Return whether a word begins others than the one that it may be cut from: `guang` is not Guangdong alone.

    Known are common words, those of several names of organisations, and towns. What only ends otherwise (economics and
    economy) is one word, and so is what is made of it (Universität and Universitätsklinikum).
    """
    forms = tables().forms
    form = forms.get(long, ("",))[0]
    for word in _begun(short):
        other = forms.get(word, ("",))[0]
        if form and other:
            if form != other and not _is_made_of(word, form, len(short)):
                return True
        elif Prefix.similarity(word, long) < _SAME_STEM * min(len(word), len(long)):
            return True
    return False


def _is_made_of(word: str, form: str, longer: int) -> bool:
    """Return whether a word begins with a whole one of a form, of more letters than that."""
    forms = tables().forms
    return any(forms.get(word[:end], ("",))[0] == form for end in range(longer + 1, len(word)))


@cache
def _known_words() -> tuple[str, ...]:
    """Return all words that are known, in order, but for those that only tell what a name is no part of."""
    known = tables()
    common = (word for word, (form, _) in known.forms.items() if form and word.isascii())
    return tuple(sorted({*common, *known.seen}))


def _begun(beginning: str) -> Sequence[str]:
    words = _known_words()
    return words[bisect_left(words, beginning) : bisect_left(words, beginning + "\x7f")]


def _are_two_in_pinyin(short: str, long: str) -> bool:
    """Return whether two words are syllables of Chinese both and no letter more or less makes one the other."""
    if not (is_pinyin(short) and is_pinyin(long)):
        return False
    return len(short) == len(long) or OSA.distance(short, long, score_cutoff=1) > 1


def _spelt_alike(one: str, other: str) -> float:
    alike = OSA.normalized_similarity(one, other, score_cutoff=_ALIKE_AT_LEAST)
    if not alike:
        return 0.0
    if any([one.replace(two, umlaut) == other.replace(two, umlaut) for two, umlaut in _UMLAUTS]):  # noqa: C419
        return _QUALITY[How.FORM]
    return alike
