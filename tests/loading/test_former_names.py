"""Cases in the names of earlier versions: read as those of today, with a note, and never guessed at."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.program import decide_only
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import case_of, load_case, notes_of
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.multi_set import told
from risk_engine.loading.profile import kept_profile, load_profile
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, criteria_from, criteria_of
from tests.strategies import Data, RuleSet, cases_of, one_in, rule_sets

FACTS = """
trip:
  was: journey
  facts:
    risky: {type: boolean, was: dangerous}
    insured:
      type: choice
      options: {full: Full, partly: Partly, none_at_all: None}
      was: {name: has_insurance, values: {"true": unknown, "false": none_at_all}}
    means: {type: choice, options: {foot: F, boat: B}, was: {values: {ship: boat}}}
    days: {type: integer, range: [0, 99], was: [length, {name: weeks, until: 2026-01-01}]}
    gear:
      type: choices
      options: [rope, axe, lamp]
      was: [{name: tool, values: {rope: [rope], both: [rope, axe], light: lamp}}, {values: {candle: lamp, charm: []}}]
    bold: {type: boolean, deprecated: {from: 2026-01-01, instead: Say why it is risky.}}
    pace: {type: choice, options: {calm: C, brisk: B, wild: W}, deprecated_options: {wild: 2026-06-01}}
guest:
  many: 4
  was: [visitor, person]
  facts:
    called: {type: text, was: name}
    fit: {type: boolean}
