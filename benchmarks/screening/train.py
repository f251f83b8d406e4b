"""Fit the weights of names: `python -m benchmarks.screening.train` fits them on all there is and writes `weights.json`.

`answer` and `sure` learn from names that people labelled with organisations of the registry (`gold.NAME_FILES`), `same`
from the registry itself: names of one organisation against the names that come nearest to them, and names as people
write them (`altered.py`). All are logistic regressions, fitted by Newton's method; of the several names of an
organisation only the one that fits best counts. `trained_on` is the same for a cross-validation
(`benchmarks.screening.quality --only "ours, names"`).

In the file a person has said why each feature counts; a feature without a reason is refused.
"""

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.screening.altered import CHANGES
from benchmarks.screening.gold import GoldString, Organisation, is_name, read_gold
from benchmarks.screening.measure import Answer, Answered, Matcher, best_answers
from risk_engine.screening.match import SURE_OF, Candidate, Searcher, sureness_values
from risk_engine.screening.names import fold, forms_of, read
from risk_engine.screening.scoring import About

WEIGHTS = Path(__file__).parents[2] / "risk_engine" / "screening" / "data" / "weights.json"
SEED = 22
RIDGE = {"same": 3.0, "answer": 4.0, "sure": 1.0}
KEPT = {"same": 8, "answer": 12}
"""So many organisations of each question are learnt from."""
ALIASES, ALTERED = 2000, 1200
ROUNDS = 4

Array = NDArray[np.float64]


class Names:
    """The names of the registry, ready to be searched; `keys` has the id of each owner."""

    def __init__(self, registry: Mapping[str, Organisation]) -> None:
        self.keys = list(registry)
        self.names = [name for one in registry.values() for name in one.names]
        self.owners = [owner for owner, one in enumerate(registry.values()) for _ in one.names]
        about = {owner: about_of(one) for owner, one in enumerate(registry.values())}
        self.searcher = Searcher(self.names, self.owners, about=about)
        self.features = list(self.searcher.compared("University")[0].values)


def about_of(one: Organisation) -> About:
    """Return what the registry says of an organisation beside its names."""
    return About(
        acronyms=frozenset(read(name).compact for name in one.names if read(name).is_acronym),
        places=frozenset(forms_of(fold(one.city))),
        countries=frozenset({one.country.casefold()} - {""}),
    )


@dataclass(frozen=True)
class Question:
    """A string, which owners it means, and what was compared with it: a row of features for each name."""

    meant: frozenset[int]
    candidates: tuple[Candidate, ...]
    owners: NDArray[np.int64]
    values: Array

    @classmethod
    def of(cls, candidates: Iterable[Candidate], meant: Iterable[int]) -> "Question":
        """Make the rows."""
        found = tuple(candidates)
        values = np.array([list(one.values.values()) for one in found], np.float64)
        return cls(frozenset(meant), found, np.array([one.owner for one in found], np.int64), values)


def drawn(names: Names) -> list[Question]:
    """Return names of the registry, asked as if they were not in it, and names as people write them."""
    random_ = random.Random(SEED)  # noqa: S311
    full = [place for place, name in enumerate(names.names) if not read(name).is_acronym]
    found = []
    for place in random_.sample(full, ALIASES):
        owner, plain = names.owners[place], read(names.names[place]).plain
        compared = names.searcher.compared(names.names[place])
        others = [one for one in compared if one.owner != owner or one.comparison.name.plain != plain]
        found.append(Question.of(others, [owner]))
    for turn, place in enumerate(random_.sample(full, ALTERED)):
        text = CHANGES[turn % len(CHANGES)](names.names[place], random_)
        if not text.startswith("Department of"):  # a part of it is not the same
            found.append(Question.of(names.searcher.compared(text), [names.owners[place]]))
    return [one for one in found if one.candidates]


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


