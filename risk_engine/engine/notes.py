"""What an assessment says beside its findings: awareness notes, missing answers, controls, what is shown for itself."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from risk_engine.engine.controls import ControlState
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explain import Explainer, evidence_shown
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.find import Found
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import ControlShown, Entry, Gap, Note, Recorded
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.words import SEVERITIES, Severity


def awareness(
    results: Facts, found: Sequence[Found], criteria: CriteriaSet, review_due: date, explainer: Explainer
) -> tuple[Note, ...]:
    """Return the awareness rules in force that apply, or may apply because answers are missing."""
    notes: list[Note] = []
    for name, rule in criteria.awareness.items():
        if not rule.effective.covers(results.on):
            continue
        value = evaluate(rule.when, results).value
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
