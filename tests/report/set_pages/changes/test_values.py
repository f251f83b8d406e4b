"""What stood at a place and stands there now, said as people read it: a title for an id, words for a kind."""

from datetime import date
from typing import Any, TypeAlias

import pytest

from risk_engine.audit.diff.edits import compare
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.conditions import ParameterRef
from risk_engine.model.criteria import Authorship, Contributor, Criteria
from risk_engine.model.facts import BooleanFact, Entity
from risk_engine.model.ladders import Level
from risk_engine.model.tables import Citation, DatedValue, Row, Source
from risk_engine.model.words import Period
from risk_engine.report.blocks import say, words
from risk_engine.report.set_pages.changed_values import alike, order, told, written
from risk_engine.report.set_pages.speech import Speech
from tests.versions import LOAN_DESK

Way: TypeAlias = tuple[str | int, ...]

DESK = read_criteria(LOAN_DESK)
NEXT = date(2027, 1, 1)
SINCE = Period.model_validate({"from": NEXT})
CELLS = (DatedValue(value="calm", until=NEXT), DatedValue.model_validate({"value": "severe", "from": NEXT}))
SAFE = BooleanFact(type="boolean", question="Is it safe?", asked_of="registrar")
HOUSE = Entity(title="House", facts={"safe": SAFE})
WAIT = Level(title="Wait", answer="Not yet.", explain="Later.", review_months=1)
LONG = ParameterRef(parameter="long_loan")
LAW = Source(instrument="Act on loans", kind="eu_law", verified=True)


def changed(whole: Any, way: Way, value: Any) -> Any:
    """Return a set, or a part of it, that says something else at a place."""
    if not way:
        return value
    step, further = way[0], way[1:]
    if isinstance(whole, dict):
        return {**whole, step: changed(whole.get(step), further, value)}
    if isinstance(whole, tuple):
        return tuple(changed(one, further, value) if number == step else one for number, one in enumerate(whole))
    return whole.model_copy(update={f"{step}": changed(getattr(whole, f"{step}"), further, value)})


def at(way: str) -> Way:
    return tuple(int(one) if one.isdecimal() else one for one in way.split("/"))


def said(after: Criteria) -> list[tuple[str, str]]:
    """Return what each change says of before and after, with a bar between the lines of a value."""
    return [
        (
            " | ".join(words(line) for line in told(one, one.before, Speech(DESK))),
            " | ".join(words(line) for line in told(one, one.after, Speech(after))),
        )
        for one in compare(DESK, after)
    ]


@pytest.mark.parametrize(
    ("way", "value", "before", "after"),
    [
        ("indicators/LAW-1/dimension", "keeping", "Whose object it is", "Keeping the object whole"),
        ("indicators/LAW-1/ground", "ownership", "The good name of the house", "Ownership"),
        ("indicators/LAW-1/adjustable", True, "no", "yes"),
        ("indicators/LAW-1/effective", SINCE, "always", "from 1 January 2027"),
        ("controls/GUARD/who", "registrar", "The house that borrows", "The registrar"),
        ("controls/GUARD/effort", 1, "much", "little"),
        ("controls/SIGN/records", None, "loan.paperwork is answered with “Both houses”", "–"),
        ("ladders/verdict/levels/lend/review_months", 1, "24 months", "1 month"),
        ("ladders/verdict/rules/0/level", "lend_on_terms", "Refuse", "Lend on terms"),
        ("awareness/REGION_LAW/kind", "advice", "a rule of another state", "advice"),
        ("sources/seismic-map/kind", "foreign_list", "research", "list of another state"),
        ("entities/loan/facts/months/asked_of", "conservator", "The registrar", "The conservator"),
        ("entities/loan/facts/months/riskier", "lower", "a higher number is riskier", "a lower number is riskier"),
        ("entities/loan/facts/months/range", (2, 36), "a whole number from 1 to 60", "a whole number from 2 to 36"),
        ("entities/artwork/facts/lux_hours/otherwise", 5, "0", "5"),
        ("entities/loan/facts/shipper/of", "regions", "shippers", "regions"),
        ("tables/regions/rows/ISL/name", "Far Isles", "Outer Isles", "Far Isles"),
        ("tables/regions/columns/shielded/otherwise", True, "no", "yes"),
        ("tables/regions/columns/quake_zone/as_of", date(2025, 2, 1), "1 February 2024", "1 February 2025"),
        ("parameters/soft_materials/values/0/value", ("paper",), "paper, textile", "paper"),
        ("sources/loans", LAW, "–", "Act on loans (EU law)"),
        ("tables/regions/rows/NEW", Row(name="New Fields", aliases=("Fields", "NF")), "–", "New Fields (Fields, NF)"),
        ("indicators/LAW-1/knock_out/hold", "always", "loan.paperwork is “Nobody”", "always"),
        ("tables/regions/columns/shielded/values/ALP", True, "no, as every row that is not named", "yes"),
        ("entities/house", HOUSE, "–", "House"),
        ("entities/loan/facts/safe", SAFE, "–", "yes or no"),
        ("ladders/verdict/levels/wait", WAIT, "–", "Wait Not yet."),
        (
            "ladders/verdict/levels/lend/review_months",
            ParameterRef(parameter="long_loan"),
            "24 months",
            "24 months (long_loan)",
        ),
        ("controls/GUARD/do", "always", "Have a guard in the house every night.", "always"),
    ],
)
def test_a_value_is_said_in_words(way: str, value: Any, before: str, after: str) -> None:
    assert said(changed(DESK, at(way), value)) == [(before, after)]


