"""The decision on two pages: what was decided or is proposed, why and on what conditions; then the sign-off.

What does not fit is cut or counted: the assessment and the record of the decision say everything.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from risk_engine.engine.conditions import conditions_of
from risk_engine.engine.decide import decided
from risk_engine.language import _, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Condition, Decision
from risk_engine.report.answer import answer
from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Block,
    Field,
    Fields,
    Line,
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
from risk_engine.report.wording import Names, day, lead, sentence

T = TypeVar("T")

_LINE = 95
"""About how many letters stand on a line across the page."""
_CELL = 38
"""About how many letters stand on a line of the widest column of the conditions."""
_LONGEST, _CONDITION = 190, 130
"""How many letters a line, and the text of a condition, may have."""
_REASON, _CHALLENGE = 500, 450
"""How many letters of the reason and of how to challenge it stand beside the signatures."""
_SHARES = (50, 18, 19, 13)
"""How much of the width each column of the conditions has, in per cent."""
_MORE, _WHY, _BASIS, _REPLIES = 8, 8, 6, 3
"""How many lines of text there is room for in each part."""
_PAGE, _LEAST = 36, 8
"""How many lines fit on the first page beside its headings, and how many of them the conditions have in any case."""


def decision_pages(assessment: Assessment, decision: Decision | None) -> View:
    """Return the two pages of a decision; without its record, of the proposal, clearly as that."""
    shown = standings(assessment, decision)
    names = Names(assessment)
    first = _proposal(assessment, names) if decision is None else _decision(assessment, decision, shown, names)
    sections = (
        _conditions(assessment, decision, max(_LEAST, _PAGE - _lines_of(first))),
        _sign_off(assessment, decision, shown),
    )
    title = called(assessment.case_title, assessment.case_id)
    return framed("decision", (assessment, decision), title, sections, first)


def _proposal(assessment: Assessment, names: Names) -> Answer:
    proposed = answer(assessment, names)
    why, _held, missing, _next = proposed.glance
    fields = (_short(why, _WHY), *((_short(missing, _BASIS),) if assessment.gaps else ()))
    first = first_of(standings(assessment, None))
    if first is None or first.still_open:
        said = _("Proposal, not decided yet. {answer}", answer=proposed.sentence)
    else:
        values = {"title": first.title, "answer": sentence(first.answer or first.level)}
        said = _("Proposal, not decided yet. {title}: {answer}", **values)
    return Answer(said, _fitting(proposed.more, _MORE), proposed.tone, fields, None)


def _decision(assessment: Assessment, decision: Decision, shown: tuple[Standing, ...], names: Names) -> Answer:
    reasons = Field(_("Why it was decided so"), ruling.why(decision))
    basis = answer(assessment, names).glance[0]
    return Answer(
        ruling.headline(shown, decision, assessment),
        (*_fitting([ruling.level(one) for one in shown], _MORE), *ruling.missing(decision)),
        ruling.tone(shown, decision, assessment),
        (_short(reasons, _WHY), _short(Field(_("What the proposal rests on"), basis.lines), _BASIS)),
        None,
    )


def _short(field: Field, room: int) -> Field:
    return Field(field.label, _fitting(field.lines, room))


def _lines_of(first: Answer) -> int:
    """Return how many lines of text the answer takes on the page; its first sentence is set large."""
    lines = (*first.more, *(line for field in first.fields for line in field.lines))
    return 2 * (1 + 2 * len(first.sentence) // _LINE) + sum(map(_height, lines)) + 2 * len(first.fields)


def _height(line: Line) -> int:
    return 1 + len(words(line)) // _LINE


def _conditions(assessment: Assessment, decision: Decision | None, room: int) -> Section:
    title = _("On what conditions")
    intro: tuple[Block, ...] = ()
    if decision is None:
        levels = [decided(one, None) for one in assessment.proposals]
        conditions, _problems = conditions_of(assessment, levels, (), None, assessment.on)
        if conditions:
            intro = (Prose(say(_("Decided as proposed, it would bind the controls that the case lists:"))),)
    else:
        conditions = conditions_told(decision, assessment)
    chosen = to_choose(assessment) if decision is None else []
    # What is still to be chosen takes two lines below the table.
    blocks = [*intro, *_condition_table(conditions, room - 2 if chosen else room, is_decided=decision is not None)]
    if chosen:
        ids = _some([one.id for one in chosen])
        still = _("a control for {findings}. The mitigation plan names the ways.", findings=ids)
        blocks.append(Prose(say(lead(_("Still to be chosen")), still)))
    return Section("conditions", title, tuple(blocks) or (Prose(say(_("None."))),))


def _some(ids: Sequence[str], most: int = 8) -> str:
    more = len(ids) - most
    shown = ", ".join(ids[:most])
    return _("{several} and {number} more", several=shown, number=more) if more > 0 else shown


def _condition_table(conditions: Sequence[Condition], room: int, *, is_decided: bool) -> list[Block]:
    rows = [_condition(one) for one in conditions]
    fit = _count_fitting(rows, room, lambda row: 1 + max(len(words(row[0])) // _CELL, len(words(row[2])) // 16))
    head = (_("Condition"), _("State"), _("Owner"), _("Due"))
    blocks: list[Block] = (
        [Table(_("What must be done, by whom and by when"), head, tuple(rows[:fit]), _SHARES)] if rows else []
    )
    if fit < len(rows):
        blocks.append(Prose(say(_further(len(rows) - fit, is_decided=is_decided))))
    return blocks


def _further(number: int, *, is_decided: bool) -> str:
    if is_decided:
        return ngettext(
            "And {number} further condition: the record of the decision holds all of them.",
            "And {number} further conditions: the record of the decision holds all of them.",
            number,
        )
    return ngettext(
        "And {number} further control: the mitigation plan names all of them.",
        "And {number} further controls: the mitigation plan names all of them.",
        number,
    )


def _condition(one: Condition) -> tuple[Line, ...]:
    return (
        cut(say(ruling.condition_text(one)), _CONDITION),
        say(_(ruling.STATES[one.state]) if one.state else _("new")),
        cut(say(one.owner) if one.owner else say(mark(_("not named"))), _CELL * 2),
        say(day(one.due) if one.due else "–"),
    )


def _sign_off(assessment: Assessment, decision: Decision | None, shown: tuple[Standing, ...]) -> Section:
    blocks: list[Block] = []
    if decision is None:
        blocks.append(Prose(say(_("The engine proposes. A named person decides, and says why where it is otherwise."))))
        blocks.append(Blanks(_to_sign(assessment)))
    else:
        rows = [Field(_("Who decided"), tuple(cut(one, _LONGEST) for one in ruling.sign_off(decision)))]
        rows.append(Field(_("Where it differs from the proposal"), _deviation(decision, shown)))
        if decision.replies:
            replies = _fitting([ruling.reply(one) for one in decision.replies], _REPLIES)
            rows.append(Field(_("What was written back"), replies))
        blocks += [Fields(tuple(rows)), Blanks(tuple(words(cut(say(one), 60)) for one in ruling.signing(decision)))]
    closing = [
        Field(_("How to challenge it"), (cut(say(assessment.criteria.challenge), _CHALLENGE),)),
        Field(_("Looked at again by"), (say(day(assessment.review_due)),)),
        Field(_("What identifies it"), tuple(_identity(assessment, decision))),
    ]
    return Section("sign-off", _("Sign-off"), (*blocks, Fields(tuple(closing))), starts_page=True)


def _deviation(decision: Decision, shown: tuple[Standing, ...]) -> tuple[Line, ...]:
    lines = [
        say(_("{ladder}: {decided}; proposed: {proposed}.", ladder=one.title, decided=one.level, proposed=one.proposed))
        for one in shown
        if one.proposed
    ]
    if not lines:
        return (say(_("Nowhere: it is decided as proposed.")),)
    reason = " ".join((decision.reason or _("No reason is given.")).split())
    return (*_fitting(lines, _MORE), say(lead(_("Reason")), words(cut(say(reason), _REASON))))


def _to_sign(assessment: Assessment) -> tuple[str, ...]:
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


def _identity(assessment: Assessment, decision: Decision | None) -> Iterable[Line]:
    used = assessment.criteria
    if decision is not None:
        yield from list(ruling.identity(decision))[:6]
    else:
        yield say(_("Assessment"), " ", Run(assessment.digest, "code"))
    yield say(f"{used.id} {used.version} ", Run(used.digest, "code"))
    yield say(f"risk-engine {assessment.engine}")


def _fitting(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    short = [cut(one, _LONGEST) for one in lines]
    fit = _count_fitting(short, room, _height)
    if fit == len(lines):
        return tuple(short)
    rest = ngettext("and {number} more", "and {number} more", len(lines) - fit)
    return (*short[:fit], say(rest))


def _count_fitting(items: Sequence[T], room: int, size: Callable[[T], int]) -> int:
    """Return how many of the items, the first ones, have room."""
    used = 0
    for number, one in enumerate(items):
        used += size(one)
        if used > room:
            return number
    return len(items)
