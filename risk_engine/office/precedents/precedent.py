"""A decided case as one that others may be held against: its facts, what was found, what was decided, by which rules.

An office reads its own from its register; from another office they come in a package, with facts that may be said less
exactly than they were answered (`Coarse`). Both are the same record, and nothing here looks at a name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from risk_engine.engine.facts import in_json
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import RESERVED, UNKNOWN
from risk_engine.model.decision import Decision
from risk_engine.model.words import Severity
from risk_engine.office.register.folder import CaseFolder
from risk_engine.office.register.record import ReadCase, Ruled, read_case
from risk_engine.records.decide import awaits_confirmation

Plain: TypeAlias = bool | int | str | tuple[str, ...]
"""An answer as it was given; a day is written as text, as records do."""
Stands: TypeAlias = Literal["stands", "earlier", "contradicted", "superseded"]
"""How a decision stands today: it counts; it is on an earlier assessment of the case; another one stands beside it on
the same assessment; another one took its place."""


@dataclass(frozen=True)
class Coarse:
    """An answer that is said less exactly than it was given: one of these, or between these bounds.

    Of an answer that chooses several, every one that was chosen is among them, and at least one was. Days are texts
    (`2026-01-31`).
    """

    one_of: tuple[Plain, ...] = ()
    at_least: int | str | None = None
    at_most: int | str | None = None

    def may_be(self, value: Plain) -> bool:
        """Return whether an exact answer may be what is said here."""
        if self.one_of:
            return value in self.one_of or (
                isinstance(value, tuple) and bool(value) and all(one in self.one_of for one in value)
            )
        bounds = [one for one in (self.at_least, self.at_most) if one is not None]
        if isinstance(value, tuple) or any(isinstance(value, str) is not isinstance(one, str) for one in bounds):
            return False
        is_above = self.at_least is None or value >= self.at_least  # type: ignore[operator]  # all of one kind
        return is_above and (self.at_most is None or value <= self.at_most)  # type: ignore[operator]

    def meets(self, other: "Coarse") -> bool:
        """Return whether two that are said less exactly may be the same."""
        if self.one_of:
            return any(other.may_be(one) for one in self.one_of)
        if other.one_of:
            return other.meets(self)
        lowest = [one for one in (self.at_least, other.at_least) if one is not None]
        highest = [one for one in (self.at_most, other.at_most) if one is not None]
        if len({isinstance(one, str) for one in (*lowest, *highest)}) > 1:
            return False
        return not lowest or not highest or max(lowest) <= min(highest)  # type: ignore[operator]


Value: TypeAlias = Plain | Coarse


def same(one: Value, other: Value) -> bool:
    """Return whether two answers are the same, compared as exactly as the less exact of the two says."""
    match one, other:
        case Coarse(), Coarse():
            return one.meets(other)
        case Coarse(), _:
            return one.may_be(other)  # type: ignore[arg-type]  # the case before this one took the other kind
        case _, Coarse():
            return other.may_be(one)
        case _:
            if isinstance(one, tuple) and isinstance(other, tuple):  # of what was chosen no order is asked
                return set(one) == set(other)
            return type(one) is type(other) and one == other


def value_in_json(value: Value) -> Any:
    """Return an answer as plain data, for a package or for a program."""
    if not isinstance(value, Coarse):
        return list(value) if isinstance(value, tuple) else value
    if value.one_of:
        return {"one_of": [value_in_json(one) for one in value.one_of]}
    bounds = {"at_least": value.at_least, "at_most": value.at_most}
    return {name: one for name, one in bounds.items() if one is not None}


def value_from_json(data: Any) -> Value:
    """Return what `value_in_json` wrote; ValueError for what is no answer."""
    match data:
        case bool() | int() | str():
            return data
        case list() | tuple() if all(isinstance(one, str) for one in data):
            return tuple(data)
        case {"one_of": [*several], **rest} if several and not rest:
            found = tuple(value_from_json(one) for one in several)
            if not any(isinstance(one, Coarse) for one in found):
                return Coarse(one_of=found)  # type: ignore[arg-type]  # no Coarse is among them
        case dict() if data and data.keys() <= {"at_least", "at_most"}:
            bounds = list(data.values())
            if all(type(one) is type(bounds[0]) and isinstance(one, str | int) for one in bounds):
                return Coarse(at_least=data.get("at_least"), at_most=data.get("at_most"))
        case _:
            pass
    raise ValueError(f"no answer: {data!r}")


@dataclass(frozen=True)
class Precedent:
    """One decided case.

    `facts` has what was known by path (`entity.fact`, `entity.id.fact`); what nobody knew, and what a package leaves
    out, is not there. Of an own one texts such as names are among them: no rule reads those, and none may leave the
    office. `reads` says which of them each finding read; where it is empty, what a finding may read is taken
    from the criteria.
    """

    id: str
    """The office's number of the case; of an imported one what the package calls it."""
    office: str | None
    """Whose it is; None is the own office."""
    set_id: str
    set_version: str
    facts: Mapping[str, Value]
    findings: tuple[str, ...]
    """The ids of what was present."""
    measures: Mapping[str, str]
    """By ladder the level that was decided."""
    gate: str | None
    """The level decided for whether it may start; None where the set has no such ladder."""
    decided_on_year: int
    reasons: tuple[str, ...]
    """The rules that decided what was proposed, as `ladder.rules.N` or `ladder.otherwise`."""
    text: str | None
    """Why it was decided so, as the person who decided wrote it; None of an imported one."""
    proposed: Mapping[str, str] = field(default_factory=dict)
    """By ladder the level that was proposed."""
    severities: Mapping[str, Severity] = field(default_factory=dict)
    """By finding how severe it was before controls; of one that answers left open, how severe it may have been."""
    undetermined: tuple[str, ...] = ()
    """The findings that answers left open."""
    controls: tuple[str, ...] = ()
    """The controls that were in place."""
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    """The findings on which the rules rest that decided."""
    lists: tuple[str, ...] = ()
    """The lists whose entries are all known, the empty ones too."""
    stands: Stands = "stands"
    cases: int = 1
    """Of an imported one: for so many cases of that office it stands, alike in all that it says."""
    decided_on: date | None = None
    """The day; of an imported one only the year is known."""
    decided_by: str = ""
    """Who can explain it, as the decision names them: only of an own one, and never written anywhere else."""
    digest: str = ""
    """Of an own one: the SHA-256 of the criteria that it was assessed under."""

    @property
    def version(self) -> str:
        """The version of the criteria that it was decided under, as `SET@VERSION`."""
        return f"{self.set_id}@{self.set_version}"

    @property
    def deviates(self) -> bool:
        """Whether another level was decided than the one proposed."""
        return any(self.measures.get(ladder, level) != level for ladder, level in self.proposed.items())


