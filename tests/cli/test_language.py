"""In which language the commands speak: who says so, and that everything is said in it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner

from risk_engine.cli.commands import VARIABLE, application, take_language
from risk_engine.files.language import current, languages
from tests.cli.commands import COMMANDS
from tests.cli.running import EXAMPLES, done, refused, run
from tests.marked import TAG as MARKED
from tests.marked import marked_locale
from tests.strategies import by_turns

CASE = EXAMPLES / "lung-imaging.yaml"
NOTHING: Mapping[str, str] = {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marked_locale(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def marked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a language in place in which every letter of a message is marked."""
    monkeypatch.setattr("risk_engine.files.language._FOLDER", folder)


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


@pytest.mark.parametrize("value", ["--lang=de is what we speak", "--lang=", "--lang=de,en", "--lang=/de", "--lang=d"])
def test_what_has_not_the_form_of_a_language_is_left_to_the_option_before_it(value: str) -> None:
    assert take_language(["decide", "--reason", value], NOTHING) == ("en", ["decide", "--reason", value])
    two = ["decide", "--reason", "--lang", "we speak German"]
    assert take_language(two, NOTHING) == ("en", two)


def test_what_looks_like_the_option_can_be_the_value_of_another_one_after_an_equals_sign() -> None:
    assert take_language(["decide", "--reason=--lang=de"], NOTHING) == ("en", ["decide", "--reason=--lang=de"])


def test_the_option_wins_over_the_environment_and_nothing_said_is_english() -> None:
    assert take_language(["assess"], {VARIABLE: "de"}) == ("de", ["assess"])
    assert take_language(["assess", "--lang", "en"], {VARIABLE: "de"}) == ("en", ["assess"])
    assert take_language(["assess", "--lang", "en"], {VARIABLE: "xx"}) == ("en", ["assess"])
    assert take_language([], {VARIABLE: ""}) == ("en", [])


@pytest.mark.nightly
def test_the_machine_has_no_say() -> None:
    german = dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"), "de_DE.UTF-8")
    assert take_language(["assess"], german) == ("en", ["assess"])
    assert run("assess", CASE, **german) == run("assess", CASE)


def test_a_run_speaks_the_language_and_leaves_it_behind() -> None:
    for tag, head in (("de", "Aufruf: "), ("en", "Usage: "), ("de", "Aufruf: ")):
        assert done("case", "check", "--help", "--lang", tag).startswith(head)
        assert current() == "en"
    assert done("case", "check", "--help").startswith("Usage: ")


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    assert refused("assess", CASE, "--lang", "dee").splitlines() == [
        "--lang: there is no language `dee`; there are `en`, `de` and `fr`",
        "  help: did you mean `de`?",
    ]
    assert f"{VARIABLE}: there is no language `it`; there are `en`, `de` and `fr`" in refused(
        "--help", **{VARIABLE: "it"}
    )


@pytest.mark.parametrize("words", [("assess",), ("case", "check"), ()])
def test_an_option_without_its_language_is_refused(words: tuple[str, ...]) -> None:
    assert "Option '--lang' requires an argument." in refused(*words, "--lang")


@pytest.mark.parametrize("words", [(), ("case",), *COMMANDS], ids=" ".join)
def test_every_help_names_the_option_and_the_languages(words: tuple[str, ...]) -> None:
    flat = " ".join(done(*words, "--help").split())
    known = ", ".join(languages())
    assert f"--lang LANGUAGE The language: {known}; else {VARIABLE} says it, else en." in flat


def test_the_option_is_declared_once() -> None:
    assert os.environ.get(VARIABLE) is None
    assert len([one for one in typer.main.get_command(application()).params if "--lang" in one.opts]) == 1


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(
    "words", by_turns([(), ("case",), ("criteria",), ("key",), ("register",), *COMMANDS], 2), ids=" ".join
)
def test_every_sentence_of_every_help_can_be_translated(words: tuple[str, ...]) -> None:
    help_text, _, _ = done(*words, "--help", "--lang", MARKED).partition("Ⓔⓧⓐⓜⓟⓛⓔ")  # examples are commands
    # Regions and countries that are a default are codes.
    names = {
        "risk-engine",
        "EU27-AC",
        "CN]",
        VARIABLE,
        MARKED,
        *languages(),
        *words,
        *(one for command in COMMANDS for one in command),
    }
    is_name = re.compile(r"-{1,2}[a-z-]+|<[a-z|-]+>|[a-z]+\]|\[?\d*(<=)?x[<>]=\d+\]?")
    plain = [one.strip("(),.;/") for one in help_text.split() if re.search("[A-Za-z]", one)]
    assert [one for one in plain if one not in names and not is_name.fullmatch(one)] == []


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
    (
        "assess",
        "x",
        "--formt",
        "json",
    ): "Fehler: Die Option --formt gibt es nicht (gemeint sein könnte: --format, --from)",
    ("assess", "x", "-q"): "Fehler: Die Option -q gibt es nicht",
    ("assess", "x", "-o"): "Fehler: Die Option '-o' braucht einen Wert.",
    ("decide", "x", "--adopt=3"): "Fehler: Die Option '--adopt' nimmt keinen Wert.",
    ("register", "export", "x"): "Fehler: Die Option '--output' / '-o' fehlt.",
    ("register", "show", "x", "y", "z"): "Fehler: Diese Argumente sind zu viel: z",
    ("assess", "x", "--format", "pfd"): "Fehler: Ungültiger Wert für '--format': 'pfd' ist keiner der möglichen Werte: "
    "'text', 'json', 'html', 'md', 'pdf', 'docx'.",
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


