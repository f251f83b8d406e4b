"""What a catalogue of a criteria set shows, as data."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeAlias, assert_never

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.criteria import (
    AloneInvariant,
    Control,
    CriteriaSet,
    FactInvariant,
    Invariants,
    ResultInvariant,
    SameInvariant,
)
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    Entity,
    IntegerFact,
    RowFact,
    direction,
    must_change,
    shown,
)
from risk_engine.model.tables import CellValue, Column, DatedValue, Parameter, Source, Table
from risk_engine.report import blocks
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Prose, Run, mark, say, strong
from risk_engine.report.catalogue.wording import NOT_VERIFIED, Speech, joined
from risk_engine.report.wording import FOREIGN_LIST, NOT_EU_LAW, day, fill, kind_of_source, last_day, month, web_link

EFFORTS = {1: NP_("effort", "little"), 2: NP_("effort", "some"), 3: NP_("effort", "much")}
RISKIER = {
    ("boolean", True): N_("“yes” is riskier"),
    ("boolean", False): N_("“no” is riskier"),
    ("choice", "later"): N_("in rising order: each answer is riskier than those above it"),
    ("choice", "earlier"): N_("in falling order: each answer is riskier than those below it"),
    ("choices", "more"): N_("the more of them, the riskier"),
    ("choices", "fewer"): N_("the fewer of them, the riskier"),
    ("integer", "higher"): N_("a higher number is riskier"),
    ("integer", "lower"): N_("a lower number is riskier"),
    ("date", "later"): N_("a later date is riskier"),
    ("date", "earlier"): N_("an earlier date is riskier"),
}


def entity(name: str, record: Entity) -> Group:
    """Return what a case tells about: one of it, or a list."""
    if record.many is None:
        many = pgettext("how many of an entity a case has", "one")
    else:
        many = ngettext("a list of at most {number}", "a list of at most {number}", record.many)
    about = (Prose(say(record.help)),) if record.help else ()
    title = say(record.title, " (", Run(name, "code"), f", {many})")
    return Group(title, about, anchor=f"entity-{name}")


def fact(name: str, record: AnyFact, speech: Speech, readers: Mapping[str, tuple[Run, ...]]) -> Group:
    """Return one question: its answers, who gives them, what would prove them, which rules read them."""
    question = speech.criteria.title_of(name)
    title = say(Run(name, "code"), f" {question}")
    return Group(title, (Fields(tuple(_fact(name, record, speech, readers))),), anchor=f"fact-{name}")


def _fact(name: str, record: AnyFact, speech: Speech, readers: Mapping[str, tuple[Run, ...]]) -> Iterator[Field]:
    if record.asked_of:
        yield Field(pgettext("head of a column", "Answered by"), (say(speech.criteria.head.asked_of[record.asked_of]),))
    table = speech.table_of(name)
    if table is not None:
        row = f"{name.partition('.')[0]}.{getattr(record, 'from_', '')}"
        title = Run(speech.criteria.tables[table].title, ref=f"table-{table}")
        yield Field(
            _("Known from"),
            (fill(_("the table {table}, by {fact}"), table=title, fact=Run(row, "code", ref=f"fact-{row}")),),
        )
    yield from answers(record, speech)
    if record.help:
        yield Field(_("Help"), (say(record.help),))
    if record.evidence:
        yield Field(_("Evidence"), (say(record.evidence),))
    yield from _asked_only(record, speech)
    riskier, undirected = direction(record), speech.criteria.invariants.undirected.get(name)
    if riskier is not None:
        yield Field(_("Direction"), (say(_(RISKIER[record.type, riskier])),))
    elif undirected is not None:
        yield Field(_("No direction"), (say(undirected.because),))
    if record.confidential:
        yield Field(_("Confidential"), (say(_("left out of documents for third parties")),))
    if getattr(record, "changeable", False):
        yield Field(_("Changeable"), change(record))
    read_by = joined(((run,) for run in readers.get(name, ())), ", ")
    yield Field(_("Read by"), (read_by or say(_("no rule; kept for the file and the report")),))


def change(record: AnyFact) -> tuple[Line, ...]:
    """Return what must really change for another answer, where the set says it by answer a line for each."""
    match must_change(record):
        case None:
            return (say(_("a redesign of the project can change it")),)
        case str() as text:
            return (say(text),)
        case by_answer:
            return tuple(change_to(answer, text, record) for answer, text in by_answer.items())


def change_to(answer: str, text: str, record: AnyFact) -> Line:
    """Return what must really change for one answer; of several options, for that one to go or to come in."""
    match record:
        case ChoicesFact(options=options):
            return say(strong(options[answer]), f": {text}")
        case BooleanFact():
            named = shown(record, answer == "true")
        case _:
            named = shown(record, answer)
    # Without “to” an answer “No” would read as if nothing could be changed.
    return fill(_("to {answer}: {text}"), answer=strong(_("“{text}”", text=named)), text=text)


def answers(record: AnyFact, speech: Speech) -> Iterator[Field]:
    """Yield what the answers to a question can be."""
    match record:
        case ChoiceFact(options=options) | ChoicesFact(options=options):
            label = _("Any number of") if isinstance(record, ChoicesFact) else _("One of")
            yield Field(label, tuple(say(f"{text} (", Run(option, "code"), ")") for option, text in options.items()))
        case IntegerFact(range=(low, high)):
            yield Field(_("Answer"), (say(_("a whole number from {lowest} to {highest}", lowest=low, highest=high)),))
        case RowFact(of=table):
            title = Run(speech.criteria.tables[table].title, ref=f"table-{table}")
            yield Field(_("Answer"), (fill(_("a row of the table {table}"), table=title),))
        case _:
            kinds = {"boolean": _("yes or no"), "date": _("a date"), "text": pgettext("kind of answer", "text")}
            yield Field(_("Answer"), (say(kinds[record.type]),))


def _asked_only(record: AnyFact, speech: Speech) -> Iterator[Field]:
    ask_when = getattr(record, "ask_when", None)
    if ask_when is not None:
        yield speech.if_field(pgettext("of a question", "Asked"), ask_when)
        yield Field(_("Otherwise it is"), (say(_("“{text}”", text=shown(record, getattr(record, "otherwise", None)))),))


def control(name: str, record: Control, speech: Speech) -> Group:
    """Return one control: what to do, who sees to it, which findings it helps with."""
    rows = [
        Field(_("What to do"), (say(record.do),)),
        Field(_("Who"), (say(speech.criteria.head.asked_of[record.who]),)),
        Field(_("Effort"), (say(pgettext(*EFFORTS[record.effort])),)),
    ]
    if record.supporting:
        rows.append(Field(_("Supporting"), (say(_("always advisable, lowers nothing alone")),)))
    if record.records:
        answer = shown(speech.criteria.fact(record.records.fact), record.records.is_)
        run = Run(record.records.fact, "code", ref=f"fact-{record.records.fact}")
        rows.append(
            Field(
                _("Once it is part of the proposal"),
                (fill(_("{fact} is answered with “{answer}”"), fact=run, answer=answer),),
            )
        )
    helped = [
        (Run(one, ref=one),)
        for one, found in speech.criteria.indicators.items()
        if any(name in option.all for option in found.controls)
    ]
    if helped:
        rows.append(Field(_("Helps with"), (joined(helped, ", "),)))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(tuple(rows)),), anchor=f"control-{name}")


def parameter(name: str, record: Parameter, speech: Speech) -> Group:
    """Return one parameter with its history."""
    rows = tuple(
        (
            say(_("from {day}", day=day(one.from_)) if one.from_ else _("from the beginning")),
            say(last_day(one.until) if one.until else "–"),
            say(strong(value_of(one.value))),
            speech.citation(one.source or record.source),
        )
        for one in record.values
    )
    blocks_: list[Block] = [blocks.Table(_("Values"), (_("From"), _("To"), _("Value"), _("Source")), rows)]
    if record.adjustable:
        blocks_.append(Prose(say(_("The profile of an institution may set another value, with a reason."))))
    return Group(say(Run(name, "code"), f" {record.title}"), tuple(blocks_), anchor=f"parameter-{name}")


def table(name: str, record: Table, speech: Speech) -> list[Group]:
    """Return a table as a group for itself and one for each of its columns, with only the rows that have a value."""
    rows = ngettext(
        "{number} row. Below stands each column with the rows of which it says something.",
        "{number} rows. Below stands each column with the rows of which it says something.",
        len(record.rows),
    )
    groups = [Group(say(f"{record.title} (", Run(name, "code"), ")"), (Prose(say(rows)),), anchor=f"table-{name}")]
    groups += [column_of(name, short, column, record, speech) for short, column in record.columns.items()]
    return groups


def column_of(name: str, short: str, column: Column, record: Table, speech: Speech) -> Group:
    """Return one column of a table: where it is from, what it says of which rows."""
    reader = speech.criteria.reader_of(name, short)
    rest = _("not known")
    if column.otherwise is not None:
        rest = _("“{value}”, because the source is exhaustive", value=value_of(column.otherwise, reader))
    fields = [
        Field(_("Source"), (speech.citation(column.source),)),
        Field(_("As of"), (say(day(column.as_of)),)),
        Field(_("Every other row"), (say(rest),)),
    ]
    if column.note:
        fields.append(Field(_("Note"), (say(column.note),)))
    if column.adjustable:
        fields.append(
            Field(_("Adjustable"), (say(_("the profile of an institution may set other values, with a reason")),))
        )
    made: list[Block] = [Fields(tuple(fields))]
    if column.values:
        made.append(blocks.Table(_("What it says"), (_("Value"), _("When"), _("Rows")), _cells(column, record, reader)))
    title = say(f"{column.title} (", Run(f"{name}.{short}", "code"), ")")
    return Group(title, tuple(made), anchor=f"column-{name}-{short}")


def _cells(column: Column, record: Table, reader: AnyFact | None) -> tuple[tuple[Line, ...], ...]:
    """Return a line for each value and period, with the rows that have it by name."""
    found: dict[tuple[str, str], list[str]] = {}
    always = pgettext("when a value holds", "always")
    for row, cell in column.values.items():
        dated = [one for one in cell if isinstance(one, DatedValue)] if isinstance(cell, tuple) else []
        plain: list[tuple[CellValue, str]] = [(one.value, period_of(one)) for one in dated]
        for value, when in plain or [(cell, always)]:  # type: ignore[list-item]
            found.setdefault((value_of(value, reader), when), []).append(f"{record.rows[row].name} ({row})")
    return tuple(
        (say(strong(value)), say(when), say(f"{', '.join(sorted(rows))}")) for (value, when), rows in found.items()
    )


def period_of(dated: DatedValue) -> str:
    """Return when a dated value holds."""
    start = _("from {day}", day=day(dated.from_)) if dated.from_ else _("from the beginning")
    return _("{start} to {day}", start=start, day=last_day(dated.until)) if dated.until else start


def value_of(value: CellValue, reader: AnyFact | None = None) -> str:
    """Return a value as people read it; option names as the texts of the fact that takes them from there."""
    match value:
        case tuple():
            return ", ".join(value_of(one, reader) for one in value) or pgettext("values", "none")
        case str() if isinstance(reader, ChoiceFact | ChoicesFact):
            return reader.options.get(value, value)
        case date():
            return day(value)
        case _:
            return shown(None, value)


def source(name: str, record: Source, speech: Speech) -> Group:
    """Return one entry of the register: the instrument, its link, when it was read, what cites it."""
    link = web_link(record.link)
    kind: list[str | Run] = [kind_of_source(record.kind)]
    if record.kind == FOREIGN_LIST:
        kind += [" ", mark(_(NOT_EU_LAW))]
    rows = [Field(_("Kind"), (say(*kind),))]
    if record.link:
        rows.append(Field(_("Link"), (say(Run(record.link, link=link)),)))
    if record.verified:
        state = say(pgettext("source was read", "yes"))
    else:
        unread = _("{not_verified} nobody has read the text itself for this set")
        state = fill(unread, not_verified=mark(_(NOT_VERIFIED)))
    rows.append(
        Field(pgettext("of a source", "Read"), (say(*state, f", {_when(record.read)}" if record.read else ""),))
    )
    if record.note:
        rows.append(Field(_("Note"), (say(record.note),)))
    cited = speech.cited_by(name)
    rows.append(Field(_("Cited by"), (joined(((run,) for run in cited), ", ") if cited else say(_("nothing yet")),)))
    return Group(say(Run(name, "code"), f" {record.instrument}"), (Fields(tuple(rows)),), anchor=f"source-{name}")


def _when(read: date | str) -> str:
    if isinstance(read, str):
        year, number = read.split("-")
        return _("in {month} {year}", month=month(int(number)), year=year)
    return _("on {day}", day=day(read))


Invariant: TypeAlias = FactInvariant | ResultInvariant | AloneInvariant | SameInvariant


def invariants_of(criteria: CriteriaSet) -> dict[str, Invariant]:
    """Return the promises of a set by name."""
    told = criteria.invariants
    return {**told.facts, **told.results, **told.alone, **told.same}


def invariant(name: str, record: Invariant, speech: Speech) -> Group:
    """Return one promise: what never stands together in the answers of a case, or in a result."""
    rows = (Field(_("About"), (_about(record, speech),)), *_kept(record, speech))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(rows),), anchor=f"invariant-{name}")


def _about(record: Invariant, speech: Speech) -> Line:
    match record:
        case FactInvariant():
            return say(_("the answers of a case"))
        case ResultInvariant():
            return say(_("every result"))
        case AloneInvariant(change=facts):
            told = _("the harmless case that tests start from, with any answers to {facts} and all else unchanged")
            return fill(told, facts=_names(facts))
        case SameInvariant(differ_in="text"):
            return say(_("two cases that differ only in answers in free text"))
        case SameInvariant(differ_in="rows"):
            told = _("two cases that differ only in {facts}, where the tables say the same")
            return fill(told, facts=_names(_row_facts(speech.criteria)))
        case SameInvariant(differ_in=facts):
            return fill(_("two cases that differ only in {facts}"), facts=_names(facts))
        case _:
            assert_never(record)


def _kept(record: Invariant, speech: Speech) -> Iterator[Field]:
    if isinstance(record, SameInvariant):
        yield Field(_("Kept, if"), (say(_("their results are the same")),))
        return
    if record.whenever != "always":
        yield speech.if_field(_("Applies"), record.whenever)
    yield speech.if_field(_("Kept"), record.then)


def _row_facts(criteria: CriteriaSet) -> Iterator[str]:
    for name, entity in criteria.entities.items():
        yield from (f"{name}.{short}" for short, fact in entity.facts.items() if isinstance(fact, RowFact))


def _names(facts: Iterable[str]) -> Line:
    return joined(((Run(one, "code", ref=f"fact-{one}"),) for one in facts), ", ")


def undirected(invariants: Invariants, speech: Speech) -> tuple[Block, ...]:
    """Return the questions that rules read and of which no answer is riskier by itself, each with the reason."""
    rows = tuple(
        (_names([name]), say(speech.criteria.title_of(name)), say(one.because))
        for name, one in invariants.undirected.items()
    )
    if not rows:
        return ()
    return (blocks.Table(_("Why no answer is riskier by itself"), (_("Fact"), _("Question"), _("Reason")), rows),)
