"""The examples come out as the catalogue says, none asks for more than it answers, and nobody in them is real.

What is expected was written from the catalogue (its worked and its ordinary cases) and stands apart from the reviewed
output in tests/golden: that says how a result looks, this says what it has to be.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from risk_engine.files.source import read
from risk_engine.loading.case import load_case, read_case_file, stated_criteria, stated_date
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from tests.cli.running import EXAMPLES, ROOT, done
from tests.criteria.published_names import comparable, published
from tests.strategies import by_turns
from tests.told import assess_told

NAMES = sorted(one.stem for one in EXAMPLES.glob("*.yaml"))
OPEN = "half-filled"
WALKED = "battery-recycling"
"""What it comes to stands in tests/docs/walked.py, and how it goes on."""
SHARED = ROOT / ".." / "shared" / "data"


class Expected(NamedTuple):
    """The present findings with their severity before and after the controls in place, the measure and the gate."""

    findings: dict[str, tuple[str, str]]
    measure: str
    gate: str


NOTHING = Expected({}, "advice", "clear")

EXPECTED = {
    # C01
    "boreal-carbon": Expected(
        {"COM-07": ("moderate", "none"), "ETH-16": ("moderate", "moderate")},
        "advice",
        "clear",
    ),
    # C03
    "drone-swarm": Expected(
        {"SEC-08": ("critical", "critical"), "SEC-11": ("high", "high"), "SEC-04": ("high", "high")},
        "restriction",
        "blocked",
    ),
    # C05
    "lung-imaging": Expected(
        {
            "ETH-07": ("high", "high"),
            "ETH-08": ("high", "high"),
            "ETH-09": ("moderate", "moderate"),
            "ETH-10": ("high", "high"),
            "ETH-16": ("moderate", "moderate"),
        },
        "regulation",
        "blocked",
    ),
    # C05b
    "lung-imaging-federated": Expected(
        {"ETH-07": ("high", "low"), "ETH-08": ("high", "low")},
        "regulation",
        "clear",
    ),
    # C08
    "horizon-robotics": Expected({"COM-01": ("critical", "critical")}, "restriction", "blocked"),
    # C09
    "endowed-chair": Expected(
        {
            "COM-09": ("critical", "critical"),
            "COM-08": ("high", "high"),
            "COM-05": ("high", "high"),
            "ETH-13": ("moderate", "moderate"),
        },
        "restriction",
        "blocked",
    ),
    # C09b
    "endowed-chair-renegotiated": Expected(
        {
            "COM-09": ("critical", "none"),
            "COM-08": ("high", "low"),
            "COM-05": ("high", "none"),
            "ETH-13": ("moderate", "low"),
        },
        "regulation",
        "clear",
    ),
    # C12
    "number-theory": Expected(
        {"SEC-09": ("moderate", "low"), "SEC-11": ("moderate", "low")},
        "advice",
        "clear",
    ),
    # Of no worked case: SEC-11 outside the critical areas.
    "compare": Expected({"SEC-11": ("moderate", "moderate")}, "advice", "clear"),
    "humanities-in-the-eu": NOTHING,
    "two-eu-hospitals": NOTHING,
    "aerospace-institute-in-the-eu": NOTHING,
    "quantum-with-preapproved-country": NOTHING,
}

IN_PLACE = {
    "boreal-carbon": {"CTL-17"},
    "lung-imaging": {"CTL-28"},  # a supporting control, which lowers nothing
    "lung-imaging-federated": {"CTL-14", "CTL-16"},
    "endowed-chair-renegotiated": {"CTL-36", "CTL-22", "CTL-19", "CTL-32", "CTL-34"},
    "number-theory": {"CTL-07", "CTL-29"},
}


@cache
def criteria_of(name: str) -> Criteria:
    """Return the version that holds on the day of an example: a later one may ask what it does not answer."""
    document = read_case_file(EXAMPLES / f"{name}.yaml")
    return load_criteria(stated_criteria(document), stated_date(document))


def assessed(name: str) -> Explanation:
    criteria = criteria_of(name)
    return assess_told(load_case(EXAMPLES / f"{name}.yaml", criteria), criteria)


def test_every_example_is_one_that_the_catalogue_decides() -> None:
    assert set(NAMES) == {*EXPECTED, OPEN, WALKED}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_comes_out_as_the_catalogue_says(name: str) -> None:
    result = assessed(name)
    levels = {one.ladder: one for one in result.proposals}
    present = {one.id: one for one in result.findings if one.outcome != "absent"}
    assert {one.outcome for one in present.values()} <= {"present"}
    assert (
        Expected(
            {key: (one.inherent, one.residual.at_least) for key, one in present.items()},
            levels["measure"].level.name,
            levels["start_gate"].level.name,
        )
        == EXPECTED[name]
    )
    assert [one.residual.at_least for one in present.values()] == [one.residual.at_most for one in present.values()]
    # No residual high of a critical finding, and no three of them in two dimensions.
    assert levels["escalation"].level.name == "none"


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_has_the_controls_in_place_that_the_catalogue_names(name: str) -> None:
    case = load_case(EXAMPLES / f"{name}.yaml", criteria_of(name))
    in_place = {one.id for one in case.controls if one.status in ("implemented", "verified") and one.evidence}
    assert in_place == IN_PLACE.get(name, set())


def test_the_half_filled_example_is_open_and_names_the_decisive_answers() -> None:
    result = assessed(OPEN)
    measure = next(one for one in result.proposals if one.ladder == "measure")
    assert [one.id for one in result.findings if one.outcome == "present"] == []
    assert measure.provisional
    assert [one.name for one in measure.range] == ["advice", "regulation", "restriction"]
    assert {one.path for one in result.gaps} == {
        "partner.austral.sanctioned",
        "activity.dives.end_user_known",
        "funding.national.partner_eligibility",
    }


@pytest.mark.parametrize("name", by_turns(EXPECTED, 5))
def test_an_example_answers_every_question_that_must_be_asked(name: str) -> None:
    assert "not answered" not in done("case", "check", EXAMPLES / f"{name}.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_first_what_it_shows_and_how_to_run_it(name: str) -> None:
    head = (EXAMPLES / f"{name}.yaml").read_text("utf-8").partition("\n\n")[0].splitlines()
    assert all(line.startswith("#") for line in head)
    assert head[-2:] == ["#", f"#   risk-engine assess examples/{name}.yaml"]
    assert "All names are invented" in " ".join(line.removeprefix("# ") for line in head)


# --- the table of README.md ---


def test_the_table_of_the_examples_says_what_comes_out() -> None:
    text = (EXAMPLES / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| \[[\w-]+\]\(([\w-]+)\.yaml\) \|.*\| ([^|]+) \|$", text, re.MULTILINE))
    assert sorted(rows) == NAMES
    for name, (_, measure, gate) in EXPECTED.items():
        assert rows[name] == f"{_title(name, 'start_gate', gate)}, {_title(name, 'measure', measure).lower()}", name
    assert rows[OPEN] == "Still open"
    assert (
        rows[WALKED] == f"{_title(WALKED, 'start_gate', 'blocked')}, {_title(WALKED, 'measure', 'regulation').lower()}"
    )


def _title(name: str, ladder: str, level: str) -> str:
    return criteria_of(name).ladders[ladder].levels[level].title


# --- nobody is real ---


def organisations(name: str) -> Iterator[str]:
    """Yield what an example calls the own institution, the partners, also in their own script, and people's homes."""
    data = read(EXAMPLES / f"{name}.yaml").data
    yield data["institution"]
    for partner in data["partner"]:
        yield from (partner[key] for key in ("name", "name_local") if key in partner)
    yield from (person["home_partner"] for person in data["person"])


