"""What changed around the cases of a register: the facts of its page (`templates/pages/monitor.j2`).

Whoever looked (`office/monitor`) gives them; its sentences about changes come with them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.files.harmless import cleaned
from risk_engine.report import page
from risk_engine.report.blocks import View

Weight: TypeAlias = Literal["strict", "middle", "mild"]


@dataclass(frozen=True)
class TouchedCase:
    """A case that a change touches: its number, how far it has come, how much it weighs, the difference."""

    case: str
    title: str
    state: str
    gravity: str
    is_new: bool
    lines: tuple[str, ...]
    more: int
    """So many lines of the difference are in the data alone."""


@dataclass(frozen=True)
class ChangeShown:
    """A change, with what there is to say of it whatever it touches, and the cases, the worst first."""

    id: str
    title: str
    gravity: str
    mark: str
    lines: tuple[str, ...]
    seen: tuple[str, ...]
    cases: tuple[TouchedCase, ...]
    more: int
    """So many cases are in the data alone."""


@dataclass(frozen=True)
class GroupShown:
    """The changes of one weight."""

    key: str
    title: str
    changes: tuple[ChangeShown, ...]


@dataclass(frozen=True)
class PartShown:
    """Something that was to be looked at, and what came of it."""

    name: str
    said: str
    state: Literal["looked", "not_asked", "failed"]


@dataclass(frozen=True)
class MonitorFacts:
    """All that the page says."""

    register: str
    on: date
    last: date | None
    number: int
    new: int
    acknowledged: int
    failed: bool
    weight: Weight
    groups: tuple[GroupShown, ...]
    parts: tuple[PartShown, ...]
    problems: tuple[str, ...]


def monitor_view(facts: MonitorFacts) -> View:
    """Return the page; its text is harmless."""
    return cleaned(page.view("monitor", facts, case_id="", on=facts.on, kept_by=facts.register))
