"""A picture of where cases went: from the levels of the old version on the left to those of the new one on the right.

As in all pictures (report/pictures.py) places across are per mille, downwards pixels. What a band means is told by its
fill and its outline, and by the number beside it; a table says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from risk_engine.language import NP_, _, pgettext
from risk_engine.model.impact import Flow, ImpactReport, LadderCompared, Place
from risk_engine.report.blocks import Box, Item, Label, LabelLook, Picture, Ribbon, RibbonLook
from risk_engine.report.impact.words import Words, cases, direction_word, place
from risk_engine.report.labels import LETTER, LINE, NARROW, wrapped

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
_LOOKS: Final[tuple[RibbonLook, ...]] = ("same", "stricter", "milder", "looser", "other", "apart")
APART: Final = {
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
    names = Words(report)
    left = _ends(flows, ladder, before=True)
    right = _ends(flows, ladder, before=False)
    total = sum(one.cases for one in flows)
    thickness = {one: max(_THIN, one.cases * _TALL // total) for one in flows}
    sides = _Side.left(flows), _Side.right()
    heads, top = _heads(names, sides)
    starts, items, bottom = _column(left, thickness, top, sides[0])
    ends, more, other_bottom = _column(right, thickness, top, sides[1])
    in_order = sorted(
        flows, key=lambda one: ("same", "apart", "other", "looser", "milder", "stricter").index(_look(one))
    )
    ribbons = [
        Ribbon(_FROM + _BAR, _TO - _FROM - 2 * _BAR, starts[one], ends[one], thickness[one], _look(one))
        for one in in_order
    ]
    used = {_look(one) for one in flows}
    return Picture(
        key=f"flow-{ladder.ladder}",
        title=_("{ladder}: from {before} to {after}", ladder=ladder.title, before=names.before, after=names.after),
        desc=described(flows, ladder),
        height=max(bottom, other_bottom),
        items=(*heads, *ribbons, *items, *more),
        signs=tuple((look, direction_word(look)) for look in _LOOKS if look in used),
    )


def described(flows: Sequence[Flow], ladder: LadderCompared) -> str:
    """Return where cases went, in a sentence."""
    said = [
        _("{before} → {after}: {cases}, {direction}", before=before, after=after, cases=number, direction=direction)
        for before, after, number, direction in (flow_cells(one, ladder) for one in flows)
    ]
    return "; ".join(said) + "."


def flow_cells(flow: Flow, ladder: LadderCompared) -> tuple[str, str, str, str]:
    """Return from where, to where, how many cases, and which way that is."""
    direction = direction_word("apart" if flow.after is None else flow.direction)
    return _title(flow.before, ladder), _end_title(flow, ladder), cases(flow.cases), direction


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
            return (1, list(APART).index(flow.group))
        return (0, rank(where.mildest), rank(where.strictest), rank(where.level))

    found: dict[str, list[Flow]] = {}
    for one in sorted(flows, key=strictness):
        found.setdefault(_title(one.before, ladder) if before else _end_title(one, ladder), []).append(one)
    return [_End(title, tuple(several)) for title, several in found.items()]


def _title(where: Place, ladder: LadderCompared) -> str:
    text = place(ladder, where)
    return text[0].upper() + text[1:]


def _end_title(flow: Flow, ladder: LadderCompared) -> str:
    return pgettext(*APART[flow.group]) if flow.after is None else _title(flow.after, ladder)


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


def _heads(names: Words, sides: tuple[_Side, _Side]) -> tuple[list[Label], int]:
    before, one = sides[0].label(_("Before: {version}", version=names.before), 0, "soft")
    after, other = sides[1].label(_("After: {version}", version=names.after), 0, "soft")
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
        number, bottom = side.label(cases(sum(one.cases for one in end.flows)), number_at - 4, "soft")
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
