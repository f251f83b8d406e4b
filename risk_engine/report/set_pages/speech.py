"""What the rules of a criteria set mean, and what stands in its records, in words."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import islice
from typing import ClassVar, Literal, assert_never

from risk_engine.engine.sentences import Sentences
from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    facts_in,
    uses_within,
)
from risk_engine.model.criteria import Authorship, Control, Criteria, Indicator, Option
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
from risk_engine.model.references import conditions_of, ladder_entity, result_entities
from risk_engine.model.tables import CellValue, Citation, Column, DatedValue, Table, grade_of, was_read
from risk_engine.model.words import Deprecation, FormerFact, FormerName, Period
from risk_engine.report.blocks import Field, Line, Run, joined, mark, say, strong
from risk_engine.report.wording import (
    FOREIGN_LIST,
    NOT_EU_LAW,
    UNREAD,
    Reading,
    beside,
    day,
    fill,
    kinds_of,
    last_day,
    month,
    reading,
    severity_word,
    web_link,
)

NOT_VERIFIED = N_("not verified")

# Text in quotes comes first: it is an option as its author wrote it, whatever signs it holds.
_SENTENCE = r"({opening}[^{closing}]*{closing})|`([^`]+)`|\*([^*]+)\*"
_RESULTS = {"finding": N_("Finding"), "dimension": N_("Dimension"), "ladder": N_("Ladder")}
"""What rules read beside the answers of a case."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
MOST_WORDS = 8
"""So many named conditions are explained beside one in which they are used, where each could list all others."""


class Speech:
    """Says what the rules of one set mean. A `ref` may lead to what a page does not show; the page drops it then."""

    offers: ClassVar = frozenset(
        {
            "citation",
            "cited_by",
            "condition",
            "definitions_used",
            "facts_read",
            "helped_by",
            "known_from",
            "most_words",
            "parts",
            "place",
            "readers",
            "readings",
            "row_facts",
            "tells_grades",
            "unread",
        }
    )
    """What templates may call."""

    def __init__(self, criteria: Criteria, *, says_lines: bool = False) -> None:
        self.criteria = criteria
        self._says_lines = says_lines
        results = {**result_entities(criteria), **ladder_entity(criteria)}
        self._sentences = Sentences({**criteria.entities, **_titled(results, criteria)})
        self._order = [f"{name}.{short}" for name, entity in criteria.entities.items() for short in entity.facts]

    def condition(self, condition: ConditionOrAlways) -> Line:
        """Return a condition as one sentence; every fact, parameter and definition in it leads to its record."""
        return linked(self._sentences.of(condition))

    def parts(self, condition: ConditionOrAlways) -> tuple[Literal["always", "one", "all", "any"], tuple[Line, ...]]:
        """Return a condition in the parts that it joins, and how, so that each can be checked alone."""
        if condition == "always":
            return "always", (say(pgettext("condition", "always")),)
        node: Node = condition
        match node:
            case AllOf(all_of=(_, _, *_) as parts):
                return "all", tuple(map(self.condition, parts))
            case AnyOf(any_of=(_, _, *_) as parts):
                return "any", tuple(map(self.condition, parts))
            case AllOf() | AnyOf() | Not() | Holds() | Quantifier() | Compare():
                return "one", (self.condition(node),)
            case _:
                assert_never(node)

    def citation(self, citation: Citation) -> Line:
        """Return a source, leading to its text, with place, id in the register, and the mark of what is unverified."""
        source = self.criteria.sources[citation.id]
        place = f", {citation.at}" if citation.at else ""
        register = Run(citation.id, "code", ref=f"source-{citation.id}")
        marks: list[str | Run] = []
        if source.kind == FOREIGN_LIST:
            marks += [" ", mark(_(NOT_EU_LAW))]
        how = self.reading(citation)
        if how == "unverified":
            marks += [" ", mark(_(NOT_VERIFIED))]
        elif how != "verified":
            marks += beside(how)
        return say(Run(source.instrument, link=web_link(source.link)), f"{place} · ", register, *marks)

    def reading(self, citation: Citation) -> Reading:
        """Return how somebody read a place in a source: its grade, else whether anybody did."""
        source = self.criteria.sources[citation.id]
        return reading(grade_of(source, citation), was_read(source, citation))

    def readings(self, citations: Iterable[Citation]) -> tuple[Reading, ...]:
        """Return how each place was read."""
        return tuple(map(self.reading, citations))

    def unread(self, citations: Iterable[Citation]) -> Reading | None:
        """Return how the places were not read, if nobody read any of them."""
        found = set(self.readings(citations))
        return None if found - UNREAD else "memory" if "memory" in found else "unverified"

    def tells_grades(self) -> bool:
        """Return whether the set tells of any of its sources how it was read."""
        return any(one.grade for one in self.criteria.sources.values())

    def facts_read(self, conditions: Iterable[ConditionOrAlways]) -> tuple[str, ...]:
        """Return the facts of a case that conditions read, definitions included, in the order of facts.yaml."""
        stated = (one for one in conditions if one != "always")
        read = {name for one in stated for name in facts_in(one, self.criteria.definitions)}
        return tuple(name for name in self._order if name in read)

    def definitions_used(self, conditions: Iterable[ConditionOrAlways], most: int | None = None) -> tuple[str, ...]:
        """Return the definitions that conditions use, those within them included, each once; at most so many."""
        stated = (one for one in conditions if one != "always")
        used = (name for one in stated for name in islice(uses_within(one, self.criteria.definitions), most))
        return tuple(dict.fromkeys(used))[:most]

    def most_words(self) -> int | None:
        """Return how many words the record of a definition explains; all of them where it stands alone.

        In a whole catalogue each has its own record; explained under each other one, they would fill it.
        """
        return None if self._says_lines else MOST_WORDS

    @cached_property
    def where_used(self) -> dict[str, tuple[Run, ...]]:
        """Return for every fact what reads it, each leading to its record: rules, and facts that depend on it."""
        found: dict[str, list[Run]] = {}
        for run, conditions in self._rules():
            for name in self.facts_read(conditions):
                found.setdefault(name, []).append(run)
        for name in self._order:
            fact, entity = self.criteria.fact(name), name.partition(".")[0]
            row, ask_when = getattr(fact, "from_", None), getattr(fact, "ask_when", None)
            needed = (f"{entity}.{row}",) if row else () if ask_when is None else self.facts_read([ask_when])
            for one in needed:
                found.setdefault(one, []).append(Run(name, "code", ref=f"fact-{name}"))
        return {name: tuple(runs) for name, runs in found.items()}

    def place(self, indicator: str) -> str:
        """Return where an indicator is defined; a whole catalogue leaves lines out, as they move with every remark."""
        place = self.criteria.places[indicator]
        return place if self._says_lines else place.partition(":")[0]

    def readers(self, fact: str) -> tuple[Run, ...]:
        """Return what reads a fact, each leading to its record."""
        return self.where_used.get(fact, ())

    def known_from(self, fact: str) -> tuple[str, str] | None:
        """Return the table that knows a fact, and the fact that says which row it is; None where people are asked."""
        known = self.criteria.column_of(fact)
        row = getattr(self.criteria.fact(fact), "from_", "")
        return (known[0], f"{fact.partition('.')[0]}.{row}") if known else None

    def cited_by(self, source: str) -> tuple[Run, ...]:
        """Return what cites a source, each leading to its record."""
        criteria = self.criteria
        citing: list[tuple[Run, tuple[Citation, ...]]] = []
        citing += [(Run(name, ref=name), one.sources) for name, one in criteria.indicators.items()]
        citing += [(Run(name, ref=f"awareness-{name}"), one.sources) for name, one in criteria.awareness.items()]
        for name, parameter in criteria.parameters.items():
            dated = tuple(one.source for one in parameter.values if one.source)
            citing.append((Run(name, "code", ref=f"parameter-{name}"), (parameter.source, *dated)))
        for name, table in criteria.tables.items():
            for short, column in table.columns.items():
                run = Run(f"{name}.{short}", "code", ref=f"column-{name}-{short}")
                citing.append((run, (column.source,)))
        return tuple(run for run, citations in citing if any(one.id == source for one in citations))

    def helped_by(self, control: str) -> list[Run]:
        """Return the indicators that a control helps with, each leading to its record."""
        indicators = self.criteria.indicators.items()
        return [
            Run(name, ref=name) for name, one in indicators if any(control in option.all for option in one.controls)
        ]

    def row_facts(self) -> list[str]:
        """Return the facts that are a row of a table."""
        return [name for name in self._order if isinstance(self.criteria.fact(name), RowFact)]

    def citations(self) -> tuple[Citation, ...]:
        """Return every citation of the indicators and awareness rules."""
        cited = [one.sources for one in self.criteria.indicators.values()]
        cited += [one.sources for one in self.criteria.awareness.values()]
        return tuple(one for citations in cited for one in citations)

    def _rules(self) -> Iterator[tuple[Run, list[ConditionOrAlways]]]:
        criteria = self.criteria
        for name, indicator in criteria.indicators.items():
            yield Run(name, ref=name), list(conditions_of(indicator))
        for name, rule in criteria.awareness.items():
            yield Run(name, ref=f"awareness-{name}"), [rule.when]
        told = criteria.invariants
        pairs = [(name, (one.whenever, one.then)) for name, one in told.facts.items()]
        pairs += [(name, (one.whenever, one.then)) for name, one in told.results.items()]
        pairs += [(name, (one.whenever, one.then)) for name, one in told.alone.items()]
        for name, conditions in pairs:
            yield Run(name, ref=f"invariant-{name}"), list(conditions)


