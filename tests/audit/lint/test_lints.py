"""Every lint on a small set that has what it looks for, beside what it must leave alone; chosen lints; places."""

import re
from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.lint import LINTS, lint
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.loading.sets import shipped_sets, versions
from risk_engine.model.coverage import Linted
from tests.editing import edit
from tests.engine.builder import LOAN_DESK, ROOT, criteria_of, written

DAYS = "days: {type: integer, range: [0, 99], question: 'How many days?'}"
IDLE = "{all_of: [{fact: trip.days, at_least: 8}, {fact: trip.days, at_most: 9}]}"


def linted(folder: Path, number: str, pieces: dict[str, str], on: date | None = None) -> Linted:
    """Return what one lint says of a set made of these pieces."""
    criteria_of(folder, {name: written(text) for name, text in pieces.items()})
    return lint(folder, on, only=[number])


def said(found: Linted) -> list[tuple[str, str]]:
    return [(one.record, one.sentence) for one in found.remarks]


def facts(*lines: str) -> str:
    """Return the facts of a trip: its days, which a rule always reads, and these."""
    return "trip: {title: Trip, facts: {" + ", ".join((DAYS, *lines)) + "}}"


def indicator(**parts: str) -> str:
    """Return one indicator, `A`, with these parts."""
    stated = {"severity": f"{{low: {IDLE}}}", **parts}
    return "{A: {" + ", ".join(f"{key}: {value}" for key, value in stated.items()) + "}}"


RISKY = "risky: {type: boolean, question: 'Is it risky?'}"
PACE = "pace: {type: choice, question: 'How fast?', options: {calm: Calm, brisk: Brisk, wild: Wild, mad: Mad}}"
ORDERED = PACE.replace("options", "riskier: later, options")
_RULE = "rules: [{level: wild, when: {some: finding, where: {fact: finding.inherent, is: high}}}], otherwise: calm"
LADDERS = f"""
    measure: {{levels: {{LEVELS}}, {_RULE}}}
    gate: {{levels: {{calm: {{}}, wild: {{}}}}, {_RULE}}}
    escalation: {{levels: {{calm: {{}}, wild: {{}}}}, {_RULE}}}
"""

