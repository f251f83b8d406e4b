"""An error that nobody foresaw: a code of its own, and a message that says what to send to whom."""

import sys

import pytest

from risk_engine.cli import main
from risk_engine.cli.output import Exit, defect
from risk_engine.files.language import in_language
from risk_engine.version import __version__


def broken() -> None:
    """Be a part of a command that has a defect."""
    raise KeyError("a\x1b[31mb")


def raised() -> Exception:
    """Return an error as it comes out of this program."""
    from risk_engine.model.words import SEVERITIES
    from risk_engine.report.wording import severities

    try:
        severities(SEVERITIES[0], "no such severity")  # type: ignore[arg-type]
    except KeyError as error:
        return error
    raise AssertionError


def test_an_error_that_nobody_foresaw_has_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["risk-engine", "--version"])
    with pytest.raises(SystemExit) as ended:
        main(broken)
    assert ended.value.code == Exit.DEFECT
    assert Exit.DEFECT.value == 70
    said = capsys.readouterr()
    assert said.out == ""
    first, second, *more = said.err.splitlines()
    assert first == "risk-engine met an error that should never happen: a defect of this program, not of your files."
    assert second.startswith("KeyError: 'a\\x1b[31mb' (risk_engine/cli/__init__.py:")
    assert "whoever looks after this program" in " ".join(more)
    assert "Traceback" not in said.err


def test_the_line_to_send_names_the_place_and_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISK_ENGINE_TRACEBACK", raising=False)
    line = defect(raised()).splitlines()[1]
    assert line.startswith("KeyError: 'no such severity' (risk_engine/report/wording.py:")
    assert f"risk-engine {__version__}, Python 3." in line


def test_the_environment_asks_for_the_whole_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_ENGINE_TRACEBACK", "1")
    said = defect(raised())
    assert "\n\nTraceback (most recent call last):\n" in said
    assert said.endswith("KeyError: 'no such severity'")


def test_an_error_without_words_or_place_is_named_by_its_kind_and_a_long_one_is_cut() -> None:
    assert defect(ValueError()).splitlines()[1].startswith("ValueError (risk-engine ")
    long = defect(ValueError("a" * 9_000 + "\nb")).splitlines()[1]
    assert 300 < len(long) < 400


def test_it_is_told_in_german() -> None:
    with in_language("de"):
        said = defect(ValueError("x")).splitlines()
    assert said[0].startswith(
        "risk-engine ist auf etwas gestoßen, das es nicht geben dürfte: ein Fehler dieses Programms"
    )
