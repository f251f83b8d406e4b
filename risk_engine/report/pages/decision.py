"""The facts of the decision to be signed and of its record; their words are in `decision.j2` and `record.j2`.

The summary of the sheet keeps to its part of the first page: what has no room there is cut or counted, and the
assessment says everything. Conditions are what is signed: each stands whole, on a further page where the first has no
room.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from risk_engine.model.decision import Assessed, Condition, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.answer import answer, why
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Field,
    Fields,
    Group,
    Line,
    Must,
    Table,
    View,
    cut,
    say,
    shortened,
    words,
)
from risk_engine.report.controls import actions, listed, to_choose, unbound
from risk_engine.report.frame import PAGE, ROOMY, TIGHT, Room, called, found_by, height_of, own_day
from risk_engine.report.pages import answer_of, from_template
from risk_engine.report.pages.ruling import (
    Ruling,
    Standing,
    bound_by,
    conditions_told,
    first_of,
    on_one_line,
    ruling,
    standings,
    standings_told,
)
from risk_engine.report.replaced import replaced
from risk_engine.report.unsettled import contradicting
from risk_engine.report.wording import Names

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

_WIDTHS = (38, 99, 16)
"""About how many letters stand on a line of a condition, of its state (which is always short), and of its owner."""
_REASON, _REPLIES, _IDENTITY, _NAME = 500, 3, 6, 60
"""How much stands beside the signatures: letters of the reason, replies, digests, letters of a name."""


@dataclass(frozen=True)
class DecisionFacts:
    """All that the sheet of a decision says; without a `ruling`, of what is proposed."""

    case: str
    ruling: Ruling | None
    tone: str
    first: Standing | None
    answer: str
    contradicting: str
    """Which answers that the result hangs on contradict each other; the answer begins with it."""
    more: tuple[Line, ...]
    replaced: tuple[Line, ...]
    rests_on: tuple[Line, ...]
    missing: tuple[Line, ...]
    change: tuple[Line, ...]
    conditions: tuple[Condition, ...]
    unbound: str
    """Why what the case lists would not bind, where nothing would."""
    listed: tuple[Line, ...]
    to_choose: str
    deviates: bool
    reason: str
    needs_two: bool
    challenge: str
    review_due: date
    digest: str
    criteria: str
    criteria_digest: str
    engine: str


def decision_pages(
    assessment: Explanation, decision: Decision | None, outlook: "ExplainedOutlook | None" = None
) -> View:
    """Return the sheet of a decision; without its record, of the proposal, clearly as that."""
    facts = _facts(assessment, decision, outlook)
    must = (
        *(Must("condition", one.text) for one in facts.conditions),
        Must("challenge", facts.challenge),
        Must("digest", decision.digest if decision else assessment.digest),
    )
    return _fitted(from_template("decision", (assessment, decision), facts, must), facts)


def _facts(assessment: Explanation, decision: Decision | None, outlook: "ExplainedOutlook | None") -> DecisionFacts:
    shown = standings(assessment, decision)
    names = Names(assessment)
    proposed = answer(assessment, names, outlook)
    _why, _held, missing, change, _next = proposed.glance
    chosen = to_choose(assessment)
    made = ruling(shown, decision, assessment) if decision else None
    deviates = any(one.proposed for one in shown)
    used = assessment.criteria
    conditions = bound_by(assessment, decision)
    none = "" if conditions or decision else unbound(assessment)
    return DecisionFacts(
        case=called(assessment.case_title, assessment.case_id),
        ruling=made,
        tone=made.tone if made else proposed.tone,
        first=first_of(shown),
        answer=proposed.sentence,
        contradicting=contradicting(assessment, names),
        more=proposed.more,
        replaced=(*own_day(assessment), *replaced(assessment, names)) if decision else (),
        rests_on=tuple(why(assessment, names, len(assessment.findings))),
        missing=missing.lines if assessment.gaps else (),
        change=change.lines,
        conditions=conditions,
        unbound=none,
        listed=tuple(listed(assessment, actions(assessment, names), len(assessment.controls))) if none else (),
        to_choose="" if decision else names.findings(chosen, len(chosen)),
        deviates=deviates,
        reason=shortened(" ".join((decision.reason or "").split()), _REASON) if decision and deviates else "",
        needs_two=any(one.four_eyes for one in assessment.proposals),
        challenge=used.challenge,
        review_due=assessment.review_due,
        digest=assessment.digest,
        criteria=f"{used.id} {used.version}",
        criteria_digest=used.digest,
        engine=assessment.engine,
    )


def _fitted(view: View, facts: DecisionFacts) -> View:
    """Return the sheet with a summary that leaves room on its page, and in short what stands beside signatures."""
    full = answer_of(view)
    first = _summary(full, facts, ROOMY)
    rows = [row for section in view.sections for one in section.blocks if isinstance(one, Table) for row in one.rows]
    if height_of(first) + sum(map(_row_height, rows)) > PAGE:
        first = _summary(full, facts, TIGHT)
    sections = tuple(replace(one, blocks=tuple(map(_in_short, one.blocks))) for one in view.sections)
    return replace(view, answer=first, sections=sections if facts.ruling else view.sections)


def _summary(full: Answer, facts: DecisionFacts, room: Room) -> Answer:
    levels = len(facts.ruling.levels) if facts.ruling else len(full.more)
    more = (*room.lines(full.more[:levels], room.levels), *full.more[levels:])
    decided_so = full.glance[:1] if facts.ruling else ()
    basis, *others = full.glance[len(decided_so) :]
    glance = (
        *(replace(one, lines=room.lines(one.lines, room.why)) for one in decided_so),
        room.reasons(basis),
        *(room.field(one, room.basis) for one in others),
    )
    return replace(full, more=more, glance=glance)


def _row_height(row: tuple[Line, ...]) -> int:
    return 1 + max(len(words(cell)) // width for cell, width in zip(row, _WIDTHS, strict=False))


def _in_short(block: Block | Group) -> Any:
    match block:
        case Fields(rows):
            return Fields(tuple(map(_field_in_short, rows)))
        case Blanks(labels):
            return Blanks(tuple(words(cut(say(one), _NAME)) for one in labels))
        case _:
            return block


def _field_in_short(field: Field) -> Field:
    match field.key:
        case "who":
            lines = tuple(cut(one, TIGHT.line) for one in field.lines)
        case "deviation" if len(field.lines) > 1:
            *levels, reason = field.lines
            lines = (*TIGHT.lines(levels, TIGHT.levels), reason)
        case "replies":
            lines = TIGHT.lines(field.lines, _REPLIES)
        case "identity":
            # What the criteria and the engine are known by stands last.
            lines = (*field.lines[:-2][:_IDENTITY], *field.lines[-2:])
        case _:
            lines = field.lines
    return replace(field, lines=lines)


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
    must = (
        *(Must("condition", one.text) for one in facts.conditions),
        Must("challenge", facts.challenge),
        Must("digest", decision.digest),
    )
    from risk_engine.report import page  # a register decides without it

    return page.view(
        "record",
        facts,
        kind="decision",
        case_id=about.case_id,
        on=decision.on,
        kept_by=found_by(about.case_id, decision.digest),
        must=must,
    )
