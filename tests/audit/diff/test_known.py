"""A case that was found already is shown again where it is as small as any other, so that a reader sees few of them."""

from pathlib import Path

from tests.versions import versions

WILD = "WILD: {severity: {%s: {fact: trip.pace, is: wild}}}"
LONG = "LONG: {severity: {high: {fact: trip.days, at_least: %s}}}"


def test_what_one_case_shows_is_shown_by_one_case(tmp_path: Path) -> None:
    found, _base = versions(tmp_path, WILD % "low", WILD % "high")
    meaning = found.changes.meaning
    assert meaning is not None
    assert len(meaning.cases()) == 1
    (shifts,) = meaning.cases()
    assert {(one.of, one.name) for one in shifts} >= {
        ("ladder", "gate"),
        ("ladder", "measure"),
        ("inherent", "body"),
        ("finding_severity", "WILD"),
    }
    assert all(one.example and one.example.is_smallest for one in shifts)


def test_a_smaller_case_is_never_left_for_a_known_one(tmp_path: Path) -> None:
    # Of the first finding the smallest case has two answers; the ladders need one, the longer trip.
    both = "BOTH: {severity: {%s: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.days, at_least: 9}]}}}"
    found, _base = versions(tmp_path, f"{both % 'high'}\n{LONG % 30}", f"{both % 'critical'}\n{LONG % 20}")
    meaning = found.changes.meaning
    assert meaning is not None
    given = {
        (one.name, one.direction): one.example.given for one in meaning.shifts if one.example and one.of == "ladder"
    }
    assert given["measure", "stricter"] == {"trip.days": 20}
    assert given["gate", "stricter"] == {"trip.days": 20}
