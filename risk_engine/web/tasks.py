"""The task list and the last look: how far each group is, for whom it waits, all answers, and why something is asked.

Or why not; and what others answered since somebody looked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from django.db.models import Max

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Read
from risk_engine.engine.replay import entry_at
from risk_engine.files.language import _
from risk_engine.model.references import opens, readers
from risk_engine.office.forms.export_form import is_asked_of, label_fact
from risk_engine.office.forms.form import in_quotes
from risk_engine.web import consultations
from risk_engine.web.models import Answer, Case
from risk_engine.web.questions import (
    Asked,
    Group,
    Page,
    Progress,
    Sight,
    asked_for,
    groups,
    in_words,
    of_staff,
    page,
    row_in_words,
    title_of,
)
from risk_engine.web.words import ActName

if TYPE_CHECKING:
    from risk_engine.model.conditions import Condition

State: TypeAlias = Progress | Literal["waiting"]
_MOST_READERS: Final = 4
"""So many findings a question names that it bears on; the page of the question in the criteria has them all."""


@dataclass(frozen=True)
class Task:
    """A line of the task list: the group, how far it is, who was asked and has not sent yet, why nobody is asked."""

    group: Group
    state: State
    names: tuple[str, ...] = ()
    why: str = ""


def task_list(case: Case, sight: Sight) -> tuple[Task, ...]:
    """Return the task list as people of the office see it."""
    waiting = consultations.waiting(case)
    return tuple(_task(one, sight, waiting) for one in groups(sight))


def _task(found: Group, sight: Sight, waiting: Mapping[str, tuple[str, ...]]) -> Task:
    if found.progress == "not_needed":
        return Task(found, "not_needed", why=_why_not_needed(found.entity, sight))
    roles = _open_roles(found, sight) if waiting else ()
    names = tuple(dict.fromkeys(name for role, asked in waiting.items() if role in roles for name in asked))
    return Task(found, "waiting" if names else found.progress, names)


def _open_roles(found: Group, sight: Sight) -> set[str | None]:
    """Return whom the criteria ask what is open in a group."""
    facts = sight.record.criteria.entities[found.entity].facts
    if found.many is not None and not found.entries and not found.is_none:
        return {one.asked_of for one in facts.values()}
    pages = pages_of(found, sight)
    return {facts[one.read.fact].asked_of for each in pages for one in each.asked if one.read.fact and not one.sent}


def pages_of(found: Group, sight: Sight) -> tuple[Page, ...]:
    """Return the pages of a group: one, or one for each entry of a list."""
    entries = (None,) if found.many is None else tuple(one.id for one in found.entries)
    return tuple(page(sight, found.entity, one) for one in entries)


# --- what is asked ---


@dataclass(frozen=True)
class Why:
    """Why a question is asked: the answers that opened it, what reads it, and whether others hang on it."""

    opened: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    """The first indicators that read it, with their titles."""
    more: int
    """How many others read it."""
    opens: bool


def why_asked(sight: Sight, shown: Page) -> dict[str, Why]:
    """Return for each question of a page why it is asked, by its path."""
    return {one.path: _why_asked(sight, one.read) for one in shown.asked}


def _why_asked(sight: Sight, read: Read) -> Why:
    criteria, name = sight.record.criteria, f"{read.entity}.{read.fact}"
    found = sorted(readers(criteria).get(name, ()))
    opened: dict[Read, None] = {}
    for condition, entry in _asking(sight, read):
        truth = evaluate(condition, sight.record.worked.facts, entry)
        opened |= dict.fromkeys(one for one in truth.reads if truth.value is True and _is_said(sight, one))
    return Why(
        tuple(_because(sight, one) for one in opened),
        tuple((one, criteria.indicators[one].title) for one in found[:_MOST_READERS]),
        len(found[_MOST_READERS:]),
        bool(opens(criteria).get(name)),
    )


def _is_said(sight: Sight, read: Read) -> bool:
    """Return whether somebody said what a condition reads: what a table knows or nobody was asked opened nothing."""
    if read.fact is None:
        return bool(sight.record.entries(read.entity))
    return sight.answer(read) is not None


def _asking(sight: Sight, read: Read) -> Iterator[tuple["Condition", Entry | None]]:
    """Yield the conditions under which a question or a list is asked, with the entry that they are about."""
    entity = sight.record.criteria.entities[read.entity]
    fact = entity.facts[read.fact] if read.fact else None
    if entity.ask_when is not None:
        yield entity.ask_when, None
    if fact is not None and fact.ask_when is not None:
        yield fact.ask_when, entry_at(sight.record.worked.facts, read)


# --- what is not asked ---


def closed_by(sight: Sight, read: Read) -> tuple[Read, ...]:
    """Return the answers because of which a question or a list is not asked: those that people gave or can give."""
    facts = sight.record.worked.facts
    found: dict[Read, None] = {}
    for condition, entry in _asking(sight, read):
        truth = evaluate(condition, facts, entry)
        for one in truth.reads if truth.value is not True else ():
            is_closed = facts.origins.get(one) == "not_asked"
            found |= dict.fromkeys(closed_by(sight, one) if is_closed else (one,))
    return tuple(found)


def reason(sight: Sight, read: Read) -> str:
    """Return in words why a question or a list is not asked: the answers that settle it, or what is asked before it."""
    return "; ".join(_because(sight, one) for one in closed_by(sight, read))


def _because(sight: Sight, read: Read) -> str:
    title = in_quotes(title_of(sight.record, read.path()))
    if read.fact is None:
        names = ", ".join(sight.record.label(read.entity, str(one["id"])) for one in sight.record.entries(read.entity))
        none = _("none")
        return f"{title}: {names or none}"
    shown = asked_for(read, sight)
    return f"{title}: {in_words(shown)}" if shown.sent else _("{question} is open", question=title)


def _why_not_needed(name: str, sight: Sight) -> str:
    """Return why nothing is asked in a group: what closes the list, or the first of its questions."""
    if sight.record.criteria.entities[name].many is not None:
        return reason(sight, Read(name, None, None))
    return next((why for read in _closed(name, None, sight) if (why := reason(sight, read))), "")


def _closed(name: str, entry: str | None, sight: Sight) -> Iterator[Read]:
    """Yield the questions of an entity or an entry that people could be asked and are not."""
    record = sight.record
    facts = record.worked.facts
    for short, fact in record.criteria.entities[name].facts.items():
        read = Read(name, entry, short)
        is_name = entry is not None and short == label_fact(record.criteria, name)
        if is_name or not is_asked_of(fact, sight.role) or sight.answer(read) is not None:
            continue
        if facts.origins.get(read) == "not_asked" or facts.to_ask(read) != (read,):
            yield read


@dataclass(frozen=True)
class NotAsked:
    """What nobody is asked on a page, by reason; a reason without questions is that of the whole group."""

    title: str
    reasons: tuple[tuple[str, tuple[str, ...]], ...]


def not_asked(sight: Sight) -> tuple[NotAsked, ...]:
    """Return what is not asked and why, page by page."""
    return tuple(one for each in groups(sight) for one in _not_asked(each, sight))


def _not_asked(found: Group, sight: Sight) -> Iterator[NotAsked]:
    if found.many is not None and found.progress == "not_needed":
        yield NotAsked(found.title, ((reason(sight, Read(found.entity, None, None)), ()),))
    for each in pages_of(found, sight):
        by_reason: dict[str, list[str]] = {}
        for read in _closed(found.entity, each.entry.id if each.entry else None, sight):
            if why := reason(sight, read):
                by_reason.setdefault(why, []).append(sight.record.criteria.title_of(f"{read.entity}.{read.fact}"))
        if by_reason:
            yield NotAsked(page_title(each), tuple((why, tuple(titles)) for why, titles in by_reason.items()))


def page_title(shown: Page) -> str:
    """Return what a page is called: its group, with the name of its entry."""
    return f"{shown.group.title}: {shown.entry.name}" if shown.entry else shown.group.title


# --- the last look ---


@dataclass(frozen=True)
class Line:
    """A question with its answer as people read it, and whether an answer could still move what comes out."""

    path: str
    question: str
    answer: str
    by: str
    is_telling: bool = False


@dataclass(frozen=True)
class Part:
    """The answers of one page; none of a list without entries, of which somebody said so or has to."""

    page: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class LastLook:
    """What is open, those that can move the result first; all that is answered along the path; what is not asked."""

    open: tuple[Part, ...]
    answered: tuple[Part, ...]
    not_asked: tuple[NotAsked, ...]

    @property
    def has_several_authors(self) -> bool:
        """Whether more than one person answered, so that it matters who."""
        return len({line.by for part in self.answered for line in part.lines}) > 1

    @property
    def number_open(self) -> int:
        """How many questions are open."""
        return sum(max(1, len(one.lines)) for one in self.open)


def last_look(sight: Sight, telling: frozenset[str]) -> LastLook:
    """Return all answers of a case; `telling` are the paths of open questions that can move the result."""
    opened: list[Part] = []
    answered: list[Part] = []
    for found in groups(sight):
        if found.many is not None and not found.entries and found.progress != "not_needed":
            (answered if found.is_none else opened).append(Part(found.entity, found.title, ()))
        for each in pages_of(found, sight):
            lines = [(one.is_known, _line(one, telling)) for one in each.asked]
            for is_known, parts in ((False, opened), (True, answered)):
                if those := tuple(line for known, line in lines if known is is_known):
                    parts.append(Part(each.name, page_title(each), those))
    opened.sort(key=lambda part: not any(one.is_telling for one in part.lines) and part.page not in telling)
    return LastLook(tuple(opened), tuple(answered), not_asked(sight))


def _line(one: Asked, telling: frozenset[str]) -> Line:
    return Line(one.path, one.question.text, in_words(one), one.by if one.sent else "", one.path in telling)


# --- what came since ---


@dataclass(frozen=True)
class Changed:
    """An answer that came after somebody looked: what was asked, what stood before, what stands now, who gave it."""

    question: str
    before: str
    now: str
    by: str
    at: datetime


def changed_since_looked(case: Case) -> tuple[Changed, ...] | None:
    """Return what was answered since somebody signed or returned this case in an earlier round, None if nobody did."""
    looked = case.acts.filter(name__in=[ActName.REVIEW, ActName.RETURN], round__lt=case.round).order_by("pk").last()
    sealed = case.acts.filter(name=ActName.ASSESS, digest=looked.digest).order_by("pk").last() if looked else None
    if sealed is None:  # or nobody says which answers that was about, as an act that a folder states
        return None
    return changed_since(case, case.answers.filter(at__lte=sealed.at).aggregate(Max("pk"))["pk__max"] or 0)


def changed_since(case: Case, seen: int) -> tuple[Changed, ...]:
    """Return what came after an answer, path by path, as it stands now beside what stood then."""
    sight = of_staff(case)
    before: dict[str, Answer] = {}
    after: dict[str, Answer] = {}
    for row in case.answers.select_related("by").order_by("pk"):
        (before if row.pk <= seen else after)[row.path] = row
    return tuple(
        Changed(
            title_of(sight.record, path),
            row_in_words(sight, path, before[path]) if path in before else _("not answered"),
            row_in_words(sight, path, row),
            row.author,
            row.at,
        )
        for path, row in after.items()
    )
