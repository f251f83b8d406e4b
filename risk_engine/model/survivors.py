"""What mutants.yaml says: which changes of a set no case can tell apart, and why."""

from typing import Annotated

from pydantic import Field

from risk_engine.model.words import Model, Text


class Survivors(Model):
    """Mutants that no case can tell apart from the set itself, for one reason."""

    mutants: Annotated[tuple[Text, ...], Field(min_length=1, description="As `criteria mutate` prints them.")]
    because: Text = Field(description="Why no case can turn red.")


class MutantReasons(Model):
    """The file."""

    survivors: Annotated[tuple[Survivors, ...], Field(min_length=1)] = Field(
        description="Mutants that no case can tell from the rules, with the reason."
    )
