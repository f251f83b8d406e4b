import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading import releases as lock
from risk_engine.loading.bundle import bundle_of, written
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import (
    HEADING,
    LOCK,
    is_released,
    is_withdrawn,
    lock_problems,
    lock_to_write,
    locks_of,
)
from risk_engine.loading.sets import versions
from tests.editing import edit

ROOT = Path(__file__).parents[2]
LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
OTHER = "0" * 64


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A version of a set in a folder of sets."""
    folder = tmp_path / "sets" / "loan-desk" / "1.0.0"
    shutil.copytree(LOAN_DESK, folder)
    return folder


@pytest.fixture
def digest(desk: Path) -> str:
    return read_criteria(desk).digest


def record(folder: Path, *lines: str) -> Path:
    path = folder / LOCK
    path.write_text("".join(f"{one}\n" for one in lines), "utf-8")
    return path


def refused(folder: Path) -> str:
    with pytest.raises(InvalidSourceError) as error:
        read_criteria(folder)
    return str(error.value)


def repeated(data: Any) -> Iterator[Any]:
    """Yield what a list anywhere in plain data holds a second time."""
    if isinstance(data, dict):
        for one in data.values():
            yield from repeated(one)
    elif isinstance(data, list):
        said = [json.dumps(one, sort_keys=True) for one in data]
        yield from (one for number, one in enumerate(said) if one in said[:number])
        for one in data:
            yield from repeated(one)


def test_no_version_that_was_released_says_anything_twice_in_a_list_as_is_refused_today() -> None:
    released = sorted((ROOT / "criteria").glob("*/releases/*.json"))
    assert len(released) > 3
    for path in released:
        rules = json.loads(path.read_bytes())["rules"]
        assert list(repeated([one["data"] for one in rules.values()])) == [], path


@pytest.mark.parametrize("levels", [1, 2], ids=["of the set", "of all sets"])
def test_a_version_is_compared_with_the_lock_of_its_set_and_with_that_of_all_sets(
    desk: Path, digest: str, levels: int
) -> None:
    where = desk.parents[levels - 1]
    record(where, f"loan-desk@1.0.0: sha256:{digest}")
    assert read_criteria(desk).digest == digest
    path = record(where, "other@1.0.0: sha256:" + "1" * 64, f"loan-desk@1.0.0: sha256:{OTHER}")
    assert refused(desk) == (
        f"{path.as_posix()}:2:1: `{desk.as_posix()}` is not what was released as `loan-desk@1.0.0`: "
        f"released was sha256:{OTHER}, now it is sha256:{digest}\n"
        f"  2 | loan-desk@1.0.0: sha256:{OTHER}\n"
        "    | ^\n"
        "  help: a released version never changes: restore it (only comments, layout, `cases.yaml`, `map.yaml`, "
        "`mutants.yaml`, `screening.yaml`, `exchange.yaml`, translations and `CHANGES.md` may differ), or put the "
        "change into a new version folder with a number of its own"
    )


def test_a_lock_further_up_binds_nothing(desk: Path, digest: str) -> None:
    record(desk.parents[2], f"loan-desk@1.0.0: sha256:{OTHER}")
    assert read_criteria(desk).digest == digest


def test_a_version_that_no_lock_names_is_a_draft_and_may_change(desk: Path, digest: str) -> None:
    record(desk.parent, f"loan-desk@0.9.0: sha256:{OTHER}")
    assert [is_released(one) for one in versions(str(desk))] == [False]
    edit(desk / "indicators/title.yaml", "lowers_by: 1", "lowers_by: 2")
    assert read_criteria(desk).digest != digest


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("set.yaml", "schema: 1", "# a remark\nschema:   1"),
        ("set.yaml", "\n", "\r\n"),
        ("cases.yaml", "residual: {OBJ-1: low}", "residual: {OBJ-1: moderate}"),
        ("CHANGES.md", "", "A remark.\n"),
    ],
)
def test_comments_layout_cases_and_the_history_may_change(
    desk: Path, digest: str, file: str, before: str, after: str
) -> None:
    record(desk.parent, f"loan-desk@1.0.0: sha256:{digest}")
    (desk / "CHANGES.md").touch()
    edit(desk / file, before, after)
    assert read_criteria(desk).digest == digest


@pytest.mark.parametrize("file", sorted(one.relative_to(LOAN_DESK).as_posix() for one in LOAN_DESK.rglob("*.yaml")))
def test_every_file_of_rules_is_bound(desk: Path, digest: str, file: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: sha256:{digest}")
    (desk / file).unlink()
    if file in {
        "cases.yaml",
        "map.yaml",
        "mutants.yaml",
        "screening.yaml",
        "exchange.yaml",
    }:  # what is tried and shown decides nothing
        read_criteria(desk)
    else:
        assert f"released was sha256:{digest}, now it is sha256:" in refused(desk)


def test_a_file_that_cannot_be_read_any_more_does_not_hide_that_a_release_changed(desk: Path, digest: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: sha256:{digest}")
    (desk / "set.yaml").write_text("id: [", "utf-8")
    message = refused(desk)
    assert f"{desk.as_posix()}/set.yaml:2:1: " in message
    assert "is not what was released as `loan-desk@1.0.0`" in message


def test_another_id_does_not_make_a_released_version_a_draft(desk: Path, digest: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: sha256:{digest}")
    edit(desk / "set.yaml", "id: loan-desk", "id: our-desk")
    assert "is not what was released as `loan-desk@1.0.0`" in refused(desk)


def test_another_folder_does_not_make_a_released_version_a_draft(desk: Path, digest: str) -> None:
    record(desk.parents[1], f"loan-desk@1.0.0: sha256:{digest}")
    moved = desk.parents[1] / "desk" / "old"
    desk.parent.rename(moved.parent)
    (moved.parent / "1.0.0").rename(moved)
    assert read_criteria(moved).digest == digest
    edit(moved / "indicators/title.yaml", "lowers_by: 1", "lowers_by: 2")
    assert "is not what was released as `loan-desk@1.0.0`" in refused(moved)


def test_the_folder_may_be_named_from_within(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(desk.parents[1], f"loan-desk@1.0.0: sha256:{OTHER}")
    monkeypatch.chdir(desk)
    assert "`.` is not what was released as `loan-desk@1.0.0`" in refused(Path())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("- a", "1:1: lines like `set@1.0.0: sha256:…` are needed here"),
        ("loan-desk: sha256:" + OTHER, "1:1: `loan-desk` is no release like `set@1.0.0`"),
        ("loan-desk@1.0.0: " + "a" * 64, "1:18: a digest is needed here: `sha256:` and 64 hexadecimal digits"),
        ("loan-desk@1.0.0: sha256:12", "1:18: a digest is needed here: `sha256:` and 64 hexadecimal digits"),
        (f"a@1.0.0: sha256:{OTHER}\na@1.0.0: sha256:{OTHER}", "2:1: the key `a@1.0.0` is repeated"),
        ("<<<<<<< HEAD", "lines like `set@1.0.0: sha256:…` are needed here"),
    ],
)
def test_a_lock_that_cannot_be_read_is_an_error_with_its_place(desk: Path, line: str, message: str) -> None:
    path = record(desk.parent, line)
    assert message in refused(desk)
    assert path.as_posix() in refused(desk)


# --- what is around a version ---


def problems(folder: Path) -> list[str]:
    (version,) = versions(str(folder))
    return [str(one) for one in lock_problems(version, read_criteria(folder).digest)]


def test_a_release_whose_folder_is_gone_is_found_beside_the_others(desk: Path, digest: str) -> None:
    path = record(
        desk.parents[1], f"gone@2.0.0: sha256:{OTHER}", f"loan-desk@1.0.0: sha256:{digest}", f"a@0.1.0: sha256:{OTHER}"
    )
    found = problems(desk)
    assert [one.splitlines()[0] for one in found] == [
        f"{path.as_posix()}:1:1: `gone@2.0.0` was released, but it is gone",
        f"{path.as_posix()}:3:1: `a@0.1.0` was released, but it is gone",
    ]
    assert all("help: restore it" in one for one in found)


def test_a_release_that_is_there_but_cannot_be_read_is_not_said_to_be_gone(desk: Path, digest: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: sha256:{digest}", f"loan-desk@0.9.0: sha256:{OTHER}")
    (desk.parent / "0.9.0").mkdir()
    (desk.parent / "0.9.0" / "set.yaml").write_text("version: soon", "utf-8")
    assert problems(desk) == []


def test_a_changed_copy_must_not_bear_the_name_of_a_version_released_with_the_engine(
    desk: Path, digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    record(shipped, f"loan-desk@1.0.0: sha256:{digest}")
    monkeypatch.setattr(lock, "criteria_folder", lambda: shipped)
    assert problems(desk) == []
    edit(desk / "indicators/title.yaml", "lowers_by: 1", "lowers_by: 2")
    (problem,) = problems(desk)
    assert problem.startswith(f"{desk.as_posix()}/set.yaml:2:5: this is not the `loan-desk@1.0.0` that was released")
    assert "help: give a changed set an `id` of its own" in problem
    read_criteria(desk)  # using it is allowed: every assessment carries the digest of what it was made with


def test_of_a_bundle_with_such_a_name_it_is_said_at_the_bundle(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path, f"loan-desk@1.0.0: sha256:{OTHER}")
    monkeypatch.setattr(lock, "criteria_folder", lambda: tmp_path)
    bundle = desk / "1.0.0.json"
    bundle.write_bytes(written(bundle_of(read_criteria(LOAN_DESK))))
    (problem,) = problems(bundle)
    assert problem.startswith(f"{bundle.as_posix()}:1:1: this is not the `loan-desk@1.0.0` that was released")


# --- where a release is recorded ---


def test_a_first_release_is_recorded_beside_the_versions_of_its_set(desk: Path) -> None:
    new = lock_to_write(desk)
    assert (new.path, new.releases) == (desk.parent / LOCK, {})
    assert new.text_with("loan-desk@1.0.0", OTHER) == f"{HEADING}loan-desk@1.0.0: sha256:{OTHER}\n"


def test_a_first_release_of_a_shipped_set_is_recorded_beside_the_sets(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "criteria_folder", lambda: desk.parents[1])
    assert lock_to_write(desk).path == desk.parents[1] / LOCK


def test_a_further_release_is_added_to_the_lock_that_is_there_and_leaves_its_lines_alone(desk: Path) -> None:
    path = record(desk.parents[1], "# ours", f"other@1.0.0: sha256:{OTHER} # a remark")
    there = lock_to_write(desk)
    assert there.path == path
    assert there.text_with("loan-desk@1.0.0", OTHER) == (
        f"# ours\nother@1.0.0: sha256:{OTHER} # a remark\nloan-desk@1.0.0: sha256:{OTHER}\n"
    )


def test_the_heading_of_a_new_lock_can_be_read_back(desk: Path, digest: str) -> None:
    new = lock_to_write(desk)
    new.path.write_text(new.text_with("loan-desk@1.0.0", digest), "utf-8")
    assert [one.releases for one in locks_of(desk)] == [{"loan-desk@1.0.0": digest}]
    assert [is_released(one) for one in versions(str(desk))] == [True]


@pytest.mark.parametrize("levels", [1, 2], ids=["of the set", "of all sets"])
def test_an_assessment_says_of_a_version_that_is_not_released_beside_releases_that_it_is_a_draft(
    desk: Path, digest: str, levels: int
) -> None:
    case = load_case(LOAN_DESK.parents[1] / "loan-desk-case.yaml", read_criteria(desk))
    # Without any release of its set a version counts as it is.
    assert not assess(case, read_criteria(desk)).criteria.draft
    record(desk.parents[levels - 1], "loan-desk@0.9.0: sha256:" + "1" * 64)
    assert assess(case, read_criteria(desk)).criteria.draft
    assert not assess(case, read_criteria(desk), draft=False).criteria.draft
    record(desk.parents[levels - 1], "loan-desk@0.9.0: sha256:" + "1" * 64, f"loan-desk@1.0.0: sha256:{digest}")
    assert not assess(case, read_criteria(desk)).criteria.draft


def test_a_withdrawn_release_is_compared_with_the_lock_as_any_other(desk: Path, digest: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: withdrawn sha256:{digest}")
    criteria = read_criteria(desk)
    assert (criteria.is_withdrawn, criteria.is_draft) == (True, False)
    (found,) = versions(str(desk.parent))
    assert (is_released(found), is_withdrawn(found)) == (True, True)
    record(desk.parent, f"loan-desk@1.0.0: withdrawn sha256:{OTHER}")
    assert f"released was sha256:{OTHER}, now it is sha256:{digest}" in refused(desk)


@pytest.mark.parametrize(
    "value", ["withdrawn", "withdrawn  sha256:" + OTHER, "gone sha256:" + OTHER, f"withdrawn {OTHER}"]
)
def test_what_is_neither_a_digest_nor_a_withdrawn_one_is_refused(desk: Path, value: str) -> None:
    record(desk.parent, f"loan-desk@1.0.0: {value}")
    assert "of a version that was withdrawn `withdrawn` before it" in refused(desk)


@pytest.mark.parametrize(
    "line", ["desk@1.0.0: sha256:{}", 'desk@1.0.0: "sha256:{}" # kept', "desk@1.0.0:   'sha256:{}'"]
)
def test_marking_one_release_changes_one_line(tmp_path: Path, line: str) -> None:
    path = record(tmp_path, "# By hand.", f"a@1.0.0: sha256:{OTHER}", line.format(OTHER), f"z@1.0.0: sha256:{OTHER}")
    (found,) = locks_of(tmp_path / "1.0.0")
    path.write_text(found.text_withdrawing("desk@1.0.0"), "utf-8")
    (after,) = locks_of(tmp_path / "1.0.0")
    assert after.releases == found.releases
    assert after.withdrawn == frozenset({"desk@1.0.0"})
    assert path.read_text("utf-8").splitlines() == [
        "# By hand.",
        f"a@1.0.0: sha256:{OTHER}",
        line.replace("sha256", "withdrawn sha256").format(OTHER),
        f"z@1.0.0: sha256:{OTHER}",
    ]
