"""Many cases: read, assess, summarise."""

import os
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


def leave_a_processor() -> None:
    """Have Polars, which is not imported yet, work with a thread fewer than processors; a number that is set stays.

    Reading, deciding and writing (`stream.in_steps`) work at once, and threads of Polars would compete with them:
    on two processors 2,097,152 cases of Parquet take 22.0 s with two such threads and 21.0 s with one.
    """
    may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, may_use - 1)))


def need_columns() -> None:
    """Raise MissingExtraError where what reads many cases in columns is not installed."""
    if not has_columns():
        raise MissingExtraError(_("many cases in columns need libraries that are not installed"), "portfolio")
