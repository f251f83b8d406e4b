"""The way of a case, as one table: which act leads from where to where, by whom, with what. `move` is the only way.

Locks, checks, the act, its record, the event: one transaction. Buttons are made from the table.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from django.db import IntegrityError, transaction

from risk_engine.files.language import _
from risk_engine.web import cases, jobs, log, outbox, register
from risk_engine.web.cases import RefusedError
from risk_engine.web.decisions import Ruling, awaits_confirmation, confirmed, decided, decision_of, is_harmless
from risk_engine.web.models import Act, Case, Person, Sealed
from risk_engine.web.rights import may, on_behalf_of
from risk_engine.web.wording import state_words
from risk_engine.web.words import ActName, Role, SealedKind, State


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    start: frozenset[State]
    end: State | None
    """None: it stays where it is."""
    needs_note: bool = False
    new_round: bool = False


WAY: Final[dict[ActName, Step]] = {
    ActName.ASSESS: Step(frozenset({State.DRAFT, State.RETURNED}), State.ASSESSED),
    ActName.SEND: Step(frozenset({State.ASSESSED}), State.IN_REVIEW),
    ActName.WITHDRAW: Step(frozenset({State.IN_REVIEW}), State.DRAFT, needs_note=True, new_round=True),
    ActName.REVIEW: Step(frozenset({State.IN_REVIEW}), State.SIGNED),
    ActName.RETURN: Step(frozenset({State.IN_REVIEW, State.SIGNED}), State.RETURNED, needs_note=True, new_round=True),
    ActName.DECIDE: Step(frozenset({State.SIGNED}), State.DECIDED),
    ActName.CONFIRM: Step(frozenset({State.DECIDED}), State.DECIDED),
    ActName.FILE: Step(frozenset({State.DRAFT}), State.CLOSED),
    ActName.CLOSE: Step(frozenset({State.DECIDED, State.DRAFT}), State.CLOSED, needs_note=True),
    ActName.OPINION: Step(frozenset(State) - {State.CLOSED}, None, needs_note=True),
    ActName.REOPEN: Step(frozenset({State.DECIDED, State.CLOSED}), State.DRAFT, needs_note=True, new_round=True),
}


SEALS: Final = frozenset({ActName.ASSESS, ActName.FILE})
"""These seal what the answers come to; what was sealed before has no part in them."""
_MAKES: Final = SEALS | {ActName.DECIDE, ActName.CONFIRM}
"""These have the digest of a record that they make, which nobody has seen before."""
_ASSESSING: Final = frozenset({ActName.ASSESS, ActName.SEND})
"""Whoever does these assessed, also where others gave the answers, nobody did, or they came with a folder register."""


def done_already(case: Case, person: Person, asked: "Move") -> Act | None:
    """Return the same act of the same person, on the same record, if it is done: a second click is no second act."""
    step = WAY[asked.name]
    last = case.acts.exclude(name=ActName.ANSWER).order_by("-pk").first()
    if last is None or (last.name, last.person_id) != (asked.name, person.pk):
        return None
    if asked.name not in _MAKES and last.digest != asked.digest:
        return None
    is_there = step.end is None or case.state == step.end
    return last if is_there and last.note == asked.note and _is_what_stands(case, asked) else None


def _is_what_stands(case: Case, asked: "Move") -> bool:
    """Return whether an act that is done already came to what is asked for now: another choice is not told as done."""
    if asked.name == ActName.SEND:
        return (case.reviewer, case.due) == (asked.reviewer, asked.due)
    sealed = cases.filed(case, SealedKind.DECISION) if asked.name == ActName.DECIDE else None
    if sealed is None or asked.ruling is None:
        return True
    decision = decision_of(sealed)
    stands = {one.ladder: one.decided.name for one in decision.levels}
    texts = {(one.text, one.due) for one in decision.conditions if not one.control}
    controls = {(one.control, one.due) for one in decision.conditions if one.control}
    wanted = {(one.what, one.due) for one in asked.ruling.conditions}
    are_levels = all(stands.get(ladder) == level for ladder, level in asked.ruling.levels)
    return are_levels and texts <= wanted <= texts | controls


def offered(case: Case, person: Person) -> Iterator[ActName]:
    """Yield the acts that a person could do to a case as it stands."""
    acts = _acts_of(case)
    yield from (name for name in WAY if not why_not(case, name, person, acts))


def why_not(case: Case, name: ActName, person: Person, acts: "Sequence[Done] | None" = None) -> str:
    """Return why a person cannot do an act to a case as it stands, nothing where they can.

    `acts` is what was done in its round, where that is known.
    """
    if not may(person, name, case):
        return _("You may not do this to this case.")
    if case.state not in WAY[name].start:
        return _("This case is not where it was: {state}.", state=state_words(case.state))
    return _stands_against(case, name, person, _acts_of(case) if acts is None else acts)


Done: TypeAlias = tuple[str, int, int | None]
"""An act by its name, by whom, and for whom."""


def _acts_of(case: Case) -> list[Done]:
    """Return what was done in the round of a case."""
    return list(case.acts.filter(round=case.round).values_list("name", "person", "on_behalf_of"))


def _stands_against(case: Case, name: ActName, person: Person, acts: Sequence[Done]) -> str:
    """Return why somebody who may do such acts cannot do this one here, nothing where they can."""
    absent = on_behalf_of(person, name, case)
    both = [person, *([absent] if absent else [])]
    keys = {one.pk for one in both}
    had = {done for done, by, for_whom in acts if {by, for_whom} & keys}
    if name in {ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM} and ActName.ANSWER in had:
        if absent is None:
            return _("You answered questions of this case, so somebody else reviews and decides.")
        return _("You or {name} answered questions of this case, so somebody else reviews and decides.", name=absent)
    match name:
        case ActName.REVIEW if case.reviewer_id not in {None, *(one.pk for one in both)}:
            return _("This case was sent to {name}.", name=case.reviewer)
        case ActName.CONFIRM if ActName.DECIDE in had:
            return _("You decided, so somebody else confirms.")
        case ActName.CONFIRM if not awaits_confirmation(case):
            return _("This decision is in effect; nobody needs to confirm it.")
        case ActName.CONFIRM if ActName.DECIDE not in _done_here(case):
            return _("This decision came with a folder register, and nobody signed it here: open the case again.")
        case ActName.FILE if not is_harmless(case):
            return _("Only a case of which all is settled at its mildest is filed without a decision.")
        case _:
            return ""


def _done_here(case: Case) -> set[str]:
    """Return the acts of this round that somebody of this office did, and not a folder register states."""
    return set(case.acts.filter(round=case.round, imported=False).values_list("name", flat=True))


@dataclass(frozen=True)
class Move:
    """What somebody asks for: the act, the digest of what they saw, and what goes with it."""

    name: ActName
    digest: str = ""
    note: str = ""
    reviewer: Person | None = None
    due: date | None = None
    ruling: Ruling | None = None
    seen: int | None = None
    """For what seals answers: the last one that stood in what they saw; None for who wrote them in the same moment."""


@transaction.atomic
def move(case: Case, person: Person, asked: Move) -> Act:
    """Do an act; return it, or the same one that was done already. Raise RefusedError with why it cannot be done."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if done := done_already(case, person, asked):
        return done
    step = WAY[asked.name]
    if problems := list(_problems(case, person, asked, step)):
        raise RefusedError("\n".join(problems))
    absent = on_behalf_of(person, asked.name, case)
    digest = _record(case, person, absent, asked)
    did = {"person": person, "on_behalf_of": absent, "name": asked.name, "digest": digest, "note": asked.note}
    try:
        with transaction.atomic():
            if asked.name in _ASSESSING:
                _count_as_assessor(case, person, absent)
            act = Act.objects.create(case=case, round=case.round, **did)
    except IntegrityError as error:
        message = _("Who assessed a case neither reviews nor decides it, and who decided does not confirm.")
        raise RefusedError(message) from error
    case.state = step.end or case.state
    if asked.name == ActName.SEND:
        case.reviewer, case.due = asked.reviewer, asked.due
    if step.new_round:
        begin_round(case)
    case.save()
    register.keep(case)
    log.note(asked.name, person, case, digest=digest, note=asked.note)
    outbox.tell_of(act, asked.name == ActName.DECIDE and awaits_confirmation(case))
    return act


