"""The cases that show what a change of criteria does: how each comes out, what it came to, because of which changes."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar, assert_never

from risk_engine.files.language import NP_, _, listed, ngettext, pgettext
from risk_engine.model.changes import DIRECTIONS, Came, Direction, Edit, Meaning, Moved, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.report.blocks import Line, Run, grouped, mark, say, strong, words
from risk_engine.report.example import Examples
from risk_engine.report.set_pages.changed_places import (
    Pair,
    anchor,
    kind_word,
    label,
    titled,
    within,
)
from risk_engine.report.set_pages.changed_values import conditions_in
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import between, fill, knock_out_word, severity_word

_BECOMES: dict[Direction, tuple[str, str]] = {
    "milder": NP_("how a case comes out", "milder"),
    "looser": NP_("how a case comes out", "looser"),
    "stricter": NP_("how a case comes out", "stricter"),
    "tighter": NP_("how a case comes out", "tighter"),
    "skips": NP_("how a case comes out", "skips a level"),
    "opens": NP_("how a case comes out", "open anew"),
}
"""What a case shows."""


def becomes(direction: Direction) -> str:
    """Return how a case comes out."""
    return pgettext(*_BECOMES[direction])


def name_of(shift: Shift, after: Criteria) -> str:
    """Return what a question is about: the ladder, or the dimension before or after controls."""
    match shift.of:
        case "ladder":
            return after.ladders[shift.name].title
        case "inherent":
            return _("{dimension} before controls", dimension=after.head.dimensions[shift.name].title)
        case "residual":
            return _("{dimension} after controls", dimension=after.head.dimensions[shift.name].title)
        case "finding_severity":
            return _finding(shift.name, after)
        case "finding_residual":
            return _("{finding}, after controls", finding=_finding(shift.name, after))
        case "finding_knock_out":
            return _("{finding}, as a knock-out", finding=_finding(shift.name, after))
        case _:
            assert_never(shift.of)


def _finding(name: str, after: Criteria) -> str:
    return f"{name} {after.indicators[name].title}"


def _titles(shift: Shift, criteria: Criteria) -> Mapping[str, str]:
    """Return what people call what a ladder, a dimension or a finding can come to."""
    match shift.of:
        case "ladder":
            return {name: one.title for name, one in criteria.ladders[shift.name].levels.items()}
        case "inherent" | "residual":
            return criteria.head.severity.titles
        case "finding_knock_out":
            return {one: knock_out_word(one) for one in KNOCK_OUTS}
        case "finding_severity" | "finding_residual":
            return {one: severity_word(one) for one in SEVERITIES}
        case _:
            assert_never(shift.of)


def came(shift: Shift, came_to: Came, criteria: Criteria) -> str:
    """Return what a ladder or a dimension came to: never the bare level while it is still open."""
    titles = _titles(shift, criteria)
    low, high = (titles.get(one, one) for one in (came_to.lowest, came_to.highest))
    level = came_to.level
    if low == high:
        if level in {None, came_to.lowest}:
            return low
        return _("{level} while answers are missing, else {settled}", level=titles.get(f"{level}", level), settled=low)
    range_ = _("still open: {levels}", levels=between(low, high))
    if level is None:
        return range_
    return _("{level} for now, {range}", level=titles.get(level, level), range=range_)


class Cases:
    """Tells the cases of one meaning; both sets and the edits are as the current language has them."""

    offers: ClassVar = frozenset(
        {"in_sentences", "lack_reasons", "moves_of_all", "number", "only_open", "reasons", "states_new", "unsure"}
    )
    """What templates may call."""

    def __init__(self, meaning: Meaning, edits: Sequence[Edit], speeches: Pair, examples: Examples) -> None:
        self.meaning = meaning
        self._edits = {one.name: one for one in edits}
        self._speeches = speeches
        self.examples = examples

    @property
    def _sets(self) -> tuple[Criteria, Criteria]:
        return self._speeches[0].criteria, self._speeches[1].criteria

    def number(self, shift: Shift) -> int | None:
        """Return the number of the case that shows something; None where there is none."""
        return next((place for place, shifts in enumerate(self.meaning.cases(), 1) if shift in shifts), None)

    def moves(self, shifts: Sequence[Shift], *, with_others: bool = False) -> tuple[Line, ...]:
        """Return what each ladder or dimension came to before and after, and what that is called in this case.

        Of a case not only what it was looked for must be told: `with_others` adds the other ladders that moved.
        """
        found = grouped(shifts, lambda one: (one.of, one.name))
        lines = [self._move(several) for several in found.values()]
        others = {one.ladder: one for shift in shifts for one in shift.ladders if ("ladder", one.ladder) not in found}
        return (*lines, *(self._other(one) for one in others.values() if with_others))

    def because(self, shift: Shift) -> tuple[Line, ...]:
        """Return the changes each of which makes the difference alone."""
        return tuple(self._edit(name) for name in shift.because) or (
            say(_("several changes together; none of them does it alone")),
        )

    def moves_of_all(self, shifts: Sequence[Shift]) -> tuple[Line, ...]:
        """Return what every ladder came to that moves in a case, whatever the case was looked for because of."""
        return self.moves(shifts, with_others=True)

    def reasons(self, shifts: Sequence[Shift]) -> list[Line]:
        """Return the changes because of which a case comes out otherwise."""
        return list(dict.fromkeys(line for one in shifts for line in self.because(one)))

    def in_sentences(self) -> list[Line]:
        """Return each case that shows something of a decision in one sentence: its answers, what moved, and why."""
        found = enumerate(self.meaning.cases(), 1)
        return [self._sentence(number, decisions) for number, shifts in found if (decisions := _decisions(shifts))]

    def lack_reasons(self) -> bool:
        """Return whether some case of a decision comes out so by no single change."""
        return any(one.example and not one.because for one in self.meaning.ladders())

    def _sentence(self, number: int, shifts: Sequence[Shift]) -> Line:
        first = shifts[0]
        assert first.example is not None  # noqa: S101 (every case has one)
        before, after = self._sets
        moves = [
            _(
                "{ladder}: {was} before, {now} now",
                ladder=name_of(one, after),
                was=came(one, one.before, before),
                now=came(one, one.after, after),
            )
            for one in {each.name: each for each in shifts}.values()
            if one.before is not None and one.after is not None
        ]
        alone = list(dict.fromkeys(name for one in shifts for name in one.because))
        because = [words(self._edit(one)) for one in alone[:_MOST_REASONS]]
        more = len(alone) - len(because)
        if more:
            because.append(ngettext("{number} change more", "{number} changes more", more))
        case, called = case_link(number), strong(_said({one.direction for one in shifts}))
        answers, moved = self.examples.in_short(first.example), "; ".join(moves)
        if not because:
            return fill(
                _("{case}, {called}: {answers}. {moves}."), case=case, called=called, answers=answers, moves=moved
            )
        told = _("{case}, {called}: {answers}. {moves}, because of {why}.")
        return fill(told, case=case, called=called, answers=answers, moves=moved, why=listed(because))

    def states_new(self, shifts: Sequence[Shift]) -> bool:
        """Return whether a case states what only one of the versions asks."""
        return any(one.answers_new for one in shifts)

    def unsure(self, shifts: Sequence[Shift]) -> list[str]:
        """Return what it is not proved of that no smaller case shows it."""
        return self._named(one for one in shifts if one.example and not one.example.is_smallest)

    def only_open(self, shifts: Sequence[Shift]) -> list[str]:
        """Return what is proved to come out so in no settled case."""
        return self._named(one for one in shifts if one.only_open)

    def _named(self, shifts: Iterable[Shift]) -> list[str]:
        return [f"{name_of(one, self._sets[1])} ({becomes(one.direction)})" for one in shifts]

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
        kind = kind_word(edit.kind)
        if within(edit):
            kind = _("{kind}: {what}", kind=kind, what=place_of(edit, speech))
        return say(*told, " ", mark(kind))


_MOST_REASONS = 2
"""So many changes are named in a sentence."""


def _decisions(shifts: Sequence[Shift]) -> list[Shift]:
    return [one for one in shifts if one.of == "ladder"]


def _called(shift: Shift) -> tuple[Direction, ...]:
    return next((one.directions for one in shift.ladders if one.ladder == shift.name), ())


def _said(directions: AbstractSet[Direction]) -> str:
    return ", ".join(becomes(one) for one in DIRECTIONS if one in directions)


def place_of(edit: Edit, speech: Speech) -> str:
    """Return what the place of a change is called; of a condition it is only said that it stands there."""
    what = words(label(edit, speech))
    if conditions_in(edit.before) or conditions_in(edit.after):
        return f"{what} …"
    # What holds always has no condition that an “if” could lead to.
    return what.removesuffix(pgettext("severity of an indicator", "{severity}, if", severity=""))


def case_link(number: int | None) -> Run:
    """Return the name of a case by its number, leading to where it is shown."""
    return Run(_("case {number}", number=number), ref=f"case-{number}")
