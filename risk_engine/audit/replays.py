"""The cases that an outlook tells, worked out again by the engine: whether each comes to what is said of it.

What it says of all cases, that there is no other way or that a question decides nothing, no single case can show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.work import Worked, case_from, tupled, work
from risk_engine.loading.case import changed
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.outlook import Outlook, Path, WaysDown, answer_key
from risk_engine.model.proof import Reached

SHOWN_TO_BE_THERE = "replayed to verify an outlook"


@dataclass(frozen=True)
class Told:
    """A case that an outlook tells: the answers and controls that it differs in, and what it says comes out."""

    where: str
    """Where it stands in the record."""
    answers: Mapping[Path, Any]
    reached: tuple[Reached, ...]
    controls: tuple[str, ...] = ()
    was: Mapping[Path, Any] = field(default_factory=dict)
    """What it says that the case states now."""
    is_told: bool = True
    """Whether what it says comes out is what it is told for."""


def told_cases(outlook: Outlook) -> Iterator[Told]:
    """Yield every case that an outlook tells."""
    for found in outlook.ranges:
        for one in found.possible:
            shown = one.witness
            yield Told(
                f"ranges.{found.ladder}.{one.level}",
                shown.answers,
                shown.reached,
                was=dict.fromkeys(shown.answers),
                is_told=any((each.ladder, each.level) == (found.ladder, one.level) for each in shown.reached),
            )
    for question in outlook.questions:
        for answered in question.if_answered:
            answers = {question.path: answered.answer}
            where = f"questions.{question.path}.{answer_key(answered.answer)}"
            yield Told(where, answers, answered.reached, was=dict.fromkeys(answers), is_told=bool(answered.reached))
    for target in outlook.ways:
        for number, way in enumerate(target.ways):
            yield Told(
                f"ways.{target.ladder}.{target.to}.{number}",
                {one.path: one.after for one in way.changes},
                way.reached,
                way.controls,
                {one.path: one.before for one in way.changes},
                is_told=_leads_there(target, way.reached, outlook),
            )
    for wrong in outlook.margins.if_wrong:
        answers = {wrong.path: wrong.instead}
        yield Told(f"margins.if_wrong.{wrong.path}", answers, wrong.reached, is_told=bool(wrong.reached))


def _leads_there(target: WaysDown, reached: tuple[Reached, ...], outlook: Outlook) -> bool:
    levels = list(outlook.levels[target.ladder])
    ends = [end for one in reached if one.ladder == target.ladder for end in (one.level, one.highest)]
    return bool(ends) and all(levels.index(one) <= levels.index(target.to) for one in ends)


def comes_out(told: Told, stored: Assessment, criteria: CriteriaSet) -> bool:
    """Return whether the engine says of a case what an outlook says of it."""
    data = tupled(stored.case)
    try:
        if not told.is_told or any(_key(_stated(data, path)) != _key(value) for path, value in told.was.items()):
            return False
        for path, value in told.answers.items():
            data = _with(data, path, tupled(value), criteria)
        data["controls"] = _in_place(data.get("controls") or (), told, stored)
        proposed = {one.ladder: Reached.of(one) for one in _worked(data, stored, criteria).proposed}
    except (InvalidCaseError, ValidationError, LookupError):
        return False
    return all(proposed.get(one.ladder) == one for one in told.reached)


def _worked(data: dict[str, Any], stored: Assessment, criteria: CriteriaSet) -> Worked:
    """Return what a case comes to; answers to questions that are not asked any more are set aside, as in an outlook."""
    profile = stored.profile.profile if stored.profile else None
    while True:
        try:
            return work(case_from(data, criteria), criteria, stored.on, profile)
        except InvalidCaseError as error:
            for problem in error.problems:
                if _stated(data, problem.path) is None:
                    raise
                data = _with(data, problem.path, None, criteria)


def _with(data: dict[str, Any], path: Path, value: Any, criteria: CriteriaSet) -> dict[str, Any]:
    name = path.partition(".")[0]
    if criteria.entities[name].many is None and data.get(name) is None:
        data = {**data, name: {}}
    found = changed(data, path, value)
    if found is None:
        raise LookupError(path)
    return found


def _stated(data: Mapping[str, Any], path: Path) -> Any:
    """Return what a case states; None where it states nothing, or that it is not known."""
    name, *rest = path.split(".")
    found = data.get(name)
    if len(rest) == 2:  # noqa: PLR2004 (the entry and the fact)
        found = next((one for one in found or () if one["id"] == rest[0]), None)
    if rest and found is not None:
        found = found.get(rest[-1])
    return None if found == "unknown" else found


def _key(value: Any) -> str:
    return "" if value is None else f"={answer_key(value)}"


def _in_place(stated: Any, told: Told, stored: Assessment) -> tuple[dict[str, Any], ...]:
    found = {one["id"]: dict(one) for one in stated}
    for name in told.controls:
        proof = {"kind": SHOWN_TO_BE_THERE, "reference": SHOWN_TO_BE_THERE, "date": stored.on}
        found[name] = {**found.get(name, {}), "id": name, "status": "implemented", "evidence": (proof,)}
    return tuple(found.values())
