"""What the result of a case is, as its assessment says it."""

from datetime import date
from typing import Any

from risk_engine.engine.assess import Trace, assess
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile


def row_of(
    case: Case, criteria: Criteria, on: date | None, profile: Profile | None, trace: Trace = "reference"
) -> dict[str, Any]:
    """Return the result of a case as its assessment says it."""
    made = assess(case, criteria, on, profile, trace=trace)
    row: dict[str, Any] = {"case": case.id, "on": made.on, "unread": None, "missing": list(made.gaps)}
    for one in made.proposals:
        rule = None if one.rule == "otherwise" else int(one.rule.partition(".")[2])
        row |= {one.ladder: one.level, f"{one.ladder}.provisional": one.provisional, f"{one.ladder}.rule": rule}
        row |= {f"{one.ladder}.lowest": one.range[0], f"{one.ladder}.highest": one.range[-1]}
    for rating in made.ratings:
        of_dimension = {"capped.lowest": rating.capped_at_least, "capped.highest": rating.capped_at_most}
        for what in ("inherent", "residual", "expected"):
            points = getattr(rating, what)
            of_dimension |= {f"{what}.lowest": points.at_least, f"{what}.highest": points.at_most}
        row |= {f"{rating.dimension}.{what}": value for what, value in of_dimension.items()}
    row["findings"] = _findings(made)
    row["contradictions"] = [one.id for one in made.problems if one.kind == "contradiction"]
    row["awareness"] = [one.id for one in made.awareness if one.applies == "yes"]
    return row


def _findings(made: Assessment) -> list[dict[str, str]]:
    return [
        {"indicator": one.id, "outcome": one.outcome, "inherent": one.inherent, "possible": one.possible}
        | {
            f"{what}_{end}": getattr(getattr(one, what), bound)
            for what in ("residual", "expected", "knock_out")
            for end, bound in (("lowest", "at_least"), ("highest", "at_most"))
        }
        for one in made.findings
    ]
