"""Questionnaires of the loan desk that somebody fills in, and the command that reads them back."""

from pathlib import Path
from typing import Any

import yaml

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import Known, form_for
from risk_engine.office.forms.form import (
    Form,
)
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, Result, run
from tests.office.forms.people import Person, fill_document, fill_workbook

DESK = load_criteria(str(LOAN_DESK))


def form(role: str | None, *, known: bool = False, only: tuple[str, ...] = (), room: int | None = 2) -> Form:
    case = Known(load_case(LOAN_CASE, DESK)) if known else None
    return form_for(DESK, role, known=case, only=only, room=room)


def xlsx(name: str, role: str | None, answers: dict[str, Any], *, known: bool = False, **person: Any) -> str:
    fill_workbook(form(role, known=known), Person(answers, **person), Path(name))
    return name


def docx(name: str, role: str | None, answers: dict[str, Any], *, known: bool = False, **person: Any) -> str:
    fill_document(form(role, known=known), Person(answers, **person), Path(name))
    return name


def bring(*arguments: str, into: str = "case.yaml") -> Result:
    return run("case", "import", *arguments, "--into", into, *LOAN)


def data(name: str = "case.yaml") -> Any:
    return yaml.safe_load(Path(name).read_text("utf-8"))


def line(begin: str) -> int:
    """Return the line of the case of the loan desk that begins so."""
    lines = LOAN_CASE.read_text("utf-8").splitlines()
    return next(number for number, one in enumerate(lines, 1) if one.strip().startswith(begin))
