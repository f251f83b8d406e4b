"""How firmly a result stands: how far the next one is, which answer to verify first, which number would tip it."""

from collections.abc import Iterator

from risk_engine.language import N_, _, ngettext
from risk_engine.model.outlook import FindingsMore, IfWrong, Tips, ToNextBand
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Table, say, strong
from risk_engine.report.outlook.told import Told
from risk_engine.report.vocabulary import severity_word
from risk_engine.report.wording import fill

_DIRECTIONS = {"stricter": N_("stricter"), "milder": N_("milder"), "mixed": N_("in part stricter, in part milder")}


def firm(told: Told) -> Iterator[Group]:
    """Yield the margins of the result."""
    margins = told.outlook.margins
    near = [*(_band(one, told) for one in margins.bands), *(_more(one, told) for one in margins.findings)]
    if near:
        yield Group(say(_("How far it is to the next result")), (Bullets(tuple(near)),))
    if margins.answers:
        yield Group(say(_("Which answer to verify first")), tuple(_wrong(told)))
    if margins.tried:
        yield Group(say(_("Which number of the criteria would tip it")), tuple(_tips(told)))


def _band(one: ToNextBand, told: Told) -> Line:
    dimension = strong(told.dimension(one.dimension))
    points = ngettext("{number} point", "{number} points", one.points)
    if one.next_band is None or one.missing_points is None:
        return fill(_("{dimension}: {points} after controls, in the last band"), dimension=dimension, points=points)
    missing = ngettext("{number} point", "{number} points", one.missing_points)
    text = _("{dimension}: {points} after controls, {missing} below {band}")
    if one.only_critical:
        text = _("{dimension}: {points} after controls, {missing} below {band}, which only a critical finding reaches")
    return fill(text, dimension=dimension, points=points, missing=missing, band=one.next_band)


def _more(one: FindingsMore, told: Told) -> Line:
    word = severity_word(one.severity)
    findings = ngettext(
        "{number} more {severity} finding", "{number} more {severity} findings", one.number, severity=word
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
        result=_("{ladder}: {level}", ladder=told.ladder(one.ladder), level=told.level(one.ladder, one.level)),
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
    rows = tuple(_wrong_row(one, told) for one in margins.if_wrong)
    head = (_("Answer on record"), _("If it were"), _("It would be"))
    yield Table(_("Answers to verify first"), head, rows, (45, 25, 30))


def _wrong_row(one: IfWrong, told: Told) -> tuple[Line, ...]:
    recorded = fill(
        "{question} – {answer}",
        question=told.question(one.path),
        answer=strong(told.answer(one.path, one.recorded)),
    )
    result = _("{direction}: {result}", direction=_(_DIRECTIONS[one.direction]), result=told.reached(one.reached))
    return recorded, say(told.answer(one.path, one.instead)), say(result)


def _tips(told: Told) -> Iterator[Block]:
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
    return say(strong(_number(one))), say(f"{one.value}"), say(within), say(told.reached(one.reached))


def _number(one: Tips) -> str:
    match one.what:
        case "parameter":
            return one.title or one.name
        case "points":
            return _("Points of a {severity} finding", severity=severity_word(one.name))  # type: ignore[arg-type]
        case "band":
            return _("Limit of the band {band}", band=one.title or one.name)
        case _:
            return _("The cap of what is not critical")
