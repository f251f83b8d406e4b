"""Decided cases that do not go together: the facts of their page (`templates/pages/consistency.j2`)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from risk_engine.files.harmless import cleaned
from risk_engine.report import page
from risk_engine.report.blocks import View
from risk_engine.report.pages.similar import FactShown, LevelDecided

MOST_FACTS = 8
"""So many facts that differ are told; all are in the JSON."""


@dataclass(frozen=True)
class DecidedCase:
    """One of the cases: its number, who decided when, and whether and with which reason."""

    case: str
    day: date | str
    by: str
    reason: str | None
    deviates: bool
    """Whether it was decided otherwise than proposed."""
    link: str = ""


@dataclass(frozen=True)
class WayShown:
    """How some of the cases were decided; `version` where it tells them from others."""

    levels: tuple[LevelDecided, ...]
    cases: tuple[DecidedCase, ...]
    version: str = ""


@dataclass(frozen=True)
class GroupShown:
    """Cases in which the same was found, and the ways in which they were decided, the strictest first."""

    version: str
    findings: tuple[str, ...]
    controls: tuple[str, ...]
    ways: tuple[WayShown, ...]
    without_reason: tuple[str, ...]
    between: tuple[str, str] = ("", "")
    facts: tuple[FactShown, ...] = ()


@dataclass(frozen=True)
class ConsistencyFacts:
    """All that the page says; what another version of the criteria explains stands apart."""

    register: str
    on: date
    compared: int
    alike: int
    groups: tuple[GroupShown, ...]
    by_version: tuple[GroupShown, ...]
    most: int = MOST_FACTS

    @property
    def tone(self) -> Literal["mild", "middle"]:
        """The colour of the answer."""
        return "middle" if self.groups else "mild"


@dataclass(frozen=True)
class _Page:
    facts: ConsistencyFacts
    tone: str


def consistency_view(facts: ConsistencyFacts) -> View:
    """Return the page; its text is harmless."""
    return cleaned(page.view("consistency", _Page(facts, facts.tone), case_id="", on=facts.on, kept_by=facts.register))
