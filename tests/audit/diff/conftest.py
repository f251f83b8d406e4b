"""The loan desk and a later version of it, compared."""

from dataclasses import dataclass

import pytest

from risk_engine.audit.diff.edits import compare
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.changes import Edit
from risk_engine.model.criteria import Criteria
from tests.versions import LATER, LOAN_DESK, changed


@dataclass(frozen=True)
class Compared:
    """Two versions and the edits between them, by name."""

    before: Criteria
    after: Criteria
    edits: dict[str, Edit]


@pytest.fixture(scope="session")
def desk() -> Criteria:
    return read_criteria(LOAN_DESK)


@pytest.fixture(scope="session")
def compared(desk: Criteria, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    after = read_criteria(changed(tmp_path_factory.mktemp("later") / "1.1.0", LATER))
    return Compared(desk, after, {one.name: one for one in compare(desk, after)})
