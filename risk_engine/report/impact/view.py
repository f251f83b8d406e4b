"""An impact of a change on many cases, as a page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, Literal

from risk_engine.files.language import _, current, ngettext
from risk_engine.model.comparison import (
    CaseImpact,
    Courses,
    FindingTally,
    ImpactReport,
    LadderCompared,
    Move,
    Refusal,
    Remaining,
    VersionUsed,
)
from risk_engine.report.blocks import (
    Answer,
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
    View,
    mark,
    say,
    strong,
)
from risk_engine.report.impact.wording import Words, cases, direction_word, finding_direction, flow_cells, flow_picture
from risk_engine.report.sanitize import cleaned
from risk_engine.report.wording import day, fill, last_day, lead

_ROLES_FIRST: Final = ("gate", "headline", "escalation", None)


def changed_section(
    key: str, title: str, cases: Sequence[CaseImpact], names: Words, most: int | None, lead: str = ""
) -> Iterator[Section]:
    """Yield the section of cases that changed one way; `most` of them, the rest is counted. Nothing without cases."""
    if cases:
        said = (Prose(say(lead)),) if lead else ()
        yield Section(key, title, (*said, *(_changed(one, names) for one in cases[:most]), *_more(cases, most)))


def asked_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases that the new version asks something of that the old one did not."""
    if not cases:
        return
    lead = _(
        "{version} asks something of these cases that {before} did not ask, and nobody has answered it: they are open "
        "for that reason, alone or among others. Below stands what is left when what is newly asked gets its least and "
        "its most risky answer, by the direction that the criteria declare; where they declare none, each was tried.",
        version=names.after,
        before=names.before,
    )
    facts = Table(
        _("What is newly asked"),
        (_("Question"), _("Cases")),
        tuple((names.fact(one.name), say(str(one.cases))) for one in names.report.asked),
        (85, 15),
    )
    groups = (_asked(one, names) for one in cases[:most])
    yield Section("asked", _("Newly asked"), (Prose(say(lead)), facts, *groups, *_more(cases, most)))