def _problems(case: Case, person: Person, asked: Move, step: Step) -> Iterator[str]:
    if why := why_not(case, asked.name, person):
        yield why
    if step.needs_note and not asked.note.strip():
        yield _("Say why.")
    if asked.name in SEALS and asked.seen is not None and asked.seen != cases.last_answer(case):
        yield _("Answers are not what they were when you looked at them: look at them again.")
    sealed = about(case, asked.name)
    is_about = asked.digest == (sealed.digest if sealed else "")
    needs_sealed = asked.name in {ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM}
    names_it = needs_sealed or asked.name == ActName.OPINION or bool(asked.name == ActName.SEND and asked.digest)
    if (needs_sealed and sealed is None) or (names_it and not is_about):
        yield _("What you saw is not what stands now: look at it again.")
    if asked.name == ActName.SEND and asked.due is not None and asked.due < cases.today():
        yield _("The day by which it is reviewed is over already.")
    if asked.name == ActName.SEND and asked.reviewer is None:
        yield _("Name who reviews.")
    if asked.name == ActName.SEND and asked.reviewer is not None and asked.reviewer not in reviewers(case, person):
        if may(asked.reviewer, ActName.REVIEW, case):
            yield _(
                "{name} assessed this case, or stands in for who did, so somebody else reviews.", name=asked.reviewer
            )
        else:
            yield _("{name} may not review this case.", name=asked.reviewer)


