"""What of a decided case may leave (exchange.yaml): what fits the set, and every problem of what does not."""

import shutil
from pathlib import Path

import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.exchange_rules import load_exchange_rules, members
from risk_engine.loading.releases import newest
from risk_engine.loading.sets import shipped_sets, versions
from risk_engine.model.companion_files import Groups
from risk_engine.office.exchange.coarsen import Coarsener, anonymised
from risk_engine.office.precedents.precedent import Precedent, deciding_findings, facts_of, lists_of
from tests.cli.running import EXAMPLES, run
from tests.strategies import by_turns

SET = EXAMPLES / "exchange" / "sets" / "guest-labs"
WRONG = """share:
  findings: [keep, {years: 1}]
  reasons: [drop, keep]
  partner.tie: [{groups: {none: [none], some: [indirect]}}, keep]
  partner.name: keep
  partner.country: [keep, {groups: {a: [CN, XX], b: [CN], c: "*", d: "*"}}]
  partner.associated: {bands: [1]}
  work.field: [{groups: {old: [history], new: "*"}}, {groups: {one: [materials], two: "*"}}]
  work.ready: [{bands: [3, 6]}, {bands: [5]}, {years: 1}]
  work.ends: [keep, {years: 2}, {years: 5}]
  work.about: {public_list: A list, as_of: 2026-01-01, names: [A]}
  wrok.ready: keep
"""


def desk(tmp_path: Path, text: str) -> Path:
    copy = shutil.copytree(SET, tmp_path / "guest-labs")
    (copy / "exchange.yaml").write_text(text, "utf-8")
    return copy


def test_everything_that_does_not_fit_the_set_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError) as error:
        load_exchange_rules(read_criteria(desk(tmp_path, WRONG)))
    problems = sorted((one.position.line, one.message) for one in error.value.diagnostics)
    assert problems == [
        (2, "`findings` is told or left out: `keep` or `drop`"),
        (3, "`keep` is the most exact way to tell it"),
        (3, "behind `drop` nothing is left to tell"),
        (4, "`keep` is the most exact way to tell it"),
        (4, "no group has `direct`"),
        (5, "`partner.name` is `text`: it never leaves as it is"),
        (6, "`CN` is in the group `a` already"),
        (6, "`XX` is no answer to `partner.country`"),
        (6, "`partner.country` is `row`: it never leaves as it is"),
        (6, "only one group is that of all others"),
        (7, "`partner.associated` is `boolean` and cannot be told so"),
        (8, "this way to tell `work.field` is not coarser than the one before it"),
        (9, "`work.ready` is `integer` and cannot be told so"),
        (9, "this way to tell `work.ready` is not coarser than the one before it"),
        (10, "`work.ends` is `date`: it never leaves as it is"),
        (10, "this way to tell `work.ends` is not coarser than the one before it"),
        (12, "there is no fact `wrok.ready` in guest-labs"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k: 1\nshare: {findings: keep}\n", "the number must be at least 2"),
        ("share: {findings: loosely}\n", "`loosely`"),
        ("share: {}\n", ""),
        ("sahre: {findings: keep}\n", "unknown key `sahre`"),
    ],
)
def test_a_file_of_another_form_is_refused_and_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidSourceError) as error:
        load_exchange_rules(read_criteria(desk(tmp_path, text)))
    assert message in f"{error.value}"
    assert "exchange.yaml:" in f"{error.value}"


def test_bands_lie_within_the_range_and_rise(tmp_path: Path) -> None:
    for bands in ("[6, 3]", "[3, 3]", "[0]", "[9]"):
        copy = desk(tmp_path / bands, f"share: {{work.ready: {{bands: {bands}}}}}\n")
        with pytest.raises(InvalidSourceError, match="bands rise from 1 to below 9"):
            load_exchange_rules(read_criteria(copy))


def test_a_set_that_says_nothing_lets_nothing_leave(tmp_path: Path) -> None:
    copy = desk(tmp_path, "")
    (copy / "exchange.yaml").unlink()
    with pytest.raises(RiskEngineError, match="does not say what may go to another office"):
        load_exchange_rules(read_criteria(copy))
    assert run("criteria", "check", copy).code == 0


def test_a_check_of_the_set_tells_what_is_wrong_with_what_may_leave(tmp_path: Path) -> None:
    result = run("criteria", "check", desk(tmp_path, "share: {partner.name: keep}\n"))
    assert (result.code, "it never leaves as it is" in result.err) == (2, True)


def test_the_rules_of_a_set_hold_for_each_of_its_versions_and_change_no_release() -> None:
    found = {load_exchange_rules(read_criteria(one.path)).digest for one in versions(str(SET))}
    assert len(found) == 1
    assert run("criteria", "check", SET).code == 0


SHIPPED = sorted(shipped_sets())


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_set_says_what_may_leave_and_it_is_about_no_person_no_text_and_nothing_confidential(
    name: str,
) -> None:
    criteria = read_criteria(newest(name).path)
    rules = load_exchange_rules(criteria).rules
    facts = [one for one in rules.share if "." in one]
    assert facts
    assert rules.k >= 5
    assert not [one for one in facts if one.startswith("person.") or criteria.fact(one).type == "text"]
    assert not [one for one in facts if criteria.fact(one).confidential]
    assert run("criteria", "check", name).code == 0


@pytest.mark.parametrize("name", by_turns(reversed(SHIPPED), len(SHIPPED)))
def test_of_the_cases_that_a_shipped_set_tests_itself_with_no_text_leaves_and_k_are_alike(name: str) -> None:
    criteria = read_criteria(newest(name).path)
    coarsener = Coarsener(load_exchange_rules(criteria).rules, criteria)
    decided: list[Precedent] = []
    document, tests = read_tests(criteria)
    for one in stated_cases(criteria, document, tests, {test.name for test in tests.cases[:80]}):
        assert not isinstance(one, InvalidSourceError)
        assessment = assess(one[2], criteria)
        levels = {each.ladder: each.level for each in assessment.proposals}
        gate = next((each.level for each in assessment.proposals if each.role == "gate"), None)
        decided.append(
            Precedent(
                id=assessment.case_id, office=None, set_id=name, set_version=criteria.head.version,
                facts=dict(facts_of(assessment)), findings=deciding_findings(assessment), measures=levels, gate=gate,
                decided_on_year=2026, reasons=tuple(f"{each.ladder}.{each.rule}" for each in assessment.proposals),
                text="Because A. Vogel says so.", lists=tuple(lists_of(assessment)),
            )
        )  # fmt: skip
    k = coarsener.rules.k
    made = anonymised(coarsener, decided, k, [])
    assert made.k >= k
    assert made.few < len(decided)
    lines = b"\n".join(one.line() for one in made.alike).decode().casefold()
    told = {fact.partition(".")[0] for each in made.alike for fact in each.facts}
    assert {"partner"} < told  # something leaves of more than who it is
    for case in decided:
        for path, value in case.facts.items():
            entity, *entry, short = path.split(".")
            if criteria.fact(f"{entity}.{short}").type == "text":
                assert f'"{value}"'.casefold() not in lines, path
            assert not entry or f"{entity}.{entry[0]}." not in lines, path
    assert "vogel" not in lines


def test_the_group_of_all_others_has_what_no_group_names() -> None:
    groups = Groups(groups={"a": ("x",), "rest": ("*",)})
    assert members(groups, ("x", "y", "z")) == {"a": ("x",), "rest": ("y", "z")}
