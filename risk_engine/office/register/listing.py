"""The cases of a register as rows, what narrows a list of them, and what has a date; what is not known stays listed."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.language import N_, NP_, _, pgettext
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Entry, Explanation
from risk_engine.model.ladders import Role
from risk_engine.office.register.record import CaseRecord, DecisionState, words_of
from risk_engine.report.pages.ruling import Standing, conditions_told, standings
from risk_engine.report.several import ROLES, ladder_heads
from risk_engine.report.unsettled import level_words

DECISION_WORDS: dict[DecisionState, str] = {
    "none": N_("awaited"),
    "outdated": N_("on an earlier assessment"),
    "broken": N_("does not hold, see `register show`"),
    "contradicted": N_("two or more side by side, see `register show`"),
    "unconfirmed": N_("awaits confirmation"),
    "decided": N_("decided"),
}
Ladder: TypeAlias = tuple[str, Role | None, tuple[str, ...]]
"""A ladder of some assessment: its name, its role, its levels."""


@dataclass(frozen=True)
class Narrowed:
    """By what a list is narrowed; a case must fit everything that is said."""

    level: str | None = None
    partner: str | None = None
    due: bool = False
    still_open: bool = False
    awaiting_decision: bool = False
    older_than: str | None = None


class Narrowing:
    """Says of one case after another whether it fits, and once all were seen whether what was asked means anything."""

    def __init__(self, by: Narrowed, on: date) -> None:
        """`on` is the day for what is overdue."""
        self._problems: list[str] = []
        self._tests: list[Callable[[CaseRecord], bool]] = []
        self._level = None if by.level is None else _split(by.level, "=")
        self._ladders: dict[Ladder, None] = {}
        if self._level is not None:
            ladder, level = self._level
            self._tests.append(lambda one: _may_be(one, ladder, level))
        if by.older_than is not None:
            name, number = _split(by.older_than, "@")
            version = _version(number)
            if version is None:
                way_out = help_line(_("write it like `1.0.0` or `SET@1.0.0`"))
                self._problems.append(_("`{text}` is no version", text=number) + way_out)
            self._tests.append(lambda one: version is not None and _is_older(one, name, version))
        if by.partner is not None:
            wanted = _folded(by.partner)
            self._tests.append(lambda one: one.current is None or any(wanted in each for each in _partners(one)))
        if by.due:
            self._tests.append(lambda one: any(item.is_overdue(on) for item in dues(one)))
        if by.still_open:
            self._tests.append(lambda one: one.current is None or is_open(one.current.assessment))
        if by.awaiting_decision:
            self._tests.append(lambda one: one.decision_state() != "decided" and not one.is_closed())

    def fits(self, record: CaseRecord) -> bool:
        """Return whether a case fits everything that is asked for."""
        if self._level is not None and record.current is not None:
            for one in record.current.assessment.proposals:
                self._ladders[one.ladder, one.role, one.levels] = None
        return all(test(record) for test in self._tests)

    def check(self) -> None:
        """Raise RiskEngineError with everything in what was asked for that means nothing among the cases seen."""
        problems = [*(_level_problems(self._ladders, *self._level) if self._level else ()), *self._problems]
        if problems:
            raise RiskEngineError("\n".join(problems))


def _partners(record: CaseRecord) -> Iterator[str]:
    return (_folded(f"{entry.label}\n{_entry_id(entry)}") for entry in _entries(record))


def columns(titles: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return what stands above the columns: a ladder's own title, where all cases are under the same one."""
    rest = (_("Still open"), _("Decision"), _("Decided"), _("Review"), _("Criteria"))
    return (_("Case"), _("Title"), _("With"), *ladder_heads(titles), *rest)


def titles(record: CaseRecord) -> frozenset[tuple[str, str]]:
    """Return what the ladder in each role is called; the same for all cases that were assessed under the same set."""
    if record.current is None:
        return frozenset()
    assessment = record.current.assessment
    ladders = words_of(assessment, record.current.filed.path).ladders
    return frozenset((one.role, ladders[one.ladder].title) for one in assessment.proposals if one.role)


