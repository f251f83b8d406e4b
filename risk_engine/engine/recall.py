"""A stored assessment and its criteria to what the assessment rests on: the case, and its facts as they counted.

Nothing is worked out here: what the case did not state itself, the record holds.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.controls import ControlState, control_states
from risk_engine.engine.facts import Entry, Facts, Origin, Read, Stated
from risk_engine.engine.resolve import in_order
from risk_engine.engine.work import case_from, tupled
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, answer, entries
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import DateFact, Entity, orders_of
from risk_engine.model.profile import Profile, parameters_on


class UnfitRecordError(RiskEngineError):
    """A record names something that its criteria do not have."""


@dataclass(frozen=True)
class Recalled:
    """What an assessment rests on."""

    case: Case
    facts: Facts
    controls: dict[str, ControlState]
    profile: Profile | None


def recall(assessment: Assessment, criteria: CriteriaSet) -> Recalled:
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
        elif (stated := entries(case, name)) is None:
            lists[name] = None
        else:
            made = [held.entry(name, entity, str(answer(each, "id")), each) for each in stated]
            lists[name] = tuple(sorted(made, key=lambda entry: entry.id or ""))
    facts = Facts(
        on=assessment.on,
        single=single,
        lists=lists,
        orders=orders_of(criteria.entities),
        parameters=parameters_on(criteria, assessment.on, profile),
        definitions=criteria.definitions,
        origins=held.origins,
    )
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


class _Held:
    """Makes the entries of a case as an assessment holds them."""

    def __init__(self, assessment: Assessment) -> None:
        self.resolved = assessment.resolved
        self.origins: dict[Read, Origin] = {}

    def entry(self, name: str, entity: Entity, entry_id: str | None, stated: Any) -> Entry:
        values: dict[str, Stated] = {}
        for short, fact in entity.facts.items():
            read = Read(name, entry_id, short)
            value: Stated = answer(stated, short)
            origin: Origin = "missing" if value is None else "case"
            if (resolved := self.resolved.get(read.path())) is not None:
                is_day = isinstance(fact, DateFact) and isinstance(resolved.value, str)
                value = date.fromisoformat(resolved.value) if is_day else tupled(resolved.value)
                origin = resolved.origin
            values[short] = in_order(fact, value)
            self.origins[read] = origin
        return Entry(entry_id, values)
