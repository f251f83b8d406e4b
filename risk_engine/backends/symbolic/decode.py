"""A solver's answer as a case that an office could have written: what it states, as plain data."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import z3

from risk_engine.backends.symbolic.blanks import Answer, Blank, Blanks, place_of
from risk_engine.backends.symbolic.terms import Chosen, Interval, Term
from risk_engine.model.case import answer, entries

EVIDENCE = "proof"
"""What stands for evidence of a control that is in place in an example."""


def is_true(model: z3.ModelRef, term: Term) -> bool:
    """Return whether a term holds in a solver's answer; what it leaves open is false."""
    return term if isinstance(term, bool) else z3.is_true(model.eval(term, model_completion=True))


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
    model: z3.ModelRef, blanks: Blanks, on: date, changed: Mapping[Blank, Answer] | None = None
) -> dict[str, Any]:
    """Return the case that a solver's answer states, as plain data of a case file.

    What nothing asked for is as in the base case; a further entry of a list is a twin of the first one there.
    """
    data: dict[str, Any] = {}
    for name, entity in blanks.entities.items():
        if entity.many is None:
            data[name] = _entry(model, blanks, name, 0, changed or {})
        elif (places := _places(model, blanks, name)) is not None:
            data[name] = tuple(
                {"id": entry_id(blanks, name, place), **_entry(model, blanks, name, place, changed or {})}
                for place in places
            )
    data["controls"] = tuple(
        {"id": one, "status": "implemented", "evidence": ({"kind": EVIDENCE, "reference": EVIDENCE, "date": on},)}
        for one, term in blanks.controls.items()
        if is_true(model, term)
    )
    return data


def entry_id(blanks: Blanks, entity: str, place: int) -> str:
    """Return the id of an entry: that of the base case, or a new one."""
    of_base = entries(blanks.base, entity) or ()
    ids = [str(answer(one, "id")) for one in of_base]
    if place < len(ids):
        return ids[place]
    name = f"{entity}-{place + 1}"
    while name in ids:
        name += "x"
    return name


def _places(model: z3.ModelRef, blanks: Blanks, entity: str) -> list[int] | None:
    """Return the places of a list that have an entry; None if the list is unanswered."""
    if entity not in blanks.lists:
        of_base = entries(blanks.base, entity)
        return None if of_base is None else list(range(len(of_base)))
    listed, present = blanks.lists[entity]
    if not is_true(model, listed):
        return None
    return [place for place, term in enumerate(present) if is_true(model, term)]


def _entry(
    model: z3.ModelRef, blanks: Blanks, entity: str, place: int, changed: Mapping[Blank, Answer]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for short in blanks.entities[entity].facts:
        blank = Blank(entity, place, short)
        of_base = blanks.base_answer(blank)
        asked = changed.get(blank) or (blanks.touched[blank].answer if blank in blanks.touched else None)
        value = of_base if asked is None else value_of(model, asked, blanks.domains[blank.name])
        if value is not None and of_base is not None and asked is not None and value != of_base:
            domain = blanks.domains[blank.name]
            if not isinstance(value, tuple) and place_of(of_base, domain) == place_of(value, domain):
                value = of_base
        if value is not None:
            found[short] = value
    return found
