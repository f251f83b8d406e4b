"""What a person typed as an answer: numbers of options, their words, or that nobody knows yet."""

import re
from dataclasses import dataclass

from risk_engine.forms.fields import WrongError, given, short
from risk_engine.forms.form import Question
from risk_engine.forms.names import same_label
from risk_engine.forms.paper import Cell, Field
from risk_engine.forms.words import NO, NO_ENTRIES, NONE_OF_THESE, NOT_KNOWN, YES, Words, not_known_words
from risk_engine.language import _
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, BooleanFact, ChoicesFact, RowFact

SHOWN_ROWS = 8
"""So many rows of a table are named where several fit."""


@dataclass(frozen=True)
class Typed:
    """An answer: its value, None for "not known yet"."""

    value: Answer | None


def is_not_known(text: str) -> bool:
    """Return whether somebody says that nobody knows yet."""
    return same_label(text) in {*not_known_words(Words.now()), *not_known_words(Words()), UNKNOWN}


def typed(text: str, question: Question, fact: AnyFact | None, criteria: CriteriaSet) -> Typed:
    """Return what a line means as an answer to a question; raise WrongError, which says what is accepted."""
    titles = dict(question.choices)
    if isinstance(fact, BooleanFact) and (said := same_label(text)) in (known := _letters()):
        return Typed(known[said])
    if is_not_known(text) and not any(same_label(text) == same_label(one) for one in titles.values()):
        return Typed(None)
    if isinstance(fact, ChoicesFact):
        return Typed(_several(text, question))
    if isinstance(fact, RowFact):
        return Typed(_row(text, question, fact, criteria))
    written = titles.get(_by_number(text, question) or "", text)
    answer = Field(Cell(written, ""), titles={title: name for name, title in question.choices})
    try:
        found = given(answer, fact, criteria, Words.now())
    except WrongError as error:
        raise WrongError(str(error), _way_out(question, error)) from error
    return Typed(None if found is None else found.value)


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


def _row(text: str, question: Question, fact: RowFact, criteria: CriteriaSet) -> str:
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
