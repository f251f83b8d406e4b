"""A file says other values afterwards; what is the same, comments and order stay as they were."""

from typing import Any

import pytest

from risk_engine.files.source import parse
from risk_engine.files.yaml_edits import YamlEditor

RULES = """\
# Rules, the strictest first.
rules:
  # Never without a contract.
  - {level: none, when: unsigned}   # see chapter 1
  - level: perhaps
    when: rumoured   # or worse
  # All else is harmless.
  - level: yes_
    when: always
last: 1
"""


def changed(text: str, new: Any) -> str:
    found = YamlEditor(text).changed(parse(text, "rules.yaml").data, new)
    assert found is not None
    return found


def rules(*levels: tuple[str, str]) -> dict[str, Any]:
    return {"rules": tuple({"level": level, "when": when} for level, when in levels), "last": 1}


NO, PERHAPS, YES = ("none", "unsigned"), ("perhaps", "rumoured"), ("yes_", "always")


def test_what_is_the_same_changes_no_byte() -> None:
    assert changed(RULES, rules(NO, PERHAPS, YES)) == RULES


def test_a_value_in_an_entry_changes_there_alone() -> None:
    new = rules(("none", "lost"), ("perhaps", "claimed"), YES)
    assert changed(RULES, new) == RULES.replace("unsigned", "lost").replace("rumoured", "claimed")


def test_an_entry_that_goes_takes_its_lines_and_one_that_comes_gets_its_own_behind_that_before_it() -> None:
    assert changed(RULES, rules(NO, YES)) == RULES.replace("  - level: perhaps\n    when: rumoured   # or worse\n", "")
    new = changed(RULES, rules(NO, ("late", "due"), PERHAPS, YES))
    assert new == RULES.replace("# see chapter 1\n", "# see chapter 1\n  - level: late\n    when: due\n")
    first = changed(RULES, rules(("never", "gone"), NO, PERHAPS, YES))
    assert first == RULES.replace("  # Never", "  - level: never\n    when: gone\n  # Never")


def test_entries_that_change_places_take_the_comments_above_them_along() -> None:
    assert changed(RULES, rules(YES, NO, PERHAPS)) == (
        "# Rules, the strictest first.\n"
        "rules:\n"
        "  # All else is harmless.\n"
        "  - level: yes_\n"
        "    when: always\n"
        "  # Never without a contract.\n"
        "  - {level: none, when: unsigned}   # see chapter 1\n"
        "  - level: perhaps\n"
        "    when: rumoured   # or worse\n"
        "last: 1\n"
    )


def test_a_key_that_goes_from_a_mapping_on_one_line_leaves_the_others() -> None:
    assert changed("a: {b: 1, c: two words, d: 3}  # why\n", {"a": {"b": 1, "d": 4}}) == "a: {b: 1, d: 4}  # why\n"


def test_a_value_within_brackets_is_written_within_them() -> None:
    assert changed("a: {b: {c: 1}, d: 2}\n", {"a": {"b": {"e": (1, 2)}, "d": 2}}) == "a: {b: {e: [1, 2]}, d: 2}\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_stay_what_they_are(end: str) -> None:
    text = RULES.replace("\n", end)
    new = changed(text, rules(NO, ("late", "due"), PERHAPS, YES))
    assert new.count(end) == len(new.splitlines())
    assert new.count("\n") == len(new.splitlines())


def test_a_list_of_which_nothing_stays_is_written_anew() -> None:
    assert changed("a:\n  - one\n  - two\n", {"a": ("three",)}) == "a: [three]\n"


def test_what_is_no_mapping_cannot_be_changed_so() -> None:
    assert YamlEditor("- a\n").changed({}, {}) is None
