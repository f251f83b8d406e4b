"""How many sheets of paper the documents take: a decision two, and what its conditions need; letters begin anew."""

import html
import re
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.language import in_language
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.records.decisions import StatedCondition
from risk_engine.report import written
from risk_engine.report.pages import WholeKind, view_of
from tests.cli.running import EXAMPLES, assessed
from tests.report.offices import filled, lines_of, said
from tests.report.opening import opened
from tests.report.pages.samples import decided, orchard
from tests.report.pages.test_decision import LONG, crowded
from tests.report.parts import gap
from tests.report.printing import HIGH, WIDE, pages, word_places
from tests.report.samples import assessment
from tests.told import told_json

NAMES = sorted(one.stem for one in EXAMPLES.glob("*.yaml"))
GAPS = tuple(gap(f"case.{role}", asked_of=role, asked_of_title=role) for role in ("gardener", "office", "bank"))


def sheets(on: Explanation, decision: Decision | None = None, language: str = "en") -> list[list[str]]:
    with in_language(language):
        return pages(written(view_of(on, "decision", decision), "pdf"))


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("half-filled", "en"),
        pytest.param("lung-imaging", "de", marks=pytest.mark.long),
        *(
            pytest.param(name, language, marks=pytest.mark.nightly)
            for name in NAMES
            for language in ("en", "de")
            if (name, language) not in {("half-filled", "en"), ("lung-imaging", "de")}
        ),
    ],
)
def test_a_decision_to_be_taken_has_two_pages(name: str, language: str) -> None:
    stored = told_json(assessed(name))
    assert len(sheets(stored, language=language)) == 2


@pytest.mark.nightly  # two documents that take seconds each; test_decision.py looks at one in words
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_summary_of_a_crowded_case_keeps_to_the_first_sheet_and_its_conditions_begin_there(language: str) -> None:
    made = crowded(8)
    reason = "\n".join([LONG] * 8)
    conditions = tuple(StatedCondition(f"{number} Mend the ladder, then the net", "P-2") for number in range(24))
    for decision in (None, decided(made, *conditions, reason=reason, opening="wait")):
        first, second, *more = sheets(made, decision, language)
        table = (
            "What must be done, by whom and by when" if language == "en" else "Was zu tun ist, durch wen und bis wann"
        )
        assert [table in line for line in first].count(True) == 1
        assert [line for line in second if table in line] == []
        # The challenge of this set takes most of a sheet.
        assert ("Sign-off" if language == "en" else "Zeichnung") in (more[-1] + more[-2])


CONDITIONS = tuple(
    StatedCondition(
        f"Condition number {number}: before the first measurement the lead researcher and the export control "
        f"officer agree in "
        f"writing which of the {number} data sets, drawings, samples and programs may be shown to whom, where they are "
        f"kept, who has a key, and on which day each right ends; the list is read again every {number} months and "
        f"after each change of staff, and nothing that is not on it leaves the building (end of condition {number})",
        owner="The head of the laboratory for multiphase flow, or a deputy named in writing",
        due=date(2026, 6, 1),
    )
    for number in range(1, 10)
)
"""More and longer conditions than a first page holds; each has an end of its own to look for."""


@pytest.mark.parametrize("kind", ["decision", pytest.param("letter", marks=pytest.mark.nightly)])
def test_each_of_many_long_conditions_is_whole_in_every_form(kind: WholeKind, tmp_path: Path) -> None:
    made = orchard(str, case_title="Loose bark", assessor="P-9")
    shown = view_of(made, kind, decided(made, *CONDITIONS, opening="wait"))
    office = filled(shown, tmp_path / "whole.docx", "{{p content }}")
    lines = (
        "{%p for one in conditions %}",
        "{{ one }}",
        "{%p endfor %}",
        "{{p body }}" if kind == "letter" else '{{p section["sign-off"] }}',
    )
    listed = filled(shown, tmp_path / "list.docx", *lines)
    text = written(shown, "text").decode()
    told = {
        "Markdown": written(shown, "md").decode().replace("\\", ""),
        "HTML": html.unescape(re.sub("<[^>]+>", "", written(shown, "html").decode())),
        # In a table each cell is folded within its column.
        "text": first_column(text) if kind == "decision" else text,
        "PDF": on_paper(written(shown, "pdf"), until=0.52 if kind == "decision" else 1),
        "Word": "\n".join(lines_of(opened(written(shown, "docx")))),
        "Word, in a template of the office": "\n".join(lines_of(office)),
        "Word, listed by a template of the office": "\n".join(lines_of(listed)),
    }
    lost = {
        form: [one.what[:20] for one in CONDITIONS if one.what not in " ".join(told[form].split())] for form in told
    }
    assert lost == {form: [] for form in told}


def first_column(text: str) -> str:
    """Return what the first column of the table of conditions says."""
    lines = text.splitlines()
    start = next(number for number, one in enumerate(lines) if one.startswith("Condition "))
    width = lines[start].index("State")
    return "\n".join(one[:width] for one in lines[start:])


def on_paper(made: bytes, until: float) -> str:
    """Return what stands between header and footer and left of that part of the width, line by line."""
    lines: dict[tuple[int, int], list[str]] = {}
    for one in sorted(word_places(made), key=lambda one: (one.page, round(one.top), one.left)):
        if 60 < one.top < HIGH - 60 and one.left < until * WIDE:
            lines.setdefault((one.page, round(one.top)), []).append(one.text)
    return "\n".join(" ".join(one) for one in lines.values() if one != ["Condition"])


def test_a_template_of_the_office_that_leaves_out_a_condition_is_refused(tmp_path: Path) -> None:
    made = orchard(str, case_title="Loose bark", assessor="P-9")
    shown = view_of(made, "decision", decided(made, *CONDITIONS, opening="wait"))
    problem = "\n".join(said(shown, tmp_path / "none.docx", "{{ answer }}"))
    assert "the template leaves out a condition: `Control ROPE. Do ROPE.`" in problem
    assert problem.count("the template leaves out a condition") == 12
    assert "write `{{p content }}` where the document is to stand" in problem
    shown_but_one = "{% if not loop.last %}{{ one }}{% endif %}"
    one_short = ("{%p for one in conditions %}", shown_but_one, "{%p endfor %}", '{{p section["sign-off"] }}')
    problem = "\n".join(said(shown, tmp_path / "short.docx", *one_short))
    assert "the template leaves out a condition: `Condition number 9" in problem
    assert problem.count("the template leaves out") == 1


def test_the_second_page_of_a_decision_is_for_the_signatures() -> None:
    made = orchard()
    first, second = sheets(made, decided(made, opening="wait"))
    assert "Sign-off" in second
    assert [one for one in first if "Signature" in one] == []
    assert [one for one in second if "Signature: A. Gardener" in one] != []


def test_each_letter_with_questions_begins_on_a_sheet_of_its_own() -> None:
    made = pages(written(view_of(assessment(gaps=GAPS), "questions"), "pdf"))
    assert [len([line for line in page if "Dear colleague" in line]) for page in made] == [1, 1, 1]
