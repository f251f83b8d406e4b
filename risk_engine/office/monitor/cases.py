"""The cases of a register as a look sees them: read one by one, in any process, and only what the look needs kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from risk_engine.engine.work import case_from, tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import ENGLISH, current, in_language
from risk_engine.files.once import once
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import ready
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.loading.sets import name_and_number, versions
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import ON_FILE
from risk_engine.model.companion_files import ScreenedFacts
from risk_engine.model.criteria import Criteria
from risk_engine.office.monitor.changes import CaseState
from risk_engine.office.register.listing import Due, dues, dues_of_case, has_work_due
from risk_engine.office.register.record import CaseRecord, look_at
from risk_engine.portfolio.stated import stated_row
from risk_engine.records.criteria import criteria_of
from risk_engine.screening.asked import Asked
from risk_engine.screening.asked_in import organisations_of
from risk_engine.screening.entry import IdentifierKind


class Place(NamedTuple):
    """Where a ladder puts a case: the level, and between which it is open."""

    level: str
    lowest: str
    highest: str


class Bands(NamedTuple):
    """Between which bands a dimension lies, with the controls that are in place."""

    lowest: str
    highest: str


class Outcome(NamedTuple):
    """What a case comes to, as far as changes are told by it."""

    ladders: Mapping[str, Place] = {}
    bands: Mapping[str, Bands] = {}
    findings: Mapping[str, tuple[str, ...]] = {}
    """Of each that is not absent its outcome and bounds, in the order of `BOUNDS`."""


BOUNDS: Final = (
    "outcome",
    "inherent",
    "possible",
    "residual_lowest",
    "residual_highest",
    "knock_out_lowest",
    "knock_out_highest",
)
"""What is told of a finding, as results in columns call it."""


class DueSeen(NamedTuple):
    """Something with a date, and what it is called in English: by that it is known, whoever reads it."""

    due: Due
    known_as: str


class Named(NamedTuple):
    """An organisation that a case names, in plain values: so it can be sent."""

    entry: str
    names: tuple[str, ...]
    country: str
    identifiers: dict[IdentifierKind, tuple[str, ...]]

    def asked(self, where: str) -> Asked:
        """Return who is asked about."""
        return Asked(self.names, self.country, self.identifiers, where)


@dataclass(frozen=True)
class CaseSeen:
    """One case, as far as a look needs it; nothing but what is wrong where it cannot be read."""

    path: Path
    failed: str = ""
    warnings: tuple[str, ...] = ()
    case_id: str = ""
    title: str = ""
    state: CaseState = "open"
    assessment: Path | None = None
    """Where the assessment is that counts now; none where the case was never assessed."""
    group: tuple[str, str] = ("", "")
    """The digests of its criteria and of its profile: what is decided together."""
    reference: str = ""
    """What its criteria are looked for by: as the case says it, else the set's name."""
    version: str = ""
    withdrawn: bool = False
    """Its version was withdrawn already when it was assessed."""
    on: date | None = None
    outcome: Outcome = field(default_factory=Outcome)
    row: tuple[Any, ...] = ()
    """The case in a row of a stated frame."""
    dues: tuple[DueSeen, ...] = ()
    named: tuple[Named, ...] = ()
    """The organisations that it names."""
    used: tuple[Mapping[str, Any], ...] = ()
    """What it took from files on partners: the entry, the file, its digest."""


