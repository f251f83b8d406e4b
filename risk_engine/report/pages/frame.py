"""What stands around every document: what it is about, what a printed page is found by, who may read it."""

import re
from dataclasses import replace
from typing import Literal

from risk_engine.files.language import _, current
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Answer, Kind, Must, View, shortened
from risk_engine.report.sanitize import cleaned
from risk_engine.report.wording import day

_ROOM = 90
"""How many letters of a name stand above a document; the whole of it stands in the record."""
_SHOWN_DIGEST = 12


def from_template(
    name: Kind | Literal["index"],
    records: tuple[Explanation, Decision | None],
    facts: object,
    must: tuple[Must, ...],
) -> View:
    """Return a document on an assessment, and the decision on it if there is one, as its page template says it.

    Its text is harmless everywhere. Raise PageError where a template of an office cannot be used.
    """
    from risk_engine.report import page  # a document that is written otherwise starts without it

    assessment, decision = records
    made = page.made(name, facts)
    said, used = made.page, assessment.criteria
    about = (shortened(assessment.institution or "", _ROOM), day(assessment.on), f"{used.id} {used.version}")
    shown = View(
        kind=name,
        language=current(),
        title=said.title,
        about=" · ".join(one for one in about if one),
        case_id=assessment.case_id,
        on=assessment.on,
        kept_by=found_by(assessment.case_id, assessment.digest),
        warning=said.warning,
        answer=said.answer,
        scales=(),
        scope=None,
        sections=said.sections,
        full_report="",
        footer=" ".join(one for one in (said.footer or _limited(_footer(assessment, decision)), made.changed) if one),
        must=must,
    )
    return page.whole(cleaned(shown), name)


def answer_of(view: View) -> Answer:
    """Return the answer that a page begins with; raise PageError where an office left it out."""
    from risk_engine.report.page import PageError

    if view.answer is None:
        raise PageError(_("the page `{name}` has no `answer`", name=view.kind))
    return view.answer


def nameless(shown: View, assessment: Explanation) -> View:
    """Return a document without the id of the case around it: the digest of the assessment is all it is found by."""
    footer = _(
        "Assessment {assessment} of {day} under {criteria}.",
        assessment=assessment.digest[:_SHOWN_DIGEST],
        day=day(assessment.on),
        criteria=f"{assessment.criteria.id} {assessment.criteria.version}",
    )
    return replace(shown, case_id="", kept_by=found_by("", assessment.digest), footer=_limited(footer))


def called(title: str, case_id: str) -> str:
    """Return what a case is called above a document: its title and its id."""
    return f"{shortened(title, _ROOM)} ({shortened(case_id, _ROOM)})"


def found_by(case_id: str, digest: str) -> str:
    """Return what a printed page is found by; it stands in a style sheet, where nothing can be escaped."""
    return f"{re.sub('[^A-Za-z0-9._-]', '', case_id)} {digest[:_SHOWN_DIGEST]}".lstrip()


def _limited(footer: str) -> str:
    """Return a footer that also says what no document is; the full report says it at length."""
    limits = _("A structured judgement: no legal advice, licence or clearance.")
    return f"{footer} {limits}"


def _footer(assessment: Explanation, decision: Decision | None) -> str:
    values = {
        "case": shortened(assessment.case_id, _ROOM),
        "assessment": assessment.digest[:_SHOWN_DIGEST],
        "day": day(assessment.on),
        "criteria": f"{assessment.criteria.id} {assessment.criteria.version}",
    }
    if decision is None:
        return _("Case {case}. Assessment {assessment} of {day} under {criteria}.", **values)
    return _(
        "Case {case}. Decision {decision} of {decided} on the assessment {assessment} of {day} under {criteria}.",
        decision=decision.digest[:_SHOWN_DIGEST],
        decided=day(decision.on),
        **values,
    )
