"""The answers of a case as its file states them, and the same case with one more answer; nothing is ever lost.

An answer that a new one rules out moves to `set_aside:`, as the design has it (section 9). A new case has a file in
which only what is answered stands.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from risk_engine.engine.facts import Read
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import InvalidCaseError
from risk_engine.files.language import _
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import case_of, place_of
from risk_engine.model.case import UNKNOWN, Answer, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.office.forms.case_file import is_blank, new_id, rewritten, with_answer
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.forms.form import same_label
from risk_engine.report.blank_case import NO_TITLE, WIDTH

Data = dict[str, Any]
SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Under:
    """The rules that a case is looked at under, in the words of the current language, and the day."""

    criteria: Criteria
    model: type[Case]
    on: date
    profile: Profile | None = None
    others: tuple[Criteria, ...] | None = None
    """Further sets whose facts the file may state too."""


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
        return _case({**self.data, **dict.fromkeys(blank, UNKNOWN)}, self.under)

    @cached_property
    def worked(self) -> Worked:
        """What the case comes to; raise InvalidCaseError where its answers rule each other out."""
        return work(self.case, self.criteria, self.under.on, self.under.profile)

    def entries(self, entity: str) -> tuple[Data, ...]:
        """Return the entries of a list; none where nobody has said anything about it."""
        found = self.data.get(entity)
        return found if isinstance(found, tuple) and not self._is_blank(entity) else ()

    def is_full(self, entity: str) -> bool:
        """Return whether a list has as many entries as it may have."""
        return len(self.entries(entity)) >= (self.criteria.entities[entity].many or 0)

    def is_listed(self, entity: str) -> bool:
        """Return whether somebody has said what is in a list."""
        return isinstance(self.data.get(entity), tuple) and not self._is_blank(entity)

    def answer(self, read: Read) -> Answer | None:
        """Return what the case states for a question, None where it states nothing."""
        entry = self._entry(read.entity, read.entry)
        value = entry.get(read.fact or "")
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

    def with_none(self, entity: str) -> "Record":
        """Return the record in which a list has no entries."""
        return replace(self, data=self._ordered(entity, ()))

    def with_entry(self, entity: str, value: Answer) -> "tuple[Record, str]":
        """Return the record with a new entry of this name, and the id that it got."""
        label = label_fact(self.criteria, entity)
        have = self.entries(entity)
        entry = new_id(self.criteria, entity, str(value), have)
        stated = {"id": entry} if label == ENTRY_ID else {"id": entry, label: value}
        if self._is_blank(entity):
            return replace(self, data={**self.data, entity: ({**self.data[entity][0], **stated},)}), entry
        return replace(self, data=self._ordered(entity, (*have, stated))), entry

    def without_entry(self, entity: str, entry: str) -> "Record | None":
        """Return the record without an entry of which only the name is answered; None where more of it is."""
        label, have = label_fact(self.criteria, entity), self.entries(entity)
        (found,) = (one for one in have if one["id"] == entry)
        paths = [path for one in self.data.get("evidence") or () for path in one.get("for", ())]
        is_named = any(path.startswith(f"{entity}.{entry}.") for path in paths)
        if is_named or any(value not in (None, UNKNOWN) for name, value in found.items() if name not in {"id", label}):
            return None
        left = tuple(one for one in have if one is not found)
        return replace(self, data={**self.data, entity: left or UNKNOWN})

    def with_answer(self, read: Read, value: Answer | None) -> "tuple[Record, tuple[str, ...]]":
        """Return the record with an answer (None is "not known yet"), and the paths of what it rules out."""
        if value is not None and value == self.kept(read):
            return replace(self, data=_taken_again(self.data, read.path())).with_answer(read, value)
        entity, stated = read.entity, UNKNOWN if value is None else value
        order = ["id", *self.criteria.entities[entity].facts]
        after = with_answer(self._entry(entity, read.entry), read.fact or "", stated, order)
        if read.entry is None:
            data = self._ordered(entity, after)
        else:
            entries = tuple(after if one["id"] == read.entry else one for one in self.entries(entity))
            data = {**self.data, entity: entries}
        return consistent(replace(self, data=data))

    def without_answer(self, read: Read) -> "tuple[Record, tuple[str, ...]]":
        """Return the record in which nobody knows yet what is asked, and the paths of what that rules out.

        It is this record itself where nothing is answered, and where the name of an entry is all that it is known by.
        """
        entity, entry, fact = read
        if entry is None and fact is None:
            is_none = self.is_listed(entity) and not self.entries(entity)
            return (replace(self, data={**self.data, entity: UNKNOWN}) if is_none else self), ()
        stated = Read(entity, entry, fact or label_fact(self.criteria, entity))
        if stated.fact == ENTRY_ID or self.answer(stated) is None:
            return self, ()
        return self.with_answer(stated, None)

    # --- how the file holds it ---

    def _entry(self, entity: str, entry: str | None) -> Data:
        if entry is None:
            found = self.data.get(entity)
            return found if isinstance(found, dict) else {}
        return next((one for one in self.entries(entity) if one["id"] == entry), {})

    def _is_blank(self, entity: str) -> bool:
        have = self.data.get(entity)
        is_list = self.criteria.entities[entity].many is not None
        return is_list and isinstance(have, tuple) and is_blank(entity, have, self.data.get("evidence") or ())

    def _ordered(self, entity: str, value: object) -> Data:
        """Return the data with an entity; a new one stands behind those that the set declares before it."""
        return with_answer(self.data, entity, value, [*_HEAD, *self.criteria.entities])


_HEAD = tuple(name for name in Case.model_fields if name not in {"controls", "evidence", SET_ASIDE, "notes"})


def consistent(record: Record) -> tuple[Record, tuple[str, ...]]:
    """Return the record without answers to questions that are no longer asked; those are kept beside the case."""
    moved: list[str] = []
    while True:
        try:
            record.worked  # noqa: B018 (it raises)
        except InvalidCaseError as error:
            for one in error.problems:
                record = replace(record, data=_aside(record.data, one.path))
                moved.append(one.path)
        else:
            return record, tuple(moved)


def _aside(data: Data, path: str) -> Data:
    """Return data in which an answer is not known, and stands under `set_aside:`."""
    entity, *parts = place_of(data, path)
    held: Any = data[str(entity)]
    match parts:
        case [int() as number, str() as fact]:
            value = held[number][fact]
            held = tuple({**one, fact: UNKNOWN} if at == number else one for at, one in enumerate(held))
        case _:
            (fact,) = map(str, parts)
            value = held[fact]
            held = {**held, fact: UNKNOWN}
    return {**data, str(entity): held, SET_ASIDE: {**(data.get(SET_ASIDE) or {}), path: value}}


def _taken_again(data: Data, path: str) -> Data:
    """Return data without an answer that was set aside and is given again."""
    left = {name: value for name, value in data[SET_ASIDE].items() if name != path}
    return {**data, SET_ASIDE: left} if left else {name: value for name, value in data.items() if name != SET_ASIDE}


def _case(data: Mapping[str, Any], under: Under) -> Case:
    document = Document("case", data, {}, ())
    return case_of(document, under.criteria, under.model, under.others)


def finished_lists(record: Record) -> Sequence[str]:
    """Return the lists whose last entry has answers beside its name: so somebody went on after naming them all."""
    found: list[str] = []
    for name, entity in record.criteria.entities.items():
        entries = record.entries(name) if entity.many is not None else ()
        label = label_fact(record.criteria, name)
        if entries and any(
            value not in (None, UNKNOWN) for key, value in entries[-1].items() if key not in {"id", label}
        ):
            found.append(name)
    return found


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


def new_case(criteria: Criteria, reference: str, case_id: str) -> str:
    """Return the text of a case file in which nothing is answered yet."""
    text = header(criteria) + "\n" + "status: draft\n"
    before = parse(text, "case").data
    stated = {"criteria": reference, "id": case_id, "title": NO_TITLE}
    return rewritten(text, before, {**stated, **before}, is_json=False).text


def header(criteria: Criteria) -> str:
    """Return what stands above a new case, in comments: what it is, and what the set wants everybody to know."""
    head = criteria.head
    said = [
        # Which version it is the day says, which is asked later.
        _("A case for {criteria}: {title}", criteria=head.id, title=head.title),
        _(
            "Begun as an interview: `risk-engine interview` goes on with it. Answers may be written here too; a "
            "question that does not stand here is not answered yet, which is never taken as a no."
        ),
        *head.notice,
    ]
    lines = [line for one in said for line in textwrap.wrap(one, WIDTH, break_on_hyphens=False)]
    return "".join(f"# {line}\n" for line in lines)
