"""Random criteria sets, random cases, and a second reading of both that shares no line with the engine.

A set is drawn as plain data, written into a folder and read by the public loader, so whatever is drawn here is a set
that an office could have written. Entities: `deal` (one), `party` and `item` (lists).
"""

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
)
from risk_engine.model.references import needed_kinds
from tests.engine.builder import DAY, criteria_of

Data: TypeAlias = dict[str, Any]
T = TypeVar("T")

# Drawing a whole set takes a while on a busy machine; that is no fault of the test.
PATIENT = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)


def one_in(number: int, least: int = 10) -> settings:
    """Return the settings of a law whose examples take so many times as long as others: so many fewer are tried."""
    return settings(PATIENT, max_examples=max(least, settings().max_examples // number))


def by_turns(values: Iterable[T], every: int, mark: pytest.MarkDecorator | None = None) -> list[Any]:
    """Return parameters of a test: of so many the first runs at each landing, marked so if it is; others at night."""
    return [
        pytest.param(one, marks=(mark or ()) if place % every == 0 else pytest.mark.nightly)
        for place, one in enumerate(values)
    ]


def few_now(few: int, number: int) -> settings:
    """Return the settings of a law of which a landing needs only few examples; at night one in so many is tried."""
    most, landing = settings().max_examples, settings.get_profile("fixed").max_examples
    return settings(PATIENT, max_examples=few if most <= landing else most // number)


DAYS = (date(2025, 6, 1), date(2026, 1, 1), date(2026, 6, 15), date(2027, 1, 1))
OPTIONS = ("mild", "stern", "wild")
SEVERITIES = ("none", "low", "moderate", "high", "critical")
KNOCK_OUTS = ("none", "hold", "funding", "policy", "legal")
OUTCOMES = ("absent", "undetermined", "present")
CONTROLS = ("C0", "C1", "C2")
KINDS_OF_EVIDENCE = ("licence", "letter")
HEADS: tuple[Data, ...] = (
    {
        "severity": {
            "points": {"low": 1, "moderate": 5, "high": 20, "critical": 120},
            "cap": 119,
            "bands": {"b0": 0, "b1": 1, "b2": 20, "b3": 120},
        }
    },
    # A cap that few findings reach, and points that differ little.
    {
        "severity": {
            "points": {"low": 1, "moderate": 2, "high": 3, "critical": 3},
            "cap": 4,
            "bands": {"b0": 0, "b1": 2, "b2": 4, "b3": 6},
        }
    },
    # Points that add up without a cap, and a total of both dimensions.
    {
        "severity": {
            "points": {"low": 1, "moderate": 2, "high": 4, "critical": 7},
            "bands": {"b0": 0, "b1": 3, "b2": 5, "b3": 9},
        },
        "dimensions": {
            "body": {"title": "Body"},
            "mind": {"title": "Mind"},
            "all": {"title": "All", "sums": ["body", "mind"]},
        },
    },
)
BANDS = ("b0", "b1", "b2", "b3")

# --- facts ------------------------------------------------------------------------------------------------------------

KINDS: Mapping[str, Data] = {
    "flag": {"type": "boolean"},
    "grade": {"type": "choice", "options": OPTIONS, "riskier": "later"},
    "sort": {"type": "choice", "options": OPTIONS},
    "sum": {"type": "integer", "range": (0, 3)},
    "day": {"type": "date"},
    "tags": {"type": "choices", "options": ("red", "blue")},
}
VALUES: Mapping[str, tuple[Any, ...]] = {
    "flag": (True, False),
    "grade": OPTIONS,
    "sort": OPTIONS,
    "sum": (0, 1, 2, 3),
    "day": DAYS,
    "tags": ((), ("red",), ("blue",), ("red", "blue")),
}
OPERATIONS: Mapping[str, tuple[tuple[str, str | None], ...]] = {
    "flag": (("is", None),),
    "grade": (("is", None), ("at_least", None), ("at_most", None), ("one_of", "worst")),
    "sort": (("is", None), ("one_of", "worst")),
    "sum": (("is", "limit"), ("at_least", "limit"), ("at_most", "limit")),
    "day": (("is", "start"), ("at_least", "start"), ("at_most", "start")),
    "tags": (("is", None), ("includes", None), ("includes_any", "colours")),
}
"""What can be asked of each kind of fact, and the parameter that it can be compared with."""

PARAMETERS: Data = {
    "limit": {"values": [{"until": DAYS[1], "value": 1}, {"from": DAYS[1], "value": 2}]},
    "start": {"values": [{"value": DAYS[1]}]},
    "worst": {"values": [{"until": DAY, "value": ("wild",)}, {"from": DAY, "value": ("stern", "wild")}]},
    "colours": {"values": [{"value": ("blue",)}]},
}
TABLE: Data = {
    "rows": {"R0": {"name": "Zero"}, "R1": {"name": "One"}, "R2": {"name": "Two"}},
    "columns": {
        "known": {
            "values": {
                "R0": True,
                "R1": [{"from": DAYS[1], "until": DAY, "value": False}, {"from": DAY, "value": True}],
            }
        },
    },
}


@dataclass(frozen=True)
class Fact:
    """A fact that conditions may read: its full name and its kind."""

    name: str
    kind: str


class Pen:
    """Draws step by step from strategies that are made once: hypothesis takes long to make one, not to draw from it."""

    _INDICES: ClassVar[dict[int, st.SearchStrategy[int]]] = {}

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def index(self, number: int) -> int:
        """Draw a number below this one; 0 is the simplest."""
        if number not in self._INDICES:
            self._INDICES[number] = st.integers(0, number - 1)
        return self._draw(self._INDICES[number])

    def one(self, names: Sequence[T]) -> T:
        """Draw one of them; the first is the simplest."""
        return names[self.index(len(names))]

    def some(self, names: Sequence[T], most: int, least: int = 1) -> list[T]:
        """Draw some of them, each once."""
        left = list(names)
        number = least + self.index(min(most, len(names)) - least + 1)
        return [left.pop(self.index(len(left))) for _ in range(number)]

    def chance(self, of: int) -> bool:
        """Draw true, once in so many times."""
        return self.index(of) == of - 1


Leaf: TypeAlias = Callable[[], Data]


def _leaf(pen: Pen, facts: Sequence[Fact]) -> Data:
    """Draw a comparison of one of these facts, with a constant or a parameter."""
    fact = pen.one(facts)
    operation, parameter = pen.one(OPERATIONS[fact.kind])
    if parameter is not None and pen.chance(3):
        return {"fact": fact.name, operation: {"parameter": parameter}}
    values = VALUES[fact.kind]
    if operation == "one_of":
        return {"fact": fact.name, operation: pen.some(values, 2)}
    if fact.kind == "tags":
        colours = {"is": (), "includes": pen.one(("red", "blue")), "includes_any": pen.some(("red", "blue"), 2)}
        return {"fact": fact.name, operation: colours[operation]}
    return {"fact": fact.name, operation: pen.one(values)}


def _combined(pen: Pen, leaf: Leaf, depth: int = 2) -> Data:
    """Draw a condition of leaves under the connectives."""
    node = pen.index(6) if depth else 0
    if node < 3:
        return leaf()
    if node == 3:
        return {"not": _combined(pen, leaf, depth - 1)}
    return {("all_of", "any_of")[node - 4]: [_combined(pen, leaf, depth - 1) for _ in range(1 + pen.index(3))]}


def _quantified(pen: Pen, entity: str, leaf: Leaf, most: int) -> Data:
    where = _combined(pen, leaf, 1)
    key = pen.one(("some", "every", "count"))
    bound = {pen.one(("at_least", "at_most")): 1 + pen.index(most)} if key == "count" else {}
    return {key: entity, "where": where, **bound}


MANY = 2
"""The most entries of a list: few, so that all completions of a case can be tried."""


def _facts_file(pen: Pen) -> tuple[Data, dict[str, list[Fact]]]:
    """Draw the entities and their facts, some asked only when others say so, one taken from a table."""
    entities: Data = {}
    readable: dict[str, list[Fact]] = {}
    for entity, most in (("deal", 3), ("party", 2), ("item", 1)):
        facts: Data = {}
        own: list[Fact] = []
        for number in range(1 + pen.index(most)):
            kind = pen.one(tuple(KINDS))
            short = f"{kind}_{number}"
            facts[short] = dict(KINDS[kind])
            earlier = own if entity == "deal" else [*own, *readable["deal"]]
            if earlier and pen.chance(3):
                facts[short]["ask_when"] = _combined(pen, lambda earlier=earlier: _leaf(pen, earlier), 1)  # type: ignore[misc]
                facts[short]["otherwise"] = pen.one(VALUES[kind])
            own = [*own, Fact(f"{entity}.{short}", kind)]
        if entity == "party":
            facts["seat"] = {"type": "row", "of": "places"}
            facts["known"] = {"type": "boolean", "from": "seat"}
            if pen.chance(2):
                facts["known"] |= {"ask_when": _leaf(pen, readable["deal"]), "otherwise": pen.chance(2)}
                if pen.chance(2):
                    facts["seat"]["ask_when"] = _leaf(pen, readable["deal"])
            own = [*own, Fact("party.known", "flag")]
        facts["called"] = {"type": "text"}
        if pen.chance(4):
            facts["called"]["ask_when"] = _leaf(pen, own)
        readable[entity] = own
        entities[entity] = {"facts": facts} if entity == "deal" else {"facts": facts, "many": MANY}
        if entity != "deal" and pen.chance(3):
            entities[entity]["ask_when"] = _combined(pen, lambda: _leaf(pen, readable["deal"]), 1)
    return entities, readable


def _case_condition(pen: Pen, readable: Mapping[str, list[Fact]], defined: Mapping[str, Data]) -> Data:
    """Draw a condition over the whole case: facts of the deal, quantifiers over both lists, definitions."""

    def of_entry(entity: str) -> Data:
        if entity == "party" and "of_party" in defined and pen.chance(4):
            return {"holds": "of_party"}
        return _leaf(pen, [*readable[entity], *readable["deal"]])

    def of_case() -> Data:
        if "of_case" in defined and pen.chance(5):
            return {"holds": "of_case"}
        entity = pen.one(("deal", "party", "item"))
        if entity == "deal":
            return _leaf(pen, readable["deal"])
        return _quantified(pen, entity, lambda: of_entry(entity), MANY)

    return _combined(pen, of_case)


# --- rules ------------------------------------------------------------------------------------------------------------


def _of_finding(pen: Pen, indicators: Sequence[str], *, provisional: bool) -> Data:
    facts: list[tuple[str, Sequence[str], bool]] = [
        ("inherent", SEVERITIES, True),
        ("residual", SEVERITIES, True),
        ("knock_out", KNOCK_OUTS, True),
        ("outcome", OUTCOMES, True),
        ("id", indicators, False),
        ("dimension", ("body", "mind"), False),
        ("ground", ("care", "order"), False),
    ]
    if provisional:
        facts += [("possible", SEVERITIES, True), ("open", (), False)]
    name, options, is_ordered = pen.one(facts)
    return _compared(pen, f"finding.{name}", options, is_ordered=is_ordered)


def _of_dimension(pen: Pen, dimensions: Sequence[str]) -> Data:
    if pen.chance(4):
        return _compared(pen, "dimension.id", dimensions, is_ordered=False)
    name, options = pen.one((("inherent_band", BANDS), ("residual_band", BANDS), ("residual_capped", ())))
    return _compared(pen, f"dimension.{name}", options, is_ordered=True)


def _compared(pen: Pen, fact: str, options: Sequence[str], *, is_ordered: bool) -> Data:
    if not options:
        return {"fact": fact, "is": not pen.chance(2)}
    key = pen.one(("is", "one_of", "at_least", "at_most") if is_ordered else ("is", "one_of"))
    return {"fact": fact, key: pen.some(options, 2) if key == "one_of" else pen.one(options)}


def _rule_condition(pen: Pen, indicators: Sequence[str], dimensions: Sequence[str], *, provisional: bool) -> Data:
    def quantified() -> Data:
        if pen.chance(3):
            return _quantified(pen, "dimension", lambda: _of_dimension(pen, dimensions), 2)
        return _quantified(pen, "finding", lambda: _of_finding(pen, indicators, provisional=provisional), 3)

    return _combined(pen, quantified, 1)


def _ladder(pen: Pen, indicators: Sequence[str], dimensions: Sequence[str]) -> Data:
    levels = ("a", "b", "c")
    drawn = [(pen.index(3), pen.chance(3)) for _ in range(1 + pen.index(4))]
    rules = [
        {"level": levels[level], "when": _rule_condition(pen, indicators, dimensions, provisional=provisional)}
        | ({"provisional": True} if provisional else {})
        for level, provisional in sorted(drawn, key=lambda one: -one[0])
    ]
    lowest = min(level for level, _ in drawn)
    return {"levels": dict.fromkeys(levels), "rules": rules, "otherwise": levels[pen.index(lowest + 1)]}


def _indicator(pen: Pen, condition: Leaf, points: Mapping[str, int]) -> Data:
    severity: Data = {}
    for name in pen.some(SEVERITIES[1:], 3):
        found = condition()
        if found not in severity.values():
            severity[name] = found
    own: Data = {}
    if pen.chance(3):
        highest = max(severity, key=SEVERITIES.index)
        own = {"points": {highest: points[highest] + pen.index(4)}}
        own["points"] |= {"low": pen.index(2)} if highest != "low" and pen.chance(2) else {}
    dimension, ground = pen.one(("body", "mind")), pen.one(("care", "order"))
    stopped = {kind: "always" if pen.chance(2) else condition() for kind in pen.some(KNOCK_OUTS[1:], 2, 0)}
    return {
        **own,
        "severity": severity,
        "dimension": dimension,
        "ground": ground,
        **({"knock_out": stopped} if stopped else {}),
        "controls": each_once(
            _option(pen, condition, max(severity, key=SEVERITIES.index)) for _ in range(pen.index(3))
        ),
    }


def each_once(drawn: Iterable[Data]) -> list[Data]:
    """Return what was drawn without repeats: a set that says a thing twice is refused."""
    found: list[Data] = []
    for one in drawn:
        if one not in found:
            found.append(one)
    return found


def _contradiction(pen: Pen, readable: Mapping[str, list[Fact]], defined: Mapping[str, Data]) -> Data:
    """Draw answers that contradict each other; most of them are open again then."""
    then = _case_condition(pen, readable, defined)
    found: Data = {"then": then if pen.chance(2) else {"not": then}, "reopens": pen.index(4) != 0}
    if pen.chance(2):
        found["whenever"] = _case_condition(pen, readable, defined)
    return found


def _triage(pen: Pen, entities: Data, readable: Mapping[str, list[Fact]]) -> list[Data]:
    """Make first questions of flags of the deal that are always asked and that others wait for."""
    facts = entities["deal"]["facts"]
    waiting = [one for entity in entities.values() for one in (entity, *entity["facts"].values())]
    asked = [str(one["ask_when"]) for one in waiting if "ask_when" in one]
    first = [
        name
        for name in sorted({leaf for one in asked for leaf in re.findall(r"deal\.flag_\d", one)})
        if "ask_when" not in facts[name.removeprefix("deal.")]
        # A yes must open.
        and not any(name in one and ("'not'" in one or f"'{name}', 'is': False" in one) for one in asked)
    ]
    others = {name: [one for one in those if one.name not in first] for name, those in readable.items()}
    if not first or not all(others.values()):
        return []
    for name in first:
        facts[name.removeprefix("deal.")] |= {"riskier": True}
    implied = [_case_condition(pen, others, {}) for _ in first]
    return [
        {"fact": name, "implied": one, "title": f"{name} is a no"} for name, one in zip(first, implied, strict=True)
    ]


def _option(pen: Pen, condition: Leaf, highest: str) -> Data:
    option: Data = {} if pen.chance(4) else {"all": pen.some(CONTROLS, 2)}
    if pen.chance(2):
        option["lowers_by"] = 1 + pen.index(4)
    else:
        option["residual"] = pen.one(SEVERITIES[: SEVERITIES.index(highest)])
    if "all" not in option or pen.chance(3):
        option["when"] = condition()
    if "all" in option and pen.chance(4):
        option["needs"] = pen.some(KINDS_OF_EVIDENCE, 2)
    return option


@dataclass(frozen=True)
class RuleSet:
    """A drawn set: the plain data it was written from, and the set that the loader made of it."""

    pieces: Data
    criteria: Criteria = field(repr=False)
    model: type[Case] = field(repr=False)

    def case(self, data: Data) -> Case:
        """Return the case that plain data state."""
        return self.model.model_validate({"id": "c", "title": "C", "assessment_date": DAY, **data})


def rule_set(criteria: Criteria, pieces: Data | None = None) -> RuleSet:
    """Return a set that was read already in the same form."""
    return RuleSet(pieces or {}, criteria, case_model(criteria))


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Draw a small set of criteria with every node and every optional part, and read it through the loader."""
    pen = Pen(draw)
    entities, readable = _facts_file(pen)
    definitions: Data = {}
    if pen.chance(2):
        definitions["of_party"] = _combined(pen, lambda: _leaf(pen, readable["party"]))
    if pen.chance(2):
        definitions["of_case"] = _case_condition(pen, readable, definitions)
    defined = dict(definitions)
    head = pen.one(HEADS)
    dimensions = tuple(head.get("dimensions", ("body", "mind")))
    indicators = {
        f"I{number}": _indicator(pen, lambda: _case_condition(pen, readable, defined), head["severity"]["points"])
        for number in range(1 + pen.index(3))
    }
    known = TABLE["columns"]["known"] | ({"otherwise": False} if pen.chance(2) else {})
    triage = _triage(pen, entities, readable) if pen.chance(2) else []
    pieces: Data = {
        "facts": entities,
        "tables": {"places": {**TABLE, "columns": {"known": known}}},
        "definitions": definitions,
        "parameters": PARAMETERS,
        "indicators": indicators,
        "controls": dict.fromkeys(CONTROLS),
        "ladders": {name: _ladder(pen, tuple(indicators), dimensions) for name in ("measure", "gate")},
        "head": {
            **head,
            "roles": {"headline": "measure", "gate": "gate"},
            **({"triage": triage} if triage else {}),
            "evidence_kinds": {name: name.capitalize() for name in KINDS_OF_EVIDENCE},
        },
        "invariants": {
            "facts": {f"X{number}": _contradiction(pen, readable, defined) for number in range(pen.index(3))}
        },
    }
    pieces = _each_once(pieces)
    with tempfile.TemporaryDirectory() as folder:
        return rule_set(criteria_of(Path(folder) / "toy", pieces), pieces)


def _each_once(data: Any) -> Any:
    """Return plain data in which no list says anything twice: such a set is refused."""
    if isinstance(data, dict):
        return {name: _each_once(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)({repr(one): _each_once(one) for one in data}.values())
    return data


# --- cases ------------------------------------------------------------------------------------------------------------


def domain(fact: AnyFact, criteria: Criteria) -> tuple[Any, ...]:
    """Return answers to a fact: all of them where they are few, else those that rules could tell apart."""
    match fact:
        case BooleanFact():
            return (True, False)
        case ChoiceFact(options=options):
            return tuple(options)
        case ChoicesFact(options=options):
            every = tuple(options)
            return ((), *((one,) for one in every), every) if len(every) > 1 else ((), every)
        case IntegerFact(range=(lowest, highest)):
            near = {lowest, lowest + 1, lowest + 2, 3, 4, 5, 10, 15, 30, 50_000, highest}
            return tuple(sorted(one for one in near if lowest <= one <= highest))
        case DateFact():
            return (*DAYS, date(1940, 1, 1), date(2027, 12, 2), date(9999, 12, 31))
        case RowFact(of=table):
            rows = tuple(criteria.tables[table].rows)
            return rows if len(rows) <= len(DAYS) else ("CN", "DE", "CH", "BR", "RU")
        case _:
            return ("Some text", "中文")


def _answers(pen: Pen, facts: Mapping[str, AnyFact], criteria: Criteria) -> Data:
    """Draw answers to the facts of an entry; some are left out."""
    drawn = {name: pen.one((*domain(fact, criteria), None)) for name, fact in facts.items()}
    return {name: value for name, value in drawn.items() if value is not None}


@st.composite
def cases_of(draw: st.DrawFn, criteria: Criteria) -> Data:
    """Draw a case as plain data; answers to questions that are not asked may be among them."""
    pen = Pen(draw)
    data: Data = {}
    for name, entity in criteria.entities.items():
        if entity.many is None:
            data[name] = _answers(pen, entity.facts, criteria)
        elif not pen.chance(5):
            found = [_answers(pen, entity.facts, criteria) for _ in range(pen.index(min(entity.many, MANY) + 1))]
            data[name] = tuple({"id": f"e{number}", **one} for number, one in enumerate(found))
    data["controls"] = _controls(pen, criteria)
    return data


def _controls(pen: Pen, criteria: Criteria) -> tuple[Data, ...]:
    """Draw the standing of some controls, with and without evidence."""
    kinds = tuple(criteria.head.evidence_kinds) if needed_kinds(criteria) else ()
    return tuple(
        {
            "id": name,
            "status": pen.one(("implemented", "verified", "agreed", "planned")),
            "evidence": ()
            if pen.chance(3)
            else tuple(
                {"kind": kind, "reference": "r", "date": date(2020, 1, 1)} for kind in pen.some(("k", *kinds), 2)
            ),
        }
        for name in pen.some(tuple(criteria.controls), 4, 0)
    )


@st.composite
def changed_cases(draw: st.DrawFn, criteria: Criteria, base: Data) -> Data:
    """Draw a case that differs from a base case in a few answers: nearer to a real one than a case drawn whole."""
    pen = Pen(draw)
    data = dict(base)
    names = sorted((entity, fact) for entity in criteria.entities for fact in criteria.entities[entity].facts)
    for entity, fact in pen.some(names, 8, 0):
        value = pen.one((*domain(criteria.entities[entity].facts[fact], criteria), None))
        if isinstance(data[entity], tuple):
            data[entity] = tuple({**one, fact: value} for one in data[entity])
        else:
            data[entity] = {**data[entity], fact: value}
    for entity in pen.some([name for name, one in criteria.entities.items() if one.many], 2, 0):
        twins = tuple({**one, "id": f"{one['id']}-2"} for one in data[entity])
        data[entity] = pen.one(((*data[entity], *twins), (), None))
    data["controls"] = _controls(pen, criteria)
    return {name: value for name, value in data.items() if value is not None}


# --- a second reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """The rules read on complete answers, in two-valued logic, straight from the plain data they were drawn as."""

    pieces: Data
    answers: Mapping[str, Any]
    """Entity: its answers, or for a list those of each entry."""
    on: date

    def holds(self, condition: Any, entry: Mapping[str, Any] | None = None) -> bool:
        """Return whether a condition holds."""
        if condition == "always":
            return True
        match condition:
            case {"all_of": parts}:
                return all(self.holds(part, entry) for part in parts)
            case {"any_of": parts}:
                return any(self.holds(part, entry) for part in parts)
            case {"not": part}:
                return not self.holds(part, entry)
            case {"holds": name}:
                return self.holds(self.pieces["definitions"][name], entry)
            case {"some": name, "where": where}:
                return self._number(name, where) > 0
            case {"every": name, "where": where}:
                return self._number(name, where) == len(self.answers[name])
            case {"count": name, "where": where, "at_least": number}:
                return bool(self._number(name, where) >= number)
            case {"count": name, "where": where, "at_most": number}:
                return bool(self._number(name, where) <= number)
            case {"fact": name}:
                return self._compares(condition, self._answer(name, entry))
        raise AssertionError(condition)

    def _number(self, name: str, where: Any) -> int:
        return sum(self.holds(where, one) for one in self.answers[name])

    def _answer(self, name: str, entry: Mapping[str, Any] | None) -> Any:
        entity, fact = name.split(".")
        found = self.answers[entity]
        if isinstance(found, Mapping):
            return found[fact]
        assert entry is not None
        return entry[fact]

    def _compares(self, leaf: Data, have: Any) -> bool:
        (key,) = leaf.keys() - {"fact"}
        wanted = leaf[key]
        if isinstance(wanted, dict):
            dated = self.pieces["parameters"][wanted["parameter"]]["values"]
            wanted = [one["value"] for one in dated if one.get("from", date.min) <= self.on][-1]
        match key:
            case "is":
                return bool(have == wanted)
            case "one_of":
                return bool(have in wanted)
            case "includes":
                return bool(wanted in have)
            case "includes_any":
                return any(one in have for one in wanted)
            case _:
                have, wanted = (OPTIONS.index(one) if isinstance(one, str) else one for one in (have, wanted))
                return bool(have >= wanted if key == "at_least" else have <= wanted)
