"""A case: a fixed core, and for each set of criteria the entities and facts that its facts.yaml declares."""

import contextlib
import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, assert_never, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.tables import Table
from risk_engine.model.words import Confidence, ControlStatus, Id, Model, Text, Value

UNKNOWN = "unknown"
"""The answer of someone who does not know; the same as no answer."""

EntryId = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]
Answer: TypeAlias = Value | tuple[str, ...]


def iso_day(value: object) -> object:
    """Return the date that a text states (JSON knows no dates); anything else, numbers of seconds too, as it is."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    return value


Day = Annotated[date, BeforeValidator(iso_day)]


class Evidence(Model):
    """A record of what supports something, kept elsewhere; the digest tells whether it is still the same."""

    kind: Text = Field(
        description="What it is, such as a registry extract; or the name of a kind that the criteria declare."
    )
    reference: Text = Field(description="Where it is kept.")
    date: Day = Field(description="Its day.")
    collected_by: Text | None = Field(None, description="Who collected it.")
    confidence: Confidence | None = Field(
        None,
        description="Shown to the reader; it never changes a computed result. "
        "`unsure`: the person who answered was not sure.",
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="The digest of the file: it tells whether that is still the same."
    )


class FactEvidence(Evidence):
    """Evidence for answers: `entity.id.fact`, `entity.fact`, or with a further part one option of `choices`."""

    for_: Annotated[tuple[Text, ...], Field(min_length=1, alias="for")] = Field(
        description="The answers that it supports, as `entity.id.fact` or `entity.fact`."
    )


class ControlRecord(Model):
    """What became of a control: without evidence, one that is said to be in place counts as agreed."""

    id: Id = Field(description="The name of a control of the set.")
    status: ControlStatus = Field(description="Only what is implemented or verified, with evidence, lowers a risk.")
    owner: Text | None = Field(None, description="Who sees to it.")
    due: Day | None = Field(None, description="The day by which it should be in place.")
    evidence: tuple[Evidence, ...] = Field((), description="What shows that it is in place.")


ON_FILE = "on_file"
"""The key under which an entry names what the office has on file about it; a case that is assessed says what it took.
"""
EVIDENCE_OF_FILE = "on file"
"""The kind of evidence of an answer that is on file without evidence of its own."""


class TakenFromFile(Model):
    """What was on file about an entry of the case, and what of it was used."""

    entry: Text = Field(description="The entry, as `entity.id`.")
    file: EntryId = Field(description="The file.")
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(description="What the file said.")
    answers: dict[str, Day] = Field(description="The answers that were used, each with the day it was recorded.")
    differs: dict[str, Any] = Field({}, description="What the file says where the case says something else.")
    stale_after_days: int = Field(description="After so many days an answer should be looked at again.")

    def stale(self, on: date) -> tuple[str, ...]:
        """Return the answers that are older than the limit on a day."""
        return tuple(sorted(fact for fact, day in self.answers.items() if (on - day).days > self.stale_after_days))


class Case(Model):
    """The core of every case; the model of a criteria set adds one field for each entity (`case_model`)."""

    criteria: Annotated[str, Field(pattern=r"^[^@\s]([^@\r\n]*[^@\s])?(@\d+\.\d+\.\d+)?$")] | None = Field(
        None, description="The criteria set to use, `SET` or `SET@VERSION`."
    )
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = Field(description="The office's own number.")
    title: Text = Field(description="What the case is called.")
    institution: Text | None = Field(None, description="The institution that decides.")
    assessor: Text | None = Field(None, description="Who fills this in.")
    assessment_date: Day | None = Field(None, description="The day for which rules and lists are read.")
    status: Literal["draft", "submitted", "decided", "closed"] | None = Field(
        None, description="How far the case has come."
    )
    retain_until: Day | None = Field(None, description="The last day on which the office must keep the record.")
    controls: tuple[ControlRecord, ...] = Field(
        (), description="What was agreed or done since, one entry for each control."
    )
    evidence: tuple[FactEvidence, ...] = Field((), description="What supports the answers.")
    on_file: tuple[TakenFromFile, ...] | None = Field(
        None, description="What was taken from the office's files; nobody writes it, `on_file` in an entry does."
    )
    set_aside: dict[str, Any] = Field(default={}, description="Answers to questions that are no longer asked.")
    notes: Text | None = Field(None, description="Anything else for the file.")


COMPARE_WITH = "compare_with"
"""The key under which a case file names further criteria sets whose facts it states; no case that one set reads has it.
"""
RESERVED = frozenset({*Case.model_fields, COMPARE_WITH, "finding", "dimension", "ladder"})
"""Names that no entity may have."""


def _answer(value: Any) -> Any:
    return None if value == UNKNOWN else value


class _OrUnknown:
    """Takes `unknown` for no answer, and says so in a JSON Schema.

    A `BeforeValidator` that says so needs a schema of its own for all else that may stand there: half of a case model.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(_answer, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        made = handler(schema)
        *stated, nothing = made["anyOf"]
        return {**made, "anyOf": [*stated, {"const": UNKNOWN, "type": "string"}, nothing]}


_OR_UNKNOWN = _OrUnknown()


def _distinct(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise PydanticCustomError("repeated", "an option is named twice")
    return value


def row_names(table: Table) -> dict[str, str]:
    """Return the row of every id and every alias of a table."""
    return {spelling: row_id for row_id, row in table.rows.items() for spelling in (row_id, *row.aliases)}


def _row_type(table: Table) -> Any:
    # An alias becomes its row here, once, so that nothing behind the case model ever meets a second spelling.
    named = row_names(table)

    def known(value: str) -> str:
        if value not in named:
            raise PydanticCustomError("row", "no such row", {"help": row_suggestion(table, value)})
        return named[value]

    return Annotated[str, AfterValidator(known), WithJsonSchema({"enum": list(named)})]


def row_suggestion(table: Table, value: str) -> str:
    """Return the row that a name, an alias or a misspelt id means."""
    spellings = {name: row_id for row_id, row in table.rows.items() for name in (row_id, row.name, *row.aliases)}
    exact = next((row_id for name, row_id in spellings.items() if name.casefold() == value.casefold()), None)
    found = exact or next((spellings[name] for name in difflib.get_close_matches(value, spellings, n=1)), None)
    if found is None:
        return _("a row of the table, for example `{row}`", row=next(iter(table.rows)))
    return _("did you mean `{row}` ({name})?", row=found, name=table.rows[found].name)


def _one_of(options: Mapping[str, str]) -> Any:
    return Literal[tuple(options)]


def _fact_type(fact: AnyFact, tables: Mapping[str, Table]) -> Any:
    match fact:
        case BooleanFact():
            return bool
        case ChoiceFact(options=options):
            return _one_of(options)
        case ChoicesFact(options=options):
            option: Any = _one_of(options)
            return Annotated[
                tuple[option, ...], AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True})
            ]
        case IntegerFact(range=(lowest, highest)):
            return Annotated[int, Field(ge=lowest, le=highest)]
        case DateFact():
            return Day
        case RowFact(of=table):
            return _row_type(tables[table])
        case TextFact():
            return str
        case _:
            assert_never(fact)


