"""An assessment as a decision binds it: controls that are conditions count as agreed, with owner and day as decided."""

from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Explanation
from risk_engine.records.conditions import control_text


def bound(assessment: Explanation, decision: Decision | None) -> Explanation:
    """Return the assessment with its controls as the decision binds them; nothing else of it changes."""
    if decision is None:
        return assessment
    conditions = {one.control: one for one in conditions_told(decision, assessment) if one.control}
    controls = tuple(_bound(one, conditions.get(one.id)) for one in assessment.controls)
    return assessment.model_copy(update={"controls": controls})


def conditions_told(decision: Decision, assessment: Explanation) -> tuple[Condition, ...]:
    """Return the conditions of a decision as they were signed.

    What the record took from a control is told in the language of the assessment where that is another one.
    """
    if decision.language == assessment.language:
        return decision.conditions
    shown = {one.id: one for one in assessment.controls}
    return tuple(_told(one, shown[one.control]) if one.control in shown else one for one in decision.conditions)


def _told(condition: Condition, shown: ControlShown) -> Condition:
    owner = shown.who if condition.owner_is_role else condition.owner
    return condition.model_copy(update={"text": control_text(shown), "owner": owner})


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
