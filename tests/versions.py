"""Versions of sets: the newest one, a later one of the loan desk with every kind of change, two of a toy set."""

import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.audit.releases.release import release
from risk_engine.audit.releases.withdraw import withdraw
from risk_engine.audit.versions import Comparison, base_of, compared, loaded, meaning_of
from risk_engine.files.reading import criteria_folder
from risk_engine.files.writing import write_together
from risk_engine.loading.sets import Version
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from tests.engine.builder import criteria_of, written

LOAN_DESK = Path(__file__).parent / "sets" / "loan-desk" / "1.0.0"

Replaced = Mapping[str, tuple[tuple[str, str], ...]]
"""File: texts in it with what takes their place, everywhere."""

NUMBER: Replaced = {"set.yaml": (("version: 1.0.0", "version: 1.1.0"), ("from: 2024-03-01", "from: 2027-01-01"))}
"""What makes a version of its own, and nothing else."""

LIGHTER: Replaced = {
    "parameters.yaml": (("value: 50000}", "value: 55000}"),),
    "cases.yaml": (("lux_hours: 50000}", "lux_hours: 55000}"),),
}
"""What lets an object have more light: milder."""

WORDS: Replaced = {
    "facts.yaml": (("Look into the file, not into the mail.", "Look into the file and ask the registrar."),),
    "controls.yaml": (("Build a crate that keeps", "Build or rent a crate that keeps"),),
    "indicators/object.yaml": (("sources: [{id: lending-handbook, at: table 4}]", "sources: [{id: seismic-map}]"),),
}
"""What people read, and nothing else."""

_INSURED = """\
    insured:
      question: Is it insured?
      type: boolean
      riskier: false
      asked_of: registrar
"""
_UNINSURED = """\
LAW-7:
  title: Nobody insures it
  dimension: belonging
  ground: good_name
  question: Is it without insurance?
  severity: {high: {holds: uninsured}}
  controls: [{all: [INSURE], residual: none}]
  reason: Nobody would pay.
  evidence: The policy
  sources: [{id: lending-handbook}]
  because: "Insured: {loan.insured}."
  author: *desk

"""
_HELD = """\
    - level: held
      provisional: true
      when: {some: finding, where: {all_of: [{fact: finding.open, is: true}, {fact: finding.possible, at_least: high}]}}
      sentence: Answers are missing that could hold it back.
"""
LATER: Replaced = {
    "set.yaml": (
        *NUMBER["set.yaml"],
        ("points: {low: 1, moderate: 3,", "points: {low: 1, moderate: 4,"),
        ("loan.reach", "loan.visitors"),
    ),
    "facts.yaml": (
        *WORDS["facts.yaml"],
        ("    reach:\n", "    visitors:\n"),
        ("    opens_on:\n", f"{_INSURED}    opens_on:\n"),
        ("steady: Steady for a year, drifting: It drifts, unlogged", "steady: Steady for a year, unlogged"),
        ("unlogged: Nobody logs it}", "unlogged: Nobody logs it, drifting: It drifts}"),
        ("{invoice: An invoice, photograph:", "{bill: An invoice, photograph:"),
    ),
    "definitions.yaml": (
        ("unsteady:", "uninsured: {fact: loan.insured, is: false}\nunsteady:"),
        ("includes_any: {parameter: poison_list}", "includes: arsenic"),
    ),
    "indicators/object.yaml": (
        (
            "moderate: {some: borrower, where: {fact: borrower.quake_zone, at_least: shaking}}",
            "low: {some: borrower, where: {fact: borrower.quake_zone, at_least: shaking}}",
        ),
        ("{all: [LOGGER], lowers_by: 1}", "{all: [LOGGER], lowers_by: 2}\n    - {all: [MOUNT], lowers_by: 1}"),
    ),
    "indicators/title.yaml": (
        ("includes_any: [invoice, photograph]", "includes_any: [bill, photograph]"),
        ("effective: {from: 2024-03-01}", "effective: {from: 2024-04-01}"),
        ("LAW-6:\n", f"{_UNINSURED}LAW-6:\n"),
    ),
    "controls.yaml": (
        *WORDS["controls.yaml"],
        ("DIMMER:", "INSURE: {title: Insurance, do: Insure it., who: registrar, effort: 1}\nDIMMER:"),
    ),
    "parameters.yaml": (
        ("- {from: 2025-07-01, value: 50000}", "- {from: 2025-07-01, value: 45000}"),
        ("- {value: 24}", "- {until: 2028-01-01, value: 24}\n    - {from: 2028-01-01, value: 18}"),
    ),
    "tables/regions.yaml": (("      ALP: shaking\n", "      ALP: severe\n"), ("      NO: true\n", "      ALP: true\n")),
    "ladders.yaml": ((_HELD, ""),),
    "invariants.yaml": (("loan.reach", "loan.visitors"),),
    "awareness.yaml": (("loan.reach", "loan.visitors"),),
}
"""Every kind of change: records that are new, gone, renamed, in a new order; conditions, values, cells, options."""