def _entry_model(name: str, entity: Entity, tables: Mapping[str, Table]) -> type[Model]:
    fields: dict[str, Any] = {}
    if entity.many is not None:
        fields["id"] = (EntryId, Field(description="A short name for this entry, unique in its list."))
    for fact_name, fact in entity.facts.items():
        stated: Any = _fact_type(fact, tables)
        fields[fact_name] = (Annotated[stated | None, _OR_UNKNOWN], Field(None, description=_described(fact)))
    return create_model(name, __base__=Model, **fields)


def _described(fact: AnyFact) -> str:
    parts = [fact.question or "", fact.help or ""]
    if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
        parts.append(f"Known from `{fact.from_}`; stated only where the case knows better.")
    if isinstance(fact, TextFact) and fact.belongs_to is not None:
        parts.append(f"The `id` of an entry of `{fact.belongs_to}`.")
    if isinstance(fact, ChoiceFact | ChoicesFact):
        parts += [f"`{name}`: {text}" for name, text in fact.options.items()]
    return "\n".join(part for part in parts if part)


@once
def case_model(criteria: Criteria) -> type[Case]:
    """Return the model of a case for these criteria: every fact typed, every answer optional."""
    fields: dict[str, Any] = {}
    for name, entity in criteria.entities.items():
        entry: Any = _entry_model(name, entity, criteria.tables)
        if entity.many is not None:
            entry = Annotated[tuple[entry, ...], Field(max_length=entity.many)]
        fields[name] = (Annotated[entry | None, _OR_UNKNOWN], Field(None, description=entity.help or entity.title))
    return cast("type[Case]", create_model("Case", __base__=Case, **fields))


def blank_id(entity: str) -> str:
    """Return the id of the empty block of a list in a new case, which is there to be filled in."""
    return f"{entity.replace('_', '-')}-1"


def entries(case: Case, entity: str) -> tuple[Model, ...] | None:
    """Return the entries that the case states for a list entity; None if the list is unanswered."""
    return cast("tuple[Model, ...] | None", getattr(case, entity))


def answer(entry: Model | None, fact: str) -> Answer | None:
    """Return what an entry states for a fact; None if it is unanswered."""
    return cast("Answer | None", getattr(entry, fact, None))


def stated(case: Case, place: tuple[str, str | None, str | None]) -> Answer | None:
    """Return what a case states for a question; None if it is unanswered, or there is no such entry."""
    entity, entry, fact = place
    holder = getattr(case, entity, None)
    if entry is not None:
        holder = next((one for one in holder or () if answer(one, "id") == entry), None)
    return answer(holder, fact or "")


NO_KIND = "of no kind"
"""What evidence is said to be that is of no kind which criteria declare: no name of one has a space."""


def shown_in_place(control: str, on: date, kinds: Iterable[str] | None = None) -> dict[str, Any]:
    """Return a control as a case states one that is in place: with evidence of the day, for without any none counts.

    It has evidence of each of these kinds; None where the criteria ask for none.
    """
    of_kinds = ("proof",) if kinds is None else tuple(kinds) or (NO_KIND,)
    evidence = tuple({"kind": one, "reference": "proof", "date": on} for one in of_kinds)
    return {"id": control, "status": "implemented", "evidence": evidence}
