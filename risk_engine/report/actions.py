"""What is to be done: the missing answers, the controls now and later, those in place, the supporting ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk_engine.model.assessment import Assessment, ControlShown, Finding, Gap, OptionState
from risk_engine.model.words import SEVERITIES
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Section, Table, mark, say, strong
from risk_engine.report.wording import Names, counted, day, evidence, gravest

_NONE = Prose(say("None."))
_NAMED = 4
_STUCK = 3
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
    holding = _holding(assessment)
    found = [
        _action(one, assessment, holding, names)
        for one in assessment.controls
        if not one.supporting and one.counts_as != "in_place"
    ]
    useful = [one for one in found if one.useful]
    order = list(_STATES)
    return sorted(
        useful, key=lambda one: (not one.now, order.index(one.control.counts_as), one.rank, one.control.effort)
    )


def conditions(assessment: Assessment, names: Names) -> tuple[Line, ...]:
    """Return in short which controls must stay, which must come, and how many more would help."""
    kept = [one.title for one in assessment.controls if one.counts_as == "in_place" and one.findings]
    pending = actions(assessment, names)
    by_state = {state: [one.control.title for one in pending if one.state() == state] for state in _STATES.values()}
    helpful = by_state["would help"]
    parts = (
        ("Keep in place", _some(kept)),
        ("Agreed, to be put in place", _some(by_state["agreed"])),
        ("Only planned", _some(by_state["planned"])),
        ("Would help, but the case does not list it", _some(helpful)),
    )
    lines = [say(strong(f"{label}: "), text) for label, text in parts if text]
    stuck = [one for one in gravest(assessment) if one.outcome == "present" and not _may_be_lowered(one)]
    lines += [_without_control(one, names) for one in stuck[:_STUCK]]
    if len(stuck) > _STUCK:
        lines.append(say(f"and {counted(len(stuck) - _STUCK, 'further finding')} that no control lowers"))
    return tuple(lines) or (say("No finding needs a control so far." if assessment.gaps else _NO_NEED),)


def gaps_section(assessment: Assessment, names: Names) -> Section:
    """Return what is not known, whom to ask, and what it could raise."""
    blocks: tuple[Block, ...] = (Prose(say("No answer is missing that could change a finding.")),)
    if assessment.gaps:
        intro = (
            "An answer that is missing never counts as “no”. These could raise a finding; the weightiest come first."
        )
        rows = tuple(_gap_row(one, names) for one in assessment.gaps)
        head = ("Question", "Whom to ask", "How to find out", "What it could raise")
        blocks = (Prose(say(intro)), Table("Missing answers", head, rows))
    if names.unsure:
        unsure = "These answers count as they stand, but whoever gave them was unsure: ask again."
        blocks = (*blocks, Prose(say(unsure)), Bullets(tuple(say(names.fact(one)) for one in names.unsure)))
    return Section("unknown", "What is not known", blocks)


def who_to_ask(gap: Gap) -> str:
    """Return who should answer, in words."""
    return gap.asked_of_title or "whoever knows the case"


def ask_again(names: Names) -> str:
    """Return the step that answers given as unsure call for."""
    return f"Ask again for the {counted(len(names.unsure), 'answer')} given as unsure."


def actions_section(assessment: Assessment, names: Names) -> Section:
    """Return conditions and advice: what to do now, what later, what is in place, what is always advisable."""
    pending = actions(assessment, names)
    groups = (
        Group(say("Do now"), _do_now(assessment, names, [one for one in pending if one.now])),
        Group(
            say("Once the decision is adopted"),
            _pending_table("Controls for later", [one for one in pending if not one.now]),
        ),
        Group(say("In place"), _in_place(assessment, names)),
        Group(say("Supporting: always advisable, lower nothing alone"), _supporting(assessment)),
    )
    return Section("conditions", "Conditions and advice", (Bullets(conditions(assessment, names)), *groups))


def _holding(assessment: Assessment) -> tuple[frozenset[str], frozenset[str]]:
    """Return the findings behind a gate that is not open, and those behind a result that is the strictest there is."""
    gate, headline = assessment.proposal("gate"), assessment.proposal("headline")
    held = gate.findings if gate and gate.level.name != gate.ladder_levels[0] else ()
    barred = headline.findings if headline and headline.level.name == headline.ladder_levels[-1] else ()
    return frozenset(held), frozenset(barred)


def _action(control: ControlShown, assessment: Assessment, holding: Sequence[frozenset[str]], names: Names) -> Action:
    helped = [
        (finding, option)
        for finding in gravest(assessment)
        for option in finding.options
        if control.id in option.controls and option.counts != "no"
        if control.stated is not None or _still_helps(finding, option)
    ]
    present = [finding.id for finding, _ in helped if finding.outcome == "present"]
    rank = next((number for number, findings in enumerate(holding) if not findings.isdisjoint(present)), len(holding))
    waits = rank < len(holding)
    due = control.due is not None and control.due <= assessment.on
    effects = tuple(_effect(control, finding, option, names) for finding, option in helped)
    return Action(control, effects, rank, waits, now=waits or due, useful=bool(present) or control.stated is not None)


def _still_helps(finding: Finding, option: OptionState) -> bool:
    """Return whether the option would add to the controls in place: lower the finding further, or lift a bar."""
    lowers = SEVERITIES.index(option.residual) < SEVERITIES.index(finding.residual.at_most)
    return lowers or finding.knock_out.at_most != "none"


def _may_be_lowered(finding: Finding) -> bool:
    """Return whether controls lowered the finding already, or an option would: then the controls speak for it."""
    return any(one.complete or (one.counts != "no" and _still_helps(finding, one)) for one in finding.options)


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


def _do_now(assessment: Assessment, names: Names, pending: list[Action]) -> tuple[Block, ...]:
    steps: list[Line] = []
    if assessment.gaps:
        steps.append(
            say(f"Get the {counted(len(assessment.gaps), 'missing answer')} listed under “What is not known”.")
        )
    if names.unsure:
        steps.append(say(ask_again(names)))
    blocks: tuple[Block, ...] = (Bullets(tuple(steps)),) if steps else ()
    table = _pending_table("Controls to see to now", pending) if pending else ()
    return (*blocks, *table) or (_NONE,)


def _pending_table(caption: str, pending: list[Action]) -> tuple[Block, ...]:
    rows = tuple(_pending_row(one) for one in pending)
    return (Table(caption, ("Control", "What to do", "Who", "What it changes"), rows),) if rows else (_NONE,)


def _pending_row(action: Action) -> tuple[Line, ...]:
    control = action.control
    waits = " – bears on the start" if action.waits else ""
    return (
        say(strong(control.title), f" ({control.id}) ", mark(action.state()), waits),
        say(control.do),
        _who(control),
        say("; ".join(action.effects) or "lowers no finding of this case"),
    )


def _who(control: ControlShown) -> Line:
    owner = f"; owner: {control.owner}" if control.owner else "; no owner named" if control.stated else ""
    due = f"; due {day(control.due)}" if control.due else ""
    return say(control.who, owner, due)


def _in_place(assessment: Assessment, names: Names) -> tuple[Block, ...]:
    rows = tuple(
        (
            say(strong(one.title), f" ({one.id}) ", mark(one.stated or "")),
            say(one.do),
            _who(one),
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
        say(strong(f"{one.title} "), f"({one.id}): {one.do} ", *_who(one), f". {_supporting_state(one)}")
        for one in assessment.controls
        if one.supporting
    )
    return (Bullets(lines),) if lines else (_NONE,)


def _supporting_state(control: ControlShown) -> str:
    if control.counts_as == "in_place":
        return "In place."
    state = control.counts_as.capitalize() if control.counts_as else "Not listed yet"
    return f"{state}; {'little effort: do it now' if control.effort == 1 else 'can come later'}."


def _some(titles: list[str]) -> str:
    """Return the first few of the titles and how many more there are."""
    more = len(titles) - _NAMED
    shown = [*titles[:_NAMED], f"{more} more"] if more > 0 else titles
    return "; ".join(shown)


def _gap_row(gap: Gap, names: Names) -> tuple[Line, ...]:
    raised = [part for one in gap.findings for part in (names.finding(one), "; ")][:-1]
    return (
        say(names.fact(gap.path)),
        say(who_to_ask(gap)),
        say(gap.help or "–"),
        say(*raised, f" – up to {gap.possible}"),
    )
