"""Controls as a report shows them: which findings need a choice, what to do now and later, what is in place.

And the ways to a milder result, as a first page and the plan tell them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from risk_engine.files.language import N_, _, ngettext, pgettext
from risk_engine.model.explanation import ControlShown, Explanation, Finding, OptionState
from risk_engine.model.words import SEVERITIES
from risk_engine.report.blocks import Line, grouped, joined, mark, say, strong
from risk_engine.report.wording import (
    Names,
    and_more,
    day,
    evidence,
    fill,
    first_of,
    gravest,
    lead,
    of_kind,
    sentence,
    severity_word,
    some,
    state_word,
)

if TYPE_CHECKING:
    from risk_engine.model.outlook import Change, ExplainedOutlook, WaysDown
    from risk_engine.model.outlook import Way as WayDown
    from risk_engine.report.outlook import OutlookNames


def holding(assessment: Explanation) -> tuple[frozenset[str], frozenset[str]]:
    """Return the findings behind a gate that is not open, and those behind a result that is the strictest there is."""
    gate, headline = assessment.proposal("gate"), assessment.proposal("headline")
    held = gate.findings if gate and gate.level.name != gate.ladder_levels[0] else ()
    barred = headline.findings if headline and headline.level.name == headline.ladder_levels[-1] else ()
    return frozenset(held), frozenset(barred)


def still_helps(finding: Finding, option: OptionState) -> bool:
    """Return whether the option would add to the controls in place: lower the finding further, or lift a bar."""
    lowers = SEVERITIES.index(option.residual) < SEVERITIES.index(finding.residual.at_most)
    return option.counts != "no" and (lowers or finding.knock_out.at_most != "none")


def ways(finding: Finding) -> list[OptionState]:
    """Return the options that are not in place and would help, those that lower most first, then those that ask least.

    One of them is enough.
    """
    options = [one for one in finding.options if not one.complete and still_helps(finding, one)]
    made: list[OptionState] = []
    for one in sorted(options, key=lambda one: (SEVERITIES.index(one.residual), len(one.controls))):
        # The same controls with the same evidence are one way: that which lowers more, where it is as sure.
        alike = (other for other in made if one.controls and (other.controls, other.needs) == (one.controls, one.needs))
        if not any(other.counts in {"yes", one.counts} for other in alike):
            made.append(one)
    return made


def is_met(option: OptionState, controls: Collection[str]) -> bool:
    """Return whether these controls are all that an option asks for; where answers alone do it, whether they do."""
    if not option.controls:
        return option.counts == "yes"
    return option.counts != "no" and set(controls).issuperset(option.controls)


def unhelped(assessment: Explanation) -> Iterator[Finding]:
    """Yield the present findings that no control which the case lists would lower, the gravest first.

    A finding that controls in place lowered needs more only where the start or the result still hangs on it.
    """
    stated = {one.id for one in assessment.controls if one.stated}
    there = {one.id for one in assessment.controls if one.counts_as == "in_place"}
    held = frozenset().union(*holding(assessment))
    for finding in gravest(assessment):
        if finding.outcome != "present":
            continue
        listed = [one for one in finding.options if is_met(one, stated)]
        in_place = any(one.complete for one in listed)
        is_settled = finding.id not in held and finding.knock_out.at_most == "none"
        # Of controls in place that an option lacks all the same, other evidence is to be got.
        is_coming = any(not one.complete and not there.issuperset(one.controls) for one in listed)
        is_served = is_coming or (in_place and is_settled)
        if not is_served and (ways(finding) or not in_place):
            yield finding


def to_choose(assessment: Explanation) -> list[Finding]:
    """Return the findings for which the case lists nothing yet and there is something to choose."""
    return [one for one in unhelped(assessment) if ways(one)]


@dataclass(frozen=True)
class Way:
    """Controls that together lower a finding, and how far."""

    controls: tuple[ControlShown, ...]
    severity: str
    is_sure: bool
    who: str
    evidence: str
    """Of which kind the evidence must be; empty where any will do."""


@dataclass(frozen=True)
class Choice:
    """Findings that the same ways would lower, one of which is enough."""

    findings: tuple[Finding, ...]
    ways: tuple[Way, ...]


def choices(
    findings: Iterable[Finding], assessment: Explanation, who_of: Callable[[ControlShown], str]
) -> tuple[Choice, ...]:
    """Return what is to be chosen for findings, those together that the same ways would lower."""
    controls = {one.id: one for one in assessment.controls}
    together = grouped(findings, lambda finding: tuple(ways(finding)))

    def way(option: OptionState) -> Way:
        shown = tuple(controls[one] for one in option.controls if one in controls)
        people = "; ".join(dict.fromkeys(map(who_of, shown)))
        return Way(shown, severity_word(option.residual), option.counts != "unknown", people, of_kind(option))

    return tuple(Choice(tuple(alike), tuple(map(way, options))) for options, alike in together.items())


_LOWERS = (
    N_("lowers {finding} to {severity}"),
    N_("lowers {finding} to {severity}, together with {others}"),
)
_MAY_LOWER = (
    N_("may lower {finding} to {severity}"),
    N_("may lower {finding} to {severity}, together with {others}"),
)
_WOULD_LOWER = (
    N_("would lower {finding} to {severity}, should it be found"),
    N_("would lower {finding} to {severity}, should it be found, together with {others}"),
)
_SUPPORTING: dict[str | None, tuple[str, str]] = {
    "agreed": (N_("Agreed; little effort: do it now."), N_("Agreed; can come later.")),
    "planned": (N_("Planned; little effort: do it now."), N_("Planned; can come later.")),
    None: (N_("Not listed yet; little effort: do it now."), N_("Not listed yet; can come later.")),
}


def effect(control: ControlShown, finding: Finding, option: OptionState, names: Names) -> str:
    """Return what a control would do to a finding as part of an option."""
    others = names.controls(one for one in option.controls if one != control.id)
    if finding.outcome == "undetermined":
        alone, together = _WOULD_LOWER
    elif option.counts == "unknown":
        alone, together = _MAY_LOWER
    else:
        alone, together = _LOWERS
    severity = severity_word(option.residual)
    done = _(together if others else alone, finding=finding.id, severity=severity, others=others)
    return f"{done}, {of_kind(option)}" if option.needs else done


def owner_and_due(control: ControlShown, assessment: Explanation) -> str:
    """Return who sees to a control of the case and by when, in words for the short page."""
    named, when = control.owner or _("no owner named"), _due(control, assessment) or _("no date set")
    return f"{named}, {when}"


def _due(control: ControlShown, assessment: Explanation) -> str:
    if control.due is None:
        return ""
    is_overdue = control.due < assessment.on and control.counts_as != "in_place"
    when = day(control.due)
    return _("overdue since {day}", day=when) if is_overdue else _("due {day}", day=when)


def who(control: ControlShown, assessment: Explanation) -> Line:
    """Return who has to do with a control: whose task it is, who sees to it in this case, and by when."""
    owner = ""
    if control.owner:
        owner = _("owner: {owner}", owner=control.owner)
    elif control.stated:
        owner = _("no owner named")
    return say("; ".join(filter(None, (control.who, owner, _due(control, assessment)))))


def supporting(assessment: Explanation) -> tuple[Line, ...]:
    """Return the supporting controls and how far each has come."""
    return tuple(
        say(
            strong(f"{one.title} "),
            f"({one.id}): {one.do} ",
            *who(one, assessment),
            f". {_supporting_state(one)}",
            " " + sentence(_("Evidence: {evidence}", evidence="; ".join(map(evidence, one.evidence))))
            if one.evidence
            else "",
        )
        for one in assessment.controls
        if one.supporting
    )


def _supporting_state(control: ControlShown) -> str:
    if control.counts_as == "in_place":
        return _("In place.")
    soon, later = _SUPPORTING[control.counts_as]
    return _(soon if control.effort == 1 else later)


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

    @property
    def state(self) -> str:
        """How far it has come, in words."""
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


def unbound(assessment: Explanation) -> str:
    """Return why none of the controls that the case lists binds, decided as proposed; empty where they do, or none is.

    They bind between the mildest and the strictest level of headline or gate, as a decision adopts them.
    """
    if not any(one.counts_as and one.findings for one in assessment.controls):
        return ""
    levels = [(one.level.name, one.ladder_levels) for one in assessment.proposals if one.role in {"headline", "gate"}]
    if any(level in ladder[1:-1] for level, ladder in levels):
        return ""
    if any(level != ladder[0] for level, ladder in levels):
        return _("Nothing goes ahead as it was proposed, so no condition binds. For a changed proposal the case lists:")
    return _("At this level no condition binds. All the same the case lists:")


def listed(assessment: Explanation, pending: "Sequence[Action]", most: int) -> list[Line]:
    """Return which controls of the case must stay and which must come, of each kind so many at most."""
    kept = [one.title for one in assessment.controls if one.counts_as == "in_place" and one.findings]
    by_state = {
        state: [one.control.title for one in pending if one.control.findings and one.control.counts_as == state]
        for state in ("agreed", "planned")
    }
    parts = (
        (_("Keep in place"), some(kept, most)),
        (_("Agreed, to be put in place"), some(by_state["agreed"], most)),
        (_("Only planned"), some(by_state["planned"], most)),
    )
    return [say(lead(label), text) for label, text in parts if text]


def conditions(assessment: Explanation, names: Names) -> tuple[Line, ...]:
    """Return in short which controls must stay, which must come, and for what none is listed or none helps."""
    pending = actions(assessment, names)
    why = unbound(assessment)
    lines = [*([say(why)] if why else []), *listed(assessment, pending, _NAMED)]
    if others := [one.control.title for one in instead(assessment, pending)]:
        lines.append(say(lead(_("Could replace what the case lists")), some(others, _NAMED)))
    chosen = to_choose(assessment)
    if chosen:
        text = ngettext(
            "**Still to be chosen: **a control for {number} finding. “What next” names the ways.",
            "**Still to be chosen: **a control for each of {number} findings. “What next” names the ways.",
            len(chosen),
        )
        lines.append(fill(text))
    stuck = [one for one in gravest(assessment) if one.outcome == "present" and not _may_be_lowered(one)]
    lines += first_of(
        stuck,
        _STUCK,
        lambda finding: _without_control(finding, names),
        lambda number: ngettext(
            "and {number} further finding that no control lowers",
            "and {number} further findings that no control lowers",
            number,
        ),
    )
    if lines:
        return tuple(lines)
    return (say(_("No finding needs a control so far.") if assessment.gaps else _("No finding needs a control.")),)


def instead(assessment: Explanation, pending: Sequence[Action]) -> list[Action]:
    """Return the controls that the case does not list and that are no way for a finding that still needs one."""
    offered = {control for one in to_choose(assessment) for option in ways(one) for control in option.controls}
    return [one for one in pending if not one.control.stated and one.control.id not in offered]


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
    """Return whether controls or answers lowered the finding already, or an option would: then these speak for it."""
    return any(
        still_helps(finding, one) or (one.complete and (one.counts == "yes" or bool(one.controls)))
        for one in finding.options
    )


def _without_control(finding: Finding, names: Names) -> Line:
    is_barred = finding.knock_out.at_most != "none"
    if finding.irreducible:
        said = _("**No control lifts **{finding}: {why}") if is_barred else _("**No control lowers **{finding}: {why}")
        return fill(said, finding=names.finding(finding.id), why=finding.irreducible)
    said = _("**No control lifts **{finding}.") if is_barred else _("**No control lowers **{finding}.")
    return fill(said, finding=names.finding(finding.id))


_STEPS = 4
"""So many steps of a way are told one by one on a first page; it counts the others of a longer one."""
_TOLD = 2
"""So many steps of a longer way are told there, those that tell it from the others."""
_MUCH = 3
"""The effort of a step that takes much; a way is told beside what it would be if each of its steps did."""
_WAYS = (3, 1)
"""How many ways down a first page tells of the first ladder and of each other one, beside those it told already."""
_FIXED = 2
"""How many answers a first page names of those that no change alters, or that are still open."""


def lowering(
    outlook: "ExplainedOutlook", assessment: Explanation, known: "tuple[WayDown, ...]" = (), *, in_full: bool = False
) -> tuple[tuple[Line, ...], str]:
    """Return for a first page the smallest ways to a milder result with their effort, or why there is none.

    Beside them what the efforts mean, where there is a way. Ways that the page tells otherwise are `known`: they are
    not told again. `in_full` names every step of each way, as the plan does; elsewhere long ways are told in short.
    """
    from risk_engine.report.outlook import OutlookNames  # where nobody looked for ways it is not needed

    names = OutlookNames(outlook, assessment)
    ladders = sorted(dict.fromkeys(one.ladder for one in outlook.ways), key=names.place)
    if not ladders:
        return (say(_("Nothing: {results} cannot be milder.", results=names.results())),), ""
    told = [(one.controls, one.changes) for one in known]
    lines: list[Line] = []
    for number, ladder in enumerate(ladders):
        targets = [one for one in outlook.ways if one.ladder == ladder]
        nearest = next((one for one in targets if one.ways), None)
        if nearest is None:
            lines.append(_no_way(targets[0], names, assessment))
            continue
        new = [one for one in nearest.ways if (one.controls, one.changes) not in told]
        if number and len(new) < len(nearest.ways):
            continue  # a way that is told already lowers this one too
        told += [(one.controls, one.changes) for one in new]
        most = _WAYS[min(number, 1)]
        lines += _ways_in_words(new[:most], names, assessment, in_full=in_full)
        if (more := len(new) - most) > 0:
            lines.append(say(ngettext("and {number} further way", "and {number} further ways", more)))
    effort = _("Effort: 1 little, 2 some, 3 much for each control; 3 for a change of the project.") if told else ""
    return tuple(lines), effort


def _ways_in_words(
    several: "Sequence[WayDown]", names: "OutlookNames", assessment: Explanation, *, in_full: bool
) -> Iterator[Line]:
    """Yield a line for each way: what tells it from the others, its effort and what comes out.

    What long ways share is told once before them; a first page counts it and leads to the plan, which names each step.
    """
    steps: list[list[str | Change]] = [[*one.controls, *one.changes] for one in several]
    is_long = any(len(one) > _STEPS for one in steps)
    shared = [one for one in steps[0] if all(one in other for other in steps)] if is_long and len(steps) > 1 else []
    if len(shared) == 1:
        shared = []
    if shared:
        if in_full:
            common = joined((_step(one, names, assessment) for one in shared), " + ")
            yield fill(_("**Steps that each of these ways takes: **{parts}"), parts=common)
        else:
            text = _(
                "Each of these ways takes {number} steps that all of them share, and its own; the mitigation plan "
                "names every one.",
                number=len(shared),
            )
            yield say(text)
    for way, own in zip(several, steps, strict=True):
        left = sorted((one for one in own if one not in shared), key=lambda one: sum(one in all_ for all_ in steps))
        shown = left if in_full or len(left) <= _STEPS else left[:_TOLD]
        parts = [_step(one, names, assessment) for one in own if one in shown]
        if (more := len(left) - len(shown)) > 0:
            text = ngettext(
                "{number} further step that the mitigation plan names",
                "{number} further steps that the mitigation plan names",
                more,
            )
            parts.append(say(text))
        if shared:
            parts.append(say(_("the {number} shared steps", number=len(shared))))
        reached = names.moved_ladders(way.reached)
        text = _("{parts} (effort {effort} of at most {most}) – then {reached}")
        most = f"{_MUCH * len(own)}"
        yield fill(text, parts=joined(parts, " + "), effort=f"{way.effort}", most=most, reached=reached)


def _step(step: "str | Change", names: "OutlookNames", assessment: Explanation) -> Line:
    """Return what a way takes: a control with how far it is, or what must change."""
    if not isinstance(step, str):
        return _change_in_words(step, names)
    stands = next((one.counts_as for one in assessment.controls if one.id == step), None)
    return say(strong(names.control(step)), *say(" ", mark(state_word(stands))) if stands else ())


def _change_in_words(change: "Change", names: "OutlookNames") -> Line:
    """Return what must really change and where, else which answer would be another."""
    where = names.where(change.path)
    if must := names.must_change(change).rstrip("."):
        return say(strong(must), f" ({where})" if where else "")
    return fill(
        _("{question} – {after} instead of {before}"),
        question=names.question(change.path),
        after=strong(names.answer(change.path, change.after)),
        before=names.answer(change.path, change.before),
    )


def _no_way(found: "WaysDown", names: "OutlookNames", assessment: Explanation) -> Line:
    """Return that nothing leads to a milder level, and what stands against it: the first of the findings."""
    ladder, to = names.ladder(found.ladder), names.level(found.ladder, found.to)
    if not found.obstacles:
        return say(lead(ladder), _("no way to {level} was found within the work of one search.", level=to))
    first, further = found.obstacles[0], len(found.obstacles) - 1
    against = names.finding(first.finding)
    facts = joined(
        [
            say(*names.quoted((path,)), " – ", strong(assessment.facts[path].shown))
            for path in first.fixed[:_FIXED]
            if path in assessment.facts
        ],
        "; ",
    )
    if first.unanswered:
        asked = names.quoted(first.unanswered[:_FIXED])
        line = fill(
            _("nothing leads to {level} before {questions} is answered, because of {finding}"),
            level=to,
            questions=asked,
            finding=against,
        )
    elif facts:
        line = fill(
            _("nothing leads to {level}. {finding} rests on what no change of the project alters: {facts}"),
            level=to,
            finding=against,
            facts=facts,
        )
    else:
        line = fill(_("nothing leads to {level}. {finding} stands against it"), level=to, finding=against)
    return say(lead(ladder), *line, f" ({and_more(further)})" if further else "")
