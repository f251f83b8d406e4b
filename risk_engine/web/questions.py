"""One page of questions: a group of the criteria, or one entry of a list; how far each is; what came back from it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeAlias
from unicodedata import combining, normalize

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import read_of
from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, one_line
from risk_engine.files.once import once
from risk_engine.model.case import Answer as Value
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoicesFact, DateFact, RowFact, is_offered
from risk_engine.model.triage import first_questions
from risk_engine.office.forms.answers import WrongError, given
from risk_engine.office.forms.case_record import Record
from risk_engine.office.forms.export_form import ENTRY_ID, among, is_asked_of, label_fact, question, sentences
from risk_engine.office.forms.form import Cell, Field, Question
from risk_engine.report.wording import day
from risk_engine.web import cases
from risk_engine.web.models import Case
from risk_engine.web.record_of_rows import BESIDE, CONTROLS, EVIDENCE, Row
from risk_engine.web.security import number_of
from risk_engine.web.wording import as_iso, problem_words, status_words

NOT_KNOWN = "?"
"""What a field sends for "not known yet", which is an answer to people and none to the rules."""
NONE = "-"
"""What it sends where none of several options applies, or a list has no entries."""

FIRST = "first-questions"
"""What the page of the questions that are asked first is called: no entity has a hyphen in its name."""

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
    is_theirs: bool = True
    """Whether whoever looks at it answers it, or only reads."""

    @property
    def path(self) -> str:
        """What the fields of the question are called."""
        return self.read.path()

    @property
    def is_known(self) -> bool:
        """Whether somebody answered, and not that nobody knows yet."""
        return bool(self.sent) and NOT_KNOWN not in self.sent

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
        return tuple(one for one in self.asked if one.is_known)

    @property
    def name(self) -> str:
        """What the page is called in the address."""
        return self.group.entity if self.entry is None else f"{self.group.entity}/{self.entry.id}"


@dataclass(frozen=True)
class Sight:
    """What somebody looks at: the case, the answers that they may see, and which questions are theirs."""

    record: Record
    latest: Mapping[str, Row]
    role: str | None = None
    """A guest's: only questions that the criteria ask of this role, and no answers but their own."""
    answers: frozenset[str] | None = None
    """An officer's: all is seen, and only what the criteria ask of these roles is answered; None: all is."""

    def answer(self, read: Read) -> Value | None:
        """Return the answer that is shown."""
        if self.role is None:
            return self.record.answer(read)
        row = self.latest.get(read.path())
        value: Value | None = None if row is None else tupled(row.value)
        return value

    def is_answered(self, read: Read) -> bool:
        """Return whether there is an answer, or somebody said that nobody knows yet."""
        row = self.latest.get(read.path())
        return self.answer(read) is not None or (row is not None and row.value is None)


def of_staff(case: Case, answers: frozenset[str] | None = None) -> Sight:
    """Return what people of the office look at: everything, of which they may answer all or what is asked of roles."""
    return Sight(cases.record(case), cases.latest(case), answers=answers)


def groups(sight: Sight) -> tuple[Group, ...]:
    """Return the task list: each entity of the criteria in their order, for a guest those that ask them anything."""
    return tuple(group(name, sight) for name in _asking(sight))


def _asking(sight: Sight) -> tuple[str, ...]:
    entities = sight.record.criteria.entities
    return tuple(
        name
        for name, entity in entities.items()
        if sight.role is None or any(is_asked_of(fact, sight.role) for fact in entity.facts.values())
    )


def group(name: str, sight: Sight) -> Group:
    """Return one line of the task list."""
    record = sight.record
    entity = record.criteria.entities[name]
    facts = record.worked.facts
    help_text = one_line(entity.help or "")
    whole = Read(name, None, None)
    if entity.many is None:
        reads = tuple(_reads(name, None, sight))
        answered = sum(map(sight.is_answered, reads))
        progress = _progress(answered, len(reads))
        return Group(name, entity.title, help_text, progress, answered, len(reads))
    if facts.origins.get(whole) == "not_asked" and not record.entries(name):
        return Group(name, entity.title, help_text, "not_needed", many=entity.many)
    entries = tuple(_entry(name, str(one["id"]), sight) for one in record.entries(name))
    is_none = record.is_listed(name) and not entries
    asked = sum(one.asked for one in entries) + 1
    answered = sum(one.answered for one in entries) + bool(entries or is_none)
    base = sight.latest[name].seq if name in sight.latest else 0
    return Group(
        name, entity.title, help_text, _progress(answered, asked), answered, asked, entity.many, entries, is_none, base
    )


def _entry(name: str, entry: str, sight: Sight) -> Entry:
    reads = tuple(_reads(name, entry, sight))
    answered = sum(map(sight.is_answered, reads))
    return Entry(entry, sight.record.label(name, entry), _progress(answered, len(reads)), answered, len(reads))


def _progress(answered: int, asked: int) -> Progress:
    if not asked:
        return "not_needed"
    return "answered" if answered >= asked else "in_progress" if answered else "not_started"


