"""A stored case under one version: worked out, with whatever the version does not take left out and named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from risk_engine.audit.impact.read import StoredCase
from risk_engine.audit.impact.sides import Pair, Side
from risk_engine.diagnostics import (
    Diagnostic,
    InvalidCaseError,
    InvalidSourceError,
    NotInForceError,
    Position,
    RiskEngineError,
)
from risk_engine.engine.work import Worked, work
from risk_engine.language import _
from risk_engine.loading.case import answered, case_of, located, place_of
from risk_engine.loading.profile import check_profile
from risk_engine.model.case import Case
from risk_engine.model.impact import Refusal, RefusalKind
from risk_engine.model.profile import Profile
from risk_engine.plain import Loc
from risk_engine.source import Document, parse

_ROUNDS: Final = 20
"""Leaving one answer out can rule out another; more often than this nobody chains questions."""


@dataclass(frozen=True)
class Fitted:
    """What a case came to under one version, the data that was worked out, and what was left out of the case."""

    worked: Worked
    data: dict[str, Any]
    left_out: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class _Tried:
    worked: Worked | None
    problems: tuple[Diagnostic, ...]


def fitted(stored: StoredCase, pair: Pair, day: date) -> tuple[Fitted, Fitted]:
    """Return what a case comes to under the old and the new version.

    Raises InvalidSourceError with what neither version takes: that is wrong in the case itself. Raises RiskEngineError
    where a version has no value for a parameter on the day, or the profile of the case does not fit it.
    """
    sides = (pair.before, pair.after)
    profiles = [_profile(stored, side) for side in sides]
    tried = [_tried(stored, side, day, one) for side, one in zip(sides, profiles, strict=True)]
    if any(one.problems for one in tried):
        placed = stored.placed()
        if placed is not stored:
            tried = [_tried(placed, side, day, one) for side, one in zip(sides, profiles, strict=True)]
        _refuse_shared(placed.document, *(one.problems for one in tried))
    data = answered(stored.document.data)
    before, after = (
        Fitted(one.worked, data) if one.worked is not None else _without_what_does_not_fit(data, side, day, profile)
        for one, side, profile in zip(tried, sides, profiles, strict=True)
    )
    return before, after


def worked_out(data: dict[str, Any], side: Side, day: date, profile: Profile | None) -> Worked:
    """Return what a case of plain data comes to; raises what `work` raises and pydantic's ValidationError."""
    try:
        return work(side.model.model_validate(data), side.criteria, day, profile)
    except NotInForceError as error:
        raise _not_in_force(side, error) from error


def _tried(stored: StoredCase, side: Side, day: date, profile: Profile | None) -> _Tried:
    """Return what a case comes to if it is read strictly, or every problem that there is."""
    try:
        case = case_of(stored.document, side.criteria, side.model)
        return _Tried(work(case, side.criteria, day, profile), ())
    except InvalidSourceError as error:
        return _Tried(None, error.diagnostics)
    except InvalidCaseError as error:
        return _Tried(None, located(error, stored.document).diagnostics)
    except NotInForceError as error:
        raise _not_in_force(side, error) from error


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
        check_profile(profile, parse(text, name, is_json=True), side.criteria)
    except InvalidSourceError as error:
        message = _("{file}: its profile does not fit {version}: {error}", file=stored.file, version=side, error=error)
        raise RiskEngineError(message, _("name one that fits both versions with `--profile`")) from error
    return profile


def _without_what_does_not_fit(data: dict[str, Any], side: Side, day: date, profile: Profile | None) -> Fitted:
    """Return what a case comes to without the answers that a version does not take."""
    left_out: list[Refusal] = []
    for _round in range(_ROUNDS):
        try:
            worked = worked_out(data, side, day, profile)
        except ValidationError as error:
            found = list(dict.fromkeys(_misfit(one["loc"], data, side) for one in error.errors(include_url=False)))
        except InvalidCaseError as error:
            found = [(place_of(data, one.path), Refusal(path=one.path, why="not_asked")) for one in error.problems]
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
