"""A stored outlook finds its assessment among the files or beside it, and says why its cases are not worked out."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from risk_engine.engine.assess import assess, to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import Margins, Outlook, OutlookChecked, outlook_digest
from risk_engine.records.verify import Link, outlook_links
from tests.engine.builder import DAY, case_from, criteria_from


@pytest.fixture
def rules(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path / "toy")


@pytest.fixture
def assessment(rules: Criteria) -> Assessment:
    return assess(case_from(rules), rules, DAY)


def outlook_on(assessment: Assessment) -> Outlook:
    made = Outlook.model_validate(
        {
            "schema": 2,
            "engine": "1",
            "solver": "1",
            "base": "0" * 64,
            "assessment": assessment.digest,
            "case_id": assessment.case_id,
            "on": assessment.on,
            "entries": {},
            "ranges": (),
            "questions": (),
            "ways": (),
            "margins": Margins(),
            "digest": "",
        }
    )
    return made.model_copy(update={"digest": outlook_digest(made)})


def links(path: Path, assessment: Assessment, known: Mapping[str, Assessment], rules: Criteria) -> list[Link]:
    checked = OutlookChecked(cases=1, is_searched=True)
    return list(outlook_links(path, outlook_on(assessment), known, lambda _: rules, lambda *_: checked))


def test_an_assessment_among_the_files_need_not_lie_beside_the_outlook(
    assessment: Assessment, rules: Criteria, tmp_path: Path
) -> None:
    found = links(tmp_path / "outlook.json", assessment, {assessment.digest: assessment}, rules)
    assert {one.verdict for one in found} == {"holds"}


def test_an_assessment_beside_the_outlook_need_not_be_among_the_files(
    assessment: Assessment, rules: Criteria, tmp_path: Path
) -> None:
    (tmp_path / "assessment.json").write_bytes(to_json(assessment))
    found = links(tmp_path / "outlook.json", assessment, {}, rules)
    assert {one.verdict for one in found} == {"holds"}


def test_without_its_assessment_nobody_can_say_more_than_that_it_was_not_changed(
    assessment: Assessment, rules: Criteria, tmp_path: Path
) -> None:
    found = links(tmp_path / "outlook.json", assessment, {}, rules)
    assert [one.verdict for one in found] == ["holds", "unchecked"]


def test_why_there_are_no_criteria_is_told_on_one_line(assessment: Assessment, tmp_path: Path) -> None:
    def missing(_: Assessment) -> Criteria:
        message = "there is no set `toy`"
        raise RiskEngineError(message, "name its folder")

    def again(*_: object) -> OutlookChecked:
        raise AssertionError

    known = {assessment.digest: assessment}
    *_, last = outlook_links(tmp_path / "outlook.json", outlook_on(assessment), known, missing, again)
    assert last.verdict == "unchecked"
    assert last.text.endswith("could not be worked out again: there is no set `toy` help: name its folder")
