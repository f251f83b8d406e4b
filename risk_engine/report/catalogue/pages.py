"""The catalogue of a criteria set: its pages, and how they are written."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import StringIO
from typing import Any, TypeVar, assert_never, cast

from rich.console import Console
from rich.text import Text

from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.language import ENGLISH, N_, _, current, ngettext
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Letterhead,
    Line,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    View,
    mark,
    say,
)
from risk_engine.report.catalogue import data, wording
from risk_engine.report.catalogue.wording import NOT_VERIFIED, Speech
from risk_engine.report.html_markdown import environment, finalize, line
from risk_engine.report.sanitize import cleaned
from risk_engine.report.terminal import PLAIN_WIDTH, put_line, styled
from risk_engine.report.wording import at_level, day, fill, knock_out_word, listed, severity_word

# One line of the page for each line here.
READING = N_(
    """\
A name with a dot, such as entity.fact, is a question that somebody answers; words in italics are conditions with a \
name. Both are explained beside each rule that uses them, and lead to their own place on this page.
An indicator is present with the highest severity whose condition holds. It is absent if none can hold, and \
undetermined while answers are missing: not known is never taken for no.
“At least” and “at most” follow the order in which the options of a question stand.
A knock-out blocks the start or bars the proposal whatever the points say, until a complete control option lifts it.
A control option counts when all its controls are in place, with evidence on record. “Lowered to” names the severity \
that is left; where several options are complete, the lowest counts.
“Not verified” marks a source, or a place in it, that nobody has read for these criteria.
"""
)


@dataclass(frozen=True)
class Page:
    """A catalogue as ready text."""

    language: str
    title: str
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    footer: str


def whole(criteria: CriteriaSet, *, is_released: bool | None = None) -> Page:
    """Return the page of a whole set; None: it is not said whether it is released or a draft."""
    head = criteria.head
    return Page(
        language=language_of(criteria),
        title=head.title,
        lead=(Prose(say(head.about)), _facts_of(criteria, is_released=is_released)),
        sections=tuple(one for one in _sections(criteria) if one.blocks),
        footer=_(
            "{criteria} · digest {digest}", criteria=f"{head.id} {head.version}", digest=f"sha256:{criteria.digest}"
        ),
    )


def single(criteria: CriteriaSet, record: str) -> Page:
    """Return the page of the record with that id; RiskEngineError with the nearest id if there is none."""
    speech = Speech(criteria, says_lines=True)
    known = dict(reversed(list(_records(criteria, speech))))  # of two with one name the first counts
    if record not in known:
        names = [name for name, _write in _records(criteria, speech)]
        raise RiskEngineError(
            _("the set has no record `{record}`", record=record) + help_line(suggestion(record, names))
        )
    head = criteria.head
    groups = known[record]()
    return Page(
        language_of(criteria), head.title, (), (Section("record", record, tuple(groups)),), f"{head.id} {head.version}"
    )


def language_of(criteria: CriteriaSet) -> str:
    """Return the language of a page: that of the set, unless another one than English is spoken."""
    return criteria.head.language if current() == ENGLISH else current()


def _records(criteria: CriteriaSet, speech: Speech) -> Iterator[tuple[str, Callable[[], list[Group]]]]:
    for kind, write in (
        (criteria.indicators, wording.indicator),
        (criteria.ladders, wording.ladder),
        (criteria.controls, data.control),
        (criteria.definitions, wording.definition),
        (criteria.parameters, data.parameter),
        (criteria.awareness, wording.awareness),
        (criteria.sources, data.source),
        (data.invariants_of(criteria), data.invariant),
    ):
        for name, record in kind.items():
            yield name, partial(_alone, write, name, record, speech)
    for name, table in criteria.tables.items():
        yield name, partial(data.table, name, table, speech)
    readers = speech.where_used
    for name, entity in criteria.entities.items():
        yield name, partial(_entity, name, criteria, speech)
        for short, fact in entity.facts.items():
            yield f"{name}.{short}", partial(_alone, data.fact, f"{name}.{short}", fact, speech, readers)


def _alone(write: Callable[..., Group], *arguments: object) -> list[Group]:
    return [write(*arguments)]


def _entity(name: str, criteria: CriteriaSet, speech: Speech) -> list[Group]:
    record, readers = criteria.entities[name], speech.where_used
    facts = (data.fact(f"{name}.{short}", one, speech, readers) for short, one in record.facts.items())
    return [data.entity(name, record), *facts]


def _facts_of(criteria: CriteriaSet, *, is_released: bool | None) -> Fields:
    """Return what the set is, at a glance."""
    head, speech = criteria.head, Speech(criteria)
    cited = speech.citations()
    open_ones = sum(not speech.is_verified(one) for one in cited)
    holds = [
        ngettext("{number} indicator", "{number} indicators", len(criteria.indicators)),
        ngettext("{number} control", "{number} controls", len(criteria.controls)),
        ngettext("{number} awareness rule", "{number} awareness rules", len(criteria.awareness)),
        ngettext("{number} question", "{number} questions", sum(len(one.facts) for one in criteria.entities.values())),
        ngettext("{number} source", "{number} sources", len(criteria.sources)),
    ]
    state: dict[bool | None, tuple[str | Run, ...]] = {
        None: (),
        True: (", ", _("released: it never changes")),
        False: (" ", mark(_("draft: it may still change"))),
    }
    version = fill(_("{criteria} version {version}"), criteria=Run(head.id, "code"), version=head.version)
    unread = ngettext(
        "{unverified} of {number} citation are {not_verified}",
        "{unverified} of {number} citations are {not_verified}",
        len(cited),
        unverified=open_ones,
        not_verified="{mark}",
    )
    return Fields(
        (
            Field(_("Criteria"), (say(*version, *state[is_released]),)),
            Field(_("In force"), (say(_("from {day}", day=day(head.in_force.from_))),)),
            Field(_("Holds"), (say(listed(holds)),)),
            Field(_("Sources"), (fill(unread, mark=mark(_(NOT_VERIFIED))),)),
            Field(_("Digest"), (say(Run(f"sha256:{criteria.digest}", "code")),)),
            Field(_("Please note"), tuple(say(one) for one in head.notice)),
            Field(_("To challenge a result"), (say(head.challenge),)),
        )
    )


def _sections(criteria: CriteriaSet) -> Iterator[Section]:
    speech = Speech(criteria)
    yield Section("reading", _("How to read this"), (Bullets(tuple(say(one) for one in _(READING).splitlines())),))
    for name, dimension in criteria.head.dimensions.items():
        found = {one: record for one, record in criteria.indicators.items() if record.dimension == name}
        explained = (Prose(say(dimension.explain)),) if dimension.explain else ()
        groups = tuple(wording.indicator(one, record, speech) for one, record in found.items())
        if found:
            yield Section(f"dimension-{name}", dimension.title, (*explained, _overview(found), *groups))
    ladders = tuple(wording.ladder(name, one, speech) for name, one in criteria.ladders.items())
    yield Section("ladders", _("From findings to a result"), (_points(criteria), *ladders))
    yield _section("controls", _("Controls"), (data.control(*one, speech) for one in criteria.controls.items()))
    yield _section(
        "awareness", _("What people are told"), (wording.awareness(*one, speech) for one in criteria.awareness.items())
    )
    yield _section("parameters", _("Parameters"), (data.parameter(*one, speech) for one in criteria.parameters.items()))
    yield _section(
        "definitions",
        _("Words that conditions use"),
        (wording.definition(*one, speech) for one in criteria.definitions.items()),
    )
    yield _section(
        "questions", _("Questions"), (group for one in criteria.entities for group in _entity(one, criteria, speech))
    )
    yield _section(
        "tables", _("Tables"), (group for one in criteria.tables.items() for group in data.table(*one, speech))
    )
    yield _section(
        "invariants",
        _("What must never happen"),
        (data.invariant(*one, speech) for one in data.invariants_of(criteria).items()),
    )
    yield Section("undirected", _("Questions without a direction"), data.undirected(criteria.invariants, speech))
    yield _section("sources", _("Sources"), (data.source(*one, speech) for one in criteria.sources.items()))


def _section(key: str, title: str, groups: Iterator[Group]) -> Section:
    return Section(key, title, tuple(groups))


def _overview(indicators: dict[str, Indicator]) -> Table:
    rows = tuple(
        (
            say(Run(f"{name} {one.title}", ref=name)),
            say(one.question),
            say(listed([severity_word(one) for one, _if in reversed(severity_conditions(one))])),
            say(", ".join(knock_out_word(kind) for kind, _if in reversed(knock_out_conditions(one))) or "–"),
        )
        for name, one in indicators.items()
    )
    return Table(_("At a glance"), (_("Indicator"), _("Question"), _("Severity"), _("Knock-out")), rows)


def _points(criteria: CriteriaSet) -> Bullets:
    head = criteria.head
    severity = head.severity
    points = ", ".join(f"{severity_word(name)} {number}" for name, number in severity.points.items())
    bands = ", ".join(
        _("{band} from {points}", band=severity.called(first), points=first) for first in severity.bands.values()
    )
    told = _("Points of a finding: {points}.", points=points)
    if severity.cap is not None:
        told = _(
            "Points of a finding: {points}. In a dimension, all below critical sum to {cap} at most.",
            points=points,
            cap=severity.cap,
        )
    lines: list[Line] = [
        say(told),
        say(_("Bands of a dimension: {bands}.", bands=bands)),
    ]
    for dimension in head.dimensions.values():
        if dimension.sums:
            summed = ", ".join(head.dimensions[one].title for one in dimension.sums)
            lines.append(
                say(_("{dimension} sums the findings of: {dimensions}.", dimension=dimension.title, dimensions=summed))
            )
    for name, members in head.families.items():
        runs = [Run(one, ref=one) for one in members]
        spread = say(*[part for run in runs for part in (", ", run)][1:])
        family = _("Family {name}: {members}. A riskier answer never lowers the highest.")
        lines.append(fill(family, name=name.replace("_", " "), members=spread))
    for one in head.four_eyes:
        ladder = criteria.ladders[one.ladder]
        result = at_level(ladder.title, ladder.levels[one.level].title)
        lines.append(say(_("Two people decide together at {result}.", result=result)))
    return Bullets(tuple(lines))


T = TypeVar("T")
P = TypeVar("P", Page, View)


def as_markdown(page: Page, *, is_whole: bool) -> str:
    """Return the page as Markdown; of a single record without head and foot."""
    made = environment(autoescape=False, finalize=finalize)
    made.filters["line"] = line
    text = made.get_template("catalogue.md.j2").render(page=cleaned(page), is_whole=is_whole)
    return f"{text.strip()}\n"


def as_html(page: Page) -> str:
    """Return the page as HTML: nothing is loaded, no script, every text escaped, no link leads nowhere."""
    kept = without_dead_ends(cleaned(page))
    return environment(autoescape=True).get_template("catalogue.html.j2").render(page=kept)


def as_text(page: Page, *, is_whole: bool) -> str:
    """Return the page as plain text of a terminal's width."""
    out = StringIO()
    _print(cleaned(page), Console(file=out, width=PLAIN_WIDTH, color_system=None, _environ={}), is_whole=is_whole)
    return out.getvalue().lstrip("\n")


