"""Plain data of a case in a program: checked as `load_case` checks them, and taken, in the same few lines.

What does not fit, and what is rare enough, raises OddDataError: then `load_case` reads the case, and says what is wrong
if anything is. That both let the same through, with the same result, is held by `tests/engine/test_program_data.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, assert_never

from pydantic import ValidationError

from risk_engine.loading.case import answered
from risk_engine.loading.validate import path_problem
from risk_engine.model.case import UNKNOWN, Case, row_names
from risk_engine.model.conditions import Compare, leaves
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.references import asked_in_order, closable


class OddDataError(Exception):
    """The data may be wrong, or are stated in a rare way."""


def core_of(data: Mapping[str, Any], criteria: Criteria) -> Case:
    """Return what a case states beside its facts; OddDataError if something is wrong with it."""
    stated = {key: value for key, value in data.items() if key not in criteria.entities}
    try:
        core = Case.model_validate(answered(stated))
    except ValidationError as error:
        raise OddDataError from error
    controls = [one.id for one in core.controls]
    if controls and not (len(set(controls)) == len(controls) and criteria.controls.keys() >= set(controls)):
        raise OddDataError
    if core.evidence:
        facts = answered(data)
        if any(path_problem(path, facts, criteria) for one in core.evidence for path in one.for_):
            raise OddDataError
    return core


# --- what the source calls: each returns a value as a case holds it, or raises OddDataError ---


def odd(value: object) -> None:
    """Return the one answer that is none, `unknown`, as that."""
    if value.__class__ is not str or value != UNKNOWN:
        raise OddDataError


def stated(entry: object, blank: Mapping[str, None]) -> dict[str, Any]:
    """Return what is stated of an entry, with everything that may be."""
    if entry.__class__ is not dict:
        raise OddDataError
    every = {**blank, **entry}
    if len(every) != len(blank):
        raise OddDataError
    return every


def listed(entries: object, many: int) -> Sequence[object] | None:
    """Return the entries of a list, None if it is not answered."""
    if entries is None:
        return None
    if isinstance(entries, list | tuple):
        if len(entries) > many:
            raise OddDataError
        return entries
    odd(entries)
    return None


def identified(name: object, seen: set[str]) -> None:
    """Note the id of an entry, which no other entry of the list may have."""
    if name.__class__ is not str or not _ENTRY(name) or name in seen:
        raise OddDataError
    seen.add(name)


_ENTRY = re.compile(r"[a-z0-9_-]+", re.ASCII).fullmatch


def day(value: object) -> date | None:
    """Return a date, which JSON has as text."""
    if value.__class__ is str and _DAY(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise OddDataError from error
    odd(value)
    return None


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch


def chosen(value: object, options: frozenset[str]) -> tuple[str, ...] | None:
    """Return chosen options, none of them twice."""
    if not isinstance(value, list | tuple):
        odd(value)
        return None
    if any(one.__class__ is not str for one in value) or not (len(options & set(value)) == len(value)):
        raise OddDataError
    return tuple(value)


def row(value: object, names: Mapping[str, str]) -> str | None:
    """Return the row of a table that a name or an alias stands for."""
    if value.__class__ is not str or value == UNKNOWN or value not in names:
        odd(value)
        return None
    return names[value]


def text(value: object) -> str | None:
    """Return a text."""
    if value.__class__ is not str or value == UNKNOWN:
        odd(value)
        return None
    return value


CALLED: Mapping[str, Callable[..., Any]] = {
    one.__name__: one for one in (odd, stated, listed, identified, day, chosen, row, text)
}


# --- the source ---


def read_by_rules(criteria: Criteria, in_force: Sequence[str], awareness: Sequence[str]) -> frozenset[str]:
    """Return the facts of a case that its rules read, those that name a row of a table among them."""
    conditions = [one for _name, _short, _fact, one in asked_in_order(criteria)]
    conditions += closable(criteria).values()
    needed = {f"{name}.{short}" for name, short, _fact, _when in asked_in_order(criteria)}
    for name in in_force:
        indicator = criteria.indicators[name]
        conditions += [one for _severity, one in severity_conditions(indicator)]
        conditions += [one for _kind, one in knock_out_conditions(indicator) if one != "always"]
        conditions += [one.when for one in indicator.controls if one.when is not None]
    conditions += [rule.when for name in awareness if (rule := criteria.awareness[name]).when != "always"]
    for invariant in criteria.invariants.facts.values():
        conditions += [one for one in (invariant.whenever, invariant.then) if one != "always"]
    read = {
        leaf.fact
        for one in conditions
        for leaf, _within in leaves(one, criteria.definitions)
        if isinstance(leaf, Compare)
    }
    needed |= {name for name in read if name.partition(".")[0] in criteria.entities}
    for full in tuple(needed):
        entity, _, _short = full.partition(".")
        fact = criteria.fact(full)
        if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
            needed.add(f"{entity}.{fact.from_}")
    return frozenset(needed)


def taken_from_data(
    entity: Entity,
    shorts: Sequence[str],
    variables: Sequence[str],
    criteria: Criteria,
    constant: Callable[..., str],
) -> list[str]:
    """Return the lines that check what is stated of the entry `e` and take all its facts."""
    named = (*shorts, "id") if entity.many is not None else tuple(shorts)
    blank = constant(dict.fromkeys(named), key=("blank", named))
    lines = [f"e = stated(e, {blank})"]
    if entity.many is not None:
        lines.append(f"identified(e[{constant('id')}], seen)")
    for short, variable in zip(shorts, variables, strict=True):
        lines += [f"{variable} = e[{constant(short)}]", *_checked(entity.facts[short], variable, criteria, constant)]
    return lines


def _checked(fact: AnyFact, v: str, criteria: Criteria, constant: Callable[..., str]) -> list[str]:
    """Return the lines that check the value of a fact."""
    match fact:
        case BooleanFact():
            return [f"if {v} is not True and {v} is not False and {v} is not None: {v} = odd({v})"]
        case ChoiceFact(options=options):
            allowed = constant(frozenset(options) - {UNKNOWN})
            return [f"if {v} is not None and ({v}.__class__ is not str or {v} not in {allowed}): {v} = odd({v})"]
        case IntegerFact(range=(lowest, highest)):
            within = f"{constant(lowest)} <= {v} <= {constant(highest)}"
            return [f"if {v} is not None and ({v}.__class__ is not int or not {within}): {v} = odd({v})"]
        case DateFact():
            return [f"if {v} is not None and {v}.__class__ is not date: {v} = day({v})"]
        case ChoicesFact(options=options):
            return [f"if {v} is not None: {v} = chosen({v}, {constant(frozenset(options))})"]
        case RowFact(of=table):
            names = constant(row_names(criteria.tables[table]), key=("rows", table))
            return [f"if {v} is not None: {v} = row({v}, {names})"]
        case TextFact():
            return [f"if {v} is not None: {v} = text({v})"]
        case _:
            assert_never(fact)
