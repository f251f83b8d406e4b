"""What a change of criteria means for results: the answer in a sentence, tables of what moved, a release in words.

The words around the cases are in `templates/pages/changes.j2`; `history` is the section of a release in CHANGES.md.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias, assert_never

from risk_engine.files.language import N_, _, listed, ngettext
from risk_engine.model.case import Case
from risk_engine.model.changes import BUMPS, DIRECTIONS, Bump, Changes, Direction, Edit, Meaning, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.report.blocks import Line, Run, grouped, mark, say, strong, unlinked, words
from risk_engine.report.example import Examples
from risk_engine.report.html_markdown import line
from risk_engine.report.set_pages.changed_places import (
    Pair,
    by_part,
    by_record,
    kind_word,
    titled,
    within,
)
from risk_engine.report.set_pages.changed_values import conditions_in, told
from risk_engine.report.set_pages.shown_cases import Cases, case_link, name_of, place_of
from risk_engine.report.set_pages.speech import Speech
from risk_engine.report.wording import day, fill

BUMP_SENTENCES: dict[Bump, str] = {
    "patch": N_("A patch is enough: {why}."),
    "minor": N_("It needs a minor step at least: {why}."),
    "major": N_("It needs a major step: {why}."),
}


_CODE = re.compile(r"`([^`]+)`")


def quoted(text: str) -> str:
    """Return a sentence for where there is no style: the names between backticks between quotation marks."""
    return _CODE.sub(lambda found: _("“{name}”", name=found[1]), text)


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
        where.append(name_of(one, after))
        where += [] if cases is None else [" (", case_link(cases.number(one)), ")"]
    return fill(_(_MOVED[direction]), where=say(*where))


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
