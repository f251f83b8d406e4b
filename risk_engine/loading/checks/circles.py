"""Circles among things that use each other."""

from collections.abc import Iterable, Mapping

from risk_engine.model.conditions import Condition, Holds, children


def circles(uses: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the circles, each once: from its first member in file order round to it again.

    >>> circles({"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": []})
    [['b', 'c', 'b']]
    """
    round_about = set(uses).difference(depths(uses))
    left = {name: [one for one in uses[name] if one in round_about] for name in uses if name in round_about}
    found: list[list[str]] = []
    for start in left:
        way = _way_back(left, start)
        if way and not any(start in known for known in found):
            found.append(way)
    return found


def depths(uses: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return how many levels deep each goes, 1 for one that uses nothing; none of what leads into a circle.

    >>> depths({"a": ["b"], "b": ["c"], "c": [], "d": ["d"]})
    {'c': 1, 'b': 2, 'a': 3}
    """
    waits_for = {name: {one for one in used if one in uses} for name, used in uses.items()}
    used_by: dict[str, list[str]] = {}
    for name, used in waits_for.items():
        for one in used:
            used_by.setdefault(one, []).append(name)
    found = {name: 1 for name, used in waits_for.items() if not used}
    ready = list(found)
    for name in ready:
        for user in used_by.get(name, ()):
            waits_for[user].discard(name)
            if not waits_for[user]:
                found[user] = found[name] + 1
                ready.append(user)
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


def uses_of(definitions: Mapping[str, Condition]) -> dict[str, list[str]]:
    """Return the definitions that each uses itself."""
    return {name: _uses(condition) for name, condition in definitions.items()}


def _uses(condition: Condition) -> list[str]:
    if isinstance(condition, Holds):
        return [condition.holds]
    return [name for _steps, part in children(condition) for name in _uses(part)]
