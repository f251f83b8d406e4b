"""A case of the database as the package reads one: its answers as a record, saved one by one, sealed when assessed."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Max

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.facts import Read
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _, current, in_language, languages
from risk_engine.files.plain import canonical
from risk_engine.files.source import parse
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.releases import choose
from risk_engine.loading.translation import criteria_in_words, languages_of, texts_of_version, translation_of
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import UNKNOWN
from risk_engine.model.case import Answer as Value
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import untranslated
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.web import log, register, releases
from risk_engine.web.models import Act, Answer, Case, Faculty, Filed, Person, Sealed, Tombstone, Touched
from risk_engine.web.record_of_rows import CONTROLS, Row, with_rows
from risk_engine.web.wording import too_long
from risk_engine.web.words import ActName, SealedKind, State

EDITABLE: Final = frozenset({State.DRAFT, State.RETURNED, State.ASSESSED})
"""In these states answers may change; a change of an assessed case makes it a draft again."""


MOST_SHOWN: Final = Case._meta.get_field("title").max_length or 0
"""So much of a title stands in lists; the case has all of it."""
MOST_ATTEMPTS: Final = 5
"""So often a number is looked for that nobody else took meanwhile."""


class ConflictError(Exception):
    """Somebody else answered meanwhile: `stands` is their answer, `is_untouched` that what came is what was shown."""

    def __init__(self, stands: Row, *, is_untouched: bool = False) -> None:
        super().__init__(stands.path)
        self.stands, self.is_untouched = stands, is_untouched


class LockedError(Exception):
    """The answers of a case that is with a reviewer, or decided, do not change."""


class RefusedError(RiskEngineError):
    """What cannot be done to a case now, or not by this person."""


def today() -> date:
    """Return the day that it is."""
    return datetime.now(UTC).astimezone().date()


@lru_cache(maxsize=32)
def _rules(reference: str, _language: str) -> Criteria:
    return criteria_in_words(load_criteria(reference))


def rules_named(reference: str) -> Criteria:
    """Return criteria in words of the current language."""
    return _rules(reference, current())


def as_written(case: Case) -> frozenset[str]:
    """Return the texts of the criteria of a case that stand in the language of the set: there is no other for them."""
    return _as_written(case.criteria, current())


@lru_cache(maxsize=32)
def _as_written(reference: str, language: str) -> frozenset[str]:
    criteria = load_criteria(reference)
    if language == criteria.head.language:
        return frozenset()
    lacking = untranslated(texts_of_version(criteria), translation_of(criteria, language))
    return frozenset(one.text for one in lacking)


def is_told_in(case: Case, language: str) -> bool:
    """Return whether the criteria of a case are written in a language or translated into it."""
    criteria = load_criteria(case.criteria)
    return language == criteria.head.language or language in languages_of(criteria)


def read_ahead() -> None:
    """Read the criteria of new cases in every language, so that nobody waits for them who asks first."""
    try:
        reference = releases.in_use(today()).reference
    except (RiskEngineError, DatabaseError):  # whoever begins a case is told, and the office opens all the same
        return
    for language in languages():
        with in_language(language):
            rules_named(reference)


def rules(case: Case) -> Criteria:
    """Return the criteria of a case, in words of the current language."""
    return rules_named(case.criteria)


def record(case: Case) -> Record:
    """Return what a case states, and under which rules it is looked at: those of its set as they stand today."""
    return _record(canonical(case.document), case.number, case.criteria, current(), today())


@lru_cache(maxsize=64)
def _record(content: bytes, number: str, criteria: str, language: str, day: date) -> Record:
    """Return a record by all that it is made of: a page asks for it several times, and to work it out takes long."""
    return Record(_read(content, number), Under(_rules(criteria, language), day, path=number))


def _read(content: bytes, number: str) -> dict[str, Any]:
    read: dict[str, Any] = parse(content.decode(), number, is_json=True, nulls=True).data
    return read


def check_readable(data: Mapping[str, Any], number: str) -> None:
    """Raise InvalidSourceError for what could be kept and never be read again, as a text with control characters."""
    _read(canonical(data), number)


# --- one case more ---


@transaction.atomic
def begin(person: Person, faculty: Faculty, title: str, once: str = "") -> Case:
    """Return a new case in which nothing is answered yet, under the criteria that new cases take today.

    `once` names the form that was filled in: of one that is sent twice comes the case that it began already. Raises
    InvalidSourceError for a title that no case can have, RiskEngineError where those criteria are not there.
    """
    page = f"new {once}".strip()
    if once:
        log.alone_in(page)
        of_form = Answer.objects.filter(by=person, path="title", page=page, case__faculty=faculty)
        # Who comes back to the form and writes another title begins another case.
        if (sent := next((one for one in of_form.select_related("case") if one.value == title), None)) is not None:
            return sent.case
    reference = releases.in_use(today()).reference
    for attempt in range(MOST_ATTEMPTS):
        number = next_number()
        document = {"id": number, "title": title, "criteria": reference, "status": "draft"}
        check_readable(document, number)
        _ = Record(document, Under(rules_named(reference), today(), path=number)).case  # else nobody could open it
        shown = title[:MOST_SHOWN]
        row = {"title": shown, "faculty": faculty, "criteria": reference, "document": document}
        try:
            with transaction.atomic():
                case = Case.objects.create(number=number, search=words(document), **row)
            break
        except IntegrityError:  # somebody else began a case in the same moment
            if attempt == MOST_ATTEMPTS - 1:
                raise
    Answer.objects.create(case=case, path="title", seq=1, value=title, by=person, page=page)
    log.note("begin", person, case, title=title)
    return case


def next_number() -> str:
    """Return the number of the next case of the year."""
    year = today().year
    # Numbers that came with a folder register may go on behind the year in any way.
    taken = Case.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
    gone = Tombstone.objects.filter(number__startswith=f"{year}-").values_list("number", flat=True)
    counted = (one.rpartition("-")[2] for one in (*taken, *gone) if one.count("-") == 1)
    return f"{year}-{max((int(one) for one in counted if one.isdecimal()), default=0) + 1:04}"


# --- answers ---


def latest(case: Case) -> dict[str, Answer]:
    """Return the answer that stands for each path, in the order in which they were first given."""
    return {one.path: one for one in case.answers.prefetch_related("by").order_by("seq", "pk")}


def last_answer(case: Case) -> int:
    """Return the key of the last answer of a case: what was given since has a later one."""
    return case.answers.aggregate(Max("pk"))["pk__max"] or 0


def looked_at(case: Case) -> int:
    """Read a case anew; return the last answer of what is shown of it then, or one before it, never a later one."""
    seen = last_answer(case)
    case.refresh_from_db()
    return seen


@transaction.atomic
def save(case: Case, read: Read, value: Value | None, by: Person, page: str, base: int) -> Answer:
    """Save an answer (None is "not known yet"); return it, or the same one that stands already.

    `base` is the number of the answer that the page showed, 0 for none. Raise ConflictError where another stands by
    now, LockedError where the case takes no answers.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in EDITABLE:
        raise LockedError
    path, stated = read.path(), _in_json(value)
    before = case.answers.filter(path=path).order_by("-seq").first()
    if before is not None and before.value == stated and not before.is_erased:
        return before
    if before is not None and before.seq != base:
        seen = case.answers.filter(path=path, seq=base).first()
        raise ConflictError(before, is_untouched=seen is not None and not seen.is_erased and seen.value == stated)
    return _added(case, path, stated, by, page)


