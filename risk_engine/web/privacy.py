"""Everything that the office holds about a person: found by account, name and mail address, and taken out to be read.

The content of cases is read by a data protection officer of their faculty, confidential ones too, for what is held of
a person is owed to that person; an admin sees how much there is, and what is of no case.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, assert_never
from unicodedata import east_asian_width

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.template.loader import get_template

from risk_engine.files.language import _, current, ngettext
from risk_engine.report.returned import same_label
from risk_engine.web import cases, erasure, evidence, questions
from risk_engine.web.file_text import Unread
from risk_engine.web.models import (
    Act,
    Answer,
    BroughtTable,
    Case,
    ChangeSeen,
    Consultation,
    Event,
    EventDetail,
    Evidence,
    Faculty,
    Filed,
    GuestAnswer,
    HitDecision,
    Invitation,
    Membership,
    Note,
    OnFile,
    Outbox,
    PairWord,
    Person,
    SignedIn,
)
from risk_engine.web.rights import may
from risk_engine.web.table_text import TablesText
from risk_engine.web.wording import event_words, role_words
from risk_engine.web.words import Role

FEWEST: Final = 3
"""Shorter texts stand in too many others."""
MOST_SHOWN: Final = 2000
READING: Final = 10
"""Seconds for which files, and then tables, that nobody read yet are read while somebody waits."""
_SEARCHED: Final = (
    Answer, GuestAnswer, Note, Act, Evidence, Consultation, Invitation, OnFile, HitDecision, ChangeSeen, PairWord,
    EventDetail, Outbox,
)  # fmt: skip


def _is_enough(name: str) -> bool:
    """Return whether a name is long enough to be looked for: 王伟 is a whole one."""
    return len(name) >= FEWEST or (len(name) == FEWEST - 1 and all(east_asian_width(one) in {"W", "F"} for one in name))


@dataclass(frozen=True)
class Wanted:
    """Whom somebody asks about: names and mail addresses as they may be written."""

    terms: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Wanted":
        """Return what is wanted, one a line."""
        return cls(tuple(dict.fromkeys(same_label(one) for one in text.splitlines() if _is_enough(one.strip()))))

    def stands_in(self, text: str) -> bool:
        """Return whether one of the names stands in a text, in whatever spelling of the same letters."""
        return self.stands_in_folded(same_label(text))

    def stands_in_folded(self, folded: str) -> bool:
        """Return whether one of the names stands in a text that is written as names are compared."""
        return any(one in folded for one in self.terms)

    def perhaps(self, column: str) -> Q:
        """Return which rows a database may leave out: it knows no spellings, but for those of plain letters."""
        found = Q(pk__in=[])
        for one in self.terms:
            plain = max(re.findall(r"[a-z0-9]+", one), key=len, default="")
            if not plain:
                return Q()
            found |= Q(**{f"{column}__icontains": plain})
        return found


@dataclass(frozen=True)
class Found:
    """A row in which somebody is named."""

    row: models.Model
    kind: str
    case: str
    at: datetime | None
    who: str
    text: str
    is_hidden: bool = False
    """Whether its content is for a data protection officer of its faculty alone."""
    kept: str = ""
    """Why it cannot be erased now."""
    is_in_file: bool = False
    """Whether what names them is written in a file, and not in the row."""

    @property
    def key(self) -> str:
        """What a form calls it."""
        return erasure.item_of(self.row).key


@dataclass(frozen=True)
class UnreadFile:
    """A file of which nobody knows what is in it but who opens it."""

    name: str
    case: str
    sha256: str
    why: Unread


@dataclass(frozen=True)
class Holding:
    """All that is held of a person."""

    accounts: tuple[Person, ...]
    found: tuple[Found, ...]
    kept: tuple[tuple[str, str], ...] = field(default=())
    """What is held beside it and stays, with why."""
    is_cut: bool = False
    unread: tuple[UnreadFile, ...] = ()
    """Files that could not be searched, of cases that the reader may read."""


def cases_read_by(person: Person) -> models.QuerySet[Case]:
    """Return the cases whose content somebody reads for whom it is about: an officer's, of their faculties."""
    return Case.objects.filter(faculty__in=_faculties_read_by(person))


