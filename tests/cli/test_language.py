"""In which language the commands speak: who says so, and that everything is said in it."""

import os
from collections.abc import Mapping
from unittest import mock

import pytest
import typer

from risk_engine.cli import app
from risk_engine.cli.speech import VARIABLE, take_language
from risk_engine.language import current
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, done, refused, run

CASE = EXAMPLES / "lung-imaging.yaml"
NOTHING: Mapping[str, str] = {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--lang", "de", "case", "check", "x.yaml"],
        ["case", "--lang=de", "check", "x.yaml"],
        ["case", "check", "x.yaml", "--lang", "de"],
        ["--lang", "en", "case", "check", "--lang", "de", "x.yaml"],
    ],
)
def test_the_option_may_stand_anywhere_and_the_last_one_counts(arguments: list[str]) -> None:
    assert take_language(arguments, NOTHING) == ("de", ["case", "check", "x.yaml"])


def test_after_two_dashes_there_are_no_options() -> None:
    arguments = ["case", "check", "--", "--lang", "de", "--lang=de"]
    assert take_language(arguments, NOTHING) == ("en", arguments)


def test_the_option_wins_over_the_environment_and_nothing_said_is_english() -> None:
    assert take_language(["assess"], {VARIABLE: "de"}) == ("de", ["assess"])
    assert take_language(["assess", "--lang", "en"], {VARIABLE: "de"}) == ("en", ["assess"])
    assert take_language(["assess", "--lang", "en"], {VARIABLE: "xx"}) == ("en", ["assess"])
    assert take_language([], {VARIABLE: ""}) == ("en", [])


def test_the_machine_has_no_say() -> None:
    german = dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"), "de_DE.UTF-8")
    assert take_language(["assess"], german) == ("en", ["assess"])
    assert run("assess", CASE, **german) == run("assess", CASE)


def test_a_run_speaks_the_language_and_leaves_it_behind() -> None:
    heard = []
    with mock.patch.object(typer.main, "get_command", side_effect=lambda _: heard.append(current())):
        for arguments in (["case", "--lang", "de"], ["case"]):
            with pytest.raises(AssertionError):
                run(*arguments)
    assert heard == ["de", "en"]
    assert current() == "en"


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    assert refused("assess", CASE, "--lang", "dee").splitlines() == [
        "--lang: there is no language `dee`; there are `en` and `de`",
        "  help: did you mean `de`?",
    ]
    assert f"{VARIABLE}: there is no language `fr`; there are `en` and `de`" in refused("--help", **{VARIABLE: "fr"})


@pytest.mark.parametrize("words", [("assess",), ("case", "check"), ()])
def test_an_option_without_its_language_is_refused(words: tuple[str, ...]) -> None:
    assert "Option '--lang' requires an argument." in refused(*words, "--lang")


@pytest.mark.parametrize("words", [(), ("case",), *COMMANDS], ids=" ".join)
def test_every_help_names_the_option_and_the_languages(words: tuple[str, ...]) -> None:
    flat = " ".join(done(*words, "--help").split())
    assert f"--lang LANGUAGE Say everything in this language: en, de. Without it {VARIABLE} of the environ" in flat


def test_the_option_is_declared_once() -> None:
    assert os.environ.get(VARIABLE) is None
    assert len([one for one in typer.main.get_command(app).params if "--lang" in one.opts]) == 1
