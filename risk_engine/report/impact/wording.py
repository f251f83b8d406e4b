"""The words and the picture of an impact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, assert_never, cast

from risk_engine.files.language import N_, NP_, _, ngettext, pgettext
from risk_engine.model.impact import (
    Cause,
    Course,
    Direction,
    FindingMove,
    FindingState,
    Flow,
    ImpactReport,
    LadderCompared,
    Move,
    Place,
    Refusal,
    RefusalKind,
    Standing,
)
from risk_engine.report.blocks import Box, Item, Label, LabelLook, Line, Picture, Ribbon, RibbonLook, Run, say, strong
from risk_engine.report.pictures import LETTER, LINE, NARROW, wrapped
from risk_engine.report.wording import between, fill, knock_out_word, severities, severity, severity_word

if TYPE_CHECKING:
    from risk_engine.model.words import KnockOut, Severity


_DIRECTIONS: Final[dict[Direction | Course | Literal["apart"], tuple[str, str]]] = {
    "same": NP_("direction", "same result"),
    "stricter": NP_("direction", "stricter"),
    "milder": NP_("direction", "milder"),
    "looser": NP_("direction", "looser"),
    "wider": NP_("direction", "wider open"),
    "narrower": NP_("direction", "less open"),
    "other": NP_("direction", "otherwise"),
    "otherwise": NP_("direction", "otherwise"),
    "apart": NP_("direction", "counted apart"),
}
_REFUSALS: Final[dict[RefusalKind, str]] = {
    "no_entity": N_("there is nothing of that kind in {version}"),
    "no_fact": N_("{version} does not know this fact"),
    "no_control": N_("{version} does not know this control"),
    "answer": N_("{version} does not take this answer"),
    "not_asked": N_("{version} does not ask this, by what else the case states"),
    "too_many": N_("{version} does not take so many entries"),
}
_FINDING_MOVES: Final = {
    "stricter": NP_("finding", "graver"),
    "milder": NP_("finding", "less grave"),
    "other": NP_("finding", "otherwise"),
}


class Words:
    """Tells what a report names by its id."""

    def __init__(self, report: ImpactReport) -> None:
        self.report = report
        self.before = report.before.version
        self.after = report.after.version
        if self.before == self.after:  # two folders, before one of them has its own number
            self.before, self.after = (
                _("{version} (old)", version=self.before),
                _("{version} (new)", version=self.after),
            )
        self._ladders = {one.ladder: one for one in report.ladders}

    def ladder(self, name: str) -> LadderCompared:
        """Return a ladder by its name."""
        return self._ladders[name]

    def finding(self, indicator: str) -> str:
        """Return the id and the title of an indicator."""
        return f"{indicator} {self.report.names.indicators.get(indicator, '')}".rstrip()

    def fact(self, path: str) -> Line:
        """Return what is asked under a path, and the path."""
        parts = path.split(".")
        names = self.report.names
        if parts[0] == "controls" and len(parts) > 1:
            return say(strong(parts[1]), f" {names.controls.get(parts[1], '')}".rstrip())
        name = f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else path
        question = names.facts.get(name, "")
        return say(f"{question} " if question else "", Run(path, "code"))

    def place(self, ladder: str, standing: Standing) -> str:
        """Return where on a ladder a case stands."""
        return place(self.ladder(ladder), standing.place)

    def move(self, move: Move) -> str:
        """Return "from → to" for a ladder, or where it stays."""
        ladder = self.ladder(move.ladder)
        was, now = place(ladder, move.before.place), place(ladder, move.after.place)
        return now if was == now else f"{was} → {now}"

    def rules(self, move: Move) -> Line:
        """Return the sentences of the rules that decided, if they are two; else the one."""
        ladder = self.ladder(move.ladder)
        was = ladder.sentences_before[move.before.rule]
        now = ladder.sentences_after[move.after.rule]
        if was == now:
            return fill(_("by the same rule: “{now}”"), now=now)
        return fill(_("now by the rule “{now}”, before by “{was}”"), now=now, was=was)

    def ladder_causes(self, move: Move) -> str:
        """Return what of the ladder itself is different, empty where nothing is."""
        return "; ".join(self._ladder_cause(one, move) for one in move.causes)

    def _ladder_cause(self, cause: Cause, move: Move) -> str:
        if cause.kind == "points":
            return _("points and bands of {version} are others", version=self.after)
        title = self.ladder(move.ladder).title
        return _("the rules of “{ladder}” are others in {version}", ladder=title, version=self.after)

    def finding_move(self, move: FindingMove) -> Line:
        """Return a finding with what it was and is, and why."""
        change = _("{before} → {after}", before=_state(move.before), after=_state(move.after))
        found = say(strong(self.finding(move.id)), f": {change}")
        why = [run for one in move.causes for run in (Run("; "), *self._cause(one))][1:]
        return (*found, Run(" ("), *why, Run(")")) if why else found

    def _cause(self, cause: Cause) -> Line:
        name = cause.name or ""
        match cause.kind:
            case "indicator_new":
                return say(_("new in {version}", version=self.after))
            case "indicator_gone":
                return say(_("not in {version}", version=self.after))
            case "in_force":
                return say(_("in force on that day under one version only"))
            case "severity":
                word = severity_word(cast("Severity", name))
                return say(_("its condition for {severity} is another one", severity=word))
            case "knock_out":
                word = knock_out_word(cast("KnockOut", name))
                return say(_("its condition for a bar ({kind}) is another one", kind=word))
            case "controls":
                return say(_("what controls leave of it is another"))
            case "definition":
                return fill(_("the definition {name} is another one"), name=Run(name, "code"))
            case "parameter":
                title = self.report.names.parameters.get(name, name)
                return say(_("{title}: {before} → {after}", title=title, before=cause.before, after=cause.after))
            case "fact":
                return fill(_("answers count otherwise: {fact}"), fact=self.fact(name))
            case "value":
                return fill(_("another value: {fact}"), fact=self.fact(name))
            case "asked":
                return fill(_("newly asked: {fact}"), fact=self.fact(name))
            case "refused":
                return fill(_("answer not taken: {fact}"), fact=self.fact(name))
            case "rules" | "points":
                return ()
            case _:
                assert_never(cause.kind)

    def refusal(self, refusal: Refusal) -> Line:
        """Return what a version does not take, and why."""
        return say(*self.fact(refusal.path), ": ", self.refusal_reason(refusal.why))

    def refusal_reason(self, why: RefusalKind) -> str:
        """Return why the new version does not take something."""
        return _(_REFUSALS[why], version=self.after)


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


def finding_direction(direction: str) -> str:
    """Return how a finding moved."""
    return pgettext(*_FINDING_MOVES[direction])


def cases(number: int) -> str:
    """Return how many cases."""
    return ngettext("{number} case", "{number} cases", number)


def _state(state: FindingState | None) -> str:
    if state is None or state.outcome == "absent":
        return pgettext("finding", "none")
    low, high = state.severity.at_least, state.severity.at_most
    if state.outcome == "undetermined":
        told = _("not determined, up to {severity}", severity=severity_word(high))
    else:
        told = severities(low, high)
        if (low, high) != (state.residual.at_least, state.residual.at_most):
            told = _("{before} before controls, {now} now", before=told, now=severity(state.residual))
    bars = state.knock_out
    if bars.at_most == "none":
        return told
    words = between(knock_out_word(bars.at_least), knock_out_word(bars.at_most))
    return _("{severity}, bars: {bars}", severity=told, bars=words)


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
