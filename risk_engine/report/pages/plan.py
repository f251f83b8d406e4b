"""The facts of the mitigation plan, whose words are in `templates/pages/plan.j2`: one row a control, by urgency.

It is prefilled from the findings; what nobody said yet is visibly to be filled in. Of several ways to lower a finding
the plan takes the one that adds least to it, and names the others beside it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from risk_engine.files.language import _
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Explanation, Finding, OptionState
from risk_engine.model.words import SEVERITIES, Severity
from risk_engine.records.decide import awaits_confirmation
from risk_engine.report.answer import get_answers
from risk_engine.report.blocks import AnswerField, Line, Must, Paper, View
from risk_engine.report.controls import actions, holding, lowering, to_choose, unhelped, ways
from risk_engine.report.frame import called
from risk_engine.report.pages import from_template
from risk_engine.report.pages.ruling import bound
from risk_engine.report.returned import PlanMade
from risk_engine.report.unsettled import cleared_first
from risk_engine.report.wording import Names, evidence, gravest, some, state_word

if TYPE_CHECKING:
    from risk_engine.model.facts import Kind
    from risk_engine.model.outlook import ExplainedOutlook, Way

_NAMED = 1
"""How many kinds of evidence a row names; it counts the rest."""
_ANSWERS = 2
"""How many findings a row names by their titles, the gravest; the others by their ids."""
_IDS = 8
"""So many ids of further findings stand in a row; it counts the rest."""


@dataclass(frozen=True)
class Answered:
    """A finding that a control answers, and to what it is lowered, with others of the plan where it needs them."""

    finding: str
    severity: Severity
    is_sure: bool
    others: str
    instead: tuple[tuple[str, Severity], ...]
    """Other ways, of which the plan takes this one, and what each lowers the finding to; told at one control."""


@dataclass(frozen=True)
class PlannedControl:
    """A row of the plan; empty texts are what is still to be filled in."""

    control: ControlShown
    answers: tuple[Answered, ...]
    further: str
    """The ids of the findings that it answers besides."""
    is_overdue: bool
    is_there: bool
    evidence: str
    wanted: str
    kind: str
    """The kind that new evidence must be of, where there is one; the title of the criteria."""
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
    is_sent: bool
    """Whether the letter tells it."""


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
    get_answers: str
    cleared_first: str
    smallest: tuple[PlannedControl, ...]
    """The smallest set that reaches a milder result, where that was looked for and is made of controls alone."""
    reaches: str
    """What that set comes to."""
    effort: int
    change: tuple[Line, ...]
    """What else would lower the result, or why nothing does; nothing where nobody looked for it."""
    efforts: str
    """What an effort means."""
    is_looked_for: bool
    now: tuple[PlannedControl, ...]
    conditions: tuple[PlannedCondition, ...]
    later: tuple[PlannedControl, ...]
    kept: tuple[PlannedControl, ...]
    advisable: tuple[PlannedControl, ...]
    stuck: tuple[Stuck, ...]
    evidence_fields: tuple[str, ...] = ("kind", "reference", "date")
    """What is asked of new evidence where the plan can be filled in."""


def plan(assessment: Explanation, decision: Decision | None, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return the mitigation plan; what a decision made a condition stands in it as that.

    With an outlook the smallest set of controls that lowers the result stands first. It is a paper that comes back:
    what is entered in its fields can be read into the case.
    """
    facts = _facts(bound(assessment, decision), decision, outlook)
    must = tuple(Must("condition", one.text) for one in facts.conditions)
    return replace(from_template("plan", (assessment, decision), facts, must), paper=_paper(facts, assessment))


_STATUSES: Final = ("planned", "agreed", "implemented", "verified")
FIELDS: Final = ("owner", "due", "kind", "reference", "date", "status")
"""What can be filled in for a control; kind, reference and date are of new evidence."""


def _paper(facts: PlanFacts, assessment: Explanation) -> Paper:
    """Return the fields of the plan, with what stands in them already, and what the plan says of itself."""
    titles = (_("Owner"), _("Due"), _("Kind of evidence"), _("Reference"), _("Date of the evidence"), _("Status"))
    statuses = tuple((one, state_word(one)) for one in _STATUSES)
    fields: dict[str, AnswerField] = {}
    controls: dict[str, dict[str, str]] = {}
    for row in (*facts.smallest, *facts.now, *facts.later, *facts.kept, *facts.advisable):
        control = row.control
        due = "" if control.due is None else control.due.isoformat()
        values = dict(zip(FIELDS, (control.owner or "", due, row.kind, "", "", control.stated or ""), strict=True))
        controls[control.id] = values
        for name, title in zip(FIELDS, titles, strict=True):
            kind: Kind = "date" if name in {"due", "date"} else "one" if name == "status" else "text"
            choices = statuses if name == "status" else ()
            fields[f"plan.{control.id}.{name}"] = AnswerField(kind, title, choices, values[name])
    made = PlanMade(
        plan=1,
        set_id=assessment.criteria.id,
        version=assessment.criteria.version,
        case_id=assessment.case_id,
        statuses={word: name for name, word in statuses},
        controls=controls,
    )
    return Paper(fields, made.model_dump(mode="json"))


