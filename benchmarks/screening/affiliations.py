"""Fit the weights by which organisations are found in affiliations: `python -m benchmarks.screening.affiliations`.

Decision trees (`trees.py`) on the gold strings all of whose labels are in the registry, and on those without a label:
first on what is found of each organisation alone, then on that and what is found beside the others of the same string.
The second learns from logits of the first that come from strings the first was not fitted on. Writes
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
from benchmarks.screening.gold import DATA, GoldString, is_name, read_gold
from benchmarks.screening.measure import Answer, Matcher
from benchmarks.screening.trees import fit
from risk_engine.screening.affiliation import Affiliations, Weighing, shortlisted
from risk_engine.screening.affiliation_features import Features, Rival, among
from risk_engine.screening.entry import Entry
from risk_engine.screening.formats import ror
from risk_engine.screening.formats.reading import Reading

WEIGHTS = Path(risk_engine.screening.__path__[0]) / "data" / "affiliation.json"
TREES = (60, 250)
"""So many of features alone, and of all."""
PARTS = 3
"""The first regression is fitted so often for the second, each time without one part of the strings."""


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

    def fit(self, strings: Sequence[GoldString]) -> tuple[Weighing, Weighing]:
        """Fit both steps."""
        cases = [(string, self.rivals(string.text)) for string in strings]
        cases = [(string, rivals) for string, rivals in cases if rivals]
        parts = np.arange(len(cases)) % PARTS
        first = self._fit(
            [(rival.alone, None, self._is_right(rival, string)) for string, rivals in cases for rival in rivals]
        )
        rows: list[tuple[Features, Features | None, bool]] = []
        for part in range(PARTS):
            others = [case for case, one in zip(cases, parts, strict=True) if one != part]
            held_out = self._fit(
                [(one.alone, None, self._is_right(one, string)) for string, some in others for one in some]
            )
            for string, rivals in (case for case, one in zip(cases, parts, strict=True) if one == part):
                shortlist = shortlisted(rivals, held_out)
                rows.extend(
                    (rival.alone, beside, self._is_right(rival, string))
                    for rival, beside in zip(shortlist, among(shortlist), strict=True)
                )
        return first, self._fit(rows)

    def _is_right(self, rival: Rival, string: GoldString) -> bool:
        return rival.key in string.wanted

    def _row(self, features: Features) -> NDArray[np.float32]:
        # What is found alone is fitted many times; beside the others it changes with the weights.
        if id(features) not in self._rows:
            self._rows[id(features)] = np.array(list(features.values()), np.float32)
        return self._rows[id(features)]

    def _fit(self, rows: Sequence[tuple[Features, Features | None, bool]]) -> Weighing:
        """Fit the trees of one step."""
        alone, beside, _ = rows[0]
        names = [*alone, *(beside or ())]
        table = np.stack([self._row(features) for features, _, _ in rows])
        if beside is not None:
            others = [list(features.values()) for _, features, _ in rows if features is not None]
            table = np.hstack([table, np.array(others, np.float32)])
        right = np.array([is_right for _, _, is_right in rows], np.float32)
        return fit(names, table, right, TREES[beside is not None])

    def matcher(self, strings: Sequence[GoldString]) -> Matcher:
        """Return what finds organisations with weights that are fitted on these strings."""
        weighings = self.fit([one for one in strings if one.wanted <= self._keys])

        def match(text: str) -> list[Answer]:
            return [Answer(one.entry.key, one.score) for one in self.registry.weigh(self.rivals(text), weighings)]

        return match


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
    weighings = dict(zip(("alone", "among"), learner().fit(strings), strict=True))
    if missing := {feature for one in weighings.values() for feature in one.features} - stored["reasons"].keys():
        raise SystemExit(f"{WEIGHTS}: no reason for {', '.join(sorted(missing))}")
    for part, weighing in weighings.items():
        stored[part] = {"constant": weighing.constant, "trees": list(weighing.trees)}
    WEIGHTS.write_text(_text(stored), "utf-8")
    print(f"{WEIGHTS}: fitted on {len(strings)} strings")


def _text(table: dict[str, Any]) -> str:
    """Return the file: each reason and each tree in a line of its own."""
    text = json.dumps(table, indent=1, ensure_ascii=False)
    within_tree = re.compile(r"(?<=\n   \[)\n.*?\n(?=   \])", re.DOTALL)
    return within_tree.sub(lambda tree: " ".join(tree[0].split()), text) + "\n"


if __name__ == "__main__":
    main()
