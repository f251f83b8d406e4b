"""Joint works with partners that no case of the register names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from risk_engine.office.monitor import criteria
from risk_engine.office.monitor.cases import CaseSeen, Named
from risk_engine.office.monitor.changes import CaseState, Change, Part, Report
from risk_engine.office.monitor.state import State, kept_change
from risk_engine.office.monitor.wording import title
from risk_engine.office.monitor.works import Data, Found, joint_works
from tests.awareness.pages import export
from tests.awareness.samples import flat, lines
from tests.cli.running import EXAMPLES, TODAY, refused, run
from tests.office.monitor.looking import looked, of_kind, seen, told

SONGHUA = "Songhua Institute of Aeronautical Engineering"
DELFT = "Delft University"


@pytest.fixture(autouse=True)
def _without_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What versions do to a case takes most of a look, and nothing here is about it."""
    nothing = criteria.Found((), Part("criteria", "not looked at here", "not_asked"), ())
    monkeypatch.setattr("risk_engine.office.monitor.run.looked_at", lambda *_: nothing)


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
    return looked(register, TODAY, criteria=(), works=(works.read,) if works else ()).report


def found(report: Report) -> list[tuple[str, int]]:
    return [(one.about["theirs"], one.about["works"]) for one in of_kind(report, "uncovered")]


@pytest.mark.nightly
def test_works_that_nobody_named_were_not_looked_at(register: Path) -> None:
    said = {one.name: (one.state, one.said) for one in look(register, None).parts}
    assert said["works"] == ("not_asked", "no file of works was named (`--works`)")


def test_a_partner_that_no_case_names_is_told_with_how_many_works(register: Path, tmp_path: Path) -> None:
    report = look(register, data(tmp_path))
    assert found(report) == [("Tsinghua University", 12)]
    said = next(one.said for one in report.parts if one.name == "works")
    assert (
        said
        == f"new.jsonl: 18 works, a sample of unknown share; {DELFT} has 1 partner there; looked at for the first time"
    )


@pytest.mark.parametrize("name", ["Tsinghua University", "TSINGHUA UNIVERSITY", "Tsinghua Univ."])
def test_a_case_covers_its_partner_by_any_name_that_is_surely_the_same(name: str, tmp_path: Path) -> None:
    report = look(with_partner(tmp_path, name), data(tmp_path))
    assert found(report) == []
    assert not report.problems


def test_one_of_that_name_in_another_country_is_shown_as_possible_and_covers_nothing(tmp_path: Path) -> None:
    report = look(with_partner(tmp_path, "Tsinghua University", "RU"), data(tmp_path))
    (change,) = of_kind(report, "uncovered")
    assert [one.lines for one in change.touches] == [("possibly the same: “Tsinghua University”",)]


@pytest.mark.nightly
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


@pytest.mark.nightly
def test_what_was_acknowledged_is_told_again_when_there_are_more_works(register: Path, tmp_path: Path) -> None:
    def uncovered(more: int) -> list[Change]:
        return of_kind(told(register, TODAY, criteria=(), works=(data(tmp_path, more=more).read,)), "uncovered")

    (change,) = uncovered(0)
    seen(register, change, TODAY)
    assert uncovered(0) == []
    assert sorted(one.about["works"] for one in uncovered(3)) == [1, 15]


def test_an_institution_that_the_data_do_not_have_is_told_as_not_looked_at(register: Path, tmp_path: Path) -> None:
    report = look(register, data(tmp_path, institution="Nowhere"))
    assert next(one.state for one in report.parts if one.name == "works") == "failed"
    assert "`Nowhere`" in report.problems[0]


# --- partners whom cases name ---


def night(register: Path, works: Data | None, day: date = TODAY) -> Report:
    """Look, and remember it."""
    return told(register, day, criteria=(), works=(works.read,) if works else ())


def whole(tmp_path: Path, **more: Any) -> Data:
    return replace(data(tmp_path, **more), whole=True)


