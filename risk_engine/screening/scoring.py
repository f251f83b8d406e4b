"""What two names that lie beside each other say for one organisation: features with weights from a file.

Each feature has its reason in words in `weights.json`. There are two readings of the same features: `same`, whether the
two names mean one organisation, and `answer`, whether the organisation of the name is what the query is about, of which
the query may name a department, a city and a country too. Weights are fitted by `benchmarks/screening/train.py`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from risk_engine.screening.comparison import Comparison, How
from risk_engine.screening.names import WordKind, stored, tables


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an organisation beside a name, folded: it explains words of a query that are not in the name."""

    acronyms: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    """ISO codes in lower case."""


NOTHING = About()

_COUNTED = (WordKind.TYPE, WordKind.TOPIC, WordKind.NUMBER, WordKind.DIRECTION, WordKind.COUNTRY)
_LEFT = tuple({kind: f"left_{side}_{kind}" for kind in _COUNTED} for side in ("query", "name"))
_NONE_LEFT = dict.fromkeys(("left_query_rare", "left_name_rare", *_LEFT[0].values(), *_LEFT[1].values()), 0.0)
_CONFLICTING = (WordKind.TYPE, WordKind.NUMBER, WordKind.DIRECTION)
_BY_HOW = dict.fromkeys(How, 0.0)
_MUCH = 20
"""As much rarity as three telling words have."""
_SLIP_IN = 10
"""So many letters a name must have before one slip is one."""


def features(found: Comparison, about: About, country: str = "") -> dict[str, float]:
    """Return what agrees and differs as numbers, mostly from 0 to 1; `country` is what is known of the query's."""
    mine, theirs = found.query.words, found.name.words
    reading = _Reading.of(found, about, country)
    values = _covered(found, reading)
    values |= _letters(found, reading)
    values |= _left(found, reading)
    values |= _beside(reading, about)
    values |= _placed(found, reading)
    values |= _short_names(found, reading, values, about)
    proper = [pair for pair in found.pairs if theirs[pair.name].kind is WordKind.PROPER]
    rarity = found.name.rarity
    values["matched_rare"] = max([rarity[pair.name] * pair.quality for pair in proper], default=0) / tables().rarest
    exact = bool(values["identical"] or values["compact"])
    values["no_proper"] = float(not proper)
    values["common_inexact"] = float(not proper and not exact)
    values["common_left_query"] = float(not proper and bool(reading.query))
    values["common_left_name"] = float(not proper and bool(reading.name))
    order = [pair.name for pair in sorted(found.pairs)]
    values["other_order"] = float(order != sorted(order))
    values["near"] = float(How.NEAR in [pair.how for pair in found.pairs])
    values["half_term"] = float(_is_half_a_term(found))
    legal_query = [word.form for word in mine if word.kind is WordKind.LEGAL]
    legal_name = [word.form for word in theirs if word.kind is WordKind.LEGAL]
    legal_agrees = not set(legal_query).isdisjoint(legal_name)
    values["legal_agrees"] = float(legal_agrees)
    values["legal_conflict"] = float(bool(legal_query and legal_name) and not legal_agrees)
    values["legal_left"] = float(bool(legal_query) != bool(legal_name))
    return values


def _is_half_a_term(found: Comparison) -> bool:
    """Return whether a Chinese term of several words agrees in some of them alone: 科技 is no technology."""
    if found.query.plain.isascii() and found.name.plain.isascii():
        return False
    sides = (
        (found.query.words, found.left_query, [pair.query for pair in found.pairs]),
        (found.name.words, found.left_name, [pair.name for pair in found.pairs]),
    )
    for words, left, agreed in sides:
        alone = {words[at].text for at in left if not words[at].text.isascii()}
        if alone and any(words[at].text in alone for at in agreed):
            return True
    return False


