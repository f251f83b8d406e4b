"""Fit the weights of screening: `python -m benchmarks.screening.train ../shared/data [--write]`.

`answer` and `sure` learn from names that people labelled with organisations of the registry (the open halves of ROR's
own test sets), `same` from the registry itself: names of one organisation against the names that come nearest to them,
and names as people write them (`altered.py`). All are logistic regressions, fitted by Newton's method; of the several
names of an organisation only the one that fits best counts. Printed is what cross-validation gives; `--write` fits on
all and writes `weights.json`, in which a person has said why each feature counts.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.screening.altered import CHANGES
from benchmarks.screening.registry import Registry, gold, load
from risk_engine.screening.match import SURE_OF, Searcher
from risk_engine.screening.names import read

WEIGHTS = Path(__file__).parents[2] / "risk_engine" / "screening" / "data" / "weights.json"
SEED = 22
FOLDS = 5
SETS = ("ror_api_names", "ror_logs")
RIDGE = {"same": 3.0, "answer": 4.0, "sure": 1.0}
KEPT = {"same": 8, "answer": 12}
"""So many organisations of each question are learnt from."""
ALIASES, ALTERED = 2000, 1200
ROUNDS = 4
FAR, TIED = 6.0, 0.05

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A string, what it means, and the names that were compared with it."""

    source: str
    text: str
    meant: frozenset[int]
    owners: NDArray[np.int64]
    values: Array
    is_closed: bool = True
    """What it means, if anything, is in the registry."""


def ask(searcher: Searcher, source: str, text: str, meant: frozenset[int], **rest: bool) -> Question:
    """Compare a string with the names of a registry."""
    return _question(searcher.compared(text), source, text, meant, **rest)


def _question(candidates: Iterable, source: str, text: str, meant: frozenset[int], **rest: bool) -> Question:  # type: ignore[type-arg]
    found = list(candidates)
    values = np.array([list(one.values.values()) for one in found], np.float64)
    return Question(source, text, meant, np.array([one.owner for one in found], np.int64), values, **rest)


def labelled(registry: Registry, data: Path) -> list[Question]:
    """Return the names that people labelled."""
    return [
        ask(registry.searcher, name, text, frozenset(meant), is_closed=bool(meant) or not ids)
        for name in SETS
        for text, ids in gold(data, name)
        for meant in [[registry.number[one] for one in ids if one in registry.number]]
    ]


def drawn(registry: Registry) -> list[Question]:
    """Return names of the registry, asked as if they were not in it, and names as people write them."""
    random_ = random.Random(SEED)  # noqa: S311
    full = [place for place, name in enumerate(registry.names) if not read(name).is_acronym]
    found = []
    for place in random_.sample(full, ALIASES):
        owner, plain = registry.owners[place], read(registry.names[place]).plain
        others = [
            one
            for one in registry.searcher.compared(registry.names[place])
            if one.owner != owner or one.comparison.name.plain != plain
        ]
        found.append(_question(others, "alias", registry.names[place], frozenset({owner})))
    for turn, place in enumerate(random_.sample(full, ALTERED)):
        text = CHANGES[turn % len(CHANGES)](registry.names[place], random_)
        if not text.startswith("Department of"):  # a part of it is not the same
            found.append(ask(registry.searcher, "altered", text, frozenset({registry.owners[place]})))
    return [one for one in found if len(one.owners)]


def logistic(values: Array, wanted: Array, ridge: float) -> Array:
    """Fit a logistic regression, its constant last."""
    columns = np.hstack([values, np.ones((len(values), 1))])
    held = np.full(columns.shape[1], ridge)
    held[-1] = 1e-6
    weights = np.zeros(columns.shape[1])
    for _ in range(40):
        likely = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        slope = columns.T @ (likely - wanted) + held * weights
        bend = (columns * (likely * (1 - likely) + 1e-9)[:, None]).T @ columns + np.diag(held)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-6:  # noqa: PLR2004
            break
    return weights


def scored(question: Question, weights: Array) -> Array:
    """Return the scores of what was compared."""
    result: Array = question.values @ weights[:-1] + weights[-1]
    return result


def fit(questions: Sequence[Question], reading: str) -> Array:
    """Fit the weights of pairs; which name of an organisation counts is chosen anew in each round."""
    weights: Array | None = None
    for _ in range(ROUNDS):
        values, wanted = [], []
        for one in questions:
            chosen = _one_for_each(one, weights, KEPT[reading])
            values.append(one.values[chosen])
            wanted.append([float(owner in one.meant) for owner in one.owners[chosen].tolist()])
        weights = logistic(np.vstack(values), np.concatenate(wanted), RIDGE[reading])
    assert weights is not None  # noqa: S101
    return weights


