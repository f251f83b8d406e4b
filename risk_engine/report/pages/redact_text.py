"""Texts in which what is withheld is struck out: which words tell it, and where they stand."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeAlias, assert_never
from unicodedata import category, normalize

from risk_engine.files.language import in_language, languages
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
)
from risk_engine.model.translation import texts_of
from risk_engine.records.decide import is_title, plain_letters, spellings
from risk_engine.report.wording import day

LEAST = 3
"""A word of fewer letters means too much else to be searched for; a letter of a script without spaces counts twice."""
_PLAIN = 6
"""From so many letters on, a word is found inside a longer one too."""
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and ideographs; Korean too, where particles stick to a name."""


class _Folded(NamedTuple):
    """The bare letters of a text: where each stands in it, and whether it begins a word."""

    letters: str
    at: tuple[int, ...]
    begins: tuple[bool, ...]


class _Place(NamedTuple):
    """Where a text tells a word: the letters of the word itself, and the whole words of the text around it."""

    word: str
    begin: int
    end: int


@dataclass(frozen=True)
class Secrets:
    """What must not be read: as it was written, each with its bare letters."""

    words: frozenset[tuple[str, str]]

    def __or__(self, other: "Secrets") -> "Secrets":
        return Secrets(self.words | other.words)

    def struck(self, text: str, mark: str) -> str:
        """Return the text with the mark in place of every word that tells a secret."""
        made: list[str] = []
        done = 0
        for _word, first, last in sorted(self._places(text), key=lambda one: (one.begin, one.end)):
            if last <= done:
                continue
            if first >= done:
                made += [text[done:first], mark]
            done = last
        return "".join((*made, text[done:]))

    def tells(self, text: str) -> bool:
        """Return whether `struck` would strike anything in a text."""
        return next(self._places(text), None) is not None

    def told(self, text: str, marks: Iterable[str] = ()) -> Iterator[str]:
        """Yield the secrets that stand in a text letter by letter, none of them across a mark.

        What a word is, is the same for `struck`: nothing is told in what that returns.
        """
        cut = "|".join(re.escape(one) for one in marks if one)
        for piece in re.split(cut, text) if cut else (text,):
            found = {place.word for place in self._places(piece)}
            plain = _plain(piece) if found else ""
            yield from (one for one, letters in sorted(self.words) if letters in found and _plain(one) in plain)

    def _places(self, text: str) -> Iterator[_Place]:
        return _places(text, {letters for _written, letters in self.words})


def secrets(words: Iterable[str], known: Iterable[str] = ()) -> Secrets:
    """Return as secrets those of the words that mean something and that nobody may know from elsewhere as a whole."""
    open_words = {_fold(one).letters for one in known}
    found = ((one, _fold(one).letters) for one in words)
    return Secrets(
        frozenset((one, letters) for one, letters in found if weight(one) >= LEAST and letters not in open_words)
    )


def without_spaces(sign: str) -> bool:
    """Return whether a sign is of a script that puts no space between words."""
    return _WITHOUT_SPACES.match(sign) is not None


def weight(text: str) -> int:
    """Return how many letters a text has, those of scripts without spaces counted twice."""
    letters = _fold(text).letters
    return len(letters) + len(_WITHOUT_SPACES.findall(letters))


def same_letters(one: str) -> str:
    """Return the bare letters of a text, the same for everything that is found as the same word."""
    return _fold(one).letters


def _fold(text: str) -> _Folded:
    letters: list[str] = []
    at: list[int] = []
    begins: list[bool] = []
    is_first = True
    for place, sign in enumerate(text):
        own = _letters(sign)
        for one in own:
            letters.append(one)
            at.append(place)
            begins.append(is_first or _WITHOUT_SPACES.match(one) is not None)
            is_first = False
        if own:
            is_first = _WITHOUT_SPACES.match(sign) is not None or not (sign.isalnum() or category(sign)[0] == "M")
        elif not _is_unseen(sign):
            is_first = True
    return _Folded("".join(letters), tuple(at), tuple(begins))


@lru_cache(maxsize=4096)
def _letters(sign: str) -> str:
    """Return the bare letters that a sign stands for."""
    parts = normalize("NFKD", plain_letters(normalize("NFKD", sign).casefold()))
    return "".join(one for one in parts if one.isalnum())


def _is_unseen(sign: str) -> bool:
    """Return whether a sign that is no letter belongs to the one before it, or cannot be seen: accents, joiners.

    An accent that stands alone is read as a quotation mark: it parts words.
    """
    return category(sign)[0] == "M" or category(sign) == "Cf"


def _places(text: str, wanted: Iterable[str]) -> Iterator[_Place]:
    """Yield where a text tells one of the words; this alone says what a word in a text is."""
    folded = _fold(text)
    number = len(folded.letters)
    ends = (*folded.begins[1:], True)
    for one in wanted:
        first = folded.letters.find(one)
        is_plain = first >= 0 and weight(one) >= _PLAIN
        while first >= 0:
            last = first + len(one) - 1
            if is_plain or (folded.begins[first] and ends[last]):
                # A sign that stands for several letters is struck as a whole, with the words that it begins and ends.
                begin = next(
                    place
                    for place in range(first, -1, -1)
                    if place == 0 or (folded.begins[place] and folded.at[place] != folded.at[place - 1])
                )
                end = next(
                    place
                    for place in range(last, number)
                    if place + 1 == number or (ends[place] and folded.at[place] != folded.at[place + 1])
                )
                yield _Place(one, folded.at[begin], _after(text, folded.at[end] + 1))
            first = folded.letters.find(one, first + 1)


def _after(text: str, place: int) -> int:
    """Return where a word ends of which the last letter stands before a place: with what is written upon it."""
    while place < len(text) and _is_unseen(text[place]) and not _letters(text[place]):
        place += 1
    return place


def _plain(text: str) -> str:
    seen = "".join(one for one in normalize("NFKC", text) if category(one) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())


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


def secret_words(case: Data, sets: Iterable[Criteria], confidential: Collection[str], *, people: bool) -> SecretWords:
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


def _answers(case: Data, criteria: Criteria) -> Iterator[tuple[str, Any]]:
    """Yield fact and value of every answer of a case, those set aside among them."""
    yield from _stated(case, criteria)
    for path, value in (case.get("set_aside") or {}).items():
        entity, *_, name = path.split(".")
        if entity in criteria.entities and name in criteria.entities[entity].facts:
            yield f"{entity}.{name}", value


def _stated(case: Data, criteria: Criteria) -> Iterator[tuple[str, Any]]:
    for entity, declared in criteria.entities.items():
        content = case.get(entity) or ()
        for entry in (content,) if isinstance(content, Mapping) else content:
            yield from ((f"{entity}.{name}", value) for name, value in entry.items() if name in declared.facts)


def _everyday(case: Data, sets: Iterable[Criteria], confidential: Collection[str]) -> frozenset[str]:
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


def _words(fact: AnyFact, value: Any, criteria: Criteria) -> Iterator[str]:
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


def _known(fact: AnyFact, value: Any, criteria: Criteria) -> Iterator[str]:
    """Yield the words of an answer that is a text or the name of a row."""
    if isinstance(fact, RowFact) and value in criteria.tables[fact.of].rows:
        row = criteria.tables[fact.of].rows[value]
        yield from (row.name, *row.aliases)
    elif isinstance(fact, TextFact):
        yield str(value)
