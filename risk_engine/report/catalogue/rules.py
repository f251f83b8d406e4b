"""The rules of a set as groups of blocks: indicators, ladders, awareness rules, definitions."""

from collections.abc import Iterator

from risk_engine.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.conditions import Condition, ParameterRef
from risk_engine.model.criteria import (
    AwarenessRule,
    Indicator,
    Option,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.ladders import Ladder
from risk_engine.model.references import conditions_of
from risk_engine.model.words import KnockOutKind
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Prose, Run, Table, mark, say, strong
from risk_engine.report.catalogue.speech import (
    NOT_VERIFIED,
    Speech,
    drawn_up,
    in_force,
    joined,
    with_facts,
)
from risk_engine.report.wording import fill, knock_out_word, sentence, severity_word

AWARENESS_KINDS = {
    "foreign_rule": NP_("kind of awareness rule", "a rule of another state"),
    "advice": NP_("kind of awareness rule", "advice"),
    "monitoring": NP_("kind of awareness rule", "something to keep an eye on"),
    "benefit": NP_("kind of awareness rule", "benefit and necessity"),
}
KNOCK_OUTS: dict[KnockOutKind, str] = {
    "hold": N_("Holds the start until a document or decision exists."),
    "funding": N_("Closes this funding route and nothing else: with other money it is a new case."),
    "policy": N_("A red line that the institution drew for itself."),
    "legal": N_("Barred by law: only an authority, or taking the cause away, can lift it."),
}
_ONLY_UNVERIFIED = N_("Every source of this indicator is unverified: look up the text before you rely on it.")


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
    yield Field(_("Dimension"), (say(head.dimensions[record.dimension].title),))
    yield Field(_("Ground"), (say(head.grounds[record.ground].title),))
    yield from in_force(record.effective)
    for severity, condition in reversed(severity_conditions(record)):
        yield speech.if_field(_capital(severity_word(severity)), condition)
    if record.points:
        own = ", ".join(f"{severity_word(one)} {number}" for one, number in record.points.items())
        yield Field(_("Points of its own"), (say(own),))
    for kind, bar in reversed(knock_out_conditions(record)):
        yield speech.if_field(_("Knock-out, {kind}", kind=knock_out_word(kind)), bar)
        lines = [say(_(KNOCK_OUTS[kind]))]
        if kind == "policy" and record.adjustable:
            lines.append(say(_("The profile of an institution may switch it off, with a reason.")))
        yield Field(_("What {kind} means", kind=knock_out_word(kind)), tuple(lines))
    used = speech.definitions_used(conditions_of(record))
    if used:
        yield Field(_("Words used"), tuple(meaning(one, speech) for one in used))


def meaning(name: str, speech: Speech) -> Line:
    """Return a named condition with what it means."""
    words = Run(name.replace("_", " "), "em", ref=f"definition-{name}")
    return say(words, ": ", *speech.condition(speech.criteria.definitions[name]))


def _what_helps(record: Indicator, speech: Speech) -> Iterator[Field]:
    if record.controls:
        yield Field(_("Lowered"), tuple(option(one, speech) for one in record.controls))
    if record.irreducible:
        yield Field(_("Where no option counts"), (say(record.irreducible),))


def option(record: Option, speech: Speech) -> Line:
    """Return one control option: which controls lower a severity, how far, and on what condition."""
    if record.residual:
        lowered = _("to {severity}", severity=severity_word(record.residual))
    else:
        lowered = ngettext("by {number} step", "by {number} steps", record.lowers_by or 0)
    controls = joined((control_name(one, speech) for one in record.all), " + ")
    if record.when is None:
        return fill(_("{lowered} by {controls}"), lowered=strong(lowered), controls=controls)
    told = _("{lowered} by {controls}, if {condition}")
    return fill(told, lowered=strong(lowered), controls=controls, condition=speech.condition(record.when))


def _capital(word: str) -> str:
    return word[0].upper() + word[1:]


def control_name(control: str, speech: Speech) -> Line:
    """Return the id and title of a control, leading to its record."""
    return say(Run(f"{control} {speech.criteria.controls[control].title}", ref=f"control-{control}"))


def _rests_on(name: str, record: Indicator, speech: Speech) -> Iterator[Field]:
    yield Field(_("Evidence"), (say(record.evidence),))
    yield Field(_("Sources"), tuple(speech.citation(one) for one in record.sources))
    if not any(speech.is_verified(one) for one in record.sources):
        yield Field(_("Before you rely on it"), (say(mark(_(NOT_VERIFIED)), " ", _(_ONLY_UNVERIFIED)),))
    yield Field(_("A report says"), tuple(with_facts(one) for one in record.because))
    yield Field(_("Author"), drawn_up(record.author))
    yield Field(_("Defined in"), (say(Run(speech.place(name), "code")),))


def asked(facts: tuple[str, ...], speech: Speech) -> Table:
    """Return the facts that a rule reads, with the question and who answers it."""
    return Table(
        _("What it reads, and who answers"),
        (_("Fact"), _("Question"), pgettext("head of a column", "Answered by")),
        _asked_rows(facts, speech),
    )


def _asked_rows(facts: tuple[str, ...], speech: Speech) -> tuple[tuple[Line, ...], ...]:
    rows: list[tuple[Line, ...]] = []
    for name in facts:
        fact = speech.criteria.fact(name)
        table = speech.table_of(name)
        who = say(speech.criteria.head.asked_of[fact.asked_of]) if fact.asked_of else say(pgettext("answers", "nobody"))
        if table is not None:
            who = say(Run(_("the table {table}", table=speech.criteria.tables[table].title), ref=f"table-{table}"))
        rows.append((say(Run(name, "code", ref=f"fact-{name}")), say(fact.question or speech.column_title(name)), who))
    return tuple(rows)


def ladder(name: str, record: Ladder, speech: Speech) -> Group:
    """Return one ladder as a decision table, read from the top: the first row that holds decides."""
    rows: list[tuple[Line, ...]] = []
    for number, rule in enumerate(record.rules, start=1):
        marked = (" ", mark(_("provisional: unanswered facts count"))) if rule.provisional else ()
        then = say(strong(record.levels[rule.level].title))
        rows.append((say(str(number)), say(*speech.condition(rule.when), *marked), then, say(rule.sentence)))
    otherwise = record.otherwise
    last = (
        say("–"),
        say(pgettext("last rule of a ladder", "otherwise")),
        say(strong(record.levels[otherwise.level].title)),
        say(otherwise.sentence),
    )
    levels = tuple(
        Field(
            level.title,
            (
                say(f"{sentence(level.answer)} {sentence(level.explain)}"),
                fill(_("Looked at again after {months}."), months=months(level.review_months, speech)),
                *((say(_("Means the same as {level}.", level=level.equals)),) if level.equals else ()),
            ),
        )
        for level in record.levels.values()
    )
    table = Table(
        _("Read from the top: the first that holds decides"),
        (_("Rule"), _("If"), _("Then"), _("Because")),
        (*rows, last),
    )
    title = say(f"{record.title} (", Run(name, "code"), ")")
    return Group(title, (Prose(say(strong(record.question))), table, Fields(levels)), anchor=f"ladder-{name}")


def awareness(name: str, record: AwarenessRule, speech: Speech) -> Group:
    """Return one awareness rule: when it is told, and what."""
    rows = [
        Field(_("What people are told"), (say(record.then),)),
        Field(_("Kind"), (say(pgettext(*AWARENESS_KINDS[record.kind])),)),
        speech.if_field(_("Told"), record.when),
        *in_force(record.effective),
    ]
    used = speech.definitions_used([record.when])
    if used:
        rows.append(Field(_("Words used"), tuple(meaning(one, speech) for one in used)))
    if record.sources:
        rows.append(Field(_("Sources"), tuple(speech.citation(one) for one in record.sources)))
    return Group(say(Run(name, "code"), f" {record.title}"), (Fields(tuple(rows)),), anchor=f"awareness-{name}")


def definition(name: str, record: Condition, speech: Speech) -> Group:
    """Return one named condition."""
    rows = [speech.if_field(pgettext("of a condition", "Holds"), record)]
    used = speech.definitions_used([record])
    if used:
        rows.append(Field(_("Words used"), tuple(meaning(one, speech) for one in used)))
    return Group(say(Run(name.replace("_", " "), "em")), (Fields(tuple(rows)),), anchor=f"definition-{name}")


def months(record: int | ParameterRef, speech: Speech) -> Line:
    """Return after how many months a result is looked at again."""
    if isinstance(record, int):
        return say(ngettext("{number} month", "{number} months", record))
    values = [f"{dated.value}" for dated in speech.criteria.parameters[record.parameter].values]
    named = Run(record.parameter, "code", ref=f"parameter-{record.parameter}")
    then = pgettext("between values of which each follows on the other", ", then ").join(values)
    return fill(_("{number} months ({parameter})"), number=then, parameter=named)
