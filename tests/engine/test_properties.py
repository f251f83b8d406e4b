"""Laws that hold for every set of criteria and every case: design, sections 1, 4, 5, 8 and 9; issue 2, section 7."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from risk_engine.engine.assess import assess, recorded, stated_case, to_json
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explain import explain
from risk_engine.engine.facts import Among, Entry, Facts, Read, Truth
from risk_engine.engine.find import Found, control_states, find
from risk_engine.engine.propose import Proposed, Rating, propose, rate, with_results
from risk_engine.engine.resolve import resolve, superfluous
from risk_engine.engine.work import recall, work
from risk_engine.files.diagnostics import is_blank
from risk_engine.files.plain import canonical
from risk_engine.files.source import parse, read
from risk_engine.loading.case import case_of
from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.model.conditions import AllOf, AnyOf, Condition, ConditionOrAlways, Not, Quantifier
from risk_engine.model.conditions import leaves as leaves_of
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.records.verify import verify
from tests.engine.builder import DAY, LOAN_DESK, SHIPPED
from tests.strategies import (
    KINDS_OF_EVIDENCE,
    PATIENT,
    Data,
    Pen,
    Reading,
    RuleSet,
    cases_of,
    changed_cases,
    domain,
    one_in,
    rule_set,
    rule_sets,
)

FEWER = one_in(3)
FEW = one_in(5)

SHIPPED_RULES = rule_set(read_criteria(SHIPPED))
LOAN_RULES = rule_set(read_criteria(LOAN_DESK))
SHIPPED_BASE: Data = read_cases(read_criteria(SHIPPED)).data["base"]
LOAN_BASE: Data = read(LOAN_DESK / "cases.yaml").data["base"]


class Outcome(NamedTuple):
    """Everything that is computed from a case."""

    data: Data
    facts: Facts
    found: tuple[Found, ...]
    ratings: tuple[Rating, ...]
    proposed: tuple[Proposed, ...]


def outcome(rules: RuleSet, data: Data) -> Outcome:
    """Compute a case."""
    case = rules.case(data)
    facts = resolve(case, rules.criteria, DAY)
    found = find(facts, rules.criteria, DAY, control_states(case, DAY))
    ratings = rate(found, rules.criteria.head)
    results = with_results(facts, found, ratings, rules.criteria)
    return Outcome(data, facts, found, ratings, propose(results, rules.criteria))


def settled(rules: RuleSet, data: Data) -> Data:
    """Return the case without the answers to questions that are not asked."""
    for one in superfluous(rules.case(data), rules.criteria, DAY):
        data = answered(data, one, None)
    return data


def answered(data: Data, what: Read, value: Any) -> Data:
    """Return the case with one answer, or one list, set to a value; None takes it out."""
    if what.fact is None:
        return {**data, what.entity: value}
    fact = what.fact

    def changed(entry: Data) -> Data:
        rest = {name: one for name, one in entry.items() if name != fact}
        return rest if value is None else {**rest, fact: value}

    found = data.get(what.entity, {})
    if isinstance(found, tuple):
        return {**data, what.entity: tuple(changed(one) if one["id"] == what.entry else one for one in found)}
    return {**data, what.entity: changed(found)}


def open_questions(rules: RuleSet, facts: Facts) -> list[Read]:
    """Return what can be asked now of all that is unknown."""
    lists = [Read(name, None, None) for name, found in facts.lists.items() if found is None]
    entities = rules.criteria.entities
    unknown = [
        one
        for one, origin in facts.origins.items()
        if origin == "missing" and not isinstance(entities[one.entity].facts[one.fact or ""], RowFact | TextFact)
    ]
    return list(dict.fromkeys(chain.from_iterable(facts.to_ask(one) for one in [*lists, *unknown])))


def possible_answers(rules: RuleSet, question: Read) -> tuple[Any, ...]:
    entity = rules.criteria.entities[question.entity]
    if question.fact is None:
        return ((), ({"id": "n0"},), ({"id": "n0"}, {"id": "n1"}))
    return domain(entity.facts[question.fact], rules.criteria)


def completions(rules: RuleSet, data: Data, pen: Pen, most: int = 24) -> Iterator[Outcome]:
    """Yield the case with every question answered: in all ways where they are few, else in some."""
    now = outcome(rules, data)
    if now.facts.superfluous:
        return  # these answers do not go together
    questions = open_questions(rules, now.facts)
    if not questions:
        yield now
        return
    ways = [possible_answers(rules, one) for one in questions]
    every = list(islice(product(*ways), most + 1))
    drawn = every if len(every) <= most else [tuple(pen.one(way) for way in ways) for _ in range(4)]
    for answers in drawn:
        filled = data
        for question, value in zip(questions, answers, strict=True):
            filled = answered(filled, question, value)
        yield from completions(rules, filled, pen, most // len(drawn))


def conditions(criteria: Criteria) -> list[Condition]:
    """Return every condition of the set about a case."""
    found: list[ConditionOrAlways] = []
    for indicator in criteria.indicators.values():
        found += [one for _, one in severity_conditions(indicator)]
        found += [one for _, one in knock_out_conditions(indicator)]
        found += [option.when for option in indicator.controls if option.when is not None]
    return [one for one in found if one != "always"]


def rule_conditions(criteria: Criteria) -> list[Condition]:
    """Return every condition of the set about results."""
    return [rule.when for ladder in criteria.ladders.values() for rule in ladder.rules]


def with_cases(rules: st.SearchStrategy[RuleSet]) -> st.SearchStrategy[tuple[RuleSet, Data]]:
    return rules.flatmap(lambda one: cases_of(one.criteria).map(lambda data: (one, settled(one, data))))


RANDOM = with_cases(rule_sets())
SHIPPED_CASES = st.one_of(
    changed_cases(SHIPPED_RULES.criteria, SHIPPED_BASE),
    cases_of(SHIPPED_RULES.criteria),
).map(lambda data: (SHIPPED_RULES, settled(SHIPPED_RULES, {**data, "assessment_date": DAY})))
LOAN_CASES = st.one_of(changed_cases(LOAN_RULES.criteria, LOAN_BASE), cases_of(LOAN_RULES.criteria)).map(
    lambda data: (LOAN_RULES, settled(LOAN_RULES, {**data, "assessment_date": DAY}))
)
REAL = st.one_of(SHIPPED_CASES, LOAN_CASES)


# --- Kleene's laws ----------------------------------------------------------------------------------------------------


def everything(rules: RuleSet, now: Outcome) -> Facts:
    return with_results(now.facts, now.found, now.ratings, rules.criteria)


@FEWER
@given(RANDOM)
def test_connectives_obey_the_laws_of_kleene(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    now = outcome(rules, data)
    facts = everything(rules, now)
    parts = [*conditions(rules.criteria), *rule_conditions(rules.criteria)]

    def truth(condition: Condition) -> Truth:
        found = evaluate(condition, facts)
        return Truth(found.value, tuple(dict.fromkeys(found.reads)))

    def both(*of: Condition) -> AllOf:
        return AllOf(all_of=of)

    def either(*of: Condition) -> AnyOf:
        return AnyOf(any_of=of)

    for p, q in zip(parts, [*parts[1:], parts[0]], strict=True):
        # What was read obeys these laws as well: `not` passes through.
        assert truth(Not(not_=Not(not_=p))) == truth(p)
        assert truth(Not(not_=both(p, q))) == truth(either(Not(not_=p), Not(not_=q)))
        assert truth(Not(not_=either(p, q))) == truth(both(Not(not_=p), Not(not_=q)))
        assert truth(both(p, q)).value == truth(both(q, p)).value
        assert truth(either(p, q)).value == truth(either(q, p)).value
        assert truth(both(p, either(p, q))).value == truth(p).value
        assert truth(either(p, both(p, q))).value == truth(p).value
        assert truth(both(p, p)) == truth(either(p, p)) == truth(p)
        assert truth(both(p, q, parts[0])) == truth(both(both(p, q), parts[0]))
        assert truth(either(p, q, parts[0])) == truth(either(either(p, q), parts[0]))


@FEWER
@given(RANDOM)
def test_quantifiers_obey_their_laws(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    now = outcome(rules, data)
    facts = everything(rules, now)
    quantifiers = [
        node for one in chain(conditions(rules.criteria), rule_conditions(rules.criteria)) for node in nodes(one)
    ]
    for node in quantifiers:
        entity, where = node.entity, node.where
        some = evaluate(Quantifier(kind="some", entity=entity, where=where), facts)
        assert evaluate(Not(not_=Quantifier(kind="every", entity=entity, where=Not(not_=where))), facts) == some
        at_least = [Quantifier(kind="at_least", entity=entity, where=where, bound=number) for number in (1, 2, 3, 4)]
        assert evaluate(at_least[0], facts) == some
        for fewer, more in pairwise(at_least):
            at_most = Quantifier(kind="at_most", entity=entity, where=where, bound=fewer.bound)
            assert evaluate(at_most, facts) == evaluate(Not(not_=more), facts)
            if evaluate(more, facts).value is True:
                assert evaluate(fewer, facts).value is True


def nodes(condition: Condition) -> Iterator[Quantifier]:
    for node, _ in leaves_of(condition, {}):
        if isinstance(node, Quantifier):
            yield node


# --- what was read ----------------------------------------------------------------------------------------------------


@FEWER
@given(RANDOM)
def test_facts_that_a_decided_condition_read_decide_it_alone(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    now = outcome(rules, data)
    for condition in conditions(rules.criteria):
        truth = evaluate(condition, now.facts)
        if truth.value is not None:
            assert evaluate(condition, only(now.facts, set(truth.reads))).value is truth.value


@FEWER
@given(RANDOM)
def test_facts_that_an_unknown_condition_read_are_unknown(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    facts = everything(rules, outcome(rules, data))
    for condition in chain(conditions(rules.criteria), rule_conditions(rules.criteria)):
        truth = evaluate(condition, facts)
        if truth.value is None:
            assert truth.reads
            assert all(is_unknown(facts, one) for one in truth.reads)


def only(facts: Facts, reads: set[Read]) -> Facts:
    """Return the facts with nothing answered but these; the lists keep their entries, with nothing in them."""

    def entry(entity: str, one: Entry) -> Entry:
        return Entry(
            one.id, {fact: value if Read(entity, one.id, fact) in reads else None for fact, value in one.values.items()}
        )

    lists = {
        name: None if found is None else tuple(entry(name, one) for one in found) for name, found in facts.lists.items()
    }
    return replace(facts, single={name: entry(name, one) for name, one in facts.single.items()}, lists=lists)


def is_unknown(facts: Facts, what: Read) -> bool:
    if what.fact is None:
        return facts.lists[what.entity] is None
    entries = (facts.single[what.entity],) if what.entity in facts.single else facts.lists[what.entity] or ()
    value = next(one for one in entries if one.id == what.entry).values[what.fact]
    return value is None or isinstance(value, Among)


# --- unknown is never "no" --------------------------------------------------------------------------------------------


def assert_within(narrow: Outcome, wide: Outcome, criteria: Criteria) -> None:
    """Assert that every pair of bounds of one result lies within that of another."""
    for now, before in zip(narrow.found, wide.found, strict=True):
        assert now.id == before.id
        _within((now.inherent, now.possible), (before.inherent, before.possible), SEVERITIES)
        _within(now.residual, before.residual, SEVERITIES)
        _within(now.expected, before.expected, SEVERITIES)
        _within(now.knock_out, before.knock_out, KNOCK_OUTS)
        _within(now.knock_out_before, before.knock_out_before, KNOCK_OUTS)
        assert before.open or not now.open
    for rating, earlier in zip(narrow.ratings, wide.ratings, strict=True):
        for part in ("inherent", "residual", "expected", "capped"):
            (low, high), (least, most) = getattr(rating, part), getattr(earlier, part)
            assert least <= low <= high <= most
    for one, other in zip(narrow.proposed, wide.proposed, strict=True):
        _within((one.lowest, one.highest), (other.lowest, other.highest), list(criteria.ladders[one.ladder].levels))


def _within(narrow: tuple[str, str], wide: tuple[str, str], order: Sequence[str]) -> None:
    low, high, least, most = (order.index(one) for one in (*narrow, *wide))
    assert least <= low <= high <= most


def complete_answers(facts: Facts) -> Mapping[str, Any]:
    """Return the answers as the second reading wants them."""
    lists = {name: [one.values for one in found] for name, found in facts.lists.items() if found is not None}
    return {**{name: one.values for name, one in facts.single.items()}, **lists}


@PATIENT
@given(RANDOM, st.data())
def test_result_holds_for_every_way_to_answer_what_is_open(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    rules, stated = drawn
    note(f"{rules.pieces}\n{stated}")
    now = outcome(rules, stated)
    pieces = rules.pieces
    for full in completions(rules, stated, Pen(data.draw)):
        reading = Reading(pieces, complete_answers(full.facts), DAY)
        for name, indicator in rules.criteria.indicators.items():
            drawn_as = pieces["indicators"][name]
            pairs = [
                *((one, drawn_as["severity"][severity]) for severity, one in severity_conditions(indicator)),
                *((one, drawn_as["knock_out"][kind]) for kind, one in knock_out_conditions(indicator)),
                *(
                    (one.when, other["when"])
                    for one, other in zip(indicator.controls, drawn_as["controls"], strict=True)
                    if one.when is not None
                ),
            ]
            for condition, plain in pairs:
                wanted = reading.holds(plain)
                assert evaluate(condition, full.facts).value is wanted
                assert evaluate(condition, now.facts).value in {wanted, None}
        if full.facts.again is None:  # answers that contradict each other may be others
            assert_within(full, now, rules.criteria)
            assert_settled(full, reading)


def assert_settled(full: Outcome, reading: Reading) -> None:
    """Assert that a case without open questions has one result, the one that the second reading gives."""
    for one in full.found:
        plain = reading.pieces["indicators"][one.id]
        held = [name for name in SEVERITIES if name in plain["severity"] and reading.holds(plain["severity"][name])]
        inherent = held[-1] if held else "none"
        assert (one.inherent, one.possible, one.open, one.missing) == (inherent, inherent, False, ())
        assert one.outcome == ("present" if held else "absent")
        stopped = [
            kind
            for kind in KNOCK_OUTS
            if kind in plain.get("knock_out", {}) and reading.holds(plain["knock_out"][kind])
        ]
        strongest = stopped[-1] if stopped and held else "none"
        in_place = {
            record["id"]: {one["kind"] for one in record["evidence"]}
            for record in full.data["controls"]
            if record["evidence"] and record["status"] in {"implemented", "verified"}
        }
        complete = [
            option
            for option in plain["controls"]
            if all(
                name in in_place and ("needs" not in option or in_place[name] & set(option["needs"]))
                for name in option.get("all", ())
            )
            if reading.holds(option.get("when", "always"))
        ]
        left = [SEVERITIES.index(inherent)]
        for option in complete:
            start = SEVERITIES.index(inherent)
            left.append(
                SEVERITIES.index(option["residual"]) if "residual" in option else max(0, start - option["lowers_by"])
            )
        assert one.residual == (SEVERITIES[min(left)],) * 2
        assert one.knock_out_before == (strongest, strongest)
        assert one.knock_out == (("none", "none") if complete else (strongest, strongest))
    for rating in full.ratings:
        assert rating.inherent[0] == rating.inherent[1]
        assert rating.residual[0] == rating.residual[1]
        assert rating.capped[0] == rating.capped[1]
    for proposed in full.proposed:
        assert proposed.lowest == proposed.highest


@FEWER
@given(RANDOM, st.data())
def test_answer_to_an_open_question_widens_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    answer_widens_nothing(drawn, data)


@pytest.mark.nightly
@PATIENT
@given(REAL, st.data())
def test_answer_to_an_open_question_of_a_real_set_widens_nothing(
    drawn: tuple[RuleSet, Data], data: st.DataObject
) -> None:
    answer_widens_nothing(drawn, data)


def answer_widens_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    rules, stated = drawn
    note(f"{rules.pieces}\n{stated}")
    before = outcome(rules, stated)
    questions = open_questions(rules, before.facts)
    assume(questions)
    pen = Pen(data.draw)
    question = pen.one(questions)
    after = outcome(rules, answered(stated, question, pen.one(possible_answers(rules, question))))
    assume(not after.facts.superfluous)
    assert_within(after, before, rules.criteria)


# --- controls ---------------------------------------------------------------------------------------------------------


def with_control(data: Data, control: str) -> Data:
    """Return the case with a control in place; what evidence there is stays."""
    there = [record for one in data.get("controls", ()) if one["id"] == control for record in one["evidence"]]
    record = {
        "id": control,
        "status": "verified",
        "evidence": (*there, {"kind": "k", "reference": "r", "date": DAY}),
    }
    return {**data, "controls": (*(one for one in data.get("controls", ()) if one["id"] != control), record)}


def assert_no_higher(after: Outcome, before: Outcome) -> None:
    """Assert that no bound of residual, expected, knock-out and points rose, and nothing before controls changed."""
    for now, then in zip(after.found, before.found, strict=True):
        for part, order in (("residual", SEVERITIES), ("expected", SEVERITIES), ("knock_out", KNOCK_OUTS)):
            for one, other in zip(getattr(now, part), getattr(then, part), strict=True):
                assert order.index(one) <= order.index(other)
        assert (now.inherent, now.possible, now.outcome, now.open) == (
            then.inherent,
            then.possible,
            then.outcome,
            then.open,
        )
        assert (now.knock_out_before, now.missing, now.reads) == (then.knock_out_before, then.missing, then.reads)
        assert now.bars == then.bars
    for rating, earlier in zip(after.ratings, before.ratings, strict=True):
        assert rating.inherent == earlier.inherent
        for part in ("residual", "expected"):
            assert all(one <= other for one, other in zip(getattr(rating, part), getattr(earlier, part), strict=True))


@FEWER
@given(RANDOM, st.data())
def test_control_in_place_raises_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    rules, stated = drawn
    control = Pen(data.draw).one(tuple(rules.criteria.controls))
    assert_no_higher(outcome(rules, with_control(stated, control)), outcome(rules, stated))


@FEWER
@given(RANDOM, st.data())
def test_evidence_of_a_further_kind_raises_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    rules, stated = drawn
    more = {"kind": Pen(data.draw).one(KINDS_OF_EVIDENCE), "reference": "r", "date": DAY}
    controls = tuple({**one, "evidence": (*one["evidence"], more)} for one in stated["controls"])
    assert_no_higher(outcome(rules, {**stated, "controls": controls}), outcome(rules, stated))


@FEWER
@given(SHIPPED_CASES, st.data())
def test_control_in_place_raises_neither_measure_nor_gate_of_the_shipped_set(
    drawn: tuple[RuleSet, Data], data: st.DataObject
) -> None:
    rules, stated = drawn
    control = Pen(data.draw).one(tuple(rules.criteria.controls))
    before, after = outcome(rules, stated), outcome(rules, with_control(stated, control))
    assert_no_higher(after, before)
    for now, then in zip(after.proposed, before.proposed, strict=True):
        # Escalation is the one ladder that is not claimed to be monotone.
        if now.ladder in {"measure", "start_gate"}:
            order = list(rules.criteria.ladders[now.ladder].levels)
            for part in ("level", "lowest", "highest"):
                assert order.index(getattr(now, part)) <= order.index(getattr(then, part))


# --- names and order --------------------------------------------------------------------------------------------------


def reordered(value: Any, pen: Pen) -> Any:
    """Return the same with every list in another order: entries, controls, chosen options."""
    match value:
        case dict():
            return {name: reordered(one, pen) for name, one in value.items()}
        case tuple():
            return tuple(reordered(one, pen) for one in pen.some(value, len(value), len(value)))
        case _:
            return value


@FEWER
@given(RANDOM, st.data())
def test_order_of_lists_changes_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    order_changes_nothing(drawn, data)


@pytest.mark.nightly
@FEWER
@given(REAL, st.data())
def test_order_of_lists_in_a_real_case_changes_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    order_changes_nothing(drawn, data)


def order_changes_nothing(drawn: tuple[RuleSet, Data], data: st.DataObject) -> None:
    rules, stated = drawn
    pen = Pen(data.draw)
    other = {name: reordered(value, pen) for name, value in stated.items()}
    first, second = (assess(rules.case(one), rules.criteria, DAY) for one in (stated, other))
    for part in ("findings", "proposals", "ratings", "gaps", "awareness", "absent", "controls", "resolved"):
        assert getattr(first, part) == getattr(second, part)


@FEWER
@given(RANDOM)
def test_a_record_recalls_the_facts_it_rests_on_and_says_what_each_finding_read(drawn: tuple[RuleSet, Data]) -> None:
    rules, stated = drawn
    worked = work(rules.case(stated), rules.criteria, DAY)
    record = Assessment.model_validate_json(to_json(recorded(worked)))
    facts = recall(record, rules.criteria).facts
    assert (facts.single, facts.lists, facts.origins) == (worked.facts.single, worked.facts.lists, worked.facts.origins)
    told = explain(record, rules.criteria, "en")
    assert [(one.id, one.outcome, one.reads) for one in told.findings] == [
        (one.id, one.outcome, tuple(read.path() for read in one.reads)) for one in worked.found
    ]
    assert [one.path for one in told.gaps] == list(record.gaps)


@FEWER
@given(RANDOM, st.text(max_size=5))
def test_names_change_no_result(drawn: tuple[RuleSet, Data], text: str) -> None:
    names_change_no_result(drawn, text)


@PATIENT
@given(REAL, st.text(max_size=5))
def test_names_of_people_and_organisations_change_no_result(drawn: tuple[RuleSet, Data], text: str) -> None:
    names_change_no_result(drawn, text)


def names_change_no_result(drawn: tuple[RuleSet, Data], text: str) -> None:
    rules, stated = drawn
    other: Data = {
        **stated,
        "title": "-" if is_blank(text) else text,
        "id": "other",
        "institution": "I",
        "assessor": "A",
        "notes": "N",
    }
    for name, entity in rules.criteria.entities.items():
        texts = [fact for fact, one in entity.facts.items() if isinstance(one, TextFact)]
        found = other.get(name)
        if isinstance(found, tuple):
            # Another id each, in another alphabetical order.
            other[name] = tuple(
                {**one, **dict.fromkeys(texts, text), "id": f"z{9 - number}"} for number, one in enumerate(found)
            )
        elif found is not None:
            other[name] = {**found, **dict.fromkeys(texts, text)}
    assert result(outcome(rules, other)) == result(outcome(rules, stated))


def result(of: Outcome) -> object:
    """Return what must not hang on names: all but the facts that were read."""
    found = [
        (
            (one.id, one.outcome, one.inherent, one.possible, one.residual, one.expected, one.knock_out, one.open),
            [(option.counts, option.lacking, option.residual) for option in one.options],
            sorted((what.entity, what.fact or "") for what in one.reads),
        )
        for one in of.found
    ]
    return found, of.ratings, [one._replace(reads=()) for one in of.proposed]


# --- records ----------------------------------------------------------------------------------------------------------


@FEWER
@given(RANDOM)
def test_records_survive_a_round_trip_and_come_out_the_same(drawn: tuple[RuleSet, Data]) -> None:
    records_survive(drawn)


@pytest.mark.nightly
@FEW
@given(REAL)
def test_records_of_a_real_case_survive_a_round_trip_and_come_out_the_same(drawn: tuple[RuleSet, Data]) -> None:
    records_survive(drawn)


def records_survive(drawn: tuple[RuleSet, Data]) -> None:
    rules, stated = drawn
    case = rules.case(stated)
    first = assess(case, rules.criteria)
    assert assess(case, rules.criteria) == first
    text = to_json(first)
    back = Assessment.model_validate_json(text)
    assert back == first
    assert to_json(back) == text
    assert verify(back, rules.criteria).verdict == "same"
    # The case, written as JSON and read like any case file.
    plain = canonical(stated_case(case)).decode()
    again = case_of(parse(plain, "case.json", is_json=True, nulls=True), rules.criteria)
    assert again.model_dump() == case.model_dump()


# --- the strategies themselves ----------------------------------------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.hypothesis
def test_drawn_sets_have_every_node_and_every_optional_part() -> None:
    seen: set[str] = set()

    @settings(PATIENT, max_examples=100, derandomize=True, database=None)
    @given(rule_sets())
    def look(rules: RuleSet) -> None:
        seen.update(words(rules.pieces))

    look()
    nodes_and_parts = {
        "all_of",
        "any_of",
        "not",
        "holds",
        "some",
        "every",
        "count",
        "at_least",
        "at_most",
        "is",
        "one_of",
        "includes",
        "includes_any",
        "parameter",
        "ask_when",
        "otherwise",
        "when",
        "residual",
        "lowers_by",
        "needs",
        "knock_out",
        "provisional",
        "hold",
        "funding",
        "policy",
        "legal",
        "low",
        "moderate",
        "high",
        "critical",
        "finding.possible",
        "finding.open",
        "finding.outcome",
        "dimension.residual_capped",
        "dimension.inherent_band",
        "always",
    }
    assert nodes_and_parts <= seen


def words(data: object) -> Iterator[str]:
    match data:
        case dict():
            for key, value in data.items():
                yield key
                yield from words(value)
        case list() | tuple():
            for one in data:
                yield from words(one)
        case str():
            yield data


@pytest.mark.parametrize("folder", [SHIPPED, LOAN_DESK], ids=["shipped", "loan-desk"])
def test_base_case_that_others_are_drawn_from_is_complete(folder: Path) -> None:
    rules = SHIPPED_RULES if folder == SHIPPED else LOAN_RULES
    base = SHIPPED_BASE if folder == SHIPPED else LOAN_BASE
    now = outcome(rules, base)
    assert not any(one.open for one in now.found)
    assert {one.outcome for one in now.found} == {"absent"}
