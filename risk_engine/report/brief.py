"""What the report itself says on a few pages, chosen and sorted; its annex says everything (`view`).

The words are in `templates/pages/report.j2`. What has no room here is counted, and stands in the annex.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.files.language import _, listed, ngettext
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import Entry, Explanation, Finding, Gap, Problem
from risk_engine.model.words import SEVERITIES, Severity
from risk_engine.report import controls
from risk_engine.report.answer import recorded
from risk_engine.report.blocks import Line, grouped
from risk_engine.report.pages.ruling import bound_by, is_refused, standings
from risk_engine.report.unsettled import cleared_first
from risk_engine.report.wording import Names, gravest, some, who_to_ask

_QUESTIONS = 10
"""How many open questions are told, those about several entries as one; the rest is counted by who answers."""
_ENTRIES = 20
"""How many entries of a kind are named; the rest is counted."""
_ABOUT = 2
"""How many entries a question names; it counts the rest."""
_PROBLEMS = 3
"""How many things that do not fit are told, those first that the result hangs on."""


@dataclass(frozen=True)
class Told:
    """A finding that is present: what was recorded, and which controls would lower it; without any, why none does."""

    finding: Finding
    recorded: Line
    help: str


@dataclass(frozen=True)
class OpenFindings:
    """Findings that are not determined, by what they could come to."""

    severity: Severity
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class OpenQuestion:
    """An open question, about which entries it is open, whom to ask, and what it could raise a finding to."""

    gap: Gap
    about: str
    severity: Severity


@dataclass(frozen=True)
class Task:
    """What somebody has to do, and by when where a day is set."""

    what: str
    due: date | None = None


@dataclass(frozen=True)
class Brief:
    """All that the report says on its own pages; `further` counts the open questions that it does not tell."""

    parts: tuple[tuple[str, str], ...]
    findings: tuple[Told, ...]
    open_findings: tuple[OpenFindings, ...]
    conditions: tuple[Condition, ...]
    is_decided: bool
    is_refused: bool
    unbound: str
    """Why what the case lists does not bind, where nothing does."""
    listed: tuple[Line, ...]
    to_choose: str
    questions: tuple[OpenQuestion, ...]
    further: str
    problems: tuple[Problem, ...]
    further_problems: int
    tasks: tuple[tuple[str, tuple[Task, ...]], ...]
    """What each person has to do."""


def brief(assessment: Explanation, names: Names, decision: Decision | None) -> Brief:
    """Return what the report says on its own pages, with the conditions of the decision if there is one."""
    found = gravest(assessment)
    open_now = [one for one in found if one.outcome == "undetermined"]
    by_question = list(grouped(assessment.gaps, lambda gap: (gap.question, who_to_ask(gap))).values())
    problems = sorted(
        (one for one in assessment.problems if one.kind not in {"unsure", "superfluous"}),
        key=lambda one: not one.decides,
    )
    chosen = controls.to_choose(assessment)
    binding = bound_by(assessment, decision)
    pending = controls.actions(assessment, names)
    unbound = "" if binding or decision else controls.unbound(assessment)
    labels = {one.path: one.label for one in assessment.entries}
    return Brief(
        parts=tuple(
            (title, some([one.label for one in entries], _ENTRIES))
            for title, entries in grouped(assessment.entries, _title).items()
        ),
        findings=tuple(
            Told(one, recorded(one, assessment), _help(one, names)) for one in found if one.outcome == "present"
        ),
        open_findings=tuple(
            OpenFindings(severity, tuple(alike))
            for severity in reversed(SEVERITIES)
            if (alike := [one for one in open_now if one.residual.at_most == severity])
        ),
        conditions=binding,
        is_decided=decision is not None,
        is_refused=is_refused(standings(assessment, decision)),
        unbound=unbound,
        listed=tuple(controls.listed(assessment, pending, len(assessment.controls))) if unbound else (),
        to_choose="" if decision else names.findings(chosen, len(chosen)),
        questions=tuple(_question(gaps, labels) for gaps in by_question[:_QUESTIONS]),
        further=_further(by_question[_QUESTIONS:]),
        problems=tuple(problems[:_PROBLEMS]),
        further_problems=max(0, len(problems) - _PROBLEMS),
        tasks=tuple((who, tuple(tasks)) for who, tasks in _tasks(assessment, names, len(chosen)).items()),
    )


def _title(entry: Entry) -> str:
    return entry.title


def _help(finding: Finding, names: Names) -> str:
    """Return the way that lowers a finding most and asks least for it; where there is none, what lowered it, or why."""
    first = next(iter(controls.ways(finding)), None)
    if first is not None and first.controls:
        return names.controls(first.controls)
    now = finding.residual.at_most
    did = (
        one
        for one in finding.options
        if one.complete and one.counts == "yes" and one.residual == now != finding.inherent
    )
    by = next((one.controls for one in did if one.controls), ())
    return _("lowered by: {controls}", controls=names.controls(by)) if by else finding.irreducible or ""


def _question(gaps: Sequence[Gap], labels: Mapping[str, str]) -> OpenQuestion:
    about = [label for gap in gaps if (label := labels.get(".".join(gap.path.split(".")[:2])))]
    highest = max((gap.possible for gap in gaps), key=SEVERITIES.index)
    return OpenQuestion(gaps[0], some(about, _ABOUT), highest)


def _further(by_question: Sequence[Sequence[Gap]]) -> str:
    """Return how many answers more are missing, by who gives them; empty where there is none."""
    several = grouped((gap for gaps in by_question for gap in gaps), who_to_ask)
    counts = ((who, len(gaps)) for who, gaps in several.items())
    return "" if not several else listed([_("{who} ({number})", who=who, number=number) for who, number in counts])


def _tasks(assessment: Explanation, names: Names, to_choose: int) -> dict[str, list[Task]]:
    """Return who has to do what: clear up, answer, put in place, choose, decide, look again."""
    office, tasks = _("Research office"), defaultdict[str, list[Task]](list)
    if clear := cleared_first(assessment):
        tasks[office].append(Task(clear))
    for who, gaps in grouped(assessment.gaps, who_to_ask).items():
        text = ngettext("Answer {number} open question.", "Answer {number} open questions.", len(gaps))
        tasks[who].append(Task(text))
    for action in controls.actions(assessment, names):
        control = action.control
        if control.stated:
            what = _("Put in place: {control}.", control=f"{control.title} ({control.id})")
            tasks[control.owner or control.who].append(Task(what, control.due))
    if to_choose:
        text = ngettext(
            "Choose controls for {number} finding; the plan names them.",
            "Choose controls for {number} findings; the plan names them.",
            to_choose,
        )
        tasks[_("Lead researcher and research office")].append(Task(text))
    needs_two = any(one.four_eyes for one in assessment.proposals)
    decides = Task(_("Decide, and give reasons for deciding otherwise than proposed."))
    tasks[_("Two people together") if needs_two else _("A named person")].append(decides)
    tasks[office].append(Task(_("Look at it again."), assessment.review_due))
    return tasks
