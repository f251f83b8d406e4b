"""Cases that a solver found for goals that the cases of a set do not meet, and the goals that no case can meet."""

from pydantic import Field

from risk_engine.model.cases import CaseTest
from risk_engine.model.coverage import Goal
from risk_engine.model.words import Id, Model


class GeneratedCase(Model):
    """A case as cases.yaml states it; what it expects is what the set says today, until a person confirms it."""

    test: CaseTest
    shows: tuple[Goal, ...] = Field(description="The missing goals that it meets; it was sought for the first one.")


class Unwritten(Model):
    """A goal that only cases meet which break a promise of the set: such a case fails, so none is written."""

    goal: Goal
    breaks: tuple[Id, ...]


class Generated(Model):
    """What came of the goals that the cases of one version do not meet."""

    criteria: str
    version: str
    digest: str
    missing: int = Field(description="How many goals the cases do not meet.")
    cases: tuple[GeneratedCase, ...]
    impossible: tuple[Goal, ...] = Field(description="Proved: no case meets them.")
    undecided: tuple[Goal, ...] = Field(description="The solver gave up.")
    unwritten: tuple[Unwritten, ...]

    @property
    def met(self) -> int:
        """How many goals the cases meet that were generated."""
        return sum(len(one.shows) for one in self.cases)
