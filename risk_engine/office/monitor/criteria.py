"""Which versions of criteria came, went or will come, and which cases of a register they decide otherwise.

All cases are decided in columns under each version and on each day on which something of it begins or ends to count;
only those that move are assessed again, one by one, for the words.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import locks_of, ready, releases_of, that_count
from risk_engine.loading.sets import Version, versions
from risk_engine.model.comparison import PairedLadder, paired_ladders
from risk_engine.model.criteria import Criteria
from risk_engine.model.former_names import former_names
from risk_engine.model.profile import Profile, days_of_change
from risk_engine.office.monitor.anew import Trial, filed_at, tried, undecided
from risk_engine.office.monitor.cases import BOUNDS, Bands, CaseSeen, Outcome, Place
from risk_engine.office.monitor.changes import Change, Gravity, Kind, Part, Touch
from risk_engine.office.register.record import read_filed_assessment
from risk_engine.portfolio.assess import profile_of
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.later_names import LEFT_OUT, LaterNames
from risk_engine.portfolio.stated import stated_from
from risk_engine.records.criteria import criteria_of

STEP = 2048
"""So many cases are decided at once."""
ENDS = ("", ".lowest", ".highest")


class VersionSeen(NamedTuple):
    """A version as it was at a look."""

    digest: str
    in_force_from: date
    withdrawn: bool


Known = Mapping[str, Mapping[str, VersionSeen]]
"""By set, by number."""


class Target(NamedTuple):
    """Under which version, and on which day, cases are decided again."""

    reference: str
    """The version as `choose` takes it."""
    version: Version
    criteria: Criteria
    day: date
    kind: Kind
    since: date | None
    """From which day on it is so; None where no date of the criteria says it."""


class Move(NamedTuple):
    """A case that comes out otherwise under a target."""

    case: CaseSeen
    target: Target
    why: str
    """Why it cannot be decided there; nothing where it can."""

    @property
    def place(self) -> Path:
        """Where its assessment is."""
        assert self.case.assessment is not None  # noqa: S101 (what was decided again was assessed)
        return self.case.assessment


@dataclass
class Versions:
    """The versions of the sets under which cases were assessed, as they are now."""

    today: date
    last: date
    """Until when dates to come are looked at."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Sets that somebody named, by their ids: what `versions` takes."""
    sets: dict[str, list[Version]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _sources: dict[str, str] = field(default_factory=dict)

    def reference(self, case: CaseSeen, version: Version) -> str:
        """Return how `choose` is told of a version of the set of a case."""
        return f"{self._sources[case.reference]}@{version.dotted}"

    def of(self, case: CaseSeen) -> list[Version]:
        """Return the versions of the set of a case; none where they are not here, which is told."""
        if case.reference not in self.sets:
            self.sets[case.reference] = self._found(case.reference)
        return self.sets[case.reference]

    def _found(self, reference: str) -> list[Version]:
        source = self.given.get(Path(reference).name, reference)
        self._sources[reference] = source
        try:
            return versions(source)
        except RiskEngineError as error:
            way_out = _("name the folder of the set with `--criteria`")
            self.problems.append(f"{RiskEngineError(error.message, way_out)}")
            return []

    def known(self) -> dict[str, dict[str, VersionSeen]]:
        """Return the versions as they are now, for the next look."""
        found: dict[str, dict[str, VersionSeen]] = {}
        for several in self.sets.values():
            counting = that_count(several)
            withdrawn = releases_of(several[0]).withdrawn if several else frozenset[str]()
            for one in several:
                is_gone = f"{one}" in withdrawn
                if one in counting or is_gone:
                    seen = VersionSeen(digest_of(one), one.in_force_from, is_gone)
                    found.setdefault(one.name, {})[one.dotted] = seen
        return found


def digest_of(version: Version) -> str:
    """Return what tells a version from another one of its number: as it was released, else as it is."""
    recorded = {name: one for lock in locks_of(version.path) for name, one in lock.releases.items()}
    return recorded.get(f"{version}") or read_criteria(ready(version).path).digest


def version_news(before: Known, now: Known) -> Iterator[Change]:
    """Yield which versions were released, withdrawn or are gone since the last look; a new set tells nothing."""
    for name in sorted(before.keys() & now.keys()):
        for number in sorted(before[name].keys() | now[name].keys()):
            was, seen = before[name].get(number), now[name].get(number)
            about = {"set": name, "version": number}
            if was is not None and seen is None:
                told = {**about, "digest": was.digest}
                yield Change("gone", told, is_event=True, least=Gravity.TO_LOOK_AT)
            elif seen is not None and was is None:
                told = {**about, "digest": seen.digest, "day": seen.in_force_from.isoformat()}
                yield Change("released", told, is_event=True)
            elif seen is not None and was is not None and seen.withdrawn and not was.withdrawn:
                yield Change("withdrawn", {**about, "digest": seen.digest}, is_event=True)


@dataclass(frozen=True)
class Found:
    """What versions do to the cases: changes, what could not be looked at, and under which versions it was looked."""

    changes: tuple[Change, ...]
    part: Part
    problems: tuple[str, ...]


def looked_at(cases: Sequence[CaseSeen], here: Versions, jobs: int | None) -> Found:
    """Return the changes that come of versions and of their days."""
    groups: dict[tuple[str, tuple[str, str]], list[CaseSeen]] = defaultdict(list)
    for one in cases:
        if one.row:
            groups[one.reference, one.group].append(one)
    moves: list[Move] = []
    under: dict[str, None] = {}
    for several in groups.values():
        if found := here.of(several[0]):
            moves += Group(several, here, under).moves(found)
    changes = (*_changes(moves, jobs), *_withdrawn(cases, here))
    problems = tuple(dict.fromkeys(here.problems))
    said = "; ".join(under) or (_("none") if problems else _("no open or decided case is assessed"))
    return Found(changes, Part("criteria", said, "failed" if problems else "looked"), problems)


class Group:
    """Cases that were assessed under the same version with the same profile."""

    def __init__(self, cases: Sequence[CaseSeen], here: Versions, under: dict[str, None]) -> None:
        place = cases[0].assessment
        assert place is not None  # noqa: S101 (what has a row was assessed)
        self.cases = cases
        self.here = here
        self.under = under
        self.place = place
        self.first = read_filed_assessment(filed_at(place))
        self.own = criteria_of(self.first, None, place)
        self.profile = self.first.profile.profile if self.first.profile else None
        self.stated = [
            stated_from((one.row for one in cases[start : start + STEP]), self.own)
            for start in range(0, len(cases), STEP)
        ]

    def moves(self, found: Sequence[Version]) -> Iterator[Move]:
        """Yield the cases that come out otherwise under a target than under the one before, or as they were filed."""
        before: list[Outcome | None] = [one.outcome for one in self.cases]
        for target in self._targets(found):
            self.under[_told(target)] = None
            try:
                profile = profile_of(self.place, self.first, target.criteria)
            except InvalidSourceError as error:
                text = _("{version}: a profile does not fit it: {error}", version=target.version, error=error)
                self.here.problems.append(text)
                continue
            for number, after in enumerate(self.outcomes(target, profile)):
                was = before[number]
                if isinstance(after, str):
                    if was is not None:
                        yield Move(self.cases[number], target, after)
                    before[number] = None
                else:
                    if was is None or _moved(was, after):
                        yield Move(self.cases[number], target, "")
                    before[number] = after

    def _targets(self, found: Sequence[Version]) -> Iterator[Target]:
        """Yield the version in force today, and what comes: its days, the versions after it with theirs."""
        today = self.here.today
        counting = that_count(found)
        begun = [one for one in counting if one.in_force_from <= today]
        if not begun:
            text = _("{set_id}: no version is in force on {day}", set_id=self.own.head.id, day=today)
            self.here.problems.append(text)
        coming = [one for one in counting if one.in_force_from > today]
        for place, version in enumerate((*begun[-1:], *coming)):
            criteria = read_criteria(ready(version).path)
            first = today if begun and place == 0 else version.in_force_from
            after = (*begun[-1:], *coming)[place + 1 :]
            end = min((one.in_force_from for one in after[:1]), default=date.max)
            days = days_of_change(criteria, self.profile)
            is_own = criteria.digest == self.own.digest
            if is_own:
                yield Target(
                    self.here.reference(self.cases[0], version),
                    version,
                    criteria,
                    first,
                    "day",
                    max((one for one in days if one <= first), default=None),
                )
            else:
                yield Target(
                    self.here.reference(self.cases[0], version),
                    version,
                    criteria,
                    first,
                    "version",
                    version.in_force_from,
                )
            for day in days:
                if first < day <= self.here.last and day < end:
                    yield Target(self.here.reference(self.cases[0], version), version, criteria, day, "day", day)

    def outcomes(self, target: Target, profile: Profile | None) -> Iterator[Outcome | str]:
        """Yield what each case comes to, by the names of its own version; or why nobody can say."""
        later = LaterNames(self.own, target.criteria, target.day)
        deciding = Deciding(target.criteria, target.day, profile)
        pairs = paired_ladders(self.own, target.criteria)
        for stated in self.stated:
            fits = stated if target.criteria.digest == self.own.digest else later(stated).drop(LEFT_OUT)
            yield from _read(deciding.results(fits, missing=False), pairs, self.own, target.criteria)


def _read(
    results: pl.DataFrame, pairs: Sequence[PairedLadder], own: Criteria, criteria: Criteria
) -> Iterator[Outcome | str]:
    """Yield the rows of results as outcomes, by the names of the version under which the cases were assessed."""
    band = criteria.head.severity.band
    dimensions = tuple(criteria.head.dimensions)
    ladders = [f"{pair.after}{end}" for pair in pairs for end in ENDS]
    points = [f"{name}.residual.{end}" for name in dimensions for end in ("lowest", "highest")]
    called = former_names(criteria).indicator
    before = {called(one): one for one in own.indicators}
    for unread, findings, *cells in results.select("unread", "findings", *ladders, *points).iter_rows():
        if unread is not None:
            yield unread
            continue
        levels, sums = cells[: len(ladders)], cells[len(ladders) :]
        at = {pair.before: Place(*levels[3 * place : 3 * place + 3]) for place, pair in enumerate(pairs)}
        bands = {name: Bands(band(sums[2 * place]), band(sums[2 * place + 1])) for place, name in enumerate(dimensions)}
        found = {
            before.get(one["indicator"], one["indicator"]): tuple(one[name] for name in BOUNDS)
            for one in findings
            if one["outcome"] != "absent"
        }
        yield Outcome(at, bands, found)


def _moved(before: Outcome, after: Outcome) -> bool:
    """Return whether a case comes out otherwise: on ladders and dimensions that both versions have, in any finding."""
    return (
        before.findings != after.findings
        or any(before.ladders[one] != place for one, place in after.ladders.items() if one in before.ladders)
        or any(before.bands[one] != bands for one, bands in after.bands.items() if one in before.bands)
    )


def _told(target: Target) -> str:
    return _("{version} as of {day}", version=target.version, day=target.day)


def _changes(moves: Sequence[Move], jobs: int | None) -> Iterator[Change]:
    """Yield a change for each target, with the cases that move, each assessed anew."""
    decided = [one for one in moves if not one.why]
    trials = [Trial(one.place, one.target.reference, one.target.day) for one in decided]
    differences = dict(zip(map(id, decided), tried(trials, jobs), strict=True))
    by_target: dict[tuple[str, date, Kind], tuple[Target, list[Touch]]] = {}
    for move in moves:
        found = undecided(move.why) if move.why else differences[id(move)]
        if not found.same:
            key = f"{move.target.version}", move.target.day, move.target.kind
            touch = Touch(move.case.case_id, move.case.title, move.case.state, found.gravity, found.facts, found.lines)
            by_target.setdefault(key, (move.target, []))[1].append(touch)
    for target, touches in by_target.values():
        about = {"set": target.version.name, "version": target.version.dotted, "digest": target.criteria.digest}
        about |= {"day": target.since.isoformat()} if target.since else {}
        yield Change(target.kind, about).touching(touches)


def _withdrawn(cases: Sequence[CaseSeen], here: Versions) -> Iterator[Change]:
    """Yield the versions that were withdrawn after cases were assessed under them."""
    under: dict[Version, list[Touch]] = {}
    withdrawn: dict[str, dict[str, Version]] = {}
    for one in cases:
        if one.assessment is None or one.state == "closed" or one.withdrawn:
            continue
        found = here.of(one)
        if one.reference not in withdrawn:
            names = releases_of(found[0]).withdrawn if found else frozenset[str]()
            withdrawn[one.reference] = {each.dotted: each for each in found if f"{each}" in names}
        version = withdrawn[one.reference].get(one.version)
        if version is not None:
            touch = Touch(one.case_id, one.title, one.state, Gravity.TO_LOOK_AT, {"under": one.version})
            under.setdefault(version, []).append(touch)
    for version, touches in under.items():
        about = {"set": version.name, "version": version.dotted, "digest": digest_of(version)}
        yield Change("withdrawn", about).touching(touches)
