"""The pieces of which the source of a program is put together: expressions that must and may hold, and lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, assert_never

from risk_engine.model.conditions import Op
from risk_engine.model.criteria import Indicator
from risk_engine.model.words import SEVERITIES


class Both(NamedTuple):
    """What must hold and what may, as expressions."""

    must: str
    may: str
    depth: int = 0


@dataclass
class Block:
    """Lines of the source that run together."""

    lines: list[str] = field(default_factory=list)
    begin: list[str] = field(default_factory=list)
    """What stands before a loop."""


CERTAIN = Both("True", "True")


def rule_lines(name: str, at: int, provisional: bool, level: int, both: Both) -> list[str]:  # noqa: FBT001
    """Return the lines of one rule of a ladder: what it leaves possible, and what it decides."""
    counts = [f"if {name}r is None: {name}r, {name}l = {at}, {level}"]
    if provisional:
        return [f"if {both.may}:", *within(counts)]
    return [
        f"if {both.may}:",
        f"    if {level} > {name}h: {name}h = {level}",
        f"    if {both.must}:",
        f"        {name}s = {level}",
        *within(within(counts)),
        "        break",
    ]


def first_severity(severities: Sequence[tuple[int, Both]], end: str) -> str:
    """Return the highest severity whose condition must, or may, hold."""
    choices = [f"{rank} if {getattr(both, end)} else " for rank, both in reversed(severities)]
    return f"{''.join(choices)}0"


def values(several: Iterable[Both]) -> str:
    """Return a tuple of truths, unknown among them."""
    truths = [f"True if {both.must} else None if {both.may} else False" for both in several]
    return f"({''.join(f'{value}, ' for value in truths)})"


def option_ranks(indicator: Indicator) -> tuple[tuple[frozenset[str], frozenset[str], int | None, int], ...]:
    """Return the control options of an indicator in ranks: their controls, what they leave, by how much they lower.

    The controls stand there twice: as they are agreed, and as they are in place for this option (`as_shown`).
    """
    return tuple(
        (
            frozenset(one.all),
            frozenset(as_shown(control, one.needs) for control in one.all),
            None if one.residual is None else SEVERITIES.index(one.residual),
            one.lowers_by or 0,
        )
        for one in indicator.controls
    )


def as_shown(control: str, needs: Iterable[str]) -> str:
    """Return by what name a control stands among those in place, with evidence of one of the kinds that are needed."""
    return " ".join((control, *sorted(set(needs))))


def joined(word: str, parts: Sequence[Both]) -> Both:
    """Return conditions joined by `and` or `or`."""
    if len(parts) == 1:
        return parts[0]
    must, may = (f"({word.join(getattr(part, end) for part in parts)})" for end in ("must", "may"))
    return Both(must, may, 1 + max(part.depth for part in parts))


def opposite(both: Both) -> Both:
    """Return what must, and may, fail."""
    return Both(f"(not {both.may})", f"(not {both.must})", both.depth + 1)


def of_boolean(variable: str, wanted: bool) -> Both:  # noqa: FBT001
    """Return whether a boolean is this value."""
    return Both(f"({variable} is {wanted})", f"({variable} is not {not wanted})", 1)


def tested(op: Op, variable: str, known: str) -> str:
    """Return whether a value that is not a choice, and not missing, compares so with a constant (of options, a set)."""
    assert op != "one_of"  # noqa: S101 (checked when the set was loaded: it is asked of a choice alone)
    match op:
        case "is":
            return f"{variable} == {known}"
        case "at_least":
            return f"{variable} >= {known}"
        case "at_most":
            return f"{variable} <= {known}"
        case "includes":
            return f"{known} in {variable}"
        case "includes_any":
            return f"not {known}.isdisjoint({variable})"
        case _:
            assert_never(op)


def within(lines: Iterable[str]) -> list[str]:
    """Return lines one step further in."""
    return [f"    {line}" for line in lines]
