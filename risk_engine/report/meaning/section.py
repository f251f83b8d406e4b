"""What a change of criteria means: the answer in one sentence, why, and each smallest case that shows it."""

import dataclasses
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from risk_engine.files.language import N_, _, ngettext, pgettext
from risk_engine.model.changes import BUMPS, DIRECTIONS, Bump, Changes, Direction, Edit, Meaning, Moved, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.report.blocks import (
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Table,
    mark,
    say,
    strong,
    words,
)
from risk_engine.report.changes.records import KINDS, Pair, anchor, titled
from risk_engine.report.changes.values import conditions_in
from risk_engine.report.changes.wording import label, within
from risk_engine.report.example import Examples
from risk_engine.report.meaning.wording import BUMP_SENTENCES, MEANT, becomes, came, head, name_of, quoted
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import coded, day, fill, listed


class Cases:
    """Tells the cases of one meaning; both sets and the edits are as the current language has them."""

    def __init__(self, meaning: Meaning, edits: Sequence[Edit], speeches: Pair, examples: Examples) -> None:
        self.meaning = meaning
        self._edits = {one.name: one for one in edits}
        self._speeches = speeches
        self._examples = examples

    @property
    def _sets(self) -> tuple[Criteria, Criteria]:
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
    looser = [one.name for one in meaning.ladders() if (one.direction, one.status) == ("looser", "refuted")]
    if meaning.answer == "nowhere milder" and looser:
        names = listed([after.ladders[one].title for one in looser])
        text += " " + _("While answers are missing, some cases are held less strictly: {ladders}.", ladders=names)
    if meaning.is_one_day and meaning.days:
        return _("On {day}: {answer}", day=day(meaning.days[0]), answer=text)
    return text


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


_PUT_ASIDE = (
    N_("Free text and the names of rows: no rule reads them."),
    N_("Numbers and days: one of each class that the rules of either version can tell apart stands for all of it."),
    N_("Evidence, and controls that are planned or agreed: no ladder reads them."),
    N_("What people are told (awareness): it changes no result."),
    N_("Profiles: rules and tables are read as the versions have them."),
)


@dataclass(frozen=True)
class Told:
    """What a report says of the meaning: its first sentence, what completes it, and the section."""

    sentence: str
    more: tuple[Line, ...]
    tone: Tone
    blocks: tuple[Block | Group, ...]


def explained(changes: Changes, edits: Sequence[Edit], speeches: Pair, examples: Examples) -> Told | None:
    """Return what the meaning of changes is in words; None where nobody asked for it."""
    meaning = changes.meaning
    if meaning is None:
        return None
    cases = Cases(meaning, edits, speeches, examples)
    after = speeches[1].criteria
    return Told(
        sentence=sentence(meaning, after),
        more=tuple(_more(changes, meaning, after, cases)),
        tone=tone(meaning),
        blocks=tuple(_blocks(changes, meaning, after, cases)),
    )


def not_proved(why: str, way_out: str) -> tuple[Block, ...]:
    """Return what stands in place of the meaning where it could not be worked out."""
    way = (" ", _("The way out: {way_out}.", way_out=way_out)) if way_out else ()
    return (Prose(say(mark(_("not proved")), *coded(f" {why[:1].upper()}{why[1:]}."), *way)),)


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


def _more(changes: Changes, meaning: Meaning, after: Criteria, cases: Cases) -> Iterator[Line]:
    """Yield what completes the answer: which cases show it, what else moves, and which number it needs."""
    yield from moved(meaning, after, cases)
    needed = coded(_(BUMP_SENTENCES[meaning.required.bump], why=meaning.required.why), "strong")
    step = _step(changes)
    yield say(*needed, *((" ", step) if step else ()))


