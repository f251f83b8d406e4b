"""The stored cases of a file, each as it fits a version: what the version does not take is left out and named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import orjson
from pydantic import ValidationError

from risk_engine.audit.diff.renames import Renames, in_names_of
from risk_engine.engine.assess import is_intact
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.program import Level
from risk_engine.engine.propose import Proposed
from risk_engine.engine.replay import plain
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import decided_by_program, tupled, work
from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    NotInForceError,
    Position,
    RiskEngineError,
    file_problem,
)
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import answered, case_of, read_case_file, stated_criteria, stated_date, today_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import kept_profile, load_profile
from risk_engine.loading.releases import in_force_until, newest
from risk_engine.loading.sets import Version
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, case_model
from risk_engine.model.comparison import Place, Refusal, RefusalKind, Standing
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, parameters_on
from risk_engine.model.triage import with_first_answers
from risk_engine.records.files import kind_of, read_assessment


class NoCaseError(RiskEngineError):
    """The file is a record that holds no case, such as a decision."""


@dataclass(frozen=True)
class StoredCase:
    """One case with the day, the criteria and the profile that go with it; an assessment has a digest too."""

    file: str
    source: Literal["case", "assessment"]
    document: Document
    day: date | None
    criteria: str | None
    profile: Profile | None = None
    digest: str | None = None
    supersedes: str | None = None

    def placed(self) -> "StoredCase":
        """Return it with the places of all values, so that problems can say where they are."""
        if self.document.marks:
            return self
        name = _("{path} (its case)", path=self.file)
        document = parse(canonical(self.document.data).decode(), name, is_json=True, nulls=True)
        return StoredCase(self.file, self.source, document, self.day, self.criteria, self.profile)


def cases_in(path: Path) -> Iterator[StoredCase]:
    """Yield the cases of a file: one, or those of a list of assessments.

    Raises NoCaseError for a decision, InvalidSourceError with everything that is wrong where the file cannot be read,
    and RiskEngineError where an assessment is not as it was written.
    """
    data = _json(path)
    if isinstance(data, list) and any(_is(one, "assessment") for one in data):
        for number, one in enumerate(data, 1):
            yield _stored(path, _assessment(path, one, number), f"{path.as_posix()} ({number})")
    elif _is(data, "decision"):
        message = _("{path}: this is a decision, it holds no case", path=path)
        raise NoCaseError(message, _("give the assessment that it is on"))
    elif _is(data, "assessment"):
        yield _stored(path, _assessment(path, data), path.as_posix())
    else:
        document = read_case_file(path)
        if document.problems:
            raise InvalidSourceError(document.problems)
        yield StoredCase(path.as_posix(), "case", document, stated_date(document), stated_criteria(document))


def _json(path: Path) -> Any:
    """Return what a JSON file says, None where it is none: reading it carefully is for those who find problems."""
    if path.suffix.casefold() != ".json":
        return None
    try:
        return orjson.loads(read_bytes(path))
    except (OSError, ValueError):
        return None


def _is(data: Any, kind: str) -> bool:
    return isinstance(data, dict) and kind_of(Document("", data, {}, ())) == kind


def _assessment(path: Path, data: Any, number: int | None = None) -> Assessment:
    try:
        return Assessment.model_validate_json(orjson.dumps(data))
    except ValidationError:
        if number is None:
            read_assessment(path)  # it says what is wrong
        message = _("entry {number} is not an assessment that this engine can read", number=number)
        way_out = _("an assessment is what `risk-engine assess --format json` writes")
        raise file_problem(path, message, way_out) from None


def _stored(path: Path, assessment: Assessment, name: str) -> StoredCase:
    if not is_intact(assessment):
        message = _("{file}: the assessment was changed after it was written, so it is not replayed", file=name)
        raise RiskEngineError(message, _("`risk-engine verify {path}` says where", path=path))
    return StoredCase(
        file=name,
        source="assessment",
        document=Document(name, tupled(assessment.case), {}, ()),
        day=assessment.on,
        criteria=assessment.criteria.id,
        profile=assessment.profile.profile if assessment.profile else None,
        digest=assessment.digest,
        supersedes=assessment.supersedes.digest if assessment.supersedes else None,
    )


@dataclass(frozen=True)
class Side:
    """One of the two versions: what it says, what a case of it looks like, and when it is in force."""

    version: Version
    criteria: Criteria
    model: type[Case]
    until: date | None
    profile: Profile | None
    """The one that was asked for; it goes before the profile of a stored assessment."""
    as_it_is: Criteria
    """What it says in its own names."""

    def is_in_force(self, day: date) -> bool:
        """Return whether this is the version in force on a day."""
        return self.version.in_force_from <= day and (self.until is None or day < self.until)

    def __str__(self) -> str:
        return str(self.version)


@dataclass(frozen=True)
class Pair:
    """The old version and the new one, of the same set."""

    before: Side
    after: Side
    on: date | None
    renames: Renames


def read_pair(before: str, after: str, on: date | None, profile: Path | None) -> Pair:
    """Return the two versions that references name (`SET`, `SET@VERSION`, a folder).

    Raises RiskEngineError where one cannot be read, where they are versions of different sets, and where the profile
    does not fit both.
    """
    old, new = _side(before, profile), _side(after, profile)
    one, other = old.criteria.head.id, new.criteria.head.id
    if one != other:
        message = _("`{one}` and `{other}` are two sets, not two versions of one", one=one, other=other)
        raise RiskEngineError(message, _("name two versions of one set, like `SET@1.0.0 SET@1.1.0`"))
    # What is only called otherwise is the same thing in both; a case in either names can be read by both.
    mapped, renames = in_names_of(old.criteria, new.criteria)
    return Pair(_read_as(old, mapped, profile), new, on, renames)


def _side(reference: str, profile: Path | None) -> Side:
    version = newest(reference)
    criteria = read_criteria(version.path)
    used = load_profile(profile, criteria) if profile else None
    return Side(version, criteria, case_model(criteria), in_force_until(version), used, criteria)


def _read_as(side: Side, criteria: Criteria, profile: Path | None) -> Side:
    """Return a side in other names; itself where it has no other."""
    if criteria is side.criteria:
        return side
    used = load_profile(profile, criteria) if profile else None
    return replace(side, criteria=criteria, model=case_model(criteria), profile=used)


@dataclass(frozen=True)
class Came:
    """What a case came to under a version on a day: where it stands, and its findings with what made them so."""

    case: Case
    criteria: Criteria
    on: date
    profile: Profile | None
    facts: Facts
    found: tuple[Found, ...]
    standings: Mapping[str, Standing]
    """By ladder."""


_ROUNDS: Final = 20
"""Leaving one answer out can rule out another; more often than this nobody chains questions."""


@dataclass(frozen=True)
class Fitted:
    """What a case came to under one version, the data that was worked out, and what was left out of the case."""

    worked: Came
    data: dict[str, Any]
    left_out: tuple[Refusal, ...] = ()


class UnderOne(NamedTuple):
    """A stored case as a version reads it strictly, None with every problem where it cannot; and the profile."""

    side: Side
    profile: Profile | None
    case: Case | None
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class UnderBoth:
    """A stored case, the day for which it is replayed, and how the old and the new version read it."""

    stored: StoredCase
    day: date
    before: UnderOne
    after: UnderOne


def read_by_both(stored: StoredCase, pair: Pair, day: date) -> UnderBoth:
    """Return how both versions read a case; RiskEngineError where its profile does not fit one of them."""
    before, after = [(side, _profile(stored, side)) for side in (pair.before, pair.after)]
    return UnderBoth(stored, day, _read(stored, *before), _read(stored, *after))


def _read(stored: StoredCase, side: Side, profile: Profile | None) -> UnderOne:
    try:
        return UnderOne(side, profile, case_of(stored.document, side.criteria, side.model), ())
    except InvalidSourceError as error:
        return UnderOne(side, profile, None, error.diagnostics)


def fitted(read: UnderBoth) -> tuple[Fitted, Fitted]:
    """Return what a case comes to under the old and the new version.

    Raises InvalidSourceError with what neither version takes: that is wrong in the case itself. Raises RiskEngineError
    where a version has no value for a parameter on the day.
    """
    sides = (read.before, read.after)
    came = [None if one.case is None else _came(one.case, one.side, read.day, one.profile) for one in sides]
    if all(one.problems for one in sides):
        placed = read.stored.placed()
        placed_by = sides if placed is read.stored else [_read(placed, one.side, one.profile) for one in sides]
        _refuse_shared(placed.document, *(one.problems for one in placed_by))
    before, after = (
        _without_what_does_not_fit(read, one) if under is None else Fitted(under, plain(under.case))
        for one, under in zip(sides, came, strict=True)
    )
    return before, after


def worked_out(data: dict[str, Any], side: Side, day: date, profile: Profile | None) -> Came:
    """Return what a case of plain data comes to; raises RiskEngineError and pydantic's ValidationError."""
    return _came(with_first_answers(side.model.model_validate(data), side.criteria), side, day, profile)


