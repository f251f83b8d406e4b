"""Circles among things that use each other."""

from collections.abc import Iterable, Mapping

from risk_engine.model.conditions import Condition, Holds, children


def circles(uses: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the circles, each once: from its first member in file order round to it again.

    >>> circles({"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": []})
    [['b', 'c', 'b']]
    """
    found: list[list[str]] = []
    for start in uses:
        way = _way_back(uses, start)
        if way and not any(start in known for known in found):
            found.append(way)
    return found


def _way_back(uses: Mapping[str, Iterable[str]], start: str) -> list[str] | None:
    """Return a shortest way from something back to itself, None if there is none."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop(0)
        for used in uses[way[-1]]:
            if used == start:
                return [*way, start]
            if used in uses and used not in seen:
                seen.add(used)
                ways.append([*way, used])
    return None


def definition_circles(definitions: Mapping[str, Condition]) -> list[list[str]]:
    """Return the circles among definitions."""
    return circles({name: _uses(condition) for name, condition in definitions.items()})


def _uses(condition: Condition) -> list[str]:
    if isinstance(condition, Holds):
        return [condition.holds]
    return [name for _steps, part in children(condition) for name in _uses(part)]
