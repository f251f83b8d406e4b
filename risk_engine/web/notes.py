"""Notes on a case, a question or a finding, which are only ever added to; and what a case was returned with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.office.forms.case_record import Record
from risk_engine.web import cases, log, questions
from risk_engine.web.models import Act, Case, Note, Person
from risk_engine.web.wording import who_did
from risk_engine.web.words import ActName

LONGEST = 10_000
"""So many characters a note has at most: a longer text is a file."""


@dataclass(frozen=True)
class NoteShown:
    """A note as a page shows it: what it is about, where that stands, who wrote what and when."""

    path: str
    about: str
    place: str
    text: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Returned:
    """Who returned a case, when, why, and the notes that they wrote beside questions in that round."""

    name: str
    at: datetime
    reason: str
    notes: tuple[NoteShown, ...]


@transaction.atomic
def write(case: Case, by: Person, path: str, text: str) -> Note:
    """Add a note on a case (path ""), a question or a finding; return it, or the same one that was just written.

    Raise RiskEngineError where there is no such thing, or nothing is said of it.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    text = text.strip()
    if not text:
        raise RiskEngineError(_("a note needs words"))
    if len(text) > LONGEST:
        raise RiskEngineError(_("a note has {most} characters at most: attach a longer text as evidence", most=LONGEST))
    if not is_about(cases.record(case), path):
        raise RiskEngineError(_("there is no such question or finding in this case"))
    last = case.notes.order_by("-pk").first()
    if last is not None and (last.by_id, last.path, last.text) == (by.pk, path, text):
        return last
    note = Note.objects.create(case=case, round=case.round, path=path, text=text, by=by)
    log.note("note", by, case, path=path, note=note.pk)
    return note


def is_about(record: Record, path: str) -> bool:
    """Return whether a note can be about something: the case, a question that can be asked of it, a finding."""
    name, *parts = path.split(".")
    entity = record.criteria.entities.get(name)
    if entity is None or not parts:
        return not path or path in record.criteria.indicators
    entry = () if entity.many is None else tuple(str(one["id"]) for one in record.entries(name))
    is_there = parts[:-1] == [] if entity.many is None else len(parts) == 2 and parts[0] in entry  # noqa: PLR2004
    return is_there and parts[-1] in entity.facts


def about(record: Record, path: str) -> str:
    """Return in words what a note is about."""
    if not path:
        return _("The case as a whole")
    if path in record.criteria.indicators:
        return f"{path} {record.criteria.indicators[path].title}"
    return questions.title_of(record, path)


def place_of(case: Case, record: Record, path: str) -> str:
    """Return the address at which stands what a note is about; of findings the notes stand together."""
    if not path:
        return f"/cases/{case.number}"
    if path in record.criteria.indicators:
        return f"/cases/{case.number}/notes"
    page = "/".join(path.split(".")[:-1])
    return f"/cases/{case.number}/q/{page}#q-{path}"


def shown(case: Case, rows: Sequence[Note], record: Record | None = None) -> tuple[NoteShown, ...]:
    """Return notes as a page shows them."""
    if not rows:
        return ()
    record = record or cases.record(case)
    return tuple(
        NoteShown(
            one.path,
            about(record, one.path),
            place_of(case, record, one.path),
            one.text or _("erased"),
            one.by.name,
            one.at,
        )
        for one in rows
    )


def of(case: Case) -> list[Note]:
    """Return the notes of a case, the newest first."""
    return list(case.notes.select_related("by").order_by("-pk"))


def beside(case: Case) -> Mapping[str, list[Note]]:
    """Return the notes of a case by what they are about, the oldest first."""
    found: dict[str, list[Note]] = {}
    for one in case.notes.exclude(path="").select_related("by").order_by("pk"):
        found.setdefault(one.path, []).append(one)
    return found


def returned(case: Case) -> Returned | None:
    """Return how a case came back into the round that it is in, until it is sent again; None where it did not."""
    act = (
        case.acts.filter(name=ActName.RETURN, round=case.round - 1)
        .select_related("person", "on_behalf_of")
        .order_by("-pk")
        .first()
    )
    if act is None or Act.objects.filter(case=case, round=case.round, name=ActName.SEND).exists():
        return None
    rows = case.notes.filter(round=act.round, by=act.person).exclude(path="").select_related("by").order_by("pk")
    return Returned(who_did(act), act.at, act.note, shown(case, list(rows)))
