"""Lints of what people read: questions that lead or judge, words for who people are, texts that say nothing."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from risk_engine.audit.lint.ground import (
    QUESTION_MARKS,
    Found,
    Ground,
    Told,
    Words,
    lint,
    word_lists,
)
from risk_engine.files.language import N_, _
from risk_engine.model.coverage import Spot
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, ChoicesFact
from risk_engine.model.references import facts_named
from risk_engine.model.translation import collapsed

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


def _each(ground: Ground, *kinds: Callable[[Ground, Told], Iterator[Text]]) -> Iterator[tuple[Text, Words]]:
    """Yield texts of these kinds in each language that there are word lists for, with the lists."""
    yield from ((text, told.words) for told in ground.told for texts in kinds for text in texts(ground, told))


@lint(
    "LINT-01",
    "problem",
    N_("A question that pushes towards an answer"),
    N_("ask openly: a person must be able to give every answer with the same ease"),
)
def leading(ground: Ground) -> Iterator[Found]:
    """Find questions that push towards an answer."""
    for text, words in _each(ground, questions, rule_questions):
        if word := words.leading.first(text.text):
            yield Found(text.record, text.spot, _("the question pushes towards an answer: “{word}”", word=word))


@lint(
    "LINT-02",
    "advice",
    N_("A negated yes-or-no question"),
    N_("ask for what is there; with a negation one person's yes is another one's no"),
)
def negated(ground: Ground) -> Iterator[Found]:
    """Find yes-or-no questions that are negated."""
    for text, words in _each(ground, questions):
        if isinstance(text.fact, BooleanFact) and (word := _negation(text.text, words)):
            yield Found(text.record, text.spot, _("the yes-or-no question is negated: “{word}”", word=word))


def _negation(text: str, words: Words) -> str | None:
    return words.contracted.first(text) or words.negations.first(" ".join(text.split()[:FIRST_WORDS]))


@lint(
    "LINT-03",
    "advice",
    N_("A question that takes something for granted"),
    N_("ask first whether it is so, and the rest under `ask_when`"),
)
def supposing(ground: Ground) -> Iterator[Found]:
    """Find questions that take something for granted."""
    for text, words in _each(ground, questions):
        if word := words.supposing.first(text.text):
            sentence = _("the question takes for granted what nobody has said yet: “{word}”", word=word)
            yield Found(text.record, text.spot, sentence)


@lint(
    "LINT-04",
    "advice",
    N_("Two questions in one"),
    N_("make two facts of it, or one question of which each option is a whole answer"),
)
def two_in_one(ground: Ground) -> Iterator[Found]:
    """Find questions that hold a second one."""
    for text, words in _each(ground, questions):
        if sum(text.text.count(mark) for mark in QUESTION_MARKS) > 1:
            yield Found(text.record, text.spot, _("these are two questions, and there is one answer"))
        # "Can and will it be used?" is one question: what is joined within its first words is no second one.
        elif word := words.second.first(" ".join(text.text.split()[JOINED_WORDS:])):
            yield Found(text.record, text.spot, _("a second question begins with “{word}”", word=word))


@lint(
    "LINT-05",
    "problem",
    N_("A word that judges"),
    N_("say what is recorded, from which source; a set never says that somebody is something"),
)
def judging(ground: Ground) -> Iterator[Found]:
    """Find words that judge, where a set only records."""
    for text, words in _each(ground, questions, rule_questions, titles, options):
        if word := words.judging.first(text.text):
            sentence = _("this judges, where only what is recorded counts: “{word}”", word=word)
            yield Found(text.record, text.spot, sentence)


@lint(
    "LINT-06",
    "advice",
    N_("A vague word in a question without help"),
    N_("name a number, or say in `help` where the line is"),
)
def vague(ground: Ground) -> Iterator[Found]:
    """Find words that two people would understand in two ways, in questions without help."""
    for text, words in _each(ground, questions):
        if text.fact is not None and text.fact.help is None and (word := words.vague.first(text.text)):
            sentence = _("“{word}” is understood in more than one way, and there is no help text", word=word)
            yield Found(text.record, text.spot, sentence)


@lint(
    "LINT-09",
    "problem",
    N_("A question that asks nothing"),
    N_("end it in a question mark, and make a question of it"),
)
def no_question(ground: Ground) -> Iterator[Found]:
    """Find questions that do not end in a question mark."""
    for name, fact, at in ground.facts():
        if fact.question is not None and not any(mark in fact.question for mark in QUESTION_MARKS):
            yield Found(name, ground.places.of("facts.yaml", (*at, "question")), _("the question asks nothing"))


_CLAUSES = re.compile(r"[,;:.?!()–—]")


@lint(
    "LINT-07",
    "problem",
    N_("A name or question that stands for who somebody is"),
    N_("take it out: nationality, ethnicity, birthplace and religion must not decide, nor be recorded"),
)
def asked_for(ground: Ground) -> Iterator[Found]:
    """Find names of what a case tells, and questions, that stand for who somebody is."""
    for record, spot, name in _names(ground):
        # Names are written in the letters of any language, so every list is looked at.
        words = name.replace("_", " ")
        if word := next(filter(None, (one.traits.first(words) for one in word_lists().values())), None):
            yield Found(record, spot, _("the name `{name}` stands for who somebody is: “{word}”", name=name, word=word))
    for text, lists in _each(ground, questions):
        if word := _asked(text.text, lists):
            yield Found(text.record, text.spot, _("the question asks who somebody is: “{word}”", word=word))


@lint(
    "LINT-08",
    "advice",
    N_("A word for nationality, ethnicity, birthplace or religion in a question, title or option"),
    N_("see that it is about what a thing does or holds, and that nobody is asked who they are"),
)
def mentioned(ground: Ground) -> Iterator[Found]:
    """Find the same words elsewhere in questions, titles and options: they may be about what a thing does."""
    for told in ground.told:
        asked = [one for one in questions(ground, told) if not _asked(one.text, told.words)]
        others: tuple[Text, ...] = (
            *rule_questions(ground, told),
            *titles(ground, told),
            *options(ground, told),
        )
        things: dict[str, set[str]] = {}
        for one in (*asked, *others):
            if thing := told.words.things.first(one.text):
                things.setdefault(one.record, set()).add(_stem(told.words.traits.first(thing)))
        for one in (*asked, *others):
            meant = things.get(one.record, set())
            if word := next((word for word in told.words.traits.every(one.text) if _stem(word) not in meant), None):
                yield Found(one.record, one.spot, _("this may speak of who people are: “{word}”", word=word))


def _stem(word: str | None) -> str:
    return (word or "").casefold().removesuffix("s")


def _asked(text: str, words: Words) -> str | None:
    """Return the word for a trait that a question asks for; None where it asks for none."""
    for clause in _CLAUSES.split(text):
        word = words.traits.first(clause)
        if word is None:
            continue
        before = clause[: clause.replace("’", "'").index(word)].rstrip()
        is_dealt_with = any(
            re.search(rf"(?<!\w){re.escape(one)}$", before, re.IGNORECASE) for one in words.dealing.words
        )
        if words.asking.first(before) and not is_dealt_with:
            return word
    return None


def _names(ground: Ground) -> Iterator[tuple[str, Spot, str]]:
    """Yield the names of entities, facts, options and table columns, each with its record and place."""
    for entity in ground.criteria.entities:
        yield entity, ground.places.of("facts.yaml", (entity,), key=True), entity
    for name, fact, at in ground.facts():
        yield name, ground.places.of("facts.yaml", at, key=True), name.partition(".")[2]
        for option in fact.options if isinstance(fact, ChoiceFact | ChoicesFact) else ():
            yield name, ground.places.of("facts.yaml", (*at, "options", option), key=True), option
    for table, declared in ground.criteria.tables.items():
        for column in declared.columns:
            yield f"{table}.{column}", ground.places.of(f"tables/{table}.yaml", ("columns", column), key=True), column


MANY_OPTIONS = 6
"""From so many options on somebody who answers wants help."""
LONGEST_TITLE = 60
"""So many letters of a title fit a column of a table."""


@lint(
    "LINT-10",
    "advice",
    N_("An answer that rules read, without a word on evidence"),
    N_("say in `evidence` what a stranger could ask for"),
)
def no_evidence(ground: Ground) -> Iterator[Found]:
    """Find facts that rules read, that people answer, and that say nothing about evidence."""
    for name, fact, at in ground.facts():
        if fact.question is not None and fact.evidence is None and name in ground.uses.compared:
            spot = ground.places.of("facts.yaml", at, key=True)
            yield Found(name, spot, _("rules read this answer, and nothing says what would prove it"))


@lint(
    "LINT-11",
    "advice",
    N_("Many options without help"),
    N_("say in `help` how to choose"),
)
def no_help(ground: Ground) -> Iterator[Found]:
    """Find questions with many options and no help."""
    for name, fact, at in ground.facts():
        number = len(fact.options) if isinstance(fact, ChoiceFact | ChoicesFact) else 0
        if fact.question is not None and fact.help is None and number >= MANY_OPTIONS:
            spot = ground.places.of("facts.yaml", at, key=True)
            yield Found(name, spot, _("{number} options, and no help text for who has to choose", number=number))


@lint(
    "LINT-15",
    "advice",
    N_("A fact that can be changed, without a word on what must change"),
    N_("say in `changeable` what must really change; then it is offered as a way to a milder result"),
)
def no_change_said(ground: Ground) -> Iterator[Found]:
    """Find facts that are said to be changeable, and nothing says what must change."""
    for name, fact, at in ground.facts():
        if getattr(fact, "changeable", False) is True:
            spot = ground.places.of("facts.yaml", (*at, "changeable"))
            yield Found(name, spot, _("says that it can be changed, but not what must really change"))


@lint(
    "LINT-12",
    "problem",
    N_("An indicator whose sentence names no fact"),
    N_("name the facts that make it so in braces, like `{entity.fact}`"),
)
def says_nothing(ground: Ground) -> Iterator[Found]:
    """Find indicators whose sentences name no fact."""
    for name, indicator in ground.criteria.indicators.items():
        if not facts_named(indicator):
            spot = ground.places.of_indicator(name, ("because",))
            yield Found(name, spot, _("`because` names no fact, so a report cannot say what was recorded"))


@lint(
    "LINT-13",
    "advice",
    N_("A title that is too long"),
    N_("shorten it; the question and the reason have room"),
)
def long_titles(ground: Ground) -> Iterator[Found]:
    """Find titles that do not fit a column."""
    for record, spot, title in _titles(ground):
        if len(title) > LONGEST_TITLE:
            number = len(title)
            yield Found(
                record, spot, _("the title has {number} letters, {most} fit", number=number, most=LONGEST_TITLE)
            )


def _titles(ground: Ground) -> Iterator[tuple[str, Spot, str]]:
    criteria, places = ground.criteria, ground.places
    for name, entity in criteria.entities.items():
        yield name, places.of("facts.yaml", (name, "title")), entity.title
    for name, indicator in criteria.indicators.items():
        yield name, places.of_indicator(name, ("title",)), indicator.title
    for name, control in criteria.controls.items():
        yield name, places.of("controls.yaml", (name, "title")), control.title
    for name, rule in criteria.awareness.items():
        yield name, places.of("awareness.yaml", (name, "title")), rule.title
    for name, ladder in criteria.ladders.items():
        for level, one in ladder.levels.items():
            yield name, places.of("ladders.yaml", (name, "levels", level, "title")), one.title


@lint(
    "LINT-14",
    "problem",
    N_("The same words twice"),
    N_("say what is different, or make one of them"),
)
def said_twice(ground: Ground) -> Iterator[Found]:
    """Find questions of one entity, questions and titles of indicators, and options of one fact that are the same."""
    seen: dict[tuple[str, str], str] = {}
    for one in _same_where(ground):
        key = one.group, collapsed(one.text).casefold()
        if key in seen:
            yield Found(one.record, one.spot, _("the same words as in `{other}`", other=seen[key]))
        seen.setdefault(key, one.name)


class _Said(NamedTuple):
    """A text that must not stand twice within its group; `name` is what tells it from the others there."""

    group: str
    record: str
    name: str
    spot: Spot
    text: str


def _same_where(ground: Ground) -> Iterator[_Said]:
    for name, fact, at in ground.facts():
        if fact.question is not None:
            spot = ground.places.of("facts.yaml", (*at, "question"))
            yield _Said(f"questions of {name.partition('.')[0]}", name, name, spot, fact.question)
        for option, text in fact.options.items() if isinstance(fact, ChoiceFact | ChoicesFact) else ():
            spot = ground.places.of("facts.yaml", (*at, "options", option))
            yield _Said(f"options of {name}", name, option, spot, text)
    for name, indicator in ground.criteria.indicators.items():
        for part, text in (("question", indicator.question), ("title", indicator.title)):
            yield _Said(part, name, name, ground.places.of_indicator(name, (part,)), text)
