"""The cases that an outlook tells, worked out again by the engine: whether each comes to what is said of it.

What it says of all cases, that there is no other way or that a question decides nothing, no single case can show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from risk_engine.model.outlook import Outlook, Path, WaysDown, answer_key
from risk_engine.model.proof import Reached
from risk_engine.outlook.again.case import Again, same


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
    of_all: bool = True
    """Whether it says of every ladder what comes out."""


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
        where = f"margins.if_wrong.{wrong.path}"
        yield Told(where, answers, wrong.reached, is_told=bool(wrong.reached), of_all=False)


def _leads_there(target: WaysDown, reached: tuple[Reached, ...], outlook: Outlook) -> bool:
    levels = list(outlook.levels.get(target.ladder, ()))
    ends = [end for one in reached if one.ladder == target.ladder for end in (one.level, one.highest)]
    if not {target.to, *ends} <= set(levels):
        return False
    return bool(ends) and all(levels.index(one) <= levels.index(target.to) for one in ends)


def comes_out(told: Told, again: Again) -> bool:
    """Return whether the engine says of a case what an outlook says of it."""
    if not told.is_told or not all(same(again.stated(path), value) for path, value in told.was.items()):
        return False
    made = again.changed(told.answers, told.controls)
    if made is None:
        return False
    proposed = {one.ladder: Reached.of(one) for one in made.worked.proposed}
    said = {one.ladder: one for one in told.reached}
    return all(proposed.get(name) == one for name, one in said.items()) and (not told.of_all or {*said} == {*proposed})
