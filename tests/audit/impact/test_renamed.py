"""Cases in the names of the old version and of the new one, replayed under both: expected values from issue 19."""

from pathlib import Path

import pytest

from risk_engine.cli.output import Exit
from tests.audit.impact.small import RULES, Versions, facts, one, told
from tests.cli.running import run
from tests.engine.builder import Data, written

NOTE = "toy@1.1.0 calls otherwise, and that is the same here: `trip.days` → `trip.length`, `LONG` → `TOO_LONG`"


def renamed(rules: str = RULES, until: str = "") -> Data:
    """Return the pieces of a version that calls a fact and an indicator otherwise."""
    was = f"{{name: days{until}}}"
    asked = facts(trip__length=f"{{type: integer, range: [0, 99], was: {was}}}")
    del asked["trip"]["facts"]["days"]
    text = rules.replace("trip.days", "trip.length").replace("LONG:", "TOO_LONG:")
    made = written(text)
    made["TOO_LONG"]["was"] = "LONG"
    return {"facts": asked, "indicators": made}


@pytest.mark.parametrize("until", ["", ", until: 2020-01-01"])
def test_what_is_only_called_otherwise_moves_no_case_in_either_names(versions: Versions, until: str) -> None:
    versions.make("1.1.0", **renamed(until=until))
    files = [versions.case("new", trip="length: 40, risky: true, pace: wild")]
    files += [] if until else [versions.case("old", trip="days: 40, risky: true, pace: wild")]
    report = versions.replay(*files)
    assert report.problems == ()
    assert {(case.group, case.course) for case in report.cases} == {("compared", "same")}
    assert report.notes[0] == NOTE
    assert report.before.digest != report.after.digest


def test_looser_rule_under_another_name_is_told_as_its_own_cause(versions: Versions) -> None:
    rules = RULES.replace(
        "high: {fact: trip.days, at_least: {parameter: long}}", "high: {fact: trip.days, at_least: 60}"
    )
    versions.make("1.1.0", **renamed(rules))
    case = one(versions.replay(versions.case(trip="days: 40, risky: false, pace: calm")))
    assert (case.group, case.course) == ("compared", "milder")
    (finding,) = case.findings
    assert (finding.id, [cause.kind for cause in finding.causes]) == ("TOO_LONG", ["severity"])
    assert told(case.ladders)


def test_profile_of_an_old_assessment_is_read_in_the_names_of_each_version(versions: Versions, tmp_path: Path) -> None:
    off = RULES.replace("LONG: {", "LONG: {adjustable: true, knock_out: {policy: {fact: trip.days, at_least: 50}}, ")
    for version, pieces in (("1.2.0", {"indicators": written(off)}), ("1.3.0", renamed(off))):
        versions.make(version, **pieces)
    profile = tmp_path / "profile.yaml"
    profile.write_text(
        "institution: U\ncriteria: toy\npolicy_knock_outs_off: {LONG: {reason: The board decides}}\n", "utf-8"
    )
    toy, stored = versions.folder / "toy", tmp_path / "stored.json"
    case = versions.case(trip="days: 55, risky: false, pace: calm")
    assessed = ("assess", case, "--criteria", toy / "1.2.0", "--profile", profile, "--format", "json", "-o", stored)
    assert run(*assessed).code == Exit.DONE
    for how in ((stored,), (case, "--profile", profile)):
        result = run("criteria", "impact", toy / "1.2.0", toy / "1.3.0", "--cases", *how, "--fail-on", "changed")
        assert result.code == Exit.DONE, result
