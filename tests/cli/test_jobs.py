"""Many cases in several processes: the same bytes, order and exit codes as in one; what fails is named."""

import gc
import json
import shutil
from itertools import product
from pathlib import Path

import pytest

from risk_engine.model.assessment import Assessment
from risk_engine.office.register.log import ABOUT, LOG
from tests.cli.running import LOAN, LOAN_CASE, Result, run
from tests.strategies import by_turns

MANY = 24
"""So many cases that some of them are assessed in another process."""
TEXT = LOAN_CASE.read_text("utf-8")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of cases: some open, some settled, two of one id, and one that cannot be assessed."""
    folder = tmp_path_factory.mktemp("cases")
    for number in range(MANY):
        text = TEXT.replace("id: L-2026-07", f"id: L-{min(number, MANY - 2):02}")
        if number % 3 == 0:
            text = text.replace("    seat: NO\n", "    seat: unknown\n")
        (folder / f"{number:02}.yaml").write_text(text, "utf-8")
    (folder / "18.yaml").write_text("id: L-18\nnonsense: 1\n", "utf-8")
    return folder


def assessed(cases: Path, jobs: int, *options: str | Path) -> Result:
    return run("assess", cases, *LOAN, "--on", "2026-03-02", "--jobs", str(jobs), *options)


@pytest.mark.parametrize(
    "options", by_turns([(), ("--lang", "de"), ("--format", "json"), ("--fail-on", "lend")], 2), ids=" ".join
)
def test_several_processes_say_what_one_says(cases: Path, options: tuple[str, ...]) -> None:
    one = assessed(cases, 1, *options)
    assert (one.code, one.out.count("L-") >= MANY - 1) == (2, True)
    assert f"1 of {MANY} " in one.err or options == ("--lang", "de")
    assert f"{cases / '18.yaml'}:" in one.err
    assert assessed(cases, 3, *options) == one


def test_what_one_case_lacks_costs_no_other_one(cases: Path) -> None:
    assert len(json.loads(assessed(cases, 2, "--format", "json").out)) == MANY - 1


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_level_that_there_is_not_is_said_before_anything_is_written(cases: Path, jobs: int, tmp_path: Path) -> None:
    result = assessed(cases, jobs, "--fail-on", "nonsense", "--format", "md", "-o", tmp_path / "reports")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("`nonsense` is no level of")
    assert not (tmp_path / "reports").exists()


@pytest.mark.nightly
def test_reports_and_records_in_files_are_the_same_too(cases: Path, tmp_path: Path) -> None:
    for jobs, form in product((1, 3), ("md", "json")):
        assert assessed(
            cases, jobs, "-o", tmp_path / f"{jobs}{'.json' if form == 'json' else ''}", "--format", form
        ).code
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "3.json").read_bytes()
    one, three = ({path.name: path.read_bytes() for path in (tmp_path / jobs).iterdir()} for jobs in "13")
    assert len(one) == MANY - 1
    assert one == three


def test_records_that_are_there_stay_and_the_same_ones_are_no_other_content(cases: Path, tmp_path: Path) -> None:
    (first := tmp_path / "some").mkdir()
    (first / "one.yaml").write_text(TEXT, "utf-8")
    (first / "two.yaml").write_text(TEXT, "utf-8")
    output = tmp_path / "results.json"
    assert assessed(first, 1, "-o", output).code == 0
    kept = output.read_bytes()
    assert assessed(first, 2, "-o", output).code == 0
    other = assessed(cases, 2, "-o", output)
    assert other.code == 2
    assert "is there already and holds something else" in other.err
    assert output.read_bytes() == kept


def files_below(folder: Path) -> dict[str, object]:
    """Return what every file of a register holds; of the log and what names it, all but times and their digests."""
    timed = {"at", "before", "digest", "register"}
    files: dict[str, object] = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*.*")}
    lines = map(json.loads, (folder / LOG).read_bytes().splitlines())
    log = [{key: value for key, value in line.items() if key not in timed} for line in lines]
    return files | {LOG: log, ABOUT: (folder / ABOUT).read_text("utf-8").partition("Its log is")[0]}


@pytest.mark.nightly
def test_a_register_that_several_processes_assess_for_is_the_same_register(cases: Path, tmp_path: Path) -> None:
    one, three = tmp_path / "one" / "register", tmp_path / "three" / "register"
    # What is wrong with some is at the end.
    shutil.copytree(cases, few := tmp_path / "cases", ignore=lambda _folder, names: sorted(names)[: MANY // 2])
    for step in (
        ("add", few, "--on", "2026-03-02"),
        ("add", few, "--on", "2026-03-02"),
        ("reassess", "--on", "2027-03-02", "--dry-run"),
        ("reassess", "--on", "2027-03-02", "--file-unchanged"),
        ("add", few, "--on", "2027-04-02"),
    ):
        command, *rest = step
        first, second = (
            run("register", command, register, *rest, *LOAN, "--jobs", jobs)
            for register, jobs in ((one, "1"), (three, "3"))
        )
        assert first.code == (2 if command == "add" else 0)
        assert second.code == first.code
        assert second.out == first.out.replace(str(one), str(three))
        assert second.err == first.err.replace(str(one), str(three))
    assert len(files_below(one)) > 3 * MANY // 2
    assert files_below(one) == files_below(three)


@pytest.mark.nightly
def test_a_case_that_cannot_be_read_costs_no_other_one_its_new_assessment(cases: Path, tmp_path: Path) -> None:
    register = tmp_path / "register"
    run("register", "add", register, cases, *LOAN, "--on", "2026-03-02", "--jobs", "2")
    broken = next((register / "L-20").glob("*-assessment-*"))
    broken.write_bytes(b"{}")
    result = run("register", "reassess", register, *LOAN, "--on", "2027-03-02", "--file-unchanged", "--jobs", "2")
    assert result.code == 2
    assert f"{broken}: it was altered after it was filed" in result.err
    assert "L-20" not in result.out
    assert len(list(register.glob("*/*-assessment-2027-03-02*"))) == MANY - 3


class Held:
    """Counts, each time it is asked about a case, the assessments that are in memory beside those there were."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        gc.collect()
        gc.freeze()  # what is there already is neither looked through nor counted

    def __call__(self, _case: object) -> str:
        gc.collect()
        self.counts.append(sum(isinstance(one, Assessment) for one in gc.get_objects()))
        return ""


@pytest.mark.parametrize("form", by_turns(["json", "text", "md"], 3))
def test_of_the_cases_that_are_done_no_assessment_is_kept(
    cases: Path, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    monkeypatch.setattr("risk_engine.cli.assess_many.standing_of", held)
    assessed(cases, 1, "--format", form, "-o", tmp_path / "result")
    assert len(held.counts) == MANY - 1
    assert max(held.counts) < 5


def test_of_the_cases_that_are_listed_no_assessment_is_kept(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = tmp_path / "register"
    run("register", "add", register, cases, *LOAN, "--on", "2026-03-02")
    held = Held()
    monkeypatch.setattr("risk_engine.office.register.listing.is_untold", lambda record: bool(held(record)))
    assert run("register", "list", register).code == 0
    assert len(held.counts) == MANY - 2
    assert max(held.counts) < 10
