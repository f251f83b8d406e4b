"""What an assessment says beside its findings: awareness notes, missing answers, what does not fit in the record."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from risk_engine.engine.controls import ControlState
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explain import Explainer, evidence_shown
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.find import Found
from risk_engine.language import NP_, _, inside, pgettext
from risk_engine.model.assessment import ControlShown, Entry, Gap, Note, Problem, Recorded
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.profile import Profile, cell_of
from risk_engine.model.words import SEVERITIES, ControlStatus, Severity

_STATUS: dict[ControlStatus, tuple[str, str]] = {
    "planned": NP_("status of a control", "planned"),
    "agreed": NP_("status of a control", "agreed"),
    "implemented": NP_("status of a control", "implemented"),
    "verified": NP_("status of a control", "verified"),
}


def awareness(
    results: Facts, found: Sequence[Found], criteria: CriteriaSet, review_due: date, explainer: Explainer
) -> tuple[Note, ...]:
    """Return the awareness rules in force that apply, or may apply because answers are missing."""
    notes: list[Note] = []
    for name, rule in criteria.awareness.items():
        if not rule.effective.covers(results.on):
            continue
        value = evaluate(rule.when, results.hasty).value
        if value is False:
            continue
        waits_for = () if value else _missing(evaluate(rule.when, results).reads, found)
        notes.append(
            Note(
                id=name,
                kind=rule.kind,
                title=rule.title,
                then=rule.then,
                applies="yes" if value else "may",
                depends_on=explainer.to_ask(waits_for),
                due=review_due if rule.kind == "monitoring" else None,
                sources=explainer.sources("awareness", name),
            )
        )
    return tuple(notes)


def _missing(reads: Sequence[Read], found: Sequence[Found]) -> Iterator[Read]:
    """Yield the facts of the case that an unknown condition waits for, those of the findings that it reads included."""
    for read in reads:
        match read.entity:
            case "finding":
                yield from (fact for one in found if one.id == read.entry for fact in one.missing)
            case "dimension":
                yield from (fact for one in found if one.indicator.dimension == read.entry for fact in one.missing)
            case _:
                yield read


def gaps(found: Sequence[Found], criteria: CriteriaSet, facts: Facts, explainer: Explainer) -> tuple[Gap, ...]:
    """Return the answers that are missing and could raise a finding, the weightiest first."""
    raised: dict[Read, list[Found]] = {}
    for one in found:
        for asked in dict.fromkeys(asked for read in one.missing for asked in facts.to_ask(read)):
            raised.setdefault(asked, []).append(one)
    listed = [_gap(read, findings, criteria, explainer) for read, findings in raised.items()]
    return tuple(sorted(listed, key=lambda one: (-SEVERITIES.index(one.possible), one.path)))


def _gap(read: Read, findings: Sequence[Found], criteria: CriteriaSet, explainer: Explainer) -> Gap:
    entity = criteria.entities[read.entity]
    fact = entity.facts[read.fact] if read.fact is not None else None
    asked_of = fact.asked_of if fact else None
    possible: Severity = max((one.possible for one in findings), key=SEVERITIES.index)
    return Gap(
        path=read.path(),
        question=explainer.question(read),
        help=fact.help if fact else entity.help,
        asked_of=asked_of,
        asked_of_title=criteria.head.asked_of[asked_of] if asked_of else "",
        findings=tuple(one.id for one in findings),
        possible=possible,
    )


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
        if (
            evaluate(invariant.then, facts.hasty).value is False
            and evaluate(invariant.whenever, facts.hasty).value is True
        ):
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


def controls_shown(
    controls: Mapping[str, ControlState], found: Sequence[Found], criteria: CriteriaSet
) -> tuple[ControlShown, ...]:
    """Return the controls that the case lists, those that could lower a finding, and the supporting ones."""
    helps: dict[str, list[str]] = {}
    for one in found:
        if one.outcome != "absent":
            for control in dict.fromkeys(name for option in one.options for name in option.option.all):
                helps.setdefault(control, []).append(one.id)
    return tuple(
        _control(name, controls.get(name), tuple(helps.get(name, ())), criteria)
        for name, control in criteria.controls.items()
        if name in controls or name in helps or control.supporting
    )


def _control(name: str, state: ControlState | None, findings: tuple[str, ...], criteria: CriteriaSet) -> ControlShown:
    control = criteria.controls[name]
    record = state.record if state else None
    return ControlShown(
        id=name,
        title=control.title,
        do=control.do,
        who=criteria.head.asked_of[control.who],
        effort=control.effort,
        supporting=control.supporting,
        stated=record.status if record else None,
        counts_as=state.counts_as if state else None,
        owner=record.owner if record else None,
        due=record.due if record else None,
        evidence=tuple(evidence_shown(one) for one in record.evidence) if record else (),
        findings=findings,
    )


def recorded(names: Sequence[str], facts: Facts, explainer: Explainer) -> tuple[Recorded, ...]:
    """Return what the case records for facts that are shown for their own sake, such as benefits."""
    return tuple(_recorded(one, explainer) for name in names for one in _read_of(name, facts))


def described(facts: Facts, criteria: CriteriaSet, explainer: Explainer) -> tuple[Recorded, ...]:
    """Return what the case says for people alone: the texts and rows of tables that it gives, without the labels."""
    labels = criteria.head.roles.label.values()
    names = [
        f"{entity}.{fact}"
        for entity, declared in criteria.entities.items()
        for fact, one in declared.facts.items()
        if isinstance(one, RowFact | TextFact) and f"{entity}.{fact}" not in labels
    ]
    reads = (one for name in names for one in _read_of(name, facts))
    return tuple(_recorded(one, explainer) for one in reads if explainer.value(one) is not None)


def _read_of(name: str, facts: Facts) -> Iterator[Read]:
    """Yield the fact `entity.fact` of every entry of its entity."""
    entity, _, fact = name.partition(".")
    holders = (facts.single[entity],) if entity in facts.single else facts.lists[entity] or ()
    yield from (Read(entity, holder.id, fact) for holder in holders)


def _recorded(read: Read, explainer: Explainer) -> Recorded:
    fact = explainer.criteria.fact(f"{read.entity}.{read.fact}")
    return Recorded(
        path=read.path(),
        question=explainer.question(read),
        shown=explainer.shown(read, explainer.value(read)),
        confidential=fact.confidential,
    )


def entries_shown(facts: Facts, criteria: CriteriaSet, explainer: Explainer) -> tuple[Entry, ...]:
    """Return every list entry of the case with the name that people know it by."""
    return tuple(
        Entry(
            path=f"{name}.{one.id}",
            title=criteria.entities[name].title,
            label=explainer.label(name, one.id or ""),
        )
        for name, entries in facts.lists.items()
        for one in entries or ()
    )
