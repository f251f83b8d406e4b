"""The section "What would change this" of a report, from the outlook on its assessment."""

from collections.abc import Iterator, Sequence

from risk_engine.files.language import N_, _, ngettext
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import (
    Asked,
    Change,
    ExplainedOutlook,
    FindingsMore,
    IfWrong,
    Obstacle,
    Tips,
    ToNextBand,
    Tried,
    Way,
    WaysDown,
    answer_key,
)
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Run, Section, Table, mark, say, strong
from risk_engine.report.outlook.possible import possible, questions
from risk_engine.report.outlook.wording import Told, in_the_record, more
from risk_engine.report.wording import Names, fill, severity_word, state_word

KEY = "change"
"""The anchor of the section."""


def outlook_section(outlook: ExplainedOutlook, assessment: Explanation, names: Names) -> Section:
    """Return what may still come out, what to ask next, what would lower the result, and how firm it is."""
    told = Told(outlook, assessment, names)
    groups: tuple[Block | Group, ...] = (*possible(told), *questions(told), *lower(told), *firm(told))
    intro = _(
        "Worked out over all possible answers and controls, not some; every case behind it was assessed by the engine. "
        "It belongs to this assessment alone."
    )
    return Section(KEY, _("What would change this"), (Prose(say(intro)), *groups))


_OBSTACLES = 8
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
        yield Bullets(tuple(_obstacle(one, told) for one in found.obstacles[:_OBSTACLES]))
    yield from more(len(found.obstacles) - _OBSTACLES)


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


_TO_VERIFY = 10
"""So many answers to verify are told: an auditor begins with the first ones."""
_DIRECTIONS = {"stricter": N_("stricter"), "milder": N_("milder"), "mixed": N_("in part stricter, in part milder")}
_STANDS = {
    ("before", False): N_("{points} before controls"),
    ("before", True): N_("{least} to {most} points before controls while answers are missing"),
    ("after", False): N_("{points} after controls"),
    ("after", True): N_("{least} to {most} points after controls while answers are missing"),
}


def firm(told: Told) -> Iterator[Group]:
    """Yield the margins of the result."""
    margins = told.outlook.margins
    dimensions = dict.fromkeys(one.dimension for one in margins.bands)
    near = [*(_bands(one, told) for one in dimensions), *(_more(one, told) for one in margins.findings)]
    if near:
        yield Group(say(_("How far it is to the next result")), (Bullets(tuple(near)),))
    if margins.answers:
        yield Group(say(_("Which answer to verify first")), tuple(_wrong(told)))
    if margins.tried:
        yield Group(say(_("Which number of the criteria would tip it")), tuple(_tips(told)))


def _bands(dimension: str, told: Told) -> Line:
    """Return how far a dimension is from the next band that counts, before controls and after them."""
    several = [_band(one, told) for one in told.outlook.margins.bands if one.dimension == dimension]
    return fill(_("{dimension}: {points}"), dimension=strong(told.dimension(dimension)), points="; ".join(several))


def _band(one: ToNextBand, told: Told) -> str:
    is_open = one.least < one.points
    points = ngettext("{number} point", "{number} points", one.points)
    # Nothing is said to be there that only missing answers could bring.
    stands = _(_STANDS[one.controls, is_open], points=points, least=one.least, most=one.points)
    if one.next_band is None or one.missing_points is None:
        text = N_("{stands}, at most {band}") if is_open else N_("{stands}, {band} already")
        return _(text, stands=stands, band=told.band(one.band))
    missing = ngettext("{number} point", "{number} points", one.missing_points)
    text = N_("{stands}, at the most {missing} below {band}") if is_open else N_("{stands}, {missing} below {band}")
    near = _(text, stands=stands, missing=missing, band=told.band(one.next_band))
    return _("{near}, which only a critical finding reaches", near=near) if one.only_critical else near


