"""`criteria case-from`: an assessment becomes a test of the set, once a person says yes."""

import shutil
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from risk_engine.files.source import parse
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, Result, refused, run
from tests.strategies import by_turns

KEEP = ("--confidential", "keep")
YES = ("--confirm", "B. Ode")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "fans.json"
    assert run("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", path).code == 0
    return path


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LOAN_DESK, tmp_path / "desk"))


def made(record: Path, desk: Path, *options: str, name: str = "two houses, one without a steady climate") -> Result:
    return run("criteria", "case-from", record, "--criteria", desk, "--name", name, *options)


def cases(desk: Path) -> Path:
    return desk / "1.0.0" / "cases.yaml"


def last(desk: Path) -> dict[str, Any]:
    found: dict[str, Any] = parse(cases(desk).read_text("utf-8"), "cases", nulls=True).data["cases"][-1]
    return found


def test_the_test_is_added_at_the_end_and_passes_and_all_else_stays(record: Path, desk: Path) -> None:
    before = cases(desk).read_text("utf-8")
    result = made(record, desk, *KEEP, *YES)
    assert result.code == 0, result
    assert "to: release checks_due, verdict lend_on_terms, travel alone" in result.out
    after = cases(desk).read_text("utf-8")
    assert after.startswith(before)
    assert "what it expects was confirmed by B. Ode on\n  # 2026-11-26\n  - name: two houses" in after
    assert run("criteria", "test", desk).out == "loan-desk@1.0.0: 15 passed, 0 failed\n"
    test = last(desk)
    assert test["on"].isoformat() == "2026-03-02"
    assert test["expect"]["ladders"] == {"verdict": "lend_on_terms", "release": "checks_due", "travel": "alone"}
    assert test["given"]["borrower.town.damages"] == 1
    assert test["given"]["loan.escorted"] is None
    assert test["given"]["artwork.artwork-1"]["claim"] == "rumoured"
    assert test["in_place"] == ("LOGGER",)
    assert test["given"]["controls"] == ({"id": "SIGN", "status": "planned"},)


@pytest.mark.parametrize(
    "words",
    by_turns(
        [
            "Harbour",
            "harbour",
            "Plain",
            "What a fan can say",
            "fan",
            "portrait",
            "LOG-1",
            "L-2026",
            "Easter",
            "Registrar",
        ],
        3,
    ),
)
def test_no_text_name_or_reference_of_the_record_comes_into_the_set(words: str, record: Path, desk: Path) -> None:
    before = cases(desk).read_text("utf-8")
    told = made(record, desk, *KEEP, *YES)
    assert words not in cases(desk).read_text("utf-8").removeprefix(before)
    assert "Texts that stay in the record: loan.story, borrower.harbour.called" in told.out


def test_without_a_persons_yes_nothing_is_written(record: Path, desk: Path) -> None:
    before = cases(desk).read_bytes()
    result = made(record, desk, *KEEP)
    assert result.code == 2
    assert "nobody confirmed what the case expects, so nothing is written" in result.err
    assert "findings: {OBJ-1: moderate" in result.out
    empty = made(record, desk, *KEEP, "--confirm", " ")
    assert empty.code == 2
    assert "--confirm is empty" in empty.err
    assert cases(desk).read_bytes() == before


def test_who_sits_at_a_terminal_is_asked(record: Path, desk: Path) -> None:
    answers = iter(["leave-out", "B. Ode"])
    with (
        mock.patch("sys.stdin.isatty", return_value=True),
        mock.patch("typer.prompt", side_effect=lambda *_one, **_two: next(answers)) as asked,
    ):
        assert made(record, desk).code == 0
    assert "Confidential answers: keep them, or leave them out?" in asked.call_args_list[0].args[0]
    assert last(desk)["given"]["borrower.town.damages"] is None
    assert run("criteria", "test", desk).out == "loan-desk@1.0.0: 15 passed, 0 failed\n"


def test_what_becomes_of_confidential_answers_somebody_must_say(record: Path, desk: Path) -> None:
    text = refused("criteria", "case-from", record, "--criteria", desk, "--name", "x", *YES)
    assert "nobody said what becomes of them: borrower.town.damages" in text
    assert "say `--confidential keep` or `--confidential leave-out`" in text


def test_a_record_that_came_to_something_else_is_told(record: Path, desk: Path) -> None:
    found = next(one for one in (desk / "1.0.0" / "indicators").iterdir() if "OBJ-2:" in one.read_text("utf-8"))
    text = found.read_text("utf-8")
    start = text.index("OBJ-2:")
    rest = text[start:].replace("high:", "critical:", 1)
    found.write_text(text[:start] + rest, "utf-8")
    result = made(record, desk, *KEEP)
    assert "OBJ-2 (present): high in the record, critical in the test" in result.out, result


def test_what_stands_below_the_cases_stays_there_with_its_comment(record: Path, desk: Path) -> None:
    text = cases(desk).read_text("utf-8")
    base, _cases, rest = text.partition("cases:\n")
    turned = f"cases:\n{rest}\n# the harmless one\n{base}"
    cases(desk).write_text(turned, "utf-8", newline="")
    assert made(record, desk, *KEEP, *YES).code == 0
    after = cases(desk).read_text("utf-8")
    assert after.endswith(f"\n\n# the harmless one\n{base}")
    assert run("criteria", "test", desk).out == "loan-desk@1.0.0: 15 passed, 0 failed\n"


def test_lines_of_windows_stay_such_lines(record: Path, desk: Path) -> None:
    content = cases(desk).read_bytes().replace(b"\n", b"\r\n")
    cases(desk).write_bytes(content)
    assert made(record, desk, *KEEP, *YES).code == 0
    after = cases(desk).read_bytes()
    assert after.startswith(content)
    assert b"\n" not in after.replace(b"\r\n", b"")


def test_a_name_that_is_there_and_a_set_that_came_with_the_program_are_refused(record: Path, desk: Path) -> None:
    name = "the base case is harmless"
    text = refused("criteria", "case-from", record, "--criteria", desk, "--name", name, *KEEP, *YES)
    assert f"`{name}` is the name of an earlier test already" in text
    shipped = refused("criteria", "case-from", record, "--criteria", "reconnect-china", "--name", "x", *KEEP, *YES)
    assert "is the set that came with the program" in shipped


def test_cases_on_one_line_are_refused(record: Path, desk: Path) -> None:
    text = cases(desk).read_text("utf-8")
    base = text.partition("cases:\n")[0]
    cases(desk).write_text(f"{base}cases: [{{name: a, expect: {{}}}}]\n", "utf-8")
    result = made(record, desk, *KEEP, *YES)
    assert result.code == 2
    assert "its cases do not stand below each other" in result.err
