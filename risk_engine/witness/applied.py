"""A case with other answers, or with controls in place, worked out as an office would state it.

Answers to questions that are not asked any more are set aside; a control counts only with evidence, so it gets some.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

from risk_engine.backends.symbolic.decode import EVIDENCE
from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.work import Worked, work
from risk_engine.loading.case import changed
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile
from risk_engine.once import once
from risk_engine.witness.example import SolverMismatchError

Place: TypeAlias = tuple[str, str | None, str]
"""A question of a case: entity, the entry's id where it is one of a list, and the fact."""

as_model = once(case_model)


def applied(worked: Worked, controls: Collection[str] = (), answers: Mapping[Place, Any] | None = None) -> Worked:
    """Return what a case comes to with these controls in place as well, and these answers in place of its own."""
    data = answered(plain(worked.case), answers or {})
    data["controls"] = in_place(data.get("controls", ()), controls, worked.on)
    return worked_as_asked(data, worked.criteria, worked.on, worked.profile)[1]


def plain(case: Case) -> dict[str, Any]:
    """Return what a case states, as plain data."""
    return case.model_dump(by_alias=True, exclude_none=True)


def set_aside(before: Mapping[str, Any], after: Mapping[str, Any], criteria: CriteriaSet) -> tuple[str, ...]:
    """Return the paths of the answers that plain data of a case state and those of a changed one no longer do."""
    left = set(_stated(after, criteria))
    return tuple(path for path in _stated(before, criteria) if path not in left)


def _stated(data: Mapping[str, Any], criteria: CriteriaSet) -> Iterator[str]:
    for name in criteria.entities:
        stated = data.get(name) or ()
        if isinstance(stated, Mapping):
            yield from (f"{name}.{fact}" for fact, value in stated.items() if value is not None)
        else:
            for one in stated:
                yield from (f"{name}.{one['id']}.{fact}" for fact in one if fact != "id" and one[fact] is not None)


def answered(data: dict[str, Any], answers: Mapping[Place, Any]) -> dict[str, Any]:
    """Return plain data with answers where they belong; None takes one out."""
    found = dict(data)
    by_entry: dict[tuple[str, str | None], dict[str, Any]] = {}
    for (entity, entry, fact), value in answers.items():
        by_entry.setdefault((entity, entry), {})[fact] = value
    for entity in dict.fromkeys(entity for entity, _entry in by_entry):
        stated = data.get(entity)
        if (entity, None) in by_entry:
            found[entity] = _with(stated or {}, by_entry[entity, None])
        else:
            found[entity] = tuple(_with(one, by_entry.get((entity, one["id"]), {})) for one in stated or ())
    return found


def _with(entry: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in {**entry, **answers}.items() if one is not None}


def in_place(stated: Iterable[Mapping[str, Any]], controls: Iterable[str], on: date) -> tuple[dict[str, Any], ...]:
    """Return the controls of a case with these in place as well, each with evidence of the day."""
    found = {one["id"]: dict(one) for one in stated}
    for name in controls:
        proof = {"kind": EVIDENCE, "reference": EVIDENCE, "date": on}
        found[name] = {**found.get(name, {}), "id": name, "status": "implemented", "evidence": (proof,)}
    return tuple(found.values())


def worked_as_asked(
    data: dict[str, Any], criteria: CriteriaSet, on: date, profile: Profile | None
) -> tuple[dict[str, Any], Worked]:
    """Return plain data without what is not asked any more, and what the case comes to."""
    while True:
        try:
            return data, work(as_model(criteria).model_validate(data), criteria, on, profile)
        except InvalidCaseError as error:
            data = _set_aside(data, error)


def _set_aside(data: dict[str, Any], error: InvalidCaseError) -> dict[str, Any]:
    for problem in error.problems:
        after = changed(data, problem.path, None)
        if after is None:
            raise SolverMismatchError(f"{problem.path}: {problem.message}, in {data}") from error
        data = after
    return data
