"""Criteria sets in time: the facts of the page (`templates/pages/timeline.j2`), one picture (SVG), and JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import N_, NP_, _, current, ngettext, pgettext
from risk_engine.model.changes import Dated, DatedChange, DatedStep, SetInTime, Timeline, ValueShown, VersionInTime
from risk_engine.model.words import State
from risk_engine.report import page
from risk_engine.report.blocks import Box, BoxLook, Item, Label, Mark, MarkLook, Picture, View
from risk_engine.report.html_markdown import environment
from risk_engine.report.pictures import NARROW, WIDTH, wrapped
from risk_engine.report.wording import day, last_day

_CHANGES = NP_("on a day", "changes")
_APPLIES: dict[DatedStep, tuple[str, str]] = {
    "begins": NP_("on a day", "begins to apply"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "no longer applies"),
}
_TOLD: dict[DatedStep, tuple[str, str]] = {
    "begins": NP_("on a day", "is told from then on"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "is no longer told"),
}
_SET: dict[DatedStep, tuple[str, str]] = {
    "begins": NP_("on a day", "is set"),
    "changes": _CHANGES,
    "ends": NP_("on a day", "is no longer set"),
}
_STEPS: dict[Dated, dict[DatedStep, tuple[str, str]]] = {
    "indicator": _APPLIES,
    "parameter": _SET,
    "cell": _SET,
    "awareness": _TOLD,
}


_STATES: dict[State, str] = {"draft": N_("draft"), "released": N_("released"), "withdrawn": N_("withdrawn")}


def time_in_force(version: VersionInTime) -> str:
    """Return from when until when a version is in force; a draft only would be."""
    if version.state == "withdrawn":
        return _("in force on no day")
    is_draft = version.state == "draft"
    start, until = day(version.in_force_from), version.in_force_until
    if until is None:
        return _("would be in force from {day}", day=start) if is_draft else _("in force from {day}", day=start)
    if version.is_never_in_force:
        return _("never in force: a higher number holds from {day}", day=day(until))
    end = last_day(until)
    if is_draft:
        return _("would be in force from {day} to {end}", day=start, end=end)
    return _("in force from {day} to {end}", day=start, end=end)


def state(version: VersionInTime) -> str:
    """Return whether a version is a draft, released, or withdrawn."""
    return _(_STATES[version.state])


def step(change: DatedChange) -> str:
    """Return in short what happens."""
    return pgettext(*_STEPS[change.what][change.step])


def text_of(value: ValueShown) -> str:
    """Return a value as people read it; empty where it is a list of nothing."""
    return day(value.value) if isinstance(value.value, date) else "; ".join(value.shown)


def options_moved(change: DatedChange) -> tuple[str, str] | None:
    """Return the options that a change adds and those that it drops; None where it is not about lists."""
    before, after = change.before, change.after
    if before is None or after is None or not (isinstance(before.value, tuple) and isinstance(after.value, tuple)):
        return None
    added = "; ".join(text for text in after.shown if text not in before.shown)
    return added, "; ".join(text for text in before.shown if text not in after.shown)


_LOOKS: dict[DatedStep, MarkLook] = {"begins": "begins", "changes": "due", "ends": "review"}
_SIGNS = (
    ("begins", N_("something begins")),
    ("due", N_("something changes")),
    ("review", N_("something ends")),
    ("day", N_("the day asked for, with its stroke on each line")),
    ("expected", N_("a draft: it may still change")),
    ("maybe", N_("until a later version is in force")),
)
_MOST = 12
"""How many days of one version a picture draws; it counts the rest."""
_BAR = 11
_EDGE = 20
"""Room for half a mark at both ends, on the narrowest screen too."""
_MONTHS = 12
_STEP_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12000, 60000)
"""Months between the dates under a picture; there are at most _TICKS of them."""
_TICKS = 5
_SHORTEST = timedelta(days=60)


@dataclass(frozen=True)
class Span:
    """The time that a picture shows; what is in force without an end is drawn as open from `open` on.

    That is some time after the last day that is known of anything, so that the newest version has a bar of its own.
    """

    first: date
    open: date
    last: date

    def across(self, when: date) -> int:
        """Return where a day lies, in per mille of the width."""
        days = max(1, (self.last - self.first).days)
        return _EDGE + (when - self.first).days * (WIDTH - 2 * _EDGE) // days


def span(timeline: Timeline) -> Span:
    """Return the time from the first to the last day that is known of any version, with room for what has no end."""
    versions = [one for each in timeline.sets for one in each.versions]
    days = [one.in_force_from for one in versions]
    days += [one.in_force_until for one in versions if one.in_force_until is not None]
    days += [change.on for one in versions for change in one.changes if change.in_force]
    days += [timeline.on] if timeline.on is not None else []
    first, latest = min(days), max(days)
    beyond = min(max(_SHORTEST, (latest - first) // 6), date.max - latest)
    return Span(first, latest + beyond * 2 // 3, latest + beyond)


def picture(sets: Sequence[SetInTime], time: Span, on: date | None, *, key: str, room: int = NARROW) -> Picture:
    """Return the versions of sets below each other; `room` is for how many pixels labels are wrapped."""
    drawing = _Drawing(time, on, room)
    for one in sets:
        if len(sets) > 1:
            drawing.words(f"{one.title} ({one.id})", bold=True)
        for version in one.versions:
            drawing.version(version)
    drawing.dates()
    items = tuple(drawing.items)
    used = {one.look for one in items}
    signs = tuple((look, _(meaning)) for look, meaning in _SIGNS if look in used)
    titles = ", ".join(one.id for one in sets)
    said = "; ".join(f"{one.id} {version.version}: {_told(version)}" for one in sets for version in one.versions)
    return Picture(key, _("Versions over time: {sets}", sets=titles), f"{said}.", drawing.y, items, signs)


def drawn(version: VersionInTime) -> tuple[tuple[DatedChange, ...], int]:
    """Return the changes that a picture draws for a version, and how many it leaves to the table."""
    there = tuple(one for one in version.changes if one.in_force)
    return there[:_MOST], max(0, len(there) - _MOST)


def _told(version: VersionInTime) -> str:
    changes, more = drawn(version)
    said = [f"{day(one.on)} {one.title} ({step(one)})" for one in changes]
    said += [_and_more(more)] if more else []
    return ", ".join((time_in_force(version), *said))


def _and_more(number: int) -> str:
    return ngettext("and {number} more, in the table", "and {number} more, in the table", number)


class _Drawing:
    """Puts one thing below the other."""

    def __init__(self, time: Span, on: date | None, room: int) -> None:
        self.time = time
        self.on = on
        self.room = room
        self.items: list[Item] = []
        self.y = 0

    def words(self, text: str, *, bold: bool = False, soft: bool = False) -> None:
        # Plain letters do not get smaller on a narrow screen, as the others do.
        room = self.room if bold or soft else self.room * 7 // 8
        labels, self.y = wrapped(text, 0, self.y, room, "strong" if bold else "soft" if soft else "plain")
        self.items += labels

    def version(self, version: VersionInTime) -> None:
        """Draw the time in force of a version, and what happens in it."""
        self.words(f"{version.version} · {state(version)} · {time_in_force(version)}", bold=True)
        self._bar(version)
        changes, more = drawn(version)
        lines = [(one.on, f"{day(one.on)}: {one.title} – {step(one)}", _LOOKS[one.step]) for one in changes]
        if self.on is not None and version.is_in_force(self.on):
            lines.append((self.on, _("{day}: the day asked for", day=day(self.on)), "day"))
        for when, text, look in sorted(lines, key=lambda line: line[0]):
            self._line(when, text, look)
        if more:
            self.words(_and_more(more), soft=True)
        self.y += 12

    def dates(self) -> None:
        """Draw the scale at the bottom."""
        self.items.append(Box(0, self.y, WIDTH, 1, "rule"))
        for when, text in ticks(self.time):
            x = self.time.across(when)
            self.items.append(Box(x, self.y, 1, 5, "today"))
            # A date at the right end stands left of its stroke, so that it is not cut off.
            is_last = x > WIDTH * 9 // 10
            self.items.append(Label(x, self.y + 15, text, "soft", shift=-6 * len(text) if is_last else 0))
        self.y += 20

    def _bar(self, version: VersionInTime) -> None:
        self.items.append(Box(0, self.y, WIDTH, _BAR, "track"))
        start, end = version.in_force_from, version.in_force_until
        left = self.time.across(start)
        if not version.is_never_in_force:
            right = self.time.across(self.time.open if end is None else end)
            look: BoxLook = "now" if version.state == "released" else "expected"
            self.items.append(Box(left, self.y, max(2, right - left), _BAR, look))
            if end is None:
                self.items.append(Box(max(left + 2, right), self.y, WIDTH - max(left + 2, right), _BAR, "maybe"))
        self._stroke(self.y - 2, _BAR + 4)
        self.y += _BAR + 6

    def _line(self, when: date, text: str, look: MarkLook) -> None:
        self.words(text)
        self.y += 4
        self.items.append(Box(0, self.y, WIDTH, 1, "rule"))
        self._stroke(self.y - 5, 11)
        self.items.append(Mark(self.time.across(when), self.y, look))
        self.y += 12

    def _stroke(self, y: int, height: int) -> None:
        # A stroke on each line: one long one would run through the words.
        if self.on is not None:
            self.items.append(Box(self.time.across(self.on), y, 2, height, "today"))


def ticks(time: Span) -> list[tuple[date, str]]:
    """Return the dates under a picture: so close together that there are at most a handful, years where that does."""
    length = (time.last.year - time.first.year) * _MONTHS + time.last.month - time.first.month
    months = next(one for one in _STEP_MONTHS if length // one < _TICKS)
    return [
        (one, f"{one.year}" if months >= _MONTHS else f"{one.year}-{one.month:02}") for one in _firsts(time, months)
    ]


def _firsts(time: Span, months: int) -> Iterator[date]:
    """Yield the first days of months within the time, so many months apart, the years among them."""
    number = -(-(time.first.year * _MONTHS + time.first.month - 1) // months) * months
    while number // _MONTHS <= min(time.last.year, date.max.year):
        when = date(number // _MONTHS, number % _MONTHS + 1, 1)
        if time.first <= when <= time.last:
            yield when
        number += months


_WIDTH = 912
"""The width of a picture that stands alone, in pixels, its margins left out."""


def timeline_view(timeline: Timeline, *, everything: bool = False, for_terminal: bool = False) -> View:
    """Return the document on a timeline in the current language.

    `everything` shows the changes outside the time in force of their version too; else they are counted. For a terminal
    there are no pictures, and days stand in columns as numbers.
    """
    on = timeline.on
    time = span(timeline)
    drawn_sets = () if for_terminal else timeline.sets

    def is_in_force(version: VersionInTime) -> bool:
        return on is not None and version.is_in_force(on)

    facts = {
        "timeline": timeline,
        "pictures": [picture((one,), time, on, key=f"timeline-{number}") for number, one in enumerate(drawn_sets, 1)],
        "is_in_force": is_in_force,
        "is_any_in_force": lambda one: any(each.state == "released" and is_in_force(each) for each in one.versions),
        "shown": lambda version: [one for one in version.changes if one.in_force or everything],
        "day_of": date.isoformat if for_terminal else day,
        "time_in_force": time_in_force,
        "state": state,
        "step": step,
        "text_of": text_of,
        "options_moved": options_moved,
    }
    return page.view(
        "timeline",
        facts,
        case_id="",
        on=on or max(version.in_force_from for one in timeline.sets for version in one.versions),
        kept_by=", ".join(f"{one.id} {version.version}" for one in timeline.sets for version in one.versions),
    )


def timeline_svg(timeline: Timeline) -> str:
    """Return the whole timeline as one SVG picture that needs nothing else."""
    one = cleaned(picture(timeline.sets, span(timeline), timeline.on, key="timeline", room=_WIDTH))
    made = environment(autoescape=True).get_template("timeline.svg.j2")
    return made.render(picture=one, width=_WIDTH, language=current())


def timeline_json(timeline: Timeline) -> str:
    """Return the timeline as JSON."""
    return json.dumps(timeline.model_dump(mode="json"), ensure_ascii=False, indent=2)
