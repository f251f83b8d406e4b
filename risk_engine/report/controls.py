"""Controls as a report shows them: what they lower, who sees to them by when, those in place, the supporting ones."""

from risk_engine.language import N_, _
from risk_engine.model.explanation import ControlShown, Explanation
from risk_engine.model.finding import Finding, OptionState
from risk_engine.report.blocks import Block, Bullets, Line, Table, mark, say, strong
from risk_engine.report.vocabulary import severity_word, state_word
from risk_engine.report.wording import Names, day, evidence, none

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
    if others:
        return _(together, finding=finding.id, severity=severity, others=others)
    return _(alone, finding=finding.id, severity=severity)


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


def in_place(assessment: Explanation, names: Names) -> tuple[Block, ...]:
    """Return the controls that are in place, with their evidence."""
    rows = tuple(
        (
            say(strong(one.title), f" ({one.id}) ", mark(state_word(one.stated or "in_place"))),
            say(one.do),
            who(one, assessment),
            say("; ".join(evidence(record) for record in one.evidence)),
            say("; ".join(names.finding(finding).text for finding in one.findings) or _("no finding of this case")),
        )
        for one in assessment.controls
        if one.counts_as == "in_place" and not one.supporting
    )
    head = (_("Control"), _("What it asks"), _("Who"), _("Evidence"), _("What it bears on"))
    return (Table(_("Controls in place, with evidence on record"), head, rows),) if rows else (none(),)


def supporting(assessment: Explanation) -> tuple[Block, ...]:
    """Return the supporting controls and how far each has come."""
    lines = tuple(
        say(strong(f"{one.title} "), f"({one.id}): {one.do} ", *who(one, assessment), f". {_supporting_state(one)}")
        for one in assessment.controls
        if one.supporting
    )
    return (Bullets(lines),) if lines else (none(),)


def _supporting_state(control: ControlShown) -> str:
    if control.counts_as == "in_place":
        return _("In place.")
    soon, later = _SUPPORTING[control.counts_as]
    return _(soon if control.effort == 1 else later)