def _faculties_read_by(person: Person) -> models.QuerySet[Faculty]:
    held = Membership.objects.filter(person=person, role=Role.DATA_PROTECTION_OFFICER)
    if not may(person, "privacy"):
        return Faculty.objects.none()
    if held.filter(faculty=None).exists():
        return Faculty.objects.all()
    return Faculty.objects.filter(pk__in=held.values("faculty"))


def tables_read_by(person: Person) -> set[int]:
    """Return the tables of many cases whose content somebody reads for whom it is about: an officer's likewise."""
    return set(BroughtTable.objects.filter(faculty__in=_faculties_read_by(person)).values_list("pk", flat=True))


def held_about(wanted: Wanted, reader: Person) -> Holding:
    """Return all that the office holds about a person, of which the reader sees what they may."""
    if not wanted.terms:
        return Holding((), ())
    accounts = tuple(one for one in Person.objects.order_by("pk") if wanted.stands_in(f"{one.name}\n{one.email}"))
    readable = set(cases_read_by(reader).values_list("number", flat=True))
    found: list[Found] = []
    is_cut = False
    for one in accounts:
        why = _("works here: it is erased once they have left") if one.is_active else ""
        found.append(Found(one, kind_words(Person), "", None, "", f"{one.name}, {one.email}", kept=why))
    words = Words()
    for model in _SEARCHED:
        for row in _rows(model, wanted):
            is_cut = len(found) >= MOST_SHOWN
            if is_cut:
                break
            found.append(_found(row, readable, words))
    in_files, unread = _in_files(wanted, readable, words)
    is_cut |= len(found) + len(in_files) > MOST_SHOWN
    found += in_files[: max(0, MOST_SHOWN - len(found))]
    in_tables, tables_unread = _in_tables(wanted, reader)
    found += in_tables
    unread += tables_unread
    numbers = {one.case for one in found if one.case}
    return Holding(accounts, tuple(found), tuple(_kept(accounts, readable & numbers, wanted)), is_cut, unread)


def _in_files(wanted: Wanted, readable: set[str], words: "Words") -> tuple[list[Found], tuple[UnreadFile, ...]]:
    """Return files in which somebody is named but in their names, and those that could not be read."""
    texts = evidence.texts(READING)
    found: list[Found] = []
    unread: list[UnreadFile] = []
    for row in Evidence.objects.exclude(name="").select_related("case", "by").order_by("pk").iterator():
        text, why = texts.of(row.sha256, row.name)
        if wanted.stands_in(row.name):
            continue
        if wanted.stands_in_folded(text):
            found.append(_found(row, readable, words, is_in_file=True))
        elif why is not None and row.case.number in readable:
            unread.append(UnreadFile(row.name, row.case.number, row.sha256, why))
    return found, tuple(unread)


def _in_tables(wanted: Wanted, reader: Person) -> tuple[list[Found], tuple[UnreadFile, ...]]:
    """Return tables of many cases in which somebody is named, with the rows, and those that could not be read."""
    readable, texts = tables_read_by(reader), TablesText(READING)
    found: list[Found] = []
    unread: list[UnreadFile] = []
    for row in BroughtTable.objects.select_related("faculty", "by").order_by("pk"):
        named, why = texts.named(row, wanted.stands_in)
        is_hidden = row.pk not in readable
        if named is not None or wanted.stands_in(row.name):
            text = " · ".join(filter(None, (table_words(row), named.words if named else "")))
            kind, who = kind_words(BroughtTable), row.by.name
            found.append(Found(row, kind, "", row.at, "" if is_hidden else who, "" if is_hidden else text, is_hidden))
        elif why is not None and not is_hidden:
            unread.append(UnreadFile(row.name, row.faculty.name, row.sha256, why))
    return found, tuple(unread)


