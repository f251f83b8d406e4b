"""Similar cases that were decided: the facts of their section in a report, and of the page that has them alone.

Whoever finds them (`office/precedents`) gives them; their words are in `templates/pages/similar.j2`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import _
from risk_engine.report import page
from risk_engine.report.blocks import Section, View
from risk_engine.report.sandbox import PageError

KEY = "similar"
"""The anchor of the section."""
MOST_FACTS = 6
"""So many facts of a kind are told of a case, the weightiest ones; all are in the JSON."""
_IN_A_REPORT = 3
"""So many beside all else that a report says."""
InForce: TypeAlias = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class FactShown:
    """What was asked, and what both cases say; `where` is whom it is about here, where that is not plain."""

    question: str
    here: str
    there: str
    where: str = ""
    confidential: bool = False


@dataclass(frozen=True)
class LevelDecided:
    """What was decided on one ladder: its title, the level, and the proposed one where that is another."""

    ladder: str
    level: str
    proposed: str = ""


@dataclass(frozen=True)
class SimilarShown:
    """A decided case that is near, in words but for its sentences."""

    case: str
    office: str | None
    """Whose it is; None is the own office."""
    cases: int
    """For so many it stands: of another office for several that are alike in all that it says."""
    day: date | str
    """The day of the decision; of another office's only the year."""
    levels: tuple[LevelDecided, ...]
    why: tuple[str, ...]
    """What the rules say that decided what was proposed."""
    reason: str | None
    """Why it was decided so, as the person who decided wrote it."""
    version: str
    in_force: InForce
    now: str
    """The version in force in its place."""
    stands: Literal["stands", "earlier", "contradicted", "superseded"]
    same: tuple[FactShown, ...]
    differs: tuple[FactShown, ...]
    only_here: tuple[FactShown, ...]
    """Of an entry that has none like it there."""
    only_there: tuple[FactShown, ...]
    unknown_here: tuple[FactShown, ...]
    unknown_there: tuple[FactShown, ...]
    findings_here: tuple[str, ...]
    findings_there: tuple[str, ...]
    outweighed: bool = False
    """Whether what differs weighs more than what is the same: it is among the nearest, and far off."""
    link: str = ""
    """Where the case is shown, on a page that can lead there."""

    @property
    def differing(self) -> int:
        """How many facts that decide are not the same."""
        return len(self.differs) + len(self.only_here) + len(self.only_there)

    @property
    def unknown(self) -> int:
        """How many facts that decide are not known on one of the two sides."""
        return len(self.unknown_here) + len(self.unknown_there)


@dataclass(frozen=True)
class SimilarFacts:
    """All that is said of similar cases: of which case, on which day, how many were looked at, which are near."""

    case: str
    on: date
    criteria: str
    digest: str
    similar: tuple[SimilarShown, ...]
    near: int
    """For how many cases those stand that are near."""
    compared: int
    other_sets: int
    alone: bool = False
    """Whether the page holds nothing else, so that what stands at its head need not be said again."""
    most: int = MOST_FACTS


def similar_section(facts: SimilarFacts) -> tuple[Section, str]:
    """Return the section of a report, and what stands below where an office changed that page.

    Raise PageError where it cannot be used.
    """
    made = page.made("similar", replace(facts, most=min(facts.most, _IN_A_REPORT)))
    section = next((one for one in made.page.sections if one.key == KEY), None)
    if section is None:
        raise PageError(_("the page `{page}` has no section `{key}`", page="similar", key=KEY))
    return section, made.changed


def similar_view(facts: SimilarFacts) -> View:
    """Return similar cases as a page of its own; its text is harmless."""
    return cleaned(
        page.view("similar", replace(facts, alone=True), case_id=facts.case, on=facts.on, kept_by=facts.digest)
    )


def told_once(facts: Iterable[FactShown]) -> tuple[FactShown, ...]:
    """Return facts without those that say the same again, of another entry say."""
    return tuple(dict.fromkeys(facts))
