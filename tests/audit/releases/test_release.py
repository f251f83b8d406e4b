"""What a release writes, and what it is refused for; the set is the loan desk."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from risk_engine.audit.releases.release import Signing, release, sign_release
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.bundle import parse_bundle
from risk_engine.loading.releases import LOCK, SIGNATURES
from risk_engine.loading.version_files import CHANGES
from risk_engine.model.changes import RequiredBump
from risk_engine.model.decision import Person
from tests.editing import edit

LOAN_DESK = Path(__file__).parents[2] / "sets" / "loan-desk"
TEXT = "Milder for crates."


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A set whose first version is released, with a draft of a second one."""
    folder = tmp_path / "desk"
    shutil.copytree(LOAN_DESK, folder)
    write(folder)
    shutil.copytree(folder / "1.0.0", folder / "1.0.1")
    edit(folder / "1.0.1" / "set.yaml", "version: 1.0.0", "version: 1.0.1")
    edit(folder / "1.0.1" / "set.yaml", "from: 2024-03-01", "from: 2027-01-01")
    return folder


@pytest.fixture(scope="module")
def signing() -> Signing:
    return Signing(Ed25519PrivateKey.generate(), Person(name="R. Keeper", role="Registrar"), date(2026, 12, 1))


def write(folder: Path) -> None:
    for path, text in release(str(folder)).files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def content(folder: Path) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_a_release_says_which_files_hold_what_and_writes_none(desk: Path, signing: Signing) -> None:
    before = content(desk)
    made = release(str(desk), changes=TEXT, signing=signing)
    assert content(desk) == before
    assert (f"{made.version}", made.is_new, made.failed) == ("loan-desk@1.0.1", True, ())
    # The lock makes it a release; a signature without one would look like fraud.
    assert [one.resolve() for one in made.files] == [
        desk / "1.0.1" / CHANGES,
        desk / "releases" / "1.0.1.json",
        desk / LOCK,
        desk / SIGNATURES,
    ]
    history, bundle, lock, signatures = made.files.values()
    assert f"## 1.0.1 (in force from 2027-01-01)\n\n{TEXT}\n" == parse_bundle(bundle.encode(), "").changes
    assert f"# Changes\n\n## 1.0.1 (in force from 2027-01-01)\n\n{TEXT}\n\n## 1.0.0\n" in history
    assert signatures.count("release: loan-desk@1.0.1") == 1
    assert lock == (desk / LOCK).read_text("utf-8") + f"loan-desk@1.0.1: sha256:{made.digest}\n"


def test_a_smaller_step_than_the_change_needs_is_refused(desk: Path) -> None:
    needed = RequiredBump(bump="major", why="the verdict becomes milder in one case")
    with pytest.raises(RiskEngineError) as error:
        release(str(desk), required=needed, changes=TEXT)
    assert str(error.value) == (
        "from 1.0.0 to 1.0.1 is a patch, but a major step is needed: the verdict becomes milder in one case\n"
        "  help: make it 2.0.0 or higher, in set.yaml and as the name of its folder"
    )
    assert release(str(desk), required=RequiredBump(bump="patch", why="nothing")).is_new


def test_a_number_is_not_asked_about_once_it_is_released(desk: Path) -> None:
    write(desk)
    made = release(str(desk), required=RequiredBump(bump="major", why="worked out later"))
    assert (made.is_new, made.files) == (False, {})


def test_nothing_is_released_after_a_release_that_was_changed(desk: Path) -> None:
    edit(desk / "1.0.0" / "indicators" / "title.yaml", "lowers_by: 1", "lowers_by: 2")
    with pytest.raises(InvalidSourceError, match=r"is not what was released as `loan-desk@1\.0\.0`"):
        release(f"{desk}@1.0.1")


def test_a_history_that_says_nothing_is_remarked_on(desk: Path) -> None:
    (remark,) = release(str(desk)).remarks
    assert remark == f"{desk / '1.0.1' / CHANGES} does not say what loan-desk@1.0.1 changes"
    assert release(str(desk), changes=TEXT).remarks == ()


def test_a_version_that_is_never_in_force_any_more_is_remarked_on(desk: Path) -> None:
    edit(desk / "1.0.1" / "set.yaml", "from: 2027-01-01", "from: 2024-03-01")
    assert release(str(desk), changes=TEXT).remarks == (
        "loan-desk@1.0.0 is never in force from now on: loan-desk@1.0.1 has a higher number and holds from 2024-03-01",
    )


def test_a_release_stays_in_the_lock_that_names_it(desk: Path) -> None:
    text = (desk / LOCK).read_text("utf-8")
    (desk / LOCK).write_text(f"loan-desk@0.9.0: sha256:{'0' * 64}\n", "utf-8")
    (desk.parent / LOCK).write_text(text, "utf-8")
    (desk / "0.9.0").mkdir()
    (desk / "0.9.0" / "set.yaml").write_text("id: loan-desk\nversion: 0.9.0\nin_force: {from: 2020-01-01}\n", "utf-8")
    made = release(f"{desk}@1.0.0")
    assert (made.is_new, made.files) == (False, {})


def test_a_release_is_signed_later_and_a_draft_is_not(desk: Path, signing: Signing) -> None:
    made = sign_release(f"{desk}@1.0.0", signing)
    assert [one.resolve() for one in made.files] == [desk / SIGNATURES]
    with pytest.raises(
        RiskEngineError, match=r"loan-desk@1\.0\.1 is a draft: it may still change, so it is not signed"
    ):
        sign_release(str(desk), signing)