def refused_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases with answers that the new version does not take."""
    if not cases:
        return
    lead = _(
        "These cases state something that {version} does not take. They come out as shown when that is left out; "
        "whoever goes on with such a case has to answer it anew.",
        version=names.after,
    )
    facts = Table(
        _("What is not taken"),
        (_("What the cases state"), _("Why"), _("Cases")),
        tuple(
            (names.fact(one.name), say(names.refusal_reason(one.why)), say(str(one.cases)))
            for one in names.report.refused
            if one.why is not None
        ),
        (50, 35, 15),
    )
    groups = (_refused(one, names) for one in cases[:most])
    yield Section("refused", _("Answers not taken"), (Prose(say(lead)), facts, *groups, *_more(cases, most)))


def other_reasons_section(cases: Sequence[CaseImpact], names: Words, most: int | None) -> Iterator[Section]:
    """Yield the section of cases that keep their result with other findings."""
    if cases:
        groups = (Group(_title(one), (Fields((_file(one),)), *_why(one, names))) for one in cases[:most])
        yield Section("reasons", _("Same result, other findings"), (*groups, *_more(cases, most)))


def _changed(case: CaseImpact, names: Words) -> Group:
    moved = [one for one in _in_order(case.ladders, names) if one.direction != "same"]
    return Group(_title(case), (Fields((_file(case), *(_moved(one, names) for one in moved))), *_why(case, names)))


def _asked(case: CaseImpact, names: Words) -> Group:
    assert case.remaining is not None  # noqa: S101 -- that puts it into this group
    asks = Field(_("Newly asked"), tuple(names.fact(path) for path in case.asked))
    return Group(
        _title(case), (Fields((_file(case), asks)), *_remaining(case, case.remaining, names), *_why(case, names))
    )


def _refused(case: CaseImpact, names: Words) -> Group:
    refused = Field(_("Not taken"), tuple(names.refusal(one) for one in case.refused))
    moves = tuple(_moved(one, names) for one in _in_order(case.ladders, names))
    remaining = _remaining(case, case.remaining, names) if case.remaining else ()
    return Group(_title(case), (Fields((_file(case), refused, *moves)), *remaining, *_why(case, names)))


def _remaining(case: CaseImpact, remaining: Remaining, names: Words) -> tuple[Block, ...]:
    """Return a table: each ladder before, as it is now, and with the least and the most risky answers."""
    least = {one.ladder: one for one in remaining.least}
    most = {one.ladder: one for one in remaining.most}
    rows = tuple(
        (
            say(names.ladder(one.ladder).title),
            say(names.place(one.ladder, one.before)),
            say(names.place(one.ladder, one.after)),
            say(names.place(one.ladder, least[one.ladder].after)),
            say(names.place(one.ladder, most[one.ladder].after)),
        )
        for one in _in_order(case.ladders, names)
    )
    courses = [direction_word(one) for one in (remaining.least_course, remaining.most_course)]
    head = (
        _("Ladder"),
        names.before,
        _("{version}, not answered", version=names.after),
        _("least risky answers"),
        _("most risky answers"),
    )
    told = _(
        "With the least risky answers: {least}; with the most risky ones: {most}.", least=courses[0], most=courses[1]
    )
    if not remaining.complete:
        told += " " + _("Not every combination of answers was tried.")
    return Prose(say(told)), Table(_("What remains"), head, rows, (16, 18, 26, 20, 20))


def _moved(move: Move, names: Words) -> Field:
    causes = names.ladder_causes(move)
    lines = (say(names.move(move)), names.rules(move), *((say(causes),) if causes else ()))
    return Field(names.ladder(move.ladder).title, lines)


def _why(case: CaseImpact, names: Words) -> Iterator[Block]:
    """Yield the findings that changed, and what the old version went without."""
    rows: list[Field] = []
    if case.findings:
        rows.append(Field(_("Findings that changed"), tuple(names.finding_move(one) for one in case.findings)))
    if case.left_out:
        label = _("Unknown to {version}, left out there", version=names.before)
        rows.append(Field(label, tuple(_path(one, names) for one in case.left_out)))
    if rows:
        yield Fields(tuple(rows))


def _path(refusal: Refusal, names: Words) -> Line:
    return names.fact(refusal.path)


def _title(case: CaseImpact) -> Line:
    return say(f"{case.case_id}: {case.title}")


def _file(case: CaseImpact) -> Field:
    return Field(_("Replayed"), (fill(_("{file}, as of {day}"), file=Run(case.file, "code"), day=day(case.on)),))


def _in_order(moves: Iterable[Move], names: Words) -> list[Move]:
    """Return the ladders in the order in which a case is told: whether it may start comes before how."""
    return sorted(moves, key=lambda one: _ROLES_FIRST.index(names.ladder(one.ladder).role))


def _more(cases: Sequence[CaseImpact], most: int | None) -> tuple[Prose, ...]:
    left = len(cases) - most if most is not None else 0
    if left <= 0:
        return ()
    text = ngettext("and {number} more; `-o FILE.html` shows all", "and {number} more; `-o FILE.html` shows all", left)
    return (Prose(say(text)),)


MOST: Final = 20
"""How many cases of each kind a terminal shows."""
_GLANCE: Final = 5
_SHOWN_DIGEST: Final = 12


def impact_view(report: ImpactReport, *, with_pictures: bool = True, most: int | None = None) -> View:
    """Return the report as ready text in the current language, harmless everywhere.

    With `most` it holds so many cases of each kind and counts the others; problems are then left to be told elsewhere.
    """
    names = Words(report)
    compared = report.of_group("compared")
    looser = _(
        "Answers are missing here, and more is certain than before: the level that was proposed meanwhile, or the "
        "mildest that is possible, falls. The strictest that is possible stays, so these cases are not called milder."
    )
    sections = (
        *_flow_sections(report, names, with_pictures=with_pictures),
        *_finding_section(report, names),
        *changed_section("milder", _("Milder"), report.of_group("compared", "milder"), names, most),
        *changed_section("looser", _("Looser"), report.of_group("compared", "looser"), names, most, looser),
        *changed_section("stricter", _("Stricter"), report.of_group("compared", "stricter"), names, most),
        *changed_section("otherwise", _("Changed otherwise"), report.of_group("compared", "otherwise"), names, most),
        *asked_section(report.of_group("newly_asked"), names, most),
        *refused_section(report.of_group("refused"), names, most),
        *other_reasons_section([one for one in compared if one.course == "same" and one.findings], names, most),
        *_problems(report, is_told=most is not None),
        _versions(report),
    )
    return cleaned(
        View(
            kind="audit",
            language=current(),
            title=_("What {after} changes for cases under {before}", after=names.after, before=names.before),
            about=f"{report.after.title} · {report.after.id}",
            case_id=f"{names.before} → {names.after}",
            on=report.on or max((one.on for one in report.cases), default=date.min),
            kept_by=f"{report.before.digest[:_SHOWN_DIGEST]} {report.after.digest[:_SHOWN_DIGEST]}",
            warning=None,
            answer=_answer(report, names),
            scales=(),
            scope=None,
            sections=sections,
            full_report="",
            footer=_footer(report),
        )
    )


def in_short(report: ImpactReport) -> str:
    """Return the first sentence: how many cases keep their result, and what becomes of the others."""
    counts = report.counts
    if not counts.cases:
        return _("No case was replayed")
    compared = counts.compared
    same = ngettext(
        "{number} of {all} cases keeps its result",
        "{number} of {all} cases keep their result",
        compared.same,
        all=counts.cases,
    )
    if counts.cases == 1:
        same = _("{number} of 1 case keeps its result", number=compared.same)
    others = (
        (compared.stricter, ngettext("{number} becomes stricter", "{number} become stricter", compared.stricter)),
        (compared.milder, ngettext("{number} milder", "{number} milder", compared.milder)),
        (compared.looser, ngettext("{number} looser", "{number} looser", compared.looser)),
        (compared.otherwise, ngettext("{number} otherwise", "{number} otherwise", compared.otherwise)),
        (counts.newly_asked, ngettext("{number} newly asked", "{number} newly asked", counts.newly_asked)),
        (
            counts.refused,
            ngettext("{number} with answers not taken", "{number} with answers not taken", counts.refused),
        ),
    )
    return "; ".join([same, *(text for number, text in others if number)])


def _answer(report: ImpactReport, names: Words) -> Answer:
    counts = report.counts
    tone: Literal["mild", "middle", "strict", "open"] = "mild"
    if counts.problems or counts.refused or not counts.cases:
        tone = "strict"
    elif counts.compared.changed:
        tone = "middle"
    elif counts.newly_asked:
        tone = "open"
    return Answer(
        sentence=in_short(report),
        more=tuple(_cautions(report, names)),
        tone=tone,
        glance=tuple(_glance(report, names)),
        challenge=None,
    )


def _cautions(report: ImpactReport, names: Words) -> Iterator[Line]:
    """Yield what must be known before the numbers are read."""
    if report.before.digest == report.after.digest:
        yield say(mark(_("same rules")), " ", _("Both versions say the same: their digests are equal."))
    for used, name in ((report.before, names.before), (report.after, names.after)):
        if used.cases_outside:
            yield say(mark(_("not in force")), " ", _outside(report, used, name))
    if report.counts.problems:
        text = ngettext(
            "{number} case could not be replayed; it is not in these numbers.",
            "{number} cases could not be replayed; they are not in these numbers.",
            report.counts.problems,
        )
        yield say(mark(_("incomplete")), " ", text)


def _outside(report: ImpactReport, used: VersionUsed, name: str) -> str:
    since = day(used.in_force_from)
    if used.in_force_until is not None and used.in_force_until <= used.in_force_from:
        return _("{version} is never in force: a higher version begins on the same day or before.", version=name)
    if used.in_force_until is None:
        period = _("{version} is in force from {since}.", version=name, since=since)
    else:
        end = last_day(used.in_force_until)
        period = _("{version} is in force from {since} to {end}.", version=name, since=since, end=end)
    return f"{period} {_days_outside(used.cases_outside, report.counts.cases)}"


def _days_outside(number: int, cases: int) -> str:
    if cases == 1:
        return _("The day of the case is outside that time.")
    if number == cases:
        return _("The days of all {all} cases are outside that time.", all=cases)
    return ngettext(
        "The day of {number} of the {all} cases is outside that time.",
        "The days of {number} of the {all} cases are outside that time.",
        number,
        all=cases,
    )


def _glance(report: ImpactReport, names: Words) -> Iterator[Field]:
    moved = [line for one in report.ladders if one.role for line in _changes(report, one)]
    if moved:
        yield Field(_("What changes"), _first(moved))
    if report.findings:
        yield Field(_("Because of these findings"), _first([_finding_line(one, names) for one in report.findings]))
    counts = report.counts
    if counts.newly_asked:
        lines = (
            say(_("with the least risky answers: {courses}", courses=_courses(counts.least))),
            say(_("with the most risky answers: {courses}", courses=_courses(counts.most))),
        )
        yield Field(_("Newly asked"), lines)
    if report.refused:
        refused = [say(*names.fact(one.name), f": {cases(one.cases)}") for one in report.refused]
        yield Field(_("Answers not taken"), _first(refused))


def _first(lines: list[Line]) -> tuple[Line, ...]:
    more = len(lines) - _GLANCE
    if more <= 0:
        return tuple(lines)
    return (*lines[:_GLANCE], say(ngettext("and {number} more", "and {number} more", more)))


def _changes(report: ImpactReport, ladder: LadderCompared) -> Iterator[Line]:
    """Yield where cases went on a ladder, the most frequent first; those that stayed and those apart left out."""
    flows = [one for one in report.flows if one.ladder == ladder.ladder and one.after and one.direction != "same"]
    for one in sorted(flows, key=lambda one: -one.cases):
        before, after, number, direction = flow_cells(one, ladder)
        text = _(
            "{before} → {after}: {cases}, {direction}", before=before, after=after, cases=number, direction=direction
        )
        yield say(lead(ladder.title), text)


def _courses(courses: Courses) -> str:
    told = (
        (courses.same, ngettext("{number} as before", "{number} as before", courses.same)),
        (courses.stricter, ngettext("{number} stricter", "{number} stricter", courses.stricter)),
        (courses.milder, ngettext("{number} milder", "{number} milder", courses.milder)),
        (courses.looser, ngettext("{number} looser", "{number} looser", courses.looser)),
        (courses.otherwise, ngettext("{number} otherwise", "{number} otherwise", courses.otherwise)),
    )
    return ", ".join(text for number, text in told if number)


def _flow_sections(report: ImpactReport, names: Words, *, with_pictures: bool) -> Iterator[Section]:
    """Yield a section for each ladder with a role, and one for the others that moved."""
    for one in report.ladders:
        flows = [flow for flow in report.flows if flow.ladder == one.ladder]
        if not flows or (one.role is None and all(flow.direction == "same" for flow in flows)):
            continue
        picture = flow_picture(report, one) if with_pictures and one.role in {"headline", "gate"} else None
        head = (names.before, names.after, _("Cases"), _("Direction"))
        rows = tuple(
            (say(before), say(after), say(str(flow.cases)), say(direction))
            for flow in flows
            for before, after, _number, direction in [flow_cells(flow, one)]
        )
        table = Table(_("How many cases went where"), head, rows, (32, 32, 12, 24))
        yield Section(f"ladder-{one.ladder}", one.title, (*([picture] if picture else []), table))


def _finding_section(report: ImpactReport, names: Words) -> Iterator[Section]:
    if report.findings:
        head = (_("Finding"), finding_direction("stricter"), finding_direction("milder"), finding_direction("other"))
        rows = tuple(
            (say(names.finding(one.id)), say(str(one.rose)), say(str(one.fell)), say(str(one.other)))
            for one in report.findings
        )
        caption = _("In how many of the cases compared a finding changed")
        yield Section("findings", _("Findings that changed"), (Table(caption, head, rows, (55, 15, 15, 15)),))


def _finding_line(tally: FindingTally, names: Words) -> Line:
    told = (
        (tally.rose, ngettext("graver in {number} case", "graver in {number} cases", tally.rose)),
        (tally.fell, ngettext("less grave in {number} case", "less grave in {number} cases", tally.fell)),
        (tally.other, ngettext("otherwise in {number} case", "otherwise in {number} cases", tally.other)),
    )
    return say(strong(names.finding(tally.id)), ": ", ", ".join(text for number, text in told if number))


def _problems(report: ImpactReport, *, is_told: bool) -> Iterator[Section]:
    blocks: list[Block] = []
    if report.problems and not is_told:
        blocks.append(Bullets(tuple(say(Run(one.file, "code"), f": {one.reason}") for one in report.problems)))
    if report.notes and not is_told:
        blocks.append(Bullets(tuple(say(text) for text in report.notes)))
    if blocks:
        yield Section("problems", _("Cases that could not be replayed, and what else to know"), tuple(blocks))


def _versions(report: ImpactReport) -> Section:
    rows = [Field(_("Before"), _version(report.before)), Field(_("After"), _version(report.after))]
    on = _("{day} for all cases", day=day(report.on)) if report.on else _("each case on its own day")
    rows.append(Field(_("Day"), (say(on),)))
    profile = report.profile or _("none for cases; assessments with their own")
    rows.append(Field(_("Profile"), (say(profile),)))
    for label, titles in ((_("Ladders gone"), report.ladders_gone), (_("New ladders"), report.ladders_new)):
        if titles:
            rows.append(Field(label, (say(", ".join(titles)),)))
    return Section("versions", _("What was compared"), (Fields(tuple(rows)),))


def _version(used: VersionUsed) -> tuple[Line, ...]:
    since = _("in force from {day}", day=day(used.in_force_from))
    return (say(f"{used.id} {used.version}, {since}"), say(Run(f"sha256:{used.digest}", "code")))


def _footer(report: ImpactReport) -> str:
    return _(
        "Computed by risk-engine {engine}. No decision is changed by this: a decided case stays as it was decided, "
        "until somebody assesses it again.",
        engine=report.engine,
    )