class _Reading(NamedTuple):
    """Words left alone that nothing explains, and what explains the others."""

    query: list[int]
    name: list[int]
    acronym: bool
    place: bool
    countries: frozenset[str]
    """All that the query says of countries."""

    @classmethod
    def of(cls, found: Comparison, about: About, country: str) -> "_Reading":
        words, names = found.query.words, found.name.words
        codes, armies = tables().countries, tables().armies
        countries = {codes[word.form] for word in words if word.kind is WordKind.COUNTRY and word.form in codes}
        if country:
            countries.add(country.casefold())
        acronym = place = False
        query = []
        for at in found.left_query:
            word = words[at]
            if word.text in about.acronyms:
                acronym = True
            elif word.form in about.places:
                place = True
            elif word.kind is WordKind.COUNTRY and (
                codes.get(word.form) in about.countries or (word.segment > 0 and not about.countries)
            ):
                pass
            elif word.kind is not WordKind.LEGAL and not (
                word.form in armies and about.countries <= {armies[word.form]}
            ):
                query.append(at)
        in_chinese = not found.query.plain.isascii()
        name = [
            at
            for at in found.left_name
            if names[at].kind is not WordKind.LEGAL
            and not (names[at].kind is WordKind.COUNTRY and names[at].segment > 0)  # Huawei (China)
            and not (names[at].form in armies and in_chinese)
        ]
        return cls(query, name, acronym, place, frozenset(countries))


def _covered(found: Comparison, reading: _Reading) -> dict[str, float]:
    rarity, name_rarity = found.query.rarity, found.name.rarity
    agreed_query = sum({pair.query: rarity[pair.query] * pair.quality for pair in found.pairs}.values())
    agreed_name = lost = 0.0
    by_how = _BY_HOW.copy()
    for pair in found.pairs:
        telling = name_rarity[pair.name]
        agreed_name += telling * pair.quality
        lost += telling * (1 - pair.quality)
        by_how[pair.how] += telling
    left_query = sum([rarity[at] for at in reading.query])
    left_name = sum([name_rarity[at] for at in reading.name])
    of_query = agreed_query / (agreed_query + left_query + lost + 1e-9)
    of_name = agreed_name / (agreed_name + left_name + lost + 1e-9)
    return {
        "cover_query": of_query,
        "cover_name": of_name,
        "cover_least": min(of_query, of_name),
        "left_query_sum": min(left_query / _MUCH, 2),
        "left_name_sum": min(left_name / _MUCH, 2),
        "matched_sum": min(agreed_name / _MUCH, 2),
        "spelling": by_how[How.SPELLING] / (agreed_name + 1e-9),
        "short": by_how[How.SHORT] / (agreed_name + 1e-9),
        "other_language": by_how[How.FORM] / (agreed_name + 1e-9),
    }


def _letters(found: Comparison, reading: _Reading) -> dict[str, float]:
    one, other = found.query.plain, found.name.plain
    identical = one == other
    compact = not identical and found.query.compact == found.name.compact
    ways = [pair.how for pair in found.pairs]
    slipped = not identical and How.SPELLING in ways and min(len(one), len(other)) >= _SLIP_IN
    slips = OSA.distance(one, other, score_cutoff=2) if slipped else 3
    exactly = ways.count(How.SAME) + ways.count(How.FORM) == len(ways)
    return {
        "identical": float(identical),
        "compact": float(compact),
        "same_words": float(bool(ways) and exactly and not reading.query and not reading.name),
        "letters": fuzz.ratio(one, other) / 100,
        "sorted_letters": fuzz.token_sort_ratio(one, other) / 100,
        "one_slip": float(slipped and slips <= 1),
        "two_slips": float(slipped and slips <= 2),  # noqa: PLR2004
    }


def _left(found: Comparison, reading: _Reading) -> dict[str, float]:
    values = _NONE_LEFT.copy()
    rarest = tables().rarest
    for rare, counted, text, left in (
        ("left_query_rare", _LEFT[0], found.query, reading.query),
        ("left_name_rare", _LEFT[1], found.name, reading.name),
    ):
        for at in left:
            kind = text.words[at].kind
            if kind is WordKind.PROPER:
                values[rare] = max(values[rare], text.rarity[at] / rarest)
            elif (name := counted.get(kind)) is not None:
                values[name] = min(values[name] + 0.5, 1.0)
    for kind in _CONFLICTING:
        values[f"{kind}_conflict"] = float(bool(values[_LEFT[0][kind]] and values[_LEFT[1][kind]]))
    values["proper_conflict"] = min(values["left_query_rare"], values["left_name_rare"])
    return values


