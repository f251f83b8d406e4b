"""What stands around the findings: the dimensions, notes, dates, the profile, the challenge, sources, versions."""

from collections.abc import Iterable, Sequence

from risk_engine.model.assessment import Assessment, CitedSource, Note, Override, ProfileUsed, Recorded
from risk_engine.report import pictures
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    mark,
    say,
    strong,
)
from risk_engine.report.pictures import Event
from risk_engine.report.wording import (
    FOREIGN_LIST,
    KINDS,
    NOT_EU_LAW,
    UNVERIFIED,
    Names,
    cited,
    confidential,
    day,
    points,
    sentence,
    web_link,
)

_NONE = Prose(say("None."))
_NOTE_KINDS = {
    "foreign_rule": "Rules of other states that touch this case",
    "advice": "Advice",
    "monitoring": "Monitoring: look again when",
    "benefit": "What speaks for it",
}
_PROBLEMS = {
    "contradiction": "Answers contradict each other",
    "evidence": "Evidence does not count",
    "control": "A control is not what it seems",
    "table": "The case differs from the table",
    "unsure": "An answer was given as unsure",
}
_SIGNATURE = (
    "Decision",
    "Conditions",
    "Reasons, above all where it differs from the proposal",
    "Name and role",
    "Date and signature",
)
_SECOND = ("Second person: name and role", "Second person: date and signature")


def ratings_section(assessment: Assessment) -> Section:
    """Return points and band of each dimension: without controls, now, and with those agreed."""
    bands = ", ".join(assessment.criteria.bands)
    intro = (
        f"Points add up over the findings of a dimension. Bands, mildest first: {bands}; a bar reaches to the end of "
        "its band. Where there are two numbers, answers are missing."
    )
    rows = tuple(
        (say(strong(one.title)), say(points(one.residual)), say(points(one.expected)), say(points(one.inherent)))
        for one in assessment.ratings
    )
    head = ("Dimension", pictures.NOW, pictures.EXPECTED, pictures.WITHOUT)
    capped = tuple(
        say(
            f"{one.title}: the sum {'has' if one.capped_at_least else 'may have'} reached its limit; read each finding."
        )
        for one in assessment.ratings
        if one.capped_at_most
    )
    explained = tuple(
        say(strong(f"{one.title}: "), explain)
        for one in assessment.ratings
        if (explain := assessment.criteria.dimensions[one.dimension].explain)
    )
    lists = tuple(Bullets(one) for one in (capped, explained) if one)
    table = Table("Points and bands", head, rows)
    return Section("dimensions", "Dimensions", (Prose(say(intro)), pictures.bars(assessment), table, *lists))


def dates_section(assessment: Assessment) -> Section:
    """Return the dates of the case in order: what begins to apply, what is due, when to look again."""
    events = sorted(_events(assessment), key=lambda one: one.when)
    rows = tuple((say(day(one.when)), say(one.text)) for one in events)
    table = Table("Dates in order", ("Date", "What"), rows)
    return Section("dates", "Dates", (pictures.timeline(events, assessment.on), table))


def problems_section(assessment: Assessment) -> Section:
    """Return what does not fit in the record; it changes no result."""
    kept = {path for path, one in assessment.facts.items() if one.confidential}
    lines = tuple(
        say(
            strong(f"{_PROBLEMS[one.kind]}: "),
            one.text,
            *confidential(is_so=not kept.isdisjoint(one.paths)),
        )
        for one in assessment.problems
    )
    intro = Prose(say("None of this changed the result. Somebody should look at it."))
    return Section("problems", "What does not fit in the record", (intro, Bullets(lines)) if lines else (_NONE,))


def notes_section(assessment: Assessment, names: Names) -> Section:
    """Return what the people of the case should know, by kind."""
    groups = tuple(
        Group(say(title), (Bullets(lines),))
        for kind, title in _NOTE_KINDS.items()
        if (lines := tuple(_note(one, names) for one in assessment.awareness if one.kind == kind))
    )
    return Section("awareness", "What to know", groups or (_NONE,))


def benefits_section(assessment: Assessment, names: Names) -> Section:
    """Return benefit and necessity beside the risk that remains."""
    remaining = tuple(say(f"{one.title}: {points(one.residual)}") for one in assessment.ratings)
    rows = Fields(
        (
            Field("Benefit", _recorded(assessment.benefits, names)),
            Field("Necessity", _recorded(assessment.necessity, names)),
            Field("Risk that remains now", remaining),
        )
    )
    intro = "They inform the person who decides. They change no level and lift no bar."
    return Section("benefits", "Benefit and necessity against the risk that remains", (Prose(say(intro)), rows))


def profile_section(assessment: Assessment) -> Section:
    """Return what the institution's profile changed, with both values and the reason."""
    used = assessment.profile
    return Section("profile", "What the institution set for itself", _profile(used) if used else (_NONE,))


def challenge_section(assessment: Assessment) -> Section:
    """Return how to challenge the result, and what it is not."""
    notices = Group(
        say("What this is, and what it is not"), (Bullets(tuple(say(one) for one in assessment.criteria.notice)),)
    )
    return Section("challenge", "How to challenge the result", (Prose(say(assessment.criteria.challenge)), notices))


def sources_section(assessment: Assessment) -> Section:
    """Return every source that a finding or note cites, once, with whether its text was read."""
    by_id: dict[str, list[tuple[CitedSource, str]]] = {}
    for citing, sources in _citations(assessment):
        for one in sources:
            by_id.setdefault(one.id, []).append((one, citing))
    rows = tuple(_source(places) for places in by_id.values())
    table = Table("Sources cited", ("Source", "Kind", "Places", "Checked", "Cited by"), rows)
    return Section("sources", "Sources", (table,) if rows else (_NONE,))


