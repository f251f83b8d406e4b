"""A proof about the loan desk, written by hand: every outcome, every kind of difference, every mark."""

from datetime import date
from pathlib import Path

from risk_engine.files.once import once
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import UNKNOWN, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached
from risk_engine.model.proof import Claim, Confirmed, Example, ProofReport
from tests.engine.builder import LOAN_DESK

ON = date(2026, 2, 1)
LATER = date(2027, 1, 1)


@once
def _loan(folder: Path) -> tuple[Criteria, Case]:
    criteria = read_criteria(folder)
    return criteria, base_case(criteria)[1]


def loan() -> tuple[Criteria, Case]:
    """Return the loan desk with its base case."""
    return _loan(LOAN_DESK)


def reached(verdict: str, highest: str = "") -> tuple[Reached, ...]:
    """Return what a case came to on every ladder."""
    others = (("release", "ready"), ("travel", "alone"))
    return (
        Reached(ladder="verdict", level=verdict, lowest=verdict, highest=highest or verdict),
        *(Reached(ladder=name, level=one, lowest=one, highest=one) for name, one in others),
    )


FALLS = Claim(
    topic="monotone",
    subject="LAW-6",
    statement="A riskier answer never lowers the severity of LAW-6",
    status="refuted",
    reason="It falls with a riskier answer to `loan.opens_on`",
    on=LATER,
    examples=(
        Example(
            given={"loan.opens_on": LATER, "borrower": UNKNOWN, "artwork.artwork-2": {"called": "Head of a king"}},
            on=LATER,
            reached=reached("lend_on_terms"),
            present={"LAW-6": "low"},
            confirmed=(Confirmed(of="finding", name="LAW-6", what="severity", at_least="low", at_most="high"),),
            contradicts=("INV-F1",),
        ),
        Example(
            given={"borrower": UNKNOWN, "artwork.artwork-2": {"called": "Head of a king"}},
            in_place=("LOGGER",),
            on=LATER,
            reached=reached("lend", "lend_on_terms"),
            confirmed=(Confirmed(of="finding", name="LAW-6", what="severity", at_least="none", at_most="none"),),
            is_smallest=False,
        ),
    ),
)
DEAD = Claim(
    topic="occur",
    subject="OBJ-1",
    statement="OBJ-1 can be present as “high”",
    status="refuted",
    reason="Its condition holds in no case",
)
OPEN = Claim(
    topic="promises",
    subject="INV-R1",
    statement="No loan leaves at night",
    status="undecided",
    reason="Not decided within the work that one question may take",
)
NO_DIRECTION = Claim(
    topic="directions",
    subject="loan.reach",
    statement="Of `loan.reach`, which rules read, the set says which answer is riskier, or why none is",
    status="proved",
    reason="Many or few come: neither is a risk.",
    is_by_form=True,
)
SHOWN = Claim(
    topic="occur",
    subject="OBJ-3",
    statement="OBJ-3 can be present as “low”",
    status="proved",
    examples=(
        Example(
            given={"artwork.head.material": "paper", "loan.shipper": UNKNOWN},
            on=ON,
            reached=reached("lend"),
            present={"OBJ-3": "low"},
            confirmed=(Confirmed(of="ladder", name="verdict", what="rule", at_least="otherwise", at_most="otherwise"),),
        ),
    ),
)


def report(*claims: Claim, **more: object) -> ProofReport:
    """Return a report of these claims."""
    values = {
        "set_id": "loan-desk",
        "version": "1.0.0",
        "title": "May the object be lent?",
        "digest": "d" * 64,
        "engine_version": "1.2.3",
        "on": ON,
        "bounds": {"borrower": 3, "artwork": 5},
        "put_aside": ("Free text: no rule reads it.",),
        "claims": claims,
    }
    return ProofReport.model_validate({**values, **more})


def whole() -> ProofReport:
    """Return a report with everything in it."""
    return report(
        SHOWN, DEAD, FALLS, OPEN, NO_DIRECTION, later=(LATER,), is_in_force=False, profile="Harbour <b>Museum</b>"
    )
