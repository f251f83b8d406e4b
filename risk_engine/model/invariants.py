"""What must never happen: the records of invariants.yaml, among the answers of one case and over all possible cases."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from risk_engine.model.conditions import Condition, ConditionOrAlways
from risk_engine.model.words import FactName, Id, Model, Translatable

_Facts = Annotated[tuple[FactName, ...], Field(min_length=1)]


class FactInvariant(Model):
    """Answers that go together: `whenever` one thing is stated, `then` another holds, else they contradict."""

    title: Translatable = Field(description="What it says of the answers.")
    whenever: ConditionOrAlways = Field("always", description="Where this is true …")
    then: Condition = Field(description="… this must be true too.")


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
