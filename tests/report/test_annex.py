"""A report of a few pages and its annex: how long it is, that both together lose nothing, and where the annex is."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from risk_engine.files.language import in_language
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.explanation import Explanation
from risk_engine.records.criteria import criteria_of
from risk_engine.report import written
from risk_engine.report.blocks import Table, View, texts_of
from risk_engine.report.pages import view_of
from risk_engine.report.pages.redacted import redacted_view
from risk_engine.report.view import Part, view
from tests.cli.running import EXAMPLES, ROOT, done, refused
from tests.report import printing
from tests.report.samples import full
from tests.told import told_json

LARGEST = ROOT / "tests" / "report" / "largest.yaml"
"""Four partners, three people, four technologies and four sources of money, half of it open."""
CASES = (LARGEST, *(EXAMPLES / f"{name}.yaml" for name in ("lung-imaging", "half-filled", "drone-swarm")))
MOST_PAGES, MOST_WORDS = 6, 3_500
MOST_PAGES_OF_A_PLAN = 2
NEVER_PRINTED = re.compile(
    # What the file states, and what only the machine reads: paths, and names whose titles are printed.
    r"^(case|resolved)\b|\.(path|name|role|ground|outcome|kind|asked_of|origin|id|rule|ladder|dimension|defined_at)$"
    r"|\b(reads|missing|entries|lacking|bars|depends_on|paths|value|options\.controls|options\.answers|decides)$"
    # Of levels that are not reached, of what found nothing and of controls that help nothing the title says enough.
    r"|^proposals\.(levels|range)\.|^findings\.(question|reason|wanted_evidence)$|^controls\.(do|who|counts_as|stated)$|^criteria\.grounds\.|^gaps\.choices$|^problems\.answers\."
)


@cache
def stored(case: Path) -> str:
    return done("assess", case, "--format", "json")


def told(case: Path, language: str = "en") -> Explanation:
    return told_json(stored(case), language)


def report(case: Path, part: Part, language: str = "en") -> View:
    with in_language(language):
        return view(told(case, language), part=part)


def redacted(case: Path, part: Part, language: str = "en") -> View:
    criteria = criteria_of(Assessment.model_validate_json(stored(case)))
    with in_language(language):
        return redacted_view(told(case, language), told_in(criteria, language), part=part)


MADE = (pytest.param(report, id="report"), pytest.param(redacted, marks=pytest.mark.nightly, id="redacted"))
LANGUAGES = ("en", pytest.param("de", marks=pytest.mark.nightly))


def leaves(part: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a record with the names that lead to it."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from leaves(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for one in part.values():
            yield from leaves(one, path)
    elif isinstance(part, tuple | list):
        for one in part:
            yield from leaves(one, path)
    elif isinstance(part, str) and part.strip():
        yield path, part


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", MADE)
def test_the_largest_case_gives_a_report_of_six_pages_at_most(made: object, language: str) -> None:
    content = written(made(LARGEST, "report", language), "pdf")  # type: ignore[operator]
    assert len(printing.pages(content)) <= MOST_PAGES
    assert len(printing.text(content).split()) <= MOST_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_of_the_largest_case_has_two_pages(language: str) -> None:
    with in_language(language):
        assert len(printing.pages(written(view_of(told(LARGEST, language), "plan"), "pdf"))) <= MOST_PAGES_OF_A_PLAN


@pytest.mark.parametrize(
    "case", [LARGEST, *(pytest.param(one, marks=pytest.mark.nightly) for one in CASES[1:])], ids=lambda case: case.stem
)
def test_report_and_annex_together_print_every_text_of_the_explanation(case: Path) -> None:
    said = folded("\n".join(texts_of(report(case, "whole"), links=True)))
    lost = {path: text for path, text in leaves(told(case)) if folded(text) not in said}
    assert {path: text for path, text in lost.items() if not NEVER_PRINTED.search(path)} == {}


@pytest.mark.parametrize("made", MADE)
def test_both_apart_are_what_both_are_in_one_document(made: object) -> None:
    alone, annex, whole = (made(LARGEST, part) for part in ("report", "annex", "whole"))  # type: ignore[operator]
    keys = [one.key for one in whole.sections]
    assert keys == [one.key for one in (*alone.sections, *annex.sections)]
    assert len(keys) == len(set(keys))


def test_the_report_says_where_its_annex_is_and_leads_to_no_place_in_it() -> None:
    option = " ".join(texts_of(view(full(), part="report")))
    beside = " ".join(texts_of(view(full(), part="report", annex_file="annex")))
    assert "the annex, which the option --annex writes below this report: Case and scope; " in option
    assert "the annex, the file “annex” beside this one: Case and scope; " in beside
    assert "Where the rest is" not in " ".join(texts_of(view(full())))
    page = written(view(full(), part="report"), "html").decode()
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))


def test_what_was_not_found_is_one_table_and_each_answer_stands_once_below_it() -> None:
    (absent,) = (one for one in report(EXAMPLES / "lung-imaging.yaml", "annex").sections if one.key == "absent")
    tables = [one for one in absent.blocks if isinstance(one, Table)]
    assert len(tables[0].rows) == sum(one.outcome == "absent" for one in told(EXAMPLES / "lung-imaging.yaml").findings)
    asked = [row for table in tables[1:] for row in table.rows]
    assert [row[0][0].text for row in asked] == [str(number) for number in range(1, len(asked) + 1)]


def test_the_option_is_for_reports_alone(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text(stored(EXAMPLES / "lung-imaging.yaml"), "utf-8")
    assert "a document of the kind `plan` has no annex" in refused("report", record, "--kind", "plan", "--annex")
    case = EXAMPLES / "lung-imaging.yaml"
    assert "--annex goes with a report" in refused("assess", case, "--annex")
    assert "## Sources" not in done("assess", case, "--format", "md")
    assert "## Sources" in done("assess", case, "--format", "md", "--annex")
