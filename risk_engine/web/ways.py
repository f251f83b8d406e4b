"""The ways down of a case: what would lower its result, what each way comes to, and taking one.

To take a way sets its controls to planned, with who sees to each by when; changes of design stay changes of answers.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any, Final

from django.db import transaction

from risk_engine.engine.replay import Place, applied, read_of
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, either
from risk_engine.files.plain import canonical
from risk_engine.files.source import parse
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.outlook import Way, WaysDown
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.outlook.ways import ways_down
from risk_engine.report.wording import severity_word
from risk_engine.web import cases, questions
from risk_engine.web.models import Case, Person
from risk_engine.web.record_of_rows import CONTROLS
from risk_engine.web.wording import as_iso, status_words

MOST: Final = 6
"""So many ways to one level a page holds."""
READ: Final = 6
"""A way of more parts is told last."""
_NOT_IN_PLACE: Final = frozenset({"planned", "agreed"})
_one_at_a_time = Lock()
"""The solver has one context for the whole process."""


@dataclass(frozen=True)
class Control:
    """A control of a way: what it is, whose it usually is, and what the case says of it."""

    id: str
    title: str
    do: str
    who: str
    status: str
    owner: str
    due: str
    base: int
    is_stated: bool


@dataclass(frozen=True)
class Change:
    """A change of design: the question, its answer now and then, and the page on which it is answered."""

    question: str
    before: str
    after: str
    or_milder: bool
    page: str
    path: str


@dataclass(frozen=True)
class Shown:
    """A way in words: its parts, and whether its controls are planned at least."""

    key: str
    controls: tuple[Control, ...]
    changes: tuple[Change, ...]
    is_taken: bool

    @property
    def is_long(self) -> bool:
        """Whether it has more parts than somebody reads one of several for."""
        return len(self.controls) + len(self.changes) > READ


@dataclass(frozen=True)
class Effect:
    """What ladders, and findings, come to now and by a way: title, now, then."""

    ladders: tuple[tuple[str, str, str], ...]
    findings: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Target:
    """A milder level of a ladder, the ways to it, and where there is none what stands against it."""

    ladder: str
    level: str
    to: str
    ways: tuple[Shown, ...]
    is_all: bool
    obstacles: tuple[str, ...]


def targets(case: Case) -> tuple[Target, ...]:
    """Return the ways down of a case, the nearest level first."""
    sight = questions.of_staff(case)
    return tuple(_target(one, sight) for one in _ways(case))


def way(case: Case, key: str) -> tuple[Shown, Effect]:
    """Return one way down of a case and what it does; LookupError where it is none of the case as it stands."""
    found = next((way for one in _ways(case) for way in one.ways if _key(way) == key), None)
    if found is None:
        raise LookupError(key)
    sight = questions.of_staff(case)
    before = sight.record.worked
    answers = {_place(one.path): _known(one.after) for one in found.changes}
    after = applied(before, found.controls, answers)
    return _shown(found, sight), Effect(tuple(_ladders(before, after)), tuple(_findings(before, after)))


def _ways(case: Case) -> tuple[WaysDown, ...]:
    return _found(_searched(case), case.criteria, cases.today())


def _searched(case: Case) -> bytes:
    """Return what ways are looked for: the case without controls that only stand on paper, so that it is done once."""
    stated = [one for one in case.document.get("controls", ()) if one["status"] not in _NOT_IN_PLACE]
    return canonical({**case.document, "controls": stated})


@lru_cache(maxsize=64)
def _found(document: bytes, criteria: str, on: date) -> tuple[WaysDown, ...]:
    data = parse(document.decode(), "case", is_json=True, nulls=True).data
    with _one_at_a_time:
        return ways_down(Record(data, Under(load_criteria(criteria), on)).worked, MOST)


def _key(one: Way) -> str:
    """Return what a way is called in an address: it hangs on its parts alone."""
    parts = {"controls": one.controls, "changes": {each.path: each.after for each in one.changes}}
    return hashlib.sha256(canonical(parts)).hexdigest()[:12]


# --- in words ---


def _target(one: WaysDown, sight: questions.Sight) -> Target:
    criteria = sight.record.criteria
    ladder = criteria.ladders[one.ladder]
    against = tuple(f"{each.finding} {criteria.indicators[each.finding].title}" for each in one.obstacles)
    ways = tuple(_shown(each, sight) for each in one.ways)
    return Target(ladder.title, ladder.levels[one.level].title, ladder.levels[one.to].title, ways, one.is_all, against)


def _shown(one: Way, sight: questions.Sight) -> Shown:
    controls = tuple(_control(name, sight) for name in one.controls)
    changes = tuple(_change(each.path, each.after, or_milder=each.or_milder, sight=sight) for each in one.changes)
    return Shown(_key(one), controls, changes, bool(controls) and all(each.is_stated for each in controls))


def _place(path: str) -> Place:
    read = read_of(path)
    return read.entity, read.entry, read.fact or ""


def _known(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _control(name: str, sight: questions.Sight) -> Control:
    declared = sight.record.criteria.controls[name]
    row = sight.latest.get(f"{CONTROLS}.{name}")
    stated = (row.value if row else None) or {}
    status = status_words(stated["status"]) if stated else ""
    return Control(
        name,
        declared.title,
        declared.do,
        sight.record.criteria.head.asked_of[declared.who],
        status,
        stated.get("owner", ""),
        stated.get("due", ""),
        row.seq if row else 0,
        is_stated=bool(stated),
    )


def _change(path: str, after: Any, *, or_milder: bool, sight: questions.Sight) -> Change:
    read = read_of(path)
    asked = questions.asked_for(read, sight)
    then = questions.value_in_words(asked, _known(after))
    page = "/".join(filter(None, (read.entity, read.entry)))
    return Change(questions.title_of(sight.record, path), questions.in_words(asked), then, or_milder, page, path)


def _ladders(before: Worked, after: Worked) -> Iterator[tuple[str, str, str]]:
    """Yield what each ladder comes to now and by a way: those that decide, and others that move."""
    for now, then in zip(before.proposed, after.proposed, strict=True):
        ladder = before.criteria.ladders[now.ladder]
        names = list(ladder.levels)

        def words(lowest: str, highest: str, names: list[str] = names, ladder: Any = ladder) -> str:
            return either([ladder.levels[one].title for one in names[names.index(lowest) : names.index(highest) + 1]])

        texts = words(now.lowest, now.highest), words(then.lowest, then.highest)
        if now.ladder in before.criteria.head.roles.deciding or texts[0] != texts[1]:
            yield ladder.title, *texts


def _findings(before: Worked, after: Worked) -> Iterator[tuple[str, str, str]]:
    """Yield the findings that a way lowers, with their severity now and then."""
    then = {one.id: one for one in after.found}
    for one in before.found:
        if one.residual != then[one.id].residual:
            severities = severity_word(one.residual[1]), severity_word(then[one.id].residual[1])
            yield f"{one.id} {one.indicator.title}", *severities


# --- taking one ---


@transaction.atomic
def take(case: Case, chosen: Shown, sent: Mapping[str, str], by: Person) -> None:
    """Plan the controls of a way that the case says nothing of, by whom and when `sent` says, all or none.

    Raise RiskEngineError with all that is missing or wrong, and as `cases.save_beside` does.
    """
    open_ones = [one for one in chosen.controls if not one.is_stated]
    stated = {
        one.id: {name: " ".join(sent.get(f"{name}.{one.id}", "").split()) for name in ("owner", "due")}
        for one in open_ones
    }
    if missing := [one.title for one in open_ones if not all(stated[one.id].values())]:
        raise RiskEngineError(_("say who sees to it, and by which day: {titles}", titles="; ".join(missing)))
    for one in open_ones:
        path = f"{CONTROLS}.{one.id}"
        planned = {**stated[one.id], "status": "planned", "due": as_iso(stated[one.id]["due"])}
        cases.save_beside(case, path, planned, by, _page(chosen), one.base)


@transaction.atomic
def take_back(case: Case, chosen: Shown, by: Person) -> None:
    """Take out of a case the controls that were planned with a way; what somebody changed since stays."""
    rows = cases.latest(case)
    for one in chosen.controls:
        row = rows.get(f"{CONTROLS}.{one.id}")
        if row is not None and row.value is not None and row.page == _page(chosen):
            cases.save_beside(case, row.path, None, by, _page(chosen), row.seq)


def _page(chosen: Shown) -> str:
    return f"ways/{chosen.key}"
