"""Decides, with reasons, whether a proposed research collaboration may go ahead.

The public API (docs/python.md); each name is loaded when it is first used, so that a command starts with what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from risk_engine.version import __version__

if TYPE_CHECKING:
    from risk_engine.engine.assess import assess
    from risk_engine.engine.explain import explain
    from risk_engine.engine.program import Decided, bulk, decide_only
    from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
    from risk_engine.loading.case import load_case
    from risk_engine.loading.criteria import load_criteria
    from risk_engine.loading.profile import load_profile
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.case import Case
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.explanation import Explanation
    from risk_engine.model.profile import Profile
    from risk_engine.records.files import read_assessment as load_assessment
    from risk_engine.records.verify import verify
    from risk_engine.report import render

__all__ = [
    "Assessment",
    "Case",
    "Criteria",
    "Decided",
    "Explanation",
    "InvalidSourceError",
    "Profile",
    "RiskEngineError",
    "__version__",
    "assess",
    "bulk",
    "decide_only",
    "explain",
    "load_assessment",
    "load_case",
    "load_criteria",
    "load_profile",
    "render",
    "verify",
]

_HOMES = {
    "Assessment": "model.assessment:Assessment",
    "Case": "model.case:Case",
    "Criteria": "model.criteria:Criteria",
    "Decided": "engine.program:Decided",
    "Explanation": "model.explanation:Explanation",
    "InvalidSourceError": "files.diagnostics:InvalidSourceError",
    "Profile": "model.profile:Profile",
    "RiskEngineError": "files.diagnostics:RiskEngineError",
    "assess": "engine.assess:assess",
    "bulk": "engine.program:bulk",
    "decide_only": "engine.program:decide_only",
    "explain": "engine.explain:explain",
    "load_assessment": "records.files:read_assessment",
    "load_case": "loading.case:load_case",
    "load_criteria": "loading.criteria:load_criteria",
    "load_profile": "loading.profile:load_profile",
    "render": "report:render",
    "verify": "records.verify:verify",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "load_case":
        import_module(f"{__name__}.office.forms")  # a case may be a workbook, which the core does not know
    module, _, attribute = _HOMES[name].partition(":")
    globals()[name] = found = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
