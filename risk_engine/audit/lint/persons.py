"""Lints of words for nationality, ethnicity, birthplace and religion: people are not scored for who they are.

What names or asks is looked at, what explains is not: a help text or a notice may say "never enter nationality".
"""

import re
from collections.abc import Iterator

from risk_engine.audit.lint.ground import WORDS, Found, Ground
from risk_engine.audit.lint.questions import Text, options, questions, rule_questions, titles
from risk_engine.audit.lint.words import Words
from risk_engine.language import _
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.model.places import Spot

_CLAUSES = re.compile(r"[,;:.?!()–—]")


def asked_for(ground: Ground) -> Iterator[Found]:
    """Find names of what a case tells, and questions, that stand for who somebody is."""
    for record, spot, name in _names(ground):
        # Names are written in the letters of any language, so every list is looked at.
        words = name.replace("_", " ")
        if word := next(filter(None, (one.traits.first(words) for one in WORDS.values())), None):
            yield Found(record, spot, _("the name `{name}` stands for who somebody is: “{word}”", name=name, word=word))
    for told in ground.told:
        for one in questions(ground, told):
            if word := _asked(one.text, told.words):
                yield Found(one.record, one.spot, _("the question asks who somebody is: “{word}”", word=word))


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
