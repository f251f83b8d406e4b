"""What files beside the rules say: cases.yaml, mutants.yaml, translations, screening.yaml, exchange.yaml, map.yaml."""

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag

from risk_engine.model.explanation import LevelShown, Proposal, Recorded
from risk_engine.model.words import FactName, Id, KnockOut, Model, Name, Severity, Text, Translatable, Verbatim


class ExpectedLevel(Model):
    """The level that a ladder proposes, and where the case leaves it open, its range from mildest to strictest."""

    level: Name = Field(description="The name of the level.")
    provisional: bool = Field(default=False, description="Whether it rests on what is still open.")
    range: tuple[Name, Name] | None = Field(None, description="The mildest and the strictest level that are possible.")


class Expected(Model):
    """What must come out. Findings and undetermined ones are the whole list; the rest is compared where given."""

    partial: bool = Field(
        default=False, description="Whether only the findings that are named are compared; others may be there as well."
    )
    findings: dict[Id, Severity] = Field(default={}, description="Every present finding with its inherent severity.")
    undetermined: dict[Id, Severity] = Field(
        default={}, description="Every undetermined one with its possible severity."
    )
    residual: dict[Id, Severity | tuple[Severity, Severity]] = Field(
        {}, description="Findings by what is left of them: a severity, or the lowest and the highest."
    )
    knock_out: dict[Id, KnockOut] = Field(
        {}, description="Findings by the knock-out that is not cured; `none` for none."
    )
    ladders: dict[Name, Name | ExpectedLevel] = Field({}, description="The level that each ladder proposes.")
    awareness: tuple[Id, ...] | None = Field(None, description="Every awareness rule that applies.")
    contradictions: tuple[Id, ...] = Field(
        (), description="Every contradiction among the answers, by the name of its invariant."
    )
    gaps: tuple[Text, ...] | None = Field(None, description="Every answer that is missing, as `entity.id.fact`.")


class CaseTest(Model):
    """One test of the rules: `given` changes the case that it is `like`, path by path."""

    name: Text = Field(description="What it shows, as a sentence.")
    like: Text = Field("base", description="`base`, or the name of an earlier test whose changes are kept.")
    on: date | None = Field(None, description="The day; without it the base case's assessment date.")
    given: dict[Text, Any] = Field(
        default={},
        description="`entity.id.fact`, `entity.fact`, `entity.id` (a whole entry), `entity` (a list) or a core key.",
    )
    each: dict[Text, dict[Text, Any]] = Field(
        default={},
        description="Rows: one case for each, called `NAME: ROW`, with what the row gives beside `given`.",
    )
    in_place: tuple[Id, ...] = Field(default=(), description="Controls that are implemented, with evidence on record.")
    expect: Expected = Field(description="What must come out.")


class CaseTests(Model):
    """The file: the base case, written like a case file, and the tests."""

    base: dict[str, Any] = Field(description="A complete harmless case, with one entry in each list.")
    cases: Annotated[tuple[CaseTest, ...], Field(min_length=1)] = Field(description="The tests.")


class Survivors(Model):
    """Mutants that no case can tell apart from the set itself, for one reason."""

    mutants: Annotated[tuple[Text, ...], Field(min_length=1, description="As `criteria mutate` prints them.")]
    because: Text = Field(description="Why no case can turn red.")


class MutantReasons(Model):
    """The file."""

    survivors: Annotated[tuple[Survivors, ...], Field(min_length=1)] = Field(
        description="Mutants that no case can tell from the rules, with the reason."
    )


class TranslatedText(Model):
    """A text of the set under the tag of the set's language, and under the tag of the other one what it is there."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[str, Field(min_length=1)] | None]

    at: Verbatim | None = Field(
        None, description="Only at this place of the set or below it, like `facts.partner.role`; else everywhere."
    )


class TranslationFile(Model):
    """A set in another language; a text that is not in it, or has no translation, stays as the set says it."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = Field(
        description="The tag of the language (BCP 47), which is also the name of the file."
    )
    of: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")] = Field(
        description="The version of the set, `SET@1.0.0`."
    )
    texts: tuple[TranslatedText, ...] = Field(description="Each text of the set with its translation.")


_Lists = Annotated[
    tuple[Text, ...],
    Field(
        min_length=1,
        description="Lists, as any of these is written: the id, the title or the jurisdiction of the list, the "
        "category of an entry, a programme under which it is listed or, of a collection, a list on which it stands; "
        "`*` stands for any letters.",
    ),
]


