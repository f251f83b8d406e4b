"""The nearest decided cases to a case: by the facts that decide, never by a name.

Which facts decide says the engine: those that findings which are present, or that answers leave open, were read from,
on either side. Each weighs as many points as the most severe of these findings has, twice where a rule that decided
rests on it. Where nothing was found, the facts that keep everything absent decide, each alike. A fact that is the same
counts for a case, one that differs against it; what one of the two does not know counts neither way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from risk_engine.engine.find import absent_reads
from risk_engine.engine.work import recall
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import Criteria, Indicator, severity_conditions
from risk_engine.model.former_names import FormerNames, answer_now, former_names
from risk_engine.model.references import read_by
from risk_engine.model.words import Severity
from risk_engine.office.precedents.precedent import (
    Precedent,
    Stands,
    Value,
    deciding_findings,
    facts_of,
    lists_of,
    same,
)

MOST = 5
"""So many similar cases are told: more nobody reads."""
Verdict: TypeAlias = Literal["same", "differs", "unknown_here", "unknown_there", "only_here", "only_there"]
"""What a fact is on both sides; the last two are of an entry that has none like it on the other side."""
_COUNTS: Mapping[Verdict, int] = {"same": 1, "differs": -1, "only_here": -1, "only_there": -1}
_RANK: Mapping[Stands, int] = {"stands": 0, "earlier": 1, "contradicted": 2, "superseded": 3}

Entries: TypeAlias = dict[str, dict[str | None, dict[str, Value]]]
"""Values by entity, entry (None where there is only one) and fact."""
Weights: TypeAlias = dict[str, dict[str | None, dict[str, int]]]


class Compared(NamedTuple):
    """One fact that decides, on both sides: its name, the entries that were held against each other, the values."""

    fact: str
    weight: int
    verdict: Verdict
    here: str | None
    there: str | None
    value_here: Value | None
    value_there: Value | None


@dataclass(frozen=True)
class Similar:
    """A decided case that is near: every fact that decides in one of the two, the weightiest first."""

    precedent: Precedent
    facts: tuple[Compared, ...]
    findings_here: tuple[str, ...]
    """What was found or is open here and was not found there."""
    findings_there: tuple[str, ...]
    findings_both: tuple[str, ...]

    def of(self, *verdicts: Verdict) -> tuple[Compared, ...]:
        """Return the facts with one of these verdicts."""
        return tuple(one for one in self.facts if one.verdict in verdicts)


@dataclass(frozen=True)
class Nearest:
    """The nearest decided cases, and how many were looked at."""

    similar: tuple[Similar, ...]
    compared: int
    """Decisions under the same set of criteria, those of the case itself left out."""
    other_sets: int
    """Decisions under other sets: their facts mean other things."""


class _Side:
    """A case as one side of a comparison: its values and the weights of what decides in it, in today's names."""

    __slots__ = ("entries", "findings", "lists", "weights")

    def __init__(
        self,
        facts: Iterable[tuple[str, Value]],
        lists: Iterable[str],
        weights: Mapping[str, int],
        findings: frozenset[str],
        renamed_by: Criteria | None = None,
    ) -> None:
        """`renamed_by` are the criteria in whose names a case under an earlier version is to be told."""
        self.findings = findings
        self.entries: Entries = {}
        self.weights: Weights = {}
        self.lists = frozenset(lists)
        for path, value in facts:
            entity, _dot, rest = path.partition(".")
            entry, dot, fact = rest.rpartition(".")
            self.entries.setdefault(entity, {}).setdefault(entry if dot else None, {})[fact] = value
        for path, weight in weights.items():
            entity, _dot, rest = path.partition(".")
            entry, dot, fact = rest.rpartition(".")
            if fact:  # a list as a whole is known by its entries
                self.weights.setdefault(entity, {}).setdefault(entry if dot else None, {})[fact] = weight
                self.entries.setdefault(entity, {}).setdefault(entry if dot else None, {})
        if renamed_by is not None and former_names(renamed_by):
            self._rename(former_names(renamed_by), renamed_by)

    def _rename(self, names: FormerNames, criteria: Criteria) -> None:
        self.lists = frozenset(names.entity(one) for one in self.lists)
        self.entries = {names.entity(one): held for one, held in self.entries.items()}
        self.weights = {names.entity(one): held for one, held in self.weights.items()}
        self.findings = frozenset(names.indicator(one) for one in self.findings)
        for entity in self.entries.keys() | self.weights.keys():
            former = {*names.known_facts(entity), *names.meant_otherwise(entity)}
            declared = criteria.entities[entity].facts if entity in criteria.entities else {}
            for held in self.entries.get(entity, {}).values():
                for old in former & held.keys():
                    now, value = names.fact(entity, old), held.pop(old)
                    value = answer_now(value, now, declared.get(now.name))
                    if value != UNKNOWN:  # the old answer says too little
                        held[now.name] = value
            for weighed in self.weights.get(entity, {}).values():
                for old in former & weighed.keys():
                    weighed[names.fact(entity, old).name] = weighed.pop(old)


