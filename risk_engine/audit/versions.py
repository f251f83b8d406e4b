"""Versions of a set: one loaded and checked, two compared, where their records stand, and which days matter."""

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.renames import Renames, in_names_of, in_other_names, without_renames
from risk_engine.audit.texts import Translated, translated
from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    MissingExtraError,
    file_problem,
    with_every_problem,
)
from risk_engine.files.language import _
from risk_engine.files.processes import Tell
from risk_engine.files.source import MAX_SET_BYTES, Document, read
from risk_engine.loading.bundle import documents
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.exchange_rules import load_exchange_rules, rules_path
from risk_engine.loading.releases import is_released, lock_problems, newest, state_of
from risk_engine.loading.sets import (
    Version,
    bundle_path,
    fact_files,
    file_of_entity,
    head_of,
    is_bundle,
    is_version,
    source_digest,
    version_at,
    yaml_files,
)
from risk_engine.loading.signatures import signature_problems
from risk_engine.loading.translation import criteria_in_words
from risk_engine.loading.version_files import FACTS
from risk_engine.model.case import Case
from risk_engine.model.changes import Changes, Edit, Meaning, RequiredBump, VersionShown
from risk_engine.model.coverage import Path as Way
from risk_engine.model.coverage import Spot
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import days_of_change
from risk_engine.model.words import Period


def loaded(reference: str) -> tuple[Version, Criteria]:
    """Load the version that a reference means, the newest of a set, and return it with where it lies.

    Raises what `load_criteria` raises: every problem, among them that a released version was changed.
    """
    # As `load_criteria` does: a folder is read at once, so that every problem of its head is told.
    folder = Path(reference) if is_version(Path(reference)) else newest(reference).path
    criteria = read_criteria(folder)
    return version_at(folder), criteria


class Checked(NamedTuple):
    """A version in which nothing is wrong, where it lies, and how far it is translated into each language."""

    version: Version
    criteria: Criteria
    translated: tuple[Translated, ...]


def checked(reference: str, *, to_release: bool = False) -> Checked:
    """Load the version that a reference means and check its translations, what may leave, and the releases around it.

    Raises RiskEngineError with every problem. What is found here is refused by `criteria check` and, but for a bundle
    that a release is about to write, by a release alike.
    """
    version, criteria = loaded(reference)
    problems = [*lock_problems(version, criteria.digest), *signature_problems(version.path)]
    if not to_release and criteria.bundle is None and is_released(version):
        problems += _bundle_problems(version)
    try:
        told = translated(criteria)
    except InvalidSourceError as error:
        told = ()
        problems += error.diagnostics
    if rules_path(criteria).is_file():
        try:
            load_exchange_rules(criteria)
        except InvalidSourceError as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSourceError(problems)
    return Checked(version, criteria, told)


def _bundle_problems(version: Version) -> list[Diagnostic]:
    """Return why the bundle of a released version is not that of its files: its rules are compared with the lock."""
    bundle = bundle_path(version)
    if not is_bundle(bundle):
        message = _("{version} is released, and its bundle is not there", version=version)
    elif head_of(bundle).get("source") != source_digest(version.path):
        message = _("this bundle of {version} was made of other words, cases or layout", version=version)
    else:
        return []
    way_out = _("`risk-engine criteria release {folder}` writes it anew", folder=shlex.quote(version.path.as_posix()))
    return [*file_problem(bundle, message, way_out).diagnostics]


@dataclass(frozen=True)
class Comparison:
    """Two versions, each as it says itself and as it is read in the current language, and what is different."""

    before: Criteria
    """The earlier version in the names of the later one."""
    after: Criteria
    words: tuple[Criteria, Criteria]
    changes: Changes
    shown: tuple[Edit, ...]
    """The edits as the current language tells them; what that language does not tell stands as it is written."""
    path: Path
    """Where the earlier version lies, with its base case."""
    as_it_is: Criteria
    """The earlier version in its own names."""
    renames: Renames


def compared(before: str, after: str) -> Comparison:
    """Return what is different between the versions that two references mean.

    What the later version says that it called otherwise before is the same thing in both, under its later name. Raises
    InvalidSourceError with the problems of both, or whatever else `load_criteria` raises.
    """
    (first, one), (second, other) = with_every_problem(loaded, (before, after))
    return between((first, one), (second, other))


def between(before: tuple[Version, Criteria], after: tuple[Version, Criteria]) -> Comparison:
    """Return what is different between two versions that were read, each with where it lies."""
    (first, one), (second, other) = before, after
    mapped, renames = in_names_of(one, other)
    edits = without_renames(compare(mapped, other), renames)
    words = in_other_names(criteria_in_words(one), renames, other), criteria_in_words(other)
    told = {edit.name: edit for edit in compare(*words)}
    shown = _shown(one, first), _shown(other, second)
    return Comparison(
        before=mapped,
        after=other,
        words=words,
        changes=Changes(before=shown[0], after=shown[1], renamed=renames.told, edits=edits),
        shown=tuple(told.get(edit.name, edit) for edit in edits),
        path=first.path,
        as_it_is=one,
        renames=renames,
    )