@transaction.atomic
def save_entry(case: Case, entity: str, name: str, by: Person, page: str) -> str:
    """Add an entry to a list by its name; return its id, that of the entry of this name if it is there already."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in EDITABLE:
        raise LockedError
    found = record(case)
    if (known := found.named(entity, name)) is not None:
        return known
    check_name(name)
    entry = found.with_entry(entity, name)[1]
    _added(case, f"{entity}.{entry}", name, by, page)
    return entry


def check_name(name: str) -> None:
    """Raise RiskEngineError for the name of an entry of which nobody can see anything."""
    if is_blank(name):
        raise RiskEngineError(_("an entry needs a name"))


@transaction.atomic
def withdraw_entry(case: Case, entity: str, entry: str, by: Person, page: str) -> None:
    """Take an entry out of its list; what was answered of it stays in the rows, and comes back if it is added again."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in EDITABLE:
        raise LockedError
    if latest(case).get(f"{entity}.{entry}", None) is not None:
        _added(case, f"{entity}.{entry}", None, by, page)


@transaction.atomic
def take_over(case: Case, values: Mapping[str, Any], by: Person, page: str, seen: int) -> int:
    """Save what a guest answered, by path, as answers that stand; return how many were new. Raises as `save` does.

    `seen` is the key of the last answer of the case that stood beside it when somebody chose.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in EDITABLE:
        raise LockedError
    rows = latest(case)
    new = [path for path, value in values.items() if path not in rows or rows[path].value != value]
    if (later := next((rows[path] for path in new if path in rows and rows[path].pk > seen), None)) is not None:
        raise ConflictError(later)
    for path in new:
        _added(case, path, values[path], by, page)
    return len(new)


@transaction.atomic
def save_beside(
    case: Case, path: str, stated: Mapping[str, Any] | str | None, by: Person, page: str, base: int
) -> Answer:
    """Save what stands beside the answers, a control, a record of evidence or the title; None takes it out.

    Raises as `save` does, and InvalidSourceError with what is wrong with it.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in EDITABLE:
        raise LockedError
    value = plain(stated) if isinstance(stated, Mapping) else stated
    before = latest(case).get(path)
    if before is not None and before.value == value:
        return before
    if before is not None and before.seq != base:
        raise ConflictError(before)
    answer = _added(case, path, value, by, page)
    if path.startswith(f"{CONTROLS}."):
        _check_due(answer.value or {}, (before.value if before else None) or {})
    return answer


