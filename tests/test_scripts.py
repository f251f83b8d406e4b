"""The programs that choose and judge tests: which tests a change asks for, and what is a mutant of our own code."""

import ast
import os
import signal
import tempfile
from functools import cache
from pathlib import Path
from types import CodeType

import pytest
import yaml

from scripts import changed_tests, mutate_python
from scripts.mutate_python import Mutant, changes, everyone, filled, problems, said, standing


@cache
def whole_sample() -> dict[Mutant, str]:
    listed = yaml.safe_load(mutate_python.SAMPLE.read_text("utf-8"))
    return standing(listed, everyone())


@cache
def plain_code(path: Path) -> dict[tuple[str, int], CodeType]:
    return mutate_python.codes(ast.parse(path.read_bytes()), path)


def invented(number: int, path: str = "engine/evaluate.py") -> list[Mutant]:
    return [Mutant(path, f"f{each}", each, "1", "2") for each in range(number)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a == b", "a != b"),
        ("a < b", "a <= b"),
        ("a >= b", "a > b"),
        ("a in b", "a not in b"),
        ("a is None", "a is not None"),
        ("a and b", "a or b"),
        ("a or b", "a and b"),
        ("not a", "a"),
        ("True", "False"),
        ("1", "2"),
        ("'word'", "'word~'"),
    ],
)
def test_an_expression_has_one_small_change(before: str, after: str) -> None:
    assert [said(one) for one in changes(ast.parse(before, mode="eval").body)] == [after]


def test_what_returns_something_may_return_nothing() -> None:
    assert [said(one) for one in changes(ast.parse("return a").body[0])] == ["return None"]
    assert list(changes(ast.parse("return 1").body[0])) == []


def test_words_types_and_errors_are_left_alone() -> None:
    function = ast.parse(
        'def f(a: "str" = "x") -> "int":\n    "Say."\n    raise E("no")\n    b: "int" = _("yes")\n'
    ).body[0]
    assert [one for node in mutate_python.within(function) for one in changes(node)] == []


@pytest.mark.nightly
def test_the_sample_is_large_enough_and_every_room_is_in_it() -> None:
    found = whole_sample()
    assert len(found) >= mutate_python.AT_LEAST
    assert {mutant.path.partition("/")[0] for mutant in found} == set(mutate_python.ROOMS)


@pytest.mark.nightly  # as `make mutants-python` is, which alone reads them
def test_every_mutant_has_a_name_of_its_own() -> None:
    mutants = everyone()
    assert len({mutant.name for mutant in mutants}) == len(mutants)


def test_other_code_neither_adds_to_the_sample_nor_takes_from_it() -> None:
    listed = {mutant.name: "a test" for mutant in invented(3)}
    assert list(standing(listed, [*invented(3), *invented(3, "engine/find.py"), *invented(9)[5:]])) == invented(3)


def test_a_mutant_stays_in_the_sample_where_its_function_moves_to_another_file() -> None:
    listed = {mutant.name: "a test" for mutant in invented(3)}
    moved = [mutant for mutant in invented(2, "engine/find.py") if mutant.function == "f1"]
    assert standing(listed, moved) == {moved[0]: "a test"}
    assert standing(listed, [*moved, *invented(2, "engine/assess.py")]) == {
        invented(1, "engine/assess.py")[0]: "a test"
    }


def test_a_sample_is_filled_up_by_what_mutants_say_and_keeps_what_it_has() -> None:
    mutants = invented(300)
    last = max(mutants, key=lambda mutant: mutant.place)
    found = filled({last: "a test"}, mutants)
    assert len(found) == mutate_python.FULL
    assert found[last] == "a test"
    assert found == filled({last: "a test"}, mutants[::-1])
    assert filled(found, mutants) == found


@pytest.mark.nightly
def test_a_mutant_is_called_alike_wherever_it_stands_and_changes_the_code_of_its_function_only() -> None:
    one = next(iter(whole_sample()))
    path = mutate_python.PACKAGE / one.path
    changed, plain = mutate_python.code_of(one), plain_code(path)
    assert changed.keys() == plain.keys()
    differing = {name.partition(".<locals>")[0] for name, line in changed if changed[name, line] != plain[name, line]}
    assert one.function in differing
    assert differing <= {one.function, "<module>", one.function.partition(".")[0]}


