"""Whether the solver is there: everything else in this package needs it (extra `audit`)."""

from risk_engine.diagnostics import MissingExtraError
from risk_engine.language import _


def need_solver() -> None:
    """Raise MissingExtraError where the solver is not installed."""
    try:
        import z3  # noqa: F401 (only whether it is there)
    except ImportError as error:
        message = _("questions about all possible cases need a solver that is not installed")
        raise MissingExtraError(message, "audit") from error
