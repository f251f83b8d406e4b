"""What every lint looks at: the set, where its records stand, what it uses of itself, its texts and its words."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import NamedTuple

from risk_engine.audit.diff.uses import uses
from risk_engine.audit.versions import Places
from risk_engine.files.source import read
from risk_engine.loading.translation import languages_of, told_in
from risk_engine.model.conditions import Compare
from risk_engine.model.coverage import Path as Way
from risk_engine.model.coverage import Spot, Weight
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact
from risk_engine.model.references import comparisons, every_condition, reads_of
from risk_engine.model.translation import collapsed

QUESTION_MARKS = "?\uff1f\u061f\u037e"
"""What ends a question: in most scripts, in Chinese and Japanese, in Arabic, in Greek."""


@dataclass(frozen=True)
class WordList:
    """Words and phrases, found as whole words whatever their capitals; `*` at an end stands for any ending."""

    words: tuple[str, ...]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        every = "|".join(_pattern_of(one) for one in sorted(self.words, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)

    def first(self, text: str) -> str | None:
        """Return the first of the words that stands in a text, as it stands there; None where there is none."""
        return next(self.every(text), None)

    def every(self, text: str) -> Iterator[str]:
        """Yield each of the words that stand in a text, as they stand there."""
        return (found[0] for found in self._pattern.finditer(text.replace("’", "'")))


def _pattern_of(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace(r"\ ", r"\s+")
    return rf"{stem}\w*" if word.endswith("*") else stem


@dataclass(frozen=True)
class Words:
    """The word lists of one language; words.yaml says what each of them is for."""

    leading: WordList
    negations: WordList
    contracted: WordList
    supposing: WordList
    second: WordList
    judging: WordList
    vague: WordList
    traits: WordList
    things: WordList
    asking: WordList
    dealing: WordList


@cache
def word_lists() -> dict[str, Words]:
    """Return the word lists by language. A set in another one is linted without them."""
    data = read(Path(__file__).with_name("words.yaml")).data
    return {
        language: Words(**{name: WordList(tuple(_phrases(phrases))) for name, phrases in lists.items()})
        for language, lists in data.items()
    }


def _phrases(written: Iterable[str]) -> Iterator[str]:
    """Yield phrases, each as often as there are ways to choose among its words with a bar."""
    for phrase in written:
        yield from map(" ".join, product(*(word.split("|") for word in phrase.split(" "))))


@dataclass(frozen=True)
class Uses:
    """What is used; each is a set of names."""

    compared: dict[str, tuple[Compare, ...]]
    """Fact: every comparison of it in a rule."""
    named: frozenset[str]
    """Facts that are used otherwise: by a role, a sentence, a control, a fact that a table answers."""
    shown_by_roles: frozenset[str]
    """Facts whose every option somebody sees or groups by."""
    definitions: frozenset[str]
    parameters: frozenset[str]
    controls: frozenset[str]
    sources: frozenset[str]

    def facts(self) -> frozenset[str]:
        """Return the facts that anything uses."""
        return frozenset(self.compared) | self.named


def uses_of(criteria: Criteria) -> Uses:
    """Return what a set uses of itself."""
    conditions = list(every_condition(criteria))
    reads = reads_of(criteria, *conditions)
    roles = criteria.head.roles
    return Uses(
        compared=comparisons(criteria, conditions),
        named=_named("fact", criteria, "head", "indicators", "controls", "entities"),
        shown_by_roles=frozenset({*roles.group_by, *roles.benefit, *roles.necessity}),
        definitions=reads.definitions,
        parameters=reads.parameters | _named("parameter", criteria, "ladders"),
        controls=_named("control", criteria, "indicators"),
        sources=_named("source", criteria, "indicators", "awareness", "parameters", "tables"),
    )


def _named(kind: str, criteria: Criteria, *parts: str) -> frozenset[str]:
    """Return the names of a kind that parts of a set use."""
    used = (name for part in parts for name in uses((part,), getattr(criteria, part), criteria))
    return frozenset(name for its_kind, name in used if its_kind == kind)


class Found(NamedTuple):
    """Something that a lint found: the record it is about, where, and a sentence."""

    record: str
    spot: Spot
    sentence: str


class Told(NamedTuple):
    """A set as it is read in one language, with the word lists of that language."""

    language: str
    words: Words
    criteria: Criteria


@dataclass(frozen=True)
class Ground:
    """One version, and the day from which its dates are looked at."""

    criteria: Criteria
    on: date

    @cached_property
    def places(self) -> Places:
        """Where its records stand."""
        return Places(self.criteria)

    @cached_property
    def uses(self) -> Uses:
        """What its rules read."""
        return uses_of(self.criteria)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The language that the set is written in, then those that it is translated into."""
        own = self.criteria.head.language
        return (own, *(one for one in languages_of(self.criteria) if one != own))

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The set in each of its languages for which there are word lists.

        Raises InvalidSourceError with every problem of a translation.
        """
        lists = word_lists()
        known = [(one, lists[base_of(one)]) for one in self.languages if base_of(one) in lists]
        return tuple(Told(one, words, told_in(self.criteria, one).words) for one, words in known)

    def facts(self) -> Iterator[tuple[str, AnyFact, Way]]:
        """Yield the name, the declaration and the place in facts.yaml of every fact."""
        for name, entity in self.criteria.entities.items():
            for short, fact in entity.facts.items():
                yield f"{name}.{short}", fact, (name, "facts", short)

    def of_text(self, told: Told, text: str, spot: Spot) -> Spot:
        """Return where a text stands: in the set, or in the translation where that has another text for it."""
        number = self._translated.get((told.language, collapsed(text)))
        if number is None:
            return spot
        return self.places.of(f"translations/{told.language}.yaml", ("texts", number, told.language))

    @cached_property
    def _translated(self) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        if self.criteria.bundle is not None:
            return found  # a bundle keeps no places of words: what is translated is named by the place of the text
        for told in self.told:  # only these were checked
            if told.language == self.criteria.head.language:
                continue
            for number, entry in enumerate(self.places.document(f"translations/{told.language}.yaml").data["texts"]):
                if isinstance(text := entry.get(told.language), str):
                    found.setdefault((told.language, collapsed(text)), number)
        return found


@dataclass(frozen=True)
class Lint:
    """One lint; a number is never used again for another one."""

    id: str
    weight: Weight
    title: str
    way_out: str
    look: Callable[[Ground], Iterator[Found]]


def lint(
    number: str, weight: Weight, title: str, way_out: str
) -> Callable[[Callable[[Ground], Iterator[Found]]], Lint]:
    """Return what makes the lint of that number of a function that finds something."""
    return lambda look: Lint(number, weight, title, way_out, look)


def base_of(language: str) -> str:
    """Return the language of a tag without its region: `de` for `de-AT`."""
    return language.partition("-")[0]
