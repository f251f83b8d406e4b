"""What a report says beside findings: gaps, controls, entries, and how complete a case is by who should answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.engine.explainer import Explainer, evidence_shown
from risk_engine.engine.facts import Facts, Read, holders, party_of
from risk_engine.engine.find import ControlState, CountsAs
from risk_engine.engine.resolve import broken, contradicting
from risk_engine.engine.work import read_at, unfit
from risk_engine.files.language import _, pgettext
from risk_engine.model.assessment import Assessment, AwarenessOutcome, FindingOutcome
from risk_engine.model.case import ControlRecord
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import ControlShown, Entry, Gap, Note, Override, Recorded
from risk_engine.model.facts import AnyFact, RowFact, TextFact, answered_as, belonging
from risk_engine.model.profile import Profile
from risk_engine.model.references import reopening
from risk_engine.model.tables import CellValue, cell_on, value_on
from risk_engine.model.words import SEVERITIES, Severity


@dataclass(frozen=True)
class Completeness:
    """The questions for one kind of person: how many there are in this case, and which are not answered."""

    asked_of: str
    title: str
    asked: int
    open: tuple[str, ...]


def completeness(facts: Facts, criteria: Criteria) -> tuple[Completeness, ...]:
    """Return how complete the case is by who should answer, in the order of the set.

    What a table answers, what need not be asked and what is kept for the record only is not counted. A list that is
    unanswered as a whole counts once for everybody who would be asked about its entries.
    """
    asked: dict[str, list[tuple[str, bool]]] = {name: [] for name in criteria.head.asked_of}
    for name, entity in criteria.entities.items():
        entries = (facts.single[name],) if name in facts.single else facts.lists[name]
        if entries is None:
            if facts.to_ask(Read(name, None, None)) != (Read(name, None, None),):
                continue  # asked for once it is known whether there can be any
            for who in dict.fromkeys(
                fact.asked_of for fact in entity.facts.values() if _is_asked(fact) and fact.asked_of
            ):
                asked[who].append((name, False))
            continue
        for entry in entries:
            for who, read in _questions(name, entry.id, entity.facts, facts):
                asked[who].append((read.path(), facts.origins[read] == "case"))
    return tuple(
        Completeness(who, title, len(asked[who]), tuple(path for path, answered in asked[who] if not answered))
        for who, title in criteria.head.asked_of.items()
        if asked[who]
    )


def _questions(name: str, entry: str | None, declared: dict[str, AnyFact], facts: Facts) -> Iterator[tuple[str, Read]]:
    for short, fact in declared.items():
        read = Read(name, entry, short)
        # A fact that waits for another answer is asked once that one is known.
        is_due = facts.origins[read] != "not_asked" and facts.to_ask(read) == (read,)
        # A row that only facts take their value from which are not asked is of no use either.
        taken = [Read(name, entry, one) for one, other in declared.items() if getattr(other, "from_", None) == short]
        is_of_no_use = bool(taken) and all(facts.origins[one] == "not_asked" for one in taken)
        if _is_asked(fact) and fact.asked_of and is_due and not (is_of_no_use and facts.origins[read] == "missing"):
            yield fact.asked_of, read


def _is_asked(fact: AnyFact) -> bool:
    if isinstance(fact, TextFact):
        return False
    return getattr(fact, "used_for", None) is None and getattr(fact, "from_", None) is None


def note(outcome: AwarenessOutcome, assessment: Assessment, explainer: Explainer) -> Note:
    """Return an awareness rule that applies, or may apply, in words."""
    rule = explainer.criteria.awareness[outcome.id]
    return Note(
        id=outcome.id,
        kind=rule.kind,
        title=rule.title,
        then=rule.then,
        applies=outcome.applies,
        depends_on=outcome.depends_on,
        due=assessment.review_due if rule.kind == "monitoring" else None,
        sources=explainer.sources("awareness", outcome.id),
    )


def gaps(assessment: Assessment, explainer: Explainer) -> tuple[Gap, ...]:
    """Return the answers that are missing and could raise a finding, each with those findings."""
    raised = {path: [finding for finding in assessment.findings if path in finding.missing] for path in assessment.gaps}
    return tuple(_gap(path, findings, explainer) for path, findings in raised.items())


def _gap(path: str, findings: Sequence[FindingOutcome], explainer: Explainer) -> Gap:
    read, criteria = read_at(path, explainer.facts), explainer.criteria
    entity = criteria.entities[read.entity]
    fact = entity.facts[read.fact] if read.fact is not None else None
    asked_of = fact.asked_of if fact else None
    value = explainer.value(read)
    party = None if asked_of is None else party_of(read, asked_of, explainer.facts, criteria.entities)
    kind, choices = ("list", {}) if fact is None else answered_as(fact, criteria.tables, explainer.facts.on)
    possible: Severity = max((finding.possible for finding in findings), key=SEVERITIES.index)
    return Gap(
        path=path,
        question=explainer.question(read),
        help=fact.help if fact else entity.help,
        asked_of=asked_of,
        asked_of_title=criteria.head.asked_of[asked_of] if asked_of else "",
        party=None if party is None else party.path or "",
        findings=tuple(finding.id for finding in findings),
        possible=possible,
        kind=kind,
        choices=tuple(choices.items()),
        answered=None if value is None else explainer.shown(read, value),
        against=() if value is None else tuple(_against(read, explainer)),
    )


def _against(read: Read, explainer: Explainer) -> Iterator[str]:
    """Yield what an answer that counts as open again does not fit, in the words of the set."""
    invariants = explainer.criteria.invariants.facts
    for name, reads in broken(explainer.facts, explainer.criteria, reopening(explainer.criteria)):
        if read in reads:
            yield invariants[name].title
    for one in explainer.facts.superfluous:
        if read in contradicting(one, explainer.facts):
            yield closed_title(one, explainer)


def closed_title(superfluous: Read, explainer: Explainer) -> str:
    """Return what does not fit where a question is answered, or a list has entries, that other answers close."""
    if superfluous.fact is None:
        title = explainer.criteria.entities[superfluous.entity].title
        return _("“{title}” has entries, and by other answers there are none", title=title)
    return _(
        "“{question}” is answered, and by other answers need not be asked", question=explainer.question(superfluous)
    )


def controls_shown(
    assessment: Assessment, states: Mapping[str, ControlState], criteria: Criteria
) -> tuple[ControlShown, ...]:
    """Return the controls that the case lists, those that could lower a finding, and the supporting ones."""
    counts = {control.id: control.counts_as for control in assessment.controls}
    if counts.keys() != states.keys():
        raise unfit(", ".join(sorted(counts.keys() ^ states.keys())))
    helps: dict[str, list[str]] = {}
    lacked: dict[str, list[bool]] = {}
    for finding in assessment.findings:
        declared = criteria.indicators[finding.id].controls
        for name in dict.fromkeys(name for option in declared for name in option.all):
            helps.setdefault(name, []).append(finding.id)
        for option, came_to in zip(declared, finding.options, strict=True):
            for name in option.all:
                lacked.setdefault(name, []).append(name in came_to.lacking)
    # In place, but with evidence of no kind that a finding here needs: it counts as agreed for all of them.
    counts |= {name: "agreed" for name, said in counts.items() if said == "in_place" and all(lacked.get(name, [False]))}
    return tuple(
        _control(name, states[name].record if name in states else None, counts.get(name), helps.get(name, ()), criteria)
        for name, control in criteria.controls.items()
        if name in counts or name in helps or control.supporting
    )


def _control(
    name: str,
    record: ControlRecord | None,
    counts_as: CountsAs | None,
    findings: Sequence[str],
    criteria: Criteria,
) -> ControlShown:
    control = criteria.controls[name]
    return ControlShown(
        id=name,
        title=control.title,
        do=control.do,
        who=criteria.head.asked_of[control.who],
        effort=control.effort,
        supporting=control.supporting,
        stated=record.status if record else None,
        counts_as=counts_as,
        owner=record.owner if record else None,
        due=record.due if record else None,
        evidence=tuple(evidence_shown(one, criteria) for one in record.evidence) if record else (),
        findings=tuple(findings),
    )


def recorded(names: Sequence[str], facts: Facts, explainer: Explainer) -> tuple[Recorded, ...]:
    """Return what the case records for facts that are shown for their own sake, such as benefits."""
    return tuple(recorded_at(one, explainer) for name in names for one in _read_of(name, facts))


def described(facts: Facts, criteria: Criteria, explainer: Explainer) -> tuple[Recorded, ...]:
    """Return what the case says for people alone: the texts and rows of tables that it gives, without the labels."""
    labels = criteria.head.roles.label.values()
    names = [
        f"{entity}.{fact}"
        for entity, declared in criteria.entities.items()
        for fact, one in declared.facts.items()
        if isinstance(one, RowFact | TextFact) and f"{entity}.{fact}" not in labels
    ]
    reads = (one for name in names for one in _read_of(name, facts))
    return tuple(recorded_at(one, explainer) for one in reads if explainer.value(one) is not None)


def _read_of(name: str, facts: Facts) -> Iterator[Read]:
    """Yield the fact `entity.fact` of every entry of its entity."""
    entity, _, fact = name.partition(".")
    yield from (Read(entity, holder.id, fact) for holder in holders(facts, entity))


def recorded_at(read: Read, explainer: Explainer) -> Recorded:
    """Return a fact as the case has it, with its question."""
    fact = explainer.criteria.fact(f"{read.entity}.{read.fact}")
    return Recorded(
        path=read.path(),
        question=explainer.question(read),
        shown=explainer.shown(read, explainer.value(read)),
        confidential=fact.confidential,
    )


def entries_shown(facts: Facts, criteria: Criteria, explainer: Explainer) -> tuple[Entry, ...]:
    """Return every list entry of the case with the name that people know it by."""
    return tuple(
        Entry(
            path=f"{name}.{one.id}",
            title=criteria.entities[name].title,
            label=explainer.label(name, one.id or ""),
            belongs_to=_owner(Read(name, one.id, None), criteria, explainer),
        )
        for name, entries in facts.lists.items()
        for one in entries or ()
    )


def _owner(entry: Read, criteria: Criteria, explainer: Explainer) -> str | None:
    """Return the path of the entry to which an entry belongs, None where nobody said so."""
    found = belonging(criteria.entities[entry.entity])
    stated = None if found is None else explainer.value(entry._replace(fact=found[0]))
    return None if found is None or stated is None else f"{found[1]}.{stated}"


# --- what a profile changed ---


def overrides(profile: Profile, criteria: Criteria, on: date) -> Iterator[Override]:
    """Yield what a profile changed on a day, in words: each value with that of the set beside it, and the reason."""
    for name, value in profile.parameters.items():
        if value.applies(on):
            parameter = criteria.parameters[name]
            before = value_on(parameter.values, on)
            yield Override(what=parameter.title, set_value=_text(before), value=_text(value.value), reason=value.reason)
    for table_name, rows in profile.tables.items():
        table = criteria.tables[table_name]
        for row, cells in rows.items():
            for column, cell in cells.items():
                if cell.applies(on):
                    before = cell_on(table.columns[column], row, on)
                    what = f"{table.columns[column].title}: {table.rows[row].name}"
                    yield Override(what=what, set_value=_text(before), value=_text(cell.value), reason=cell.reason)
    for name, off in profile.policy_knock_outs_off.items():
        if off.applies(on):
            title = criteria.indicators[name].title
            yield Override(
                what=_("{indicator} {title}: policy knock-out", indicator=name, title=title),
                set_value=pgettext("of a knock-out", "on"),
                value=_("switched off, high at most"),
                reason=off.reason,
            )
    for two in profile.four_eyes:
        ladder = criteria.ladders[two.ladder]
        asked = any((one.ladder, one.level) == (two.ladder, two.level) for one in criteria.head.four_eyes)
        level = ladder.levels[two.level]
        what = _("{ladder}, {level}: two people decide", ladder=ladder.title, level=level.title)
        yield Override(what=what, set_value=_text(asked), value=_text(value=True), reason=two.reason)


def _text(value: CellValue | None) -> str:
    match value:
        case None:
            return _("not known")
        case bool():
            return _("yes") if value else _("no")
        case tuple():
            return ", ".join(value) or pgettext("no entries", "none")
        case _:
            return str(value)
