"""What every document on an assessment has around it: its name, what it is found by, a note on its language.

And the room of its first page, which keeps to one sheet of paper whatever a case holds: lines are cut as far as they
must be, or counted. What is behind it says everything.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

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
from risk_engine.report.wording import and_more, day

_NAME = 90
"""How many letters of a name stand above a document; the whole of it stands in the record."""
SHOWN_DIGEST: Final = 12
"""So many letters of a digest stand where a page is found by it."""


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


def noted(view: View, assessment: Explanation) -> View:
    """Return a document on an assessment that says near its top where the words of the criteria are not translated."""
    return view if assessment.is_translated else _noted(view, _NOT_TRANSLATED)


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


_LETTERS, _SMALL_LETTERS = 100, 125
"""About how many letters stand on a line across the sheet, and across one that is set smaller."""
_LINES, _SMALL_LINES = 33, 46
"""How many lines fit below the header, beside headings and scales."""
_ROOMS = (570, 380, 285, 190, 150, 120)
"""How many letters a line may have on a sheet that is set smaller, the most first; half as many in a half of it."""


def on_one_sheet(answer: Answer) -> Answer:
    """Return the answer as it is where it fits one sheet, else dense: set smaller, and cut where that is too long."""
    if _lines(answer, _LETTERS) <= _LINES:
        return answer
    tries = [_dense(answer, room) for room in _ROOMS]
    return next((one for one in tries if _lines(one, _SMALL_LETTERS) <= _SMALL_LINES), tries[-1])


_BESIDE = slice(1, 3)
"""Conditions and what is missing stand beside each other, each with half of the width."""


def _lines(answer: Answer, letters: int) -> int:
    beside = answer.glance[_BESIDE]
    large = 1 if answer.is_long else 2
    lines = large * _count([answer.sentence], letters // large) + _count(map(words, answer.more), letters)
    lines += sum(_lines_of(one, letters) for one in answer.fields if one not in beside)
    return lines + max((_lines_of(one, letters // 2) for one in beside), default=0)


def _dense(answer: Answer, room: int) -> Answer:
    beside, half = answer.glance[_BESIDE], room // 2 + 10
    glance = tuple(_cut(one, half if one in beside else room) for one in answer.glance)
    challenge = answer.challenge and _cut(answer.challenge, 2 * room)
    return replace(answer, glance=glance, challenge=challenge, dense=True)


def _lines_of(field: Field, letters: int) -> int:
    return _count(map(words, field.lines), letters)


def _count(texts: Iterable[str], letters: int) -> int:
    return sum(1 + len(one) // letters for one in texts)


def _cut(field: Field, room: int) -> Field:
    made: tuple[Line, ...] = tuple(cut(one, room) for one in field.lines)
    return replace(field, lines=made)


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
        short = [cut(one, self.line) for one in field.lines]
        fit = fitting(short, room, height)
        others = () if fit == len(short) else (say(_("The report says what else there is.")),)
        return Field(field.label, (*short[:fit], *others))

    def lines(self, lines: Sequence[Line], room: int) -> tuple[Line, ...]:
        """Return as many of the lines as have room; the last one counts the others."""
        return _counted([cut(one, self.line) for one in lines], room)


def _counted(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    fit = fitting(lines, room, height)
    return tuple(lines) if fit == len(lines) else (*lines[:fit], say(and_more(len(lines) - fit)))


_END = re.compile(r"[.!?](?=\s(?!\w+ \d{4}\b))")
"""Where an answer ends: not the point of a day such as "24. November 2026"."""


def _at_answer(line: Line, room: int) -> Line:
    """Return a line of at most so many letters that ends with a whole answer; the marks in it stay."""
    if len(words(line)) <= room:
        return line
    left = room - sum(len(run.text) + 1 for run in line if run.style == "mark") - len(" …")
    made: list[Run] = []
    for run in line:
        if run.style == "mark":
            made += [run] if made and made[-1].text.endswith(" ") else [Run(" "), run]
        elif left > 0 and (len(run.text) <= left or left > _LINE // 2):
            text = run.text
            if len(text) > left:
                ends = [one.end() for one in _END.finditer(text[: left + 1])]
                whole = [end for end in ends if text.count("(", 0, end) == text.count(")", 0, end)]
                text = f"{text[: whole[-1]]} …" if whole else shortened(text, left)
            made.append(replace(run, text=text))
            left -= len(run.text)
    return tuple(made)


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
