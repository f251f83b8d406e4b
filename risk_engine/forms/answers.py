"""What the fields of a questionnaire mean under a criteria set; every field that means nothing is named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from risk_engine.diagnostics import quoted
from risk_engine.forms.ask import is_asked_of, label_fact
from risk_engine.forms.fields import Given, WrongError, given, is_empty, says, short, to_date, to_text
from risk_engine.forms.names import in_quotes, same_label
from risk_engine.forms.paper import Cell, Field, Paper
from risk_engine.forms.problems import FormProblem
from risk_engine.forms.words import NO_ENTRIES, NOT_KNOWN
from risk_engine.language import N_, _
from risk_engine.model.criteria import CriteriaSet

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

    paper: Paper
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
    paper: Paper, criteria: CriteriaSet, *, by: str | None = None, day: date | None = None
) -> tuple[Filled | None, list[FormProblem]]:
    """Return what a person answered, and every problem with it; nothing is returned if there is one.

    `by` and `day` stand in where the form does not say who answered, and when.
    """
    return _Reading(paper, criteria).result(by, day)


class _Reading:
    def __init__(self, paper: Paper, criteria: CriteriaSet) -> None:
        self.paper = paper
        self.criteria = criteria
        self.problems: list[FormProblem] = []
        self.left: list[Left] = []

    def result(self, by: str | None, day: date | None) -> tuple[Filled | None, list[FormProblem]]:
        paper = self.paper
        stated_day = self._day(day)
        filled = Filled(
            paper,
            by=self._text(paper.by) or by,
            day=stated_day or date.min,
            title=self._title(paper.title),
            remarks=self._text(paper.remarks),
        )
        found: dict[tuple[str, int], FilledEntry] = {}
        for (name, number), one in paper.fields.items():
            self._take(name, number, one, found)
        filled.entries = list(self._named(found))
        filled.lists = dict(self._lists(found))
        self._outside()
        filled.left = self.left
        return (None if self.problems else filled), self.problems

    def _day(self, otherwise: date | None) -> date | None:
        cell = self.paper.day
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
        if is_label and (entity_name, number) in self.paper.entries:
            return  # the form named the entry; nobody was asked for its name
        if fact is None and not is_label:
            self._leave(name, one, _("`{name}` is not a question of this version; not taken", name=name))
            return
        if fact is not None and not is_label and not is_asked_of(fact, self.paper.made.role):
            text = _(
                "`{name}` is not asked of `{role}` in this version; not taken", name=name, role=self.paper.made.role
            )
            self._leave(name, one, text)
            return
        if entity is None or (entity.many is None) != (number == 0):
            self._leave(name, one, _("`{name}` is asked in another way in this version; not taken", name=name))
            return
        taken = self._try(one.place, lambda: given(one, fact, self.criteria, self.paper.made.words), name)
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
        for one in self.paper.outside:
            text = self._try(one.place, partial(to_text, one.text))
            if text is None:
                continue
            kept = self.paper.made.confidential if self.paper.missing else ()
            name = one.question or next(iter(kept), "")
            begin = _("text outside the fields, no answer")
            self._not_taken(one.place, name, begin, f": {in_quotes(' '.join(text.split()))}")

    def _named(self, found: dict[tuple[str, int], FilledEntry]) -> Iterator[FilledEntry]:
        """Yield the entries; a new one in a list must be named, and each only once."""
        seen: dict[tuple[str, str], str] = {}
        for (entity, number), entry in found.items():
            entry.id = self.paper.entries.get((entity, number))
            if number and entry.id is None:
                if entry.label is None:
                    label = self.paper.fields.get((f"{entity}.{label_fact(self.criteria, entity)}", number))
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
        words = self.paper.made.words
        for name, cell in self.paper.lists.items():
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
                if one.outdated and self.paper.made.digest != self.criteria.digest:
                    self._not_taken(where, name, f"`{name}`", ": " + _("{problem}; not taken", problem=one))
                else:
                    self._problem(where, f"{one}", one.help)
            return None

    def _not_taken(self, place: str, name: str, begin: str, answer: str) -> None:
        entity, _dot, short_name = name.partition(".")
        fact = self.criteria.entities[entity].facts.get(short_name) if entity in self.criteria.entities else None
        is_kept = name in self.paper.made.confidential or (fact is not None and fact.confidential)
        noted = f"{begin}: {_(CONFIDENTIAL)}" if is_kept else f"{begin}{answer}"
        self.left.append(Left(FormProblem(place, f"{begin}{answer}"), noted))

    def _problem(self, place: str, message: str, help_text: str = "") -> None:
        self.problems.append(FormProblem(place, message, help_text))