def _smallest(assessment: Explanation, outlook: "ExplainedOutlook") -> "Way | None":
    """Return the smallest set of controls alone that lowers the headline, else the gate; None where it takes more."""
    for role in ("headline", "gate"):
        proposal = assessment.proposal(role)
        targets = (one for one in outlook.ways if proposal is not None and one.ladder == proposal.ladder)
        ways_of_controls = (way for one in targets for way in one.ways if way.controls and not way.changes)
        if (way := next(ways_of_controls, None)) is not None:
            return way
    return None


def _facts(assessment: Explanation, decision: Decision | None, outlook: "ExplainedOutlook | None") -> PlanFacts:
    conditions = decision.conditions if decision else ()
    first: Way | None = None
    change: tuple[Line, ...] = ()
    reaches, efforts = "", ""
    if outlook is not None:
        from risk_engine.report.outlook import OutlookNames

        first = _smallest(assessment, outlook)
        reaches = "" if first is None else OutlookNames(outlook, assessment).moved_ladders(first.reached)
        change, efforts = lowering(outlook, assessment, () if first is None else (first,), in_full=True)
    rows = _Rows(assessment, {one.control for one in conditions if one.control}, first.controls if first else ())
    now, later = rows.pending()
    there = [one for one in assessment.controls if one.counts_as == "in_place" and not one.supporting]
    helped = {one.id for one in to_choose(assessment)}
    return PlanFacts(
        case=called(assessment.case_title, assessment.case_id),
        awaits=decision is not None and awaits_confirmation(decision, assessment),
        get_answers=get_answers(assessment, outlook),
        cleared_first=cleared_first(assessment),
        smallest=rows.first(),
        reaches=reaches,
        effort=first.effort if first else 0,
        change=change,
        efforts=efforts,
        is_looked_for=outlook is not None,
        now=now,
        conditions=tuple(rows.condition(one) for one in conditions if one.control is None),
        later=later,
        kept=tuple(map(rows.control, there)),
        advisable=tuple(rows.control(one) for one in assessment.controls if one.supporting),
        stuck=tuple(
            Stuck(rows.names.finding(one.id).text, one.irreducible or "")
            for one in unhelped(assessment)
            if one.id not in helped
        ),
    )


