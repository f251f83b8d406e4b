"""One page of questions: a group of the criteria, or one entry of a list; what came back from it; the task list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.case import Answer as Value
from risk_engine.model.facts import ChoicesFact, is_offered
from risk_engine.office.forms.answers import WrongError, given
from risk_engine.office.forms.case_record import Record
from risk_engine.office.forms.export_form import ENTRY_ID, among, is_asked_of, label_fact, question, sentences
from risk_engine.office.forms.form import Cell, Field, Question
from risk_engine.web import cases
from risk_engine.web.models import Answer, Case, Person
from risk_engine.web.wording import problem_words

NOT_KNOWN = "?"
"""What a field sends for "not known yet", which is an answer to people and none to the rules."""
NONE = "-"
"""What it sends where none of several options applies, or a list has no entries."""

Progress: TypeAlias = Literal["not_started", "in_progress", "answered", "not_needed"]


@dataclass(frozen=True)
class Asked:
    """A question on a page: its words, what is answered, and what went wrong with what was sent."""

    read: Read
    question: Question
    sent: tuple[str, ...] = ()
    """What its fields hold: the answer as the case writes it, NOT_KNOWN, NONE, or what somebody typed that is wrong."""
    base: int = 0
    """The number of the answer that is shown, 0 for none."""
    error: str = ""
    stands: str | None = None
    """What somebody else answered meanwhile, in words."""
    by: str = ""
    """Who gave the answer that stands, or the one that stands in the way."""
    who: str = ""
    """Who knows it."""

    @property
    def path(self) -> str:
        """What the fields of the question are called."""
        return self.read.path()

    @property
    def is_answered(self) -> bool:
        """Whether somebody answered, or said that nobody knows yet."""
        return bool(self.sent)

    def holds(self, option: str) -> bool:
        """Return whether an option is chosen."""
        return option in self.sent


@dataclass(frozen=True)
class Entry:
    """An entry of a list, its name, and how far its questions are answered."""

    id: str
    name: str
    progress: Progress
    answered: int
    asked: int


@dataclass(frozen=True)
class Group:
    """A line of the task list: an entity of the criteria, with its entries where it is a list."""

    entity: str
    title: str
    help: str
    progress: Progress
    answered: int = 0
    asked: int = 0
    many: int | None = None
    entries: tuple[Entry, ...] = ()
    is_none: bool = False
    """Whether somebody said that the list has no entries."""
    base: int = 0


@dataclass(frozen=True)
class Page:
    """The questions of one page."""

    group: Group
    entry: Entry | None
    asked: tuple[Asked, ...]
    saved: tuple[str, ...] = field(default=())

    @property
    def wrong(self) -> tuple[Asked, ...]:
        """The questions with an answer that was not taken."""
        return tuple(one for one in self.asked if one.error or one.stands is not None)

    @property
    def answered(self) -> tuple[Asked, ...]:
        """The questions with an answer that evidence can support."""
        return tuple(one for one in self.asked if one.sent and NOT_KNOWN not in one.sent)

    @property
    def name(self) -> str:
        """What the page is called in the address."""
        return self.group.entity if self.entry is None else f"{self.group.entity}/{self.entry.id}"


def groups(case: Case, record: Record) -> tuple[Group, ...]:
    """Return the task list: each entity of the criteria, in their order."""
    latest = cases.latest(case)
    return tuple(group(name, record, latest) for name in record.criteria.entities)


def group(name: str, record: Record, latest: Mapping[str, Answer]) -> Group:
    """Return one line of the task list."""
    entity = record.criteria.entities[name]
    facts = record.worked.facts
    help_text = " ".join((entity.help or "").split())
    whole = Read(name, None, None)
    if entity.many is None:
        reads = tuple(_reads(name, None, record))
        answered = sum(_is_answered(one, record, latest) for one in reads)
        progress = _progress(answered, len(reads))
        return Group(name, entity.title, help_text, progress, answered, len(reads))
    if facts.origins.get(whole) == "not_asked" and not record.entries(name):
        return Group(name, entity.title, help_text, "not_needed", many=entity.many)
    entries = tuple(_entry(name, str(one["id"]), record, latest) for one in record.entries(name))
    is_none = record.is_listed(name) and not entries
    asked = sum(one.asked for one in entries) + 1
    answered = sum(one.answered for one in entries) + bool(entries or is_none)
    base = latest[name].seq if name in latest else 0
    return Group(
        name, entity.title, help_text, _progress(answered, asked), answered, asked, entity.many, entries, is_none, base
    )


def _entry(name: str, entry: str, record: Record, latest: Mapping[str, Answer]) -> Entry:
    reads = tuple(_reads(name, entry, record))
    answered = sum(_is_answered(one, record, latest) for one in reads)
    return Entry(entry, record.label(name, entry), _progress(answered, len(reads)), answered, len(reads))


def _progress(answered: int, asked: int) -> Progress:
    if not asked:
        return "not_needed"
    return "answered" if answered >= asked else "in_progress" if answered else "not_started"


def _is_answered(read: Read, record: Record, latest: Mapping[str, Answer]) -> bool:
    return record.answer(read) is not None or (read.path() in latest and latest[read.path()].value is None)


def _reads(name: str, entry: str | None, record: Record) -> Iterator[Read]:
    """Yield what people are asked now of an entity or an entry: not what a table knows, nor what is closed."""
    origins = record.worked.facts.origins
    label = label_fact(record.criteria, name)
    for short, fact in record.criteria.entities[name].facts.items():
        read = Read(name, entry, short)
        is_name = entry is not None and short == label
        if is_asked_of(fact, None) and is_offered(fact, record.under.on) and not is_name:
            closed = origins.get(read) == "not_asked" or record.worked.facts.to_ask(read) != (read,)
            if not closed or record.answer(read) is not None:
                yield read


def page(case: Case, name: str, entry: str | None = None) -> Page:
    """Return a page as it stands; LookupError where the case has no such group or entry."""
    record = cases.record(case)
    if name not in record.criteria.entities:
        raise LookupError(name)
    latest = cases.latest(case)
    found = group(name, record, latest)
    chosen = next((one for one in found.entries if one.id == entry), None)
    if entry is not None and chosen is None:
        raise LookupError(entry)
    reads = () if found.many is not None and chosen is None else tuple(_reads(name, entry, record))
    return Page(found, chosen, tuple(asked_for(one, record, latest) for one in reads))


def asked_for(read: Read, record: Record, latest: Mapping[str, Answer]) -> Asked:
    """Return a question with what is answered to it."""
    criteria = record.criteria
    short = read.fact or ENTRY_ID
    fact = criteria.entities[read.entity].facts.get(short)
    speech = sentences(criteria, record.under.on)
    words = question(read.entity, short, criteria, speech, record.under.on)
    if (owners := getattr(fact, "belongs_to", None)) is not None:
        words = among(words, fact, ((one["id"], record.label(owners, one["id"])) for one in record.entries(owners)))
    row = latest.get(read.path())
    value = record.answer(read)
    sent = () if value is None else _as_sent(value)
    if value is None and row is not None and row.value is None:
        sent = (NOT_KNOWN,)
    who = criteria.head.asked_of[fact.asked_of] if fact is not None and fact.asked_of else ""
    return Asked(read, replace(words, only_if=""), sent, row.seq if row else 0, by=row.by.name if row else "", who=who)


def _as_sent(value: Value) -> tuple[str, ...]:
    match value:
        case bool():
            return ("true" if value else "false",)
        case tuple():
            return value or (NONE,)
        case date():
            return (value.isoformat(),)
        case _:
            return (str(value),)


@dataclass(frozen=True)
class Supports:
    """A record of evidence, and the questions of a page whose answers it supports."""

    reference: str
    kind: str
    date: str
    sha256: str
    supports: tuple[str, ...]


def evidence_of(case: Case, shown: Page) -> tuple[Supports, ...]:
    """Return the evidence for answers of a page."""
    titles = {one.path: one.question.text for one in shown.asked}
    records = case.document.get("evidence", ())
    supported = [tuple(titles[path] for path in one["for"] if path in titles) for one in records]
    return tuple(
        Supports(one["reference"], one["kind"], one["date"], one.get("sha256", ""), of)
        for one, of in zip(records, supported, strict=True)
        if of
    )


# --- what came back ---


def take(case: Case, shown: Page, sent: Mapping[str, Sequence[str]], by: Person) -> Page:
    """Save what a page sent, good answers whatever else is wrong; return the page with what was not taken, as typed.

    `sent` holds for each path what its fields hold, and under `base.PATH` the number of the answer that was shown.
    A question that is not in it was not on the page, and stays as it is.
    """
    record = cases.record(case)
    told: dict[str, Asked] = {}
    saved: list[str] = []
    for one in shown.asked:
        if one.path not in sent and f"base.{one.path}" not in sent:
            continue
        typed = tuple(text for text in sent.get(one.path, ()) if text.strip())
        if typed == one.sent:
            continue
        try:
            value = _value(one, typed, record)
            base = int((sent.get(f"base.{one.path}") or ["0"])[0])
            cases.save(case, one.read, value, by, shown.name, base)
            saved.append(one.path)
        except WrongError as error:
            told[one.path] = replace(one, sent=typed, error=" ".join(filter(None, (str(error), error.help))))
        except cases.ConflictError as error:
            told[one.path] = replace(one, sent=typed, stands=_stands(one, error.stands), by=error.stands.by.name)
        except RiskEngineError as error:
            told[one.path] = replace(one, sent=typed, error=problem_words(error))
    case.refresh_from_db()
    after = page(case, shown.group.entity, shown.entry.id if shown.entry else None)
    asked = tuple(replace(told[one.path], base=one.base) if one.path in told else one for one in after.asked)
    return replace(after, asked=asked, saved=tuple(saved))


def _value(one: Asked, typed: Sequence[str], record: Record) -> Value | None:
    """Return what somebody answered, None for "not known yet" and for a field that was cleared; raise WrongError."""
    fact = record.criteria.entities[one.read.entity].facts.get(one.read.fact or "")
    if NOT_KNOWN in typed and len(typed) > 1:
        raise WrongError(_("this says “not known yet” beside an answer"), _("take out one of the two"))
    if not typed or NOT_KNOWN in typed:
        return None
    titles = {title: name for name, title in one.question.choices}
    if isinstance(fact, ChoicesFact):
        if NONE in typed and len(typed) > 1:
            raise WrongError(_("this says that none applies, but options are marked"), _("take out one of the two"))
        if NONE in typed:
            return ()
        unknown = [name for name in typed if name not in fact.options]
        if unknown:
            raise WrongError(_("there is no option `{name}` in this version", name=unknown[0]), _("load the page anew"))
        return tuple(name for name in fact.options if name in typed)
    cell = Cell(typed[0], one.path)
    taken = given(Field(answer=cell, titles=titles), fact, record.criteria)
    return None if taken is None else taken.value


def _stands(one: Asked, row: Answer) -> str:
    """Return in words what somebody else answered."""
    if row.value is None:
        return _("not known yet")
    value = tuple(row.value) if isinstance(row.value, list) else row.value
    titles = {**dict(one.question.choices), NONE: _("none of these")}
    return ", ".join(titles.get(name, name) for name in _as_sent(value))
