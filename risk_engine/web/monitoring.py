"""What changed around the cases of the office, which of them it touches, and who saw it.

The worker looks each day, and when somebody asks for it, by the functions of `risk-engine monitor`
(`office/monitor`). Who may not see a case is told of no change by it; what somebody acknowledged is a row of the office
and holds for all, of each case by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import ENGLISH, _, current
from risk_engine.files.plain import digest
from risk_engine.files.writing import write_bytes
from risk_engine.loading.on_file import FOLDER
from risk_engine.office.monitor.cases import CaseSeen, Named
from risk_engine.office.monitor.changes import Acknowledged, Change, Gravity, Part, Report, Touch, left, still_due
from risk_engine.office.monitor.changes import CaseState as SeenState
from risk_engine.office.monitor.outside import calendar, feed
from risk_engine.office.monitor.run import Wanted, look
from risk_engine.office.monitor.state import State, write_state
from risk_engine.web import cases, log, on_file, screened_lists, screening, studies, works
from risk_engine.web.as_folder import as_folder
from risk_engine.web.models import Case, Changed, ChangeSeen, Dossier, Filed, Job, Look, Person, Touched
from risk_engine.web.rights import cases_for
from risk_engine.web.words import JobKind, SealedKind
from risk_engine.web.words import State as CaseState

AHEAD: Final = 30
"""So many days ahead dates are told."""
_AT_ONCE: Final = 500
_OF_LISTS: Final = ("listed", "unlisted")
Form: TypeAlias = Literal["ics", "atom"]
TYPES: Final[Mapping[Form, str]] = {"ics": "text/calendar", "atom": "application/atom+xml"}
"""What other programs may have of it: a calendar of days, and a feed."""


def ask(by: Person) -> Job:
    """Write down that somebody wants to know what changed; return the job, the same one while it waits."""
    waiting = Job.objects.filter(kind=JobKind.MONITOR, finished=None, given_up=False).first()
    return waiting or Job.objects.create(kind=JobKind.MONITOR, by=by, language=current())


def begin_day() -> None:
    """Write down that the office looks today, once."""
    once = f"monitor {cases.today()}"
    Job.objects.get_or_create(once=once, defaults={"kind": JobKind.MONITOR, "language": ENGLISH})


def last_look() -> Look | None:
    """Return the last look."""
    return Look.objects.select_related("by").order_by("-pk").first()


def last_job() -> Job | None:
    """Return what was asked for last."""
    return Job.objects.filter(kind=JobKind.MONITOR).order_by("-pk").first()


# --- the worker's part ---


def run(job: Job) -> None:
    """Look at all cases that are not closed, and keep what was found; the job says how far it is.

    Raises RiskEngineError where the last look cannot be built on.
    """
    today, before = cases.today(), last_look()
    found = Case.objects.exclude(state=CaseState.CLOSED)
    numbers = dict(Case.objects.values_list("number", "pk"))
    exports = works.watched()
    confidential = Case.objects.filter(confidential=True).values_list("number", flat=True)
    with as_folder(found) as folder:
        state = folder / "state.json"
        if before is not None:
            write_state(state, State.model_validate_json(before.state))
        wanted = Wanted(
            folder,
            state,
            today,
            AHEAD,
            lists=_lists(),
            partners=_on_file(folder),
            jobs=studies.at_once(),
            works=[partial(works.joint, one) for one in exports],
            elsewhere=list(_elsewhere()) if exports else (),
            confidential=frozenset(confidential),
            decided=screening.every_decision(confidential=True),
        )
        looked = look(wanted, studies.telling(job))
    _keep(job, looked.report, looked.state, numbers)


def _elsewhere() -> Iterator[CaseSeen]:
    """Yield the cases that are not in the folder and name partners all the same: drafts, and what is closed."""
    filed = Filed.objects.filter(sealed__kind=SealedKind.ASSESSMENT).values("case")
    for case in Case.objects.filter(Q(state=CaseState.CLOSED) | ~Q(pk__in=filed)).order_by("pk").iterator(_AT_ONCE):
        record = cases.record(case)
        named = tuple(
            Named(f"{entity}.{entry['id']}", asked.names, asked.country, dict(asked.identifiers))
            for entity in record.criteria.entities
            if screening.is_looked_up(record, entity)
            for entry in record.entries(entity)
            if (asked := screening.asked_in(record, entity, entry["id"])) is not None
        )
        state: SeenState = "closed" if case.state == CaseState.CLOSED else "open"
        yield CaseSeen(Path(), case_id=case.number, title=case.title, state=state, named=named)


def _lists() -> Path | None:
    """Return the lists of the office, unless nobody could be looked up on any; what cannot be read the look says."""
    try:
        there = any(one.standing != "registry" for one in screened_lists.heads())
    except RiskEngineError:
        there = True
    return screening.place() if there else None


def _on_file(folder: Path) -> Path | None:
    """Write what is on file beside the cases of a folder; return where, None where nothing is on file."""
    there = folder / FOLDER
    for one in Dossier.objects.select_related("sealed").order_by("key"):
        there.mkdir(exist_ok=True)
        write_bytes(there / f"{one.key}.yaml", on_file.content_of(one, on_file.standing(one)))
    return there if there.is_dir() else None


@transaction.atomic
def _keep(job: Job, report: Report, state: State, numbers: Mapping[str, int]) -> None:
    """Write down what a look found, in place of what the one before it did."""
    Look.objects.all().delete()
    # What a case calls somebody is not kept for longer than the look that tells it.
    told = {one.id for one in report.changes}
    state = state.model_copy(
        update={
            "asked": {key: one.model_copy(update={"name": ""}) for key, one in state.asked.items()},
            "found": tuple(one for one in state.found if one.kind not in _OF_LISTS or one.change().id in told),
        }
    )
    made = Look.objects.create(
        by=job.by,
        on=report.on,
        before=report.last,
        language=current(),
        state=state.model_dump_json(by_alias=True),
        # Of the others the words may name a case, which not everybody sees.
        parts=[
            {"name": one.name, "state": one.state, "said": one.said if one.name == "works" else ""}
            for one in report.parts
        ],
    )
    there = set(Case.objects.values_list("pk", flat=True))  # one may be gone since it was looked at
    touched: list[Touched] = []
    for one in report.changes:
        change = Changed.objects.create(
            look=made,
            kind=one.kind,
            about=dict(one.about),
            least=one.least,
            is_event=one.is_event,
            first=one.first,
            is_new=one.is_new,
            # What is on file, and what an export has, everybody sees who sees cases.
            touches_some=bool(one.touches)
            and one.kind != "uncovered"
            and not any(each.state == "on_file" for each in one.touches),
            lines=list(one.lines),
        )
        touched += [
            Touched(
                change=change,
                case_id=numbers[each.case_id],
                state=each.state,
                gravity=each.gravity,
                facts=dict(each.facts),
                lines=list(each.lines),
                is_new=each.digest in one.new,
            )
            for each in one.touches
            if numbers.get(each.case_id) in there
        ]
    Touched.objects.bulk_create(touched, batch_size=_AT_ONCE)
    log.note("monitor_look", job.by, None, changes=len(report.changes))


@transaction.atomic
def forget(found: QuerySet[Changed]) -> None:
    """Let go of what lists said of somebody, of whom something was erased; the next look finds it anew."""
    rows = found.filter(kind__in=_OF_LISTS)
    keys = {one.about["asked"] for one in rows}
    for made in Look.objects.filter(changes__in=rows).distinct():
        state = State.model_validate_json(made.state)
        kept = tuple(one for one in state.found if one.kind not in _OF_LISTS or one.about["asked"] not in keys)
        made.state = state.model_copy(update={"found": kept}).model_dump_json(by_alias=True)
        made.save(update_fields=["state"])
    Changed.objects.filter(pk__in=[one.pk for one in rows]).delete()


# --- what there is to see of it ---


@dataclass(frozen=True)
class Found:
    """What the last look found for somebody: of the cases that they see, and of criteria."""

    look: Look
    report: Report
    """With what nobody acknowledged, the worst first."""
    seen: tuple[tuple[Change, Acknowledged], ...]
    """What was acknowledged, the latest first."""


def found_for(person: Person) -> Found | None:
    """Return what the last look found for somebody; None where nobody looked yet."""
    made = last_look()
    if made is None:
        return None
    visible = cases_for(person)
    every = _changes(made, dict(visible.values_list("pk", "title")))
    known = _acknowledged(person, [one.id for one in every])
    shown = [one for one in (left(each, known.get(each.id, ())) for each in every) if one is not None]
    seen = [(one, each) for one in every for each in known.get(one.id, ())]
    parts = tuple(Part(one["name"], one["said"], one["state"]) for one in made.parts)
    report = Report(
        settings.ADDRESS,
        made.on,
        made.before,
        tuple(sorted(shown, key=lambda one: one.order)),
        len(seen),
        parts,
        quiet=tuple(still_due(every, [each for several in known.values() for each in several])),
    )
    return Found(made, report, tuple(sorted(seen, key=lambda one: one[1].on, reverse=True)))


def for_programs(person: Person, form: Form) -> bytes:
    """Return what the last look found for somebody as a calendar or a feed; nothing is in it where nobody looked."""
    found = found_for(person)
    report = found.report if found else Report(settings.ADDRESS, cases.today(), None, (), 0, ())
    root = digest(settings.ADDRESS)[:32]
    return calendar(report, root, timezone.now()) if form == "ics" else feed(report, root)


def _changes(made: Look, titles: Mapping[int, str]) -> list[Change]:
    """Return the changes of a look with the cases that somebody sees; one that touches others alone is not there."""
    rows = Touched.objects.filter(change__look=made, case__in=titles).select_related("case")
    touches: dict[int, list[tuple[Touch, bool]]] = {}
    for one in rows.order_by("pk"):
        title = titles[one.case_id]
        touch = Touch(one.case.number, title, one.state, Gravity(one.gravity), one.facts, tuple(one.lines))  # type: ignore[arg-type] # as it was written
        touches.setdefault(one.change_id, []).append((touch, one.is_new))
    return [
        Change(
            one.kind,  # type: ignore[arg-type] # likewise
            one.about,
            tuple(touch for touch, _is_new in touches.get(one.pk, ())),
            tuple(one.lines),
            least=Gravity(one.least),
            is_event=one.is_event,
            first=one.first,
            is_new=one.is_new,
            new=frozenset(touch.digest for touch, is_new in touches.get(one.pk, ()) if is_new),
        )
        for one in made.changes.order_by("pk")
        if (one.pk in touches or not one.touches_some)
        # Who sees the confidential case that names a partner knows that there is one.
        and not any(touch.facts.get("covers") for touch, _is_new in touches.get(one.pk, ()))
    ]


def _acknowledged(person: Person, keys: Iterable[str]) -> dict[str, list[Acknowledged]]:
    """Return what was acknowledged of some changes, as far as somebody may know it, the oldest first."""
    rows = ChangeSeen.objects.filter(change__in=set(keys)).select_related("by", "case").order_by("pk")
    seen = set(cases_for(person).values_list("pk", flat=True))
    found: dict[str, dict[tuple[Any, ...], Acknowledged]] = {}
    for row in rows:
        if row.case_id is not None and row.case_id not in seen:
            continue
        of_change = found.setdefault(row.change, {})
        key = row.by_id, row.at.astimezone().date(), row.reason
        one = of_change.get(key) or Acknowledged(
            row.change, "due", {}, frozenset(), row.by.name, row.at.astimezone().date(), row.reason
        )
        of_change[key] = replace(one, touched=one.touched | ({row.touch} if row.touch else frozenset()))
    return {key: list(several.values()) for key, several in found.items()}


def digest_of(change: Change) -> str:
    """Return what stands for a change with the cases that somebody was shown."""
    return digest({"change": change.id, "touches": sorted(one.digest for one in change.touches)})


@transaction.atomic
def acknowledge(person: Person, key: str, seen: str, reason: str) -> None:
    """Remember that somebody saw a change, for the cases that they were shown; it is told again where it changes.

    Raises RiskEngineError without a reason, and where it is another change by now.
    """
    reason = reason.strip()
    if is_blank(reason):
        raise RiskEngineError(_("Say what follows of it, or why nothing does."))
    cases.check_readable({"reason": reason}, key)
    found = found_for(person)
    change = next((one for one in found.report.changes if one.id == key), None) if found else None
    if change is None or digest_of(change) != seen:
        raise RiskEngineError(_("Something else is told by now: look at it again."))
    numbers = dict(cases_for(person).values_list("number", "pk"))
    at = {"change": change.id, "reason": reason, "by": person}
    rows = [ChangeSeen(**at, case_id=numbers[one.case_id], touch=one.digest) for one in change.touches]
    ChangeSeen.objects.bulk_create(rows or [ChangeSeen(**at)], batch_size=_AT_ONCE)
    log.note("change_seen", person, None, change=change.id, cases=len(change.touches))
