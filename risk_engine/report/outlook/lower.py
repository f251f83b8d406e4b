"""The ways down: which controls and changes of design lower a result, or why none does."""

from collections.abc import Iterator, Sequence

from risk_engine.language import N_, _, ngettext
from risk_engine.model.outlook import Asked, Change, Obstacle, Tried, Way, WaysDown, answer_key
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Run, Table, mark, say, strong
from risk_engine.report.outlook.told import Told, more
from risk_engine.report.vocabulary import state_word
from risk_engine.report.wording import fill

_SHOWN = 8
"""So many findings that stand against a level are told one by one."""
_ANSWERS = 3
"""So many answers that a finding rests on are told, of those that can be changed and of those that cannot."""
_NOTHING: dict[Tried, str] = {
    "all": N_("{to} instead of {now}: no control and no change of design leads there."),
    "some": N_(
        "{to} instead of {now}: no control leads there, nor any change of design of which these criteria say what must "
        "really change; others were not tried."
    ),
    "none": N_(
        "{to} instead of {now}: no control leads there. These criteria say of no change of design what must really "
        "change, so none was tried."
    ),
}


def lower(told: Told) -> Iterator[Group]:
    """Yield the ways to a milder level of the gate and the result."""
    ladders = sorted(dict.fromkeys(one.ladder for one in told.outlook.ways), key=told.place)
    for ladder in ladders:
        several = [one for one in told.outlook.ways if one.ladder == ladder]
        blocks = [block for one in several for block in _target(one, told)]
        title = _("{ladder}: what would lower it", ladder=told.ladder(ladder))
        yield Group(say(title), tuple(blocks))


def _target(found: WaysDown, told: Told) -> Iterator[Block]:
    now, to = told.level(found.ladder, found.level), told.level(found.ladder, found.to)
    if not found.ways:
        yield from _none(found, now, to, told)
        return
    caption = _("{to} instead of {now}: any one of these", to=to, now=now)
    if len(found.ways) == 1:
        caption = _("{to} instead of {now}: this", to=to, now=now)
    rows = tuple(_row(one, told) for one in found.ways)
    head = (_("What it takes"), _("Effort"), _("What comes out then"))
    yield Table(caption, head, rows, (60, 10, 30))
    if any(one.changes for one in found.ways):
        text = _("Fewest parts stand first, then least effort; a change of the project counts as an effort of 3.")
        yield Prose(say(text))
    elif len(found.ways) > 1:
        yield Prose(say(_("Fewest parts stand first, then least effort.")))
    if not found.is_all:
        yield Prose(say(_("There may be further ways; the search ended at its limit.")))
    opened = dict.fromkeys(path for one in found.ways for path in one.then_asked)
    if opened:
        text = ngettext(
            "These changes open a further question; until it is answered, the worst is assumed:",
            "These changes open further questions; until they are answered, the worst is assumed:",
            len(opened),
        )
        yield Prose(say(text))
        yield Bullets(tuple(told.question(one) for one in opened))


def _row(way: Way, told: Told) -> tuple[Line, ...]:
    parts: list[str | Run] = []
    for one in way.controls:
        stands = _stands(one, told)
        parts += [" + "] if parts else []
        parts += [*told.control(one), *((" ", mark(state_word(stands))) if stands else ())]
    for change in way.changes:
        parts += [" + "] if parts else []
        parts += _change(change, told)
    return (
        told.falls_away(say(*parts), way.set_aside),
        say(f"{way.effort}"),
        say(told.reached(way.reached, told.moved(way.reached))),
    )


def _change(change: Change, told: Told) -> Line:
    asked = told.outlook.facts.get(change.path)
    after = told.answer(change.path, change.after)
    if change.or_milder:
        after = _("{answer}, or one that is less risky,", answer=after)
    line = fill(
        _("{question} – {after} instead of {before}"),
        question=told.question(change.path),
        after=strong(after),
        before=told.answer(change.path, change.before),
    )
    must = " ".join(_must(change, asked)) if asked is not None else ""
    return say(*line, " – ", must) if must else line


def _must(change: Change, asked: Asked) -> tuple[str, ...]:
    """Return what must really change for the answer of a change; of several options, for each that goes or comes in."""
    if asked.changed_by:
        return (asked.changed_by,)
    after, before = _options(change.after), _options(change.before)
    moved = [one for one in asked.changed_to if (one in after) != (one in before)]
    reached = moved if isinstance(change.after, Sequence) and not isinstance(change.after, str) else after
    return tuple(dict.fromkeys(asked.changed_to[one] for one in reached if one in asked.changed_to))


def _options(answer: object) -> tuple[str, ...]:
    return tuple(map(answer_key, answer)) if isinstance(answer, list | tuple) else (answer_key(answer),)


def _stands(control: str, told: Told) -> str | None:
    return next((one.counts_as for one in told.assessment.controls if one.id == control), None)


def _none(found: WaysDown, now: str, to: str, told: Told) -> Iterator[Block]:
    yield Prose(say(_(_NOTHING[found.changes_tried], to=to, now=now)))
    if found.obstacles:
        yield Bullets(tuple(_obstacle(one, told) for one in found.obstacles[:_SHOWN]))
    yield from more(len(found.obstacles) - _SHOWN)


def _obstacle(one: Obstacle, told: Told) -> Line:
    if one.unanswered:
        text = _("{finding} stands against it; it could end with the answer to {questions}")
        return fill(text, finding=told.finding(one.finding), questions=told.questions(one.unanswered))
    if not one.rests_on:
        return fill(_("{finding} stands against it"), finding=told.finding(one.finding))
    others = [path for path in one.rests_on if path not in one.fixed]
    if not one.fixed:
        text = _("{finding} stands against it; it rests on {answers}")
    elif not others:
        text = _("{finding} stands against it; it rests on what no change of the project alters: {fixed}")
    else:
        text = _(
            "{finding} stands against it; it rests on what no change of the project alters: {fixed}; and on {answers}"
        )
    return fill(
        text,
        finding=told.finding(one.finding),
        fixed=_recorded(one.fixed, told),
        answers=_recorded(others, told),
    )


def _recorded(paths: Sequence[str], told: Told) -> Line:
    """Return what is on record under some paths, with the questions."""
    known = told.assessment.facts
    parts: list[str | Run] = []
    for path in paths[:_ANSWERS]:
        parts += ["; "] if parts else []
        parts += [*told.quoted(path)]
        parts += [" – ", strong(known[path].shown)] if path in known else []
    left = len(paths) - _ANSWERS
    parts += [ngettext("; {number} more answer", "; {number} more answers", left)] if left > 0 else []
    return say(*parts)