def reviewers(case: Case, sender: Person) -> list[Person]:
    """Return to whom somebody can send a case: who may review it and in this round had no hand in it."""
    anew = copy(case)
    anew.reviewer = None  # to whom an earlier round was sent does not matter now
    acts = case.acts.filter(round=case.round, name=ActName.ANSWER).select_related("person", "on_behalf_of")
    apart = {sender, on_behalf_of(sender, ActName.SEND, case)}
    apart = (apart | {each for one in acts for each in (one.person, one.on_behalf_of)}) - {None}
    held = Person.objects.filter(is_active=True, memberships__role=Role.REVIEWER).distinct().order_by("name", "pk")
    found = [one for one in held if one not in apart and may(one, ActName.REVIEW, anew)]
    return [one for one in found if on_behalf_of(one, ActName.REVIEW, anew) not in apart]


def _sealed(case: Case) -> str:
    """Seal the assessment of a case; the worker then finds the ways down that its documents tell."""
    digest = cases.seal_assessment(case).digest
    jobs.ask_for_ways(case, digest)
    return digest


def about(case: Case, name: ActName) -> Sealed | None:
    """Return the record that an act is about: the decision for whoever confirms it, else the assessment."""
    return cases.filed(case, SealedKind.DECISION if name == ActName.CONFIRM else SealedKind.ASSESSMENT)


def _record(case: Case, person: Person, absent: Person | None, asked: Move) -> str:
    """Return the digest of the record that an act makes or is about, sealed if it is new."""
    made: dict[ActName, Callable[[], str]] = {
        ActName.ASSESS: lambda: _sealed(case),
        ActName.FILE: lambda: _sealed(case),
        ActName.DECIDE: lambda: decided(case, (person, absent), asked.ruling or Ruling(), asked.digest),
        ActName.CONFIRM: lambda: confirmed(case, (person, absent)),
    }
    return made[asked.name]() if asked.name in made else asked.digest


def _count_as_assessor(case: Case, person: Person, absent: Person | None) -> None:
    """Let somebody be one of those who assessed in this round: then somebody else reviews and decides."""
    if not case.acts.filter(round=case.round, person=person, name=ActName.ANSWER).exists():
        Act.objects.create(case=case, round=case.round, person=person, on_behalf_of=absent, name=ActName.ANSWER)


def begin_round(case: Case) -> None:
    """Begin a round: whoever gave an answer that stands has assessed in it too."""
    standing = {one.by_id for one in cases.latest(case).values()}
    for_whom = dict(
        case.acts.filter(name=ActName.ANSWER).exclude(on_behalf_of=None).values_list("person", "on_behalf_of")
    )
    case.round += 1
    Act.objects.bulk_create(
        Act(case=case, round=case.round, person_id=one, on_behalf_of_id=for_whom.get(one), name=ActName.ANSWER)
        for one in sorted(standing)
    )
