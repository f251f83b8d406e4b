"""An assessment and what a named person says to a decision.

Everything that does not go together is reported at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.files.diagnostics import RiskEngineError, help_line, printable, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.model.decision import SCHEMA, Decided, Decision, Person, Reply, Sheet
from risk_engine.model.explanation import Explanation
from risk_engine.records.conditions import StatedCondition, conditions_of
from risk_engine.records.decisions import UNSEALED, about, contradiction, decided, decision_digest, four_eyes
from risk_engine.version import __version__


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
    sheet: Sheet | None = None


def decide(assessment: Explanation, said: Said) -> Decision:
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
            "language": assessment.language,
            "sheet": said.sheet,
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


def problem(message: str, way_out: str = "") -> str:
    """Return a problem and the way out, safe to print."""
    return printable(message) + help_line(printable(way_out))


def _level_problems(assessment: Explanation, stated: Sequence[tuple[str, str]]) -> Iterator[str]:
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


def _reason_problems(assessment: Explanation, levels: Sequence[Decided], said: Said) -> Iterator[str]:
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


def _date_problems(assessment: Explanation, said: Said) -> Iterator[str]:
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


def _supersedes_problems(assessment: Explanation, said: Said) -> Iterator[str]:
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