Rows: TypeAlias = tuple[tuple[str, int, int | None, int | None, Verdict], ...]
"""Facts of one entity that were compared: name, weight, the place of the entry on each side, the verdict."""


class Precedents:
    """Decided cases, ready to be held against one case after another that was assessed under the same set."""

    def __init__(self, precedents: Iterable[Precedent], criteria: Criteria) -> None:
        """`criteria` are those of the cases to come: in their names everything is compared."""
        self.criteria = criteria
        every = list(precedents)
        self._held = [(one, self._side(one)) for one in every if one.set_id == criteria.head.id]
        self._other_sets = sum(one.cases for one in every if one.set_id != criteria.head.id)

    def nearest(self, assessment: Assessment, most: int = MOST) -> Nearest:
        """Return the nearest decided cases, the nearest first; a case is never its own precedent.

        A case in which what differs weighs more than what is the same is told only where it is the nearest of all.
        Of one case only the nearest decision is told, and of those that are as near the one that counts. Where no fact
        that decides is the same there is nothing to learn: such a case is left out. The order of what was given makes
        no difference. Raises what `recall` raises.
        """
        mine = self.side(assessment)
        search = _Search(mine)
        found: list[tuple[tuple[int, *tuple[object, ...]], Precedent, _Side]] = []
        compared = 0
        for precedent, theirs in self._held:
            if precedent.office is None and precedent.id == assessment.case_id:
                continue
            compared += precedent.cases
            counted = search.counted(theirs)
            if counted.same:
                found.append((_order(precedent, counted), precedent, theirs))
        found.sort(key=lambda one: one[0])
        chosen: dict[tuple[str | None, str], Similar] = {}
        for (outweighed, *_rank), precedent, theirs in found:
            if len(chosen) >= most or (chosen and outweighed > 0):
                break
            key = precedent.office, precedent.id
            if key not in chosen:
                chosen[key] = _similar(precedent, mine, theirs, search.compared(theirs))
        return Nearest(tuple(chosen.values()), compared, self._other_sets)

    def side(self, assessment: Assessment) -> _Side:
        """Return a case that was assessed under the criteria as one side of a comparison."""
        open_or_present = {one.id: _reads(one.reads, one.bars, one.missing) for one in assessment.findings}
        severities = {one.id: one.possible for one in assessment.findings}
        weights = self._weights(open_or_present, severities, deciding_findings(assessment))
        if not weights:
            facts = recall(assessment, self.criteria).facts
            for name in assessment.absent:
                reads = absent_reads(self.criteria.indicators[name], facts)
                weights.update((one.path(), 1) for one in reads if one.fact is not None)
        return _Side(facts_of(assessment), lists_of(assessment), weights, frozenset(open_or_present))

    def _side(self, one: Precedent) -> _Side:
        renamed_by = self.criteria if one.set_version != self.criteria.head.version else None
        found = (*one.findings, *one.undetermined)
        reads = {name: one.reads[name] if name in one.reads else self._may_read(name, one) for name in found}
        weights = self._weights(reads, one.severities, one.rests_on)
        return _Side(one.facts.items(), one.lists, weights, frozenset(found), renamed_by)

    def _may_read(self, finding: str, one: Precedent) -> tuple[str, ...]:
        """Return the facts of a precedent that a finding may read, where it does not say itself which it did."""
        names = read_by(self.criteria).get(former_names(self.criteria).indicator(finding), frozenset())
        return tuple(path for path in one.facts if _fact_of(path) in names)

    def _weights(
        self, reads: Mapping[str, Sequence[str]], severities: Mapping[str, Severity], rests_on: Iterable[str]
    ) -> dict[str, int]:
        head, indicators, decisive = self.criteria.head.severity, self.criteria.indicators, frozenset(rests_on)
        found: dict[str, int] = {}
        for name, paths in reads.items():
            known = indicators.get(name)
            severity = severities.get(name) or ("low" if known is None else _least(known))
            points = max(1, head.of(severity, known.points if known else None)) * (2 if name in decisive else 1)
            for path in paths:
                if found.get(path, 0) < points:
                    found[path] = points
        return found