RENAMED: Replaced = {
    "set.yaml": (
        *NUMBER["set.yaml"],
        ("borrower: borrower.called", "host: host.called"),
        ("artwork.called", "artwork.known_as"),
        ("borrower: borrower.seat", "host: host.seat"),
        ("[borrower.seat", "[host.seat"),
        ("loan.reach", "loan.visitors"),
        ("[OBJ-1", "[FRAGILE"),
    ),
    "facts.yaml": (
        ("\nborrower:\n", "\nhost:\n  was: borrower\n"),
        ("    paperwork:\n", "    contract:\n      was: {name: paperwork, values: {signed_both: both_houses}}\n"),
        ("{signed_both: Both", "{both_houses: Both"),
        ("    reach:\n", "    visitors:\n      was: [reach]\n"),
        ("    shipper:\n", "    carrier:\n      was: shipper\n"),
        ("      from: shipper\n", "      from: carrier\n"),
        ("    quake_zone:\n", "    tremor:\n      was: {name: quake_zone, values: {calm: still}}\n"),
        ("{calm: Hardly", "{still: Hardly"),
        ("    material:\n", "    material:\n      was: {values: {paper: sheet}}\n"),
        ("paper: Paper,", "sheet: Paper,"),
        (
            "    called:\n      question: What is the object",
            "    known_as:\n      was: called\n      question: What is the object",
        ),
    ),
    "definitions.yaml": (("borrower.", "host."),),
    "indicators/object.yaml": (
        ("OBJ-1:\n", "FRAGILE:\n  was: OBJ-1\n"),
        ("some: borrower", "some: host"),
        ("every: borrower", "every: host"),
        ("borrower.quake_zone", "host.tremor"),
        ("borrower.", "host."),
        ("artwork.called", "artwork.known_as"),
    ),
    "indicators/title.yaml": (
        ("loan.paperwork", "loan.contract"),
        ("[SIGN]", "[BOTH_SIGN]"),
        ("some: borrower", "some: host"),
        ("borrower.", "host."),
        ("artwork.called", "artwork.known_as"),
        ("{loan.shipper}", "{loan.carrier}"),
    ),
    "controls.yaml": (
        ("SIGN:\n", "BOTH_SIGN:\n  was: SIGN\n"),
        ("loan.paperwork, is: signed_both", "loan.contract, is: both_houses"),
    ),
    "parameters.yaml": (("[paper, textile]", "[sheet, textile]"),),
    "tables/regions.yaml": (("  quake_zone:\n", "  tremor:\n"), ("NO: calm", "NO: still")),
    "ladders.yaml": (("[OBJ-1, OBJ-5]", "[FRAGILE, OBJ-5]"),),
    "invariants.yaml": (("loan.reach", "loan.visitors"), ("borrower.seat", "host.seat")),
    "awareness.yaml": (("some: borrower", "some: host"), ("borrower.", "host."), ("loan.reach", "loan.visitors")),
}
"""Everything that can have another name has one, and says what it was; its cases.yaml goes on with the old names."""
RENAMES = (
    ("entity", "borrower", "host"),
    ("fact", "loan.paperwork", "loan.contract"),
    ("fact", "loan.shipper", "loan.carrier"),
    ("fact", "loan.reach", "loan.visitors"),
    ("fact", "borrower.quake_zone", "host.tremor"),
    ("fact", "artwork.called", "artwork.known_as"),
    ("option", "loan.paperwork.signed_both", "loan.contract.both_houses"),
    ("option", "borrower.quake_zone.calm", "host.tremor.still"),
    ("option", "artwork.material.paper", "artwork.material.sheet"),
    ("control", "SIGN", "BOTH_SIGN"),
    ("indicator", "OBJ-1", "FRAGILE"),
)
"""Its new names, as the issue counts them: each once."""


