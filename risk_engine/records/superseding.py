"""Why levels moved between an assessment and the one in its place: the case is worked out again, part by part.

Each part that is different is tried as it is now while all else is as it was, and as it was while all else is as it
is now. Nothing is guessed: what cannot be worked out, such as new answers under earlier criteria that do not ask for
them or are not at hand, is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import product
from typing import Any

from pydantic import ValidationError

from risk_engine.engine.assess import stated_case, superseded
from risk_engine.engine.facts import Read, holders, in_json
from risk_engine.engine.replay import with_answers, worked_as_asked
from risk_engine.engine.work import Worked, case_from, tupled, work
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import canonical
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.profile import kept_profile
from risk_engine.model.assessment import Assessment, Part, Superseded, Tried
from risk_engine.model.case import RESERVED, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.triage import first_questions

_CONTROLS = "controls."
_TURNING = 24
"""So many answers and controls are put back one by one; those that the findings behind the levels read come first."""


def is_true_of(assessment: Assessment, criteria: Criteria, old: Assessment, earlier: Criteria | None) -> bool:
    """Return whether an assessment under `criteria` says of the one in whose place it is what comes out again.

    It may have been made where the earlier criteria were not at hand, or by whoever did not ask what moved the levels.
    """
    stated, profile = assessment.supersedes, assessment.profile.profile if assessment.profile else None
    if stated == (plain := superseded(old, criteria)):
        return True
    if stated is None or stated.model_copy(update={"causes": {}, "turning": {}, "unasked": ()}) != plain:
        return False
    case = case_from(assessment.case, criteria)
    return any(stated == superseded_by(case, criteria, assessment.on, profile, old, one) for one in (earlier, None))


@dataclass(frozen=True)
class _State:
    """All that an assessment rests on; without criteria nothing can be worked out under them."""

    answers: tuple[Mapping[str, Any], Mapping[str, Any]]
    """The whole case but its controls, as plain JSON data: for the criteria of now, and for the earlier ones."""
    controls: Any
    criteria: tuple[Criteria | None, int]
    """The criteria, and in whose names the answers are for them."""
    day: date
    profile: Profile | None
    tables: Mapping[Read, Any]
    """What tables are to say, whatever they do say."""


def superseded_by(
    case: Case, criteria: Criteria, on: date, profile: Profile | None, old: Assessment, earlier: Criteria | None
) -> Superseded:
    """Return what a new assessment says about the one in whose place it is, and what moved each level.

    `earlier` are the criteria of `old`, None where they are not at hand. Raises what `work` raises.
    """
    record = superseded(old, criteria)
    worked = work(case, criteria, on, profile)
    levels = {one.ladder: one.level for one in worked.proposed}
    moved = {name: level for name, level in record.levels.items() if levels.get(name, level) != level}
    stated, stated_then = stated_case(case), dict(old.case)
    if earlier is not None and old.criteria.digest != criteria.digest:
        record = record.model_copy(update={"unasked": _unasked_by(earlier, criteria, stated)})
    if not moved:
        return record
    with suppress(RiskEngineError):  # where the earlier case does not fit, its names are taken for those of now
        stated_then = stated_case(_case(criteria, old.case))
    differing = _differing(stated_then, stated)
    # For the earlier criteria: the earlier case with all that changed since, as far as they ask for it.
    stated_for_them = stated
    if earlier is not None and earlier is not criteria:
        stated_for_them = _as_asked_by(earlier, criteria, reduce(_taking(stated), differing, dict(old.case)))
    now = _State((stated, stated_for_them), stated.get("controls", []), (criteria, 0), on, profile, {})
    kept = old.profile.profile if old.profile else None
    before = _State((old.case, old.case), old.case.get("controls", []), (earlier, 1), old.on, kept, {})
    # Where the earlier criteria do not make of the earlier case what it came to, no comparison with it holds.
    came = moved if earlier is None else _levels(before)
    ladders = frozenset(name for name, level in moved.items() if came.get(name) == level)
    tables = _tables(old, worked, stated_then, stated)
    different: dict[Part, bool] = {
        "answers": not all(path.startswith(_CONTROLS) for path in differing),
        "controls": any(path.startswith(_CONTROLS) for path in differing),
        "criteria": old.criteria.digest != criteria.digest,
        "day": old.on != on,
        "profile": before.profile != now.profile,
    }
    causes = {part: _tried(part, before, now, ladders) for part, is_so in different.items() if is_so}
    if tables:
        then, since = ({read: pair[place] for read, pair in tables.items()} for place in (0, 1))
        causes["tables"] = Tried(
            alone=_of(_levels(replace(before, tables=since)), ladders),
            without=_of(_levels(replace(now, tables=then)), ladders),
        )
    # A first question that was not asked then is answered by what others say.
    own = [path for path in differing if path not in first_questions(criteria) or path in _flat(old.case)]
    turning = _turning(own, stated_then, stated, worked, ladders)
    return record.model_copy(update={"causes": causes, "turning": turning})


def _as_asked_by(earlier: Criteria, criteria: Criteria, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case without what only later criteria ask for; what had another name stays, and does not fit."""

    def asked(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {fact: value for fact, value in entry.items() if not _is_new(earlier, criteria, name, fact)}

    found: dict[str, Any] = {}
    for name, content in case.items():
        if isinstance(content, dict) and name in criteria.entities:
            if made := asked(name, content):
                found[name] = made
        elif isinstance(content, list) and name in criteria.entities:
            if made_of := [one for one in (asked(name, entry) for entry in content) if one]:
                found[name] = made_of
        else:
            found[name] = content
    return found


def _is_new(earlier: Criteria, criteria: Criteria, name: str, fact: str) -> bool:
    entity, before = criteria.entities.get(name), earlier.entities.get(name)
    if entity is None or (before is not None and fact in {*before.facts, "id"}):
        return False
    return not entity.was and (fact == "id" or not entity.facts[fact].was)


def _unasked_by(earlier: Criteria, criteria: Criteria, stated: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts that a case states and that earlier criteria did not ask for."""
    facts = dict.fromkeys(".".join(path.split(".")[:: path.count(".")]) for path in _flat(stated) if "." in path)
    asked = (path for path in facts if not path.startswith((_CONTROLS, *RESERVED)))
    return tuple(path for path in asked if _is_new(earlier, criteria, *path.split(".")))


def _case(criteria: Criteria, case: Mapping[str, Any]) -> Case:
    return case_of(parse(canonical(case).decode(), "case", is_json=True, nulls=True), criteria)


def _tried(part: Part, before: _State, now: _State, ladders: frozenset[str]) -> Tried:
    alone = replace(before, **{part: getattr(now, part)})
    without = replace(now, **{part: getattr(before, part)})
    return Tried(alone=_of(_levels(alone), ladders), without=_of(_levels(without), ladders))


def _of(levels: Mapping[str, str], ladders: frozenset[str]) -> dict[str, str]:
    return {name: level for name, level in levels.items() if name in ladders}


def _levels(state: _State) -> dict[str, str]:
    """Return what the ladders come to; nothing where it cannot be worked out."""
    criteria, names = state.criteria
    if criteria is None:
        return {}
    case = with_answers({**state.answers[names], "controls": state.controls}, state.tables)
    with suppress(RiskEngineError):
        read, profile = _case(criteria, case), state.profile
        if profile is not None:
            text = profile.model_dump_json(by_alias=True, exclude_none=True)
            profile = kept_profile(profile, parse(text, "profile", is_json=True), criteria)
        return {one.ladder: one.level for one in work(read, criteria, state.day, profile).proposed}
    return {}


def _tables(
    old: Assessment, worked: Worked, then: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[Read, tuple[Any, Any]]:
    """Return what tables say otherwise than they did, of the same rows: before and now."""
    found: dict[Read, tuple[Any, Any]] = {}
    facts = worked.facts
    before, since = _flat(then), _flat(now)
    for name, entity in worked.criteria.entities.items():
        for holder, (short, fact) in product(holders(facts, name), entity.facts.items()):
            read, row = Read(name, holder.id, short), getattr(fact, "from_", None)
            was = old.resolved.get(read.path())
            if row is None or was is None or {facts.origins[read], was.origin} != {"table"}:
                continue
            value, row = in_json(holder.values[short]), Read(name, holder.id, row).path()
            is_known = value is not None and was.value is not None
            if is_known and was.value != value and before.get(row) == since.get(row):
                found[read] = was.value, value
    return found


def _flat(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that a case states by its path: answers, entries that hold none, controls by their ids."""
    found: dict[str, Any] = {}
    for name, content in case.items():
        if name == "controls":
            found |= {f"{name}.{one['id']}": one for one in content}
        elif name in RESERVED:
            continue
        elif isinstance(content, dict):
            found |= {f"{name}.{fact}": value for fact, value in content.items()}
        elif isinstance(content, list):
            for one in content:
                found |= {f"{name}.{one['id']}.{fact}": value for fact, value in one.items()}
        else:
            found[name] = content
    return found


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of what is different: answers, and entries, lists and controls as a whole."""
    before, since = _flat(then), _flat(now)
    paths = (path for path in {**before, **since} if before.get(path) != since.get(path))
    return tuple(dict.fromkeys(_unit(path, then, now) for path in paths))


def _turning(
    differing: Sequence[str],
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    worked: Worked,
    ladders: frozenset[str],
) -> dict[str, tuple[str, ...]]:
    """Return by ladder the paths of what gives another level where it alone is put back as it was."""
    read = {one.path() for found in worked.found if found.outcome != "absent" for one in found.reads}
    tried = sorted(differing, key=lambda path: not any(one == path or one.startswith(f"{path}.") for one in read))
    levels = {one.ladder: one.level for one in worked.proposed}
    found: dict[str, tuple[str, ...]] = {}
    for path in tried[:_TURNING]:
        with suppress(RiskEngineError, ValidationError):
            back = tupled(_taking(then)(now, path))
            _data, again = worked_as_asked(back, worked.criteria, worked.on, worked.profile, worked.facts.superfluous)
            for one in again.proposed:
                if one.ladder in ladders and one.level != levels[one.ladder]:
                    found[one.ladder] = (*found.get(one.ladder, ()), path)
    return found


def _unit(path: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return what can be put back by itself: an entry that is only in one of the cases goes or comes as a whole."""
    name, *rest = path.split(".")
    before, since = _ids(then.get(name)), _ids(now.get(name))
    if path.startswith(_CONTROLS) or len(rest) < len(("id", "fact")):
        return path
    if before is None or since is None:
        return name
    return path if rest[0] in before and rest[0] in since else f"{name}.{rest[0]}"


def _ids(content: Any) -> list[str] | None:
    return [one["id"] for one in content] if isinstance(content, list) else None


def _taking(given: Mapping[str, Any]) -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    """Return what takes into a case, under one path, what a given case states there."""

    def take(case: Mapping[str, Any], path: str) -> dict[str, Any]:
        name, *rest = path.split(".")
        content, other = case.get(name), given.get(name)
        match rest:
            case []:
                taken: Any = other
            case [fact] if isinstance(content or other, dict):
                taken = {**(content or {}), fact: (other or {}).get(fact)}
            case [entry, fact]:
                value = next(one for one in other or () if one["id"] == entry).get(fact)
                taken = [{**one, fact: value} if one["id"] == entry else one for one in content or ()]
            case _:
                # What was not there comes last.
                taken = [one for one in content or () if one["id"] != rest[0]]
                taken += [one for one in other or () if one["id"] == rest[0]]
        return {**case, name: taken}

    return take
