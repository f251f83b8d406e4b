"""The assessments of a comparison as they read in the current language, and what people call their criteria."""

import dataclasses
from dataclasses import dataclass

from risk_engine.language import _, pgettext
from risk_engine.model.comparison import Compared
from risk_engine.model.explanation import Explanation, Proposal
from risk_engine.model.ladders import Role
from risk_engine.report.blocks import Line
from risk_engine.report.wording import Names


@dataclass(frozen=True)
class Side:
    """One assessment of a comparison, told in the current language."""

    number: int
    told: Explanation
    names: Names

    @property
    def name(self) -> str:
        """What the criteria are called."""
        return f"{self.told.criteria.id} {self.told.criteria.version}"


def sides(compared: Compared) -> tuple[Side, ...]:
    """Return the assessments in order."""
    return tuple(Side(number, one, Names(one)) for number, one in enumerate(compared.told))


def role_word(role: Role) -> str:
    """Return what a role is called, where the ladders in it have titles of their own."""
    return {"gate": _("Gate"), "headline": _("Result"), "escalation": _("Escalation")}[role]


def quoted_level(proposal: Proposal, level: str) -> str:
    """Return a level of a ladder as readers call it, in quotation marks."""
    return _("“{text}”", text=proposal.title_of(level))


def either(several: list[str]) -> str:
    """Return "a or b"."""
    *first, last = several
    return pgettext("either", "{several} or {last}", several=", ".join(first), last=last) if first else last


def unlinked(line: Line) -> Line:
    """Return a line that leads nowhere inside the page: two sets may have a finding of one name."""
    return tuple(dataclasses.replace(run, ref=None) for run in line)
