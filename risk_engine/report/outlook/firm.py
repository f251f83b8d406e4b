"""How firmly a result stands: how far the next one is, which answer to verify first, which number would tip it."""

from collections.abc import Iterator

from risk_engine.language import N_, _, ngettext
from risk_engine.model.outlook import FindingsMore, IfWrong, Tips, ToNextBand
from risk_engine.report.blocks import Block, Bullets, Group, Line, Prose, Table, say, strong
from risk_engine.report.outlook.told import Told, in_the_record
from risk_engine.report.vocabulary import severity_word
from risk_engine.report.wording import fill

_SHOWN = 10
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
    several = [_band(one) for one in told.outlook.margins.bands if one.dimension == dimension]
    return fill(_("{dimension}: {points}"), dimension=strong(told.dimension(dimension)), points="; ".join(several))


def _band(one: ToNextBand) -> str:
    is_open = one.least < one.points
    points = ngettext("{number} point", "{number} points", one.points)
    # Nothing is said to be there that only missing answers could bring.
    stands = _(_STANDS[one.controls, is_open], points=points, least=one.least, most=one.points)
    if one.next_band is None or one.missing_points is None:
        text = N_("{stands}, at most {band}") if is_open else N_("{stands}, {band} already")
        return _(text, stands=stands, band=one.band)
    missing = ngettext("{number} point", "{number} points", one.missing_points)
    text = N_("{stands}, at the most {missing} below {band}") if is_open else N_("{stands}, {missing} below {band}")
    near = _(text, stands=stands, missing=missing, band=one.next_band)
    return _("{near}, which only a critical finding reaches", near=near) if one.only_critical else near


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
    rows = tuple(_wrong_row(one, told) for one in margins.if_wrong[:_SHOWN])
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
