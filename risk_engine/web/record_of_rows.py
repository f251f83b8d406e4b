"""What the answers of a case come to: rows that people and guests gave, one by one, as the record that is read."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from risk_engine.engine.facts import Read
from risk_engine.engine.work import tupled
from risk_engine.model.case import ON_FILE, UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.case_record import Data, Record, consistent
from risk_engine.web.models import Answer, GuestAnswer, OnFile

Row: TypeAlias = Answer | GuestAnswer | OnFile
"""An answer of somebody of the office, of a guest, or what is on file."""

ERASED: Final = "[…]"
"""What stands where a name was erased that something must have."""
CONTROLS: Final = "controls"
EVIDENCE: Final = "evidence"
BESIDE: Final = frozenset({CONTROLS, EVIDENCE, ON_FILE})
"""What stands beside the answers, by rows of its own: `controls.ID`, `evidence.ID` with what it supports, and
`on_file.ENTRY` with what was taken of what is on file about it."""


def with_rows(found: Record, rows: Mapping[str, Row]) -> Record:
    """Return what rows come to, by their paths, beside the head of a case in which nothing is answered.

    Answers to questions that others close stay rows and stand beside the case (`set_aside`): they come back with the
    question. Raises InvalidSourceError with what is wrong in them.
    """
    gone = {
        path
        for path, row in rows.items()
        if row.value is None and not row.is_erased and _is_entry(path, found.criteria)
    }
    for path, row in rows.items():
        name, *parts = path.split(".")
        value = UNKNOWN if row.value is None else tupled(row.value)
        if name in BESIDE or ".".join(path.split(".")[:2]) in gone:
            continue
        if row.is_erased and (name not in found.criteria.entities or _is_entry(path, found.criteria)):
            value = ERASED  # a case has a title and its entries names, whatever was erased
        if name not in found.criteria.entities:
            found = found.with_head(name, value)
        elif not parts:
            found = found if found.entries(name) else found.with_list(name, value)
        elif _is_entry(path, found.criteria):
            found = found.with_entry(name, value, own=parts[0])[0]
        else:
            found = found.with_stated(Read(name, parts[0] if len(parts) > 1 else None, parts[-1]), value)
    return _with_beside(consistent(found)[0], rows)


def _is_entry(path: str, criteria: Criteria) -> bool:
    """Return whether a path names an entry of a list."""
    name, *parts = path.split(".")
    return len(parts) == 1 and name in criteria.entities and criteria.entities[name].many is not None


def _with_beside(found: Record, rows: Mapping[str, Row]) -> Record:
    """Return a record with its controls and its evidence.

    Evidence is for an answer as it was when somebody attached it: it supports no other one that came after it.
    """
    stated = {path: row.value for path, row in rows.items() if path.split(".")[0] in BESIDE and row.value is not None}
    of_answers: list[Data] = []
    of_controls: dict[str, list[Data]] = {}
    for path, value in stated.items():
        if not path.startswith(f"{EVIDENCE}."):
            continue
        record = {name: one for name, one in value.items() if name not in {"answers", "control", "for"}}
        if control := value.get("control"):
            of_controls.setdefault(control, []).append(record)
        answers: dict[str, int] = value.get("answers", {})
        still = tuple(
            one
            for one in value.get("for") or answers  # PostgreSQL keeps the keys of an object in an order of its own
            if (row := rows.get(one) or rows.get(one.rpartition(".")[0])) is not None  # or of one option of choices
            and row.seq == answers[one]
            and row.value is not None
        )
        kept = tuple(one for one in still if _is_stated(found, one if one in rows else one.rpartition(".")[0]))
        of_answers += [{"for": kept, **record}] if kept else []
    controls = tuple(
        {"id": path.partition(".")[2], **tupled(value), **_evidence_of(path, of_controls)}
        for path, value in stated.items()
        if path.startswith(f"{CONTROLS}.")
    )
    found = found.with_value(CONTROLS, controls) if controls else found
    found = found.with_value(EVIDENCE, tuple(of_answers)) if of_answers else found
    taken = tuple(_taken(found, path, value, rows) for path, value in stated.items() if path.startswith(f"{ON_FILE}."))
    return found.with_value(ON_FILE, tuple(filter(None, taken))) if any(taken) else found


def _taken(found: Record, path: str, value: Mapping[str, Any], rows: Mapping[str, Row]) -> Data | None:
    """Return what was taken of what is on file, None where nothing of it stands and nothing differs from it.

    An answer that somebody gave since is theirs; where it is another one the case says so.
    """
    _name, entity, entry = path.split(".", 2)
    own = next((one for one in found.entries(entity) if one["id"] == entry), {})
    held = {fact: tupled(one) for fact, one in value["held"].items()}
    answers = {
        fact: one["day"]
        for fact, one in value["answers"].items()
        if own.get(fact) == held[fact]
        and (row := rows.get(f"{entity}.{entry}.{fact}") or rows.get(f"{entity}.{entry}")) is not None
        and row.seq == one["seq"]
    }
    differs = {
        fact: one for fact, one in held.items() if fact not in answers and own.get(fact) not in {None, UNKNOWN, one}
    }
    same = {name: value[name] for name in ("file", "digest", "stale_after_days")}
    return (
        {"entry": f"{entity}.{entry}", **same, "answers": answers, "differs": differs} if answers or differs else None
    )


def _evidence_of(path: str, of_controls: Mapping[str, list[Data]]) -> Data:
    records = of_controls.get(path.partition(".")[2])
    return {EVIDENCE: tuple(records)} if records else {}


def _is_stated(found: Record, path: str) -> bool:
    entity, *parts = path.split(".")
    return bool(parts) and found.answer(Read(entity, parts[0] if len(parts) > 1 else None, parts[-1])) is not None