def _beside(reading: _Reading, about: About) -> dict[str, float]:
    agrees = bool(reading.countries & about.countries)
    return {
        "country_agrees": float(agrees),
        "country_conflict": float(bool(reading.countries and about.countries) and not agrees),
        "place_agrees": float(reading.place),
        "acronym_agrees": float(reading.acronym),
    }


def _placed(found: Comparison, reading: _Reading) -> dict[str, float]:
    """Return where in the query the words stand that the name has not: a department before it, or how it goes on."""
    words, parts = found.query.words, tables().parts
    agreed = sorted(pair.query for pair in found.pairs)
    whole = bool(found.pairs) and not reading.name
    inside = before = after = part_before = part_after = apart = False
    if agreed:
        segments = {words[at].segment for at in agreed}
        for at in reading.query:
            inside = inside or agreed[0] < at < agreed[-1]
            if words[at].segment not in segments:
                apart = True
            elif at < agreed[0]:
                before = True
                part_before = part_before or words[at].form in parts
            elif at > agreed[-1]:
                part_after = part_after or (not after and words[at].form in parts)
                after = True
    goes_on = after and not part_after
    return {
        "whole": float(whole),
        "inside": float(inside),
        "before": float(before),
        "after": float(goes_on),
        "part_before": float(part_before),
        "part_after": float(part_after),
        "apart": float(apart),
        "whole_after": float(whole and goes_on),
        "whole_part_before": float(whole and part_before),
    }


def _short_names(found: Comparison, reading: _Reading, values: Mapping[str, float], about: About) -> dict[str, float]:
    query, name = found.query, found.name
    telling = len([1 for word in name.words if word.kind is not WordKind.LEGAL and word.kind is not WordKind.COUNTRY])
    one_word, exact = telling == 1, bool(values["identical"] or values["compact"])
    inexact = one_word and any(pair.how in (How.SHORT, How.SPELLING, How.NEAR) for pair in found.pairs)
    acronym = name.is_acronym or name.compact in about.acronyms
    inside = name.is_acronym and bool(values["whole"]) and not values["identical"]
    return {
        "one_word": float(one_word),
        "one_word_inside": float(one_word and not values["identical"] and bool(reading.query)),
        "one_word_inexact": float(inexact and not exact),
        "all_inexact": float(bool(reading.query) and values["spelling"] + values["short"] > 0.5),  # noqa: PLR2004
        "name_acronym": float(acronym),
        "query_acronym": float(query.is_acronym),
        "initials": float(name.is_acronym and not values["identical"] and name.compact == query.initials),
        "acronym_inside": float(inside),
        "acronym_inside_small": float(inside and name.compact not in query.acronyms),
    }


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts."""

    same: Mapping[str, float]
    answer: Mapping[str, float]
    sure: Mapping[str, float]
    """Of the best answer: how sure it is, by its score, what the next scores, and some features again."""
    reasons: Mapping[str, str]
    strong: float
    """From which `same` on two names are strongly alike."""
    possible: float
    answered: float
    """From which sureness on a registry's answer is given."""


@cache
def weights() -> Weights:
    """Return the weights, read once."""
    table = stored("weights.json")
    bounds = table["bounds"]
    return Weights(
        same=MappingProxyType(table["same"]),
        answer=MappingProxyType(table["answer"]),
        sure=MappingProxyType(table["sure"]),
        reasons=MappingProxyType(table["reasons"]),
        strong=bounds["strong"],
        possible=bounds["possible"],
        answered=bounds["answered"],
    )


def score(values: Mapping[str, float], by: Mapping[str, float]) -> float:
    """Return the sum of the features times their weights, and the constant that stands beside them."""
    return math.fsum([value * by[feature] for feature, value in values.items() if value]) + by["constant"]
