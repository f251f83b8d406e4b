"""Small sets and cases of which everything that may be done can be tried, each worked out by the engine alone."""

import itertools
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from risk_engine.engine.facts import Read
from risk_engine.engine.resolve import superfluous
from risk_engine.engine.work import Worked, work
from risk_engine.model.facts import ChoiceFact, DateFact, RowFact, TextFact
from risk_engine.outlook.offers import strict_end
from tests.engine.builder import DAY, LADDERS, criteria_of, written
from tests.strategies import (
    DAYS,
    KINDS,
    PARAMETERS,
    Data,
    Fact,
    Pen,
    RuleSet,
    _combined,
    _leaf,
    cases_of,
    each_once,
    rule_set,
    rule_sets,
)

TRIED = 1500
"""More combinations than this are not tried; the small ones show as much."""
EVERY: Mapping[str, tuple[Any, ...]] = {
    "boolean": (False, True),
    "choice": ("mild", "stern", "wild"),
    "choices": ((), ("red",), ("blue",), ("red", "blue")),
    "integer": (0, 1, 2, 3),
    "date": tuple(
        sorted({day.replace(day=day.day + by) for day in DAYS for by in (0, 1)} | {DAYS[0].replace(year=2020)})
    ),
}
NAMED: Mapping[str, tuple[str, ...]] = {
    "boolean": ("false", "true"),
    "choice": ("mild", "stern", "wild"),
    "choices": ("red", "blue"),
}
"""What may have a text of its own: an answer, or one of several options."""
DIRECTIONS: Mapping[str, tuple[Any, ...]] = {
    "boolean": (None, False, True),
    "choices": (None, "more", "fewer"),
    "integer": (None, "higher", "lower"),
    "date": (None, "later", "earlier"),
}


def may_change(pen: Pen, rules: RuleSet) -> RuleSet:
    """Return a drawn set in which a redesign may change some facts, in a direction that is drawn too."""
    entities = dict(rules.criteria.entities)
    names = [
        (entity, short)
        for entity, one in entities.items()
        for short, fact in one.facts.items()
        if not isinstance(fact, RowFact | TextFact)
    ]
    for entity, short in pen.some(names, 3, 2):
        facts = dict(entities[entity].facts)
        update: Data = {"changeable": "It must really change."}
        if facts[short].type in NAMED and pen.chance(2):
            update["changeable"] = {one: f"It must become {one}." for one in pen.some(NAMED[facts[short].type], 2)}
        if not isinstance(facts[short], ChoiceFact):
            update["riskier"] = pen.one(DIRECTIONS[facts[short].type])
        facts[short] = facts[short].model_copy(update=update)
        entities[entity] = entities[entity].model_copy(update={"facts": facts})
    return rule_set(rules.criteria.model_copy(update={"entities": entities}))


class Question(NamedTuple):
    entity: str
    entry: str | None
    fact: str

    @property
    def path(self) -> str:
        return ".".join(one for one in self if one is not None)


class Everything:
    """What comes out of one case whatever is put in place or changed, each worked out by the engine alone."""

    def __init__(self, rules: RuleSet, data: Data) -> None:
        self.rules = rules
        self.data = data
        self.worked = work(rules.case(data), rules.criteria, DAY)
        states = self.worked.controls
        self.controls = [
            one for one in rules.criteria.controls if one not in states or states[one].counts_as != "in_place"
        ]
        self.questions = list(self._questions())
        self.answers = {one: self._answers(one) for one in self.questions}

    def _questions(self) -> Iterator[Question]:
        for entity, one in self.rules.criteria.entities.items():
            stated = self.data.get(entity, ())
            for entry in (stated,) if isinstance(stated, dict) else stated:
                for short, fact in one.facts.items():
                    asked = self.worked.facts.origins.get(Read(entity, entry.get("id"), short)) == "case"
                    needless = Read(entity, entry.get("id"), short) in self.worked.facts.superfluous
                    if getattr(fact, "changeable", False) and short in entry and asked and not needless:
                        yield Question(entity, entry.get("id"), short)

    def before(self, question: Question) -> Any:
        stated = self.data[question.entity]
        entry = stated if question.entry is None else next(one for one in stated if one["id"] == question.entry)
        return entry[question.fact]

    def _answers(self, question: Question) -> list[Any]:
        """Return what may be offered instead: in the less risky direction, any where there is none."""
        fact, before = self.rules.criteria.entities[question.entity].facts[question.fact], self.before(question)
        milder: dict[Any, Callable[[Any], bool]] = {
            None: lambda _one: True,
            True: lambda one: one < before,
            False: lambda one: one > before,
            "later": lambda one: every.index(one) < every.index(before),
            "higher": lambda one: one < before,
            "lower": lambda one: one > before,
            "earlier": lambda one: every.index(one) > every.index(before),
            "more": lambda one: set(one) < set(before),
            "fewer": lambda one: set(one) > set(before),
        }
        every = sorted({*EVERY[fact.type], before}) if isinstance(fact, DateFact) else EVERY[fact.type]
        named = fact.changeable if isinstance(fact.changeable, dict) else None  # type: ignore[union-attr]

        def is_named(one: Any) -> bool:
            moved = set(one) ^ set(before) if isinstance(one, tuple) else {f"{one}".lower()}
            return named is None or moved <= named.keys()

        return [one for one in every if one != before and milder[fact.riskier](one) and is_named(one)]  # type: ignore[union-attr]

    @property
    def number(self) -> int:
        return math.prod((2 ** len(self.controls), *(1 + len(one) for one in self.answers.values())))

    def comes_to(self, controls: Any, changes: Mapping[Question, Any]) -> Worked:
        """Return what the case comes to; what is not asked any more is taken out."""
        data = {**self.data}
        for one, value in changes.items():
            data[one.entity] = _with(data[one.entity], one, value)
        proof = ({"kind": "k", "reference": "r", "date": DAY},)
        listed = {one["id"]: one for one in data.get("controls", ())}
        listed |= {one: {"id": one, "status": "implemented", "evidence": proof} for one in controls}
        data["controls"] = tuple(listed.values())
        kept = self.worked.facts.superfluous
        for entity, entry, fact in superfluous(self.rules.case(data), self.rules.criteria, DAY, kept=kept):
            if fact is None:
                data.pop(entity)
            else:
                data[entity] = _with(data[entity], Question(entity, entry, fact), None)
        return work(self.rules.case(data), self.rules.criteria, DAY)

    def lowest(self) -> Mapping[str, dict[frozenset[str], int]]:
        """Return by ladder for each set of controls and questions the mildest end that changing just these reaches."""
        found: dict[str, dict[frozenset[str], int]] = {"measure": {}, "gate": {}}
        for number in range(len(self.controls) + 1):
            for controls in itertools.combinations(self.controls, number):
                for values in itertools.product(*([None, *self.answers[one]] for one in self.questions)):
                    changes = {
                        one: value for one, value in zip(self.questions, values, strict=True) if value is not None
                    }
                    parts = frozenset((*controls, *(one.path for one in changes)))
                    worked = self.comes_to(controls, changes)
                    for ladder, ends in found.items():
                        end = strict_end(worked, ladder)
                        ends[parts] = min(end, ends.get(parts, end))
        return found


