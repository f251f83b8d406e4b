"""Asking for a case and telling what came of it: the pieces that every question is made of."""

from collections.abc import Iterable, Sequence

from risk_engine.audit.proofs.example import contradictions, example, replay
from risk_engine.audit.proofs.space import Space, Verdict
from risk_engine.audit.proofs.watch import Watch
from risk_engine.backends.symbolic.reading import Reading
from risk_engine.backends.symbolic.terms import Term, both, negated
from risk_engine.engine.work import Worked
from risk_engine.language import _
from risk_engine.model.proof import Claim, Example, Status, Topic


def find(space: Space, watched: Sequence[Watch], *goal: Term) -> tuple[Verdict, Example | None]:
    """Return whether there is a case in which all of this holds, with the smallest one, confirmed by the engine.

    A case whose answers contradict each other (as the set says) is taken only where there is no other.
    """
    verdict, found = worked(space, watched, *goal)
    return verdict, None if found is None else found[0]


def worked(space: Space, watched: Sequence[Watch], *goal: Term) -> tuple[Verdict, tuple[Example, Worked] | None]:
    """Return the same, with all that the engine made of the case."""
    verdict, model = space.smallest(*goal)
    if model is None:
        return verdict, None
    replayed = replay(space, space.reading, model, watched)
    if contradictions(replayed.worked):
        better, model = space.smallest(*goal, *sound(space.reading))
        if model is not None:
            replayed = replay(space, space.reading, model, watched)
            verdict = better
    return verdict, (example(space, replayed), replayed.worked)


def sound(reading: Reading) -> list[Term]:
    """Return that the answers of a case do not contradict each other, in the way that the set declares."""
    found = []
    for one in reading.criteria.invariants.facts.values():
        whenever, then = reading.holds(one.whenever), reading.holds(one.then)
        found.append(negated(both(whenever.must, negated(then.may))))
    return found


def occurs(topic: Topic, subject: str, statement: str, verdict: Verdict, shown: Example | None, why: str) -> Claim:
    """Return the claim that something can occur: proved by a case, refuted because of `why`, or not decided."""
    status: dict[Verdict, Status] = {"possible": "proved", "impossible": "refuted", "undecided": "undecided"}
    return Claim(
        topic=topic,
        subject=subject,
        statement=statement,
        status=status[verdict],
        reason=why if verdict == "impossible" else undecided(verdict),
        examples=() if shown is None else (shown,),
    )


def never(
    topic: Topic, subject: str, statement: str, verdict: Verdict, shown: Iterable[Example], *, why: str = ""
) -> Claim:
    """Return the claim that something can never be: proved, refuted by the cases that show it, or not decided."""
    status: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}
    return Claim(
        topic=topic,
        subject=subject,
        statement=statement,
        status=status[verdict],
        reason=why or undecided(verdict),
        examples=tuple(shown),
    )


def undecided(verdict: Verdict) -> str:
    """Return what to say where the solver gave up."""
    return _("not decided within the time that one question may take") if verdict == "undecided" else ""
