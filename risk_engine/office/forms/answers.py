"""What the fields of a questionnaire mean under a criteria set: answers, or why they are none, and the way out."""

import contextlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar, assert_never

from risk_engine.files.diagnostics import nearest, quoted
from risk_engine.files.language import N_, _
from risk_engine.files.syntax import UNFIT
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
    shown,
)
from risk_engine.office.forms.export_form import is_asked_of, label_fact
from risk_engine.office.forms.form import Cell, Field, FormProblem, ReturnedForm, in_quotes, not_known_words, short
from risk_engine.report.returned import (
    ENGLISH_WORDS,
    NO,
    NO_ENTRIES,
    NONE_OF_THESE,
    NOT_KNOWN,
    UNSURE,
    YES,
    Words,
    same_label,
)

CHECKED = frozenset({"yes", "x", "☒", "✓", "✔"})
NOT_CHECKED = frozenset({"no", "☐"})

NOT_KNOWN_WORDS = not_known_words(ENGLISH_WORDS) | {UNKNOWN, "?"}
"""So people say that they do not know, in whatever form; none of these words is ever taken as a no."""


class WrongError(Exception):
    """A field holds something that is no answer: what is wrong, and the way out.

    `place` where it is not the field of the answer itself; `outdated` where it may well have been an answer in the
    version that the form was made from; `more` holds what else is wrong with the same question.
    """

    more: tuple["WrongError", ...] = ()

    def __init__(self, message: str, help_text: str = "", *, place: str = "", outdated: bool = False) -> None:
        super().__init__(message)
        self.help = help_text
        self.place = place
        self.outdated = outdated


@dataclass(frozen=True)
class Given:
    """One answer: its value (None for "not known yet"), whether the person is unsure, and where it stands."""

    value: Answer | None
    place: str
    unsure: bool = False


NOT_KNOWN_YET: Final = object()
"""The answer "not known yet", which is an answer to the person and none to the rules."""


def given(asked: Field, fact: AnyFact | None, criteria: Criteria, words: Words = ENGLISH_WORDS) -> Given | None:
    """Return the answer to a question of a form with these words, None if it is left empty; raise WrongError.

    No fact stands for the short name of an entry, which is text.
    """
    wrong: list[WrongError] = []
    value, mark = None, None
    with _noting(wrong):
        value = _value(asked, fact, criteria, words)
    with _noting(wrong):
        mark = _marked(asked.mark, words)
    _raise(wrong)
    if mark == words.not_known:
        if value is not None and value is not NOT_KNOWN_YET:
            said = short(shown(fact, value))  # type: ignore[arg-type]
            message = _("this says “{not_known}” beside the answer {answer}", not_known=mark, answer=said)
            raise WrongError(message, _("take out one of the two"))
        value = NOT_KNOWN_YET
    if value is None:
        if mark == words.unsure:
            message = _("this says “{unsure}”, but there is no answer", unsure=mark)
            raise WrongError(message, _("answer, or choose “{not_known}”", not_known=words.not_known))
        return None
    if value is NOT_KNOWN_YET:
        return Given(None, asked.place)
    return Given(value, asked.place, unsure=mark == words.unsure)  # type: ignore[arg-type]


@contextlib.contextmanager
def _noting(wrong: list[WrongError]) -> Iterator[None]:
    """Note what is wrong in one field, so that the next one is looked at too."""
    try:
        yield
    except WrongError as error:
        wrong += [error, *error.more]


def _raise(wrong: list[WrongError]) -> None:
    """Raise all that is wrong, if anything is."""
    if wrong:
        wrong[0].more = tuple(wrong[1:])
        raise wrong[0]


def _value(asked: Field, fact: AnyFact | None, criteria: Criteria, words: Words) -> object:
    if isinstance(fact, ChoicesFact):
        return options_marked(asked, fact, words)
    if asked.answer is None or asked.answer.is_empty:
        return None
    titles = (title for title in asked.titles if title != words.not_known)
    if says_not_known(asked.answer, words) and not any(asked.answer.says(title) for title in titles):
        return NOT_KNOWN_YET
    return _single(asked.answer, asked, fact, criteria, words)


def says_not_known(cell: Cell, words: Words = ENGLISH_WORDS) -> bool:
    """Return whether a field says, in the words of the form or in usual ones, that nobody knows the answer yet."""
    said = same_label(cell.value.replace("’", "'")) if isinstance(cell.value, str) else ""
    return said in NOT_KNOWN_WORDS or said in not_known_words(words)


def _marked(cell: Cell | None, words: Words) -> str | None:
    if cell is None or cell.is_empty:
        return None
    if cell.says(words.unsure, UNSURE):
        return words.unsure
    if says_not_known(cell, words) and cell.value != "?":  # beside an answer, that would be doubt
        return words.not_known
    way_out = _("choose {known}, or leave it empty", known=quoted((words.unsure, words.not_known)))
    raise WrongError(_("{text} is no mark for an answer", text=short(cell.value)), way_out, place=cell.place)