def _with(stated: Any, question: Question, value: Any) -> Any:
    if question.entry is None:
        return {name: one for name, one in {**stated, question.fact: value}.items() if one is not None}
    return tuple(
        _with(one, question._replace(entry=None), value) if one["id"] == question.entry else one for one in stated
    )


CONTROLS: Data = {"C0": {"effort": 1}, "C1": {"effort": 2}, "C2": {"effort": 3}, "C3": {"effort": 3}}


def busy_set(pen: Pen) -> RuleSet:
    """Draw a set of severe findings that controls lower, under the ladders of the design: there is much to do."""
    kinds = {f"deal.f{number}": pen.one(("flag", "grade", "sum", "tags")) for number in range(3)}
    kinds["party.p"] = pen.one(("flag", "grade"))
    facts = {name: dict(KINDS[kind]) for name, kind in kinds.items()}
    if pen.chance(3):
        facts["deal.f1"] |= {"ask_when": _leaf(pen, [Fact("deal.f0", kinds["deal.f0"])])}
        facts["deal.f1"]["otherwise"] = pen.one(EVERY[facts["deal.f1"]["type"]])
    of_deal = [Fact(name, kind) for name, kind in kinds.items() if name.startswith("deal")]

    def condition() -> Data:
        if pen.chance(3):
            return {"some": "party", "where": _leaf(pen, [Fact("party.p", kinds["party.p"]), *of_deal])}
        return _combined(pen, lambda: _leaf(pen, of_deal), 1)

    def indicator() -> Data:
        severity = pen.one(("high", "critical"))
        found: Data = {"severity": {severity: condition()}, "dimension": pen.one(("body", "mind"))}
        found["controls"] = each_once(
            {"all": pen.some(tuple(CONTROLS), 2), "residual": pen.one(("none", "low", "moderate"))}
            for _ in range(1 + pen.index(2))
        )
        if pen.chance(3):
            found["knock_out"] = {pen.one(("hold", "policy")): "always"}
        return found

    pieces = {
        "facts": {
            "deal": {"facts": {name.partition(".")[2]: one for name, one in facts.items() if name[0] == "d"}},
            "party": {"many": 2, "facts": {"p": facts["party.p"]}},
        },
        "parameters": PARAMETERS,
        "indicators": {f"I{number}": indicator() for number in range(2 + pen.index(2))},
        "controls": CONTROLS,
        "ladders": written(LADDERS),
    }
    with tempfile.TemporaryDirectory() as folder:
        return rule_set(criteria_of(Path(folder) / "toy", pieces), pieces)


@st.composite
def tried(draw: st.DrawFn) -> Everything | None:
    """Draw a set and the first of some cases that can be read, can come down and is small enough, if there is one."""
    pen = Pen(draw)
    rules = may_change(pen, draw(rule_sets()) if pen.chance(4) else busy_set(pen))
    for _ in range(12):
        data = draw(cases_of(rules.criteria))
        every = Everything(rules, data)
        if every.number <= TRIED and any(strict_end(every.worked, one) for one in ("measure", "gate")):
            return every
    return None
