"""Values of a parameter of which every run tries a few and `make test-long` all."""

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_long(values: Iterable[Any], *few: Any) -> list[Any]:
    """Return the values for `parametrize`: all but the few are marked `long`.

    Raises ValueError if one of the few is not among them: then a run would quietly try less.
    """
    values = list(values)
    if gone := [one for one in few if one not in values]:
        message = f"not among the values: {gone}"
        raise ValueError(message)
    return [one if one in few else _long(one) for one in values]


def _long(value: Any) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    return pytest.param(*parts, marks=pytest.mark.long)
