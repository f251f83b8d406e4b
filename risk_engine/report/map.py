"""A map of a criteria set: for which cases which level comes out, as a picture and as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal, TypeAlias

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import _, current, in_language
from risk_engine.model.companion_files import AxisShown, BandShown, CriteriaMap, LadderShown, MapCell
from risk_engine.model.explanation import Proposal, Recorded
from risk_engine.report.html_markdown import environment
from risk_engine.report.terminal import TONES, in_plain, put_line
from risk_engine.report.unsettled import level_words, outer
from risk_engine.report.wording import at_level, day, sentence

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
class MapView:
    """A whole map as ready text, in one language (a BCP 47 tag): what was computed, and what is said of it."""

    language: str
    map: CriteriaMap
    warning: str
    given_title: str
    tables: tuple[TableView, ...]
    key: tuple[KeyView, ...]
    open_key: str
    footer: str

    @property
    def axes(self) -> list[AxisShown]:
        """The axes, those of the tables first."""
        return [one for one in (self.map.tables, self.map.rows, self.map.columns) if one is not None]


def map_view(computed: CriteriaMap) -> MapView:
    """Return the map as ready text, harmless everywhere; it is a function of the computed map alone."""
    names = {one.id: one.title for one in computed.indicators}
    cells = [cell for table in computed.cells for row in table for cell in row]
    is_open = any(proposal.provisional for cell in cells for proposal in cell.proposals)
    return cleaned(
        MapView(
            language=current(),
            map=computed,
            warning=""
            if computed.in_force
            else _("Not in force on {day}: another version holds on that day.", day=day(computed.on)),
            given_title=_("Set on the base case “{case}” for every cell", case=computed.base_title),
            tables=tuple(_table(number, computed, names) for number in range(len(computed.cells))),
            key=tuple(_key(one, shape) for one, shape in _shaped(computed.ladders)),
            open_key=_("? Still open: answers are missing in the case of that cell.") if is_open else "",
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
        return environment(autoescape=True).get_template("map.html.j2").render(view=view, given=_given)


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
    said += [sentence(at_level(one.title, level_words(one))) + f" {sentence(one.sentence)}" for one in cell.proposals]
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


def _given(one: Recorded) -> str:
    """Return what was set on a case: the question and the answer."""
    return f"{one.question} {one.shown}" if one.question.endswith("?") else f"{one.question}: {one.shown}"


FILE_WIDTH = 120
"""The width of a map that is written into a file: nobody's terminal decides what stands there."""
_GAP = 2
_INDENT = 2
_ITEM = "  - "


def map_text(view: MapView) -> str:
    """Return the map as plain text, without colour or control characters."""
    return in_plain(lambda console: print_map(view, console), FILE_WIDTH)


def print_map(view: MapView, console: Console) -> None:
    """Print what the map takes for granted, the key, and its tables."""
    put_line(console, Text(view.map.title, style="bold"))
    for text in filter(None, (view.warning, view.map.about)):
        put_line(console, Text(text))
    _list(console, _("What it takes for granted"), view.map.assumes)
    _list(console, view.given_title, [*map(_given, view.map.given)])
    _list(
        console,
        _("Key"),
        [f"{one.title}: {', '.join(f'{it.sign} {it.text}' for it in one.levels)}" for one in view.key],
    )
    for more in filter(
        None,
        (
            _("Below the levels: the findings that decide. In brackets: those that are there besides."),
            view.open_key,
        ),
    ):
        put_line(console, Text(more), _ITEM)
    for table in view.tables:
        console.print()
        put_line(console, Text(table.title, style="bold underline"))
        if table.lead:
            put_line(console, Text(table.lead, style="dim"))
        _printed_table(console, table)
    helped = [(band.title, band.help) for axis in view.axes for band in axis.bands if band.help]
    _list(console, _("The bands"), [f"{title}: {text}" for title, text in helped])
    _list(console, _("Indicators named above"), [f"{one.id} {one.title}" for one in view.map.indicators])
    console.print()
    for closing in (view.footer, _("Every fact that was set for a band, and what each level means: --format html")):
        put_line(console, Text(closing, style="dim"))


def _list(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print()
    put_line(console, Text(title, style="bold"))
    for line in lines:
        put_line(console, Text(line), _ITEM)


def _printed_table(console: Console, table: TableView) -> None:
    widest = max(len(word) for text in _words(table) for word in text.split())
    room = (console.width - _INDENT + _GAP) // len(table.columns) - _GAP
    if room < widest + len("● "):
        for row in table.rows:
            _put_below(console, row, table.columns)
        return
    _put_beside(console, [[Text(one, style="bold")] for one in table.columns], room)
    for row in table.rows:
        put_line(console, Text(row.title, style="bold"))
        _put_beside(console, [_printed_cell(one) for one in row.cells], room)


def _words(table: TableView) -> list[str]:
    cells = [cell for row in table.rows for cell in row.cells]
    return [*table.columns, *(level.text for cell in cells for level in cell.levels), *(_by(cell) for cell in cells)]


def _put_below(console: Console, row: RowView, columns: Sequence[str]) -> None:
    put_line(console, Text(row.title, style="bold"))
    for name, cell in zip(columns, row.cells, strict=True):
        said = ", ".join(f"{one.sign} {one.text}" for one in cell.levels)
        by = _by(cell)
        put_line(console, Text(f"{name}: {said}{f'; {by}' if by else ''}"), "  ")


def _put_beside(console: Console, cells: Sequence[Sequence[Text]], room: int) -> None:
    """Print texts beside each other, each wrapped in its own column, without blanks at the ends of lines."""
    wrapped = [[line for text in cell for line in text.wrap(console, room, overflow="fold")] for cell in cells]
    for lines in zip_longest(*wrapped, fillvalue=Text()):
        parts = []
        for line in lines:
            line.rstrip()
            padded = line.copy()
            padded.plain = set_cell_size(line.plain, room)
            parts.append(padded)
        whole = Text(" " * _GAP).join(parts)
        whole.rstrip()
        console.print(Text.assemble(" " * _INDENT, whole), highlight=False, no_wrap=True)


def _printed_cell(cell: CellView) -> list[Text]:
    levels = [Text(f"{one.sign} {one.text}", style=TONES[one.tone]) for one in cell.levels]
    by = _by(cell)
    return [*levels, Text(by)] if by else levels


def _by(cell: CellView) -> str:
    """Return the findings of a cell: those that decide, then in brackets the others."""
    return ", ".join((*cell.deciding, *(f"({one})" for one in cell.other)))
