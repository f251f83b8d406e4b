"""Questionnaires that were made before the set changed its names, its answers or the kind of a question."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.export_form import Known, form_for
from risk_engine.office.forms.form import (
    Form,
    Question,
)
from risk_engine.report.blank_case import blank_case
from tests.cli.running import done, run
from tests.engine.builder import DAY, case_from, criteria_from
from tests.office.forms.people import Person, fill_document, fill_workbook

OLD = """
trip:
  facts:
    insured: {type: boolean}
    kind: {type: choice, options: {hike: A hike, ride: A ride}}
    gear: {type: choices, options: {rope: A rope, candle: A candle, torch: A torch}}
    pace: {type: choice, options: {calm: Calm, rash: Rash}}
"""
NEW = """
journey:
  was: trip
  facts:
    cover: {type: choice, options: {full: Full, nothing: Nothing}, was: {name: insured, values: {"false": nothing, "true": unknown}}}
    kinds: {type: choices, options: {walk: A walk, climb: A climb, drive: A drive}, was: {name: kind, values: {hike: [walk, climb], ride: drive}}}
    gear: {type: choices, options: {rope: A rope, lamp: A lamp}, was: {values: {candle: lamp, torch: lamp}}}
    pace: {type: choice, options: {calm: Calm, wild: Wild}, was: {values: {rash: wild}}}
"""  # noqa: E501
OLD_RULE = "A: {severity: {low: {fact: trip.pace, is: calm}}}"
NEW_RULE = "A: {severity: {low: {fact: journey.pace, is: calm}}}"


@pytest.fixture
def old(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path / "toy" / "1.0.0", facts=OLD, indicators=OLD_RULE)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    criteria_from(tmp_path / "toy" / "2.0.0", facts=NEW, indicators=NEW_RULE, head="{version: 2.0.0}")
    return tmp_path / "toy" / "2.0.0"


@pytest.mark.parametrize(
    ("fill", "name"), [(fill_workbook, "a.xlsx"), pytest.param(fill_document, "a.docx", marks=pytest.mark.nightly)]
)
@pytest.mark.parametrize(
    ("answers", "journey"),
    [
        ({"trip.insured": False}, {"cover": "nothing"}),
        ({"trip.kind": "hike"}, {"kinds": ["walk", "climb"]}),
        ({"trip.kind": "ride", "trip.pace": "rash"}, {"kinds": ["drive"], "pace": "wild"}),
        ({"trip.gear": ("candle", "rope")}, {"gear": ["rope", "lamp"]}),
        ({"trip.gear": ("candle", "torch")}, {"gear": ["lamp"]}),
    ],
)
def test_an_answer_on_an_old_form_is_what_it_is_today(  # noqa: PLR0913, PLR0917
    old: Criteria, new: Path, tmp_path: Path, fill: Any, name: str, answers: dict[str, Any], journey: dict[str, Any]
) -> None:
    fill(form_for(old, None), Person(answers), tmp_path / name)
    done("case", "import", tmp_path / name, "--into", tmp_path / "new.yaml", "--criteria", new)
    data = yaml.safe_load((tmp_path / "new.yaml").read_text("utf-8"))
    assert {short: one for short, one in data["journey"].items() if one != "unknown"} == journey


def test_an_old_answer_that_says_too_little_is_not_taken_and_kept_in_the_notes(
    old: Criteria, new: Path, tmp_path: Path
) -> None:
    fill_workbook(form_for(old, None), Person({"trip.insured": True}), tmp_path / "a.xlsx")
    result = run("case", "import", tmp_path / "a.xlsx", "--into", tmp_path / "new.yaml", "--criteria", new)
    assert result.code == 0
    assert "`journey.cover`: “Yes” is no answer in this version; not taken" in result.err
    data = yaml.safe_load((tmp_path / "new.yaml").read_text("utf-8"))
    assert data["journey"]["cover"] == "unknown"
    assert "not taken" in data["notes"]


def test_an_old_case_takes_an_old_form_and_is_written_in_the_names_of_today(
    old: Criteria, new: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(
        'id: c\ntitle: "…"\nassessment_date: 2026-06-15\ntrip:\n  insured: false  # by letter\n  pace: unknown\n',
        "utf-8",
    )
    fill_workbook(form_for(old, None), Person({"trip.pace": "rash", "trip.insured": False}), tmp_path / "a.xlsx")
    result = run("case", "import", tmp_path / "a.xlsx", "--into", case, "--criteria", new)
    assert result.code == 0, result.err
    assert "`trip.insured` is now `journey.cover`, and `false` there is `nothing`" in result.err
    text = case.read_text("utf-8")
    assert "journey:\n  cover: nothing  # by letter\n  pace: wild\n" in text
    assert "trip" not in text


def test_an_old_form_contradicts_a_case_of_today_as_any_other(old: Criteria, new: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text("id: c\ntitle: C\nassessment_date: 2026-06-15\njourney:\n  pace: calm\n", "utf-8")
    fill_workbook(form_for(old, None), Person({"trip.pace": "rash"}), tmp_path / "a.xlsx")
    result = run("case", "import", tmp_path / "a.xlsx", "--into", case, "--criteria", new)
    assert result.code == 2
    assert "`journey.pace` is answered " in result.err
    assert (result.out, "nothing was written" in result.err) == ("", True)


# --- what is deprecated ---

DEPRECATED = """
trip:
  facts:
    bold: {type: boolean, deprecated: 2026-01-01}
    pace: {type: choice, options: {calm: Calm, brisk: Brisk, wild: Wild}, deprecated_options: {wild: 2026-01-01}}
    gear: {type: choices, options: {rope: A rope, axe: An axe}, deprecated_options: {axe: 2027-01-01}}
"""


def asked(form: Form) -> dict[str, Question]:
    return {one.name: one for part in form.parts for one in part.questions}


def test_forms_and_new_cases_do_not_offer_what_is_deprecated_on_their_day(tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path / "toy", facts=DEPRECATED, indicators=OLD_RULE)
    of_case = asked(form_for(criteria, None, known=Known(case_from(criteria))))
    assert list(of_case) == ["trip.pace", "trip.gear"]
    assert [name for name, _title in of_case["trip.pace"].choices] == ["calm", "brisk"]
    assert [name for name, _title in of_case["trip.gear"].choices] == ["rope", "axe"]
    assert list(asked(form_for(criteria, None))) == ["trip.bold", "trip.pace", "trip.gear"]
    text = blank_case(criteria, on=DAY)
    assert "bold" not in text
    assert "wild" not in text
    assert "axe" in text
    assert "bold" in blank_case(criteria)