def precedent_of(assessment: Assessment, decision: Decision, stands: Stands = "stands") -> Precedent:
    """Return a decided case as a precedent; the decision is on that assessment."""
    levels = {one.ladder: one.decided.name for one in decision.levels}
    gate = next((one.decided.name for one in decision.levels if one.role == "gate"), None)
    present = [one for one in assessment.findings if one.outcome == "present"]
    return Precedent(
        id=assessment.case_id,
        office=None,
        set_id=assessment.criteria.id,
        set_version=assessment.criteria.version,
        facts=dict(facts_of(assessment)),
        findings=tuple(one.id for one in present),
        measures=levels,
        gate=gate,
        decided_on_year=decision.on.year,
        reasons=tuple(f"{one.ladder}.{one.rule}" for one in assessment.proposals),
        text=decision.reason,
        proposed={one.ladder: one.level for one in assessment.proposals},
        severities={one.id: one.inherent if one.outcome == "present" else one.possible for one in assessment.findings},
        undetermined=tuple(one.id for one in assessment.findings if one.outcome == "undetermined"),
        controls=tuple(sorted(one.id for one in assessment.controls if one.counts_as == "in_place")),
        reads={one.id: tuple(dict.fromkeys((*one.reads, *one.bars, *one.missing))) for one in assessment.findings},
        rests_on=deciding_findings(assessment),
        lists=tuple(lists_of(assessment)),
        stands=stands,
        decided_on=decision.on,
        decided_by=f"{decision.by.name}, {decision.by.role}",
        digest=assessment.criteria.digest,
    )