_MOVED: dict[Direction, str] = {
    "milder": N_("Milder in a case: {where}"),
    "looser": N_("Looser where answers are missing: {where}"),
    "stricter": N_("Stricter in a case: {where}"),
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


def _step(changes: Changes) -> str:
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


def _blocks(changes: Changes, meaning: Meaning, after: Criteria, cases: Cases) -> Iterator[Block | Group]:
    yield Prose(
        say(
            _(
                "All possible cases that both versions can read were looked at, not some, as far as is said below: "
                "“proved” means that none of them comes out so. Every case shown was worked out under both versions. "
                "It is told by how it differs from the base case, the complete harmless case of {before}, and as small "
                "as can be.",
                before=changes.before.name,
            )
        )
    )
    yield from _tables(meaning, after, cases)
    asked = [one for one in DIRECTIONS if any(shift.direction == one for shift in meaning.shifts)]
    yield Bullets(tuple(fill(_(MEANT[one])) for one in asked))
    yield from cases.groups()
    yield Group(say(_("What was looked at")), (Fields(tuple(_limits(changes, meaning))),))


def _tables(meaning: Meaning, after: Criteria, cases: Cases) -> Iterator[Table]:
    for caption, shifts in (
        (_("Decisions"), meaning.ladders()),
        (_("Dimensions"), [one for one in meaning.shifts if one.of in {"inherent", "residual"}]),
        (_("Findings that can come out otherwise; of all others it is proved that they cannot"), meaning.findings()),
    ):
        is_finding = any(one.of.startswith("finding") for one in shifts)
        asked = [
            one
            for one in DIRECTIONS
            if any(shift.direction == one for shift in shifts) or (is_finding and one in {"milder", "stricter"})
        ]
        found: dict[tuple[str, str], dict[Direction, Shift]] = {}
        for one in shifts:
            found.setdefault((one.of, one.name), {})[one.direction] = one
        rows = tuple(
            (
                say(name_of(next(iter(several.values())), after)),
                *(_cell(several.get(one), cases, is_listed=is_finding) for one in asked),
            )
            for several in found.values()
        )
        if rows:
            share = min(20, 70 // len(asked))
            shares = (100 - share * len(asked), *(share for _one in asked))
            yield Table(caption, (_("Can a case become"), *map(head, asked)), rows, shares=shares)


def _cell(shift: Shift | None, cases: Cases, *, is_listed: bool) -> Line:
    match shift:
        case None:
            return say(_("no, proved") if is_listed else pgettext("not asked", "–"))
        case Shift(status="proved"):
            return say(_("no, proved"))
        case Shift(status="undecided"):
            return say(mark(_("not decided")))
        case _:
            return (dataclasses.replace(_case(cases.number(shift)), style="strong"),)


def _limits(changes: Changes, meaning: Meaning) -> Iterator[Field]:
    """Yield what was looked at, what was not, and what only one version asks."""
    if meaning.days:
        days = listed([day(one) for one in meaning.days])
        lines = [say(days)]
        if not meaning.is_one_day:
            text = _(
                "the first day of {after}, and every later one on which a rule or value of either version begins or "
                "ends",
                after=changes.after.name,
            )
            lines.append(say(text))
        yield Field(_("Days"), tuple(lines))
    if meaning.bounds:
        most = ", ".join(f"{name} {number}" for name, number in meaning.bounds.items())
        text = _(
            "of any length that a version allows; cases were looked for with up to so many entries: {most}", most=most
        )
        yield Field(_("Lists"), (say(text),))
    for title, facts in ((_("Newly asked"), meaning.new_facts), (_("No longer asked"), meaning.gone_facts)):
        if facts:
            yield Field(title, tuple(say(Run(one, "code", ref=f"fact-{one}")) for one in facts))
    if meaning.not_compared:
        yield Field(_("Not compared"), tuple(coded(one) for one in meaning.not_compared))
    if meaning.days:
        yield Field(_("Put aside"), tuple(say(_(one)) for one in _PUT_ASIDE))
    undecided = sum(one.status == "undecided" for one in meaning.shifts)
    if undecided:
        text = ngettext(
            "{number} question was given up as not decided within its limit",
            "{number} questions were given up as not decided within their limits",
            undecided,
        )
        yield Field(_("Not decided"), (say(text),))
