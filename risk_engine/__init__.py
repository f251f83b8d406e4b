"""Decides, with reasons, whether a proposed research collaboration may go ahead.

The public API, each name loaded when it is first used, so that a command starts no more than it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from risk_engine.version import __version__

if TYPE_CHECKING:
    from risk_engine.diagnostics import RiskEngineError
    from risk_engine.engine.assess import assess
    from risk_engine.loading.case import load_case
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.model.assessment import Assessment
    from risk_engine.report import render

_HOMES = {
    "Assessment": "risk_engine.model.assessment",
    "RiskEngineError": "risk_engine.diagnostics",
    "assess": "risk_engine.engine.assess",
    "load_case": "risk_engine.loading.case",
    "load_criteria": "risk_engine.loading.criteria",
    "render": "risk_engine.report",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Assessment",
    "RiskEngineError",
    "__version__",
    "assess",
    "load_case",
    "load_criteria",
    "render",
]
