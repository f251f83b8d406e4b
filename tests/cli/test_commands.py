"""One run reads the command that it is asked for and no other, and to be told of them all nothing else."""

import subprocess
import sys

import pytest

from risk_engine.cli.commands import application
from tests.cli.commands import COMMANDS, registered
from tests.cli.running import ROOT

FIRST = sorted({words[0] for words in COMMANDS})
PROGRAM = """
import sys
from risk_engine.cli import main
try:
    main()
finally:
    heavy = ("pydantic", "yaml", "rich.console", "risk_engine.report")
    print([one for one in (*heavy, "risk_engine.cli.decide") if one in sys.modules])
"""


@pytest.mark.parametrize("first", FIRST)
def test_an_application_for_one_command_has_that_one_whole(first: str) -> None:
    assert [*registered(application(first))] == [words for words in COMMANDS if words[0] == first]


@pytest.mark.parametrize("first", ["asses", "--help", "--lang", "", None])
def test_where_no_command_is_named_there_are_all_of_them(first: str | None) -> None:
    assert tuple(registered(application(first))) == COMMANDS


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [(["--version"], []), (["--help"], ["risk_engine.cli.decide"])],
)
def test_help_waits_for_nothing_that_reads_or_decides_a_case(arguments: list[str], loaded: list[str]) -> None:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.splitlines()[-1] == f"{loaded}"
