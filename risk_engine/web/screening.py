"""The lists of the office, open for all that a process shows, and what its people decided about hits.

The lists lie in a file of their own (`settings.LISTS`), which the command line reads and writes too. It is opened when
somebody first looks, and anew when it has changed or another day has begun; where an index must be made for that,
nobody waits for it with a page. Decisions are rows of the office, and hold for all of it.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from django.conf import settings
from django.db import IntegrityError, transaction

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.loading.screened_facts import load_screened_facts
from risk_engine.model.companion_files import ScreenedFacts
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.case_record import Record
from risk_engine.office.prefill.subjects import Subject
from risk_engine.screening.asked import Asked
from risk_engine.screening.asked_in import entities_of, of_entry
from risk_engine.screening.decisions import (
    About,
    Decision,
    Said,
    Verdict,
    answering,
    entry_digest,
    plain_asked,
    plain_entry,
)
from risk_engine.screening.entry import ListHead
from risk_engine.screening.hits import Hit
from risk_engine.screening.screen import Screened, Screening
from risk_engine.screening.store import Store, sqlite_problems
from risk_engine.web import cases, log
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Case, HitDecision, Person
from risk_engine.web.rights import cases_for
from risk_engine.web.words import HitVerdict

Stamp: TypeAlias = tuple[int, int, int, date]
"""What the file was when it was opened, and the day as of which."""
_WAITED: Final = 3
"""Seconds for which a page waits until the lists are open: from an index that is kept they are within that."""
_AT_ONCE: Final = 0.2
"""And one on which hits stand beside other things."""
_KEPT: Final = 1000
"""So many organisations stay looked up, until the lists are others."""


class NoListsError(RiskEngineError):
    """The office has no list on which anybody could be looked up."""


class BeingReadError(RiskEngineError):
    """The lists are new or have changed, and are being made ready."""


@dataclass
class _Opened:
    """The lists as they stood on a day: for one thread at a time, since all read them by one connection."""

    stamp: Stamp
    store: Store
    screening: Screening
    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[tuple[tuple[str, ...], str], Screened] = field(default_factory=dict)


class _Opening(threading.Thread):
    """Opens the lists beside the pages; what came of it, or what stood in its way, is kept here."""

    def __init__(self, stamp: Stamp) -> None:
        super().__init__(daemon=True)
        self.stamp = stamp
        self.opened: _Opened | None = None
        self.error: Exception | None = None
        self._context = copy_context()  # in whose language a problem is told

    def run(self) -> None:
        try:
            self.opened = self._context.run(_opened, self.stamp)
        except Exception as error:  # noqa: BLE001 (whoever waits for it raises it)
            self.error = error


_LOCK: Final = threading.Lock()
_LAST: dict[bool, _Opening] = {}
"""What was opened last: as of today, and as of another day, for which somebody asked."""


def place() -> Path:
    """Return the file in which the lists lie, or would."""
    found: Path = settings.LISTS
    return found


def _stamp(on: date) -> Stamp:
    try:
        file = place().stat()
    except OSError as error:
        message = _("The office has no lists yet, so nobody can be looked up.")
        raise NoListsError(message, _("an admin takes one in")) from error
    return file.st_ino, file.st_mtime_ns, file.st_size, on


def _opened(stamp: Stamp) -> _Opened:
    try:
        store = Store.open(place())
        try:
            with sqlite_problems(place()):
                return _Opened(stamp, store, Screening(store, stamp[3], lambda _list, _done: None))
        except BaseException:
            store.close()
            raise
    except RiskEngineError as error:  # which names a folder of the server
        way_out = _("whoever runs the office finds why: `risk-engine lists show --store {file}`", file=place().name)
        raise RiskEngineError(_("The lists of the office cannot be read."), way_out) from error


def open_ahead() -> None:
    """Begin to open the lists, so that nobody waits for them who looks first."""
    with suppress(NoListsError):
        _begun(cases.today(), is_today=True)


def _begun(on: date, *, is_today: bool) -> _Opening:
    stamp = _stamp(on)
    with _LOCK:
        opening = _LAST.get(is_today)
        if opening is None or opening.stamp != stamp or opening.error is not None:
            before, opening = opening, _Opening(stamp)
            _LAST[is_today] = opening
            opening.start()
            if before is not None:
                _close(before)
    return opening


def _lists(on: date | None = None, waited: float | None = None) -> _Opened:
    """Return the lists as of a day, else of today.

    Raise NoListsError, BeingReadError, RiskEngineError for a file that cannot be read.
    """
    today = cases.today()
    is_today = on in {None, today}
    opening = _begun(on or today, is_today=is_today)
    opening.join(_WAITED if waited is None else waited)
    if opening.error is not None:
        raise opening.error
    if opening.opened is None:
        raise BeingReadError(_("The lists have changed and are being read."), _("look again in a moment"))
    if not opening.opened.screening.lists:
        if is_today:
            message = _("The office has no list yet that stands for today, so nobody can be looked up.")
            raise NoListsError(message, _("an admin takes one in"))
        raise NoListsError(_("On that day nobody was on any list that the office has."))
    return opening.opened


def _close(opening: _Opening) -> None:
    """Close lists that gave way to others, unless they are being opened still: then they go with their thread."""
    if opening.opened is not None:
        with opening.opened.lock:
            opening.opened.store.close()


def close() -> None:
    """Close the lists, until somebody looks again."""
    with _LOCK:
        for one in _LAST.values():
            one.join()
            _close(one)
        _LAST.clear()


def heads(on: date | None = None) -> tuple[ListHead, ...]:
    """Return what is known of the lists of today, or as of another day, by their ids. Raises as `screened` does."""
    return _lists(on).screening.heads


def screened(asked: Asked, *, at_once: bool = False) -> Screened:
    """Return which entries of today's lists an organisation may be; it is kept for who asks again.

    `at_once` does not wait for lists that are being opened. Raises NoListsError, BeingReadError, and RiskEngineError
    where the file cannot be read.
    """
    lists = _lists(waited=_AT_ONCE if at_once else None)
    key = asked.names, asked.digest
    with lists.lock:
        if key not in lists.known:
            if len(lists.known) >= _KEPT:
                lists.known.pop(next(iter(lists.known)))
            with sqlite_problems(place()):
                lists.known[key] = lists.screening.screen(asked)
        return lists.known[key]


def typed(asked: Asked, on: date) -> Screened:
    """Return which entries a name may be that somebody types, as of a day; nothing of it is kept. Raises likewise."""
    lists = _lists(on)
    with lists.lock, sqlite_problems(place()):
        return lists.screening.screen(asked)


# --- whom a case names ---


@once
def _facts(criteria: Criteria) -> Mapping[str, ScreenedFacts]:
    return load_screened_facts(criteria, needed=False)


def is_looked_up(record: Record, entity: str) -> bool:
    """Return whether the entries of a list of a case are organisations."""
    return entity in entities_of(record.criteria)


def asked_in(record: Record, entity: str, entry: str) -> Asked | None:
    """Return who an entry of a case is about; None where nobody has named it yet."""
    answers = next((one for one in record.entries(entity) if one["id"] == entry), {})
    return of_entry(record.criteria, _facts(record.criteria), entity, answers, f"{record.under.path} {entity}.{entry}")


def subject_in(record: Record, entity: str, entry: str) -> Subject | None:
    """Return an entry as that of which facts are proposed; None where it has no name, or its set proposes none."""
    facts, asked = _facts(record.criteria).get(entity), asked_in(record, entity, entry)
    if facts is None or asked is None:
        return None
    answers = {fact: record.stated(Read(entity, entry, fact)) for fact in record.criteria.entities[entity].facts}
    return Subject(asked, entity, f"{entity}.{entry}.", answers, record.criteria, facts)


# --- what was decided ---


def decided(person: Person | None, hits: Iterable[Hit]) -> About:
    """Return what says what was decided about hits, as far as somebody may know it; None: the office itself.

    What was decided from a confidential case that they do not see is not there for them: they are asked. Of another
    case that they do not see the decision holds, and stands there without who made it and why.
    """
    rows = HitDecision.objects.filter(hit__in={one.id for one in hits}, is_erased=False).order_by("-pk")
    found = list(rows.select_related("by", "case"))
    numbers = {one.case_id for one in found if one.case_id is not None}
    seen = numbers if person is None else set(cases_for(person).filter(pk__in=numbers).values_list("pk", flat=True))
    of_hit: dict[str, list[Said]] = {}
    for row in found:
        is_seen = row.case_id is None or row.case_id in seen
        if is_seen or (row.case is not None and not row.case.confidential):
            of_hit.setdefault(row.hit, []).append(_said(row, is_seen=is_seen))

    return _about(of_hit)


def every_decision(*, confidential: bool) -> About:
    """Return what says what was decided about any hit, not by whom and why; in or without confidential cases."""
    rows = HitDecision.objects.filter(is_erased=False).select_related("by", "case").order_by("-pk")
    of_hit: dict[str, list[Said]] = {}
    for row in rows if confidential else rows.exclude(case__confidential=True):
        of_hit.setdefault(row.hit, []).append(_said(row, is_seen=False))
    return _about(of_hit)


def _about(of_hit: Mapping[str, Sequence[Said]]) -> About:
    def about(asked: Asked, hit: Hit) -> Decision | None:
        return answering(of_hit.get(hit.id, ()), asked, hit)

    return about


def _said(row: HitDecision, *, is_seen: bool) -> Said:
    who = row.by.name if is_seen else _("somebody of the office")
    why = row.reason if is_seen else _("the reason stands in a case that you do not see")
    day = row.at.astimezone().date()
    return Said(HitVerdict(row.verdict).value, who, why, day, row.asked, row.entry, row.entry_digest)


def digest_of(asked: Asked, hit: Hit) -> str:
    """Return what stands for both sides of a hit, so that nobody decides about another one than they saw."""
    return f"{asked.digest[:32]}{entry_digest(hit.entry)[:32]}"


@transaction.atomic
def decide(case: Case | None, asked: Asked, hit: Hit, verdict: Verdict, reason: str, by: Person) -> HitDecision:
    """Keep what somebody says of a hit, from a case or from what is on file; the same said twice is one decision.

    Raise RefusedError without a reason, and by whom reviewed or decided the case in this round.
    """
    reason = reason.strip()
    if is_blank(reason):
        raise RefusedError(_("Say why: whoever comes to this hit later reads it."))
    cases.check_readable({"reason": reason}, hit.id)
    if case is not None:
        case = Case.objects.select_for_update().get(pk=case.pk)
        try:
            with transaction.atomic():
                cases.take_part(case, by)
        except IntegrityError as error:
            message = _("Who reviewed or decided this case in this round does not decide about its hits.")
            raise RefusedError(message) from error
    stated = {
        "hit": hit.id,
        "verdict": verdict,
        "reason": reason,
        "asked": plain_asked(asked),
        "entry": plain_entry(hit.entry),
        "entry_digest": entry_digest(hit.entry),
        "case": case,
        "by": by,
    }
    last = HitDecision.objects.filter(hit=hit.id, is_erased=False).order_by("-pk").first()
    if last is not None and all(getattr(last, name) == value for name, value in stated.items()):
        return last
    made = HitDecision.objects.create(**stated)
    verb = "hit_confirmed" if verdict == "confirmed" else "hit_ruled_out"
    log.note(verb, by, case, hit=hit.id, decision=made.pk)
    return made
