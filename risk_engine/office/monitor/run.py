"""One look at a register: what changed since the last one, which cases it touches and how; nothing is decided or filed.

Whoever calls writes down what was found first, then keeps the state (`state.write_state`): a look that is broken off
leaves the state of the one before, and the next look tells it all again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.processes import Tell, in_order, processes_for
from risk_engine.office.monitor.cases import CaseSeen, Looking, given_sets
from risk_engine.office.monitor.changes import (
    PART_OF,
    Acknowledged,
    Change,
    Gravity,
    Kind,
    Part,
    Report,
    Touch,
    left,
    still_due,
)
from risk_engine.office.monitor.criteria import Versions, VersionSeen, looked_at, version_news
from risk_engine.office.monitor.lists import listed
from risk_engine.office.monitor.profiles import profiles
from risk_engine.office.monitor.state import (
    FoundKept,
    State,
    VersionKept,
    acknowledged,
    kept_change,
    read_state,
    root_of,
)
from risk_engine.office.monitor.works import Reading, joint_works
from risk_engine.office.register.folder import case_paths
from risk_engine.office.register.lock import lock_left
from risk_engine.office.register.record import about_log
from risk_engine.screening.decisions import About


@dataclass(frozen=True)
class Wanted:
    """What is to be looked at."""

    register: Path
    state: Path
    today: date
    days: int = 30
    """So many days ahead dates are told."""
    criteria: Sequence[str] = ()
    lists: Path | None = None
    partners: Path | None = None
    works: Sequence[Reading] = ()
    elsewhere: Sequence[CaseSeen] = ()
    """Cases that are not in the register and name partners all the same, as the drafts of an office do."""
    confidential: Collection[str] = ()
    """Cases of which not everybody may know who reads what is found."""
    jobs: int | None = None
    decided: About | None = None
    """What people decided about hits, where that does not lie beside the lists."""

    @property
    def last(self) -> date:
        """Until when dates are told."""
        return self.today + min(timedelta(days=self.days), date.max - self.today)


@dataclass(frozen=True)
class Looked:
    """What a look found, what it leaves for the next one, and what somebody should look at in the register itself."""

    report: Report
    state: State
    warnings: tuple[str, ...]


def look(wanted: Wanted, tell: Tell) -> Looked:
    """Look at a register; `tell` is called with how many of how many cases were read.

    Raises RiskEngineError where it is no register, or what the last look left cannot be built on.
    """
    paths = case_paths(wanted.register)
    before = read_state(wanted.state, wanted.register)
    if before is not None and before.on > wanted.today:
        message = _("the last look was on {last}, after {today}", last=before.on, today=wanted.today)
        way_out = _("set the clock, or `--today`; what changed in between would not be told")
        raise RiskEngineError(message, way_out)
    seen = acknowledged(wanted.register)
    given = given_sets(wanted.criteria)
    cases = _cases(wanted, paths, given, tell)
    warnings = (
        *lock_left(wanted.register),
        *about_log(wanted.register),
        *(one for case in cases for one in case.warnings),
    )
    failed = tuple(one.failed for one in cases if one.failed)
    readable = [one for one in cases if not one.failed]
    here = Versions(wanted.today, wanted.last, given)
    of_criteria = looked_at(readable, here, wanted.jobs)
    known = here.known()
    of_lists = listed(
        readable,
        wanted.lists,
        wanted.partners,
        before,
        wanted.today,
        jobs=wanted.jobs,
        is_whole=not failed,
        given=given,
        decided=wanted.decided,
    )
    on_file = profiles(readable, wanted.partners, wanted.today, wanted.jobs)
    of_works = joint_works(
        [*readable, *wanted.elsewhere], wanted.works, before, wanted.today, confidential=wanted.confidential
    )
    found = [
        *of_criteria.changes,
        *_due(readable, wanted.today),
        *_of_versions(before, known),
        *of_lists.changes,
        *on_file.changes,
        *of_works.changes,
        *(_carried(before, "unlisted") if of_lists.part.state != "looked" else ()),
    ]
    parts = (
        _part_of_cases(readable, failed),
        Part("dates", _("until {day}", day=wanted.last)),
        of_criteria.part,
        of_lists.part,
        on_file.part,
        of_works.part,
    )
    every = _merged(found, before)
    shown = [one for one in (left(each, seen) for each in every) if one is not None]
    report = Report(
        wanted.register.as_posix(),
        wanted.today,
        before.on if before else None,
        tuple(sorted(shown, key=lambda one: one.order)),
        len(every) - len(shown),
        parts,
        (*failed, *of_criteria.problems, *of_lists.problems, *on_file.problems, *of_works.problems),
        tuple(still_due(every, seen)),
    )
    state = _state(wanted, before, every, seen, known)
    parked = list(_parked(before, every, parts))
    kept = {"lists": dict(of_lists.lists), "asked": dict(of_lists.asked), "works": dict(of_works.kept)}
    state = state.model_copy(update={**kept, "found": (*state.found, *parked)})
    return Looked(report, state, (*warnings, *of_lists.warnings, *of_works.warnings))


def _cases(wanted: Wanted, paths: Sequence[Path], given: Mapping[str, str], tell: Tell) -> list[CaseSeen]:
    work = Looking(wanted.last, asked=wanted.lists is not None or bool(wanted.works), given=given)
    found = []
    for number, one in enumerate(in_order(work, paths, processes_for(len(paths), wanted.jobs)), 1):
        found.append(one)
        tell(number, len(paths))
    return found


def _part_of_cases(cases: Sequence[CaseSeen], failed: Sequence[str]) -> Part:
    counted = Counter(one.state for one in cases)
    told = [
        ngettext("{number} open", "{number} open", counted["open"]),
        ngettext("{number} decided", "{number} decided", counted["decided"]),
    ]
    if counted["closed"]:
        told.append(ngettext("{number} closed, for its dates", "{number} closed, for their dates", counted["closed"]))
    if bare := sum(one.assessment is None for one in cases):
        told.append(ngettext("{number} of them not assessed", "{number} of them not assessed", bare))
    if failed:
        told.append(ngettext("{number} cannot be read", "{number} cannot be read", len(failed)))
    return Part("cases", ", ".join(told), "failed" if failed else "looked")


def _due(cases: Sequence[CaseSeen], today: date) -> Iterable[Change]:
    """Yield a change for each thing that is due; one that was coming is another one once it is overdue."""
    for case in cases:
        for one in case.dues:
            is_overdue = one.due.is_overdue(today)
            gravity = Gravity.OVERDUE if is_overdue else Gravity.COMING
            about = {
                "case": case.case_id,
                "what": one.due.what,
                "day": one.due.day.isoformat(),
                "text": one.known_as,
                "overdue": is_overdue,
            }
            lines = (one.due.text, one.due.owner) if one.due.owner else (one.due.text,)
            yield Change("due", about, (Touch(case.case_id, case.title, case.state, gravity, {}, lines),))


def _of_versions(before: State | None, known: dict[str, dict[str, VersionSeen]]) -> Iterable[Change]:
    if before is None:
        return ()
    was = {
        name: {number: VersionSeen(one.digest, one.in_force_from, one.withdrawn) for number, one in several.items()}
        for name, several in before.versions.items()
    }
    return (*version_news(was, known), *_carried_versions(before, known))


def _carried(before: State | None, kind: Kind) -> Iterable[Change]:
    """Return what was told before of a part that is not looked at now: nobody knows whether it is over."""
    return () if before is None else [one.change() for one in before.found if one.is_event and one.kind == kind]


def _parked(before: State | None, every: Sequence[Change], parts: Sequence[Part]) -> Iterable[FoundKept]:
    """Yield what was found before of what is not looked at now: it is not told, and nothing new when it is again."""
    there = {one.id for one in every}
    blind = {one.name for one in parts if one.state != "looked"}
    for one in before.found if before else ():
        if PART_OF.get(one.kind) in blind and one.change().id not in there:
            yield one


def _carried_versions(before: State, known: dict[str, dict[str, VersionSeen]]) -> Iterable[Change]:
    """Yield what was told of versions before and is still so: what is not here now may be so still."""
    for one in before.found:
        if one.is_event and one.kind in {"released", "withdrawn", "gone"}:
            several = known.get(one.about["set"])
            now = several.get(one.about["version"]) if several else None
            is_so = several is None or (
                (one.kind == "gone") == (now is None)
                and (now is None or (now.digest == one.about["digest"] and (one.kind == "withdrawn") <= now.withdrawn))
            )
            if is_so:
                yield one.change()


def _merged(found: Sequence[Change], before: State | None) -> list[Change]:
    """Return the changes, each once, with since when they are there and which cases came to them."""
    by_id: dict[str, Change] = {}
    moving = {(one.about["set"], one.about["version"]) for one in found if one.kind == "version"}
    for one in found:
        if one.kind == "released" and (one.about["set"], one.about["version"]) in moving:
            continue  # that it decides cases otherwise says more
        if one.id not in by_id or len(one.touches) > len(by_id[one.id].touches):
            by_id[one.id] = one
    kept = {one.change().id: one for one in before.found} if before else {}
    return [_since(one, kept[key].first, kept[key].touched) if key in kept else one for key, one in by_id.items()]


def _since(change: Change, first: date, touched: Iterable[str]) -> Change:
    new = frozenset(one.digest for one in change.touches) - frozenset(touched)
    return replace(change, first=first, is_new=False, new=new)


def _state(
    wanted: Wanted,
    before: State | None,
    every: Sequence[Change],
    seen: Sequence[Acknowledged],
    known: dict[str, dict[str, VersionSeen]],
) -> State:
    versions = {
        name: {
            number: VersionKept(digest=one.digest, in_force_from=one.in_force_from, withdrawn=one.withdrawn)
            for number, one in several.items()
        }
        for name, several in known.items()
    }
    over = {one.id for one in seen}
    found = [
        kept_change(one if one.first else replace(one, first=wanted.today))
        for one in every
        if not (one.is_event and not one.touches and one.id in over)
    ]
    return State(
        register_=root_of(wanted.register),
        on=wanted.today,
        versions={**(before.versions if before else {}), **versions},
        found=tuple(found),
    )
