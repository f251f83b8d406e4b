"""One answer is missing: what the engine leaves open, against what the reading gives for every answer it could have."""

import copy
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple, TypeVar

from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from tests.criteria.second_reading.draw import Drawn, all_answers, answered, draw, near_of, settle, stated
from tests.criteria.second_reading.harmless import HARMLESS, MANY
from tests.criteria.second_reading.near import NEAR
from tests.criteria.second_reading.results import CATALOGUE, Result, levels, results
from tests.criteria.second_reading.words import KNOCK_OUTS, SEVERITIES

T = TypeVar("T")


class OneMissing(NamedTuple):
    """A case with one answer missing, and the same case with each answer that it could have."""

    path: str
    stated: dict[str, Any]
    completions: tuple[Drawn, ...]
    every_answer: bool
    """Whether every answer fits the rest; else the engine may allow for more than the completions show."""


def one_missing(rng: Random, number: int, criteria: Criteria) -> OneMissing | None:
    """Draw a case and take one answer out; None where the table of places has it anyway."""
    drawn = draw(rng, number, criteria)
    read = [path.split(".") for path in NEAR[near_of(number)]]
    entity = rng.choice(tuple(HARMLESS))
    # Most often one that the indicator reads, all of them in turn.
    turn = number // len(NEAR)
    entity, fact = rng.choice((*[read[turn % len(read)]] * 4, [entity, rng.choice(tuple(HARMLESS[entity]))]))
    place = rng.randrange(len(drawn.answers[entity]))
    case = stated(drawn)
    entry = case[entity][place] if entity in MANY else case[entity]
    values = all_answers(criteria.entities[entity].facts[fact])
    if fact not in entry or not values:
        return None
    # A new dictionary: the drawn answers may be the same object.
    emptied = {**entry, fact: "unknown"}
    if entity in MANY:
        case[entity][place] = emptied
    else:
        case[entity] = emptied
    completions = tuple(_settled_ones(drawn, (entity, place, fact), values))
    return OneMissing(f"{entity}.{fact}", case, completions, every_answer=len(completions) == len(values))


def _settled_ones(drawn: Drawn, where: tuple[str, int, str], values: Sequence[Any]) -> Iterator[Drawn]:
    """Yield the case with each answer under which no other answer would be one to a question that is not asked."""
    entity, place, fact = where
    for value in values:
        answers = copy.deepcopy(drawn.answers)
        answers[entity][place][fact] = value
        settled = copy.deepcopy(answers)
        settle(settled)
        if settled == answers:
            yield drawn._replace(answers=answers)


def outside_bounds(missing: OneMissing, assessment: Assessment) -> Iterator[str]:
    """Yield where a completion lies outside what the engine leaves open, or where it leaves open too much."""
    wanted = [results(answered(one), one.in_place()) for one in missing.completions]
    findings = {one.id: one for one in assessment.findings}
    for name in CATALOGUE:
        if (found := findings.get(name)) is not None:
            bounds = (
                (found.inherent, found.possible),
                (found.residual.at_least, found.residual.at_most),
                (found.knock_out_before.at_least, found.knock_out_before.at_most),
                (found.knock_out.at_least, found.knock_out.at_most),
            )
        elif name in assessment.absent:
            bounds = (("none", "none"),) * 4
        else:
            continue  # not in force
        orders: tuple[Sequence[str], ...] = (SEVERITIES, SEVERITIES, KNOCK_OUTS, KNOCK_OUTS)
        for part, order, bound, values in zip(
            Result._fields, orders, bounds, zip(*(one[name] for one in wanted), strict=True), strict=True
        ):
            if problem := _compare(order, bound, values, exact=missing.every_answer):
                yield f"{name} {part}, {missing.path} missing: {problem}"
    proposals = {one.ladder: one for one in assessment.proposals}
    for ladder, values in zip(
        ("measure", "start_gate", "escalation"), zip(*map(levels, wanted), strict=True), strict=True
    ):
        between = set(proposals[ladder].range)
        if not set(values) <= between:
            yield f"{ladder}, {missing.path} missing: {sorted(set(values))} not within {sorted(between)}"


def _compare(order: Sequence[str], bound: tuple[str, str], values: Sequence[str], *, exact: bool) -> str | None:
    low, high = (order.index(one) for one in bound)
    least, most = min(map(order.index, values)), max(map(order.index, values))
    if low > least or high < most:
        return f"{bound} does not hold {sorted(set(values))}"
    if exact and (low, high) != (least, most):
        return f"{bound} is wider than {sorted(set(values))}"
    return None


def left_open(assessment: Assessment) -> set[str]:
    """Return the indicators whose severity is not settled."""
    return {one.id for one in assessment.findings if one.inherent != one.possible}
