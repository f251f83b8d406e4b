"""Conditions as sentences, the way a lawyer would read them aloud."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, assert_never

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
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
    operand,
)
from risk_engine.model.facts import AnyFact, ChoiceFact, Entity, shown


def _code(name: str) -> str:
    return f"`{name}`"


class Sentences:
    """Writes conditions over these entities in words; definitions by name, or spelt out where `spelt` holds them.

    `words` says what a fact is called; parameters stand by name, or as the value that `parameters` holds.
    """

    def __init__(
        self,
        entities: Mapping[str, Entity],
        spelt: Mapping[str, Condition] | None = None,
        *,
        words: Callable[[str], str] = _code,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self.entities = entities
        self._spelt = spelt or {}
        self._words = words
        self._parameters = parameters or {}

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
            case Holds(holds=name) if name in self._spelt:
                return self.of(self._spelt[name])
            case Not(not_=Holds(holds=name)):
                return self.of(Not(not_=self._spelt[name])) if name in self._spelt else f"not *{_words(name)}*"
            case Not(not_=Is() | OneOf() | AtLeast() | AtMost() | Includes() | IncludesAny() as leaf):
                return self._leaf(leaf, negated=True)
            case Not(not_=part):
                return f"it is not so that {self._part(part)}"
            case Holds(holds=name):
                return f"*{_words(name)}*"
            case Some(some=entity, where=where):
                return f"for at least one {self._title(entity)}: {self.of(where)}"
            case Every(every=entity, where=where):
                return f"for every {self._title(entity)}: {self.of(where)}"
            case Count(count=entity, where=where, at_least=int() as number):
                return f"for at least {number} entries of {self._title(entity)}: {self.of(where)}"
            case Count(count=entity, where=where, at_most=number):
                return f"for at most {number} entries of {self._title(entity)}: {self.of(where)}"
            case Is() | OneOf() | AtLeast() | AtMost() | Includes() | IncludesAny():
                return self._leaf(node)
            case _:
                assert_never(node)

    def _part(self, condition: ConditionOrAlways) -> str:
        """Return a condition within another one, in brackets where it would be misread without."""
        sentence = self.of(condition)
        while isinstance(condition, Holds) and condition.holds in self._spelt:
            condition = self._spelt[condition.holds]
        return f"({sentence})" if isinstance(condition, AllOf | AnyOf | Some | Every | Count) else sentence

    def _leaf(self, leaf: Leaf, *, negated: bool = False) -> str:
        entity, _, short = leaf.fact.partition(".")
        fact = self.entities[entity].facts[short]
        leaf = self._with_value(leaf)
        match leaf:
            case Is(is_=()):
                said = "has something chosen" if negated else "has nothing chosen"
            case Is(is_=wanted):
                said = f"{'is not' if negated else 'is'} {_value(fact, wanted)}"
            case OneOf(one_of=options):
                said = f"{'is none of' if negated else 'is one of'} {_all(fact, options)}"
            case AtLeast(at_least=str() as bound) if _is_described(fact):
                names = list(fact.options)
                said = _one_of(fact, names[: names.index(bound)], names[names.index(bound) :], negated=negated)
            case AtMost(at_most=str() as bound) if _is_described(fact):
                names = list(fact.options)
                least = names.index(bound) + 1
                said = _one_of(fact, names[least:], names[:least], negated=negated)
            case AtLeast(at_least=bound):
                said = f"{'is not' if negated else 'is'} at least {_value(fact, bound)}"
            case AtMost(at_most=bound):
                said = f"{'is not' if negated else 'is'} at most {_value(fact, bound)}"
            case Includes(includes=option):
                said = f"{'does not include' if negated else 'includes'} {_value(fact, option)}"
            case IncludesAny(includes_any=options):
                said = f"{'includes none of' if negated else 'includes any of'} {_all(fact, options)}"
            case _:
                assert_never(leaf)
        return f"{self._words(leaf.fact)} {said}"

    def _with_value(self, leaf: Leaf) -> Leaf:
        """Return a leaf with the value of its parameter in place of the name, where the value is known."""
        operation, wanted = operand(leaf)
        if not isinstance(wanted, ParameterRef) or wanted.parameter not in self._parameters:
            return leaf
        field = "is_" if operation == "is" else operation
        return leaf.model_copy(update={field: self._parameters[wanted.parameter]})

    def _title(self, entity: str) -> str:
        return self.entities[entity].title.lower()


def _is_described(fact: AnyFact) -> TypeGuard[ChoiceFact]:
    """Return whether the options say more than their names: "at least" one of these would not tell which they are."""
    return isinstance(fact, ChoiceFact) and any(text != name for name, text in fact.options.items())


def _one_of(fact: ChoiceFact, others: list[str], options: list[str], *, negated: bool) -> str:
    """Return that a fact is one of these options, in the shorter way: one option is named, or the only one left out."""
    if len(options) > 1 and len(others) == 1:
        return f"{'is' if negated else 'is not'} {_value(fact, others[0])}"
    if len(options) == 1:
        return f"{'is not' if negated else 'is'} {_value(fact, options[0])}"
    return f"{'is none of' if negated else 'is one of'} {_all(fact, options)}"


def _all(fact: AnyFact, options: Any) -> str:
    """Return options as a list with commas: an `or` here could be taken for one between conditions."""
    if isinstance(options, ParameterRef):
        return f"those in the parameter `{options.parameter}`"
    return ", ".join(_value(fact, one) for one in options)


def _value(fact: AnyFact, wanted: Any) -> str:
    if isinstance(wanted, ParameterRef):
        return f"the parameter `{wanted.parameter}`"
    options = getattr(fact, "options", {})
    text = options[wanted] if isinstance(wanted, str) and wanted in options else shown(fact, wanted)
    return f"“{text}”" if isinstance(wanted, str) else text


def _words(name: str) -> str:
    return name.replace("_", " ")
