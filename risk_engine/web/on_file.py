"""What the office has on file about organisations: rows that are only added to, taken into cases, kept from them.

It says what a file of the package's folder says (`loading/on_file.py`): a case that takes an answer states from where,
with its evidence and its day, and an answer that somebody gives in the case itself counts. In the office nothing is
taken by itself: somebody looks at each answer first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from risk_engine.engine.facts import Read
from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _
from risk_engine.files.plain import canonical, digest
from risk_engine.files.source import parse
from risk_engine.loading.on_file import FOLDER, LIMIT, USUAL_LIMIT
from risk_engine.loading.releases import choose
from risk_engine.model.case import EVIDENCE_OF_FILE, ON_FILE, FactEvidence
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.case_record import Record, Under, id_of
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.partners import text_of
from risk_engine.report.returned import same_label
from risk_engine.web import cases, log, questions
from risk_engine.web.models import Case, CaseEntry, Dossier, DossierName, OnFile, Person, RegisterFile
from risk_engine.web.record_of_rows import EVIDENCE

LIMIT_PATH: Final = "stale_after_days"
"""The row that says after how many days an answer should be looked at again."""
ALSO: Final = "also."
"""How the rows of further names begin."""
PAGE: Final = "on_file"
"""From where an answer of a case comes that was taken."""
_MOST_NAME: Final = DossierName._meta.get_field("name").max_length or 0


@dataclass(frozen=True)
class Said:
    """What stands beside something that is put on file: evidence as a case file has it, its days."""

    evidence: tuple[Mapping[str, Any], ...]
    recorded_on: date
    until: date | None = None


def rules() -> Criteria:
    """Return the criteria in whose words it is on file: those of new cases."""
    return cases.rules_named(reference())


def reference() -> str:
    """Return which criteria those are."""
    return f"{choose(settings.CRITERIA, cases.today()).version}"


# --- what there is ---


def standing(dossier: Dossier) -> dict[str, OnFile]:
    """Return the row that stands for each path; what was taken off the file is among them, without a value."""
    return {one.path: one for one in dossier.rows.select_related("by").order_by("seq", "pk")}


def answers(rows: Mapping[str, OnFile]) -> dict[str, OnFile]:
    """Return the answers among the rows that stand, by their questions."""
    return {path: one for path, one in rows.items() if one.value is not None and path != LIMIT_PATH and "." not in path}


def day_of(row: OnFile) -> date:
    """Return when something was recorded: the day of its newest evidence, else that on which somebody said it."""
    days = [date.fromisoformat(one["date"]) for one in row.evidence]
    return max(days, default=row.recorded_on)


def limit_of(rows: Mapping[str, OnFile]) -> int:
    """Return after how many days an answer should be looked at again: its own limit, the office's, the usual one."""
    own = rows.get(LIMIT_PATH)
    if own is not None and own.value is not None:
        return int(own.value)
    kept = RegisterFile.objects.filter(name=f"{FOLDER}/{LIMIT}").first()
    return USUAL_LIMIT if kept is None else int(parse(bytes(kept.content).decode(), LIMIT).data[LIMIT_PATH])


def is_old(row: OnFile, limit: int) -> bool:
    """Return whether something is too old to be taken without a word, or its time is over."""
    today = cases.today()
    return (today - day_of(row)).days > limit or (row.until is not None and row.until < today)


def name_of(dossier: Dossier) -> str:
    """Return what people call it."""
    first = dossier.names.order_by("pk").first()
    return first.name if first else dossier.key


def sight(dossier: Dossier, rows: Mapping[str, OnFile]) -> questions.Sight:
    """Return what is on file as a case of one entry, in which its questions and answers have their words."""
    about, key = dossier.about, dossier.key
    entry = {ENTRY_ID: key, **{fact: tupled(row.value) for fact, row in answers(rows).items()}}
    data: dict[str, Any] = {"id": ON_FILE, "title": key, about: (entry,)}
    if evidence := _in_case(dossier, rows):
        data["evidence"] = evidence
    found = Record(data, Under(rules(), cases.today(), path=key))
    return questions.Sight(found, {f"{about}.{key}.{path}": row for path, row in rows.items()})


def proposed(entity: str, name: str) -> list[Dossier]:
    """Return what is on file under a name in a list of the criteria; whether it is the same is for people to say."""
    found = DossierName.objects.filter(folded=same_label(name)[:_MOST_NAME], dossier__about=entity)
    return list(Dossier.objects.filter(pk__in=found.values("dossier")).order_by("key"))


