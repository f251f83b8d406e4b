"""Lints of texts that are missing, too long, said twice, or say nothing of what was recorded."""

from collections.abc import Iterator
from typing import NamedTuple

from risk_engine.audit.lint.ground import Found, Ground
from risk_engine.audit.lint.uses import named_in
from risk_engine.language import _
from risk_engine.model.facts import ChoiceFact, ChoicesFact
from risk_engine.model.places import Spot
from risk_engine.model.translation import collapsed

MANY_OPTIONS = 6
"""From so many options on somebody who answers wants help."""
LONGEST_TITLE = 60
"""So many letters of a title fit a column of a table."""


def no_evidence(ground: Ground) -> Iterator[Found]:
    """Find facts that rules read, that people answer, and that say nothing about evidence."""
    for name, fact, at in ground.facts():
        if fact.question is not None and fact.evidence is None and name in ground.uses.compared:
            spot = ground.places.of("facts.yaml", at, key=True)
            yield Found(name, spot, _("rules read this answer, and nothing says what would prove it"))


def no_help(ground: Ground) -> Iterator[Found]:
    """Find questions with many options and no help."""
    for name, fact, at in ground.facts():
        number = len(fact.options) if isinstance(fact, ChoiceFact | ChoicesFact) else 0
        if fact.question is not None and fact.help is None and number >= MANY_OPTIONS:
            spot = ground.places.of("facts.yaml", at, key=True)
            yield Found(name, spot, _("{number} options, and no help text for who has to choose", number=number))


def no_change_said(ground: Ground) -> Iterator[Found]:
    """Find facts that are said to be changeable, and nothing says what must change."""
    for name, fact, at in ground.facts():
        if getattr(fact, "changeable", False) is True:
            spot = ground.places.of("facts.yaml", (*at, "changeable"))
            yield Found(name, spot, _("says that it can be changed, but not what must really change"))


def says_nothing(ground: Ground) -> Iterator[Found]:
    """Find indicators whose sentences name no fact."""
    for name, indicator in ground.criteria.indicators.items():
        if not any(named_in(one) for one in indicator.because):
            spot = ground.places.of_indicator(name, ("because",))
            yield Found(name, spot, _("`because` names no fact, so a report cannot say what was recorded"))


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
