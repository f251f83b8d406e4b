"""Several assessments side by side: a row each, the worst first."""

from collections.abc import Sequence

from risk_engine.language import _, ngettext, pgettext
from risk_engine.model.explanation import Explanation, Proposal
from risk_engine.model.finding import Finding
from risk_engine.report.wording import gravest, open_between


def worst_first(assessments: Sequence[Explanation]) -> list[Explanation]:
    """Return them by gate, then by headline level, the strictest first."""
    return sorted(assessments, key=_strictness)


def head(assessments: Sequence[Explanation]) -> tuple[str, ...]:
    """Return what stands above the columns: a ladder's own title, where all cases are under the same one."""
    gate, headline, escalation = (
        titles.pop()
        if len(titles := {one.title for each in assessments if (one := each.proposal(role))}) == 1
        else word
        for role, word in (("gate", _("Gate")), ("headline", _("Result")), ("escalation", _("Escalation")))
    )
    return (_("Case"), _("Title"), gate, headline, _("Still open"), escalation, _("Top finding"))


def row(assessment: Explanation) -> tuple[str, ...]:
    """Return an assessment as the cells below the head, the id of the case first."""
    gaps = len(assessment.gaps)
    is_open = any(one.provisional for one in assessment.proposals)
    top = next(iter(gravest(assessment)), None)
    return (
        assessment.case_id,
        assessment.case_title,
        *(_level(assessment.proposal(role)) for role in ("gate", "headline")),
        ngettext("{number} answer missing", "{number} answers missing", gaps)
        if is_open
        else pgettext("still open?", "no"),
        _level(assessment.proposal("escalation")),
        _top(top) if top else pgettext("finding", "none"),
    )


def _top(finding: Finding) -> str:
    """Return the gravest finding; of what is not determined the title alone would say too much."""
    named = f"{finding.id} {finding.title}"
    return _("{finding} (not determined)", finding=named) if finding.outcome == "undetermined" else named


def _level(proposal: Proposal | None) -> str:
    return (open_between(proposal) or proposal.level.title) if proposal else "–"


def _strictness(assessment: Explanation) -> tuple[int, int, str]:
    gate, headline = (_from_strictest(assessment.proposal(role)) for role in ("gate", "headline"))
    return gate, headline, assessment.case_id


def _from_strictest(proposal: Proposal | None) -> int:
    """Return how many levels are stricter: sets with ladders of different lengths can stand in one table."""
    if proposal is None:
        return 0
    return len(proposal.ladder_levels) - 1 - proposal.ladder_levels.index(proposal.level.name)