class ListedFact(Model):
    """A fact that confirmed hits on lists of one standing answer; without `answer` and `options` they are evidence."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["answer", "options"]}})

    on: Literal["law", "evidence", "tracker"] = Field(
        description="Which lists: those that are law here, those of other states, or what somebody keeps track of."
    )
    fact: FactName = Field(description="The fact.")
    answer: bool | Name | None = Field(None, description="What a confirmed hit answers.")
    lists: _Lists | None = Field(None, description="Only hits on these lists; not beside `options`.")
    options: dict[Name, _Lists] | None = Field(
        None, description="Option: the lists that it stands for; of a `choice` the first that fits."
    )
    otherwise: Name | None = Field(None, description="Beside `options`: the option for every other list.")


class KindFact(Model):
    """The fact that says what kind of organisation it is."""

    fact: FactName = Field(description="A `choice` fact.")
    types: dict[Name, Name] = Field(min_length=1, description="Type of organisation in the registry: the option.")


class ScreenedFacts(Model):
    """Which facts of an entity screening may propose answers to, beside its name and its country (`roles`)."""

    listed: tuple[ListedFact, ...] = Field((), description="Facts that hits on lists answer.")
    identity: FactName | None = Field(None, description="The fact that says it is certain who it is: evidence only.")
    other_names: FactName | None = Field(None, description="A `text` fact for its names in other languages.")
    identifiers: dict[Name, FactName] = Field(
        {}, description="Kind of number, such as `ror`, `lei` or `registration`: the `text` fact that holds it."
    )
    kind: KindFact | None = Field(None, description="The fact that says what kind of organisation it is.")
    parents: FactName | None = Field(
        None, description="The fact about whom it belongs to; one that is no `text` gets evidence only."
    )
    joint_works: FactName | None = Field(
        None, description="An `integer` fact that asks how many works were published together in five years."
    )


OTHERS = "*"
"""What stands in a group for all answers that are in no other one."""
_Members = Annotated[
    tuple[Verbatim, ...],
    Field(min_length=1),
    BeforeValidator(
        lambda said: (said,) if said == OTHERS else said, json_schema_input_type=tuple[str, ...] | Literal["*"]
    ),
]


class Groups(Model):
    """Answers of one group are told by the group."""

    groups: dict[Name, _Members] = Field(
        min_length=1,
        description="Group: the options of a `choice` or `choices` fact, or the rows of a table, that are in it; `*` "
        "for all that are in no other one.",
    )


class Bands(Model):
    """Numbers are told by the band that they lie in."""

    bands: Annotated[tuple[int, ...], Field(min_length=1)] = Field(
        description="The last number of each band but the highest, rising: `[3, 6]` of 1 to 9 is 1-3, 4-6, 7-9."
    )


class Years(Model):
    """Days are told by their year, or by several years together."""

    years: Annotated[int, Field(ge=1, le=50)] = Field(description="So many years together; 1 is the year alone.")


class PublicList(Model):
    """Names are told only where they stand on a public list, as they stand there, with the list."""

    public_list: Text = Field(description="What the list is called, and where it is published.")
    as_of: date = Field(description="The day of the list.")
    names: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(description="The names, as the list has them.")


Coarsening: TypeAlias = Literal["keep", "drop"] | Groups | Bands | Years | PublicList
"""One way to tell an answer to another office."""
_KEYS = ("groups", "bands", "years", "public_list")


def _told_by(said: object) -> str:
    """Return by what an answer is told: by the word that stands there, or by the first key that says it."""
    if isinstance(said, dict):
        return next((one for one in _KEYS if one in said), _KEYS[0])
    return _KEYS[[Groups, Bands, Years, PublicList].index(type(said))] if isinstance(said, Model) else "keep"


_Coarsening = Annotated[
    Annotated[Literal["keep", "drop"], Tag("keep")]
    | Annotated[Groups, Tag("groups")]
    | Annotated[Bands, Tag("bands")]
    | Annotated[Years, Tag("years")]
    | Annotated[PublicList, Tag("public_list")],
    Discriminator(_told_by),
]
_Coarsenings = Annotated[
    tuple[_Coarsening, ...],
    Field(min_length=1),
    BeforeValidator(
        lambda said: said if isinstance(said, tuple) else (said,),
        json_schema_input_type=_Coarsening | tuple[_Coarsening, ...],
    ),
]
LEAST_K = 2
USUAL_K = 5
OUTCOMES_SHARED = ("findings", "reasons", "ladders")
"""What of the outcome a package may have beside the levels of gate and headline: findings, rules, further ladders."""


class ExchangeRules(Model):
    """What of a decided case may go to another office, and how exactly; what is not named stays in the office."""

    k: Annotated[int, Field(ge=LEAST_K, le=1000)] = Field(
        USUAL_K, description="So many decided cases at least must be alike in all that leaves."
    )
    share: Annotated[dict[Verbatim, _Coarsenings], Field(min_length=1)] = Field(
        description="`entity.fact`, or `findings`, `reasons`, `ladders`: how it is told, the most exact way first; "
        "behind the last one it is left out. What stands last in the file is told less exactly first."
    )


BASE = "base"
"""The key of cases.yaml under which the case stands that a map starts from."""

_Given = Annotated[
    dict[Verbatim, Any],
    Field(
        default={},
        description="What is set on the base case, as in cases.yaml: `entity.id.fact`, `entity.fact`, "
        "`entity.id` (a whole entry), `entity` (a list).",
    ),
]


class Band(Model):
    """One place on an axis: what it is called and what it sets."""

    title: Translatable = Field(description="What readers call it.")
    help: Translatable | None = Field(None, description="What the band stands for, and for which case it is computed.")
    given: _Given


class Axis(Model):
    """One axis: bands that are listed, or a choice fact of which every option is a band."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["each"]}, {"required": ["bands"]}]})

    title: Translatable = Field(description="What readers call it.")
    help: Translatable | None = Field(None, description="What it shows.")
    each: Verbatim | None = Field(
        None, description="A choice fact, `entity.id.fact` or `entity.fact`: each of its options is a band."
    )
    bands: Annotated[tuple[Band, ...], Field(min_length=1)] | None = Field(
        None, description="What is set in the base case, row by row or column by column."
    )