def _reads(name: str, entry: str | None, sight: Sight) -> Iterator[Read]:
    """Yield what people are asked now of an entity or an entry: not what a table knows, nor what is closed."""
    record = sight.record
    origins = record.worked.facts.origins
    label = label_fact(record.criteria, name)
    for short, fact in record.criteria.entities[name].facts.items():
        read = Read(name, entry, short)
        is_name = entry is not None and short == label
        if is_asked_of(fact, sight.role) and is_offered(fact, record.under.on) and not is_name:
            closed = origins.get(read) == "not_asked" or record.worked.facts.to_ask(read) != (read,)
            if not closed or sight.answer(read) is not None:
                yield read


def page(sight: Sight, name: str, entry: str | None = None) -> Page:
    """Return a page as it stands; LookupError where there is no such group or entry to look at."""
    if name == FIRST:
        return _first_page(sight)
    if name not in _asking(sight):
        raise LookupError(name)
    found = group(name, sight)
    chosen = next((one for one in found.entries if one.id == entry), None)
    if entry is not None and chosen is None:
        raise LookupError(entry)
    reads = () if found.many is not None and chosen is None else tuple(_reads(name, entry, sight))
    return Page(found, chosen, tuple(asked_for(one, sight) for one in reads))


def asked_now(case: Case, read: Read) -> Asked:
    """Return one question of a case, without who answered it when; LookupError where it is not asked now.

    No row is read for that: what an answer would do is asked for while somebody waits at each question.
    """
    sight = Sight(cases.record(case), {})
    entity = sight.record.criteria.entities[read.entity]
    entries = (None,) if entity.many is None else [one["id"] for one in sight.record.entries(read.entity)]
    if read.entry not in entries or read not in _reads(read.entity, read.entry, sight):
        raise LookupError(read.path())
    return asked_for(read, sight)


def _first_page(sight: Sight) -> Page:
    """Return the page of the questions that are asked first; LookupError where the set has none."""
    reads = tuple(read_of(one) for one in first_questions(sight.record.criteria))
    if not reads or sight.role is not None:
        raise LookupError(FIRST)
    answered = sum(map(sight.is_answered, reads))
    entity = sight.record.criteria.entities[reads[0].entity]
    help_text = one_line(entity.help or "")
    found = Group(FIRST, entity.title, help_text, _progress(answered, len(reads)), answered, len(reads))
    return Page(found, None, tuple(asked_for(one, sight) for one in reads))


def _letters(title: str) -> str:
    """Return by which letters a title is found in a list: Österreich stands among the words with O."""
    return "".join(one for one in normalize("NFKD", title.casefold()) if not combining(one))


@once
def _worded(criteria: Criteria) -> Callable[[str, str, date, str], Question]:
    """Return what words the questions of a set, each once a day: pages of all cases ask the same."""

    @lru_cache(maxsize=1000)
    def worded(entity: str, short: str, on: date, _language: str) -> Question:
        made = replace(question(entity, short, criteria, sentences(criteria, on), on), only_if="")
        if isinstance(criteria.entities[entity].facts.get(short), RowFact):  # as people look for a country in a list
            made = replace(made, choices=tuple(sorted(made.choices, key=lambda one: _letters(one[1]))))
        return made

    return worded


def asked_for(read: Read, sight: Sight) -> Asked:
    """Return a question with what is answered to it."""
    record = sight.record
    criteria = record.criteria
    short = read.fact or ENTRY_ID
    fact = criteria.entities[read.entity].facts.get(short)
    words = _worded(criteria)(read.entity, short, record.under.on, current())
    if (owners := getattr(fact, "belongs_to", None)) is not None:
        words = among(words, fact, ((one["id"], record.label(owners, one["id"])) for one in record.entries(owners)))
    row = sight.latest.get(read.path())
    value = sight.answer(read)
    sent = () if value is None else _as_sent(value)
    if value is None and row is not None and row.value is None:
        sent = (NOT_KNOWN,)
    who = criteria.head.asked_of[fact.asked_of] if fact is not None and fact.asked_of else ""
    is_theirs = sight.answers is None or (fact is not None and fact.asked_of in sight.answers)
    by = row.author if row else ""
    return Asked(read, words, sent, row.seq if row else 0, by=by, who=who, is_theirs=is_theirs)


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
    date: date
    sha256: str
    supports: tuple[str, ...]
    paths: tuple[str, ...]
    """Of these questions."""


def evidence_of(case: Case, shown: Page) -> tuple[Supports, ...]:
    """Return the evidence for answers of a page."""
    titles = {one.path: one.question.text for one in shown.asked}
    records = case.document.get("evidence", ())
    supported = [tuple(path for path in one["for"] if path in titles) for one in records]
    here = set(case.files.values_list("sha256", flat=True)) if any(supported) else set()
    return tuple(
        Supports(
            one["reference"],
            one["kind"],
            date.fromisoformat(one["date"]),
            one.get("sha256", "") if one.get("sha256") in here else "",
            tuple(titles[path] for path in of),
            of,
        )
        for one, of in zip(records, supported, strict=True)
        if of
    )


# --- what came back ---


