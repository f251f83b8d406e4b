"""A report on many cases: the facts of its page, whose words are in `templates/pages/portfolio.j2`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from risk_engine.files.language import _, grouped_by_thousands, listed
from risk_engine.model.criteria import Criteria
from risk_engine.model.portfolio import (
    NONE,
    UNANSWERED,
    YEAR,
    Alike,
    ColumnMoves,
    CountedBy,
    Figures,
    LadderCounts,
    Listed,
    Number,
    Swapped,
)
from risk_engine.report import page
from risk_engine.report.blocks import Must, Picture, Run, View
from risk_engine.report.frame import SHOWN_DIGEST
from risk_engine.report.pages.portfolio_pictures import answer_bars, ladder_bars, share_bars
from risk_engine.report.wording import between

MOST_ROWS: Final = 8
"""So many rows of a table that are alike are named where they are counted; below it all of them are."""


_WHOLE: Final = ""


@dataclass(frozen=True)
class ListedCases:
    """A list of cases as the page has it."""

    anchor: str
    title: str
    listed: Listed


@dataclass
class _Lists:
    """Gives each number of the page the list that it leads to, in the order in which they come."""

    known: Mapping[str, Listed]
    whole: int
    """So many cases there are: a list of as many is the list of all of them, whatever it was made for."""
    told: dict[str, ListedCases] = field(default_factory=dict)

    def number(self, number: Number, title: str) -> Run:
        """Return a number that leads to its cases; nought leads nowhere."""
        return self._leading(grouped_by_thousands(number.cases), number, title)

    def share(self, number: Number, of: int, title: str) -> Run:
        """Return a share that leads to its cases; that of none leads nowhere."""
        return self._leading(share(number.cases, of), number, title)

    def _leading(self, text: str, number: Number, title: str) -> Run:
        if number.cases == 0 or number.key not in self.known:
            return Run(text)
        key, title = (_WHOLE, _("All cases")) if number.cases == self.whole else (number.key, title)
        if key not in self.told:
            self.told[key] = ListedCases(f"cases-{len(self.told) + 1}", title, self.known[number.key])
        return Run(text, ref=self.told[key].anchor)

    def all(self) -> list[ListedCases]:
        """Return the lists that numbers led to so far."""
        return list(self.told.values())


def share(cases: int, of: int) -> str:
    """Return what share of all cases are, in whole per cent; what is not nought or all is never said to be."""
    if not of:
        return "–"
    percent = cases * 100 // of
    if cases and not percent:
        return _("under 1 %")
    return _("{number} %", number=percent)


def portfolio_view(
    figures: Figures,
    criteria: Criteria,
    *,
    source: str,
    profile: str | None = None,
    partial: str = "",
    on_paper: bool = False,
) -> View:
    """Return the report in the current language; `criteria` are those of the results, as they are told in it.

    `source` is what the results are called, `partial` why they are not all. On paper a list that has a file is told by
    its name alone.
    """
    head = criteria.head
    headline = head.roles.headline
    levels = [one.title for one in criteria.ladders[headline].levels.values()]
    lists = _Lists(figures.lists, figures.cases)
    titles = _Titles(criteria)
    name, digest = f"{head.id} {head.version}", criteria.digest[:SHOWN_DIGEST]
    facts = {
        "figures": figures,
        "criteria": criteria,
        "name": name,
        "digest": digest,
        "source": source,
        "profile": profile,
        "why_not_all": partial,
        "on_paper": on_paper,
        "tone": _tone(figures),
        "levels": levels,
        "headline": criteria.ladders[headline].title,
        "deciding": [criteria.ladders[one].title for one in head.roles.deciding],
        "deciding_listed": listed([criteria.ladders[one].title for one in head.roles.deciding]),
        "ladders": [
            (one, criteria.ladders[one.ladder], _ladder_picture(one, titles, figures)) for one in figures.ladders
        ],
        "bands": [(one, head.dimensions[one.dimension].title) for one in figures.dimensions],
        "counted": [
            (one, titles.by(one.by), _answer_picture(one, number, titles, levels))
            for number, one in enumerate(figures.counted_by, 1)
        ],
        "swaps": [
            (one, titles.by(one.fact), _swap_picture(one, number, titles, levels))
            for number, one in enumerate(figures.swapped, 1)
        ],
        "number": lists.number,
        "lists": lists.all,
        "cut": next((one.file for one in figures.lists.values() if one.file and one.file.whole), None),
        "n": grouped_by_thousands,
        "share": share,
        "leading_share": lists.share,
        "title_of": titles.fact,
        "entity_of": lambda name: criteria.entities[name.partition(".")[0]].title,
        "answer": titles.answer,
        "band": lambda one: head.severity.titles.get(one, one),
        "level": lambda ladder, level: criteria.ladders[ladder].levels[level].title,
        "ends": titles.ends,
        "rows": titles.rows,
        "cell": titles.cell,
        "moving": _moving,
        "causes": _causes,
        "country_shares": _shares(16, [9] * (len(levels) + 1), 12, 12, 20),
        "still": titles.still,
    }
    return page.view(
        "portfolio",
        facts,
        case_id=source,
        on=figures.last or head.in_force.from_,
        kept_by=f"{name} {digest}",
        must=(*(Must("notice", one) for one in head.notice), Must("digest", criteria.digest)),
    )


def _tone(figures: Figures) -> Literal["mild", "middle", "strict", "open"]:
    if figures.unread.cases or (figures.rejected and figures.rejected.rows):
        return "middle"
    return "open" if figures.open.cases else "mild"


class _Titles:
    """What readers call the facts, answers and rows of a set."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria

    def fact(self, name: str) -> str:
        """Return what is asked, and of what."""
        entity = self.criteria.entities[name.partition(".")[0]]
        if "." not in name:
            return entity.title
        return _("{about}: {question}", about=entity.title, question=self.criteria.title_of(name))

    def by(self, name: str) -> str:
        """Return by what cases are counted."""
        return _("Year of the assessment") if name == YEAR else self.fact(name)

    def answer(self, by: str, value: str) -> str:
        """Return an answer by which cases are counted."""
        if value == UNANSWERED:
            return _("not answered")
        if value == NONE:
            return _("none")
        if by == YEAR:
            return value
        fact = self.criteria.fact(by)
        match fact.type:
            case "boolean":
                return self.criteria.shown(fact, value == "true")
            case "choices":
                return self.criteria.shown(fact, (value,))
            case "date":
                return value
            case _:
                return self.criteria.shown(fact, value)

    def ends(self, several: Sequence[tuple[str, str]]) -> list[str]:
        """Return between which levels a case lies, on each ladder that decides."""
        found = []
        for ladder, (lowest, highest) in zip(self.criteria.head.roles.deciding, several, strict=True):
            levels = self.criteria.ladders[ladder].levels
            found.append(between(levels[lowest].title, levels[highest].title))
        return found

    def rows(self, table: str, rows: Sequence[str]) -> list[str]:
        """Return what rows of a table are called."""
        return sorted(self.criteria.tables[table].rows[one].name for one in rows)

    def cell(self, table: str, column: str, value: Any) -> str:
        """Return what a column says."""
        return self.criteria.shown(self.criteria.reader_of(table, column), value)

    def still(self, swap: Swapped) -> list[str]:
        """Return the columns of which none of their values moves a case."""
        moving = {one.column for one in swap.columns if one.moves.cases}
        columns = dict.fromkeys(one.column for one in swap.columns)
        return [self.criteria.tables[swap.table].columns[one].title for one in columns if one not in moving]


