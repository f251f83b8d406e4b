"""What stands in the records of a criteria set, in words: answers, controls, values of tables, who drew them up."""

import re
from collections.abc import Iterator
from datetime import date

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.conditions import (
    ParameterRef,
)
from risk_engine.model.criteria import Authorship, Control, Indicator, Option
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
from risk_engine.model.former_names import answer_text
from risk_engine.model.tables import CellValue, Column, DatedValue, Table
from risk_engine.model.words import Deprecation, FormerFact, FormerName, Period
from risk_engine.report.blocks import Field, Line, Run, joined, say, strong
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import (
    day,
    fill,
    kinds_of,
    last_day,
    month,
    severity_word,
)

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def with_facts(template: str) -> Line:
    """Return a `because` sentence with the facts that are filled in as names."""
    runs: list[str | Run] = []
    for number, part in enumerate(_PLACEHOLDER.split(template)):
        runs.append(Run(f"{{{part}}}", "code", ref=f"fact-{part}") if number % 2 else part)
    return say(*runs)


def drawn_up(author: Authorship) -> tuple[Line, ...]:
    """Return who drew something up and who reviewed it."""
    by, reviewed = author.drawn_up_by, author.reviewed_by
    drawn = _("Drawn up by {name} ({who})", name=by.name, who=f"{by.discipline}, {day(by.date)}")
    if reviewed is None:
        return say(drawn), say(_("Not reviewed yet"))
    who = f"{reviewed.discipline}, {day(reviewed.date)}"
    return say(drawn), say(_("Reviewed by {name} ({who})", name=reviewed.name, who=who))


_AWARENESS_KINDS = {
    "foreign_rule": NP_("kind of awareness rule", "a rule of another state"),
    "advice": NP_("kind of awareness rule", "advice"),
    "monitoring": NP_("kind of awareness rule", "something to keep an eye on"),
    "benefit": NP_("kind of awareness rule", "benefit and necessity"),
}


_EFFORTS = {1: NP_("effort", "little"), 2: NP_("effort", "some"), 3: NP_("effort", "much")}
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


def awareness_word(kind: str) -> str:
    """Return what people call a kind of awareness rule."""
    return pgettext(*_AWARENESS_KINDS[kind])


def effort_word(effort: int) -> str:
    """Return what people call how much effort a control takes."""
    return pgettext(*_EFFORTS[effort])


def riskier(fact: AnyFact) -> str:
    """Return which answer to a question is riskier; nothing where the set says of none."""
    way = direction(fact)
    return "" if way is None else _(RISKIER[fact.type, way])


def in_force(period: Period) -> str:
    """Return from when until when something is in force; nothing where it always is."""
    start = _("from {day}", day=day(period.from_)) if period.from_ else ""
    end = _("to {day}", day=last_day(period.until)) if period.until else ""
    return " ".join(one for one in (start, end) if one)


def meaning(name: str, speech: Speech) -> Line:
    """Return a named condition with what it means."""
    words = Run(name.replace("_", " "), "em", ref=f"definition-{name}")
    return say(words, ": ", *speech.condition(speech.criteria.definitions[name]))


def option(record: Option, speech: Speech) -> Line:
    """Return one control option: which controls lower a severity, how far, and on what condition."""
    if record.residual:
        lowered = _("to {severity}", severity=severity_word(record.residual))
    else:
        lowered = ngettext("by {number} step", "by {number} steps", record.lowers_by or 0)
    if not record.all and record.when is not None:
        told = _("{lowered} by the answers alone: {condition}")
        return fill(told, lowered=strong(lowered), condition=speech.condition(record.when))
    controls = joined((control_name(one, speech) for one in record.all), " + ")
    if record.needs:
        titles = speech.criteria.head.evidence_kinds
        kinds = kinds_of(titles[one] for one in record.needs)
        controls = fill(_("{controls}, each with evidence of the kind {kinds}"), controls=controls, kinds=kinds)
    if record.when is None:
        return fill(_("{lowered} by {controls}"), lowered=strong(lowered), controls=controls)
    told = _("{lowered} by {controls}, if {condition}")
    return fill(told, lowered=strong(lowered), controls=controls, condition=speech.condition(record.when))


def control_name(control: str, speech: Speech) -> Line:
    """Return the id and title of a control, leading to its record."""
    return say(Run(f"{control} {speech.criteria.controls[control].title}", ref=f"control-{control}"))


def months(record: int | ParameterRef, speech: Speech) -> Line:
    """Return after how many months a result is looked at again."""
    if isinstance(record, int):
        return say(ngettext("{number} month", "{number} months", record))
    values = [f"{dated.value}" for dated in speech.criteria.parameters[record.parameter].values]
    named = Run(record.parameter, "code", ref=f"parameter-{record.parameter}")
    then = pgettext("between values of which each follows on the other", ", then ").join(values)
    return fill(_("{number} months ({parameter})"), number=then, parameter=named)


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
    yield from former_names_of(record)
    gone = {} if not isinstance(record, ChoiceFact | ChoicesFact) else record.deprecated_options
    lines = [fill("{option}: {when}", option=Run(one, "code"), when=not_offered(when)) for one, when in gone.items()]
    if record.deprecated is not None or lines:
        whole = [] if record.deprecated is None else [not_offered(record.deprecated)]
        yield Field(_("Not offered"), (*whole, *lines))


def former_names_of(record: AnyFact | Entity | Indicator | Control) -> Iterator[Field]:
    """Yield what earlier versions called something, where they called it otherwise."""
    if record.was:
        yield Field(_("Was called"), tuple(formerly(one) for one in record.was))


def standing(record: Entity | Indicator | Control) -> Iterator[Field]:
    """Yield what something was called, and from when on the set is to go without it."""
    yield from former_names_of(record)
    match record:
        case Control(deprecated=Deprecation() as when):
            yield Field(_("Not offered"), (not_offered(when),))
        case Indicator(deprecated=Deprecation() as when):
            yield Field(_("To be given up"), (not_offered(when),))


def formerly(former: FormerName | FormerFact) -> Line:
    """Return what something was called, what old answers are now, and until when they are read."""
    named: list[Line] = [] if former.name is None else [(Run(former.name, "code"),)]
    values = former.values if isinstance(former, FormerFact) else {}
    for old, new in values.items():
        if new == ():
            named.append(fill(_("{old} is left out now"), old=Run(old, "code")))
            continue
        now = joined(((Run(answer_text(one), "code"),) for one in (new if isinstance(new, tuple) else (new,))), ", ")
        named.append(fill(_("{old} is now {new}"), old=Run(old, "code"), new=now))
    line = joined(named, ", ")
    return line if former.until is None else fill(_("{names} (read until {day})"), names=line, day=day(former.until))


def not_offered(deprecation: Deprecation) -> Line:
    """Return from when on something is not offered, and what to use instead."""
    since = _("from {day}", day=day(deprecation.from_))
    return say(f"{since}: {deprecation.instead}" if deprecation.instead else since)


def cells(column: Column, record: Table, reader: AnyFact | None) -> tuple[tuple[Line, ...], ...]:
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


def when_read(read: date | str) -> str:
    """Return when a source was read: on a day, or in a month."""
    if isinstance(read, str):
        year, number = read.split("-")
        return _("in {month} {year}", month=month(int(number)), year=year)
    return _("on {day}", day=day(read))
