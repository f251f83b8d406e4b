"""What is to be done: the controls now and later, those in place, the supporting ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk_engine.model.assessment import Assessment, ControlShown, Finding, OptionState
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Run, Section, Table, mark, say, strong, words
from risk_engine.report.choices import holding, still_helps, to_choose, ways
from risk_engine.report.unknown import ask_again
from risk_engine.report.wording import Names, counted, day, evidence, gravest

_NONE = Prose(say("None."))
_NAMED = 4
_HEAD = ("Control", "What to do", "Who", "What it changes")
_STUCK = 1
_NO_NEED = "No finding needs a control."
_STATES: dict[str | None, str] = {"agreed": "agreed", "planned": "planned", None: "would help"}


@dataclass(frozen=True)
class Action:
    """A control that is not in place yet and what it changes.

    `rank` is low where the gate hangs on it, then where the result does; `now` where one of them does or it is due. It
    is not `useful` where the case does not list it and nothing is found yet that it would lower below what it is now.
    """

    control: ControlShown
    effects: tuple[str, ...]
    rank: int
    waits: bool
    now: bool
    useful: bool

    def state(self) -> str:
        """Return how far it has come."""
        return _STATES[self.control.counts_as]


def actions(assessment: Assessment, names: Names) -> list[Action]:
    """Return the controls that the case lists or that would help, not yet in place, the nearest to it first."""
    holds = holding(assessment)
    found = [
        _action(one, assessment, holds, names)
        for one in assessment.controls
        if not one.supporting and one.counts_as != "in_place"
    ]
    useful = [one for one in found if one.useful]
    order = list(_STATES)
    return sorted(
        useful, key=lambda one: (not one.now, order.index(one.control.counts_as), one.rank, one.control.effort)
    )


def conditions(assessment: Assessment, names: Names) -> tuple[Line, ...]:
    """Return in short which controls must stay, which must come, and for what none is listed or none helps."""
    kept = [one.title for one in assessment.controls if one.counts_as == "in_place" and one.findings]
    pending = actions(assessment, names)
    by_state = {
        state: [one.control.title for one in pending if one.control.findings and one.state() == state]
        for state in ("agreed", "planned")
    }
    parts = (
        ("Keep in place", _some(kept)),
        ("Agreed, to be put in place", _some(by_state["agreed"])),
        ("Only planned", _some(by_state["planned"])),
        ("Could replace what the case lists", _some([one.control.title for one in _instead(assessment, pending)])),
    )
    lines = [say(strong(f"{label}: "), text) for label, text in parts if text]
    chosen = to_choose(assessment)
    if chosen:
        ids = _some([one.id for one in chosen], ", ")
        lines.append(say(strong("Still to be chosen: "), f"a control for {ids}. “What next” names the ways."))
    stuck = [one for one in gravest(assessment) if one.outcome == "present" and not _may_be_lowered(one)]
    lines += [_without_control(one, names) for one in stuck[:_STUCK]]
    if len(stuck) > _STUCK:
        lines.append(say(f"and {counted(len(stuck) - _STUCK, 'further finding')} that no control lowers"))
    return tuple(lines) or (say("No finding needs a control so far." if assessment.gaps else _NO_NEED),)


def actions_section(assessment: Assessment, names: Names) -> Section:
    """Return conditions and advice: what to do now, what later, what is in place, what is always advisable."""
    pending = actions(assessment, names)
    listed = [one for one in pending if one.control.stated]
    gate, barred = holding(assessment)
    chosen = sorted(to_choose(assessment), key=lambda one: one.id not in gate)
    now = _choices([one for one in chosen if one.id in gate | barred], assessment, names)
    later = _choices([one for one in chosen if one.id not in gate | barred], assessment, names)
    groups = [
        Group(say("Do now"), _do_now(assessment, names, ([one for one in listed if one.now], now))),
        Group(
            say("Once the decision is adopted"),
            (*_pending_table("Controls for later", [one for one in listed if not one.now], assessment), *later)
            or (_NONE,),
        ),
    ]
    instead = _pending_table(
        "Controls that could take the place of listed ones", _instead(assessment, pending), assessment
    )
    if instead:
        intro = Prose(say("What the case lists lowers these findings already. No need to do both."))
        groups.append(Group(say("Instead of what the case lists, or to lower a finding further"), (intro, *instead)))
    groups += [
        Group(say("In place"), _in_place(assessment, names)),
        Group(say("Supporting: always advisable, lower nothing alone"), _supporting(assessment)),
    ]
    return Section("conditions", "Conditions and advice", (Bullets(conditions(assessment, names)), *groups))


def _instead(assessment: Assessment, pending: Sequence[Action]) -> list[Action]:
    """Return the controls that the case does not list and that are no way for a finding that still needs one."""
    offered = {control for one in to_choose(assessment) for option in ways(one) for control in option.controls}
    return [one for one in pending if not one.control.stated and one.control.id not in offered]


def _choices(findings: Sequence[Finding], assessment: Assessment, names: Names) -> tuple[Table, ...]:
    """Return a table for findings that the same options would lower, one row for each option."""
    together: dict[tuple[OptionState, ...], list[Finding]] = {}
    for one in findings:
        together.setdefault(tuple(ways(one)), []).append(one)
    tables = []
    for options, alike in together.items():
        found = _some([names.finding(one.id).text for one in alike])
        caption = f"{'One of these' if len(options) > 1 else 'This'} for {found}"
        rows = tuple(_way_row(one, assessment, names) for one in options)
        tables.append(Table(caption, _HEAD, rows))
    return tuple(tables)


def _way_row(option: OptionState, assessment: Assessment, names: Names) -> tuple[Line, ...]:
    controls = {one.id: one for one in assessment.controls if one.id in option.controls}
    parts: list[str | Run] = []
    for one in option.controls:
        stands = controls[one].counts_as if one in controls else None
        parts += [" + "] if parts else []
        parts += [strong(names.control(one)), f" ({one})"]
        parts += [" ", mark(stands.replace("_", " "))] if stands else []
    shown = [controls[one] for one in option.controls if one in controls]
    who = dict.fromkeys(words(_who(one, assessment)) for one in shown)
    verb = "may lower" if option.counts == "unknown" else "lowers"
    return (
        say(*parts),
        say(" ".join(one.do for one in shown)),
        say("; ".join(who)),
        say(f"{verb} it to {option.residual}"),
    )


def _action(control: ControlShown, assessment: Assessment, holding: Sequence[frozenset[str]], names: Names) -> Action:
    helped = [
        (finding, option)
        for finding in gravest(assessment)
        for option in finding.options
        if control.id in option.controls and option.counts != "no"
        if control.stated is not None or still_helps(finding, option)
    ]
    present = [finding.id for finding, _ in helped if finding.outcome == "present"]
    rank = next((number for number, findings in enumerate(holding) if not findings.isdisjoint(present)), len(holding))
    waits = rank < len(holding)
    due = control.due is not None and control.due <= assessment.on
    effects = tuple(_effect(control, finding, option, names) for finding, option in helped)
    return Action(control, effects, rank, waits, now=waits or due, useful=bool(present) or control.stated is not None)


def _may_be_lowered(finding: Finding) -> bool:
    """Return whether controls lowered the finding already, or an option would: then the controls speak for it."""
    return any(one.complete or still_helps(finding, one) for one in finding.options)


def _without_control(finding: Finding, names: Names) -> Line:
    verb = "lifts" if finding.knock_out.at_most != "none" else "lowers"
    why = f": {finding.irreducible}" if finding.irreducible else "."
    return say(strong(f"No control {verb} "), names.finding(finding.id), why)


def _effect(control: ControlShown, finding: Finding, option: OptionState, names: Names) -> str:
    others = [one for one in option.controls if one != control.id]
    together = f", together with {names.controls(others)}" if others else ""
    if finding.outcome == "undetermined":
        return f"would lower {finding.id} to {option.residual}, should it be found{together}"
    verb = "may lower" if option.counts == "unknown" else "lowers"
    return f"{verb} {finding.id} to {option.residual}{together}"


def _do_now(assessment: Assessment, names: Names, due: tuple[list[Action], tuple[Table, ...]]) -> tuple[Block, ...]:
    pending, choices = due
    steps: list[Line] = []
    if assessment.gaps:
        missing = counted(len(assessment.gaps), "missing answer")
        steps.append(say(f"Get the {missing} listed under “What is not known”."))
    if names.unsure:
        steps.append(say(ask_again(names)))
    blocks: tuple[Block, ...] = (Bullets(tuple(steps)),) if steps else ()
    return (*blocks, *_pending_table("Controls of the case to see to now", pending, assessment), *choices) or (_NONE,)


def _pending_table(caption: str, pending: Sequence[Action], assessment: Assessment) -> tuple[Block, ...]:
    rows = tuple(_pending_row(one, assessment) for one in pending)
    return (Table(caption, _HEAD, rows),) if rows else ()


def _pending_row(action: Action, assessment: Assessment) -> tuple[Line, ...]:
    control = action.control
    waits = " – bears on the start" if action.waits and control.stated else ""
    return (
        say(strong(control.title), f" ({control.id}) ", mark(action.state()), waits),
        say(control.do),
        _who(control, assessment),
        say("; ".join(action.effects) or "lowers no finding of this case"),
    )


def owner_and_due(control: ControlShown, assessment: Assessment) -> str:
    """Return who sees to a control of the case and by when, in words for the short page."""
    return f"{control.owner or 'no owner named'}, {_due(control, assessment) or 'no date set'}"


def _due(control: ControlShown, assessment: Assessment) -> str:
    if control.due is None:
        return ""
    is_overdue = control.due < assessment.on and control.counts_as != "in_place"
    return f"overdue since {day(control.due)}" if is_overdue else f"due {day(control.due)}"


def _who(control: ControlShown, assessment: Assessment) -> Line:
    owner = f"; owner: {control.owner}" if control.owner else "; no owner named" if control.stated else ""
    due = _due(control, assessment)
    return say(control.who, owner, f"; {due}" if due else "")


def _in_place(assessment: Assessment, names: Names) -> tuple[Block, ...]:
    rows = tuple(
        (
            say(strong(one.title), f" ({one.id}) ", mark(one.stated or "")),
            say(one.do),
            _who(one, assessment),
            say("; ".join(evidence(record) for record in one.evidence)),
            say("; ".join(names.finding(finding).text for finding in one.findings) or "no finding of this case"),
        )
        for one in assessment.controls
        if one.counts_as == "in_place" and not one.supporting
    )
    head = ("Control", "What it asks", "Who", "Evidence", "What it bears on")
    return (Table("Controls in place, with evidence on record", head, rows),) if rows else (_NONE,)


def _supporting(assessment: Assessment) -> tuple[Block, ...]:
    lines = tuple(
        say(strong(f"{one.title} "), f"({one.id}): {one.do} ", *_who(one, assessment), f". {_supporting_state(one)}")
        for one in assessment.controls
        if one.supporting
    )
    return (Bullets(lines),) if lines else (_NONE,)


def _supporting_state(control: ControlShown) -> str:
    if control.counts_as == "in_place":
        return "In place."
    state = control.counts_as.capitalize() if control.counts_as else "Not listed yet"
    return f"{state}; {'little effort: do it now' if control.effort == 1 else 'can come later'}."


def _some(titles: list[str], comma: str = "; ") -> str:
    """Return the first few of the titles and how many more there are."""
    more = len(titles) - _NAMED
    shown = [*titles[:_NAMED], f"{more} more"] if more > 0 else titles
    return comma.join(shown)
