"""The words that no text about a case may hold: of its confidential answers, and the names of people.

Both are looked for as a whole and in their parts. Words that everybody may read elsewhere in the document, because an
open name or the criteria use them, are no part to look for.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias, assert_never

from risk_engine.language import in_language, languages
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
)
from risk_engine.model.texts import texts_of
from risk_engine.records.persons import is_title, spellings
from risk_engine.report.pages.strike import LEAST, Secrets, same_letters, secrets, weight
from risk_engine.report.wording import day

Data: TypeAlias = Mapping[str, Any]

_DIGITS = 4
"""A shorter number stands for many things."""
_LABEL = (3, 12)
"""An option is searched for in other texts if its label has so many words and letters: "None" is said of anything."""
_PART = 4
"""A part of a person's name is searched for if it has so many letters."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BETWEEN = re.compile(r"[,;()\[\]{}\uff0c\uff1b\u3001\uff08\uff09]")


@dataclass(frozen=True)
class SecretWords:
    """What must not be read: what tells a confidential answer, and what names a person."""

    answers: Secrets
    people: Secrets

    @cached_property
    def all(self) -> Secrets:
        """Return both together."""
        return self.answers | self.people

    def text(self, text: str, mark: str) -> str:
        """Return a text with the mark in place of what must not be read."""
        return self.all.struck(text, mark)

    def open_answer(self, answer: str, mark: str) -> str:
        """Return an open answer; nothing of it where a confidential one is told in it.

        A mark inside a name lets everybody complete it who knows the name.
        """
        return mark if self.answers.tells(answer) else self.people.struck(answer, mark)


def secret_words(
    case: Data, sets: Iterable[CriteriaSet], confidential: Collection[str], *, people: bool
) -> SecretWords:
    """Return the words that no text about a case may hold.

    `sets` are the same criteria in the languages in which a text may repeat an answer. What an open answer says in full
    as well is no secret: that a partner is named so may be known, though not of whom else it is told. An open answer
    that holds more than a confidential one is withheld, so other texts may not repeat it either.
    """
    several = tuple(sets)
    told: list[str] = []
    rows: list[str] = []
    texts: list[str] = [case["institution"]] if "institution" in case else []
    for criteria in several:
        for name, value in _answers(case, criteria):
            fact = criteria.fact(name)
            if name in confidential:
                told += _words(fact, value, criteria)
            else:
                (texts if isinstance(fact, TextFact) else rows).extend(_known(fact, value, criteria))
    everyday = _everyday(case, several, confidential)
    withheld: list[str] = []
    while True:
        known = frozenset(same_letters(one) for one in (*rows, *texts))
        parts = [part for one in told if same_letters(one) not in known for part in _parts(one, everyday)]
        answers = secrets((*told, *parts, *withheld), known)
        more = [one for one in texts if answers.tells(one)]
        if not more:
            break
        withheld += more
        texts = [one for one in texts if one not in more]
    return SecretWords(answers, secrets(_names(case, everyday, known), known) if people else secrets(()))


def every_word(case: Data, *, but_small: bool = False) -> SecretWords:
    """Return every text of a case, but what it says of itself: for where nobody knows which of them may be read.

    `but_small` leaves out what is written in small letters alone: most of it are the choices of the criteria.
    """
    return SecretWords(secrets(one for one in _strings(case) if not (but_small and one.islower())), secrets(()))


def _answers(case: Data, criteria: CriteriaSet) -> Iterator[tuple[str, Any]]:
    """Yield fact and value of every answer of a case, those set aside among them."""
    yield from _stated(case, criteria)
    for path, value in (case.get("set_aside") or {}).items():
        entity, *_, name = path.split(".")
        if entity in criteria.entities and name in criteria.entities[entity].facts:
            yield f"{entity}.{name}", value


def _stated(case: Data, criteria: CriteriaSet) -> Iterator[tuple[str, Any]]:
    for entity, declared in criteria.entities.items():
        content = case.get(entity) or ()
        for entry in (content,) if isinstance(content, Mapping) else content:
            yield from ((f"{entity}.{name}", value) for name, value in entry.items() if name in declared.facts)