def _check_due(stated: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Raise RiskEngineError where a control is now to come by a day that is over: no decision could make it binding."""
    due = stated.get("due")
    is_to_come = stated.get("status") in {"planned", "agreed"}
    if due is not None and is_to_come and due != before.get("due") and date.fromisoformat(due) < today():
        raise RiskEngineError(_("{day} is over already", day=due), _("name a day that is still to come"))


def _added(case: Case, path: str, value: Any, by: Person, page: str) -> Answer:
    """Add a row to a locked case, and write what the case comes to with it; what does not fit raises, and undoes it."""
    if wrong := too_long(Answer, path=path, page=page):
        raise RiskEngineError("\n".join(wrong))
    number = (case.answers.filter(path=path).aggregate(Max("seq"))["seq__max"] or 0) + 1
    answer = Answer.objects.create(case=case, path=path, seq=number, value=value, by=by, page=page)
    after = made_of_rows(case)
    after.case  # noqa: B018 (what does not fit is told before anything of it stands)
    take_part(case, by)
    _write(case, after)
    case.state = State.DRAFT if case.state == State.ASSESSED else case.state
    case.save()
    register.keep_entries(case, after)
    log.note("answer", by, case, path=path, answer=answer.pk)
    return answer


def take_part(case: Case, by: Person) -> None:
    """Write down that somebody has had a hand in this round of a case: they neither review nor decide in it."""
    if not case.acts.filter(round=case.round, person=by, name=ActName.ANSWER).exists():
        from risk_engine.web.rights import on_behalf_of  # which reads from here what day it is

        absent = on_behalf_of(by, "answer", case)
        Act.objects.create(case=case, round=case.round, person=by, on_behalf_of=absent, name=ActName.ANSWER)


def made_of_rows(case: Case, more: Mapping[str, Row] | None = None) -> Record:
    """Return what the answers that stand come to, and nothing else does; `more` are a guest's, which stand before them.

    Raises InvalidSourceError with what is wrong in them.
    """
    head = {name: case.document[name] for name in ("id", "title", "criteria", "status")}
    found = Record(head, Under(rules(case), today(), path=case.number))
    return with_rows(found, {**latest(case), **(more or {})})


@transaction.atomic
def make_anew(case: Case) -> None:
    """Write what a case comes to by its rows, where something of them was erased; where it is on its way stays."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    after = made_of_rows(case)
    _ = after.case
    _write(case, after)
    case.save()
    register.keep_entries(case, after)
    Touched.objects.filter(case=case).update(lines=[])  # they may quote what was erased; the next look makes them anew


def _write(case: Case, after: Record) -> None:
    case.document = plain(after.data)
    check_readable(case.document, case.number)
    case.title = str(case.document.get("title", case.title))[:MOST_SHOWN]
    case.search = words(case.document)


def _in_json(value: Value | None) -> Any:
    return None if value is None else plain({"value": value})["value"]


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data as JSON holds them: lists for tuples, ISO text for days."""
    import orjson

    found: dict[str, Any] = orjson.loads(canonical(data))
    return found


def words(document: Mapping[str, Any]) -> str:
    """Return what a case is found by: every text in it, in small letters."""

    def texts(value: Any) -> list[str]:
        match value:
            case str():
                return [] if value == UNKNOWN else [value]
            case dict():
                return [text for one in value.values() for text in texts(one)]
            case list() | tuple():
                return [text for one in value for text in texts(one)]
            case _:
                return []

    return "\n".join(dict.fromkeys(texts(document))).casefold()


# --- sealed records ---


def seal(case: Case, kind: SealedKind, digest: str, content: bytes, supersedes: str = "") -> Sealed:
    """Keep the bytes of a record as they are, and file it behind those that the case has."""
    sealed, _made = Sealed.objects.get_or_create(
        digest=digest, defaults={"sha256": hashlib.sha256(content).hexdigest(), "kind": kind, "content": content}
    )
    order = (case.filed.aggregate(Max("order"))["order__max"] or 0) + 1
    Filed.objects.create(case=case, order=order, sealed=sealed, supersedes=supersedes)
    return sealed


def assessed(case: Case) -> Assessment:
    """Return the assessment of a case as it stands, on the day that it is."""
    found = record(case)
    chosen = choose(case.criteria, found.under.on)
    return assess(
        found.case,
        found.criteria,
        found.under.on,
        in_force=chosen.in_force,
        draft=chosen.draft,
        withdrawn=chosen.withdrawn,
    )


def filed(case: Case, kind: SealedKind) -> Sealed | None:
    """Return the record of a kind that was filed last, None where there is none."""
    last = case.filed.filter(sealed__kind=kind).select_related("sealed").order_by("-order").first()
    return last.sealed if last else None


def seal_assessment(case: Case) -> Sealed:
    """Assess a case and keep the record."""
    made = assessed(case)
    before = filed(case, SealedKind.ASSESSMENT)
    return seal(case, SealedKind.ASSESSMENT, made.digest, to_json(made), before.digest if before else "")
