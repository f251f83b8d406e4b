"""A criteria set, or one record of it, in readable words: what an author, a lawyer or a researcher checks.

Its words are in `templates/pages/catalogue.j2`, those of each record in `_records.j2`, which the changes use too.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any, Final, Literal, TypeAlias, TypeVar, assert_never, cast

from rich.console import Console
from rich.text import Text

from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.harmless import cleaned
from risk_engine.files.language import ENGLISH, _, current, listed
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.facts import shown
from risk_engine.model.former_names import former_names
from risk_engine.model.references import conditions_of
from risk_engine.model.tables import was_read
from risk_engine.report.blocks import (
    Block,
    Fields,
    Group,
    Run,
    Section,
    Table,
    View,
)
from risk_engine.report.html_markdown import environment, finalize, line
from risk_engine.report.page import made
from risk_engine.report.set_pages import record_words
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.terminal import in_plain, print_block, put_line, styled
from risk_engine.report.wording import (
    at_level,
    day,
    kind_of_source,
    reading,
    reading_word,
    readings_counted,
    severity_word,
    web_link,
)

Form = Literal["text", "md", "html"]
Entry: TypeAlias = tuple[str, Any, Any]
"""A record of a set: its kind, its name (of a column that of its table and its own), and what it says."""
RECORD_WORDS: Final[Mapping[str, Any]] = {
    "answers": record_words.answers,
    "awareness_word": record_words.awareness_word,
    "bars_of": lambda indicator: [*reversed(knock_out_conditions(indicator))],
    "capital": lambda word: word[0].upper() + word[1:],
    "cells": record_words.cells,
    "change": record_words.change,
    "conditions_of": lambda record: [*conditions_of(record)],
    "drawn_up": record_words.drawn_up,
    "effort_word": record_words.effort_word,
    "fact_of": lambda name, speech: speech.criteria.fact(name),
    "in_force": record_words.in_force,
    "kind_of_source": kind_of_source,
    "linked_to": lambda link: Run(link, link=web_link(link)),
    "made_on": day,
    "meaning_of": record_words.meaning,
    "months": record_words.months,
    "reading_word": reading_word,
    "readings_counted": readings_counted,
    "option": record_words.option,
    "reader_of": lambda table, column, speech: speech.criteria.reader_of(table, column),
    "riskier": record_words.riskier,
    "severities_of": lambda indicator: [*reversed(severity_conditions(indicator))],
    "shown": shown,
    "standing": record_words.standing,
    "title_of": lambda name, speech: speech.criteria.title_of(name),
    "value_of": record_words.value_of,
    "when_read": record_words.when_read,
    "with_facts": record_words.with_facts,
}
"""What templates may call that put records in words."""


@dataclass(frozen=True)
class Page:
    """A catalogue as ready text."""

    language: str
    title: str
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    footer: str


def catalogue(
    criteria: Criteria, record: str | None = None, form: Form = "md", *, is_released: bool | None = None
) -> str:
    """Return the whole set, or the record with that id; RiskEngineError if there is none.

    The same set gives the same text, whatever the day and the machine. A whole set says whether it is released or a
    draft; with None, which only its folder can tell, it says neither.
    """
    page = whole(criteria, is_released=is_released) if record is None else single(criteria, record)
    match form:
        case "md":
            return _markdown(page, is_whole=record is None)
        case "html":
            return _html(page)
        case "text":
            return as_text(page, is_whole=record is None)
        case _:
            assert_never(form)


def whole(criteria: Criteria, *, is_released: bool | None = None) -> Page:
    """Return the page of a whole set; None: it is not said whether it is released or a draft."""
    speech = Speech(criteria)
    entries = entries_of(criteria)
    readings = speech.readings(speech.citations())
    by_dimension = [
        (name, [one for one in entries["indicator"] if one[2].dimension == name]) for name in criteria.head.dimensions
    ]
    page = _page(
        speech,
        only=(),
        is_released=is_released,
        entries=entries,
        by_dimension=[(name, found) for name, found in by_dimension if found],
        questions=sum(len(one.facts) for one in criteria.entities.values()),
        readings=readings,
        unverified=readings.count("unverified"),
        read=[reading(one.grade, was_read(one)) for one in criteria.sources.values()],
    )
    lead, *sections = page.sections
    # No template of this page has a group above its sections.
    return dataclasses.replace(
        page, lead=cast("tuple[Block, ...]", lead.blocks), sections=tuple(one for one in sections if one.blocks)
    )


def single(criteria: Criteria, record: str) -> Page:
    """Return the page of the record with that id; RiskEngineError with the nearest id if there is none."""
    found: dict[str, list[Entry]] = {}
    for entries in entries_of(criteria).values():
        for number, entry in enumerate(entries):
            kind, name, _content = entry
            # A table has its columns with it, and what a case tells of its questions.
            parts = takewhile(lambda one: one[0] in {"column", "fact"}, entries[number + 1 :])
            if kind != "column":  # of two with one name the first counts
                found.setdefault(name, [entry, *(parts if kind in {"table", "entity"} else ())])
    if record not in found:
        # Decisions and letters name what a later version calls otherwise.
        record = former_names(criteria).record(record)
    if record not in found:
        raise RiskEngineError(
            _("the set has no record `{record}`", record=record) + help_line(suggestion(record, found))
        )
    return _page(Speech(criteria, says_lines=True), only=found[record], only_name=record)


def language_of(criteria: Criteria) -> str:
    """Return the language of a page: that of the set, unless another one than English is spoken."""
    return criteria.head.language if current() == ENGLISH else current()


def _page(speech: Speech, **facts: object) -> Page:
    functions = {
        "at_level": at_level,
        "bands_of": lambda head: [(head.severity.called(one), one) for one in head.severity.bands.values()],
        "grades": lambda one: listed([severity_word(each) for each, _if in reversed(severity_conditions(one))]),
        "spaced": lambda name: name.replace("_", " "),
    }
    filled = made("catalogue", {**RECORD_WORDS, **functions, "speech": speech, "criteria": speech.criteria, **facts})
    page = filled.page
    footer = " ".join(one for one in (page.footer, filled.changed) if one)
    return Page(language_of(speech.criteria), page.title, (), page.sections, footer)


def entries_of(criteria: Criteria) -> dict[str, list[Entry]]:
    """Return all records of a set by the part of the page that they stand in."""
    told = criteria.invariants
    plain: dict[str, Mapping[str, Any]] = {
        "indicator": criteria.indicators,
        "ladder": criteria.ladders,
        "control": criteria.controls,
        "definition": criteria.definitions,
        "parameter": criteria.parameters,
        "awareness": criteria.awareness,
        "source": criteria.sources,
        "invariant": {**told.facts, **told.results, **told.alone, **told.same},
    }
    entries: dict[str, list[Entry]] = {
        kind: [(kind, name, one) for name, one in records.items()] for kind, records in plain.items()
    }
    entries["table"] = [
        entry
        for name, table in criteria.tables.items()
        for entry in (
            ("table", name, table),
            *(("column", (name, short), column) for short, column in table.columns.items()),
        )
    ]
    entries["question"] = [
        entry
        for name, entity in criteria.entities.items()
        for entry in (
            ("entity", name, entity),
            *(("fact", f"{name}.{short}", fact) for short, fact in entity.facts.items()),
        )
    ]
    return entries


def anchor_of(kind: str, name: str | tuple[str, str]) -> str:
    """Return the place of a record on the page of its set, as `catalogue.j2` names it."""
    return "-".join(([] if kind == "indicator" else [kind]) + ([name] if isinstance(name, str) else [*name]))


T = TypeVar("T")
P = TypeVar("P", Page, View)


def _markdown(page: Page, *, is_whole: bool) -> str:
    made = environment(autoescape=False, finalize=finalize)
    made.filters["line"] = line
    text = made.get_template("catalogue.md.j2").render(page=cleaned(page), is_whole=is_whole)
    return f"{text.strip()}\n"


def _html(page: Page) -> str:
    kept = without_dead_ends(cleaned(page))
    return environment(autoescape=True).get_template("catalogue.html.j2").render(page=kept)


def as_text(page: Page, *, is_whole: bool) -> str:
    """Return the page as plain text of a terminal's width."""
    return in_plain(lambda console: _print(cleaned(page), console, is_whole=is_whole)).lstrip("\n")


