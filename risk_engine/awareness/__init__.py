"""Who works with whom on what: works of an office's own export, their institutions and countries, counted exactly."""

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _
from risk_engine.portfolio import has_columns, leave_a_processor


def need_counting() -> None:
    """Raise MissingExtraError where what counts works in columns is not installed; else leave a processor to others."""
    if not has_columns():
        raise MissingExtraError(_("counting works needs libraries that are not installed"), "portfolio")
    leave_a_processor()
