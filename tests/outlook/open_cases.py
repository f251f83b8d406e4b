"""Criteria sets and cases with open questions, drawn at random: what is open tells, and it can all be tried."""

import tempfile
from pathlib import Path

from hypothesis import strategies as st

from risk_engine.engine.replay import worked_as_asked
from risk_engine.engine.work import work
from risk_engine.model.references import reopening
from tests.engine.builder import DAY, criteria_of
from tests.strategies import MANY, Data, Pen, RuleSet, domain, rule_set, rule_sets

LADDERS: Data = {
    "measure": {
        "levels": dict.fromkeys(("a", "b", "c")),
        "rules": [
            {"level": "c", "when": {"some": "finding", "where": {"fact": "finding.residual", "at_least": "high"}}},
            {"level": "b", "when": {"some": "finding", "where": {"fact": "finding.inherent", "at_least": "low"}}},
            {
                "level": "b",
                "provisional": True,
                "when": {"some": "finding", "where": {"fact": "finding.open", "is": True}},
            },
        ],
        "otherwise": "a",
    },
    "gate": {
        "levels": dict.fromkeys(("a", "b", "c")),
        "rules": [
            {"level": "c", "when": {"some": "finding", "where": {"fact": "finding.knock_out", "at_least": "funding"}}},
            {
                "level": "b",
                "when": {"some": "dimension", "where": {"fact": "dimension.inherent_band", "at_least": "b2"}},
            },
        ],
        "otherwise": "a",
    },
}
"""Ladders on which nearly every finding tells: of those drawn at random most have one level that comes out always."""


TRIES = 4
"""So many cases are drawn to find one whose answers contradict each other."""


@st.composite
def open_sets(draw: st.DrawFn) -> RuleSet:
    rules = draw(rule_sets())
    if draw(st.integers(0, 3)) == 3:
        return rules
    pieces = {**rules.pieces, "ladders": LADDERS}
    if draw(st.booleans()):
        # What makes a finding is declared to be impossible: then some levels come out only with a contradiction.
        first = next(iter(pieces["indicators"].values()))["severity"]
        impossible = {"then": {"not": next(iter(first.values()))}, "reopens": draw(st.booleans())}
        pieces["invariants"] = {"facts": {**pieces["invariants"]["facts"], "INV-1": impossible}}
    with tempfile.TemporaryDirectory() as folder:
        return rule_set(criteria_of(Path(folder) / "toy", pieces), pieces)


def _whole(pen: Pen, rules: RuleSet) -> Data:
    """Draw a case in which everything is answered that is asked."""
    data: Data = {}
    for name, entity in rules.criteria.entities.items():
        number = 1 if entity.many is None else pen.index(MANY + 1)
        entries = [
            {short: pen.one(domain(fact, rules.criteria)) for short, fact in entity.facts.items()}
            for _ in range(number)
        ]
        if entity.many is None:
            data[name] = entries[0]
        else:
            data[name] = tuple({"id": f"e{place}", **one} for place, one in enumerate(entries))
    core = {"id": "c", "title": "C", "assessment_date": DAY}
    return worked_as_asked({**core, **data}, rules.criteria, DAY, None)[0]


def _opened(pen: Pen, rules: RuleSet, whole: Data, most: int = 5) -> Data:
    """Return a case with some of its answers left out, and perhaps a list."""
    data: Data = {
        name: tuple(map(dict, one)) if isinstance(one, tuple) else dict(one) if isinstance(one, dict) else one
        for name, one in whole.items()
    }
    if pen.chance(3):
        data.pop(pen.one(("item", "party")), None)
    places = [
        (entry, short)
        for name, entity in rules.criteria.entities.items()
        for entry in ([data[name]] if entity.many is None else data.get(name, ()))
        for short in entity.facts
        if short in entry and short != "called"
    ]
    for entry, short in pen.some(places, most, min(2, len(places))) if places else []:
        del entry[short]
    return data


@st.composite
def open_cases(draw: st.DrawFn, rules: RuleSet) -> tuple[Data, Data]:
    """Draw a harmless case and an open one; where the set has it so, often one whose answers contradict each other."""
    pen = Pen(draw)
    whole = _whole(pen, rules)
    if reopening(rules.criteria) and pen.chance(2):
        for _ in range(TRIES):
            opened = _opened(pen, rules, _whole(pen, rules), 2)
            if work(rules.case(opened), rules.criteria, DAY).facts.again is not None:
                return whole, opened
    return whole, _opened(pen, rules, _whole(pen, rules))
