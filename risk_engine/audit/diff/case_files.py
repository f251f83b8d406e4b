"""The cases that show what a change means, each as a case file that an office could have written."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from risk_engine.audit.diff.targets import Target
from risk_engine.audit.versions import Comparison
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidCaseError
from risk_engine.files.language import _
from risk_engine.files.source import parse
from risk_engine.loading.case import answered, case_of, changed
from risk_engine.loading.case_tests import base_case
from risk_engine.model.case import UNKNOWN, shown_in_place
from risk_engine.model.changes import Meaning, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import Entity
from risk_engine.solver.confirm import SolverMismatchError, case_from, known_to

_PLAIN = re.compile(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*")
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", UNKNOWN})


def case_files(found: Comparison, meaning: Meaning) -> dict[str, str]:
    """Return the case files of all cases that a meaning shows: their names and what is in them.

    One file runs under both versions; where the case states what only one of them knows there is one for each. Every
    file is read and worked out as any other: SolverMismatchError, a defect of this program, if it comes to anything
    else than was told.
    """
    stated, _base = base_case(found.before)
    base = {key: answered(value) for key, value in stated.items()}
    files: dict[str, str] = {}
    for number, shifts in enumerate(meaning.cases(), 1):
        sides = [_read_by(one, base, shifts[0], found) for one in (found.before, found.after)]
        names = [f"case-{number}.yaml"] * 2
        if sides[0] != sides[1]:
            names = [f"case-{number}-{side}.yaml" for side in ("before", "after")]
        for criteria, name, data in zip((found.before, found.after), names, sides, strict=True):
            files[name] = "\n".join(_lines(data, shifts, number, found)) + "\n"
            _confirm(files[name], name, criteria, shifts, is_after=criteria is found.after)
    return files


def _read_by(criteria: Criteria, base: Mapping[str, Any], shift: Shift, found: Comparison) -> dict[str, Any]:
    """Return what a version is told of a case: no more than it knows and asks."""
    assert shift.example is not None  # noqa: S101 (only such shifts are shown)
    assert shift.on is not None  # noqa: S101 (likewise)
    data: dict[str, Any] = {**base, "controls": tuple(shown_in_place(one, shift.on) for one in shift.example.in_place)}
    for path, value in shift.example.given.items():
        told = changed(data, path, None if value == UNKNOWN else value)
        if told is None:
            raise SolverMismatchError(path)
        data = told
    data = {key: answered(value) for key, value in data.items() if value is not None}
    data = known_to(criteria, data, _entities(found))
    while True:
        try:
            work(case_from({**data, "id": "case", "title": "case"}, criteria), criteria, shift.on)
        except InvalidCaseError as error:
            for problem in error.problems:
                data = answered(changed(data, problem.path, None))
        else:
            return data


def _entities(found: Comparison) -> dict[str, Entity]:
    return {**found.after.entities, **found.before.entities}


def _confirm(text: str, name: str, criteria: Criteria, shifts: Sequence[Shift], *, is_after: bool) -> None:
    worked = work(case_of(parse(text, name, nulls=True), criteria), criteria)
    told = {Target(one.of, one.name): (one.before, one.after) for one in shifts}
    told |= {Target("ladder", one.ladder): (one.before, one.after) for shift in shifts for one in shift.ladders}
    for target, both in told.items():
        came, wanted = target.came(worked), both[is_after]
        if came != wanted:
            raise SolverMismatchError(f"{name}: {came} of {target.name}, not {wanted}")


def _lines(data: Mapping[str, Any], shifts: Sequence[Shift], number: int, found: Comparison) -> Iterator[str]:
    versions = {"before": found.changes.before.name, "after": found.changes.after.name}
    yield "# " + _("A case that shows what is otherwise under {after} than under {before}.", **versions)
    yield "# " + _("It is the base case of {before} with as few changes as show it.", before=versions["before"])
    yield f"id: case-{number}"
    yield f"title: {json.dumps(_('Case {number} of a comparison', number=number), ensure_ascii=False)}"
    yield f"assessment_date: {shifts[0].on}"
    for name, value in data.items():
        if name in found.after.entities or name in found.before.entities or (name == "controls" and value):
            yield from _block(name, value, "")


def _block(key: str, value: Any, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            yield f"{indent}{key}:"
            for name, one in value.items():
                yield from _block(name, one, f"{indent}  ")
        case tuple() if value and all(isinstance(one, dict) for one in value):
            yield f"{indent}{key}:"
            for entry in value:
                for place, (name, one) in enumerate(entry.items()):
                    first, *rest = _block(name, one, f"{indent}    ")
                    yield f"{indent}  - {first.strip()}" if place == 0 else first
                    yield from rest
        case _:
            yield f"{indent}{key}: {_flow(value)}"


def _flow(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case tuple():
            return f"[{', '.join(map(_flow, value))}]"
        case dict():
            return "{}"
        case str() if _PLAIN.fullmatch(value) and value not in _NOT_PLAIN:
            return value
        case str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return f"{value}"
