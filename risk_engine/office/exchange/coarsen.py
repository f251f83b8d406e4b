"""Decided cases made coarser by the rules of their set until each is alike to so many others, or is left out.

What the rules do not name is left out first; then, for the cases that still have too few like them, what stands last in
the rules is told the next coarser way, then left out, then what stands before it, and so on (decision 0150).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import orjson

from risk_engine.files.plain import canonical
from risk_engine.loading.exchange_rules import answers_of, members
from risk_engine.model.companion_files import (
    OUTCOMES_SHARED,
    Bands,
    Coarsening,
    ExchangeRules,
    Groups,
    PublicList,
    Years,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoicesFact, IntegerFact
from risk_engine.office.exchange.journal import folded
from risk_engine.office.exchange.package import Alike
from risk_engine.office.precedents.precedent import Coarse, Plain, Precedent, Value, value_in_json

State: TypeAlias = tuple[int, ...]
"""Of each thing that is shared, in the order of the rules, by which of its ways it is told; behind the last: not."""
_Told: TypeAlias = Callable[[Plain], Value | None]


@dataclass(frozen=True)
class Coarsener:
    """Tells a decided case by the rules of its set."""

    rules: ExchangeRules
    criteria: Criteria

    def states(self) -> Iterator[State]:
        """Yield how everything is told, from the most exact to the coarsest."""
        ways = [len(steps) - ("drop" in steps) for steps in self.rules.share.values()]
        state = [0] * len(ways)
        yield tuple(state)
        for place in reversed(range(len(ways))):
            for way in range(1, ways[place] + 1):
                state[place] = way
                yield tuple(state)

    @cached_property
    def _ways(self) -> dict[str, tuple[_Told, ...]]:
        """How each fact is told, the most exact way first."""
        found = {}
        for name, steps in self.rules.share.items():
            if name not in OUTCOMES_SHARED:
                fact = self.criteria.fact(name)
                found[name] = tuple(_way(step, fact, self.criteria) for step in steps if step != "drop")
        return found

    def row(self, one: Precedent, state: State) -> dict[str, Any]:
        """Return all that a state tells of a case, as a line of a package has it; how many are alike is not known."""
        shared = dict(zip(self.rules.share, state, strict=True))

        def is_told(name: str) -> bool:
            return name in shared and shared[name] == 0 and self.rules.share[name][0] != "drop"

        roles = self.criteria.head.roles
        told = {n: level for n, level in one.measures.items() if n in roles.deciding or is_told("ladders")}
        facts, lists = self._facts(one, shared)
        return {
            "version": one.set_version,
            "year": one.decided_on_year,
            "gate": one.gate,
            "measures": told,
            "facts": facts,
            "lists": lists,
            "findings": sorted(one.findings) if is_told("findings") else None,
            "reasons": [rule for rule in one.reasons if rule.partition(".")[0] in told] if is_told("reasons") else None,
        }

    def _facts(self, one: Precedent, shared: Mapping[str, int]) -> tuple[dict[str, Any], list[str]]:
        """Return the facts that are told, and the lists whose entries are; entries that look alike are one."""
        entries: dict[str, dict[str, dict[str, Any]]] = {}
        for path, value in one.facts.items():
            entity, *entry, short = path.split(".")
            name = f"{entity}.{short}"
            ways = self._ways.get(name, ())
            if shared.get(name, len(ways)) >= len(ways) or isinstance(value, Coarse):
                continue
            told = ways[shared[name]](value)
            if told is not None:
                entries.setdefault(entity, {}).setdefault(".".join(entry), {})[short] = value_in_json(told)
        facts: dict[str, Any] = {}
        for entity, several in sorted(entries.items()):
            if self.criteria.entities[entity].many is None:
                found = [several[""]] if "" in several else []
            else:
                # Neither the order nor the names of entries leave, nor how many of them look alike.
                found = [orjson.loads(text) for text in sorted({canonical(each) for each in several.values()})]
            for number, each in enumerate(found, 1):
                lead = entity if self.criteria.entities[entity].many is None else f"{entity}.{number}"
                facts |= {f"{lead}.{short}": value for short, value in sorted(each.items())}
        told_of = {name.partition(".")[0] for name, way in shared.items() if way < len(self._ways.get(name, ()))}
        return facts, sorted(told_of & set(one.lists))


def _way(step: Coarsening, fact: AnyFact, criteria: Criteria) -> _Told:
    match step:
        case Groups():
            groups = list(members(step, answers_of(fact, criteria)).values())
            return lambda value: _grouped(value, groups)
        case Bands():
            assert isinstance(fact, IntegerFact)  # noqa: S101 (the rules were checked)
            low, high = fact.range
            ends = [*step.bands, high]
            starts = [low, *(one + 1 for one in step.bands)]
            return lambda value: _banded(value, starts, ends)
        case Years():
            return lambda value: _dated(value, step.years)
        case PublicList():
            known = {folded(name): name for name in step.names}
            return lambda value: _listed(value, known, step)
        case _:
            return lambda value: value if _is_answer(value, fact) else None


def _is_answer(value: Plain, fact: AnyFact) -> bool:
    """Return whether an answer is one that the set offers: another one, of an older version, is not told at all."""
    if isinstance(fact, BooleanFact):
        return isinstance(value, bool)
    options = getattr(fact, "options", {})
    if isinstance(fact, ChoicesFact):
        return isinstance(value, tuple) and all(one in options for one in value)
    return isinstance(value, str) and value in options


def _grouped(value: Plain, groups: Sequence[tuple[str, ...]]) -> Value | None:
    if value == ():
        return value
    several = value if isinstance(value, tuple) else (value,)
    within = [group for group in groups if any(one in group for one in several)]
    one_of = tuple(one for group in within for one in group)
    return Coarse(one_of=one_of) if all(one in one_of for one in several) else None


def _banded(value: Plain, starts: Sequence[int], ends: Sequence[int]) -> Value | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return next(
        (Coarse(at_least=low, at_most=high) for low, high in zip(starts, ends, strict=True) if low <= value <= high),
        None,
    )


def _dated(value: Plain, years: int) -> Value | None:
    if not isinstance(value, str) or not value[:4].isdigit():
        return None
    first = int(value[:4]) // years * years
    return Coarse(at_least=f"{first:04d}-01-01", at_most=f"{first + years - 1:04d}-12-31")


def _listed(value: Plain, known: Mapping[str, str], step: PublicList) -> Value | None:
    name = known.get(folded(value)) if isinstance(value, str) else None
    return None if name is None else f"{name} ({step.public_list}, {step.as_of.isoformat()})"


class Anonymised(NamedTuple):
    """What of decided cases can leave, and how many cannot and why."""

    alike: tuple[Alike, ...]
    few: int
    """So many have too few like them, however coarse they are told."""
    held: int
    """So many are held back, for what came to an earlier package would tell of few."""

    @property
    def cases(self) -> int:
        """Of how many cases something leaves."""
        return sum(one.cases for one in self.alike)

    @property
    def k(self) -> int:
        """Of how many cases each line tells at least."""
        return min((one.cases for one in self.alike), default=0)


def anonymised(
    coarsener: Coarsener,
    cases: Sequence[Precedent],
    k: int,
    earlier: Sequence[Mapping[bytes, int]],
    *,
    only_again: bool = False,
) -> Anonymised:
    """Return what can leave so that each line stands for at least `k` cases alike in all that it says.

    `earlier` are packages that left before, the oldest first, each by what its lines say and of how many cases. What
    the last of them told is told again by as many cases as long as there are so many; what came since leaves in groups
    of at least `k`, as lines of its own or beside those. So no two packages together tell of fewer either, however
    their lines are added up. With `only_again` nothing leaves but what the last one told.
    """
    taken, left = _taken(coarsener, cases, k, earlier, only_again=only_again)
    few = min(left, _taken(coarsener, cases, k, ())[1]) if any(earlier) else left
    alike = [Alike.model_validate_json(canonical({**orjson.loads(row), "cases": n})) for row, n in taken.items()]
    return Anonymised(tuple(sorted(alike, key=Alike.line)), few, left - few)


def _taken(
    coarsener: Coarsener,
    cases: Sequence[Precedent],
    k: int,
    earlier: Sequence[Mapping[bytes, int]],
    *,
    only_again: bool = False,
) -> tuple[dict[bytes, int], int]:
    """Return what leaves, each line with of how many cases, and how many cases are in none."""
    last = next((one for one in reversed(earlier) if one), {})  # one that withdraws tells nothing
    taken, left = _again(coarsener, cases, {row: number for row, number in last.items() if number >= k})
    for state in () if only_again else coarsener.states():
        if not left:
            break
        rows = [canonical(coarsener.row(one, state)) for one in left]
        room = {
            row: _most(taken.get(row, 0), number, k, [one.get(row, 0) for one in earlier]) - taken.get(row, 0)
            for row, number in Counter(rows).items()
        }
        remaining = []
        for one, row in zip(left, rows, strict=True):
            if room[row] > 0:
                room[row] -= 1
                taken[row] = taken.get(row, 0) + 1
            else:
                remaining.append(one)
        left = remaining
    return taken, len(left)


def _again(
    coarsener: Coarsener, cases: Sequence[Precedent], last: Mapping[bytes, int]
) -> tuple[dict[bytes, int], list[Precedent]]:
    """Return the lines of the last package for which there are as many cases as before, and the cases in none of them.

    The most exact line chooses first, and each takes who was decided first: as it was when that package left.
    """
    taken: dict[bytes, int] = {}
    left = sorted(cases, key=lambda one: (one.decided_on or date.min, one.id))
    for state in coarsener.states() if last else ():
        if len(taken) == len(last):
            break
        rows = [canonical(coarsener.row(one, state)) for one in left]
        room = {
            row: last[row]
            for row, number in Counter(rows).items()
            if row not in taken and number >= last.get(row, number + 1)
        }
        taken |= room
        remaining = []
        for one, row in zip(left, rows, strict=True):
            if room.get(row, 0) > 0:
                room[row] -= 1
            else:
                remaining.append(one)
        left = remaining
    return taken, left


def _most(taken: int, more: int, k: int, before: Sequence[int]) -> int:
    """Return for how many cases a line may stand at most, where so many are in it and so many more could be."""
    for number in range(taken + more, max(taken, k - 1), -1):
        if all(number == one or abs(number - one) >= k for one in before):
            return number
    return taken