def fit(questions: Sequence[Question], reading: str) -> Array:
    """Fit the weights of pairs; which name of an organisation counts is chosen anew in each round."""
    weights = np.zeros(questions[0].values.shape[1] + 1)
    for round_ in range(ROUNDS):
        values, wanted = [], []
        for one in questions:
            chosen = _best_places(one, weights)[: KEPT[reading]] if round_ else list(range(len(one.owners)))
            values.append(one.values[chosen])
            wanted.append([float(owner in one.meant) for owner in one.owners[chosen].tolist()])
        weights = logistic(np.vstack(values), np.concatenate(wanted), RIDGE[reading])
    return weights


def _best_places(question: Question, weights: Array) -> list[int]:
    """Return where the best name of each organisation stands, the best first."""
    found: dict[int, int] = {}
    scores = question.values @ weights[:-1] + weights[-1]
    for place in np.argsort(-scores, kind="stable").tolist():
        found.setdefault(int(question.owners[place]), place)
    return list(found.values())


def _first(question: Question, weights: Array) -> tuple[int, Array]:
    """Return the best answer, and what tells how sure it is."""
    scores = question.values @ weights[:-1] + weights[-1]
    places = _best_places(question, weights)
    told = sureness_values([(float(scores[place]), question.candidates[place].values) for place in places[:2]])
    return int(question.owners[places[0]]), np.array(list(told.values()))


def fit_answers(questions: Iterable[Question]) -> tuple[Array, Array]:
    """Fit what ranks answers, then what tells how sure the first is."""
    some = [one for one in questions if one.candidates]
    weights = fit(some, "answer")
    answers = [_first(one, weights) for one in some]
    right = [float(owner in one.meant) for one, (owner, _) in zip(some, answers, strict=True)]
    return weights, logistic(np.array([told for _, told in answers]), np.array(right), RIDGE["sure"])


def trained_on(registry: Mapping[str, Organisation]) -> Callable[[Sequence[GoldString]], Matcher]:
    """Return what learns from some strings and answers others."""
    names = Names(registry)
    number = {key: owner for owner, key in enumerate(names.keys)}
    asked: dict[str, Question] = {}

    def question(text: str, wanted: Iterable[str] = ()) -> Question:
        if text not in asked or wanted:
            asked[text] = Question.of(
                names.searcher.compared(text, to_answer=True), (number[key] for key in wanted if key in number)
            )
        return asked[text]

    def train(strings: Sequence[GoldString]) -> Matcher:
        weights, sure = fit_answers([question(one.text, one.wanted) for one in strings if is_name(one)])

        def match(text: str) -> list[Answer]:
            one = question(text)
            if not one.candidates:
                return []
            owner, told = _first(one, weights)
            return [Answer(names.keys[owner], float(told @ sure[:-1] + sure[-1]))]

        return match

    return train


def main() -> None:
    """Fit on everything and write."""
    gold = read_gold()
    names = Names(gold.registry)
    number = {key: owner for owner, key in enumerate(names.keys)}
    strings = [one for one in gold.strings if is_name(one)]
    questions = [
        Question.of(
            names.searcher.compared(one.text, to_answer=True), (number[key] for key in one.wanted if key in number)
        )
        for one in strings
    ]
    weights, sure = fit_answers(questions)
    same = fit(drawn(names), "same")
    table = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    table["answer"] = _named(names.features, weights)
    table["same"] = _named(names.features, same)
    table["sure"] = _named(["score", "ahead", "ahead_a_little", "tied", *SURE_OF], sure)
    if missing := {*table["answer"], *table["sure"]} - table["reasons"].keys():
        raise SystemExit(f"{WEIGHTS}: no reason for {', '.join(sorted(missing))}")
    closed = [
        Answered(string, (Answer(names.keys[owner], float(told @ sure[:-1] + sure[-1])),))
        for string, one in zip(strings, questions, strict=True)
        if string.wanted <= gold.registry.keys() and one.candidates
        for owner, told in [_first(one, weights)]
    ]
    table["bounds"]["answered"] = round(best_answers(closed).threshold_at(0.95) or 0.0, 2)
    WEIGHTS.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _named(features: Sequence[str], weights: Array) -> dict[str, float]:
    return dict(zip([*features, "constant"], [round(float(one), 3) for one in weights], strict=True))


if __name__ == "__main__":
    main()
