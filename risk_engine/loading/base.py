"""The base case of a version: the complete harmless case with which its cases.yaml begins."""

from pathlib import Path
from typing import Any

from risk_engine.diagnostics import InvalidSourceError, file_problem
from risk_engine.language import _
from risk_engine.loading.bundle import cases_document
from risk_engine.loading.case import case_of
from risk_engine.loading.files import CASES
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, read

BASE = "base"


def read_cases(criteria: CriteriaSet, *, go_on: bool = False) -> Document:
    """Return the cases.yaml of a set as it stands; raise InvalidSourceError if there is none or it cannot be read.

    `go_on` means what it means to `source.read`.
    """
    if criteria.bundle is not None and (found := cases_document(criteria.bundle)) is not None:
        return found
    path = Path(criteria.path or "") / CASES
    if not path.exists():
        way_out = _(
            "write one: it begins with `{base}`, a complete harmless case (docs/authors.md says how)", base=BASE
        )
        raise file_problem(path, _("there is no such file"), way_out)
    return read(path, nulls=True, go_on=go_on)


def base_case(criteria: CriteriaSet, model: type[Case] | None = None) -> tuple[dict[str, Any], Case]:
    """Return what the base case of a set states, and the case itself; `model` is its case model, where it is at hand.

    Raises InvalidSourceError where there is none or it has problems.
    """
    document = read_cases(criteria)
    found = document.data.get(BASE) if isinstance(document.data, dict) else None
    if not isinstance(found, dict):
        message = _("there is no case `{base}` here, from which everything starts", base=BASE)
        raise InvalidSourceError([document.problem((BASE,), message, _("write a complete harmless case"))])
    return found, case_of(document.part((BASE,)), criteria, model)


def base_or_itself(criteria: CriteriaSet, case: Case) -> Case:
    """Return the base case of a set, else a case itself, where the set has none to be near to."""
    if criteria.bundle is None and not (Path(criteria.path or "") / CASES).is_file():
        return case
    if criteria.bundle is not None and criteria.bundle.cases is None:
        return case
    document = read_cases(criteria)
    has_one = isinstance(document.data, dict) and isinstance(document.data.get(BASE), dict)
    return base_case(criteria)[1] if has_one else case
