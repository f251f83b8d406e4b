"""A set that was read is not read again as long as its files say the same, and always when any of them does not."""

import os
import shutil
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.language import in_language
from risk_engine.loading.criteria import CACHED, read_criteria
from risk_engine.loading.releases import LOCK, SIGNATURES
from risk_engine.loading.translation import criteria_in_words
from tests.editing import edit

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
GERMAN = "language: de\nof: loan-desk@1.0.0\ntexts:\n  - {en: Nothing speaks against it., de: "


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOAN_DESK, tmp_path / "loan-desk" / "1.0.0"))


def written_over(path: Path, text: str) -> None:
    """Write a text of the same length over a file, and leave its times as they were."""
    was = path.stat()
    assert len(text.encode()) == was.st_size
    path.write_text(text, "utf-8")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def test_a_set_whose_files_say_the_same_is_the_same_object(desk: Path) -> None:
    first = read_criteria(desk)
    for path in desk.rglob("*.yaml"):
        path.touch()
    assert read_criteria(desk) is first


def test_a_set_that_says_something_else_is_read_anew_whatever_the_times_of_its_files(desk: Path) -> None:
    before, path = read_criteria(desk), desk / "set.yaml"
    text = path.read_text("utf-8")
    assert "The loan desk" in text
    written_over(path, text.replace("The loan desk", "The loan dusk"))
    after = read_criteria(desk)
    assert after.head.model_dump() != before.head.model_dump()
    assert after.digest != before.digest
    written_over(path, text)
    assert read_criteria(desk) == before


def test_a_file_that_comes_or_goes_is_seen(desk: Path) -> None:
    first = read_criteria(desk)
    (desk / "invariants.yaml").rename(desk / "kept.txt")
    assert read_criteria(desk).invariants != first.invariants
    (desk / "kept.txt").rename(desk / "invariants.yml")
    with pytest.raises(InvalidSourceError, match=r"this file is not part of a criteria set"):
        read_criteria(desk)


def test_what_cannot_be_read_is_said_each_time_in_the_language_of_whoever_asks(desk: Path) -> None:
    read_criteria(desk)
    (desk / "set.yaml").unlink()
    with pytest.raises(InvalidSourceError, match="there is no such file"):
        read_criteria(desk)
    with in_language("de"), pytest.raises(InvalidSourceError, match="Datei"):
        read_criteria(desk)


@pytest.mark.parametrize("levels", [1, 2], ids=["of the set", "of all sets"])
def test_a_lock_that_says_something_else_is_seen(desk: Path, levels: int) -> None:
    first, lock = read_criteria(desk), desk.parents[levels - 1] / LOCK
    lock.write_text(f"loan-desk@1.0.0: sha256:{first.digest}\n", "utf-8")
    assert read_criteria(desk) == first
    lock.write_text(f"loan-desk@1.0.0: sha256:{'0' * 64}\n", "utf-8")
    with pytest.raises(InvalidSourceError, match="is not what was released"):
        read_criteria(desk)


def test_a_translation_that_says_something_else_is_told(desk: Path) -> None:
    (desk / "translations").mkdir()
    for word in ("Nichts", "Gar nichts"):
        (desk / "translations" / "de.yaml").write_text(f"{GERMAN}{word}}}\n", "utf-8")
        with in_language("de"):
            told = criteria_in_words(read_criteria(desk))
        assert word in told.model_dump_json()


def test_the_same_words_for_two_folders_mean_two_sets(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Path(shutil.copytree(desk, desk.parents[1] / "elsewhere" / "1.0.0"))
    edit(other / "set.yaml", "The loan desk", "Another desk")
    monkeypatch.chdir(desk.parent)
    here = read_criteria(Path("1.0.0"))
    monkeypatch.chdir(other.parent)
    assert read_criteria(Path("1.0.0")).digest != here.digest


def test_few_sets_are_kept_and_the_one_in_use_stays(tmp_path: Path) -> None:
    folders = [Path(shutil.copytree(LOAN_DESK, tmp_path / f"{number}" / "1.0.0")) for number in range(CACHED + 1)]
    used, oldest = read_criteria(folders[0]), read_criteria(folders[1])
    for folder in folders[2:]:
        assert read_criteria(folders[0]) is used
        read_criteria(folder)
    assert read_criteria(folders[0]) is used
    assert read_criteria(folders[1]) is not oldest


def test_signatures_that_say_something_else_are_seen(desk: Path) -> None:
    read_criteria(desk)
    (desk.parent / SIGNATURES).write_text("no list\n", "utf-8")
    with pytest.raises(InvalidSourceError, match="a list of signatures is needed here"):
        read_criteria(desk)
