"""In which language the commands speak: who says so, and that everything is said in it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest
import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from typer.testing import CliRunner

from risk_engine import language
from risk_engine.cli import app
from risk_engine.cli.speech import VARIABLE, take_language
from risk_engine.language import current
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, done, refused, run

CASE = EXAMPLES / "lung-imaging.yaml"
NOTHING: Mapping[str, str] = {}
MARKING = "xx"
"""A language in which every message is itself between ⟦ and ⟧."""


@pytest.fixture(scope="session")
def marks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    (folder / MARKING / "LC_MESSAGES").mkdir(parents=True)
    for path in (Path(language.__file__).parent / "locale").glob("de/LC_MESSAGES/*.po"):
        marked = Catalog()
        with path.open("rb") as file:
            for one in filter(lambda one: one.id, read_po(file)):
                said = tuple(f"⟦{text}⟧" for text in (one.id if isinstance(one.id, tuple) else (one.id,)))
                marked.add(one.id, said if len(said) > 1 else said[0], context=one.context)
        with (folder / MARKING / "LC_MESSAGES" / f"{path.stem}.mo").open("wb") as file:
            write_mo(file, marked)
    return folder


@pytest.fixture
def marking(marks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risk_engine.language._FOLDER", marks)


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
    assert f"--lang LANGUAGE The language: en, de; else {VARIABLE} says it, else en." in flat


def test_the_option_is_declared_once() -> None:
    assert os.environ.get(VARIABLE) is None
    assert len([one for one in typer.main.get_command(app).params if "--lang" in one.opts]) == 1


def _unmarked(text: str) -> str:
    """Return what is left of a help page in the marking language when everything that is marked is taken out."""
    # A short help that was cut has lost its end mark.
    flat = " ".join(re.sub(r"⟦[^⟦⟧]*\.\.\.$", "", text, flags=re.MULTILINE).split())
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", flat)) != flat:
        flat = less
    return flat


@pytest.mark.usefixtures("marking")
@pytest.mark.parametrize("words", [(), ("case",), ("criteria",), ("key",), ("register",), *COMMANDS], ids=" ".join)
def test_every_sentence_of_every_help_can_be_translated(words: tuple[str, ...]) -> None:
    rest = _unmarked(done(*words, "--help", "--lang", MARKING))
    names = {"risk-engine", *words, *(one for command in COMMANDS for one in command)}
    is_name = re.compile(r"-{1,2}[a-z-]+,?|/|\[?x>=\d+\]?|\[?\d+<=x<=\d+\]?|<[a-z|]+>|[(){}\[\].:;]+")
    assert [one for one in rest.split() if one not in names and not is_name.fullmatch(one)] == []


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=" ".join)
def test_a_help_in_german_has_no_line_of_the_english_one(words: tuple[str, ...]) -> None:
    english, german = done(*words, "--help"), done(*words, "--help", "--lang", "de")
    assert german.startswith("Aufruf: risk-engine")
    assert "\nOptionen:\n" in german
    is_sentence = re.compile(r"[a-z]{3} [a-z]{3}")
    lines = set(german.partition("\n  Beispiel")[0].splitlines())
    assert [line for line in english.splitlines() if line in lines and is_sentence.search(line)] == []


MISTAKES = {
    ("foo",): "Fehler: Den Befehl 'foo' gibt es nicht.",
    ("asess",): "Fehler: Den Befehl 'asess' gibt es nicht. Meinten Sie 'assess', 'case'?",
    ("assess",): "Fehler: Das Argument 'FALL...' fehlt.",
    ("assess", "x", "--formt", "json"): "Fehler: Die Option --formt gibt es nicht (gemeint sein könnte: --format)",
    ("assess", "x", "-q"): "Fehler: Die Option -q gibt es nicht",
    ("assess", "x", "-o"): "Fehler: Die Option '-o' braucht einen Wert.",
    ("decide", "x", "--adopt=3"): "Fehler: Die Option '--adopt' nimmt keinen Wert.",
    ("register", "export", "x"): "Fehler: Die Option '--output' / '-o' fehlt.",
    ("register", "show", "x", "y", "z"): "Fehler: Diese Argumente sind zu viel: z",
    ("assess", "x", "--format", "pfd"): "Fehler: Ungültiger Wert für '--format': 'pfd' ist keiner der möglichen Werte: "
    "'text', 'json', 'html', 'md'.",
    ("case", "new", "--room", "31"): "Fehler: Ungültiger Wert für '--room': die Zahl darf höchstens 30 sein",
    ("case", "new", "--room", "-1"): "Fehler: Ungültiger Wert für '--room': die Zahl muss mindestens 0 sein",
    ("case", "new", "--room", "x"): "Fehler: Ungültiger Wert für '--room': das ist keine ganze Zahl",
}


@pytest.mark.parametrize(("arguments", "said"), MISTAKES.items(), ids=[" ".join(one) for one in MISTAKES])
def test_a_mistake_on_the_command_line_is_said_in_german(arguments: tuple[str, ...], said: str) -> None:
    text = refused(*arguments, "--lang", "de")
    assert text.splitlines()[-1] == said
    if text.count("\n") > 1:
        assert text.startswith("Aufruf: risk-engine ")
        assert "Hilfe dazu gibt „risk-engine" in text


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_said_in_english_as_the_library_says_it(arguments: tuple[str, ...]) -> None:
    plain = CliRunner().invoke(app, arguments, prog_name="risk-engine")
    assert (plain.exit_code, plain.output) == (2, run(*arguments).err)
