"""The rules of a set as groups of blocks: indicators, ladders, awareness rules, definitions, invariants."""

from collections.abc import Iterator

from risk_engine.model.conditions import Condition, ParameterRef
from risk_engine.model.criteria import (
    AwarenessRule,
    FactInvariant,
    Indicator,
    Option,
    ResultInvariant,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.ladders import Ladder
from risk_engine.model.words import KnockOutKind
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Prose, Run, Table, mark, say, strong
from risk_engine.report.catalogue.speech import (
    NOT_VERIFIED,
    Speech,
    conditions_of,
    drawn_up,
    in_force,
    joined,
    with_facts,
)
from risk_engine.report.wording import counted, sentence

AWARENESS_KINDS = {
    "foreign_rule": "a rule of another state",
    "advice": "advice",
    "monitoring": "something to keep an eye on",
    "benefit": "benefit and necessity",
}
KNOCK_OUTS: dict[KnockOutKind, str] = {
    "hold": "Holds the start until a document or decision exists.",
    "funding": "Closes this funding route and nothing else: with other money it is a new case.",
    "policy": "A red line that the institution drew for itself.",
    "legal": "Barred by law: only an authority, or taking the cause away, can lift it.",
}
_ONLY_UNVERIFIED = "Every source of this indicator is unverified: look up the text before you rely on it."


def indicator(name: str, record: Indicator, speech: Speech) -> Group:
    """Return one indicator: what it asks, when it counts, what helps, what it rests on, who answers its facts."""
    blocks: list[Block] = [
        Prose(say(strong(record.question))),
        Prose(say(record.reason)),
        Fields(tuple(_when(record, speech))),
        Fields(tuple(_what_helps(record, speech))),
        Fields(tuple(_rests_on(name, record, speech))),
        asked(speech.facts_read(conditions_of(record)), speech),
    ]
    return Group(say(Run(name, "code"), f" {record.title}"), tuple(blocks), anchor=name)


def _when(record: Indicator, speech: Speech) -> Iterator[Field]:
    head = speech.criteria.head
    yield Field("Dimension", (say(head.dimensions[record.dimension].title),))
    yield Field("Ground", (say(head.grounds[record.ground].title),))
    yield from in_force(record.effective)
    for severity, condition in reversed(severity_conditions(record)):
        yield speech.if_field(severity.capitalize(), condition)
    for kind, bar in reversed(knock_out_conditions(record)):
        yield speech.if_field(f"Knock-out, {kind}", bar)
        lines = [say(KNOCK_OUTS[kind])]
        if kind == "policy" and record.adjustable:
            lines.append(say("The profile of an institution may switch it off, with a reason."))
        yield Field(f"What {kind} means", tuple(lines))
    used = speech.definitions_used(conditions_of(record))
    if used:
        yield Field("Words used", tuple(_meaning(one, speech) for one in used))


def _meaning(name: str, speech: Speech) -> Line:
    words = Run(name.replace("_", " "), "em", ref=f"definition-{name}")
    return say(words, ": ", *speech.condition(speech.criteria.definitions[name]))


def _what_helps(record: Indicator, speech: Speech) -> Iterator[Field]:
    if record.controls:
        yield Field("Lowered", tuple(_option(one, speech) for one in record.controls))
    if record.irreducible:
        yield Field("Where no option counts", (say(record.irreducible),))


def _option(option: Option, speech: Speech) -> Line:
    lowered = f"to {option.residual}" if option.residual else f"by {counted(option.lowers_by or 0, 'step')}"
    controls = joined((control_name(one, speech) for one in option.all), " + ")
    when: Line = say(", if ", *speech.condition(option.when)) if option.when else ()
    return say(strong(lowered), " by ", *controls, *when)


def control_name(control: str, speech: Speech) -> Line:
    """Return the id and title of a control, leading to its record."""
    return say(Run(f"{control} {speech.criteria.controls[control].title}", ref=f"control-{control}"))


def _rests_on(name: str, record: Indicator, speech: Speech) -> Iterator[Field]:
    yield Field("Evidence", (say(record.evidence),))
    yield Field("Sources", tuple(speech.citation(one) for one in record.sources))
    if not any(speech.is_verified(one) for one in record.sources):
        yield Field("Before you rely on it", (say(mark(NOT_VERIFIED), f" {_ONLY_UNVERIFIED}"),))
    yield Field("A report says", tuple(with_facts(one) for one in record.because))
    yield Field("Author", drawn_up(record.author))
    yield Field("Defined in", (say(Run(speech.place(name), "code")),))


def asked(facts: tuple[str, ...], speech: Speech) -> Table:
    """Return the facts that a rule reads, with the question and who answers it."""
    return Table("What it reads, and who answers", ("Fact", "Question", "Answered by"), _asked_rows(facts, speech))


def _asked_rows(facts: tuple[str, ...], speech: Speech) -> tuple[tuple[Line, ...], ...]:
    rows: list[tuple[Line, ...]] = []
    for name in facts:
        fact = speech.criteria.fact(name)
        table = speech.table_of(name)
        who = say(speech.criteria.head.asked_of[fact.asked_of]) if fact.asked_of else say("nobody")
        if table is not None:
            who = say(Run(f"the table {speech.criteria.tables[table].title}", ref=f"table-{table}"))
        rows.append((say(Run(name, "code", ref=f"fact-{name}")), say(fact.question or speech.column_title(name)), who))
    return tuple(rows)


def ladder(name: str, record: Ladder, speech: Speech) -> Group:
    """Return one ladder as a decision table, read from the top: the first row that holds decides."""
    rows: list[tuple[Line, ...]] = []
    for number, rule in enumerate(record.rules, start=1):
        marked = (" ", mark("provisional: unanswered facts count")) if rule.provisional else ()
        then = say(strong(record.levels[rule.level].title))
        rows.append((say(str(number)), say(*speech.condition(rule.when), *marked), then, say(rule.sentence)))
    otherwise = record.otherwise
    last = (say("–"), say("otherwise"), say(strong(record.levels[otherwise.level].title)), say(otherwise.sentence))
    levels = tuple(
        Field(
            level.title,
            (
                say(f"{sentence(level.answer)} {sentence(level.explain)}"),
                say("Looked at again after ", *_months(level.review_months, speech), "."),
                *((say(f"Means the same as {level.equals}."),) if level.equals else ()),
            ),
        )
        for level in record.levels.values()
    )
    table = Table("Read from the top: the first that holds decides", ("Rule", "If", "Then", "Because"), (*rows, last))
    title = say(f"{record.title} (", Run(name, "code"), ")")
    return Group(title, (Prose(say(strong(record.question))), table, Fields(levels)), anchor=f"ladder-{name}")


def awareness(name: str, record: AwarenessRule, speech: Speech) -> Group:
    """Return one awareness rule: when it is told, and what."""
    rows = [
        Field("What people are told", (say(record.then),)),
        Field("Kind", (say(AWARENESS_KINDS[record.kind]),)),
        speech.if_field("Told", record.when),
        *in_force(record.effective),
    ]
    used = speech.definitions_used([record.when])
    if used:
        rows.append(Field("Words used", tuple(_meaning(one, speech) for one in used)))
    if record.sources:
        rows.append(Field("Sources", tuple(speech.citation(one) for one in record.sources)))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(tuple(rows)),), anchor=f"awareness-{name}")


