"""What set.yaml and ladders.yaml say: the roles that words of the set play, and the rules that make a proposal."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from risk_engine.model.conditions import Condition, ParameterRef
from risk_engine.model.words import FactName, Id, Model, Name, Severity, Translatable

Role: TypeAlias = Literal["gate", "headline", "escalation"]
"""The part that a ladder plays in reports, in the order in which they tell of it."""


class InForce(Model):
    """When a version of a set may be used: from this day until a later version is."""

    from_: date = Field(alias="from", description="The first day.")


class Titled(Model):
    """A word that the set declares, with the text that people read."""

    title: Translatable = Field(description="What readers call it.")
    explain: Translatable | None = Field(None, description="What it means, in a sentence.")


class Dimension(Titled):
    """What findings are rated under; one that sums others has no findings of its own."""

    sums: tuple[Name, ...] = Field((), description="Dimensions whose findings it adds up, for a total.")


class SeverityPoints(Model):
    """How severities add up in a dimension (design, section 8): points, the cap of what is not critical, bands."""

    points: dict[Literal["low", "moderate", "high", "critical"], Annotated[int, Field(ge=1)]] = Field(
        description="The points of a finding by its severity."
    )
    cap: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The most that findings below critical sum to in one dimension; without it there is no limit."
    )
    bands: dict[Name, Annotated[int, Field(ge=0)]] = Field(description="Band: from so many points on; rising.")
    titles: dict[Name, Translatable] = Field(
        default={}, description="Band: what readers call it; without a title, by its name."
    )

    @model_validator(mode="before")
    @classmethod
    def _called_by_their_names(cls, data: Any) -> Any:
        # So that another language can have a word for a band that the set calls by its name alone.
        if isinstance(data, dict) and isinstance(bands := data.get("bands"), dict):
            titles = data.get("titles", {})
            return {**data, "titles": {**{one: one for one in bands}, **titles} if isinstance(titles, dict) else titles}
        return data

    def called(self, points: int) -> str:
        """Return what readers call the band that a sum of points falls in."""
        name = self.band(points)
        return self.titles.get(name, name)

    def of(self, severity: Severity, own: Mapping[Any, int] | None = None) -> int:
        """Return the points of one severity, an indicator's own before the set's; `none` has none."""
        if severity == "none":
            return 0
        return own[severity] if own and severity in own else self.points[severity]

    def capped(self, points: int) -> int:
        """Return what points below critical count together."""
        return points if self.cap is None else min(self.cap, points)

    def band(self, points: int) -> str:
        """Return the band that a sum of points falls in."""
        return [name for name, first in self.bands.items() if first <= points][-1]


class Range(Model):
    """From which to which level, or band, or severity something may be: the same twice where nothing is open."""

    lowest: Name
    highest: Name


class Ranged(Protocol):
    """What a ladder comes to, as the engine has it."""

    @property
    def ladder(self) -> str: ...  # noqa: D102
    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def lowest(self) -> str: ...  # noqa: D102
    @property
    def highest(self) -> str: ...  # noqa: D102


class Reached(Range):
    """What a ladder came to in an example: the level that it proposes, and where answers are missing its range."""

    ladder: Name
    level: Name

    @classmethod
    def of(cls, proposed: Ranged) -> Self:
        """Return what a ladder came to as a record."""
        return cls(ladder=proposed.ladder, level=proposed.level, lowest=proposed.lowest, highest=proposed.highest)


class LevelRef(Model):
    """A level of one of the set's ladders."""

    ladder: Name = Field(description="The name of a ladder.")
    level: Name = Field(description="The name of one of its levels.")


class Roles(Model):
    """Which ladders and facts play a part that reports, screening and portfolio need to know."""

    headline: Name = Field(description="The ladder whose level is the result.")
    gate: Name | None = Field(None, description="The ladder that says whether it may start.")
    escalation: Name | None = Field(None, description="The ladder that says who else must look at it.")
    label: dict[Name, FactName] = Field(default={}, description="Entity: the fact that names an entry.")
    country: dict[Name, FactName] = Field(default={}, description="Entity: the fact that is an entry's country.")
    group_by: tuple[FactName, ...] = Field(default=(), description="Facts by which a portfolio is grouped.")
    benefit: tuple[FactName, ...] = Field(default=(), description="Facts about benefit; they lift no knock-out.")
    necessity: tuple[FactName, ...] = Field(default=(), description="Facts about necessity; they lift no knock-out.")

    @property
    def by_role(self) -> dict[Role, str]:
        """The ladders that play a part, by the part: whether it may start comes before how, and that before who."""
        roles: tuple[tuple[Role, str | None], ...] = (
            ("gate", self.gate),
            ("headline", self.headline),
            ("escalation", self.escalation),
        )
        return {role: ladder for role, ladder in roles if ladder is not None}

    @property
    def deciding(self) -> tuple[str, ...]:
        """The ladders that make the result, each once: the gate, where the set has one, and the headline."""
        return tuple(dict.fromkeys(ladder for role, ladder in self.by_role.items() if role != "escalation"))


