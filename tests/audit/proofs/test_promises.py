"""The promises of a set over all cases: about results, about the base case, about pairs of cases, about directions."""

from pathlib import Path

from risk_engine.solver.space import Limits
from tests.audit.proofs.parts import BASE, asked, the, toy

PACE = "PACE: {severity: {high: {fact: trip.pace, is: wild}}, knock_out: {legal: {fact: trip.insured, is: false}}}"
SEATS = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        called: {type: text}
    guest:
      many: 9
      facts:
        seat: {type: row, of: places}
        far: {type: boolean, from: seat, riskier: true}
        known: {type: boolean, from: seat, riskier: true}
"""
PLACES = """
    places:
      rows: {N: {name: North}, E: {name: East}, W: {name: West}}
      columns:
        far: {values: {N: true, E: false, W: false}}
        known: {values: {N: true, E: true, W: false}}
"""
SEATED = {"trip": {"pace": "calm"}, "guest": ({"id": "ann", "seat": "E"},)}


def test_a_promise_about_results_is_kept_or_has_a_case_that_breaks_it(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        PACE,
        invariants="""
          results:
            KEPT: {whenever: {fact: ladder.measure, is: restriction}, then: {fact: trip.insured, is: false}}
            BROKEN: {whenever: {fact: trip.insured, is: true}, then: {fact: ladder.measure, is: advice}}
        """,
    )
    claims = {one.subject: one for one in asked(criteria, "promises").claims}
    assert claims["KEPT"].status == "proved"
    assert claims["KEPT"].reason == ""
    assert claims["BROKEN"].status == "refuted"
    assert claims["BROKEN"].examples[0].given == {"trip.pace": "wild"}


def test_a_promise_is_broken_only_where_it_is_certain(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        PACE,
        invariants="""
          results:
            SURE: {then: {any_of: [{fact: trip.insured, is: true}, {fact: trip.insured, is: false}]}}
        """,
    )
    # Whether the trip is insured may not be known; then nothing is broken.
    assert [one.status for one in asked(criteria, "promises").claims] == ["proved"]


def test_a_promise_that_an_open_finding_breaks_names_it_with_what_it_may_come_to(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        PACE,
        invariants="""
          results:
            CLOSED: {then: {not: {some: finding, where: {fact: finding.open, is: true}}}}
        """,
    )
    (claim,) = asked(criteria, "promises").claims
    (breach,) = claim.examples
    assert (claim.status, breach.given, breach.present, breach.open) == (
        "refuted",
        {"trip.pace": "unknown"},
        {},
        {"PACE": "high"},
    )


def test_how_many_entries_a_promise_looks_at_can_be_asked_for(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "MANY: {severity: {high: {fact: trip.pace, is: wild}}}",
        invariants="""
          results:
            FEW:
              whenever: {fact: ladder.measure, is: regulation}
              then: {count: guest, where: {fact: guest.age, at_least: 9}, at_most: 4}
        """,
    )
    few = asked(criteria, "promises")
    # A rule that counts five needs as many places, whatever is asked for.
    assert few.bounds == {"guest": 5}
    assert few.claims[0].status == "refuted"
    assert asked(criteria, "promises", limits=Limits(entries=7)).bounds == {"guest": 7}
    assert asked(criteria, "promises", limits=Limits(entries=99)).bounds == {"guest": 9}


def test_a_promise_about_the_base_case_holds_whatever_its_facts_say_and_nothing_else(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        PACE,
        invariants="""
          alone:
            INSURED: {change: [trip.insured], then: {fact: ladder.measure, is: advice}}
            PACE: {change: [trip.pace], then: {fact: ladder.measure, is: advice}}
            GUEST: {change: [guest.fit, guest.age], then: {not: {fact: ladder.measure, is: restriction}}}
        """,
    )
    claims = {one.subject: one for one in asked(criteria, "promises").claims}
    assert {name: one.status for name, one in claims.items()} == {
        "INSURED": "proved",
        "PACE": "refuted",
        "GUEST": "proved",
    }
    assert claims["PACE"].examples[0].given == {"trip.pace": "wild"}


def test_of_a_row_every_row_is_tried_with_what_its_table_says(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "FAR: {severity: {high: {some: guest, where: {fact: guest.far, is: true}}}}",
        SEATS,
        tables=PLACES,
        invariants="""
          alone:
            SEAT: {change: [guest.seat], then: {fact: ladder.measure, is: advice}}
            STATED: {change: [guest.far], then: {fact: ladder.measure, is: regulation}}
        """,
    )
    claims = {one.subject: one for one in asked(criteria, "promises", base=SEATED).claims}
    assert claims["SEAT"].status == "refuted"
    assert claims["SEAT"].examples[0].given == {"guest.ann.seat": "N"}
    assert claims["STATED"].status == "refuted"  # left to the table, it is not far: the base case itself
    assert claims["STATED"].examples[0].given == {}


def test_what_no_rule_reads_makes_no_difference_by_the_form_of_the_rules(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        PACE,
        SEATS.replace("pace:", "insured: {type: boolean}\n        pace:"),
        tables=PLACES,
        invariants="""
          same:
            TEXT: {differ_in: text}
            ROWS: {differ_in: rows}
            NOTHING: {differ_in: [guest.far]}
        """,
    )
    claims = {one.subject: one for one in asked(criteria, "promises", base=SEATED).claims}
    assert {name: (one.status, one.is_by_form) for name, one in claims.items()} == dict.fromkeys(
        claims, ("proved", True)
    )
    assert claims["ROWS"].reason == "No rule reads a row, only what the tables say of it"


def test_what_rules_read_is_asked_whether_it_makes_a_difference(tmp_path: Path) -> None:
    far = "{some: guest, where: {fact: guest.far, is: true}}"
    idle = "{any_of: [{fact: trip.means, is: foot}, {fact: trip.means, is: boat}]}"
    criteria = toy(
        tmp_path,
        f"""
        FAR: {{severity: {{high: {far}}}}}
        IDLE: {{severity: {{high: {{all_of: [{{fact: trip.pace, is: wild}}, {idle}]}}}}}}
        """,
        SEATS.replace("pace:", "means: {type: choice, options: [foot, boat]}\n        pace:"),
        tables=PLACES,
        invariants="""
          same:
            SEAT: {differ_in: [guest.seat]}
            MEANS: {differ_in: [trip.means]}
        """,
    )
    base = {"trip": {"pace": "calm", "means": "foot"}, "guest": SEATED["guest"]}
    claims = {one.subject: one for one in asked(criteria, "promises", base=base).claims}
    # The seats differ in nothing but what the table says of them.
    assert (claims["SEAT"].status, claims["SEAT"].reason) == ("refuted", "FAR tells them apart")
    assert [one.given for one in claims["SEAT"].examples] == [{}, {"guest.ann.seat": "N"}]
    # By foot or by boat is the same, but whether it is known is not.
    assert claims["MEANS"].status == "refuted"
    known, unknown = (one.given for one in claims["MEANS"].examples)
    assert {"trip.means" in known, "trip.means" in unknown} == {True, False}
    assert (known | unknown)["trip.means"] == "unknown"


def test_facts_that_are_read_and_make_no_difference_are_proved_to_make_none(tmp_path: Path) -> None:
    # Far or not far, if it is known: of a row the table knows it for all of them.
    either = "{any_of: [{fact: guest.far, is: true}, {fact: guest.known, is: true}, {fact: guest.far, is: false}]}"
    criteria = toy(
        tmp_path,
        f"SEEN: {{severity: {{high: {{all_of: [{{fact: trip.pace, is: wild}}, {{every: guest, where: {either}}}]}}}}}}",
        SEATS,
        tables=PLACES.replace("far: {values: {N: true, E: false, W: false}}", "far: {values: {N: true, E: false}}"),
        invariants="same: {SEAT: {differ_in: [guest.seat]}}",
    )
    claim = the(asked(criteria, "promises", base=SEATED).claims, "SEAT")
    # Of the west it is not known whether it is far.
    assert claim.status == "refuted"
    again = toy(
        tmp_path / "2",
        """
        WILD:
          severity:
            high:
              any_of:
                - {fact: trip.pace, is: wild}
                - all_of: [{fact: trip.pace, is: wild}, {some: guest, where: {fact: guest.far, is: true}}]
        """,
        SEATS,
        tables=PLACES,
        invariants="same: {SEAT: {differ_in: [guest.seat]}}",
    )
    claim = the(asked(again, "promises", base=SEATED).claims, "SEAT")
    assert (claim.status, claim.is_by_form) == ("proved", False)


def test_a_fact_without_a_direction_needs_a_reason(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        A:
          severity:
            high: {all_of: [{fact: trip.means, is: boat}, {some: guest, where: {fact: guest.age, at_least: 70}}]}
        """,
        invariants="undirected: {guest.age: {because: Neither the old nor the young are a risk.}}",
        awareness="A1: {when: {fact: trip.days, at_least: 9}}",
    )
    claims = asked(criteria, "directions").claims
    # It reads right whatever became of it: proved of one, refuted of the other.
    assert {one.statement for one in claims} == {
        f"Of `{one.subject}`, which rules read, the set says which answer is riskier, or why none is" for one in claims
    }
    found = {one.subject: (one.status, one.reason) for one in claims}
    assert found == {
        "guest.age": ("proved", "Neither the old nor the young are a risk."),
        "trip.means": ("refuted", "The set gives no reason; add it to `undirected` in invariants.yaml"),
    }  # days have a direction, and what nobody reads needs none
    assert BASE["trip"]["means"] == "foot"
