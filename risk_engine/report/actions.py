"""What is to be done: the controls now and later, and on what conditions."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk_engine.language import N_, _, ngettext, pgettext
from risk_engine.model.explanation import ControlShown, Explanation
from risk_engine.model.finding import Finding, OptionState
from risk_engine.report.blocks import (
    Block,
    Bullets,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    mark,
    say,
    strong,
    words,
)
from risk_engine.report.choices import holding, still_helps, to_choose, ways
from risk_engine.report.controls import effect, in_place, supporting, who
from risk_engine.report.unknown import ask_again
from risk_engine.report.vocabulary import severity_word, state_word
from risk_engine.report.wording import Names, fill, gravest, lead, nothing, some

_NAMED = 4
_STUCK = 1
_STATES = ("agreed", "planned", None)
"""How far a control has come, the nearest first; None where the case does not list it."""


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
        """Return how far it has come, in words."""
        stands = self.control.counts_as
        return state_word(stands) if stands else pgettext("state of a control", "would help")


def actions(assessment: Explanation, names: Names) -> list[Action]:
    """Return the controls that the case lists or that would help, not yet in place, the nearest to it first."""
    holds = holding(assessment)
    found = [
        _action(one, assessment, holds, names)
        for one in assessment.controls
        if not one.supporting and one.counts_as != "in_place"
    ]
    useful = [one for one in found if one.useful]
    return sorted(
        useful, key=lambda one: (not one.now, _STATES.index(one.control.counts_as), one.rank, one.control.effort)
    )


def conditions(assessment: Explanation, names: Names) -> tuple[Line, ...]:
    """Return in short which controls must stay, which must come, and for what none is listed or none helps."""
    kept = [one.title for one in assessment.controls if one.counts_as == "in_place" and one.findings]
    pending = actions(assessment, names)
    by_state = {
        state: [one.control.title for one in pending if one.control.findings and one.control.counts_as == state]
        for state in ("agreed", "planned")
    }
    instead = [one.control.title for one in _instead(assessment, pending)]
    parts = (
        (_("Keep in place"), some(kept, _NAMED)),
        (_("Agreed, to be put in place"), some(by_state["agreed"], _NAMED)),
        (_("Only planned"), some(by_state["planned"], _NAMED)),
        (
            _("Could replace what the case lists"),
            some(instead, _NAMED),
        ),
    )
    lines = [say(lead(label), text) for label, text in parts if text]
    chosen = to_choose(assessment)
    if chosen:
        ids = some([one.id for one in chosen], _NAMED, ", ")
        lines.append(
            fill(_("**Still to be chosen: **a control for {findings}. “What next” names the ways."), findings=ids)
        )
    stuck = [one for one in gravest(assessment) if one.outcome == "present" and not _may_be_lowered(one)]
    lines += [_without_control(one, names) for one in stuck[:_STUCK]]
    if len(stuck) > _STUCK:
        lines.append(
            say(
                ngettext(
                    "and {number} further finding that no control lowers",
                    "and {number} further findings that no control lowers",
                    len(stuck) - _STUCK,
                )
            )
        )
    if lines:
        return tuple(lines)
    return (say(_("No finding needs a control so far.") if assessment.gaps else _("No finding needs a control.")),)


def actions_section(assessment: Explanation, names: Names) -> Section:
    """Return conditions and advice: what to do now, what later, what is in place, what is always advisable."""
    pending = actions(assessment, names)
    listed = [one for one in pending if one.control.stated]
    gate, barred = holding(assessment)
    chosen = sorted(to_choose(assessment), key=lambda one: one.id not in gate)
    now = _choices([one for one in chosen if one.id in gate | barred], assessment, names)
    later = _choices([one for one in chosen if one.id not in gate | barred], assessment, names)
    groups = [
        Group(say(_("Do now")), _do_now(assessment, names, ([one for one in listed if one.now], now))),
        Group(
            say(_("Once the decision is adopted")),
            (*_pending_table(_("Controls for later"), [one for one in listed if not one.now], assessment), *later)
            or (nothing(),),
        ),
    ]
    instead = _pending_table(
        _("Controls that could take the place of listed ones"), _instead(assessment, pending), assessment
    )
    if instead:
        intro = Prose(say(_("What the case lists lowers these findings already. No need to do both.")))
        groups.append(Group(say(_("Instead of what the case lists, or to lower a finding further")), (intro, *instead)))
    groups += [
        Group(say(_("In place")), in_place(assessment, names)),
        Group(say(_("Supporting: always advisable, lower nothing alone")), supporting(assessment)),
    ]
    return Section("conditions", _("Conditions and advice"), (Bullets(conditions(assessment, names)), *groups))


def _instead(assessment: Explanation, pending: Sequence[Action]) -> list[Action]:
    """Return the controls that the case does not list and that are no way for a finding that still needs one."""
    offered = {control for one in to_choose(assessment) for option in ways(one) for control in option.controls}
    return [one for one in pending if not one.control.stated and one.control.id not in offered]


def _choices(findings: Sequence[Finding], assessment: Explanation, names: Names) -> tuple[Table, ...]:
    """Return a table for findings that the same options would lower, one row for each option."""
    together: dict[tuple[OptionState, ...], list[Finding]] = {}
    for one in findings:
        together.setdefault(tuple(ways(one)), []).append(one)
    tables = []
    for options, alike in together.items():
        found = some([names.finding(one.id).text for one in alike], _NAMED)
        if len(options) > 1:
            caption = _("One of these for {findings}", findings=found)
        else:
            caption = _("This for {findings}", findings=found)
        rows = tuple(_way_row(one, assessment, names) for one in options)
        tables.append(Table(caption, _head(), rows))
    return tuple(tables)


def _way_row(option: OptionState, assessment: Explanation, names: Names) -> tuple[Line, ...]:
    controls = {one.id: one for one in assessment.controls if one.id in option.controls}
    parts: list[str | Run] = []
    for one in option.controls:
        stands = controls[one].counts_as if one in controls else None
        parts += [" + "] if parts else []
        parts += [strong(names.control(one)), f" ({one})"]
        parts += [" ", mark(state_word(stands))] if stands else []
    shown = [controls[one] for one in option.controls if one in controls]
    people = dict.fromkeys(words(who(one, assessment)) for one in shown)
    lowers = N_("may lower it to {severity}") if option.counts == "unknown" else N_("lowers it to {severity}")
    return (
        say(*parts),
        say(" ".join(one.do for one in shown)),
        say("; ".join(people)),
        say(_(lowers, severity=severity_word(option.residual))),
    )


def _action(control: ControlShown, assessment: Explanation, holding: Sequence[frozenset[str]], names: Names) -> Action:
    helped = [
        (finding, option)
        for finding in gravest(assessment)
        for option in finding.options
        if control.id in option.controls and option.counts != "no"
        if control.stated is not None or still_helps(finding, option)
    ]
    present = [finding.id for finding, option in helped if finding.outcome == "present"]
    rank = next((number for number, findings in enumerate(holding) if not findings.isdisjoint(present)), len(holding))
    waits = rank < len(holding)
    due = control.due is not None and control.due <= assessment.on
    effects = tuple(effect(control, finding, option, names) for finding, option in helped)
    return Action(control, effects, rank, waits, now=waits or due, useful=bool(present) or control.stated is not None)


def _may_be_lowered(finding: Finding) -> bool:
    """Return whether controls lowered the finding already, or an option would: then the controls speak for it."""
    return any(one.complete or still_helps(finding, one) for one in finding.options)


def _without_control(finding: Finding, names: Names) -> Line:
    is_barred = finding.knock_out.at_most != "none"
    if finding.irreducible:
        said = _("**No control lifts **{finding}: {why}") if is_barred else _("**No control lowers **{finding}: {why}")
        return fill(said, finding=names.finding(finding.id), why=finding.irreducible)
    said = _("**No control lifts **{finding}.") if is_barred else _("**No control lowers **{finding}.")
    return fill(said, finding=names.finding(finding.id))


def _do_now(assessment: Explanation, names: Names, due: tuple[list[Action], tuple[Table, ...]]) -> tuple[Block, ...]:
    pending, choices = due
    steps: list[Line] = []
    if assessment.gaps:
        get = ngettext(
            "Get the {number} missing answer listed under “What is not known”.",
            "Get the {number} missing answers listed under “What is not known”.",
            len(assessment.gaps),
        )
        steps.append(say(get))
    if names.unsure:
        steps.append(say(ask_again(names)))
    blocks: tuple[Block, ...] = (Bullets(tuple(steps)),) if steps else ()
    now = _pending_table(_("Controls of the case to see to now"), pending, assessment)
    return (*blocks, *now, *choices) or (nothing(),)


def _pending_table(caption: str, pending: Sequence[Action], assessment: Explanation) -> tuple[Block, ...]:
    rows = tuple(_pending_row(one, assessment) for one in pending)
    return (Table(caption, _head(), rows),) if rows else ()


def _pending_row(action: Action, assessment: Explanation) -> tuple[Line, ...]:
    control = action.control
    title = say(strong(control.title), f" ({control.id}) ", mark(action.state()))
    waits = action.waits and control.stated
    return (
        fill(_("{control} – bears on the start"), control=title) if waits else title,
        say(control.do),
        who(control, assessment),
        say("; ".join(action.effects) or _("lowers no finding of this case")),
    )


def _head() -> tuple[str, ...]:
    return (_("Control"), _("What to do"), _("Who"), _("What it changes"))
