"""Which awareness rows of a set apply to what data of joint works show: small cases, decided by the engine.

Such data know little: a partner's country, a critical area of a topic, lists that name the partner, how often both
published together. That much is stated in a case and nothing else, so a row holds, may apply because answers are
missing, or does not apply. A row is told where it reads something that the data know: what hangs on other answers alone
says nothing of this institution.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from risk_engine.engine.assess import assess
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.case import load_case
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact
from risk_engine.model.references import reads_by_rule

_KINDS: Final = ("foreign_rule", "advice", "monitoring", "benefit")


@dataclass(frozen=True)
class Situation:
    """What data know of a partner and the works with it; None and empty are not known, which is never "no"."""

    country: str
    area: str | None = None
    """The option of the set's fact on critical areas."""
    listed: tuple[str, ...] = ()
    """Options of the set's fact on lists of other states."""
    joint: int | None = None
    """Joint works of the last five years, where the source is whole."""
    is_sure: bool = True
    """Whether somebody checked that the topics belong to the area; else a row that hangs on it may apply."""


@dataclass(frozen=True)
class Asked:
    """Facts of a set that such data answer: of a partner the first and the last two, of a technology the area."""

    country: str
    rows: frozenset[str]
    """The countries that the set knows."""
    area: str | None = None
    listed: str | None = None
    joint: str | None = None


@dataclass(frozen=True)
class Row:
    """An awareness row and the situations in which it holds or may apply; whom to ask for the answers it waits for."""

    id: str
    kind: Literal["foreign_rule", "advice", "monitoring", "benefit"]
    title: str
    then: str
    holds: tuple[Situation, ...]
    may: tuple[Situation, ...]
    ask: tuple[str, ...]


def asked_of(criteria: Criteria, *, area: str | None = None) -> Asked:
    """Return which facts of a set such data answer, as its screening.yaml says; `area` is that of critical areas.

    Raises RiskEngineError where the set does not say it, or asks no country of a partner.
    """
    known = {name for name, _fact in criteria.every_fact()}
    for entity, facts in load_screened_facts(criteria, needed=False).items():
        if (country := criteria.head.roles.country.get(entity)) is not None:
            listed = next((one.fact for one in facts.listed if one.on == "evidence" and one.options), None)
            fact = criteria.fact(country)
            rows = frozenset(criteria.tables[fact.of].rows) if isinstance(fact, RowFact) else frozenset()
            return Asked(country, rows, area if area in known else None, listed, facts.joint_works)
    message = _("{set} does not say whose country such data answer in it", set=criteria.head.id)
    way_out = _("say it in screening.yaml (docs/authors.md, “What screening answers”), or choose another set")
    raise RiskEngineError(message, way_out)


def rows_for(several: Sequence[Situation], criteria: Criteria, asked: Asked, on: date) -> list[Row]:
    """Return the rows that hold or may apply in one of the situations, in the words of `criteria`.

    Those that hold come first, then by the kind, then as the set has them.
    """
    blank = _known(_assessed(None, criteria, asked, on))
    reads = reads_by_rule(criteria)["awareness"]
    holds: dict[str, list[Situation]] = {}
    may: dict[str, list[Situation]] = {}
    waits: dict[str, dict[str, None]] = {}
    for one in several:
        made = _assessed(one, criteria, asked, on)
        doubted = _doubted(one, made, criteria, asked, on)
        known = (_known(made) - blank) | {path for path, _answer in _stated(one, asked)}
        for outcome in made.awareness:
            if reads[outcome.id].facts.isdisjoint(known):
                continue
            is_so = outcome.applies == "yes" and outcome.id not in doubted
            (holds if is_so else may).setdefault(outcome.id, []).append(one)
            asks = [asked.area] if outcome.id in doubted and asked.area is not None else outcome.depends_on
            waits.setdefault(outcome.id, {}).update(dict.fromkeys(_parties(asks, criteria)))
    found = [
        Row(
            name,
            rule.kind,
            rule.title,
            rule.then,
            tuple(holds.get(name, ())),
            tuple(may.get(name, ())),
            tuple(waits[name]),
        )
        for name, rule in criteria.awareness.items()
        if name in waits
    ]
    return sorted(found, key=lambda one: (not one.holds, _KINDS.index(one.kind)))


def _doubted(one: Situation, made: Assessment, criteria: Criteria, asked: Asked, on: date) -> frozenset[str]:
    """Return the rows that hold by an area alone of which nobody has checked that the topics belong to it."""
    if one.is_sure or one.area is None:
        return frozenset()
    without = _assessed(replace(one, area=None), criteria, asked, on)
    return _holding(made) - _holding(without)


def _holding(made: Assessment) -> frozenset[str]:
    return frozenset(one.id for one in made.awareness if one.applies == "yes")


def _stated(one: Situation, asked: Asked) -> Iterator[tuple[str, object]]:
    """Yield the facts that are known, each with its answer."""
    # A country that the set has no row for is not known to it.
    country = one.country if one.country in asked.rows else None
    answers = ((asked.country, country), (asked.joint, one.joint), (asked.area, one.area))
    yield from ((path, answer) for path, answer in answers if path is not None and answer is not None)
    if one.listed and asked.listed is not None:
        yield asked.listed, list(one.listed)


def _assessed(one: Situation | None, criteria: Criteria, asked: Asked, on: date) -> Assessment:
    data: dict[str, Any] = {
        "id": "awareness",
        "title": "awareness",
        "criteria": criteria.head.id,
        "assessment_date": on,
    }
    for path in filter(None, (asked.country, asked.area)):
        data[path.partition(".")[0]] = [{"id": "known"}]
    for path, answer in () if one is None else _stated(one, asked):
        entity, _dot, fact = path.partition(".")
        data[entity][0][fact] = answer
    return assess(load_case(data, criteria), criteria, on)


def _known(made: Assessment) -> set[str]:
    """Return the facts that a table or a profile answers in a case, by name."""
    return {_name(path) for path, one in made.resolved.items() if one.origin in {"table", "profile"}}


def _name(path: str) -> str:
    return f"{path.partition('.')[0]}.{path.rpartition('.')[2]}"


def _parties(paths: Sequence[str], criteria: Criteria) -> Iterator[str]:
    for path in paths:
        fact = criteria.fact(_name(path)) if "." in path else None
        if fact is not None and fact.asked_of:
            yield criteria.head.asked_of[fact.asked_of]
