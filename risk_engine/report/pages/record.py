"""The facts of the record of a decision as a document of its own, whose words are in `templates/pages/record.j2`."""

from dataclasses import dataclass
from datetime import date

from risk_engine.language import current
from risk_engine.model.decision import Assessed, Condition, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report import page
from risk_engine.report.blocks import Must, View
from risk_engine.report.harmless import cleaned
from risk_engine.report.pages.bound import conditions_told
from risk_engine.report.pages.frame import called, found_by
from risk_engine.report.pages.levels import standings_told
from risk_engine.report.pages.ruling import Ruling, on_one_line, ruling


@dataclass(frozen=True)
class WholeReply:
    """All that was written back, a paragraph a line."""

    who: str
    day: date
    file: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class RecordFacts:
    """All that the record says."""

    case: str
    about: Assessed
    ruling: Ruling
    conditions: tuple[Condition, ...]
    replies: tuple[WholeReply, ...]
    challenge: str


def record(decision: Decision, assessment: Explanation | None = None) -> View:
    """Return the document of a decision; its text is harmless everywhere.

    The assessment that it is on is asked for no more than the words of the criteria, which may be in another language.
    """
    about = decision.about
    stated = decision.conditions if assessment is None else conditions_told(decision, assessment)
    facts = RecordFacts(
        case=called(about.case_title, about.case_id),
        about=about,
        ruling=ruling(standings_told(decision, assessment), decision, None),
        conditions=tuple(map(on_one_line, stated)),
        replies=tuple(
            WholeReply(one.from_, one.date, one.name, tuple(line for line in one.text.splitlines() if line.strip()))
            for one in decision.replies
            if one.text is not None
        ),
        challenge=(assessment.criteria if assessment else about).challenge,
    )
    made = page.made("record", facts)
    said = made.page
    shown = View(
        kind="decision",
        language=current(),
        title=said.title,
        about=said.about,
        case_id=about.case_id,
        on=decision.on,
        kept_by=found_by(about.case_id, decision.digest),
        warning=said.warning,
        answer=said.answer,
        scales=(),
        scope=None,
        sections=said.sections,
        full_report="",
        footer=" ".join(one for one in (said.footer, made.changed) if one),
        must=(
            *(Must("condition", one.text) for one in facts.conditions),
            Must("challenge", facts.challenge),
            Must("digest", decision.digest),
        ),
    )
    return page.whole(cleaned(shown), "record")
