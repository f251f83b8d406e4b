"""What every document on an assessment has around it: its name, what it is found by, notes on language and version.

And the room of its first page, which keeps to one sheet of paper whatever a case holds: lines are cut as far as they
must be, or counted. What is behind it says everything.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol, TypeVar

from risk_engine.files.language import ENGLISH, N_, _, current, ngettext
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import (
    Answer,
    Field,
    Letterhead,
    Line,
    Prose,
    Run,
    Section,
    View,
    cut,
    mark,
    say,
    shortened,
    words,
)
from risk_engine.report.wording import CONFIDENTIAL, and_more, day, fill, lead

_NAME = 90
"""How many letters of a name stand above a document; the whole of it stands in the record."""
SHOWN_DIGEST: Final = 12
"""So many letters of a digest stand where a page is found by it."""
NOT_IN_FORCE = N_("not in force on the day of the assessment")
DRAFT = N_("a draft, not released")
WITHDRAWN = N_("withdrawn")
WITHDRAWN_SINCE = N_("withdrawn since")


def called(title: str, case_id: str) -> str:
    """Return what a case is called above a document: its title and its id."""
    return f"{shortened(title, _NAME)} ({shortened(case_id, _NAME)})"


def about(assessment: Explanation) -> str:
    """Return what stands below the title: the institution, the day, the criteria."""
    used = assessment.criteria
    parts = (shortened(assessment.institution or "", _NAME), day(assessment.on), f"{used.id} {used.version}")
    return " · ".join(filter(None, parts))


def found_by(case_id: str, digest: str) -> str:
    """Return what a printed page is found by; it stands in a style sheet, where nothing can be escaped."""
    return f"{re.sub('[^A-Za-z0-9._-]', '', case_id)} {digest[:SHOWN_DIGEST]}".lstrip()


def untold(number: int) -> str | None:
    """Return that so many cases are not in the current language, for those who see them in a table; None if all are."""
    if not number:
        return None
    return ngettext(
        "{number} case is not in this language: what the criteria say stands as it was written",
        "{number} cases are not in this language: what the criteria say stands as it was written",
        number,
    )


class InWords(Protocol):
    """Something told in the current language, or in another where nobody translated it."""

    @property
    def is_translated(self) -> bool:
        """Whether it is in the current language."""
        ...


def noted(view: View, told: InWords) -> View:
    """Return a document that says near its top where the words of the criteria are not translated."""
    return view if told.is_translated else _noted(view, _NOT_TRANSLATED)


def noted_as_signed(view: View, language: str) -> View:
    """Return the document of a decision alone; it says near its top where its words were signed in another language."""
    return view if current() in {ENGLISH, language} else _noted(view, _AS_SIGNED)


def noted_as_translated(view: View, assessment: Explanation, decision: Decision | None) -> View:
    """Return the paper of a decision; it says near its top where its words are a translation of those signed."""
    is_as_signed = decision is None or decision.language == assessment.language or not assessment.is_translated
    return view if is_as_signed else _noted(view, _TRANSLATED, N_("Translation"))


_NOT_TRANSLATED = N_("What the criteria say stands here as it was written: there is no translation of them.")
_AS_SIGNED = N_("What was signed stands here in the language in which it was signed.")


_TRANSLATED = N_("This is not what was signed: that was in another language, and stands in the record of the decision.")


def _noted(view: View, text: str, title: str = N_("Not translated")) -> View:
    note: Line = say(mark(_(title)), " ", _(text))
    if view.answer is not None:
        answer = replace(view.answer, more=(note, *view.answer.more))
        # The note needs room on the first sheet too; a document of another kind bounds its sheets itself.
        is_bounded_here = view.kind in {"full", "redacted"}
        return replace(view, answer=on_one_sheet(answer) if is_bounded_here else answer)
    if view.is_letter:
        return replace(view, sections=tuple(_below_letterhead(one, note) for one in view.sections))
    return replace(view, warning=note if view.warning is None else (*view.warning, *say(" "), *note))


def _below_letterhead(section: Section, note: Line) -> Section:
    head, *rest = section.blocks
    blocks = (head, Prose(note), *rest) if isinstance(head, Letterhead) else section.blocks
    return replace(section, blocks=blocks)


def own_day(assessment: Explanation) -> tuple[Line, ...]:
    """Return that the day is another than the case's own: it decides which version and which values count."""
    stated = assessment.case.get("assessment_date")
    if stated is None or f"{stated}" == f"{assessment.on}":
        return ()
    own = day(stated if isinstance(stated, date) else date.fromisoformat(stated))
    text = _("It is of {day}, though the case says {own}.", day=day(assessment.on), own=own)
    return (say(lead(_("Day")), text),)


