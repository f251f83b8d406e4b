"""What a criteria set says: indicators, controls, awareness rules, what must never happen, and the whole set.

Each class is one record of one YAML file (design, section 4); the words are the same in both. A `Criteria` is
checked as a whole when it is loaded, so the engine may rely on every name in it. A `Bundle` is one version as one file.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from risk_engine.model.conditions import Condition, ConditionOrAlways
from risk_engine.model.facts import AnyFact, Entity, RowFact, TextFact, shown
from risk_engine.model.ladders import Ladder, SetHead
from risk_engine.model.tables import Citation, Parameter, Source, Table
from risk_engine.model.words import (
    Deprecated,
    Digest,
    FactName,
    Id,
    KnockOutKind,
    Model,
    Name,
    Period,
    Severity,
    Speech,
    Translatable,
    Value,
    Verbatim,
    WasCalled,
)

Place: TypeAlias = Annotated[str, Speech.VERBATIM]
"""A place of a set, or none."""


class Words(Model):
    """The texts of a version in another language; the digest is that of the texts."""

    digest: Digest
    texts: dict[Verbatim, dict[Place, Verbatim]] = Field(
        description="Text with white space collapsed: what it is in the language, by the place it is for (empty: all)."
    )


class File(Model):
    """What one file says. In `places` are line and column of each key and value, in their order."""

    data: Any
    places: tuple[int, ...]
    depth: int = Field(description="Down to which depth places are kept.")


class CaseOutcome(Model):
    """What the engine gave for one case of cases.yaml when the version was released."""

    name: Verbatim
    ladders: dict[Verbatim, tuple[Verbatim, Verbatim, Verbatim]] = Field(
        description="The level that is proposed, the lowest and the highest that it can be."
    )
    findings: dict[Verbatim, tuple[Verbatim, ...]] = Field(
        description="Of each that is not absent: outcome, inherent and possible severity, lowest and highest residual; "
        "in newer bundles also the lowest and highest knock-out that is not cured, and whether it is `open`."
    )


class Bundle(Model):
    """One version of a criteria set, complete in one file that is written in one way only (decision 0051)."""

    kind: Literal["criteria"] = "criteria"
    form: Literal[1] = Field(1, description="The number of this form; a later form has another.")
    id: Verbatim
    version: Verbatim
    in_force_from: date
    digest: Digest = Field(description="Of the rules, as in releases.lock.")
    source: Digest | None = Field(None, description="Of the files that it was made from, layout and comments included.")
    rules: dict[Verbatim, File] = Field(description="Each file of rules by its name.")
    words: dict[Verbatim, Words] = Field({}, description="By language.")
    cases: File | None = Field(None, description="cases.yaml: the base case and the tests.")
    outcomes: tuple[CaseOutcome, ...] = Field((), description="What came of each test, in their order.")
    changes: Annotated[str, Speech.VERBATIM] = Field("", description="What CHANGES.md says of this version.")


_Facts = Annotated[tuple[FactName, ...], Field(min_length=1)]


class FactInvariant(Model):
    """Answers that go together: `whenever` one thing is stated, `then` another holds, else they contradict."""

    title: Translatable = Field(description="What it says of the answers.")
    whenever: ConditionOrAlways = Field("always", description="Where this is true …")
    then: Condition = Field(description="… this must be true too.")
    reopens: bool = Field(
        default=False,
        description="Whether the answers that contradict each other count as open for all that may be: possible "
        "severities, ranges, the gate. What is certain by them stays.",
    )


class ResultInvariant(Model):
    """A promise about every result, over all cases; here conditions may read `ladder.<name>`."""

    title: Translatable = Field(description="What it promises.")
    whenever: ConditionOrAlways = Field("always", description="Where this is true …")
    then: Condition = Field(description="… this must be true too.")


class AloneInvariant(Model):
    """A promise about the base of cases.yaml with any answers to these facts and all else unchanged."""

    title: Translatable = Field(description="What it promises.")
    change: _Facts = Field(
        description="The facts that may be answered in any way; of a `row` fact every row with what its table says."
    )
    whenever: ConditionOrAlways = Field("always", description="The answers that are changed, path by path.")
    then: Condition = Field(description="What the result must be.")


def _differ_tag(value: object) -> str:
    # One fact without the brackets is meant as a list.
    return "?word" if isinstance(value, str) and "." not in value else "?list"


DifferIn = Annotated[
    Annotated[Literal["text", "rows"], Tag("?word")] | Annotated[_Facts, Tag("?list")], Discriminator(_differ_tag)
]


class SameInvariant(Model):
    """A promise about pairs of cases: where two differ in nothing but these facts, their results are the same."""

    title: Translatable = Field(description="What it promises.")
    differ_in: DifferIn = Field(
        description="`text`: every fact that is free text. `rows`: every `row` fact, between rows of which the tables "
        "say the same. Or a list of facts."
    )


class Undirected(Model):
    """Why a fact that rules read has no `riskier`."""

    because: Translatable = Field(description="Why no answer is riskier than another.")


class Invariants(Model):
    """What must never happen: among the answers of one case, and among the results of all cases."""

    facts: dict[Id, FactInvariant] = Field({}, description="Answers that contradict each other.")
    results: dict[Id, ResultInvariant] = Field({}, description="What must be true of every result, whatever the case.")
    alone: dict[Id, AloneInvariant] = Field({}, description="What one answer alone, in the base case, must lead to.")
    same: dict[Id, SameInvariant] = Field({}, description="Answers that must be treated alike.")
    undirected: dict[FactName, Undirected] = Field(
        default={}, description="Facts that rules read and that have no `riskier`, each with the reason."
    )


class Contributor(Model):
    """Who drew something up or reviewed it."""

    name: Verbatim = Field(description="The person's name.")
    discipline: Translatable = Field(description="What the person knows about.")
    date: Annotated[date, Field(description="The day of the work.")]


class Authorship(Model):  # noqa: D101 (its description is that of the key)
    drawn_up_by: Contributor = Field(description="Who wrote it.")
    reviewed_by: Contributor | None = Field(None, description="Who checked it.")


class Records(Model):
    """The answer that a case would give once the control is part of the proposal itself."""

    fact: Verbatim = Field(description="`entity.fact`")
    is_: Value = Field(alias="is", description="The value that it has then.")


class Control(Model):
    """Something an office can put in place; supporting ones are always advisable and lower nothing alone."""

    title: Translatable = Field(description="What readers call it.")
    do: Translatable = Field(description="What to do, as an instruction.")
    who: Name = Field(description="Who sees to it; a word that set.yaml declares.")
    effort: Annotated[int, Field(ge=1, le=3)] = Field(description="1 little, 2 some, 3 much.")
    supporting: bool = Field(default=False, description="It is always advisable and lowers nothing alone.")
    records: Records | None = Field(None, description="The answer that a case gives once it is in place.")
    was: WasCalled = Field((), description="Its names in earlier versions.")
    deprecated: Deprecated | None = Field(
        None, description="From when on it is not offered any more, though still read."
    )


class Option(Model):
    """Controls that together lower a severity to `residual` or by `lowers_by` steps, counted only `when` it holds.

    Without controls the answers alone lower it: `when` says which.
    """

    all: tuple[Id, ...] = Field(
        (), description="Controls that must all be in place. Left out where the answers that `when` reads lower it."
    )
    residual: Severity | None = Field(None, description="The severity that is left then.")
    lowers_by: Annotated[int, Field(ge=1, le=4)] | None = Field(
        None, description="By how many severities it falls then."
    )
    when: Condition | None = Field(None, description="The option counts only where this is true.")
    needs: tuple[Name, ...] = Field(
        (),
        description="Kinds of evidence, of `evidence_kinds` in set.yaml: without evidence of one of them a control "
        "counts as agreed here.",
    )


class SeverityConditions(Model):
    """A condition for each severity that the indicator can have; the highest that holds counts."""

    low: Condition | None = Field(None, description="When it is low.")
    moderate: Condition | None = Field(None, description="When it is moderate.")
    high: Condition | None = Field(None, description="When it is high.")
    critical: Condition | None = Field(None, description="When it is critical.")


class KnockOuts(Model):
    """What blocks or bars whatever the points say, as long as no control option cures it."""

    hold: ConditionOrAlways | None = Field(None, description="Start blocked until a document exists.")
    funding: ConditionOrAlways | None = Field(None, description="Bars one funding route, not the cooperation.")
    policy: ConditionOrAlways | None = Field(None, description="A red line of the institution.")
    legal: ConditionOrAlways | None = Field(None, description="Only an authority, or removal of the cause, cures it.")


def _sentences(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


Sentences = Annotated[
    tuple[Translatable, ...], BeforeValidator(_sentences, json_schema_input_type=str | tuple[str, ...])
]


class Indicator(Model):
    """One objective question of the catalogue, with what makes it true, why it matters and what would help."""

    title: Translatable = Field(description="What readers call it.")
    dimension: Name = Field(description="The name of a dimension of set.yaml.")
    ground: Name = Field(description="The name of a ground of set.yaml.")
    question: Translatable = Field(description="What it asks of the case, in one sentence.")
    severity: SeverityConditions = Field(description="A condition for each severity; the highest that is true counts.")
    knock_out: KnockOuts = Field(
        KnockOuts.model_construct(), description="When it stops the case, whatever else is known."
    )
    points: dict[Literal["low", "moderate", "high", "critical"], Annotated[int, Field(ge=0)]] = Field(
        {}, description="Severity: what it counts then, in place of the points of the set."
    )
    adjustable: bool = Field(default=False, description="May a profile switch its policy knock-out off?")
    controls: tuple[Option, ...] = Field((), description="What lowers it; each is one way.")
    irreducible: Translatable | None = Field(None, description="Said where no control option can count.")
    effective: Period = Field(Period.model_construct(), description="From when, and until when, it counts.")
    reason: Translatable = Field(description="Why it matters.")
    evidence: Translatable = Field(description="What would prove the answers.")
    sources: Annotated[tuple[Citation, ...], Field(min_length=1)] = Field(description="What it rests on.")
    because: Annotated[Sentences, Field(min_length=1)] = Field(
        description="What a report says when it is found; `{entity.fact}` fills an answer in."
    )
    author: Authorship = Field(description="Who drew it up and who reviewed it.")
    was: WasCalled = Field((), description="Its names in earlier versions; profiles may still use them.")
    deprecated: Deprecated | None = Field(None, description="From when on the set is to go without it.")


class AwarenessRule(Model):
    """What to tell the people of a case; never scored."""

    title: Translatable = Field(description="What readers call it.")
    kind: Literal["foreign_rule", "advice", "monitoring", "benefit"] = Field(description="The section of the report.")
    when: ConditionOrAlways = Field(description="When it is shown.")
    then: Translatable = Field(description="What people should know.")
    effective: Period = Field(Period.model_construct(), description="From when, and until when, it counts.")
    sources: tuple[Citation, ...] = Field((), description="What it rests on.")


class Criteria(Model):
    """One version of a criteria set, complete and checked."""

    head: SetHead
    entities: dict[Name, Entity]
    definitions: dict[Name, Condition]
    indicators: dict[Id, Indicator]
    controls: dict[Id, Control]
    parameters: dict[Name, Parameter]
    tables: dict[Name, Table]
    ladders: dict[Name, Ladder]
    awareness: dict[Id, AwarenessRule]
    invariants: Invariants
    sources: dict[str, Source]
    digest: Annotated[str, Speech.VERBATIM] = Field(
        description="SHA-256 over the RFC 8785 form of the parsed rule files."
    )
    places: dict[str, Annotated[str, Speech.VERBATIM]] = Field(
        default={}, exclude=True, description="Indicator id: file:line:column in the set."
    )
    path: Annotated[str, Speech.VERBATIM] | None = Field(
        default=None, exclude=True, description="Where it was read from: the folder of its files, or its bundle."
    )
    is_draft: bool = Field(
        default=False,
        exclude=True,
        description="Whether its set has releases where it was read, and it is none.",
    )
    is_withdrawn: bool = Field(
        default=False, exclude=True, description="Whether it is a release that was withdrawn, where it was read."
    )
    bundle: Bundle | None = Field(
        default=None, exclude=True, repr=False, description="What it was read from, where that was one file."
    )

    def fact(self, name: str) -> AnyFact:
        """Return the declaration of the fact `entity.fact`."""
        entity, _, fact = name.partition(".")
        return self.entities[entity].facts[fact]

    def every_fact(self) -> Iterator[tuple[str, AnyFact]]:
        """Yield every fact by its name `entity.fact`, in the order of the set."""
        for name, entity in self.entities.items():
            yield from ((f"{name}.{short}", fact) for short, fact in entity.facts.items())

    def column_of(self, name: str) -> tuple[str, str] | None:
        """Return table and column that the fact `entity.fact` takes its value from; None where people are asked."""
        entity, _, short = name.partition(".")
        facts = self.entities[entity].facts
        fact = facts[short]
        if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
            return None
        row = facts.get(fact.from_)
        return (row.of, fact.column or short) if isinstance(row, RowFact) else None

    def reader_of(self, table: str, column: str) -> AnyFact | None:
        """Return the first fact that takes its value from a column of a table; None where none does."""
        return next((fact for name, fact in self.every_fact() if self.column_of(name) == (table, column)), None)

    def shown(self, fact: AnyFact | None, value: Any) -> str:
        """Return an answer as people read it: of a row of a table its name, else what `facts.shown` says."""
        rows = self.tables[fact.of].rows if isinstance(fact, RowFact) else {}
        row = rows.get(value) if isinstance(value, str) else None
        return shown(fact, tuple(value) if isinstance(value, list) else value) if row is None else row.name

    def title_of(self, path: str) -> str:
        """Return what readers call what a path leads to: `entity.fact`, `entity.id.fact`, or an entity, a whole list.

        A fact is called by what is asked, and where a table states it by what the column states; a checked set has one
        of the two. The language is that of the set: `told_in(criteria, language).words` is it in another.
        """
        entity, *rest = path.split(".")
        if not rest:
            return self.entities[entity].title
        name = f"{entity}.{rest[-1]}"
        table, column = self.column_of(name) or ("", "")
        return self.fact(name).question or self.tables[table].columns[column].title


def severity_conditions(indicator: Indicator) -> tuple[tuple[Severity, Condition], ...]:
    """Return the severities that the indicator can have with their conditions, lowest first."""
    given = indicator.severity
    pairs: tuple[tuple[Severity, Condition | None], ...] = (
        ("low", given.low),
        ("moderate", given.moderate),
        ("high", given.high),
        ("critical", given.critical),
    )
    return tuple((severity, condition) for severity, condition in pairs if condition is not None)


def knock_out_conditions(indicator: Indicator) -> tuple[tuple[KnockOutKind, ConditionOrAlways], ...]:
    """Return the knock-outs of the indicator with their conditions, weakest first."""
    given = indicator.knock_out
    pairs: tuple[tuple[KnockOutKind, ConditionOrAlways | None], ...] = (
        ("hold", given.hold),
        ("funding", given.funding),
        ("policy", given.policy),
        ("legal", given.legal),
    )
    return tuple((kind, condition) for kind, condition in pairs if condition is not None)
