"""The report on an assessment: facts of its sections and of its annex, and both as one document or each alone.

The words are in `templates/pages/report.j2` and `annex.j2`; what the report itself says is chosen in `brief`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import _
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import (
    CitedSource,
    ControlShown,
    Entry,
    Explanation,
    Finding,
    Problem,
    Proposal,
    Recorded,
)
from risk_engine.model.words import Severity
from risk_engine.report import controls, page, pictures
from risk_engine.report.answer import TWO_PEOPLE, get_answers, is_confidential, opening, proposed
from risk_engine.report.blocks import (
    Fields,
    Line,
    Must,
    Picture,
    Run,
    Section,
    View,
    grouped,
    joined,
    leading_inside,
    mark,
    say,
    words,
)
from risk_engine.report.brief import Brief, brief
from risk_engine.report.controls import Action, Way
from risk_engine.report.frame import confidential_paths, noted, version_mark, warning
from risk_engine.report.pictures import Event, Placed
from risk_engine.report.sandbox import PageError
from risk_engine.report.unsettled import Lack, cleared_first, lack_of, outer, still_open, why_open
from risk_engine.report.wording import (
    FOREIGN_LIST,
    NOT_EU_LAW,
    Names,
    Reading,
    checked,
    confidential,
    gravest,
    kind_of_source,
    reading,
    some,
    web_link,
)

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook
    from risk_engine.report.pages.similar import SimilarFacts

_BEFORE_OUTLOOK = "tasks"
_SCOPE = "scope"
"""The row of the first section that says how far the answer reaches; it stands on the first page too."""
_REPORT = ("facts", "terms", "open", "tasks", "challenge")
ANNEX = ("case", "reasons", "dimensions", "findings", "unknown", "problems", "conditions", "awareness", "dates",
         "benefits", "absent", "profile", "sources", "versions")  # fmt: skip
"""The sections that other documents link to: no page of an office may lose one."""
Part: TypeAlias = Literal["whole", "report", "annex"]
"""The report with its annex, or one of them alone."""
_NAMED = 4
"""How many findings the head of a choice names; it counts the rest."""
_Choices: TypeAlias = tuple[tuple[str, tuple[Way, ...]], ...]


@dataclass(frozen=True)
class Reason:
    """What a ladder proposes, its answer in words, and between which levels missing answers leave it open."""

    proposal: Proposal
    answer: str
    still_open: str | None
    hangs: bool
    """Whether it hangs on answers that contradict each other."""
    mildest: str
    strictest: str


@dataclass(frozen=True)
class ShownSource:
    """A source that is cited, once, with all its places."""

    instrument: Line
    kind: Line
    places: str
    checked: Line
    cited_by: str


@dataclass(frozen=True)
class ReportFacts:
    """All that the report says: an assessment in words, and what is chosen, sorted and drawn of it."""

    assessment: Explanation
    names: Names
    brief: Brief
    annex: tuple[str, ...]
    """The titles of the sections of the annex, where that stands apart; `annex_file` names its file, if it has one."""
    annex_file: str
    version_mark: str
    parts: tuple[tuple[str, tuple[tuple[Entry, tuple[Recorded, ...]], ...]], ...]
    apart: tuple[Recorded, ...]
    closed_routes: tuple[str, ...]
    set_aside: tuple[tuple[str, str, bool], ...]
    notes: str
    holds_confidential: bool
    reasons: tuple[Reason, ...]
    not_determined: dict[str, str]
    """The findings that are not determined, and why each is not."""
    two_people: str
    needs_two: bool
    bars: Picture | None
    matrix: Picture | None
    places: tuple[tuple[Severity, tuple[Line, ...]], ...]
    present: tuple[Finding, ...]
    undetermined: tuple[Finding, ...]
    absent: tuple[Finding, ...]
    answers: tuple[tuple[str, tuple[str, ...]], ...]
    """The paths of what indicators read that found nothing, those about one entry together below its name."""
    numbers: dict[str, int]
    """The number of each of them."""
    confidential_findings: frozenset[str]
    bounds_only: bool
    lack: Lack
    """Why answers are not known that could raise a finding: missing, contradicting each other, or both."""
    why_open: str
    get_answers: str
    problems: tuple[tuple[Problem, bool], ...]
    cleared_first: str
    conditions: tuple[Line, ...]
    now: tuple[Action, ...]
    later: tuple[Action, ...]
    instead: tuple[Action, ...]
    choices_now: _Choices
    choices_later: _Choices
    in_place: tuple[ControlShown, ...]
    supporting: tuple[Line, ...]
    who: dict[str, Line]
    timeline: Picture
    events: tuple[Event, ...]
    benefits: tuple[Line, ...]
    necessity: tuple[Line, ...]
    sources: tuple[ShownSource, ...]
    readings: tuple[Reading, ...]


def view(
    assessment: Explanation,
    outlook: "ExplainedOutlook | None" = None,
    decision: Decision | None = None,
    *,
    part: Part = "whole",
    annex_file: str = "",
    similar: "SimilarFacts | None" = None,
) -> View:
    """Return the report on an assessment in the current language, with what would change it; its text is harmless.

    It is a function of the explanation alone; a note says where the criteria are not translated. With a decision it
    tells the conditions of that. `annex_file` names the file of the annex where the report stands without it. Of an
    outlook that holds only the ways down, the first page tells them; all of it stands in the annex where that is a
    file of its own. `similar` are decided cases that are near; they stand in the report.
    """
    names = Names(assessment)
    is_bounded = outlook is None or not outlook.is_whole
    facts = report_facts(assessment, names, decision, outlook, bounds_only=is_bounded)
    annexed = page.made("annex", facts)
    below = complete(annexed, "annex")
    change, changed_too = None, ""
    if outlook is not None and outlook.is_whole:
        from risk_engine.report.outlook import outlook_section

        change, changed_too = outlook_section(outlook, assessment)
    # Its first page tells the ways down; the rest takes many pages.
    if change is not None and (annex_file or part == "annex"):
        below = (change, *below)
    if part != "whole":
        facts = replace(facts, annex=tuple(one.title for one in below), annex_file=annex_file)
    own = page.made("report", facts)
    sections = list(complete(own, "report"))
    changed = {"whole": [own.changed, annexed.changed], "report": [own.changed], "annex": [annexed.changed]}[part]
    if change is not None and change not in below:
        sections.insert([one.key for one in sections].index(_BEFORE_OUTLOOK) + 1, change)
    changed.append(changed_too)
    if similar is not None and part != "annex":
        from risk_engine.report.pages.similar import similar_section

        near, changed_near = similar_section(similar)
        sections.insert(len(sections) - 1, near)
        changed.append(changed_near)
    of_case = next(one for one in below if one.key == "case")
    rows = (row for block in of_case.blocks if isinstance(block, Fields) for row in block.rows)
    first = opening(assessment, names, outlook)
    made = replace(
        first,
        warning=warning(assessment),
        sections=beside(sections, below, part),
        footer=" ".join(one for one in (first.footer, *dict.fromkeys(changed)) if one),
    )
    if part == "annex":
        title = _("Annex: {report}", report=first.title)
        return noted(cleaned(leading_inside(replace(made, kind="annex", title=title, answer=None))), assessment)
    whole = replace(
        made,
        scales=tuple(pictures.scale(one, lack_of(assessment)) for one in assessment.proposals if one.role),
        scope=next((row for row in rows if row.key == _SCOPE), None),
        must=must_say(assessment),
    )
    return page.whole(noted(cleaned(leading_inside(whole)), assessment), "report")


def complete(made: page.Made, name: str) -> tuple[Section, ...]:
    """Return the sections of a report, or of an annex; raise PageError where its template lost one."""
    keys = [one.key for one in made.page.sections]
    wanted = ANNEX if name.endswith("annex") else _REPORT
    if missing := [key for key in wanted if key not in keys]:
        raise PageError(_("the page `{page}` has no section `{key}`", page=name, key=missing[0]))
    return tuple(one for one in made.page.sections if one.blocks)


def beside(sections: Sequence[Section], annex: Sequence[Section], part: Part) -> tuple[Section, ...]:
    """Return the sections of a part of the report; an annex below it begins a page."""
    match part:
        case "whole":
            return (*sections, replace(annex[0], starts_page=True), *annex[1:])
        case "report":
            return tuple(sections)
        case "annex":
            return tuple(annex)
        case _:
            assert_never(part)


def must_say(assessment: Explanation) -> tuple[Must, ...]:
    """Return what a report must say, in whatever words an office puts around it."""
    return (
        Must("challenge", assessment.criteria.challenge),
        *(Must("notice", one) for one in assessment.criteria.notice),
        Must("digest", assessment.digest),
    )


def report_facts(
    assessment: Explanation,
    names: Names,
    decision: Decision | None = None,
    outlook: "ExplainedOutlook | None" = None,
    *,
    bounds_only: bool = False,
) -> ReportFacts:
    """Return what the report says, which says so where what may still come out is told by its bounds only."""
    found = gravest(assessment)
    kept = {path for path, one in assessment.facts.items() if one.confidential}
    entries = tuple(f"{one.path}." for one in assessment.entries)
    events = tuple(sorted(_events(assessment), key=lambda event: event.when))
    pending = controls.actions(assessment, names)
    answers = _answers(assessment)
    listed = [one for one in pending if one.control.stated]
    gate, barred = controls.holding(assessment)
    chosen = sorted(controls.to_choose(assessment), key=lambda finding: finding.id not in gate)
    return ReportFacts(
        assessment=assessment,
        names=names,
        brief=brief(assessment, names, decision),
        annex=(),
        annex_file="",
        version_mark=version_mark(assessment),
        parts=_parts(assessment),
        apart=tuple(one for one in assessment.described if not one.path.startswith(entries)),
        closed_routes=_closed_routes(assessment, names),
        set_aside=_set_aside(assessment, kept),
        notes=str(assessment.case.get("notes") or ""),
        # Nobody can tell what free text repeats: where the case holds confidential answers, its notes may too.
        holds_confidential=bool(confidential_paths(assessment)),
        reasons=tuple(_reason(one, assessment) for one in assessment.proposals),
        not_determined={
            one.id: _("not determined: {why}", why=names.why_open(one.missing))
            for one in found
            if one.outcome == "undetermined"
        },
        lack=lack_of(assessment),
        why_open=why_open(lack_of(assessment)),
        two_people=_(TWO_PEOPLE),
        needs_two=any(one.four_eyes for one in assessment.proposals),
        bars=pictures.bars(assessment) if assessment.ratings else None,
        matrix=pictures.matrix(assessment, found) if found else None,
        places=_places(assessment, pictures.placed(found)),
        present=tuple(one for one in found if one.outcome == "present"),
        undetermined=tuple(one for one in found if one.outcome == "undetermined"),
        absent=tuple(one for one in assessment.findings if one.outcome == "absent"),
        answers=answers,
        numbers={path: number for number, path in enumerate((one for _, paths in answers for one in paths), 1)},
        confidential_findings=frozenset(one.id for one in found if not kept.isdisjoint(one.reads)),
        bounds_only=bounds_only,
        get_answers=get_answers(assessment, outlook),
        problems=tuple((one, is_confidential(one, assessment)) for one in assessment.problems),
        cleared_first=cleared_first(assessment),
        conditions=controls.conditions(assessment, names),
        now=tuple(one for one in listed if one.now),
        later=tuple(one for one in listed if not one.now),
        instead=tuple(controls.instead(assessment, pending)),
        choices_now=_choices([one for one in chosen if one.id in gate | barred], assessment, names),
        choices_later=_choices([one for one in chosen if one.id not in gate | barred], assessment, names),
        in_place=tuple(one for one in assessment.controls if one.counts_as == "in_place" and not one.supporting),
        supporting=controls.supporting(assessment),
        who={one.id: controls.who(one, assessment) for one in assessment.controls},
        timeline=pictures.timeline(events, assessment.on),
        events=events,
        benefits=_recorded_lines(assessment.benefits, names),
        necessity=_recorded_lines(assessment.necessity, names),
        sources=_sources(assessment),
        readings=_readings(assessment),
    )


def _parts(assessment: Explanation) -> tuple[tuple[str, tuple[tuple[Entry, tuple[Recorded, ...]], ...]], ...]:
    """Return the entries of the case below what they are, each with what the case tells people about it."""

    def described(entry: Entry) -> tuple[Recorded, ...]:
        return tuple(one for one in assessment.described if one.path.startswith(f"{entry.path}."))

    titles = grouped(assessment.entries, lambda entry: entry.title)
    return tuple((title, tuple((one, described(one)) for one in entries)) for title, entries in titles.items())


def _answers(assessment: Explanation) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the paths of what absent findings read, below their entries, those of no entry first."""
    entries = {one.path: _("{kind} “{name}”", kind=one.title, name=one.label) for one in assessment.entries}
    read = {path for one in assessment.findings if one.outcome == "absent" for path in one.reads}
    several = grouped([path for path in assessment.facts if path in read], lambda path: ".".join(path.split(".")[:2]))
    apart = tuple(path for start, paths in several.items() if start not in entries for path in paths)
    of_entries = ((entries[start], tuple(paths)) for start, paths in several.items() if start in entries)
    return (*([(_("The cooperation as a whole"), apart)] if apart else []), *of_entries)


