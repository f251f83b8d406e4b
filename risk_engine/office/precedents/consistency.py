"""Decided cases that do not go together: the same was found, and they were decided otherwise.

The same means: under the same version of the same criteria the same findings, present or open, as severe as each other,
with the same controls in place. What else differs may explain it, and so may whoever decided; no program can.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, TypeAlias

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import TextFact
from risk_engine.model.references import readers
from risk_engine.model.words import Severity
from risk_engine.office.precedents.precedent import Precedent, Value, same

CriteriaOf: TypeAlias = Callable[[Precedent], Criteria | None]
"""Finds the criteria of a precedent; None where they are not here."""


class Found(NamedTuple):
    """What was found in a case, and which controls were in place: alike in all cases of a group."""

    set_id: str
    findings: tuple[tuple[str, Severity], ...]
    undetermined: tuple[str, ...]
    controls: tuple[str, ...]


@dataclass(frozen=True)
class Otherwise:
    """Cases of a group that were decided alike."""

    measures: Mapping[str, str]
    cases: tuple[Precedent, ...]


class Differs(NamedTuple):
    """A fact that two cases do not have alike: what entries say of it, each answer once; empty where nobody knew."""

    fact: str
    one: tuple[Value, ...]
    other: tuple[Value, ...]
    is_read: bool
    """Whether a rule reads it."""


@dataclass(frozen=True)
class Inconsistent:
    """Cases in which the same was found, decided in more than one way: the strictest way first."""

    found: Found
    version: str
    ways: tuple[Otherwise, ...]
    gap: tuple[int, ...]
    """How many levels lie between the mildest and the strictest decision, on each ladder in the order of weight."""
    without_reason: tuple[str, ...]
    """The cases that were not decided as proposed, or unlike the others, and give no reason."""
    facts: tuple[Differs, ...] = ()
    """What else differs between the first case of the first way and the first of the last, what rules read first."""

    @property
    def between(self) -> tuple[Precedent, Precedent]:
        """The two cases whose facts are told."""
        return self.ways[0].cases[0], self.ways[-1].cases[0]


@dataclass(frozen=True)
class ByVersion:
    """Cases in which the same was found, decided otherwise under another version of the criteria: that explains it."""

    found: Found
    versions: tuple[tuple[str, Otherwise], ...]
    """Each version with a decision under it, in order."""


@dataclass(frozen=True)
class Consistency:
    """What a register's decisions come to, the worst first."""

    compared: int
    """How many decided cases were held against each other."""
    alike: int
    """In how many of them the same was found as in another one, under the same version."""
    inconsistent: tuple[Inconsistent, ...] = ()
    by_version: tuple[ByVersion, ...] = field(default=())


def consistency(precedents: Iterable[Precedent], criteria_of: CriteriaOf) -> Consistency:
    """Return the decided cases that do not go together; those in whose place another decision stands are left out."""
    decided = sorted(
        (one for one in precedents if one.stands != "superseded" and one.office is None),
        key=lambda one: (one.id, one.decided_on_year, one.decided_on is not None and one.decided_on.toordinal()),
    )
    groups: dict[Found, dict[str, list[Precedent]]] = {}
    for one in decided:
        groups.setdefault(_found(one), {}).setdefault(one.set_version, []).append(one)
    alike = sum(len(cases) for versions in groups.values() for cases in versions.values() if len(cases) > 1)
    inconsistent = [
        _inconsistent(found, cases, criteria_of)
        for found, versions in groups.items()
        for cases in versions.values()
        if len(_ways(cases)) > 1
    ]
    by_version = [one for found, versions in groups.items() for one in _by_version(found, versions)]
    return Consistency(
        compared=len(decided),
        alike=alike,
        inconsistent=tuple(sorted(inconsistent, key=_worst_first)),
        by_version=tuple(sorted(by_version, key=lambda one: one.versions[0][1].cases[0].id)),
    )


def _found(one: Precedent) -> Found:
    present = tuple(sorted((name, one.severities.get(name, "none")) for name in one.findings))
    return Found(one.set_id, present, tuple(sorted(one.undetermined)), one.controls)


