"""An assessment to a report as ready text: every word, the order and the rounding; a writer only lays it out."""

import dataclasses
from typing import TYPE_CHECKING

from risk_engine.files.language import _, ngettext
from risk_engine.model.explanation import Explanation
from risk_engine.report import page
from risk_engine.report.answer import opening
from risk_engine.report.blocks import Field, Fields, Line, Section, View
from risk_engine.report.pictures import scale
from risk_engine.report.sanitize import cleaned
from risk_engine.report.sections import confidential_paths, report_page
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import CONFIDENTIAL, Names, fill

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

_BEFORE_OUTLOOK = "conditions"
SCOPE = "scope"
"""The row of the first section that says how far the answer reaches; it stands on the first page too."""


def warning(assessment: Explanation) -> Line | None:
    """Return the warning that the report holds answers which the set calls confidential, None where it holds none."""
    held = confidential_paths(assessment)
    if not held:
        return None
    return fill(
        ngettext(
            "**Confidential. **This report holds {number} confidential answer, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            "**Confidential. **This report holds {number} confidential answers, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            len(held),
            mark=_(CONFIDENTIAL),
        )
    )


def view(assessment: Explanation, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return the report on an assessment in the current language, with what would change it; its text is harmless.

    It is a function of the explanation alone; a note says where the criteria are not translated.
    """
    names = Names(assessment)
    made = report_page(assessment, names, bounds_only=outlook is None)
    sections, changed = list(made.sections.values()), made.changed
    if outlook is not None:
        from risk_engine.report.outlook import outlook_section

        section, changed_too = outlook_section(outlook, assessment)
        sections.insert(list(made.sections).index(_BEFORE_OUTLOOK) + 1, section)
        changed = " ".join(one for one in (changed, changed_too) if one)
    first = opening(assessment, names)
    whole = dataclasses.replace(
        first,
        warning=warning(assessment),
        scales=tuple(scale(one) for one in assessment.proposals if one.role),
        scope=next((row for row in case_rows(made.sections["case"]) if row.key == SCOPE), None),
        sections=tuple(sections),
        footer=" ".join(one for one in (first.footer, changed) if one),
        must=made.must,
    )
    return page.whole(noted(cleaned(whole), assessment), "report")


def case_rows(section: Section) -> tuple[Field, ...]:
    """Return the rows of what was assessed."""
    return tuple(row for block in section.blocks if isinstance(block, Fields) for row in block.rows)


def outlook_view(outlook: "ExplainedOutlook", assessment: Explanation) -> View:
    """Return the answer on an assessment with what would change it, and no other section; its text is harmless."""
    from risk_engine.report.outlook import outlook_section

    section, changed = outlook_section(outlook, assessment)
    first = opening(assessment, Names(assessment))
    shown = dataclasses.replace(
        first,
        warning=warning(assessment),
        sections=(section,),
        footer=" ".join(one for one in (first.footer, changed) if one),
    )
    return noted(cleaned(shown), assessment)