def named_in(dossier: Dossier, visible: QuerySet[Case]) -> list[tuple[Case, CaseEntry]]:
    """Return the cases that somebody sees in which it is named, with the entry: by a name, or because it was used."""
    by_name = CaseEntry.objects.filter(folded__in=dossier.names.values("folded"), entity=dossier.about)
    entries = (by_name | CaseEntry.objects.filter(on_file=dossier.key)).filter(case__in=visible)
    return [(one.case, one) for one in entries.select_related("case").order_by("case__number", "entry")]


def moved_since(case: Case, dossier: Dossier, rows: Mapping[str, OnFile]) -> list[str]:
    """Return the questions of which a case used an answer that is another one by now."""
    used = [one for one in case.document.get(ON_FILE, ()) if one["file"] == dossier.key]
    now = answers(rows)
    moved: list[str] = []
    for one in used:
        entity, _dot, entry_id = one["entry"].partition(".")
        entry: dict[str, Any] = next((each for each in case.document.get(entity, ()) if each[ENTRY_ID] == entry_id), {})
        moved += [fact for fact in one["answers"] if fact not in now or now[fact].value != entry.get(fact)]
    return moved


# --- put on file ---


@transaction.atomic
def begin(by: Person, about: str, name: str) -> Dossier:
    """Return something new on file, of which the name is known. Raise RiskEngineError where nothing is called so."""
    log.alone_in("on_file")
    name = " ".join(name.split())
    entity = rules().entities.get(about)
    if is_blank(name) or entity is None or entity.many is None:
        raise RiskEngineError(_("It needs a name, and a list of the criteria."))
    taken = set(Dossier.objects.values_list("key", flat=True))
    made = Dossier.objects.create(key=id_of(name, about, taken), about=about)
    log.note("on_file_begun", by, dossier=made.key)
    put(made, label_path(about), name, Said((), cases.today()), by, 0)
    return made


def label_path(about: str) -> str:
    """Return under which path the name stands: that of the question that asks for it, where a list has one."""
    label = label_fact(rules(), about)
    return f"{ALSO}1" if label == ENTRY_ID else label


@transaction.atomic
def put(  # noqa: PLR0913, PLR0917 (what, in place of what, with what beside it, by whom)
    dossier: Dossier, path: str, value: Any, said: Said, by: Person, base: int, case: Case | None = None
) -> OnFile:
    """Put something on file, None takes it off; return its row, or the same one that stands already.

    `base` is the number of the row that the page showed. Raise ConflictError where another stands by now,
    InvalidSourceError for what the criteria do not take.
    """
    dossier = Dossier.objects.select_for_update().get(pk=dossier.pk)
    stated = cases.plain({"value": value, "evidence": said.evidence})
    cases.check_readable(stated, dossier.key)
    before = standing(dossier).get(path)
    if before is not None and not before.is_erased and _is_same(before, stated, said):
        return before
    if (before.seq if before else 0) != base:
        assert before is not None  # noqa: S101 (rows do not go)
        raise cases.ConflictError(before)
    row = OnFile.objects.create(
        dossier=dossier,
        path=path,
        seq=base + 1,
        value=stated["value"],
        evidence=stated["evidence"],
        recorded_on=said.recorded_on,
        until=said.until,
        case=case.number if case else "",
        by=by,
    )
    rows = standing(dossier)
    _ = sight(dossier, rows).record.case  # what does not fit is told before anything of it stands
    keep_names(dossier, rows)
    log.note("on_file", by, case, dossier=dossier.key, path=path, row=row.pk)
    return row


def _is_same(row: OnFile, stated: Mapping[str, Any], said: Said) -> bool:
    return row.value == stated["value"] and row.evidence == stated["evidence"] and row.until == said.until


def _in_case(dossier: Dossier, rows: Mapping[str, OnFile]) -> tuple[dict[str, Any], ...]:
    """Return the evidence as a case has it that states the same."""
    path = f"{dossier.about}.{dossier.key}"
    return tuple({**one, "for": tuple(f"{path}.{each}" for each in one["for"])} for one in _evidence(rows))


def _evidence(rows: Mapping[str, OnFile]) -> list[dict[str, Any]]:
    """Return the records of evidence, each with all that it supports."""
    found: dict[bytes, dict[str, Any]] = {}
    for fact, row in answers(rows).items():
        for one in row.evidence:
            plain = {name: value for name, value in one.items() if name != "for"}
            supports = [f"{fact}.{one['for']}" if one.get("for") else fact]
            record = found.setdefault(canonical(plain), {"for": (), **plain})
            record["for"] += tuple(each for each in supports if each not in record["for"])
    return list(found.values())