class MapFile(Model):
    """The file: what the map takes for granted, and its axes."""

    title: Translatable = Field(description="What readers call it.")
    about: Translatable = Field(description="What the map shows and how to read it.")
    assumes: Annotated[tuple[Translatable, ...], Field(min_length=1)] = Field(
        description="What the map takes for granted; printed above it."
    )
    given: _Given
    tables: Axis | None = Field(None, description="One table for each band; without it there is one table.")
    rows: Axis = Field(description="What changes from row to row.")
    columns: Axis = Field(description="What changes from column to column.")


AXES = ("tables", "rows", "columns")
"""The axes of a map by their keys, in the order in which their bands are set on the base case."""


class MapCell(Model):
    """What comes out in one place of the map."""

    proposals: tuple[Proposal, ...] = Field(description="Of the gate, if the set has one, and of the headline ladder.")
    deciding: tuple[str, ...] = Field(description="The findings that the deciding rules rest on.")
    other: tuple[str, ...] = Field(description="Findings that are there besides.")


class BandShown(Model):
    """A band with the facts that it set, in words."""

    title: str
    help: str | None
    given: tuple[Recorded, ...]


class AxisShown(Model):
    """An axis with its bands in order."""

    title: str
    help: str | None
    bands: tuple[BandShown, ...]


class LadderShown(Model):
    """A ladder of the map with all its levels, mildest first."""

    name: str
    title: str
    question: str
    levels: tuple[LevelShown, ...]


class IndicatorShown(Model):
    """An indicator that was found in some cell."""

    id: str
    title: str
    question: str


class CriteriaMap(Model):
    """A computed map, complete: a page needs nothing else."""

    criteria: str = Field(description="Id and version of the set.")
    set_title: str
    digest: str
    in_force: bool
    on: date
    notice: tuple[str, ...]
    title: str
    about: str
    assumes: tuple[str, ...]
    base_title: str
    given: tuple[Recorded, ...] = Field(description="What was set on the base case for every cell.")
    tables: AxisShown | None
    rows: AxisShown
    columns: AxisShown
    cells: tuple[tuple[tuple[MapCell, ...], ...], ...] = Field(description="By table, row and column.")
    ladders: tuple[LadderShown, ...]
    indicators: tuple[IndicatorShown, ...] = Field(description="Those that any cell names, in the order of the set.")
