"""Conditions as sentences, the way a lawyer would read them aloud."""

from collections.abc import Mapping
from typing import Any, assert_never

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    ConditionOrAlways,
    Count,
    Every,
    Holds,
    Includes,
    IncludesAny,
    Is,
    Leaf,
    Node,
    Not,
    OneOf,
    ParameterRef,
    Some,
)
from risk_engine.model.facts import AnyFact, Entity, shown


class Sentences:
    """Writes conditions over these entities in words."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self.entities = entities

    def of(self, condition: ConditionOrAlways) -> str:
        """Return the condition as a sentence without a final period."""
        if condition == "always":
            return "always"
        node: Node = condition
        match node:
            case AllOf(all_of=parts):
                return " and ".join(self._part(part) for part in parts)
            case AnyOf(any_of=parts):
                return " or ".join(self._part(part) for part in parts)
            case Not(not_=Holds(holds=name)):
                return f"not *{_words(name)}*"
            case Not(not_=part):
                return f"it is not so that {self._part(part)}"
            case Holds(holds=name):
                return f"*{_words(name)}*"
            case Some(some=entity, where=where):
                return f"for at least one {self._title(entity)}: {self.of(where)}"
            case Every(every=entity, where=where):
                return f"for every {self._title(entity)}: {self.of(where)}"
            case Count(count=entity, where=where, at_least=int() as number):
                return f"for at least {number} of {self._title(entity)}: {self.of(where)}"
            case Count(count=entity, where=where, at_most=number):
                return f"for at most {number} of {self._title(entity)}: {self.of(where)}"
            case Is() | OneOf() | AtLeast() | AtMost() | Includes() | IncludesAny():
                return self._leaf(node)
            case _:
                assert_never(node)

    def _part(self, condition: ConditionOrAlways) -> str:
        """Return a condition within another one, in brackets where it would be misread without."""
        sentence = self.of(condition)
        return f"({sentence})" if isinstance(condition, AllOf | AnyOf | Some | Every | Count) else sentence

    def _leaf(self, leaf: Leaf) -> str:
        entity, _, short = leaf.fact.partition(".")
        fact = self.entities[entity].facts[short]
        name = f"`{leaf.fact}`"
        match leaf:
            case Is(is_=()):
                return f"{name} has nothing chosen"
            case Is(is_=wanted):
                return f"{name} is {_value(fact, wanted)}"
            case OneOf(one_of=options):
                return f"{name} is {_any(fact, options)}"
            case AtLeast(at_least=bound):
                return f"{name} is at least {_value(fact, bound)}"
            case AtMost(at_most=bound):
                return f"{name} is at most {_value(fact, bound)}"
            case Includes(includes=option):
                return f"{name} includes {_value(fact, option)}"
            case IncludesAny(includes_any=options):
                return f"{name} includes {_any(fact, options)}"
            case _:
                assert_never(leaf)

    def _title(self, entity: str) -> str:
        return self.entities[entity].title.lower()


def _any(fact: AnyFact, options: Any) -> str:
    if isinstance(options, ParameterRef):
        return f"one of the parameter `{options.parameter}`"
    return " or ".join(_value(fact, one) for one in options)


def _value(fact: AnyFact, wanted: Any) -> str:
    if isinstance(wanted, ParameterRef):
        return f"the parameter `{wanted.parameter}`"
    options = getattr(fact, "options", {})
    text = options[wanted] if isinstance(wanted, str) and wanted in options else shown(fact, wanted)
    return f"“{text}”" if isinstance(wanted, str) else text


def _words(name: str) -> str:
    return name.replace("_", " ")
