"""What a change of criteria means: the answer in one sentence, why, and the section that shows it."""

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from risk_engine.language import N_, _, ngettext, pgettext
from risk_engine.model.changes import Changes, Edit
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.meaning import DIRECTIONS, Direction, Meaning, Shift
from risk_engine.model.releases import BUMPS, Bump
from risk_engine.report.blocks import Block, Bullets, Field, Fields, Group, Line, Prose, Run, Table, mark, say
from risk_engine.report.changes.records import Pair
from risk_engine.report.example import Examples
from risk_engine.report.meaning.cases import Cases
from risk_engine.report.meaning.headline import Tone, sentence, tone
from risk_engine.report.meaning.words import BUMPS as NEEDED
from risk_engine.report.meaning.words import MEANT, head, name_of
from risk_engine.report.wording import coded, day, fill, listed

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


def told(changes: Changes, edits: Sequence[Edit], speeches: Pair, examples: Examples) -> Told | None:
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


def moved(meaning: Meaning, after: CriteriaSet, cases: Cases | None) -> Iterator[Line]:
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


def _more(changes: Changes, meaning: Meaning, after: CriteriaSet, cases: Cases) -> Iterator[Line]:
    """Yield what completes the answer: which cases show it, what else moves, and which number it needs."""
    yield from moved(meaning, after, cases)
    needed = coded(_(NEEDED[meaning.required.bump], why=meaning.required.why), "strong")
    step = _step(changes)
    yield say(*needed, *((" ", step) if step else ()))


_MOVED: dict[Direction, str] = {
    "milder": N_("Milder in a case: {where}"),
    "looser": N_("Looser where answers are missing: {where}"),
    "stricter": N_("Stricter in a case: {where}"),
    "skips": N_("Moves by two levels or more: {where}"),
    "opens": N_("Open anew until new questions are answered: {where}"),
}


def _shown(direction: Direction, shown: Sequence[Shift], after: CriteriaSet, cases: Cases | None) -> Line:
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


def _blocks(changes: Changes, meaning: Meaning, after: CriteriaSet, cases: Cases) -> Iterator[Block | Group]:
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


def _tables(meaning: Meaning, after: CriteriaSet, cases: Cases) -> Iterator[Table]:
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
