"""What two versions have in common of a case: what only one knows, what one refuses, and one case as both state it."""

from collections.abc import Iterator, Mapping
from typing import Any

import z3

from risk_engine.engine.facts import holders
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.case import answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.solver.blanks import Blank
from risk_engine.solver.solver import ask_solver, new_solver
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Term, either, key, negated, tell


class TypesDifferError(RiskEngineError):
    """No case can be read by both versions: what is called the same is of another type."""


class Overlap:
    """What a case can state under an earlier and a later version, and what under one of them alone."""

    def __init__(self, before: Criteria, after: Criteria) -> None:
        """Take the versions; raise TypesDifferError where a fact or an entity is of another type in the later one."""
        _check_types(before, after)
        self.after = after
        self.new = _only_in(after, before)
        """The facts that only the later version has, those that no rule can read left out."""
        self.gone = _only_in(before, after)
        """Likewise those that only the earlier version has."""
        self.controls = frozenset({*before.controls} ^ {*after.controls})
        """The controls that only one of them has."""
        self._new_entities = frozenset({*after.entities} - {*before.entities})
        self._entities = frozenset({*before.entities} ^ {*after.entities})

    def alike(self, space: Space) -> Iterator[Term]:
        """Yield that a case file runs under both versions: it states nothing that only one of them knows."""
        for blank, stated in space.blanks.touched.items():
            if blank.name in self.new or blank.name in self.gone:
                yield stated.answer.unknown
        yield from (negated(listed) for name, (listed, _) in space.blanks.lists.items() if name in self._entities)
        yield from (negated(term) for name, term in space.blanks.controls.items() if name in self.controls)

    def answered(self, space: Space) -> Iterator[Term]:
        """Yield that every question which only the later version asks is answered."""
        for blank in list(space.blanks.touched):
            if blank.name in self.new:
                yield either(negated(space.blanks.is_there(blank)), negated(self._unknown(space, blank)))
        yield from (listed for name, (listed, _) in space.blanks.lists.items() if name in self._new_entities)

    def is_answered_in(self, worked: Worked) -> bool:
        """Return the same of what the later version made of a case."""
        facts = worked.facts
        for name in self.new:
            entity, _dot, short = name.partition(".")
            if isinstance(self.after.entities[entity].facts[short], RowFact):
                there = getattr(worked.case, entity)
                is_open = any(answer(one, short) is None for one in (there if isinstance(there, tuple) else (there,)))
            else:
                is_open = any(one.values[short] is None for one in holders(facts, entity))
            if is_open:
                return False
        return all(facts.lists[name] is not None for name in self._new_entities if name in facts.lists)

    def is_left_by(self, data: Mapping[str, Any]) -> bool:
        """Return whether a case, as plain data, states something that only one of the versions knows."""
        for name in {*self.new, *self.gone}:
            entity, _dot, short = name.partition(".")
            entries = data.get(entity) or ()
            if any(short in one for one in ([entries] if isinstance(entries, dict) else entries)):
                return True
        in_place = {one["id"] for one in data["controls"]}
        return bool(in_place & self.controls) or any(name in data for name in self._entities)

    def _unknown(self, space: Space, blank: Blank) -> Term:
        if isinstance(self.after.entities[blank.entity].facts[blank.fact], RowFact):
            return space.blanks.touched[blank].answer.unknown
        return space.readings[1].facts.answer(blank.name, blank.place)[0].unknown


def _only_in(one: Criteria, other: Criteria) -> tuple[str, ...]:
    """Return the facts that only one of two versions has, those that no rule can read left out."""
    known = dict(other.every_fact())
    return tuple(name for name, fact in one.every_fact() if not isinstance(fact, TextFact) and name not in known)


def _check_types(before: Criteria, after: Criteria) -> None:
    now = dict(after.every_fact())
    changed = [f"`{name}`" for name, fact in before.every_fact() if name in now and now[name].type != fact.type]
    changed += [
        f"`{name}`"
        for name, entity in before.entities.items()
        if name in after.entities and (entity.many is None) != (after.entities[name].many is None)
    ]
    if changed:
        message = _("no case can be read by both versions: {facts} changed type", facts=", ".join(changed))
        raise TypesDifferError(message, _("give what is of another type a name of its own"))


def refused(space: Space) -> Iterator[str]:
    """Yield for each question whose answer only the later of two versions may refuse that it does, as a sentence.

    Every fact of the space was asked for. What the later version does not know at all (an option, a row, a number) is
    another question.
    """
    before, after = (one.facts for one in space.readings)
    same = {key(term) for term in before.accepted.values() if not isinstance(term, bool)}
    own = {key(term) for term in after.accepted.values() if not isinstance(term, bool)}
    narrower = {
        # Entries of a list are in no order, so the first stands for all.
        blank: term
        for blank, term in after.accepted.items()
        if blank.place == 0 and term is not True and key(term) not in same and blank.fact in _facts(space, blank.entity)
    }
    if not narrower:
        return
    solver = new_solver(space.blanks.context)
    solver.set("rlimit", space.limits.steps)
    tell(solver, [*space.blanks.constraints, *before.constraints])
    tell(solver, (one for one in after.constraints if isinstance(one, bool) or key(one) not in own))
    for blank, accepted in narrower.items():
        found = ask_solver(solver, negated(accepted))
        if found == z3.sat:
            yield _("an answer to `{fact}` is refused in cases in which it was accepted", fact=blank.name)
        elif found == z3.unknown:
            yield _("it is not decided whether answers to `{fact}` are refused that were accepted", fact=blank.name)


def _facts(space: Space, entity: str) -> frozenset[str]:
    """Return the facts of an entity that the earlier version knows."""
    declared = space.readings[0].criteria.entities.get(entity)
    return frozenset() if declared is None else frozenset(declared.facts)


def union(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what either of two statements of a case says; they never contradict each other."""
    return {name: _both(before.get(name), after.get(name)) for name in dict.fromkeys((*after, *before))}


def _both(before: Any, after: Any) -> Any:
    match before, after:
        case dict(), dict():
            return {**after, **before}
        case tuple(), tuple():
            there = {one["id"]: one for one in before}
            merged = tuple({**one, **there.get(one["id"], {})} for one in after)
            return (*merged, *(one for name, one in there.items() if name not in {other["id"] for other in after}))
        case _:
            return before if after is None else after
