"""The set of an office's own among the examples: sound, at one with the shipped set, and compared as its page says."""

import re
import shlex
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from risk_engine.audit.cases import result_of
from risk_engine.files.source import Document
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import shipped_sets
from risk_engine.model.comparison import Compared
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact
from risk_engine.portfolio.compare import compare
from risk_engine.report.unsettled import level_words
from tests.cli.running import EXAMPLES, done, run
from tests.criteria.test_sets_together import asked
from tests.editing import edit
from tests.versions import newest

FOLDER = EXAMPLES / "knowledge-security"
SETS = FOLDER / "sets"
OWN = SETS / "nl-knowledge-security"
CASES = sorted(one.stem for one in EXAMPLES.glob("*.yaml"))
CHINA = newest("reconnect-china")


@cache
def own() -> Criteria:
    return read_criteria(OWN)


def test_it_has_no_problem_and_is_wholly_translated() -> None:
    out = done("criteria", "check", OWN)
    assert out.startswith("nl-knowledge-security 1.0.0: 16 indicators, no problems\n")
    assert re.search(r"de: all \d+ texts are translated", out)
    assert "0 problems" in done("criteria", "lint", OWN)


def test_its_cases_come_out_as_expected() -> None:
    document, tests = read_tests(own())
    for one in stated_cases(own(), document, tests):
        assert isinstance(one, tuple), one
        number, test, case = one
        assert result_of(test, case, own(), _place(document, number)).differences == (), test.name


def _place(document: Document, number: int) -> str:
    return str(document.position(("cases", number)))


@pytest.mark.long
def test_what_it_promises_is_proved_of_every_possible_case() -> None:
    said = done("criteria", "prove", OWN)
    assert re.match(r"(\d+) claims: \1 proved, 0 refuted, 0 not decided ", said)


@pytest.mark.nightly
def test_no_small_change_of_its_rules_goes_unnoticed_without_a_reason() -> None:
    assert run("criteria", "mutate", OWN, "--only", "ladder").code == 0


def test_it_is_not_shipped_and_is_found_by_its_name_where_its_settings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own().head.id not in shipped_sets()
    assert run("criteria", "check", "nl-knowledge-security").code == 2
    monkeypatch.chdir(FOLDER)
    assert run("criteria", "check", "nl-knowledge-security").code == 0
    assert "nl-knowledge-security@1.0.0\t" in done("criteria", "list")


@pytest.mark.long
def test_what_its_page_says_to_type_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=shutil.ignore_patterns("audit", "walk", "templates"))
    blocks = re.findall(r"```\n(.*?)```", (FOLDER / "README.md").read_text("utf-8"), re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    assert lines[0] == ["cd", "examples/knowledge-security"]
    monkeypatch.chdir(tmp_path / "examples" / "knowledge-security")
    for _command, *one in lines[1:]:
        done(*one)
    said = done("case", "check", "my-case.yaml")
    assert sum(int(number) for number in re.findall(r"0 of (\d+) answered", said)) == 25


def test_a_case_in_the_names_of_an_earlier_version_is_read_too(tmp_path: Path) -> None:
    edit(
        EXAMPLES / "endowed-chair.yaml", "conditions: [", "conditions: [reporting_to_state, ", to=tmp_path / "case.yaml"
    )
    found = compare(tmp_path / "case.yaml", ["reconnect-china", str(OWN)])
    (read,) = (one for path, one in found.told[1].facts.items() if path.endswith(".conditions"))
    assert read.shown.startswith("Reports on unpublished work to a foreign state, ")


def test_what_it_asks_as_the_shipped_set_does_takes_the_same_answers() -> None:
    shared = [
        (entity, name)
        for entity, one in own().entities.items()
        for name in one.facts
        if name in CHINA.entities[entity].facts
    ]
    alone = {
        f"{entity}.{name}"
        for entity, one in own().entities.items()
        for name in one.facts
        if (entity, name) not in shared
    }
    assert alone == {"partner.country_profile", "funding.in_eea"}
    for entity, name in shared:
        mine, theirs = own().entities[entity].facts[name], CHINA.entities[entity].facts[name]
        assert asked(mine) == asked(theirs), f"{entity}.{name}"
        assert (mine.question, mine.help) == (theirs.question, theirs.help), f"{entity}.{name}"
    assert [one for one in own().entities if own().entities[one].many != CHINA.entities[one].many] == []


def test_measures_of_one_id_are_the_same_measure() -> None:
    shared = own().controls.keys() & CHINA.controls.keys()
    assert {one for one in own().controls if one not in shared} == {"NKS-01", "NKS-02", "NKS-03"}
    for one in shared:
        mine, theirs = own().controls[one], CHINA.controls[one]
        assert (mine.title, mine.do, mine.records) == (theirs.title, theirs.do, theirs.records)


def test_its_countries_are_those_of_the_shipped_set_and_only_a_profile_is_new() -> None:
    mine, theirs = own().tables["countries"], CHINA.tables["countries"]
    assert mine.rows == theirs.rows
    for name in ("in_eu27", "in_eea"):
        assert mine.columns[name].values == theirs.columns[name].values
    assert mine.columns["country_profile"].adjustable
    assert mine.columns["country_profile"].otherwise is None
    assert not [one for one in own().entities["person"].facts.values() if isinstance(one, RowFact)]


def test_each_line_that_the_editors_drew_is_marked_as_from_memory() -> None:
    drawn = {
        name for name, one in own().indicators.items() if any(cited.id == "editors-judgement" for cited in one.sources)
    }
    assert own().indicators.keys() - drawn == {"KV-03", "KV-04", "KV-05", "KV-08"}, "law says these"
    for name in ("editors-judgement", "nl-knowledge-embargo", "eu-restrictive-measures"):
        assert own().sources[name].grade == "memory"
    assert not [name for name, one in own().sources.items() if one.grade == "text"]
    assert not [name for name, one in own().indicators.items() if any(cited.id == "nl-bill" for cited in one.sources)]


# --- the examples under both ---


@cache
def compared(name: str) -> Compared:
    return compare(EXAMPLES / f"{name}.yaml", ["reconnect-china", str(OWN)])


@cache
def told() -> Mapping[str, tuple[str, str, str]]:
    """Return what the page says of each case: what it comes to under each of the two, and why they differ."""
    text = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([\w-]+)\]\(\.\./([\w-]+)\.yaml\) \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert [one for one, file, *_rest in rows if one != file] == []
    return {name: (china, netherlands, why) for name, _file, china, netherlands, why in rows}


