"""What the rules of a criteria set mean, and what stands in its records, in words."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import ClassVar, Literal, assert_never

from risk_engine.engine.sentences import Sentences
from risk_engine.files.language import N_, _, pgettext
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    Quantifier,
    facts_in,
    uses_within,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    Entity,
    RowFact,
)
from risk_engine.model.references import conditions_of, ladder_entity, result_entities
from risk_engine.model.tables import Citation, grade_of, was_read
from risk_engine.report.blocks import Line, Run, mark, say
from risk_engine.report.wording import (
    FOREIGN_LIST,
    NOT_EU_LAW,
    UNREAD,
    Reading,
    beside,
    reading,
    web_link,
)

NOT_VERIFIED = N_("not verified")

# Text in quotes comes first: it is an option as its author wrote it, whatever signs it holds.
_SENTENCE = r"({opening}[^{closing}]*{closing})|`([^`]+)`|\*([^*]+)\*"
_RESULTS = {"finding": N_("Finding"), "dimension": N_("Dimension"), "ladder": N_("Ladder")}
"""What rules read beside the answers of a case."""
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