def _one_for_each(question: Question, weights: Array | None, most: int) -> list[int]:
    if weights is None:
        return list(range(min(len(question.owners), 2 * most)))
    found: dict[int, int] = {}
    for at in np.argsort(-scored(question, weights), kind="stable").tolist():
        found.setdefault(int(question.owners[at]), at)
    return list(found.values())[:most]


def surely(question: Question, weights: Array, feature: Callable[[str], int]) -> tuple[int, Array]:
    """Return the best answer and what tells how sure it is, as `match.sureness_values` does."""
    scores = scored(question, weights)
    best = int(np.argmax(scores))
    others = scores[question.owners != question.owners[best]]
    ahead = min(float(scores[best] - others.max()), FAR) if len(others) else FAR
    beside = [question.values[best][feature(name)] for name in SURE_OF]
    told = [scores[best] / 5, ahead / FAR, min(ahead, 1.0), float(ahead < TIED), *beside]
    return int(question.owners[best]), np.array(told)


def fit_both(questions: Sequence[Question], feature: Callable[[str], int]) -> tuple[Array, Array]:
    """Fit what ranks answers, then what tells how sure the first is."""
    some = [one for one in questions if len(one.owners)]
    weights = fit(some, "answer")
    answers = [surely(one, weights, feature) for one in some]
    right = [float(owner in one.meant) for one, (owner, _) in zip(some, answers, strict=True)]
    return weights, logistic(np.array([told for _, told in answers]), np.array(right), RIDGE["sure"])


def cross_validated(questions: Sequence[Question], feature: Callable[[str], int]) -> list[tuple[float, bool]]:
    """Return how sure each answer is and whether it is right, by weights that have not seen it."""
    order = np.random.default_rng(SEED).permutation(len(questions)) % FOLDS
    found = []
    fits = [fit_both([q for q, at in zip(questions, order, strict=True) if at != fold], feature) for fold in range(FOLDS)]
    for one, at in zip(questions, order.tolist(), strict=True):
        if not len(one.owners):
            found.append((-99.0, False))
            continue
        weights, sure = fits[at]
        owner, told = surely(one, weights, feature)
        found.append((float(told @ sure[:-1] + sure[-1]), owner in one.meant))
    return found


def curve(answers: Iterable[tuple[float, bool]], wanted: int) -> dict[float, tuple[float, float]]:
    """Return the best recall, and from which sureness on, at each precision."""
    found: dict[float, tuple[float, float]] = {}
    right = 0
    ranked = sorted(answers, reverse=True)
    for given, (sure, is_right) in enumerate(ranked, 1):
        right += is_right
        if given < len(ranked) and ranked[given][0] == sure:
            continue
        for precision in (0.9, 0.95, 0.98):
            if right / given >= precision:
                found[precision] = (right / wanted, sure)
    return found


def report(questions: Sequence[Question], answers: Sequence[tuple[float, bool]]) -> float:
    """Print recall at precision; return from which sureness on the pooled answers are right 95 times of 100."""
    bound = 0.0
    for title, sets in (*((name, (name,)) for name in SETS), ("pooled", SETS)):
        for closed in (True, False):
            chosen = [at for at, one in enumerate(questions) if one.source in sets and (one.is_closed or not closed)]
            wanted = sum(bool(questions[at].meant) or not questions[at].is_closed for at in chosen)
            found = curve([answers[at] for at in chosen], wanted)
            line = ", ".join(f"{recall:.3f} at {precision}" for precision, (recall, _) in sorted(found.items()))
            print(f"{title} ({'labels in the registry' if closed else 'open world'}, {len(chosen)}): recall {line}")
            if title == "pooled" and closed:
                bound = found[0.95][1]
    return bound


def main() -> None:
    """Cross-validate, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    registry = load(asked.data)
    questions = labelled(registry, asked.data)
    names = list(registry.searcher.compared("University")[0].values)
    answers = cross_validated(questions, names.index)
    bound = report(questions, answers)
    if not asked.write:
        return
    weights, sure = fit_both(questions, names.index)
    same = fit(drawn(registry), "same")
    table = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    table["answer"] = _named(names, weights)
    table["same"] = _named(names, same)
    table["sure"] = _named(["score", "ahead", "ahead_a_little", "tied", *SURE_OF], sure)
    table["bounds"]["answered"] = round(bound, 2)
    missing = {*table["answer"], *table["sure"]} - table["reasons"].keys()
    if missing:
        raise SystemExit(f"weights.json says of no reason for: {', '.join(sorted(missing))}")
    WEIGHTS.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _named(names: Sequence[str], weights: Array) -> dict[str, float]:
    return dict(zip([*names, "constant"], [round(float(one), 3) for one in weights], strict=True))


if __name__ == "__main__":
    main()
