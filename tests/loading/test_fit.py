from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from risk_engine.loading.checks.context import misfit
from risk_engine.model.facts import AnyFact, Fact

FACT: TypeAdapter[AnyFact] = TypeAdapter(Fact)
OPTIONS = {"paper": "Paper", "stone": "Stone"}
DECLARED = {
    "boolean": {"type": "boolean"},
    "choice": {"type": "choice", "options": OPTIONS},
    "choices": {"type": "choices", "options": OPTIONS},
    "integer": {"type": "integer", "range": (1, 9)},
    "date": {"type": "date"},
}
FITTING = {
    "boolean": (True, False),
    "choice": ("paper",),
    "choices": ((), ("paper",), ("stone", "paper")),
    "integer": (1, 9),
    "date": (date(2026, 1, 31),),
}
VALUES: tuple[Any, ...] = (
    *(True, False, 0, 1, 9, 10, "paper", "papers", "true", date(2026, 1, 31)),
    *((), ("paper",), ("stone", "paper"), ("papers",), ("paper", 1)),
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("kind", list(DECLARED))
def test_a_value_fits_a_fact_of_its_own_type_and_no_other(kind: str, value: Any) -> None:
    fact: Any = FACT.validate_python(DECLARED[kind])
    fitting = [one for one in FITTING[kind] if one == value and type(one) is type(value)]
    assert (misfit(fact, value) is None) == bool(fitting)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("boolean", "true", ("the fact is true or false", "take the quotes away")),
        ("choice", "papers", ("`papers` is no option of the fact", "did you mean `paper`?")),
        ("choice", True, ("`true` is no option of the fact", "known: `paper` or `stone`")),
        ("choice", ("paper",), ("the fact is one option, not a list", "")),
        ("choices", "paper", ("a list of options is needed here", "write `[paper]`")),
        ("choices", ("stones",), ("`stones` is no option of the fact", "did you mean `stone`?")),
        ("integer", 10, ("the fact is a whole number from 1 to 9", "")),
        ("date", 2026, ("the fact is a date", "write it like 2026-01-31")),
    ],
)
def test_why_a_value_does_not_fit_is_said(kind: str, value: Any, problem: tuple[str, str]) -> None:
    fact: Any = FACT.validate_python(DECLARED[kind])
    assert misfit(fact, value) == problem
