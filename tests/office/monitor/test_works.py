"""Joint works with partners that no case of the register names."""

from pathlib import Path

import pytest

from risk_engine.office.monitor.changes import Change, Report
from risk_engine.office.monitor.works import Data
from tests.awareness.pages import export
from tests.cli.running import EXAMPLES, TODAY, refused, run
from tests.office.monitor.looking import looked, of_kind, seen, told

SONGHUA = "Songhua Institute of Aeronautical Engineering"
DELFT = "Delft University"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return with_partner(tmp_path, SONGHUA)


def with_partner(folder: Path, name: str, country: str = "CN") -> Path:
    """Return a register with a case about a partner of this name."""
    text = (EXAMPLES / "drone-swarm.yaml").read_text("utf-8")
    assert SONGHUA in text
    text = text.replace(SONGHUA, name).replace("country: CN", f"country: {country}")
    (folder / "case.yaml").write_text(text, "utf-8")
    run("register", "add", folder / "r", folder / "case.yaml")
    return folder / "r"


def data(tmp_path: Path, *, more: int = 0, against: bool = False, institution: str = DELFT) -> Data:
    files = [export(tmp_path / "new.jsonl", more=more)]
    earlier = [export(tmp_path / "old.jsonl")] if against else []
    return Data(files, institution, ("EU27-AC", "CN"), earlier)


def look(register: Path, works: Data | None) -> Report:
    return looked(register, TODAY, criteria=(), works=works).report


def found(report: Report) -> list[tuple[str, int]]:
    return [(one.about["theirs"], one.about["works"]) for one in of_kind(report, "uncovered")]


def test_works_that_nobody_named_were_not_looked_at(register: Path) -> None:
    said = {one.name: (one.state, one.said) for one in look(register, None).parts}
    assert said["works"] == ("not_asked", "no file of works was named (`--works`)")


def test_a_partner_that_no_case_names_is_told_with_how_many_works(register: Path, tmp_path: Path) -> None:
    report = look(register, data(tmp_path))
    assert found(report) == [("Tsinghua University", 12)]
    said = next(one.said for one in report.parts if one.name == "works")
    assert said == f"new.jsonl: 18 works, a sample of unknown share; {DELFT} has 1 partner there"


@pytest.mark.parametrize("name", ["Tsinghua University", "TSINGHUA UNIVERSITY", "Tsinghua Univ."])
def test_a_case_covers_its_partner_by_any_name_that_is_surely_the_same(name: str, tmp_path: Path) -> None:
    report = look(with_partner(tmp_path, name), data(tmp_path))
    assert found(report) == []
    assert not report.problems


def test_one_of_that_name_in_another_country_is_shown_as_possible_and_covers_nothing(tmp_path: Path) -> None:
    report = look(with_partner(tmp_path, "Tsinghua University", "RU"), data(tmp_path))
    (change,) = of_kind(report, "uncovered")
    assert [one.lines for one in change.touches] == [("possibly the same: “Tsinghua University”",)]


def test_against_an_earlier_export_what_stood_there_is_not_told_and_what_grew_is(
    register: Path, tmp_path: Path
) -> None:
    assert found(look(register, data(tmp_path, against=True))) == []
    both = found(look(register, data(tmp_path, more=3, against=True)))
    assert sorted(both) == [("Tsinghua University", 15), ("Zhejiang University", 1)]


def test_the_works_are_what_is_said_of_them_and_a_pair_is_what_a_person_said(register: Path, tmp_path: Path) -> None:
    works, words, sources = export(tmp_path / "w.jsonl"), tmp_path / "words.yaml", tmp_path / "sources.yaml"
    old = export(tmp_path / "old.jsonl")
    sources.write_text("sources:\n  w.jsonl: {whole: true}\n  old.jsonl: {whole: true}\n", "utf-8")
    pair = ("--pair", DELFT, "Tsinghua University", "--by", "A. Officer", "--reason", "one affiliation")
    run("awareness", "judge", works, *pair, "--as", "suspect", "--overrules", words)
    of = Data([works], DELFT, ("EU27-AC", "CN"), said=sources, overrules=words, against=[old])
    said = next(one.said for one in look(register, of).parts if one.name == "works")
    assert said.startswith(f"w.jsonl: 18 works; {DELFT} has 1 partner there; 1 is suspect and not told")
    of = Data([works], DELFT, ("EU27-AC", "CN"), whole=True, overrules=words)
    report = look(register, of)
    assert next(one.said for one in report.parts if one.name == "works").startswith("w.jsonl: 18 works; ")
    assert found(report) == []


def test_what_was_acknowledged_is_told_again_when_there_are_more_works(register: Path, tmp_path: Path) -> None:
    def uncovered(more: int) -> list[Change]:
        return of_kind(told(register, TODAY, criteria=(), works=data(tmp_path, more=more)), "uncovered")

    (change,) = uncovered(0)
    seen(register, change, TODAY)
    assert uncovered(0) == []
    assert sorted(one.about["works"] for one in uncovered(3)) == [1, 15]


def test_an_institution_that_the_data_do_not_have_is_told_as_not_looked_at(register: Path, tmp_path: Path) -> None:
    report = look(register, data(tmp_path, institution="Nowhere"))
    assert next(one.state for one in report.parts if one.name == "works") == "failed"
    assert "`Nowhere`" in report.problems[0]


def test_whose_works_they_are_has_to_be_said(register: Path, tmp_path: Path) -> None:
    works = export(tmp_path / "w.jsonl")
    here = ("monitor", "run", "--register", register)
    assert "add --institution NAME and --between A B" in refused(*here, "--works", works)
    for alone in (("--institution", "A"), ("--whole",), ("--overrules", works)):
        assert "name the works: --works DATA" in refused(*here, *alone)
