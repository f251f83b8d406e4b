"""The answers of a case as its file states them, and the same case with other answers; nothing is ever lost.

Questionnaires and the interview fill in a case through this. An answer that a new one rules out moves to `set_aside:`,
as the design has it (section 9).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from risk_engine.engine.facts import Read
from risk_engine.engine.resolve import superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.files.source import Document
from risk_engine.loading.case import case_of, place_of
from risk_engine.model.case import UNKNOWN, Answer, Case, blank_id
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.report.returned import same_label

Data = dict[str, Any]
SET_ASIDE = "set_aside"
_HEAD = tuple(name for name in Case.model_fields if name not in {"controls", "evidence", SET_ASIDE, "notes"})

MOST_ID = 40
"""No id that is made from a name is longer."""


@dataclass(frozen=True)
class Under:
    """The rules that a case is looked at under, in the words of the current language, and the day."""

    criteria: Criteria
    on: date
    profile: Profile | None = None
    others: tuple[Criteria, ...] | None = None
    """Further sets whose facts the file may state too."""
    path: str = "case"
    """The file of the case, near which it is looked for what is on file."""


@dataclass(frozen=True)
class Record:
    """What the file states, and under which rules it is looked at."""

    data: Data
    under: Under

    @property
    def criteria(self) -> Criteria:
        """The set of criteria."""
        return self.under.criteria

    @cached_property
    def case(self) -> Case:
        """The case as the interview sees it: of a list that holds only the empty block of a new case, nobody knows."""
        blank = [name for name in self.criteria.entities if self._is_blank(name)]
        document = Document(self.under.path, {**self.data, **dict.fromkeys(blank, UNKNOWN)}, {}, ())
        return case_of(document, self.criteria, others=self.under.others)

    @cached_property
    def worked(self) -> Worked:
        """What the case comes to."""
        return work(self.case, self.criteria, self.under.on, self.under.profile)

    @property
    def evidence(self) -> tuple[Data, ...]:
        """The records of evidence."""
        found = self.data.get("evidence")
        return found if isinstance(found, tuple) else ()

    def entries(self, entity: str) -> tuple[Data, ...]:
        """Return the entries of a list; none where nobody has said anything about it."""
        return () if self._is_blank(entity) else self.blocks(entity)

    def blocks(self, entity: str) -> tuple[Data, ...]:
        """Return the entries of a list, the empty block of a new case too, which is there to be filled in."""
        found = self.data.get(entity)
        return found if isinstance(found, tuple) else ()

    def is_full(self, entity: str) -> bool:
        """Return whether a list has as many entries as it may have."""
        return len(self.entries(entity)) >= (self.criteria.entities[entity].many or 0)

    def is_listed(self, entity: str) -> bool:
        """Return whether somebody has said what is in a list."""
        return isinstance(self.data.get(entity), tuple) and not self._is_blank(entity)

    def stated(self, read: Read) -> object:
        """Return what the file says where a question is answered, `unknown` too; None where it says nothing."""
        return self._entry(read.entity, read.entry).get(read.fact or "")

    def answer(self, read: Read) -> Answer | None:
        """Return what the case states for a question, None where it states nothing."""
        value: Any = self.stated(read)
        return None if value == UNKNOWN else value

    def kept(self, read: Read) -> Answer | None:
        """Return the answer that was set aside when the question was no longer asked; None where there is none."""
        aside = self.data.get(SET_ASIDE)
        return aside.get(read.path()) if isinstance(aside, dict) else None

    def label(self, entity: str, entry: str | None) -> str:
        """Return what people call an entry of a list."""
        found = self._entry(entity, entry).get(label_fact(self.criteria, entity))
        return str(entry if found in (None, UNKNOWN) else found)

    def named(self, entity: str, label: str) -> str | None:
        """Return the id of the entry that has this name, in whatever spelling."""
        wanted = same_label(label)
        return next(
            (one["id"] for one in self.entries(entity) if same_label(self.label(entity, one["id"])) == wanted), None
        )

    # --- one answer more ---

    def with_value(self, name: str, value: object) -> "Record":
        """Return the record in which the file says this under a name of its top level, behind all else if it is new."""
        return replace(self, data={**self.data, name: value})

    def with_list(self, entity: str, value: object) -> "Record":
        """Return the record in which the file says this of an entity, behind those that the set declares before it."""
        return replace(self, data=_with_key(self.data, entity, value, [*_HEAD, *self.criteria.entities]))

    def with_head(self, name: str, value: object) -> "Record":
        """Return the record in which the head of the file says this, behind what a case says before it."""
        return replace(self, data=_with_key(self.data, name, value, [*_HEAD, "notes"]))

    def with_none(self, entity: str) -> "Record":
        """Return the record in which a list has no entries."""
        return self.with_list(entity, ())

    def with_block(self, entity: str, name: str, own: str | None = None) -> "tuple[Record, str]":
        """Return the record with a new entry of which only the id stands, its `own` or made of its name; and it."""
        have = self.entries(entity)
        entry = own or new_id(self.criteria, entity, name, have)
        if self._is_blank(entity):
            return self.with_value(entity, ({**self.data[entity][0], ENTRY_ID: entry},)), entry
        return self.with_list(entity, (*have, {ENTRY_ID: entry})), entry

    def with_entry(self, entity: str, value: Answer, own: str | None = None) -> "tuple[Record, str]":
        """Return the record with a new entry of this name, and the id that it got: its `own`, else one made of it."""
        label = label_fact(self.criteria, entity)
        record, entry = self.with_block(entity, str(value), own)
        return (record if label == ENTRY_ID else record.with_stated(Read(entity, entry, label), value)), entry

    def without_entry(self, entity: str, entry: str) -> "Record | None":
        """Return the record without an entry of which only the name is answered; None where more of it is."""
        label, have = label_fact(self.criteria, entity), self.entries(entity)
        (found,) = (one for one in have if one["id"] == entry)
        is_named = any(path.startswith(f"{entity}.{entry}.") for path in self._supported())
        if is_named or any(value not in (None, UNKNOWN) for name, value in found.items() if name not in {"id", label}):
            return None
        left = tuple(one for one in have if one is not found)
        return self.with_value(entity, left or UNKNOWN)

    def with_stated(self, read: Read, value: object) -> "Record":
        """Return the record in which the file says this where a question is answered, whatever it rules out."""
        entity, entry, fact = read
        after = _with_key(
            self._entry(entity, entry), fact or "", value, [ENTRY_ID, *self.criteria.entities[entity].facts]
        )
        if entry is None:
            return self.with_list(entity, after)
        blocks = self.blocks(entity)
        return self.with_value(entity, tuple(after if one[ENTRY_ID] == entry else one for one in blocks))

    def with_answer(self, read: Read, value: Answer | None) -> "tuple[Record, tuple[str, ...]]":
        """Return the record with an answer (None is "not known yet"), and the paths of what it rules out."""
        if value is not None and value == self.kept(read):
            return replace(self, data=_taken_again(self.data, read.path())).with_answer(read, value)
        return consistent(
            self.with_stated(read, UNKNOWN if value is None else value), self.worked.facts.superfluous.keys() - {read}
        )

    def without_answer(self, read: Read) -> "tuple[Record, tuple[str, ...]]":
        """Return the record in which nobody knows yet what is asked, and the paths of what that rules out.

        It is this record itself where nothing is answered, and where the name of an entry is all that it is known by.
        """
        entity, entry, fact = read
        if entry is None and fact is None:
            is_none = self.is_listed(entity) and not self.entries(entity)
            return (self.with_value(entity, UNKNOWN) if is_none else self), ()
        stated = Read(entity, entry, fact or label_fact(self.criteria, entity))
        if stated.fact == ENTRY_ID or self.answer(stated) is None:
            return self, ()
        return self.with_answer(stated, None)

    # --- how the file holds it ---

    def _entry(self, entity: str, entry: str | None) -> Data:
        if entry is None:
            found = self.data.get(entity)
            return found if isinstance(found, dict) else {}
        return next((one for one in self.blocks(entity) if one["id"] == entry), {})

    def _is_blank(self, entity: str) -> bool:
        """Return whether a list holds only the empty block of a new case, which is there to be filled in."""
        have = self.blocks(entity)
        if len(have) != 1 or have[0].get("id") != blank_id(entity):
            return False
        is_named = any(path.startswith(f"{entity}.") for path in self._supported())
        return not is_named and all(key == "id" or value in (None, UNKNOWN) for key, value in have[0].items())

    def _supported(self) -> Iterator[str]:
        """Yield the paths of the answers that have evidence."""
        return (path for one in self.evidence for path in one.get("for", ()))


def consistent(record: Record, kept: Collection[Read] = ()) -> tuple[Record, tuple[str, ...]]:
    """Return the record without answers to questions that are no longer asked, and their paths.

    Those answers stand beside the case then. Superfluous ones that are `kept` stay where they are, and count.
    """
    under = record.under
    moved = sorted(one.path() for one in superfluous(record.case, under.criteria, under.on, under.profile, kept))
    for path in moved:
        record = replace(record, data=_aside(record.data, path))
    return record, tuple(moved)


def _aside(data: Data, path: str) -> Data:
    """Return data in which an answer is not known, and stands under `set_aside:`."""
    entity, *parts = place_of(data, path)
    held: Any = data[str(entity)]
    match parts:
        case []:
            return _list_aside(data, path)
        case [int() as number, str() as fact]:
            value = held[number][fact]
            held = tuple({**one, fact: UNKNOWN} if at == number else one for at, one in enumerate(held))
        case _:
            (fact,) = map(str, parts)
            value = held[fact]
            held = {**held, fact: UNKNOWN}
    return {**data, str(entity): held, SET_ASIDE: {**(data.get(SET_ASIDE) or {}), path: value}}


def _list_aside(data: Data, name: str) -> Data:
    """Return data in which a list is not known, and all that was answered of its entries stands under `set_aside:`.

    What is on record for these answers goes with them: evidence can only be of what the case states.
    """
    apart: Data = dict(data.get(SET_ASIDE) or {})
    for entry in data[name]:
        stated = {fact: value for fact, value in entry.items() if fact != "id" and value not in (None, UNKNOWN)}
        apart |= {f"{name}.{entry['id']}.{fact}": value for fact, value in (stated or {"id": entry["id"]}).items()}
    left = []
    for one in data.get("evidence", ()):
        kept = tuple(path for path in one["for"] if not path.startswith(f"{name}."))
        apart |= {f"{path}.evidence": one["reference"] for path in one["for"] if path not in kept}
        left += [{**one, "for": kept}] if kept else []
    found = {**data, name: UNKNOWN, SET_ASIDE: apart}
    return {**found, "evidence": tuple(left)} if "evidence" in data else found


def _taken_again(data: Data, path: str) -> Data:
    """Return data without an answer that was set aside and is given again."""
    left = {name: value for name, value in data[SET_ASIDE].items() if name != path}
    return {**data, SET_ASIDE: left} if left else {name: value for name, value in data.items() if name != SET_ASIDE}


def _with_key(entry: Data, name: str, value: object, order: Sequence[str]) -> Data:
    """Return an entry with one answer more; a new key stands behind those that the set declares before it."""
    if name in entry:
        return {**entry, name: value}
    keys = list(entry)
    behind = max((keys.index(one) for one in order[: order.index(name)] if one in entry), default=-1)
    keys.insert(behind + 1, name)
    return {key: value if key == name else entry[key] for key in keys}


def new_id(criteria: Criteria, name: str, label: str, have: Sequence[Data]) -> str:
    """Return a short name for a new entry, made from what people call it."""
    taken = {str(one.get("id")) for one in have}
    return id_of(label, name, taken, is_id=label_fact(criteria, name) == ENTRY_ID)


def id_of(label: str, entity: str, taken: Collection[str], *, is_id: bool = False) -> str:
    """Return an id that is not taken, made from a name; `is_id`: what is no other name keeps its underscores."""
    ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9_-]+" if is_id else r"[^a-z0-9]+", "-", ascii_only)
    words = words.strip("-")
    cut = words[:MOST_ID] if words[MOST_ID : MOST_ID + 1] in {"", "-"} else words[:MOST_ID].rpartition("-")[0]
    plain = (cut or words[:MOST_ID]).strip("-") or entity.replace("_", "-")
    return next(one for one in (plain, *(f"{plain}-{number}" for number in range(2, 2002))) if one not in taken)


def answered_reads(record: Record) -> Iterator[Read]:
    """Yield what is answered, in the order of the case file: a list without entries, names of entries, facts."""
    for name, entity in record.criteria.entities.items():
        if entity.many is None:
            yield from _answered(record, name, None, entity.facts)
        elif record.is_listed(name) and not record.entries(name):
            yield Read(name, None, None)
        for entry in record.entries(name) if entity.many is not None else ():
            yield Read(name, entry["id"], None)
            label = label_fact(record.criteria, name)
            yield from _answered(record, name, entry["id"], [one for one in entity.facts if one != label])


def _answered(record: Record, entity: str, entry: str | None, facts: Iterable[str]) -> Iterator[Read]:
    reads = (Read(entity, entry, one) for one in facts)
    return (one for one in reads if record.answer(one) is not None)
