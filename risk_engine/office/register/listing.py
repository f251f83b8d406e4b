"""The cases of a register as rows, and what narrows a list of them; what is not known is never left out."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from risk_engine.files.diagnostics import RiskEngineError, help_line, suggestion
from risk_engine.files.language import N_, _
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Entry, Explanation, Proposal
from risk_engine.office.register.due import dues
from risk_engine.office.register.record import CaseRecord, DecisionState
from risk_engine.office.register.told import words_of
from risk_engine.report.pages.ruling import Standing, standings
from risk_engine.report.wording import open_between

DECISION_WORDS: dict[DecisionState, str] = {
    "none": N_("awaited"),
    "outdated": N_("on an earlier assessment"),
    "broken": N_("does not hold, see `register show`"),
    "contradicted": N_("two or more side by side, see `register show`"),
    "unconfirmed": N_("awaits confirmation"),
    "decided": N_("decided"),
}
_ROLES = (("gate", N_("Gate")), ("headline", N_("Result")), ("escalation", N_("Escalation")))


@dataclass(frozen=True)
class Narrowed:
    """By what a list is narrowed; a case must fit everything that is said."""

    level: str | None = None
    partner: str | None = None
    due: bool = False
    still_open: bool = False
    awaiting_decision: bool = False
    older_than: str | None = None


def narrowed(records: Sequence[CaseRecord], by: Narrowed, on: date) -> list[CaseRecord]:
    """Return the records that fit; raise RiskEngineError with everything in `by` that means nothing here."""
    problems: list[str] = []
    tests: list[Callable[[CaseRecord], bool]] = []
    if by.level is not None:
        ladder, level = _split(by.level, "=")
        problems += _level_problems(records, ladder, level)
        tests.append(lambda one: _may_be(one, ladder, level))
    if by.older_than is not None:
        name, number = _split(by.older_than, "@")
        version = _version(number)
        if version is None:
            way_out = help_line(_("write it like `1.0.0` or `SET@1.0.0`"))
            problems.append(_("`{text}` is no version", text=number) + way_out)
        tests.append(lambda one: version is not None and _is_older(one, name, version))
    if by.partner is not None:
        wanted = _folded(by.partner)
        tests.append(
            lambda one: (
                any(wanted in _folded(f"{entry.label}\n{_entry_id(entry)}") for entry in _entries(one))
                or not one.current
            )
        )
    if by.due:
        tests.append(lambda one: any(item.is_overdue(on) for item in dues(one)))
    if by.still_open:
        tests.append(lambda one: one.current is None or is_open(one.current.assessment))
    if by.awaiting_decision:
        tests.append(lambda one: one.decision_state() != "decided" and not one.is_closed())
    if problems:
        raise RiskEngineError("\n".join(problems))
    return [one for one in records if all(test(one) for test in tests)]


def columns(records: Sequence[CaseRecord]) -> tuple[str, ...]:
    """Return what stands above the columns: a ladder's own title, where all cases are under the same one."""
    titles = (found.pop() if len(found := _titles(records, role)) == 1 else _(word) for role, word in _ROLES)
    rest = (_("Still open"), _("Decision"), _("Decided"), _("Review"), _("Criteria"))
    return (_("Case"), _("Title"), _("With"), *titles, *rest)


def row(record: CaseRecord) -> tuple[str, ...]:
    """Return the cells of a case, in the order of `columns`."""
    current = record.shown
    if current is None:
        return (record.case_id, _("not assessed"), *("–" for _column in columns([])[2:]))
    return (
        current.case_id,
        current.case_title,
        ", ".join(labels(record)),
        *(level_words(current.proposal(role)) for role, _word in _ROLES),
        _("yes") if is_open(current) else _("no"),
        decision_words(record),
        decided_words(record),
        _("closed") if record.is_closed() else current.review_due.isoformat(),
        f"{current.criteria.id} {current.criteria.version}",
    )


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


def _titles(records: Sequence[CaseRecord], role: str) -> set[str]:
    """Return what the ladders in a role are called."""
    several = (record.current for record in records if record.current)
    found = ((one, proposal.ladder) for one in several if (proposal := one.assessment.proposal(role)))
    return {words_of(one.assessment, one.filed.path).ladders[ladder].title for one, ladder in found}


def level_words(proposal: Proposal | None) -> str:
    """Return the level of a proposal, or between which levels it is still open, in the words of the set."""
    return (open_between(proposal) or proposal.level.title) if proposal else "–"


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


def _level_problems(records: Sequence[CaseRecord], ladder: str | None, level: str) -> Iterator[str]:
    proposals = [one for record in records if record.current for one in record.current.assessment.proposals]
    ladders = list(dict.fromkeys(one.ladder for one in proposals))
    if ladder is not None and ladder not in ladders:
        text = _("no case of this register has a ladder `{ladder}`", ladder=ladder)
        yield f"{text}{help_line(suggestion(ladder, ladders))}"
        return
    asked = [one for one in proposals if (one.role == "headline" if ladder is None else one.ladder == ladder)]
    known = list(dict.fromkeys(name for one in asked for name in one.levels))
    if level in known or not proposals:
        return
    others = [one.ladder for one in proposals if ladder is None and level in one.levels]
    way_out = _("write `{level}`", level=f"{others[0]}={level}") if others else suggestion(level, known)
    text = _("`{level}` is no level of {ladder}", level=level, ladder=ladder or asked[0].ladder)
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