def options_marked(asked: Field, fact: ChoicesFact, words: Words) -> object:
    """Return the options that are marked; an answer is complete, so nothing marked needs a word of its own."""
    marked: list[str] = []
    wrong: list[WrongError] = []
    refused = 0
    for name, cell in asked.options.items():
        if cell.is_empty:
            continue
        said = str(cell.value).strip().casefold()
        is_refused = said in NOT_CHECKED or cell.says(words.no)
        if said not in CHECKED and not cell.says(words.yes) and not is_refused:
            message = _("{text} does not say whether this applies", text=short(cell.value))
            way_out = _("choose `{yes}`, or leave it empty", yes=words.yes)
            wrong.append(WrongError(message, way_out, place=cell.place))
        elif is_refused:
            refused += 1
        elif name not in fact.options:
            message = _("there is no option `{name}` in this version", name=name)
            way_out = _("take the mark away, or ask again with a new questionnaire")
            wrong.append(WrongError(message, way_out, place=cell.place, outdated=True))
        else:
            marked.append(name)
    whole = asked.answer if asked.answer is not None and not asked.answer.is_empty else None
    says_none = whole is not None and whole.says(words.none_of_these, NONE_OF_THESE)
    if whole is not None and not says_none and not says_not_known(whole, words):
        known = quoted((words.none_of_these, words.not_known))
        message = _("{text} is not one of {known}", text=short(whole.value), known=known)
        wrong.append(WrongError(message, _("mark what applies in the lines below it")))
    _raise(wrong)
    if whole is not None and marked:
        message = _("this says {text}, but options are marked below it", text=short(whole.value))
        raise WrongError(message, _("take out one of the two"))
    if marked:
        return tuple(name for name in fact.options if name in marked)
    if whole is not None:
        return () if says_none else NOT_KNOWN_YET
    if refused and refused == len(asked.options):
        return ()
    if refused:
        either = {"none_of_these": words.none_of_these, "not_known": words.not_known}
        way_out = _("mark one, or choose “{none_of_these}” or “{not_known}”", **either)
        raise WrongError(_("no option is marked with `{yes}`", yes=words.yes), way_out)
    return None


def _single(answer: Cell, asked: Field, fact: AnyFact | None, criteria: Criteria, words: Words) -> object:
    """Return the value of an answer that is there."""
    value = answer.value
    match fact:
        case BooleanFact():
            said = {"true": words.yes, "false": words.no}
            return _chosen(value, asked, said, words, {"true": (YES,), "false": (NO,)}) == "true"
        case ChoiceFact(options=options):
            return _chosen(value, asked, options, words)
        case RowFact(of=table):
            rows = criteria.tables[table].rows
            names = {row_id: row.name for row_id, row in rows.items()}
            return _chosen(value, asked, names, words, {row_id: row.aliases for row_id, row in rows.items()})
        case IntegerFact(range=(lowest, highest)):
            number = _integer(value, words)
            if not lowest <= number <= highest:
                message = _(
                    "{number} is not between {lowest} and {highest}", number=number, lowest=lowest, highest=highest
                )
                way_out = _("correct it, or choose “{not_known}” beside it", not_known=words.not_known)
                raise WrongError(message, way_out, outdated=True)
            return number
        case DateFact():
            return to_date(value)
        case TextFact(belongs_to=str()) if same_label(str(value)) in map(same_label, asked.titles):
            return next(name for title, name in asked.titles.items() if same_label(title) == same_label(str(value)))
        case TextFact() | None:
            return to_text(value)
        case ChoicesFact():
            raise AssertionError
        case _other:
            assert_never(fact)


def _chosen(
    value: object,
    asked: Field,
    options: dict[str, str],
    words: Words,
    aliases: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return the option that is meant: the form's own titles first, then those of the set in use, then its words."""
    said = same_label(str(value))
    titles = {same_label(title): name for title, name in asked.titles.items()}
    titles |= {same_label(title): name for name, title in options.items() if same_label(title) not in titles}
    name = titles.get(said)
    if name is None:
        # People who know the case file write its own words, as it spells them: `no` is not `NO`, which is a country.
        written = str(value).strip()
        named = [option for option in options if written == option or said in map(same_label, aliases.get(option, ()))]
        name = named[0] if len(named) == 1 else None
    if name in options:
        return name
    if name is not None:
        message = _("{text} is no answer in this version", text=short(value))
        raise WrongError(message, _("ask again with a new questionnaire"), outdated=True)
    near = nearest(str(value), [*asked.titles, *options.values()])
    way_out = _("choose from the list, or “{not_known}”", not_known=words.not_known)
    if near:
        way_out = _("did you mean “{near}”?", near=near)
    raise WrongError(_("{text} is not among the answers", text=short(value)), way_out)


def _integer(value: object, words: Words) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,16}\s*", value, re.ASCII):
        return int(value)
    way_out = _("write digits only, or choose “{not_known}” beside it", not_known=words.not_known)
    raise WrongError(_("{text} is no whole number", text=short(value)), way_out)


