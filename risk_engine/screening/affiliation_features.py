"""What speaks for an organisation being one that an affiliation names: features of it alone, and among the others.

Each feature has its reason in words in `data/affiliation.json`. Three questions are behind them: how wholly and closely
the name stands in the text, whether the place of the organisation is there too, and who else wants the same words.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk_engine.screening.names import NameText, Word, WordKind, stored, tables
from risk_engine.screening.spans import Span, Text, is_place, rarity

Features = dict[str, float]

_PARTS = frozenset({"department", "school", "faculty", "division", "laboratory", "unit", "program", "branch"})
"""Types of what is part of an organisation more often than one."""
_WHOLES = frozenset(
    {
        *("university", "college", "institute", "academy", "polytechnic", "hospital", "clinic", "center", "foundation"),
        *("company", "corporation", "group", "ministry", "agency", "council", "museum", "society", "association"),
        *("library", "observatory"),
    }
)
_KINDS = ("education", "healthcare", "facility", "company", "government", "nonprofit", "funder", "archive")
_NEIGHBOURS = ("place", "part", "whole", "number", "direction", "topic", "proper")
_COMMON = 3.5
"""Rarity of a word up to which it tells no organisation from others."""
_MUCH = 20.0
_ALIKE = 0.9
_FAR = -8.0
"""What stands for `nobody` among logits."""


class Facts(NamedTuple):
    """What the registry knows of an organisation, as a text is compared with it."""

    town: tuple[str, ...]
    """The words of its town."""
    country: str
    """ISO code in lower case."""
    kinds: frozenset[str]
    is_active: bool
    children: int
    has_parent: bool
    names: int
    """How many names it has: the better known, the more."""


class Named(NamedTuple):
    """A name of it."""

    text: NameText
    ids: tuple[int, ...]
    """The numbers of its words."""
    is_acronym: bool
    is_alias: bool
    shared_by: int
    """How many organisations have a name of the same words."""
    weight: float


class Places(NamedTuple):
    """Where a text says that it is."""

    countries: Mapping[int, str]
    """The country of each word that names one, by its place in the text."""
    towns: Mapping[tuple[str, ...], Sequence[tuple[int, int]]]
    """Towns that some organisation is in, and where in the text they stand."""
    regions: Mapping[int, str]
    """The country of each state or province, by its place in the text."""


@cache
def regions() -> Mapping[str, str]:
    """Return the country of each state or province that may stand where a country would."""
    known = stored("regions.json")["regions"]
    return {word: code for code, words in reversed(known.items()) for word in words.split()}


def places(text: Text, towns: Mapping[str, Sequence[tuple[str, ...]]]) -> Places:
    """Read the places of a text; `towns` are those of the registry by their first word."""
    forms = tuple(word.form for word in text.words)
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for start, form in enumerate(forms):
        for town in towns.get(form, ()):
            if forms[start : start + len(town)] == town:
                found.setdefault(town, []).append((start, start + len(town)))
    countries = {
        place: code
        for place, word in enumerate(text.words)
        if word.kind is WordKind.COUNTRY and (code := tables().countries.get(word.form))
    }
    provinces = {
        place: code
        for place, word in enumerate(text.words)
        if (code := regions().get(word.text) or regions().get(word.form))
    }
    return Places(countries, found, provinces)


def alone(text: Text, span: Span, name: Named, facts: Facts, where: Places) -> Features:
    """Return what speaks for an organisation whose name stands in a text, whoever else does."""
    found = _name(text, span, name, facts)
    found |= _surroundings(text, span, facts)
    found |= _place(span, facts, where)
    found["but_for_town"] = float(found["missing_place"] > 0 and found["city"] and not _missing_more(found))
    found["same_name"] = math.log(name.shared_by)
    found |= {kind: float(kind in facts.kinds) for kind in _KINDS}
    found["inactive"] = float(not facts.is_active)
    found["children"] = math.log1p(facts.children)
    found["has_parent"] = float(facts.has_parent)
    found["names"] = math.log(facts.names)
    return found


def disorder(span: Span, name: Named) -> float:
    """Return which share of the words of a name stand in the text before the one that they follow in the name."""
    if len(span.found) == 1:
        return 0.0
    order = [span.found[number][0] for number in dict.fromkeys(name.ids) if number in span.found]
    return sum(one > after for one, after in pairwise(order)) / max(1, len(order) - 1)


def other_names(
    text: Text, span: Span, name: Named, standing: Sequence[tuple[Span, Named]], weights: Sequence[float]
) -> Features:
    """Return what other names of an organisation say that stand elsewhere in the text; `weights` are those of words."""
    others = [(other, called) for other, called in standing if other.end <= span.start or other.start >= span.end]
    if not others:
        return {"acronym_too": 0.0, "other_names": 0.0, "name_again": 0.0}
    full = [(other.found, called) for other, called in others if not called.is_acronym]
    acronyms = (text.words[other.start].text for other, called in others if called.is_acronym)
    covered = (
        sum(weights[number] * how for number, (_, how) in found.items()) / called.weight for found, called in full
    )
    return {
        "acronym_too": float(not name.is_acronym and any(one in text.read.acronyms for one in acronyms)),
        "other_names": float(sum(len(found) == len(set(called.ids)) for found, called in full)),
        "name_again": max(covered, default=0.0),
    }


def _missing_more(found: Features) -> bool:
    """Return whether more of a name is missing than where it is."""
    return any(found[f"missing_{what}"] for what in ("proper", "type", "topic"))


def _name(text: Text, span: Span, name: Named, facts: Facts) -> Features:
    """Return how wholly and how closely the name stands there."""
    town = frozenset(facts.town)
    said = list(zip(name.ids, name.text.words, strict=True))
    here = [word for number, word in said if number in span.found]
    missing = [word for number, word in said if number not in span.found]
    weights = {number: rarity(word) * span.found[number][1] for number, word in said if number in span.found}
    matched, least = sum(weights.values()), min(how for _, how in span.found.values())
    apart = sum(
        rarity(word) for number, word in said if number not in span.found and text.said.get(number, 0) >= _ALIKE
    )
    held = {place for place, _ in span.found.values()}
    between = [place for place in range(span.start, span.end) if place not in held]
    reversed_ = disorder(span, name)
    exact = not missing and not between and not reversed_ and least == 1
    whole = any(word.kind is WordKind.TYPE and word.form in _WHOLES for word in here)
    proper = sum(word.kind is WordKind.PROPER for word in here)
    first, written = name.text.words[0], [word.text for word in text.words[span.start : span.end]]
    capital = text.words[span.start].text in text.read.acronyms
    found = {
        "covered": matched / name.weight,
        "matched": matched,
        "matched_log": math.log1p(matched),
        "matched_words": min(len(here), 6),
        "rarest": max(weights.values()),
        "one_word": len(span.found) == 1,
        "nothing_missing": not missing,
        "missing_apart": apart,
        "covered_in_all": (matched + apart) / name.weight,
        "missing_place": sum(rarity(word) for word in missing if is_place(word, town)),
        "missing_number": sum(word.kind in {WordKind.NUMBER, WordKind.DIRECTION} for word in missing),
        "missing_hospital": any(word.form in {"hospital", "clinic"} for word in missing),
        "missing_university": any(word.form in {"university", "college"} for word in missing),
        "between": sum(text.weights[place] for place in between),
        "something_between": bool(between),
        "proper_between": sum(text.words[place].kind is WordKind.PROPER for place in between),
        "crossed": text.words[span.end - 1].segment - text.words[span.start].segment,
        "disorder": reversed_,
        "least_alike": least,
        "unlike": sum(rarity(word) * (1 - span.found[number][1]) for number, word in said if number in span.found),
        "exact": exact,
        "exact_type": exact and whole,
        "exact_common": exact and whole and not proper,
        "written": written == [word.text for word in name.text.words],
        "acronym": name.is_acronym,
        "alias": name.is_alias,
        "acronym_in_capitals": name.is_acronym and capital,
        "one_word_name": len(name.ids) == 1 and not name.is_acronym,
        "common_words": max(weights.values()) < _COMMON,
        "proper_words": proper,
        "no_proper": not proper,
        "has_type": whole,
        "called_part": first.kind is WordKind.TYPE and first.form in _PARTS,
    }
    for feature, kinds in (
        ("missing_proper", {WordKind.PROPER}),
        ("missing_type", {WordKind.TYPE}),
        ("missing_topic", {WordKind.TOPIC, WordKind.NUMBER, WordKind.DIRECTION}),
    ):
        found[feature] = sum(rarity(word) for word in missing if word.kind in kinds and not is_place(word, town))
    return {feature: float(value) for feature, value in found.items()}


def _surroundings(text: Text, span: Span, facts: Facts) -> Features:
    """Return what else stands in the same part of the text, and where in the text that is."""
    town = frozenset(facts.town)
    words = text.words
    first, last = words[span.start].segment, words[span.end - 1].segment
    before = [place for place in range(span.start - 1, -1, -1) if words[place].segment == first]
    after = [place for place in range(span.end, len(words)) if words[place].segment == last]
    segments = words[-1].segment
    found: dict[str, float] = {
        "starts_part": not before,
        "ends_part": not after,
        "whole_part": not before and not after,
        "words_before": min(_MUCH, sum(text.weights[place] for place in before)),
        "words_after": min(_MUCH, sum(text.weights[place] for place in after if not is_place(words[place], town))),
        "first_part": first == 0,
        "last_part": last == segments,
        "part": first / max(1, segments),
        "text_length": math.log1p(len(words)),
        "share": (span.end - span.start) / len(words),
        "weight_share": (text.before[span.end] - text.before[span.start]) / max(text.before[-1], 1e-9),
    }
    for side, several in (("before", before), ("after", after)):
        kind = _neighbour(words[several[0]], town) if several else ""
        found |= {f"{one}_{side}": one == kind for one in _NEIGHBOURS}
    return {feature: float(value) for feature, value in found.items()}


def _neighbour(word: Word, town: frozenset[str]) -> str:
    if is_place(word, town):
        return "place"
    if word.kind is WordKind.TYPE:
        return "part" if word.form in _PARTS else "whole"
    kinds = {WordKind.NUMBER: "number", WordKind.DIRECTION: "direction", WordKind.TOPIC: "topic"}
    return kinds.get(word.kind, "proper")


def _place(span: Span, facts: Facts, where: Places) -> Features:
    """Return whether the text is where the organisation is."""
    outside = {
        town: any(end <= span.start or start >= span.end for start, end in stands)
        for town, stands in where.towns.items()
    }
    beside = outside.get(facts.town, False)
    inside = facts.town in outside and not beside
    elsewhere = any(is_out for town, is_out in outside.items() if town != facts.town) and not beside and not inside
    # China Medical University is in Taiwan: a country in the name says nothing of the place.
    countries, regions = (
        {code for place, code in several.items() if not span.start <= place < span.end}
        for several in (where.countries, where.regions)
    )
    country = facts.country in countries
    abroad = bool(countries) and not country
    region = not countries and facts.country in regions
    other_region = not countries and bool(regions) and not region
    found: dict[str, float] = {
        "city": beside,
        "city_inside": inside,
        "another_city": elsewhere,
        "country": country,
        "country_inside": not countries and facts.country in where.countries.values(),
        "another_country": abroad,
        "region": region,
        "another_region": other_region,
        "no_place": not countries and not regions and not where.towns,
        "placed": 2 * beside + 1.5 * country + region - 3 * abroad - elsewhere - other_region + 0.3 * inside,
    }
    return {feature: float(value) for feature, value in found.items()}


class Rival(NamedTuple):
    """An organisation that may be in the text, with what was found of it alone."""

    owner: int
    key: str
    """Its id in the registry."""
    name: str
    """Which of its names stands there, as the registry writes it."""
    start: int
    end: int
    alone: Features
    relations: Mapping[str, str]
    """How it is related to others: `parent`, `child`, `related`, `successor`, `predecessor`, by their id."""
    logit: float = 0.0
    """How much speaks for it alone, once that is weighed."""


def among(rivals: Sequence[Rival]) -> list[Features]:
    """Return what speaks for each of several organisations beside the others of the same text."""
    if not rivals:
        return []
    logits = np.array([one.logit for one in rivals])
    starts, ends = (np.array([getattr(one, side) for one in rivals]) for side in ("start", "end"))
    me = np.eye(len(rivals), dtype=bool)
    same = (starts[:, None] == starts) & (ends[:, None] == ends) & ~me
    overlapping = (starts[:, None] < ends) & (starts < ends[:, None]) & ~me
    inside = (starts <= starts[:, None]) & (ends >= ends[:, None]) & (ends - starts > (ends - starts)[:, None])
    apart = ~overlapping & ~me
    placed, matched = (np.array([one.alone[feature] for one in rivals]) for feature in ("placed", "matched"))
    full: NDArray[np.bool_] = np.array([_is_full(one.alone) for one in rivals])
    related = {
        kind: np.array([[one.relations.get(other.key) == kind for other in rivals] for one in rivals])
        for kind in ("parent", "child", "related", "successor")
    }

    def best(of: NDArray[np.bool_]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.where(of, logits, _FAR).max(axis=1)
        return np.maximum(found, _FAR)

    rank = np.argsort(np.argsort(-logits, kind="stable"), kind="stable")
    sure = 1 / (1 + np.exp(-logits))
    top = logits.max()
    columns: dict[str, Any] = {
        "alone": logits,
        **{feature: rank == place for place, feature in enumerate(("first", "second", "third"))},
        "behind_first": logits - top,
        "first_alone": np.full(len(rivals), top),
        "overlapping": best(overlapping),
        "beats_overlapping": logits > best(overlapping),
        "apart": best(apart),
        "containing": best(inside),
        "contained": best(inside.T),
        "same_words": best(same),
        "parent_here": best(related["parent"]),
        "child_here": best(related["child"]),
        "related_here": best(related["related"]),
        "successor_here": best(related["successor"]),
        "likely_others": sure.sum() - sure,
        "likely": np.full(len(rivals), sure.sum()),
        "same_words_nearer": (same & (placed > placed[:, None])).any(axis=1),
        "nearest_of_same_words": same.any(axis=1) & ~(same & (placed >= placed[:, None])).any(axis=1),
        "same_words_as_near": (same & (placed == placed[:, None])).sum(axis=1),
        "more_said_around": (inside & (matched > matched[:, None] + 1)).any(axis=1),
        "within_full": (inside & full).any(axis=1),
        "around_full": (inside.T & full[:, None] & full).any(axis=1),
        "overlaps_fuller": (overlapping & full & (matched > matched[:, None] + 0.5)).any(axis=1),
        "same_words_full": (same & full & ~full[:, None]).any(axis=1),
        "parent_full_apart": (related["parent"] & full & apart).any(axis=1),
        "child_full_apart": (related["child"] & full & apart).any(axis=1),
        "parent_full_within": (related["parent"] & full & overlapping).any(axis=1),
        "child_full_around": (related["child"] & full & overlapping).any(axis=1),
        "full_apart": (full & apart).sum(axis=1).clip(0, 4),
        "full_before": (full & apart & (starts < starts[:, None])).any(axis=1),
        "full_after": (full & apart & (starts > starts[:, None])).any(axis=1),
    }
    for feature, some in (("overlapping", overlapping), ("apart", apart)):
        # Who comes nearest to it, and what that one is.
        best_one = np.where(some, logits, -np.inf).argmax(axis=1)
        there = some.any(axis=1)
        for kind in ("education", "healthcare", "facility"):
            columns[f"{feature}_is_{kind}"] = np.array([rivals[one].alone[kind] for one in best_one]) * there
        columns[f"{feature}_before"] = there & (starts[best_one] < starts)
        columns[f"{feature}_placed"] = np.where(there, placed[best_one] - placed, 0)
        columns[f"{feature}_matched"] = np.where(there, matched[best_one] - matched, 0)
    for feature in ("overlapping", "apart", "containing", "same_words", "parent_here", "child_here"):
        columns[f"{feature}_ahead"] = columns[feature].astype(float) - logits
    return [{feature: float(column[number]) for feature, column in columns.items()} for number in range(len(rivals))]


def _is_full(alone: Features) -> bool:
    """Return whether a name, and no mere acronym, stands there with every word, in order, with nothing between."""
    return bool(
        alone["nothing_missing"] and not alone["something_between"] and not alone["disorder"] and not alone["acronym"]
    )