"""
CONTROLS = "GUIDE: {was: [LEADER, SCOUT]}\nROPE: {deprecated: 2027-01-01}"
CORE = "id: c\ntitle: C\nassessment_date: 2026-06-15\n"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    return criteria_from(tmp_path_factory.mktemp("toy"), facts=FACTS, controls=CONTROLS)


def document(text: str, core: str = CORE) -> Document:
    return parse(core + text, "case.yaml", nulls=True, go_on=True)


def read(toy: Criteria, text: str) -> Any:
    return case_of(document(text), toy)


def wrong(toy: Criteria, text: str, core: str = CORE) -> str:
    with pytest.raises(InvalidSourceError) as error:
        case_of(document(text, core), toy)
    return str(error.value)


def given_cases(toy: Criteria, base: str, tests: str) -> tuple[Any, ...]:
    """Return the cases of the tests of a set whose base case states so much."""
    text = f"base: {{id: base, title: B, assessment_date: 2026-06-15, {base}}}\ncases:\n{tests}"
    Path(toy.path or "", "cases.yaml").write_text(text, "utf-8")
    return tuple(case for _number, _test, case in sound_tests(toy)[1])


@pytest.mark.parametrize("base", ["trip: {days: 3}, guest: [{id: a, fit: true}]",
                                  "journey: {length: 3}, visitor: [{id: a, fit: true}]"])  # fmt: skip
def test_a_test_changes_what_the_base_case_states_under_whichever_name_either_says_it(base: str, toy: Criteria) -> None:
    tests = (
        "- {name: old, given: {journey.length: unknown, visitor: unknown}, in_place: [LEADER], expect: {}}\n"
        "- {name: new, given: {trip.days: unknown, guest: unknown}, in_place: [GUIDE], expect: {}}\n"
        "- {name: old answer, given: {journey.means: ship, visitor.a.fit: false}, expect: {}}\n"
        "- {name: new answer, given: {trip.means: boat, guest.a.fit: false}, expect: {}}\n"
    )
    old, new, ship, boat = given_cases(toy, base, tests)
    assert old == new
    assert (old.trip.days, old.guest) == (None, None)
    assert ship == boat
    assert (ship.trip.means, ship.guest[0].fit) == ("boat", False)


def wrong_set(folder: Path, facts: str = FACTS, **files: str) -> list[str]:
    with pytest.raises(InvalidSourceError) as error:
        criteria_from(folder, facts=facts, **files)
    return [one.message for one in error.value.diagnostics]


# --- what is read ---


def test_entities_and_facts_are_read_by_the_names_that_they_had(toy: Criteria) -> None:
    case = read(toy, "journey: {dangerous: true, length: 3}\nvisitor: [{id: a, name: Ann, fit: true}]\n")
    assert (case.trip.risky, case.trip.days) == (True, 3)
    assert [(one.id, one.called, one.fit) for one in case.guest] == [("a", "Ann", True)]
    assert read(toy, "person: unknown\n").guest is None


def test_an_old_answer_is_what_the_set_says_it_is_now(toy: Criteria) -> None:
    assert read(toy, "trip: {has_insurance: false}\n").trip.insured == "none_at_all"
    assert read(toy, "trip: {means: ship}\n").trip.means == "boat"
    assert read(toy, "trip: {means: foot}\n").trip.means == "foot"


def test_an_old_answer_that_says_too_little_is_asked_again_and_never_a_no(toy: Criteria) -> None:
    assert read(toy, "trip: {has_insurance: true}\n").trip.insured is None


@pytest.mark.parametrize(
    ("stated", "gear"),
    [
        ("tool: both", ("rope", "axe")),
        ("tool: light", ("lamp",)),
        ("tool: [light, axe, both]", ("lamp", "axe", "rope")),
        ("gear: [axe, candle]", ("axe", "lamp")),
        ("gear: [axe, charm]", ("axe",)),
        ("gear: [charm]", ()),
        ("gear: []", ()),
    ],
)
def test_one_answer_of_several_becomes_a_list_and_options_of_a_list_are_read_each(
    toy: Criteria, stated: str, gear: tuple[str, ...]
) -> None:
    assert read(toy, f"trip: {{{stated}}}\n").trip.gear == gear


def test_controls_evidence_and_what_is_set_aside_are_read_too(toy: Criteria) -> None:
    case = read(
        toy,
        "journey: {tool: both}\nvisitor: [{id: a, name: Ann}]\n"
        "controls: [{id: LEADER, status: planned}]\n"
        "evidence: [{kind: k, reference: r, date: 2026-01-01, for: [journey.tool.light, journey.tool.both, "
        "visitor.a.name]}]\n"
        "set_aside: {journey.has_insurance: false, trip.days: 2}\n",
    )
    assert [one.id for one in case.controls] == ["GUIDE"]
    # Evidence for an option that is several now supports the answer as a whole.
    assert case.evidence[0].for_ == ("trip.gear.lamp", "trip.gear", "guest.a.called")
    assert case.set_aside == {"trip.insured": "none_at_all", "trip.days": 2}


def test_what_an_old_record_took_from_a_file_of_the_office_is_of_the_answers_of_today(toy: Criteria) -> None:
    taken = "{entry: visitor.a, file: a, digest: %s, stale_after_days: 9, answers: {name: 2026-01-01}, differs: {%s}}"
    case = read(toy, f"visitor: [{{id: a, name: Ann}}]\non_file: [{taken % ('a' * 64, 'name: Bo')}]\n")
    (found,) = case.on_file
    assert (found.entry, list(found.answers), found.differs) == ("guest.a", ["called"], {"called": "Bo"})
    # What is no such statement is left for the reader of the case to refuse.
    assert "on_file" in wrong(toy, "visitor: [{id: a}]\non_file: [{entry: visitor.a, answers: 3}, 4]\n")


def test_plain_data_and_json_are_read_as_yaml_is(toy: Criteria) -> None:
    data = {"id": "c", "title": "C", "journey": {"has_insurance": False, "tool": "both"}}
    case: Any = load_case(data, toy)
    assert (case.trip.insured, case.trip.gear) == ("none_at_all", ("rope", "axe"))
    assert decide_only(data, toy, DAY) == decide_only(case, toy, DAY)


def test_a_case_of_today_is_the_same_document_and_has_no_note(toy: Criteria) -> None:
    assert notes_of(document("trip: {risky: true, means: boat}\nguest: []\n"), toy) == ()


# --- what is told ---


def test_one_note_names_every_new_name_once_with_its_first_place(toy: Criteria) -> None:
    found = notes_of(
        document(
            "journey: {dangerous: true, has_insurance: false, means: ship}\n"
            "visitor: [{id: a, name: Ann}, {id: b, name: Bob}]\ncontrols: [{id: SCOUT, status: planned}]\n"
            "evidence: [{kind: k, reference: r, date: 2026-01-01, for: [journey.dangerous]}]\n"
        ),
        toy,
    )
    assert found == (
        "case.yaml: names of earlier versions, read as toy 1.0.0 has them",
        "  case.yaml:4:1: `journey` is now `trip`",
        "  case.yaml:4:11: `journey.dangerous` is now `trip.risky`",
        "  case.yaml:4:28: `journey.has_insurance` is now `trip.insured`, and `false` there is `none_at_all`",
        "  case.yaml:4:50: `journey.means` is now `trip.means`, and `ship` there is `boat`",
        "  case.yaml:5:1: `visitor` is now `guest`",
        "  case.yaml:5:19: `visitor.name` is now `guest.called`",
        "  case.yaml:6:13: the control `SCOUT` is now `GUIDE`",
    )


def test_an_option_that_says_nothing_any_more_is_named_when_it_is_left_out(toy: Criteria) -> None:
    found = notes_of(document("trip: {gear: [charm]}\n"), toy)
    assert found[1:] == ("  case.yaml:4:8: `charm` of `trip.gear` is now `[]`",)


def test_where_nothing_but_evidence_uses_an_old_name_that_is_told(toy: Criteria) -> None:
    found = notes_of(document("evidence: [{kind: k, reference: r, date: 2026-01-01, for: [trip.dangerous]}]\n"), toy)
    assert found[1:] == ("  case.yaml:4:60: `trip.dangerous` is now `trip.risky`",)


def test_what_is_deprecated_is_read_with_a_note_from_its_day_on(toy: Criteria) -> None:
    text = document("journey: {bold: true, pace: wild}\ncontrols: [{id: ROPE, status: planned}]\n")
    case: Any = case_of(text, toy)
    assert (case.trip.bold, case.trip.pace) == (True, "wild")
    assert notes_of(text, toy)[2:] == (
        "case.yaml: deprecated in toy 1.0.0, and still read",
        "  case.yaml:4:11: `trip.bold` is deprecated from 2026-01-01 on: Say why it is risky.",
        "  case.yaml:4:23: `wild` of `trip.pace` is deprecated from 2026-06-01 on",
    )
    assert notes_of(text, toy, date(2027, 1, 1))[-1] == (
        "  case.yaml:5:13: the control `ROPE` is deprecated from 2027-01-01 on"
    )
    assert notes_of(document("trip: {bold: unknown}\n"), toy) == ()


def test_problems_have_their_places_in_the_file_as_it_stands(toy: Criteria) -> None:
    found = wrong(toy, "journey: {length: 100}\nvisitor: [{id: a, name: 3}]\n")
    assert "case.yaml:4:19: the number must be at most 99" in found
    assert "case.yaml:5:25: text is needed here, not `3`" in found


NOTHING = "A: {severity: {low: {fact: trip.alone, is: true}}}"


# --- what stands twice ---


def test_an_answer_under_both_names_counts_once_where_it_is_the_same(toy: Criteria) -> None:
    text = "trip: {risky: true, dangerous: true, days: unknown, length: 4}\n"
    assert read(toy, text).trip.risky is True
    assert read(toy, text).trip.days == 4
    same = "controls: [{id: LEADER, status: planned}, {id: GUIDE, status: planned}]\n"
    assert [one.id for one in read(toy, same).controls] == ["GUIDE"]


@pytest.mark.parametrize(
    ("text", "here", "name", "there"),
    [
        ("trip: {risky: true, dangerous: false}\n", "4:21", "trip.risky", "4:8"),
        ("trip: {length: 4, days: 5}\n", "4:19", "trip.days", "4:8"),
        ("trip: {days: 3}\njourney: {days: 3, risky: true}\n", "5:1", "trip", "4:1"),
        ("controls: [{id: LEADER, status: planned}, {id: GUIDE, status: agreed}]\n", "4:44", "GUIDE", "4:13"),
        ("set_aside: {trip.days: 1, trip.length: 2}\n", "4:27", "set_aside.trip.days", "4:13"),
    ],
)
def test_what_is_stated_differently_under_two_names_is_an_error_with_both_places(
    toy: Criteria, text: str, here: str, name: str, there: str
) -> None:
    found = wrong(toy, text)
    assert f"case.yaml:{here}: `{name}` is stated twice, under names of different versions, and not alike" in found
    assert f"help: the other stands in case.yaml:{there}; leave the one that is right" in found


def test_an_id_that_stands_twice_as_it_is_stays_that_error(toy: Criteria) -> None:
    found = wrong(toy, "controls: [{id: LEADER, status: planned}, {id: LEADER, status: planned}]\n")
    assert "there is a control `GUIDE` already" in found


# --- until a day ---


def test_an_old_name_is_read_until_its_day_by_the_day_of_the_case(toy: Criteria) -> None:
    before = "id: c\ntitle: C\nassessment_date: 2025-12-31\n"
    case: Any = case_of(document("trip: {weeks: 4}\n", before), toy)
    assert case.trip.days == 4
    found = wrong(toy, "trip: {weeks: 4}\n")
    assert "unknown key `weeks`" in found
    assert "help: it is `days` now; the old name was read until 2026-01-01" in found


# --- several sets ---


def test_one_file_tells_a_version_the_old_name_and_the_next_one_what_it_is_now(tmp_path: Path) -> None:
    first = criteria_from(tmp_path / "1.0.0", facts="trip: {facts: {alone: {type: boolean}, bold: {type: boolean}}}",
                          indicators=NOTHING)  # fmt: skip
    head = "{version: 2.0.0}"
    facts = "trip: {was: hike, facts: {alone: {type: boolean}, brave: {type: boolean, was: bold}}}"
    second = criteria_from(tmp_path / "2.0.0", facts=facts, indicators=NOTHING, head=head)
    stated = document("trip: {bold: true}\nevidence: [{kind: k, reference: r, date: 2026-01-01, for: [trip.bold]}]\n")
    (one, other), problems = told(stated, (first, second))
    assert problems == []
    assert (one.data["trip"], other.data["trip"]) == ({"bold": True}, {"brave": True})
    assert (one.data["evidence"][0]["for"], other.data["evidence"][0]["for"]) == (("trip.bold",), ("trip.brave",))
    assert [problem.message for problem in told(document("hike: {gone: 1}\n"), (first, second))[1]] == [
        "unknown key `gone`"
    ]


# --- profiles ---

TABLED = """
guest:
  many: 4
  facts:
    home: {type: row, of: places}
    height: {type: choice, options: {low: L, steep: S}, from: home, was: {name: altitude, values: {high: steep}}}
