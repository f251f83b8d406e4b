"""What a check of stored records came to, link by link."""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria

CriteriaOf: TypeAlias = Callable[[Assessment], Criteria]
"""The criteria of an assessment; RiskEngineError where they are missing."""
Verdict: TypeAlias = Literal["holds", "broken", "unchecked", "noted"]
"""It holds; it does not; something is missing, so nobody can say; worth knowing, but neither."""


class Link(NamedTuple):
    """One thing that was checked."""

    verdict: Verdict
    text: str


def holds(text: str) -> Link:
    """Return a link that holds."""
    return Link("holds", text)


def broken(text: str) -> Link:
    """Return a link that does not hold."""
    return Link("broken", text)


def unchecked(text: str) -> Link:
    """Return a link that could not be checked."""
    return Link("unchecked", text)


def noted(text: str) -> Link:
    """Return something worth knowing."""
    return Link("noted", text)


def short(digest: str) -> str:
    """Return so much of a digest as tells it from others."""
    return f"{digest[:12]}…"
