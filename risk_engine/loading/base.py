"""The base case of a version: the complete harmless case with which its cases.yaml begins."""

from pathlib import Path
from typing import Any

from risk_engine.diagnostics import InvalidSourceError
from risk_engine.language import _
from risk_engine.loading.case import case_of
from risk_engine.loading.files import CASES
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import read

BASE = "base"


def base_case(folder: Path, criteria: CriteriaSet, model: type[Case] | None = None) -> tuple[dict[str, Any], Case]:
    """Return what the base case states, and the case itself; `model` is the set's case model, where it is at hand.

    Raises InvalidSourceError where there is none or it has problems.
    """
    document = read(folder / CASES, nulls=True)
    found = document.data.get(BASE) if isinstance(document.data, dict) else None
    if not isinstance(found, dict):
        message = _("there is no case `{base}` here, from which everything starts", base=BASE)
        raise InvalidSourceError([document.problem((BASE,), message, _("write a complete harmless case"))])
    return found, case_of(document.part((BASE,)), criteria, model)
