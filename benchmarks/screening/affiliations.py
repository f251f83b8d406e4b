"""Fit the weights by which organisations are found in affiliations: `python -m benchmarks.screening.affiliations`.

In two steps, on the gold strings all of whose labels are in the registry and on those without a label: a logistic
regression on what is found of each organisation alone, then decision trees (`trees.py`) on that and what is found
beside the others of the same string. The trees learn from logits of the first step that come from strings it was not
fitted on. Writes
`risk_engine/screening/data/affiliation.json`; the reasons of the features stand there and stay.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import risk_engine.screening
from benchmarks.screening import trees
from benchmarks.screening.gold import DATA, GoldString, is_name, read_gold
from benchmarks.screening.measure import Answer, Matcher
from risk_engine.screening.affiliation import Affiliations, Trees, Weights, shortlisted
from risk_engine.screening.affiliation_features import Features, Rival, among
from risk_engine.screening.entry import Entry
from risk_engine.screening.formats import ror
from risk_engine.screening.formats.reading import Reading

WEIGHTS = Path(risk_engine.screening.__path__[0]) / "data" / "affiliation.json"
TREES = 230
RIDGE = 3.0
"""What large weights cost: many features say much the same in other words."""
ROUNDS = 12
"""Of Newton's method; it stops when no weight moves."""
PARTS = 3
"""The first regression is fitted so often for the second, each time without one part of the strings."""
_STILL = 1e-3
_LOGIT = 30.0
_SCALELESS = 1e-6


class Learner:
    """The registry with what is found in each string, worked out once whoever trains."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.registry = Affiliations.of(entries)
        self._keys = frozenset(one.key for one in entries)
        self._found: dict[str, list[Rival]] = {}
        self._rows: dict[int, NDArray[np.float32]] = {}

    def rivals(self, text: str) -> list[Rival]:
        """Return who may be in a string, with what is found of each alone."""
        if text not in self._found:
            self._found[text] = self.registry.rivals(text)
        return self._found[text]

    def fit(self, strings: Sequence[GoldString]) -> tuple[Weights, Trees]:
        """Fit both steps."""
        cases = [(string, self.rivals(string.text)) for string in strings]
        cases = [(string, rivals) for string, rivals in cases if rivals]
        parts = np.arange(len(cases)) % PARTS
        rows: list[Features] = []
        right: list[bool] = []
        for part in range(PARTS):
            held_out = self._weights([case for case, one in zip(cases, parts, strict=True) if one != part])
            for string, rivals in (case for case, one in zip(cases, parts, strict=True) if one == part):
                shortlist = shortlisted(rivals, held_out)
                rows.extend(rival.alone | beside for rival, beside in zip(shortlist, among(shortlist), strict=True))
                right.extend(rival.key in string.wanted for rival in shortlist)
        table = np.array([list(row.values()) for row in rows], np.float32)
        return self._weights(cases), trees.fit(list(rows[0]), table, np.array(right, np.float32), TREES)

    def _weights(self, cases: Sequence[tuple[GoldString, Sequence[Rival]]]) -> Weights:
        """Fit the first step, on features of mean 0 and scale 1."""
        rivals = [(rival, string) for string, several in cases for rival in several]
        table = np.stack([self._row(rival.alone) for rival, _ in rivals])
        means, scales = table.mean(axis=0), table.std(axis=0)
        scales[scales < _SCALELESS] = 1.0
        right = np.array([rival.key in string.wanted for rival, string in rivals], np.float32)
        weights, constant = regression((table - means) / scales, right)
        measured = zip(weights.tolist(), means.tolist(), scales.tolist(), strict=True)
        return Weights(constant, dict(zip(rivals[0][0].alone, measured, strict=True)))

    def _row(self, features: Features) -> NDArray[np.float32]:
        if id(features) not in self._rows:
            self._rows[id(features)] = np.array(list(features.values()), np.float32)
        return self._rows[id(features)]

    def matcher(self, strings: Sequence[GoldString]) -> Matcher:
        """Return what finds organisations with weights that are fitted on these strings."""
        weighings = self.fit([one for one in strings if one.wanted <= self._keys])

        def match(text: str) -> list[Answer]:
            return [Answer(one.entry.key, one.score) for one in self.registry.weigh(self.rivals(text), weighings)]

        return match


def regression(table: NDArray[np.float32], right: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    """Return weights and constant of a logistic regression with a ridge, by Newton's method."""
    table = np.hstack([table, np.ones((len(table), 1), np.float32)])
    weights = np.zeros(table.shape[1])
    ridge = np.full(len(weights), RIDGE)
    ridge[-1] = 1e-6  # the constant costs nothing
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(table @ weights.astype(np.float32), -_LOGIT, _LOGIT)))
        slope = (table.T @ (likely - right)).astype(float) + ridge * weights
        bend = ((table * np.maximum(likely * (1 - likely), 1e-6)[:, None]).T @ table).astype(float) + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < _STILL:
            break
    return weights[:-1], float(weights[-1])


def read_entries(data: Path) -> list[Entry]:
    """Return the records of the registry."""
    files = sorted((data / "ror").glob("*.jsonl"))
    return [entry for path in files for entry in ror.read(Reading(path, "ror", is_lenient=True))]


@cache
def learner(data: Path = DATA) -> Learner:
    """Return the registry, read once in a run."""
    return Learner(read_entries(data))


def main() -> None:
    """Fit on every open string and write the weights."""
    gold = read_gold()
    strings = [one for one in gold.strings if not is_name(one) and one.wanted <= gold.registry.keys()]
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    weights, forest = learner().fit(strings)
    if missing := {*weights.features, *forest.features} - stored["reasons"].keys():
        raise SystemExit(f"{WEIGHTS}: no reason for {', '.join(sorted(missing))}")
    measured = {name: [round(one, 4) for one in three] for name, three in weights.weights.items()}
    stored["alone"] = {"constant": round(weights.constant, 4), "weights": measured}
    stored["among"] = {"constant": round(forest.constant, 4), "trees": [tree.line() for tree in forest.trees]}
    WEIGHTS.write_text(_text(stored), "utf-8")
    print(f"{WEIGHTS}: fitted on {len(strings)} strings")


def _text(table: dict[str, Any]) -> str:
    """Return the file: each reason, each weight and each tree in a line of its own."""
    text = json.dumps(table, indent=1, ensure_ascii=False)
    within = re.compile(r"(?<=\": \[)\n[^\[\]\"]*(?=\])")
    return within.sub(lambda one: " ".join(one[0].split()), text) + "\n"


if __name__ == "__main__":
    main()
