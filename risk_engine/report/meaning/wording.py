"""What is asked about a change of criteria and what came of it, in words."""

import re
from collections.abc import Mapping
from typing import assert_never

from risk_engine.files.language import N_, NP_, _, pgettext
from risk_engine.model.changes import Bump, Came, Direction, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.report.wording import between, knock_out_word, severity_word

HEADS: dict[Direction, tuple[str, str]] = {
    "milder": NP_("may a case come out so", "Milder?"),
    "looser": NP_("may a case come out so", "Looser?"),
    "stricter": NP_("may a case come out so", "Stricter?"),
    "skips": NP_("may a case come out so", "Skips a level?"),
    "opens": NP_("may a case come out so", "Opens?"),
}
"""How a table asks."""
BECOMES: dict[Direction, tuple[str, str]] = {
    "milder": NP_("how a case comes out", "milder"),
    "looser": NP_("how a case comes out", "looser"),
    "stricter": NP_("how a case comes out", "stricter"),
    "skips": NP_("how a case comes out", "skips a level"),
    "opens": NP_("how a case comes out", "open anew"),
}
"""What a case shows."""
MEANT: dict[Direction, str] = {
    "milder": N_(
        "**Milder**: the strictest level that is still possible falls; with every answer given, the result. Of "
        "dimensions and findings, either end."
    ),
    "looser": N_(
        "**Looser**: answers are missing, and the level proposed meanwhile or the mildest possible one falls; the "
        "strictest does not."
    ),
    "stricter": N_("**Stricter**: the level or an end of what is possible rises."),
    "skips": N_("**Skips a level**: the level moves by two or more at once, in whichever direction."),
    "opens": N_("**Opens**: settled before, still open after, through new questions alone."),
}
"""What each question means."""
BUMP_SENTENCES: dict[Bump, str] = {
    "patch": N_("A patch is enough: {why}."),
    "minor": N_("It needs a minor step at least: {why}."),
    "major": N_("It needs a major step: {why}."),
}


_CODE = re.compile(r"`([^`]+)`")


def quoted(text: str) -> str:
    """Return a sentence for where there is no style: the names between backticks between quotation marks."""
    return _CODE.sub(lambda found: _("“{name}”", name=found[1]), text)


def head(direction: Direction) -> str:
    """Return how a table asks whether a case may come out so."""
    return pgettext(*HEADS[direction])


def becomes(direction: Direction) -> str:
    """Return how a case comes out."""
    return pgettext(*BECOMES[direction])


def name_of(shift: Shift, after: Criteria) -> str:
    """Return what a question is about: the ladder, or the dimension before or after controls."""
    match shift.of:
        case "ladder":
            return after.ladders[shift.name].title
        case "inherent":
            return _("{dimension} before controls", dimension=after.head.dimensions[shift.name].title)
        case "residual":
            return _("{dimension} after controls", dimension=after.head.dimensions[shift.name].title)
        case "finding_severity":
            return _finding(shift.name, after)
        case "finding_residual":
            return _("{finding}, after controls", finding=_finding(shift.name, after))
        case "finding_knock_out":
            return _("{finding}, as a knock-out", finding=_finding(shift.name, after))
        case _:
            assert_never(shift.of)


def _finding(name: str, after: Criteria) -> str:
    return f"{name} {after.indicators[name].title}"


def _titles(shift: Shift, criteria: Criteria) -> Mapping[str, str]:
    """Return what people call what a ladder, a dimension or a finding can come to."""
    match shift.of:
        case "ladder":
            return {name: one.title for name, one in criteria.ladders[shift.name].levels.items()}
        case "inherent" | "residual":
            return criteria.head.severity.titles
        case "finding_knock_out":
            return {one: knock_out_word(one) for one in KNOCK_OUTS}
        case "finding_severity" | "finding_residual":
            return {one: severity_word(one) for one in SEVERITIES}
        case _:
            assert_never(shift.of)


def came(shift: Shift, came_to: Came, criteria: Criteria) -> str:
    """Return what a ladder or a dimension came to: never the bare level while it is still open."""
    titles = _titles(shift, criteria)
    low, high = (titles.get(one, one) for one in (came_to.lowest, came_to.highest))
    level = came_to.level
    if low == high:
        if level in {None, came_to.lowest}:
            return low
        return _("{level} while answers are missing, else {settled}", level=titles.get(f"{level}", level), settled=low)
    range_ = _("still open: {levels}", levels=between(low, high))
    if level is None:
        return range_
    return _("{level} for now, {range}", level=titles.get(level, level), range=range_)
