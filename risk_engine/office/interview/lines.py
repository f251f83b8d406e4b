"""What is asked as a dialogue shows it, and what a line that is typed means; nothing is changed by reading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from risk_engine.files.language import _, ngettext
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoicesFact, RowFact
from risk_engine.office.forms.answers import WrongError, given
from risk_engine.office.forms.case_record import Record
from risk_engine.office.forms.export_form import ENTRY_ID, label_fact
from risk_engine.office.forms.form import Cell, Field, Question, not_known_words, short
from risk_engine.office.interview import wording
from risk_engine.office.interview.standing import Step
from risk_engine.report.returned import NO, NO_ENTRIES, NONE_OF_THESE, NOT_KNOWN, YES, Words, same_label


@dataclass(frozen=True)
class Option:
    """What can be chosen: how the case writes it, and the title that people read."""

    name: str
    title: str


def picked(line: str, options: Sequence[Option]) -> str | None:
    """Return the name of the one option that a line means, by its number or its words; None where it means none."""
    typed = line.strip()
    if typed.isascii() and typed.isdigit():
        return options[int(typed) - 1].name if 1 <= int(typed) <= len(options) else None
    return next((option.name for option in options if typed in {option.name, option.title}), None)


@dataclass(frozen=True)
class Asked:
    """A question, and all that a dialogue shows with it."""

    text: str
    head: str = ""
    """What it is about."""
    meant: tuple[str, ...] = ()
    """What counts as which answer, where too much hangs on it to leave it to the help."""
    options: tuple[Option, ...] = ()
    """Those that are listed with their numbers."""
    typing: tuple[str, ...] = ()
    """What to type."""
    notes: tuple[str, ...] = ()
    """What there is to know beside: an answer that stands, one that was set aside."""


class Terminal(Protocol):
    """Where a dialogue takes place."""

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""

    def ask(self, asked: Asked, *, again: bool = False) -> str | None:
        """Put a question, or wait for another answer to the one that was put last; return the line that is typed.

        None where there will be none.
        """


SHOWN_ROWS = 8
"""So many rows of a table are named where several fit."""


def is_not_known(text: str) -> bool:
    """Return whether somebody says that nobody knows yet."""
    return same_label(text) in {*not_known_words(Words.now()), *not_known_words(Words()), UNKNOWN}


def typed(text: str, question: Question, fact: AnyFact | None, criteria: Criteria) -> Answer | None:
    """Return the answer that a line means, None for "not known yet"; raise WrongError, which says what is accepted."""
    titles = dict(question.choices)
    if isinstance(fact, BooleanFact) and (said := same_label(text)) in (known := _letters()):
        return known[said]
    if is_not_known(text) and not any(same_label(text) == same_label(one) for one in titles.values()):
        return None
    if isinstance(fact, ChoicesFact):
        return _several(text, question)
    if isinstance(fact, RowFact):
        return _row(text, question, fact, criteria)
    written = titles.get(_by_number(text, question) or "", text)
    answer = Field(Cell(written, ""), titles={title: name for name, title in question.choices})
    try:
        found = given(answer, fact, criteria, Words.now())
    except WrongError as error:
        raise WrongError(str(error), _way_out(question, error)) from error
    return None if found is None else found.value


def _way_out(question: Question, error: WrongError) -> str:
    """Return what to type instead; what a form says of a number stands beside no line that is typed."""
    if question.kind == "integer":
        return _("type a whole number, or `s` for “{not_known}”", not_known=_(NOT_KNOWN))
    return accepted(question) if question.choices else error.help


def _letters() -> dict[str, bool]:
    """Return the words and first letters that stand for yes and no, in English and the current language."""
    words = {True: (YES, _(YES)), False: (NO, _(NO))}
    return {same_label(one): value for value, said in words.items() for word in said for one in (word, word[:1])}


def is_yes(text: str) -> bool:
    """Return whether this is a yes, in the words of the current language or in English."""
    return _letters().get(same_label(text)) is True


def is_no(text: str) -> bool:
    """Return whether this says no, or that there are none."""
    words = (_(NO_ENTRIES), NO_ENTRIES, _("none"), "none", "0")
    return _letters().get(same_label(text)) is False or same_label(text) in {same_label(one) for one in words}


def accepted(question: Question) -> str:
    """Return what a question with options accepts."""
    last = len(question.choices)
    if question.kind == "several":
        return _(
            "type the numbers that apply, from 1 to {last}, with commas between, or 0 if none does; or their words",
            last=last,
        )
    return _("type a number from 1 to {last}, or the words beside it", last=last)


def _by_number(text: str, question: Question) -> str | None:
    """Return the option that a number means; where the options are themselves numbers, their words come first."""
    if not question.choices or any(same_label(text) in map(same_label, one) for one in question.choices):
        return None
    if not re.fullmatch(r"\s*[0-9]{1,4}[.)]?\s*", text, re.ASCII):
        return None
    number = int(re.sub(r"\D", "", text))
    return question.choices[number - 1][0] if 1 <= number <= len(question.choices) else None


def _several(text: str, question: Question) -> Answer:
    """Return the options that are named, by number or words, with commas between."""
    if same_label(text) in {
        "0",
        "none",
        same_label(_("none")),
        same_label(_(NONE_OF_THESE)),
        same_label(NONE_OF_THESE),
    }:
        return ()
    whole = _option(text, question)
    parts = [text] if whole else [one for one in re.split(r"[,;]", text) if one.strip()]
    if len(parts) == 1 and not whole and re.fullmatch(r"[0-9\s]+", text, re.ASCII):
        parts = text.split()
    found: list[str] = []
    for part in parts:
        name = _option(part, question)
        if name is None:
            raise WrongError(_("{text} is not among the answers", text=short(part)), accepted(question))
        found.append(name)
    return tuple(name for name, _title in question.choices if name in found)


def _option(text: str, question: Question) -> str | None:
    """Return the option that is meant by its number, its title or its name."""
    said = same_label(text)
    by_title = next((name for name, title in question.choices if said == same_label(title)), None)
    by_name = next((name for name, _title in question.choices if text.strip() == name), None)
    return by_title or by_name or _by_number(text, question)


def _row(text: str, question: Question, fact: RowFact, criteria: Criteria) -> str:
    """Return the row that is meant by its id in whatever capitals, its name, an alias, or a part of only one name."""
    said, rows = same_label(text), criteria.tables[fact.of].rows
    for row_id, row in rows.items():
        if said in map(same_label, (row.name, *row.aliases)):
            return row_id
    if (found := next((one for one in rows if said == same_label(one)), None)) is not None:
        return found
    if (found := _by_number(text, question)) is not None and is_short(question):
        return found
    near = [title for _name, title in question.choices if said and said in same_label(title)]
    if near:
        more = ", …" if len(near) > SHOWN_ROWS else ""
        way_out = _("which of these: {names}?", names=", ".join(near[:SHOWN_ROWS]) + more)
        raise WrongError(_("{text} is not the whole name", text=short(text)), way_out)
    field = Field(Cell(text, ""), titles={title: name for name, title in question.choices})
    try:
        found_value = given(field, fact, criteria, Words.now())
    except WrongError as error:
        raise WrongError(str(error), accepted(question) if is_short(question) else error.help) from error
    return "" if found_value is None else str(found_value.value)


MOST_LISTED = 15
"""A table with more rows is not listed: one types the name."""


def is_short(question: Question) -> bool:
    """Return whether all that can be chosen is shown with numbers."""
    return bool(question.choices) and len(question.choices) <= MOST_LISTED


_NAMES = re.compile(r'(\s*"[^"]*"\s*|[^;]*)(?:;|$)')
"""The names of a line with `;` between; what stands in quotes may hold one."""
COMMANDS = frozenset({"", "s", "b", "+", "-", "?", "q"})
"""What is no answer."""
YES_NUMBER, NO_NUMBER = "1", "2"
"""As at every question that yes and no answer."""
MOST_TYPED = 4000
"""A longer line is no answer."""


def fixed_name(step: Step, record: Record) -> str:
    """Return why an entry must keep its name, and what to do instead; nothing where it can have another, or none."""
    if step.kind != "name" or label_fact(record.criteria, step.read.entity) != ENTRY_ID:
        return ""
    return _("The file itself knows the entry by this name. Enter keeps it; `-` takes the entry out.")


def problem_lines(error: WrongError) -> tuple[str, ...]:
    """Return what to say of a wrong answer, a line for each problem."""
    return tuple(f"{one}: {one.help}" if one.help else f"{one}" for one in (error, *error.more))


def fact_said(text: str, step: Step, record: Record) -> Answer | None:
    """Return the answer to a fact that a line gives, None for "not known yet"; raise WrongError."""
    _check_length(text)
    kept = record.kept(step.read)
    if text.casefold() == "k" and wording.answered(step, record) is None and kept is not None:
        return kept
    question = wording.question_of(step, record)
    return typed(unquoted(text), question, wording.fact_of(step, record.criteria), record.criteria)


def names_said(text: str, step: Step, record: Record) -> tuple[Answer, ...]:
    """Return the names that a line gives to new entries of a list, or the one that it gives to an entry.

    Raises WrongError with all that is wrong: then no name is taken.
    """
    _check_length(text)
    found: dict[str, Answer] = {}
    problems: list[WrongError] = []
    # What is found last is always empty: the end of the line.
    for part in _NAMES.findall(text)[:-1] if step.kind == "list" else [text]:
        try:
            value = _name(part.strip(), step, record)
        except WrongError as error:
            problems.append(error)
            continue
        if same_label(str(value)) in found:
            problems.append(WrongError(_("{name} is named twice", name=short(value))))
        found[same_label(str(value))] = value
    if step.kind == "list":
        problems += _too_many(len(found), step.read.entity, record)
    if problems:
        problems[0].more = tuple(problems[1:])
        raise problems[0]
    return tuple(found.values())


def _name(text: str, step: Step, record: Record) -> Answer:
    """Return the name that an entry gets; raise WrongError where it cannot be called so."""
    name = unquoted(text)
    if not name:
        raise WrongError(_("a name is missing beside a `;`"))
    is_quoted, means_more = name != text, text.isdecimal() or is_yes(text) or is_no(text) or is_not_known(text)
    question = wording.question_of(step, record)
    value = None if means_more else typed(name, question, wording.fact_of(step, record.criteria), record.criteria)
    if value is None:
        way_out = "" if is_quoted else _("type the name itself; if it is really called so, in quotes")
        raise WrongError(_("{text} is no name", text=short(name)), way_out)
    taken = record.named(step.read.entity, str(value))
    if taken is None and (problem := fixed_name(step, record)):
        raise WrongError(problem)
    if taken not in {None, step.read.entry}:
        raise WrongError(_("{name} is in the list already", name=short(name)), _("leave it out, or type another name"))
    return value


def _too_many(new: int, entity: str, record: Record) -> Iterator[WrongError]:
    """Yield what is wrong with so many new entries."""
    of = record.criteria.entities[entity]
    most, number = of.many or 0, new + len(record.entries(entity))
    if number > most:
        yield WrongError(
            _(
                "{list}: there can be at most {most}, and these would make {number}",
                list=of.title,
                most=most,
                number=number,
            ),
            _("leave some out; a second case takes the rest"),
        )


def yes_or_no(line: str | None) -> bool | None:
    """Return what a line says to what `whether` asks; None where it is neither. Nothing said, or known, is a no."""
    said = (line or "").strip()
    if is_yes(said) or said == YES_NUMBER:
        return True
    return False if said.casefold() in {"", "s"} or is_no(said) or said == NO_NUMBER else None


def _check_length(text: str) -> None:
    if len(text) > MOST_TYPED:
        raise WrongError(_("This is too long: at most {most} characters.", most=MOST_TYPED))


def unquoted(text: str) -> str:
    """Return what stands in quotes, so that a name may be a word that means something else here."""
    return text[1:-1].strip() if len(text) > len('""') and text[0] == text[-1] == '"' else text


def put(step: Step, record: Record) -> Asked:
    """Return the question of a step."""
    return Asked(
        text=wording.asked(step, record),
        head=wording.head(step, record),
        meant=tuple(wording.first_meant(step, record)),
        options=tuple(_options(step, record)),
        typing=tuple(_typing(step, record)),
        notes=tuple(_notes(step, record)),
    )


def whether(text: str) -> Asked:
    """Return a question that yes and no answer, where nothing said is a no."""
    return Asked(text, options=(Option("yes", _(YES)), Option("no", _(NO))))


def to_which_list(lists: Mapping[str, str]) -> Asked:
    """Return the question to which of these lists, with their titles, an entry is added."""
    return Asked(_("To which list? Enter: to none."), options=tuple(map(Option, lists.keys(), lists.values())))


def _options(step: Step, record: Record) -> Iterator[Option]:
    """Yield what can be chosen by its number: of a long table nothing."""
    if step.kind == "fact":
        question, fact = wording.question_of(step, record), wording.fact_of(step, record.criteria)
        if is_short(question) or not isinstance(fact, RowFact):
            yield from (Option(name, title) for name, title in question.choices)


def _typing(step: Step, record: Record) -> Iterator[str]:
    match step.kind:
        case "list" if record.entries(step.read.entity):
            yield _("Type the names to add in one line, with `;` between them.")
        case "list":
            yield ngettext(
                "Type its name; 0: there is none.",
                "Type all names in one line, with `;` between them; the list is complete with that. 0: there are none.",
                record.criteria.entities[step.read.entity].many or 1,
            )
        case "name" | "fact":
            one, fact = wording.question_of(step, record), wording.fact_of(step, record.criteria)
            if isinstance(fact, RowFact) and not is_short(one):
                yield _("Type the name or the code.")
            else:
                yield from _form(one)
        case _:
            assert_never(step.kind)


def _form(one: Question) -> Iterator[str]:
    match one.kind:
        case "several":
            yield _("Type all numbers that apply, with commas between; 0 if none does.")
        case "integer":
            yield _("A whole number from {lowest} to {highest}.", lowest=one.range[0], highest=one.range[1])
        case "date":
            yield _("A date like 2026-01-31.")
        case "one" | "text":
            pass


def _notes(step: Step, record: Record) -> Iterator[str]:
    now = wording.answered(step, record)
    if now is not None:
        yield _("Answered so far: {answer}. Enter keeps it.", answer=now)
        if step.kind == "name":
            yield _("`-` takes this entry out again.")
    elif step.kind == "fact" and (kept := record.kept(step.read)) is not None:
        value = wording.shown_answer(step, record, kept)
        yield _("Set aside when this was not asked any more: {answer}. `k` takes it again.", answer=value)
