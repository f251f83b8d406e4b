"""The first screen of a report, and of several: the answer in short, the worst case first."""

import re
from collections.abc import Sequence
from dataclasses import replace

from risk_engine.files.language import _, current, ngettext, pgettext
from risk_engine.model.explanation import Explanation, Finding, Proposal
from risk_engine.report.answer import answer
from risk_engine.report.blocks import View, shortened
from risk_engine.report.sanitize import cleaned
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import Names, day, gravest, open_between

_TITLE = 90
"""How many letters of a name stand above the answer; the whole of it stands in the record."""


def screen(assessment: Explanation, *, can_be_exact: bool = True) -> View:
    """Return the answer on an assessment in the current language; its text is harmless.

    It says the same as the whole report (`view`), and nobody waits for sections that no screen shows. The command that
    looks further is named unless it cannot run where the screen is (`can_be_exact`): then an open result says what is
    needed for it.
    """
    shown = noted(cleaned(opening(assessment, Names(assessment))), assessment)
    if can_be_exact:
        return shown
    lines = [_("Full report, also how to challenge this: --format html")]
    if any(one.provisional for one in assessment.proposals):
        lines.append(_("The range is told by bounds; the extra audit tells it exactly (README, “Extras”)"))
    return replace(shown, full_report="\n".join(lines))


def opening(assessment: Explanation, names: Names) -> View:
    """Return a report that is nothing but its beginning and end, its text as it is in the record."""
    used = assessment.criteria
    return View(
        kind="full",
        language=current(),
        case_id=assessment.case_id,
        on=assessment.on,
        title=f"{shortened(assessment.case_title, _TITLE)} ({shortened(assessment.case_id, _TITLE)})",
        about=" · ".join(
            one
            for one in (
                shortened(assessment.institution or "", _TITLE),
                day(assessment.on),
                f"{used.id} {used.version}",
            )
            if one
        ),
        # It stands in the style sheet, where nothing can be escaped.
        kept_by=f"{re.sub('[^A-Za-z0-9._-]', '', assessment.case_id)} {assessment.digest[:12]}",
        warning=None,
        answer=answer(assessment, names),
        scales=(),
        scope=None,
        sections=(),
        full_report=_(
            "Full report, also how to challenge this: --format html. What would change it: risk-engine outlook FILE"
        ),
        footer=_footer(assessment),
    )


def _footer(assessment: Explanation) -> str:
    values = {
        "criteria": f"{assessment.criteria.id} {assessment.criteria.version}",
        "day": day(assessment.on),
    }
    if assessment.profile:
        return ngettext(
            "A computed proposal under the {number} indicator of {criteria} as of {day}, with the profile of "
            "{institution}. A named person decides.",
            "A computed proposal under the {number} indicators of {criteria} as of {day}, with the profile of "
            "{institution}. A named person decides.",
            len(assessment.findings),
            institution=assessment.profile.profile.institution,
            **values,
        )
    return ngettext(
        "A computed proposal under the {number} indicator of {criteria} as of {day}. A named person decides.",
        "A computed proposal under the {number} indicators of {criteria} as of {day}. A named person decides.",
        len(assessment.findings),
        **values,
    )


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
