"""What the engine says about a drawn case, in the words of the second reading."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from risk_engine.engine.assess import assess
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from tests.criteria.second_reading.results import Levels, Result

NOTHING = Result("none", "none", "none", "none")


class Engine(NamedTuple):
    """A set of criteria and the model of its cases (making it takes longer than assessing one)."""

    criteria: Criteria
    model: type[Case]

    def assessment(self, stated: Mapping[str, Any]) -> Assessment:
        """Return the assessment of a case as its file would state it."""
        # Not by way of text: reading it would take as long as half of the assessment.
        document = Document("drawn", _as_read(stated), {}, ())
        return assess(case_of(document, self.criteria, self.model), self.criteria)


def engine(criteria: Criteria) -> Engine:
    """Return the engine for a set of criteria."""
    return Engine(criteria, case_model(criteria))


def _as_read(value: Any) -> Any:
    match value:
        case dict():
            return {key: _as_read(one) for key, one in value.items()}
        case list():
            return tuple(map(_as_read, value))
        case _:
            return value


def settled(assessment: Assessment, indicator: str) -> Result:
    """Return a finding in which nothing is open."""
    for one in assessment.findings:
        if one.id == indicator:
            assert not one.open, f"{indicator} is open: {one.missing}"
            return Result(one.inherent, one.residual.at_most, one.knock_out_before.at_most, one.knock_out.at_most)
    return NOTHING


def proposed(assessment: Assessment) -> Levels:
    """Return the levels that the three ladders propose."""
    level = {one.ladder: one.level for one in assessment.proposals}
    return Levels(level["measure"], level["start_gate"], level["escalation"])
