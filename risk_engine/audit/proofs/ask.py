"""Asking for a case, or for a pair of cases, and telling what came of it: the pieces every question is made of."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import z3

from risk_engine.audit.proofs.steps import Step, with_further_entries
from risk_engine.engine.work import Worked
from risk_engine.files.language import _
from risk_engine.model.proof import Claim, Example, Status, Topic
from risk_engine.solver.confirm import Replayed, Watch, confirmed, contradictions, example, replay, sound
from risk_engine.solver.space import Space, Verdict
from risk_engine.solver.terms import Term
from risk_engine.solver.unbounded import AnyLength, Unbounded


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
    is_smallest, replayed = space.is_smallest, replay(space, space.reading, model, watched)
    if contradictions(replayed.worked):
        _better, model = space.smallest(*goal, *sound(space.reading))
        if model is not None:
            is_smallest, replayed = space.is_smallest, replay(space, space.reading, model, watched)
    return verdict, (_shown(space, replayed, watched, is_smallest=is_smallest), replayed.worked)


def worked_of_any_length(
    lists: AnyLength, watched: Sequence[Watch], goal: Callable[[Space], Sequence[Term]]
) -> tuple[Verdict, tuple[Example, Worked] | None]:
    """Return the same of cases with lists of any length; `goal` is all of it, in any space."""
    return lists.find(lambda space: [goal(space)], lambda space: worked(space, watched, *goal(space)))


def find_of_any_length(
    lists: AnyLength, watched: Sequence[Watch], goal: Callable[[Space], Sequence[Term]]
) -> tuple[Verdict, Example | None]:
    """Return the same without what the engine made of the case."""
    verdict, found = worked_of_any_length(lists, watched, goal)
    return verdict, None if found is None else found[0]


def pair_of_any_length(
    lists: AnyLength,
    step: Callable[[Space], Step],
    watched: Sequence[Watch],
    wanted: Callable[[Space, Step], Term],
) -> tuple[Verdict, tuple[Example, ...]]:
    """Return whether there are two cases, that step apart, with lists of any length; with the smallest pair."""

    def ways(space: Space) -> Iterator[Sequence[Term]]:
        one = step(space)
        if isinstance(space, Unbounded):
            one = with_further_entries(one, space)
        yield one.goal(space, wanted(space, one))

    def look(space: Space) -> tuple[Verdict, tuple[Example, ...] | None]:
        one = step(space)
        verdict, shown = pair(space, one, watched, wanted(space, one))
        return verdict, shown or None

    verdict, found = lists.find(ways, look)
    return verdict, found or ()


def pair(space: Space, step: Step, watched: Sequence[Watch], *wanted: Term) -> tuple[Verdict, tuple[Example, ...]]:
    """Return whether there are two cases, that step apart, of which all of this holds; with the smallest pair.

    Both are confirmed by the engine. Answers that contradict each other are taken only where there are no others.
    """
    verdict, model = space.smallest(*step.goal(space, *wanted), wishes=step.wishes)
    if model is None:
        return verdict, ()
    shown = _both(space, step, model, watched)
    if any(one.contradicts for one in shown):
        good = sound(space.reading)
        goal = step.goal(space, *wanted, *good, *map(step.vary, good))
        _better, model = space.smallest(*goal, wishes=step.wishes)
        if model is not None:
            shown = _both(space, step, model, watched)
    return verdict, shown


def _both(space: Space, step: Step, model: z3.ModelRef, watched: Sequence[Watch]) -> tuple[Example, ...]:
    is_smallest = space.is_smallest
    before = replay(space, space.reading, model, watched)
    after = replay(space, space.reading, model, watched, step.vary)
    return tuple(_shown(space, one, watched, is_smallest=is_smallest) for one in (before, after))


def _shown(space: Space, replayed: Replayed, watched: Sequence[Watch], *, is_smallest: bool) -> Example:
    found = tuple(confirmed(one, replayed.worked) for one in watched)
    return example(space, replayed).model_copy(update={"is_smallest": is_smallest, "confirmed": found})


def occurs(  # noqa: PLR0913 (what is claimed, of what, and what came of it)
    topic: Topic, subject: str, statement: str, verdict: Verdict, shown: Example | None, why: str, *, looked: str = ""
) -> Claim:
    """Return the claim that something can occur: proved by a case, refuted because of `why`, or not decided."""
    status: dict[Verdict, Status] = {"possible": "proved", "impossible": "refuted", "undecided": "undecided"}
    return Claim(
        topic=topic,
        subject=subject,
        statement=statement,
        status=status[verdict],
        reason=why if verdict == "impossible" else undecided(verdict, looked),
        examples=() if shown is None else (shown,),
    )


def never(  # noqa: PLR0913 (what is claimed, of what, and what came of it)
    topic: Topic,
    subject: str,
    statement: str,
    verdict: Verdict,
    shown: Iterable[Example],
    *,
    why: str = "",
    looked: str = "",
) -> Claim:
    """Return the claim that something can never be: proved, refuted by the cases that show it, or not decided."""
    status: dict[Verdict, Status] = {"possible": "refuted", "impossible": "proved", "undecided": "undecided"}
    return Claim(
        topic=topic,
        subject=subject,
        statement=statement,
        status=status[verdict],
        reason=undecided(verdict, looked) or why,
        examples=tuple(shown),
    )


def by_form(claim: Claim) -> Claim:
    """Return a claim that follows from the form of the rules."""
    return claim.model_copy(update={"is_by_form": True})


def looked_at(lists: AnyLength) -> str:
    """Return among how many entries no case was found, where it is not decided whether there is one."""
    bounds = ", ".join(f"{name} {number}" for name, number in lists.bounds.items())
    return _("None was found with lists of up to so many entries: {bounds}", bounds=bounds) if bounds else ""


def undecided(verdict: Verdict, looked: str = "") -> str:
    """Return what to say where the solver gave up."""
    if verdict != "undecided":
        return ""
    why = _("Not decided within the work that one question may take")
    return _("{why}. {looked}", why=why, looked=looked) if looked else why
