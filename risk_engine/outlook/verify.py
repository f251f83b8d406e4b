"""A stored outlook held against the engine, and against one that is worked out anew.

The cases that it tells the engine alone can replay. All else takes a search over all possible answers and controls: the
outlook is made once more, and what differs is named. Another completion, or another way, of the same size says the
same, for which of them a search finds first is promised to nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import in_place, plain, read_of, set_aside, with_answers, worked_as_asked
from risk_engine.engine.resolve import reopened_in
from risk_engine.engine.work import Worked, tupled, worked_again
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case_tests import base_or_itself
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached
from risk_engine.model.outlook import Completion, Outlook, OutlookChecked, PossibleLevel, Way, WaysDown, answer_key
from risk_engine.outlook.offers import missing_controls, strict_end
from risk_engine.outlook.outlook import outlook as make
from risk_engine.outlook.still_open import at as stated_at
from risk_engine.outlook.still_open import clashes, lasting


def replay(outlook: Outlook, stored: Assessment, criteria: Criteria) -> OutlookChecked:
    """Return which cases that an outlook tells do not come out, by the engine alone.

    Its assessment is as it was written, and the criteria are its own.
    """
    worked = worked_again(stored, criteria)
    told = list(_told_cases(outlook))
    wrong = tuple(case.where for case in told if not _comes_out(case, worked))
    return OutlookChecked(cases=len(told), wrong_cases=wrong)


class Anew(NamedTuple):
    """An outlook that was worked out anew, its case, and the harmless case that completions stay near to."""

    outlook: Outlook
    worked: Worked
    base: Case


def verify(outlook: Outlook, stored: Assessment, criteria: Criteria) -> OutlookChecked:
    """Return where an outlook says anything else than comes out when it is worked out anew; needs the solver.

    What another engine or solver wrote, and what rests on a harmless case that may be another one now, is not called
    wrong where it differs.
    """
    found = replay(outlook, stored, criteria)
    try:
        anew = made_anew(stored, criteria)
    except RiskEngineError:  # the cases that are there now are broken
        return found.model_copy(update={"is_searched": True, "unsure": ("base",)})
    return compare(outlook, anew, found)


def made_anew(stored: Assessment, criteria: Criteria) -> Anew:
    """Return an outlook worked out anew; raise RiskEngineError where the harmless case cannot be read."""
    worked = worked_again(stored, criteria)
    base = base_or_itself(criteria, worked.case)
    return Anew(make(stored, worked, base), worked, base)


def compare(outlook: Outlook, anew: Anew, found: OutlookChecked) -> OutlookChecked:
    """Return what was found of an outlook, and where it says anything else than the one that was made anew."""
    made = anew.outlook
    differing = tuple(dict.fromkeys(_differences(_plain(_with_same_size(outlook, anew)), _plain(made), ())))
    by_this = (outlook.solver, outlook.base) == (made.solver, made.base)
    wrong, unsure = (differing, ()) if by_this else ((), differing)
    return found.model_copy(update={"is_searched": True, "wrong": wrong, "unsure": unsure})


# --- the cases that it tells ---


class _Told(NamedTuple):
    """A case that an outlook tells: in which answers and controls it differs, and what it says comes out."""

    where: str
    """Where it stands in the record."""
    answers: Mapping[str, Any]
    reached: tuple[Reached, ...]
    controls: tuple[str, ...] = ()
    was: Mapping[str, Any] = {}
    """What it says that the case states now."""
    of_all: bool = True
    """Whether it says of every ladder what comes out."""
    shows: tuple[str, str] | None = None
    """The ladder and the level that it is told for: it comes to that level, or as a way to one as mild."""


def _told_cases(outlook: Outlook) -> Iterator[_Told]:
    for found in outlook.ranges:
        for level in found.possible:
            shown, of = level.witness, (found.ladder, level.level)
            where = f"ranges.{found.ladder}.{level.level}"
            yield _Told(where, shown.answers, shown.reached, was=dict.fromkeys(shown.answers), shows=of)
    for question in outlook.questions:
        for answered in question.if_answered:
            answers = {question.path: answered.answer}
            where = f"questions.{question.path}.{answer_key(answered.answer)}"
            yield _Told(where, answers, answered.reached, was=dict.fromkeys(answers))
    for target in outlook.ways:
        for number, way in enumerate(target.ways):
            after, before = ({one.path: getattr(one, name) for one in way.changes} for name in ("after", "before"))
            where = f"ways.{target.ladder}.{target.to}.{number}"
            yield _Told(where, after, way.reached, way.controls, before, shows=(target.ladder, target.to))
    for wrong in outlook.margins.if_wrong:
        where = f"margins.if_wrong.{wrong.path}"
        yield _Told(where, {wrong.path: wrong.instead}, wrong.reached, of_all=False)


def _comes_out(told: _Told, worked: Worked) -> bool:
    """Return whether the engine says of a case what an outlook says of it."""
    stated = plain(worked.case)
    opened = _opened(worked)
    if not all(
        (value is None and path in opened) or _same(stated_at(stated, read_of(path)), value)
        for path, value in told.was.items()
    ):
        return False
    answers = {**(opened if told.where.startswith("ranges.") else {}), **told.answers}
    made = _replayed(worked, answers, told.controls)
    if made is None or not told.reached:
        return False
    proposed = {one.ladder: Reached.of(one) for one in made.proposed}
    if told.shows is not None and not _shows(told, made):
        return False
    said = {one.ladder: one for one in told.reached}
    return all(proposed.get(name) == one for name, one in said.items()) and (not told.of_all or {*said} == {*proposed})


def _opened(worked: Worked) -> dict[str, None]:
    """Return the questions whose answers contradict each other and count as open: a completion answers them anew.

    An entry goes with its list.
    """
    reopened = reopened_in(worked.facts, worked.criteria)
    lists = {one.entity for one in reopened if one.fact is None}
    return dict.fromkeys(one.path() for one in reopened if one.fact is None or one.entity not in lists)


def _shows(told: _Told, made: Worked) -> bool:
    """Return whether a case comes to the level that it is told for."""
    ladder, level = told.shows or ("", "")
    declared = made.criteria.ladders.get(ladder)
    if declared is None or level not in declared.levels:
        return False
    if told.where.startswith("ways."):
        return strict_end(made, ladder) <= list(declared.levels).index(level)
    return any((one.ladder, one.level) == told.shows for one in made.proposed)


def _replayed(worked: Worked, answers: Mapping[str, Any], controls: Sequence[str]) -> Worked | None:
    """Return what the case comes to with these answers and controls; None where there is no such case."""
    if not set(controls) <= set(worked.criteria.controls):
        return None
    given = {read_of(path): tupled(value) for path, value in answers.items()}
    try:
        data = with_answers(plain(worked.case), given)
        data["controls"] = in_place(data.get("controls", ()), controls, worked.criteria, worked.on)
        stay = worked.facts.superfluous.keys() - given.keys()
        data, made = worked_as_asked(data, worked.criteria, worked.on, worked.profile, stay)
    except (ValidationError, LookupError):
        return None
    kept = plain(made.case)
    return made if all(_same(stated_at(kept, read), value) for read, value in given.items()) else None


def _same(value: Any, other: Any) -> bool:
    """Return whether two answers say the same, one of them perhaps read back from a file."""
    return (value is None) == (other is None) and answer_key(value) == answer_key(other)


# --- what says the same ---


def _completes(told: Completion, made: Completion, anew: Anew) -> bool:
    """Return whether a completion is another one of the same size: it comes out, and says rightly what is in it."""
    worked, criteria = anew.worked, anew.worked.criteria
    found = _replayed(worked, {**_opened(worked), **told.answers}, ())
    if found is None or len(told.telling) != len(made.telling) or told.is_smallest != made.is_smallest:
        return False
    harmless = plain(anew.base)
    telling = tuple(
        path
        for path, value in told.answers.items()
        if not _same(value, stated_at(harmless, _of_base(read_of(path), worked, harmless)))
    )
    before = lasting(worked.facts, criteria)
    return (
        set(telling) == set(told.telling)
        and set(told.set_aside) == set(set_aside(plain(worked.case), plain(found.case), criteria))
        and told.contradicts == clashes(worked.facts, before, found.facts, criteria)
        and told.reached == tuple(map(Reached.of, found.proposed))
        and (found.facts.again is not None or all(one.lowest == one.highest for one in told.reached))
    )


def _leads_down(way: Way, target: WaysDown, worked: Worked) -> bool:
    """Return whether a way reaches its level, with none of its controls to spare; of changes only known ones."""
    to = list(worked.criteria.ladders[target.ladder].levels).index(target.to)
    changes = {one.path: one.after for one in way.changes}
    parts = [(way.controls, changes)]
    parts += [(tuple(one for one in way.controls if one != left), changes) for left in way.controls]
    parts += [(way.controls, {path: changes[path] for path in changes if path != left}) for left in changes]
    whole, *lacking = (_replayed(worked, answers, controls) for controls, answers in parts)
    return (
        set(way.controls) <= set(missing_controls(worked))
        and whole is not None
        and strict_end(whole, target.ladder) <= to
        and not any(one is not None and strict_end(one, target.ladder) <= to for one in lacking)
    )


def _of_base(read: Read, worked: Worked, harmless: Mapping[str, Any]) -> Read:
    """Return the question of the harmless case that one of the case is held against: of a further entry the first's."""
    if read.entry is None:
        return read
    listed = [entry["id"] for entry in plain(worked.case)[read.entity]]
    of_base = [entry["id"] for entry in harmless.get(read.entity) or ()]
    place = listed.index(read.entry)
    return read._replace(entry=of_base[place if place < len(of_base) else 0] if of_base else None)