def table_words(row: BroughtTable) -> str:
    """Return what a table of many cases is called for whoever may know it."""
    return f"{row.name} ({row.faculty.name})"


def unread_words(why: Unread) -> str:
    """Return in words why a file was not searched."""
    match why:
        case Unread.KIND:
            return _("a picture or another file without text that can be read")
        case Unread.NO_TEXT:
            return _("no text in it, or pages without: perhaps a scan")
        case Unread.LONG:
            return _("more text than is searched")
        case Unread.DAMAGED:
            return _("damaged, encrypted or not there")
        case Unread.SLOW:
            return _("reading it takes too long")
        case Unread.WAITS:
            return _("not read yet: look again")
        case _:
            assert_never(why)


def _rows(model: type[models.Model], wanted: Wanted) -> Iterator[models.Model]:
    """Yield the rows of a table in which somebody is named; of a guest their answers too."""
    columns = erasure.TEXTS[model]
    rows = model._default_manager.annotate(**{f"text_{one}": Cast(one, TextField()) for one in columns})
    maybe = Q(pk__in=[])
    for one in columns:
        maybe |= wanted.perhaps(f"text_{one}")
    if model is GuestAnswer:
        guests = [one.pk for one in Invitation.objects.all() if wanted.stands_in(one.name)]
        maybe |= Q(invitation__in=guests)
    related = [
        one.name for one in model._meta.concrete_fields if one.name in {"case", "by", "person", "event", "invitation"}
    ]
    related = [one for one in related if model._meta.get_field(one).is_relation]
    for row in rows.filter(maybe).select_related(*related).order_by("pk").iterator():
        if wanted.stands_in(erasure.text_of(row)) or (model is GuestAnswer and _is_named_guest(row, wanted)):
            yield row


def _is_named_guest(row: Any, wanted: Wanted) -> bool:
    return not row.is_erased and wanted.stands_in(row.invitation.name)


class Words:
    """Says what stands in rows, of an answer the question and the answer; each case is read once."""

    def __init__(self) -> None:
        self._sights: dict[int, questions.Sight] = {}

    def of(self, row: models.Model) -> str:
        """Return what stands in a row in words."""
        match row:
            case Answer() | GuestAnswer():
                sight = self._sights.get(row.case.pk) or questions.of_staff(row.case)
                self._sights[row.case.pk] = sight
                title = questions.title_of(sight.record, row.path)
                return f"{title}: {questions.row_in_words(sight, row.path, row)}"
            case BroughtTable():
                return table_words(row)
            case OnFile():
                return f"{row.path}: {erasure.text_of(row)}"
            case HitDecision():
                named = "; ".join(row.asked.get("names", ()))
                return " · ".join(filter(None, (named, row.entry.get("name", ""), row.reason)))
            case _:
                return erasure.text_of(row)


def _found(row: Any, readable: set[str], words: Words, *, is_in_file: bool = False) -> Found:
    number = erasure.case_number(row)
    is_hidden = bool(number) and not isinstance(row, OnFile) and number not in readable
    by = getattr(row, "by", None) or getattr(row, "person", None) or getattr(row, "invitation", None)
    at = row.event.at if isinstance(row, EventDetail) else getattr(row, "at", None) or getattr(row, "made", None)
    shown = "" if is_hidden else number
    return Found(
        row, kind_words(type(row)), shown, at, by.name if by and not is_hidden else "",
        "" if is_hidden else words.of(row), is_hidden, is_in_file=is_in_file,
    )  # fmt: skip


