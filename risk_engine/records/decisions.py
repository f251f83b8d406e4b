"""What a decision states of the assessment that it is on, its conditions among it; its canonical form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import help_line, printable, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import canonical, digest
from risk_engine.model.assessment import Assessment, LadderOutcome
from risk_engine.model.decision import Assessed, Condition, Decided, Decision, LevelNamed, ProfileNamed, Signature
from risk_engine.model.explanation import ControlShown, Explanation, LevelShown, Proposal
from risk_engine.model.ladders import LevelRef

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True)
class StatedCondition:
    """A condition as a person states it: the id of a control of the assessment, or a text of several words."""

    what: str
    owner: str | None = None
    due: date | None = None
    sent: bool = True
    """Whether the letter to the researcher is to tell it."""
    is_text: bool = False
    """Whether one word alone is a text too: a page lists the controls, so nobody mistypes the id of one there."""


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
    taken = adopted(assessment) if (bool(binding) if adopt is None else adopt) else []
    kept = [*taken, *(controls[name] for name in named if controls[name] not in taken)]
    conditions = (
        *(_of_control(control, named.get(control.id)) for control in kept),
        *(
            Condition(text=one.what, owner=one.owner, due=one.due, sent=one.sent)
            for one in stated
            if one.what not in controls
        ),
    )
    problems = list(_problems(conditions, stated, controls, on))
    if binding and not conditions and adopt is not False:
        asking = quoted((level_words(one) for one in binding), "and")
        message = _("{levels}: this needs conditions, and there is none", levels=asking)
        way_out = _("state one: --condition 'WHAT; owner=NAME; due=DATE', or say that there is none: --no-adopt")
        problems.append(printable(message) + help_line(way_out))
    return conditions, problems


def adopted(assessment: Explanation) -> list[ControlShown]:
    """Return the controls that become conditions; what is only planned as well: the decision makes it binding."""
    return [one for one in assessment.controls if one.counts_as and one.findings and not one.supporting]


def _binding(assessment: Explanation, levels: Sequence[Decided]) -> list[Decided]:
    """Return what was decided on headline and gate where it is neither the mildest nor the strictest level."""
    return [
        level
        for proposal, level in zip(assessment.proposals, levels, strict=True)
        if proposal.role in {"headline", "gate"} and level.decided.name in proposal.ladder_levels[1:-1]
    ]


def level_words(one: Decided) -> str:
    """Return what was decided on a ladder in the words that readers see."""
    return _("{ladder}: {level}", ladder=one.title, level=one.decided.title)


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
        sent=stated is None or stated.sent,
    )


def _problems(
    conditions: Sequence[Condition], stated: Sequence[StatedCondition], controls: Mapping[str, ControlShown], on: date
) -> Iterator[str]:
    for number, one in enumerate(stated):
        if one.what in {earlier.what for earlier in stated[:number]}:
            yield printable(_("the condition `{condition}` is named twice", condition=one.what))
        elif one.what not in controls and len(one.what.split()) == 1 and not one.is_text:
            message = _("`{word}` is no control of the assessment", word=one.what)
            way_out = suggestion(one.what, controls) or _("say in several words what must be done")
            yield printable(message) + help_line(printable(way_out))
    for condition in conditions:
        if condition.due is not None and condition.due < on:
            what = condition.control or condition.text
            way_out = _("name a later day: --condition '{condition}; due=DATE'", condition=what)
            message = _(
                "the condition `{condition}` is due on {due}, before the decision of {day}",
                condition=f"{controls[condition.control].title} ({what})" if condition.control else what,
                due=condition.due,
                day=on,
            )
            yield printable(message) + help_line(printable(way_out))


UNSEALED = "0" * 64
"""Stands for a digest until it is computed."""


def about(assessment: Explanation) -> Assessed:
    """Return what a decision on this assessment says about it."""
    own = assessment.profile
    return Assessed(
        digest=assessment.digest,
        on=assessment.on,
        case_id=assessment.case_id,
        case_title=assessment.case_title,
        criteria=f"{assessment.criteria.id}@{assessment.criteria.version}",
        challenge=assessment.criteria.challenge,
        in_force=assessment.criteria.in_force,
        in_force_from=assessment.criteria.in_force_from,
        draft=assessment.criteria.draft,
        withdrawn=assessment.criteria.withdrawn,
        profile=ProfileNamed(institution=own.profile.institution, digest=own.digest) if own else None,
        missing=len(assessment.gaps),
    )


def decided(proposal: Proposal, level: str | None) -> Decided:
    """Return a level beside the proposal of its ladder; None, or what is no level of it, is the one proposed."""
    order = {name: number for number, name in enumerate(proposal.ladder_levels)}
    between = sorted((*proposal.range, proposal.level), key=lambda shown: order[shown.name])
    chosen = (proposal.level_named(level) if level else None) or proposal.level
    return Decided(
        ladder=proposal.ladder,
        title=proposal.title,
        question=proposal.question,
        role=proposal.role,
        proposed=_named(proposal.level),
        provisional=proposal.provisional,
        between=(_named(between[0]), _named(between[-1])),
        decided=_named(chosen),
        answer=chosen.answer,
    )


def four_eyes(
    assessment: Assessment | Explanation, levels: Sequence[Decided], old: Decision | None = None
) -> tuple[LevelRef, ...]:
    """Return the levels for which two people are asked: proposed, decided, or still possible while it is open.

    A single person must not get round the second by deciding otherwise, by leaving answers out, or by taking the place
    of the decision `old` that needed two.
    """
    met = {(one.ladder, level.name) for one in levels for level in (one.proposed, one.decided)}
    met |= _still_possible(assessment)
    if old is not None:
        met |= {(one.ladder, level.name) for one in old.levels for level in (one.proposed, one.decided)}
    asked = dict.fromkeys((one.ladder, one.level) for one in assessment.four_eyes())
    here = [LevelRef(ladder=ladder, level=level) for ladder, level in asked if (ladder, level) in met]
    return (*here, *(one for one in (old.four_eyes if old else ()) if one not in here))


def _still_possible(assessment: Assessment | Explanation) -> set[tuple[str, str]]:
    """Return the levels that missing answers leave possible, each with its ladder."""
    if isinstance(assessment, Assessment):
        return {(one.ladder, name) for one in assessment.proposals if one.provisional for name in one.range}
    return {(one.ladder, level.name) for one in assessment.proposals if one.provisional for level in one.range}


def contradiction(assessment: Assessment | Explanation, levels: Sequence[Decided]) -> str | None:
    """Return which levels contradict each other: the strictest headline (nothing goes ahead), the mildest gate."""
    ends = {
        one.ladder: (one.role, names[0], names[-1])
        for one in assessment.proposals
        if len(names := _level_names(one)) > 1
    }
    headline = next((one for one in levels if ends.get(one.ladder, ())[::2] == ("headline", one.decided.name)), None)
    gate = next((one for one in levels if ends.get(one.ladder, ())[:2] == ("gate", one.decided.name)), None)
    if headline is None or gate is None:
        return None
    strictest, mildest = level_words(headline), level_words(gate)
    return _("{strictest} is the strictest level, {mildest} the mildest", strictest=strictest, mildest=mildest)


def _level_names(proposal: LadderOutcome | Proposal) -> tuple[str, ...]:
    return proposal.levels if isinstance(proposal, LadderOutcome) else proposal.ladder_levels


def decision_json(decision: Decision) -> bytes:
    """Return the canonical JSON of a decision, as it is stored."""
    return canonical(decision.model_dump(mode="json", by_alias=True))


def signed(covers: str, key: "Ed25519PrivateKey") -> Signature:
    """Return a signature with a private key over a digest."""
    from risk_engine.files.signing import key_id, sign

    return Signature(covers=covers, key=key_id(key.public_key()), value=sign(covers, key))


def decision_digest(decision: Decision) -> str:
    """Return the digest of what was decided: without the digest itself, the confirmation and the signatures."""
    return digest(decision.model_dump(mode="json", by_alias=True, exclude={"digest", "confirmation", "signatures"}))


def misfit(decision: Decision, assessment: Explanation, old: Decision | None = None) -> str | None:
    """Return why a decision is not one on this assessment, in the language of the decision; None where it is.

    `old` is the decision that it takes the place of, None where that is not at hand.
    """
    chosen = {one.ladder: one.decided.name for one in decision.levels}
    wanted = tuple(decided(one, chosen.get(one.ladder)) for one in assessment.proposals)
    controls = {one.id: one for one in assessment.controls}
    if decision.about != about(assessment) or decision.levels != wanted:
        return _("the decision does not state the case or the proposal as the assessment does")
    if wrong := _wrong_of_persons_and_days(decision, assessment, wanted, old):
        return wrong
    if other := [one.control for one in decision.conditions if one.control and one.control not in controls]:
        return _("{names} is a condition, but no control of the assessment", names=", ".join(other))
    stated = [(one, controls[one.control]) for one in decision.conditions if one.control]
    if other := [one.id for is_, one in stated if not _is_as_stated(is_, one)]:
        return _("the condition {names} is not as the assessment states that control", names=", ".join(other))
    return None


def _is_as_stated(condition: Condition, control: ControlShown) -> bool:
    by_role = not condition.owner_is_role or condition.owner == control.who
    return (condition.text, condition.state) == (control_text(control), control.counts_as) and by_role


def misfit_of_names(decision: Decision, assessment: Assessment, old: Decision | None = None) -> str | None:
    """Return why a decision is not one on this record, as far as that is known without its criteria; None if it may be.

    Ladders, levels, days and digests are held against each other, and no words.
    """
    stated = decision.about
    facts = (stated.digest, stated.on, stated.case_id, stated.case_title, stated.criteria, stated.in_force)
    used = assessment.criteria
    named = f"{used.id}@{used.version}"
    own = (assessment.digest, assessment.on, assessment.case_id, assessment.case_title, named, used.in_force)
    more = (stated.in_force_from, stated.draft, stated.withdrawn, stated.missing)
    proposed = [
        (one.ladder, one.role, one.proposed.name, one.provisional, tuple(level.name for level in one.between))
        for one in decision.levels
    ]
    if (
        facts != own
        or more != (used.in_force_from, used.draft, used.withdrawn, len(assessment.gaps))
        or proposed != [_proposed(one) for one in assessment.proposals]
        or any(
            one.decided.name not in known.levels
            for one, known in zip(decision.levels, assessment.proposals, strict=True)
        )
    ):
        return _("the decision does not state the case or the proposal as the assessment does")
    return _wrong_of_persons_and_days(decision, assessment, decision.levels, old)


def _proposed(proposal: LadderOutcome) -> tuple[str, str | None, str, bool, tuple[str, str]]:
    order = proposal.levels.index
    between = sorted((*proposal.range, proposal.level), key=order)
    return (proposal.ladder, proposal.role, proposal.level, proposal.provisional, (between[0], between[-1]))


def _wrong_of_persons_and_days(
    decision: Decision, assessment: Assessment | Explanation, levels: Sequence[Decided], old: Decision | None
) -> str | None:
    asked = four_eyes(assessment, levels, old)
    # What an earlier decision asked for is known only where it is at hand.
    is_known = old is not None or decision.supersedes is None
    if decision.four_eyes != asked and (is_known or not set(asked) <= set(decision.four_eyes)):
        return _("the decision does not ask for a second person as the set and the profile do")
    if decision.on < assessment.on:
        return _("the decision of {on} is before the assessment of {assessed}", on=decision.on, assessed=assessment.on)
    return None


def _named(level: LevelShown) -> LevelNamed:
    return LevelNamed(name=level.name, title=level.title)