def _with_same_size(told: Outlook, anew: Anew) -> Outlook:
    """Return an outlook with what says the same replaced by what was found anew."""
    shown = {(found.ladder, level.level): level.witness for found in anew.outlook.ranges for level in found.possible}
    targets = {(target.ladder, target.to): target for target in anew.outlook.ways}

    def level_of(ladder: str, level: PossibleLevel) -> PossibleLevel:
        other = shown.get((ladder, level.level), level.witness)
        comes_there = any((one.ladder, one.level) == (ladder, level.level) for one in level.witness.reached)
        if other == level.witness or not comes_there or not _completes(level.witness, other, anew):
            return level
        return level.model_copy(update={"witness": other})

    ranges = tuple(
        found.model_copy(update={"possible": tuple(level_of(found.ladder, level) for level in found.possible)})
        for found in told.ranges
    )
    ways = tuple(_with_ways(one, targets.get((one.ladder, one.to), one), anew.worked) for one in told.ways)
    return told.model_copy(update={"ranges": ranges, "ways": ways})


def _with_ways(told: WaysDown, made: WaysDown, worked: Worked) -> WaysDown:
    """Return a target with its ways; where the search ended at its limit, another one of the same size will do."""
    if told.is_all or made.is_all:
        return told
    spare = [way for way in made.ways if way not in told.ways]
    known = [change for way in made.ways for change in way.changes]
    ways: list[Way] = []
    for way in told.ways:
        alike = next((one for one in spare if _size(one) == _size(way)), None)
        is_known = all(change in known for change in way.changes)
        if way not in made.ways and alike is not None and is_known and _leads_down(way, told, worked):
            spare.remove(alike)
            ways.append(alike)
        else:
            ways.append(way)
    return told.model_copy(update={"ways": tuple(ways)})


