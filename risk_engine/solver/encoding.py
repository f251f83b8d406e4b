"""A solver's answer as a case that an office could have written, and a case that is there as terms for the solver."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import z3

from risk_engine.model.case import Case, answer, entries, shown_in_place
from risk_engine.solver.blanks import Answer, Blank, Blanks, is_stated, stated_entries
from risk_engine.solver.terms import Chosen, Interval, Term, negated

TRUE = 1
"""What the solver calls a truth that holds (`Z3_L_TRUE`)."""


def is_true(model: z3.ModelRef, term: Term) -> bool:
    """Return whether a term holds in a solver's answer; what it leaves open is false."""
    if isinstance(term, bool):
        return term
    # `model.eval` wraps what it finds in three more objects; a case has hundreds of answers, and a proof many cases.
    found = (z3.Ast * 1)()
    z3.Z3_model_eval(model.ctx.ref(), model.model, term.as_ast(), True, found)  # noqa: FBT003 (a C function)
    return bool(z3.Z3_get_bool_value(model.ctx.ref(), found[0]) == TRUE)


def value_of(model: z3.ModelRef, found: Answer, domain: tuple[Any, ...]) -> Any:
    """Return the value that an answer has in a solver's answer, None where it is unanswered."""
    if is_true(model, found.unknown):
        return None
    match found:
        case Chosen(_unknown, options):
            return tuple(one for one, term in options.items() if is_true(model, term))
        case Interval(_unknown, low, _high):
            return domain[max(place for place, term in enumerate(low) if is_true(model, term))]


def stated_case(
    model: z3.ModelRef, blanks: Blanks, on: date, varied: Callable[[Term], Term] = lambda term: term
) -> dict[str, Any]:
    """Return the case that a solver's answer states, as plain data of a case file; `varied` makes another one of it.

    What nothing asked for is as in the base case; a further entry of a list is a twin of the first one there.
    """
    data: dict[str, Any] = {}
    for name, entity in blanks.entities.items():
        if entity.many is None:
            data[name] = _entry(model, blanks, name, 0, varied)
        elif (entries := listed_entries(model, blanks, name, varied)) is not None:
            data[name] = entries
    data["controls"] = tuple(
        shown_in_place(name, on) for name, term in blanks.controls.items() if is_true(model, varied(term))
    )
    return data


def listed_entries(
    model: z3.ModelRef, blanks: Blanks, entity: str, varied: Callable[[Term], Term] = lambda term: term
) -> tuple[dict[str, Any], ...] | None:
    """Return the entries of a list in a solver's answer, as plain data; None if it is unanswered."""
    places = _places(model, blanks, entity, varied)
    if places is None:
        return None
    return tuple(
        {"id": entry_id(blanks, entity, place), **_entry(model, blanks, entity, place, varied)} for place in places
    )


def entry_id(blanks: Blanks, entity: str, place: int) -> str:
    """Return the id of an entry: that of the base case, or a new one."""
    of_base = stated_entries(blanks.base, entity) or ()
    ids = [str(answer(one, "id")) for one in of_base]
    if place < len(ids):
        return ids[place]
    name = f"{entity}-{place + 1}"
    while name in ids:
        name += "x"
    return name


def _varied(found: Answer, varied: Callable[[Term], Term]) -> Answer:
    match found:
        case Chosen(unknown, options):
            return Chosen(varied(unknown), {name: varied(term) for name, term in options.items()})
        case Interval(unknown, low, high):
            return Interval(varied(unknown), tuple(map(varied, low)), tuple(map(varied, high)))


def _places(model: z3.ModelRef, blanks: Blanks, entity: str, varied: Callable[[Term], Term]) -> list[int] | None:
    """Return the places of a list that have an entry; None if the list is unanswered."""
    if entity not in blanks.lists:
        of_base = stated_entries(blanks.base, entity)
        return None if of_base is None else list(range(len(of_base)))
    listed, present = blanks.lists[entity]
    if not is_true(model, varied(listed)):
        return None
    return [place for place, term in enumerate(present) if is_true(model, varied(term))]


def _entry(
    model: z3.ModelRef, blanks: Blanks, entity: str, place: int, varied: Callable[[Term], Term]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for short in blanks.entities[entity].facts:
        value = answer_of(model, blanks, Blank(entity, place, short), varied)
        if value is not None:
            found[short] = value
    return found


def answer_of(
    model: z3.ModelRef, blanks: Blanks, blank: Blank, varied: Callable[[Term], Term] = lambda term: term
) -> Any:
    """Return what a solver's answer states for a question, as the base case says it where no rule sees a difference.

    What nothing asked for is as in the base case. None where nothing is stated.
    """
    if blank not in blanks.touched:
        return blanks.base_answer(blank)
    found = _varied(blanks.touched[blank].answer, varied)
    return blanks.as_in_base(blank, value_of(model, found, blanks.domains[blank.name]))


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
        entry = _states_entry(case, blanks, blank.entity, blank.place)
        value = answer(entry, blank.fact)  # type: ignore[arg-type]
        if value is None:
            yield asked.answer.unknown
        else:
            yield is_stated(asked.answer, value, blanks.domains[blank.name])
    for control, term in blanks.controls.items():
        yield term if control in in_place else negated(term)


def _states_entry(case: Case, blanks: Blanks, entity: str, place: int) -> object:
    if blanks.entities[entity].many is None:
        return getattr(case, entity)
    stated = entries(case, entity) or ()
    return stated[place] if place < len(stated) else None
