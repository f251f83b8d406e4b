"""The way out for a name that another version of the set knows is that version."""

from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.bundle import bundle_of, written
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from tests.translating import LOAN_DESK, copy_of

CASE = LOAN_DESK.parents[1] / "loan-desk-case.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A version of the loan desk, with room for others beside it."""
    (tmp_path / "loan-desk").mkdir()
    return copy_of(LOAN_DESK, tmp_path / "loan-desk" / "1.0.0")


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The next version, which asks about crates."""
    folder = copy_of(LOAN_DESK, tmp_path / "newer")
    head = folder / "set.yaml"
    text = (
        head.read_text("utf-8")
        .replace("version: 1.0.0", "version: 1.1.0")
        .replace("from: 2024-03-01", "from: 2027-01-01")
    )
    head.write_text(text, "utf-8")
    with (folder / "facts.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "\ncrate:\n  title: Crate\n  facts:\n"
            "    lined: {type: boolean, question: Is it lined?, asked_of: registrar, used_for: record}\n"
        )
    return folder


def way_out(desk: Path, tmp_path: Path, line: str) -> str:
    """Return the way out that is said of a case with one more line."""
    path = tmp_path / "case.yaml"
    path.write_text(f"{line}\n{CASE.read_text('utf-8')}", "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        load_case(path, read_criteria(desk))
    (problem,) = error.value.diagnostics
    assert problem.message.startswith("unknown key `crate")
    return problem.help


@pytest.mark.parametrize("bundled", [False, True], ids=["files", "bundle"])
def test_a_name_of_another_version_leads_to_that_version(
    desk: Path, newer: Path, tmp_path: Path, *, bundled: bool
) -> None:
    if bundled:
        releases = desk.parent / "releases"
        releases.mkdir()
        (releases / "1.1.0.json").write_bytes(written(bundle_of(read_criteria(newer))))
    else:
        newer.rename(desk.parent / "1.1.0")
    assert way_out(desk, tmp_path, "crate: {lined: true}") == (
        "it belongs to version 1.1.0, in force from 2027-01-01, and this case is read under 1.0.0: take it out, or "
        "choose another day or version with `--on` or `--criteria`"
    )


def test_a_name_that_no_version_knows_leads_to_none(desk: Path, newer: Path, tmp_path: Path) -> None:
    newer.rename(desk.parent / "1.1.0")
    assert "version" not in way_out(desk, tmp_path, "crates: {lined: true}")


def test_two_folders_of_one_version_do_not_hide_what_is_wrong_with_a_case(
    desk: Path, newer: Path, tmp_path: Path
) -> None:
    copy_of(newer, desk.parent / "1.1.0")
    copy_of(newer, desk.parent / "one-more")
    assert "1.1.0" not in way_out(desk, tmp_path, "crate: {lined: true}")
