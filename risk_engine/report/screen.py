"""The report on an assessment as far as one screen shows it: the answer and the page in short, no sections."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from risk_engine.language import _, current, ngettext
from risk_engine.model.explanation import Explanation
from risk_engine.report.answer import answer
from risk_engine.report.blocks import View, shortened
from risk_engine.report.harmless import cleaned
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import Names, day

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

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


def outlook_view(outlook: "ExplainedOutlook", assessment: Explanation) -> View:
    """Return the answer on an assessment with what would change it, and no other section; its text is harmless."""
    from risk_engine.report.outlook.section import outlook_section
    from risk_engine.report.scope import warning

    names = Names(assessment)
    section = outlook_section(outlook, assessment, names)
    shown = replace(opening(assessment, names), warning=warning(assessment), sections=(section,))
    return noted(cleaned(shown), assessment)


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