MOST_FIRST = 8
"""More first questions than this are no handful any more."""


class FirstQuestion(Model):
    """One of the questions that are asked first: a `no` closes what their `ask_when` says (decision 0079)."""

    fact: FactName = Field(description="A `boolean` fact of an entity without `many`; its `true` opens questions.")
    implied: Condition = Field(
        description="Over all other answers: where this is true, the answer to the fact can only be `true`."
    )
    title: Translatable = Field(
        description="The contradiction, where the fact is answered `false` and `implied` is true."
    )


class SetHead(Model):
    """The head of a version: what it is, when it is in force, its dimensions, grounds, points and roles."""

    schema_: Literal[1] = Field(
        alias="schema", description="The number of the language that these files are written in: 1."
    )
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")] = Field(
        description="The name of the set, as `--criteria` takes it."
    )
    version: Annotated[str, Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")] = Field(
        description="Three numbers, like 1.0.0."
    )
    title: Translatable = Field(description="What the set is about, in a few words.")
    about: Translatable = Field(description="What the set is for and what it rests on.")
    notice: Annotated[tuple[Translatable, ...], Field(min_length=1)] = Field(description="What every report must say.")
    challenge: Translatable = Field(description="How a result can be challenged.")
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = Field(description="The language of its texts, like `en`.")
    in_force: InForce = Field(description="From which day its rules count.")
    dimensions: dict[Name, Dimension] = Field(min_length=1, description="What findings are rated under, by name.")
    grounds: dict[Name, Titled] = Field(min_length=1, description="Why something may be regulated, by name.")
    severity: SeverityPoints = Field(description="How severities add up in a dimension.")
    asked_of: dict[Name, Translatable] = Field(min_length=1, description="Who answers questions and sees to controls.")
    evidence_kinds: dict[Name, Translatable] = Field(
        {}, description="Kinds of evidence that control options may need, by name: what readers call each."
    )
    roles: Roles = Field(description="What reports need to know of ladders and facts.")
    triage: Annotated[tuple[FirstQuestion, ...], Field(max_length=MOST_FIRST)] = Field(
        (), description="What is asked first, in this order: answers that close the rest or open it."
    )
    families: dict[Name, Annotated[tuple[Id, ...], Field(min_length=2)]] = Field(
        {}, description="Indicators that belong together, by the name of the family."
    )
    four_eyes: tuple[LevelRef, ...] = Field((), description="Levels at which a second person must confirm a decision.")

    def rated_under(self, dimension: str) -> tuple[str, ...]:
        """Return the dimensions whose findings count in one: itself, or those that it sums."""
        return self.dimensions[dimension].sums or (dimension,)


MOST_MONTHS = 120
"""The longest time, in months, after which a result must be looked at again."""


def _months_tag(value: object) -> str:
    return "?parameter" if isinstance(value, dict | ParameterRef) else "?value"


Months = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[int, Field(ge=1, le=MOST_MONTHS), Tag("?value")],
    Discriminator(_months_tag),
]


class Level(Model):
    """One level of a ladder, with the sentence that a report prints for it."""

    title: Translatable = Field(description="What readers call it.")
    answer: Translatable = Field(description="The sentence that answers the reader's question.")
    explain: Translatable = Field(description="What it means, in a sentence.")
    review_months: Months = Field(description="Look at it again after so many months; a number or a parameter.")
    equals: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]* of [a-z0-9][a-z0-9-]*$")] | None = Field(
        None, description="`LEVEL of SET`: the level of another set that means the same."
    )


class Rule(Model):
    """A condition over findings and dimensions that proposes a level. Provisional ones count unanswered facts."""

    level: Name = Field(description="The name of a level.")
    provisional: bool = Field(default=False, description="It may read what is open, and is left out of the range.")
    when: Condition = Field(description="The condition, over findings and dimensions.")
    sentence: Translatable = Field(description="What a report says then.")


class Otherwise(Model):
    """What a ladder proposes if none of its rules holds."""

    level: Name = Field(description="The name of a level.")
    sentence: Translatable = Field(description="What a report says then.")


class Ladder(Model):
    """Levels, mildest first, and the rules that choose one, strictest first; the first that holds decides."""

    title: Translatable = Field(description="What readers call it.")
    question: Translatable = Field(description="What it answers.")
    levels: dict[Name, Level] = Field(min_length=2, description="Its levels, the mildest first.")
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] = Field(
        description="What leads to which level, the strictest first; the first that is true decides."
    )
    otherwise: Otherwise = Field(description="The level where no rule is true.")