@dataclass
class Nights:
    """Works alone that are looked at night after night beside one case that names a partner."""

    name: str
    state: CaseState = "decided"
    left: State | None = None

    def told(self, works: Data | None, *, confidential: Sequence[str] = ()) -> Found:
        case = CaseSeen(Path(), case_id="1", title="Swarms", state=self.state, named=(self.named,))
        reading = (works.read,) if works else ()
        found = joint_works([case], reading, self.left, TODAY, confidential=confidential)
        kept = [kept_change(replace(one, first=TODAY)) for one in found.changes]
        self.left = State(register_="", on=TODAY, works=dict(found.kept), found=tuple(kept))
        return found

    @property
    def named(self) -> Named:
        return Named("partner.theirs", (self.name,), "CN", {})

    def joint(self, works: Data | None) -> list[Change]:
        return [one for one in self.told(works).changes if one.kind == "joint"]


def test_of_a_partner_whom_a_case_names_it_is_told_what_is_other_than_at_the_last_look(tmp_path: Path) -> None:
    nights = Nights("Tsinghua University")
    assert not nights.joint(whole(tmp_path)), "nobody looked before"
    assert not nights.joint(whole(tmp_path)), "nothing is other"
    found = nights.told(whole(tmp_path, more=3))
    (change,) = [one for one in found.changes if one.kind == "joint"]
    assert title(change.kind, change.about) == (
        f"{DELFT} with Tsinghua University: 15 joint works, 12 when looked at on {TODAY}"
    )
    assert [(one.case_id, one.state, one.lines) for one in change.touches] == [
        ("1", "decided", ("named there: “Tsinghua University”",))
    ]
    assert change.lines == ()
    assert f"compared with those of {TODAY}" in found.part.said
    nights.state = "closed"
    assert not nights.joint(whole(tmp_path, more=4)), "a closed case covers, and is looked at for its dates alone"


def test_it_is_told_each_night_until_somebody_acknowledges_it_and_again_when_there_are_more(tmp_path: Path) -> None:
    register = with_partner(tmp_path, "Tsinghua University")
    later = TODAY + timedelta(days=1)
    night(register, whole(tmp_path))
    (first,) = of_kind(night(register, whole(tmp_path, more=3)), "joint")
    assert [(one.case_id, one.state) for one in first.touches] == [("UPL-2026-118", "open")]
    (again,) = of_kind(night(register, whole(tmp_path, more=3), later), "joint")
    assert (again.id, again.is_new, again.first) == (first.id, False, TODAY)
    assert not of_kind(night(register, None, later), "joint"), "nobody read works"
    (again,) = of_kind(night(register, whole(tmp_path, more=3), later), "joint")
    assert (again.id, again.is_new, again.first) == (first.id, False, TODAY), "and nothing of it is lost"
    seen(register, again, later)
    (more,) = of_kind(night(register, whole(tmp_path, more=4), later), "joint")
    assert (more.about["before"], more.about["works"]) == (15, 16)


def test_works_that_cannot_be_read_are_told_as_not_looked_at(tmp_path: Path) -> None:
    failed = Nights("Tsinghua University").told(whole(tmp_path, institution="Nowhere"))
    assert (failed.part.state, "`Nowhere`" in failed.part.said) == ("failed", True)


def test_a_critical_area_that_was_not_there_is_told_and_a_sample_is_not_held_against_a_whole(tmp_path: Path) -> None:
    nights = Nights("Tsinghua University")
    works = [flat(f"W{at}", 2020, {"NL": [DELFT], "CN": ["Tsinghua University"]}) for at in range(2)]
    of = Data([lines(tmp_path / "w.jsonl", *works)], DELFT, ("EU27-AC", "CN"), whole=True)
    nights.told(of)
    works[0]["technology_keywords"] = ["quantum computing"]
    lines(tmp_path / "w.jsonl", *works)
    (change,) = nights.joint(of)
    (line,) = change.lines
    assert line.startswith("critical areas that were not there before: ")
    assert "uantum" in line
    works.append(flat("W9", 2020, {"NL": [DELFT], "CN": ["Tsinghua University"]}))
    lines(tmp_path / "w.jsonl", *works)
    found = nights.told(replace(of, whole=False))
    assert [one.id for one in found.changes] == [change.id], "nothing more is claimed"
    assert "not compared with earlier ones" in found.part.said
    works.append(flat("W10", 2020, {"NL": [DELFT], "CN": ["Tsinghua University"]}))
    lines(tmp_path / "w.jsonl", *works)
    two = nights.joint(replace(of, whole=False))
    (sample,) = [one for one in two if one.id != change.id]
    assert sample.lines == ("both are samples, selected alike: this holds for the samples, and is no trend",)
    later = [one.about for one in nights.joint(of) if one.about["whole"] and not one.about["areas"]]
    assert [(one["before"], one["works"]) for one in later] == [(2, 4)], "a whole is compared with the last whole"


