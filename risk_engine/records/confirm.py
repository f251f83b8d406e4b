"""A decision and a second person to a confirmed one; whether a stored confirmation counts, or is still awaited."""

from datetime import date

from risk_engine.files.canonical import digest
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Confirmation, Decision, Person
from risk_engine.model.explanation import Explanation
from risk_engine.records.decide import problem
from risk_engine.records.decisions import UNSEALED, decision_digest, four_eyes
from risk_engine.records.persons import may_be_same_person, same_person


def confirm(decision: Decision, by: Person, on: date, *, different_person: bool = False) -> Decision:
    """Return the decision with the confirmation of a second person; raise RiskEngineError where that cannot be.

    `different_person`: it was said that two names which may be of one person are of two; that is kept.
    """
    problems: list[str] = []
    alike = may_be_same_person(by, decision.by)
    if decision_digest(decision) != decision.digest:
        message = _("the decision was changed after it was written")
        problems.append(problem(message, _("confirm the record as it was written")))
    if decision.confirmation is not None:
        message = _("`{name}` has confirmed this decision already", name=decision.confirmation.by.name)
        problems.append(problem(message))
    if same_person(by, decision.by):
        way_out = _(
            "a second person must confirm it; write what tells two people of one name apart, such as a middle name"
        )
        problems.append(problem(_("`{name}` took the decision", name=by.name), way_out))
    elif alike and not different_person:
        message = _("`{name}` may be `{other}`, who took the decision", name=by.name, other=decision.by.name)
        way_out = _("write both names out; if they are two people, say so: --different-person")
        problems.append(problem(message, way_out))
    if on < decision.on:
        message = _("the confirmation is dated {day}, before the decision of {decided}", day=on, decided=decision.on)
        problems.append(problem(message))
    if problems:
        raise RiskEngineError("\n".join(problems))
    stated = alike and different_person
    confirmation = Confirmation(decision=decision.digest, by=by, on=on, different_person=stated, digest=UNSEALED)
    sealed = confirmation.model_copy(update={"digest": confirmation_digest(confirmation)})
    return decision.model_copy(update={"confirmation": sealed})


def confirmation_digest(confirmation: Confirmation) -> str:
    """Return the digest of a confirmation without its own digest."""
    content = confirmation.model_dump(mode="json", by_alias=True)
    del content["digest"]
    return digest(content)


def confirmation_problem(decision: Decision) -> str | None:
    """Return why the confirmation of a stored decision does not count; None where it does, or where there is none."""
    confirmation = decision.confirmation
    if confirmation is None:
        return None
    if confirmation_digest(confirmation) != confirmation.digest:
        return _("altered: the confirmation was changed after it was written")
    if confirmation.decision != decision.digest or decision.digest != decision_digest(decision):
        return _("the confirmation is of another decision")
    if same_person(confirmation.by, decision.by):
        return _("the person who decided confirmed it too")
    if may_be_same_person(confirmation.by, decision.by) and not confirmation.different_person:
        return _("the person who decided may have confirmed it too, and nobody said that they are two")
    if confirmation.on < decision.on:
        return _("the confirmation is dated before the decision")
    return None


def awaits_confirmation(decision: Decision, assessment: Assessment | Explanation | None = None) -> bool:
    """Return whether a second person must confirm a stored decision and has not done so in a way that counts.

    With the assessment that it is about, what the set and the profile ask for counts, whatever the record says.
    """
    asked = bool(decision.four_eyes) or (assessment is not None and bool(four_eyes(assessment, decision.levels)))
    return asked and (decision.confirmation is None or confirmation_problem(decision) is not None)
