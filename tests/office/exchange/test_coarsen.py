"""Decided cases are told coarser until enough are alike; what has too few like it stays, and so does all else."""

import random
from dataclasses import replace
from datetime import date

import pytest

from risk_engine.files.plain import canonical
from risk_engine.loading.exchange_rules import load_exchange_rules
from risk_engine.model.companion_files import ExchangeRules, PublicList
from risk_engine.office.exchange.coarsen import Anonymised, Coarsener, anonymised
from risk_engine.office.exchange.package import said, told
from risk_engine.office.precedents.precedent import Precedent
from tests.office.exchange.offices import criteria, decided


def coarsener() -> Coarsener:
    return Coarsener(load_exchange_rules(criteria()).rules, criteria())


def leaving(cases: list[Precedent], k: int = 3, earlier: tuple[Anonymised, ...] = ()) -> Anonymised:
    return anonymised(coarsener(), cases, k, [told(one.alike) for one in earlier])


def many(number: int, **changed: object) -> list[Precedent]:
    return [decided(one, **changed) for one in range(number)]


def test_what_is_told_is_what_the_rules_name_and_as_coarse_as_they_say() -> None:
    (line,) = leaving(many(3)).alike
    assert line.model_dump() == {
        "cases": 3,
        "version": "2.0.0",
        "year": 2026,
        "gate": "free",
        "measures": {"start": "free", "measure": "advice"},
        "facts": {
            "partner.1.country": {"one_of": ["JP", "SG", "US"]},
            "partner.1.tie": "none",
            "work.ends": {"at_least": "2027-01-01", "at_most": "2027-12-31"},
            "work.field": "history",
            "work.ready": {"at_least": 1, "at_most": 3},
        },
        "lists": ("partner",),
        "findings": (),
        "reasons": ("start.otherwise", "measure.otherwise"),
    }


def test_no_name_no_text_no_id_and_no_day_leaves() -> None:
    text = b"".join(one.line() for one in leaving(many(3)).alike).decode()
    for secret in ("university", "maps", "Vogel", "case-", "p1", "12-30", 'JP":'):
        assert secret not in text


@pytest.mark.parametrize(("number", "alike"), [(2, 0), (3, 1)])
def test_a_case_with_too_few_like_it_stays(number: int, alike: int) -> None:
    found = leaving(many(number))
    assert (len(found.alike), found.few, found.held) == (alike, 0 if alike else number, 0)


def test_what_stands_last_in_the_rules_is_told_less_exactly_first() -> None:
    # Three end in three years: together they end between 2025 and 2029, and all else is as exact as it was.
    cases = [decided(facts={"work.ends": f"202{one}-01-31"}) for one in (6, 7, 8)]
    (line,) = leaving(cases).alike
    assert line.facts["work.ends"] == {"at_least": "2025-01-01", "at_most": "2029-12-31"}
    assert line.facts["work.ready"] == {"at_least": 1, "at_most": 3}
    # One is nearer to use: then the end goes first, and readiness is told in two bands.
    cases[0] = decided(facts={"work.ends": "2026-01-31", "work.ready": 5})
    (line,) = leaving(cases).alike
    assert "work.ends" not in line.facts
    assert line.facts["work.ready"] == {"at_least": 1, "at_most": 6}


def test_the_decision_and_the_year_are_part_of_what_is_alike_and_never_coarser() -> None:
    cases = [decided(measures={"start": "free", "measure": level}) for level in ("advice", "regulation", "restriction")]
    assert leaving(cases).few == 3
    assert leaving([decided(decided_on_year=year) for year in (2024, 2025, 2026)]).few == 3
    assert leaving([decided(set_version=version) for version in ("1.0.0", "1.1.0", "2.0.0")]).few == 3


def test_entries_have_no_order_no_name_and_stand_once_where_they_look_alike() -> None:
    both = {"partner.p2.country": "DE", "partner.p2.tie": "direct"}
    turned = {
        "partner.p1.country": "DE",
        "partner.p1.tie": "direct",
        "partner.zz.country": "SG",
        "partner.zz.tie": "none",
    }
    twice = {**both, "partner.p3.country": "NO", "partner.p3.tie": "direct"}
    (line,) = leaving([decided(facts=one) for one in (both, turned, twice)]).alike
    assert [name for name in line.facts if name.startswith("partner")] == [
        "partner.1.country", "partner.1.tie", "partner.2.country", "partner.2.tie",
    ]  # fmt: skip


def test_what_is_unknown_is_not_told_and_a_list_that_is_known_to_be_empty_is() -> None:
    facts = {name: value for name, value in decided().facts.items() if not name.startswith("partner")}
    (line,) = leaving([replace(decided(), facts=facts, lists=())] * 3).alike
    assert (line.lists, [one for one in line.facts if one.startswith("partner")]) == ((), [])
    (line,) = leaving([replace(decided(), facts=facts)] * 3).alike
    assert line.lists == ("partner",)


