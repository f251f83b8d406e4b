"""What does not fit in the record: answers against each other or a table, evidence or a control that does not count."""

from collections.abc import Iterator, Mapping
from datetime import date

from risk_engine.engine.controls import ControlState
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explain import Explainer
from risk_engine.engine.facts import Facts, Read
from risk_engine.language import NP_, _, inside, pgettext
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import Problem
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.words import ControlStatus

_STATUS: dict[ControlStatus, tuple[str, str]] = {
    "planned": NP_("status of a control", "planned"),
    "agreed": NP_("status of a control", "agreed"),
    "implemented": NP_("status of a control", "implemented"),
    "verified": NP_("status of a control", "verified"),
}


def problems(
    case: Case,
    facts: Facts,
    criteria: CriteriaSet,
    controls: Mapping[str, ControlState],
    explainer: Explainer,
    profile: Profile | None = None,
) -> tuple[Problem, ...]:
    """Return what does not fit in the record; it changes no result, somebody should look at it."""
    return (
        *contradictions(facts, criteria, explainer),
        *_unlike_tables(facts, criteria, explainer, profile),
        *_later_evidence(case, facts.on),
        *_unsure(case, facts),
        *_controls(controls, facts, criteria),
    )


def contradictions(facts: Facts, criteria: CriteriaSet, explainer: Explainer) -> Iterator[Problem]:
    """Yield each invariant among the answers that the case breaks."""
    for name, reads in broken(facts, criteria):
        stated = "; ".join(f"{one.path()}: {explainer.shown(one, explainer.value(one))}" for one in reads)
        yield Problem(
            kind="contradiction",
            id=name,
            text=f"{criteria.invariants.facts[name].title} ({stated})",
            paths=tuple(one.path() for one in reads),
        )


def broken(facts: Facts, criteria: CriteriaSet) -> Iterator[tuple[str, tuple[Read, ...]]]:
    """Yield the name of each invariant among the answers that the case breaks, and the answers that do so."""
    for name, invariant in criteria.invariants.facts.items():
        if evaluate(invariant.then, facts).value is False and evaluate(invariant.whenever, facts).value is True:
            reads = (*evaluate(invariant.whenever, facts).reads, *evaluate(invariant.then, facts).reads)
            yield name, tuple(dict.fromkeys(reads))


def _unlike_tables(
    facts: Facts, criteria: CriteriaSet, explainer: Explainer, profile: Profile | None
) -> Iterator[Problem]:
    for read, stated_in in facts.origins.items():
        fact = criteria.entities[read.entity].facts[read.fact or ""]
        if stated_in != "case" or isinstance(fact, RowFact | TextFact) or fact.from_ is None:
            continue
        row_read = read._replace(fact=fact.from_)
        row_fact, row = criteria.entities[read.entity].facts[fact.from_], explainer.value(row_read)
        if not isinstance(row_fact, RowFact) or row is None:
            continue
        table = criteria.tables[row_fact.of]
        listed, origin = cell_of(criteria, profile, row_fact.of, row, fact.column or read.fact or "", facts.on)
        value = explainer.value(read)
        if listed is not None and (sorted(value) != sorted(listed) if isinstance(listed, tuple) else value != listed):
            values = {
                "stated": explainer.shown(read, value),
                "listed": explainer.shown(read, listed),
                "path": read.path(),
                "row": table.rows[row].name,
            }
            if origin == "profile":
                text = _("the case states “{stated}” for {path}; the profile has “{listed}” for {row}", **values)
            else:
                text = _(
                    "the case states “{stated}” for {path}; the table of {table} has “{listed}” for {row}",
                    table=inside(table.title),
                    **values,
                )
            yield Problem(kind="table", id=None, text=text, paths=(read.path(), row_read.path()))


def _later_evidence(case: Case, on: date) -> Iterator[Problem]:
    for record in case.evidence:
        if record.date > on:
            text = _(
                "the evidence “{reference}” is dated {date}, after the day of the assessment",
                reference=record.reference,
                date=record.date,
            )
            yield Problem(kind="evidence", id=None, text=text, paths=record.for_)


def _unsure(case: Case, facts: Facts) -> Iterator[Problem]:
    """Yield each answer whose latest evidence says that who gave it was unsure: it counts, but is to be asked again.

    Among records of one day the last one in the case is the latest. One dated after the day of the assessment settles
    nothing. What is said of one option of a `choices` fact settles that option alone.
    """
    counted = [one for one in case.evidence if one.confidence == "unsure" or one.date <= facts.on]
    ordered = enumerate(sorted(counted, key=lambda one: one.date))
    latest = {path: (number, record) for number, record in ordered for path in record.for_}
    stated = {one.path() for one, origin in facts.origins.items() if origin == "case"}
    for path, (number, record) in latest.items():
        fact = path if path in stated else path.rpartition(".")[0]
        is_settled = fact != path and fact in latest and latest[fact][0] >= number
        if record.confidence == "unsure" and fact in stated and not is_settled:
            values = {"path": path, "reference": record.reference, "date": record.date}
            text = _("{path} is answered as unsure (“{reference}”, {date}): ask again", **values)
            if who := record.collected_by:
                text = _("{path} is answered as unsure by {who} (“{reference}”, {date}): ask again", who=who, **values)
            yield Problem(kind="unsure", id=None, text=text, paths=(fact,))


def _controls(controls: Mapping[str, ControlState], facts: Facts, criteria: CriteriaSet) -> Iterator[Problem]:
    for name, state in controls.items():
        path = (f"controls.{name}",)
        for record in state.dated_later:
            text = _(
                "{control}: the evidence “{reference}” is dated {date}, after the day; it does not count",
                control=name,
                reference=record.reference,
                date=record.date,
            )
            yield Problem(kind="evidence", id=name, text=text, paths=path)
        if state.counts_as == "agreed" and state.record.status != "agreed":
            text = _(
                "{control} is said to be {status}, but no evidence counts: it counts as agreed",
                control=name,
                status=pgettext(*_STATUS[state.record.status]),
            )
            yield Problem(kind="control", id=name, text=text, paths=path)
        records = criteria.controls[name].records
        if records is None or state.counts_as == "in_place":
            continue
        entity, _dot, fact = records.fact.partition(".")
        holders = (facts.single[entity],) if entity in facts.single else facts.lists[entity] or ()
        for holder in holders:
            if holder.values.get(fact) == records.is_:
                stated = Read(entity, holder.id, fact).path()
                text = _(
                    "{path} is answered as if {control} were in place, but {control} is only {status}",
                    path=stated,
                    control=name,
                    status=pgettext(*_STATUS[state.counts_as]),
                )
                yield Problem(kind="control", id=name, text=text, paths=(stated, *path))