def anchors(page: Page | View) -> frozenset[str]:
    """Return every place of a page that a `ref` can lead to."""
    groups = (one.anchor for section in page.sections for one in section.blocks if isinstance(one, Group))
    return frozenset({*(section.key for section in page.sections), *(one for one in groups if one)})


def without_dead_ends(page: P) -> P:
    """Return the page without the refs that lead to nothing on it: what is computed, or stands on another page."""
    return _kept(page, anchors(page))


def _kept(part: T, there: frozenset[str]) -> T:
    match part:
        case Run(ref=str() as ref) if ref not in there:
            return cast("T", dataclasses.replace(part, ref=None))
        case tuple():
            return cast("T", tuple(_kept(one, there) for one in part))
        case Run() | str() | int() | date() | None:
            return part
        case _:
            block = cast("Any", part)
            content = {one.name: _kept(getattr(block, one.name), there) for one in dataclasses.fields(block)}
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
        case Prose(text):
            put_line(console, styled(text))
        case Bullets(lines):
            for one in lines:
                put_line(console, styled(one), "  - ")
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
        case Blanks(labels):
            for label in labels:
                put_line(console, Text(f"{label}: ______"), "  ")
        case Letterhead(sender, recipient, dated):
            put_line(console, Text(" · ".join((*sender, *recipient, dated))), "  ")
        case Picture(desc=said):
            put_line(console, Text(said), "  ")
        case _:
            assert_never(block)