def anchors(page: Page | View) -> frozenset[str]:
    """Return every place of a page that a `ref` can lead to."""
    groups = (one.anchor for section in page.sections for one in section.blocks if isinstance(one, Group))
    return frozenset({*(section.key for section in page.sections), *(one for one in groups if one)})


def without_dead_ends(page: P) -> P:
    """Return the page without the refs that lead to nothing on it: what is computed, or stands on another page."""
    there = anchors(page)
    return with_refs(page, lambda run: run if run.ref in there else dataclasses.replace(run, ref=None))


def with_refs(part: T, led: Callable[[Run], Run]) -> T:
    """Return a page or a part of one, each of its runs that has a ref as `led` makes it."""
    match part:
        case Run(ref=str()):
            return cast("T", led(part))
        case tuple():
            return cast("T", tuple(with_refs(one, led) for one in part))
        case Run() | str() | int() | date() | None:
            return part
        case _:
            block = cast("Any", part)
            content = {one.name: with_refs(getattr(block, one.name), led) for one in dataclasses.fields(block)}
            return cast("T", dataclasses.replace(block, **content))


def _print(page: Page, console: Console, *, is_whole: bool) -> None:
    if is_whole:
        put_line(console, Text(page.title, style="bold"))
        for block in page.lead:
            _print_block(block, console)
    for section in page.sections:
        if is_whole:
            console.print()
            put_line(console, Text(section.title.upper(), style="bold"))
        for part in section.blocks:
            if isinstance(part, Group):
                console.print()
                put_line(console, styled(part.title))
                for block in part.blocks:
                    _print_block(block, console)
            else:
                _print_block(part, console)
    if is_whole:
        console.print()
        put_line(console, Text(page.footer, style="dim"))


def _print_block(block: Block, console: Console) -> None:
    match block:
        case Fields(rows):
            for row in rows:
                if len(row.lines) == 1:
                    put_line(console, Text.assemble((f"{row.label}: ", "bold"), styled(row.lines[0])), "  ")
                else:
                    put_line(console, Text(f"{row.label}:", style="bold"), "  ")
                    for one in row.lines:
                        put_line(console, styled(one), "    - ")
        case Table(caption, head, rows):
            put_line(console, Text(f"{caption}:", style="bold"), "  ")
            for cells in rows:
                put_line(console, styled(cells[0]), "    - ")
                for name, cell in zip(head[1:], cells[1:], strict=True):
                    put_line(console, Text.assemble(f"{name}: ", styled(cell)), "      ")
        case _:
            print_block(block, console)
