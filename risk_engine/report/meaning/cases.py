"""The smallest cases that show what a change means: how each differs from the base case, and what it came to."""

import dataclasses
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from risk_engine.language import _, pgettext
from risk_engine.model.changes import Edit
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import DIRECTIONS, Direction, Meaning, Moved, Shift
from risk_engine.report.blocks import Block, Field, Fields, Group, Line, Run, mark, say, strong, words
from risk_engine.report.catalogue.speech import Speech
from risk_engine.report.changes.labels import label, within
from risk_engine.report.changes.records import KINDS, Pair, anchor, titled
from risk_engine.report.changes.values import conditions_in
from risk_engine.report.example import Examples
from risk_engine.report.meaning.words import becomes, came, name_of
from risk_engine.report.wording import day, listed


class Cases:
    """Tells the cases of one meaning; both sets and the edits are as the current language has them."""

    def __init__(self, meaning: Meaning, edits: Sequence[Edit], speeches: Pair, examples: Examples) -> None:
        self.meaning = meaning
        self._edits = {one.name: one for one in edits}
        self._speeches = speeches
        self._examples = examples

    @property
    def _sets(self) -> tuple[CriteriaSet, CriteriaSet]:
        return self._speeches[0].criteria, self._speeches[1].criteria

    def number(self, shift: Shift) -> int | None:
        """Return the number of the case that shows something; None where there is none."""
        return next((place for place, shifts in enumerate(self.meaning.cases(), 1) if shift in shifts), None)

    def groups(self) -> tuple[Group, ...]:
        """Return a group for each case."""
        return tuple(self._group(number, shifts) for number, shifts in enumerate(self.meaning.cases(), 1))

    def moves(self, shifts: Sequence[Shift], *, with_others: bool = False) -> tuple[Line, ...]:
        """Return what each ladder or dimension came to before and after, and what that is called in this case.

        Of a case not only what it was looked for must be told: `with_others` adds the other ladders that moved.
        """
        found: dict[tuple[str, str], list[Shift]] = {}
        for one in shifts:
            found.setdefault((one.of, one.name), []).append(one)
        lines = [self._move(several) for several in found.values()]
        others = {one.ladder: one for shift in shifts for one in shift.ladders if ("ladder", one.ladder) not in found}
        return (*lines, *(self._other(one) for one in others.values() if with_others))

    def differences(self, shift: Shift) -> tuple[Line, ...]:
        """Return how the case of a question differs from the base case."""
        return self._examples.differences(shift.example) if shift.example else ()

    def because(self, shift: Shift) -> tuple[Line, ...]:
        """Return the changes each of which makes the difference alone."""
        return tuple(self._edit(name) for name in shift.because) or (
            say(_("several changes together; none of them does it alone")),
        )

    def _group(self, number: int, shifts: Sequence[Shift]) -> Group:
        first = shifts[0]
        assert first.example is not None  # noqa: S101 (only such shifts have a case)
        rows = [
            Field(_("Before and after"), self.moves(shifts, with_others=True)),
            Field(_("It differs from the base case in"), self.differences(first)),
            Field(_("Controls in place"), self._examples.controls(first.example)),
            Field(_("Because of"), tuple(dict.fromkeys(line for one in shifts for line in self.because(one)))),
            Field(_("Please note"), tuple(self._notes(shifts))),
        ]
        blocks: tuple[Block, ...] = (Fields(tuple(one for one in rows if one.lines)),)
        return Group(say(_("Case {number}", number=number)), blocks, anchor=f"case-{number}")

    def _move(self, shifts: Sequence[Shift]) -> Line:
        first = shifts[0]
        assert first.before is not None  # noqa: S101 (every case has both)
        assert first.after is not None  # noqa: S101 (likewise)
        was, now = came(first, first.before, self._sets[0]), came(first, first.after, self._sets[1])
        so = {one.direction for one in shifts}
        so |= {each for one in shifts if one.of == "ladder" for each in _called(one)}
        return say(strong(name_of(first, self._sets[1])), f": {was} → {now} ", mark(_said(so)))

    def _other(self, moved: Moved) -> Line:
        """Return what a ladder came to in a case that was looked for because of something else."""
        ladder = Shift(of="ladder", name=moved.ladder, direction="milder", status="refuted")
        was, now = came(ladder, moved.before, self._sets[0]), came(ladder, moved.after, self._sets[1])
        return say(strong(name_of(ladder, self._sets[1])), f": {was} → {now} ", mark(_said({*moved.directions})))

    def _edit(self, name: str) -> Line:
        edit = self._edits.get(name)
        if edit is None:
            return say(Run(name, "code"))
        speech = self._speeches[0 if edit.kind == "removed" else 1]
        first, *others = titled(edit, speech)
        place = anchor(edit.loc)
        told = (dataclasses.replace(first, ref=place) if place else first, *others)
        kind = pgettext(*KINDS[edit.kind])
        if within(edit):
            kind = _("{kind}: {what}", kind=kind, what=place_of(edit, speech))
        return say(*told, " ", mark(kind))

    def _notes(self, shifts: Sequence[Shift]) -> list[Line]:
        first = shifts[0]
        assert first.example is not None  # noqa: S101 (only such shifts have a case)
        notes: list[Line] = []
        if len(self.meaning.days) > 1:
            notes.append(say(_("as of {day}", day=day(first.example.on))))
        if any(one.answers_new for one in shifts):
            notes.append(say(_("it states what only one of the versions asks")))
        unsure = [one for one in shifts if one.example and not one.example.is_smallest]
        if len(unsure) == len(shifts):
            notes.append(say(_("no smaller case was found, but it is not proved that there is none")))
        elif unsure:
            what = listed([f"{name_of(one, self._sets[1])} ({becomes(one.direction)})" for one in unsure])
            notes.append(say(_("it is not proved that no smaller case shows this: {what}", what=what)))
        contradictory = self._examples.contradictions(first.example)
        notes += [say(mark(_("contradictory answers")), " ", *line) for line in contradictory]
        return notes


def _called(shift: Shift) -> tuple[Direction, ...]:
    return next((one.directions for one in shift.ladders if one.ladder == shift.name), ())


def _said(directions: AbstractSet[Direction]) -> str:
    return ", ".join(becomes(one) for one in DIRECTIONS if one in directions)


def place_of(edit: Edit, speech: Speech) -> str:
    """Return what the place of a change is called; of a condition it is only said that it stands there."""
    what = words(label(edit, speech))
    return f"{what} …" if conditions_in(edit.before) or conditions_in(edit.after) else what
