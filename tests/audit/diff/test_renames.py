"""What a later version says that it called otherwise is one thing in both: expected values from issue 19, section 1."""

from pathlib import Path

from risk_engine.audit.case_files import case_files
from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.renames import in_names_of, renames_between
from risk_engine.audit.versions import Comparison, base_of, compared, meaning_of
from risk_engine.engine.work import work
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.changes import Meaning
from tests.versions import LOAN_DESK, RENAMED, RENAMES, Replaced, changed

ON_NAMES = {"head.in_force", "head.version"}


def with_more(**more: tuple[tuple[str, str], ...]) -> Replaced:
    """Return the renames with more replaced after them; `_` in the name of a file is a folder."""
    files = {name.replace("__", "/") + ".yaml": pairs for name, pairs in more.items()}
    return {**RENAMED, **{name: (*RENAMED.get(name, ()), *pairs) for name, pairs in files.items()}}


def desks(folder: Path, replaced: Replaced = RENAMED) -> Comparison:
    """Return the loan desk compared with a later version of it."""
    return compared(str(LOAN_DESK), str(changed(folder / "1.1.0", replaced)))


def meant(found: Comparison) -> Meaning:
    return meaning_of(found, base_of(found))


def test_each_new_name_is_told_once_and_nothing_else(tmp_path: Path) -> None:
    found = desks(tmp_path)
    assert [(one.kind, one.before, one.after) for one in found.changes.renamed] == list(RENAMES)
    assert found.changes.of("words", "structure") == ()


def test_sets_that_differ_in_names_alone_decide_every_case_alike_and_ids_that_are_cited_ask_for_a_minor_step(
    tmp_path: Path,
) -> None:
    found = meant(desks(tmp_path))
    assert (found.is_equal, found.not_compared, found.new_facts, found.gone_facts) == (True, (), (), ())
    assert found.required.bump == "minor"
    assert found.required.why == "`SIGN` is called `BOTH_SIGN` now, and decisions and letters name it"


UNHELD = with_more(indicators__title=(("  knock_out: {hold: {fact: loan.contract, is: unsigned}}\n", ""),))
"""All other names, and a contract that nobody signed holds nothing back any more."""


def test_loosened_rule_under_a_renamed_fact_is_the_only_change_and_its_case_runs_in_the_names_of_each_version(
    tmp_path: Path,
) -> None:
    found = desks(tmp_path, UNHELD)
    assert [one.name for one in found.changes.of("words", "structure")] == ["indicator LAW-1 knock_out.hold removed"]
    meaning = meant(found)
    assert (meaning.answer, meaning.required.bump) == ("milder", "major")
    assert {one.because for one in meaning.ladders() if one.status == "refuted"} == {
        ("indicator LAW-1 knock_out.hold removed",)
    }
    files = case_files(found, meaning)
    before = {name: text for name, text in files.items() if name.endswith("-before.yaml")}
    assert before
    for name, text in before.items():
        assert "paperwork: unsigned" in text
        assert "contract: unsigned" in files[name.replace("before", "after")]
        worked = work(case_of(parse(text, name, nulls=True), found.as_it_is), found.as_it_is)
        assert "LAW-1" in {one.id for one in worked.found if one.outcome == "present"}


def test_set_in_other_names_is_the_later_one_and_as_it_was_when_it_is_called_so_again(tmp_path: Path) -> None:
    before, after = read_criteria(LOAN_DESK), read_criteria(changed(tmp_path / "1.1.0", RENAMED))
    mapped, renames = in_names_of(before, after)
    assert {one.place for one in compare(mapped, after)} == {"version", "in_force"}
    assert mapped.digest not in {before.digest, after.digest}
    assert in_names_of(before, before) == (before, renames_between(before, before))
    assert renames.back.back.facts == renames.facts
