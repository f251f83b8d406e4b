"""Recall and precision of a matcher over all thresholds.

An answer is *given* at a threshold if its score is not below it, and *right* if it is among the labels of its string.

- Best answer: of each string its first answer alone. Precision is right answers / answers given; recall is right
  answers / strings that have a label.
- All organisations: every answer of every string. Precision is right answers / answers given; recall is right
  answers / labels, over all strings.

A string without a label counts in no recall; every answer to it is a false hit.
Recall at a precision is the greatest recall that any threshold has whose precision is not below it: 0 where none has.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from benchmarks.screening.gold import GoldPair, GoldString


class Answer(NamedTuple):
    """An organisation by its ROR id; the greater the score, the surer, on the matcher's own scale."""

    key: str
    score: float


Matcher: TypeAlias = Callable[[str], Sequence[Answer]]
"""The organisations that a string means, the surest first; none is an answer too."""

PairScorer: TypeAlias = Callable[[str, str], float]


class Point(NamedTuple):
    """What a threshold gives."""

    threshold: float
    precision: float
    recall: float
    given: int


class Curve(NamedTuple):
    """A point for each score that is an answer's, from the highest down, and how much there was to find."""

    points: tuple[Point, ...]
    wanted: int

    def recall_at(self, precision: float) -> float:
        """Return the greatest recall at that precision or a better one."""
        return max((one.recall for one in self.points if one.precision >= precision), default=0.0)

    def threshold_at(self, precision: float) -> float | None:
        """Return the threshold of that recall; None where no threshold has the precision."""
        good = [one for one in self.points if one.precision >= precision]
        return max(good, key=lambda one: one.recall).threshold if good else None


class Answered(NamedTuple):
    """A gold string with what a matcher answered."""

    string: GoldString
    answers: tuple[Answer, ...]


def best_answers(answered: Iterable[Answered]) -> Curve:
    """Measure the first answer of each string."""
    given: list[tuple[float, bool]] = []
    wanted = 0
    for string, answers in answered:
        wanted += bool(string.wanted)
        if answers:
            given.append((answers[0].score, answers[0].key in string.wanted))
    return _curve(given, wanted)


def all_answers(answered: Iterable[Answered]) -> Curve:
    """Measure every answer of each string."""
    given: list[tuple[float, bool]] = []
    wanted = 0
    for string, answers in answered:
        wanted += len(string.wanted)
        given.extend((one.score, one.key in string.wanted) for one in answers)
    return _curve(given, wanted)


def pairs_found(pairs: Iterable[GoldPair], scorer: PairScorer) -> Curve:
    """Measure how well a likeness tells pairs of one organisation from others."""
    given = [(scorer(pair.first, pair.second), pair.same) for pair in pairs]
    return _curve(given, sum(same for _, same in given))


def _curve(given: list[tuple[float, bool]], wanted: int) -> Curve:
    given.sort(key=lambda one: -one[0])
    points: list[Point] = []
    right = 0
    for number, (score, is_right) in enumerate(given, 1):
        right += is_right
        # Answers of one score are given together: no threshold lies between them.
        if number == len(given) or given[number][0] < score:
            points.append(Point(score, right / number, right / wanted if wanted else 0.0, number))
    return Curve(tuple(points), wanted)
