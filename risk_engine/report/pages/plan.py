"""The facts of the mitigation plan, whose words are in `templates/pages/plan.j2`; its order is the urgency.

It is prefilled from the findings; what nobody said yet is visibly to be filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Explanation, Finding
from risk_engine.records.decide import awaits_confirmation
from risk_engine.report.blocks import Must, View
from risk_engine.report.controls import Action, Way, actions, choices, holding, to_choose, unhelped
from risk_engine.report.frame import called
from risk_engine.report.pages import from_template
from risk_engine.report.pages.ruling import bound
from risk_engine.report.unsettled import cleared_first, missing
from risk_engine.report.wording import Names, course, evidence, gravest, some, state_word

_NAMED = 3
"""How many findings a row names; it counts the rest."""


@dataclass(frozen=True)
class PlannedControl:
    """A row of the plan; empty texts are what is still to be filled in."""

    control: ControlShown
    why: str
    is_overdue: bool
    is_there: bool
    evidence: str
    wanted: str
    state: str
    is_unproved: bool
    is_condition: bool


@dataclass(frozen=True)
class PlannedCondition:
    """A condition of the decision that is no control."""

    text: str
    owner: str
    due: date | None
    is_overdue: bool


@dataclass(frozen=True)
class PlannedChoice:
    """Findings that the same ways would lower, one of which is enough, and the evidence that settles them."""

    findings: str
    ways: tuple[Way, ...]
    wanted: str


@dataclass(frozen=True)
class Stuck:
    """A finding that no control lowers, and why; empty where nobody says."""

    finding: str
    why: str


@dataclass(frozen=True)
class PlanFacts:
    """All that the plan says."""

    case: str
    awaits: bool
    missing: int
    cleared_first: str
    now: tuple[PlannedControl, ...]
    conditions: tuple[PlannedCondition, ...]
    choices_now: tuple[PlannedChoice, ...]
    later: tuple[PlannedControl, ...]
    choices_later: tuple[PlannedChoice, ...]
    kept: tuple[PlannedControl, ...]
    advisable: tuple[PlannedControl, ...]
    stuck: tuple[Stuck, ...]


def plan(assessment: Explanation, decision: Decision | None) -> View:
    """Return the mitigation plan; what a decision made a condition stands in it as that."""
    facts = _facts(bound(assessment, decision), decision)
    must = tuple(Must("condition", one.text) for one in facts.conditions)
    return from_template("plan", (assessment, decision), facts, must)


def _facts(assessment: Explanation, decision: Decision | None) -> PlanFacts:
    conditions = decision.conditions if decision else ()
    rows = _Rows(assessment, {one.control for one in conditions if one.control})
    gate, barred = holding(assessment)
    listed = sorted((one for one in actions(assessment, rows.names) if one.control.stated), key=_urgency)
    helped = to_choose(assessment)
    chosen = sorted(helped, key=lambda one: one.id not in gate)
    known = {one.id for one in helped}
    there = [one for one in assessment.controls if one.counts_as == "in_place" and not one.supporting]
    return PlanFacts(
        case=called(assessment.case_title, assessment.case_id),
        awaits=decision is not None and awaits_confirmation(decision, assessment),
        missing=missing(assessment),
        cleared_first=cleared_first(assessment),
        now=tuple(rows.control(one.control) for one in listed if one.now),
        conditions=tuple(rows.condition(one) for one in conditions if one.control is None),
        choices_now=rows.choices([one for one in chosen if one.id in gate | barred]),
        later=tuple(rows.control(one.control) for one in listed if not one.now),
        choices_later=rows.choices([one for one in chosen if one.id not in gate | barred]),
        kept=tuple(map(rows.control, there)),
        advisable=tuple(rows.control(one, has_reason=False) for one in assessment.controls if one.supporting),
        stuck=tuple(
            Stuck(rows.names.finding(one.id).text, one.irreducible or "")
            for one in unhelped(assessment)
            if one.id not in known
        ),
    )


class _Rows:
    """The rows of one plan."""

    def __init__(self, assessment: Explanation, binding: set[str]) -> None:
        self._assessment = assessment
        self._binding = binding
        self.names = Names(assessment)
        self._findings = {one.id: one for one in assessment.findings}

    def control(self, control: ControlShown, *, has_reason: bool = True) -> PlannedControl:
        """Return the row of a control."""
        is_there = control.counts_as == "in_place"
        return PlannedControl(
            control=control,
            why=self._why(control.findings) if has_reason else "",
            is_overdue=control.due is not None and control.due < self._assessment.on and not is_there,
            is_there=is_there,
            evidence="; ".join(evidence(one) for one in control.evidence),
            wanted=self._wanted(control.findings),
            state="" if control.counts_as is None else state_word(control.stated or control.counts_as),
            is_unproved=control.counts_as == "agreed" and control.stated in {"implemented", "verified"},
            is_condition=control.id in self._binding,
        )

    def condition(self, condition: Condition) -> PlannedCondition:
        """Return the row of a condition that is no control."""
        due = condition.due
        text = " ".join(condition.text.split())
        return PlannedCondition(text, condition.owner or "", due, due is not None and due < self._assessment.on)

    def choices(self, findings: Sequence[Finding]) -> tuple[PlannedChoice, ...]:
        """Return what is to be chosen, findings that the same ways would lower together."""
        return tuple(
            PlannedChoice(
                findings=some([self.names.finding(one.id).text for one in choice.findings], _NAMED),
                ways=choice.ways,
                wanted=some(list(dict.fromkeys(one.wanted_evidence for one in choice.findings)), _NAMED),
            )
            for choice in choices(findings, self._assessment, lambda control: control.who)
        )

    def _why(self, ids: Sequence[str]) -> str:
        found = [one for one in gravest(self._assessment) if one.id in ids]
        return some([f"{self.names.finding(one.id).text}: {course(one)}" for one in found], _NAMED)

    def _wanted(self, ids: Sequence[str]) -> str:
        wanted = dict.fromkeys(self._findings[one].wanted_evidence for one in ids if one in self._findings)
        return some(list(wanted), _NAMED)


def _urgency(one: Action) -> tuple[int, bool, date]:
    """Sort by what hangs on it, then by the day; what has no day comes last."""
    due = one.control.due
    return one.rank, due is None, due or date.max
