"""Which organisations of a registry a free affiliation string names.

In comes a line as it stands in a paper ("Sch. of Elect. Eng., Harbin Inst. Technol., Harbin 150001, China"), out come
the organisations in it, the likeliest first. Names are found by their words (`spans.py`); what speaks for each
organisation, alone and beside the others, is weighed (`affiliation_features.py`) with weights from
`data/affiliation.json`. The score orders answers and can be cut at a threshold (docs/screening-quality.md says what
which one gives); it is no percentage of truth.
"""

import html
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from risk_engine.screening.affiliation_features import Facts, Features, Named, Rival, alone, among, places
from risk_engine.screening.entry import Entry
from risk_engine.screening.names import NameText, read, stored
from risk_engine.screening.spans import Span, Text, WordIndex

SURE = 0.7
LIKELY = 0.37
"""From these scores on 0.95 and 0.90 of all answers are right (docs/screening-quality.md)."""
_NAMES = 60
"""So many names are compared with a text."""
_ORGANISATIONS = 20
"""So many organisations are weighed alone, and of them the likeliest `_RIVALS` against each other."""
_RIVALS = 10
_LEAST_SCORE = 0.01
_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
_CAPITALS_MISSING = 2.0
_INSIDE, _CROSSED = 0.5, 0.7


class Found(NamedTuple):
    """An organisation in a text."""

    entry: Entry
    score: float
    """Between 0 and 1; the greater, the surer."""
    name: str
    """Which of its names stands there."""
    start: int
    """The first word of the text in which it stands, as `names.read` counts them."""
    end: int
    """Behind the last one."""
    by_acronym: bool
    """An acronym alone stands there: many are called so, and it is at most possible whatever the score."""


class Weighing:
    """Weights of features. Each feature is measured in its `scale` from its `mean`, so that weights can be compared."""

    def __init__(self, weights: Mapping[str, Sequence[float]], constant: float) -> None:
        self.weights = weights
        """Weight, mean and scale of each feature."""
        self.constant = constant
        self._of_raw = [(feature, weight / scale) for feature, (weight, _, scale) in weights.items()]
        self._start = constant - sum(weight * mean / scale for weight, mean, scale in weights.values())

    def logit(self, features: Features) -> float:
        """Return how much the features say for an organisation, as the logarithm of odds."""
        return self._start + sum(weight * features[feature] for feature, weight in self._of_raw)


@cache
def weighings() -> tuple[Weighing, Weighing]:
    """Return the weights of features alone, and of all features among the others."""
    table = stored("affiliation.json")
    first, second = (Weighing(table[part]["weights"], table[part]["constant"]) for part in ("alone", "among"))
    return first, second


class Affiliations:
    """The organisations of a registry, ready to be found in affiliations."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._facts = [_facts(entry) for entry in entries]
        self._named: list[Named] = []
        self._owners: list[int] = []
        self._index = self._read_names()
        numbers = {entry.key: number for number, entry in enumerate(entries)}
        self._relations = [
            {numbers[one.key]: one.kind for one in entry.relations if one.key in numbers} for entry in entries
        ]
        self._towns: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for town in dict.fromkeys(facts.town for facts in self._facts if facts.town):
            self._towns[town[0]].append(town)

    def _read_names(self) -> WordIndex:
        texts: list[NameText] = []
        kinds: list[tuple[bool, bool]] = []
        for number, entry in enumerate(self.entries):
            seen: set[tuple[str, ...]] = set()
            for name in sorted(entry.names, key=lambda name: name.kind == "acronym"):
                # The registry tells companies and campuses apart by a country or town in brackets, which nobody writes.
                for written in dict.fromkeys((name.text, _BRACKET.sub("", name.text))):
                    text = read(written)
                    forms = tuple(word.form for word in text.words)
                    if forms and forms not in seen:
                        seen.add(forms)
                        texts.append(text)
                        kinds.append(
                            (name.kind == "acronym" or text.is_acronym, name.kind in {"alias", "former", "weak"})
                        )
                        self._owners.append(number)
        index = WordIndex(texts)
        owners: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
        for ids, owner in zip(index.ids, self._owners, strict=True):
            owners[tuple(sorted(ids))].add(owner)
        self._named = [
            Named(text, ids, *kind, len(owners[tuple(sorted(ids))]), index.total(name))
            for name, (text, ids, kind) in enumerate(zip(texts, index.ids, kinds, strict=True))
        ]
        return index

    def find(self, text: str) -> tuple[Found, ...]:
        """Return the organisations that a text may name, the likeliest first; none where no name is near."""
        return self.weigh(self.rivals(text), weighings())

    def weigh(self, rivals: Sequence[Rival], weighings: tuple[Weighing, Weighing]) -> tuple[Found, ...]:
        """Return the organisations that may be in a text, the likeliest first."""
        first, second = weighings
        shortlist = shortlisted(rivals, first)
        found = [
            Found(
                self.entries[one.owner],
                _share(second.logit(one.alone | beside)),
                one.name,
                one.start,
                one.end,
                bool(one.alone["acronym"]),
            )
            for one, beside in zip(shortlist, among(shortlist), strict=True)
        ]
        return tuple(sorted((one for one in found if one.score >= _LEAST_SCORE), key=lambda one: -one.score))

    def rivals(self, raw: str) -> list[Rival]:
        """Return who may be in a text, each by its likeliest name, with what is found of it alone."""
        text = Text(html.unescape(raw), self._index)
        best: dict[int, tuple[float, Span]] = {}
        for span in self._index.spans(text, _NAMES):
            owner, guess = self._owners[span.name], self._guess(text, span)
            if owner not in best or guess > best[owner][0]:
                best[owner] = (guess, span)
        chosen = sorted(best.items(), key=lambda one: -one[1][0])[:_ORGANISATIONS]
        where = places(text, self._towns)
        rivals = []
        for owner, (guess, span) in chosen:
            named = self._named[span.name]
            features = alone(text, span, named, self._facts[owner], where) | {"guess": guess}
            rivals.append(Rival(owner, named.text.raw, span.start, span.end, features, self._relations[owner]))
        return rivals

    def _guess(self, text: Text, span: Span) -> float:
        """Return a first guess: much of the name, little between its words."""
        named = self._named[span.name]
        matched = sum(self._index.weights[number] * how for number, (_, how) in span.found.items())
        held = {place for place, _ in span.found.values()}
        between = sum(text.weights[place] for place in range(span.start, span.end) if place not in held)
        crossed = text.words[span.end - 1].segment - text.words[span.start].segment
        small = named.is_acronym and text.words[span.start].text not in text.read.acronyms
        cover = matched / named.weight
        return matched * cover**2 - _INSIDE * between - _CROSSED * crossed - _CAPITALS_MISSING * small


def shortlisted(rivals: Sequence[Rival], weighing: Weighing) -> list[Rival]:
    """Return those of whom most speaks for them alone, the likeliest first, with how much that is."""
    weighed = (rival._replace(logit=weighing.logit(rival.alone)) for rival in rivals)
    return sorted(weighed, key=lambda one: -one.logit)[:_RIVALS]


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _facts(entry: Entry) -> Facts:
    return Facts(
        town=tuple(word.form for word in read(entry.places[0]).words) if entry.places else (),
        country=entry.countries[0].lower() if entry.countries else "",
        kinds=frozenset(entry.category.split(", ")),
        is_active=entry.status in {"", "active"},
        children=sum(one.kind == "child" for one in entry.relations),
        has_parent=any(one.kind == "parent" for one in entry.relations),
    )