def _least(indicator: Indicator) -> Severity:
    """Return the mildest severity that a finding can have: so severe it was at least, where a package does not say."""
    return next((severity for severity, _condition in severity_conditions(indicator)), "low")


def _reads(*several: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for paths in several for path in paths))


def _fact_of(path: str) -> str:
    return f"{path.partition('.')[0]}.{path.rpartition('.')[2]}"


class Counted(NamedTuple):
    """How much weighs what is the same, what differs, and what one of the two does not know."""

    same: int = 0
    differing: int = 0
    unknown: int = 0


def _order(one: Precedent, counted: Counted) -> tuple[int, *tuple[object, ...]]:
    """Return by what decided cases are sorted: how near, then what counts today, the newest, own ones, by number."""
    day = 0 if one.decided_on is None else -one.decided_on.toordinal()
    return (
        counted.differing - counted.same,
        counted.differing,
        counted.unknown,
        _RANK[one.stands],
        -one.decided_on_year,
        day,
        one.office or "",
        one.id,
        sorted(one.measures.items()),
    )


class _Search:
    """Holds one case against others; entities that say the same in several of them are compared once."""

    def __init__(self, mine: _Side) -> None:
        self.mine = mine
        self._known: dict[object, tuple[Counted, Rows]] = {}
        self._asked = {
            entity: tuple(dict.fromkeys(fact for facts in held.values() for fact in facts))
            for entity, held in mine.weights.items()
        }

    def counted(self, theirs: _Side) -> Counted:
        """Return how near another case is."""
        several = [self._entity(entity, theirs)[0] for entity in self._entities(theirs)]
        return Counted(*map(sum, zip(*several, strict=True))) if several else Counted()

    def compared(self, theirs: _Side) -> tuple[Compared, ...]:
        """Return every fact that decides on either side, the weightiest first."""
        found: list[Compared] = []
        for entity in self._entities(theirs):
            ours, others = (list(one.entries.get(entity, {}).items()) for one in (self.mine, theirs))
            for fact, weight, place, other, verdict in self._entity(entity, theirs)[1]:
                here, mine = (None, {}) if place is None else ours[place]
                there, its = (None, {}) if other is None else others[other]
                found.append(Compared(f"{entity}.{fact}", weight, verdict, here, there, mine.get(fact), its.get(fact)))
        return tuple(sorted(found, key=lambda one: -one.weight))

    def _entities(self, theirs: _Side) -> Iterator[str]:
        yield from self.mine.weights
        yield from (entity for entity in theirs.weights if entity not in self.mine.weights)

    def _entity(self, entity: str, theirs: _Side) -> tuple[Counted, Rows]:
        entries, weights = theirs.entries.get(entity, {}), theirs.weights.get(entity, {})
        asked = self._asked.get(entity, ())
        key = (
            entity,
            entity in theirs.lists,
            tuple(tuple(map(held.get, asked)) for held in entries.values()),
            tuple(
                tuple((fact, weight, entries[entry].get(fact)) for fact, weight in weights.get(entry, {}).items())
                for entry in (entries if weights else ())
            ),
        )
        found = self._known.get(key)
        if found is None:
            rows = tuple(self._rows(entity, theirs))
            weighs = dict.fromkeys((1, -1, 0), 0)
            for _fact, weight, _here, _there, verdict in rows:
                weighs[_COUNTS.get(verdict, 0)] += weight
            found = self._known[key] = Counted(*weighs.values()), rows
        return found

    def _rows(self, entity: str, theirs: _Side) -> Iterator[tuple[str, int, int | None, int | None, Verdict]]:
        sides = (self.mine, theirs)
        ours, others = ([*one.entries.get(entity, {}).items()] for one in sides)
        weighed = [one.weights.get(entity, {}) for one in sides]
        mine = [weighed[0].get(entry, {}) for entry, _held in ours]
        its = [weighed[1].get(entry, {}) for entry, _held in others]
        pairs: list[tuple[int, int, int, list[tuple[str, int, Verdict]]]] = []
        for place, (_entry, held) in enumerate(ours):
            for other, (_other_entry, known) in enumerate(others):
                if mine[place] or its[other]:
                    rows = list(_paired(mine[place], its[other], held, known))
                    gain = sum(weight * _COUNTS.get(verdict, 0) for _fact, weight, verdict in rows)
                    pairs.append((-gain - sum(mine[place].values()) - sum(its[other].values()), place, other, rows))
        taken: tuple[set[int], set[int]] = set(), set()
        for _benefit, place, other, rows in sorted(pairs, key=lambda one: one[:3]):
            if place not in taken[0] and other not in taken[1]:
                taken[0].add(place)
                taken[1].add(other)
                yield from ((fact, weight, place, other, verdict) for fact, weight, verdict in rows)
        # What has nothing like it on the other side: there is none, where the list there is known.
        knows = [bool(one.entries.get(entity)) or entity in one.lists for one in sides]
        for place, weights in enumerate(mine):
            if place not in taken[0]:
                verdict: Verdict = "only_here" if knows[1] else "unknown_there"
                yield from ((fact, weight, place, None, verdict) for fact, weight in weights.items())
        for other, weights in enumerate(its):
            if other not in taken[1]:
                verdict = "only_there" if knows[0] else "unknown_here"
                yield from ((fact, weight, None, other, verdict) for fact, weight in weights.items())


def _paired(
    mine: Mapping[str, int], its: Mapping[str, int], here: Mapping[str, Value], there: Mapping[str, Value]
) -> Iterator[tuple[str, int, Verdict]]:
    """Yield what decides in either of two entries, compared."""
    for fact in dict.fromkeys((*mine, *its)):
        weight = max(mine.get(fact, 0), its.get(fact, 0))
        one, other = here.get(fact), there.get(fact)
        if one is None or other is None:
            yield fact, weight, "unknown_here" if one is None else "unknown_there"
        else:
            yield fact, weight, "same" if same(one, other) else "differs"


def _similar(precedent: Precedent, mine: _Side, theirs: _Side, facts: tuple[Compared, ...]) -> Similar:
    return Similar(
        precedent,
        facts,
        findings_here=tuple(sorted(mine.findings - theirs.findings)),
        findings_there=tuple(sorted(theirs.findings - mine.findings)),
        findings_both=tuple(sorted(mine.findings & theirs.findings)),
    )