@pytest.mark.nightly  # as `make mutants-python` is, which alone reads it
def test_every_mutant_of_the_sample_is_a_program_and_another_one() -> None:
    for one in whole_sample():
        path = mutate_python.PACKAGE / one.path
        assert mutate_python.code_of(one) != plain_code(path), one.name


def broken() -> bool:
    raise ZeroDivisionError


def killed() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def writes() -> bool:
    tempfile.tempdir = None
    mutate_python.running("a test")
    return False


def test_work_in_processes_of_its_own_says_yes_no_or_what_is_wrong() -> None:
    if not os.fork():  # a child that nobody waited for
        os._exit(0)
    found = mutate_python.in_processes([lambda: True, writes, killed], 2)
    assert sorted(found) == [(0, True, ""), (1, False, "a test"), (2, True, "")]
    with pytest.raises(RuntimeError, match="ended with 1"):
        list(mutate_python.in_processes([broken], 1))


def test_a_mutant_that_is_noticed_no_more_too_many_survivors_and_too_small_a_sample_are_errors() -> None:
    mutants = invented(300)
    sample = dict.fromkeys(mutants, "a test") | {mutants[1]: ""}
    assert list(problems(sample, mutants[:15], mutants[2:15])) == [
        f"no test notices any more: {mutants[0].name}\n    a test did"
    ]
    assert list(problems(sample, mutants[:16], mutants)) == ["16 of 300 survive, more than 5%"]
    assert list(problems(dict.fromkeys(mutants[:199], ""), [], [])) == [
        "only 199 of the sample are there, at least 200 are wanted: --draw fills it up"
    ]
    assert list(problems(sample, [], [])) == []


@pytest.mark.parametrize(
    ("file", "some", "others"),
    [
        (
            "risk_engine/engine/propose.py",
            ["tests/engine/test_propose.py", "tests/engine/test_properties.py"],
            ["tests/model"],
        ),
        (
            "risk_engine/report/set_pages/timeline.py",
            ["tests/report/set_pages/timeline"],
            ["tests/report/pages"],
        ),
        ("risk_engine/report/pages/plan.py", ["tests/report/pages/test_sheets.py"], ["tests/report/test_text.py"]),
        ("risk_engine/report/gone/gone.py", ["tests/report/test_text.py"], ["tests/report/pages"]),
        ("risk_engine/cli/help.py", ["tests/cli/test_help.py"], ["tests/cli/test_fuzz.py"]),
        ("risk_engine/cli/output.py", ["tests/cli/test_output.py"], ["tests/cli/test_fuzz.py"]),
        ("risk_engine/cli/__init__.py", ["tests/cli/test_fuzz.py"], ["tests/engine"]),
        ("risk_engine/__init__.py", [], ["tests/engine"]),
        ("tests/cli/test_help.py", ["tests/cli/test_help.py"], ["tests/cli/test_fuzz.py"]),
        ("tests/cli/running.py", ["tests/cli/test_fuzz.py"], ["tests/engine"]),
        ("templates/pages/letter.j2", ["tests/report", "tests/golden"], []),
        ("docs/officers.md", ["tests/docs"], []),
        ("README.md", ["tests/docs"], []),
    ],
)
def test_a_change_asks_for_the_tests_of_its_room(file: str, some: list[str], others: list[str]) -> None:
    found = changed_tests.tests_of([file])
    assert set(some) <= found
    assert [one for one in found if one.startswith(tuple(others))] == [] or not others
    assert all((changed_tests.ROOT / one).exists() for one in found)


def test_several_changes_ask_for_what_each_of_them_asks_for() -> None:
    files = ["risk_engine/engine/propose.py", "docs/officers.md", "tests/conftest.py", "risk_engine/py.typed"]
    assert changed_tests.tests_of(files) == set.union(*(changed_tests.tests_of([one]) for one in files))
    assert changed_tests.tests_of(files[2:]) == set()
