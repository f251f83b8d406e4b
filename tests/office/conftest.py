from datetime import date
from typing import Any

import pytest

from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.case_record import Record, Under
from tests.cli.running import LOAN_DESK

DAY = date(2026, 3, 2)


@pytest.fixture(scope="session")
def loan_desk() -> Criteria:
    return load_criteria(str(LOAN_DESK))


@pytest.fixture(scope="session")
def under(loan_desk: Criteria) -> Under:
    return Under(loan_desk, DAY)


@pytest.fixture(scope="session")
def base(loan_desk: Criteria) -> dict[str, Any]:
    return base_case(loan_desk)[0]


@pytest.fixture
def empty(under: Under) -> Record:
    return Record({"id": "L-1", "title": "A loan"}, under)
