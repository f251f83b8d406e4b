import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.version_files import UNREAD
from risk_engine.model.facts import RowFact, TextFact
from tests.editing import edit

TESTS = Path(__file__).parents[1]
LOAN_DESK = TESTS / "sets" / "loan-desk" / "1.0.0"
SHIPPED = TESTS.parent / "criteria"


RULE_FILES = sorted(
    path.relative_to(LOAN_DESK).as_posix() for path in LOAN_DESK.rglob("*.yaml") if path.name not in UNREAD
)


def test_a_set_is_read_whole() -> None:
    criteria = read_criteria(LOAN_DESK)
    assert list(criteria.entities) == ["loan", "borrower", "artwork"]
    assert len(criteria.indicators) == 12
    assert criteria.places["OBJ-2"] == "indicators/object.yaml:28:1"
    assert list(criteria.tables) == ["regions", "shippers"]
    assert list(criteria.invariants.results) == ["refused_is_not_ready", "refusal_has_a_finding"]


def test_a_set_needs_no_more_than_three_files_and_an_indicator(tmp_path: Path) -> None:
    (tmp_path / "indicators").mkdir()
    head = (LOAN_DESK / "set.yaml").read_text("utf-8")
    kept, _, _ = head.partition("  label:")
    (tmp_path / "set.yaml").write_text(kept, "utf-8")
    (tmp_path / "facts.yaml").write_text(
        "loan: {title: L, facts: {months: {type: integer, range: [1, 9], question: How long?, asked_of: registrar}}}"
    )
    (tmp_path / "indicators" / "all.yaml").write_text("{}")
    edit(LOAN_DESK / "ladders.yaml", "OBJ-1, OBJ-5", "LONG", to=tmp_path / "ladders.yaml")
    (tmp_path / "indicators" / "all.yaml").write_text(
        "LONG:\n  title: Long\n  dimension: keeping\n  ground: ownership\n  question: Long?\n  reason: It is.\n"
        "  severity: {low: {fact: loan.months, at_least: 3}}\n  evidence: None\n  sources: [{id: book}]\n"
        "  because: '{loan.months}'\n  irreducible: Yes\n"
        "  author: {drawn_up_by: {name: N, discipline: law, date: 2024-01-01}}\n"
    )
    with pytest.raises(InvalidSourceError, match="there is no source `book`"):
        read_criteria(tmp_path)
    (tmp_path / "sources.yaml").write_text("book: {instrument: Book, verified: true, kind: research}")
    assert list(read_criteria(tmp_path).indicators) == ["LONG"]


# --- the digest ---


def rewritten(text: str) -> str:
    """Return the same YAML, written otherwise: a comment more, other line ends."""
    return ("# a comment\n" + text).replace("\n", "\r\n")


def test_comments_and_line_ends_do_not_change_the_digest(desk: Path) -> None:
    before = read_criteria(desk).digest
    for path in desk.rglob("*.yaml"):
        path.write_bytes(rewritten(path.read_text("utf-8")).encode())
    assert read_criteria(desk).digest == before


def test_the_order_of_options_is_in_the_digest(desk: Path) -> None:
    """Options stand in order of risk: to swap two of them is to change the rules."""
    before = read_criteria(desk).digest
    facts = desk / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    swapped = re.sub(r"options: \{(\w+: [^,}]+), (\w+: [^,}]+)", r"options: {\2, \1", text)
    assert swapped != text
    facts.write_text(swapped, encoding="utf-8")
    assert read_criteria(desk).digest != before


def test_the_order_in_which_files_are_found_does_not_change_the_digest(desk: Path, tmp_path: Path) -> None:
    for path in sorted(desk.rglob("*.yaml"), reverse=True):
        copy = tmp_path / "again" / path.relative_to(desk)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert read_criteria(tmp_path / "again").digest == read_criteria(desk).digest


@pytest.mark.parametrize("name", UNREAD)
def test_what_no_assessment_reads_is_outside_the_digest(name: str, desk: Path) -> None:
    before = read_criteria(desk).digest
    (desk / name).write_text("anything: [")
    assert read_criteria(desk).digest == before


@pytest.mark.parametrize("name", RULE_FILES)
def test_every_rule_file_is_in_the_digest(name: str, desk: Path) -> None:
    before = read_criteria(desk).digest
    edit(desk / name, *CHANGED[name])
    assert read_criteria(desk).digest != before


CHANGED = {
    "awareness.yaml": ("The logbook", "The log"),
    "controls.yaml": ("effort: 1", "effort: 2"),
    "definitions.yaml": ("at_least: drifting", "at_least: unlogged"),
    "facts.yaml": ("range: [1, 60]", "range: [1, 61]"),
    "indicators/object.yaml": ("residual: low", "residual: none"),
    "indicators/title.yaml": ("residual: low", "residual: none"),
    "invariants.yaml": ("at_most: 500", "at_most: 501"),
    "ladders.yaml": ("review_months: 24", "review_months: 23"),
    "parameters.yaml": ("value: 24", "value: 25"),
    "set.yaml": ("critical: 50", "critical: 51"),
    "sources.yaml": ("verified: false", "verified: true"),
    "tables/regions.yaml": ("ALP: shaking", "ALP: calm"),
    "tables/shippers.yaml": ("SLOWBOAT: 3", "SLOWBOAT: 4"),
}


# --- nothing in Python knows a set ---


def names_of(folder: Path) -> Iterator[str]:
    """Yield every name that a set gives: of entities, facts, options, indicators, controls, levels and so on."""
    criteria = read_criteria(folder)
    head = criteria.head
    for part in (
        criteria.definitions,
        criteria.indicators,
        criteria.controls,
        criteria.parameters,
        criteria.tables,
        criteria.ladders,
        criteria.awareness,
        criteria.sources,
        criteria.invariants.facts,
        criteria.invariants.results,
        head.dimensions,
        head.grounds,
        head.severity.bands,
        head.asked_of,
        head.families,
    ):
        yield from part
    for entity_name, entity in criteria.entities.items():
        yield entity_name
        for name, fact in entity.facts.items():
            yield name
            if not isinstance(fact, RowFact | TextFact):
                yield from getattr(fact, "options", {})
    for ladder in criteria.ladders.values():
        yield from ladder.levels


@pytest.mark.parametrize("shipped", sorted(path.parent for path in SHIPPED.glob("*/set.yaml")), ids=str)
def test_the_loan_desk_shares_no_name_with_a_shipped_set(shipped: Path) -> None:
    assert set(names_of(LOAN_DESK)) & set(names_of(shipped)) == set()
