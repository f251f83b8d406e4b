"""What every lint looks at: the set, where its records stand, what it uses of itself, its texts and its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from string import Formatter
from typing import NamedTuple

from risk_engine.audit.places import Places
from risk_engine.loading.translation import languages_of, told_in
from risk_engine.model.conditions import Compare, ParameterRef
from risk_engine.model.coverage import Path as Way
from risk_engine.model.coverage import Spot
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.model.references import comparisons, every_condition, reads_of
from risk_engine.model.tables import DatedValue
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
    """The word lists of one language."""

    leading: WordList
    """They push towards an answer, or say that it is known already."""
    negations: WordList
    """In the first words of a yes-or-no question they leave open what "yes" means."""
    contracted: WordList
    """Likewise, wherever they stand."""
    supposing: WordList
    """They take for granted what nobody has said yet."""
    second: WordList
    """They begin a second question within the first."""
    judging: WordList
    """They judge, where a set only records."""
    vague: WordList
    """Two people would draw the line in two places."""
    traits: WordList
    """Nationality, ethnicity, birthplace and religion: people are not scored for who they are."""
    things: WordList
    """They hold such a word and name a thing: what uses one of them means the thing by the word alone, too."""
    asking: WordList
    """Before a word for a trait, in the same part of a sentence, they ask for it."""
    dealing: WordList
    """Right before a word for a trait they speak of what a thing does with it, and ask nobody for it."""


_VERB_DE = (
    "ist",
    "sind",
    "war",
    "waren",
    "hat",
    "haben",
    "kann",
    "können",
    "wird",
    "werden",
    "gibt",
    "weiß",
    "wissen",
)
_NOUN_DE = ("es", "er", "sie", "das", "die", "der", "jemand", "man")

GERMAN = Words(
    leading=WordList(
        (
            *("sicherlich", "sicher doch", "selbstverständlich", "natürlich", "offensichtlich", "offenkundig"),
            *("zweifellos", "bekanntlich", "wie jeder weiß", "es ist klar, dass", "wirklich", "doch wohl"),
            *("nicht wahr?", "oder nicht?", "oder etwa nicht?", "stimmen Sie zu", "finden Sie nicht", "richtig?"),
        )
    ),
    negations=WordList(("nicht", "nie", "niemals", "kein*", "niemand*", "nichts", "nicht mehr")),
    contracted=WordList(("etwa nicht",)),
    supposing=WordList(
        (
            *("noch immer", "immer noch", "weiterhin", "wieder", "erneut", "nicht mehr", "abermals", "nach wie vor"),
            *("aufhören", "aufgehört", "fortsetzen", "fortgesetzt", "zugeben", "versäumt", "warum", "weshalb", "wieso"),
        )
    ),
    second=WordList(
        (
            *(f"und {word}" for word in ("was", "welche*", "wer", "wem", "wen", "wann", "wo", "warum", "wie", "wofür")),
            *(f"und {word} welche*" for word in ("auf", "bei", "in", "nach", "unter", "für", "mit")),
            *(f"{joint} {verb} {noun}" for joint in ("und", "oder") for verb in _VERB_DE for noun in _NOUN_DE),
            *("und wenn ja", "und wenn nein", "und falls ja", "und/oder"),
        )
    ),
    judging=WordList(
        (
            *("verdächtig*", "dubios*", "fragwürdig*", "berüchtigt*", "zwielichtig*", "sogenannt*", "feindlich*"),
            *("feindselig*", "böse*", "unzuverlässig*", "unehrlich*", "schuldig*"),
        )
    ),
    vague=WordList(
        (
            *("oft", "häufig", "meist", "meistens", "gewöhnlich", "regelmäßig", "manchmal", "gelegentlich", "kürzlich"),
            *("wenige", "wenigen", "mehrere", "groß*", "klein*", "erheblich*", "wesentlich*"),
            *("bedeutend*", "beträchtlich*", "angemessen*", "ausreichend*", "hinreichend*", "geeignet*", "genug"),
        )
    ),
    traits=WordList(
        (
            *("nationalität*", "nationalitaet*", "staatsangehörig*", "staatsangehoerig*", "staatsbürger*"),
            *("staatsbuerger*", "ethnie*", "ethnisch*", "ethnizität", "rasse", "rassen", "rassisch*", "abstammung"),
            *("volkszugehörigkeit", "volkszugehoerigkeit", "stamm", "kaste", "muttersprach*", "hautfarbe"),
            *("geburtsort*", "geburtsland*", "geboren", "herkunftsland*", "herkunftsländer*", "heimatland*"),
            *("ausländer*", "auslaender*", "migrant*", "migrationshintergrund", "reisepass", "reisepässe"),
            *(
                "religion",
                "religionen",
                "religiös*",
                "religioes*",
                "konfession*",
                "glaube",
                "glauben",
                "kirchenmitglied*",
            ),
            *("muslim*", "christ", "christen", "christin*", "christlich*", "jude", "juden", "jüdin*", "jüdisch*"),
            *("hindu*", "buddhist*", "atheist*"),
        )
    ),
    things=WordList(("reisepass der ware", "reisepass des objekts")),
    asking=WordList(
        (
            *(
                "welche*",
                "was",
                "wessen",
                "wer",
                "wo",
                "woher",
                "ist",
                "sind",
                "war",
                "waren",
                "hat",
                "haben",
                "besitzt",
            ),
            *("besitzen", "gehört", "gehören", "geben Sie"),
        )
    ),
    dealing=WordList(
        ("nach", "nach ihrer", "nach der", "wegen", "wegen ihrer", "unabhängig von", "aufgrund", "je nach")
    ),
)


_VERB_EN = ("is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could", "will", "would")
_NOUN_EN = (
    "it",
    "he",
    "she",
    "they",
    "there",
    "this",
    "that",
    "the",
    "you",
    "anyone",
    "anybody",
    "someone",
    "somebody",
)

ENGLISH = Words(
    leading=WordList(
        (
            *(
                "surely",
                "of course",
                "obviously",
                "certainly",
                "it is clear that",
                "naturally",
                "undoubtedly",
                "really",
            ),
            *("undoubtedly", "as everyone knows", "as everybody knows", "as is well known", "needless to say"),
            *("do you agree", "don't you agree", "would you agree", "you agree that", "would you not say"),
            *("isn't it", "aren't they", "don't you", "doesn't it", "didn't you", "haven't you", "wouldn't you"),
            *("is it not true", "is it not so", "right?", "correct?"),
        )
    ),
    negations=WordList(("not", "never", "no longer", "nobody", "nothing")),
    contracted=WordList(
        (
            *("isn't", "aren't", "wasn't", "weren't", "don't", "doesn't", "didn't", "hasn't", "haven't", "hadn't"),
            *("can't", "cannot", "couldn't", "won't", "wouldn't", "shouldn't"),
        )
    ),
    supposing=WordList(
        (
            *("still", "again", "any more", "anymore", "any longer", "no longer", "once more", "as before"),
            *("stop", "stopped", "stops", "continue*", "keep on", "kept on", "resume*", "repeated*"),
            *("admit*", "fail to", "fails to", "failed to", "why"),
        )
    ),
    second=WordList(
        (
            *(f"and {word}" for word in ("what", "which", "who", "whose", "when", "where", "why", "how")),
            *(f"and {word}" for word in ("on which", "in which", "by which", "for which", "under which")),
            *(f"{joint} {verb} {noun}" for joint in ("and", "or") for verb in _VERB_EN for noun in _NOUN_EN),
            *("and if so", "and if not", "and/or"),
        )
    ),
    judging=WordList(
        (
            *("suspicious*", "suspect", "dubious", "questionable", "notorious", "infamous", "shady", "so-called"),
            *("hostile", "rogue", "evil", "unreliable", "untrustworthy", "dishonest", "guilty"),
        )
    ),
    vague=WordList(
        (
            *("often", "frequently", "usually", "regularly", "sometimes", "occasionally", "recently", "soon"),
            *("few", "several", "large", "small", "significant*", "substantial*", "considerabl*", "major"),
            *("appropriate*", "adequate*", "sufficient*", "reasonabl*", "suitabl*", "good", "enough", "closely"),
        )
    ),
    traits=WordList(
        (
            *(
                "nationality",
                "nationalities",
                "citizen",
                "citizens",
                "citizenship",
                "nationals",
                "passport",
                "passports",
            ),
            *("ethnic", "ethnicity", "ethnicities", "racial", "of race", "by race", "race or", "or race", "which race"),
            *(
                "what race",
                "their race",
                "tribe",
                "tribal",
                "caste",
                "descent",
                "ancestry",
                "mother tongue",
                "native language",
                "native speaker*",
                "skin colour",
                "skin color",
            ),
            *("birthplace", "place of birth", "country of birth", "born in", "born abroad", "birth country"),
            *("country of origin", "national origin", "home country", "immigrant*", "migrant*", "foreigner*"),
            *("religion", "religions", "religious", "religious faith", "denomination", "creed", "church member*"),
            *("muslim*", "christian*", "jew", "jews", "jewish", "hindu*", "buddhist*", "atheist*"),
        )
    ),
    things=WordList(
        tuple(
            f"{thing} {word}"
            for thing in ("object", "product", "battery", "material", "building", "plant", "animal", "pet")
            for word in ("passport", "passports")
        )
    ),
    asking=WordList(
        (
            *("which", "what", "whose", "who", "where", "is", "are", "was", "were", "has", "have", "does", "do"),
            "state the",
        )
    ),
    dealing=WordList(
        ("by", "by their", "on grounds of", "on the grounds of", "because of", "regardless of", "irrespective of")
    ),
)


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


def uses_of(criteria: CriteriaSet) -> Uses:
    """Return what a set uses of itself."""
    conditions = list(every_condition(criteria))
    reads = reads_of(criteria, *conditions)
    parameters = set(reads.parameters)
    for ladder in criteria.ladders.values():
        for level in ladder.levels.values():
            if isinstance(level.review_months, ParameterRef):
                parameters.add(level.review_months.parameter)
    roles = criteria.head.roles
    shown = frozenset({*roles.group_by, *roles.benefit, *roles.necessity})
    return Uses(
        compared=comparisons(criteria, conditions),
        named=frozenset({*shown, *roles.label.values(), *roles.country.values(), *_named(criteria)}),
        shown_by_roles=shown,
        definitions=reads.definitions,
        parameters=frozenset(parameters),
        controls=frozenset(one for x in criteria.indicators.values() for option in x.controls for one in option.all),
        sources=frozenset(_cited(criteria)),
    )


def named_in(sentence: str) -> tuple[str, ...]:
    """Return the facts that a sentence names in braces."""
    return tuple(name for _text, name, _form, _conversion in Formatter().parse(sentence) if name)


def _named(criteria: CriteriaSet) -> Iterator[str]:
    for indicator in criteria.indicators.values():
        for sentence in indicator.because:
            yield from named_in(sentence)
    yield from (one.records.fact for one in criteria.controls.values() if one.records is not None)
    for name, entity in criteria.entities.items():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
                yield f"{name}.{fact.from_}"


def _cited(criteria: CriteriaSet) -> Iterator[str]:
    for indicator in criteria.indicators.values():
        yield from (one.id for one in indicator.sources)
    for rule in criteria.awareness.values():
        yield from (one.id for one in rule.sources)
    for parameter in criteria.parameters.values():
        yield parameter.source.id
        yield from (one.source.id for one in parameter.values if one.source is not None)
    for table in criteria.tables.values():
        for column in table.columns.values():
            yield column.source.id
            for cell in column.values.values():
                for one in cell if isinstance(cell, tuple) else ():
                    if isinstance(one, DatedValue) and one.source is not None:
                        yield one.source.id


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
        if self.criteria.bundle is not None:
            return found  # a bundle keeps no places of words: what is translated is named by the place of the text
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
