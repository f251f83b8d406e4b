"""The German text of each shipped set says everything, tells apart what the English does, and keeps its numbers."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from risk_engine.loading.sets import shipped_sets
from risk_engine.loading.translation import texts_of_version, translation_of
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.model.translation import Translation, in_words_of, untranslated
from tests.versions import newest

NUMBERS_AND_IDS = re.compile(r"(?:SEC|COM|ETH|CTL|AW)-\d+|\d+")
# What English calls a pre-approved country has the name of the list in German, with its number.
PRE_APPROVED = re.compile(r"\bEU001-L(and|änder)")


@pytest.fixture(scope="module", params=shipped_sets())
def criteria(request: pytest.FixtureRequest) -> Criteria:
    return newest(request.param)


@pytest.fixture(scope="module")
def translation(criteria: Criteria) -> Translation:
    found = translation_of(criteria, "de")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def pairs(criteria: Criteria, translation: Translation) -> list[tuple[str, str]]:
    texts = texts_of_version(criteria)
    return [(english, translation.told(place, english) or "") for place, english in texts]


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


def test_every_text_of_the_set_and_of_its_map_is_said_in_german(criteria: Criteria, translation: Translation) -> None:
    assert untranslated(texts_of_version(criteria), translation) == ()


def test_what_stands_side_by_side_is_told_apart_in_german_as_it_is_in_english(
    criteria: Criteria, translation: Translation
) -> None:
    german = in_words_of(criteria, translation)
    for here, there in zip(names_side_by_side(criteria), names_side_by_side(german), strict=True):
        assert len(set(there)) == len(set(here)), [one for one, times in Counter(there).items() if times > 1]


def test_the_german_names_the_same_numbers_dates_and_records_as_the_english(pairs: list[tuple[str, str]]) -> None:
    differing = [
        (english, german)
        for english, german in pairs
        if set(NUMBERS_AND_IDS.findall(english)) != set(NUMBERS_AND_IDS.findall(PRE_APPROVED.sub("", german)))
    ]
    assert differing == []


def test_nobody_is_addressed_with_a_gender_star_and_quotation_marks_are_german(pairs: list[tuple[str, str]]) -> None:
    assert [german for _, german in pairs if re.search(r"\w[*:_]in(nen)?\b", german)] == []
    assert [german for _, german in pairs if '"' in german or german.count("„") != german.count("“")] == []


def test_a_sentence_stays_a_sentence_and_a_question_a_question(pairs: list[tuple[str, str]]) -> None:
    ends = {english: german for english, german in pairs if english[-1] in ".?" and "{" not in english}
    assert {english: german for english, german in ends.items() if german[-1:] != english[-1]} == {}