def _ways(cases: Sequence[Precedent]) -> list[Otherwise]:
    found: dict[tuple[tuple[str, str], ...], list[Precedent]] = {}
    for one in cases:
        found.setdefault(tuple(sorted(one.measures.items())), []).append(one)
    return [Otherwise(dict(measures), tuple(several)) for measures, several in found.items()]


def _inconsistent(found: Found, cases: Sequence[Precedent], criteria_of: CriteriaOf) -> Inconsistent:
    criteria = criteria_of(cases[0])
    orders = _orders(cases, criteria)
    ways = sorted(_ways(cases), key=lambda way: [-_rank(way, name, order) for name, order in orders.items()])
    gap = tuple(
        max(_rank(way, name, order) for way in ways) - min(_rank(way, name, order) for way in ways)
        for name, order in orders.items()
    )
    # The usual way is the one of most cases; where as many went each way, nobody's is.
    most = max(len(way.cases) for way in ways)
    usual = [way for way in ways if len(way.cases) == most]
    lone = [one for way in ways for one in way.cases if one.deviates or len(usual) > 1 or way is not usual[0]]
    without = tuple(one.id for one in lone if not one.text)
    first, last = ways[0].cases[0], ways[-1].cases[0]
    return Inconsistent(
        found, cases[0].version, tuple(ways), gap, without, tuple(_differing(first, last, criteria))
    )  # fmt: skip


def _orders(cases: Sequence[Precedent], criteria: Criteria | None) -> dict[str, tuple[str, ...]]:
    """Return by ladder its levels, the mildest first, the result before the others; by name where nobody knows them."""
    if criteria is not None:
        roles = criteria.head.roles.by_role
        names = (roles["headline"], *roles.values(), *criteria.ladders)
        return {name: tuple(criteria.ladders[name].levels) for name in dict.fromkeys(names)}
    names = tuple(sorted({name for one in cases for name in one.measures}))
    return {name: tuple(sorted({one.measures.get(name, "") for one in cases})) for name in names}


def _rank(way: Otherwise, ladder: str, order: Sequence[str]) -> int:
    level = way.measures.get(ladder, "")
    return order.index(level) if level in order else -1


def _worst_first(one: Inconsistent) -> tuple[object, ...]:
    cases = [case for way in one.ways for case in way.cases]
    return tuple(-step for step in one.gap), -len(one.without_reason), -len(cases), cases[0].id, one.version


def _differing(one: Precedent, other: Precedent, criteria: Criteria | None) -> Iterator[Differs]:
    """Yield the facts that two cases do not have alike, those that most findings read first; texts are left out."""
    mine, its = (_by_fact(each) for each in (one, other))
    read = readers(criteria) if criteria is not None else {}
    differing = [name for name in dict.fromkeys((*mine, *its)) if not _alike(mine.get(name, ()), its.get(name, ()))]
    for name in sorted(differing, key=lambda name: (-len(read.get(name, ())), name)):
        if criteria is None or _is_compared(name, criteria):
            yield Differs(name, mine.get(name, ()), its.get(name, ()), name in read)


def _by_fact(one: Precedent) -> dict[str, tuple[Value, ...]]:
    found: dict[str, dict[Value, None]] = {}
    for path, value in one.facts.items():
        found.setdefault(f"{path.partition('.')[0]}.{path.rpartition('.')[2]}", {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _alike(one: Sequence[Value], other: Sequence[Value]) -> bool:
    return all(any(same(each, its) for its in other) for each in one) and all(
        any(same(each, its) for each in one) for its in other
    )


def _is_compared(name: str, criteria: Criteria) -> bool:
    entity, _dot, fact = name.partition(".")
    known = criteria.entities[entity].facts.get(fact) if entity in criteria.entities else None
    return known is not None and not isinstance(known, TextFact)


def _by_version(found: Found, versions: Mapping[str, Sequence[Precedent]]) -> Iterator[ByVersion]:
    """Yield a group once where decisions of two versions are not the same, and no version has them in common."""
    ways = {version: _ways(cases) for version, cases in versions.items()}
    differ = any(
        not {_key(way) for way in ways[one]} & {_key(way) for way in ways[other]}
        for one, other in combinations(ways, 2)
    )
    if differ:
        told = [(version, way) for version in sorted(ways, key=_number) for way in ways[version]]
        yield ByVersion(found, tuple(told))


def _key(way: Otherwise) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(way.measures.items()))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
