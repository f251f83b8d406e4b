"""What can still come out of a case, as it stands beside its questions."""

from dataclasses import dataclass

from risk_engine.files.language import either
from risk_engine.office.interview.standing import Bounds
from risk_engine.web import cases
from risk_engine.web.models import Case


@dataclass(frozen=True)
class LadderShown:
    """Of a ladder: its title, its levels with whether each can still come out, and that in words."""

    title: str
    levels: tuple[tuple[str, bool], ...]
    words: str
    is_open: bool


@dataclass(frozen=True)
class RangeShown:
    """What can still come out, how many answers are open that matter, and what the next of them decides."""

    ladders: tuple[LadderShown, ...]
    open: int
    decides: tuple[str, ...]


def range_of(case: Case) -> RangeShown:
    """Return what can still come out of a case as it stands."""
    record = cases.record(case)
    standing = Bounds().look(record.worked)
    criteria = record.criteria
    ladders = []
    for one in standing.ladders:
        ladder = criteria.ladders[one.ladder]
        levels = tuple((level.title, name in one.levels) for name, level in ladder.levels.items())
        words = either([ladder.levels[name].title for name in one.levels])
        ladders.append(LadderShown(ladder.title, levels, words, one.is_open))
    first = standing.deciding[0].findings if standing.deciding else ()
    decides = tuple(f"{one} {criteria.indicators[one].title}" for one in first[:3])
    return RangeShown(tuple(ladders), standing.matter, decides)


def telling(case: Case) -> frozenset[str]:
    """Return the paths of the open questions that can still move what comes out."""
    standing = Bounds().look(cases.record(case).worked)
    return frozenset(one.path() for one in (*(step.read for step in standing.deciding), *standing.waiting))