"""
PLACES = """
places:
  rows: {A: {name: Alp}}
  columns: {height: {adjustable: true, values: {A: low}}}
"""
RULES = """
HEIGHT:
  was: H-1
  severity: {high: {some: guest, where: {fact: guest.height, is: steep}}}
  knock_out: {policy: always}
  adjustable: true
"""
PROFILE = """institution: I
criteria: toy
tables: {places: {A: {altitude: {value: high, reason: R}}}}
policy_knock_outs_off: {H-1: {reason: R}}
"""


@pytest.fixture
def tabled(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path / "toy", facts=TABLED, tables=PLACES, indicators=RULES)


def test_a_profile_is_read_by_old_names_of_indicators_columns_and_options(tabled: Criteria, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(PROFILE, "utf-8")
    profile = load_profile(tmp_path / "ours.yaml", tabled)
    assert list(profile.policy_knock_outs_off) == ["HEIGHT"]
    assert profile.tables["places"]["A"]["height"].value == "steep"


def test_a_profile_that_was_stored_is_read_so_too(tabled: Criteria, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(PROFILE, "utf-8")
    profile = load_profile(tmp_path / "ours.yaml", tabled)
    old = profile.model_copy(update={"policy_knock_outs_off": {"H-1": profile.policy_knock_outs_off["HEIGHT"]}})
    assert kept_profile(old, Document("kept", {}, {}, ()), tabled) == profile
    assert kept_profile(profile, Document("kept", {}, {}, ()), tabled) is profile


def test_a_profile_that_says_two_things_under_two_names_is_refused(tabled: Criteria, tmp_path: Path) -> None:
    text = PROFILE.replace("{H-1: {reason: R}}", "{H-1: {reason: R}, HEIGHT: {reason: Q}}")
    (tmp_path / "ours.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidSourceError, match="`HEIGHT` is stated twice, under names of different versions"):
        load_profile(tmp_path / "ours.yaml", tabled)


# --- what a set may not say ---


def test_everything_that_is_wrong_with_former_names_is_told_at_once(tmp_path: Path) -> None:
    facts = """
