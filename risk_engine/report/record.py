"""The sections around the findings: their facts, whose words are in `templates/pages/report.j2`, and the dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from risk_engine.files.language import _
from risk_engine.model.explanation import CitedSource, Explanation, Note, Override, Recorded
from risk_engine.report import page, pictures
from risk_engine.report.blocks import Line, Must, Picture, Run, Section, Table, mark, say
from risk_engine.report.pictures import Event
from risk_engine.report.wording import (
    FOREIGN_LIST,
    NOT_EU_LAW,
    Names,
    cited,
    confidential,
    day,
    kind_of_source,
    points,
    web_link,
)


@dataclass(frozen=True)
class ShownRating:
    """Points and band of a dimension: now, with agreed controls too, without any; and whether the sum is capped."""

    title: str
    now: str
    expected: str
    without: str
    capped: Literal["yes", "maybe", "no"]
    explain: str


@dataclass(frozen=True)
class ShownProblem:
    """What does not fit in the record."""

    kind: str
    text: str
    is_confidential: bool


@dataclass(frozen=True)
class ShownNote:
    """What the people of the case should know, and on which answers it depends where it only may apply."""

    title: str
    then: str
    may_apply: bool
    depends_on: str
    due: date | None
    sources: tuple[Line, ...]


@dataclass(frozen=True)
class ShownNotes:
    """The notes by kind."""

    foreign_rules: tuple[ShownNote, ...]
    advice: tuple[ShownNote, ...]
    monitoring: tuple[ShownNote, ...]
    benefits: tuple[ShownNote, ...]
    is_empty: bool


@dataclass(frozen=True)
class ShownSource:
    """A source that is cited, once, with all its places."""

    instrument: Line
    kind: Line
    places: str
    checked: Literal["yes", "no", "in part"]
    cited_by: str


@dataclass(frozen=True)
class Versions:
    """What identifies the result."""

    criteria: str
    criteria_digest: str
    profile_digest: str
    case_id: str
    case_digest: str
    digest: str
    engine: str
    day: date
    review_due: date
    needs_two: bool


@dataclass(frozen=True)
class ReportFacts:
    """All that the sections around the findings say."""

    bands: str
    bars: Picture | None
    ratings: tuple[ShownRating, ...]
    problems: tuple[ShownProblem, ...]
    notes: ShownNotes
    benefits: tuple[Line, ...]
    necessity: tuple[Line, ...]
    profile_of: str
    overrides: tuple[Override, ...]
    challenge: str
    notices: tuple[str, ...]
    sources: tuple[ShownSource, ...]
    versions: Versions


@dataclass(frozen=True)
class Surroundings:
    """The sections around the findings by their keys, what they must say, and what stands below where they changed."""

    sections: dict[str, Section]
    must: tuple[Must, ...]
    changed: str


def surroundings(assessment: Explanation, names: Names) -> Surroundings:
    """Return the sections around the findings; raise PageError where an office's page cannot be used."""
    facts = _facts(assessment, names)
    made = page.made("report", facts)
    sections = {one.key: one for one in made.page.sections}
    if missing := [key for key in _KEYS if key not in sections]:
        raise page.PageError(_("the page `report` has no section `{key}`", key=missing[0]))
    must = (
        Must("challenge", facts.challenge),
        *(Must("notice", one) for one in facts.notices),
        Must("digest", facts.versions.digest),
    )
    return Surroundings(sections | {"dates": dates_section(assessment)}, must, made.changed)


_KEYS = ("dimensions", "problems", "awareness", "benefits", "profile", "challenge", "sources", "versions")


def dates_section(assessment: Explanation) -> Section:
    """Return the dates of the case in order: what begins to apply, what is due, when to look again."""
    events = sorted(_events(assessment), key=lambda one: one.when)
    rows = tuple((say(day(one.when)), say(one.text)) for one in events)
    table = Table(_("Dates in order"), (_("Date"), _("What")), rows)
    return Section("dates", _("Dates"), (pictures.timeline(events, assessment.on), table))


def _facts(assessment: Explanation, names: Names) -> ReportFacts:
    kept = {path for path, one in assessment.facts.items() if one.confidential}
    profile = assessment.profile
    return ReportFacts(
        bands=", ".join(assessment.criteria.bands),
        bars=pictures.bars(assessment) if assessment.ratings else None,
        ratings=_ratings(assessment),
        problems=tuple(ShownProblem(one.kind, one.text, not kept.isdisjoint(one.paths)) for one in assessment.problems),
        notes=_notes(assessment, names),
        benefits=recorded_lines(assessment.benefits, names),
        necessity=recorded_lines(assessment.necessity, names),
        profile_of=profile.profile.institution if profile else "",
        overrides=profile.overrides if profile else (),
        challenge=assessment.criteria.challenge,
        notices=assessment.criteria.notice,
        sources=_sources(assessment),
        versions=_versions(assessment),
    )