def changed(folder: Path, replaced: Replaced, of: Path = LOAN_DESK) -> Path:
    """Return the folder of a copy of a version in which texts are replaced; it must be called by its version."""
    shutil.copytree(of, folder)
    for name, pairs in replaced.items():
        text = (folder / name).read_text("utf-8")
        for old, new in pairs:
            assert old in text, (name, old)
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
    return folder


SOONER: Replaced = {"set.yaml": (("version: 1.0.0", "version: 1.1.0"), ("from: 2024-03-01", "from: 2025-01-01"))}
"""What makes a version that is in force on the day of the loan desk's case."""


def two_releases(folder: Path) -> Path:
    """Write a set with two released versions of the loan desk, 1.1.0 in force on the day of its case; return it."""
    for number, replaced in (("1.0.0", {}), ("1.1.0", SOONER)):
        write_together(release(str(changed(folder / number, replaced))).files)
    return folder


def withdrawn(folder: Path, number: str = "1.1.0") -> Path:
    """Withdraw a version of a set; return the set."""
    write_together(withdraw(f"{folder}@{number}", "Table 4 was wrong", date(2026, 3, 1)).files)
    return folder


DAY = date(2026, 6, 15)
FACTS = """
    trip:
      title: Trip
      facts:
        pace: {type: choice, options: {calm: Calm, brisk: Brisk, wild: Wild}, riskier: later, question: How fast is it?}
        days: {type: integer, range: [0, 99], riskier: higher, question: How many days?}
    guest:
      title: Guest
      many: 4
      facts:
        fit: {type: boolean, riskier: false, question: Is the guest fit?}
"""
ARMED = "        armed: {type: boolean, riskier: true, question: Is anybody armed?}\n"
ASKS_MORE = FACTS.replace("        days:", f"{ARMED}        days:")
BASE = """\
base:
  id: base
  title: A harmless trip
  assessment_date: 2026-06-15
  trip: {pace: calm, days: 1}
  guest: [{id: g, fit: true}]
cases: []
"""


def versions(
    folder: Path, before: str, after: str, *, facts: str = FACTS, later_facts: str | None = None, number: str = "1.1.0"
) -> tuple[Comparison, Case]:
    """Write two versions with these indicators; return them compared, with the meaning, and the base case."""
    paths = []
    for version, rules, asked in (("1.0.0", before, facts), (number, after, later_facts or facts)):
        path = folder / version
        head = {"version": version, "in_force": {"from": DAY}}
        criteria_of(path, {"head": head, "facts": written(asked), "indicators": written(rules)})
        (path / "cases.yaml").write_text(BASE, "utf-8")
        paths.append(path)
    found = compared(*map(str, paths))
    base = base_of(found)
    meaning = meaning_of(found, base)
    return replace(found, changes=found.changes.model_copy(update={"meaning": meaning})), base


def newest(name: str) -> Criteria:
    """Return the newest version of a shipped set, or of the set in a folder."""
    return loaded(name)[1]


def is_draft(version: Version) -> bool:
    """Return whether the history of a set calls a version a draft: it is shipped to be looked at, not released yet."""
    heading = rf"^## {re.escape(version.dotted)} \(draft\b"
    history = criteria_folder() / version.name / "CHANGES.md"
    return re.search(heading, history.read_text("utf-8"), re.MULTILINE) is not None


def names_of(cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the name of every case that the tests of a cases.yaml state, of each row its own."""
    return [name for one in cases for name in [f"{one['name']}: {row}" for row in one.get("each", ())] or [one["name"]]]