def keep_names(dossier: Dossier, rows: Mapping[str, OnFile]) -> None:
    """Write anew under which names it is found, that of its own first."""
    paths = [label_path(dossier.about), *(path for path in rows if path.startswith(ALSO))]
    names = dict.fromkeys(str(rows[one].value)[:_MOST_NAME] for one in paths if one in rows and rows[one].value)
    dossier.names.all().delete()
    DossierName.objects.bulk_create(
        DossierName(dossier=dossier, name=one, folded=same_label(one)[:_MOST_NAME]) for one in names
    )


def next_name(rows: Mapping[str, OnFile]) -> str:
    """Return the path of one more name."""
    return f"{ALSO}{max((int(path.removeprefix(ALSO)) for path in rows if path.startswith(ALSO)), default=0) + 1}"


# --- as a file ---


def stated(dossier: Dossier, rows: Mapping[str, OnFile]) -> dict[str, Any]:
    """Return what its file says."""
    known = answers(rows)
    entity = rules().entities.get(dossier.about)
    order = list(entity.facts) if entity else []
    facts = sorted(known, key=lambda one: order.index(one) if one in order else len(order))
    bare = [row.recorded_on for row in known.values() if not row.evidence]
    said: dict[str, Any] = {"id": dossier.key, "about": dossier.about}
    said["recorded_on"] = min(bare) if bare else max((one.recorded_on for one in rows.values()), default=cases.today())
    if (own := rows.get(LIMIT_PATH)) is not None and own.value is not None:
        said[LIMIT_PATH] = int(own.value)
    said["answers"] = {fact: tupled(known[fact].value) for fact in facts}
    records = [FactEvidence.model_validate(one) for one in _evidence(rows)]
    if records:
        said["evidence"] = tuple(one.model_dump(by_alias=True, exclude_none=True) for one in records)
    return said


def content_of(dossier: Dossier, rows: Mapping[str, OnFile]) -> bytes:
    """Return its file: the one that it came with, byte for byte, while nothing was added."""
    if dossier.sealed is not None and dossier.rows.count() == dossier.in_file:
        return bytes(dossier.sealed.content)
    return text_of(stated(dossier, rows)).encode()


def digest_of(dossier: Dossier, rows: Mapping[str, OnFile]) -> str:
    """Return the digest of what its file says, as a case that used it states it."""
    return digest(parse(content_of(dossier, rows).decode(), dossier.key, nulls=True).data)


# --- taken into a case ---


@dataclass(frozen=True)
class Line:
    """An answer on file beside that of a case, both in words."""

    fact: str
    title: str
    row: OnFile | None
    says: str
    day: date | None
    is_old: bool
    case_says: str
    """What the case says; nothing where nobody knows yet."""
    is_same: bool
    base: int
    has_evidence: bool
    """Whether the case has evidence for its answer."""

    @property
    def may_take(self) -> bool:
        """Whether there is something to take."""
        return self.row is not None and not self.is_same

    @property
    def may_keep(self) -> bool:
        """Whether there is something to keep."""
        return bool(self.case_says) and not self.is_same


def beside(sight_: questions.Sight, place: tuple[str, str], rows: Mapping[str, OnFile]) -> Iterator[Line]:
    """Yield each question of an entry that is answered in the case or on file, in the order of the criteria."""
    (entity, entry), record = place, sight_.record
    limit, known = limit_of(rows), answers(rows)
    supported = {path for one in record.evidence for path in one["for"]}
    label = label_fact(record.criteria, entity)
    for fact in record.criteria.entities[entity].facts:
        read = Read(entity, entry, fact)
        own, row = record.answer(read), known.get(fact)
        if fact == label or (own is None and row is None):
            continue
        asked = questions.asked_for(read, sight_)
        before = rows.get(fact)
        yield Line(
            fact,
            asked.question.text,
            row,
            questions.value_in_words(asked, tupled(row.value)) if row else "",
            day_of(row) if row else None,
            row is not None and is_old(row, limit),
            questions.in_words(asked) if own is not None else "",
            is_same=row is not None and own == tupled(row.value),
            base=before.seq if before else 0,
            has_evidence=any(one == read.path() or one.startswith(f"{read.path()}.") for one in supported),
        )


