"""The rules of a criteria set in words."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import assert_never

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    definitions_in,
    facts_in,
)
from risk_engine.model.criteria import (
    Authorship,
    AwarenessRule,
    CriteriaSet,
    Indicator,
    Option,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.facts import Entity
from risk_engine.model.ladders import Ladder
from risk_engine.model.references import conditions_of, ladder_entity, result_entities
from risk_engine.model.tables import Citation
from risk_engine.model.words import KnockOutKind, Period
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Prose, Run, Table, mark, say, strong
from risk_engine.report.sentences import Sentences
from risk_engine.report.wording import (
    FOREIGN_LIST,
    NOT_EU_LAW,
    day,
    fill,
    knock_out_word,
    last_day,
    sentence,
    severity_word,
    web_link,
)

NOT_VERIFIED = N_("not verified")

# Text in quotes comes first: it is an option as its author wrote it, whatever signs it holds.
_SENTENCE = r"({opening}[^{closing}]*{closing})|`([^`]+)`|\*([^*]+)\*"
_RESULTS = {"finding": N_("Finding"), "dimension": N_("Dimension"), "ladder": N_("Ladder")}
"""What rules read beside the answers of a case."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Speech:
    """Says what the rules of one set mean. A `ref` may lead to what a page does not show; the page drops it then."""

    def __init__(self, criteria: CriteriaSet, *, says_lines: bool = False) -> None:
        self.criteria = criteria
        self._says_lines = says_lines
        results = {**result_entities(criteria), **ladder_entity(criteria)}
        self._sentences = Sentences({**criteria.entities, **_titled(results, criteria)})
        self._order = [f"{name}.{short}" for name, entity in criteria.entities.items() for short in entity.facts]

    def condition(self, condition: ConditionOrAlways) -> Line:
        """Return a condition as one sentence; every fact, parameter and definition in it leads to its record."""
        return linked(self._sentences.of(condition))

    def if_field(self, label: str, condition: ConditionOrAlways) -> Field:
        """Return a condition under a label: what it joins stands part by part, so that each can be checked alone."""
        if condition == "always":
            return Field(label, (say(pgettext("condition", "always")),))
        node: Node = condition
        match node:
            case AllOf(all_of=(_, _, *_) as parts):
                return Field(
                    _("{label}, if all of these hold", label=label), tuple(self.condition(one) for one in parts)
                )
            case AnyOf(any_of=(_, _, *_) as parts):
                return Field(
                    _("{label}, if any of these holds", label=label), tuple(self.condition(one) for one in parts)
                )
            case AllOf() | AnyOf() | Not() | Holds() | Quantifier():
                return Field(_("{label}, if", label=label), (self.condition(node),))
            case Compare():
                return Field(_("{label}, if", label=label), (self.condition(node),))
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
        if not self.is_verified(citation):
            marks += [" ", mark(_(NOT_VERIFIED))]
        return say(Run(source.instrument, link=web_link(source.link)), f"{place} · ", register, *marks)

    def is_verified(self, citation: Citation) -> bool:
        """Return whether somebody read the source itself, and this place in it."""
        return self.criteria.sources[citation.id].verified and citation.verified

    def facts_read(self, conditions: Iterable[ConditionOrAlways]) -> tuple[str, ...]:
        """Return the facts of a case that conditions read, definitions included, in the order of facts.yaml."""
        stated = (one for one in conditions if one != "always")
        read = {name for one in stated for name in facts_in(one, self.criteria.definitions)}
        return tuple(name for name in self._order if name in read)

    def definitions_used(self, conditions: Iterable[ConditionOrAlways]) -> tuple[str, ...]:
        """Return the definitions that conditions use, those within them included, each once."""
        found: dict[str, None] = {}
        for one in conditions:
            if one != "always":
                found |= dict.fromkeys(definitions_in(one, self.criteria.definitions))
        return tuple(found)

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

    def table_of(self, fact: str) -> str | None:
        """Return the table that knows a fact, None where people are asked."""
        known = self.criteria.column_of(fact)
        return known[0] if known else None

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


def joined(lines: Iterable[Line], between: str) -> Line:
    """Return lines as one, with a text between them."""
    runs: list[Run] = []
    for line in lines:
        runs += [Run(between)] if runs else []
        runs += line
    return tuple(runs)


def in_force(period: Period) -> tuple[Field, ...]:
    """Return from when until when something is in force; nothing where it always is."""
    if period.from_ is None and period.until is None:
        return ()
    start = _("from {day}", day=day(period.from_)) if period.from_ else ""
    end = _("to {day}", day=last_day(period.until)) if period.until else ""
    return (Field(_("In force"), (say(" ".join(one for one in (start, end) if one)),)),)


def drawn_up(author: Authorship) -> tuple[Line, ...]:
    """Return who drew something up and who reviewed it."""
    by, reviewed = author.drawn_up_by, author.reviewed_by
    who = f"{by.discipline}, {day(by.date)}"
    lines = [say(_("Drawn up by {name} ({who})", name=by.name, who=who))]
    if reviewed:
        who = f"{reviewed.discipline}, {day(reviewed.date)}"
        lines.append(say(_("Reviewed by {name} ({who})", name=reviewed.name, who=who)))
    else:
        lines.append(say(_("Not reviewed yet")))
    return tuple(lines)


def _titled(results: dict[str, Entity], criteria: CriteriaSet) -> dict[str, Entity]:
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
        facts = {
            short: fact.model_copy(update={"options": titles[f"{entity}.{short}"]})
            if f"{entity}.{short}" in titles
            else fact
            for short, fact in record.facts.items()
        }
        found[entity] = record.model_copy(update={"title": _(_RESULTS[entity]), "facts": facts})
    return found


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
        rows.append((say(Run(name, "code", ref=f"fact-{name}")), say(speech.criteria.title_of(name)), who))
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
