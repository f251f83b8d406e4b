"""A computed map of a criteria set as ready text: every word, shape and order; a writer only lays it out.

What a cell says is told three times, never by colour alone: by a shape, by the words of the levels, by the findings.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from risk_engine.language import _, current, in_language
from risk_engine.model.explanation import Proposal, Recorded
from risk_engine.model.map import AxisShown, BandShown, CriteriaMap, LadderShown, MapCell
from risk_engine.report.harmless import cleaned
from risk_engine.report.templates import environment
from risk_engine.report.wording import at_level, day, open_between, outer, sentence

Tone: TypeAlias = Literal["mild", "middle", "strict", "open"]

SIGNS: dict[str, dict[Tone, str]] = {
    "round": {"mild": "○", "middle": "◐", "strict": "●", "open": "?"},
    "square": {"mild": "□", "middle": "◧", "strict": "■", "open": "?"},
}
"""Shape of a ladder: the sign of each tone. The emptier, the milder."""
_SHAPES = ("round", "square")


@dataclass(frozen=True)
class LevelView:
    """A level in a cell or in the key: its shape, its sign in plain text, its words."""

    shape: str
    tone: Tone
    sign: str
    text: str
    explain: str = ""


@dataclass(frozen=True)
class CellView:
    """A cell. `title` says all of it in sentences; `tone` is that of the result."""

    levels: tuple[LevelView, ...]
    deciding: tuple[str, ...]
    other: tuple[str, ...]
    title: str
    tone: Tone


@dataclass(frozen=True)
class RowView:
    """A row with its heading."""

    title: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class TableView:
    """One table; `lead` says what holds for all of its rows."""

    title: str
    lead: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[RowView, ...]


@dataclass(frozen=True)
class KeyView:
    """A ladder in the key: its question and its levels."""

    title: str
    question: str
    levels: tuple[LevelView, ...]


@dataclass(frozen=True)
class BandView:
    """What a band stands for, and what was set for it, each as "question: answer"."""

    title: str
    help: str
    given: tuple[str, ...]


@dataclass(frozen=True)
class AxisView:
    """An axis with its bands."""

    title: str
    help: str
    bands: tuple[BandView, ...]


@dataclass(frozen=True)
class NamedView:
    """An indicator that some cell names."""

    id: str
    title: str
    question: str


@dataclass(frozen=True)
class MapView:
    """A whole map as ready text, in one language (a BCP 47 tag)."""

    language: str
    title: str
    about: str
    warning: str
    assumes: tuple[str, ...]
    given: tuple[str, ...]
    given_title: str
    tables: tuple[TableView, ...]
    key: tuple[KeyView, ...]
    open_key: str
    axes: tuple[AxisView, ...]
    indicators: tuple[NamedView, ...]
    notice: tuple[str, ...]
    footer: str


def map_view(computed: CriteriaMap) -> MapView:
    """Return the map as ready text, harmless everywhere; it is a function of the computed map alone."""
    names = {one.id: one.title for one in computed.indicators}
    axes = [one for one in (computed.tables, computed.rows, computed.columns) if one is not None]
    in_force = (
        ""
        if computed.in_force
        else _("Not in force on {day}: another version holds on that day.", day=day(computed.on))
    )
    cells = [cell for table in computed.cells for row in table for cell in row]
    is_open = any(proposal.provisional for cell in cells for proposal in cell.proposals)
    return cleaned(
        MapView(
            language=current(),
            title=computed.title,
            about=computed.about,
            warning=in_force,
            assumes=computed.assumes,
            given=_given(computed.given),
            given_title=_("Set on the base case “{case}” for every cell", case=computed.base_title),
            tables=tuple(_table(number, computed, names) for number in range(len(computed.cells))),
            key=tuple(_key(one, shape) for one, shape in _shaped(computed.ladders)),
            open_key=_("? Still open: answers are missing in the case of that cell.") if is_open else "",
            axes=tuple(_axis(one) for one in axes),
            indicators=tuple(NamedView(one.id, one.title, one.question) for one in computed.indicators),
            notice=computed.notice,
            footer=_(
                "Computed under {criteria} as of {day}, one case for each cell. It shows what the criteria do and "
                "decides nothing: a real case is assessed with all of its own answers.",
                criteria=computed.criteria,
                day=day(computed.on),
            ),
        )
    )


def map_html(view: MapView) -> str:
    """Return the map as one self-contained HTML page, the words of the page itself in the language of the view."""
    with in_language(view.language):
        return environment(autoescape=True).get_template("map.html.j2").render(view=view, signs=SIGNS)


def _shaped(ladders: tuple[LadderShown, ...]) -> list[tuple[LadderShown, str]]:
    """Return the ladders with their shapes: the result is square, with or without a gate before it."""
    return list(zip(ladders, _SHAPES[-len(ladders) :], strict=True))


def _table(number: int, computed: CriteriaMap, names: dict[str, str]) -> TableView:
    band = computed.tables.bands[number] if computed.tables else None
    columns = tuple(one.title for one in computed.columns.bands)
    shapes = {one.name: shape for one, shape in _shaped(computed.ladders)}
    rows = tuple(
        RowView(row.title, tuple(_cell(cell, (band, row, column), shapes, names) for cell, column in pairs))
        for row, cells in zip(computed.rows.bands, computed.cells[number], strict=True)
        for pairs in [zip(cells, computed.columns.bands, strict=True)]
    )
    heading = f"{computed.tables.title}: {band.title}" if computed.tables and band else computed.title
    lead = (band.help or "") if band else ""
    return TableView(heading, lead, f"{computed.rows.title} ↓ · {computed.columns.title} →", columns, rows)


def _cell(
    cell: MapCell, bands: tuple[BandShown | None, ...], shapes: dict[str, str], names: dict[str, str]
) -> CellView:
    levels = tuple(_level(one, shapes[one.ladder]) for one in cell.proposals)
    said = [sentence(" · ".join(one.title for one in bands if one is not None))]
    said += [
        sentence(at_level(one.title, open_between(one) or one.level.title)) + f" {sentence(one.sentence)}"
        for one in cell.proposals
    ]
    if cell.deciding:
        said.append(_("Decided by {findings}", findings=_named(cell.deciding, names)))
    else:
        said.append(_("Decided by no finding."))
    if cell.other:
        said.append(_("There besides: {findings}", findings=_named(cell.other, names)))
    return CellView(levels, cell.deciding, cell.other, " ".join(said), levels[-1].tone)


def _named(ids: tuple[str, ...], names: dict[str, str]) -> str:
    return sentence("; ".join(f"{one} {names[one]}" for one in ids))


def _level(proposal: Proposal, shape: str) -> LevelView:
    if proposal.provisional:
        mildest, strictest = outer(proposal)
        if mildest.name == strictest.name:
            text = _("Still open: {level}", level=mildest.title)
        else:
            text = _("Still open: {mildest} to {strictest}", mildest=mildest.title, strictest=strictest.title)
        return LevelView(shape, "open", SIGNS[shape]["open"], text)
    tone = _tone(proposal.ladder_levels.index(proposal.level.name), len(proposal.ladder_levels))
    return LevelView(shape, tone, SIGNS[shape][tone], proposal.level.title)


def _tone(place: int, levels: int) -> Tone:
    if place == 0:
        return "mild"
    return "strict" if place == levels - 1 else "middle"


def _key(ladder: LadderShown, shape: str) -> KeyView:
    tones = [_tone(place, len(ladder.levels)) for place in range(len(ladder.levels))]
    levels = tuple(
        LevelView(shape, tone, SIGNS[shape][tone], one.title, one.explain)
        for tone, one in zip(tones, ladder.levels, strict=True)
    )
    return KeyView(ladder.title, ladder.question, levels)


def _axis(axis: AxisShown) -> AxisView:
    bands = tuple(BandView(one.title, one.help or "", _given(one.given)) for one in axis.bands)
    return AxisView(axis.title, axis.help or "", bands)


def _given(given: tuple[Recorded, ...]) -> tuple[str, ...]:
    return tuple(
        f"{one.question} {one.shown}" if one.question.endswith("?") else f"{one.question}: {one.shown}" for one in given
    )