def warning(assessment: Explanation) -> Line | None:
    """Return the warning that the report holds answers which the set calls confidential, None where it holds none."""
    held = confidential_paths(assessment)
    if not held:
        return None
    return fill(
        ngettext(
            "**Confidential. **This report holds {number} confidential answer, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            "**Confidential. **This report holds {number} confidential answers, each marked “{mark}” where it stands. "
            "Give it only to those who may know them.",
            len(held),
            mark=_(CONFIDENTIAL),
        )
    )


def confidential_paths(assessment: Explanation) -> tuple[str, ...]:
    """Return the paths of the confidential answers that the report holds."""
    apart = assessment.case.get("set_aside") or {}
    read = [
        path for path, one in assessment.facts.items() if one.confidential and (one.origin == "case" or path in apart)
    ]
    against = (answer for one in assessment.problems for answer in one.answers)
    recorded = (*assessment.described, *assessment.benefits, *assessment.necessity, *against)
    return tuple(dict.fromkeys((*read, *(one.path for one in recorded if one.confidential))))


def version_warning(assessment: Explanation) -> tuple[Line, ...]:
    """Return that the criteria are a draft, were withdrawn, or do not hold on the day of the assessment."""
    used = assessment.criteria
    if not used.withdrawn_since:
        return _standing_warning(assessment)
    text = _(
        "Version {version} of these criteria was withdrawn after this assessment was made. The result stays on record "
        "as it was; whether the case is to be assessed again, under a version that counts, is for you to decide.",
        version=used.version,
    )
    return (*_standing_warning(assessment), say(mark(_("Withdrawn since")), f" {text}"))


def _standing_warning(assessment: Explanation) -> tuple[Line, ...]:
    """Return what the record itself says against its version; nothing where that was the one in force."""
    used = assessment.criteria
    if used.withdrawn:
        text = _(
            "Version {version} of these criteria had been withdrawn when this assessment was made: it is in force on "
            "no day, and was used because it was named.",
            version=used.version,
        )
        return (say(mark(_("Withdrawn")), f" {text}"),)
    if used.draft:
        text = _(
            "Version {version} of these criteria is a draft: nobody has released it, so it is never in force and may "
            "still change.",
            version=used.version,
        )
        return (say(mark(_("Draft")), f" {text}"),)
    if used.in_force:
        return ()
    if used.in_force_from > assessment.on:
        text = _(
            "Version {version} of these criteria holds from {day}, after the day of assessment.",
            version=used.version,
            day=day(used.in_force_from),
        )
    else:
        text = _(
            "Another version of these criteria than {version} holds on the day of assessment.", version=used.version
        )
    return (say(mark(_("Not in force")), f" {text}"),)


def version_mark(assessment: Explanation) -> str:
    """Return in short what `version_warning` says."""
    used = assessment.criteria
    found = WITHDRAWN if used.withdrawn else DRAFT if used.draft else "" if used.in_force else NOT_IN_FORCE
    return ", ".join(_(one) for one in (found, WITHDRAWN_SINCE if used.withdrawn_since else "") if one)


