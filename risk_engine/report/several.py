"""Several assessments as the rows of a table, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from risk_engine.files.language import _, pgettext
from risk_engine.model.explanation import Explanation, Finding, Proposal
from risk_engine.model.ladders import Role
from risk_engine.report.unsettled import level_words, open_cell
from risk_engine.report.wording import gravest


@dataclass(frozen=True)
class Row:
    """A case in a table of several, in the current language: its cells, its place, what the heads depend on."""

    cells: tuple[str, ...]
    """The id of the case first."""
    strictness: tuple[int, int, str]
    titles: tuple[tuple[Role, str], ...]
    """What the ladders in each role are called."""
    is_translated: bool


def row(assessment: Explanation) -> Row:
    """Return an assessment as a row."""
    top = next(iter(gravest(assessment)), None)
    gate, headline, escalation = map(assessment.proposal, ROLES)
    cells = (
        assessment.case_id,
        assessment.case_title,
        level_words(gate),
        level_words(headline),
        open_cell(assessment),
        level_words(escalation),
        _top(top) if top else pgettext("finding", "none"),
    )
    titles = tuple((role, one.title) for role in ROLES if (one := assessment.proposal(role)))
    strictness = (_from_strictest(gate), _from_strictest(headline), assessment.case_id)
    return Row(cells, strictness, titles, assessment.is_translated)


ROLES: Final[tuple[Role, ...]] = ("gate", "headline", "escalation")


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Return them by gate, then by headline level, the strictest first."""
    return sorted(rows, key=lambda one: one.strictness)


def head(rows: Iterable[Row]) -> tuple[str, ...]:
    """Return what stands above the cells: a ladder's own title, where all cases are under the same one."""
    gate, headline, escalation = ladder_heads(title for one in rows for title in one.titles)
    return (_("Case"), _("Title"), gate, headline, _("Still open"), escalation, _("Top finding"))


def ladder_heads(titles: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return what stands above the levels in each role, of `ROLES`, by what the ladders in each are called."""
    known = frozenset(titles)
    return tuple(
        found.pop() if len(found := {title for of, title in known if of == role}) == 1 else word
        for role, word in zip(ROLES, (_("Gate"), _("Result"), _("Escalation")), strict=True)
    )


def _top(finding: Finding) -> str:
    """Return the gravest finding; of what is not determined the title alone would say too much."""
    named = f"{finding.id} {finding.title}"
    return _("{finding} (not determined)", finding=named) if finding.outcome == "undetermined" else named


def _from_strictest(proposal: Proposal | None) -> int:
    """Return how many levels are stricter: sets with ladders of different lengths can stand in one table."""
    if proposal is None:
        return 0
    return len(proposal.ladder_levels) - 1 - proposal.ladder_levels.index(proposal.level.name)
