"""What does not fit in the record: answers against each other or a table, evidence or a control that does not count.

Each is recorded by its kind and what it is about; `engine.explain` says it in words.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Among, Facts, Known, Read, Stated, holders, in_json, value_of
from risk_engine.engine.find import ControlState
from risk_engine.engine.resolve import Column, facts_of
from risk_engine.files.once import once
from risk_engine.model.assessment import ProblemFound, ProblemKind, Superseded
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.words import IN_PLACE


def problems(  # noqa: PLR0913, PLR0917 (everything that can fail to fit)
    case: Case,
    facts: Facts,
    criteria: Criteria,
    controls: Mapping[str, ControlState],
    profile: Profile | None = None,
    supersedes: Superseded | None = None,
    among: Collection[str] | None = None,
) -> tuple[ProblemFound, ...]:
    """Return what does not fit in the record; it changes no result, somebody should look at it.

    `among` are the contradictions that the case may show, where that is known.
    """
    return (
        *contradictions(facts, criteria, among),
        *_unlike_tables(facts, criteria, profile),
        *_later_evidence(case, facts.on),
        *_unsure(case, facts),
        *_controls(controls, facts, criteria),
        *_unlisted(supersedes, facts, criteria, controls),
    )


def contradictions(facts: Facts, criteria: Criteria, among: Collection[str] | None = None) -> Iterator[ProblemFound]:
    """Yield each invariant among the answers that the case breaks."""
    for name, reads in broken(facts, criteria, among):
        yield _problem("contradiction", *(read.path() for read in reads), of=name)


def broken(
    facts: Facts, criteria: Criteria, among: Collection[str] | None = None
) -> Iterator[tuple[str, tuple[Read, ...]]]:
    """Yield the name of each invariant among the answers that the case breaks, and the answers that do so.

    `among` are those that it may break, where that is known.
    """
    for name, invariant in criteria.invariants.facts.items():
        if among is not None and name not in among:
            continue
        if evaluate(invariant.then, facts).value is False and evaluate(invariant.whenever, facts).value is True:
            reads = (*evaluate(invariant.whenever, facts).reads, *evaluate(invariant.then, facts).reads)
            yield name, tuple(dict.fromkeys(reads))


def _problem(kind: ProblemKind, *paths: str, of: str | None = None, evidence: int | None = None) -> ProblemFound:
    return ProblemFound(kind=kind, id=of, paths=paths, evidence=evidence)


@once
def _columns(criteria: Criteria) -> Mapping[tuple[str, str | None], Column]:
    """Return the facts that a table may know as well, by entity and short name."""
    return {
        (name, one.short): one.table
        for name, facts in facts_of(criteria).items()
        for one in facts
        if one.table is not None
    }


def _unlike_tables(facts: Facts, criteria: Criteria, profile: Profile | None) -> Iterator[ProblemFound]:
    columns = _columns(criteria)
    for read, stated_in in facts.origins.items():
        if stated_in != "case" or (column := columns.get((read.entity, read.fact))) is None:
            continue
        row_read = read._replace(fact=column.row)
        row = value_of(facts, row_read)
        if not isinstance(row, str):
            continue
        listed, _origin = cell_of(criteria, profile, column.name, row, column.column, facts.on)
        value = value_of(facts, read)
        if listed is not None and not _is_alike(value, listed):
            yield _problem("table", read.path(), row_read.path())


def _is_alike(value: Stated, listed: Known) -> bool:
    """Return whether two values are the same; the order of chosen options means nothing."""
    if isinstance(value, tuple) and isinstance(listed, tuple) and not isinstance(value, Among):
        return sorted(value) == sorted(listed)
    return value == listed


def _later_evidence(case: Case, on: date) -> Iterator[ProblemFound]:
    for number, record in enumerate(case.evidence):
        if record.date > on:
            yield _problem("later_evidence", *record.for_, evidence=number)


def _unsure(case: Case, facts: Facts) -> Iterator[ProblemFound]:
    """Yield each answer whose latest evidence says that who gave it was unsure: it counts, but is to be asked again.

    Among records of one day the last one in the case is the latest. One dated after the day of the assessment settles
    nothing. What is said of one option of a `choices` fact settles that option alone.
    """
    if all(one.confidence != "unsure" for one in case.evidence):
        return
    numbered = list(enumerate(case.evidence))
    counted = [(at, one) for at, one in numbered if one.confidence == "unsure" or one.date <= facts.on]
    ordered = enumerate(sorted(counted, key=lambda numbered: numbered[1].date))
    latest = {path: (rank, at, record) for rank, (at, record) in ordered for path in record.for_}
    stated = {read.path() for read, origin in facts.origins.items() if origin == "case"}
    for path, (rank, at, record) in latest.items():
        fact = path if path in stated else path.rpartition(".")[0]
        is_settled = fact != path and fact in latest and latest[fact][0] >= rank
        if record.confidence == "unsure" and fact in stated and not is_settled:
            yield _problem("unsure", path, evidence=at)


def _controls(controls: Mapping[str, ControlState], facts: Facts, criteria: Criteria) -> Iterator[ProblemFound]:
    for name, state in controls.items():
        path = f"controls.{name}"
        for number, record in enumerate(state.record.evidence):
            if record.date > facts.on:
                yield _problem("control_later_evidence", path, of=name, evidence=number)
        if state.counts_as == "agreed" and state.record.status in IN_PLACE:
            yield _problem("control_without_evidence", path, of=name)
        records = criteria.controls[name].records
        if records is None or state.counts_as == "in_place":
            continue
        for stated in _answered(records.fact, records.is_, facts):
            yield _problem("control_not_in_place", stated, path, of=name)


def _unlisted(
    old: Superseded | None, facts: Facts, criteria: Criteria, listed: Collection[str]
) -> Iterator[ProblemFound]:
    """Yield each answer that changed to what a control records while the case does not list it (design, section 4).

    What was not answered before, or is a new entry, has not changed.
    """
    for name, control in criteria.controls.items():
        records = control.records
        if old is None or records is None or name in listed:
            continue
        for path in _answered(records.fact, records.is_, facts):
            before = old.recorded.get(path)
            if before is not None and before != in_json(records.is_):
                yield _problem("control_not_listed", path, f"controls.{name}", of=name)


def _answered(name: str, wanted: object, facts: Facts) -> Iterator[str]:
    """Yield the paths of a fact wherever it has a value."""
    entity, _dot, fact = name.partition(".")
    for holder in holders(facts, entity):
        if holder.values.get(fact) == wanted:
            yield Read(entity, holder.id, fact).path()