def versions_section(assessment: Assessment) -> Section:
    """Return what identifies the result, and room for the decision of a named person."""
    used = assessment.criteria
    rows = [
        Field("Criteria", (say(f"{used.id} {used.version} ", Run(used.digest, "code")),)),
        Field("Case", (say(f"{assessment.case_id} ", Run(assessment.case_digest, "code")),)),
        Field("Assessment", (say(Run(assessment.digest, "code")),)),
        Field("Engine", (say(f"risk-engine {assessment.engine}"),)),
        Field("Day of the assessment", (say(day(assessment.on)),)),
        Field("Review due", (say(day(assessment.review_due)),)),
    ]
    if assessment.profile:
        rows.insert(1, Field("Profile", (say(Run(assessment.profile.digest, "code")),)))
    four_eyes = any(one.four_eyes for one in assessment.proposals)
    decision = Group(
        say("Decision"),
        (
            Prose(say("The engine proposes. A named person decides, and gives reasons for deciding otherwise.")),
            Blanks(_SIGNATURE + _SECOND if four_eyes else _SIGNATURE),
        ),
    )
    return Section("versions", "Versions and decision", (Fields(tuple(rows)), decision))


def _events(assessment: Assessment) -> Iterable[Event]:
    used = assessment.criteria
    yield Event(
        used.in_force_from,
        "begins",
        f"version {used.version} in force",
        f"{used.title}, version {used.version}, is in force.",
    )
    yield Event(assessment.on, "day", "day of the assessment", "Day of the assessment.")
    for out in assessment.not_in_force:
        if out.effective_from:
            yield Event(out.effective_from, "begins", f"{out.id} begins", f"{out.id} {out.title} comes into force.")
        if out.effective_until:
            yield Event(out.effective_until, "begins", f"{out.id} ends", f"{out.id} {out.title} is no longer in force.")
    for one in assessment.controls:
        if one.due:
            state = "in place" if one.counts_as == "in_place" else "not in place yet"
            yield Event(one.due, "due", f"{one.id} due", f"{one.title} ({one.id}) is due; {state}.")
    for note in assessment.awareness:
        # Most of them are due with the whole case, which stands below.
        if note.due and note.due != assessment.review_due:
            yield Event(note.due, "review", f"{note.id} look again", f"Look again: {note.title}.")
    yield Event(assessment.review_due, "review", "review due", "The whole case is to be looked at again.")


def _note(note: Note, names: Names) -> Line:
    may: list[str | Run] = []
    if note.applies == "may":
        asked = "; ".join(names.fact(one) for one in note.depends_on) or "answers that are missing"
        may = [" ", mark("may apply"), f", depends on: {sentence(asked)}"]
    due = f" Due {day(note.due)}." if note.due else ""
    sources = [run for one in note.sources for run in (Run(" Source: "), *cited(one), Run("."))]
    return say(strong(f"{note.title}: "), note.then, *may, due, *sources)


def _recorded(facts: Sequence[Recorded], names: Names) -> tuple[Line, ...]:
    lines = (
        say(
            f"{_asked(one, names)} ",
            *names.value(one.path, one.shown, "strong"),
            *names.doubt(one.path),
            *confidential(is_so=one.confidential),
        )
        for one in facts
    )
    return tuple(lines) or (say("not asked by these criteria"),)


def _asked(fact: Recorded, names: Names) -> str:
    where = names.where(fact.path)
    return f"{fact.question} ({where})" if where else fact.question


def _profile(used: ProfileUsed) -> tuple[Block, ...]:
    intro = Prose(
        say(f"The profile of {used.profile.institution} replaced these values, as far as the criteria allow it.")
    )
    rows = tuple(_override(one) for one in used.overrides)
    table = Table("Values replaced", ("What", "Value of the criteria", "Value used", "Reason"), rows)
    nothing = Prose(say(f"The profile of {used.profile.institution} changed nothing on this day."))
    return (intro, table) if rows else (nothing,)


def _override(one: Override) -> tuple[Line, ...]:
    return (say(one.what), say(one.set_value), say(strong(one.value)), say(one.reason))


def _citations(assessment: Assessment) -> Iterable[tuple[str, tuple[CitedSource, ...]]]:
    yield from ((one.id, one.sources) for one in assessment.findings)
    yield from ((one.id, one.sources) for one in assessment.awareness)


def _source(places: Sequence[tuple[CitedSource, str]]) -> tuple[Line, ...]:
    first = places[0][0]
    verified = {one.verified for one, _ in places}
    foreign: list[str | Run] = [" ", mark(NOT_EU_LAW)] if first.kind == FOREIGN_LIST else []
    cited_at = dict.fromkeys(one.at for one, _ in places if one.at)
    checked: dict[frozenset[bool], Run] = {
        frozenset({True}): Run("verified"),
        frozenset({False}): mark(UNVERIFIED),
        frozenset({True, False}): mark("in part unverified"),
    }
    return (
        say(Run(first.instrument, link=web_link(first.link))),
        say(KINDS.get(first.kind, first.kind), *foreign),
        say("; ".join(cited_at) or "as a whole"),
        say(checked[frozenset(verified)]),
        say(", ".join(dict.fromkeys(citing for _, citing in places))),
    )
