"""A criteria set, or one record of it, in readable words (Markdown): what an author, a lawyer or a researcher reads."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from risk_engine.diagnostics import RiskEngineError, suggestion
from risk_engine.model.conditions import ParameterRef, definitions_in
from risk_engine.model.criteria import (
    Authorship,
    AwarenessRule,
    Citation,
    Control,
    CriteriaSet,
    FactInvariant,
    Indicator,
    Option,
    Parameter,
    ResultInvariant,
    Source,
    Table,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.facts import (
    AnyFact,
    ChoiceFact,
    ChoicesFact,
    Entity,
    IntegerFact,
    RowFact,
    ordered_options,
    shown,
)
from risk_engine.model.ladders import Ladder
from risk_engine.model.results import ladder_entity, result_entities
from risk_engine.model.words import Period
from risk_engine.report.sentences import Sentences
from risk_engine.report.wording import counted


def catalogue(criteria: CriteriaSet, record: str | None = None) -> str:
    """Return the whole set, or the record with that id, as Markdown; RiskEngineError if there is none."""
    return "\n".join(_Catalogue(criteria).lines(record)).rstrip() + "\n"


class _Catalogue:
    def __init__(self, criteria: CriteriaSet) -> None:
        self.criteria = criteria
        everything = {**criteria.entities, **result_entities(criteria), **ladder_entity(criteria)}
        self.sentences = Sentences(everything)

    def lines(self, record: str | None) -> Iterator[str]:
        if record is None:
            yield from self._whole()
            return
        found = next((write for name, write in self._records() if name == record), None)
        if found is None:
            known = [name for name, _ in self._records()]
            raise RiskEngineError(f"the set has no record `{record}`\n  help: {suggestion(record, known)}")
        yield from found()

    def _records(self) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
        criteria = self.criteria
        yield from ((name, lambda n=name, r=one: self._indicator(n, r)) for name, one in criteria.indicators.items())
        yield from ((name, lambda n=name, r=one: self._ladder(n, r)) for name, one in criteria.ladders.items())
        yield from ((name, lambda n=name, r=one: self._control(n, r)) for name, one in criteria.controls.items())
        yield from ((name, lambda n=name: self._definition(n)) for name in criteria.definitions)
        yield from ((name, lambda n=name, r=one: self._parameter(n, r)) for name, one in criteria.parameters.items())
        yield from ((name, lambda n=name, r=one: self._awareness(n, r)) for name, one in criteria.awareness.items())
        yield from ((name, lambda n=name, r=one: self._table(n, r)) for name, one in criteria.tables.items())
        yield from ((name, lambda n=name, r=one: self._source(n, r)) for name, one in criteria.sources.items())
        yield from ((name, lambda n=name, r=one: self._entity(n, r)) for name, one in criteria.entities.items())
        yield from (
            (f"{name}.{short}", lambda n=name, s=short, r=fact: self._fact(n, s, r))
            for name, entity in criteria.entities.items()
            for short, fact in entity.facts.items()
        )
        yield from ((name, lambda n=name, r=one: self._invariant(n, r)) for name, one in self._invariants().items())

    def _invariants(self) -> dict[str, FactInvariant | ResultInvariant]:
        return {**self.criteria.invariants.facts, **self.criteria.invariants.results}

    def _whole(self) -> Iterator[str]:
        head = self.criteria.head
        yield f"# {head.title}"
        yield f"\n`{head.id}` version {head.version}, in force from {head.in_force.from_}. {head.about}\n"
        yield from (f"- {notice}" for notice in head.notice)
        yield f"- To challenge a result: {head.challenge}"
        yield from self._points()
        for name, dimension in head.dimensions.items():
            yield f"\n# {dimension.title}\n"
            for record, indicator in self.criteria.indicators.items():
                if indicator.dimension == name:
                    yield from self._indicator(record, indicator)
        yield from self._section("Questions", self.criteria.entities, self._entity)
        yield from self._section("Ladders", self.criteria.ladders, self._ladder)
        yield from self._section("Definitions", self.criteria.definitions, lambda name, _: self._definition(name))
        yield from self._section("Controls", self.criteria.controls, self._control)
        yield from self._section("Parameters", self.criteria.parameters, self._parameter)
        yield from self._section("Awareness", self.criteria.awareness, self._awareness)
        yield from self._section("Tables", self.criteria.tables, self._table)
        yield from self._section("What must never happen", self._invariants(), self._invariant)
        yield from self._section("Sources", self.criteria.sources, self._source)

    def _points(self) -> Iterator[str]:
        severity = self.criteria.head.severity
        points = ", ".join(f"{name} {number}" for name, number in severity.points.items())
        bands = ", ".join(f"{name} from {first}" for name, first in severity.bands.items())
        yield f"- Points of a finding: {points}. In a dimension, all below critical sum to {severity.cap} at most."
        yield f"- Bands of a dimension: {bands}."

    def _section(
        self, title: str, records: Mapping[str, Any], write: Callable[[str, Any], Iterator[str]]
    ) -> Iterator[str]:
        if records:
            yield f"\n# {title}\n"
            for name, record in records.items():
                yield from write(name, record)

    def _indicator(self, name: str, indicator: Indicator) -> Iterator[str]:
        head = self.criteria.head
        yield f"## {name} {indicator.title}\n"
        yield f"**{indicator.question}**\n"
        yield f"{indicator.reason}\n"
        dimension, ground = head.dimensions[indicator.dimension], head.grounds[indicator.ground]
        yield f"- Dimension: {dimension.title}. Ground: {ground.title}."
        yield from _in_force(indicator.effective)
        for severity, condition in reversed(severity_conditions(indicator)):
            yield f"- **{severity}** if {self.sentences.of(condition)}."
        for kind, condition_or_always in reversed(knock_out_conditions(indicator)):
            adjustable = " A profile may switch it off." if kind == "policy" and indicator.adjustable else ""
            yield f"- Knock-out **{kind}**: {self.sentences.of(condition_or_always)}.{adjustable}"
        for used in self._definitions_in(indicator):
            yield f"- where *{used.replace('_', ' ')}* means: {self.sentences.of(self.criteria.definitions[used])}."
        for option in indicator.controls:
            yield f"- {self._option(option)}"
        if indicator.irreducible:
            yield f"- Where no option counts: {indicator.irreducible}"
        yield f"- Evidence: {indicator.evidence}."
        yield from (f"- Source: {self._citation(one)}." for one in indicator.sources)
        yield f"- {_drawn_up(indicator.author)} Defined in {self.criteria.places[name]}.\n"

    def _definitions_in(self, indicator: Indicator) -> Iterator[str]:
        """Yield the definitions that the indicator uses, each once, those that they use in turn included."""
        conditions = [one for _, one in (*severity_conditions(indicator), *knock_out_conditions(indicator))]
        conditions += [option.when for option in indicator.controls if option.when is not None]
        seen: dict[str, None] = {}
        for condition in conditions:
            if condition != "always":
                seen |= dict.fromkeys(definitions_in(condition, self.criteria.definitions))
        yield from seen

    def _option(self, option: Option) -> str:
        controls = " + ".join(f"{one} ({self.criteria.controls[one].title})" for one in option.all)
        lowered = f"to {option.residual}" if option.residual else f"by {counted(option.lowers_by or 0, 'step')}"
        when = f", if {self.sentences.of(option.when)}" if option.when else ""
        return f"Lowered {lowered} by {controls}{when}."

    def _ladder(self, name: str, ladder: Ladder) -> Iterator[str]:
        yield f"## {ladder.title} (`{name}`)\n"
        yield f"{ladder.question}\n"
        yield "| # | if | then | because |"
        yield "|--:|---|---|---|"
        for number, rule in enumerate(ladder.rules, start=1):
            mark = " (provisional: unanswered facts count)" if rule.provisional else ""
            condition = self.sentences.of(rule.when).replace("|", "\\|")
            yield f"| {number} | {condition}{mark} | **{ladder.levels[rule.level].title}** | {rule.sentence} |"
        otherwise = ladder.otherwise
        yield f"| | otherwise | **{ladder.levels[otherwise.level].title}** | {otherwise.sentence} |\n"
        for level in ladder.levels.values():
            yield f"- **{level.title}**: {level.explain} Reviewed every {self._months(level.review_months)}."
        yield ""

    def _months(self, months: int | ParameterRef) -> str:
        if isinstance(months, int):
            return counted(months, "month")
        values = [dated.value for dated in self.criteria.parameters[months.parameter].values]
        return f"{', then '.join(f'{value}' for value in values)} months (`{months.parameter}`)"

    def _control(self, name: str, control: Control) -> Iterator[str]:
        who = self.criteria.head.asked_of[control.who]
        effort = {1: "little", 2: "some", 3: "much"}[control.effort]
        supporting = " Supporting: always advisable, lowers nothing alone." if control.supporting else ""
        yield f"## {name} {control.title}\n"
        yield f"{control.do} ({who}; {effort} effort.){supporting}\n"
        if control.records:
            fact = self.criteria.fact(control.records.fact)
            answer = shown(fact, control.records.is_)
            yield f"Once it is part of the proposal, `{control.records.fact}` is answered with “{answer}”.\n"

    def _definition(self, name: str) -> Iterator[str]:
        yield f"## {name.replace('_', ' ')}\n"
        yield f"{self.sentences.of(self.criteria.definitions[name])}.\n"

    def _parameter(self, name: str, parameter: Parameter) -> Iterator[str]:
        yield f"## {parameter.title} (`{name}`)\n"
        for dated in parameter.values:
            start = f"from {dated.from_}" if dated.from_ else "from the beginning"
            end = f" until before {dated.until}" if dated.until else ""
            value = ", ".join(dated.value) if isinstance(dated.value, tuple) else dated.value
            source = f" ({self._citation(dated.source)})" if dated.source else ""
            yield f"- {start}{end}: **{value}**{source}"
        adjustable = " A profile may set another value." if parameter.adjustable else ""
        yield f"\nSource: {self._citation(parameter.source)}.{adjustable}\n"

    def _awareness(self, name: str, rule: AwarenessRule) -> Iterator[str]:
        yield f"## {name} {rule.title}\n"
        when = "Always" if rule.when == "always" else f"When {self.sentences.of(rule.when)}"
        yield f"{when}: {rule.then}\n"
        yield from _in_force(rule.effective)
        yield from (f"- Source: {self._citation(one)}." for one in rule.sources)
        yield ""

    def _table(self, name: str, table: Table) -> Iterator[str]:
        yield f"## {table.title} (`{name}`, {len(table.rows)} rows)\n"
        for column_name, column in table.columns.items():
            rest = "unknown" if column.otherwise is None else shown(None, column.otherwise)
            named = counted(len(column.values), "row is named", "rows are named")
            yield f"- **{column.title}** (`{column_name}`): {named}, every other is {rest}."
            yield f"  {self._citation(column.source)}, as of {column.as_of}. {column.note or ''}".rstrip()
        yield ""

    def _source(self, name: str, source: Source) -> Iterator[str]:
        read = f", read {source.read}" if source.read else ""
        mark = "" if source.verified else " **Unverified.**"
        kind = source.kind.replace("_", " ").replace("eu ", "EU ")
        yield f"- `{name}`: {source.instrument} ({kind}{read}).{mark} {source.link or ''}".rstrip()

    def _entity(self, name: str, entity: Entity) -> Iterator[str]:
        many = f", at most {entity.many}" if entity.many is not None else ""
        yield f"## {entity.title} (`{name}`{many})\n"
        if entity.help:
            yield f"{entity.help}\n"
        for short, fact in entity.facts.items():
            yield from self._fact(name, short, fact)
        yield ""

    def _fact(self, name: str, short: str, fact: AnyFact) -> Iterator[str]:
        who = f" ({self.criteria.head.asked_of[fact.asked_of]})" if fact.asked_of else ""
        yield f"- `{name}.{short}`: {fact.question or 'not asked'}{who}"
        row_fact = getattr(fact, "from_", None)
        if row_fact is not None:
            table = self._table_of(name, row_fact)
            yield f"  - From the table of {table.title.lower()}, by `{name}.{row_fact}`."
        if isinstance(fact, ChoiceFact | ChoicesFact):
            order = ", in this order" if ordered_options(fact) else ""
            number = "any number of" if isinstance(fact, ChoicesFact) else "one of"
            options = ", ".join(f"{text} (`{option}`)" for option, text in fact.options.items())
            yield f"  - Answer: {number} these{order}: {options}."
        if isinstance(fact, IntegerFact):
            yield f"  - Answer: a whole number from {fact.range[0]} to {fact.range[1]}."
        ask_when = getattr(fact, "ask_when", None)
        if ask_when is not None:
            otherwise = shown(fact, getattr(fact, "otherwise", None))
            yield f"  - Asked only if {self.sentences.of(ask_when)}; otherwise it is “{otherwise}”."

    def _table_of(self, entity: str, row_fact: str) -> Table:
        fact = self.criteria.entities[entity].facts[row_fact]
        assert isinstance(fact, RowFact)  # noqa: S101 (checked when the set was loaded)
        return self.criteria.tables[fact.of]

    def _invariant(self, name: str, invariant: FactInvariant | ResultInvariant) -> Iterator[str]:
        about = "Answers" if name in self.criteria.invariants.facts else "Results"
        yield f"## {name} {invariant.title}\n"
        whenever = "" if invariant.whenever == "always" else f"whenever {self.sentences.of(invariant.whenever)}: "
        yield f"{about}: {whenever}{self.sentences.of(invariant.then)}.\n"

    def _citation(self, citation: Citation) -> str:
        source = self.criteria.sources[citation.id]
        mark = "" if source.verified and citation.verified else " (unverified)"
        return f"{source.instrument}{f', {citation.at}' if citation.at else ''}{mark}"


def _in_force(period: Period) -> Iterator[str]:
    if period.from_ or period.until:
        start = f" from {period.from_}" if period.from_ else ""
        end = f" until before {period.until}" if period.until else ""
        yield f"- In force{start}{end}."


def _drawn_up(author: Authorship) -> str:
    by, reviewed = author.drawn_up_by, author.reviewed_by
    then = f"; reviewed by {reviewed.name} ({reviewed.discipline}, {reviewed.date})" if reviewed else "; not reviewed"
    return f"Drawn up by {by.name} ({by.discipline}, {by.date}){then}."
