"""The real command in a process of its own: exit codes, streams, pipes, strange names and narrow encodings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.cli.output import TRACEBACK
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, ROOT


def shell(
    *arguments: str | Path, folder: Path = ROOT, environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "SYSTEMROOT", "HOME"}}
    everything = {**kept, "PYTHONPATH": str(ROOT), TRACEBACK: "1", **(environment or {})}
    command = [sys.executable, "-m", "risk_engine", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=everything, capture_output=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["assess", LOAN_CASE, *LOAN], 0),
        (["assess", LOAN_CASE, *LOAN, "--fail-on", "lend_on_terms"], 1),
        pytest.param(
            ["assess", EXAMPLES / "half-filled.yaml", "--fail-on", "regulation"], 3, marks=pytest.mark.nightly
        ),
        (["assess", "nowhere.yaml"], 2),
        pytest.param(["no-such-command"], 2, marks=pytest.mark.nightly),
    ],
)
def test_the_exit_code_reaches_the_shell(arguments: list[str | Path], code: int) -> None:
    found = shell(*arguments)
    assert found.returncode == code
    assert (found.stdout == b"") == (code == 2)
    assert (found.stderr == b"") == (code != 2)
    assert b"Traceback" not in found.stderr


def test_names_with_spaces_and_umlauts_work(tmp_path: Path) -> None:
    folder = tmp_path / "Fälle für März 沙"
    folder.mkdir()
    shutil.copy(LOAN_CASE, folder / "größter Fall.yaml")
    found = shell("assess", "größter Fall.yaml", *LOAN, "--format", "md", "-o", "Bericht größter.md", folder=folder)
    assert (found.returncode, found.stdout) == (0, b"")
    assert (folder / "Bericht größter.md").is_file()
    assert shell("case", "check", "größter Fall.yaml", *LOAN, folder=folder).returncode == 0


@pytest.mark.parametrize(
    ("form", "environment"),
    [
        ("html", {"PYTHONIOENCODING": "cp1252"}),
        pytest.param("json", {"PYTHONIOENCODING": "ascii"}, marks=pytest.mark.nightly),
        pytest.param("json", {"LC_ALL": "C"}, marks=pytest.mark.nightly),
    ],
)
def test_a_name_in_another_script_is_written_as_utf8_whatever_the_system_speaks(
    form: str, environment: dict[str, str], tmp_path: Path
) -> None:
    # An old Windows console has a code page that knows no Chinese; what is piped into a file must survive all the same.
    case = tmp_path / "case.yaml"
    text = LOAN_CASE.read_text("utf-8").replace("called: House on the Plain", "called: 长白森林生态研究所")
    case.write_text(text, "utf-8")
    found = shell("assess", case, *LOAN, "--format", form, environment=environment)
    assert (found.returncode, found.stderr) == (0, b"")
    assert "长白森林生态研究所" in found.stdout.decode("utf-8")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="these systems refuse such a name themselves")
def test_a_file_whose_name_is_no_text_can_be_used_and_named(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"case-\xff.yaml")).write_bytes(LOAN_CASE.read_bytes())
    for arguments in (["assess", "."], ["case", "check", os.fsdecode(b"case-\xff.yaml")]):
        found = shell(*arguments, *LOAN, folder=tmp_path)
        assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.nightly
def test_a_reader_that_stops_early_ends_the_command_quietly(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m risk_engine criteria show reconnect-china@1.0.0 2>"{tmp_path}/err" | head -n 1'
    found = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    assert found.stdout.startswith(b"Research cooperation")
    assert (tmp_path / "err").read_bytes() == b""


def test_a_full_disk_is_told_in_one_line() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has a disk that is always full")
    command = f'"{sys.executable}" -m risk_engine assess "{LOAN_CASE}" --criteria "{LOAN[1]}" --format json > /dev/full'
    found = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, check=False)  # noqa: S607
    assert found.returncode != 0
    assert b"Traceback" not in found.stderr
    assert b"no space left" in found.stderr.lower()


def test_help_does_not_need_a_terminal() -> None:
    found = shell("assess", "--help", environment={"COLUMNS": "40", "FORCE_COLOR": "1"})
    assert found.returncode == 0
    assert b"--fail-on LEVEL" in found.stdout