OWN_WORDS = {
    "Value error, ": "",
    "Input should be less than or equal to 30": "the number must be at most 30",
    "Input should be greater than or equal to 0": "the number must be at least 0",
    "Input should be a valid integer, unable to parse string as an integer": "this is no whole number",
}
"""What the library says in words of another library."""


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_said_in_english_as_the_library_says_it_but_in_words_for_people(
    arguments: tuple[str, ...],
) -> None:
    plain = CliRunner().invoke(application(), arguments, prog_name="risk-engine")
    said = plain.output
    for theirs, ours in OWN_WORDS.items():
        said = said.replace(theirs, ours)
    assert (plain.exit_code, said) == (2, run(*arguments).err)


def _said_in_german(*arguments: str | Path) -> str:
    return refused(*arguments, "--lang", "de")


def test_a_mistake_in_a_case_file_is_said_in_german(tmp_path: Path) -> None:
    wrong = tmp_path / "case.yaml"
    text = (
        CASE.read_text("utf-8")
        .replace("criteria:", "kriteria:", 1)
        .replace("direction: eu_to_partner", "direction: eu")
    )
    wrong.write_text(text, "utf-8")
    said = _said_in_german("assess", wrong)
    assert ": unbekannter Schlüssel `kriteria`\n" in said
    assert "\n  Hilfe: meinten Sie `criteria`?\n" in said
    assert "`eu` geht hier nicht, möglich ist `none`, " in said
    assert "help:" not in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "die Datei ist leer"),
        ("a: [1\n", "diese Klammer ist nicht geschlossen, oder ein Komma fehlt"),
        ("a: 1\na: 2\n", "der Schlüssel `a` steht doppelt da"),
        ("a: 1.5\n", "`1.5` ist keine ganze Zahl"),
        ("a: 2026-02-31\n", "dieses Datum gibt es nicht: `2026-02-31`"),
        ("- 1\n", "ein Fall besteht aus Schlüsseln mit Werten; das hier ist eine Liste oder ein einzelner Wert"),
    ],
)
def test_what_cannot_be_read_is_said_in_german(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(content, "utf-8")
    assert message in _said_in_german("assess", tmp_path / "case.yaml", "--criteria", "reconnect-china")


def test_what_is_not_there_is_said_in_german(tmp_path: Path) -> None:
    assert ":1:1: diese Datei gibt es nicht\n" in _said_in_german("assess", tmp_path / "x.yaml")
    assert ":1:1: diese Datei gibt es nicht\n" in _said_in_german("verify", tmp_path / "x.json")
    assert "dieses Fallregister gibt es nicht" in _said_in_german("register", "list", tmp_path / "x")
    assert "einen Kriterienkatalog `china` gibt es nicht" in _said_in_german("case", "new", "--criteria", "china")
    assert "in diesem Kriterienkatalog heißt niemand `boss`" in _said_in_german(
        "case", "new", tmp_path / "a.xlsx", "--for", "boss"
    )


def test_a_decision_without_a_reason_is_refused_in_german(tmp_path: Path) -> None:
    done("assess", CASE, "--format", "json", "-o", tmp_path / "a.json")
    who = ("--by", "A", "--role", "B", "--on", "2026-12-03")
    said = _said_in_german("decide", tmp_path / "a.json", *who, "--level", "start_gate=clear")
    assert "Start: Frei (vorgeschlagen: Gesperrt)\n  Hilfe: sagen Sie, warum: --reason\n" in said


@pytest.mark.nightly
def test_what_is_kept_is_the_same_in_every_language(tmp_path: Path) -> None:
    for tag in ("en", "de"):
        folder = tmp_path / tag
        folder.mkdir()
        tell = ("--lang", tag)
        done("assess", CASE, "--format", "json", "-o", folder / "a.json", *tell)
        who = ("--by", "A", "--role", "B", "--on", "2026-12-03")
        done("decide", folder / "a.json", *who, *tell)
        done("register", "add", folder / "register", CASE, "--on", "2026-11-25", *tell)
        done("register", "list", folder / "register", "-o", folder / "list.csv", *tell)
        done("register", "due", folder / "register", "--on", "2027-01-20", "-o", folder / "due.csv", *tell)
        done("case", "schema", "-o", folder / "case.schema.json", *tell)
        done("criteria", "schema", "-o", folder / "schemas", *tell)
    # A decision alone keeps the words that were signed.
    every = [one.relative_to(tmp_path / "en") for one in (tmp_path / "en").rglob("*.*") if one.is_file()]
    files = [one for one in every if one.name != "a.decision.json"]
    assert [one for one in every if one not in files] != []
    assert len(files) > 20
    for one in files:
        said = [(tmp_path / tag / one).read_bytes() for tag in ("de", "en")]
        if one.name in {"LOG.jsonl", "REGISTER.txt"}:
            # Each register has a beginning of its own, and its log a chain of times and digests from there on.
            said = [
                re.sub(rb'[0-9a-f]{64}|[0-9-]{10}T[0-9:.]+|(?<=register":")[0-9a-f]+', b"", content) for content in said
            ]
        assert said[0] == said[1], one


def test_a_table_to_read_speaks_german_and_its_workbook_too(tmp_path: Path) -> None:
    done("register", "add", tmp_path / "register", CASE, "--on", "2026-11-25")
    assert "überfällig" in done("register", "due", tmp_path / "register", "--on", "2027-01-20", "--lang", "de")
    assert "Noch offen: nein" in done("register", "list", tmp_path / "register", "--lang", "de")
    done("register", "due", tmp_path / "register", "--on", "2027-01-20", "-o", tmp_path / "due.xlsx", "--lang", "de")
    sheet = load_workbook(tmp_path / "due.xlsx").worksheets[0]
    assert (sheet.title, sheet["A1"].value, sheet["B1"].value) == ("Fällig", "Fällig", "Stand")