def definition(name: str, record: Condition, speech: Speech) -> Group:
    """Return one named condition."""
    rows = [speech.if_field("Holds", record)]
    used = speech.definitions_used([record])
    if used:
        rows.append(Field("Words used", tuple(_meaning(one, speech) for one in used)))
    return Group(say(Run(name.replace("_", " "), "em")), (Fields(tuple(rows)),), anchor=f"definition-{name}")


def invariant(name: str, record: FactInvariant | ResultInvariant, speech: Speech) -> Group:
    """Return one promise: what never stands together in the answers of a case, or in a result."""
    about = "the answers of a case" if name in speech.criteria.invariants.facts else "every result"
    rows = [Field("About", (say(about),))]
    if record.whenever != "always":
        rows.append(speech.if_field("Applies", record.whenever))
    rows.append(speech.if_field("Kept", record.then))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(tuple(rows)),), anchor=f"invariant-{name}")


def _months(months: int | ParameterRef, speech: Speech) -> tuple[str | Run, ...]:
    if isinstance(months, int):
        return (counted(months, "month"),)
    values = [f"{dated.value}" for dated in speech.criteria.parameters[months.parameter].values]
    named = Run(months.parameter, "code", ref=f"parameter-{months.parameter}")
    return (f"{', then '.join(values)} months (", named, ")")
