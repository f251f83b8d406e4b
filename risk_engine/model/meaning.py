"""What a change of criteria means: whether any case at all comes out milder or stricter, and the smallest that does."""

from datetime import date
from typing import Literal, TypeAlias

from pydantic import Field

from risk_engine.model.ladders import Range
from risk_engine.model.proof import Example, Status
from risk_engine.model.releases import RequiredBump
from risk_engine.model.words import Model, Name

Direction: TypeAlias = Literal["milder", "looser", "stricter", "skips", "opens"]
"""Milder or stricter by any step; an open case with a milder proposal or end though its strict end stays; a level
skipped; settled before and still open after, through new questions alone."""
Of: TypeAlias = Literal["ladder", "inherent", "residual", "finding_severity", "finding_residual", "finding_knock_out"]
DIRECTIONS: tuple[Direction, ...] = ("milder", "looser", "stricter", "skips", "opens")
Answer: TypeAlias = Literal["equal", "nowhere milder", "milder", "undecided"]
"""What a board asks first of new criteria."""


class Came(Range):
    """What a ladder or a dimension came to: the level (of a dimension none), and from which to which it may be."""

    level: str | None = None


class Moved(Model):
    """What a ladder came to in a case under both versions, and what that is called: of this case, not of all."""

    ladder: Name
    before: Came
    after: Came
    directions: tuple[Direction, ...]


class Shift(Model):
    """One question about a change, over all cases: proved is that it never happens, refuted that this case shows it."""

    of: Of = Field(description="A ladder, a dimension before or after controls, or of a finding one of three things.")
    name: str
    direction: Direction
    status: Status
    on: date | None = Field(default=None, description="The day of the case; of a proof every day that was looked at.")
    before: Came | None = None
    after: Came | None = None
    example: Example | None = Field(default=None, description="Told from the base case of the earlier version.")
    ladders: tuple[Moved, ...] = Field(
        default=(), description="Every ladder that comes out otherwise in this case, whatever it was looked for."
    )
    answers_new: bool = Field(
        default=False,
        description="The case states what only one version knows; else it runs under both.",
    )
    because: tuple[str, ...] = Field(
        default=(),
        description="The changes that make the difference alone; without any only several together do.",
    )


class Meaning(Model):
    """All questions about a change, on every day from the first of the later version on which rules differ."""

    days: tuple[date, ...]
    is_one_day: bool = Field(default=False, description="One day was asked for; else every one on which rules differ.")
    counted: tuple[Name, ...] = Field(
        default=(), description="The ladders by which a version is called milder: whether it may start, and the result."
    )
    bounds: dict[Name, int] = Field(
        description="The most entries of each list with which cases were looked for; a proof holds for any number."
    )
    new_facts: tuple[str, ...] = Field(description="What only the later version asks.")
    gone_facts: tuple[str, ...] = Field(description="What only the earlier version asks.")
    not_compared: tuple[str, ...] = Field(description="Ladders and dimensions that are not the same in both, and why.")
    shifts: tuple[Shift, ...]
    required: RequiredBump
    turns_away: bool = Field(
        default=False,
        description="Where no result gets milder: why a major step is needed is that some old case cannot be read.",
    )

    def ladders(self) -> tuple[Shift, ...]:
        """Return the questions about decisions."""
        return tuple(one for one in self.shifts if one.of == "ladder")

    def findings(self) -> tuple[Shift, ...]:
        """Return what can come out otherwise of single findings; only those are listed of which it is not disproved."""
        return tuple(one for one in self.shifts if one.of.startswith("finding"))

    @property
    def is_equal(self) -> bool:
        """Whether it is proved that no case is decided otherwise."""
        return not self.not_compared and all(one.status == "proved" for one in self.ladders())

    @property
    def answer(self) -> Answer:
        """The answer in short; what cannot be compared is never taken for harmless."""
        if self.is_equal:
            return "equal"
        found = {one.name: one.status for one in self.ladders() if one.direction == "milder"}
        counted = {found.get(name, "undecided") for name in self.counted}
        if "refuted" in counted:
            return "milder"
        return "nowhere milder" if counted == {"proved"} else "undecided"

    @property
    def but(self) -> str:
        """What must be said beside an answer that sounds harmless: why the step is larger than any result shows."""
        bump = self.required.bump
        is_needed = bump != "patch" if self.is_equal else self.answer == "nowhere milder" and bump == "major"
        return self.required.why if is_needed else ""

    def cases(self) -> tuple[tuple[Shift, ...], ...]:
        """Return the cases that show something, each with all that it shows; a report counts them in this order."""
        found: dict[str, list[Shift]] = {}
        for one in self.shifts:
            if one.example is not None:
                key = one.example.model_dump_json(include={"given", "in_place", "on"})
                found.setdefault(key, []).append(one)
        return tuple(map(tuple, found.values()))
