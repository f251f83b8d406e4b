"""An assessment to a report as ready text: every word, the order and the rounding; a writer only lays it out."""

import dataclasses
from typing import TYPE_CHECKING

from risk_engine.model.explanation import Explanation
from risk_engine.report import actions, findings, record, scope, unknown
from risk_engine.report.answer import reasons_section
from risk_engine.report.blocks import Section, View
from risk_engine.report.harmless import cleaned
from risk_engine.report.pictures import scale
from risk_engine.report.screen import opening
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import Names

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook


def view(assessment: Explanation, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return the report on an assessment in the current language, with what would change it; its text is harmless.

    It is a function of the explanation alone; a note says where the criteria are not translated.
    """
    names = Names(assessment)
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
    whole = dataclasses.replace(
        opening(assessment, names),
        warning=scope.warning(assessment),
        scales=tuple(scale(one) for one in assessment.proposals if one.role),
        scope=scope.scope(assessment),
        sections=sections,
    )
    return noted(cleaned(whole), assessment)


def _outlook(outlook: "ExplainedOutlook | None", assessment: Explanation, names: Names) -> tuple[Section, ...]:
    if outlook is None:
        return ()
    from risk_engine.report.outlook.section import outlook_section

    return (outlook_section(outlook, assessment, names),)