def test_a_partner_with_whom_there_is_no_work_any_more_is_told(tmp_path: Path) -> None:
    nights = Nights("Zhejiang University")
    nights.told(whole(tmp_path, more=3))
    (change,) = nights.joint(whole(tmp_path))
    assert (change.about["before"], change.about["works"]) == (1, 0)


def test_a_case_that_not_everybody_may_know_of_keeps_nobody_from_being_told(tmp_path: Path) -> None:
    nights = Nights("Tsinghua University")
    assert not nights.told(whole(tmp_path)).changes
    (change,) = nights.told(whole(tmp_path), confidential=("1",)).changes
    assert change.kind == "uncovered"
    assert [(one.case_id, one.facts["covers"], one.lines) for one in change.touches] == [("1", True, ())]


def test_a_table_of_ones_own_and_regions_of_ones_own_are_read_by_what_is_said_of_them(tmp_path: Path) -> None:
    register = with_partner(tmp_path, SONGHUA)
    table, mapping, regions = tmp_path / "t.csv", tmp_path / "m.yaml", tmp_path / "regions.yaml"
    table.write_text("no,year,place,land\nA1,2020,TU Delft;Tsinghua University,NL;CN\n", "utf-8")
    columns = {"no": "work", "year": "year"}
    both = {"place": "institution", "land": "country"}
    said = [f"  {name}: {{to: {to}, confirmed: true}}" for name, to in columns.items()]
    said += [f'  {name}: {{to: {to}, split: ";", confirmed: true}}' for name, to in both.items()]
    mapping.write_text("\n".join(("source: ours", "columns:", *said, "")), "utf-8")
    own = "as_of: 2026-01-01\nsource: ours\nregions:\n  us: {countries: [NL]}\n  them: {countries: [CN]}\n"
    regions.write_text(own, "utf-8")
    sent = ("--institution", "TU Delft", "--between", "us", "them", "--mapping", mapping, "--regions", regions)
    answer = run("monitor", "run", "--register", register, "--works", table, *sent, "--today", f"{TODAY}")
    assert answer.code == 1, answer.err
    assert "TU Delft with Tsinghua University: 1 joint work, and no case names them" in answer.out


def part_said(report: Report) -> str:
    return next(one.said for one in report.parts if one.name == "works")


def test_all_that_is_wrong_with_works_is_told_at_once(register: Path, tmp_path: Path) -> None:
    of = replace(data(tmp_path), between=("EU27-AC", "Mars"), overrules=tmp_path / "none.yaml", mapping=tmp_path / "m")
    (told,) = look(register, of).problems
    assert all(one in told for one in ("there is no region `Mars`", "none.yaml:1:1", f"{tmp_path / 'm'}:1:1"))


def test_whose_works_they_are_has_to_be_said(register: Path, tmp_path: Path) -> None:
    works = export(tmp_path / "w.jsonl")
    here = ("monitor", "run", "--register", register)
    assert "add --institution NAME and --between A B" in refused(*here, "--works", works)
    for alone in (
        ("--institution", "A"),
        ("--whole",),
        ("--mapping", works),
        ("--regions", works),
        ("--overrules", works),
    ):
        assert "name the works: --works DATA" in refused(*here, *alone)
