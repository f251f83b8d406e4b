"""What the result of a case is, as its assessment says it."""

from datetime import date
from typing import Any

from risk_engine.engine.assess import Trace, assess
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio import single_row


def row_of(
    case: Case, criteria: Criteria, on: date | None, profile: Profile | None, trace: Trace = "reference"
) -> dict[str, Any]:
    """Return the result of a case as its assessment says it."""
    return single_row.row_of(assess(case, criteria, on, profile, trace=trace))
