from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.office.register.folder import case_folders
from risk_engine.office.register.listing import Narrowed, Narrowing, columns, row, titles
from risk_engine.office.register.record import CaseRecord, record_of
from tests.office.register.filing import assessed, case_file, decided, filed, with_id, written

ON = date(2026, 3, 9)
OPEN = ("    seat: NO\n", "    seat: unknown\n")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[CaseRecord]:
    """Return a register with a settled case, an open one, a closed one and one that is decided."""
    folder = tmp_path_factory.mktemp("listing")
    register = folder / "r"
    filed(register, case_file(folder, with_id("settled")))
    filed(
        register,
        case_file(
            folder,
            with_id("open"),
            ("hazards: [arsenic]", "hazards: unknown"),
            ("called: Harbour Museum", "called: =cmd()"),
        ),
    )
    filed(register, case_file(folder, with_id("closed"), ("status: submitted", "status: closed")))
    assessment = assessed(case_file(folder, with_id("decided")))
    filed(register, written(folder / "a.json", assessment), written(folder / "d.json", decided(assessment)))
    (register / "empty").mkdir()  # as a command leaves it that was killed when it had made the folder
    return [record_of(one) for one in case_folders(register)]


def found(records: list[CaseRecord], on: date = ON, **by: Any) -> list[str]:
    narrowing = Narrowing(Narrowed(**by), on)
    fitting = [one.case_id for one in records if narrowing.fits(one)]
    narrowing.check()
    return fitting


def test_without_anything_said_every_case_is_listed(records: list[CaseRecord]) -> None:
    assert found(records) == ["closed", "decided", "empty", "open", "settled"]


def test_the_columns_bear_the_words_of_the_set(records: list[CaseRecord]) -> None:
    assert columns(title for one in records for title in titles(one)) == (
        "Case", "Title", "With", "Release", "Verdict", "Escalation", "Still open",
        "Decision", "Decided", "Review", "Criteria",
    )  # fmt: skip
    rows = {one[0]: one for one in map(row, records)}
    assert rows["settled"] == (
        "settled",
        "Fans of the old court",
        "Harbour Museum, House on the Plain",
        "Checks due",
        "Lend on terms",
        "–",
        "no",
        "awaited",
        "–",
        "2026-09-02",
        "loan-desk 1.0.0",
    )
    assert rows["empty"] == ("empty", "not assessed", *("–",) * 9)
    assert rows["closed"][7:10] == ("awaited", "–", "closed")
    assert rows["decided"][7:9] == ("decided, 2026-03-05", "Lend on terms")
    assert rows["open"][2] == "=cmd(), House on the Plain"
    assert rows["open"][4].startswith("Still open: between ")
    assert rows["open"][6] == "yes"


def test_a_decision_that_deviates_or_waits_says_so(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    other = decided(assessment, levels=(("verdict", "refuse"),), reason="The house is closed.")
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", other))
    (one,) = map(record_of, case_folders(tmp_path / "r"))
    assert row(one)[7:9] == ("awaits confirmation, 2026-03-05, not as proposed", "Refuse")


def test_a_level_that_was_decided_stands_in_the_list_and_is_found(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    other = decided(assessment, levels=(("verdict", "refuse"), ("release", "held")), reason="The house is closed.")
    filed(tmp_path / "r", tmp_path / "case.yaml", written(tmp_path / "d.json", other))
    (one,) = records = list(map(record_of, case_folders(tmp_path / "r")))
    assert row(one)[4] == "Lend on terms"
    assert row(one)[8] == "Refuse, Release: Held"
    for level in ("refuse", "verdict=refuse", "release=held", "lend_on_terms", "release=checks_due"):
        assert found(records, level=level) == ["L-2026-07"], level
    assert found(records, level="release=ready") == []
    filed(tmp_path / "r", case_file(tmp_path, ("months: 8", "months: 9")))
    (one,) = records = list(map(record_of, case_folders(tmp_path / "r")))
    assert row(one)[7:9] == ("on an earlier assessment, 2026-03-05, not as proposed", "Refuse, Release: Held")
    assert found(records, level="refuse") == ["L-2026-07"]


def test_an_open_case_is_under_every_level_that_it_may_have(records: list[CaseRecord]) -> None:
    opened = next(one for one in records if one.case_id == "open")
    assert opened.current is not None
    headline = opened.current.assessment.proposal("headline")
    assert headline is not None
    assert len(headline.range) > 1
    for level in headline.range:
        assert "open" in found(records, level=level)
        assert "open" in found(records, level=f"verdict={level}")
    assert "settled" not in found(records, level=headline.range[-1])
    assert "settled" in found(records, level="release=checks_due")


def test_what_was_not_assessed_is_never_left_out_by_a_question_about_the_result(records: list[CaseRecord]) -> None:
    for by in ({"level": "lend"}, {"partner": "nobody"}, {"still_open": True}, {"older_than": "0.1.0"}):
        assert "empty" in found(records, **by)


def test_a_name_or_an_id_of_any_entry_finds_its_case(records: list[CaseRecord]) -> None:
    assert found(records, partner="HARBOUR museum") == ["closed", "decided", "empty", "settled"]
    assert found(records, partner="cranes") == ["closed", "decided", "empty", "open", "settled"]
    assert found(records, partner="harbour") == ["closed", "decided", "empty", "open", "settled"]


def test_the_other_questions_narrow_together(records: list[CaseRecord]) -> None:
    assert found(records, still_open=True) == ["empty", "open"]
    assert found(records, awaiting_decision=True) == ["empty", "open", "settled"]
    assert found(records, due=True) == []
    assert found(records, due=True, on=date(2026, 4, 2)) == ["decided", "open", "settled"]
    assert found(records, due=True, still_open=True, on=date(2026, 4, 2)) == ["open"]
    assert found(records, older_than="1.0.0") == ["empty"]
    assert found(records, older_than="1.10.0") == found(records)
    assert found(records, older_than="loan-desk@2.0.0") == found(records)
    assert found(records, older_than="another@2.0.0") == ["empty"]


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ({"level": "lent"}, "`lent` is no level of verdict\n  help: did you mean `lend`?"),
        ({"level": "checks_due"}, "`checks_due` is no level of verdict\n  help: write `release=checks_due`"),
        ({"level": "releas=clear"}, "no case of this register has a ladder `releas`\n  help: did you mean `release`?"),
        ({"older_than": "1.0"}, "`1.0` is no version\n  help: write it like `1.0.0` or `SET@1.0.0`"),
        *(({"older_than": one}, f"`{one}` is no version") for one in ("1.x.0", "x.1.0", "1.0.0.0", "1.².0", "1..0")),
        ({"level": "x=y", "older_than": "z"}, "no case of this register has a ladder `x`"),
        ({"level": "x=y", "older_than": "z"}, "`z` is no version"),
    ],
)
def test_a_question_that_means_nothing_is_refused(by: dict[str, Any], message: str, records: list[CaseRecord]) -> None:
    with pytest.raises(RiskEngineError) as caught:
        found(records, **by)
    assert message in str(caught.value)


def test_any_level_can_be_asked_for_where_nothing_is_filed() -> None:
    assert found([], level="lend") == []
    assert columns(())[3:6] == ("Gate", "Result", "Escalation")
