"""How far a figure would move on other strings like these: intervals of 95 %.

Of recall at a precision by a bootstrap: as many strings are drawn, each as often as it comes, and the figure is worked
out anew, `DRAWS` times; the interval is where the middle 95 % of them lie. The answers stay as they are: what a matcher
would have learnt from other strings is not in it. A string counts once with all its answers. Of shares (hits of a
kind) it is Wilson's interval, which says something where the share is 0 too.
"""

from collections.abc import Sequence
from itertools import islice
from math import sqrt
from typing import NamedTuple

import numpy as np

from benchmarks.screening.measure import Answered

DRAWS = 1000
_SEED = 22
_MIDDLE = (2.5, 97.5)
_NORMAL = 1.96
_AT_ONCE = 2_000_000
"""So many numbers are worked on at once."""


class Interval(NamedTuple):
    """From the one to the other."""

    low: float
    high: float

    def __str__(self) -> str:
        """Return it as a table shows it."""
        return f"{self.low:.3f}–{self.high:.3f}"


def of_recall(answered: Sequence[Answered], precisions: Sequence[float], *, every: bool) -> list[Interval]:
    """Return an interval of recall at each precision, of best answers, or of every answer (`measure.py`)."""
    given = sorted(
        (-answer.score, number, answer.key in one.string.wanted)
        for number, one in enumerate(answered)
        for answer in islice(one.answers, None if every else 1)
    )
    wanted = np.array([len(one.string.wanted) if every else bool(one.string.wanted) for one in answered])
    if not given or not wanted.any():
        return [Interval(0.0, 0.0)] * len(precisions)
    scores, strings, right = (np.array(column) for column in zip(*given, strict=True))
    ends = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))  # answers of one score are given together
    draw = np.random.default_rng(_SEED)
    recalls = []
    step = max(1, _AT_ONCE // len(given))
    for first in range(0, DRAWS, step):
        times = draw.multinomial(len(answered), np.full(len(answered), 1 / len(answered)), min(step, DRAWS - first))
        drawn = times[:, strings]
        found = (drawn * right).cumsum(axis=1)[:, ends]
        precision = found / np.maximum(drawn.cumsum(axis=1)[:, ends], 1)
        recall = found / np.maximum(times @ wanted, 1)[:, None]
        recalls.append([np.where(precision >= one, recall, 0.0).max(axis=1) for one in precisions])
    columns = np.concatenate(recalls, axis=1)
    return [Interval(*np.percentile(column, _MIDDLE).tolist()) for column in columns]


def of_share(share: float, strings: int) -> Interval:
    """Return Wilson's interval of a share of some strings."""
    spread = _NORMAL**2 / strings
    middle = (share + spread / 2) / (1 + spread)
    half = _NORMAL * sqrt(share * (1 - share) / strings + spread / strings / 4) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