def _kept(accounts: tuple[Person, ...], numbers: set[str], wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Yield what is held of a person beside rows that can be erased, with why it stays."""
    for one in accounts:
        events = Event.objects.filter(person=one.pk).count()
        yield (
            ngettext(
                "{number} event of the log by {name}", "{number} events of the log by {name}", events, name=one.name
            ),
            _("An event holds the number of the account and no name; the chain proves that nothing was taken out."),
        )
        acts = Act.objects.filter(Q(person=one) | Q(on_behalf_of=one)).count()
        given = Answer.objects.filter(by=one).count()
        yield (
            _("{acts} acts and {answers} answers given by {name}", acts=acts, answers=given, name=one.name),
            _("They name the account: once that is erased, they name nobody. Who decided is proof of the decision."),
        )
    sealed = sum(_names(one, wanted) for one in Filed.objects.filter(case__number__in=numbers).select_related("sealed"))
    if sealed:
        yield (
            ngettext("{number} sealed record names them", "{number} sealed records name them", sealed),
            _(
                "It is the proof of a decision and signed as a whole: kept until the time of its case is over, "
                "for legal duties and claims (GDPR Art. 17(3)(b) and (e))."
            ),
        )


def _names(filed: Filed, wanted: Wanted) -> bool:
    content = bytes(filed.sealed.content).decode("utf-8", "replace")
    return wanted.stands_in(content) or wanted.stands_in(json.dumps(content))


def kind_words(model: type[models.Model]) -> str:
    """Return what people call what a table holds."""
    return {
        Answer: _("answer"),
        GuestAnswer: _("answer of a guest"),
        Note: _("note"),
        Act: _("reason of an act"),
        Evidence: _("file that was uploaded"),
        Consultation: _("question to somebody of the office"),
        Invitation: _("who was invited"),
        OnFile: _("on file about an organisation"),
        HitDecision: _("decision about a hit on a list"),
        ChangeSeen: _("why a change was acknowledged"),
        PairWord: _("what was said of a pair of institutions"),
        EventDetail: _("detail of the log"),
        Outbox: _("mail"),
        Person: _("account"),
        Case: _("case"),
        BroughtTable: _("table of many cases: it goes as a whole, with all that came of it"),
    }[model]


# --- taken out ---


def as_data(wanted: Wanted, holding: Holding, reader: Person) -> dict[str, Any]:
    """Return what is held of a person as plain data, of which the reader sees what they may."""
    readable = set(cases_read_by(reader).values_list("number", flat=True))
    return {
        "access": 1,
        "on": cases.today().isoformat(),
        "names": list(wanted.terms),
        "accounts": [_account(one, readable) for one in holding.accounts],
        "rows": [
            {
                "table": one.row._meta.db_table,
                "row": one.row.pk,
                "kind": one.kind,
                "case": one.case,
                "at": one.at.isoformat(timespec="seconds") if one.at else None,
                "by": one.who,
                "text": one.text,
                "in_file": one.is_in_file,
                "left_out": one.is_hidden,
            }
            for one in holding.found
        ],
        "kept": [{"what": what, "why": why} for what, why in holding.kept],
        "files_not_read": [{"name": one.name, "case": one.case, "why": one.why} for one in holding.unread],
        "complete": not holding.is_cut,
    }


def _account(person: Person, readable: set[str]) -> dict[str, Any]:
    events = Event.objects.filter(person=person.pk).order_by("number")
    return {
        "name": person.name,
        "mail": person.email,
        "language": person.language,
        "works_here": person.is_active,
        "roles": [
            {"role": role_words(one.role), "faculty": one.faculty.name if one.faculty else None}
            for one in person.memberships.select_related("faculty")
        ],
        "sessions": SignedIn.objects.filter(person=person.pk).count(),
        "events": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "what": event_words(one.verb),
                "case": one.case if one.case in readable else "",
            }
            for one in events
        ],
    }


def as_page(data: dict[str, Any]) -> bytes:
    """Return what is held of a person as a page to hand out."""
    facts = {"data": data, "person": AnonymousUser(), "language": current()}
    return get_template("personal_data.j2").render(facts).encode()
