"""Many cases: read, assess, summarise."""

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _


def need_columns() -> None:
    """Raise MissingExtraError where what reads many cases in columns is not installed."""
    try:
        import numpy as np  # noqa: F401 (only whether it is there)
        import openpyxl  # noqa: F401 (likewise)
        import polars as pl  # noqa: F401 (likewise)
    except ImportError as error:
        raise MissingExtraError(
            _("many cases in columns need libraries that are not installed"), "portfolio"
        ) from error
