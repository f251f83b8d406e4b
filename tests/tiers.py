"""Values of a parameter: every run tries a few, `make test-long` a sixth of the others, and `make nightly` the rest."""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

import pytest


def mostly_long(values: Iterable[Any], *few: Any) -> list[Any]:
    """Return the values for `parametrize`: of all but the few every sixth one is `long`, and the others are `nightly`.

    Raises ValueError if one of the few is not among them: then a run would quietly try less.
    """
    values = list(values)
    if gone := [one for one in few if one not in values]:
        message = f"not among the values: {gone}"
        raise ValueError(message)
    marks = cycle((pytest.mark.long, *[pytest.mark.nightly] * 5))
    return [one if one in few else _marked(one, next(marks)) for one in values]


def _marked(value: Any, mark: pytest.MarkDecorator) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    return pytest.param(*parts, marks=mark)
