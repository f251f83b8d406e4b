"""The facts of what the record of a decision says, whose words are in `templates/pages/_ruling.j2`."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.records.confirm import awaits_confirmation, confirmation_problem
from risk_engine.report.pages.levels import Standing, first_of


@dataclass(frozen=True)
class Ruling:
    """What was decided, by the record and, where it is at hand, the assessment that it is on."""

    decision: Decision
    levels: tuple[Standing, ...]
    first: Standing | None
    awaits: bool
    in_effect: date
    is_provisional: bool
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
