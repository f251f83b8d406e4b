"""A hint "Only if …" is left out where the case answers it; else it says who is asked what it depends on."""

from pathlib import Path

from openpyxl import load_workbook

from risk_engine.engine.resolve import resolve
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.export_form import Known, form_for, with_hints
from risk_engine.office.forms.form import (
    Form,
)
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, done
from tests.versions import newest

DESK = load_criteria(str(LOAN_DESK))
FULL = newest("reconnect-china")


def known(criteria: Criteria, path: Path) -> Known:
    case = load_case(path, criteria)
    assert case.assessment_date is not None
    return Known(case, resolve(case, criteria, case.assessment_date))


def hint(form: Form, name: str) -> str:
    return next(one.only_if for part in form.parts for one in part.questions if one.name == name)


def test_what_the_case_answers_is_no_hint_any_more() -> None:
    case = known(DESK, LOAN_CASE)
    form = form_for(DESK, "conservator", known=case, only=["artwork.fan"])
    assert hint(form, "artwork.lux_hours").startswith("Only if ")
    assert hint(with_hints(form, DESK, case.facts), "artwork.lux_hours") == ""
    # Without a day nothing can be with_hints of the case, and of a new entry nothing is known.
    assert hint(with_hints(form, DESK, None), "artwork.lux_hours") == hint(form, "artwork.lux_hours")
    free = form_for(DESK, "conservator", known=case, room=1)
    assert hint(with_hints(free, DESK, case.facts), "artwork.lux_hours").startswith("Only if ")


def test_who_is_asked_what_a_hint_depends_on_is_said_where_it_is_somebody_else() -> None:
    """Every question of the shipped set that depends on answers of others names them, and no other does."""
    named = 0
    for role in FULL.head.asked_of:
        before = form_for(FULL, role)
        after = with_hints(before, FULL, None)
        for part in before.parts:
            for one in part.questions:
                said = hint(after, one.name)
                assert said.startswith(one.only_if)
                more = said.removeprefix(one.only_if)
                named += bool(more)
                assert FULL.head.asked_of[role] not in more.split(": ")[-1].rstrip(".").split(", ")
    assert named
    assert with_hints(form_for(FULL, None), FULL, None) == form_for(FULL, None)


def test_the_command_writes_the_hints_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    done("case", "new", path, "--for", "conservator", "--from", LOAN_CASE, "--entry", "artwork.fan", *LOAN)
    words = [str(cell.value) for row in load_workbook(path)["Object"].iter_rows() for cell in row]
    assert any("lux" in one.casefold() for one in words)
    assert not any("Only if" in one for one in words)
