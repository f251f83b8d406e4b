"""What weighed and what would help, in the words of the criteria alone, for whoever the decision is about."""

from risk_engine.language import _
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import ControlShown, Explanation
from risk_engine.model.finding import Finding, OptionState
from risk_engine.report.blocks import Block, Bullets, Line, Prose, say, strong
from risk_engine.report.choices import ways
from risk_engine.report.documents.discreet import Kept
from risk_engine.report.documents.levels import Standing
from risk_engine.report.wording import gravest, sentence

_STEPS = 6
"""How many steps of a kind are named: those that help with what weighs most."""


def weighed(assessment: Explanation) -> list[Finding]:
    """Return the present findings that the gate or the headline rests on, the gravest first; without any, all."""
    present = [one for one in gravest(assessment) if one.outcome == "present"]
    deciding = {
        finding
        for proposal in assessment.proposals
        if proposal.role in {"gate", "headline"}
        for finding in proposal.findings
    }
    return [one for one in present if one.id in deciding] or present


def help_blocks(assessment: Explanation, decision: Decision | None, shown: tuple[Standing, ...]) -> tuple[Block, ...]:
    """Return what would help where something stands in the way; what is a condition already is not told again.

    What rests on confidential answers is left out, and so are controls that help with nothing else.
    """
    if all(one.is_mildest for one in shown if one.role in {"gate", "headline"}):
        return ()
    bound = {one.control for one in decision.conditions if one.control} if decision else set()
    controls = {one.id: one for one in assessment.controls}
    listed = {one.id for one in assessment.controls if one.counts_as} | bound
    served: list[tuple[Finding, list[OptionState]]] = []
    open_still: list[tuple[Finding, list[OptionState]]] = []
    kept = Kept(assessment)
    for finding in weighed(assessment):
        if kept.finding(finding):
            continue
        taken = [one for one in finding.options if one.counts != "no" and listed.issuperset(one.controls)]
        (served if taken else open_still).append((finding, taken or ways(finding)))
    agreed = _steps([option for _finding, options in served for option in options], controls, bound)
    other = _steps([option for _finding, options in open_still for option in options], controls, listed)
    stuck = dict.fromkeys(one.irreducible for one, options in open_still if one.irreducible and not options)
    blocks: list[Block] = []
    if agreed:
        intro = _("This is planned or agreed already, and helps once it is in place:")
        blocks += [Prose(say(intro)), Bullets(agreed)]
    if other:
        intro = _("These steps would help. Often one or two of them are enough; we gladly talk them through with you:")
        blocks += [Prose(say(intro)), Bullets(other)]
    if stuck:
        intro = _("For some questions no step of this kind helps, only a different plan:")
        blocks += [Prose(say(intro)), Bullets(tuple(say(sentence(one)) for one in stuck))]
    return tuple(blocks)


def _steps(options: list[OptionState], controls: dict[str, ControlShown], known: set[str]) -> tuple[Line, ...]:
    """Return the controls of the options that are not in place and not known otherwise, in the order of the options."""
    order = dict.fromkeys(one for option in options for one in option.controls if one not in known)
    steps = [controls[one] for one in order if one in controls and controls[one].counts_as != "in_place"]
    return tuple(say(strong(f"{one.title}. "), sentence(one.do)) for one in steps[:_STEPS])
