"""The geometry of the pictures: what an assessment says, as boxes, marks and labels for templates/pictures.svg.j2.

Across, places are per mille of the width, so that a picture fits any screen and paper; downwards they are pixels, so
that text keeps its size. Whole numbers only. Every picture says the same as a table or sentence beside it, and looks
differ by shape or pattern, never by colour alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import Literal, TypeAlias

from risk_engine.files.language import N_, _, ngettext
from risk_engine.model.explanation import Explanation, Finding, Points, Proposal
from risk_engine.model.words import SEVERITIES, Severity
from risk_engine.report.blocks import Box, BoxLook, Item, Label, LabelLook, Mark, MarkLook, Picture
from risk_engine.report.unsettled import Lack, lack_of, open_between, outer, why_open
from risk_engine.report.wording import (
    and_more,
    course,
    day,
    level_titles,
    number_of_points,
    points,
    severity,
    severity_word,
)

BarLook: TypeAlias = Literal["now", "expected", "without"]
NARROW = 288
"""The room in pixels on the narrowest screen that a report promises to fit, its margins taken off."""
LETTER = 6
"""About how wide a letter of a label is, in pixels."""
LINE = 15
"""How far one line of a label is below the other, in pixels."""
_FEWEST = 3
"""How many letters stand at least before a hyphen."""
_VOWELS = "aeiouyäöüàáâåæèéêëìíîïòóôøœùúûý"
_SYLLABLE = re.compile(rf"(?<=[{_VOWELS}])[^\W\d_{_VOWELS}](?=[{_VOWELS}])", re.IGNORECASE)
WIDTH = 1000
"""A whole width, in per mille."""
NOW = N_("Now, with controls in place")
EXPECTED = N_("With agreed controls too")
WITHOUT = N_("Without controls")
_BAR = 11
_MOST = 12
"""How many findings of one cell, or dates of one line, a picture draws; it counts the rest."""


_SIGNS = {
    "bars": (("maybe", N_("may reach so far: {why}")),),
    "scale": (("maybe", N_("still possible: {why}")),),
    "matrix": (
        ("now", N_("how grave it is now")),
        ("before", N_("how grave it was before controls")),
        ("unsure", N_("not settled: {why}")),
    ),
    "timeline": (
        ("day", N_("day of the assessment, with its stroke on each line")),
        ("begins", N_("something begins or ends to apply")),
        ("due", N_("something is due")),
        ("review", N_("look again")),
    ),
}
"""What the looks of each picture mean; a picture explains those that it uses."""


@dataclass(frozen=True)
class Event:
    """A date of the case; `short` stands in the picture, `text` in the table."""

    when: date
    look: MarkLook
    short: str
    text: str


@dataclass(frozen=True)
class Placed:
    """A finding where the matrix shows it: in which row, with which mark, and what is to be said beside its id."""

    finding: Finding
    severity: Severity
    look: Literal["now", "before", "unsure"]
    remark: str


def bars(assessment: Explanation) -> Picture:
    """Return for each dimension how far it reaches into the bands: now, with agreed controls, without controls."""
    bands = assessment.criteria.bands
    items: list[Item] = []
    y = 0
    for rating in assessment.ratings:
        title, y = wrapped(rating.title, 0, y, NARROW, "strong")
        items += title
        three: tuple[tuple[str, BarLook, Points], ...] = (
            (NOW, "now", rating.residual),
            (EXPECTED, "expected", rating.expected),
            (WITHOUT, "without", rating.inherent),
        )
        for label, look, shown in three:
            text = _("{label}: {text}", label=_(label), text=number_of_points(shown))
            label_items, bottom = wrapped(text, 0, y + 2, NARROW, "plain")
            items += [*label_items, *_bar(shown, look, bands, bottom)]
            y = bottom + _BAR + 4
        names, y = _columns(bands, y, "soft")
        items += [*names]
        y += 12
    said = "; ".join(
        _(
            "{dimension}: now {now}, with agreed controls {expected}, without controls {without}",
            dimension=one.title,
            now=points(one.residual),
            expected=points(one.expected),
            without=points(one.inherent),
        )
        for one in assessment.ratings
    )
    return _picture(
        "bars", _("How far each dimension reaches into the bands"), f"{said}.", y, items, lack_of(assessment)
    )


def scale(proposal: Proposal, why: Lack = "missing") -> Picture:
    """Return the levels of a ladder side by side: the proposed one, and those that are open for what reason."""
    mildest, strictest = outer(proposal)
    levels = proposal.ladder_levels
    open_levels = levels[levels.index(mildest.name) : levels.index(strictest.name) + 1]
    titles = level_titles(proposal)
    items: list[Item] = []
    for number, name in enumerate(levels):
        look: BoxLook = "now" if name == proposal.level.name else "maybe" if name in open_levels else "track"
        left, right = _cell(number, len(levels))
        items.append(Box(left, 0, right - left - 6, 14, look))
    texts = [titles[one] for one in levels]
    names, y = _columns(texts, 16, "plain", bold=levels.index(proposal.level.name))
    settled = open_between(proposal) or _("No missing answer changes it")
    said = _(
        "Levels, mildest first: {levels}. As things stand: {level}. {settled}.",
        levels=", ".join(texts),
        level=proposal.level.title,
        settled=settled,
    )
    return _picture(f"scale-{proposal.ladder}", proposal.title, said, y, [*items, *names], why)


def placed(findings: Sequence[Finding]) -> list[Placed]:
    """Return the places of findings in the matrix: where each is now and, if controls lowered it, where it was."""
    found: list[Placed] = []
    for one in findings:
        if one.outcome == "undetermined":
            found.append(Placed(one, one.possible, "unsure", _("not determined")))
            continue
        now, settled = one.residual.at_most, one.residual.at_least == one.residual.at_most
        remark = "" if settled else _("still open: {severities}", severities=severity(one.residual))
        found.append(Placed(one, now, "now" if settled else "unsure", remark))
        if one.possible != now:
            found.append(Placed(one, one.possible, "before", _("before controls")))
    return found


def shown_severities(places: Sequence[Placed]) -> list[Severity]:
    """Return the rows of the matrix, the gravest first; `none` only where controls took a finding that far."""
    used = {one.severity for one in places}
    return [one for one in reversed(SEVERITIES) if one != "none" or one in used]


def matrix(assessment: Explanation, findings: Sequence[Finding]) -> Picture:
    """Return the findings by severity and dimension."""
    places = placed(findings)
    # The ratings are in the order of the set; of a stored assessment the mapping of dimensions no longer is.
    dimensions = [one.dimension for one in assessment.ratings]
    heads, y = _columns([one.title for one in assessment.ratings], 0, "strong")
    items: list[Item] = [*heads]
    for row in shown_severities(places):
        items.append(Box(0, y + 4, WIDTH, 1, "rule"))
        items.append(Label(0, y + 4 + LINE, severity_word(row), "soft"))
        y += 8 + LINE
        depth = 0
        for number, dimension in enumerate(dimensions):
            there = [one for one in places if one.severity == row and one.finding.dimension == dimension]
            items += _stack(there, _cell(number, len(dimensions))[0], y)
            depth = max(depth, min(len(there), _MOST + 1))
        y += depth * (LINE + 2) + 4
    several = [_said(one) for one in findings[:_MOST]]
    if len(findings) > _MOST:
        several.append(and_more(len(findings) - _MOST))
    said = _("Each finding under its dimension, beside its severity. {findings}.", findings="; ".join(several))
    return _picture("matrix", _("Findings by severity and dimension"), said, y + 2, items, lack_of(assessment))


def timeline(events: Sequence[Event], today: date) -> Picture:
    """Return dates in order, one under the other, each where it lies between the first and the last.

    Where there are too many, the day of the assessment and those nearest to it are shown.
    """
    nearest = sorted(events, key=lambda one: (one.look != "day", abs(one.when - today)))
    shown = sorted(nearest[:_MOST], key=lambda one: one.when)
    first, last = shown[0].when, shown[-1].when
    days = max(1, (last - first).days)

    def across(when: date) -> int:
        # Room for half a mark at both ends, on the narrowest screen too.
        return 20 + (when - first).days * (WIDTH - 40) // days

    items: list[Item] = []
    y = 0
    for one in shown:
        items.append(Label(0, y + 12, f"{day(one.when)}: {one.short}", "plain"))
        items.append(Box(0, y + 23, WIDTH, 1, "rule"))
        # A stroke on each line: one long one would run through the words.
        items.append(Box(across(today), y + 18, 2, 11, "today"))
        items.append(Mark(across(one.when), y + 23, one.look))
        y += 36
    more = len(events) - _MOST
    if more > 0:
        items.append(
            Label(
                0, y + 12, ngettext("and {number} more, in the table", "and {number} more, in the table", more), "soft"
            )
        )
        y += 20
    said = "; ".join(f"{day(one.when)}: {one.short}" for one in shown)
    return _picture("timeline", _("Dates of this case"), f"{said}.", y, items)


def _picture(key: str, title: str, said: str, height: int, items: Sequence[Item], why: Lack = "missing") -> Picture:
    used = {one.look for one in items}
    lacks = why_open(why)
    signs = tuple((look, _(meaning, why=lacks)) for look, meaning in _SIGNS[key.partition("-")[0]] if look in used)
    return Picture(key, title, said, height, tuple(items), signs)


def _bar(shown: Points, look: BarLook, bands: Sequence[str], y: int) -> list[Item]:
    """Return a bar on its track: full as far as it certainly reaches, dashed as far as it may."""
    count = len(bands)
    edges = [_cell(number, count) for number in range(count)]
    items: list[Item] = [Box(left, y, right - left, _BAR, "track") for left, right in edges]

    def reach(number: int, band: str) -> int:
        return edges[bands.index(band)][1] if number else 0

    sure, possible = reach(shown.at_least, shown.band_at_least), reach(shown.at_most, shown.band_at_most)
    if possible > sure:
        items.append(Box(sure, y, possible - sure, _BAR, "maybe"))
    if sure:
        items.append(Box(0, y, sure, _BAR, look))
    return items


def _stack(places: Sequence[Placed], x: int, y: int) -> list[Item]:
    items: list[Item] = []
    for number, one in enumerate(places[:_MOST]):
        top = y + number * (LINE + 2)
        # A mark is drawn around its place, a label begins at it.
        items.append(Mark(x, top + 7, one.look, shift=6))
        items.append(Label(x, top + 11, one.finding.id, "plain", shift=17))
    if len(places) > _MOST:
        items.append(Label(x, y + _MOST * (LINE + 2) + 11, and_more(len(places) - _MOST), "soft"))
    return items


def _said(one: Finding) -> str:
    said = (
        course(one)
        if one.outcome == "present"
        else _("not determined, up to {severity}", severity=severity_word(one.possible))
    )
    return f"{one.id}: {said}"


def _cell(number: int, count: int) -> tuple[int, int]:
    """Return where one of so many equal cells begins and ends."""
    return number * WIDTH // count, (number + 1) * WIDTH // count


def _columns(texts: Sequence[str], y: int, look: LabelLook, bold: int | None = None) -> tuple[list[Label], int]:
    """Return a row of labels, each wrapped so that it fits its cell on the narrowest screen, and where the row ends."""
    made: list[Label] = []
    bottom = y
    for number, text in enumerate(texts):
        style = "strong" if number == bold else look
        # A letter of space parts a label from the next; the last one has none beside it.
        room = NARROW // len(texts) - (LETTER if number < len(texts) - 1 else 0)
        label_of_cell, end = wrapped(text, _cell(number, len(texts))[0], y, room, style)
        made += label_of_cell
        bottom = max(bottom, end)
    return made, bottom


def wrapped(text: str, x: int, y: int, room: int, look: LabelLook, *, most: int = 4) -> tuple[list[Label], int]:
    """Return a label, wrapped at so many pixels into `most` lines, and where its last line ends."""
    width = max(4, room // LETTER)
    whole = " ".join(_broken(word, width) for word in text.split())
    parts = wrap(whole, width, max_lines=most, placeholder=" …", break_on_hyphens=False) or [""]
    made = [Label(x, y + LINE * (number + 1) - 2, part, look) for number, part in enumerate(parts)]
    return made, y + LINE * len(parts) + 4


def _broken(word: str, width: int) -> str:
    """Return a word that is too long for a line in pieces with hyphens, broken before a syllable where there is one."""
    if len(word) <= width:
        return word
    at = max((one.start() for one in _SYLLABLE.finditer(word[:width], _FEWEST)), default=width - 1)
    return f"{word[:at]}- {_broken(word[at:], width)}"