def test_a_list_is_said_whole_line_by_line_or_one_after_the_other() -> None:
    sentences = ("It was not signed.", "By: {loan.paperwork}.")
    assert said(changed(DESK, at("indicators/LAW-1/because"), sentences)) == [
        ("The contract was signed by: {loan.paperwork}.", "It was not signed. | By: {loan.paperwork}.")
    ]
    told_so = "Hardly any earthquakes from the beginning to 31 December 2026; Severe ones from 1 January 2027"
    assert said(changed(DESK, at("tables/regions/columns/quake_zone/values/ISL"), CELLS)) == [("not known", told_so)]


def test_citations_are_named_by_what_they_cite() -> None:
    cited = (Citation(id="poison_act", at="section 2"),)
    ((before, after),) = said(changed(DESK, at("indicators/LAW-1/sources"), cited))
    assert [one in before for one in ("Handbook of the loan desk, 4th edition", "chapter 1")] == [True, True]
    assert [one in after for one in ("Act on poisons in collections", "section 2")] == [True, True]

    only = Citation(id="poison_act")
    ((_before, after),) = said(changed(DESK, at("parameters/soft_materials/source"), only))
    assert "Act on poisons in collections" in after


def test_who_drew_a_rule_up_is_named() -> None:
    author = Authorship(drawn_up_by=Contributor(name="N. New", discipline="law", date=NEXT))
    ((before, after),) = said(changed(DESK, at("indicators/LAW-1/author"), author))
    assert ("L. Lender" in before, "N. New" in after) == (True, True)


@pytest.mark.parametrize(
    ("way", "told_so"),
    [
        ("ladders/verdict/levels", "Refuse, Lend on terms, Lend"),
        ("entities/loan/facts/paperwork/options", "“Nobody”, “Our house only”, “Both houses”"),
    ],
)
def test_an_order_is_told_by_titles(way: str, told_so: str) -> None:
    whole: Any = DESK
    for step in at(way):
        whole = whole[step] if isinstance(whole, dict) else getattr(whole, f"{step}")
    (edit,) = compare(DESK, changed(DESK, at(way), dict(reversed(whole.items()))))
    assert words(order(edit, edit.after, Speech(DESK))) == told_so


def test_what_reads_alike_is_told_by_the_names_of_the_file_or_by_its_form() -> None:
    read = say("The partner is abroad")
    away, abroad = (written({"fact": f"partner.{one}", "is": True}) for one in ("away", "abroad"))
    names = alike(read, away, abroad)
    forms = alike(read, "{a: b, c: d}", "{c: d, a: b}")
    assert [words(one) for one in (*names, *forms)] == [
        f"The partner is abroad (the same words; in the file: {name})"
        for name in ("partner.away", "partner.abroad", "{a: b, c: d}", "{c: d, a: b}")
    ]
