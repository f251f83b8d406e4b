"""Small criteria sets and cases: what a test does not say is filled in, then the public loader reads it."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from risk_engine.engine.facts import Facts, Read, Truth
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.resolve import resolve
from risk_engine.files.source import parse
from risk_engine.loading.bundle import cases_document, documents, read_bundle
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile

Data: TypeAlias = dict[str, Any]

DAY = date(2026, 6, 15)
"""The day of every case that states no other."""

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "criteria" / "reconnect-china" / "releases" / "1.0.0.json"
EXAMPLES = sorted(one for one in (ROOT / "examples").glob("*.yaml") if "\n  type: " in one.read_text("utf-8"))
"""Those that are written in the words of that version."""
LOAN_DESK = ROOT / "tests" / "sets" / "loan-desk" / "1.0.0"

HEAD = """
    schema: 1
    id: toy
    version: 1.0.0
    title: A toy set
    about: It decides about trips.
    notice: [A toy.]
    challenge: Write a letter.
    language: en
    in_force: {from: 2020-01-01}
    dimensions: {body: {title: Body}, mind: {title: Mind}}
    grounds: {care: {title: Care}, order: {title: Order}}
    severity:
      points: {low: 1, moderate: 5, high: 20, critical: 120}
      cap: 119
      bands: {minimal: 0, limited: 1, high: 20, unacceptable: 120}
    asked_of: {office: The office, guide: The guide}
    roles: {headline: measure, gate: gate, escalation: escalation}
"""

FACTS = """
    trip:
      facts:
        risky: {type: boolean}
        insured: {type: boolean}
        alone: {type: boolean}
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        means: {type: choice, options: [foot, boat, train]}
        days: {type: integer, range: [0, 99]}
        starts: {type: date}
        gear: {type: choices, options: [rope, axe, lamp]}
    guest:
      many: 4
      facts:
        called: {type: text}
        fit: {type: boolean}
        age: {type: integer, range: [0, 120]}
        skill: {type: choice, options: [novice, trained, expert], riskier: earlier}
"""

# The rules of the design, section 8.
LADDERS = """
    measure:
      levels:
        advice: {review_months: 12}
        regulation: {review_months: 6}
        restriction: {review_months: 9}
      rules:
        - {level: restriction, when: {some: finding, where: {fact: finding.knock_out, at_least: funding}}}
        - {level: restriction, when: {some: dimension, where: {fact: dimension.residual_band, is: unacceptable}}}
        - {level: regulation, when: {some: dimension, where: {fact: dimension.inherent_band, at_least: high}}}
        - level: regulation
          provisional: true
          when:
            some: finding
            where: {all_of: [{fact: finding.open, is: true}, {fact: finding.possible, at_least: high}]}
      otherwise: advice
    gate:
      levels:
        clear: {review_months: 24}
        conditional: {review_months: 4}
        blocked: {review_months: 24}
      rules:
        - {level: blocked, when: {not: {every: finding, where: {fact: finding.knock_out, is: none}}}}
        - {level: conditional, when: {some: finding, where: {fact: finding.residual, at_least: high}}}
      otherwise: clear
    escalation:
      levels:
        none: {review_months: 24}
        committee: {review_months: 24}
      rules:
        - {level: committee, when: {some: dimension, where: {fact: dimension.residual_capped, is: true}}}
      otherwise: none
"""


def _flow(value: Any) -> str:
    """Return plain data as YAML on one line; the loader is strict, so only what it knows is written."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {_flow(one)}" for key, one in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(_flow(one) for one in value) + "]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", key) else json.dumps(key, ensure_ascii=False)


def written(text: str) -> Any:
    """Return what an indented YAML text says."""
    return parse(dedent(text), "piece.yaml").data


def criteria_from(folder: Path, **files: str) -> Criteria:
    """Write a set into a folder and read it: each file a YAML text, in it only what the test is about."""
    pieces = {name: written(text) for name, text in files.items()}
    return criteria_of(folder, pieces)


def criteria_of(folder: Path, pieces: Mapping[str, Any]) -> Criteria:
    """Write the pieces of a set, as plain data, into a folder and read it through the public loader."""
    data: dict[str, Any] = {
        "set.yaml": {**written(HEAD), **pieces.get("head", {})},
        "facts.yaml": _facts(pieces.get("facts") or written(FACTS)),
        "ladders.yaml": {name: _ladder(name, one) for name, one in (pieces.get("ladders") or written(LADDERS)).items()},
        "indicators/all.yaml": _indicators(pieces.get("indicators") or {}),
        "controls.yaml": {name: _control(name, one) for name, one in pieces.get("controls", {}).items()},
        "awareness.yaml": {name: _awareness(name, one) for name, one in pieces.get("awareness", {}).items()},
        "parameters.yaml": {
            name: {"title": name, "source": {"id": "book"}, **one} for name, one in pieces.get("parameters", {}).items()
        },
        "invariants.yaml": {
            part: {name: one if part == "undirected" else {"title": name, **one} for name, one in found.items()}
            for part, found in pieces.get("invariants", {}).items()
        },
        "definitions.yaml": pieces.get("definitions", {}),
        **({"options.yaml": pieces["options"]} if "options" in pieces else {}),
        "sources.yaml": pieces.get("sources")
        or {
            "book": {"instrument": "The book", "verified": True, "kind": "guidance"},
            "rumour": {"instrument": "A rumour", "verified": False, "kind": "research"},
        },
        **{f"tables/{name}.yaml": _table(name, one) for name, one in pieces.get("tables", {}).items()},
        **({"cases.yaml": pieces["cases"]} if "cases" in pieces else {}),
    }
    _write(folder, data)
    return read_criteria(folder)


