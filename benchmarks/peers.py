"""Decide the workload that other engines are measured by: `python benchmarks/peers.py [WORKLOAD]`.

The workload (30 flat rules with points over 40 facts, five dimensions, knock-outs, three outcomes, 200 records with the
answers of a hand-written function) lies outside the repository, `../shared/data/peer-workload.json`. It is said in our
language, and in that of every peer that is installed (`benchmarks/peers.txt`, in an environment of its own beside the
engine). Each decides one record after the other from a plain dictionary: outcome, points of each dimension, the rules
that fired; all 200 answers are checked first. Of the engine the whole way is timed: `decide_only` of the dictionary,
which it checks as `load_case` does; below, the same with a record and its digest. What a peer cannot sum itself is
summed for it by the same few lines of Python. CPU medians of rounds in which all take turns.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from risk_engine import assess, decide_only, load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria

Data: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[str, dict[str, int], list[str]]
"""Outcome, points by dimension, the ids of the rules that fired."""
Decide: TypeAlias = Callable[[Data], Answer]

WORKLOAD = Path(__file__).parents[2] / "shared" / "data" / "peer-workload.json"
DAY = date(2026, 1, 1)
ROUNDS = 9


def main() -> None:
    """Print how many records a second each engine decides."""
    load = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else WORKLOAD).read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        ours = OURS(load, read_criteria(written(load, Path(folder) / "peers")))
    engines: dict[str, Decide] = {
        "risk-engine, checked dictionary": ours.decide,
        "  with record and digest": ours.record,
    }
    for name, peer in PEERS.items():
        try:
            engines[name] = peer(load)
        except ImportError as missing:
            print(f"{name}: not installed ({missing.name})")
    for name, decide in engines.items():
        wrong = [n for n, one in enumerate(load["records"]) if not same(decide(one), load["expected"][n])]
        if wrong:
            sys.exit(f"{name}: {len(wrong)} wrong answers, first of record {wrong[0]}")
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, decide in engines.items():
            begun = time.process_time()
            for one in load["records"]:
                decide(one)
            seconds[name].append((time.process_time() - begun) / len(load["records"]))
    first = statistics.median(next(iter(seconds.values())))
    print(f"Python {sys.version.split()[0]}; all answers right; CPU medians of {ROUNDS} rounds\n")
    print(f"{'engine':36}  records a second   of ours")
    for name, times in seconds.items():
        middle = statistics.median(times)
        print(f"{name:36}  {1 / middle:16,.0f}   {first / middle:7.2f}")


def same(found: Answer, wanted: Sequence[Any]) -> bool:
    """Return whether an answer is the one of the hand-written function."""
    outcome, points, fired = wanted
    return found[0] == outcome and found[1] == points and sorted(found[2]) == sorted(fired)


class Sums:
    """Outcome and points from the rules that fired, for engines that only say which do."""

    def __init__(self, load: Data) -> None:
        self._rules = {one["id"]: one for one in load["rules"]}
        self._points = dict.fromkeys((one["dimension"] for one in load["rules"]), 0)
        self._outcomes = load["outcome"]

    def of(self, fired: list[str]) -> Answer:
        """Return the whole answer."""
        points, knock_out = dict(self._points), False
        for name in fired:
            rule = self._rules[name]
            points[rule["dimension"]] += rule["points"]
            knock_out = knock_out or rule["knock_out"]
        total, most = sum(points.values()), max(points.values())
        refuse, conditions = self._outcomes["refuse"], self._outcomes["conditions"]
        if knock_out or total >= refuse["total_at_least"] or most >= refuse["any_dimension_at_least"]:
            return "refuse", points, fired
        if total >= conditions["total_at_least"] or most >= conditions["any_dimension_at_least"]:
            return "conditions", points, fired
        return self._outcomes["else"], points, fired


# --- the engine ---


class OURS:
    """The workload as a criteria set."""

    def __init__(self, load: Data, criteria: Criteria) -> None:
        self._criteria = criteria
        self._dimensions = list(dict.fromkeys(one["dimension"] for one in load["rules"]))
        self._choices = frozenset(name for name, one in load["facts"].items() if one["type"] == "choice")

    def _case(self, record: Data) -> Data:
        # Names of options are small letters in our language.
        deal = {name: value.lower() if name in self._choices else value for name, value in record.items()}
        return {"id": "r", "title": "R", "deal": deal}

    def decide(self, record: Data) -> Answer:
        """Return the answer without a record."""
        decided = decide_only(self._case(record), self._criteria, DAY)
        points = {name: decided.points[name].residual[0] for name in self._dimensions}
        return decided.levels["outcome"].level, points, [*decided.findings]

    def record(self, record: Data) -> Answer:
        """Return the answer of an assessment."""
        made = assess(load_case(self._case(record), self._criteria), self._criteria, DAY)
        points = {one.dimension: one.residual.at_least for one in made.ratings if one.dimension in self._dimensions}
        level = next(one.level for one in made.proposals if one.ladder == "outcome")
        return level, points, [one.id for one in made.findings]


def written(load: Data, folder: Path) -> Path:
    """Write the workload as a criteria set: points of their own, dimensions and their total, one ladder."""
    dimensions = list(dict.fromkeys(one["dimension"] for one in load["rules"]))
    outcome = load["outcome"]
    limits = sorted({value for level in ("refuse", "conditions") for value in _limits(outcome[level])})
    said: dict[str, Any] = {
        "schema": 1,
        "id": "peers",
        "version": "1.0.0",
        "title": "Peers",
        "about": "The workload of benchmarks/peers.py.",
        "notice": ["A benchmark."],
        "challenge": "None.",
        "language": "en",
        "in_force": {"from": "2020-01-01"},
        "dimensions": {
            **{name: {"title": name} for name in dimensions},
            "total": {"title": "Total", "sums": dimensions},
        },
        "grounds": {"risk": {"title": "Risk"}},
        "severity": {
            "points": {"low": 1, "moderate": 1, "high": 1000, "critical": 1000},
            "bands": {"from_0": 0, **{f"from_{one}": one for one in limits}},
        },
        "asked_of": {"office": "Office"},
        "roles": {"headline": "outcome"},
    }
    files: dict[str, Any] = {
        "set.yaml": said,
        "facts.yaml": {"deal": {"title": "Deal", "facts": {name: _fact(one) for name, one in load["facts"].items()}}},
        "indicators/rules.yaml": {one["id"]: _indicator(one) for one in load["rules"]},
        "ladders.yaml": {"outcome": _ladder(outcome)},
        "sources.yaml": {"peers": {"instrument": "The workload", "verified": True, "kind": "guidance"}},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_yaml(content), "utf-8")
    return folder


def _yaml(content: Mapping[str, Any]) -> str:
    lines = (f"{key}: {json.dumps(value)}\n" for key, value in content.items())
    return "".join(lines).replace('"2020-01-01"', "2020-01-01")


def _limits(level: Mapping[str, Any]) -> Iterator[int]:
    yield from (level["total_at_least"], level["any_dimension_at_least"])


def _fact(fact: Data) -> Data:
    asked = {"question": "?", "asked_of": "office"}
    match fact["type"]:
        case "choice":
            return {**asked, "type": "choice", "options": {one.lower(): one for one in fact["options"]}}
        case "integer":
            return {**asked, "type": "integer", "range": fact["range"]}
        case _:
            return {**asked, "type": "boolean"}


def _indicator(rule: Data) -> Data:
    return {
        "title": rule["id"],
        "dimension": rule["dimension"],
        "ground": "risk",
        "question": "?",
        "severity": {"moderate": _condition(rule["when"])},
        "points": {"moderate": rule["points"]},
        **({"knock_out": {"legal": "always"}} if rule["knock_out"] else {}),
        "irreducible": "Nothing lowers it.",
        "reason": "So it is.",
        "evidence": "None",
        "sources": [{"id": "peers"}],
        "because": "It fired.",
        "author": {"drawn_up_by": {"name": "A", "discipline": "law", "date": "2020-01-01"}},
    }


def _condition(when: Sequence[Any]) -> Data:
    match when:
        case ["all" | "any" as word, parts]:
            return {f"{word}_of": [_condition(part) for part in parts]}
        case ["not", part]:
            return {"not": _condition(part)}
        case ["eq", fact, value]:
            return {"fact": f"deal.{fact}", "is": value.lower() if isinstance(value, str) else value}
        case ["in", fact, values]:
            return {"fact": f"deal.{fact}", "one_of": [one.lower() for one in values]}
        case ["ge" | "gt" as op, fact, value]:
            return {"fact": f"deal.{fact}", "at_least": value + (op == "gt")}
        case ["le" | "lt" as op, fact, value]:
            return {"fact": f"deal.{fact}", "at_most": value - (op == "lt")}
    raise ValueError(when)


def _ladder(outcome: Data) -> Data:
    levels = [outcome["else"], "conditions", "refuse"]
    rules: list[Data] = [
        {"level": "refuse", "when": {"some": "finding", "where": {"fact": "finding.knock_out", "is": "legal"}}}
    ]
    for level in ("refuse", "conditions"):
        total, single = _limits(outcome[level])
        for is_total, limit in ((True, total), (False, single)):
            which: Data = {"fact": "dimension.id", "is": "total"}
            reached = {"fact": "dimension.residual_band", "at_least": f"from_{limit}"}
            where = {"all_of": [which if is_total else {"not": which}, reached]}
            rules.append({"level": level, "when": {"some": "dimension", "where": where}})
    return {
        "title": "Outcome",
        "question": "?",
        "levels": {
            one: {"title": one, "answer": f"{one}.", "explain": f"{one}.", "review_months": 12} for one in levels
        },
        "rules": [{"sentence": "It is so.", **one} for one in rules],
        "otherwise": {"level": outcome["else"], "sentence": "Nothing more."},
    }


# --- the peers: each rule in their words ---


def _infix(when: Sequence[Any], words: Mapping[str, str], name: str = "{}") -> str:
    """Return a rule as an expression of a language with infix operators; `words` says how each is spelt."""
    match when:
        case ["all" | "any" as word, parts]:
            return "(" + f" {words[word]} ".join(_infix(part, words, name) for part in parts) + ")"
        case ["not", part]:
            return f"{words['not']}({_infix(part, words, name)})"
        case ["in", fact, values]:
            return f"({words['in'].format(name.format(fact), json.dumps(values))})"
        case [op, fact, value]:
            return f"({name.format(fact)} {words[op]} {json.dumps(value)})"
    raise ValueError(when)


_SIGNS = {
    "eq": "==",
    "ge": ">=",
    "gt": ">",
    "le": "<=",
    "lt": "<",
    "all": "&&",
    "any": "||",
    "not": "!",
    "in": "{} in {}",
}


def zen(load: Data) -> Decide:
    """GoRules ZEN, with its trace."""
    import zen as gorules  # type: ignore[import-not-found]

    words = {**_SIGNS, "all": "and", "any": "or", "not": "not "}
    expressions = [{"id": one["id"], "key": one["id"], "value": _infix(one["when"], words)} for one in load["rules"]]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "type": "expressionNode",
            "name": "rules",
            "position": {"x": 1, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "b", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    decision = gorules.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    sums = Sums(load)

    def decide(record: Data) -> Answer:
        result = decision.evaluate(record, {"trace": True})["result"]
        return sums.of([name for name, fired in result.items() if fired is True])

    return decide


def cedar(load: Data) -> Decide:
    """Cedar: every rule a policy, parsed once; the reasons are the rules that fired."""
    import cedarpy  # type: ignore[import-not-found]

    words = {**_SIGNS, "in": "{1}.contains({0})"}
    texts = [
        f"permit(principal, action, resource) when {{ {_infix(one['when'], words, 'context.{}')} }};"
        for one in load["rules"]
    ]
    policies, sums = cedarpy.PolicySet.from_str("\n".join(texts)), Sums(load)
    names = {f"policy{number}": one["id"] for number, one in enumerate(load["rules"])}
    asked = {"principal": 'U::"u"', "action": 'Action::"a"', "resource": 'R::"r"'}

    def decide(record: Data) -> Answer:
        result = cedarpy.is_authorized({**asked, "context": record}, policies, [])
        return sums.of([names[one] for one in result.diagnostics.reasons])

    return decide


def rego(load: Data) -> Decide:
    """Rego (OPA), by rego-cpp: every rule adds its id to a set."""
    import regopy  # type: ignore[import-not-found]

    lines = ["package peers", "import rego.v1"]
    helpers: list[str] = []

    def body(when: Sequence[Any]) -> str:
        match when:
            case ["all", parts]:
                return "; ".join(body(part) for part in parts)
            case ["any", parts]:
                name = f"any_{len(helpers)}"
                helpers.append("")
                helpers[-1] = "\n".join(f"{name} if {{ {body(part)} }}" for part in parts)
                return name
            case ["not", part]:
                name = f"no_{len(helpers)}"
                helpers.append("")
                helpers[-1] = f"{name} if {{ {body(part)} }}"
                return f"not {name}"
            case ["in", fact, values]:
                return f"input.{fact} in {{{json.dumps(values)[1:-1]}}}"
            case [op, fact, value]:
                return f"input.{fact} {_SIGNS[op]} {json.dumps(value)}"
        raise ValueError(when)

    lines += [f'fired contains "{one["id"]}" if {{ {body(one["when"])} }}' for one in load["rules"]]
    interpreter, sums = regopy.Interpreter(), Sums(load)
    interpreter.add_module("peers", "\n".join([*lines, *helpers]) + "\n")

    def decide(record: Data) -> Answer:
        interpreter.set_input(record)
        found = json.loads(str(interpreter.query("x := data.peers.fired")))
        return sums.of(list((found.get("result", [found]))[0]["bindings"]["x"]))

    return decide


def cel(load: Data) -> Decide:
    """CEL, by its Rust implementation: one program for all rules."""
    import cel as common  # type: ignore[import-not-found]

    chosen = ", ".join(f'{_infix(one["when"], _SIGNS)} ? "{one["id"]}" : ""' for one in load["rules"])
    program, sums = common.compile(f"[{chosen}]"), Sums(load)
    return lambda record: sums.of([one for one in program.execute(record) if one])


def cel_by_rule(load: Data) -> Decide:
    """CEL with a program for each rule, as policies are usually kept."""
    import cel as common

    programs = [(one["id"], common.compile(_infix(one["when"], _SIGNS))) for one in load["rules"]]
    sums = Sums(load)
    return lambda record: sums.of([name for name, program in programs if program.execute(record)])


def json_logic(load: Data) -> Decide:
    """JsonLogic, compiled once, without a trace."""
    import datalogic_py  # type: ignore[import-not-found]

    def logic(when: Sequence[Any]) -> Any:
        match when:
            case ["all" | "any" as word, parts]:
                return {"and" if word == "all" else "or": [logic(part) for part in parts]}
            case ["not", part]:
                return {"!": [logic(part)]}
            case [op, fact, value]:
                return {_SIGNS.get(op, op) if op != "in" else "in": [{"var": fact}, value]}
        raise ValueError(when)

    rules = [{"if": [logic(one["when"]), one["id"], ""]} for one in load["rules"]]
    rule, sums = datalogic_py.Engine().compile(rules), Sums(load)
    return lambda record: sums.of([one for one in rule.evaluate(record) if one])


def open_fisca(load: Data) -> Decide:
    """OpenFisca: every rule a variable of a person, one simulation for a record."""
    import numpy as np  # type: ignore[import-not-found, unused-ignore] # something else may bring it
    from openfisca_core.entities import build_entity  # type: ignore[import-not-found]
    from openfisca_core.periods import DateUnit  # type: ignore[import-not-found]
    from openfisca_core.simulations import SimulationBuilder  # type: ignore[import-not-found]
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # type: ignore[import-not-found]
    from openfisca_core.variables import Variable  # type: ignore[import-not-found]

    person = build_entity(key="deal", plural="deals", label="Deal", is_person=True)
    system, sums = TaxBenefitSystem([person]), Sums(load)
    kinds = {"boolean": bool, "integer": int, "choice": str}

    def variable(name: str, kind: type, formula: Any = None) -> None:
        body = {"value_type": kind, "entity": person, "definition_period": DateUnit.YEAR, "label": name}
        system.add_variable(type(name, (Variable,), {**body, **({"formula": formula} if formula else {})}))

    def holds(when: Sequence[Any], deal: Any, period: Any) -> Any:
        match when:
            case ["all", parts]:
                return np.logical_and.reduce([holds(part, deal, period) for part in parts])
            case ["any", parts]:
                return np.logical_or.reduce([holds(part, deal, period) for part in parts])
            case ["not", part]:
                return np.logical_not(holds(part, deal, period))
            case ["in", fact, values]:
                return np.isin(deal(fact, period).astype(str), values)
            case ["eq", fact, str() as value]:
                return deal(fact, period).astype(str) == value
            case [op, fact, value]:
                have = deal(fact, period)
                return {"eq": np.equal, "ge": np.greater_equal, "gt": np.greater, "le": np.less_equal, "lt": np.less}[
                    op
                ](have, value)
        raise ValueError(when)

    def formula_of(when: Sequence[Any]) -> Any:
        return lambda deal, period: holds(when, deal, period)

    for name, fact in load["facts"].items():
        variable(name, kinds[fact["type"]])
    for rule in load["rules"]:
        variable(rule["id"], bool, formula_of(rule["when"]))
    names = [one["id"] for one in load["rules"]]

    def decide(record: Data) -> Answer:
        simulation = SimulationBuilder().build_default_simulation(system, 1)
        for name, value in record.items():
            simulation.set_input(name, "2026", np.array([value]))
        return sums.of([name for name in names if simulation.calculate(name, "2026")[0]])

    return decide


PEERS: dict[str, Callable[[Data], Decide]] = {
    "zen-engine, traced": zen,
    "cedarpy": cedar,
    "rego (regopy)": rego,
    "CEL, a program for each rule": cel_by_rule,
    "CEL, all rules in one list": cel,
    "JsonLogic, compiled (datalogic-py)": json_logic,
    "OpenFisca": open_fisca,
}

if __name__ == "__main__":
    main()
