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
from typing import NamedTuple, Self

import numpy as np

from risk_engine.screening.affiliation_features import (
    Facts,
    Features,
    Named,
    Rival,
    alone,
    among,
    disorder,
    other_names,
    places,
)
from risk_engine.screening.entry import Entry
from risk_engine.screening.names import stored
from risk_engine.screening.registry_names import RegistryNames, town_of, written_out
from risk_engine.screening.spans import Span, Text

SURE = 0.67
LIKELY = 0.31
"""From these scores on 0.95 and 0.90 of all answers are right, also to strings that name nobody of the registry: the
thresholds of all organisations in the closed world (docs/screening-quality.md).
"""
DEPTH = 4
"""So many questions each tree asks."""
_NAMES = 60
"""So many names are compared with a text."""
_ORGANISATIONS = 20
"""So many organisations are weighed alone, and of them the likeliest `_RIVALS` against each other."""
_RIVALS = 10
_LEAST_SCORE = 0.01
_FOOTNOTE = re.compile(r"(?<![^\W_])\d{1,2}(?=[A-Z][a-z]{2})")
"""The number of a footnote that sticks to a name: "1Columbia University"."""
_CAPITALS_MISSING = 2.0
_INSIDE, _CROSSED, _DISORDER = 0.5, 0.7, 0.5


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


class Tree(NamedTuple):
    """`DEPTH` questions, one behind the other, and what is added to the logarithm of odds at the end of each way."""

    asks: tuple[tuple[str, float], ...]
    """Level by level: whether this feature is above that bound. Without a feature the answer is no."""
    gives: tuple[float, ...]

    @classmethod
    def read(cls, line: str) -> Self:
        """Return the tree of a line of the table: its questions, `-` where there is none, and its ends."""
        asks, _, gives = line.partition(" = ")
        asked = (ask.rpartition(">") for ask in asks.split())
        return cls(
            tuple((feature, float(bound) if feature else 0.0) for feature, _, bound in asked),
            tuple(map(float, gives.split())),
        )

    def line(self) -> str:
        """Return what `read` reads."""
        asks = " ".join(f"{feature}>{bound:.4g}" if feature else "-" for feature, bound in self.asks)
        return f"{asks} = {' '.join(f'{one:g}' for one in self.gives)}"


class Weights:
    """What features say together: a sum over them, each measured in its scale from its mean, times its weight."""

    def __init__(self, constant: float, weights: Mapping[str, Sequence[float]]) -> None:
        self.constant = constant
        self.weights = weights
        """Weight, mean and scale of each feature, so that weights can be compared."""
        self.features = list(weights)
        self._times = np.array([weight / scale for weight, _, scale in weights.values()])
        self._start = constant - sum(weight * mean / scale for weight, mean, scale in weights.values())

    def logits(self, rows: Sequence[Features]) -> list[float]:
        """Return how much the features say for each of several organisations, as the logarithm of odds."""
        table = np.array([[row[feature] for feature in self.features] for row in rows]).reshape(-1, len(self.features))
        found: list[float] = (table @ self._times + self._start).tolist()
        return found


class Trees:
    """What features say together: a sum over trees, each of which asks for some of them."""

    def __init__(self, constant: float, trees: Sequence[Tree]) -> None:
        self.constant = constant
        self.trees = tuple(trees)
        self.features = sorted({feature for tree in trees for feature, _ in tree.asks if feature})
        number = {feature: place for place, feature in enumerate(self.features)}
        self._asked = np.array([[number.get(feature, 0) for feature, _ in tree.asks] for tree in trees], np.int64)
        self._bounds = np.array([[bound if one else np.inf for one, bound in tree.asks] for tree in trees], np.float32)
        self._gives = np.array([tree.gives for tree in trees])

    def logits(self, rows: Sequence[Features]) -> list[float]:
        """Return the same as `Weights.logits`."""
        if not rows:
            return []
        table = np.array([[row[feature] for feature in self.features] for row in rows], np.float32)
        trees, each = np.arange(len(self.trees)), np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(trees)), np.int64)
        for level in range(DEPTH):
            at = node + 2**level - 1
            node = 2 * node + (table[each, self._asked[trees, at]] > self._bounds[trees, at])
        found: list[float] = (self._gives[trees, node].sum(axis=1) + self.constant).tolist()
        return found


@cache
def weighings() -> tuple[Weights, Trees]:
    """Return what features alone say, and what all features say among the others."""
    table = stored("affiliation.json")
    alone, among_others = table["alone"], table["among"]
    trees = Trees(among_others["constant"], list(map(Tree.read, among_others["trees"])))
    return Weights(alone["constant"], alone["weights"]), trees