def _closed_routes(assessment: Explanation, names: Names) -> tuple[str, ...]:
    """Return the findings that close a route of funding, where nothing more than that is closed."""
    strongest = {one.knock_out.at_least for one in assessment.findings} - {"none", "hold"}
    if strongest != {"funding"}:
        return ()
    return tuple(names.finding(one.id).text for one in assessment.findings if one.knock_out.at_least == "funding")


def _set_aside(assessment: Explanation, kept: set[str]) -> tuple[tuple[str, str, bool], ...]:
    apart = (assessment.case.get("set_aside") or {}).items()
    return tuple(
        (path, ", ".join(map(str, value)) if isinstance(value, list) else str(value), path in kept)
        for path, value in apart
    )


def _reason(proposal: Proposal, assessment: Explanation) -> Reason:
    mildest, strictest = outer(proposal)
    return Reason(
        proposal,
        proposed(proposal, assessment),
        still_open(proposal, assessment),
        any(proposal.ladder in one.decides for one in assessment.problems),
        mildest.title,
        strictest.title,
    )


def _places(assessment: Explanation, placed: Sequence[Placed]) -> tuple[tuple[Severity, tuple[Line, ...]], ...]:
    """Return the findings by severity, and in each row by dimension, each leading to its place."""
    return tuple(
        (
            row,
            tuple(
                _cell([one for one in placed if (one.severity, one.finding.dimension) == (row, rating.dimension)])
                for rating in assessment.ratings
            ),
        )
        for row in pictures.shown_severities(placed)
    )


