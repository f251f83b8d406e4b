"""Case and criteria to what comes out, before a word is said about it: resolve, find, rate, propose.

The same is recalled from a stored assessment and its criteria. Nothing is worked out for that: what the case did not
state itself, the record holds.
"""

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never, cast

from pydantic import ValidationError

from risk_engine.engine.answerable import in_order, orders_in
from risk_engine.engine.facts import Entry, Facts, Origin, Read, Stated
from risk_engine.engine.find import ControlState, Found, control_states, find
from risk_engine.engine.propose import Proposed, Rating, propose, rate, rated, with_results
from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import RiskEngineError, help_line
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, answer, case_model, entries
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.profile import Profile, parameters_on

if TYPE_CHECKING:
    from risk_engine.engine.program import Decided


@dataclass(frozen=True)
class Worked:
    """What a case came to under a set of criteria on a day, with a profile."""

    case: Case
    criteria: Criteria
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
    criteria: Criteria,
    on: date | None = None,
    profile: Profile | None = None,
    decided: "Decided | None" = None,
) -> Worked:
    """Return what a case comes to, as rules and tables stand on `on` (default: the case's own date).

    `decided` is what a program made of the case: then rules that came to nothing are not read once more, and absent
    findings name no facts.

    Raises RiskEngineError if there is no date; NotInForceError if a parameter has no value on the day.
    """
    day = day_of(case, on)
    facts = resolve(case, criteria, day, profile)
    controls = control_states(case, day)
    found = find(facts, criteria, day, controls, profile, decided)
    ratings = rate(found, criteria.head) if decided is None else rated(decided.points)
    results = with_results(facts, found, ratings, criteria)
    proposed = propose(results, criteria, None if decided is None else decided.levels)
    review_due = due(criteria, day, facts, proposed)
    return Worked(case, criteria, day, profile, facts, results, controls, found, ratings, proposed, review_due, decided)


def due(criteria: Criteria, day: date, facts: Facts, proposed: Sequence[Proposed]) -> date:
    """Return the day by which what was proposed on a day asks for another look."""
    return _months_later(day, min(_review_months(criteria, one, facts) for one in proposed))


PAYS = 12
"""A set is compiled once so many cases were recorded under it: before, that takes longer than it saves."""


@once
def _asked(_criteria: Criteria) -> Counter[int]:
    """How often a program of the criteria was asked for, by the identity of the profile."""
    return Counter()


def decided_by_program(case: Case, criteria: Criteria, on: date, profile: Profile | None) -> "Decided | None":
    """Return what the compiled set makes of a case; None while compiling it does not pay, or it cannot say."""
    asked = _asked(criteria)
    # The identity of a profile may be taken over by a later one: that is then compiled a few cases early.
    asked[id(profile)] += 1
    if asked[id(profile)] <= PAYS:
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


def worked_again(stored: Assessment, criteria: Criteria) -> Worked:
    """Return what the case in a stored assessment comes to, on its day and with its profile.

    Raises what `work` raises, and pydantic's ValidationError if the stored case does not fit the criteria.
    """
    profile = stored.profile.profile if stored.profile else None
    return work(case_from(stored.case, criteria), criteria, stored.on, profile)


def case_from(stated: dict[str, Any], criteria: Criteria) -> Case:
    """Return the case that an assessment holds as plain data; pydantic's ValidationError if it does not fit."""
    # Not `model_validate_json`: where a validator of ours stands in between, pydantic takes no JSON list for a tuple.
    return case_model(criteria).model_validate(tupled(stated))


def _review_months(criteria: Criteria, proposed: Proposed, facts: Facts) -> int:
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


class UnfitRecordError(RiskEngineError):
    """A record names something that its criteria do not have."""


class Recalled(NamedTuple):
    """What an assessment rests on."""

    case: Case
    facts: Facts
    controls: dict[str, ControlState]
    profile: Profile | None


