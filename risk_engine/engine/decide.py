"""An assessment and what a named person says to a decision.

Everything that does not go together is reported at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk_engine.canonical import canonical, digest
from risk_engine.diagnostics import RiskEngineError, help_line, printable, quoted, suggestion
from risk_engine.engine.conditions import StatedCondition, conditions_of
from risk_engine.language import ENGLISH, _, in_language
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import (
    SCHEMA,
    Assessed,
    Decided,
    Decision,
    LevelNamed,
    Person,
    ProfileNamed,
    Reply,
)
from risk_engine.model.explanation import LevelShown, Proposal
from risk_engine.model.ladders import LevelRef
from risk_engine.version import __version__

UNSEALED = "0" * 64
"""Stands for a digest until it is computed."""


@dataclass(frozen=True)
class Said:
    """What the person who decides says; a ladder without a level takes the one proposed, if that is settled.

    `adopt` says whether the controls that the case lists become conditions; None: as `conditions_of` chooses.
    """

    by: Person
    on: date
    levels: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    conditions: tuple[StatedCondition, ...] = ()
    adopt: bool | None = None
    replies: tuple[Reply, ...] = ()
    supersedes: Decision | None = None


def decide(assessment: Assessment, said: Said) -> Decision:
    """Return the decision on an assessment; raise RiskEngineError with everything that stands against it."""
    if not assessment.proposals:
        message = _("the assessment proposes nothing, so there is nothing to decide")
        raise RiskEngineError(problem(message, _("assess the case again under criteria that have ladders")))
    chosen = dict(said.levels)
    levels = tuple(decided(one, chosen.get(one.ladder)) for one in assessment.proposals)
    conditions, wrong_conditions = conditions_of(assessment, levels, said.conditions, said.adopt, said.on)
    problems = [
        *_level_problems(assessment, said.levels),
        *_reason_problems(assessment, levels, said),
        *wrong_conditions,
        *_date_problems(assessment, said),
        *_supersedes_problems(assessment, said),
    ]
    if problems:
        raise RiskEngineError("\n".join(problems))
    decision = Decision.model_validate(
        {
            "schema": SCHEMA,
            "kind": "decision",
            "engine": __version__,
            "about": about(assessment),
            "levels": levels,
            "reason": said.reason,
            "conditions": conditions,
            "replies": said.replies,
            "by": said.by,
            "on": said.on,
            "four_eyes": four_eyes(assessment, levels, said.supersedes),
            "supersedes": said.supersedes.digest if said.supersedes else None,
            "digest": UNSEALED,
        }
    )
    return decision.model_copy(update={"digest": decision_digest(decision)})


def about(assessment: Assessment) -> Assessed:
    """Return what a decision on this assessment says about it."""
    own = assessment.profile
    return Assessed(
        digest=assessment.digest,
        on=assessment.on,
        case_id=assessment.case_id,
        case_title=assessment.case_title,
        criteria=f"{assessment.criteria.id}@{assessment.criteria.version}",
        challenge=assessment.criteria.challenge,
        in_force=assessment.criteria.in_force,
        in_force_from=assessment.criteria.in_force_from,
        draft=assessment.criteria.draft,
        profile=ProfileNamed(institution=own.profile.institution, digest=own.digest) if own else None,
        missing=len(assessment.gaps),
    )


def decided(proposal: Proposal, level: str | None) -> Decided:
    """Return a level beside the proposal of its ladder; None, or what is no level of it, is the one proposed."""
    order = {name: number for number, name in enumerate(proposal.ladder_levels)}
    shown = sorted((*proposal.range, proposal.level), key=lambda one: order.get(one.name, len(order)))
    words = {one.name: one for one in shown}
    name = level if level in proposal.ladder_levels else proposal.level.name
    # An assessment holds the words of the levels that it leaves possible; of another one it holds the name.
    own = words.get(name)
    return Decided(
        ladder=proposal.ladder,
        title=proposal.title,
        question=proposal.question,
        role=proposal.role,
        proposed=_named(proposal.level),
        provisional=proposal.provisional,
        between=(_named(shown[0]), _named(shown[-1])),
        decided=LevelNamed(name=name, title=proposal.title_of(name)),
        answer=own.answer if own else _gate_answer(proposal, name),
    )


def _gate_answer(proposal: Proposal, name: str) -> str | None:
    """Return what a level of the gate says whose words the assessment does not hold; None for another ladder."""
    if proposal.role != "gate":
        return None
    with in_language(ENGLISH):  # as everything in a record
        ends = {proposal.ladder_levels[0]: _("Yes."), proposal.ladder_levels[-1]: _("No.")}
        return ends.get(name, _("Yes, but only on conditions."))


def four_eyes(assessment: Assessment, levels: Sequence[Decided], old: Decision | None = None) -> tuple[LevelRef, ...]:
    """Return the levels for which two people are asked: proposed, decided, or still possible while it is open.

    A single person must not get round the second by deciding otherwise, by leaving answers out, or by taking the place
    of the decision `old` that needed two.
    """
    met = {(one.ladder, level.name) for one in levels for level in (one.proposed, one.decided)}
    met |= {(one.ladder, level.name) for one in assessment.proposals if one.provisional for level in one.range}
    if old is not None:
        met |= {(one.ladder, level.name) for one in old.levels for level in (one.proposed, one.decided)}
    asked = dict.fromkeys((one.ladder, one.level) for one in assessment.four_eyes())
    here = [LevelRef(ladder=ladder, level=level) for ladder, level in asked if (ladder, level) in met]
    return (*here, *(one for one in (old.four_eyes if old else ()) if one not in here))


def contradiction(assessment: Assessment, levels: Sequence[Decided]) -> str | None:
    """Return which levels contradict each other: the strictest headline (nothing goes ahead), the mildest gate."""
    ends = {
        one.ladder: (one.role, one.ladder_levels[0], one.ladder_levels[-1])
        for one in assessment.proposals
        if len(one.ladder_levels) > 1
    }
    headline = next((one for one in levels if ends.get(one.ladder, ())[::2] == ("headline", one.decided.name)), None)
    gate = next((one for one in levels if ends.get(one.ladder, ())[:2] == ("gate", one.decided.name)), None)
    if headline is None or gate is None:
        return None
    strictest, mildest = (f"{one.ladder}={one.decided.name}" for one in (headline, gate))
    return _("{strictest} is the strictest level, {mildest} the mildest", strictest=strictest, mildest=mildest)


def plain_decision(decision: Decision) -> dict[str, Any]:
    """Return a decision as plain JSON data; what came later than its schema stands there only where it is used."""
    content = decision.model_dump(mode="json", by_alias=True)
    if not content["about"]["draft"]:
        del content["about"]["draft"]
    return content


def decision_json(decision: Decision) -> bytes:
    """Return the canonical JSON of a decision, as it is stored."""
    return canonical(plain_decision(decision))


def decision_digest(decision: Decision) -> str:
    """Return the digest of what was decided: without the digest itself, the confirmation and the signatures."""
    content = plain_decision(decision)
    return digest({key: value for key, value in content.items() if key not in {"digest", "confirmation", "signatures"}})


def problem(message: str, way_out: str = "") -> str:
    """Return a problem and the way out, safe to print."""
    return printable(message) + help_line(printable(way_out))


def _named(level: LevelShown) -> LevelNamed:
    return LevelNamed(name=level.name, title=level.title)


def _level_problems(assessment: Assessment, stated: Sequence[tuple[str, str]]) -> Iterator[str]:
    ladders = {one.ladder: one for one in assessment.proposals}
    seen: set[str] = set()
    for ladder, level in stated:
        if ladder not in ladders:
            yield problem(_("there is no ladder `{ladder}`", ladder=ladder), suggestion(ladder, ladders))
        elif level not in ladders[ladder].ladder_levels:
            message = _("`{ladder}` has no level `{level}`", ladder=ladder, level=level)
            yield problem(message, suggestion(level, ladders[ladder].ladder_levels))
        if ladder in seen:
            yield problem(_("a level of `{ladder}` is named twice", ladder=ladder))
        seen.add(ladder)
    for name, proposal in ladders.items():
        if proposal.provisional and name not in seen:
            one = decided(proposal, None)
            message = _(
                "`{ladder}` is still open between {mildest} and {strictest}, so its proposal is not taken over",
                ladder=name,
                mildest=one.between[0].title,
                strictest=one.between[1].title,
            )
            known = quoted(proposal.ladder_levels)
            yield problem(message, _("decide it: --level {ladder}=LEVEL, one of {levels}", ladder=name, levels=known))


def _reason_problems(assessment: Assessment, levels: Sequence[Decided], said: Said) -> Iterator[str]:
    if said.reason is not None:
        return
    if against := contradiction(assessment, levels):
        message = _("the decision contradicts itself, and no reason is given: {what}", what=against)
        yield problem(message, _("decide one of them otherwise with --level, or say why both: --reason"))
    other = [one for one in levels if one.deviates]
    if other:
        named = ", ".join(
            _("{level} (proposed: {proposed})", level=f"{one.ladder}={one.decided.name}", proposed=one.proposed.name)
            for one in other
        )
        message = _("the decision deviates from the proposal, and no reason is given: {levels}", levels=named)
        yield problem(message, _("say why: --reason"))
    # Nothing settled was proposed, so whoever chooses has reasons of their own.
    chosen = dict(said.levels)
    if still := [one for one in levels if one.provisional and not one.deviates and one.ladder in chosen]:
        named = ", ".join(f"{one.ladder}={one.decided.name}" for one in still)
        message = _("this was chosen while it was still open, and no reason is given: {levels}", levels=named)
        yield problem(message, _("say why: --reason"))


def _date_problems(assessment: Assessment, said: Said) -> Iterator[str]:
    if said.on < assessment.on:
        message = _(
            "the decision is dated {day}, before the day of the assessment, {assessed}",
            day=said.on,
            assessed=assessment.on,
        )
        yield problem(message, _("name the day of the decision with --on, or assess for an earlier day"))
    for reply in said.replies:
        if reply.date > said.on:
            values = {"name": reply.name, "date": reply.date, "day": said.on}
            yield problem(_("the reply `{name}` is dated {date}, after the decision of {day}", **values))


def _supersedes_problems(assessment: Assessment, said: Said) -> Iterator[str]:
    old = said.supersedes
    if old is None:
        return
    if decision_digest(old) != old.digest:
        yield problem(_("the decision to supersede was changed after it was written"))
    earlier = {assessment.digest, assessment.supersedes.digest if assessment.supersedes else assessment.digest}
    if old.about.digest not in earlier:
        message = _("the decision to supersede is neither on this assessment nor on the one that it supersedes")
        yield problem(message, _("a changed case is assessed with `risk-engine assess CASE --supersedes OLD`"))
    if old.on > said.on:
        yield problem(_("the decision to supersede is of {earlier}, after {day}", earlier=old.on, day=said.on))
