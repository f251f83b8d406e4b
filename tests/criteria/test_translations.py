"""Translations of shipped sets say all that their extent asks for, tell apart what the English does, keep numbers."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from risk_engine.files.language import languages
from risk_engine.loading.sets import shipped_sets
from risk_engine.loading.translation import languages_of, texts_of_version, translation_of
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.model.translation import Translation, in_words_of, untranslated
from tests.versions import newest

NUMBERS_AND_IDS = re.compile(r"(?:SEC|COM|ETH|CTL|AW)-\d+|\d+")
# What English calls a pre-approved country has the name of the list in German, with its number.
PRE_APPROVED = re.compile(r"\bEU001-L(and|änder)")


QUOTES = {"de": ("„", "“"), "fr": ("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»")}
# What people outside the office read: what a guest is asked, and the words of the letters.
OUTSIDE = re.compile(
    r"set\.(title|challenge|asked_of\..*)|facts\.(?!.*\.changeable).*|tables\.countries\.rows\.\w+\.name"
    r"|indicators\.[^.]+\.(title|question|reason|irreducible)|controls\.[^.]+\.(title|do)"
    r"|ladders\.[^.]+\.(title|question|levels\.[^.]+\.(title|answer|explain))"
)


@pytest.fixture(scope="module", params=[(one, tag) for one in shipped_sets() for tag in languages_of(newest(one))])
def translated(request: pytest.FixtureRequest) -> tuple[Criteria, Translation]:
    name, tag = request.param
    criteria = newest(name)
    found = translation_of(criteria, tag)
    assert found is not None
    return criteria, found


@pytest.fixture(scope="module")
def pairs(translated: tuple[Criteria, Translation]) -> list[tuple[str, str]]:
    criteria, translation = translated
    every = [(english, translation.told(place, english)) for place, english in texts_of_version(criteria)]
    return [(english, told) for english, told in every if told is not None]


def names_side_by_side(criteria: Criteria) -> Iterator[list[str]]:
    """Yield every list of names that readers choose from or look up, so that no two may be alike."""
    for entity in criteria.entities.values():
        for fact in entity.facts.values():
            if isinstance(fact, ChoiceFact | ChoicesFact):
                yield list(fact.options.values())
        yield [fact.question for fact in entity.facts.values() if fact.question is not None]
    for ladder in criteria.ladders.values():
        yield [level.title for level in ladder.levels.values()]
    for table in criteria.tables.values():
        yield [row.name for row in table.rows.values()]
    for records in (criteria.indicators, criteria.controls, criteria.awareness, criteria.parameters):
        yield [one.title for one in records.values()]
    yield [source.instrument for source in criteria.sources.values()]


def test_every_text_is_translated_that_the_extent_of_the_language_asks_for(
    translated: tuple[Criteria, Translation],
) -> None:
    criteria, translation = translated
    texts = texts_of_version(criteria)
    asked = (
        texts if translation.language in languages("report") else [one for one in texts if OUTSIDE.fullmatch(one[0])]
    )
    assert len(asked) > 200
    assert untranslated(asked, translation) == ()


def test_what_stands_side_by_side_is_told_apart_as_it_is_in_english(translated: tuple[Criteria, Translation]) -> None:
    criteria, translation = translated
    told = in_words_of(criteria, translation)
    for here, there in zip(names_side_by_side(criteria), names_side_by_side(told), strict=True):
        assert len(set(there)) == len(set(here)), [one for one, times in Counter(there).items() if times > 1]


def test_a_translation_names_the_same_numbers_dates_and_records_as_the_english(pairs: list[tuple[str, str]]) -> None:
    differing = [
        (english, told)
        for english, told in pairs
        if set(NUMBERS_AND_IDS.findall(english)) != set(NUMBERS_AND_IDS.findall(PRE_APPROVED.sub("", told)))
    ]
    assert differing == []


def test_nobody_is_addressed_with_a_gender_star_and_quotation_marks_are_those_of_the_language(
    translated: tuple[Criteria, Translation], pairs: list[tuple[str, str]]
) -> None:
    opening, closing = QUOTES[translated[1].language]
    assert [told for _, told in pairs if re.search(r"\w[*:_]in(nen)?\b", told)] == []
    assert [told for _, told in pairs if '"' in told or told.count(opening) != told.count(closing)] == []


def test_french_breaks_no_line_before_a_mark_that_stands_apart(pairs: list[tuple[str, str]]) -> None:
    apart = re.compile(r" [:;?!»]|« |[^\s][;?!»]|[^\s\d]:(?!\w)|\w'\w")
    french = [told for english, told in pairs if "«" in told or "’" in told]
    assert [told for told in french if apart.search(told)] == []


def test_a_sentence_stays_a_sentence_and_a_question_a_question(pairs: list[tuple[str, str]]) -> None:
    ends = {english: told for english, told in pairs if english[-1] in ".?" and "{" not in english}
    assert {english: told for english, told in ends.items() if told[-1:] != english[-1]} == {}
