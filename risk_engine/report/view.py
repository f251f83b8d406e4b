"""An assessment to a report as ready text: every word, the order and the rounding; a writer only lays it out."""

import re
from typing import TYPE_CHECKING

from risk_engine.language import _, current, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.report import actions, findings, record, scope, unknown
from risk_engine.report.answer import answer, reasons_section
from risk_engine.report.blocks import Section, View, cleaned, shortened
from risk_engine.report.pictures import scale
from risk_engine.report.spoken import noted, spoken
from risk_engine.report.wording import Names, day

if TYPE_CHECKING:
    from risk_engine.model.outlook import Outlook

_TITLE = 90
"""How many letters of a name stand above the answer; the whole of it stands in the record."""


def view(stored: Assessment, outlook: "Outlook | None" = None) -> View:
    """Return the report on an assessment in the current language, with what would change it; its text is harmless.

    It is a function of the stored assessment and the language alone: what that does not hold in the language stands in
    it as it was written, and a note says so.
    """
    assessment = spoken(stored)
    names = Names(assessment)
    used = assessment.criteria
    sections = (
        scope.head_section(assessment, names),
        reasons_section(assessment, names),
        record.ratings_section(assessment),
        findings.findings_section(assessment, names),
        unknown.gaps_section(assessment, names, bounds_only=outlook is None),
        record.problems_section(assessment),
        actions.actions_section(assessment, names),
        *_outlook(outlook, assessment, names),
        record.notes_section(assessment, names),
        record.dates_section(assessment),
        record.benefits_section(assessment, names),
        findings.absent_section(assessment, names),
        record.profile_section(assessment),
        record.challenge_section(assessment),
        record.sources_section(assessment),
        record.versions_section(assessment),
    )
    whole = View(
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
        warning=scope.warning(assessment),
        answer=answer(assessment, names),
        scales=tuple(scale(one) for one in assessment.proposals if one.role),
        scope=scope.scope(assessment),
        sections=sections,
        full_report=_(
            "Full report, also how to challenge this: --format html. What would change it: risk-engine outlook"
        ),
        footer=_footer(assessment),
    )
    return noted(cleaned(whole), stored)


def _outlook(outlook: "Outlook | None", assessment: Assessment, names: Names) -> tuple[Section, ...]:
    if outlook is None:
        return ()
    from risk_engine.report.outlook.section import outlook_section

    return (outlook_section(outlook, assessment, names),)


def _footer(assessment: Assessment) -> str:
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
