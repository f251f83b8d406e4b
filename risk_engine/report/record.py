"""What stands around the findings: the dimensions, notes, dates, the profile, the challenge, sources, versions."""

from collections.abc import Iterable, Sequence

from risk_engine.language import N_, _, pgettext
from risk_engine.model.explanation import Explanation, Note, Override, ProfileUsed, Recorded
from risk_engine.model.finding import CitedSource
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
    NOT_EU_LAW,
    UNVERIFIED,
    Names,
    cited,
    confidential,
    day,
    fill,
    kind_of_source,
    lead,
    none,
    nothing,
    points,
    sentence,
    web_link,
)

_NOTE_KINDS = {
    "foreign_rule": N_("Rules of other states that touch this case"),
    "advice": N_("Advice"),
    "monitoring": N_("Monitoring: look again when"),
    "benefit": N_("What speaks for it"),
}
_PROBLEMS = {
    "contradiction": N_("Answers contradict each other"),
    "evidence": N_("Evidence does not count"),
    "control": N_("A control is not what it seems"),
    "table": N_("The case differs from the table"),
    "unsure": N_("An answer was given as unsure"),
}
_SIGNATURE = (
    N_("Decision"),
    N_("Conditions"),
    N_("Reasons, above all where it differs from the proposal"),
    N_("Name and role"),
    N_("Date and signature"),
)
_SECOND = (N_("Second person: name and role"), N_("Second person: date and signature"))

_CAPPED = N_("{dimension}: the sum has reached its limit; read each finding.")
_MAY_BE_CAPPED = N_("{dimension}: the sum may have reached its limit; read each finding.")


def ratings_section(assessment: Explanation) -> Section:
    """Return points and band of each dimension: without controls, now, and with those agreed."""
    bands = ", ".join(assessment.criteria.bands)
    intro = _(
        "Points add up over the findings of a dimension. Bands, mildest first: {bands}; a bar reaches to the end of "
        "its band. Where there are two numbers, answers are missing.",
        bands=bands,
    )
    rows = tuple(
        (say(strong(one.title)), say(points(one.residual)), say(points(one.expected)), say(points(one.inherent)))
        for one in assessment.ratings
    )
    head = (_("Dimension"), _(pictures.NOW), _(pictures.EXPECTED), _(pictures.WITHOUT))
    capped = tuple(
        say(_(_CAPPED if one.capped_at_least else _MAY_BE_CAPPED, dimension=one.title))
        for one in assessment.ratings
        if one.capped_at_most
    )
    explained = tuple(
        say(lead(one.title), explain)
        for one in assessment.ratings
        if (explain := assessment.criteria.dimensions[one.dimension].explain)
    )
    lists = tuple(Bullets(one) for one in (capped, explained) if one)
    table = Table(_("Points and bands"), head, rows)
    return Section("dimensions", _("Dimensions"), (Prose(say(intro)), pictures.bars(assessment), table, *lists))


def dates_section(assessment: Explanation) -> Section:
    """Return the dates of the case in order: what begins to apply, what is due, when to look again."""
    events = sorted(_events(assessment), key=lambda one: one.when)
    rows = tuple((say(day(one.when)), say(one.text)) for one in events)
    table = Table(_("Dates in order"), (_("Date"), _("What")), rows)
    return Section("dates", _("Dates"), (pictures.timeline(events, assessment.on), table))


def problems_section(assessment: Explanation) -> Section:
    """Return what does not fit in the record; it changes no result."""
    kept = {path for path, one in assessment.facts.items() if one.confidential}
    lines = tuple(
        say(
            lead(_(_PROBLEMS[one.kind])),
            one.text,
            *confidential(is_so=not kept.isdisjoint(one.paths)),
        )
        for one in assessment.problems
    )
    intro = Prose(say(_("None of this changed the result. Somebody should look at it.")))
    return Section("problems", _("What does not fit in the record"), (intro, Bullets(lines)) if lines else (none(),))


def notes_section(assessment: Explanation, names: Names) -> Section:
    """Return what the people of the case should know, by kind."""
    groups = tuple(
        Group(say(_(title)), (Bullets(lines),))
        for kind, title in _NOTE_KINDS.items()
        if (lines := tuple(_note(one, names) for one in assessment.awareness if one.kind == kind))
    )
    return Section("awareness", _("What to know"), groups or (nothing(),))


def benefits_section(assessment: Explanation, names: Names) -> Section:
    """Return benefit and necessity beside the risk that remains."""
    remaining = tuple(
        say(_("{label}: {text}", label=one.title, text=points(one.residual))) for one in assessment.ratings
    )
    rows = Fields(
        (
            Field(_("Benefit"), recorded_lines(assessment.benefits, names)),
            Field(_("Necessity"), recorded_lines(assessment.necessity, names)),
            Field(_("Risk that remains now"), remaining),
        )
    )
    intro = _("They inform the person who decides. They change no level and lift no bar.")
    return Section("benefits", _("Benefit and necessity against the risk that remains"), (Prose(say(intro)), rows))


