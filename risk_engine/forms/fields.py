"""What one field means: the value of an answer, or why it is none and what the person can do about it."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import assert_never

from risk_engine.diagnostics import nearest, quoted
from risk_engine.forms.ask import NONE_OF_THESE, NOT_KNOWN, UNSURE
from risk_engine.forms.names import same_label
from risk_engine.forms.paper import Cell, Field
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import CriteriaSet
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
from risk_engine.syntax import UNFIT

SHOWN_LENGTH = 60
"""So much of what was written is shown in a message."""

CHECKED = frozenset({"yes", "x", "☒", "✓", "✔"})
NOT_CHECKED = frozenset({"no", "☐"})


NOT_KNOWN_WORDS = frozenset({NOT_KNOWN.casefold(), UNKNOWN, "not known", "don't know", "do not know", "?"})
"""So people say that they do not know; none of these words is ever taken as a no."""


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


_NOT_KNOWN = object()
"""The answer "not known yet", which is an answer to the person and none to the rules."""


def given(one: Field, fact: AnyFact | None, criteria: CriteriaSet) -> Given | None:
    """Return the answer to a question, None if it is left empty; raise WrongError.

    No fact stands for the short name of an entry, which is text.
    """
    wrong: list[WrongError] = []
    value: object = None
    mark: str | None = None
    with _noting(wrong):
        value = _value(one, fact, criteria)
    with _noting(wrong):
        mark = _marked(one.mark)
    _raise(wrong)
    if mark == NOT_KNOWN:
        if value is not None and value is not _NOT_KNOWN:
            said = short(shown(fact, value))  # type: ignore[arg-type]
            raise WrongError(f"this says “{NOT_KNOWN}” beside the answer {said}", "take out one of the two")
        value = _NOT_KNOWN
    if value is None:
        if mark == UNSURE:
            raise WrongError(f"this says “{UNSURE}”, but there is no answer", f"answer, or choose “{NOT_KNOWN}”")
        return None
    if value is _NOT_KNOWN:
        return Given(None, one.place)
    return Given(value, one.place, unsure=mark == UNSURE)  # type: ignore[arg-type]


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


def _value(one: Field, fact: AnyFact | None, criteria: CriteriaSet) -> object:
    if isinstance(fact, ChoicesFact):
        return _several(one, fact)
    if one.answer is None or is_empty(one.answer):
        return None
    if says_not_known(one.answer) and not any(says(one.answer, title) for title in one.titles if title != NOT_KNOWN):
        return _NOT_KNOWN
    return _one(one.answer, one, fact, criteria)


def is_empty(cell: Cell) -> bool:
    """Return whether nothing was entered."""
    return cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def says(cell: Cell, words: str) -> bool:
    """Return whether a field holds these words, whatever their capitals."""
    return isinstance(cell.value, str) and same_label(cell.value) == same_label(words)


def says_not_known(cell: Cell) -> bool:
    """Return whether a field says, in the words of the form or in usual ones, that nobody knows the answer yet."""
    return isinstance(cell.value, str) and same_label(cell.value.replace("’", "'")) in NOT_KNOWN_WORDS


def _marked(cell: Cell | None) -> str | None:
    if cell is None or is_empty(cell):
        return None
    if says(cell, UNSURE):
        return UNSURE
    if says_not_known(cell) and cell.value != "?":  # beside an answer, that would be doubt
        return NOT_KNOWN
    way_out = f"choose {quoted((UNSURE, NOT_KNOWN))}, or leave it empty"
    raise WrongError(f"{short(cell.value)} is no mark for an answer", way_out, place=cell.place)


def _several(one: Field, fact: ChoicesFact) -> object:
    """Return the options that are marked; an answer is complete, so nothing marked needs a word of its own."""
    marked: list[str] = []
    wrong: list[WrongError] = []
    refused = 0
    for name, cell in one.options.items():
        if is_empty(cell):
            continue
        said = str(cell.value).strip().casefold()
        if said not in CHECKED | NOT_CHECKED:
            message = f"{short(cell.value)} does not say whether this applies"
            wrong.append(WrongError(message, "choose `Yes`, or leave it empty", place=cell.place))
        elif said in NOT_CHECKED:
            refused += 1
        elif name not in fact.options:
            message = f"there is no option `{name}` in this version"
            way_out = "take the mark away, or ask again with a new questionnaire"
            wrong.append(WrongError(message, way_out, place=cell.place, outdated=True))
        else:
            marked.append(name)
    whole = one.answer if one.answer is not None and not is_empty(one.answer) else None
    if whole is not None and not says(whole, NONE_OF_THESE) and not says_not_known(whole):
        known = quoted((NONE_OF_THESE, NOT_KNOWN))
        message = f"{short(whole.value)} is not one of {known}"
        wrong.append(WrongError(message, "mark what applies in the lines below it"))
    _raise(wrong)
    if whole is not None and marked:
        raise WrongError(f"this says {short(whole.value)}, but options are marked below it", "take out one of the two")
    if marked:
        return tuple(name for name in fact.options if name in marked)
    if whole is not None:
        return () if says(whole, NONE_OF_THESE) else _NOT_KNOWN
    if refused and refused == len(one.options):
        return ()
    if refused:
        raise WrongError("no option is marked with `Yes`", f"mark one, or choose “{NONE_OF_THESE}” or “{NOT_KNOWN}”")
    return None


def _one(answer: Cell, one: Field, fact: AnyFact | None, criteria: CriteriaSet) -> object:
    """Return the value of an answer that is there."""
    value = answer.value
    match fact:
        case BooleanFact():
            return _chosen(value, one, {"true": "Yes", "false": "No"}) == "true"
        case ChoiceFact(options=options):
            return _chosen(value, one, options)
        case RowFact(of=table):
            rows = criteria.tables[table].rows
            names = {row_id: row.name for row_id, row in rows.items()}
            return _chosen(value, one, names, {row_id: row.aliases for row_id, row in rows.items()})
        case IntegerFact(range=(lowest, highest)):
            number = _integer(value)
            if not lowest <= number <= highest:
                message = f"{number} is not between {lowest} and {highest}"
                raise WrongError(message, f"correct it, or choose “{NOT_KNOWN}” beside it", outdated=True)
            return number
        case DateFact():
            return to_date(value)
        case TextFact() | None:
            return to_text(value)
        case ChoicesFact():
            raise AssertionError
        case _:
            assert_never(fact)


def _chosen(
    value: object, one: Field, options: dict[str, str], aliases: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> str:
    """Return the option that is meant: the form's own titles first, then those of the set in use, then its words."""
    said = same_label(str(value))
    titles = {same_label(title): name for title, name in one.titles.items()}
    titles |= {same_label(title): name for name, title in options.items() if same_label(title) not in titles}
    name = titles.get(said)
    if name is None:
        # People who know the case file write its own words, as it spells them: `no` is not `NO`, which is a country.
        written = str(value).strip()
        named = [one for one in options if written == one or said in map(same_label, aliases.get(one, ()))]
        name = named[0] if len(named) == 1 else None
    if name in options:
        return name
    if name is not None:
        message = f"{short(value)} is no answer in this version"
        raise WrongError(message, "ask again with a new questionnaire", outdated=True)
    near = nearest(str(value), [*one.titles, *options.values()])
    way_out = f"did you mean “{near}”?" if near else "choose from the list, or “Not known yet”"
    raise WrongError(f"{short(value)} is not among the answers", way_out)


def _integer(value: object) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,16}\s*", value, re.ASCII):
        return int(value)
    raise WrongError(f"{short(value)} is no whole number", f"write digits only, or choose “{NOT_KNOWN}” beside it")


def to_date(value: object) -> date:
    """Return the day that a field states; raise WrongError."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", value, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value.strip())
    if isinstance(value, str) and (parts := re.fullmatch(r"\s*(\d{1,2})\.(\d{1,2})\.(\d{4})\s*", value, re.ASCII)):
        # With dots the day comes first wherever people write dates so; with strokes it depends on the country.
        with contextlib.suppress(ValueError):
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
    raise WrongError(f"{short(value)} is no date", "write it like 2026-01-31")


def to_text(value: object) -> str:
    """Return the text that a field holds; raise WrongError for what no case file can hold.

    Letters of two characters (u and ¨) become one, so that a search finds what people see.
    """
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if unfit := UNFIT.search(text):
        raise WrongError(f"the character U+{ord(unfit[0]):04X} cannot stand in a text", "write the text again")
    return text


def short(value: object) -> str:
    """Return what was written, in quotes and not too long for a message."""
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= SHOWN_LENGTH else f'{text[:SHOWN_LENGTH]}…'}”"
