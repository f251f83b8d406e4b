"""Conditions as sentences, the way a lawyer would read them aloud."""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, assert_never

from risk_engine.files.language import N_, _, inside, ngettext, pgettext
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    negation,
)
from risk_engine.model.facts import AnyFact, ChoiceFact, Entity, shown

_IS = (N_("{fact} is {value}"), N_("{fact} is not {value}"))
"""A sentence and, as of the others below, its negated form."""
_IS_ONE_OF = (N_("{fact} is one of {value}"), N_("{fact} is none of {value}"))
_IS_AT_LEAST = (N_("{fact} is at least {value}"), N_("{fact} is not at least {value}"))
_IS_AT_MOST = (N_("{fact} is at most {value}"), N_("{fact} is not at most {value}"))
_INCLUDES = (N_("{fact} includes {value}"), N_("{fact} does not include {value}"))
_INCLUDES_ANY = (N_("{fact} includes any of {value}"), N_("{fact} includes none of {value}"))


def _code(name: str) -> str:
    return f"`{name}`"


class Sentences:
    """Writes conditions over these entities in words; definitions by name, or spelt out where `spelt` holds them.

    `words` says what a fact is called; parameters stand by name, or as the value that `parameters` holds; `values` says
    what a value is called, an option by its text where nothing else is wanted.
    """

    def __init__(
        self,
        entities: Mapping[str, Entity],
        spelt: Mapping[str, Condition] | None = None,
        *,
        words: Callable[[str], str] = _code,
        parameters: Mapping[str, Any] | None = None,
        values: Callable[[AnyFact, Any], str] | None = None,
    ) -> None:
        self.entities = entities
        self._value = values or _value
        self._spelt = spelt or {}
        self._words = words
        self._parameters = parameters or {}

    def of(self, condition: ConditionOrAlways) -> str:
        """Return the condition as a sentence without a final period."""
        if condition == "always":
            return pgettext("condition", "always")
        node: Node = condition
        match node:
            case AllOf(all_of=parts):
                return pgettext("between conditions", " and ").join(self._part(part) for part in parts)
            case AnyOf(any_of=parts):
                return pgettext("between conditions", " or ").join(self._part(part) for part in parts)
            case Holds(holds=name) if name in self._spelt:
                return self.of(self._spelt[name])
            case Not(not_=Holds(holds=name)):
                if name in self._spelt:
                    return self.of(negation(self._spelt[name]))
                return _("not {condition}", condition=f"*{_words(name)}*")
            case Not(not_=Compare() as leaf):
                return self._leaf(leaf, negated=True)
            case Not(not_=part):
                return _("it is not so that {condition}", condition=self._part(part))
            case Holds(holds=name):
                return f"*{_words(name)}*"
            case Quantifier():
                return self._quantified(node)
            case Compare():
                return self._leaf(node)
            case _:
                assert_never(node)

    def _quantified(self, node: Quantifier) -> str:
        entity, where = self._title(node.entity), self.of(node.where)
        match node.kind:
            case "some":
                return _("for at least one {entity}: {condition}", entity=entity, condition=where)
            case "every":
                return _("for every {entity}: {condition}", entity=entity, condition=where)
            case "at_least":
                return ngettext(
                    "for at least {number} entry of {entity}: {condition}",
                    "for at least {number} entries of {entity}: {condition}",
                    node.bound,
                    entity=entity,
                    condition=where,
                )
            case "at_most":
                return ngettext(
                    "for at most {number} entry of {entity}: {condition}",
                    "for at most {number} entries of {entity}: {condition}",
                    node.bound,
                    entity=entity,
                    condition=where,
                )
            case _:
                assert_never(node.kind)

    def _part(self, condition: Condition) -> str:
        """Return a condition within another one, in brackets where it would be misread without."""
        sentence = self.of(condition)
        while isinstance(condition, Holds) and condition.holds in self._spelt:
            condition = self._spelt[condition.holds]
        match condition:
            case AllOf() | AnyOf() | Quantifier():
                return f"({sentence})"
            case Not() | Holds() | Compare():
                return sentence
            case _:
                assert_never(condition)

    def _leaf(self, leaf: Compare, *, negated: bool = False) -> str:
        entity, _dot, short = leaf.fact.partition(".")
        fact = self.entities[entity].facts[short]
        leaf = self._with_value(leaf)
        match leaf.op:
            case "is" if leaf.operand == ():
                told, said = "", (N_("{fact} has nothing chosen"), N_("{fact} has something chosen"))
            case "is":
                told, said = self._value(fact, leaf.operand), _IS
            case "one_of":
                told, said = self._all(fact, leaf.operand), _IS_ONE_OF
            case "at_least" if isinstance(leaf.operand, str) and _is_described(fact):
                names = list(fact.options)
                least = names.index(leaf.operand)
                told, said = self._one_of(fact, names[:least], names[least:])
            case "at_most" if isinstance(leaf.operand, str) and _is_described(fact):
                names = list(fact.options)
                least = names.index(leaf.operand) + 1
                told, said = self._one_of(fact, names[least:], names[:least])
            case "at_least":
                told, said = self._value(fact, leaf.operand), _IS_AT_LEAST
            case "at_most":
                told, said = self._value(fact, leaf.operand), _IS_AT_MOST
            case "includes":
                told, said = self._value(fact, leaf.operand), _INCLUDES
            case "includes_any":
                told, said = self._all(fact, leaf.operand), _INCLUDES_ANY
            case _:
                assert_never(leaf.op)
        return _(said[negated], fact=self._words(leaf.fact), value=told)

    def _with_value(self, leaf: Compare) -> Compare:
        """Return a leaf with the value of its parameter in place of the name, where the value is known."""
        wanted = leaf.operand
        if not isinstance(wanted, ParameterRef) or wanted.parameter not in self._parameters:
            return leaf
        return leaf.model_copy(update={"operand": self._parameters[wanted.parameter]})

    def _one_of(self, fact: ChoiceFact, others: list[str], options: list[str]) -> tuple[str, tuple[str, str]]:
        """Return that a fact is one of these options, the shorter way: one option is named, or the only one left out.

        What comes out is the value in words, and the sentence with its negated form.
        """
        if len(options) > 1 and len(others) == 1:
            return self._value(fact, others[0]), (_IS[1], _IS[0])
        if len(options) == 1:
            return self._value(fact, options[0]), _IS
        return self._all(fact, options), _IS_ONE_OF

    def _all(self, fact: AnyFact, options: Any) -> str:
        """Return options as a list with commas: an `or` here could be taken for one between conditions."""
        if isinstance(options, ParameterRef):
            return _("those in the parameter `{parameter}`", parameter=options.parameter)
        return ", ".join(self._value(fact, one) for one in options)

    def _title(self, entity: str) -> str:
        return inside(self.entities[entity].title)


def _is_described(fact: AnyFact) -> TypeGuard[ChoiceFact]:
    """Return whether the options say more than their names: "at least" one of these would not tell which they are."""
    return isinstance(fact, ChoiceFact) and any(text != name for name, text in fact.options.items())


def _value(fact: AnyFact, wanted: Any) -> str:
    if isinstance(wanted, ParameterRef):
        return _("the parameter `{parameter}`", parameter=wanted.parameter)
    options = getattr(fact, "options", {})
    text = options[wanted] if isinstance(wanted, str) and wanted in options else shown(fact, wanted)
    return _("“{text}”", text=text) if isinstance(wanted, str) else text


def as_written(fact: AnyFact, wanted: Any) -> str:
    """Return a value as a case states it, for whoever writes one."""
    if isinstance(wanted, ParameterRef):
        return _value(fact, wanted)
    return _code(f"{wanted}".lower() if isinstance(wanted, bool) else f"{wanted}")


def _words(name: str) -> str:
    return name.replace("_", " ")
