"""What a later version says that it called otherwise is one thing in both: expected values from issue 19, section 1."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from risk_engine.audit.case_files import case_files
from risk_engine.audit.diff.edits import compare
from risk_engine.audit.diff.renames import Renames, in_names_of, renames_between
from risk_engine.audit.diff.required_version import required_bump
from risk_engine.audit.versions import Comparison, base_of, compared, meaning_of
from risk_engine.engine.work import work
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.changes import Meaning, Rename
from tests.engine.builder import criteria_from
from tests.versions import LOAN_DESK, NUMBER, RENAMED, RENAMES, Replaced, changed


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
    assert found.required.why == (
        "decisions and letters name what is called otherwise now: `SIGN` → `BOTH_SIGN`, `OBJ-1` → `FRAGILE`"
    )


def test_the_reason_for_a_minor_step_names_each_id_that_is_cited_or_says_how_many_more_there_are() -> None:
    desk = read_criteria(LOAN_DESK)
    ids = [Rename(kind="indicator", before=f"A-{one}", after=f"B-{one}") for one in range(1, 6)]

    def why(several: Sequence[Rename]) -> str:
        return required_bump(desk, desk, (), (), (), (), several).why

    told = "decisions and letters name what is called otherwise now"
    assert why(ids[:1]) == "`A-1` is called `B-1` now, and decisions and letters name it"
    assert why(ids[:2]) == f"{told}: `A-1` → `B-1`, `A-2` → `B-2`"
    assert why(ids) == f"{told}: `A-1` → `B-1`, `A-2` → `B-2`, `A-3` → `B-3` and 2 more"


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


def between(folder: Path, before: str, after: str, **files: str) -> Renames:
    """Return the renames between two sets of the builder that say no more than these facts."""
    sets = [criteria_from(folder / name, facts=facts, **files) for name, facts in (("a", before), ("b", after))]
    return renames_between(*sets)


DAYS = "days: {type: integer, range: [0, 99]}"
OLD = f"trip: {{facts: {{{DAYS}, %s}}}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # It is answered in another way.
        ("old: {type: boolean}", "new: {type: choice, options: [a, b], was: {name: old, values: {true: a, false: b}}}"),
        # Yes became no, and the other way round.
        ("old: {type: boolean}", "new: {type: boolean, was: {name: old, values: {true: false, false: true}}}"),
        # Two options changed places, so neither is what it was.
        (
            "old: {type: choice, options: [a, b]}",
            "new: {type: choice, options: [a, b], was: {name: old, values: {a: b, b: a}}}",
        ),
        # Two became one: which of them nobody can say.
        ("old: {type: boolean}, older: {type: boolean}", "new: {type: boolean, was: [old, older]}"),
        # It was there before under this name.
        ("new: {type: boolean}, old: {type: boolean}", "new: {type: boolean, was: old}"),
        # Several options became one, one became several, or it says too little.
        (
            "kept: {type: choices, options: [a, b, c, d]}",
            "kept: {type: choices, options: [x, y], was: {values: {a: x, b: x, c: [x, y], d: unknown}}}",
        ),
    ],
)
def test_what_a_case_could_tell_apart_is_no_rename(tmp_path: Path, before: str, after: str) -> None:
    assert not between(tmp_path, OLD % before, OLD % after)


def test_list_that_is_none_any_more_is_no_rename(tmp_path: Path) -> None:
    facts = "trip: {facts: {%s}}\n%s: {facts: {fit: {type: boolean}}, %s}"
    assert not between(tmp_path, facts % (DAYS, "old", "many: 3"), facts % (DAYS, "new", "was: old"))


def test_option_that_shares_a_parameter_is_one_thing_only_where_all_that_share_it_call_it_alike(tmp_path: Path) -> None:
    facts = "trip: {facts: {one: {type: choice, options: [%s, z]%s}, two: {type: choice, options: [%s, z]%s}}}"
    reads = ", ".join(f"{{fact: trip.{one}, one_of: {{parameter: p}}}}" for one in ("one", "two"))
    rule = f"{{severity: {{high: {{any_of: [{reads}]}}}}}}"
    was = ", was: {values: {a: b}}"
    parameters = ("{p: {values: [{value: [a]}]}}", "{p: {values: [{value: [b]}]}}")
    before = criteria_from(
        tmp_path / "a", facts=facts % ("a", "", "a", ""), indicators=f"R: {rule}", parameters=parameters[0]
    )
    both = criteria_from(
        tmp_path / "b", facts=facts % ("b", was, "b", was), indicators=f"R: {rule}", parameters=parameters[1]
    )
    mapped, found = in_names_of(before, both)
    assert [one.after for one in found.told] == ["trip.one.b", "trip.two.b"]
    assert mapped.parameters == both.parameters
    alone = criteria_from(
        tmp_path / "c",
        facts=facts % ("b", was, "a, b", ""),
        indicators=f"R: {rule}",
        parameters=parameters[1],
    )
    assert renames_between(before, alone).told == ()


def test_column_that_keeps_its_name_is_named_by_the_fact_that_is_called_otherwise(tmp_path: Path) -> None:
    kept = tuple(one for one in RENAMED["tables/regions.yaml"] if "tremor" not in one[1])
    column = ("      from: seat\n    shielded", "      from: seat\n      column: quake_zone\n    shielded")
    found = desks(tmp_path, {**RENAMED, "tables/regions.yaml": kept, "facts.yaml": (*RENAMED["facts.yaml"], column)})
    assert found.changes.of("words", "structure") == ()


@pytest.mark.parametrize(
    ("until", "bump", "why"),
    [
        pytest.param("2027-01-01", "patch", "no case is decided otherwise", marks=pytest.mark.nightly),
        ("2026-12-31", "major", "`loan.reach` is read until 2026-12-31 only"),
    ],
)
def test_old_name_that_is_not_read_up_to_the_first_day_turns_cases_away(
    tmp_path: Path, until: str, bump: str, why: str
) -> None:
    names = {"facts.yaml": "facts", "set.yaml": "set", "invariants.yaml": "invariants", "awareness.yaml": "awareness"}
    pairs = {name: tuple(one for one in RENAMED[name] if "visitors" in one[1]) for name in names}
    pairs["set.yaml"] = (*pairs["set.yaml"], *NUMBER["set.yaml"])
    pairs["facts.yaml"] = (*pairs["facts.yaml"], ("was: [reach]", f"was: {{name: reach, until: {until}}}"))
    found = desks(tmp_path, pairs)
    assert [(one.after, f"{one.until}") for one in found.changes.renamed] == [("loan.visitors", until)]
    assert found.changes.of("words", "structure") == ()
    assert meant(found).required.model_dump() == {"bump": bump, "why": why}


def test_names_of_earlier_versions_stay_and_one_that_is_forgotten_is_told(tmp_path: Path) -> None:
    before = OLD % "b: {type: choice, options: [p, q], was: [{name: a, values: {o: p}}, {values: {n: q}}]}"
    named = "was: [{name: b, values: {p: x}}, {name: a, values: {o: x}}, {values: {n: q}}]"
    for folder, was in (("all", named), ("forgotten", "was: {name: b, values: {p: x}}")):
        sets = [
            criteria_from(tmp_path / folder / name, facts=facts)
            for name, facts in (("1", before), ("2", OLD % f"c: {{type: choice, options: [x, q], {was}}}"))
        ]
        mapped, renames = in_names_of(*sets)
        assert [one.after for one in renames.told] == ["trip.c", "trip.c.x"]
        forgotten = [one.name for one in compare(mapped, sets[1]) if one.place == "was"]
        assert forgotten == ([] if folder == "all" else ["fact trip.c was changed"])