def row(record: CaseRecord) -> tuple[str, ...]:
    """Return the cells of a case, in the order of `columns`."""
    current = record.shown
    if current is None:
        return (record.case_id, _("not assessed"), *("–" for _column in columns(())[2:]))
    return (
        current.case_id,
        current.case_title,
        ", ".join(labels(record)),
        *(level_words(current.proposal(role)) for role in ROLES),
        _("yes") if is_open(current) else _("no"),
        decision_words(record),
        decided_words(record),
        _("closed") if record.is_closed() else current.review_due.isoformat(),
        f"{current.criteria.id} {current.criteria.version}",
    )


def is_untold(record: CaseRecord) -> bool:
    """Return whether what the criteria say of a case is not in the current language."""
    return record.shown is not None and not record.shown.is_translated


def decision_words(record: CaseRecord) -> str:
    """Return how far the decision of a case has come, of which day it is, and whether it is not what was proposed."""
    words = _(DECISION_WORDS[record.decision_state()])
    if record.ruled is None:
        return words
    day = record.ruled.decision.on
    if record.ruled.decision.deviates:
        return _("{state}, {day}, not as proposed", state=words, day=day)
    return f"{words}, {day}"


def decided_words(record: CaseRecord) -> str:
    """Return the level that was decided for the result, and each other level that is not the proposed one.

    Of decisions that stand side by side each is told, and one on an earlier assessment too: `decision_words` says so.
    """
    told = [standings(record.shown, one) for one in _decisions(record)]
    return " / ".join(dict.fromkeys(", ".join(_decided(one)) for one in told)) or "–"


def _decided(levels: Sequence[Standing]) -> Iterator[str]:
    yield from (one.level for one in levels if one.role == "headline")
    yield from (f"{one.title}: {one.level}" for one in levels if one.role != "headline" and one.proposed)


def _decisions(record: CaseRecord) -> list[Decision]:
    return [one.decision for one in (record.ruled, *record.rulings.beside) if one is not None]


def labels(record: CaseRecord) -> tuple[str, ...]:
    """Return the names of those whom a case is with: the entries of the first list of the set that gives them names."""
    named = [one for one in _entries(record) if one.label != _entry_id(one)]
    return tuple(dict.fromkeys(one.label for one in named if _entity(one) == _entity(named[0])))


def is_open(assessment: Assessment | Explanation) -> bool:
    """Return whether missing answers leave a result open."""
    return any(one.provisional for one in assessment.proposals)


def _entries(record: CaseRecord) -> tuple[Entry, ...]:
    return record.shown.entries if record.shown else ()


def _entity(entry: Entry) -> str:
    return entry.path.partition(".")[0]


def _entry_id(entry: Entry) -> str:
    return entry.path.partition(".")[2]


def _split(text: str, sign: str) -> tuple[str | None, str]:
    lead, found, rest = text.rpartition(sign)
    return (lead if found else None), rest


def _may_be(record: CaseRecord, ladder: str | None, level: str) -> bool:
    """Return whether a case has that level, may have it (while it is open), or was decided to have it."""
    if record.current is None:
        return True
    decided = (one for decision in _decisions(record) for one in decision.levels)
    return any(
        level == one.decided.name
        for one in decided
        if (one.role == "headline" if ladder is None else one.ladder == ladder)
    ) or any(
        level in {one.level, *one.range}
        for one in record.current.assessment.proposals
        if (one.role == "headline" if ladder is None else one.ladder == ladder)
    )


def _level_problems(known: Iterable[Ladder], ladder: str | None, level: str) -> Iterator[str]:
    ladders = list(dict.fromkeys(name for name, _role, _levels in known))
    if ladder is not None and ladder not in ladders:
        text = _("no case of this register has a ladder `{ladder}`", ladder=ladder)
        yield f"{text}{help_line(suggestion(ladder, ladders))}"
        return
    asked = [one for one in known if (one[1] == "headline" if ladder is None else one[0] == ladder)]
    names = list(dict.fromkeys(name for _ladder, _role, levels in asked for name in levels))
    if level in names or not ladders:
        return
    others = [name for name, _role, levels in known if ladder is None and level in levels]
    way_out = _("write `{level}`", level=f"{others[0]}={level}") if others else suggestion(level, names)
    text = _("`{level}` is no level of {ladder}", level=level, ladder=ladder or asked[0][0])
    yield f"{text}{help_line(way_out)}"