class _Rows:
    """The rows of one plan."""

    def __init__(self, assessment: Explanation, binding: set[str], first: tuple[str, ...]) -> None:
        self._assessment = assessment
        self._binding = binding
        self._first = first
        self.names = Names(assessment)
        self._controls = {one.id: one for one in assessment.controls}
        self._found = gravest(assessment)
        self._taken = self._chosen()
        self._planned = {one for option in self._taken.values() for one in option.controls}
        self._planned |= {one.id for one in assessment.controls if one.stated} | set(first)

    def _chosen(self) -> dict[str, OptionState]:
        """Return for each finding that needs a choice the way that adds least to the plan, those of a gate first."""
        gate, _barred = holding(self._assessment)
        known = {one.id for one in self._assessment.controls if one.stated} | set(self._first)
        taken: dict[str, OptionState] = {}
        for finding in sorted(to_choose(self._assessment), key=lambda one: one.id not in gate):
            options = [one for one in ways(finding) if one.controls]
            if options:
                taken[finding.id] = min(options, key=lambda one: self._cost(one, known))
                known.update(taken[finding.id].controls)
        return taken

    def _cost(self, option: OptionState, known: set[str]) -> tuple[int, int, int]:
        new = [self._controls[one].effort for one in option.controls if one not in known and one in self._controls]
        return len(new), sum(new), SEVERITIES.index(option.residual)

    def first(self) -> tuple[PlannedControl, ...]:
        """Return the controls of the smallest set, in its order."""
        return tuple(self.control(self._controls[one]) for one in self._first if one in self._controls)

    def pending(self) -> tuple[tuple[PlannedControl, ...], tuple[PlannedControl, ...]]:
        """Return the controls to put in place: those that the start or the result hangs on, and what follows."""
        gate, barred = holding(self._assessment)
        urgent = {one for id_, option in self._taken.items() if id_ in gate | barred for one in option.controls}
        listed = {one.control.id: one for one in actions(self._assessment, self.names) if one.control.stated}
        wanted = {one for option in self._taken.values() for one in option.controls} | listed.keys()
        wanted = {one for one in wanted if one in self._controls and self._controls[one].counts_as != "in_place"}
        wanted -= set(self._first)
        urgent |= {id_ for id_, one in listed.items() if one.now}

        def order(id_: str) -> tuple[int, bool, date]:
            rank = listed[id_].rank if id_ in listed else min(self._ranks(id_), default=len(self._found))
            due = self._controls[id_].due
            return rank, due is None, due or date.max

        rows = [(id_ in urgent, self.control(self._controls[id_])) for id_ in sorted(sorted(wanted), key=order)]
        return tuple(row for is_now, row in rows if is_now), tuple(row for is_now, row in rows if not is_now)

    def _ranks(self, control: str) -> Iterator[int]:
        """Yield how grave the findings are for which the plan takes a control, the gravest is 0."""
        yield from (at for at, one in enumerate(self._found) if control in self._option_of(one.id))

    def _option_of(self, finding: str) -> tuple[str, ...]:
        return self._taken[finding].controls if finding in self._taken else ()

    def control(self, control: ControlShown) -> PlannedControl:
        """Return the row of a control."""
        is_there = control.counts_as == "in_place"
        answered = list(self._answers(control))
        return PlannedControl(
            control=control,
            answers=tuple(one for _finding, _option, one in answered[:_ANSWERS]),
            further=some([finding.id for finding, _option, _one in answered[_ANSWERS:]], _IDS, ", "),
            is_overdue=control.due is not None and control.due < self._assessment.on and not is_there,
            is_there=is_there,
            evidence="; ".join(evidence(one) for one in control.evidence),
            wanted=self._wanted((finding, option) for finding, option, _one in answered),
            kind=self._kind(option for _finding, option, _one in answered),
            state="" if control.counts_as is None else state_word(control.stated or control.counts_as),
            is_unproved=control.counts_as == "agreed" and control.stated in {"implemented", "verified"},
            is_condition=control.id in self._binding,
        )

    def _answers(self, control: ControlShown) -> Iterator[tuple[Finding, OptionState, Answered]]:
        """Yield what a control answers: the findings that it was taken for, or may lower where it is listed."""
        for finding in self._found:
            taken = self._taken.get(finding.id)
            is_listed = control.stated is not None or control.id in self._first
            if taken is not None and control.id not in taken.controls and not is_listed:
                continue
            options = [one for one in finding.options if control.id in one.controls and one.counts != "no"]
            if taken in options:
                option = taken
            elif is_listed and (listed := [one for one in options if self._planned >= set(one.controls)]):
                option = min(listed, key=lambda one: (len(one.controls), SEVERITIES.index(one.residual)))
            else:
                continue
            others = ", ".join(one for one in option.controls if one != control.id)
            is_sure = finding.outcome == "present" and option.counts == "yes"
            is_first = option is taken and control.id == option.controls[0]
            instead = self._instead(finding, option) if is_first else ()
            text = self.names.finding(finding.id).text
            yield finding, option, Answered(text, option.residual, is_sure, others, instead)

    @staticmethod
    def _kind(options: Iterable[OptionState]) -> str:
        kinds = {one.needs for one in options if one.needs}
        return kinds.pop()[0] if len(kinds) == 1 and all(len(one) == 1 for one in kinds) else ""

    @staticmethod
    def _wanted(answered: Iterable[tuple[Finding, OptionState]]) -> str:
        """Return the evidence that is wanted: of the kind that an option needs, else what settles the finding."""
        wanted = (option.needs or (finding.wanted_evidence,) for finding, option in answered)
        return some(list(dict.fromkeys(one for several in wanted for one in several)), _NAMED)

    def condition(self, condition: Condition) -> PlannedCondition:
        """Return the row of a condition that is no control."""
        due = condition.due
        text = " ".join(condition.text.split())
        is_overdue = due is not None and due < self._assessment.on
        return PlannedCondition(text, condition.owner or "", due, is_overdue, condition.sent)

    def _instead(self, finding: Finding, taken: OptionState) -> tuple[tuple[str, Severity], ...]:
        """Return the ways that the plan does not take for a finding, and to what each lowers it."""
        others = [one for one in ways(finding) if one.controls and one != taken]
        return tuple((self._told(one), one.residual) for one in others)

    def _told(self, option: OptionState) -> str:
        return " + ".join(f"{self.names.control(one)} ({one})" for one in option.controls)