class Affiliations:
    """The organisations of a registry, ready to be found in affiliations."""

    def __init__(self, names: RegistryNames, entries: Mapping[int, Entry]) -> None:
        """Find these names of organisations, which `entries` has by their number."""
        self.entries = entries
        self._names = names
        self._known: dict[int, Facts] = {}

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self:
        """Read the names of organisations."""
        return cls(RegistryNames.build(enumerate(entries)), dict(enumerate(entries)))

    def find(self, text: str) -> tuple[Found, ...]:
        """Return the organisations that a text may name, the likeliest first; none where no name is near."""
        return self.weigh(self.rivals(text), weighings())

    def weigh(self, rivals: Sequence[Rival], weighings: tuple[Weights, Trees]) -> tuple[Found, ...]:
        """Return the organisations that may be in a text, the likeliest first."""
        first, second = weighings
        shortlist = shortlisted(rivals, first)
        logits = second.logits([one.alone | beside for one, beside in zip(shortlist, among(shortlist), strict=True)])
        found = [
            Found(self.entries[one.owner], _share(logit), one.name, one.start, one.end, bool(one.alone["acronym"]))
            for one, logit in zip(shortlist, logits, strict=True)
        ]
        return tuple(sorted((one for one in found if one.score >= _LEAST_SCORE), key=lambda one: -one.score))

    def rivals(self, raw: str) -> list[Rival]:
        """Return who may be in a text, each by its likeliest name, with what is found of it alone."""
        index = self._names.index
        text = Text(written_out(_FOOTNOTE.sub("", html.unescape(raw))), index)
        standing: defaultdict[int, list[tuple[float, Span, Named]]] = defaultdict(list)
        for span in index.spans(text, _NAMES):
            named = self._named(span.name)
            standing[self._names.owner(span.name)].append((self._guess(text, span, named), span, named))
        best = {owner: max(several, key=lambda one: one[0]) for owner, several in standing.items()}
        chosen = sorted(best.items(), key=lambda one: -one[1][0])[:_ORGANISATIONS]
        where = places(text, self._names.towns)
        rivals = []
        for owner, (guess, span, named) in chosen:
            entry = self.entries[owner]
            if owner not in self._known:
                self._known[owner] = _facts(entry)
            features = alone(text, span, named, self._known[owner], where) | {"guess": guess}
            features |= other_names(text, span, named, [one[1:] for one in standing[owner]], index.weights)
            relations = {one.key: one.kind for one in entry.relations}
            rivals.append(Rival(owner, entry.key, named.text.raw, span.start, span.end, features, relations))
        return rivals

    def _named(self, name: int) -> Named:
        written, index = self._names.written(name), self._names.index
        return Named(
            written.read(),
            index.words_of(name),
            written.is_acronym,
            written.is_alias,
            self._names.shared_by(name),
            index.total(name),
        )

    def _guess(self, text: Text, span: Span, named: Named) -> float:
        """Return a first guess: much of the name, in its order, little between its words.

        A word counts for no more than that of the text in its place tells: else "University of Technology" would be
        taken for a name with the rarer word "Ligong" though the same organisation is called as it stands there.
        """
        weights = self._names.index.weights
        matched = sum(min(weights[number], text.weights[place]) * how for number, (place, how) in span.found.items())
        held = {place for place, _ in span.found.values()}
        between = sum(text.weights[place] for place in range(span.start, span.end) if place not in held)
        crossed = text.words[span.end - 1].segment - text.words[span.start].segment
        small = named.is_acronym and text.words[span.start].text not in text.read.acronyms
        matched -= _DISORDER * disorder(span, named)
        cover = matched / named.weight
        return matched * cover**2 - _INSIDE * between - _CROSSED * crossed - _CAPITALS_MISSING * small


def shortlisted(rivals: Sequence[Rival], weights: Weights) -> list[Rival]:
    """Return those of whom most speaks for them alone, the likeliest first, with how much that is."""
    logits = weights.logits([rival.alone for rival in rivals])
    weighed = (rival._replace(logit=logit) for rival, logit in zip(rivals, logits, strict=True))
    return sorted(weighed, key=lambda one: -one.logit)[:_RIVALS]


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _facts(entry: Entry) -> Facts:
    return Facts(
        town=town_of(entry),
        country=entry.countries[0].lower() if entry.countries else "",
        kinds=frozenset(entry.category.split(", ")),
        is_active=entry.status in {"", "active"},
        children=sum(one.kind == "child" for one in entry.relations),
        has_parent=any(one.kind == "parent" for one in entry.relations),
        names=len(entry.names),
    )