def _came(case: Case, side: Side, day: date, profile: Profile | None) -> Came:
    """Return what a case comes to; many of them by the compiled set, and then nobody looks up what levels rest on."""
    criteria = side.criteria
    decided = decided_by_program(case, criteria, day, profile)
    levels: Mapping[str, Level | Proposed]
    if decided is None or lacks_values(criteria, day, profile):
        try:
            worked = work(case, criteria, day, profile)
        except NotInForceError as error:
            raise _not_in_force(side, error) from error
        facts, found, levels = worked.facts, worked.found, {one.ladder: one for one in worked.proposed}
    else:
        facts, levels = resolve(case, criteria, day, profile), decided.levels
        found = find(facts, criteria, day, control_states(case, day), profile, decided)
    return Came(case, criteria, day, profile, facts, found, {name: _standing(one) for name, one in levels.items()})


def lacks_values(criteria: Criteria, day: date, profile: Profile | None) -> bool:
    """Return whether a parameter has no value on a day: then the rules themselves say whether that matters."""
    return parameters_on(criteria, day, profile).keys() != criteria.parameters.keys()


def _standing(one: Level | Proposed) -> Standing:
    place = Place(level=one.level, provisional=one.provisional, mildest=one.lowest, strictest=one.highest)
    return Standing(place=place, rule=rule_name(one.rule))