def unpacked(bundle: Path, folder: Path) -> Path:
    """Write the files of a version that is in a bundle into a folder, its cases too, and return the folder."""
    found = read_bundle(bundle)
    cases = cases_document(found)
    files = {**documents(found), **({} if cases is None else {"cases.yaml": cases})}
    _write(folder, {name: document.data for name, document in files.items()})
    return folder


def _write(folder: Path, files: Mapping[str, Data]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{_key(key)}: {_flow(one)}\n" for key, one in content.items()]
        path.write_text("".join(lines) or "{}\n", encoding="utf-8")


def _facts(entities: Data) -> Data:
    return {
        name: {"title": name, **entity, "facts": {short: _fact(short, one) for short, one in entity["facts"].items()}}
        for name, entity in entities.items()
    }


def _fact(short: str, fact: Data) -> Data:
    asked = {} if "from" in fact else {"question": f"{short}?", "asked_of": "office"}
    options = fact.get("options")
    named = {"options": {one: one for one in options}} if isinstance(options, tuple) else {}
    return {**asked, **fact, **named}


def _indicators(indicators: Data) -> Data:
    """Complete the indicators; a set needs at least one."""
    idle = {
        "IDLE": {"severity": {"low": {"all_of": [{"fact": "trip.days", "is": 98}, {"fact": "trip.days", "is": 99}]}}}
    }
    return {
        name: {
            "title": f"{name} title",
            "dimension": "body",
            "ground": "care",
            "question": f"{name} question",
            "reason": f"{name} reason",
            "evidence": f"{name} evidence",
            "irreducible": f"{name} cannot be lowered",
            "sources": [{"id": "book"}],
            "because": f"{name} sentence",
            "author": {"drawn_up_by": {"name": "A", "discipline": "law", "date": date(2020, 1, 1)}},
            **one,
        }
        for name, one in (indicators or idle).items()
    }


def _control(name: str, control: Data) -> Data:
    return {"title": f"{name} title", "do": f"Do {name}.", "who": "office", "effort": 1, **(control or {})}


def _ladder(name: str, ladder: Data) -> Data:
    return {
        "title": name,
        "question": f"{name}?",
        "levels": {
            level: {"title": level, "answer": f"{level}.", "explain": f"{level}!", "review_months": 12, **(one or {})}
            for level, one in ladder["levels"].items()
        },
        "rules": [{"sentence": f"{name} {number}", **rule} for number, rule in enumerate(ladder["rules"])],
        "otherwise": {"level": ladder["otherwise"], "sentence": f"{name} otherwise"},
    }


def _awareness(name: str, rule: Data) -> Data:
    return {"title": f"{name} title", "kind": "advice", "then": f"{name} then", **rule}


def _table(name: str, table: Data) -> Data:
    columns = {
        column: {"title": f"{column} title", "source": {"id": "book"}, "as_of": date(2020, 1, 1), **one}
        for column, one in table["columns"].items()
    }
    return {"title": name, "rows": table["rows"], "columns": columns}


def case_from(criteria: Criteria, text: str = "") -> Case:
    """Return the case that a YAML text states; id, title and day are filled in."""
    core = f"id: c\ntitle: C\nassessment_date: {DAY}\n"
    return case_of(parse(core + dedent(text), "case.yaml", nulls=True), criteria)


def facts_from(criteria: Criteria, text: str = "", on: date = DAY, profile: Profile | None = None) -> Facts:
    """Return the resolved facts of the case that a YAML text states."""
    return resolve(case_from(criteria, text), criteria, on, profile)


def found_from(criteria: Criteria, text: str = "", on: date = DAY, profile: Profile | None = None) -> dict[str, Found]:
    """Return what each indicator comes to in the case that a YAML text states."""
    case = case_from(criteria, text)
    facts = resolve(case, criteria, on, profile)
    return {one.id: one for one in find(facts, criteria, on, control_states(case, on), profile)}


def condition(text: str) -> Condition:
    """Return the condition that a YAML text states."""
    adapter: TypeAdapter[Condition] = TypeAdapter(Condition)
    return adapter.validate_python(parse(text, "condition.yaml").data)


def paths(reads: Truth | tuple[Read, ...]) -> list[str]:
    """Return the facts that were read as people write them."""
    return [one.path() for one in (reads.reads if isinstance(reads, Truth) else reads)]
