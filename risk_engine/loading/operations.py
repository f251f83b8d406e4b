"""Which operation of a condition somebody meant by a key that is none."""

from collections.abc import Mapping, Sequence

from risk_engine.diagnostics import nearest
from risk_engine.model.conditions import OPERATION_KEYS, OPS

_OTHER_WORDS = {
    "is": ("equals", "equal", "eq", "value"),
    "one_of": ("in", "is_in", "any"),
    "at_least": ("min", "minimum", "from", "ge", "gte", "more_than"),
    "at_most": ("max", "maximum", "to", "le", "lte", "less_than"),
    "includes": ("contains", "has"),
    "all_of": ("and", "all"),
    "any_of": ("or", "any"),
}
"""How other languages call the operations."""


def wanted_operations(value: Mapping[str, object]) -> tuple[str, ...]:
    """Return the operations that what says this could have: those on a fact if it names one, else the others."""
    return OPS if "fact" in value else ("fact", *OPERATION_KEYS[: -len(OPS)])


def wrong_operation(value: object) -> str | None:
    """Return the key that stands where a condition's operation should: one that is like one, else any."""
    keys = [one for one in value if one not in {"fact", "where"}] if isinstance(value, dict) else []
    wanted = wanted_operations(value) if isinstance(value, dict) else ()
    return next((one for one in keys if operation_meant(one, wanted)), keys[0] if keys else None)


def operation_meant(key: str, wanted: Sequence[str]) -> str | None:
    """Return the operation that a key means; other languages have other words for it."""
    return nearest(key, wanted) or next((one for one in wanted if key in _OTHER_WORDS.get(one, ())), None)
