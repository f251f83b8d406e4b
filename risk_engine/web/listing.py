"""The register as rows: the cases that somebody sees, narrowed and sorted, with what a list says of each."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from django.db.models import QuerySet

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, either
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.office.register.listing import What, due_words
from risk_engine.report.several import ROLES, ladder_heads
from risk_engine.web import cases, register
from risk_engine.web.models import Case, CaseLevel, Person
from risk_engine.web.narrowing import Wanted, criteria_in_use, narrowed, older
from risk_engine.web.rights import cases_for, faculties_of
from risk_engine.web.tables import Column, Table
from risk_engine.web.wording import standing_words

_CHUNK: Final = 1000
"""So many cases are read at once for a file."""


@dataclass(frozen=True)
class Row:
    """A case in the list."""

    case: Case
    summary: register.Summary
    is_older: bool

    @property
    def names(self) -> list[str]:
        """Whom it is with."""
        return self.summary.get("names", [])

    def level_names(self, role: str) -> list[str]:
        """Return which level it has, or may have, as the criteria name it; the mildest first."""
        return self.summary.get("levels", {}).get(role, ("", []))[1]

    def level_words(self, role: str) -> str:
        """Return in words which level it has, or may have."""
        ladder = self.summary.get("levels", {}).get(role, ("", []))[0]
        titles = [_level_title(self.case, ladder, one) for one in self.level_names(role)]
        return either(titles) if titles else ""

    @property
    def is_open(self) -> bool:
        """Whether missing answers leave a result open."""
        return self.summary.get("open", False)

    @property
    def decided(self) -> list[str]:
        """What was decided, as the criteria name it."""
        return [level for _ladder, level in self.summary.get("decided", [])]

    @property
    def decided_words(self) -> str:
        """What was decided, in words."""
        return ", ".join(_level_title(self.case, *one) for one in self.summary.get("decided", []))

    @property
    def due(self) -> date | None:
        """The next day by which something is due."""
        return date.fromisoformat(self.summary["due"][0]) if "due" in self.summary else None

    @property
    def due_what(self) -> What | None:
        """What is due next."""
        return self.summary["due"][1] if "due" in self.summary else None

    @property
    def due_words(self) -> str:
        """What is due next, in words."""
        return due_words(self.due_what) if self.due_what else ""


def _level_title(case: Case, ladder: str, level: str) -> str:
    found = ladders_of(case.criteria).get(ladder)
    return found.levels[level].title if found and level in found.levels else level


def ladders_of(reference: str) -> Mapping[str, Ladder]:
    """Return the ladders of criteria, in words of the current language; none where they are not here any more."""
    criteria = criteria_named(reference)
    return criteria.ladders if criteria else {}


def criteria_named(reference: str) -> Criteria | None:
    """Return criteria in words of the current language; None where they are not here any more."""
    with suppress(RiskEngineError):
        return cases.rules_named(reference)
    return None


def _table(rows: Iterable[Row], heads: tuple[str, ...]) -> Table[Row]:
    levels = [
        Column[Row](role, head, partial(Row.level_names, role=role), partial(Row.level_words, role=role))
        for role, head in zip(ROLES, heads, strict=True)
    ]
    columns = (
        Column[Row]("case", _("Case"), lambda row: row.case.number),
        Column[Row]("title", _("Title"), lambda row: row.case.title),
        Column[Row]("with", _("With"), lambda row: list(row.names)),
        Column[Row]("faculty", _("Faculty"), lambda row: row.case.faculty.name),
        Column[Row]("state", _("State"), lambda row: row.case.state, lambda row: standing_words(row.case)),
        *levels,
        Column[Row]("open", _("Still open"), lambda row: row.is_open, lambda row: _("yes") if row.is_open else _("no")),
        Column[Row]("decided", _("Decided"), lambda row: row.decided, lambda row: row.decided_words),
        Column[Row]("due", _("Next due"), lambda row: row.due),
        Column[Row]("due_what", _("What is due"), lambda row: row.due_what, lambda row: row.due_words),
        Column[Row]("criteria", _("Criteria"), lambda row: row.case.criteria),
        Column[Row]("changed", _("Changed"), lambda row: row.case.changed.astimezone().date()),
    )
    return Table("cases", _("Cases"), columns, rows)


@dataclass(frozen=True)
class Listed:
    """The cases that somebody sees and asked for, and what is needed to say them in words."""

    found: QuerySet[Case]
    criteria: list[str]
    """Under which criteria all cases are that they see."""
    old: frozenset[str]
    heads: tuple[str, ...]

    def rows(self, some: Iterable[Case]) -> Iterator[Row]:
        """Yield some of the cases as rows."""
        yield from (Row(one, one.summary, one.criteria in self.old) for one in some)

    def table(self) -> Table[Row]:
        """Return all of them as a list that leaves as a file."""
        return _table(self.rows(self.found.iterator(chunk_size=_CHUNK)), self.heads)


def known(by: Wanted, person: Person) -> tuple[Wanted, list[tuple[str, str]]]:
    """Return what is asked for without levels and a faculty that nothing has which somebody sees; and each of them."""
    visible, wrong = cases_for(person), list[tuple[str, str]]()
    if by.levels:
        ladders = [ladders_of(one) for one in criteria_in_use(visible)]
        rows = CaseLevel.objects.filter(case__in=visible)  # of criteria that are not here any more, nothing else tells
        unknown = [
            (ladder, level)
            for ladder, level in by.levels
            if not any(ladder in one and level in one[ladder].levels for one in ladders)
            and not rows.filter(ladder=ladder, level=level).exists()
        ]
        wrong += [("level", "=".join(one)) for one in unknown]
        by = replace(by, levels=tuple(one for one in by.levels if one not in unknown))
    if by.faculty is not None:
        theirs = faculties_of(person, "see").filter(pk=by.faculty)
        if not theirs.exists() and not visible.filter(faculty=by.faculty).exists():
            wrong.append(("faculty", str(by.faculty)))
            by = replace(by, faculty=None)
    return by, wrong


def listed_for(person: Person, by: Wanted) -> Listed:
    """Return the cases that a person sees and that fit what is asked for, sorted."""
    visible, today = cases_for(person), cases.today()
    found = narrowed(visible, by, person, today).defer("document", "search").select_related("faculty")
    used = criteria_in_use(visible)
    titles = [
        (role, criteria.ladders[ladder].title)
        for criteria in filter(None, map(criteria_named, used))
        for role, ladder in criteria.head.roles.by_role.items()
    ]
    return Listed(found, used, frozenset(older(used, today)), ladder_heads(titles))
