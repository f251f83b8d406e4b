"""The programs that choose and judge tests: which tests a change asks for, and what is a mutant of our own code."""

import ast
import os
import signal
from functools import cache

import pytest

from scripts import changed_tests, mutate_python
from scripts.mutate_python import Mutant, changes, said, told


@cache
def whole_sample() -> list[Mutant]:
    return mutate_python.sample(None)


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


def test_the_sample_is_large_enough_and_every_room_is_in_it() -> None:
    found = whole_sample()
    assert len(found) >= mutate_python.AT_LEAST
    assert len({one.name for one in found}) == len(found)
    there = {room for room in mutate_python.ROOMS if (mutate_python.PACKAGE / room).is_dir()}
    assert there - {room for room in there for one in found if one.path.startswith(f"{room}/")} == set()


def test_a_mutant_is_called_alike_wherever_it_stands_and_changes_the_code_of_its_function_only() -> None:
    one = whole_sample()[0]
    path = mutate_python.PACKAGE / one.path
    changed, plain = mutate_python.code_of(one), mutate_python.codes(ast.parse(path.read_bytes()), path)
    assert changed.keys() == plain.keys()
    differing = {name.partition(".<locals>")[0] for name, line in changed if changed[name, line] != plain[name, line]}
    assert one.function in differing
    assert differing <= {one.function, "<module>", one.function.partition(".")[0]}


@pytest.mark.long
def test_every_mutant_of_the_sample_is_a_program_and_another_one() -> None:
    for one in whole_sample():
        path = mutate_python.PACKAGE / one.path
        assert mutate_python.code_of(one) != mutate_python.codes(ast.parse(path.read_bytes()), path), one.name


def broken() -> bool:
    raise ZeroDivisionError


def killed() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def test_work_in_processes_of_its_own_says_yes_no_or_what_is_wrong() -> None:
    assert dict(mutate_python.in_processes([lambda: True, lambda: False, killed], 2)) == {0: True, 1: False, 2: True}
    with pytest.raises(RuntimeError, match="ended with 1"):
        dict(mutate_python.in_processes([broken], 1))


def test_a_survivor_without_a_reason_and_a_reason_without_a_survivor_are_told() -> None:
    mutants = [Mutant("engine/rate.py", f"f{number}", number, "1", "2") for number in range(300)]
    explained = {mutants[0].name: "nobody sees it", "engine/rate.py gone: 1 -> 2": "long gone"}
    assert list(told(mutants, [mutants[0].name, mutants[2].name], explained)) == [
        f"not explained: {mutants[2].name}",
        "explained, and not in the sample any more: engine/rate.py gone: 1 -> 2",
    ]
    assert "16 of 300 survive" in list(told(mutants, [one.name for one in mutants[:16]], {}))[-1]
    assert "at least 200 are wanted" in next(told(mutants[:100], [], {}))


def test_a_change_asks_for_the_tests_of_its_room() -> None:
    files = [
        "risk_engine/engine/rate.py",
        "risk_engine/files/signing.py",
        "tests/cli/test_help.py",
        "docs/officers.md",
        "README.md",
    ]
    assert changed_tests.tests_of(files) == {"tests/engine", "tests/files", "tests/cli", "tests/docs"}
    assert changed_tests.tests_of(["templates/pages/letter.j2"]) == {"tests/report", "tests/golden"}
    assert changed_tests.tests_of(["tests/conftest.py", "risk_engine/py.typed"]) == set()
