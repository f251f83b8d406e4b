"""Which rules read a part of a criteria set, by whatever definition or table in between."""

from collections.abc import Iterator
from functools import cached_property

from risk_engine.audit.changes.names import named
from risk_engine.audit.changes.uses import Loc, Name, declares, uses
from risk_engine.model.criteria import CriteriaSet

_THROUGH = ("definition", "fact")
"""What reads one thing for others that read it."""


class Readership:
    """The rules of two versions of a set, by what they read."""

    def __init__(self, before: CriteriaSet, after: CriteriaSet) -> None:
        self._versions = (before, after)

    def of(self, loc: Loc) -> tuple[str, ...]:
        """Return the records whose rules read, in either version, what stands at a place; in the order of the set."""
        wanted = _whole(loc)
        if wanted is None:
            return ()
        found: dict[str, None] = {}
        waiting = [wanted]
        while waiting:
            for record, own in self._readers.get(waiting.pop(), ()):
                if record not in found:
                    found[record] = None
                    waiting += own
        return tuple(one for one in self._order if one in found)

    @cached_property
    def _readers(self) -> dict[Name, list[tuple[str, tuple[Name, ...]]]]:
        """By name: the records that use it, each with the names under which others use the record in turn."""
        found: dict[Name, dict[str, tuple[Name, ...]]] = {}
        for criteria in self._versions:
            for loc, value in _records(criteria):
                own = tuple(one for one in declares(loc, value) if one[0] in _THROUGH)
                for name in uses(loc, value, criteria):
                    found.setdefault(name, {})[named(loc)[0]] = own
        return {name: list(records.items()) for name, records in found.items()}

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """The rules of both versions, those of the later one first."""
        rules = [named(loc)[0] for one in reversed(self._versions) for loc, _value in _records(one)]
        return tuple(dict.fromkeys(one for one in rules if not one.startswith("definition ")))


def _whole(loc: Loc) -> Name | None:
    """Return the name under which rules know the record that a place lies in."""
    match loc:
        case ("entities", entity, "facts", fact, *_):
            return "fact", f"{entity}.{fact}"
        case ("tables", table, "columns", column, *_):
            return "column", f"{table}.{column}"
        case ("definitions" | "controls" | "parameters" as part, name, *_):
            return f"{part}".removesuffix("s"), f"{name}"
        case _:
            return None


def _records(criteria: CriteriaSet) -> Iterator[tuple[Loc, object]]:
    """Yield every record of a set that reads others, with its place."""
    for part in ("indicators", "ladders", "awareness"):
        yield from (((part, name), one) for name, one in getattr(criteria, part).items())
    for kind in ("facts", "results", "alone", "same"):
        yield from ((("invariants", kind, name), one) for name, one in getattr(criteria.invariants, kind).items())
    for entity, record in criteria.entities.items():
        yield from ((("entities", entity, "facts", name), one) for name, one in record.facts.items())
    yield from ((("definitions", name), one) for name, one in criteria.definitions.items())
