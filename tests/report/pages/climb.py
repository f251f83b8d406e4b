"""A small set about climbing tours with every kind of confidential fact, and cases of it, for tests of redaction."""

import tempfile
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.profile import Disclosure, Profile
from risk_engine.report.blocks import View
from tests.engine.builder import DAY, criteria_from
from tests.report.reading import block_lines
from tests.told import assess_told

FILES = {
    "head": "roles: {headline: measure, gate: gate, label: {guide: guide.called, hut: hut.named}, "
    "benefit: [tour.joy], necessity: [tour.need]}",
    "facts": """
        tour:
          facts:
            days: {type: integer, range: [0, 99]}
            purpose: {type: text}
            payer: {type: text, confidential: true}
            price: {type: integer, range: [0, 99999], confidential: true}
            paid_on: {type: date, confidential: true}
            terms: {type: choice, options: {open: Open to all, tied: Tied to one supplier of ropes}, confidential: true}
            joy: {type: choice, options: [some, much]}
            need: {type: choice, options: [some, much], confidential: true}
        guide:
          many: 20
          facts:
            called: {type: text}
            home: {type: row, of: places, confidential: true}
            snowy: {type: boolean, from: home, column: snow}
            ill: {type: boolean, confidential: true}
            checked: {type: boolean, ask_when: {fact: guide.ill, is: true}, otherwise: true}
            alone: {type: boolean}
        hut:
          many: 9
          facts:
            named: {type: text, confidential: true}
            beds: {type: integer, range: [0, 99]}
        """,
    "tables": """
        places:
          rows: {UPV: {name: Upper Valley, aliases: [Oberes Tal]}, SEA: {name: Seaside}}
          columns: {snow: {values: {UPV: true, SEA: false}}}
        """,
    "indicators": """
        LONG:
          severity: {high: {fact: tour.days, at_least: 10}}
          controls: [{all: [REST], residual: low}, {all: [BOTH], residual: none}]
        ILL:
          dimension: mind
          severity: {critical: {some: guide, where: {fact: guide.ill, is: true}}}
          knock_out: {legal: always}
          controls: [{all: [VET], residual: none}, {all: [BOTH], residual: high}]
        CHECK:
          severity: {moderate: {some: guide, where: {fact: guide.checked, is: false}}}
          knock_out: {policy: always}
          adjustable: true
          controls: [{all: [VET], residual: none}]
        LATER:
          severity: {low: {some: guide, where: {fact: guide.checked, is: false}}}
          effective: {from: 2030-01-01}
        SNOW: {severity: {low: {some: guide, where: {fact: guide.snowy, is: true}}}}
        SAID: {severity: {low: {fact: tour.days, at_least: 1}}, because: "{tour.price} was paid."}
        BOUND: {severity: {low: {fact: tour.days, at_least: 1}}, knock_out: {hold: {fact: tour.terms, is: tied}}}
        MAYBE:
          severity: {moderate: {fact: tour.days, at_least: 1}}
          controls: [{all: [REST], residual: low, when: {fact: tour.terms, is: open}}]
        ALONE:
          severity: {low: {some: guide, where: {fact: guide.alone, is: true}}}
          because: "{guide.called} goes alone."
        """,
    "controls": """
        REST: {}
        VET: {}
        BOTH: {}
        SONG: {supporting: true}
        """,
    "awareness": """
        OF-DAYS: {when: {fact: tour.days, at_least: 10}}
        OF-ILL: {when: {some: guide, where: {fact: guide.ill, is: true}}}
        OF-FOUND: {when: {some: finding, where: {fact: finding.inherent, at_least: high}}}
        OF-LOW:
          when: {some: finding, where: {all_of: [{fact: finding.id, is: CHECK}, {fact: finding.residual, is: low}]}}
        """,
    "invariants": """
        facts:
          WELL:
            title: Who is ill goes with others
            whenever: {some: guide, where: {fact: guide.ill, is: true}}
            then: {every: guide, where: {fact: guide.alone, is: false}}
        """,
    "ladders": """
        measure:
          levels: {advice: {}, regulation: {review_months: 6}, restriction: {review_months: 6}}
          rules:
            - {level: restriction, when: {some: finding, where: {fact: finding.knock_out, is: legal}}}
            - {level: regulation, when: {count: finding, where: {fact: finding.outcome, is: present}, at_least: 4}}
            - {level: regulation, when: {some: finding, where: {fact: finding.inherent, at_least: high}}}
          otherwise: advice
        gate:
          levels: {clear: {}, blocked: {}}
          rules:
            - {level: blocked, when: {not: {every: finding, where: {fact: finding.knock_out, is: none}}}}
          otherwise: clear
        """,
}


@cache
def climb() -> Criteria:
    """Return the set."""
    with tempfile.TemporaryDirectory() as folder:
        return criteria_from(Path(folder) / "climb", **FILES)


def lines(made: View, key: str) -> list[str]:
    """Return a section of a document as plain lines."""
    section = next(one for one in made.sections if one.key == key)
    return [line for block in section.blocks for line in block_lines(block)]


def climbed(*text: str, disclosure: Disclosure | None = None, **profile: Any) -> Explanation:
    """Return the assessment of a case that YAML texts state; what they leave out is filled in."""
    if disclosure is None and not profile:
        return _plainly(text)
    used = {"institution": "Alpine Club", "criteria": "toy", "disclosure": disclosure, **profile}
    return assess_told(_case(text), climb(), profile=Profile.model_validate(used))


@cache
def _plainly(text: tuple[str, ...]) -> Explanation:
    return assess_told(_case(text), climb())


def _case(text: tuple[str, ...]) -> Case:
    stated = "\n".join(dedent(one).strip("\n") for one in text)
    core = [
        f"{key}: {value}" for key, value in {"id": "T-1", "title": "A tour"}.items() if f"\n{key}:" not in f"\n{stated}"
    ]
    return case_of(parse("\n".join([*core, f"assessment_date: {DAY}", stated, ""]), "case.yaml", nulls=True), climb())