def to_date(value: object) -> date:
    """Return the day that a field states; raise WrongError."""
    if isinstance(value, date):
        return value
    # With dots the day comes first wherever people write dates so; with strokes it depends on the country.
    for order in (r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})", r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})"):
        if parts := re.fullmatch(order, str(value).strip(), re.ASCII):
            with contextlib.suppress(ValueError):
                return date(*(int(parts[one]) for one in "ymd"))
    raise WrongError(_("{text} is no date", text=short(value)), _("write it like 2026-01-31"))


def to_text(value: object) -> str:
    """Return the text that a field holds; raise WrongError for what no case file can hold.

    Letters of two characters (u and ¨) become one, so that a search finds what people see.
    """
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if unfit := UNFIT.search(text):
        message = _("the character {character} cannot stand in a text", character=f"U+{ord(unfit[0]):04X}")
        raise WrongError(message, _("write the text again"))
    return text


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
    returned: ReturnedForm, criteria: Criteria, *, by: str | None = None, day: date | None = None
) -> tuple[Filled | None, list[FormProblem]]:
    """Return what a person answered, and every problem with it; nothing is returned if there is one.

    `by` and `day` stand in where the form does not say who answered, and when.
    """
    return _Reading(returned, criteria).result(by, day)


class _Reading:
    def __init__(self, returned: ReturnedForm, criteria: Criteria) -> None:
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
        if cell.is_empty:
            if otherwise is None:
                message = _("the day on which this was filled in is missing")
                self._problem(cell.place, message, _("write it there, or give it with `--answered-on`"))
            return otherwise
        return self._try(cell.place, lambda: to_date(cell.value))

    def _text(self, cell: Cell | None) -> str | None:
        if cell is None or cell.is_empty:
            return None
        return self._try(cell.place, lambda: to_text(cell.value))

    def _title(self, cell: Cell | None) -> Given | None:
        text = self._text(cell)
        return None if cell is None or text is None else Given(text, cell.place)

    def _take(self, name: str, number: int, asked: Field, found: dict[tuple[str, int], FilledEntry]) -> None:
        entity_name, _dot, fact_name = name.partition(".")
        entity = self.criteria.entities.get(entity_name)
        fact = entity.facts.get(fact_name) if entity else None
        is_label = (
            entity is not None and entity.many is not None and fact_name == label_fact(self.criteria, entity_name)
        )
        if is_label and (entity_name, number) in self.returned.entries:
            return  # the form named the entry; nobody was asked for its name
        if fact is None and not is_label:
            self._leave(name, asked, _("`{name}` is not a question of this version; not taken", name=name))
            return
        if fact is not None and not is_label and not is_asked_of(fact, self.returned.made.role):
            text = _(
                "`{name}` is not asked of `{role}` in this version; not taken", name=name, role=self.returned.made.role
            )
            self._leave(name, asked, text)
            return
        if entity is None or (entity.many is None) != (number == 0):
            self._leave(name, asked, _("`{name}` is asked in another way in this version; not taken", name=name))
            return
        taken = self._try(asked.place, lambda: given(asked, fact, self.criteria, self.returned.made.words), name)
        if taken is None:
            return
        entry = found.setdefault((entity_name, number), FilledEntry(entity_name, asked.place))
        if is_label and taken.value is not None:
            entry.label = str(taken.value)
        if fact is not None:
            entry.answers[fact_name] = taken

    def _leave(self, name: str, asked: Field, text: str) -> None:
        cells = [asked.answer, *asked.options.values()]
        said = [f"{cell.value}" for cell in cells if cell is not None and not cell.is_empty]
        if said:
            self._not_taken(asked.place, name, text, f": {short(', '.join(said))}")

    def _outside(self) -> None:
        """Name what stands outside the fields, so that it gets to the notes; it is nobody's answer.

        Where fields were lost, it may be what stood in them, of whatever question.
        """
        for one in self.returned.outside:
            text = self._text(Cell(one.text, one.place))
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
            if cell.is_empty:
                continue
            entity = self.criteria.entities.get(name)
            if entity is None or entity.many is None:
                self._leave(name, Field(cell), _("`{name}` is not a list of this version; not taken", name=name))
            elif not cell.says(words.no_entries, NO_ENTRIES, words.not_known, NOT_KNOWN):
                known = quoted((words.no_entries, words.not_known))
                message = _("{text} is not one of {known}", text=short(cell.value), known=known)
                self._problem(
                    cell.place, message, _("choose one of them, or leave it empty and name the entries below")
                )
            elif any(entry.entity == name for entry in found.values()):
                message = _("this says {text}, but there are answers about an entry below", text=short(cell.value))
                self._problem(cell.place, message, _("take out one of the two"))
            else:
                yield name, Given(() if cell.says(words.no_entries, NO_ENTRIES) else None, cell.place)

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
