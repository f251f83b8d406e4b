"""Case and criteria to what comes out, before a word is said about it: resolve, find, rate, propose."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from risk_engine.diagnostics import RiskEngineError, help_line
from risk_engine.engine.controls import ControlState, control_states
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, find
from risk_engine.engine.propose import Proposed, propose, with_results
from risk_engine.engine.rate import Rating, rate
from risk_engine.engine.resolve import resolve
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile

if TYPE_CHECKING:
    from risk_engine.engine.program import Decided


@dataclass(frozen=True)
class Worked:
    """What a case came to under a set of criteria on a day, with a profile."""

    case: Case
    criteria: CriteriaSet
    on: date
    profile: Profile | None
    facts: Facts
    results: Facts
    """The facts together with those of findings and dimensions."""
    controls: Mapping[str, ControlState]
    found: tuple[Found, ...]
    ratings: tuple[Rating, ...]
    proposed: tuple[Proposed, ...]
    review_due: date
    decided: "Decided | None" = None
    """What a program made of it, where one was used."""


def work(
    case: Case,
    criteria: CriteriaSet,
    on: date | None = None,
    profile: Profile | None = None,
    decided: "Decided | None" = None,
) -> Worked:
    """Return what a case comes to, as rules and tables stand on `on` (default: the case's own date).

    `decided` is what a program made of the case: then rules that came to nothing are not read once more, and absent
    findings name no facts.

    Raises RiskEngineError if there is no date; InvalidCaseError where answers rule out questions that are answered;
    NotInForceError if a parameter has no value on the day.
    """
    day = day_of(case, on)
    facts = resolve(case, criteria, day, profile)
    controls = control_states(case, day)
    found = find(facts, criteria, day, controls, profile, None if decided is None else decided.findings)
    ratings = rate(found, criteria.head)
    results = with_results(facts, found, ratings, criteria)
    proposed = propose(results, criteria, None if decided is None else decided.levels)
    review_due = _months_later(day, min(_review_months(criteria, one, facts) for one in proposed))
    return Worked(case, criteria, day, profile, facts, results, controls, found, ratings, proposed, review_due, decided)


PAYS = 12
"""A set is compiled once so many cases were recorded under it: before, that takes longer than it saves."""
_ASKED: dict[tuple[int, int], int] = {}


def decided_by_program(case: Case, criteria: CriteriaSet, on: date, profile: Profile | None) -> "Decided | None":
    """Return what the compiled set makes of a case; None while compiling it does not pay, or it cannot say."""
    # An identity may be taken over by a later object: then that one is compiled a few cases early.
    key = id(criteria), id(profile)
    _ASKED[key] = _ASKED.get(key, 0) + 1
    if _ASKED[key] <= PAYS:
        return None
    from risk_engine.engine.program import program_of  # so that a single case waits for no compiler

    program = program_of(criteria, on, profile)
    return None if program is None else program.decide(case, on, full=True)


def day_of(case: Case, on: date | None = None) -> date:
    """Return the day on which a case is assessed, its own where none is given; RiskEngineError if it has none."""
    day = on or case.assessment_date
    if day is None:
        way_out = help_line(_("add `assessment_date:`, or name a day with `--on`"))
        raise RiskEngineError(_("the case has no assessment date") + way_out)
    return day


def worked_again(stored: Assessment, criteria: CriteriaSet) -> Worked:
    """Return what the case in a stored assessment comes to, on its day and with its profile.

    Raises what `work` raises, and pydantic's ValidationError if the stored case does not fit the criteria.
    """
    profile = stored.profile.profile if stored.profile else None
    return work(case_from(stored.case, criteria), criteria, stored.on, profile)


def case_from(stated: dict[str, Any], criteria: CriteriaSet) -> Case:
    """Return the case that an assessment holds as plain data; pydantic's ValidationError if it does not fit."""
    # Not `model_validate_json`: where a validator of ours stands in between, pydantic takes no JSON list for a tuple.
    return case_model(criteria).model_validate(tupled(stated))


def _review_months(criteria: CriteriaSet, proposed: Proposed, facts: Facts) -> int:
    """Return after how many months the level that a ladder proposes asks for another look."""
    months = facts.operand(criteria.ladders[proposed.ladder].levels[proposed.level].review_months)
    return cast("int", months)  # checked when the set and the profile were loaded


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month; the calendar ends with 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def tupled(data: Any) -> Any:
    """Return plain JSON data with its lists as tuples, as the models have them."""
    match data:
        case dict():
            return {key: tupled(value) for key, value in data.items()}
        case list() | tuple():
            return tuple(tupled(one) for one in data)
        case _other:
            return data
