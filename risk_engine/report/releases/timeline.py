"""A timeline of criteria sets to a document, to one picture as SVG, or to JSON."""

import json

from risk_engine.language import _, current, in_language, ngettext, pgettext
from risk_engine.model.releases import SetInTime, Timeline, VersionInTime
from risk_engine.report.blocks import Block, Group, Line, Picture, Prose, Section, Table, View, cleaned, mark, say
from risk_engine.report.releases.picture import Span, picture, span
from risk_engine.report.releases.words import course, state, subject, time_in_force
from risk_engine.report.templates import environment
from risk_engine.report.wording import day

_WIDTH = 912
"""The width of a picture that stands alone, in pixels, its margins left out."""


def timeline_view(timeline: Timeline, *, everything: bool = False, with_pictures: bool = True) -> View:
    """Return the document on a timeline in the current language.

    `everything` shows the changes outside the time in force of their version too; else they are counted.
    """
    time = span(timeline)
    on = timeline.on
    sections = tuple(
        _section(one, time, timeline, everything=everything, pictures=with_pictures) for one in timeline.sets
    )
    named = ", ".join(f"{one.id} {version.version}" for one in timeline.sets for version in one.versions)
    marked = _("No day is marked.") if on is None else _("Marked: {day}.", day=day(on))
    whole = View(
        kind="audit",
        language=current(),
        title=_("Versions over time"),
        about=_(
            "Which version is in force when, and what begins, changes or ends in it by dates in its rules. {marked}",
            marked=marked,
        ),
        case_id="",
        on=on or max(version.in_force_from for one in timeline.sets for version in one.versions),
        kept_by=named,
        warning=None,
        answer=None,
        scales=(),
        scope=None,
        sections=sections,
        full_report="",
        footer=_("Of the versions on a day the one with the highest number counts whose time in force has begun."),
    )
    return cleaned(whole)


def timeline_svg(timeline: Timeline) -> str:
    """Return the whole timeline as one SVG picture that needs nothing else."""
    one = cleaned(picture(timeline.sets, span(timeline), timeline.on, key="timeline", room=_WIDTH))
    with in_language(current()):
        made = environment(autoescape=True).get_template("timeline.svg.j2")
        return made.render(picture=one, width=_WIDTH, language=current())


def timeline_json(timeline: Timeline) -> str:
    """Return the timeline as JSON."""
    return json.dumps(timeline.model_dump(mode="json"), ensure_ascii=False, indent=2)


def _section(one: SetInTime, time: Span, timeline: Timeline, *, everything: bool, pictures: bool) -> Section:
    blocks: list[Block | Group] = []
    if pictures:
        blocks.append(_picture(one, time, timeline))
    blocks.append(_versions(one, timeline))
    blocks += [_group(one, version, everything=everything) for version in one.versions]
    number = timeline.sets.index(one) + 1
    return Section(f"set-{number}", f"{one.title} ({one.id})", tuple(blocks))


def _picture(one: SetInTime, time: Span, timeline: Timeline) -> Picture:
    return picture((one,), time, timeline.on, key=f"timeline-{timeline.sets.index(one) + 1}")


def _versions(one: SetInTime, timeline: Timeline) -> Table:
    on = timeline.on
    rows: list[tuple[Line, ...]] = []
    for version in one.versions:
        held: tuple[Line, ...] = ()
        if on is not None:
            held = (say(mark(pgettext("on a day", "in force")) if version.is_in_force(on) else "–"),)
        rows.append((say(version.version), say(state(version)), say(time_in_force(version)), *held))
    head = (_("Version"), _("State"), _("Time in force"))
    return Table(_("Versions"), (*head, *((day(on),) if on is not None else ())), tuple(rows))


def _group(one: SetInTime, version: VersionInTime, *, everything: bool) -> Group:
    inside = tuple(change for change in version.changes if change.in_force)
    outside = len(version.changes) - len(inside)
    shown = version.changes if everything else inside
    head = (_("Day"), _("What"), pgettext("on a day", "Change"))
    rows = tuple(
        (
            say(day(change.on), *(() if change.in_force else (" ", mark(pgettext("on a day", "not in force"))))),
            subject(change),
            course(change),
        )
        for change in shown
    )
    blocks: list[Block] = []
    if rows:
        blocks.append(Table(_("Begins, changes or ends"), head, rows, shares=(20, 42, 38)))
    else:
        blocks.append(Prose(say(_("While it is in force nothing begins, changes or ends by a date in its rules."))))
    if outside and not everything:
        text = ngettext(
            "{number} date of its rules lies outside its time in force.",
            "{number} dates of its rules lie outside its time in force.",
            outside,
        )
        blocks.append(Prose(say(text)))
    return Group(say(f"{one.id} {version.version}"), tuple(blocks))