trip:
  was: [guest, controls]
  facts:
    risky: {type: boolean, was: days}
    days: {type: integer, range: [0, 99], was: [risky, {values: {"7": 8, many: 100}}, {values: {none: 0}}]}
    means: {type: choice, options: {foot: F, boat: B}, was: {name: length, values: {ship: raft, unknown: foot}}}
    pace:
      type: choice
      options: {calm: C, wild: W}
      was: [length, {values: {wild: calm}}]
      deprecated_options: {x: 2026-01-01}
    note: {type: text, was: {name: remark, values: {a: b}}}
    empty: {type: boolean, was: {until: 2027-01-01}}
    gear: {type: choices, options: [rope], deprecated_options: {rope: 2026-01-01}}
guest: {was: visitor, many: 4, facts: {called: {type: text, was: id}}}
host: {was: visitor, facts: {called: {type: text}}}
"""
    indicators = """
A: {was: B, severity: {low: {fact: trip.risky, is: true}}}
B: {was: {name: C, until: 2027-01-01}, severity: {low: {fact: trip.risky, is: false}}}
"""
    found = wrong_set(tmp_path / "toy", facts, indicators=indicators, controls="X: {was: Y}\nY: {was: X}")
    assert sorted(found) == sorted(
        [
            "there still is the entity `guest`, so `trip` cannot have taken its place",
            "there still is the entity `controls`, so `trip` cannot have taken its place",
            "`guest` says already that it was `visitor`",
            "there still is the fact `days`, so `risky` cannot have taken its place",
            "there still is the fact `risky`, so `days` cannot have taken its place",
            "`means` says already that it was `length`",
            "`7` still is an answer to the fact, so it cannot stand for another",
            "`many` cannot become this: the fact is a whole number from 0 to 99",
            "there are two lists of old answers without a name",
            "`ship` cannot become this: `raft` is no option of the fact",
            "`unknown` is no answer, and cannot become one",
            "`wild` still is an answer to the fact, so it cannot stand for another",
            "`x` is no option of the fact",
            "`values` is for answers that rules read, and this is a `text` fact",
            "`was` needs a name, old answers (`values`), or both",
            "every option is deprecated, so nothing could be answered",
            "there still is the fact `id`, so `called` cannot have taken its place",
            "there still is the control `Y`, so `X` cannot have taken its place",
            "there still is the control `X`, so `Y` cannot have taken its place",
            "there still is the indicator `B`, so `A` cannot have taken its place",
            "only profiles name indicators, and they name no day: `until` says nothing here",
        ]
    )


def test_a_former_name_of_the_wrong_form_has_its_place(tmp_path: Path) -> None:
    found = wrong_set(tmp_path, "trip: {facts: {alone: {type: boolean, was: {nam: x}}}}", indicators=NOTHING)
    assert found == ["unknown key `nam`"]


# --- the law ---


def _old(text: object) -> str:
    return f"old_{text}".lower().replace("-", "_")


def _renamed(pieces: Data) -> Data:
    """Return the pieces of a set in which everything had another name and every answer was another word before."""
    facts: Data = {}
    for name, entity in pieces["facts"].items():
        own = {}
        for short, fact in entity["facts"].items():
            was: Data = {"name": _old(short)}
            match fact["type"]:
                case "boolean":
                    was["values"] = {_old(one): one for one in (True, False)}
                case "choice" | "choices":
                    was["values"] = {_old(one): one for one in fact["options"]}
                case "integer":
                    was["values"] = {_old(one): one for one in range(4)}
            own[short] = {**fact, "was": was}
        facts[name] = {**entity, "was": _old(name), "facts": own}
    return {**pieces, "facts": facts, "controls": {name: {"was": f"OLD-{name}"} for name in pieces["controls"]}}


def _in_old_names(case: Data) -> Data:
    """Return a case as the versions before stated it."""

    def word(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(word, value))
        return _old(value) if isinstance(value, bool | int) or value in WORDS else value

    def entry(data: Data) -> Data:
        return {name if name == "id" else _old(name): one if name == "id" else word(one) for name, one in data.items()}

    found: Data = {}
    for name, one in case.items():
        if name == "controls":
            found[name] = tuple({**control, "id": f"OLD-{control['id']}"} for control in one)
        else:
            found[_old(name)] = tuple(map(entry, one)) if isinstance(one, tuple) else entry(one)
    return found


WORDS = frozenset({"mild", "stern", "wild", "red", "blue"})


@one_in(3)
@given(st.data())
def test_a_case_in_old_names_is_the_case_in_new_ones_and_decides_the_same(data: st.DataObject) -> None:
    drawn: RuleSet = data.draw(rule_sets())
    with tempfile.TemporaryDirectory() as folder:
        criteria = criteria_of(Path(folder) / "toy", _renamed(drawn.pieces))
    stated = {"id": "c", "title": "C", "assessment_date": DAY}
    today = data.draw(cases_of(criteria))
    before = stated | _in_old_names(today)
    case = load_case(before, criteria)
    assert case == load_case(stated | today, criteria)
    assert _decided(before, criteria) == _decided(stated | today, criteria) == _decided(case, criteria)


def _decided(case: Case | Data, criteria: Criteria) -> object:
    return decide_only(case, criteria)