Save: TypeAlias = Callable[[Read, Value | None, str, int], object]
"""Saves an answer: to what, which, on which page, and in place of the answer with which number."""


def take(sight: Sight, shown: Page, sent: Mapping[str, Sequence[str]], save: Save) -> tuple[dict[str, Asked], set[str]]:
    """Save what a page sent, good answers whatever else is wrong; return what was not taken, as typed, and what was.

    `sent` holds for each path what its fields hold, and under `base.PATH` the number of the answer that was shown.
    A question that is not in it was not on the page, and stays as it is.
    """
    told: dict[str, Asked] = {}
    saved: set[str] = set()
    for one in shown.asked:
        if not one.is_theirs or (one.path not in sent and f"base.{one.path}" not in sent):
            continue
        typed = tuple(text for text in sent.get(one.path, ()) if text.strip())
        if typed == one.sent:
            continue
        base = number_of((sent.get(f"base.{one.path}") or ["0"])[0])
        if not typed and not base:
            continue  # it was empty, and is: what somebody else answered meanwhile is no matter of this page
        try:
            value = value_of(one, typed, sight.record)
            save(one.read, value, shown.name, base)
            saved.add(one.path)
        except WrongError as error:
            told[one.path] = refused(one, typed, error)
        except cases.ConflictError as error:
            if error.is_untouched:
                continue
            told[one.path] = replace(one, sent=typed, stands=_stands(one, error.stands), by=error.stands.author)
        except RiskEngineError as error:
            told[one.path] = replace(one, sent=typed, error=problem_words(error))
    return told, saved


def again(sight: Sight, shown: Page, told: Mapping[str, Asked], saved: Collection[str]) -> Page:
    """Return a page as it stands after what it sent: answers that were not taken stay as they were typed."""
    after = page(sight, shown.group.entity, shown.entry.id if shown.entry else None)
    asked = tuple(replace(told[one.path], base=one.base) if one.path in told else one for one in after.asked)
    return replace(after, asked=asked, saved=tuple(saved))


def refused(one: Asked, typed: tuple[str, ...], error: WrongError) -> Asked:
    """Return a question as it was typed, with why that is not taken."""
    return replace(one, sent=typed, error="; ".join(filter(None, (str(error), error.help))))


def value_of(one: Asked, typed: Sequence[str], record: Record) -> Value | None:
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
    if len(typed) > 1:
        raise WrongError(_("this takes one answer, and {number} were sent", number=len(typed)))
    cell = Cell(as_iso(typed[0]) if isinstance(fact, DateFact) else typed[0], one.path)
    taken = given(Field(answer=cell, titles=titles), fact, record.criteria)
    return None if taken is None else taken.value


def _stands(one: Asked, row: Row) -> str:
    """Return in words what somebody else answered."""
    if row.value is None:
        return _("not known yet")
    return value_in_words(one, tupled(row.value))


# --- in words ---


def value_in_words(one: Asked, value: Value) -> str:
    """Return another answer to a question as people read it."""
    return in_words(replace(one, sent=_as_sent(value)))


def in_words(one: Asked) -> str:
    """Return an answer as people read it."""
    titles = {**dict(one.question.choices), NONE: _("none of these"), NOT_KNOWN: _("not known yet")}
    days = {
        name: day(date.fromisoformat(name)) for name in one.sent if one.question.kind == "date" and name not in titles
    }
    return ", ".join((titles | days).get(name, name) for name in one.sent)


def row_in_words(sight: Sight, path: str, row: Row) -> str:
    """Return the answer of a row as people read it; of an entry its name, of a control how far it is."""
    name, *parts = path.split(".")
    entity = sight.record.criteria.entities.get(name)
    is_fact = entity is not None and parts and parts[-1] in entity.facts
    if name in BESIDE:
        return _("taken out") if row.value is None else _beside_in_words(row.value)
    if not is_fact:
        return _("none") if row.value == [] else _("not known yet") if row.value is None else str(row.value)
    asked = asked_for(Read(name, parts[0] if len(parts) > 1 else None, parts[-1]), sight)
    return in_words(replace(asked, sent=(NOT_KNOWN,) if row.value is None else _as_sent(tupled(row.value))))


def _beside_in_words(stated: Mapping[str, Any]) -> str:
    if "status" not in stated:
        return str(stated.get("reference", ""))
    said = (status_words(stated["status"]), stated.get("owner"), stated.get("due"))
    return ", ".join(filter(None, said))


def title_of(record: Record, path: str) -> str:
    """Return what a path asks, with the name of its entry; of what stands beside the answers what it is called."""
    name, *parts = path.split(".")
    if name == CONTROLS:
        return record.criteria.controls[parts[0]].title
    if name not in record.criteria.entities:
        return _("Evidence") if name == EVIDENCE else _("Title")
    entity = record.criteria.entities[name]
    if not parts or parts[-1] not in entity.facts:
        return entity.title
    title = record.criteria.title_of(f"{name}.{parts[-1]}")
    return f"{record.label(name, parts[0])}: {title}" if len(parts) > 1 else title
