"""A condition as the cells of a row, one test for each fact that it reads, and back; what is no such row stays YAML.

A row says that all of its tests hold. A column is a fact of the case (`technology.trl`), a fact of the entries of a
list (`some partner: partner.military_link`), a definition (`holds leaves_the_eu`), or a number of entries (`count
partner`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from risk_engine.files.diagnostics import InvalidSourceError, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import parse
from risk_engine.files.syntax import DATE, one_line
from risk_engine.loading.checks.context import operand_misfit, operation_misfit
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import BooleanFact, ChoicesFact, DateFact, Entity, IntegerFact, RowFact, RuleFact, TextFact

NOTHING: Final = "[]"
TRUE, FALSE = "true", "false"
BOOLEANS: Final = {TRUE: True, "wahr": True, FALSE: False, "falsch": False}
"""What a spreadsheet makes of a boolean where it writes text."""

_BOUNDS: Final = {"at_least": ">=", "at_most": "<="}
_GROUP = re.compile(r"(?P<group>(?P<kind>some|every|count) (?P<entity>[a-z][a-z0-9_]*))(: *(?P<inner>.+))?")
_HOLDS = re.compile(r"holds (?P<name>[a-z][a-z0-9_]*)")
_PARAMETER = re.compile(r"parameter (?P<name>[a-z][a-z0-9_]*)")
_NOT = re.compile(r"not *\((?P<test>.*)\)")
_INTEGER = re.compile(r"-?[0-9]+")


class CellError(Exception):
    """What is wrong with a cell or a column, and the way out."""

    def __init__(self, message: str, way_out: str = "") -> None:
        super().__init__(message)
        self.message, self.way_out = message, way_out


@dataclass(frozen=True)
class Part:
    """What stands together in an `all_of`: a test or the tests about one list; without cells it is no row of tests."""

    cells: Mapping[str, str]
    data: tuple[Any, ...]

    @property
    def group(self) -> str:
        """What the tests are about: a list with its quantifier, or a fact alone."""
        return group_of(next(iter(self.cells), ""))


def group_of(column: str) -> str:
    """Return what tests of one quantifier share: `some partner` of `some partner: partner.role`, else the column."""
    found = _GROUP.fullmatch(column)
    return found["group"] if found else column


def taken_apart(condition: Any) -> list[Part]:
    """Return the parts of a condition, as a file states it, each with its cells."""
    found: list[Part] = []
    for data in _all_of(condition):
        cells = _cells_of(data)
        part = Part(cells or {}, (data,))
        known = {one.group for one in found if one.cells}
        last = found[-1] if found else None
        if cells and part.group in known:
            is_same = last is not None and last.cells.keys() == cells.keys() == {part.group}
            between = _between(last.cells[part.group], cells[part.group]) if is_same and last else ""
            if between and last:
                found[-1] = Part({part.group: between}, (*last.data, data))
                continue
            part = Part({}, (data,))
        found.append(part)
    return found


def cells_of(condition: Any) -> dict[str, str]:
    """Return the tests of a condition by their columns, in its order."""
    return {column: test for part in taken_apart(condition) for column, test in part.cells.items()}


def rest_of(condition: Any) -> str:
    """Return what of a condition is no test in a column, as YAML on a line; empty where there is nothing."""
    left = tuple(data for part in taken_apart(condition) if not part.cells for data in part.data)
    return one_line(_joined(left)) if left else ""


def _all_of(condition: Any) -> tuple[Any, ...]:
    if condition is None:
        return ()
    return tuple(condition["all_of"]) if "all_of" in condition else (condition,)


def _joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {"all_of": tuple(parts)}


def _cells_of(data: Any) -> dict[str, str] | None:
    """Return the cells of a part; None where it is no row of tests."""
    if (leaf := _leaf(data)) is not None:
        return dict([leaf])
    kind = next((one for one in ("some", "every", "count") if one in data), None)
    if kind is None:
        return None
    inner = taken_apart(data["where"])
    if any(not one.cells or _GROUP.fullmatch(one.group) for one in inner):
        return None
    group = f"{kind} {data[kind]}"
    found = {f"{group}: {column}": test for one in inner for column, test in one.cells.items()}
    bound = next((f"{sign} {data[op]}" for op, sign in _BOUNDS.items() if op in data), None)
    return found if bound is None else {group: bound, **found}


def _leaf(data: Any) -> tuple[str, str] | None:
    inner = data.get("not", data)
    if "holds" in inner:
        return f"holds {inner['holds']}", TRUE if inner is data else FALSE
    if "fact" not in inner:
        return None
    test = _test(*next((key, value) for key, value in inner.items() if key != "fact"))
    return inner["fact"], test if inner is data else f"not({test})"


def _test(op: str, operand: Any) -> str:
    if op in _BOUNDS:
        return f"{_BOUNDS[op]} {_word(operand)}"
    if operand == ():
        return NOTHING
    if op in {"one_of", "includes_any"} and (isinstance(operand, dict) or len(operand) == 1):
        return f"in {_word(operand)}"
    return _word(operand)


def _word(operand: Any) -> str:
    if isinstance(operand, dict):
        return f"parameter {operand['parameter']}"
    if isinstance(operand, tuple):
        return ", ".join(operand)
    return operand if isinstance(operand, str) else one_line(operand)


def _between(lower: str, upper: str) -> str:
    return f"{lower[3:]}..{upper[3:]}" if lower.startswith(">= ") and upper.startswith("<= ") else ""


def meant(text: str, known: Iterable[str]) -> str:
    """Return the way out where a cell names what there is not."""
    return _("several stand with commas between them") if ";" in text else suggestion(text, known)


class Reader:
    """Reads columns and cells as conditions over what may be named there."""

    def __init__(self, criteria: Criteria, entities: Mapping[str, Entity], words: Criteria | None = None) -> None:
        """Take the set, the entities whose facts the conditions of the table may read, and the set in other words."""
        self.criteria = criteria
        self.entities = entities
        self.words = words or criteria

    def check_column(self, column: str) -> None:
        """Raise CellError where a column is about nothing that a condition can read."""
        found = _GROUP.fullmatch(column)
        entity = found["entity"] if found else None
        if entity is not None:
            lists = [name for name, one in self.entities.items() if one.many is not None]
            if entity not in lists:
                raise CellError(_("there is no list `{name}`", name=entity), suggestion(entity, lists))
            if found and found["inner"] is None:
                if found["kind"] == "count":
                    return
                message = _("`{column}` is about no fact", column=column)
                raise CellError(message, _("write it like `{what}`", what=f"{column}: {entity}.FACT"))
        inner = found["inner"] if found else column
        if holds := _HOLDS.fullmatch(inner):
            self._need(
                _("there is no definition `{name}`", name=holds["name"]), holds["name"], self.criteria.definitions
            )
            return
        self.fact(inner)
        owner = inner.partition(".")[0]
        if entity is None and self.entities[owner].many is not None:
            message = _("`{name}` belongs to a list of entries", name=inner)
            raise CellError(message, _("write it like `{what}`", what=f"some {owner}: {inner}"))
        if entity is not None and owner != entity and self.entities[owner].many is not None:
            message = _("`{name}` is of another list than `{list}`", name=inner, list=entity)
            raise CellError(message, _("write it like `{what}`", what=f"some {owner}: {inner}"))

    def fact(self, name: str) -> RuleFact:
        """Return the declaration of a fact; raise CellError where no condition can read one of that name."""
        known = {
            f"{entity}.{short}": fact
            for entity, it in self.entities.items()
            for short, fact in it.facts.items()
            if not isinstance(fact, RowFact | TextFact) and fact.used_for != "record"
        }
        self._need(_("there is no fact `{name}` that a condition can read", name=name), name, known)
        return known[name]

    def tests(self, column: str, test: str) -> tuple[Any, ...]:
        """Return the comparisons that a test of a fact or definition stands for; raise CellError where it is none."""
        if holds := _HOLDS.fullmatch(column):
            if (value := BOOLEANS.get(test.casefold())) is None:
                raise CellError(_("the definition is true or false"), _("write `true` or `false`"))
            return ({"holds": holds["name"]},) if value else ({"not": {"holds": holds["name"]}},)
        fact = self.fact(column)
        if found := _NOT.fullmatch(test):
            inner = self.tests(column, found["test"].strip())
            if len(inner) > 1 or "not" in inner[0]:
                raise CellError(_("`not( )` holds a single test"))
            return ({"not": inner[0]},)
        lower, dots, upper = test.replace("…", "..").partition("..")  # some programs make one sign of dots
        if dots:
            return self._bound(column, fact, "at_least", lower), self._bound(column, fact, "at_most", upper)
        for op, signs in (("at_least", (">=", "≥")), ("at_most", ("<=", "≤"))):
            if test.startswith(signs):
                return (self._bound(column, fact, op, test.lstrip("><=≥≤")),)
        return (self._compared(column, fact, *self._operand(fact, test)),)

    def _operand(self, fact: RuleFact, test: str) -> tuple[str, Any]:
        single, several = ("includes", "includes_any") if isinstance(fact, ChoicesFact) else ("is", "one_of")
        if test == NOTHING:
            return "is", ()
        within = test.removeprefix("in ")
        if _PARAMETER.fullmatch(within):
            return (several if within != test else single), self._value(fact, within)
        if within != test or "," in test:
            return several, tuple(str(one.strip()) for one in within.split(",") if one.strip())
        return single, self._value(fact, test)

    def _bound(self, column: str, fact: RuleFact, op: str, text: str) -> Any:
        return self._compared(column, fact, op, self._value(fact, text.strip()))

    def _compared(self, column: str, fact: RuleFact, op: str, operand: Any) -> Any:
        problem = operation_misfit(fact, op)
        if problem is None and not isinstance(operand, dict):
            problem = operand_misfit(fact, op, operand)
        if problem is not None:
            ordered = _("a test is like `3`, `>= 3`, `<= 3` or `3..8`") if isinstance(fact, IntegerFact) else ""
            several = ";" in str(operand) and hasattr(fact, "options")
            raise CellError(f"`{column}`: {problem[0]}", meant(";", ()) if several else problem[1] or ordered)
        return {"fact": column, op: operand}

    def _value(self, fact: RuleFact, text: str) -> Any:
        if found := _PARAMETER.fullmatch(text):
            name = found["name"]
            self._need(_("there is no parameter `{name}`", name=name), name, self.criteria.parameters)
            return {"parameter": name}
        match fact:
            case BooleanFact():
                return BOOLEANS.get(text.casefold(), text)
            case IntegerFact() if _INTEGER.fullmatch(text):
                return int(text)
            case DateFact() if DATE.fullmatch(text):
                try:
                    return date.fromisoformat(text)
                except ValueError:
                    return text
            case _:
                return text

    def _need(self, message: str, name: str, known: Iterable[str]) -> None:
        if name not in (names := list(known)):
            raise CellError(message, suggestion(name, names))

    def changed(self, old: Any, cells: Mapping[str, str], rest: str) -> Any:
        """Return the condition that a row states, None where it states none; what it said before stays as it was.

        `old` is the condition that the row stood for, if it did, `rest` what its cell for YAML says.
        """
        before = taken_apart(old)
        keeps_rest = rest == rest_of(old)
        groups: dict[str, dict[str, str]] = {}
        for column, test in cells.items():
            groups.setdefault(group_of(column), {})[column] = test
        found: list[Any] = []
        for part in before:
            wanted = groups.pop(part.group, None) if part.cells else None
            if (not part.cells and keeps_rest) or (part.cells and wanted == dict(part.cells)):
                found += part.data
            elif wanted is not None:
                found += self._made(part.group, wanted, part.data[0])
        for group, wanted in groups.items():
            found += self._made(group, wanted, None)
        if not keeps_rest and rest:
            found += _all_of(self.yaml(rest))
        if not found:
            return None
        is_list = old is not None and "all_of" in old and len(old["all_of"]) == len(found)
        return {"all_of": tuple(found)} if is_list else _joined(found)

    def _made(self, group: str, cells: Mapping[str, str], old: Any) -> tuple[Any, ...]:
        found = _GROUP.fullmatch(group)
        if found is None:
            return self.tests(group, cells[group])
        kind, entity = found["kind"], found["entity"]
        inner = {column.removeprefix(f"{group}: "): test for column, test in cells.items() if column != group}
        where = self.changed(old and old["where"], inner, "")
        if where is None:
            raise CellError(_("`{column}` needs a test of a fact in the same row", column=group))
        bound = {}
        if kind == "count":
            number = re.fullmatch(r"(>=|<=|≥|≤) *([0-9]+)", cells.get(group, ""))
            if number is None:
                raise CellError(_("`{column}` needs a number of entries", column=group), _("write it like `>= 2`"))
            bound = {"at_least" if number[1] in {">=", "≥"} else "at_most": int(number[2])}
        if old is not None and set(bound) <= set(old):
            return ({**old, "where": where, **bound},)
        return ({kind: entity, "where": where, **bound},)

    @staticmethod
    def yaml(text: str) -> Any:
        """Return what a cell says in YAML; raise CellError where it is none."""
        try:
            return parse(f"cell: {text}", "cell").data["cell"]
        except InvalidSourceError as error:
            first = error.diagnostics[0]
            message = _("this is no YAML: {problem}", problem=first.message)
            raise CellError(message, _("leave such a cell as it was, and change the YAML file")) from None