@dataclass(frozen=True)
class Looking:
    """Looks at one case after another, in whichever process."""

    last: date
    """Until when what is due is wanted."""
    rows: bool = True
    """Whether its row is wanted, to decide it again."""
    asked: bool = False
    """Whether the organisations that it names are wanted."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Sets that somebody named, by their ids."""

    def __call__(self, path: Path) -> CaseSeen:
        """Return what is in the folder of a case."""
        seen = look_at(path)
        warnings = (*seen.lying, *seen.ruled)
        if seen.record is None:
            return CaseSeen(path, seen.failed, warnings)
        try:
            return self._of(path, seen.record, warnings)
        except RiskEngineError as error:
            return CaseSeen(path, f"{error}", warnings)

    def _of(self, path: Path, record: CaseRecord, warnings: tuple[str, ...]) -> CaseSeen:
        if record.current is None:
            return CaseSeen(path, warnings=warnings, case_id=record.case_id, title=record.case_id)
        assessment, place = record.current.assessment, record.current.filed.path
        criteria = criteria_of(assessment, None, place)
        stated = record.case.get("criteria")
        is_closed = record.is_closed()
        return CaseSeen(
            path,
            warnings=warnings,
            case_id=assessment.case_id,
            title=assessment.case_title,
            state=_state(record),
            assessment=place,
            group=(criteria.digest, assessment.profile.digest if assessment.profile else ""),
            reference=stated.partition("@")[0] if isinstance(stated, str) else assessment.criteria.id,
            version=assessment.criteria.version,
            withdrawn=assessment.criteria.withdrawn,
            on=assessment.on,
            outcome=outcome_of(assessment),
            row=tuple(stated_row(case_from(assessment.case, criteria), criteria))
            if self.rows and not is_closed
            else (),
            dues=tuple(one for one in _dues(record, self.last) if one.due.day <= self.last),
            named=tuple(self._organisations(record.case, criteria, place)) if self.asked else (),
            used=tuple(record.case.get(ON_FILE) or ()),
        )

    def _organisations(self, case: Mapping[str, Any], criteria: Criteria, place: Path) -> Iterator[Named]:
        for entry, asked in organisations_of(tupled(case), criteria, facts_of(criteria, self.given), place):
            yield Named(entry, asked.names, asked.country, dict(asked.identifiers))


def outcome_of(assessment: Assessment) -> Outcome:
    """Return what an assessment comes to."""
    ladders = {one.ladder: Place(one.level, one.range[0], one.range[-1]) for one in assessment.proposals}
    bands = {one.dimension: Bands(one.residual.band_at_least, one.residual.band_at_most) for one in assessment.ratings}
    findings = {
        one.id: (
            one.outcome,
            one.inherent,
            one.possible,
            one.residual.at_least,
            one.residual.at_most,
            one.knock_out.at_least,
            one.knock_out.at_most,
        )
        for one in assessment.findings
    }
    return Outcome(ladders, bands, findings)


def _state(record: CaseRecord) -> CaseState:
    if record.is_closed():
        return "closed"
    return "open" if record.decision_state() in {"none", "outdated", "broken"} else "decided"


def given_sets(references: Sequence[str]) -> dict[str, str]:
    """Return sets that somebody named, by their ids: what `versions` takes; raise RiskEngineError for what is none."""
    _newest.cache_clear()  # of a look before, in a process that stays
    names = [name_and_number(one)[0] for one in references]
    return {versions(one)[0].name: one for one in names}


def facts_of(criteria: Criteria, given: Mapping[str, str]) -> Mapping[str, ScreenedFacts]:
    """Return which facts screening may answer; of a set that a register alone has a copy of, as the named one says."""
    found = screened_facts(criteria)
    source = given.get(criteria.head.id)
    if found or source is None:
        return found
    return screened_facts(_newest(source))


@lru_cache(maxsize=8)
def _newest(source: str) -> Criteria:
    return read_criteria(ready(versions(source)[-1]).path)


screened_facts: Callable[[Criteria], Mapping[str, ScreenedFacts]] = once(
    lambda criteria: load_screened_facts(criteria, needed=False)
)


def _dues(record: CaseRecord, last: date) -> Iterator[DueSeen]:
    """Yield what has a date; the words of the criteria, which take longest of all, only where something needs them."""
    every = dues if has_work_due(record, last) else dues_of_case
    found = list(every(record))
    named = found
    if current() != ENGLISH:
        with in_language(ENGLISH):
            named = list(every(record))
    yield from (DueSeen(one, other.text) for one, other in zip(found, named, strict=True))