def _everyday(case: Data, sets: Iterable[CriteriaSet], confidential: Collection[str]) -> frozenset[str]:
    """Return the bare letters of words that single out nobody: of the criteria's sentences and of open names.

    Of a sentence, in the criteria or in an answer, only the words in small letters count: a capital may be a name.
    """
    words = set(_WORD.findall(case.get("institution") or ""))
    for criteria in sets:
        labels = set(criteria.head.roles.label.values())
        words |= {word for _place, text in texts_of(criteria) for word in _WORD.findall(text) if word.islower()}
        for name, value in _stated(case, criteria):
            if name not in confidential:
                for text in _known(criteria.fact(name), value, criteria):
                    is_name = name in labels or isinstance(criteria.fact(name), RowFact)
                    words |= {word for word in _WORD.findall(text) if is_name or word.islower()}
    return frozenset(same_letters(one) for one in words)


def _parts(answer: str, everyday: Collection[str]) -> Iterator[str]:
    """Yield what stands between the commas and brackets of an answer, but plain words and those of everyday."""
    pieces = [one.strip() for one in _BETWEEN.split(answer)]
    for one in pieces if len(pieces) > 1 else ():
        if not one.islower() and weight(one) >= LEAST and same_letters(one) not in everyday:
            yield one


def _names(case: Data, everyday: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yield the names of people in each spelling, and their parts; not their titles, and not the words of an office."""
    for name in _people(case):
        if same_letters(name) in known:
            continue
        yield from spellings(name)
        words = [one for one in _WORD.findall(name) if not is_title(one)]
        has_capitals = not all(one.islower() for one in words)
        yield from spellings(" ".join(words))
        for one in words:
            is_small = has_capitals and one.islower()
            if not is_small and weight(one) >= _PART and same_letters(one) not in everyday:
                yield from spellings(one)


def _people(case: Data) -> Iterator[str]:
    """Yield the names of people on the record."""
    records = [
        *case.get("evidence", ()),
        *(one for each in case.get("controls", ()) for one in each.get("evidence", ())),
    ]
    yield from (one["collected_by"] for one in records if "collected_by" in one)
    yield from (one["owner"] for one in case.get("controls", ()) if "owner" in one)
    if "assessor" in case:
        yield case["assessor"]


def _words(fact: AnyFact, value: Any, criteria: CriteriaSet) -> Iterator[str]:
    """Yield in which words a text may repeat an answer."""
    match fact:
        case BooleanFact():
            return
        case ChoiceFact(options=options) | ChoicesFact(options=options):
            labels = (options.get(one, "") for one in ([value] if isinstance(value, str) else value))
            yield from (one for one in labels if len(one.split()) >= _LABEL[0] and weight(one) >= _LABEL[1])
        case IntegerFact():
            if len(str(value)) >= _DIGITS:
                yield str(value)
        case DateFact():
            yield from _written(date.fromisoformat(value))
        case RowFact() | TextFact():
            yield from _known(fact, value, criteria)
        case _:
            assert_never(fact)


def _written(when: date) -> Iterator[str]:
    """Yield the ways to write a date."""
    yield from (when.isoformat(), f"{when:%d.%m.%Y}", f"{when.day}.{when.month}.{when.year}", f"{when:%d/%m/%Y}")
    for language in languages():
        with in_language(language):
            yield day(when)


def _known(fact: AnyFact, value: Any, criteria: CriteriaSet) -> Iterator[str]:
    """Yield the words of an answer that is a text or the name of a row."""
    if isinstance(fact, RowFact) and value in criteria.tables[fact.of].rows:
        row = criteria.tables[fact.of].rows[value]
        yield from (row.name, *row.aliases)
    elif isinstance(fact, TextFact):
        yield str(value)


def _strings(part: object) -> Iterator[str]:
    """Yield every text in plain data, but what the case says of itself."""
    match part:
        case str():
            yield part
        case dict():
            for name, one in part.items():
                if name != "id":
                    yield from _strings(one)
        case list() | tuple():
            for one in part:
                yield from _strings(one)
        case _:
            return
