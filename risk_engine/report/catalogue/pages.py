"""A whole set, or one record of it, as a page of blocks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from risk_engine.diagnostics import RiskEngineError, suggestion
from risk_engine.model.criteria import (
    CriteriaSet,
    FactInvariant,
    Indicator,
    ResultInvariant,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.report.blocks import Block, Bullets, Field, Fields, Group, Line, Prose, Run, Section, Table, mark, say
from risk_engine.report.catalogue import data, rules
from risk_engine.report.catalogue.speech import NOT_VERIFIED, Speech
from risk_engine.report.wording import counted, day, listed

# One line of the page for each line here.
READING = """\
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
        language=head.language,
        title=head.title,
        lead=(Prose(say(head.about)), _facts_of(criteria, is_released=is_released)),
        sections=tuple(one for one in _sections(criteria) if one.blocks),
        footer=f"{head.id} {head.version} · digest sha256:{criteria.digest}",
    )


def single(criteria: CriteriaSet, record: str) -> Page:
    """Return the page of the record with that id; RiskEngineError with the nearest id if there is none."""
    speech = Speech(criteria, says_lines=True)
    known = dict(reversed(list(_records(criteria, speech))))  # of two with one name the first counts
    if record not in known:
        names = [name for name, _ in _records(criteria, speech)]
        raise RiskEngineError(f"the set has no record `{record}`\n  help: {suggestion(record, names)}")
    head = criteria.head
    groups = known[record]()
    return Page(head.language, head.title, (), (Section("record", record, tuple(groups)),), f"{head.id} {head.version}")


def _records(criteria: CriteriaSet, speech: Speech) -> Iterator[tuple[str, Callable[[], list[Group]]]]:
    for kind, write in (
        (criteria.indicators, rules.indicator),
        (criteria.ladders, rules.ladder),
        (criteria.controls, data.control),
        (criteria.definitions, rules.definition),
        (criteria.parameters, data.parameter),
        (criteria.awareness, rules.awareness),
        (criteria.sources, data.source),
        (_invariants(criteria), rules.invariant),
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


def _invariants(criteria: CriteriaSet) -> dict[str, FactInvariant | ResultInvariant]:
    return {**criteria.invariants.facts, **criteria.invariants.results}


def _facts_of(criteria: CriteriaSet, *, is_released: bool | None) -> Fields:
    """Return what the set is, at a glance."""
    head, speech = criteria.head, Speech(criteria)
    cited = speech.citations()
    open_ones = sum(not speech.is_verified(one) for one in cited)
    holds = [
        counted(len(criteria.indicators), "indicator"),
        counted(len(criteria.controls), "control"),
        counted(len(criteria.awareness), "awareness rule"),
        counted(sum(len(one.facts) for one in criteria.entities.values()), "question"),
        counted(len(criteria.sources), "source"),
    ]
    state: dict[bool | None, tuple[str | Run, ...]] = {
        None: (),
        True: (", released: it never changes",),
        False: (" ", mark("draft: it may still change")),
    }
    return Fields(
        (
            Field("Criteria", (say(Run(head.id, "code"), f" version {head.version}", *state[is_released]),)),
            Field("In force", (say(f"from {day(head.in_force.from_)}"),)),
            Field("Holds", (say(listed(holds)),)),
            Field(
                "Sources",
                (say(f"{open_ones} of {counted(len(cited), 'citation')} are ", mark(NOT_VERIFIED)),),
            ),
            Field("Digest", (say(Run(f"sha256:{criteria.digest}", "code")),)),
            Field("Please note", tuple(say(one) for one in head.notice)),
            Field("To challenge a result", (say(head.challenge),)),
        )
    )


def _sections(criteria: CriteriaSet) -> Iterator[Section]:
    speech = Speech(criteria)
    yield Section("reading", "How to read this", (Bullets(tuple(say(one) for one in READING.splitlines())),))
    for name, dimension in criteria.head.dimensions.items():
        found = {one: record for one, record in criteria.indicators.items() if record.dimension == name}
        explained = (Prose(say(dimension.explain)),) if dimension.explain else ()
        groups = tuple(rules.indicator(one, record, speech) for one, record in found.items())
        if found:
            yield Section(f"dimension-{name}", dimension.title, (*explained, _overview(found), *groups))
    ladders = tuple(rules.ladder(name, one, speech) for name, one in criteria.ladders.items())
    yield Section("ladders", "From findings to a result", (_points(criteria), *ladders))
    yield _section("controls", "Controls", (data.control(*one, speech) for one in criteria.controls.items()))
    yield _section(
        "awareness", "What people are told", (rules.awareness(*one, speech) for one in criteria.awareness.items())
    )
    yield _section("parameters", "Parameters", (data.parameter(*one, speech) for one in criteria.parameters.items()))
    yield _section(
        "definitions",
        "Words that conditions use",
        (rules.definition(*one, speech) for one in criteria.definitions.items()),
    )
    yield _section(
        "questions", "Questions", (group for one in criteria.entities for group in _entity(one, criteria, speech))
    )
    yield _section("tables", "Tables", (group for one in criteria.tables.items() for group in data.table(*one, speech)))
    yield _section(
        "invariants", "What must never happen", (rules.invariant(*one, speech) for one in _invariants(criteria).items())
    )
    yield _section("sources", "Sources", (data.source(*one, speech) for one in criteria.sources.items()))


def _section(key: str, title: str, groups: Iterator[Group]) -> Section:
    return Section(key, title, tuple(groups))


def _overview(indicators: dict[str, Indicator]) -> Table:
    rows = tuple(
        (
            say(Run(f"{name} {one.title}", ref=name)),
            say(one.question),
            say(listed([severity for severity, _ in reversed(severity_conditions(one))])),
            say(", ".join(kind for kind, _ in reversed(knock_out_conditions(one))) or "–"),
        )
        for name, one in indicators.items()
    )
    return Table("At a glance", ("Indicator", "Question", "Severity", "Knock-out"), rows)


def _points(criteria: CriteriaSet) -> Bullets:
    head = criteria.head
    severity = head.severity
    points = ", ".join(f"{name} {number}" for name, number in severity.points.items())
    bands = ", ".join(f"{name} from {first}" for name, first in severity.bands.items())
    lines: list[Line] = [
        say(f"Points of a finding: {points}. In a dimension, all below critical sum to {severity.cap} at most."),
        say(f"Bands of a dimension: {bands}."),
    ]
    for name, members in head.families.items():
        runs = [Run(one, ref=one) for one in members]
        spread = [part for run in runs for part in (", ", run)][1:]
        lines.append(say(f"Family {name.replace('_', ' ')}: ", *spread, ". A riskier answer never lowers the highest."))
    for one in head.four_eyes:
        ladder = criteria.ladders[one.ladder]
        lines.append(say(f"Two people decide together at {ladder.title}: {ladder.levels[one.level].title}."))
    return Bullets(tuple(lines))
