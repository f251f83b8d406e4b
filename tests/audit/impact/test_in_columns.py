"""A register that is decided in columns first is told as one of which every case is replayed: to the letter."""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from risk_engine.audit.impact import in_columns, run
from risk_engine.audit.impact.stored_cases import UnderBoth
from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.replay import plain
from risk_engine.files.plain import canonical
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.comparison import CaseImpact, ImpactReport
from risk_engine.portfolio import begun
from risk_engine.portfolio.stated import case_in
from tests.audit.impact.small import Versions
from tests.cli.running import LOAN_DESK, LOAN_PROFILE
from tests.cli.test_former_names import desk  # noqa: F401 (a set whose second version calls things otherwise)
from tests.engine.builder import LADDERS, Data, written
from tests.portfolio.drawn import drawn
from tests.portfolio.many import drawn_data, loan
from tests.versions import LATER, changed

Shipped = tuple[str, str]
SHIPPED: tuple[Shipped, ...] = (
    ("reconnect-china@1.0.0", "reconnect-china"),
    ("reconnect-china@1.0.0", "reconnect-china@2.0.0"),
    ("reconnect-china@2.0.0", "reconnect-china"),
    ("us-dod-matrix@1.0.0", "us-dod-matrix"),
)


class Ways:
    """Both ways: in columns first, and without what that needs; and how many cases columns told of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told = 0
        self._patch = monkeypatch
        monkeypatch.setattr(run, "LEAST", 1)
        monkeypatch.setattr(in_columns, "LEAST", 1)
        own = in_columns.InColumns.impacts

        def counted(columns: in_columns.InColumns, cases: list[UnderBoth]) -> dict[int, CaseImpact]:
            found = own(columns, cases)
            self.told += len(found)
            return found

        monkeypatch.setattr(in_columns.InColumns, "impacts", counted)

    def agree(self, folder: Path, before: object, after: object, **how: Any) -> ImpactReport:
        """Assert that both say the same of all cases of a folder; return it."""
        first = run.impact([folder], str(before), str(after), **how)
        with self._patch.context() as patch:
            patch.setitem(sys.modules, "polars", None)  # what is not installed cannot be found
            told = self.told
            alone = run.impact([folder], str(before), str(after), **how)
            assert self.told == told
        assert first == alone
        assert [one.told for one in first.problems] == [one.told for one in alone.problems]
        return first


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(monkeypatch)


def registered(folder: Path, reference: str, number: int) -> Path:
    """Write so many cases of a set, near those of its tests, every other one as an assessment; return the folder."""
    criteria, rng = load_criteria(reference), np.random.default_rng(number)
    for place, row in enumerate(drawn(criteria, number, rng).iter_rows(named=True)):
        day = date(2026, 12, 1) + timedelta(int(rng.integers(0, 700)))
        core = {"id": f"N-{place:05}", "title": f"Case {place}", "assessment_date": day}
        case = case_in(row, criteria).model_copy(update=core)
        content = to_json(assess(case, criteria)) if place % 2 else canonical(plain(case))
        (folder / f"{place:05}.json").write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("versions", "number"),
    [
        pytest.param(SHIPPED[0], 40, marks=pytest.mark.nightly),
        *(pytest.param(one, 2_000, marks=pytest.mark.nightly) for one in SHIPPED),
    ],
)
def test_columns_tell_of_shipped_versions_what_a_replay_of_every_case_does(
    ways: Ways, tmp_path: Path, versions: Shipped, number: int
) -> None:
    report = ways.agree(registered(tmp_path, versions[0], number), *versions)
    assert report.counts.cases == number
    stays = [one for one in report.cases if all(move.direction == "same" for move in one.ladders)]
    assert ways.told == len([one for one in stays if one.group == "compared"]) > 0


def loans() -> Iterator[tuple[str, bytes]]:
    """Yield many loans, some of which name another set, another day, or what no version takes."""
    for place, data in enumerate(drawn_data(24)):
        said = json.loads(canonical(plain(loan(data))))
        match place % 8:
            case 5:
                said["loan"]["colour"] = "red"
            case 6:
                said["criteria"] = "print-room"
            case 7:
                del said["assessment_date"]
        yield f"{place:02}.json", json.dumps(said).encode()


def test_what_cannot_be_used_and_what_moves_is_told_as_without_columns(ways: Ways, tmp_path: Path) -> None:
    later = changed(tmp_path / "later", LATER)
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, content in loans():
        (folder / name).write_bytes(content)
    for how in ({}, {"on": date(2026, 6, 1), "profile": LOAN_PROFILE}):
        report = ways.agree(folder, LOAN_DESK / "1.0.0", later, **how)
        assert report.counts.problems >= 6
    assert ways.told == 0  # the later version takes no answer on the reach of a loan
    assert ways.agree(folder, LOAN_DESK / "1.0.0", LOAN_DESK / "1.0.0").counts.compared.same > 0
    assert ways.told > 0


def assessments(path: Path, number: int) -> None:
    """Write a list of so many loans that were assessed with a profile or without."""
    criteria = load_criteria(str(LOAN_DESK / "1.0.0"))
    profile = load_profile(LOAN_PROFILE, criteria)
    made = [
        assess(loan(one), criteria, None, profile if place % 3 else None)
        for place, one in enumerate(drawn_data(number))
    ]
    path.write_bytes(b"[" + b",".join(map(to_json, made)) + b"]")


def test_assessments_are_decided_with_the_profile_that_each_holds(ways: Ways, tmp_path: Path) -> None:
    assessments(tmp_path / "all.json", 9)
    ways.agree(tmp_path, LOAN_DESK / "1.0.0", LOAN_DESK / "1.0.0")
    assert ways.told == 9


@pytest.mark.long
def test_processes_that_are_forked_once_columns_have_begun_do_without(
    ways: Ways, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert begun()
    for number in range(run.PART + 1):
        assessments(tmp_path / f"{number:02}.json", 3)
    versions = str(LOAN_DESK / "1.0.0"), str(LOAN_DESK / "1.0.0")
    alone = run.impact([tmp_path], *versions)
    assert ways.told == alone.counts.cases
    monkeypatch.setattr(run, "LEAST", run.PART + 2)  # so few files are spread over processes
    assert run.impact([tmp_path], *versions, jobs=2) == alone


def test_what_is_only_called_otherwise_stays_in_columns_too(ways: Ways, desk: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "cases"
    folder.mkdir()
    for place, data in enumerate(drawn_data(12)):
        (folder / f"{place:02}.json").write_bytes(canonical(plain(loan(data))))
    assert ways.agree(folder, desk / "1.0.0", desk / "2.0.0").counts.compared.same == ways.told == 12


@pytest.mark.parametrize("name", ["long", "next_look"])
def test_a_day_on_which_a_value_is_missing_is_left_to_the_replay(ways: Ways, versions: Versions, name: str) -> None:
    """A rule reads the one value; the other one says when to look again, which columns do not ask."""
    values: Data = {"long": {"values": ({"value": 30},)}, "next_look": {"values": ({"value": 24},)}}
    values[name] = {"values": ({**values[name]["values"][0], "from": date(2020, 1, 1)},)}
    ladders = written(LADDERS.replace("clear: {review_months: 24}", "clear: {review_months: {parameter: next_look}}"))
    versions.make("1.1.0", ladders=ladders, parameters=values)
    versions.case("calm")
    toy, cases = versions.folder / "toy", versions.folder / "cases"
    for day, told in ((date(2019, 6, 15), 0), (date(2020, 1, 1), 1)):
        assert ways.agree(cases, toy / "1.0.0", toy / "1.1.0", on=day).counts.cases == told
        assert ways.told == told
