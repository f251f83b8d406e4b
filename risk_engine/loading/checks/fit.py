"""What can be asked of a fact, and which values fit it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import assert_never

from risk_engine.diagnostics import quoted, suggestion
from risk_engine.language import N_, _
from risk_engine.loading.checks.context import Problem
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RuleFact,
    ordered_options,
)
from risk_engine.model.ladders import MOST_MONTHS
from risk_engine.model.words import Value

_NO_QUOTES = N_("take the quotes away")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Given = Value | tuple[str, ...]


def misfit(fact: RuleFact, value: Given) -> Problem | None:
    """Return why `value` can be no answer to the fact; None if it can."""
    match fact:
        case BooleanFact():
            if isinstance(value, bool):
                return None
            quoted_word = value in {"true", "false"}
            return _("the fact is true or false"), _(_NO_QUOTES) if quoted_word else _("write `true` or `false`")
        case ChoiceFact(options=options):
            return _no_option(options, value)
        case ChoicesFact(options=options):
            if not isinstance(value, tuple):
                return _("a list of options is needed here"), _("write {what}", what=f"`[{_text(value)}]`")
            return next((problem for one in value if (problem := _no_option(options, one))), None)
        case IntegerFact():
            lowest, highest = sorted(fact.range)  # a range that is written the wrong way round is reported
            fits = isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
            if fits:
                return None
            quoted_number = isinstance(value, str) and value.isdecimal()
            message = _("the fact is a whole number from {lowest} to {highest}", lowest=lowest, highest=highest)
            return message, _(_NO_QUOTES) if quoted_number else ""
        case DateFact():
            if isinstance(value, date):
                return None
            quoted_day = isinstance(value, str) and _DAY.fullmatch(value)
            return _("the fact is a date"), _(_NO_QUOTES) if quoted_day else _("write it like 2026-01-31")
        case _:
            assert_never(fact)


def operation_misfit(fact: RuleFact, operation: str) -> Problem | None:
    """Return why an operation cannot be asked of a fact; None if it can."""
    allowed = _operations(fact)
    if operation not in allowed:
        message = _("`{operation}` cannot be asked of a `{type}` fact", operation=operation, type=fact.type)
        return message, _("use {known}", known=quoted(allowed))
    compares = operation in {"at_least", "at_most"}
    if compares and isinstance(fact, ChoiceFact) and ordered_options(fact) is None:
        message = _("`{operation}` needs an order, and the fact declares none", operation=operation)
        return message, _("give it `riskier`, or use `one_of`")

    return None


def operand_misfit(fact: RuleFact, operation: str, value: Given) -> Problem | None:
    """Return why an operation of that fact cannot take a value; None if it can."""
    if operation == "is" and isinstance(fact, ChoicesFact):
        return None if value == () else (_("`is` can only be `[]` here"), _("use `includes` or `includes_any`"))
    if operation in {"one_of", "includes_any"}:
        if not isinstance(value, tuple):
            return _("a list of options is needed here"), ""
        return next((found for one in value if (found := _one_misfit(fact, one))), None)
    return _one_misfit(fact, value)


def months_misfit(value: object) -> Problem | None:
    """Return why a value cannot say after how many months a result is looked at again; None if it can."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_MONTHS
    return None if fits else (_("a number of months is needed here, from 1 to {most}", most=MOST_MONTHS), "")


def _one_misfit(fact: RuleFact, value: Given) -> Problem | None:
    return _no_option(fact.options, value) if isinstance(fact, ChoicesFact) else misfit(fact, value)


def _operations(fact: RuleFact) -> tuple[str, ...]:
    match fact:
        case BooleanFact():
            return ("is",)
        case ChoiceFact():
            return ("is", "one_of", "at_least", "at_most")
        case ChoicesFact():
            return ("includes", "includes_any", "is")
        case IntegerFact() | DateFact():
            return ("is", "at_least", "at_most")
        case _:
            assert_never(fact)


def _no_option(options: Mapping[str, str], value: Given) -> Problem | None:
    if isinstance(value, tuple):
        return _("the fact is one option, not a list"), ""
    text = _text(value)
    if value in options:
        return None
    near = titled(text, options)
    way_out = _("did you mean `{near}`?", near=near) if near else suggestion(text, options)
    return _("`{text}` is no option of the fact", text=text), way_out


def titled(text: str, options: Mapping[str, str]) -> str | None:
    """Return the option that somebody called by its title; None if none is called so."""
    wanted = " ".join(text.casefold().split())
    return next((one for one, title in options.items() if " ".join(title.casefold().split()) == wanted), None)


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
