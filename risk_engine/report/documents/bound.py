"""An assessment as a decision binds it: controls that are conditions count as agreed, with owner and day as decided."""

from risk_engine.model.assessment import Assessment, ControlShown
from risk_engine.model.decision import Condition, Decision


def bound(assessment: Assessment, decision: Decision | None) -> Assessment:
    """Return the assessment with its controls as the decision binds them; nothing else of it changes."""
    if decision is None:
        return assessment
    conditions = {one.control: one for one in decision.conditions if one.control}
    controls = tuple(_bound(one, conditions.get(one.id)) for one in assessment.controls)
    return assessment.model_copy(update={"controls": controls})


def _bound(control: ControlShown, condition: Condition | None) -> ControlShown:
    if condition is None:
        return control
    owner, due = condition.owner or control.owner, condition.due or control.due
    is_there = control.counts_as == "in_place"
    return control.model_copy(
        update={
            "owner": owner,
            "due": due,
            "counts_as": "in_place" if is_there else "agreed",
            "stated": control.stated if control.stated in {"implemented", "verified"} else "agreed",
        }
    )
