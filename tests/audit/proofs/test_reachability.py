"""What can occur: what is dead is named with the reason, what lives with the smallest case."""

from datetime import date
from pathlib import Path

from risk_engine.model.case import UNKNOWN
from risk_engine.model.profile import Profile
from tests.audit.proofs.parts import asked, the, told, toy

PROVED = ("proved", "")


def test_each_severity_has_the_smallest_case_that_shows_it(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        PACE:
          severity:
            moderate: {fact: trip.pace, at_least: brisk}
            high: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.days, at_least: 30}]}
        OLD:
          severity:
            low: {count: guest, where: {fact: guest.age, at_least: 70}, at_least: 2}
        """,
    )
    claims = asked(criteria, "occur").claims
    moderate = the(claims, "PACE can be present as “moderate”").examples[0]
    assert (moderate.given, moderate.is_smallest) == ({"trip.pace": "brisk"}, True)
    high = the(claims, "PACE can be present as “high”").examples[0]
    assert high.given == {"trip.pace": "wild", "trip.days": 30}
    assert high.present == {"PACE": "high"}
    # A second guest is one difference, the age of each is another one.
    old = the(claims, "OLD can be present as “low”").examples[0]
    assert old.given == {"guest.ann.age": 70, "guest.guest-2": {"fit": True, "age": 70}}


def test_of_as_few_differences_the_case_with_fewer_entries_is_smaller(tmp_path: Path) -> None:
    grown_up = "{count: guest, where: {fact: guest.age, at_least: 18}, at_least: 2}"
    criteria = toy(tmp_path, f"A: {{severity: {{low: {{any_of: [{grown_up}, {{fact: trip.pace, is: wild}}]}}}}}}")
    # A twin of Ann, or another pace: one difference each, and lists stand first.
    (alone,) = the(asked(criteria, "occur").claims, "A can be present").examples
    assert alone.given == {"trip.pace": "wild"}


def test_a_severity_that_never_shows_says_why(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        DEAD:
          severity:
            low: {fact: trip.days, at_least: 50}
            moderate: {all_of: [{fact: trip.days, at_least: 9}, {fact: trip.days, at_most: 8}]}
            high: {fact: trip.days, at_least: 40}
        SPLIT:
          severity:
            low: {fact: trip.days, at_least: 10}
            moderate: {all_of: [{fact: trip.days, at_least: 10}, {fact: trip.days, at_most: 20}]}
            high: {fact: trip.days, at_least: 20}
        """,
    )
    claims = asked(criteria, "occur").claims
    assert told(claims, "DEAD") == {
        "DEAD can be present as “low”": ("refuted", "Wherever its condition holds, that of “high” holds too"),
        "DEAD can be present as “moderate”": ("refuted", "Its condition holds in no case"),
        "DEAD can be present as “high”": PROVED,
    }
    # No higher one alone covers it: up to 20 days the one, from 20 the other.
    low = the(claims, "SPLIT can be present as “low”")
    assert low.reason == "Wherever its condition holds, that of a higher severity holds too"


def test_a_knock_out_that_never_holds_says_why(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        BAR:
          severity: {high: {fact: trip.pace, is: wild}}
          knock_out:
            hold: {all_of: [{fact: trip.insured, is: false}, {fact: trip.insured, is: true}]}
            funding: {fact: trip.pace, is: brisk}
            policy: {fact: trip.insured, is: false}
            legal: always
        """,
    )
    claims = asked(criteria, "occur").claims
    assert told(claims, "BAR") == {
        "BAR can be present as “high”": PROVED,
        "BAR can be a knock-out of the kind “hold”": ("refuted", "Its condition holds in no case"),
        "BAR can be a knock-out of the kind “funding”": (
            "refuted",
            "Its condition holds in no case in which the finding is present",
        ),
        "BAR can be a knock-out of the kind “policy”": PROVED,
        "BAR can be a knock-out of the kind “legal”": PROVED,
    }
    policy = the(claims, "BAR can be a knock-out of the kind “policy”").examples[0]
    assert policy.given == {"trip.pace": "wild", "trip.insured": False}


def test_what_a_profile_switches_off_is_no_knock_out_and_caps_the_severity(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        BAR:
          severity: {high: {fact: trip.pace, is: brisk}, critical: {fact: trip.pace, is: wild}}
          knock_out: {policy: always}
          adjustable: true
        """,
    )
    off = {"institution": "Ours", "criteria": "toy", "policy_knock_outs_off": {"BAR": {"reason": "We may."}}}
    report = asked(criteria, "occur", profile=Profile.model_validate(off))
    assert told(report.claims, "BAR") == {
        "BAR can be present as “high”": PROVED,
        "BAR can be present as “critical”": (
            "refuted",
            "The profile switches its knock-out off, so it is at most “high”",
        ),
    }
    assert "The policy knock-out of BAR: the profile switches it off." in report.put_aside
    assert len(told(asked(criteria, "occur").claims, "BAR")) == 3


