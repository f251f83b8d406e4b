"""The conditions of a decision: the controls that the case lists, and what the person who decides adds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.files.diagnostics import help_line, printable, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.model.decision import Condition, Decided
from risk_engine.model.explanation import ControlShown, Explanation


@dataclass(frozen=True)
class StatedCondition:
    """A condition as a person states it: the id of a control of the assessment, or a text of several words."""

    what: str
    owner: str | None = None
    due: date | None = None


def conditions_of(
    assessment: Explanation,
    levels: Sequence[Decided],
    stated: Sequence[StatedCondition],
    adopt: bool | None,  # noqa: FBT001 (None is a third answer)
    on: date,
) -> tuple[tuple[Condition, ...], list[str]]:
    """Return the conditions of a decision taken `on` that day, and everything that is wrong with them.

    The controls that the case lists and that bear on a finding become conditions first. `adopt` says whether; None
    means: where the level of the headline or of the gate is neither its ladder's mildest (nothing binds) nor its
    strictest (nothing goes ahead). Such a level without any condition is wrong, unless `adopt` is False.
    """
    controls = {one.id: one for one in assessment.controls}
    named = {one.what: one for one in stated if one.what in controls}
    binding = _binding(assessment, levels)
    taken = _adopted(assessment) if (bool(binding) if adopt is None else adopt) else []
    kept = [*taken, *(controls[name] for name in named if controls[name] not in taken)]
    conditions = (
        *(_of_control(control, named.get(control.id)) for control in kept),
        *(Condition(text=one.what, owner=one.owner, due=one.due) for one in stated if one.what not in controls),
    )
    problems = list(_problems(conditions, stated, list(controls), on))
    if binding and not conditions and adopt is not False:
        asking = quoted((f"{one.ladder}={one.decided.name}" for one in binding), "and")
        message = _("{levels}: this needs conditions, and there is none", levels=asking)
        way_out = _("state one: --condition 'WHAT; owner=NAME; due=DATE', or say that there is none: --no-adopt")
        problems.append(printable(message) + help_line(way_out))
    return conditions, problems


def _adopted(assessment: Explanation) -> list[ControlShown]:
    # What is only planned as well: the decision makes it binding.
    return [one for one in assessment.controls if one.counts_as and one.findings and not one.supporting]


def _binding(assessment: Explanation, levels: Sequence[Decided]) -> list[Decided]:
    """Return what was decided on headline and gate where it is neither the mildest nor the strictest level."""
    return [
        level
        for proposal, level in zip(assessment.proposals, levels, strict=True)
        if proposal.role in {"headline", "gate"} and level.decided.name in proposal.ladder_levels[1:-1]
    ]


def control_text(control: ControlShown) -> str:
    """Return a control in the words of a condition."""
    return f"{control.title}. {control.do}"


def _of_control(control: ControlShown, stated: StatedCondition | None) -> Condition:
    named = (stated.owner if stated else None) or control.owner
    # What is in place is to be kept, so the day by which it had to come says nothing any more.
    due = (stated.due if stated else None) or (None if control.counts_as == "in_place" else control.due)
    return Condition(
        text=control_text(control),
        control=control.id,
        state=control.counts_as,
        owner=named or control.who,
        owner_is_role=named is None,
        due=due,
    )


def _problems(
    conditions: Sequence[Condition], stated: Sequence[StatedCondition], controls: Sequence[str], on: date
) -> Iterator[str]:
    for number, one in enumerate(stated):
        if one.what in {earlier.what for earlier in stated[:number]}:
            yield printable(_("the condition `{condition}` is named twice", condition=one.what))
        elif one.what not in controls and len(one.what.split()) == 1:
            message = _("`{word}` is no control of the assessment", word=one.what)
            way_out = suggestion(one.what, controls) or _("say in several words what must be done")
            yield printable(message) + help_line(printable(way_out))
    for condition in conditions:
        if condition.due is not None and condition.due < on:
            what = condition.control or condition.text
            way_out = _("name a later day: --condition '{condition}; due=DATE'", condition=what)
            message = _(
                "the condition `{condition}` is due on {due}, before the decision of {day}",
                condition=what,
                due=condition.due,
                day=on,
            )
            yield printable(message) + help_line(printable(way_out))
