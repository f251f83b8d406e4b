"""Lints of what people are asked: questions that lead, suppose, judge, or are two in one."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from risk_engine.audit.lint.ground import Found, Ground, Told
from risk_engine.audit.lint.words import QUESTION_MARKS, WordList, Words
from risk_engine.language import _
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact
from risk_engine.model.places import Spot

FIRST_WORDS = 6
"""A negation among so many words of a yes-or-no question belongs to the question itself."""
JOINED_WORDS = 2


class Text(NamedTuple):
    """A text that people read, and where it stands."""

    record: str
    spot: Spot
    text: str
    fact: AnyFact | None = None
    """The fact that it asks for, where it is its question."""


def questions(ground: Ground, told: Told) -> Iterator[Text]:
    """Yield the question of every fact, in one language."""
    for name, fact, at in ground.facts():
        said = told.criteria.fact(name).question
        if said is not None:
            yield Text(name, ground.of_text(told, said, ground.places.of("facts.yaml", (*at, "question"))), said, fact)


def rule_questions(ground: Ground, told: Told) -> Iterator[Text]:
    """Yield the question of every indicator and ladder: nobody answers it, a report prints it."""
    for name, indicator in told.criteria.indicators.items():
        spot = ground.places.of_indicator(name, ("question",))
        yield Text(name, ground.of_text(told, indicator.question, spot), indicator.question)
    for name, ladder in told.criteria.ladders.items():
        spot = ground.places.of("ladders.yaml", (name, "question"))
        yield Text(name, ground.of_text(told, ladder.question, spot), ladder.question)


def titles(ground: Ground, told: Told) -> Iterator[Text]:
    """Yield the titles of entities and indicators."""
    for name, entity in told.criteria.entities.items():
        spot = ground.places.of("facts.yaml", (name, "title"))
        yield Text(name, ground.of_text(told, entity.title, spot), entity.title)
    for name, indicator in told.criteria.indicators.items():
        spot = ground.places.of_indicator(name, ("title",))
        yield Text(name, ground.of_text(told, indicator.title, spot), indicator.title)


def options(ground: Ground, told: Told) -> Iterator[Text]:
    """Yield the text of every option."""
    for name, _fact, at in ground.facts():
        fact = told.criteria.fact(name)
        for option, said in fact.options.items() if isinstance(fact, ChoiceFact | ChoicesFact) else ():
            spot = ground.places.of("facts.yaml", (*at, "options", option))
            yield Text(name, ground.of_text(told, said, spot), said)


def leading(ground: Ground) -> Iterator[Found]:
    """Find questions that push towards an answer."""
    for told in ground.told:
        for one in (*questions(ground, told), *rule_questions(ground, told)):
            if word := told.words.leading.first(one.text):
                yield Found(one.record, one.spot, _("the question pushes towards an answer: “{word}”", word=word))


def negated(ground: Ground) -> Iterator[Found]:
    """Find yes-or-no questions that are negated."""
    for told in ground.told:
        for one in questions(ground, told):
            if isinstance(one.fact, BooleanFact) and (word := _negation(one.text, told.words)):
                yield Found(one.record, one.spot, _("the yes-or-no question is negated: “{word}”", word=word))


def _negation(text: str, words: Words) -> str | None:
    return words.contracted.first(text) or words.negations.first(" ".join(text.split()[:FIRST_WORDS]))


def supposing(ground: Ground) -> Iterator[Found]:
    """Find questions that take something for granted."""
    message = _("the question takes for granted what nobody has said yet: “{word}”", word="{word}")
    yield from _with_word(ground, lambda words: words.supposing, message)


def _with_word(ground: Ground, of: Callable[[Words], WordList], message: str) -> Iterator[Found]:
    for told in ground.told:
        for one in questions(ground, told):
            if word := of(told.words).first(one.text):
                yield Found(one.record, one.spot, message.format(word=word))


def two_in_one(ground: Ground) -> Iterator[Found]:
    """Find questions that hold a second one."""
    for told in ground.told:
        for one in questions(ground, told):
            if sum(one.text.count(mark) for mark in QUESTION_MARKS) > 1:
                yield Found(one.record, one.spot, _("these are two questions, and there is one answer"))
            # "Can and will it be used?" is one question: what is joined within its first words is no second one.
            elif word := told.words.second.first(" ".join(one.text.split()[JOINED_WORDS:])):
                yield Found(one.record, one.spot, _("a second question begins with “{word}”", word=word))


def judging(ground: Ground) -> Iterator[Found]:
    """Find words that judge, where a set only records."""
    for told in ground.told:
        every = (questions, rule_questions, titles, options)
        for one in (text for texts in every for text in texts(ground, told)):
            if word := told.words.judging.first(one.text):
                yield Found(
                    one.record, one.spot, _("this judges, where only what is recorded counts: “{word}”", word=word)
                )


def vague(ground: Ground) -> Iterator[Found]:
    """Find words that two people would understand in two ways, in questions without help."""
    for told in ground.told:
        for one in questions(ground, told):
            if one.fact is not None and one.fact.help is None and (word := told.words.vague.first(one.text)):
                sentence = _("“{word}” is understood in more than one way, and there is no help text", word=word)
                yield Found(one.record, one.spot, sentence)


def no_question(ground: Ground) -> Iterator[Found]:
    """Find questions that do not end in a question mark."""
    for name, fact, at in ground.facts():
        if fact.question is not None and not any(mark in fact.question for mark in QUESTION_MARKS):
            yield Found(name, ground.places.of("facts.yaml", (*at, "question")), _("the question asks nothing"))
