import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import LOAN_DESK, ROOT, done, refused, run, run_on_a_terminal

SHIPPED = "reconnect-china"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "1.0.0"))


def test_the_map_is_printed_with_what_it_takes_for_granted_first() -> None:
    out = done("criteria", "map", LOAN_DESK)
    assert out.startswith("What may leave the house\n")
    assert out.index("What it takes for granted") < out.index("Key") < out.index("Robust")
    assert "\x1b" not in out


def test_on_a_terminal_it_is_coloured() -> None:
    assert "\x1b[1;31m● Held" in run_on_a_terminal("criteria", "map", LOAN_DESK).out


@pytest.mark.nightly
def test_the_map_of_the_shipped_set_fits_an_ordinary_screen() -> None:
    out = done("criteria", "map", SHIPPED)
    assert max(map(len, out.splitlines())) <= 80
    assert "Area 3, most sensitive: quantum technologies" in out.splitlines()


@pytest.mark.parametrize("width", ["1", "20", "40"])
def test_a_narrow_screen_loses_no_cell(width: str) -> None:
    flat = "".join(done("criteria", "map", LOAN_DESK, COLUMNS=width).split())
    assert flat.count("●") == 4  # in the key and in three rows


def test_the_form_is_named_or_said_by_the_ending(tmp_path: Path) -> None:
    printed = done("criteria", "map", LOAN_DESK, "--format", "html")
    result = run("criteria", "map", LOAN_DESK, "-o", tmp_path / "map.html")
    assert (result.code, result.out, result.err) == (0, "", f"wrote {tmp_path / 'map.html'}\n")
    assert (tmp_path / "map.html").read_text("utf-8") == printed
    assert printed.startswith("<!doctype html>\n")
    done("criteria", "map", LOAN_DESK, "-o", tmp_path / "map.txt")
    assert "than its ending says" in refused(
        "criteria", "map", LOAN_DESK, "--format", "text", "-o", tmp_path / "text.html"
    )
    text = (tmp_path / "map.txt").read_text("utf-8")
    assert text.startswith("What may leave the house\n")


@pytest.mark.nightly
def test_the_same_map_comes_out_every_time() -> None:
    first, again = (done("criteria", "map", SHIPPED, "--format", "html") for _ in range(2))
    assert first == again


def test_the_day_chooses_version_and_rules_and_is_printed() -> None:
    assert "as of 1 February 2026" in done("criteria", "map", LOAN_DESK)
    assert "as of 3 May 2027" in done("criteria", "map", LOAN_DESK, "--on", "2027-05-03")
    assert "is not in force on 2020-01-01" in refused("criteria", "map", LOAN_DESK, "--on", "2020-01-01")
    early = done("criteria", "map", f"{LOAN_DESK}@1.0.0", "--on", "2024-02-29")
    assert early.splitlines()[1] == "Not in force on 29 February 2024: another version holds on that day."


def test_a_set_without_a_map_is_refused_with_the_way_out(copied: Path) -> None:
    (copied / "map.yaml").unlink()
    assert refused("criteria", "map", copied) == (
        "the criteria set `loan-desk` 1.0.0 has no map\n"
        f"  help: describe one in `{copied}/map.yaml` (docs/authors.md, “A map of areas and non-areas”)\n"
    )
    done("criteria", "check", copied)


def test_a_map_with_problems_is_refused_and_nothing_is_written(copied: Path, tmp_path: Path) -> None:
    (copied / "map.yaml").write_text("title: T\n", "utf-8")
    message = refused("criteria", "map", copied, "-o", tmp_path / "map.html")
    assert "the key `rows` is missing" in message
    assert not (tmp_path / "map.html").exists()


def test_what_the_map_was_made_from_is_not_written_over(copied: Path) -> None:
    for name in ("map.yaml", "cases.yaml"):
        assert "is read for this result" in refused("criteria", "map", copied, "-o", copied / name)


@pytest.mark.nightly
def test_a_pipe_in_a_plain_locale_gets_every_sign() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "risk_engine", "criteria", "map", str(LOAN_DESK)],
        cwd=ROOT,
        env={"LC_ALL": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert "● Held" in made.stdout.decode("utf-8")