def _version(text: str) -> tuple[int, ...] | None:
    parts = text.split(".")
    fits = len(parts) == len(("major", "minor", "patch")) and all(one.isascii() and one.isdecimal() for one in parts)
    return tuple(map(int, parts)) if fits else None


def _is_older(record: CaseRecord, name: str | None, version: tuple[int, ...]) -> bool:
    if record.current is None:
        return True
    criteria = record.current.assessment.criteria
    return (name is None or criteria.id == name) and (_version(criteria.version) or ()) < version


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


What: TypeAlias = Literal["condition", "control", "review", "retention"]
_WORDS: dict[What, tuple[str, str]] = {
    "condition": NP_("what is due", "condition"),
    "control": NP_("what is due", "control"),
    "review": NP_("what is due", "review"),
    "retention": NP_("what is due", "retention"),
}


def due_words(what: What) -> str:
    """Return what people call a thing that is due."""
    return pgettext(*_WORDS[what])


@dataclass(frozen=True, order=True)
class Due:
    """One thing with a date: what, for which case, who sees to it."""

    day: date
    case_id: str
    what: What
    text: str
    owner: str = ""

    def is_overdue(self, on: date) -> bool:
        """Return whether its day has passed."""
        return self.day < on


def due_columns() -> tuple[str, ...]:
    """Return what stands above the columns of `due_rows`."""
    return (pgettext("column", "Due"), _("State"), _("Case"), _("What"), _("Text"), _("Who"))


def due_rows(found: Iterable[Due], on: date) -> list[tuple[str, ...]]:
    """Return a row for each, in their order in time, as seen on a day."""
    return [
        (
            f"{one.day}",
            _("overdue") if one.is_overdue(on) else _("coming"),
            one.case_id,
            due_words(one.what),
            one.text,
            one.owner,
        )
        for one in sorted(found)
    ]


def dues(record: CaseRecord) -> Iterator[Due]:
    """Yield everything of a case that has a date.

    A closed case needs no review and no control any more; what was decided to be done, and how long to keep it, stays.
    """
    if record.current is not None:
        yield from _dues_of_work(record)
        yield from dues_of_case(record)


def dues_of_case(record: CaseRecord) -> Iterator[Due]:
    """Yield when a case is to be looked at again, and until when it is kept: no word of the criteria tells it."""
    if record.current is None:
        return
    if not record.is_closed():
        yield Due(record.current.assessment.review_due, record.case_id, "review", _("Look at the case again"))
    retain_until = record.case.get("retain_until")
    if isinstance(retain_until, str):
        yield Due(date.fromisoformat(retain_until), record.case_id, "retention", _("The time to keep the record ends"))


def has_work_due(record: CaseRecord, last: date) -> bool:
    """Return whether a control or a condition of a case has a day until then: what `dues` tells of it needs words."""
    days = [one.get("due") for one in record.case.get("controls") or ()]
    if record.ruled:
        days += [one.due and one.due.isoformat() for one in record.ruled.decision.conditions]
    return any(day is not None and day <= last.isoformat() for day in days)


def _dues_of_work(record: CaseRecord) -> Iterator[Due]:
    case_id, current = record.case_id, record.shown
    assert current is not None  # noqa: S101 (it was assessed)
    in_place = {one.id for one in current.controls if one.counts_as == "in_place"}
    conditions = conditions_told(record.ruled.decision, current) if record.ruled else ()
    decided = {one.control for one in conditions if one.due is not None}
    for one in conditions:
        if one.due is not None and one.control not in in_place:
            text = f"{one.text} ({one.control})" if one.control else one.text
            yield Due(one.due, case_id, "condition", text, one.owner or "")
    if not record.is_closed():
        for control in current.controls:
            # What the decision made a condition has the day that the decision gave it.
            if control.due is not None and control.id not in in_place | decided:
                yield Due(
                    control.due, case_id, "control", f"{control.title} ({control.id})", control.owner or control.who
                )