def computed(assessment: Explanation) -> str:
    """Return what computed it, under which criteria and as of when; who decides is a person."""
    values = {
        "criteria": f"{assessment.criteria.id} {assessment.criteria.version}",
        "day": day(assessment.on),
    }
    if assessment.profile:
        return ngettext(
            "A computed proposal under the {number} indicator of {criteria} as of {day}, with the profile of "
            "{institution}. A named person decides.",
            "A computed proposal under the {number} indicators of {criteria} as of {day}, with the profile of "
            "{institution}. A named person decides.",
            len(assessment.findings),
            institution=assessment.profile.profile.institution,
            **values,
        )
    return ngettext(
        "A computed proposal under the {number} indicator of {criteria} as of {day}. A named person decides.",
        "A computed proposal under the {number} indicators of {criteria} as of {day}. A named person decides.",
        len(assessment.findings),
        **values,
    )


_WIDTH, _SMALL_WIDTH = 4300, 6050
"""How much stands on a line across the sheet, and across one that is set smaller, in hundredths of the type size."""
_LINES, _SMALL_LINES = 31, 46
"""How many lines fit below the header, beside headings and scales (measured on the pages of the examples)."""
_ROOMS = (570, 470, 380, 330, 285, 235, 190, 150, 120)
"""How many letters a line may have on a sheet that is set smaller, the most first; half as many in a half of it."""
_LETTER, _WIDE_LETTER, _SPACE = 50, 100, 20
_LETTERS: Final = {
    letter: width
    for width, letters in (
        (20, "ij',.:;|"),
        (25, "flI!()[]{}"),
        (30, "rt-"),
        (35, '"/\\„“”'),
        (40, "svxyz*?"),
        (45, "0123456789ckFJLXY#$+<=>^~"),
        (55, "bdnopqBCKPRZ&ß"),
        (60, "DG"),
        (65, "wHNOQUÖÜ"),
        (75, "mMW%@…"),
    )
    for letter in letters
}
"""How wide a letter of the text is in hundredths of its size; one that is not named is as wide as `_LETTER`."""


def on_one_sheet(answer: Answer) -> Answer:
    """Return the answer as it is where it fits one sheet, else dense: set smaller, and cut where that is too long."""
    if _lines(answer, _WIDTH) <= _LINES:
        return answer
    tries = [_dense(answer, room) for room in _ROOMS]
    found = next((one for one in tries if _lines(one, _SMALL_WIDTH) <= _SMALL_LINES), tries[-1])
    return _filled(found, answer, _SMALL_LINES - _lines(found, _SMALL_WIDTH))


_BESIDE = slice(1, 3)
"""Conditions and what is missing stand beside each other, each with half of the width."""


