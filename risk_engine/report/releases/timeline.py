"""A timeline of criteria sets to a document, to one picture as SVG, or to JSON."""

import json
from datetime import date

from risk_engine.language import _, current, ngettext, pgettext
from risk_engine.model.releases import DatedChange, SetInTime, Timeline, VersionInTime
from risk_engine.report.blocks import Block, Group, Line, Prose, Run, Section, Table, View, mark, say
from risk_engine.report.html_markdown import environment
from risk_engine.report.releases.picture import Span, picture, span
from risk_engine.report.releases.words import course, state, subject, time_in_force
from risk_engine.report.sanitize import cleaned
from risk_engine.report.wording import day

_WIDTH = 912
"""The width of a picture that stands alone, in pixels, its margins left out."""


def timeline_view(timeline: Timeline, *, everything: bool = False, for_terminal: bool = False) -> View:
    """Return the document on a timeline in the current language.

    `everything` shows the changes outside the time in force of their version too; else they are counted. For a terminal
    there are no pictures, and days stand in columns as numbers.
    """
    on = timeline.on
    writer = _Writer(span(timeline), on, everything=everything, for_terminal=for_terminal)
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
        sections=tuple(writer.section(number, one) for number, one in enumerate(timeline.sets, 1)),
        full_report="",
        footer=_(
            "Of the released versions the one with the highest number counts whose time in force has begun on a day. A "
            "draft counts only where it is named, or where nothing of its set is released."
        ),
    )
    return cleaned(whole)


def timeline_svg(timeline: Timeline) -> str:
    """Return the whole timeline as one SVG picture that needs nothing else."""
    one = cleaned(picture(timeline.sets, span(timeline), timeline.on, key="timeline", room=_WIDTH))
    made = environment(autoescape=True).get_template("timeline.svg.j2")
    return made.render(picture=one, width=_WIDTH, language=current())


def timeline_json(timeline: Timeline) -> str:
    """Return the timeline as JSON."""
    return json.dumps(timeline.model_dump(mode="json"), ensure_ascii=False, indent=2)


def _standing(version: VersionInTime, on: date) -> Run | str:
    """Return what a version is on a day: a draft is never in force, though it would be."""
    if not version.is_in_force(on):
        return "–"
    if version.state == "draft":
        return pgettext("on a day", "would be in force")
    return mark(pgettext("on a day", "in force"))


class _Writer:
    """Writes the sections of one document."""

    def __init__(self, time: Span, on: date | None, *, everything: bool, for_terminal: bool) -> None:
        self.time = time
        self.on = on
        self.everything = everything
        self.for_terminal = for_terminal

    def section(self, number: int, one: SetInTime) -> Section:
        blocks: list[Block | Group] = [self._versions(one)]
        if self.on is not None and not any(map(self._is_in_force, one.versions)):
            blocks.append(Prose(say(_("No released version is in force on {day}.", day=day(self.on)))))
        if not self.for_terminal:
            blocks.insert(0, picture((one,), self.time, self.on, key=f"timeline-{number}"))
        blocks += [self._group(one, version) for version in one.versions]
        return Section(f"set-{number}", f"{one.title} ({one.id})", tuple(blocks))

    def _versions(self, one: SetInTime) -> Table:
        head = [_("Version"), _("State"), _("Time in force")]
        rows = [[say(each.version), say(state(each)), say(time_in_force(each))] for each in one.versions]
        if self.on is not None:
            head.append(self._day(self.on))
            for row, each in zip(rows, one.versions, strict=True):
                row.append(say(_standing(each, self.on)))
        return Table(_("Versions"), tuple(head), tuple(map(tuple, rows)))

    def _group(self, one: SetInTime, version: VersionInTime) -> Group:
        shown = [change for change in version.changes if change.in_force or self.everything]
        rows = tuple((self._when(change), subject(change), course(change)) for change in shown)
        blocks: list[Block] = []
        if rows:
            head = (_("Day"), _("What"), pgettext("on a day", "Change"))
            blocks.append(Table(_("Begins, changes or ends"), head, rows, shares=(20, 42, 38)))
        else:
            blocks.append(Prose(say(_("While it is in force nothing begins, changes or ends by a date in its rules."))))
        if more := len(version.changes) - len(shown):
            text = ngettext(
                "{number} date of its rules lies outside its time in force.",
                "{number} dates of its rules lie outside its time in force.",
                more,
            )
            blocks.append(Prose(say(text)))
        return Group(say(f"{one.id} {version.version}"), tuple(blocks))

    def _is_in_force(self, version: VersionInTime) -> bool:
        return self.on is not None and version.state == "released" and version.is_in_force(self.on)

    def _when(self, change: DatedChange) -> Line:
        outside = () if change.in_force else (" ", mark(pgettext("on a day", "not in force")))
        return say(self._day(change.on), *outside)

    def _day(self, when: date) -> str:
        return when.isoformat() if self.for_terminal else day(when)