CASES: dict[str, tuple[str, dict[str, str], list[tuple[str, str]]]] = {
    "an answer that a rule reads wants evidence": (
        "LINT-10",
        {
            "facts": facts(RISKY, "kept: {type: boolean, used_for: record, question: 'Kept?'}"),
            "indicators": indicator(
                severity="{low: {any_of: [{fact: trip.risky, is: true}, {fact: trip.days, is: 9}]}}"
            ),
        },
        [
            ("trip.days", "rules read this answer, and nothing says what would prove it"),
            ("trip.risky", "rules read this answer, and nothing says what would prove it"),
        ],
    ),
    "with evidence it is fine": (
        "LINT-10",
        {"facts": facts().replace("'How many days?'", "'How many days?', evidence: The ticket")},
        [],
    ),
    "what can be changed wants to be said": (
        "LINT-15",
        {
            "facts": facts(
                "bare: {type: boolean, question: 'Bare?', changeable: true}",
                "told: {type: boolean, question: 'Told?', changeable: The guide is another one.}",
                "fixed: {type: boolean, question: 'Fixed?', changeable: false}",
            )
        },
        [("trip.bare", "says that it can be changed, but not what must really change")],
    ),
    "many options want help": (
        "LINT-11",
        {
            "facts": facts(
                "six: {type: choice, question: 'Which?', options: {a: A, b: B, c: C, d: D, e: E, f: F}}",
                "told: {type: choice, help: H, question: 'Which one?', options: {a: A, b: B, c: C, d: D, e: E, f: F}}",
                "five: {type: choices, question: 'Which ones?', options: {a: A, b: B, c: C, d: D, e: E}}",
            )
        },
        [("trip.six", "6 options, and no help text for who has to choose")],
    ),
    "a sentence of an indicator names a fact": (
        "LINT-12",
        {"indicators": indicator(because="It is so.")},
        [("A", "`because` names no fact, so a report cannot say what was recorded")],
    ),
    "one sentence of several is enough": (
        "LINT-12",
        {"indicators": indicator(because='["It is so.", "For {trip.days} days."]')},
        [],
    ),
    "a title has room for 60 letters": (
        "LINT-13",
        {"indicators": indicator(title="x" * 60), "controls": f"{{C: {{title: {'y' * 61}}}}}"},
        [("C", "the title has 61 letters, 60 fit")],
    ),
    "two questions of an entity, two indicators, two options must not say the same": (
        "LINT-14",
        {
            "facts": facts(
                "one: {type: boolean, question: 'Is it so?'}",
                "two: {type: boolean, question: 'Is  IT so?'}",
                "three: {type: choice, question: 'Which?', options: {a: Alike, b: Alike, c: Other}}",
            ).replace("}}", "}}\n")
            + "guest: {title: G, many: 2, facts: {same: {type: boolean, question: 'Is it so?'}}}",
            "indicators": "{A: {severity: {low: {fact: trip.days, is: 9}}, title: T}, "
            "B: {severity: {low: {fact: trip.days, is: 8}}, title: T}}",
        },
        [
            ("trip.two", "the same words as in `trip.one`"),
            ("trip.three", "the same words as in `a`"),
            ("B", "the same words as in `A`"),
        ],
    ),
    "a source that nobody has read": (
        "LINT-20",
        {},
        [("rumour", "it is not verified: nobody has confirmed for these criteria what it holds")],
    ),
    "a rule rests on nothing that was read": (
        "LINT-21",
        {
            "indicators": """
                A: {severity: {low: {fact: trip.days, is: 9}}, sources: [{id: rumour}, {id: book, verified: false}]}
                B: {severity: {low: {fact: trip.days, is: 8}}, sources: [{id: rumour}, {id: book}]}
            """,
            "awareness": "{N: {when: always, sources: [{id: rumour}]}, M: {when: always}}",
        },
        [
            ("N", "the note rests only on what nobody has read"),
            ("A", "the indicator rests only on what nobody has read"),
        ],
    ),
    "a source is from memory": (
        "LINT-20",
        {
            "sources": "{book: {instrument: Book, grade: account, kind: research}, "
            "hearsay: {instrument: What they say, grade: memory, kind: research}}"
        },
        [("hearsay", "it is from memory: nobody has looked up for these criteria what it holds")],
    ),
    "a rule rests on memory alone": (
        "LINT-21",
        {
            "sources": "{book: {instrument: Book, grade: account, kind: research}, "
            "hearsay: {instrument: What they say, grade: memory, kind: research}}",
            "indicators": """
                A: {severity: {low: {fact: trip.days, is: 9}}, sources: [{id: hearsay}, {id: book, grade: memory}]}
                B: {severity: {low: {fact: trip.days, is: 8}}, sources: [{id: hearsay, at: line 1, grade: text}]}
                C: {severity: {low: {fact: trip.days, is: 7}}, sources: [{id: hearsay}, {id: book}]}
            """,
        },
        [("A", "the indicator rests only on what nobody has read")],
    ),
    "a source that nothing cites": ("LINT-22", {}, [("rumour", "nothing in the set cites it")]),
    "a parameter cites too": (
        "LINT-22",
        {"parameters": "{p: {source: {id: rumour}, values: [{value: 1}]}}"},
        [],
    ),
    "a dated value of a table cites too": (
        "LINT-22",
        {
            "facts": facts("place: {type: row, of: places, question: 'Where?'}", "far: {type: boolean, from: place}"),
            "tables": "{places: {rows: {R: {name: R}}, columns: {far: {values: "
            "{R: [{from: 2020-01-01, value: true, source: {id: rumour}}]}}}}}",
        },
        [],
    ),
    "a source that was read says when": (
        "LINT-23",
        {},
        [("book", "it was read, and nothing says when (`read`)")],
    ),
    "a note on a foreign rule cites it": (
        "LINT-24",
        {
            "awareness": "{N: {when: always, kind: foreign_rule}, M: {when: always}, "
            "O: {when: always, kind: foreign_rule, sources: [{id: book}]}}"
        },
        [("N", "the note tells of a foreign rule, and cites no text")],
    ),
    "a fact that nothing uses": (
        "LINT-30",
        {
            "facts": facts(
                "idle: {type: boolean, question: 'Idle?'}",
                "kept: {type: boolean, used_for: record, question: 'Kept?'}",
                "called: {type: text, question: 'Called?'}",
                "printed: {type: boolean, question: 'Printed?'}",
                "weighed: {type: boolean, question: 'Weighed?'}",
                "done: {type: boolean, question: 'Done?'}",
                "gate: {type: boolean, question: 'Gate?'}",
                "asked: {type: boolean, used_for: record, question: 'Asked?', "
                "ask_when: {fact: trip.gate, is: true}, otherwise: false}",
                "place: {type: row, of: places, question: 'Where?'}",
                "site: {type: row, of: places, question: 'Which site?'}",
                "far: {type: boolean, from: place}",
            ),
            "tables": "{places: {rows: {R: {name: R}}, columns: {far: {values: {R: true}}}}}",
            "indicators": indicator(because='"It was {trip.printed}."'),
            "controls": "{C: {records: {fact: trip.done, is: true}}}",
            "head": "{roles: {headline: measure, gate: gate, escalation: escalation, benefit: [trip.weighed]}}",
        },
        [
            ("trip.idle", "nothing in the set uses this fact"),
            ("trip.site", "nothing in the set uses this fact"),
            ("trip.far", "nothing in the set uses this fact"),
        ],
    ),
    "options that no rule tells apart": (
        "LINT-31",
        {"facts": facts(ORDERED), "indicators": indicator(severity="{low: {fact: trip.pace, at_least: wild}}")},
        [("trip.pace", "no rule tells these apart: `calm` and `brisk`; `wild` and `mad`")],
    ),
    "at most is not at least": (
        "LINT-31",
        {"facts": facts(ORDERED), "indicators": indicator(severity="{low: {fact: trip.pace, at_most: calm}}")},
        [("trip.pace", "no rule tells these apart: `brisk`, `wild` and `mad`")],
    ),
    "a question under a condition tells options apart": (
        "LINT-31",
        {
            "facts": facts(
                ORDERED, "why: {type: boolean, question: 'W?', ask_when: {fact: trip.pace, is: calm}, otherwise: true}"
            ),
            "indicators": indicator(
                severity="{low: {fact: trip.pace, at_least: wild}, high: {fact: trip.pace, is: mad}}"
            ),
        },
        [],
    ),
    "each option of a list is told apart by the list that names it": (
        "LINT-31",
        {
            "facts": facts("gear: {type: choices, question: 'Which?', options: {rope: R, axe: A, lamp: L, map: M}}"),
            "indicators": indicator(
                severity="{low: {fact: trip.gear, includes_any: [rope, axe]}, high: {fact: trip.gear, is: []}}"
            ),
        },
        [("trip.gear", "no rule tells these apart: `rope` and `axe`; `lamp` and `map`")],
    ),
    "a parameter tells them apart if it does at some time": (
        "LINT-31",
        {
            "facts": facts(PACE),
            "parameters": """
                fast: {values: [{until: 2021-01-01, value: [wild]}, {from: 2021-01-01, value: [wild, mad]}]}
            """,
            "indicators": indicator(severity="{low: {fact: trip.pace, one_of: {parameter: fast}}}"),
        },
        [("trip.pace", "no rule tells these apart: `calm` and `brisk`")],
    ),
    "what a role shows, or a control records, is told apart": (
        "LINT-31",
        {
            "facts": facts(PACE, ORDERED.replace("pace", "speed").replace("How fast", "What speed")),
            "indicators": indicator(
                severity="{low: {fact: trip.pace, is: mad}, high: {fact: trip.speed, at_least: mad}}"
            ),
            "controls": "{C: {records: {fact: trip.speed, is: calm}}}",
            "head": "{roles: {headline: measure, gate: gate, escalation: escalation, group_by: [trip.pace]}}",
        },
        [("trip.speed", "no rule tells these apart: `brisk` and `wild`")],
    ),
    "a parameter that no rule reads": (
        "LINT-32",
        {
            "parameters": "{p: {values: [{value: 1}]}, read: {values: [{value: 5}]}, months: {values: [{value: 6}]}}",
            "indicators": indicator(severity="{low: {fact: trip.days, at_least: {parameter: read}}}"),
            "ladders": LADDERS.replace("LEVELS", "calm: {review_months: {parameter: months}}, wild: {}"),
        },
        [("p", "no rule reads it")],
    ),
    "a definition that no rule uses, even where an unused one does": (
        "LINT-33",
        {
            "definitions": "{long: {fact: trip.days, is: 9}, longer: {holds: long}, used: {holds: inner}, "
            "inner: {fact: trip.days, is: 7}}",
            "indicators": indicator(severity="{low: {holds: used}}"),
        },
        [("long", "no rule uses it"), ("longer", "no rule uses it")],
    ),
    "a list of options that no fact names": (
        "LINT-38",
        {
            "options": "{paces: {calm: Calm, wild: Wild}, moods: {glad: Glad, sad: Sad}, mods: {on: On, off: Off}}",
            "facts": facts(
                "pace: {type: choice, options: paces, question: 'How fast?'}",
                "mods: {type: choice, options: {moods: Moods, none: None}, question: 'Which?'}",
            ),
        },
        [("moods", "no fact names it"), ("mods", "no fact names it")],
    ),
    "a control in no option": (
        "LINT-34",
        {
            "controls": "{ROPE: {}, LAMP: {}, SONG: {supporting: true}}",
            "indicators": indicator(controls="[{all: [ROPE], residual: none}]"),
        },
        [("LAMP", "no control option holds it")],
    ),
    "words of the head that nothing names": (
        "LINT-35",
        {
            "controls": "{C: {who: guide}}",
            "head": "{evidence_kinds: {licence: A licence, letter: A letter}}",
            "indicators": indicator(controls="[{all: [C], needs: [licence], residual: none}]"),
        },
        [
            ("mind", "no indicator is in it"),
            ("order", "no indicator is on this ground"),
            ("letter", "no control option needs it"),
        ],
    ),
    "a level that no rule proposes": (
        "LINT-36",
        {"ladders": LADDERS.replace("LEVELS", "calm: {}, brisk: {}, wild: {}")},
        [("measure", "no rule proposes the level `brisk`")],
    ),
    "something deprecated that the set still uses": (
        "LINT-37",
        {
            "facts": facts(
                RISKY.replace("}", ", deprecated: 2027-01-01}"),
                PACE.replace("Mad}", "Mad}, deprecated_options: {wild: 2027-01-01, mad: 2027-01-01}"),
                "alone: {type: boolean, question: 'Alone?', ask_when: {fact: trip.risky, is: true}, otherwise: false}",
            ),
            "controls": "{ROPE: {deprecated: 2027-01-01}, LAMP: {deprecated: 2027-01-01}}",
            "indicators": indicator(
                severity="{low: {any_of: [{fact: trip.pace, one_of: [calm, wild]}, {fact: trip.alone, is: true}]}}",
                controls="[{all: [ROPE], residual: none}]",
                deprecated="2027-01-01",
            ),
            "ladders": LADDERS.replace("LEVELS", "calm: {}, wild: {}").replace(
                "fact: finding.inherent, is: high", "fact: finding.id, is: A", 1
            ),
        },
        [
            ("trip.alone", "it uses `trip.risky`, which is deprecated from 2027-01-01 on"),
            ("A", "it uses `trip.pace.wild`, which is deprecated from 2027-01-01 on"),
            ("A", "it uses `ROPE`, which is deprecated from 2027-01-01 on"),
            ("measure", "it uses `A`, which is deprecated from 2027-01-01 on"),
        ],
    ),
    "an option that lowers nothing": (
        "LINT-40",
        {
            "controls": "{ROPE: {}, LAMP: {}}",
            "indicators": "{A: {severity: {low: {fact: trip.days, is: 9}, moderate: {fact: trip.days, is: 8}}, "
            "controls: [{all: [ROPE], residual: low}, {all: [LAMP], residual: moderate}]}, "
            "B: {severity: {low: {fact: trip.days, is: 7}}, knock_out: {hold: always}, "
            "controls: [{all: [ROPE], residual: low}, {all: [LAMP], lowers_by: 1}]}}",
        },
        [("A", "it leaves moderate, and the indicator has no higher severity")],
    ),
    "two options with the same controls": (
        "LINT-41",
        {
            "controls": "{ROPE: {}, LAMP: {}}",
            "indicators": indicator(
                severity="{high: {fact: trip.days, is: 9}}",
                controls="[{all: [ROPE, LAMP], residual: low}, {all: [LAMP, ROPE], residual: none}, "
                "{all: [ROPE, LAMP], residual: none, when: {fact: trip.days, is: 9}}, "
                "{when: {fact: trip.days, is: 9}, residual: low}, {when: {fact: trip.days, is: 9}, residual: none}]",
            ),
        },
        [("A", "an option above asks for the same controls"), ("A", "an option above counts by the same answers")],
    ),
    "a rule that is over before the version begins": (
        "LINT-42",
        {
            "indicators": indicator(effective="{until: 2020-01-01}"),
            "awareness": "{N: {when: always, effective: {until: 2020-01-02}}}",
        },
        [("A", "it ends on 2020-01-01, the version begins on 2020-01-01")],
    ),
    "a value that runs out": (
        "LINT-44",
        {
            "parameters": """
                p: {values: [{until: 2021-01-01, value: 1}, {from: 2021-01-01, until: 2030-01-01, value: 2}]}
                q: {values: [{until: 2021-01-01, value: 1}, {from: 2021-01-01, value: 2}]}
            """
        },
        [("p", "from 2030-01-01 on there is no value")],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_lint_finds_what_it_looks_for_and_leaves_the_rest(what: str, tmp_path: Path) -> None:
    number, pieces, wanted = CASES[what]
    assert said(linted(tmp_path, number, pieces)) == wanted


# --- dates ---


def test_dates_are_looked_at_from_the_day_on_which_the_version_begins_or_from_a_day_that_is_named(
    tmp_path: Path,
) -> None:
    pieces = {
        "indicators": indicator(effective="{until: 2024-01-01}"),
        "parameters": """
            deadline: {values: [{value: 2023-05-01}]}
            history: {values: [{value: 1990-05-01}]}
            ended: {values: [{until: 2024-01-01, value: 2023-05-01}, {from: 2024-01-01, value: 2031-05-01}]}
        """,
        "facts": facts("place: {type: row, of: places, question: 'Where?'}", "far: {type: boolean, from: place}"),
        "tables": "{places: {rows: {R: {name: R}}, columns: {far: {as_of: 2019-12-31, values: {R: true}}}}}",
    }
    for number in ("LINT-25", "LINT-43", "LINT-45"):
        found = linted(tmp_path / number, number, pieces)
        assert found.on == date(2020, 1, 1)
        assert said(found) == []
    later = date(2024, 1, 1)
    assert said(linted(tmp_path / "a", "LINT-25", pieces, later)) == [
        ("places.far", "looked up more than 24 months before 2024-01-01")
    ]
    assert said(linted(tmp_path / "b", "LINT-43", pieces, later)) == [("A", "it is over since 2024-01-01")]
    assert said(linted(tmp_path / "b", "LINT-43", pieces, date(2023, 12, 31))) == []
    never = {**pieces, "indicators": indicator(effective="{until: 2020-01-01}")}
    assert said(linted(tmp_path / "b", "LINT-43", never, later)) == []
    assert said(linted(tmp_path / "b", "LINT-42", never, later)) != []
    assert said(linted(tmp_path / "c", "LINT-45", pieces, later)) == [
        ("deadline", "the day 2023-05-01 is past, and the value has no `until`")
    ]


@pytest.mark.parametrize(("read", "is_long_ago"), [("2023-11", True), ("2023-12", False), ("2023-12-01", False)])
def test_a_source_was_read_long_ago_after_two_years(read: str, is_long_ago: bool, tmp_path: Path) -> None:
    criteria_of(tmp_path, {})
    sources = tmp_path / "sources.yaml"
    shown = read if len(read) > 7 else f'"{read}"'
    edit(sources, "verified: true", f"verified: true, read: {shown}")
    found = lint(tmp_path, date(2025, 12, 31), only=["LINT-25"])
    assert [one.record for one in found.remarks] == (["book"] if is_long_ago else [])


# --- the whole ---


def test_every_lint_has_a_test_that_finds_something() -> None:
    tested = {number for number, _pieces, wanted in CASES.values() if wanted}
    in_other_tests = {f"LINT-{number:02}" for number in range(1, 10)} | {"LINT-25", "LINT-43", "LINT-45"}
    assert tested | in_other_tests == {one.id for one in LINTS}


def test_the_guide_for_authors_lists_every_lint() -> None:
    rows = re.findall(
        r"^\| (LINT-\d\d) \| (\w+) \| ([^:]+): ", (ROOT / "docs" / "authors.md").read_text("utf-8"), re.MULTILINE
    )
    assert rows == [(one.id, one.weight, one.title) for one in LINTS]


def test_a_remark_stands_at_its_line_and_column_in_the_order_of_the_files() -> None:
    found = lint(LOAN_DESK)
    places = [(one.spot.file, one.spot.line, one.spot.column) for one in found.remarks]
    assert places == sorted(places)
    (damages,) = (one for one in found.remarks if one.lint == "LINT-30")
    assert (str(damages.spot), damages.record) == ("facts.yaml:97:5", "borrower.damages")
    for one in found.remarks:
        line = (LOAN_DESK / one.spot.file).read_text("utf-8").splitlines()[one.spot.line - 1]
        assert line[: one.spot.column - 1].strip(" -{[") == "" or line[one.spot.column - 2] in " {["


def test_figures_are_those_of_the_remarks() -> None:
    found = lint(LOAN_DESK)
    assert found.advice == sum(one.weight == "advice" for one in found.remarks)
    assert found.problems == sum(one.weight == "problem" for one in found.remarks)
    assert sum(one.remarks for one in found.summary) == len(found.remarks)
    assert {one.lint for one in found.summary} == {one.lint for one in found.remarks}


def test_lints_are_chosen_by_number_whatever_the_capitals() -> None:
    whole = {one.lint for one in lint(LOAN_DESK).remarks}
    assert {"LINT-10", "LINT-31"} < whole
    assert {one.lint for one in lint(LOAN_DESK, only=["lint-10"]).remarks} == {"LINT-10"}
    assert {one.lint for one in lint(LOAN_DESK, ignore=["LINT-10"]).remarks} == whole - {"LINT-10"}
    assert lint(LOAN_DESK, only=["LINT-10"], ignore=["LINT-10"]).remarks == ()


def test_a_lint_that_there_is_not_is_told_with_the_one_that_is_meant() -> None:
    with pytest.raises(RiskEngineError, match=r"there is no lint `LINT-7`\n  help: did you mean `LINT-07`\?"):
        lint(LOAN_DESK, only=["LINT-7"])
    with pytest.raises(RiskEngineError, match=r"there is no lint `E501`\n  help: --list shows every lint"):
        lint(LOAN_DESK, ignore=["E501"])


def test_a_translation_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    criteria_of(tmp_path / "1.0.0", {})
    (tmp_path / "1.0.0" / "translations").mkdir()
    (tmp_path / "1.0.0" / "translations" / "de.yaml").write_text("language: de\nof: other@1.0.0\ntexts: []\n", "utf-8")
    with pytest.raises(InvalidSourceError, match=r"this is a translation of `other@1\.0\.0`"):
        lint(tmp_path / "1.0.0")


OURS = [LOAN_DESK, *(version.path for name in shipped_sets() for version in versions(name))]


# What was released does not change any more.
@pytest.mark.parametrize(
    "folder",
    [pytest.param(one, marks=pytest.mark.nightly if one.suffix == ".json" else ()) for one in OURS],
    ids=lambda folder: f"{folder.parent.name}-{folder.name}",
)
def test_our_own_sets_have_no_problem(folder: Path) -> None:
    found = lint(folder)
    assert [(one.lint, str(one.spot), one.sentence) for one in found.remarks if one.weight == "problem"] == []
    assert {*found.unread} <= {"fr"}  # there are no word lists for it, and `lint` says so
