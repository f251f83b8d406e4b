"""Many cases: read, assess, summarise."""

import sys
from importlib.util import find_spec

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _


def has_columns() -> bool:
    """Return whether what reads many cases in columns is installed; nothing of it is begun by that (`begun`)."""
    return all(find_spec(name) is not None for name in ("numpy", "openpyxl", "polars"))


def begun() -> bool:
    """Return whether this process uses columns already: its threads do not go with a process that is forked from it."""
    return "polars" in sys.modules


def need_columns() -> None:
    """Raise MissingExtraError where what reads many cases in columns is not installed."""
    if not has_columns():
        raise MissingExtraError(_("many cases in columns need libraries that are not installed"), "portfolio")
