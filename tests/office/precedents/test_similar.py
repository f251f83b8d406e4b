"""The nearest decided cases: by the facts that decide, whatever things are called, in whatever order they are given."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from risk_engine.model.assessment import Assessment
from risk_engine.office.precedents.precedent import Coarse, Precedent
from risk_engine.office.precedents.similar import MOST, Nearest, Precedents, Similar
from tests.office.precedents.cases import MILITARY_CHIPS, assessed, criteria, decided

QUANTUM = {**MILITARY_CHIPS, "technology.trade.eu_critical_area": "quantum"}
LINK = "partner.valmarina.military_link"


def nearest(assessment: Assessment, *precedents: Precedent, most: int = MOST) -> Nearest:
    return Precedents(precedents, criteria()).nearest(assessment, most)


def told(found: Nearest) -> list[str]:
    return [one.precedent.id for one in found.similar]


def facts(similar: Similar, *verdicts: Any) -> list[str]:
    return sorted(one.fact for one in similar.of(*verdicts))


def chips(case_id: str = "now", **changes: Any) -> Assessment:
    return assessed(case_id, {**MILITARY_CHIPS, **{path.replace("__", "."): one for path, one in changes.items()}})


def test_the_nearest_to_military_semiconductors_is_not_the_humanities() -> None:
    before = [decided(assessed("humanities")), decided(assessed("quantum", QUANTUM)), decided(chips("chips"))]
    found = nearest(chips(), *before)
    # SEC-08 is critical: a link with armed forces, a country that is not pre-approved, a critical area, nothing public.
    decisive = [
        "partner.military_link",
        "partner.preapproved",
        "technology.eu_critical_area",
        "technology.public_domain",
    ]
    first, second = found.similar
    assert (first.precedent.id, second.precedent.id) == ("chips", "quantum"), (
        "nothing that decides is the same elsewhere"
    )
    assert [one.fact for one in first.of("same")][:4] == decisive
    assert {one.weight for one in first.facts if one.fact in decisive} == {240}, "120 points, and the rule rests on it"
    assert facts(first, "differs", "only_here", "only_there") == []
    assert facts(second, "differs") == ["technology.eu_critical_area"]
    assert found.compared == 3


def test_of_a_harmless_case_what_keeps_everything_absent_decides() -> None:
    before = [decided(chips("chips")), decided(assessed("trade-routes", {"collaboration.end": "2029-06-30"}))]
    found = nearest(assessed("now"), *before)
    assert told(found)[0] == "trade-routes"
    assert facts(found.similar[0], "differs") == []
    assert {one.weight for one in found.similar[0].facts} == {1}


def test_a_finding_that_only_the_other_case_has_stands_against_it() -> None:
    alike = decided(assessed("alike", {"ip.publication": "delay_gt_90"}))
    worse = decided(assessed("worse", {"ip.publication": "delay_gt_90", **MILITARY_CHIPS}))
    found = nearest(assessed("now", {"ip.publication": "delay_gt_90"}), worse, alike)
    assert told(found) == ["alike"], "what differs there weighs more than the one fact that is the same"
    alone = nearest(assessed("now", {"ip.publication": "delay_gt_90"}), worse).similar[0]
    assert (alone.precedent.id, alone.findings_both) == ("worse", ("COM-05",))
    assert "SEC-08" in alone.findings_there


def test_a_case_is_never_its_own_precedent() -> None:
    assert told(nearest(chips("same"), decided(chips("same")), decided(chips("other")))) == ["other"]
    foreign = replace(decided(chips("same")), office="north")
    assert told(nearest(chips("same"), foreign)) == ["same"], "another office's number means nothing here"


def test_what_is_not_known_is_neither_the_same_nor_different() -> None:
    silent = decided(chips("silent", technology__trade__public_domain=None))
    assert "technology.trade.public_domain" not in silent.facts
    found = nearest(chips(), silent).similar[0]
    assert "technology.public_domain" in facts(found, "unknown_there")
    assert "technology.public_domain" not in facts(found, "same", "differs")
    other_way = nearest(chips("asks", technology__trade__public_domain=None), decided(chips("full"))).similar[0]
    assert "technology.public_domain" in facts(other_way, "unknown_here")


def without(one: Precedent, *facts: str, **said: Any) -> Precedent:
    """Return a precedent in which nothing is known of these facts, and these are said otherwise."""
    known = {path: value for path, value in one.facts.items() if not path.endswith(facts)} if facts else one.facts
    return replace(one, facts={**known, **{path.replace("__", "."): value for path, value in said.items()}})


def test_what_is_not_known_is_nearer_than_what_differs_and_farther_than_what_is_the_same() -> None:
    silent = without(decided(chips("b")), ".public_domain")
    differs = without(decided(chips("a")), technology__trade__public_domain=True)
    assert told(nearest(chips(), differs, silent, decided(chips("c")))) == ["c", "b", "a"]


def test_of_two_as_near_the_one_in_which_less_differs_comes_first() -> None:
    # 240 points each: one fact is the same and three are not known; two are the same, one differs, one is not known.
    little = without(decided(chips("b")), ".preapproved", ".eu_critical_area", ".public_domain")
    more = without(decided(chips("a")), ".public_domain", technology__trade__eu_critical_area="quantum")
    assert told(nearest(chips(), more, little)) == ["b", "a"]


def test_of_two_as_near_the_one_that_counts_today_comes_first_then_the_newest() -> None:
    superseded = replace(decided(chips("a")), stands="superseded")
    older, newer = decided(chips("b")), decided(chips("c"), on=date(2026, 12, 9))
    assert told(nearest(chips(), superseded, older, newer)) == ["c", "b", "a"]


def test_a_coarser_answer_is_compared_as_coarsely() -> None:
    exact = decided(chips("exact"))
    linked = Coarse(one_of=("direct", "is_military"))
    said = {path: one for path, one in exact.facts.items() if not path.endswith((".name", ".what", ".programme"))}
    coarse = replace(exact, id="p-1", office="north", facts=said | {LINK: linked}, decided_on=None, text=None)
    found = nearest(chips(), coarse).similar[0]
    assert "partner.military_link" in facts(found, "same")
    elsewhere = replace(coarse, facts=dict(coarse.facts) | {LINK: Coarse(one_of=("none", "indirect"))})
    assert "partner.military_link" in facts(nearest(chips(), elsewhere).similar[0], "differs")


def test_where_a_package_does_not_say_what_a_finding_read_the_criteria_do() -> None:
    bare = replace(decided(chips("p-1")), office="north", reads={}, rests_on=(), lists=())
    assert "partner.military_link" in facts(nearest(chips(), bare).similar[0], "same")
    silent = replace(bare, severities={}, undetermined=())
    (there,) = nearest(assessed("now", {"ip.publication": "delay_gt_90"}), silent).similar
    weights = {one.weight for one in there.facts if one.fact == "partner.military_link"}
    assert weights == {20}, "SEC-08 is high or critical: 20 points at least"


def test_entries_are_paired_by_what_they_say_not_by_name_or_place() -> None:
    def two(case_id: str, first: str, second: str) -> Assessment:
        partner = {"country": "CN", "org_type": "university", "role": "co_investigator", "identity_verified": True}
        linked = [
            {**partner, "id": first, "military_link": "none"},
            {**partner, "id": second, "military_link": "direct"},
        ]
        linked = linked if first < second else linked[::-1]
        changes = {path: one for path, one in MILITARY_CHIPS.items() if not path.startswith("partner")}
        return assessed(case_id, changes, partner=linked)

    found = nearest(two("now", "a", "b"), decided(two("before", "y", "x"))).similar[0]
    (link,) = (one for one in found.facts if one.fact == "partner.military_link" and one.value_here == "direct")
    assert (link.verdict, link.here, link.there) == ("same", "b", "x")


def test_an_entry_with_nothing_like_it_there_counts_against_it() -> None:
    alone = assessed("alone", MILITARY_CHIPS, person=[])
    guest = {"id": "guest", "home_partner": "A", "access_requested": "controlled", "precheck": "missing"}
    with_guest = assessed("guest", MILITARY_CHIPS, person=[guest])
    there = nearest(alone, decided(with_guest)).similar[0]
    assert "person.precheck" in facts(there, "only_there")
    here = nearest(with_guest, decided(alone)).similar[0]
    assert "person.precheck" in facts(here, "only_here")
    nobody_knows = nearest(with_guest, replace(decided(alone), lists=())).similar[0]
    assert "person.precheck" in facts(nobody_knows, "unknown_there")


def test_of_one_case_the_decision_that_counts_is_told_and_a_superseded_one_says_so() -> None:
    stands = decided(chips("before"), on=date(2026, 12, 9))
    superseded = replace(decided(chips("before")), stands="superseded")
    assert [one.precedent.stands for one in nearest(chips(), superseded, stands).similar] == ["stands"]
    assert [one.precedent.stands for one in nearest(chips(), superseded).similar] == ["superseded"]


def test_decisions_under_another_set_are_counted_and_not_compared() -> None:
    other = replace(decided(chips("other")), set_id="loan-desk")
    found = nearest(chips(), other)
    assert (found.similar, found.compared, found.other_sets) == ((), 0, 1)


def test_the_facts_of_an_earlier_version_are_read_in_the_names_of_today() -> None:
    asked = {"activity.archives.end_user": "nobody_knows", "activity.archives.end_user_known": None}
    now = decided(assessed("then", asked))
    # 1.0.0 asked whether the end user is known; facts.yaml says so in `was`.
    old = "activity.archives.end_user_known"
    facts_then = {path: one for path, one in now.facts.items() if not path.endswith("end_user")} | {old: False}
    reads_then = {
        name: tuple(old if one.endswith("end_user") else one for one in now.reads[name]) for name in now.reads
    }
    then = replace(now, set_version="1.0.0", facts=facts_then, reads=reads_then)
    before, after = (nearest(assessed("now", asked), one).similar[0].facts for one in (now, then))
    assert "activity.end_user" in [one.fact for one in before]
    assert set(before) == set(after)


def test_no_more_than_asked_are_told() -> None:
    before = [decided(chips(f"c{number}")) for number in range(7)]
    assert told(nearest(chips(), *before)) == ["c0", "c1", "c2", "c3", "c4"]
    assert told(nearest(chips(), *before, most=2)) == ["c0", "c1"]


# --- laws ---


def test_the_order_of_the_register_makes_no_difference() -> None:
    before = [decided(chips("a")), decided(assessed("b", QUANTUM)), decided(chips("c", technology__trade__trl=7))]
    assert len({tuple(told(nearest(chips(), *order))) for order in permutations(before)}) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"partner.valmarina.name": "Another name"},
        {"technology.trade.name": "Something else", "funding.national.programme": "Some other programme"},
        {"ip.first_filing": "none", "funding.national.share_of_group_pct": 20},
    ],
    ids=["the name of the partner", "other names", "facts that decide nothing"],
)
def test_what_decides_nothing_changes_nothing(changes: dict[str, Any]) -> None:
    before = [decided(assessed("quantum", QUANTUM)), decided(chips("chips"))]
    as_it_is = nearest(chips(), *before)
    here = nearest(assessed("now", {**MILITARY_CHIPS, **changes}), *before)
    there = nearest(chips(), decided(assessed("quantum", {**QUANTUM, **changes})), before[1])
    assert as_it_is.similar[0].facts == here.similar[0].facts == there.similar[0].facts
    assert told(as_it_is) == told(here) == told(there)


def test_the_title_of_a_case_changes_nothing() -> None:
    before = decided(chips("chips"))
    assert nearest(chips(), before) == nearest(assessed("now", MILITARY_CHIPS, title="Swords"), before)
