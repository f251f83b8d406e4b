"""Fit decision trees one behind the other, each to what those before it leave wrong (gradient boosting, with numpy).

Every tree asks `DEPTH` questions of a row, each whether a feature is above a bound, and adds what stands at its end to
the logarithm of odds. Some of the rows and of the features are drawn for each tree, so that no tree learns a label that
is wrong by heart; the draws are the same each time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from risk_engine.screening.affiliation import DEPTH, Tree, Trees

RATE = 0.08
"""How much of what a tree would mend it may."""
LEAST = 30
"""So many rows must be on each side of a question."""
RIDGE = 5.0
DRAWN_ROWS, DRAWN_FEATURES = 0.8, 0.4
_BOUNDS = 48
"""So many bounds of a feature are tried at most."""
_SEED = 22
_SIDES = 2

_Floats = NDArray[np.float64]
_Numbers = NDArray[np.int64]


def fit(features: Sequence[str], table: NDArray[np.float32], right: NDArray[np.float32], number: int) -> Trees:
    """Return so many trees that tell right rows from others."""
    draw = np.random.default_rng(_SEED)
    bounds = [_bounds(column) for column in table.T]
    codes = np.stack([np.searchsorted(some, column) for some, column in zip(bounds, table.T, strict=True)])
    constant = float(np.log(right.mean() / (1 - right.mean())))
    logits = np.full(len(right), constant)
    trees = []
    for _ in range(number):
        likely = 1 / (1 + np.exp(-logits))
        drawn = np.flatnonzero(draw.random(len(right)) < DRAWN_ROWS)
        asked = np.sort(draw.choice(len(features), max(2, round(DRAWN_FEATURES * len(features))), replace=False))
        slope, bend = (right - likely)[drawn], (likely * (1 - likely))[drawn]
        chosen, gives = _tree(codes, drawn, asked, slope, bend)
        logits += gives[_ends(codes, chosen)]
        asks = tuple(
            (features[feature], round(float(bounds[feature][code]), 4)) if feature >= 0 else ("", 0.0)
            for feature, code in chosen
        )
        trees.append(Tree(asks, tuple(gives.tolist())))
    return Trees(constant, trees)


def _bounds(column: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return bounds between values of a feature."""
    values = np.unique(column)
    if len(values) > _BOUNDS + 1:
        # Half of them by rows, half by values: most features are 0 of most rows.
        steps = np.linspace(0, 1, _BOUNDS // 2 + 1)
        values = np.unique(np.concatenate([np.quantile(some, steps) for some in (column, values)]).astype(np.float32))
        values = values[: _BOUNDS + 1]
    between: NDArray[np.float32] = np.round((values[:-1] + values[1:]) / 2, 4).astype(np.float32)
    return between


def _tree(
    codes: _Numbers, drawn: _Numbers, asked: _Numbers, slope: _Floats, bend: _Floats
) -> tuple[list[tuple[int, int]], _Floats]:
    """Return the questions of a tree, level by level, and what stands at its ends."""
    mine = codes[asked][:, drawn]
    node = np.zeros(len(drawn), np.int64)
    chosen: list[tuple[int, int]] = []
    for level in range(DEPTH):
        nodes = 2**level
        sums = np.stack([_sums(node, column, nodes, slope, bend) for column in mine])
        left = sums.cumsum(axis=-1)[..., :-1]
        whole = sums.sum(axis=-1, keepdims=True)
        gain = _worth(left) + _worth(whole - left) - _worth(whole)
        gain[(left[:, 2] < LEAST) | ((whole - left)[:, 2] < LEAST)] = 0
        flat = gain.transpose(1, 0, 2).reshape(nodes, -1)
        best = flat.argmax(axis=1)
        below = _SIDES * node
        for one in range(nodes):
            which, code = divmod(int(best[one]), _BOUNDS)
            inside = np.flatnonzero(node == one)
            if flat[one, best[one]] > 0:
                chosen.append((int(asked[which]), code))
                below[inside] += mine[which, inside] > code
            else:
                chosen.append((-1, 0))
        node = below
    ends = 2**DEPTH
    slopes, bends = (np.bincount(node, several, ends).astype(float) for several in (slope, bend))
    return chosen, np.round(RATE * slopes / (bends + RIDGE), 3)


def _sums(node: _Numbers, column: _Numbers, nodes: int, slope: _Floats, bend: _Floats) -> _Floats:
    """Return the slope, the bend and the number of the rows of each node and each code."""
    width = _BOUNDS + 1
    at = node * width + column
    several = [np.bincount(at, weights, nodes * width).astype(float) for weights in (slope, bend, None)]
    return np.stack(several).reshape(3, nodes, width)


def _worth(sums: _Floats) -> _Floats:
    """Return how much it mends to tell such rows from others."""
    found: _Floats = sums[:, 0] ** 2 / (sums[:, 1] + RIDGE)
    return found


def _ends(codes: _Numbers, chosen: Sequence[tuple[int, int]]) -> _Numbers:
    """Return at which end of a tree each row comes out."""
    node = np.zeros(codes.shape[1], np.int64)
    rows = np.arange(codes.shape[1])
    features, bounds = (np.array(some) for some in zip(*chosen, strict=True))
    for level in range(DEPTH):
        at = node + 2**level - 1
        node = _SIDES * node + ((features[at] >= 0) & (codes[features[at], rows] > bounds[at]))
    return node