def linked(sentence: str) -> Line:
    """Return a condition's sentence with each name in it leading to its record."""
    runs: list[str | Run] = []
    end = 0
    opening, closing = _("“{text}”").split("{text}")
    for found in re.finditer(_SENTENCE.format(opening=re.escape(opening), closing=re.escape(closing)), sentence):
        runs.append(sentence[end : found.start()])
        end = found.end()
        quoted, code, definition = found.groups()
        if quoted:
            runs.append(quoted)
        elif code:
            kind = "fact" if "." in code else "parameter"
            runs.append(Run(code, "code", ref=f"{kind}-{code}"))
        else:
            runs.append(Run(definition, "em", ref=f"definition-{definition.replace(' ', '_')}"))
    return say(*runs, sentence[end:])


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


def _titled(results: dict[str, Entity], criteria: Criteria) -> dict[str, Entity]:
    """Return what rules read of results, with the titles that people know in place of names."""
    head = criteria.head
    titles: dict[str, dict[str, str]] = {
        "finding.dimension": {name: one.title for name, one in head.dimensions.items()},
        "finding.ground": {name: one.title for name, one in head.grounds.items()},
        "dimension.id": {name: one.title for name, one in head.dimensions.items()},
    }
    for name, ladder in criteria.ladders.items():
        titles[f"ladder.{name}"] = {level: one.title for level, one in ladder.levels.items()}
    found: dict[str, Entity] = {}
    for entity, record in results.items():
        known = {short: titles[name] for short in record.facts if (name := f"{entity}.{short}") in titles}
        facts = record.facts | {
            short: record.facts[short].model_copy(update={"options": known[short]}) for short in known
        }
        found[entity] = record.model_copy(update={"title": _(_RESULTS[entity]), "facts": facts})
    return found


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
