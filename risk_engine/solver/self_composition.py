"""What another copy of a case is made of: unknowns that take the place of others, and what hangs on which answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import z3

from risk_engine.files.once import once
from risk_engine.model.conditions import facts_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.solver.blanks import Answer
from risk_engine.solver.terms import Chosen, Interval, Term

Pairs = Sequence[tuple[Term, Term]]


@once
def waits_for(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    """Return for each fact with `ask_when` the facts that it reads."""
    return {
        f"{name}.{short}": facts_in(fact.ask_when, criteria.definitions)
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None
    }


@once
def opens(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    """Return for each fact the facts whose `ask_when` reads it, directly or through others."""
    return hanging_on(waits_for(criteria))


@once
def decides_on(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    """Return for each fact those that it may open, close or fill in by a table, directly or through others."""
    reads: dict[str, frozenset[str]] = dict(waits_for(criteria))
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
                full = f"{name}.{short}"
                reads[full] = reads.get(full, frozenset()) | {f"{name}.{fact.from_}"}
    return hanging_on(reads)


def hanging_on(reads: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return for each fact that is read those that read it, directly or through others."""
    found: dict[str, frozenset[str]] = {}
    for start in {one for several in reads.values() for one in several}:
        reached: set[str] = set()
        new = {start}
        while new:
            new = {fact for fact, several in reads.items() if not several.isdisjoint(new)} - reached
            reached |= new
        found[start] = frozenset(reached)
    return found


def unknowns(answer: Answer) -> Sequence[Term]:
    """Return the terms that an answer is made of."""
    match answer:
        case Chosen(unknown, options):
            return (unknown, *options.values())
        case Interval(unknown, low, _high):
            return (unknown, *low)


def replaced_by(old: Answer, new: Answer) -> list[tuple[Term, Term]]:
    """Return what takes the place of what where one answer takes that of another."""
    terms = zip(unknowns(old), unknowns(new), strict=True)
    return [(one, other) for one, other in terms if not isinstance(one, bool)]


def arrays(pairs: Pairs) -> tuple[int, Any, Any]:
    """Return pairs as the solver takes them."""
    before, after = (z3.Ast * len(pairs))(), (z3.Ast * len(pairs))()
    for place, (one, other) in enumerate(pairs):
        before[place], after[place] = one.as_ast(), other.as_ast()
    return len(pairs), before, after


def copied(terms: Iterable[Term], pairs: Pairs) -> list[Term]:
    """Return what terms say of the copy; what they have in common is gone through once."""
    found = list(terms)
    places = [place for place, one in enumerate(found) if not isinstance(one, bool)]
    if not places or not pairs:
        return found
    context = found[places[0]].ctx
    # One term that holds them all: a conjunction that nothing folds. Of one alone none is made, so there are two more.
    held = [*(found[place] for place in places), *pairs[0]]
    parts = (z3.Ast * len(held))(*(one.as_ast() for one in held))
    whole = z3.BoolRef(z3.Z3_mk_and(context.ref(), len(held), parts), context)
    image = z3.BoolRef(z3.Z3_substitute(context.ref(), whole.ast, *arrays(pairs)), context)
    for number, place in enumerate(places):
        found[place] = image.arg(number)
    return found