def rule_name(number: int | None) -> str:
    """Return how a report calls the rule of a ladder that decided."""
    return "otherwise" if number is None else f"rules.{number}"


def _not_in_force(side: Side, error: NotInForceError) -> RiskEngineError:
    message = _("under {version}: {error}", version=side, error=error)
    return RiskEngineError(message, _("name a day for all cases with `--on`"))


def _refuse_shared(document: Document, before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> None:
    """Raise InvalidSourceError with the problems in places that neither version can use; the more exact ones."""
    places = _places(document)
    known = [[(places.get(one.position, ()), one) for one in problems] for problems in (before, after)]
    shared = [
        # Of a key that one version does not know, the other says what is wrong with its value.
        max((len(loc), one), (len(new_loc), new))[1]
        for loc, one in known[0]
        for new_loc, new in known[1]
        if loc[: len(new_loc)] == new_loc or new_loc[: len(loc)] == loc
    ]
    if shared:
        raise InvalidSourceError(shared)


def _places(document: Document) -> Mapping[Position, Loc]:
    """Return what stands where: an unknown key is told at the key, an answer of the wrong kind at the answer."""
    found: dict[Position, Loc] = {}
    for loc in sorted(document.marks, key=len):  # a list begins where its first entry does, and that where its key does
        found[document.position(loc, key=True)] = found[document.position(loc)] = loc
    return found


def _profile(stored: StoredCase, side: Side) -> Profile | None:
    """Return the profile asked for, else that of the stored assessment, if it fits this version."""
    profile = stored.profile
    if side.profile is not None or profile is None:
        return side.profile
    text = profile.model_dump_json(by_alias=True, exclude_none=True)
    try:
        name = _("{path} (its profile)", path=stored.file)
        return kept_profile(profile, parse(text, name, is_json=True), side.criteria)
    except InvalidSourceError as error:
        message = _("{file}: its profile does not fit {version}: {error}", file=stored.file, version=side, error=error)
        raise RiskEngineError(message, _("name one that fits both versions with `--profile`")) from error


def _without_what_does_not_fit(read: UnderBoth, under: UnderOne) -> Fitted:
    """Return what a case comes to without the answers that a version does not take."""
    side = under.side
    data = answered(today_of(read.stored.document, side.criteria).document.data)
    left_out: list[Refusal] = []
    for _round in range(_ROUNDS):
        try:
            worked = worked_out(data, side, read.day, under.profile)
        except ValidationError as error:
            found = list(dict.fromkeys(_misfit(one["loc"], data, side) for one in error.errors(include_url=False)))
        else:
            return Fitted(worked, data, (*left_out, *_unknown_controls(worked.case, side)))
        left_out += [one for _loc, one in found]
        data = _without(data, [loc for loc, _refusal in found])
    raise AssertionError(left_out)  # pragma: no cover -- each round leaves something out


def _misfit(loc: tuple[int | str, ...], data: dict[str, Any], side: Side) -> tuple[Loc, Refusal]:
    """Return what to leave out for an error of the case model, and how that is called."""
    name, *rest = loc
    entity = side.criteria.entities.get(str(name))
    if entity is None:
        return (name,), Refusal(path=str(name), why="no_entity")
    step = 2 if entity.many is not None else 1
    if len(rest) < step:  # the list as a whole
        return (name,), Refusal(path=str(name), why="too_many")
    short = str(rest[step - 1])
    path = f"{name}.{data[str(name)][rest[0]]['id']}.{short}" if step > 1 else f"{name}.{short}"
    why: RefusalKind = "answer" if short in entity.facts else "no_fact"
    return loc[: step + 1], Refusal(path=path, why=why)


def _without(data: dict[str, Any], locs: Iterable[Loc]) -> dict[str, Any]:
    for loc in locs:
        data = _left_out(data, loc)
    return data


def _left_out(data: Any, loc: Loc) -> Any:
    """Return plain data without what stands in a place."""
    first, *rest = loc
    if isinstance(data, tuple):
        return tuple(_left_out(one, tuple(rest)) if number == first else one for number, one in enumerate(data))
    if not rest:
        return {key: value for key, value in data.items() if key != first}
    return {**data, first: _left_out(data[first], tuple(rest))}


def _unknown_controls(case: Case, side: Side) -> tuple[Refusal, ...]:
    """Return the controls of a case that a version does not know; no rule of it reads them."""
    unknown = (one.id for one in case.controls if one.id not in side.criteria.controls)
    return tuple(Refusal(path=f"controls.{one}", why="no_control") for one in unknown)
