"""The decision to be signed: what was decided or is proposed, why and on what conditions; then the sign-off.

The summary keeps to its part of the first page: what has no room there is cut or counted, and the assessment says
everything. Conditions are what is signed: each stands whole, on a further page where the first has no room.
"""

from collections.abc import Iterable, Sequence

from risk_engine.language import _
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.records.conditions import conditions_of
from risk_engine.records.decisions import decided
from risk_engine.report.answer import answer
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Field,
    Fields,
    Line,
    Must,
    Prose,
    Run,
    Section,
    Table,
    View,
    cut,
    mark,
    say,
    words,
)
from risk_engine.report.choices import to_choose
from risk_engine.report.documents import ruling
from risk_engine.report.documents.bound import conditions_told
from risk_engine.report.documents.frame import called, framed
from risk_engine.report.documents.levels import Standing, first_of, standings
from risk_engine.report.documents.room import PAGE, ROOMY, TIGHT, Room, height_of
from risk_engine.report.wording import Names, at_level, day, lead, sentence

_CELL, _OWNER = 38, 16
"""About how many letters stand on a line of a condition, and of its owner."""
_REASON, _REPLIES, _NAME = 500, 3, 60
"""How much stands beside the signatures: letters of the reason, replies, letters of a name."""
_SHARES = (50, 18, 19, 13)
"""How much of the width each column of the conditions has, in per cent."""


def decision_pages(assessment: Explanation, decision: Decision | None) -> View:
    """Return the sheet of a decision; without its record, of the proposal, clearly as that."""
    shown = standings(assessment, decision)
    names = Names(assessment)
    conditions = _bound(assessment, decision)

    def answered(room: Room) -> Answer:
        return _decision(assessment, decision, names, room) if decision else _proposal(assessment, names, room)

    first = answered(ROOMY)
    rows = [_row(one) for one in conditions]
    if height_of(first) + sum(map(_row_height, rows)) > PAGE:
        first = answered(TIGHT)
    sections = (
        _conditions(assessment, decision, rows),
        _sign_off(assessment, decision, shown),
    )
    title = called(assessment.case_title, assessment.case_id)
    must = tuple(Must("condition", ruling.condition_text(one)) for one in conditions)
    return framed("decision", (assessment, decision), title, sections, first, must=must)


def _proposal(assessment: Explanation, names: Names, room: Room) -> Answer:
    proposed = answer(assessment, names)
    why, _held, missing, _next = proposed.glance
    fields = (room.field(why, room.why), *((room.field(missing, room.basis),) if assessment.gaps else ()))
    first = first_of(standings(assessment, None))
    if first is None or first.still_open:
        said = _("Proposal, not decided yet. {answer}", answer=proposed.sentence)
    else:
        values = {"title": first.title, "answer": sentence(first.answer or first.level)}
        said = _("Proposal, not decided yet. {title}: {answer}", **values)
    return Answer(said, room.lines(proposed.more, room.levels), proposed.tone, fields, None)


def _decision(assessment: Explanation, decision: Decision, names: Names, room: Room) -> Answer:
    shown = standings(assessment, decision)
    reasons = Field(_("Why it was decided so"), ruling.why(decision))
    basis = answer(assessment, names).glance[0]
    return Answer(
        ruling.headline(shown, decision, assessment),
        (*room.lines([ruling.level(one) for one in shown], room.levels), *ruling.missing(decision)),
        ruling.tone(shown, decision, assessment),
        (room.field(reasons, room.why), room.field(Field(_("What the proposal rests on"), basis.lines), room.basis)),
        None,
    )


def _bound(assessment: Explanation, decision: Decision | None) -> tuple[Condition, ...]:
    """Return the conditions of the decision; of a proposal those that it would have, decided as proposed."""
    if decision is not None:
        return conditions_told(decision, assessment)
    levels = [decided(one, None) for one in assessment.proposals]
    return conditions_of(assessment, levels, (), None, assessment.on)[0]