def test_levels_and_rules_that_never_decide_say_why(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "PACE: {severity: {moderate: {fact: trip.pace, is: brisk}, high: {fact: trip.pace, is: wild}}}",
        ladders="""
          measure:
            levels: {go: {}, talk: {}, think: {}, ask: {}, stop: {}}
            rules:
              - {level: stop, when: {some: finding, where: {fact: finding.inherent, is: critical}}}
              - {level: ask, when: {some: finding, where: {fact: finding.inherent, at_least: moderate}}}
              - {level: ask, when: {some: finding, where: {fact: finding.inherent, is: high}}}
              - {level: think, when: {every: finding, where: {fact: finding.inherent, is: none}}}
            otherwise: go
        """,
        head="{roles: {headline: measure}}",
    )
    claims = told(asked(criteria, "occur").claims, "measure")
    bounds = ""
    nothing, above = f"Its condition holds in no case{bounds}", f"Wherever it holds, a rule above it decides{bounds}"
    assert {statement.removeprefix("measure: "): outcome for statement, outcome in claims.items()} == {
        "“go” can be proposed": PROVED,  # an answer is missing: no finding, and not none for certain
        "“talk” can be proposed": ("refuted", "No rule proposes it"),
        "“think” can be proposed": PROVED,
        "“ask” can be proposed": PROVED,
        "“stop” can be proposed": ("refuted", f"No rule that proposes it can decide{bounds}"),
        "rule 1 (“stop”) can decide": ("refuted", nothing),
        "rule 2 (“ask”) can decide": PROVED,
        "rule 3 (“ask”) can decide": ("refuted", above),
        "rule 4 (“think”) can decide": PROVED,
        "“go” can be what holds otherwise": PROVED,
    }


def test_what_holds_otherwise_may_never_hold(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        "PACE: {severity: {high: {fact: trip.pace, is: wild}}}",
        ladders="""
          measure:
            levels: {go: {}, stop: {}}
            rules:
              - level: stop
                when: {any_of: [{some: finding, where: {fact: finding.id, is: PACE}}]}
            otherwise: go
        """,
        head="{roles: {headline: measure}}",
    )
    claim = the(asked(criteria, "occur").claims, "measure: “go” can be what holds otherwise")
    assert (claim.status, claim.reason.split(".")[0]) == ("refuted", "In every case some rule decides")


def test_an_indicator_is_asked_about_on_the_nearest_day_on_which_it_is_in_force(tmp_path: Path) -> None:
    wild = "severity: {high: {fact: trip.pace, is: wild}}"
    criteria = toy(
        tmp_path,
        f"""
        NOW: {{{wild}}}
        LATER: {{{wild}, effective: {{from: 2027-01-01}}}}
        PAST: {{{wild}, effective: {{until: 2026-01-01}}}}
        BEFORE: {{{wild}, effective: {{until: 2020-01-01}}}}
        """,
    )
    claims = asked(criteria, "occur").claims
    days = {one.subject: (one.on, [two.on for two in one.examples]) for one in claims if one.subject.isupper()}
    assert days == {
        "NOW": (None, [date(2026, 6, 15)]),
        "LATER": (date(2027, 1, 1), [date(2027, 1, 1)]),
        "PAST": (date(2025, 12, 31), [date(2025, 12, 31)]),
        # The version is in force from the very day on which the indicator ends.
        "BEFORE": (None, []),
    }
    assert told(claims, "BEFORE") == {"BEFORE can be present": ("refuted", "It is in force on no day of this version")}


def test_a_case_whose_answers_contradict_each_other_is_shown_only_where_there_is_no_other(tmp_path: Path) -> None:
    criteria = toy(
        tmp_path,
        """
        ANY: {severity: {low: {any_of: [{fact: trip.pace, is: wild}, {fact: trip.days, at_least: 30}]}}}
        BOTH: {severity: {low: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.insured, is: true}]}}}
        """,
        invariants="facts: {F1: {whenever: {fact: trip.pace, is: wild}, then: {fact: trip.insured, is: false}}}",
    )
    claims = asked(criteria, "occur").claims
    # One difference would do, in the fact that stands first; but it contradicts that the trip is insured.
    (free,) = the(claims, "ANY can be").examples
    assert (free.given, free.contradicts) == ({"trip.days": 30}, ())
    (forced,) = the(claims, "BOTH can be").examples
    assert (forced.given, forced.contradicts) == ({"trip.pace": "wild"}, ("F1",))


def test_an_example_says_which_questions_nobody_is_asked_any_more(tmp_path: Path) -> None:
    """The base case has a boat; on foot nobody is asked how long, so that answer is not missing."""
    facts = """
    trip:
      facts:
        means: {type: choice, options: [foot, boat]}
        days: {type: integer, range: [0, 99], otherwise: 0, ask_when: {fact: trip.means, is: boat}}
        called: {type: boolean}
    """
    indicators = (
        "A: {severity: {low: {fact: trip.means, is: foot}}}\nB: {severity: {low: {fact: trip.days, at_least: 9}}}"
    )
    base = {"trip": {"means": "boat", "days": 1, "called": True}}
    report = asked(toy(tmp_path, indicators, facts), "occur", base=base)
    (example,) = the(report.claims, "A can be present").examples
    assert example.given == {"trip.means": "foot", "trip.days": UNKNOWN}
    assert example.not_asked == ("trip.days",)
    (example,) = the(report.claims, "B can be present").examples
    assert (example.given, example.not_asked) == ({"trip.days": 9}, ())
