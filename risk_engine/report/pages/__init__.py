"""The kinds of document that one assessment gives, each a function of the records and the language, and their frame."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never

from risk_engine.files.language import _
from risk_engine.model.decision import Decision, Sheet
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Answer, Kind, Must, View, shortened
from risk_engine.report.frame import SHOWN_DIGEST, about, found_by, noted, noted_as_signed, noted_as_translated
from risk_engine.report.wording import day

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

WholeKind: TypeAlias = Literal["decision", "full", "letter", "plan", "questions"]
"""The kinds of document that are made of an assessment as it is; a redacted one is made of what is left of it."""


@dataclass(frozen=True)
class Sender:
    """Who writes a letter, where an answer is sent and by which day; what nobody said is left to be written in."""

    name: str = ""
    reply_to: str = ""
    by: date | None = None


NOBODY: Final = Sender()
"""Nothing is said of who writes."""


def view_of(
    assessment: Explanation,
    kind: WholeKind,
    decision: Decision | None = None,
    *,
    to: str | None = None,
    sender: Sender = NOBODY,
    outlook: "ExplainedOutlook | None" = None,
) -> View:
    """Return a document of that kind as ready text in the current language, which is that of the assessment.

    `decision` is on this assessment, None where nothing is decided. `to` is one of those who still have a question to
    answer, None for all; RiskEngineError where it is nobody. `sender` stands in letters. An `outlook` says
    what would change it: in the report and on its first page, on the decision sheet, at the head of the plan; a letter
    says only what is true by it.
    """
    match kind:
        case "full":
            from risk_engine.report.view import view

            return view(assessment, outlook, decision, part="report")
        case "decision":
            from risk_engine.report.pages.decision import decision_pages

            made = noted_as_translated(decision_pages(assessment, decision, outlook), assessment, decision)
        case "letter":
            from risk_engine.report.pages.letter import letter

            made = letter(assessment, decision, sender, outlook)
        case "plan":
            from risk_engine.report.pages.plan import plan

            made = plan(assessment, decision, outlook)
        case "questions":
            from risk_engine.report.pages.questions import questions

            made = questions(assessment, to, sender)
        case _:
            assert_never(kind)
    return noted(made, assessment)


def record_of(decision: Decision, assessment: Explanation | None = None) -> View:
    """Return the record of a decision as a document of its own, which needs no assessment.

    It holds the words that were signed; the assessment that it is on may say those of the criteria in another language.
    """
    from risk_engine.report.pages.decision import record

    made = record(decision, assessment)
    if assessment is None:
        return noted_as_signed(made, decision.language)
    return noted(noted_as_translated(made, assessment, decision), assessment)


def sheet(assessment: Explanation) -> bytes:
    """Return the decision sheet of an assessment on which nothing is decided yet, in the form in which it is hashed."""
    from risk_engine.report.html_markdown import markdown
    from risk_engine.report.pages.decision import decision_pages

    return markdown(noted(decision_pages(assessment, None), assessment)).encode()


def sheet_shown(assessment: Explanation) -> Sheet:
    """Return what a decision keeps of the sheet that is shown to the person who decides."""
    return Sheet(form="md", sha256=hashlib.sha256(sheet(assessment)).hexdigest())


_ROOM = 90
"""How many letters of the id of a case stand below a document."""


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
    return page.view(
        name,
        facts,
        kind=name,
        about=about(assessment),
        case_id=assessment.case_id,
        on=assessment.on,
        kept_by=found_by(assessment.case_id, assessment.digest),
        footer=_limited(_footer(assessment, decision)),
        must=must,
    )


def answer_of(view: View) -> Answer:
    """Return the answer that a page begins with; raise PageError where an office left it out."""
    from risk_engine.report.sandbox import PageError

    if view.answer is None:
        raise PageError(_("the page `{name}` has no `answer`", name=view.kind))
    return view.answer


def nameless(shown: View, assessment: Explanation) -> View:
    """Return a document without the id of the case around it: the digest of the assessment is all it is found by."""
    footer = _(
        "Assessment {assessment} of {day} under {criteria}.",
        assessment=assessment.digest[:SHOWN_DIGEST],
        day=day(assessment.on),
        criteria=f"{assessment.criteria.id} {assessment.criteria.version}",
    )
    return replace(shown, case_id="", kept_by=found_by("", assessment.digest), footer=_limited(footer))


def _limited(footer: str) -> str:
    """Return a footer that also says what no document is; the full report says it at length."""
    limits = _("A structured judgement: no legal advice, licence or clearance.")
    return f"{footer} {limits}"


def _footer(assessment: Explanation, decision: Decision | None) -> str:
    values = {
        "case": shortened(assessment.case_id, _ROOM),
        "assessment": assessment.digest[:SHOWN_DIGEST],
        "day": day(assessment.on),
        "criteria": f"{assessment.criteria.id} {assessment.criteria.version}",
    }
    if decision is None:
        return _("Case {case}. Assessment {assessment} of {day} under {criteria}.", **values)
    return _(
        "Case {case}. Decision {decision} of {decided} on the assessment {assessment} of {day} under {criteria}.",
        decision=decision.digest[:SHOWN_DIGEST],
        decided=day(decision.on),
        **values,
    )