def _moving(swap: Swapped) -> list[ColumnMoves]:
    """Return what moves cases alone, by its number on the page."""
    return [one for one in swap.columns if one.moves.cases]


def _causes(swap: Swapped, alike: Alike) -> list[tuple[int, ColumnMoves]]:
    """Return what moves cases as if in one of the countries, each by its number."""
    numbered = {(one.column, one.value): (number, one) for number, one in enumerate(_moving(swap), 1)}
    return [numbered[column, alike.cells[column]] for column in alike.by_column]


def _cases(numbers: Sequence[Number]) -> list[int]:
    return [one.cases for one in numbers]


def _shares(first: int, *others: int | list[int]) -> str:
    """Return widths of columns in per cent of which some come in any number; the first gets what is left over."""
    widths = [width for one in others for width in (one if isinstance(one, list) else [one])]
    scaled = [width * (100 - first) // sum(widths) for width in widths]
    return " ".join(map(str, (100 - sum(scaled), *scaled)))


def _ladder_picture(counts: LadderCounts, titles: _Titles, figures: Figures) -> Picture:
    ladder = titles.criteria.ladders[counts.ladder]
    labels = [
        _(
            "{level}: {settled} settled, {open} open",
            level=ladder.levels[one.name].title,
            settled=grouped_by_thousands(one.settled.cases),
            open=grouped_by_thousands(one.open.cases),
        )
        for one in counts.levels
    ]
    return ladder_bars(counts, ladder.title, labels, of=max(1, figures.cases))


def _answer_picture(counted: CountedBy, number: int, titles: _Titles, levels: Sequence[str]) -> Picture:
    labels = [
        _("{label}: {text}", label=titles.answer(counted.by, one.value), text=grouped_by_thousands(one.cases.cases))
        for one in counted.answers
    ]
    return answer_bars(counted, number, titles.by(counted.by), labels, levels)


def _swap_picture(swap: Swapped, number: int, titles: _Titles, levels: Sequence[str]) -> Picture | None:
    if not swap.sample:
        return None
    rows = [(_("As they are"), _cases(swap.now), swap.open.cases)]
    for one in swap.alike:
        names = titles.rows(swap.table, one.rows)
        label = names[0] if len(names) == 1 else _("{first} and {number} more", first=names[0], number=len(names) - 1)
        rows.append((label, _cases(one.levels), one.open.cases))
    return share_bars(f"swap-{number}", titles.by(swap.fact), rows, levels)
