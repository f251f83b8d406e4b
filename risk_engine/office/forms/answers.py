"""What the fields of a questionnaire mean under a criteria set, and the case that they come into."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

from risk_engine.files.diagnostics import quoted
from risk_engine.files.language import N_, _
from risk_engine.files.plain import Loc
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoicesFact, RowFact, shown
from risk_engine.office.forms.blank_form import NO_ENTRIES, NOT_KNOWN, in_quotes, same_label
from risk_engine.office.forms.export_form import ENTRY_ID, is_asked_of, label_fact
from risk_engine.office.forms.fields import Given, WrongError, given, is_empty, says, short, to_date, to_text
from risk_engine.office.forms.returned_form import Cell, Field, FormProblem, ReturnedForm

T = TypeVar("T")

CONFIDENTIAL = N_("(confidential)")
"""What notes say in place of an answer that the set calls confidential; the file that came back holds it."""


@dataclass
class FilledEntry:
    """The answers about one entry of a list, or about what there is one of (then without id and label)."""

    entity: str
    place: str
    id: str | None = None
    label: str | None = None
    answers: dict[str, Given] = field(default_factory=dict)


@dataclass(frozen=True)
class Left:
    """An answer that was not taken: what is said about it, and what the notes may hold."""

    problem: FormProblem
    noted: str


@dataclass
class Filled:
    """What one person answered, when, and what of it could not be taken (`left`)."""

    returned: ReturnedForm
    by: str | None
    day: date
    title: Given | None
    remarks: str | None
    entries: list[FilledEntry] = field(default_factory=list)
    lists: dict[str, Given] = field(default_factory=dict)
    """Entity: an empty tuple where there are no entries, None where nobody knows yet."""
    left: list[Left] = field(default_factory=list)
    """Answers to questions that the set in use does not ask this person: another version, or a changed form."""


def answers_of(
    returned: ReturnedForm, criteria: CriteriaSet, *, by: str | None = None, day: date | None = None
) -> tuple[Filled | None, list[FormProblem]]:
    """Return what a person answered, and every problem with it; nothing is returned if there is one.

    `by` and `day` stand in where the form does not say who answered, and when.
    """
    return _Reading(returned, criteria).result(by, day)


class _Reading:
    def __init__(self, returned: ReturnedForm, criteria: CriteriaSet) -> None:
        self.returned = returned
        self.criteria = criteria
        self.problems: list[FormProblem] = []
        self.left: list[Left] = []

    def result(self, by: str | None, day: date | None) -> tuple[Filled | None, list[FormProblem]]:
        returned = self.returned
        stated_day = self._day(day)
        filled = Filled(
            returned,
            by=self._text(returned.by) or by,
            day=stated_day or date.min,
            title=self._title(returned.title),
            remarks=self._text(returned.remarks),
        )
        found: dict[tuple[str, int], FilledEntry] = {}
        for (name, number), one in returned.fields.items():
            self._take(name, number, one, found)
        filled.entries = list(self._named(found))
        filled.lists = dict(self._lists(found))
        self._outside()
        filled.left = self.left
        return (None if self.problems else filled), self.problems

    def _day(self, otherwise: date | None) -> date | None:
        cell = self.returned.day
        if is_empty(cell):
            if otherwise is None:
                message = _("the day on which this was filled in is missing")
                self._problem(cell.place, message, _("write it there, or give it with `--answered-on`"))
            return otherwise
        return self._try(cell.place, lambda: to_date(cell.value))

    def _text(self, cell: Cell | None) -> str | None:
        if cell is None or is_empty(cell):
            return None
        return self._try(cell.place, lambda: to_text(cell.value))

    def _title(self, cell: Cell | None) -> Given | None:
        text = self._text(cell)
        return None if cell is None or text is None else Given(text, cell.place)

    def _take(self, name: str, number: int, one: Field, found: dict[tuple[str, int], FilledEntry]) -> None:
        entity_name, _dot, fact_name = name.partition(".")
        entity = self.criteria.entities.get(entity_name)
        fact = entity.facts.get(fact_name) if entity else None
        is_label = (
            entity is not None and entity.many is not None and fact_name == label_fact(self.criteria, entity_name)
        )
        if is_label and (entity_name, number) in self.returned.entries:
            return  # the form named the entry; nobody was asked for its name
        if fact is None and not is_label:
            self._leave(name, one, _("`{name}` is not a question of this version; not taken", name=name))
            return
        if fact is not None and not is_label and not is_asked_of(fact, self.returned.made.role):
            text = _(
                "`{name}` is not asked of `{role}` in this version; not taken", name=name, role=self.returned.made.role
            )
            self._leave(name, one, text)
            return
        if entity is None or (entity.many is None) != (number == 0):
            self._leave(name, one, _("`{name}` is asked in another way in this version; not taken", name=name))
            return
        taken = self._try(one.place, lambda: given(one, fact, self.criteria, self.returned.made.words), name)
        if taken is None:
            return
        entry = found.setdefault((entity_name, number), FilledEntry(entity_name, one.place))
        if is_label and taken.value is not None:
            entry.label = str(taken.value)
        if fact is not None:
            entry.answers[fact_name] = taken

    def _leave(self, name: str, one: Field, text: str) -> None:
        cells = [one.answer, *one.options.values()]
        said = [f"{cell.value}" for cell in cells if cell is not None and not is_empty(cell)]
        if said:
            self._not_taken(one.place, name, text, f": {short(', '.join(said))}")

    def _outside(self) -> None:
        """Name what stands outside the fields, so that it gets to the notes; it is nobody's answer.

        Where fields were lost, it may be what stood in them, of whatever question.
        """
        for one in self.returned.outside:
            text = self._try(one.place, partial(to_text, one.text))
            if text is None:
                continue
            kept = self.returned.made.confidential if self.returned.missing else ()
            name = one.question or next(iter(kept), "")
            begin = _("text outside the fields, no answer")
            self._not_taken(one.place, name, begin, f": {in_quotes(' '.join(text.split()))}")

    def _named(self, found: dict[tuple[str, int], FilledEntry]) -> Iterator[FilledEntry]:
        """Yield the entries; a new one in a list must be named, and each only once."""
        seen: dict[tuple[str, str], str] = {}
        for (entity, number), entry in found.items():
            entry.id = self.returned.entries.get((entity, number))
            if number and entry.id is None:
                if entry.label is None:
                    label = self.returned.fields.get((f"{entity}.{label_fact(self.criteria, entity)}", number))
                    place = label.place if label else entry.place
                    self._problem(place, _("this entry has answers, but no name"), _("write which one it is"))
                    continue
                key = (entity, same_label(entry.label))
                if key in seen:
                    message = _("{text} is named already in {place}", text=short(entry.label), place=seen[key])
                    self._problem(entry.place, message, _("give each entry its own name, or answer in one place"))
                    continue
                seen[key] = entry.place
            yield entry

    def _lists(self, found: dict[tuple[str, int], FilledEntry]) -> Iterator[tuple[str, Given]]:
        words = self.returned.made.words
        for name, cell in self.returned.lists.items():
            if is_empty(cell):
                continue
            entity = self.criteria.entities.get(name)
            if entity is None or entity.many is None:
                self._leave(name, Field(cell), _("`{name}` is not a list of this version; not taken", name=name))
            elif not self._says(cell, words.no_entries, NO_ENTRIES, words.not_known, NOT_KNOWN):
                known = quoted((words.no_entries, words.not_known))
                message = _("{text} is not one of {known}", text=short(cell.value), known=known)
                self._problem(
                    cell.place, message, _("choose one of them, or leave it empty and name the entries below")
                )
            elif any(entry.entity == name for entry in found.values()):
                message = _("this says {text}, but there are answers about an entry below", text=short(cell.value))
                self._problem(cell.place, message, _("take out one of the two"))
            else:
                yield name, Given(() if self._says(cell, words.no_entries, NO_ENTRIES) else None, cell.place)

    @staticmethod
    def _says(cell: Cell, *words: str) -> bool:
        return any(says(cell, one) for one in words)

    def _try(self, place: str, take: Callable[[], T], name: str = "") -> T | None:
        """Return what `take` returns, None after noting why a field means nothing."""
        try:
            return take()
        except WrongError as error:
            for one in (error, *error.more):
                where = one.place or place
                if one.outdated and self.returned.made.digest != self.criteria.digest:
                    self._not_taken(where, name, f"`{name}`", ": " + _("{problem}; not taken", problem=one))
                else:
                    self._problem(where, f"{one}", one.help)
            return None

    def _not_taken(self, place: str, name: str, begin: str, answer: str) -> None:
        entity, _dot, short_name = name.partition(".")
        fact = self.criteria.entities[entity].facts.get(short_name) if entity in self.criteria.entities else None
        is_kept = name in self.returned.made.confidential or (fact is not None and fact.confidential)
        noted = f"{begin}: {_(CONFIDENTIAL)}" if is_kept else f"{begin}{answer}"
        self.left.append(Left(FormProblem(place, f"{begin}{answer}"), noted))

    def _problem(self, place: str, message: str, help_text: str = "") -> None:
        self.problems.append(FormProblem(place, message, help_text))


MOST_ID = 40
"""No id that is made from a name is longer."""

Data = dict[str, Any]


def known_entries(criteria: CriteriaSet, entry: FilledEntry, have: Sequence[Data]) -> list[int]:
    """Return which entries can be meant: by the id that the form noted, else by the name in other spelling."""
    if entry.id is not None:
        return [number for number, one in enumerate(have) if one.get("id") == entry.id]
    label, wanted = label_fact(criteria, entry.entity), same_label(entry.label or "")
    named = [(number, one.get(label)) for number, one in enumerate(have)]
    return [number for number, name in named if name not in {None, UNKNOWN} and same_label(str(name)) == wanted]


def is_blank(name: str, have: Sequence[Data], evidence: Sequence[Data]) -> bool:
    """Return whether a list holds only the empty block of a new case, which is there to be filled in."""
    if len(have) != 1 or have[0].get("id") != f"{name.replace('_', '-')}-1":
        return False
    is_named = any(path.startswith(f"{name}.") for one in evidence for path in one.get("for", ()))
    return not is_named and all(key == "id" or value in (None, UNKNOWN) for key, value in have[0].items())


def new_id(criteria: CriteriaSet, name: str, label: str, have: Sequence[Data]) -> str:
    """Return a short name for a new entry, made from what people call it."""
    ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    kept = r"[^a-z0-9_-]+" if label_fact(criteria, name) == ENTRY_ID else r"[^a-z0-9]+"
    words = re.sub(kept, "-", ascii_only)
    words = words.strip("-")
    cut = words[:MOST_ID] if words[MOST_ID : MOST_ID + 1] in {"", "-"} else words[:MOST_ID].rpartition("-")[0]
    plain = (cut or words[:MOST_ID]).strip("-") or name.replace("_", "-")
    taken = {one.get("id") for one in have}
    return next(one for one in (plain, *(f"{plain}-{number}" for number in range(2, 2002))) if one not in taken)


def with_answer(entry: Data, name: str, value: object, order: Sequence[str]) -> Data:
    """Return an entry with one answer more; a new key stands behind those that the set declares before it."""
    if name in entry:
        return {**entry, name: value}
    keys = list(entry)
    behind = max((keys.index(one) for one in order[: order.index(name)] if one in entry), default=-1)
    keys.insert(behind + 1, name)
    return {key: value if key == name else entry[key] for key in keys}


def known_answer(value: object, criteria: CriteriaSet, name: str) -> Answer | None:
    """Return what a case states for a fact as the case model reads it: no alias, options in their order."""
    fact = criteria.fact(name)
    if value is None or value == UNKNOWN:
        return None
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple):
        return tuple(one for one in fact.options if one in value)
    if isinstance(fact, RowFact):
        rows = criteria.tables[fact.of].rows
        return next((row_id for row_id, row in rows.items() if value in (row_id, *row.aliases)), None)
    return value  # type: ignore[return-value]


class CaseData:
    """The data of a case under a criteria set; they are changed where they are."""

    def __init__(self, data: Data, criteria: CriteriaSet) -> None:
        """Take the data, which the caller may hold as well."""
        self.data = data
        self._criteria = criteria

    def entries(self, name: str) -> tuple[Data, ...] | None:
        """Return the entries of a list, None where nothing is said of it."""
        found = self.data.get(name)
        return found if isinstance(found, tuple) else None

    def evidence(self) -> tuple[Data, ...]:
        """Return the records of evidence."""
        found = self.data.get("evidence")
        return found if isinstance(found, tuple) else ()

    def is_blank(self, name: str, have: Sequence[Data]) -> bool:
        """Return whether a list holds only the empty block of a new case, which is there to be filled in."""
        return is_blank(name, have, self.evidence())

    def at(self, place: Loc) -> Data:
        """Return the entry at a place, or what there is one of."""
        found: Any = self.data
        for step in place:
            found = found[step]
        return found  # type: ignore[no-any-return]

    def put(self, place: Loc, name: str, value: object) -> None:
        """Write an answer about what stands at a place."""
        entity = str(place[0])
        changed = with_answer(self.at(place), name, value, ["id", *self._criteria.entities[entity].facts])
        if len(place) == 1:
            self.data[entity] = changed
        else:
            before = self.data[entity]
            self.data[entity] = tuple(changed if at == place[1] else one for at, one in enumerate(before))

    def path(self, place: Loc, name: str) -> str:
        """Return what an answer about what stands at a place is called: `entity.fact`, or `entity.id.fact`."""
        entry = [] if len(place) == 1 else [str(self.at(place)["id"])]
        return ".".join([str(place[0]), *entry, name])

    def words(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer."""
        entity, *parts = path.split(".")
        if not parts:
            if isinstance(value, str):
                return short(value)
            return short(", ".join(value) if isinstance(value, tuple) and value else _("there are none"))
        fact = self._criteria.entities[entity].facts.get(parts[-1])
        if isinstance(fact, RowFact) and isinstance(value, str):
            return short(self._criteria.tables[fact.of].rows[value].name)
        return short(shown(fact, value))

    def noted(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer as they may stand in the notes, which everybody reads who has the case."""
        entity, *parts = path.split(".")
        fact = self._criteria.entities[entity].facts.get(parts[-1]) if parts else None
        return _(CONFIDENTIAL) if fact is not None and fact.confidential else self.words(path, value)
