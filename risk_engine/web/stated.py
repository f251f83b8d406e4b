"""What a case file states as the rows that the office keeps of it: an answer for each path, controls, evidence."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from risk_engine.engine.work import tupled
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.case import ON_FILE, UNKNOWN
from risk_engine.office.forms.case_record import SET_ASIDE, Record
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.web import cases, register
from risk_engine.web.models import Act, Answer, Case, Faculty, Person
from risk_engine.web.record_of_rows import BESIDE, CONTROLS, EVIDENCE
from risk_engine.web.wording import too_long
from risk_engine.web.words import ActName, State

_HEAD: Final = frozenset({"id", "criteria", "status"})


def case_stating(stated: Mapping[str, Any], criteria: str, faculty: Faculty, by: Person, page: str) -> Case:
    """Return a new draft that states all that a case file does, each answer as one of a person's on a page.

    Raises RiskEngineError for what does not fit the criteria, or the office cannot hold.
    """
    stated = {**stated, "criteria": criteria}
    case = Case.objects.create(
        number=stated["id"],
        title=str(stated["title"])[:500],
        faculty=faculty,
        state=State.DRAFT,
        criteria=criteria,
        document={name: stated[name] for name in ("id", "title", "criteria", "status")},
        search="",
    )
    rows = list(stated_rows(cases.plain(stated), case))
    if wrong := [one for path, _value in rows for one in too_long(Answer, path=path)]:
        raise RiskEngineError("\n".join(wrong))
    Answer.objects.bulk_create(
        Answer(case=case, path=path, seq=1, value=value, by=by, page=page) for path, value in rows
    )
    Act.objects.create(case=case, round=case.round, person=by, name=ActName.ANSWER)
    made = cases.made_of_rows(case)
    if lost := _lost(stated, made):
        raise RiskEngineError(_("it states what the office cannot hold: {paths}", paths=", ".join(lost)))
    case.document = cases.plain(made.data)
    case.search = cases.words(case.document)
    case.save()
    register.keep_entries(case, made)
    return case


def stated_rows(stated: Mapping[str, Any], case: Case) -> Iterator[tuple[str, Any]]:
    """Yield what a case states as the rows that the office keeps of it: paths and values."""
    criteria = cases.rules(case)
    given = [path for path, _value in _answers(stated, case)]
    yield from _answers(stated, case)
    number = 0
    for one in stated.get(CONTROLS) or ():
        yield (
            f"{CONTROLS}.{one['id']}",
            {key: value for key, value in one.items() if key not in {"id", "evidence"}},
        )
        for record in one.get("evidence") or ():
            number += 1
            yield f"{EVIDENCE}.{number}", {**record, "control": one["id"]}
    for record in stated.get(EVIDENCE) or ():
        number += 1
        paths = dict.fromkeys(record["for"], 1)
        yield f"{EVIDENCE}.{number}", {**record, "answers": paths}
    for one in stated.get(ON_FILE) or ():
        taken = {fact: {"day": day, "seq": 1} for fact, day in one["answers"].items()}
        entity, _dot, entry = one["entry"].partition(".")
        own = next(each for each in stated[entity] if each[ENTRY_ID] == entry)
        held = {fact: own[fact] for fact in taken} | (one.get("differs") or {})
        same = {name: one[name] for name in ("file", "digest", "stale_after_days")}
        yield f"{ON_FILE}.{one['entry']}", {**same, "answers": taken, "held": held}
    for path, value in (stated.get(SET_ASIDE) or {}).items():
        entity, *parts = path.split(".")
        if path not in given and entity in criteria.entities and parts and parts[-1] != "evidence":
            yield path, value


def _answers(stated: Mapping[str, Any], case: Case) -> Iterator[tuple[str, Any]]:
    criteria = cases.rules(case)
    for name, value in stated.items():
        if name in _HEAD | BESIDE | {SET_ASIDE}:
            continue
        if name not in criteria.entities:
            yield name, value
        elif not isinstance(value, list | tuple | dict) or not value:
            yield name, _known(value)
        elif isinstance(value, dict):
            yield from ((f"{name}.{fact}", _known(one)) for fact, one in value.items())
        else:
            label = label_fact(criteria, name)
            for entry in value:
                own = f"{name}.{entry[ENTRY_ID]}"
                yield own, entry[ENTRY_ID] if label == ENTRY_ID else entry.get(label) or UNKNOWN
                yield from (
                    (f"{own}.{fact}", _known(one)) for fact, one in entry.items() if fact not in {ENTRY_ID, label}
                )


def _known(value: Any) -> Any:
    return None if value == UNKNOWN else value


def _lost(stated: Mapping[str, Any], made: Record) -> list[str]:
    """Return what a case states and its rows do not."""
    wanted = Record({key: tupled(value) for key, value in stated.items()}, made.under).case
    have = made.case
    return [
        name for name in type(have).model_fields if name != SET_ASIDE and getattr(wanted, name) != getattr(have, name)
    ]
