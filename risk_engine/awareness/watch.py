"""What is new, growing or gone between two exports, by pair, institution and topic; growth is later minus earlier.

Two exports are compared as they are: where either is a sample that was selected otherwise than the other one, nothing
is claimed, for then what is new may only have been left out before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from risk_engine.awareness.works import Source

FEWEST: Final = 10
"""Below so many no percentage is told: one work more would be a tenth."""
Kind: TypeAlias = Literal["pairs", "institutions", "topics"]
KINDS: Final[tuple[Kind, ...]] = ("pairs", "institutions", "topics")
Why: TypeAlias = Literal["selection", "unknown", "part", "settings"]
"""Why nothing is claimed: samples of differing selection, or of one that is not known; a sample against a whole; tables
that were asked for differently."""


@dataclass(frozen=True)
class Counted:
    """What one side has: by kind how many works each has that is named, and where it is from.

    Pairs that are `suspect` are among the counts, and left out when two are compared; None where nobody judged them.
    """

    name: str
    sources: tuple[Source, ...]
    counts: Mapping[Kind, Mapping[str, int]]
    suspect: frozenset[str] | None
    tells_selection: bool = True
    """Whether it says how its sources were selected; tables do not."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the tables of a folder were asked for with."""


@dataclass(frozen=True)
class Moved:
    """Something whose count is another one now."""

    name: str
    earlier: int
    later: int

    @property
    def growth(self) -> int:
        """Return how many more there are."""
        return self.later - self.earlier

    @property
    def percent(self) -> int | None:
        """Return how many per cent that is; None where there were too few for one."""
        return None if self.earlier < FEWEST else round(self.growth * 100 / self.earlier)


@dataclass(frozen=True)
class Changes:
    """What moved of one kind, the most first."""

    new: tuple[Moved, ...]
    growing: tuple[Moved, ...]
    smaller: tuple[Moved, ...]
    gone: tuple[Moved, ...]


@dataclass(frozen=True)
class Watched:
    """What two exports differ in; nothing of it is claimed where `why` says that they cannot be compared."""

    old: Counted
    new: Counted
    why: Why | None
    sample: bool
    """Whether both are samples of the same selection: then all of it is true of the samples alone, and is no trend."""
    changes: Mapping[Kind, Changes]

    @property
    def is_news(self) -> bool:
        """Return whether anything is new or growing, or gone."""
        return any(one.new or one.growing or one.gone for one in self.changes.values())


def watch(old: Counted, new: Counted) -> Watched:
    """Return what is new, growing, smaller or gone; nothing where the two cannot be compared."""
    why = _incomparable(old, new)
    # A pair that is doubted on either side is no news on the other.
    doubted = (old.suspect or frozenset()) | (new.suspect or frozenset())
    changes = {} if why else {kind: _changes(old.counts[kind], new.counts[kind], doubted) for kind in KINDS}
    sample = not all(one.whole for one in (*old.sources, *new.sources))
    return Watched(old, new, why, sample, changes)


def _incomparable(old: Counted, new: Counted) -> Why | None:
    if old.settings and new.settings and old.settings != new.settings:
        return "settings"
    wholes = {all(one.whole for one in side.sources) for side in (old, new)}
    if wholes == {True}:
        return None
    if len(wholes) > 1:
        return "part"
    if not (old.tells_selection and new.tells_selection):
        return "unknown"
    selected = [{frozenset(one.selection) for one in side.sources} for side in (old, new)]
    return None if selected[0] == selected[1] else "selection"


def _changes(old: Mapping[str, int], new: Mapping[str, int], left_out: frozenset[str]) -> Changes:
    every = [Moved(name, old.get(name, 0), new.get(name, 0)) for name in {**old, **new} if name not in left_out]
    every.sort(key=lambda one: (-abs(one.growth), one.name.encode()))
    return Changes(
        tuple(one for one in every if not one.earlier and one.later),
        tuple(one for one in every if 0 < one.earlier < one.later),
        tuple(one for one in every if 0 < one.later < one.earlier),
        tuple(one for one in every if one.earlier and not one.later),
    )


def watched_json(watched: Watched) -> dict[str, Any]:
    """Return it as plain data: facts and numbers, no words."""

    def side(one: Counted) -> dict[str, Any]:
        sources = [{"file": it.name, "sha256": it.digest, "works": it.works, "whole": it.whole} for it in one.sources]
        return {
            "name": one.name,
            "sources": sources,
            "suspect_pairs": None if one.suspect is None else sorted(one.suspect),
        }

    def moved(several: Sequence[Moved]) -> list[dict[str, Any]]:
        return [
            {
                "name": it.name,
                "earlier": it.earlier,
                "later": it.later,
                "growth": it.growth,
                "percent": None if watched.sample else it.percent,
            }
            for it in several
        ]

    return {
        "schema": 1,
        "old": side(watched.old),
        "new": side(watched.new),
        "not_compared": watched.why,
        "sample": watched.sample,
        "changes": {
            kind: {
                "new": moved(one.new),
                "growing": moved(one.growing),
                "smaller": moved(one.smaller),
                "gone": moved(one.gone),
            }
            for kind, one in watched.changes.items()
        },
    }
