"""What the lines and the page of remarks say: each with its place, the way out once, figures at the end."""

from datetime import date

import pytest

from risk_engine.audit.lint import lint
from risk_engine.files.language import in_language
from risk_engine.model.coverage import Linted, LintSummary, Remark, Spot
from risk_engine.report.blocks import Group, words
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.set_pages.coverage import lint_lines, lint_view
from tests.engine.builder import LOAN_DESK


def remark(number: str, line: int, weight: str = "advice") -> Remark:
    spot = Spot(file="facts.yaml", line=line, column=5)
    return Remark.model_validate(
        {
            "lint": number,
            "weight": weight,
            "record": f"a.r{line}",
            "spot": spot,
            "sentence": "say `help`\nhere",
            "way_out": "use `help`",
        }
    )


def made(*remarks: Remark, unread: tuple[str, ...] = ()) -> Linted:
    numbers = sorted({(one.lint, one.weight) for one in remarks})
    return Linted(
        criteria="toy",
        version="1.0.0",
        digest="0123456789abcdef",
        on=date(2026, 1, 1),
        problems=sum(one.weight == "problem" for one in remarks),
        advice=sum(one.weight == "advice" for one in remarks),
        remarks=remarks,
        summary=tuple(
            LintSummary(
                lint=number,
                weight=weight,
                title=f"Title of {number}",
                way_out="use `help`",
                remarks=sum(one.lint == number for one in remarks),
            )
            for number, weight in numbers
        ),
        languages=("en",),
        unread=unread,
    )


SEVERAL = made(remark("LINT-10", 3), remark("LINT-07", 5, "problem"), remark("LINT-10", 9))


def test_lines_give_each_remark_its_place_and_each_lint_its_way_out_once() -> None:
    assert list(lint_lines(SEVERAL, "sets/toy/1.0.0")) == [
        "sets/toy/1.0.0/facts.yaml:3:5: LINT-10 advice: a.r3: say `help` here",
        "sets/toy/1.0.0/facts.yaml:5:5: LINT-07 problem: a.r5: say `help` here",
        "sets/toy/1.0.0/facts.yaml:9:5: LINT-10 advice: a.r9: say `help` here",
        "",
        "LINT-07 Title of LINT-07 (1)",
        "  help: use `help`",
        "",
        "LINT-10 Title of LINT-10 (2)",
        "  help: use `help`",
        "",
        "toy@1.0.0: 1 problem, 2 pieces of advice",
    ]


def test_nothing_to_remark_is_one_line() -> None:
    assert list(lint_lines(made(), "toy")) == ["toy@1.0.0: 0 problems, 0 pieces of advice"]
    view = lint_view(made())
    assert view.sections == ()
    assert view.answer is not None
    assert (view.answer.sentence, view.answer.tone) == ("0 problems, 0 pieces of advice.", "mild")


def test_a_language_without_word_lists_is_named() -> None:
    told = "there are no word lists for `fr`: its words were not looked at"
    assert told in list(lint_lines(made(unread=("fr",)), "toy"))
    assert told in markdown(lint_view(made(unread=("fr",)))).replace("\\", "")


def test_the_page_has_problems_first() -> None:
    view = lint_view(SEVERAL)
    assert [one.title for one in view.sections] == ["Problems", "Advice"]
    group = view.sections[1].blocks[0]
    assert isinstance(group, Group)
    assert words(group.title) == "LINT-10 Title of LINT-10 (2)"
    page = html(view)
    assert "<code>help</code>" in page
    assert "`" not in page.partition("<body>")[2]


def test_lines_and_page_are_in_the_language_of_the_reader() -> None:
    with in_language("de"):
        found = lint(LOAN_DESK)
        lines, page = list(lint_lines(found, "l")), html(lint_view(found))
    assert lines[-1] == f"loan-desk@1.0.0: 0 Probleme, {found.advice} Ratschläge"
    assert "keine Regel unterscheidet: `drifting` und `unlogged`" in "\n".join(lines)
    assert "Anmerkungen zu loan-desk 1.0.0" in page


@pytest.mark.parametrize("form", [html, markdown])
def test_a_page_holds_every_remark(form: object) -> None:
    found = lint(LOAN_DESK)
    text = form(lint_view(found)).replace("\\", "")  # type: ignore[operator]
    for one in found.remarks:
        assert f"{one.spot}" in text