def _conditions(assessment: Explanation, decision: Decision | None, rows: Sequence[tuple[Line, ...]]) -> Section:
    blocks: list[Block] = []
    if rows and decision is None:
        blocks.append(Prose(say(_("Decided as proposed, it would bind the controls that the case lists:"))))
    if rows:
        head = (_("Condition"), _("State"), _("Owner"), _("Due"))
        blocks.append(Table(_("What must be done, by whom and by when"), head, tuple(rows), _SHARES))
    chosen = to_choose(assessment) if decision is None else []
    if chosen:
        ids = _some([one.id for one in chosen])
        still = _("a control for {findings}. The mitigation plan names the ways.", findings=ids)
        blocks.append(Prose(say(lead(_("Still to be chosen")), still)))
    return Section("conditions", _("On what conditions"), tuple(blocks) or (Prose(say(_("None."))),))


def _some(ids: Sequence[str], most: int = 8) -> str:
    more = len(ids) - most
    shown = ", ".join(ids[:most])
    return _("{several} and {number} more", several=shown, number=more) if more > 0 else shown


def _row(one: Condition) -> tuple[Line, ...]:
    return (
        say(ruling.condition_text(one)),
        say(_(ruling.STATES[one.state]) if one.state else _("new")),
        say(one.owner) if one.owner else say(mark(_("not named"))),
        say(day(one.due) if one.due else "–"),
    )


def _row_height(row: Sequence[Line]) -> int:
    return 1 + max(len(words(row[0])) // _CELL, len(words(row[2])) // _OWNER)


def _sign_off(assessment: Explanation, decision: Decision | None, shown: tuple[Standing, ...]) -> Section:
    blocks: list[Block] = []
    if decision is None:
        blocks.append(Prose(say(_("The engine proposes. A named person decides, and says why where it is otherwise."))))
        blocks.append(Blanks(_to_sign(assessment)))
    else:
        rows = [Field(_("Who decided"), tuple(cut(one, TIGHT.line) for one in ruling.sign_off(decision)))]
        rows.append(Field(_("Where it differs from the proposal"), _deviation(decision, shown)))
        if decision.replies:
            replies = TIGHT.lines([ruling.reply(one) for one in decision.replies], _REPLIES)
            rows.append(Field(_("What was written back"), replies))
        blocks += [Fields(tuple(rows)), Blanks(tuple(words(cut(say(one), _NAME)) for one in ruling.signing(decision)))]
    closing = [
        Field(_("How to challenge it"), (say(assessment.criteria.challenge),)),
        Field(_("Looked at again by"), (say(day(assessment.review_due)),)),
        Field(_("What identifies it"), tuple(_identity(assessment, decision))),
    ]
    return Section("sign-off", _("Sign-off"), (*blocks, Fields(tuple(closing))), starts_page=True)


def _deviation(decision: Decision, shown: tuple[Standing, ...]) -> tuple[Line, ...]:
    lines = [
        say(_("{result}; proposed: {proposed}.", result=at_level(one.title, one.level), proposed=one.proposed))
        for one in shown
        if one.proposed
    ]
    if not lines:
        return (say(_("Nowhere: it is decided as proposed.")),)
    reason = " ".join((decision.reason or _("No reason is given.")).split())
    return (*TIGHT.lines(lines, TIGHT.levels), say(lead(_("Reason")), words(cut(say(reason), _REASON))))


def _to_sign(assessment: Explanation) -> tuple[str, ...]:
    first = (
        _("Decision"),
        _("Conditions"),
        _("Reasons, above all where it differs from the proposal"),
        _("Name and role"),
        _("Date and signature"),
    )
    if not any(one.four_eyes for one in assessment.proposals):
        return first
    return (*first, _("Second person: name and role"), _("Second person: date and signature"))


def _identity(assessment: Explanation, decision: Decision | None) -> Iterable[Line]:
    used = assessment.criteria
    if decision is not None:
        yield from list(ruling.identity(decision))[:6]
    else:
        yield say(_("Assessment"), " ", Run(assessment.digest, "code"))
    yield say(f"{used.id} {used.version} ", Run(used.digest, "code"))
    yield say(f"risk-engine {assessment.engine}")