def _ratings(assessment: Explanation) -> tuple[ShownRating, ...]:
    return tuple(
        ShownRating(
            title=one.title,
            now=points(one.residual),
            expected=points(one.expected),
            without=points(one.inherent),
            capped="yes" if one.capped_at_least else "maybe" if one.capped_at_most else "no",
            explain=assessment.criteria.dimensions[one.dimension].explain or "",
        )
        for one in assessment.ratings
    )


def _notes(assessment: Explanation, names: Names) -> ShownNotes:
    def of(kind: str) -> tuple[ShownNote, ...]:
        return tuple(_note(one, names) for one in assessment.awareness if one.kind == kind)

    return ShownNotes(of("foreign_rule"), of("advice"), of("monitoring"), of("benefit"), not assessment.awareness)


def _note(note: Note, names: Names) -> ShownNote:
    return ShownNote(
        title=note.title,
        then=note.then,
        may_apply=note.applies == "may",
        depends_on="; ".join(names.fact(one) for one in note.depends_on),
        due=note.due,
        sources=tuple(cited(one) for one in note.sources),
    )


def _sources(assessment: Explanation) -> tuple[ShownSource, ...]:
    """Return every source that a finding or note cites, once, with whether its text was read."""
    by_id: dict[str, list[tuple[CitedSource, str]]] = {}
    cited_by = [(one.id, one.sources) for one in assessment.findings]
    cited_by += [(one.id, one.sources) for one in assessment.awareness]
    for citing, sources in cited_by:
        for one in sources:
            by_id.setdefault(one.id, []).append((one, citing))
    return tuple(map(_source, by_id.values()))


def _source(places: Sequence[tuple[CitedSource, str]]) -> ShownSource:
    first = places[0][0]
    verified = {one.verified for one, _citing in places}
    foreign: list[str | Run] = [" ", mark(_(NOT_EU_LAW))] if first.kind == FOREIGN_LIST else []
    return ShownSource(
        instrument=say(Run(first.instrument, link=web_link(first.link))),
        kind=say(kind_of_source(first.kind), *foreign),
        places="; ".join(dict.fromkeys(one.at for one, _citing in places if one.at)),
        checked="in part" if len(verified) > 1 else "yes" if True in verified else "no",
        cited_by=", ".join(dict.fromkeys(citing for _source, citing in places)),
    )


def _versions(assessment: Explanation) -> Versions:
    used = assessment.criteria
    return Versions(
        criteria=f"{used.id} {used.version}",
        criteria_digest=used.digest,
        profile_digest=assessment.profile.digest if assessment.profile else "",
        case_id=assessment.case_id,
        case_digest=assessment.case_digest,
        digest=assessment.digest,
        engine=assessment.engine,
        day=assessment.on,
        review_due=assessment.review_due,
        needs_two=any(one.four_eyes for one in assessment.proposals),
    )


def _events(assessment: Explanation) -> Iterable[Event]:
    used = assessment.criteria
    yield Event(
        used.in_force_from,
        "begins",
        _("version {version} in force", version=used.version),
        _("{criteria}, version {version}, is in force.", criteria=used.title, version=used.version),
    )
    yield Event(assessment.on, "day", _("day of the assessment"), _("Day of the assessment."))
    for out in assessment.not_in_force:
        if out.effective_from:
            short = _("{indicator} begins", indicator=out.id)
            text = _("{indicator} comes into force.", indicator=f"{out.id} {out.title}")
            yield Event(out.effective_from, "begins", short, text)
        if out.effective_until:
            short = _("{indicator} ends", indicator=out.id)
            text = _("{indicator} is no longer in force.", indicator=f"{out.id} {out.title}")
            yield Event(out.effective_until, "begins", short, text)
    for one in assessment.controls:
        if one.due:
            control = f"{one.title} ({one.id})"
            if one.counts_as == "in_place":
                text = _("{control} is due; in place.", control=control)
            else:
                text = _("{control} is due; not in place yet.", control=control)
            yield Event(one.due, "due", _("{control} due", control=one.id), text)
    for note in assessment.awareness:
        # Most of them are due with the whole case, which stands below.
        if note.due and note.due != assessment.review_due:
            yield Event(
                note.due, "review", _("{note} look again", note=note.id), _("Look again: {note}.", note=note.title)
            )
    yield Event(assessment.review_due, "review", _("review due"), _("The whole case is to be looked at again."))


def recorded_lines(facts: Sequence[Recorded], names: Names) -> tuple[Line, ...]:
    """Return what the case records for its own sake, each with its question."""
    lines = (
        say(
            f"{_asked(one, names)} ",
            *names.value(one.path, one.shown, "strong"),
            *names.doubt(one.path),
            *confidential(is_so=one.confidential),
        )
        for one in facts
    )
    return tuple(lines) or (say(_("not asked by these criteria")),)


def _asked(fact: Recorded, names: Names) -> str:
    where = names.where(fact.path)
    return f"{fact.question} ({where})" if where else fact.question