@transaction.atomic
def take(
    dossier: Dossier,
    case: Case,
    place: tuple[str, str],
    facts: Collection[str],
    by: Person,
    seen: tuple[int, int],
) -> int:
    """Answer questions of an entry with what is on file, with its evidence; return how many.

    `seen` are the last answer of the case and the last row on file that stood there when somebody chose. Raises as
    `cases.take_over` does, and RiskEngineError where something else is on file by now.
    """
    rows = standing(dossier)
    chosen = {fact: row for fact, row in answers(rows).items() if fact in facts}
    if len(chosen) < len(facts) or any(row.pk > seen[1] for row in chosen.values()):
        raise RiskEngineError(_("Something else is on file by now: look at it again."))
    path = f"{place[0]}.{place[1]}"
    values = {f"{path}.{fact}": row.value for fact, row in chosen.items()}
    cases.take_over(case, values, by, PAGE, seen[0])
    latest = cases.latest(case)
    _save_evidence(case, path, dossier, chosen, latest, by)
    before = latest.get(f"{ON_FILE}.{path}")
    earlier = before.value["answers"] if before and before.value and before.value["file"] == dossier.key else {}
    taken = {
        fact: {"day": day_of(row).isoformat(), "seq": latest[f"{path}.{fact}"].seq} for fact, row in chosen.items()
    }
    said = {
        "file": dossier.key,
        "digest": digest_of(dossier, rows),
        "stale_after_days": limit_of(rows),
        "answers": {**earlier, **taken},
        "held": {fact: row.value for fact, row in answers(rows).items()},
    }
    cases.save_beside(case, f"{ON_FILE}.{path}", said, by, PAGE, before.seq if before else 0)
    log.note("on_file_taken", by, case, dossier=dossier.key, entry=path, answers=sorted(chosen))
    return len(chosen)


def _save_evidence(
    case: Case,
    path: str,
    dossier: Dossier,
    chosen: Mapping[str, OnFile],
    latest: Mapping[str, Any],
    by: Person,
) -> None:
    """Save the evidence of what was taken as evidence of the case; an answer without any has the file as its own."""
    bare = [fact for fact, row in chosen.items() if not row.evidence]
    reference = f"{FOLDER}/{dossier.key}.yaml"
    records = [
        *_evidence(chosen),
        *(
            {"for": (fact,), "kind": EVIDENCE_OF_FILE, "reference": reference, "date": day_of(chosen[fact])}
            for fact in bare
        ),
    ]
    number = sum(one.startswith(f"{EVIDENCE}.") for one in latest)
    for count, one in enumerate(records, number + 1):
        of = tuple(f"{path}.{each}" for each in one["for"])
        supported = {each: latest[f"{path}.{each.removeprefix(f'{path}.').partition('.')[0]}"].seq for each in of}
        cases.save_beside(case, f"{EVIDENCE}.{count}", {**one, "for": of, "answers": supported}, by, PAGE, 0)


@transaction.atomic
def keep(
    dossier: Dossier,
    case: Case,
    place: tuple[str, str],
    bases: Mapping[str, int],
    said: Said | None,
    by: Person,
) -> int:
    """Put on file what a case answers about an entry, with its evidence or a source that is named; return how many.

    `bases` are the questions, with the number of the row that stood there. Raises as `put` does, and RiskEngineError
    for an answer without any source.
    """
    record = cases.record(case)
    number = 0
    for fact, base in bases.items():
        read = Read(*place, fact)
        value = record.answer(read)
        if value is None:
            raise RiskEngineError(_("The case does not answer this any more: look at it again."))
        evidence = tuple(_of_case(record, read.path())) or (said.evidence if said else ())
        if not evidence:
            raise RiskEngineError(_("Say from where it is known what has no evidence in the case."))
        until = said.until if said else None
        put(dossier, fact, value, Said(evidence, cases.today(), until), by, base, case)
        number += 1
    return number


def _of_case(record: Record, path: str) -> Iterator[dict[str, Any]]:
    """Yield the evidence that a case has for an answer, by what of it each supports."""
    for one in record.evidence:
        plain = {name: value for name, value in one.items() if name != "for"}
        for each in one["for"]:
            if each == path or each.startswith(f"{path}."):
                yield {**plain, "for": each.removeprefix(path).removeprefix(".")}


def last_row(dossier: Dossier) -> int:
    """Return the key of the row that was put on file last."""
    return dossier.rows.aggregate(Max("pk"))["pk__max"] or 0


def of_list(about: str) -> Sequence[Dossier]:
    """Return all that is on file about entries of a list."""
    return list(Dossier.objects.filter(about=about).order_by("key"))
