"""What a change of criteria means for results: the answer in a sentence, and what each case that shows it came to.

The words around the cases are in `templates/pages/changes.j2`; `history` is the section of a release in CHANGES.md.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar, Literal, TypeAlias, assert_never

from risk_engine.files.language import N_, NP_, _, listed, ngettext, pgettext
from risk_engine.model.case import Case
from risk_engine.model.changes import BUMPS, DIRECTIONS, Bump, Came, Changes, Direction, Edit, Meaning, Moved, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.report.blocks import Line, Run, grouped, mark, say, strong, unlinked, words
from risk_engine.report.example import Examples
from risk_engine.report.html_markdown import line
from risk_engine.report.set_pages.changed_places import (
    Pair,
    anchor,
    by_part,
    by_record,
    kind_word,
    label,
    titled,
    within,
)
from risk_engine.report.set_pages.changed_values import conditions_in, told
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import between, day, fill, knock_out_word, severity_word

_BECOMES: dict[Direction, tuple[str, str]] = {
    "milder": NP_("how a case comes out", "milder"),
    "looser": NP_("how a case comes out", "looser"),
    "stricter": NP_("how a case comes out", "stricter"),
    "tighter": NP_("how a case comes out", "tighter"),
    "skips": NP_("how a case comes out", "skips a level"),
    "opens": NP_("how a case comes out", "open anew"),
}
"""What a case shows."""


BUMP_SENTENCES: dict[Bump, str] = {
    "patch": N_("A patch is enough: {why}."),
    "minor": N_("It needs a minor step at least: {why}."),
    "major": N_("It needs a major step: {why}."),
}


_CODE = re.compile(r"`([^`]+)`")


def quoted(text: str) -> str:
    """Return a sentence for where there is no style: the names between backticks between quotation marks."""
    return _CODE.sub(lambda found: _("“{name}”", name=found[1]), text)


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
        case, called = _case(number), strong(_said({one.direction for one in shifts}))
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


Tone: TypeAlias = Literal["mild", "middle", "strict", "open"]


def sentence(meaning: Meaning, after: Criteria) -> str:
    """Return the directed answer: whether any case at all comes out milder."""
    counted = [after.ladders[name].title for name in meaning.counted]
    milder = [one for one in meaning.ladders() if one.direction == "milder" and one.name in meaning.counted]
    said = {status: [after.ladders[one.name].title for one in milder if one.status == status] for status in _STATUSES}
    match meaning.answer:
        case "equal":
            text = _equal(meaning)
        case "nowhere milder":
            text = _nowhere_milder(meaning, listed(counted))
        case "milder":
            text = _("Milder in some cases: {ladders}.", ladders=listed(said["refuted"]))
        case "undecided" if said["undecided"]:
            text = _("Not decided whether any case gets milder: {ladders}.", ladders=listed(said["undecided"]))
        case "undecided":
            text = _("It cannot be said whether any case gets milder: not all can be compared.")
        case _:
            assert_never(meaning.answer)
    if meaning.bounds:
        text = _("{answer} ({reach}).", answer=text.removesuffix("."), reach=_reach(meaning))
    looser = [one.name for one in meaning.ladders() if (one.direction, one.status) == ("looser", "refuted")]
    if meaning.answer == "nowhere milder" and looser:
        names = listed([after.ladders[one].title for one in looser])
        text += " " + _(
            "While answers are missing, some cases are held less strictly, or less is certain: {ladders}.",
            ladders=names,
        )
    if meaning.is_one_day and meaning.days:
        return _("On {day}: {answer}", day=day(meaning.days[0]), answer=text)
    return text


def _reach(meaning: Meaning) -> str:
    """Return of lists of which length an answer is true: a proof of any, and a case has so many entries at most."""
    if meaning.answer in {"equal", "nowhere milder"}:
        return _("lists of any length")
    most = max(meaning.bounds.values())
    return ngettext(
        "cases with up to {number} entry of a list were looked at",
        "cases with up to {number} entries of a list were looked at",
        most,
    )


def _equal(meaning: Meaning) -> str:
    why = quoted(meaning.but)
    if meaning.turns_away:
        return _(
            "Cases that both versions can read are decided alike, proved; but {why}, so some old cases cannot be read.",
            why=why,
        )
    if why:
        return _("No case is decided otherwise, proved; but {why}.", why=why)
    return _("Equal in meaning, proved: no case is decided otherwise.")


def _nowhere_milder(meaning: Meaning, ladders: str) -> str:
    why = quoted(meaning.but)
    if meaning.turns_away:
        return _(
            "Nowhere milder, proved of every case that both versions can read: {ladders}; but {why}, so some old cases "
            "cannot be read.",
            ladders=ladders,
            why=why,
        )
    if why:
        return _("Nowhere milder, proved of every possible case: {ladders}; but {why}.", ladders=ladders, why=why)
    return _("Nowhere milder, proved of every possible case: {ladders}.", ladders=ladders)


_STATUSES = ("proved", "refuted", "undecided")


def tone(meaning: Meaning) -> Tone:
    """Return how an answer looks; green only what needs no second look."""
    match meaning.answer:
        case "equal":
            return "middle" if meaning.but else "mild"
        case "nowhere milder":
            return "middle"
        case "milder":
            return "strict"
        case "undecided":
            return "open"
        case _:
            assert_never(meaning.answer)


def moved(meaning: Meaning, after: Criteria, cases: Cases | None) -> Iterator[Line]:
    """Yield which ladders can come out otherwise in which way, with the cases that show it, if they stand beside."""
    others = [one for one in meaning.ladders() if one.status != "proved"]
    for direction in DIRECTIONS:
        shown = [one for one in others if one.direction == direction and one.status == "refuted"]
        if shown:
            yield _shown(direction, shown, after, cases)
        if direction == "milder" and (aside := [one for one in shown if one.name not in meaning.counted]):
            names = listed([name_of(one, after) for one in aside])
            yield fill(
                _("{names}: only where a finding gets graver; no finding falls, so it does not count", names=names)
            )
    for direction in DIRECTIONS:
        open_ = [one for one in others if one.direction == direction and one.status == "undecided"]
        if open_:
            yield say(mark(_("not decided")), " ", *_shown(direction, open_, after, None))


_MOVED: dict[Direction, str] = {
    "milder": N_("Milder in a case: {where}"),
    "looser": N_("Looser where answers are missing: {where}"),
    "stricter": N_("Stricter in a case: {where}"),
    "tighter": N_("Tighter where answers are missing: {where}"),
    "skips": N_("Moves by two levels or more: {where}"),
    "opens": N_("Open anew until new questions are answered: {where}"),
}


def _shown(direction: Direction, shown: Sequence[Shift], after: Criteria, cases: Cases | None) -> Line:
    where: list[Run | str] = []
    for one in shown:
        where += [", "] if where else []
        where += [name_of(one, after)] if cases is None else [f"{name_of(one, after)} (", _case(cases.number(one)), ")"]
    return fill(_(_MOVED[direction]), where=say(*where))


def _case(number: int | None) -> Run:
    return Run(_("case {number}", number=number), ref=f"case-{number}")


_STEPS: dict[Bump, str] = {
    "patch": N_("From {old} to {new} is a patch."),
    "minor": N_("From {old} to {new} is a minor step."),
    "major": N_("From {old} to {new} is a major step."),
}


def step(changes: Changes) -> str:
    """Return which step the number of the later version is, and whether that is enough."""
    old, new = changes.before, changes.after
    numbers = [tuple(map(int, one.version.split("."))) for one in (old, new)]
    if old.id != new.id or numbers[1] <= numbers[0] or changes.meaning is None or changes.meaning.is_one_day:
        return ""
    part = next(place for place, (one, other) in enumerate(zip(*numbers, strict=True)) if one != other)
    bump = BUMPS[::-1][part]
    said = _(_STEPS[bump], old=old.version, new=new.version)
    if BUMPS.index(bump) < BUMPS.index(changes.meaning.required.bump):
        return " ".join((said, _("That is too little.")))
    return said


Table: TypeAlias = dict[str, Any]
"""What can become of ladders, dimensions or findings: the directions that were asked, and a row for each of them."""


def tables(meaning: Meaning, after: Criteria) -> dict[str, Table]:
    """Return what was asked and what came of it, for ladders, dimensions and findings."""
    return {
        "ladders": _table(meaning.ladders(), after),
        "dimensions": _table([one for one in meaning.shifts if one.of in {"inherent", "residual"}], after),
        "findings": _table(meaning.findings(), after),
    }


def _table(shifts: Sequence[Shift], after: Criteria) -> Table:
    is_listed = any(one.of.startswith("finding") for one in shifts)
    asked = [
        one
        for one in DIRECTIONS
        if any(shift.direction == one for shift in shifts) or (is_listed and one in {"milder", "stricter"})
    ]
    found = grouped(shifts, lambda one: (one.of, one.name)).values()
    by_direction = [{one.direction: one for one in several} for several in found]
    rows = [(name_of(next(iter(each.values())), after), [each.get(one) for one in asked]) for each in by_direction]
    share = min(20, 78 // len(asked)) if asked else 0
    shares = " ".join(map(str, (100 - share * len(asked), *(share for _one in asked))))
    return {"is_listed": is_listed, "asked": asked, "rows": rows, "shares": shares}


_SHORT = 60
"""A value of at most so many letters is told before and after."""


def history(changes: Changes, before: Criteria, after: Criteria) -> str:
    """Return what a version changes: what it means for results, then its rules and questions, then its words."""
    speeches = Speech(before), Speech(after)
    paragraphs: list[str] = []
    if changes.meaning is not None:
        paragraphs.append(line(say(strong(sentence(changes.meaning, after)))))
        paragraphs.append(_list(moved(changes.meaning, after, None)))
    for title, layer in ((_("Rules and questions"), "structure"), (_("Words"), "words")):
        edits = [one for one in changes.edits if one.layer == layer]
        if edits:
            paragraphs.append(line(say(strong(title))))
            paragraphs.append(
                _list(
                    _record(each, speeches)
                    for several in by_part(edits).values()
                    for each in by_record(several).values()
                )
            )
    return "\n\n".join(one for one in paragraphs if one)


def shown_by(meaning: Meaning, shift: Shift, sets: tuple[Criteria, Criteria], base: Case) -> str:
    """Return the case that shows something, in lines: what it came to, and how it differs from the base case.

    `sets` are the earlier and the later version.
    """
    before, after = sets
    cases = Cases(meaning, (), (Speech(before), Speech(after)), Examples((after, before), base))
    differences = cases.examples.differences(shift.example) if shift.example else ()
    moves = "; ".join(words(one[:-1]) for one in cases.moves([shift]))  # how it is called, its reason says
    lines = [_("the smallest case that shows it: {moves}", moves=moves.strip()), *map(words, differences)]
    return "\n".join(f"  {one}" if number == 0 else f"  - {one}" for number, one in enumerate(lines))


def _list(lines: Iterator[Line]) -> str:
    return "\n".join(f"- {line(one)}" for one in lines)


def _record(edits: Sequence[Edit], speeches: Pair) -> Line:
    first = edits[0]
    whole = next((one for one in edits if not within(one) and one.kind in {"added", "removed"}), None)
    kind = whole.kind if whole else "changed"
    name = unlinked(titled(first, speeches[0 if kind == "removed" else 1]))
    if whole is not None:
        return say(*name, " ", mark(kind_word(kind)))
    parts = [_part(one, speeches) for one in edits]
    return say(*name, ": ", "; ".join(dict.fromkeys(parts)))


def _part(edit: Edit, speeches: Pair) -> str:
    what = place_of(edit, speeches[0 if edit.kind == "removed" else 1])
    if edit.layer == "structure" and edit.kind == "changed" and not conditions_in(edit.before):
        sides = [
            "; ".join(map(words, told(edit, value, speech)))
            for value, speech in zip((edit.before, edit.after), speeches, strict=True)
        ]
        if all(len(one) <= _SHORT for one in sides):
            return _("{what}: {before} → {after}", what=what, before=sides[0], after=sides[1])
    return _("{what} ({kind})", what=what, kind=kind_word(edit.kind))
