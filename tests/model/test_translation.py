"""Where the texts of a set stand, as translators name the places."""

from risk_engine.model.translation import Translation, in_words_of, placed_texts
from tests.engine.conftest import Toy

FACTS = """
    trip:
      title: The trip
      facts: {risky: {type: boolean, question: Is it risky?}}
"""
INDICATORS = "A: {severity: {low: {fact: trip.risky, is: true}}}"


def test_texts_of_an_entity_and_of_its_questions_stand_under_the_file_that_declares_them(toy: Toy) -> None:
    places = {text: place for place, text in placed_texts(toy(facts=FACTS, indicators=INDICATORS))}
    assert places["The trip"] == "facts.trip.title"
    assert places["Is it risky?"] == "facts.trip.risky.question"


def test_a_text_is_translated_for_the_place_that_is_named(toy: Toy) -> None:
    texts = {"The trip": {"facts.trip": "Die Reise"}, "Is it risky?": {"facts.guest": "Ist es riskant?"}}
    entity = in_words_of(toy(facts=FACTS, indicators=INDICATORS), Translation("de", "0", texts)).entities["trip"]
    assert (entity.title, entity.facts["risky"].question) == ("Die Reise", "Is it risky?")
