"""A case that is there as one among all possible ones: what holds of the blanks if they state just that case."""

from collections.abc import Iterator

from risk_engine.backends.symbolic.blanks import Blanks, is_stated
from risk_engine.backends.symbolic.terms import Term, negated
from risk_engine.model.case import Case, answer, entries


def states(case: Case, blanks: Blanks, in_place: frozenset[str]) -> Iterator[Term]:
    """Yield the terms that make the blanks state what a case states, of everything that was asked for.

    `in_place` names its controls that count. The first entry of a list takes the first place; a case with more
    entries than the blanks have places cannot be stated, and the terms then contradict each other.
    """
    for entity, (listed, present) in blanks.lists.items():
        stated = entries(case, entity)
        yield listed if stated is not None else negated(listed)
        number = len(stated or ())
        if number > len(present):
            yield False
        for place, one in enumerate(present):
            yield one if place < number else negated(one)
    for blank, asked in blanks.touched.items():
        entry = _entry(case, blanks, blank.entity, blank.place)
        value = answer(entry, blank.fact)  # type: ignore[arg-type]
        if value is None:
            yield asked.answer.unknown
        else:
            yield is_stated(asked.answer, value, blanks.domains[blank.name])
    for control, term in blanks.controls.items():
        yield term if control in in_place else negated(term)


def _entry(case: Case, blanks: Blanks, entity: str, place: int) -> object:
    if blanks.entities[entity].many is None:
        return getattr(case, entity)
    stated = entries(case, entity) or ()
    return stated[place] if place < len(stated) else None