def _lines(answer: Answer, width: int) -> int:
    beside = answer.glance[_BESIDE]
    large = 1 if answer.is_long else 2
    lines = large * _wrapped(answer.sentence, width * 9 // 10 // large) + _count(map(words, answer.more), width)
    lines += sum(_lines_of(one, width) for one in answer.fields if one not in beside)
    # What a broken scale means stands below it.
    lines += 2 if answer.tone == "open" else 0
    return lines + max((_lines_of(one, width // 2 - 250) for one in beside), default=0)


def _dense(answer: Answer, room: int) -> Answer:
    beside, half = answer.glance[_BESIDE], room // 2 + 10
    glance = (_cut_at(one, half if one in beside else room, place) for place, one in enumerate(answer.glance))
    challenge = answer.challenge and _cut(answer.challenge, 2 * room)
    return replace(answer, glance=tuple(glance), challenge=challenge, dense=True)


def _cut_at(field: Field, room: int, place: int) -> Field:
    if place == 0:
        return replace(field, lines=tuple(_at_answer(one, room) for one in field.lines))
    return _cut(field, room)


def _filled(dense: Answer, whole: Answer, free: int) -> Answer:
    """Return a dense answer in which free lines go to what was cut: first to facts, those that need the fewest."""

    def taken(place: int, number: int) -> int:
        return _wrapped(words(glance[place][number]), _SMALL_WIDTH)

    def more(line: Line, place: int, number: int) -> int:
        return _wrapped(words(line), _SMALL_WIDTH) - taken(place, number)

    glance = [list(one.lines) for one in dense.glance]
    across = [place for place in range(len(glance)) if place not in range(len(glance))[_BESIDE]]
    lines = [(place, number, line) for place in across for number, line in enumerate(whole.glance[place].lines)]
    for place, number, line in sorted(lines, key=lambda one: (one[0], more(one[2], one[0], one[1]))):
        field = replace(whole.glance[place], lines=(line,))
        longer = (line, *(_cut_at(field, room, place).lines[0] for room in _ROOMS))
        fits = next((one for one in longer if more(one, place, number) <= free), None)
        if fits is not None and len(words(fits)) > len(words(glance[place][number])):
            free -= more(fits, place, number)
            glance[place][number] = fits
    shown = (replace(field, lines=tuple(made)) for field, made in zip(dense.glance, glance, strict=True))
    return replace(dense, glance=tuple(shown))


def _lines_of(field: Field, width: int) -> int:
    return _count(map(words, field.lines), width)


def _count(texts: Iterable[str], width: int) -> int:
    return sum(_wrapped(one, width) for one in texts)


def _wrapped(text: str, width: int) -> int:
    """Return on how many lines a text stands; a word that is wider than a line breaks anywhere."""
    lines, used = 1, 0
    for word in text.split():
        room = sum(_LETTERS.get(one) or (_LETTER if one < _FIRST_WIDE else _WIDE_LETTER) for one in word)
        if used and used + _SPACE + room > width:
            lines, used = lines + 1, 0
        lines += room // (width + 1)
        used += room % (width + 1) + (_SPACE if used else 0)
    return lines


_FIRST_WIDE = "\u2e80"
"""From here on most letters are those of Chinese, Japanese and Korean."""


def _cut(field: Field, room: int) -> Field:
    made: tuple[Line, ...] = tuple(_at_part(one, _room_of(field, room)) for one in field.lines)
    return replace(field, lines=made)


_WAY = 900
"""So many letters a way down may have on any sheet: its effort and its result stand last."""


def _room_of(field: Field, room: int) -> int:
    return max(room, _WAY) if field.key == "change" else room


T = TypeVar("T")

_LINE = 95
"""About how many letters stand on a line across the sheet."""
PAGE = 36
"""How many lines fit on a first page beside its headings."""


@dataclass(frozen=True)
class Room:
    """How many lines each part of a first page may have, and how many letters a line of it."""

    levels: int
    why: int
    basis: int
    line: int
    facts: int
    fact: int
    """How many letters a fact may have: one that has more ends with the last answer that is whole."""

    def reasons(self, field: Field) -> Field:
        """Return a field of facts, each as far as its answers are whole; it counts those that have no room."""
        return Field(field.label, _counted([_at_answer(one, self.fact) for one in field.lines], self.facts))

    def field(self, field: Field, room: int) -> Field:
        """Return a field of at most so many lines; it says where there are others, some of which count others."""
        short = [_at_part(one, _room_of(field, self.line)) for one in field.lines]
        fit = fitting(short, room, height)
        others = () if fit == len(short) else (say(_("The report says what else there is.")),)
        return Field(field.label, (*short[:fit], *others))

    def lines(self, lines: Sequence[Line], room: int) -> tuple[Line, ...]:
        """Return as many of the lines as have room; the last one counts the others."""
        return _counted([_at_part(one, self.line) for one in lines], room)


def _counted(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    fit = fitting(lines, room, height)
    return tuple(lines) if fit == len(lines) else (*lines[:fit], say(and_more(len(lines) - fit)))


_END = re.compile(r"[.!?](?=\s(?!\d|\w+ \d{4}\b))")
"""Where an answer ends: not the point of a day such as "24. November 2026", nor that of "Art. 29"."""
_PART = re.compile(r"[.!?](?=\s(?!\d|\w+ \d{4}\b))|;(?=\s)|(?= \+ )|(?= – )|(?= \()")
"""Where a part of what is no fact ends: a sentence, one of several things, what is beside them."""
_LONGEST = 400
"""So many letters an answer may have that stands whole whatever room there is; only longer ones are cut in it."""


def _at_answer(line: Line, room: int) -> Line:
    """Return a line of about so many letters: it ends with a whole answer, and says where more is; its marks stay.

    Of a fact, two clauses stand whatever room there is: the first often is but the name of an entry, and the next
    one is what decides. So does what is emphasised: the evidence on record, with its day.
    """
    if len(words(line)) <= room:
        return line
    pointer = _("… (whole in the report, “Reasons”)")
    kept = [run for run in line if run.style in {"mark", "em"}]
    text = [run for run in line if run.style not in {"mark", "em"}]
    left = room - sum(len(run.text) + 1 for run in kept) - len(pointer) - 1
    made: list[Run] = []
    for run in text:
        begun = run.text
        if len(begun) > left:
            whole = [end for end in _ends(begun, _END) if end <= left]
            if made:
                first = [end for end in _ends(begun, _END) if end <= _LONGEST][:2]
                begun = begun[: max([*whole, *first], default=0)]
            elif len(text) == 1 or len(begun) > _LONGEST:
                # What is no fact may end anywhere; the title of one stands whole.
                begun = begun[: whole[-1]] if whole else shortened(begun, max(left, _BEGUN))
        made += [replace(run, text=begun)] if begun else []
        if begun != run.text:
            break
        left -= len(begun)
    if words(tuple(made)) == words(tuple(text)):
        return line
    gap = "" if not made or made[-1].text.endswith(" ") else " "
    return (*made, Run(f"{gap}{pointer}"), *(one for run in kept for one in (Run(" "), run)))


def _ends(text: str, where: re.Pattern[str]) -> list[int]:
    """Return where parts of a text end, the whole of it too; never within brackets."""
    ends = [*(one.end() for one in where.finditer(text)), len(text)]
    return [end for end in ends if end and text.count("(", 0, end) == text.count(")", 0, end)]


def _at_part(line: Line, room: int) -> Line:
    """Return a line of about so many letters that ends with a whole part, and says where more is; its marks stay.

    Where it has no part that is short enough it stands whole, but where even that would be far too long.
    """
    told = words(line)
    if len(told) <= room:
        return line
    ends = [end for end in _ends(told, _PART) if _BEGUN < end <= room]
    if not ends:
        return line if len(told) <= _LONGEST else cut(line, room)
    left, made = ends[-1], list[Run]()
    for run in line:
        if run.style == "mark" and left <= 0:
            made += [Run(" "), run]
        elif left > 0:
            made.append(replace(run, text=run.text[:left]))
            left -= len(run.text)
    return (*made, Run(" …"))


_BEGUN = 40
"""A part of fewer letters is but a label: more must stand before a line ends."""


ROOMY: Final = Room(levels=12, why=16, basis=16, line=320, facts=16, fact=600)
TIGHT: Final = Room(levels=8, why=8, basis=6, line=190, facts=12, fact=330)
"""Tight is for what does not fit on the sheet otherwise."""


def height(line: Line) -> int:
    """Return how many lines of the sheet a line takes."""
    return 1 + len(words(line)) // _LINE


def height_of(first: Answer) -> int:
    """Return how many lines an answer takes; its first sentence is set large."""
    lines = (*first.more, *(line for field in first.fields for line in field.lines))
    large = 1 if first.is_long else 2
    return 2 * (1 + large * len(first.sentence) // _LINE) + sum(map(height, lines)) + 2 * len(first.fields)


def fitting(items: Sequence[T], room: int, size: Callable[[T], int]) -> int:
    """Return how many of the items, the first ones, have room."""
    used = 0
    for number, one in enumerate(items):
        used += size(one)
        if used > room:
            return number
    return len(items)