def _more(one: FindingsMore, told: Told) -> Line:
    word = severity_word(one.severity)
    findings = ngettext(
        "{number} more {severity} finding", "{number} more {severity} findings", one.number, severity=word
    )
    if one.points is not None:
        points = ngettext("{number} point", "{number} points", one.points)
        findings = ngettext(
            "{findings} of {points}", "{findings} of {points} each", one.number, findings=findings, points=points
        )
    dimensions: dict[str, list[str]] = {}
    for place in one.places:
        dimensions.setdefault(told.dimension(place.dimension), []).append(told.ground(place.ground))
    where = [
        _("{dimension}: {grounds}", dimension=name, grounds=told.either(found)) for name, found in dimensions.items()
    ]
    return fill(
        _("{findings} on one ground – then {result}. It may be in: {places}"),
        findings=strong(findings),
        result=told.at(one.ladder, one.level),
        places="; ".join(where),
    )


def _wrong(told: Told) -> Iterator[Block]:
    margins = told.outlook.margins
    if not margins.if_wrong:
        text = ngettext(
            "The {number} answer on record would not change {results} if it were wrong.",
            "Of {number} answers on record none would change {results} if it alone were wrong.",
            margins.answers,
            results=told.results(),
        )
        yield Prose(say(text))
        return
    text = ngettext(
        "{number} answer on record, of {all}, would change {results} if it alone were wrong.",
        "{number} answers on record, of {all}, would each change {results} if it alone were wrong. Those that would "
        "change most come first.",
        margins.moving,
        all=margins.answers,
        results=told.results(),
    )
    yield Prose(say(text))
    rows = tuple(_wrong_row(one, told) for one in margins.if_wrong[:_TO_VERIFY])
    head = (_("Answer on record"), _("If it were"), _("It would be"))
    yield Table(_("Answers to verify first"), head, rows, (45, 25, 30))
    yield from in_the_record(margins.moving - len(rows))


def _wrong_row(one: IfWrong, told: Told) -> tuple[Line, ...]:
    recorded = fill(
        "{question} – {answer}",
        question=told.question(one.path),
        answer=strong(told.answer(one.path, one.recorded)),
    )
    result = _("{direction}: {result}", direction=_(_DIRECTIONS[one.direction]), result=told.reached(one.reached))
    return recorded, say(told.answer(one.path, one.instead)), say(result)


def _tips(told: Told) -> Iterator[Block]:
    yield from _moves(told)
    refused = told.outlook.margins.refused
    if refused:
        text = ngettext(
            "{number} of these moves was left out: no criteria could have that number.",
            "{number} of these moves were left out: no criteria could have those numbers.",
            refused,
        )
        yield Prose(say(text))


def _moves(told: Told) -> Iterator[Block]:
    margins = told.outlook.margins
    if not margins.tips:
        text = ngettext(
            "The result is stable: {number} number of the criteria was moved down and up by 10, 25 and 50 %, and it "
            "stays.",
            "The result is stable: {number} numbers of the criteria were moved down and up by 10, 25 and 50 %, each by "
            "itself, and it stays.",
            margins.tried,
        )
        yield Prose(say(text))
        return
    text = ngettext(
        "{number} number of the criteria was moved down and up by 10, 25 and 50 %. It would tip the result:",
        "{number} numbers of the criteria were moved down and up by 10, 25 and 50 %, each by itself. These would tip "
        "the result:",
        margins.tried,
    )
    yield Prose(say(text))
    rows = tuple(_tip_row(one, told) for one in margins.tips)
    head = (_("Number"), _("Now"), _("It tips at"), _("It would be"))
    yield Table(_("Numbers that tip the result"), head, rows, (45, 10, 15, 30))


def _tip_row(one: Tips, told: Told) -> tuple[Line, ...]:
    within = _("{value} (within {percent} %)", value=one.tips_at, percent=one.percent)
    return say(strong(_number(one, told))), say(f"{one.value}"), say(within), say(told.reached(one.reached))


def _number(one: Tips, told: Told) -> str:
    match one.what:
        case "parameter":
            return told.outlook.parameters.get(one.name, one.name)
        case "points":
            return _("Points of a {severity} finding", severity=severity_word(one.name))  # type: ignore[arg-type]
        case "band":
            return _("Limit of the band {band}", band=told.band(one.name))
        case _:
            return _("The cap of what is not critical")