def profile_section(assessment: Explanation) -> Section:
    """Return what the institution's profile changed, with both values and the reason."""
    used = assessment.profile
    return Section("profile", _("What the institution set for itself"), _profile(used) if used else (nothing(),))


def challenge_section(assessment: Explanation) -> Section:
    """Return how to challenge the result, and what it is not."""
    notices = Group(
        say(_("What this is, and what it is not")), (Bullets(tuple(say(one) for one in assessment.criteria.notice)),)
    )
    return Section("challenge", _("How to challenge the result"), (Prose(say(assessment.criteria.challenge)), notices))


def sources_section(assessment: Explanation) -> Section:
    """Return every source that a finding or note cites, once, with whether its text was read."""
    by_id: dict[str, list[tuple[CitedSource, str]]] = {}
    for citing, sources in _citations(assessment):
        for one in sources:
            by_id.setdefault(one.id, []).append((one, citing))
    rows = tuple(_source(places) for places in by_id.values())
    table = Table(_("Sources cited"), (_("Source"), _("Kind"), _("Places"), _("Checked"), _("Cited by")), rows)
    return Section("sources", _("Sources"), (table,) if rows else (none(),))


def versions_section(assessment: Explanation) -> Section:
    """Return what identifies the result, and room for the decision of a named person."""
    used = assessment.criteria
    rows = [
        Field(_("Criteria"), (say(f"{used.id} {used.version} ", Run(used.digest, "code")),)),
        Field(_("Case"), (say(f"{assessment.case_id} ", Run(assessment.case_digest, "code")),)),
        Field(_("Assessment"), (say(Run(assessment.digest, "code")),)),
        Field(_("Engine"), (say(f"risk-engine {assessment.engine}"),)),
        Field(_("Day of the assessment"), (say(day(assessment.on)),)),
        Field(_("Review due"), (say(day(assessment.review_due)),)),
    ]
    if assessment.profile:
        rows.insert(1, Field(_("Profile"), (say(Run(assessment.profile.digest, "code")),)))
    four_eyes = any(one.four_eyes for one in assessment.proposals)
    decision = Group(
        say(_("Decision")),
        (
            Prose(say(_("The engine proposes. A named person decides, and gives reasons for deciding otherwise."))),
            Blanks(tuple(_(one) for one in (_SIGNATURE + _SECOND if four_eyes else _SIGNATURE))),
        ),
    )
    return Section("versions", _("Versions and decision"), (Fields(tuple(rows)), decision))


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


def _note(note: Note, names: Names) -> Line:
    said: list[Line] = [say(lead(note.title), note.then)]
    if note.applies == "may":
        asked = "; ".join(names.fact(one) for one in note.depends_on) or _("answers that are missing")
        said.append(
            fill(_("{may_apply}, depends on: {answers}"), may_apply=mark(_("may apply")), answers=sentence(asked))
        )
    if note.due:
        said.append(say(_("Due {day}.", day=day(note.due))))
    said += [fill(_("Source: {source}."), source=cited(one)) for one in note.sources]
    return say(*[part for one in said for part in (Run(" "), *one)][1:])


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


def _profile(used: ProfileUsed) -> tuple[Block, ...]:
    institution = used.profile.institution
    intro = _(
        "The profile of {institution} replaced these values, as far as the criteria allow it.", institution=institution
    )
    rows = tuple(_override(one) for one in used.overrides)
    table = Table(_("Values replaced"), (_("What"), _("Value of the criteria"), _("Value used"), _("Reason")), rows)
    if rows:
        return (Prose(say(intro)), table)
    return (Prose(say(_("The profile of {institution} changed nothing on this day.", institution=institution))),)


def _override(one: Override) -> tuple[Line, ...]:
    return (say(one.what), say(one.set_value), say(strong(one.value)), say(one.reason))


def _citations(assessment: Explanation) -> Iterable[tuple[str, tuple[CitedSource, ...]]]:
    yield from ((one.id, one.sources) for one in assessment.findings)
    yield from ((one.id, one.sources) for one in assessment.awareness)


def _source(places: Sequence[tuple[CitedSource, str]]) -> tuple[Line, ...]:
    first = places[0][0]
    verified = {one.verified for one, _ in places}
    foreign: list[str | Run] = [" ", mark(_(NOT_EU_LAW))] if first.kind == FOREIGN_LIST else []
    cited_at = dict.fromkeys(one.at for one, _ in places if one.at)
    checked: dict[frozenset[bool], Run] = {
        frozenset({True}): Run(pgettext("source", "verified")),
        frozenset({False}): mark(_(UNVERIFIED)),
        frozenset({True, False}): mark(_("in part unverified")),
    }
    return (
        say(Run(first.instrument, link=web_link(first.link))),
        say(kind_of_source(first.kind), *foreign),
        say("; ".join(cited_at) or pgettext("where a source is cited", "as a whole")),
        say(checked[frozenset(verified)]),
        say(", ".join(dict.fromkeys(citing for _, citing in places))),
    )