@pytest.fixture(scope="module")
def lists() -> dict[str, frozenset[str]]:
    if not SHARED.exists():
        pytest.skip("some of the public lists are for non-commercial use only, so they are not part of the repository")
    return dict(published(SHARED))


@pytest.mark.nightly
def test_no_organisation_of_an_example_is_called_like_a_real_one(lists: dict[str, frozenset[str]]) -> None:
    ours = {comparable(one): one for name in NAMES for one in organisations(name)}
    assert len(ours) > len(NAMES)
    assert [file for file, names in lists.items() if not names] == []
    assert [(file, ours[one]) for file, names in lists.items() for one in sorted(ours.keys() & names)] == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    "name",
    [
        "Nanjing University of Aeronautics & Astronautics",
        "NATIONAL UNIVERSITY OF DEFENSE TECHNOLOGY",
        "The Universidade do Minho",
        "Universitat Politecnica de Catalunya",
        "国防科技大学",
    ],
)
def test_a_real_name_is_recognised_however_it_is_written(name: str, lists: dict[str, frozenset[str]]) -> None:
    assert any(comparable(name) in names for names in lists.values())


@pytest.mark.parametrize("name", NAMES)
def test_people_stand_in_an_example_by_a_pseudonym_or_an_office(name: str) -> None:
    data = read(EXAMPLES / f"{name}.yaml").data
    records = [*data.get("evidence", []), *(two for one in data.get("controls", []) for two in one.get("evidence", []))]
    people = {
        data["assessor"],
        *(one["collected_by"] for one in records),
        *(one["owner"] for one in data.get("controls", [])),
        *(one["role"] for one in data["person"]),
    }
    offices = set(criteria_of(name).head.asked_of.values())
    assert [one for one in people if one not in offices and not re.search(r"\b[PR]-\d{2}\b", one)] == []
