"""What stands around every document: what it is about, what a printed page is found by, who may read it."""

import re

from risk_engine.language import _, current
from risk_engine.model.assessment import Assessment
from risk_engine.report.blocks import Answer, Kind, Line, Section, View, cleaned, shortened
from risk_engine.report.wording import day

_ROOM = 90
"""How many letters of a name stand above a document; the whole of it stands in the record."""


def framed(
    kind: Kind,
    assessment: Assessment,
    title: str,
    sections: tuple[Section, ...],
    *,
    answer: Answer | None = None,
    warning: Line | None = None,
) -> View:
    """Return a document on an assessment; its text is harmless everywhere."""
    used = assessment.criteria
    about = (shortened(assessment.institution or "", _ROOM), day(assessment.on), f"{used.id} {used.version}")
    shown = View(
        kind=kind,
        language=current(),
        title=title,
        about=" · ".join(one for one in about if one),
        case_id=assessment.case_id,
        on=assessment.on,
        # It stands in the style sheet, where nothing can be escaped.
        kept_by=f"{re.sub('[^A-Za-z0-9._-]', '', assessment.case_id)} {assessment.digest[:12]}",
        warning=warning,
        answer=answer,
        scales=(),
        scope=None,
        sections=sections,
        full_report="",
        footer=_(
            "Case {case}, assessment {digest} of {day} under {criteria}.",
            case=shortened(assessment.case_id, _ROOM),
            digest=assessment.digest[:12],
            day=day(assessment.on),
            criteria=f"{used.id} {used.version}",
        ),
    )
    return cleaned(shown)


def called(assessment: Assessment) -> str:
    """Return what a case is called above a document: its title and its id."""
    return f"{shortened(assessment.case_title, _ROOM)} ({shortened(assessment.case_id, _ROOM)})"