def test_a_partner_is_named_only_where_a_public_list_has_the_name_and_as_that_list_has_it() -> None:
    listed = PublicList(public_list="Entity List", as_of=date(2026, 1, 31), names=("Institute X",))
    rules = ExchangeRules(share={"partner.name": (listed,)})
    cases = [decided(facts={"partner.p1.name": name}) for name in (" institute  x ", "Institute X", "INSTITUTE X")]
    (line,) = anonymised(Coarsener(rules, criteria()), cases, 3, []).alike
    assert line.facts == {"partner.1.name": "Institute X (Entity List, 2026-01-31)"}
    (line,) = anonymised(Coarsener(rules, criteria()), many(3), 3, []).alike
    assert line.facts == {}


def test_an_answer_that_the_set_does_not_offer_any_more_is_not_told() -> None:
    (line,) = leaving(many(3, facts={"work.field": "alchemy"})).alike
    assert "work.field" not in line.facts


def test_a_second_package_tells_of_no_single_case_by_what_came_to_it() -> None:
    first = leaving(many(5))
    assert [one.cases for one in first.alike] == [5]
    # One more: beside the first package a line of six would tell of that one. It stays, and is told.
    second = leaving(many(6), earlier=(first,))
    assert ([one.cases for one in second.alike], second.held, second.few) == ([5], 1, 0)
    # Three more are enough.
    assert [one.cases for one in leaving(many(8), earlier=(first,)).alike] == [8]
    # One fewer: a line of four would tell of that one, so the whole line is gone.
    assert told(leaving(many(4), earlier=(first,)).alike).keys().isdisjoint(told(first.alike))


def test_lines_that_are_told_more_exactly_tell_of_no_fewer_together_with_those_before() -> None:
    some, others = {"work.ready": 1}, {"work.ready": 5}
    first = leaving([*many(2, facts=some), *many(2, facts=others)])
    assert [one.cases for one in first.alike] == [4]  # too few of each: told by one wide band together
    # One more of each: three and three could be told apart, six where four were, so by two that came. They stay.
    grown = [*many(3, facts=some), *many(3, facts=others)]
    second = leaving(grown, earlier=(first,))
    assert (second.alike, second.held) == (first.alike, 2)
    assert sorted(one.cases for one in leaving(grown).alike) == [3, 3]
    # Three more of one kind are a group of their own.
    third = leaving([*many(5, facts=some), *many(2, facts=others)], earlier=(first, second))
    assert sorted(one.cases for one in third.alike) == [3, 4]


def test_a_package_for_which_too_few_came_tells_only_what_the_one_before_it_told() -> None:
    first = leaving([*many(5), *many(2, decided_on_year=2025)])
    grown = [*many(5), *many(3, decided_on_year=2025)]
    assert len(leaving(grown, earlier=(first,)).alike) == 2
    rules = coarsener()
    again = anonymised(rules, grown, 3, [told(first.alike)], only_again=True)
    assert (again.alike, again.held + again.few) == (first.alike, 3)


def test_a_smaller_k_was_reached_before_and_a_greater_one_is_asked_for_now() -> None:
    first = leaving([*many(3), *many(6, decided_on_year=2025)])
    assert [one.cases for one in leaving([*many(3), *many(6, decided_on_year=2025)], 5, (first,)).alike] == [6]


@pytest.mark.nightly
def test_it_holds_for_any_cases_that_each_line_stands_for_k_and_each_case_is_counted_once() -> None:
    draw = random.Random(23)  # noqa: S311 (drawn for a test)
    earlier: list[Anonymised] = []
    cases: list[Precedent] = []
    for _round in range(6):
        cases += [
            decided(
                facts={
                    "partner.p1.country": draw.choice(["CN", "DE", "JP"]),
                    "partner.p1.tie": draw.choice(["none", "none", "indirect", "direct"]),
                    "work.field": draw.choice(["history", "chips"]),
                    "work.ready": draw.randint(1, 9),
                    "work.ends": f"{draw.randint(2026, 2031)}-06-30",
                },
                measures={"start": "free", "measure": draw.choice(["advice", "advice", "regulation"])},
            )
            for _case in range(draw.randint(5, 40))
        ]
        found = leaving(cases, 4, tuple(earlier))
        assert found.k >= 4
        assert found.cases + found.few + found.held == len(cases)
        assert len({said(one) for one in found.alike}) == len(found.alike)
        for one in earlier:
            now, then = told(found.alike), told(one.alike)
            changed = {now.get(line, 0) - then.get(line, 0) for line in now.keys() | then.keys()}
            # No case went: what was told is told still, by as many or by at least four more.
            assert all(number == 0 or number >= 4 for number in changed)
        earlier.append(found)


def test_the_same_cases_in_another_order_are_told_by_the_same_bytes() -> None:
    cases = [decided(one, facts={"work.ready": one}) for one in range(1, 9)]
    assert leaving(cases).alike == leaving(cases[::-1]).alike
    assert canonical([one.model_dump(mode="json") for one in leaving(cases).alike])