def _cell(placed: Sequence[Placed]) -> Line:
    named = (say(Run(one.finding.id, ref=one.finding.id), f" ({one.remark})" if one.remark else "") for one in placed)
    return joined(named, ", ")


def _choices(findings: Sequence[Finding], assessment: Explanation, names: Names) -> _Choices:
    def who(control: ControlShown) -> str:
        return words(controls.who(control, assessment))

    return tuple(
        (some([names.finding(one.id).text for one in choice.findings], _NAMED), choice.ways)
        for choice in controls.choices(findings, assessment, who)
    )


def _cited(assessment: Explanation) -> Iterator[tuple[CitedSource, str]]:
    """Yield every place that a finding or note cites, with which of them does."""
    citing = [(one.id, one.sources) for one in assessment.findings]
    citing += [(one.id, one.sources) for one in assessment.awareness]
    yield from ((source, name) for name, sources in citing for source in sources)


def _sources(assessment: Explanation) -> tuple[ShownSource, ...]:
    """Return every source that a finding or note cites, once, with how its places were read."""
    return tuple(map(_source, grouped(_cited(assessment), lambda one: one[0].id).values()))


def _readings(assessment: Explanation) -> tuple[Reading, ...]:
    """Return how each place that is cited was read, each once; nothing where no source tells a grade."""
    places = {(one.id, one.at): one for one, _citing in _cited(assessment)}.values()
    is_told = any(one.grade for one in places)
    return tuple(reading(one.grade, one.verified) for one in places) if is_told else ()


def _source(places: Sequence[tuple[CitedSource, str]]) -> ShownSource:
    first = places[0][0]
    readings = {reading(one.grade, one.verified) for one, _citing in places}
    foreign: list[str | Run] = [" ", mark(_(NOT_EU_LAW))] if first.kind == FOREIGN_LIST else []
    return ShownSource(
        instrument=say(Run(first.instrument, link=web_link(first.link))),
        kind=say(kind_of_source(first.kind), *foreign),
        places="; ".join(dict.fromkeys(one.at for one, _citing in places if one.at)),
        checked=checked(readings),
        cited_by=", ".join(dict.fromkeys(citing for _source, citing in places)),
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


def _recorded_lines(facts: Sequence[Recorded], names: Names) -> tuple[Line, ...]:
    """Return what the case records for its own sake, each with its question."""
    lines = (
        say(
            f"{names.fact(one.path)} ",
            *names.value(one.path, one.shown, "strong"),
            *names.doubt(one.path),
            *confidential(one.confidential),
        )
        for one in facts
    )
    return tuple(lines) or (say(_("not asked by these criteria")),)