def deciding_findings(assessment: Assessment) -> tuple[str, ...]:
    """Return the findings on which the rules rest that decided the gate and the result."""
    deciding = (one for one in assessment.proposals if one.role in {"gate", "headline"})
    return tuple(dict.fromkeys(finding for one in deciding for finding in one.findings))


def facts_of(assessment: Assessment) -> Iterator[tuple[str, Plain]]:
    """Yield path and value of all that an assessment knows: what the case states, tables, what was not asked."""
    for entity, content in assessment.case.items():
        for entry in content if isinstance(content, list | tuple) else (content,):
            if isinstance(entry, dict) and entity not in RESERVED:
                named = f"{entity}.{entry['id']}" if "id" in entry else entity
                for fact, value in entry.items():
                    path = f"{named}.{fact}"
                    if fact != "id" and path not in assessment.resolved and (known := _plain(value)) is not None:
                        yield path, known
    for path, resolved in assessment.resolved.items():
        # A path without a dot is that of a list: whether it is known `lists_of` says.
        if "." in path and resolved.origin != "missing" and (known := _plain(resolved.value)) is not None:
            yield path, known


def lists_of(assessment: Assessment) -> Iterator[str]:
    """Yield the lists whose entries are known."""
    stated = ((name, one) for name, one in assessment.case.items() if name not in RESERVED)
    yield from (name for name, one in stated if isinstance(one, list | tuple))
    yield from (path for path, one in assessment.resolved.items() if "." not in path and one.origin != "missing")


def _plain(value: Any) -> Plain | None:
    """Return an answer; None for what nobody knows, and for what is none (a list of entries, say)."""
    found = in_json(value)
    if isinstance(found, list):
        return tuple(found) if all(isinstance(one, str) for one in found) else None
    return found if isinstance(found, bool | int | str) and found != UNKNOWN else None


def precedents_in(folder: CaseFolder) -> Iterator[Precedent]:
    """Yield the decisions of a case of the register that hold, the newest first, each with how it stands today.

    One that awaits the confirmation of a second person is none yet. Raises RiskEngineError where what was filed cannot
    be read.
    """
    yield from precedents_of(read_case(folder))


def precedents_of(read: ReadCase) -> Iterator[Precedent]:
    """Yield the decisions of a case that hold, the newest first, each with how it stands today."""
    record, about, filed = read
    by_digest = {one.digest: one for one in about}
    current = {*record.unchanged, *(() if record.current is None else (record.current.assessment.digest,))}
    counts = record.ruled.decision.digest if record.ruled else None
    beside = {one.decision.digest for one in record.rulings.beside}
    for decision in _each_once(filed):
        assessment = by_digest.get(decision.about.digest)
        if assessment is None or awaits_confirmation(decision, assessment):
            continue
        stands: Stands = "superseded"
        if decision.digest in beside or (decision.digest == counts and beside):
            stands = "contradicted"
        elif decision.digest == counts:
            stands = "stands" if assessment.digest in current else "earlier"
        yield precedent_of(assessment, decision, stands)


def _each_once(filed: Sequence[Ruled]) -> Iterable[Decision]:
    """Return the decisions that hold; one that was filed again once it was confirmed only as confirmed."""
    found: dict[str, Decision] = {}
    for one in filed:
        if not one.wrong and (one.decision.digest not in found or one.decision.confirmation is not None):
            found[one.decision.digest] = one.decision
    return found.values()
