"""All partners looked up anew: which hits are new since the last time, and which are gone.

The worker does it each day on which what is listed has changed, and when somebody asks for it. An organisation is
looked up once, however many cases name it; what is new or gone stands with each case and each file that names it, so
that who may not see a case sees nothing of it here. What a person ruled out is nothing new.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import ENGLISH, current
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import About, entry_digest
from risk_engine.screening.hits import Hit
from risk_engine.screening.screen import Screened, Screening
from risk_engine.screening.store import Store, sqlite_problems
from risk_engine.web import cases, log, on_file, outbox, screening, studies
from risk_engine.web.models import Case, Dossier, HitNews, Job, LookedUp, Person, Recheck
from risk_engine.web.rights import cases_for
from risk_engine.web.words import JobKind, MailKind, News

SHOWN: Final = timedelta(days=60)
"""So long what was new or gone is shown."""
_AT_ONCE: Final = 200
_HIT: Final = HitNews._meta.get_field("hit").max_length or 0
_NAME: Final = HitNews._meta.get_field("name").max_length or 0


def ask(by: Person) -> Job:
    """Write down that all partners are to be looked up anew; return the job, the same one while it waits."""
    waiting = Job.objects.filter(kind=JobKind.RECHECK, finished=None, given_up=False).first()
    return waiting or Job.objects.create(kind=JobKind.RECHECK, by=by, language=current())


def begin_if_changed() -> None:
    """Write down that all partners are to be looked up anew where something else is listed than when they last were."""
    try:
        due = screening.place().is_file() and is_due()
    except RiskEngineError:  # the worker says in its row why they cannot be read, and the rest of the day is done
        due = True
    if due:
        once = f"recheck {cases.today()}"
        Job.objects.get_or_create(once=once, defaults={"kind": JobKind.RECHECK, "language": ENGLISH})


def is_due() -> bool:
    """Return whether something else is listed than when all were last looked up."""
    with Store.open(screening.place()) as store:
        now = store.digest(cases.today())
    last = last_one()
    return last is None or last.lists != now


def last_one() -> Recheck | None:
    """Return when all were last looked up."""
    return Recheck.objects.select_related("by").order_by("-pk").first()


def last_job() -> Job | None:
    """Return what was asked for last."""
    return Job.objects.filter(kind=JobKind.RECHECK).order_by("-pk").first()


# --- who is looked up ---


@dataclass(frozen=True)
class Named:
    """An organisation, and what names it."""

    asked: Asked
    entries: list[tuple[int, str]] = field(default_factory=list)
    """Cases, and the entry in each."""
    dossiers: list[Dossier] = field(default_factory=list)


def everyone() -> list[Named]:
    """Return whom the cases and what is on file name, each organisation once."""
    found: dict[str, Named] = {}
    for case in Case.objects.order_by("pk").iterator(_AT_ONCE):
        record = cases.record(case)
        for entity in filter(partial(screening.is_looked_up, record), record.criteria.entities):
            for entry in record.entries(entity):
                if (asked := screening.asked_in(record, entity, entry["id"])) is not None:
                    found.setdefault(asked.digest, Named(asked)).entries.append((case.pk, f"{entity}.{entry['id']}"))
    for dossier in Dossier.objects.order_by("pk"):
        record = on_file.sight(dossier, on_file.standing(dossier)).record
        if screening.is_looked_up(record, dossier.about):
            asked = screening.asked_in(record, dossier.about, dossier.key)
            if asked is not None:
                found.setdefault(asked.digest, Named(asked)).dossiers.append(dossier)
    return list(found.values())


# --- the worker's part ---


@dataclass(frozen=True)
class _Changed:
    """An organisation of which hits are new or gone."""

    named: Named
    new: list[Hit]
    gone: list[tuple[str, str]]
    """Of each the hit and the name of its entry."""
    is_known: bool
    """Whether it was looked up before."""


def run(job: Job) -> None:
    """Look all up, keep what is new and gone, and tell the people of the cases; the job says how far it is.

    Raises RiskEngineError where there are no lists.
    """
    on, tell = cases.today(), studies.telling(job)
    named = everyone()
    before = {one.asked: one.hits for one in LookedUp.objects.iterator()}
    now: list[LookedUp] = []
    changed: list[_Changed] = []
    with Store.open(screening.place()) as store, sqlite_problems(store.path):
        lists = store.digest(on)
        looking = Screening(store, on, lambda _list, _done: tell(0, len(named)))
        for begin in range(0, len(named), _AT_ONCE):
            found = []
            for number, one in enumerate(named[begin : begin + _AT_ONCE], begin + 1):
                found.append((one, looking.screen(one.asked)))
                tell(number, len(named))
            about = screening.decided(None, [hit for _one, screened in found for hit in screened.hits])
            for one, screened in found:
                known = before.get(one.asked.digest)
                new, gone = news(screened, known or {}, about)
                if new or gone:
                    changed.append(_Changed(one, new, gone, known is not None))
                hits = {hit.id: [hit.entry.name, entry_digest(hit.entry)] for hit in screened.hits}
                now.append(LookedUp(asked=one.asked.digest, hits=hits))
    _keep(job, lists, now, changed)


def news(
    screened: Screened, before: Mapping[str, Sequence[str]], about: About
) -> tuple[list[Hit], list[tuple[str, str]]]:
    """Return which hits of an organisation are new and which are gone, beside those that there were before.

    A hit whose entry has changed is new. What a person ruled out or confirmed is not, until either side changes, nor is
    what a registry tells apart.
    """

    def is_new(hit: Hit) -> bool:
        decision = about(screened.asked, hit)
        is_other = before.get(hit.id, ("", ""))[1] != entry_digest(hit.entry)
        return is_other and not hit.is_told_apart and (decision is None or not decision.holds)

    there = {hit.id for hit in screened.hits}
    gone = [(hit_id, name) for hit_id, (name, _digest) in sorted(before.items()) if hit_id not in there]
    return list(filter(is_new, screened.hits)), gone


@transaction.atomic
def _keep(job: Job, lists: str, now: Collection[LookedUp], changed: Sequence[_Changed]) -> None:
    """Write down what was seen, what of it is new and what is gone.

    Mail goes to the people of a case whose partner was looked up before: who names a new one sees its hits there.
    """
    recheck = Recheck.objects.create(by=job.by, lists=lists)
    LookedUp.objects.all().delete()
    LookedUp.objects.bulk_create(now, batch_size=_AT_ONCE)
    rows: list[HitNews] = []
    there = set(Case.objects.values_list("pk", flat=True))  # one may be gone since it was looked up
    for one in changed:
        told: list[tuple[str, str, News, str]] = [(hit.id, hit.entry.name, News.NEW, hit.strength) for hit in one.new]
        told += [(hit_id, name, News.GONE, "") for hit_id, name in one.gone]
        for hit_id, name, what, strength in told:
            about = {"recheck": recheck, "hit": hit_id[:_HIT], "name": name[:_NAME], "what": what, "strength": strength}
            rows += [HitNews(**about, case_id=key, entry=entry) for key, entry in one.named.entries if key in there]
            rows += [HitNews(**about, dossier=dossier) for dossier in one.named.dossiers]
    HitNews.objects.bulk_create(rows, batch_size=_AT_ONCE)
    to_tell = {key for one in changed if one.is_known for key, _entry in one.named.entries}
    for case in Case.objects.filter(pk__in=to_tell).order_by("pk"):
        outbox.post(MailKind.HITS, outbox.whose(case), case, once=f"recheck {recheck.pk} {case.number}")
    counts = {"new": sum(len(one.new) for one in changed), "gone": sum(len(one.gone) for one in changed)}
    log.note("recheck", job.by, None, organisations=len(now), **counts)


# --- what there is to see of it ---


def news_for(person: Person) -> QuerySet[HitNews]:
    """Return what is new or gone with the cases that somebody sees and with what is on file, the newest first."""
    seen = Q(case__in=cases_for(person).values("pk")) | Q(dossier__isnull=False)
    rows = HitNews.objects.filter(seen, recheck__at__gte=timezone.now() - SHOWN)
    return rows.select_related("recheck", "case", "dossier").order_by("-recheck", "what", "case", "pk")


def clear() -> None:
    """Take away what is shown no more."""
    last = last_one()
    if last is not None:
        Recheck.objects.filter(at__lt=timezone.now() - SHOWN).exclude(pk=last.pk).delete()
