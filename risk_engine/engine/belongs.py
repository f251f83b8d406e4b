"""Whether a stored decision is on an assessment: it states the case, the proposal and the controls as that one does."""

from risk_engine.engine.conditions import control_text
from risk_engine.engine.decide import about, decided, four_eyes
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision


def misfit(decision: Decision, assessment: Assessment, old: Decision | None = None) -> str | None:
    """Return why a decision is not one on this assessment; None where it is.

    `old` is the decision that it takes the place of, None where that is not at hand.
    """
    chosen = {one.ladder: one.decided.name for one in decision.levels}
    wanted = tuple(decided(one, chosen.get(one.ladder)) for one in assessment.proposals)
    controls = {one.id: one for one in assessment.controls}
    if decision.about != about(assessment) or decision.levels != wanted:
        return _("the decision does not state the case or the proposal as the assessment does")
    asked = four_eyes(assessment, wanted, old)
    # What an earlier decision asked for is known only where it is at hand.
    is_known = old is not None or decision.supersedes is None
    if decision.four_eyes != asked and (is_known or not set(asked) <= set(decision.four_eyes)):
        return _("the decision does not ask for a second person as the set and the profile do")
    if decision.on < assessment.on:
        return _("the decision of {on} is before the assessment of {assessed}", on=decision.on, assessed=assessment.on)
    if other := [one.control for one in decision.conditions if one.control and one.control not in controls]:
        return _("{names} is a condition, but no control of the assessment", names=", ".join(other))
    stated = [(one, controls[one.control]) for one in decision.conditions if one.control]
    if other := [one.id for is_, one in stated if (is_.text, is_.state) != (control_text(one), one.counts_as)]:
        return _("the condition {names} is not as the assessment states that control", names=", ".join(other))
    return None
