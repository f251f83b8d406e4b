"""Where each ladder stands and what was decided, from the stored records alone; the words are in `_ruling.j2`."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from risk_engine.model.decision import Condition, Decided, Decision
from risk_engine.model.explanation import ControlShown, Explanation, Proposal
from risk_engine.records.decide import awaits_confirmation, confirmation_problem
from risk_engine.records.decisions import conditions_of, control_text, decided
from risk_engine.report.unsettled import lack_of, still_open


@dataclass(frozen=True)
class Standing:
    """Where one ladder stands: the level that was decided or, without a decision, is proposed.

    `answer` and `explain` are None where no record holds them. `still_open` says what a proposal leaves open; `between`
    names the mildest and the strictest level of what was decided while it was open, `proposed` the proposed level where
    another one was decided.
    """

    role: Literal["headline", "gate", "escalation"] | None
    title: str
    question: str
    level: str
    answer: str | None
    explain: str | None = None
    is_mildest: bool = False
    is_strictest: bool = False
    still_open: str | None = None
    between: tuple[str, str] | None = None
    proposed: str | None = None


def standings(assessment: Explanation | None, decision: Decision | None) -> tuple[Standing, ...]:
    """Return where every ladder stands, the gate first; the words are the assessment's where there is one."""
    if decision is None:
        return tuple(_proposed(one, assessment) for one in assessment.proposals) if assessment else ()
    proposals = {one.ladder: one for one in assessment.proposals} if assessment else {}
    return tuple(_decided(one, proposals.get(one.ladder)) for one in decision.levels)


def standings_told(decision: Decision, assessment: Explanation | None) -> tuple[Standing, ...]:
    """Return where every ladder stands by the decision alone, in the words of the assessment where there is one."""
    own = standings(None, decision)
    if assessment is None:
        return own
    return tuple(
        replace(
            one,
            title=told.title,
            question=told.question,
            level=told.level,
            answer=told.answer,
            between=told.between,
            proposed=told.proposed,
        )
        for one, told in zip(own, standings(assessment, decision), strict=True)
    )


def first_of(shown: tuple[Standing, ...]) -> Standing | None:
    """Return what a reader asks first: the gate, else the headline; None without both."""
    by_role = {one.role: one for one in shown}
    return by_role.get("gate") or by_role.get("headline")


def is_refused(shown: tuple[Standing, ...]) -> bool:
    """Return whether the headline stands at its strictest level: nothing goes ahead as it was proposed."""
    return any(one.role == "headline" and one.is_strictest and not one.is_mildest for one in shown)


def _proposed(proposal: Proposal, assessment: Explanation) -> Standing:
    return Standing(
        role=proposal.role,
        title=proposal.title,
        question=proposal.question,
        level=proposal.level.title,
        answer=proposal.level.answer,
        explain=proposal.level.explain,
        is_mildest=proposal.level.name == proposal.ladder_levels[0],
        is_strictest=proposal.level.name == proposal.ladder_levels[-1],
        still_open=still_open(proposal, assessment),
    )


def _decided(decided: Decided, proposal: Proposal | None) -> Standing:
    # The decision holds the words that were signed; the assessment says the same in the language of the reader.
    words = proposal.level_named(decided.decided.name) if proposal else None

    def title(name: str, recorded: str) -> str:
        return proposal.title_of(name) if proposal else recorded

    mildest, strictest = (title(one.name, one.title) for one in decided.between)
    levels = proposal.ladder_levels if proposal else ()
    return Standing(
        role=decided.role,
        title=proposal.title if proposal else decided.title,
        question=proposal.question if proposal else decided.question,
        level=title(decided.decided.name, decided.decided.title),
        answer=words.answer if words else decided.answer,
        explain=words.explain if words else None,
        is_mildest=levels[:1] == (decided.decided.name,),
        is_strictest=levels[-1:] == (decided.decided.name,),
        between=(mildest, strictest) if decided.provisional else None,
        proposed=title(decided.proposed.name, decided.proposed.title) if decided.deviates else None,
    )


def bound(assessment: Explanation, decision: Decision | None) -> Explanation:
    """Return the assessment with its controls as the decision binds them; nothing else of it changes."""
    if decision is None:
        return assessment
    conditions = {one.control: one for one in conditions_told(decision, assessment) if one.control}
    controls = tuple(_bound(one, conditions.get(one.id)) for one in assessment.controls)
    return assessment.model_copy(update={"controls": controls})


def bound_by(assessment: Explanation, decision: Decision | None) -> tuple[Condition, ...]:
    """Return the conditions of the decision; of a proposal those that it would have, decided as proposed."""
    if decision is not None:
        return tuple(map(on_one_line, conditions_told(decision, assessment)))
    levels = [decided(one, None) for one in assessment.proposals]
    return tuple(map(on_one_line, conditions_of(assessment, levels, (), None, assessment.on)[0]))


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
    # How far the case says it is stands as it is; only what the case does not list is agreed by the decision.
    states = {"counts_as": control.counts_as or "agreed", "stated": control.stated or "agreed"}
    return control.model_copy(update={"owner": owner, "due": due, **states})


@dataclass(frozen=True)
class Ruling:
    """What was decided, by the record and, where it is at hand, the assessment that it is on."""

    decision: Decision
    levels: tuple[Standing, ...]
    first: Standing | None
    awaits: bool
    in_effect: date
    is_provisional: bool
    lacked_only: bool
    """Whether all answers that were open then were missing, as far as is known: none contradicted another."""
    reason: tuple[str, ...]
    confirmation_problem: str
    four_eyes: str
    tone: Literal["mild", "middle", "strict", "open"]


def ruling(shown: tuple[Standing, ...], decision: Decision, assessment: Explanation | None) -> Ruling:
    """Return what was decided; `shown` is where every ladder stands."""
    awaits = awaits_confirmation(decision, assessment)
    reason = decision.reason or ""
    return Ruling(
        decision=decision,
        levels=shown,
        first=first_of(shown),
        awaits=awaits,
        in_effect=in_effect(decision),
        is_provisional=any(one.provisional for one in decision.levels),
        lacked_only=assessment is None or lack_of(assessment) == "missing",
        reason=tuple(one for one in reason.splitlines() if one.strip()),
        confirmation_problem=(confirmation_problem(decision) or "") if decision.confirmation else "",
        four_eyes=", ".join(f"{one.ladder}={one.level}" for one in decision.four_eyes),
        tone=_tone(first_of(shown), awaits=awaits),
    )


def in_effect(decision: Decision) -> date:
    """Return the day since which a decision that awaits nobody holds; a confirmation that does not count has no say."""
    confirmation = decision.confirmation
    return decision.on if confirmation is None or confirmation_problem(decision) else confirmation.on


def on_one_line(condition: Condition) -> Condition:
    """Return a condition whose text stands on one line."""
    return condition.model_copy(update={"text": " ".join(condition.text.split())})


def _tone(first: Standing | None, *, awaits: bool) -> Literal["mild", "middle", "strict", "open"]:
    if awaits:
        return "open"
    if first is not None and first.is_mildest:
        return "mild"
    return "strict" if first is not None and first.is_strictest else "middle"
