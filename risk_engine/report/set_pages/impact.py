"""An impact of a change on many cases: the facts of its page, whose words are in `templates/pages/impact.j2`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from risk_engine.files.language import NP_, _, ngettext, pgettext
from risk_engine.model.comparison import Course, Direction, Flow, ImpactReport, LadderCompared, Move, Place
from risk_engine.report import page
from risk_engine.report.blocks import Box, Item, Label, LabelLook, Must, Picture, Ribbon, RibbonLook, View, grouped
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.pictures import LETTER, LINE, NARROW, wrapped
from risk_engine.report.wording import between

MOST: Final = 20
"""How many cases of each kind a terminal shows."""
_ROLES_FIRST: Final = ("gate", "headline", "escalation", None)
_DIRECTIONS: Final[dict[Direction | Course | Literal["apart"], tuple[str, str]]] = {
    "same": NP_("direction", "same result"),
    "stricter": NP_("direction", "stricter"),
    "milder": NP_("direction", "milder"),
    "looser": NP_("direction", "looser"),
    "tighter": NP_("direction", "tighter"),
    "wider": NP_("direction", "wider open"),
    "narrower": NP_("direction", "less open"),
    "other": NP_("direction", "otherwise"),
    "otherwise": NP_("direction", "otherwise"),
    "apart": NP_("direction", "counted apart"),
}


def impact_view(report: ImpactReport, *, with_pictures: bool = True, most: int | None = None) -> View:
    """Return the report as ready text in the current language, harmless everywhere.

    With `most` it holds so many cases of each kind and counts the others; problems are then left to be told elsewhere.
    """
    before, after = names_of(report)
    ladders = {one.ladder: one for one in report.ladders}
    compared = report.of_group("compared")

    def named_fact(path: str) -> tuple[str, str]:
        kind, _dot, rest = path.partition(".")
        if kind == "controls" and rest:
            control = rest.partition(".")[0]
            return control, report.names.controls.get(control, "")
        name = f"{kind}.{rest.rpartition('.')[2]}" if rest else path
        return "", report.names.facts.get(name, "")

    def in_order(moves: Iterable[Move]) -> list[Move]:
        # Whether a case may start comes before how.
        return sorted(moves, key=lambda one: _ROLES_FIRST.index(ladders[one.ladder].role))

    facts = {
        "report": report,
        "counts": report.counts,
        "before": before,
        "after": after,
        "tone": _tone(report),
        "most": most,
        "moves": _moves(report),
        "shown": _flows_shown(report, with_pictures=with_pictures),
        "compared": {
            course: [one for one in compared if one.course == course]
            for course in ("milder", "looser", "stricter", "tighter", "otherwise")
        },
        "other_reasons": [one for one in compared if one.course == "same" and one.findings],
        "newly_asked": report.of_group("newly_asked"),
        "refused": report.of_group("refused"),
        "ladder_of": ladders.__getitem__,
        "move_of": lambda moves, ladder: next(one for one in moves if one.ladder == ladder),
        "in_order": in_order,
        "named_fact": named_fact,
        "place": place,
        "flow_cells": flow_cells,
        "direction_word": direction_word,
    }
    return page.view(
        "impact",
        facts,
        case_id=f"{before} → {after}",
        on=report.on or max((one.on for one in report.cases), default=date.min),
        kept_by=f"{report.before.digest[:SHOWN_DIGEST]} {report.after.digest[:SHOWN_DIGEST]}",
        must=tuple(Must("digest", one.digest) for one in (report.before, report.after)),
    )


def names_of(report: ImpactReport) -> tuple[str, str]:
    """Return what the two versions are called; before one of two folders has its own number both have the same."""
    before, after = report.before.version, report.after.version
    if before == after:
        return _("{version} (old)", version=before), _("{version} (new)", version=after)
    return before, after


def _tone(report: ImpactReport) -> Literal["mild", "middle", "strict", "open"]:
    counts = report.counts
    if counts.problems or counts.refused or not counts.cases:
        return "strict"
    if counts.compared.changed:
        return "middle"
    return "open" if counts.newly_asked else "mild"


def _moves(report: ImpactReport) -> list[Flow]:
    """Return where cases went on ladders with a role, the most frequent first; what stayed or is apart is left out."""
    return [
        flow
        for ladder in report.ladders
        if ladder.role
        for flow in sorted(
            (one for one in report.flows if one.ladder == ladder.ladder and one.after and one.direction != "same"),
            key=lambda one: -one.cases,
        )
    ]


def _flows_shown(report: ImpactReport, *, with_pictures: bool) -> list[dict[str, object]]:
    """Return each ladder with a role, and each other one on which a case moved, with its flows and its picture."""
    shown: list[dict[str, object]] = []
    for ladder in report.ladders:
        flows = [one for one in report.flows if one.ladder == ladder.ladder]
        if flows and (ladder.role or any(one.direction != "same" for one in flows)):
            has_picture = with_pictures and ladder.role in {"headline", "gate"}
            picture = flow_picture(report, ladder) if has_picture else None
            shown.append({"ladder": ladder, "flows": flows, "picture": picture})
    return shown


def place(ladder: LadderCompared, where: Place) -> str:
    """Return where on a ladder a case stands: never the bare level while it is still open."""
    if not where.provisional:
        return ladder.title_of(where.level)
    level, mildest, strictest = map(ladder.title_of, (where.level, where.mildest, where.strictest))
    if where.mildest == where.strictest:
        if where.level != where.mildest:
            return _("{level} while answers are missing, else {settled}", level=level, settled=mildest)
        return _("still open: {level}, for reasons that may change", level=level)
    open_ = _("still open: {levels}", levels=between(mildest, strictest))
    order = [one.name for one in ladder.levels].index
    if order(where.mildest) <= order(where.level) <= order(where.strictest):
        return open_
    return _("{level} for now, {range}", level=level, range=open_)


def direction_word(direction: Direction | Course | Literal["apart"]) -> str:
    """Return how a case moved, on one ladder or over all; or that it is counted apart."""
    return pgettext(*_DIRECTIONS[direction])


def _cases(number: int) -> str:
    return ngettext("{number} case", "{number} cases", number)


_RIGHT: Final = 300
"""So far from the edge, in per mille, a label on the right begins. One on the left ends before the numbers."""
_BAR: Final = 12
_FROM: Final = 384
_TO: Final = 688
_TALL: Final = 200
"""How high, in pixels, all bands together are about; a thin one is as high as its number."""
_LINES: Final = 6
_THIN: Final = 15
_GAP: Final = 14
_LOOKS: Final[tuple[RibbonLook, ...]] = ("same", "stricter", "milder", "looser", "tighter", "other", "apart")
_APART: Final = {
    "newly_asked": NP_("where cases go", "Newly asked"),
    "refused": NP_("where cases go", "Answers not taken"),
}
"""Groups that are counted apart, as they are called where the others have their level."""


@dataclass(frozen=True)
class _End:
    """One end of bands: where cases stand under one version, or what they are counted apart as."""

    title: str
    flows: tuple[Flow, ...]


def flow_picture(report: ImpactReport, ladder: LadderCompared) -> Picture | None:
    """Return the picture of one ladder; None where there is no case."""
    flows = [one for one in report.flows if one.ladder == ladder.ladder]
    if not flows:
        return None
    left = _ends(flows, ladder, before=True)
    right = _ends(flows, ladder, before=False)
    before, after = names_of(report)
    total = sum(one.cases for one in flows)
    thickness = {one: max(_THIN, one.cases * _TALL // total) for one in flows}
    sides = _Side.left(flows), _Side.right()
    heads, top = _heads((before, after), sides)
    starts, items, bottom = _column(left, thickness, top, sides[0])
    ends, more, other_bottom = _column(right, thickness, top, sides[1])
    in_order = sorted(
        flows, key=lambda one: ("same", "apart", "other", "looser", "tighter", "milder", "stricter").index(_look(one))
    )
    ribbons = [
        Ribbon(_FROM + _BAR, _TO - _FROM - 2 * _BAR, starts[one], ends[one], thickness[one], _look(one))
        for one in in_order
    ]
    used = {_look(one) for one in flows}
    return Picture(
        key=f"flow-{ladder.ladder}",
        title=_("{ladder}: from {before} to {after}", ladder=ladder.title, before=before, after=after),
        desc=_described(flows, ladder),
        height=max(bottom, other_bottom),
        items=(*heads, *ribbons, *items, *more),
        signs=tuple((look, direction_word(look)) for look in _LOOKS if look in used),
    )


def _described(flows: Sequence[Flow], ladder: LadderCompared) -> str:
    """Return where cases went, in a sentence."""
    told = "{before} → {after}: {cases}, {direction}"
    lines = ((*flow_cells(one, ladder), _cases(one.cases)) for one in flows)
    return "; ".join(_(told, before=a, after=b, cases=number, direction=way) for a, b, way, number in lines) + "."


def flow_cells(flow: Flow, ladder: LadderCompared) -> tuple[str, str, str]:
    """Return from where, to where, and which way that is."""
    direction = direction_word("apart" if flow.after is None else flow.direction)
    return _title(flow.before, ladder), _end_title(flow, ladder), direction


def _look(flow: Flow) -> RibbonLook:
    if flow.after is None:
        return "apart"
    return "other" if flow.direction in {"wider", "narrower", "other"} else flow.direction  # type: ignore[return-value]


def _ends(flows: Sequence[Flow], ladder: LadderCompared, *, before: bool) -> list[_End]:
    """Return the ends on one side, the mildest first; the groups counted apart come last."""
    rank = [one.name for one in ladder.levels].index

    def strictness(flow: Flow) -> tuple[int, ...]:
        where = flow.before if before else flow.after
        if where is None:
            return (1, list(_APART).index(flow.group))
        return (0, rank(where.mildest), rank(where.strictest), rank(where.level))

    def called(flow: Flow) -> str:
        return _title(flow.before, ladder) if before else _end_title(flow, ladder)

    found = grouped(sorted(flows, key=strictness), called)
    return [_End(title, tuple(several)) for title, several in found.items()]


def _title(where: Place, ladder: LadderCompared) -> str:
    text = place(ladder, where)
    return text[0].upper() + text[1:]


def _end_title(flow: Flow, ladder: LadderCompared) -> str:
    return pgettext(*_APART[flow.group]) if flow.after is None else _title(flow.after, ladder)


@dataclass(frozen=True)
class _Side:
    """Where the labels of one side stand: on the left they end beside the numbers, on the right they begin."""

    x: int
    shift: int
    room: int
    on_left: bool

    @classmethod
    def left(cls, flows: Sequence[Flow]) -> "_Side":
        numbers = max(len(str(one.cases)) for one in flows)
        shift = -LETTER * (numbers + 1) - _BAR
        return cls(_FROM, shift, NARROW * _FROM // 1000 + shift, on_left=True)

    @classmethod
    def right(cls) -> "_Side":
        return cls(1000 - _RIGHT, 0, NARROW * _RIGHT // 1000, on_left=False)

    def label(self, text: str, y: int, look: LabelLook) -> tuple[list[Label], int]:
        """Return a label and where it ends; strong letters are wider, so there is room for fewer."""
        room = self.room * LETTER // (LETTER + 1) if look == "strong" else self.room
        lines, bottom = wrapped(text, self.x, y, room, look, most=_LINES)
        return [replace(one, shift=self.shift, ends_there=self.on_left) for one in lines], bottom


def _heads(names: tuple[str, str], sides: tuple[_Side, _Side]) -> tuple[list[Label], int]:
    before, one = sides[0].label(_("Before: {version}", version=names[0]), 0, "soft")
    after, other = sides[1].label(_("After: {version}", version=names[1]), 0, "soft")
    return [*before, *after], max(one, other) + 4


def _column(
    ends: Sequence[_End], thickness: dict[Flow, int], top: int, side: _Side
) -> tuple[dict[Flow, int], list[Item], int]:
    """Return where each band begins, what stands beside the bands, and where the column ends."""
    begins: dict[Flow, int] = {}
    items: list[Item] = []
    y = top
    for end in ends:
        title, number_at = side.label(end.title, y, "strong")
        number, bottom = side.label(_cases(sum(one.cases for one in end.flows)), number_at - 4, "soft")
        items += [*title, *number]
        band = y
        for one in end.flows:
            begins[one] = band
            if side.on_left:
                number_of_cases = str(one.cases)
                shift = -LETTER * len(number_of_cases) - _BAR
                items.append(Label(_FROM, band + thickness[one] // 2 + 4, number_of_cases, "plain", shift))
            band += thickness[one]
        items.append(Box(_FROM if side.on_left else _TO - _BAR, y, _BAR, band - y, "now"))
        y = max(band, bottom) + _GAP
    return begins, items, y - _GAP + LINE // 3