def _shown(criteria: Criteria, version: Version) -> VersionShown:
    head = criteria.head
    return VersionShown(
        id=head.id,
        version=head.version,
        title=head.title,
        in_force_from=head.in_force.from_,
        digest=criteria.digest,
        state=state_of(version),
    )


def base_of(found: Comparison) -> Case:
    """Return the base case of the earlier version, from which every case is told; raise InvalidSourceError."""
    return base_case(found.before)[1]


def meaning_of(found: Comparison, base: Case, on: date | None = None, tell: Tell = lambda *_: None) -> Meaning:
    """Return what the changes mean over all cases, from the first day of the later version on, or on one day.

    `base` is the base case of the earlier version. Where no case can be read by both, that is what it says. Raises
    MissingExtraError where the solver is not installed.
    """
    try:
        from risk_engine.audit.diff.overlap import TypesDifferError
        from risk_engine.audit.diff.semantics import meaning
        from risk_engine.solver.space import Limits
    except ImportError as error:
        message = _("what the changes mean for results cannot be proved: what proves it is not installed")
        raise MissingExtraError(message, "audit") from error
    try:
        limits = Limits(jobs=os.cpu_count() or 1)
        return meaning(found.before, found.after, base, limits, on, tell, found.renames.told)
    except TypesDifferError as error:
        return _nothing_compared(error.message, found, on)


def _nothing_compared(why: str, found: Comparison, on: date | None) -> Meaning:
    return Meaning(
        days=(),
        is_one_day=on is not None,
        counted=found.after.head.roles.deciding,
        bounds={},
        new_facts=(),
        gone_facts=(),
        not_compared=(why,),
        shifts=(),
        required=RequiredBump(bump="major", why=why),
    )


# --- the days that matter to a set ---


DAY = timedelta(days=1)


def day_in_force(period: Period, on: date) -> date | None:
    """Return the day nearest to `on` on which something is in force; None if it is on none."""
    if period.covers(on):
        return on
    if period.from_ is not None and on < period.from_:
        return period.from_ if period.covers(period.from_) else None
    if period.until is None or period.until == date.min:
        return None
    last = period.until - DAY
    return last if period.covers(last) else None


def days_around(day: date) -> Iterator[date]:
    """Yield the day before and the day after, where the calendar has them."""
    if day > date.min:
        yield day - DAY
    if day < date.max:
        yield day + DAY


def changing_days(criteria: Criteria) -> tuple[date, ...]:
    """Return the days on which indicators, parameters or table cells begin or end, in order."""
    return days_of_change(criteria.model_copy(update={"awareness": {}}))


def days_to_try(criteria: Criteria, on: date) -> tuple[date, ...]:
    """Return the day itself, then a day of every other stretch, the nearest first."""
    return on, *sorted(_others(days_of_change(criteria), on), key=lambda day: abs(day - on))


def _others(begins: Sequence[date], on: date) -> Iterator[date]:
    for number, day in enumerate(begins):
        end = begins[number + 1] if number + 1 < len(begins) else date.max
        if number == 0 and day > date.min and on >= day:
            yield day - DAY
        if end <= on:
            yield end - DAY  # the nearest day of an earlier stretch is its last
        elif day > on:
            yield day


# --- where the records of a version stand ---


class Places:
    """Looks places up in the files of a version that was read from somewhere; a file is read when it is asked for."""

    def __init__(self, criteria: Criteria) -> None:
        self._criteria = criteria
        self._folder = Path(criteria.path or "")
        self._read: dict[str, Document] = {}

    @cached_property
    def _indicator_files(self) -> dict[str, str]:
        return {name: place.rsplit(":", 2)[0] for name, place in self._criteria.places.items()}

    def of(self, file: str, at: Way = (), *, key: bool = False) -> Spot:
        """Return where the value (or the key) at a place of a file stands; entities may stand in several files."""
        if file == FACTS:
            file = self._file_of_entity(at)
        position = self.document(file).position(at, key=key)
        return Spot(file=file, line=position.line, column=position.column)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files of the version, as paths in it; of a bundle those with rules."""
        bundle = self._criteria.bundle
        return tuple(yaml_files(self._folder) if bundle is None else bundle.rules)

    def _file_of_entity(self, at: Way) -> str:
        names = fact_files(self.files)
        return names[0] if len(names) == 1 else file_of_entity({one: self.document(one).data for one in names}, at)

    def document(self, file: str) -> Document:
        """Return what a file of the version says."""
        if file not in self._read and self._criteria.bundle is not None:
            self._read.update(documents(self._criteria.bundle))
        if file not in self._read:
            # Only a translation may have empty values; what else is read here was checked before.
            self._read[file] = read(self._folder / file, shown_as=file, nulls=True, most=MAX_SET_BYTES)
        return self._read[file]

    def of_indicator(self, name: str, at: Way = ()) -> Spot:
        """Return where a part of an indicator stands; the way may lead through definitions."""
        return self.of_rule(self._indicator_files[name], (name,), at)

    def of_rule(self, file: str, record: Way, at: Way = ()) -> Spot:
        """Return where a part of a record stands: what the way finds behind `holds` is in definitions.yaml."""
        held = max((number for number, step in enumerate(at) if step == "holds"), default=None)
        if held is None:
            return self.of(file, (*record, *at), key=not at)
        return self.of("definitions.yaml", at[held + 1 :])
