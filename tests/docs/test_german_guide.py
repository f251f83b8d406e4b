"""What the German guide works out by hand is what the engine computes, in the words of the German criteria."""

import re
from datetime import date
from pathlib import Path

import pytest

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import translation_of
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.translation import in_words_of
from tests.told import assess_told

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "de" / "ergebnis-lesen.md").read_text(encoding="utf-8")
LUNG = ROOT / "examples" / "lung-imaging.yaml"
DAY = date(2026, 11, 25)
SEVERITIES = {"low": "gering", "moderate": "mittel", "high": "hoch", "critical": "kritisch"}
BANDS = {"minimal": "minimal", "limited": "begrenzt", "high": "hoch", "unacceptable": "nicht hinnehmbar"}
BARS = {
    "none": "–",
    "hold": "Startvorbehalt",
    "funding": "Förderung",
    "policy": "eigene rote Linie",
    "legal": "rechtlich",
}


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    """The version that holds on the day of the case: a later one may ask what it does not answer."""
    return load_criteria("reconnect-china", DAY)


@pytest.fixture(scope="module")
def german(criteria: Criteria) -> Criteria:
    translation = translation_of(criteria, "de")
    assert translation is not None
    return in_words_of(criteria, translation)


@pytest.fixture(scope="module")
def lung(criteria: Criteria) -> Explanation:
    return assess_told(load_case(LUNG, criteria), criteria)


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table of the guide whose first column is called so, its head left out."""
    (table,) = (
        one
        for one in re.findall(r"(?:^\|.*\n)+", GUIDE, re.MULTILINE)
        if one.startswith(f"| {first} |".replace("  ", " "))
    )
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_findings_of_the_guide_are_those_of_the_engine(
    criteria: Criteria, german: Criteria, lung: Explanation
) -> None:
    assert rows("Befund") == [
        [
            f"{one.id} {german.indicators[one.id].title}",
            SEVERITIES[one.inherent],
            BARS[one.knock_out.at_least],
            f"{criteria.head.severity.of(one.inherent)}",
        ]
        for one in sorted(lung.findings, key=lambda one: one.id)
        if one.outcome != "absent"
    ]


def test_the_sums_of_the_guide_are_those_of_the_engine(lung: Explanation) -> None:
    assert [one.dimension for one in lung.ratings] == ["security", "competitiveness", "ethics"]
    assert [cells[0] for cells in rows("Dimension")] == ["Sicherheit", "Wettbewerbsfähigkeit", "Ethik"]
    assert [[cells[1].rpartition(" ")[2], *cells[2:]] for cells in rows("Dimension")] == [
        [
            f"{one.inherent.at_least}",
            BANDS[one.inherent.band_at_least],
            f"{one.residual.at_least}",
            BANDS[one.residual.band_at_least],
        ]
        for one in lung.ratings
    ]


def test_the_levels_of_the_guide_are_those_of_the_engine(german: Criteria, lung: Explanation) -> None:
    by_hand = re.findall(r"^- \*\*(Maßnahme|Start|Kommission): ([\w ]+?)[.,]", GUIDE, re.MULTILINE)
    ladders = {german.ladders[one.ladder].title: german.ladders[one.ladder] for one in lung.proposals}
    reached = {german.ladders[one.ladder].title: one.level.name for one in lung.proposals}
    assert {name: level.casefold() for name, level in by_hand} == {
        name: ladders[name].levels[level].title.casefold() for name, level in reached.items()
    }
    assert f"*{ladders['Start'].question}*" in GUIDE
    assert f"*{ladders['Start'].levels[reached['Start']].answer}*" in " ".join(GUIDE.split())


def test_every_level_of_the_guide_stands_in_the_order_of_its_ladder(german: Criteria) -> None:
    said = {cells[0].strip("*"): cells[1].split(" · ") for cells in rows("")}
    assert {name: [one.casefold() for one in levels] for name, levels in said.items()} == {
        ladder.title: [level.title.casefold() for level in ladder.levels.values()] for ladder in german.ladders.values()
    }