def _size(way: Way) -> tuple[int, int, int]:
    return len(way.controls) + len(way.changes), way.effort, way.not_agreed


# --- what differs ---

_NAMES = (("ladder",), ("to", "level"), ("path", "finding", "dimension", "name", "id"), ("controls", "what"))
"""What an entry of a list is called by: of each of these the first that it has."""


def _plain(outlook: Outlook) -> dict[str, Any]:
    return outlook.model_dump(mode="json", exclude={"engine", "solver", "base", "digest"})


def _differences(told: Any, made: Any, at: tuple[str, ...]) -> Iterator[str]:
    """Yield the places in an outlook at which it differs from another."""
    match told, made:
        case dict(), dict():
            for name in sorted({*told, *made}):
                yield from _differences(told.get(name), made.get(name), (*at, name))
        case list(), list() if (names := _called(told)) and (others := _called(made)):
            for name in sorted({*names} ^ {*others}):
                yield ".".join((*at, name))
            if [name for name in names if name in others] != [name for name in others if name in names]:
                yield ".".join((*at, "order"))
            for name in names:
                if name in others:
                    yield from _differences(names[name], others[name], (*at, name))
        case list(), list() if len(told) == len(made):
            for number, (one, other) in enumerate(zip(told, made, strict=True)):
                yield from _differences(one, other, (*at, f"{number}"))
        case _ if told != made:
            yield ".".join(at)


def _called(entries: list[Any]) -> dict[str, Any]:
    """Return the entries of a list by what they are called; nothing where they have no names, or twice the same."""
    found = {_name(entry): entry for entry in entries}
    return found if len(found) == len(entries) and "" not in found else {}


def _name(entry: Any) -> str:
    stated = entry if isinstance(entry, dict) else {}
    parts = (next((stated[name] for name in names if isinstance(stated.get(name), str)), "") for names in _NAMES)
    return ".".join(filter(None, parts))
