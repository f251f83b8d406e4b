"""What makes one version another: single changes, what they mean over all cases, how far the number is raised, when."""

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, field_serializer

from risk_engine.files.language import N_
from risk_engine.model.decision import Person
from risk_engine.model.ladders import Range
from risk_engine.model.proof import Example, Status
from risk_engine.model.tables import CellValue
from risk_engine.model.words import Digest, Model, Name, Shown, State, Text, Verbatim, WhereTrue

Bump: TypeAlias = Literal["patch", "minor", "major"]
"""Which part of a version's number a release raises."""
NOT_DECIDED = N_("no case was found that shows it and none is ruled out; for the step it counts as if there were one")
"""What it means that a question is not decided: on the page, in the reason of a step and in docs/changes.md."""

BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")
"""From the least to the most."""


class RequiredBump(Model):
    """How far the number must be raised at least, for what the version changes."""

    bump: Bump
    why: Text = Field(description="A sentence: what is milder, stricter, new or gone.")


PrefixedDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A digest with the name of its function, as `releases.lock` states it."""


class ReleaseSignature(Model):
    """A signature of a release: an office states who released or adopted what, and when, and signs that with its key.

    Or who withdrew it, so that nobody takes that back unseen.

    What is signed is `covers`, as 64 hexadecimal digits in ASCII; it binds all that stands above it here.
    """

    release: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9-]*@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", description="SET@VERSION.")
    ]
    digest: PrefixedDigest = Field(description="The digest of the rules, the same as in `releases.lock`.")
    withdrawn: WhereTrue = Field(default=False, description="Whether it states that the release was withdrawn.")
    by: Person
    on: date
    covers: PrefixedDigest = Field(description="SHA-256 over the canonical form of what was stated.")
    key: PrefixedDigest = Field(description="SHA-256 of the 32 bytes of the public key.")
    value: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$", description="The Ed25519 signature.")]


DatedStep: TypeAlias = Literal["begins", "changes", "ends"]
Dated: TypeAlias = Literal["indicator", "parameter", "cell", "awareness"]


class ValueShown(Model):
    """A value of a parameter or of a table, with what people read for it: one text, or one for each option."""

    value: CellValue
    shown: tuple[Shown, ...]


class DatedChange(Model):
    """A day on which something begins to apply, changes or ends, by the dates that stand in the rules."""

    on: date
    what: Dated
    step: DatedStep
    id: Verbatim = Field(description="Of an indicator, a parameter or an awareness rule; of a cell `table.column`.")
    title: Shown
    rows: tuple[Shown, ...] = Field((), description="Of a cell: the rows of the table that change alike.")
    before: ValueShown | None = None
    after: ValueShown | None = None
    in_force: bool = Field(
        description="Whether the day lies in the time in force; of a draft: in the one it would have."
    )


class VersionInTime(Model):
    """A version with its time in force, from its first day until the day on which a higher number takes over.

    Of a draft it is the time that it would have if it were released as it is; of one that was withdrawn there is none.
    """

    version: Verbatim
    state: State
    digest: Digest
    in_force_from: date
    in_force_until: date | None = Field(
        description="Null while no higher version has a day; its own first day where it was withdrawn."
    )
    changes: tuple[DatedChange, ...] = Field(description="In the order of their days.")

    def is_in_force(self, day: date) -> bool:
        """Return whether a day lies in the time in force; a draft only would be in force on it."""
        return self.in_force_from <= day and (self.in_force_until is None or day < self.in_force_until)

    @property
    def is_never_in_force(self) -> bool:
        """Return whether it was withdrawn, or a higher version is in force from the same day or earlier."""
        return self.in_force_until is not None and self.in_force_until <= self.in_force_from


class SetInTime(Model):
    """A criteria set with its versions, the oldest first."""

    id: Verbatim
    title: Shown
    versions: tuple[VersionInTime, ...]


class Timeline(Model):
    """Which version of which set is in force when, and what begins, changes or ends within each."""

    kind: Literal["timeline"] = "timeline"
    on: date | None = Field(description="The day that was asked for; null: none is marked.")
    sets: tuple[SetInTime, ...]


Direction: TypeAlias = Literal["milder", "looser", "stricter", "tighter", "skips", "opens"]
"""The strict end falls or rises, by any step; an open case of which only what is proposed meanwhile, or the mild end,
falls or rises; a level skipped; settled before and still open after, through new questions alone (decision 0111)."""
Of: TypeAlias = Literal["ladder", "inherent", "residual", "finding_severity", "finding_residual", "finding_knock_out"]
DIRECTIONS: tuple[Direction, ...] = ("milder", "looser", "stricter", "tighter", "skips", "opens")
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
    only_open: bool = Field(
        default=False,
        description="Of a case that is open: none that is settled shows it, of as many entries as were looked at.",
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


Layer: TypeAlias = Literal["release", "words", "structure"]
"""What a change is about: number and time of the version, what people read, or what rules and questions are."""

Step: TypeAlias = str | int
"""A key; an index is that of the earlier list, `+3` is the entry that the later list alone has there."""


class Edit(Model):
    """The smallest change that means something by itself.

    `record` and `place` name it for people; `loc` leads to it in a `Criteria`, by keys as in the files.
    """

    kind: Literal["added", "removed", "changed", "reordered"]
    layer: Layer
    record: str = Field(description="What is changed, such as `ladder measure`.")
    place: str = Field(description="Where in the record; empty where it is the record itself.")
    loc: tuple[Step, ...]
    before: Any = Field(description="As in the files; null where it was not there. Of a new order: what stood where.")
    after: Any
    looks_renamed: str | None = Field(
        None,
        description="The name that is gone, or is new, while all else is equal; whether it is a rename, people say.",
    )
    read_by: tuple[str, ...] = Field(default=(), description="The records whose rules read what is changed.")
    follows: tuple[Step, ...] = Field(
        default=(), exclude=True, description="What stands before a new entry in the later version, the nearest first."
    )

    @property
    def name(self) -> str:
        """What identifies the edit among those between two versions."""
        return " ".join(part for part in (self.record, self.place, self.kind) if part)

    @field_serializer("before", "after")
    def _as_written(self, value: Any) -> Any:
        return plain(value)


RenameKind: TypeAlias = Literal["entity", "fact", "option", "control", "indicator"]
"""What has another name."""
CITED: frozenset[RenameKind] = frozenset(("control", "indicator"))
"""What decisions and letters name by its id."""


class Rename(Model):
    """Something that the later version says it called otherwise before; what follows of it is compared as one thing."""

    kind: RenameKind
    before: str = Field(description="Its name in the earlier version; of an option `entity.fact.option`.")
    after: str
    until: date | None = Field(None, description="The first day from which on a case cannot use the old name any more.")


class VersionShown(Model):
    """One of the two versions that are compared."""

    id: str
    version: str
    title: str
    in_force_from: date
    digest: str
    state: State | None = Field(None, description="Null where it is not known.")

    @property
    def name(self) -> str:
        """Id and number, as reports name a version."""
        return f"{self.id} {self.version}"


class Changes(Model):
    """All that makes the later version another one than the earlier; in words and structure it is complete."""

    before: VersionShown
    after: VersionShown
    renamed: tuple[Rename, ...] = Field(
        (), description="What the later version says it called otherwise before; edits and cases have the later names."
    )
    edits: tuple[Edit, ...]
    meaning: Meaning | None = Field(
        None, description="What can come out stricter or milder, over all cases; null: that was not asked."
    )

    def of(self, *layers: Layer) -> tuple[Edit, ...]:
        """Return the edits of these layers, in order."""
        return tuple(one for one in self.edits if one.layer in layers)


def plain(value: Any) -> Any:
    """Return a part of a criteria set as its author would write it, in what JSON can hold."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        case dict():
            return {key: plain(one) for key, one in value.items()}
        case tuple():
            return [plain(one) for one in value]
        case date():
            return value.isoformat()
        case _:
            return value