def test_the_page_names_every_example() -> None:
    assert sorted(told()) == CASES


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_to_what_the_page_says_under_both(name: str) -> None:
    found = compared(name)
    for said, one in zip(told()[name], found.told, strict=False):
        gate, headline = one.proposal("gate"), one.proposal("headline")
        assert gate is not None
        assert headline is not None
        if said == "Still open":
            assert headline.provisional
        else:
            assert said == f"{level_words(gate)}, {level_words(headline)}"


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_that_they_agree_where_they_do(name: str) -> None:
    verdicts = {one.verdict for one in compared(name).comparison.relations if one.role != "escalation"}
    why = told()[name][2]
    assert why.startswith("They agree: ") is (verdicts == {"same"})
    assert why.startswith("Not settled: ") is (verdicts == {"open"})


def test_the_table_that_the_engine_writes_is_kept_as_it_is_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    sets = ("--criteria", "reconnect-china", "--criteria", "nl-knowledge-security")
    done("assess", EXAMPLES, *sets, "-o", tmp_path / "comparison.md")
    kept, made = (folder / "comparison.md" for folder in (FOLDER, tmp_path))
    assert kept.read_text("utf-8") == made.read_text("utf-8"), "`make docs` writes it anew"
    assert kept.read_text("utf-8").startswith("# The criteria agree in 6 of 15 cases.\n")


NAMED = {
    "battery-recycling": ({"SEC-04"}, {"KV-03", "KV-06", "KV-15"}),
    "drone-swarm": ({"SEC-08"}, {"KV-06", "KV-09"}),
    "endowed-chair": ({"COM-09", "COM-05"}, {"KV-15"}),
    "endowed-chair-renegotiated": ({"COM-09", "COM-08"}, {"KV-15", "KV-14"}),
    "horizon-robotics": ({"COM-01"}, {"KV-06"}),
    "lung-imaging": ({"ETH-07", "ETH-10"}, {"KV-06"}),
    "lung-imaging-federated": ({"ETH-07", "ETH-08"}, {"KV-06"}),
    "number-theory": ({"SEC-09"}, {"KV-09"}),
    "quantum-with-preapproved-country": (set(), {"KV-01"}),
    "compare": ({"SEC-11"}, {"KV-09", "KV-10"}),
}
"""What the sentences on why they differ rest on: findings that are there under the one and under the other."""


@pytest.mark.parametrize("name", NAMED)
def test_why_they_differ_rests_on_findings_that_are_there(name: str) -> None:
    for expected, one in zip(NAMED[name], compared(name).told, strict=True):
        assert expected <= {finding.id for finding in one.findings if finding.outcome == "present"}


def test_what_is_missing_of_the_open_ones_is_what_the_page_says() -> None:
    first, second = ({gap.path.rpartition(".")[2] for gap in one.gaps} for one in compared("half-filled").told)
    assert second == {"sanctioned"}
    assert second < first
    assert len(first) == len(second) + 2
    (gap,) = compared("quantum-with-preapproved-country").told[1].gaps
    assert gap.path.endswith(".country_profile")