def recall(assessment: Assessment, criteria: Criteria) -> Recalled:
    """Return what an assessment rests on; `criteria` are the ones that it was made under.

    Raises UnfitRecordError where they are others, or where they do not have what the record names.
    """
    if criteria.digest != assessment.criteria.digest:
        message = _(
            "these are not the criteria of the assessment: it was made under {digest}…, these are {other}…",
            digest=assessment.criteria.digest[:12],
            other=criteria.digest[:12],
        )
        raise UnfitRecordError(message)
    try:
        case = case_from(assessment.case, criteria)
    except ValidationError as error:
        raise UnfitRecordError(_("the case of the assessment does not fit its criteria")) from error
    profile = assessment.profile.profile if assessment.profile else None
    held = _Held(assessment)
    single: dict[str, Entry] = {}
    lists: dict[str, tuple[Entry, ...] | None] = {}
    for name, entity in criteria.entities.items():
        if entity.many is None:
            single[name] = held.entry(name, entity, None, getattr(case, name))
        elif name in assessment.resolved:
            lists[name] = held.closed(name)
        elif (stated := entries(case, name)) is None:
            lists[name] = None
        else:
            made = [held.entry(name, entity, str(answer(each, "id")), each) for each in stated]
            lists[name] = tuple(sorted(made, key=lambda entry: entry.id or ""))
    facts = Facts(
        on=assessment.on,
        single=single,
        lists=lists,
        orders=orders_in(criteria),
        parameters=parameters_on(criteria, assessment.on, profile),
        definitions=criteria.definitions,
        origins=held.origins,
        superfluous=held.superfluous,
    )
    for problem in assessment.problems:
        if problem.kind == "superfluous_contradicts":
            answer_to, *closing = (read_at(path, facts) for path in problem.paths)
            held.superfluous[answer_to] = tuple(closing)
    return Recalled(case, facts, dict(control_states(case, assessment.on)), profile)


def read_at(path: str, facts: Facts) -> Read:
    """Return the fact at a path; UnfitRecordError where the case has none there."""
    entity, *rest = path.split(".")
    match rest:
        case [] if entity in facts.lists:
            return Read(entity, None, None)
        case [fact] if entity in facts.single:
            read = Read(entity, None, fact)
        case [entry, fact] if entity in facts.lists:
            read = Read(entity, entry, fact)
        case _:
            raise unfit(path)
    if read not in facts.origins:
        raise unfit(path)
    return read


def unfit(name: str) -> UnfitRecordError:
    """Return the error that a record names something that neither its case nor its criteria have."""
    message = _("the assessment names `{name}`, which neither its case nor its criteria have", name=name)
    return UnfitRecordError(message, _("it was changed after it was written: assess the case again"))


def lacks(ladder: str) -> UnfitRecordError:
    """Return the error that a record does not say what a ladder of its criteria came to."""
    message = _("the assessment says nothing of the ladder `{name}` of its criteria", name=ladder)
    return UnfitRecordError(message, _("it was changed after it was written: assess the case again"))


def unlike(path: str) -> UnfitRecordError:
    """Return the error that a record holds an answer of another kind than its criteria give the fact."""
    message = _("the assessment holds of `{path}` what it cannot be", path=path)
    return UnfitRecordError(message, _("it was changed after it was written: assess the case again"))


def _as_held(fact: AnyFact, value: Any) -> Any:
    """Return a value of a record as the engine has it: a day of a fact that holds days, lists as tuples."""
    if isinstance(fact, DateFact) and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return tupled(value)


def _can_be(fact: AnyFact, value: object) -> bool:
    """Return whether a value is of the kind of a fact; conditions take that for granted."""
    match fact:
        case BooleanFact():
            return isinstance(value, bool)
        case IntegerFact():
            return isinstance(value, int) and not isinstance(value, bool)
        case ChoicesFact():
            return isinstance(value, tuple) and all(option in fact.options for option in value)
        case ChoiceFact():
            return isinstance(value, str) and value in fact.options
        case DateFact():
            return isinstance(value, date)
        case RowFact() | TextFact():
            return isinstance(value, str)
        case _:
            assert_never(fact)


class _Held:
    """Makes the entries of a case as an assessment holds them."""

    def __init__(self, assessment: Assessment) -> None:
        self.resolved = assessment.resolved
        self.origins: dict[Read, Origin] = {}
        self.superfluous: dict[Read, tuple[Read, ...]] = {}

    def closed(self, name: str) -> tuple[Entry, ...]:
        """Return the entries of a list that other answers closed: there are none."""
        self.origins[Read(name, None, None)] = self.resolved[name].origin
        return ()

    def entry(self, name: str, entity: Entity, entry_id: str | None, stated: Any) -> Entry:
        values: dict[str, Stated] = {}
        for short, fact in entity.facts.items():
            read = Read(name, entry_id, short)
            value: Stated = answer(stated, short)
            origin: Origin = "missing" if value is None else "case"
            if (resolved := self.resolved.get(read.path())) is not None:
                value = _as_held(fact, resolved.value)
                origin = resolved.origin
                if value is not None and not _can_be(fact, value):
                    raise unlike(read.path())
            values[short] = in_order(fact, value)
            self.origins[read] = origin
        return Entry(entry_id, values)
