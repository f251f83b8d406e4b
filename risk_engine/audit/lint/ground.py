"""What every lint looks at: the set, where its records stand, what its rules read, its texts in each language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from risk_engine.audit.lint.uses import Uses, uses_of
from risk_engine.audit.lint.words import Words
from risk_engine.audit.lint.words_de import GERMAN
from risk_engine.audit.lint.words_en import ENGLISH
from risk_engine.audit.places import Places
from risk_engine.loading.translation import languages_of, told_in
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact
from risk_engine.model.places import Path as Way
from risk_engine.model.places import Spot
from risk_engine.model.translation import collapsed

WORDS: dict[str, Words] = {"en": ENGLISH, "de": GERMAN}
"""Language: its word lists. A set in another one is linted without them."""


class Found(NamedTuple):
    """Something that a lint found: the record it is about, where, and a sentence."""

    record: str
    spot: Spot
    sentence: str


class Told(NamedTuple):
    """A set as it is read in one language, with the word lists of that language."""

    language: str
    words: Words
    criteria: CriteriaSet


@dataclass(frozen=True)
class Ground:
    """One version, and the day from which its dates are looked at."""

    criteria: CriteriaSet
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
        known = [(one, WORDS[base_of(one)]) for one in self.languages if base_of(one) in WORDS]
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
        for told in self.told:  # only these were checked
            if told.language == self.criteria.head.language:
                continue
            for number, entry in enumerate(self.places.document(f"translations/{told.language}.yaml").data["texts"]):
                if isinstance(text := entry.get(told.language), str):
                    found.setdefault((told.language, collapsed(text)), number)
        return found


def base_of(language: str) -> str:
    """Return the language of a tag without its region: `de` for `de-AT`."""
    return language.partition("-")[0]
