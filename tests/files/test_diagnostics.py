import doctest
from datetime import date

import pytest

from risk_engine.files import diagnostics
from risk_engine.files.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    MissingExtraError,
    NotInForceError,
    Position,
    file_problem,
    nearest,
    quoted,
    suggestion,
)


def at(line: int, column: int, source_line: str, message: str = "no", help_text: str = "") -> str:
    return str(Diagnostic(Position("f.yaml", line, column), message, help_text, source_line))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(diagnostics).failed == 0


def test_a_diagnostic_shows_place_line_caret_and_way_out() -> None:
    assert at(12, 4, "a: b", "too bad", "try c").splitlines() == [
        "f.yaml:12:4: too bad",
        "  12 | a: b",
        "     |    ^",
        "  help: try c",
    ]


def test_a_diagnostic_without_a_line_is_one_line() -> None:
    assert at(1, 1, "") == "f.yaml:1:1: no"


@pytest.mark.parametrize(
    ("line", "column", "lead"),
    [
        ("\tx: 1", 2, "\t"),
        ("松花: x", 5, "      "),
        ("e\N{COMBINING ACUTE ACCENT}: x", 5, "   "),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER W}ide: x", 3, "   "),
    ],
)
def test_the_caret_stands_below_its_place(line: str, column: int, lead: str) -> None:
    assert at(1, column, line).splitlines()[2] == f"    | {lead}^"


@pytest.mark.parametrize(
    ("column", "shown"),
    [(1, "a" * 99 + "…"), (150, "…" + "a" * 98 + "…"), (300, "…" + "a" * 50)],
)
def test_of_a_long_line_the_part_around_the_place_is_shown(column: int, shown: str) -> None:
    _, line, caret = at(1, column, "a" * 300).splitlines()
    assert line == f"  1 | {shown}"
    assert line[caret.index("^")] in "a…"


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    shown = at(1, 1, "a\x1b[31mb\N{RIGHT-TO-LEFT OVERRIDE}", "`\x1b[2J` and\nmore")
    assert shown.splitlines()[0] == "f.yaml:1:1: `�[2J` and�more"
    assert shown.splitlines()[1] == "  1 | a�[31mb�"


def test_an_error_holds_each_problem_once_sorted_by_place() -> None:
    late, early = (Diagnostic(Position("f.yaml", line, 1), "no") for line in (10, 9))
    error = InvalidSourceError([late, early, late])
    assert error.diagnostics == (early, late)
    assert str(error) == "f.yaml:9:1: no\nf.yaml:10:1: no"


def test_what_is_not_in_force_says_so_with_the_date() -> None:
    assert str(NotInForceError("it", date(2026, 1, 2))) == "it is not in force on 2026-01-02"
    assert str(NotInForceError("it", date(2026, 1, 2), "wait")).endswith("\n  help: wait")


def test_a_problem_of_a_whole_file_stands_at_its_beginning() -> None:
    assert str(file_problem("f.yaml", "gone")) == "f.yaml:1:1: gone"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "`a`"),
        (["a", "b"], "`a` or `b`"),
        (list("abcdefghi"), "`a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, …"),
    ],
)
def test_words_are_enumerated(words: list[str], text: str) -> None:
    assert quoted(words) == text


def test_a_number_means_the_same_with_and_without_leading_zeros() -> None:
    assert nearest("sec-8", ["SEC-18", "SEC-08", "SEC-80"]) == "SEC-08"
    assert nearest("SEC-008", ["SEC-18", "SEC-08"]) == "SEC-08"


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("weight ", ["WEIGHT", "height"]) == "WEIGHT"
    assert nearest("zzz", ["WEIGHT"]) is None
    assert suggestion("zzz", []) == ""


def test_an_extra_is_installed_from_the_folder_of_the_program_and_by_no_name_that_another_package_has() -> None:
    assert str(MissingExtraError("PDF files need it", "pdf")) == (
        "PDF files need it\n"
        "  help: install the extra `pdf`, in the folder of this program with what installed it: "
        "`pipx install --force '.[pdf]'`, `uv tool install --force '.[pdf]'` or `pip install '.[pdf]'` "
        "(README, “Extras”)"
    )
