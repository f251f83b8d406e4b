"""One screen for the terminal, and many cases as a table."""

from io import StringIO

import pytest
from rich.console import Console

from risk_engine.model.explanation import Explanation
from risk_engine.report import render
from risk_engine.report.several import row
from risk_engine.report.terminal import print_text, summary_table
from tests.report.parts import finding, gap, proposal, undetermined
from tests.report.samples import assessment, full


def console(width: int, *, terminal: bool = False) -> tuple[Console, StringIO]:
    out = StringIO()
    return Console(file=out, width=width, force_terminal=terminal, color_system="truecolor" if terminal else None), out


def printed(made: Explanation, width: int) -> list[str]:
    to, out = console(width)
    print_text(made, to)
    return out.getvalue().splitlines()


def summary(width: int, *several: Explanation) -> str:
    to, out = console(width)
    summary_table([row(one) for one in several], to)
    return out.getvalue()


def case(name: str, gate: str = "go", verdict: str = "word", **changes: object) -> Explanation:
    made = assessment(case_id=name, proposals=(proposal("opening", gate), proposal("verdict", verdict)))
    return made.model_copy(update=changes)


def test_one_screen_answers_and_says_where_the_rest_is() -> None:
    assert render(assessment(findings=(finding(),)), "text") == (
        "You may pick now.\n"
        "Verdict: A word. A word to the pickers is enough.\n"
        "\n"
        "Why\n"
        "  - Opening: A rule of the opening held.\n"
        "  - Verdict: A rule of the verdict held.\n"
        "  - Title of ROT-1 (ROT-1): high. The bark was recorded as loose for ROT-1.\n"
        "    (recorded 2 March 2026, letter)\n"
        "\n"
        "On what conditions\n"
        "  - No control lowers Title of ROT-1 (ROT-1).\n"
        "\n"
        "What is missing\n"
        "  - Nothing that could change a finding.\n"
        "\n"
        "What next\n"
        "  - A named person decides. Look at it again by 2 March 2027.\n"
        "\n"
        "A computed proposal under the 1 indicator of orchard 2.0.0 as of 2 March 2026. A\n"
        "named person decides.\n"
        "Full report, also how to challenge this: --format html. What would change it:\n"
        "risk-engine outlook FILE\n"
    )


def test_a_full_case_fits_one_screen() -> None:
    assert len(render(full(), "text").splitlines()) <= 45


@pytest.mark.parametrize("width", [10, 20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = printed(full(lambda text: text + "x" * 300), width)
    assert max(len(one) for one in shown) <= width
    assert not any(one.endswith(" ") for one in shown)


def test_further_lines_of_an_item_stand_under_its_first() -> None:
    shown = printed(full(), 40)
    first = next(number for number, line in enumerate(shown) if line.startswith("  - The gardener"))
    assert shown[first + 1].startswith("    ")


def test_a_terminal_gets_colour_and_the_same_words() -> None:
    to, out = console(80, terminal=True)
    print_text(full(), to)
    assert "\x1b[1;33mStill open" in out.getvalue()


def test_the_worst_case_comes_first_by_gate_then_by_result() -> None:
    cases = [case("D"), case("C", "go", "refusal"), case("B", "shut", "word"), case("A", "shut", "terms"), case("E")]
    rows = summary(120, *cases).splitlines()[1:]
    assert [one.split()[0] for one in rows] == ["A", "B", "C", "D", "E"]


def test_a_set_with_fewer_levels_is_compared_from_the_strictest() -> None:
    short = case("S")
    two = proposal("opening", "shut", ladder_levels=("go", "shut"))
    shut = short.model_copy(update={"proposals": (two, proposal("verdict", "refusal"))})
    rows = summary(120, case("A", "wait"), shut).splitlines()[1:]
    assert [one.split()[0] for one in rows] == ["S", "A"]


def test_the_table_does_not_name_what_is_not_determined_as_if_it_were_there() -> None:
    unsure = case("U", findings=(undetermined(),))
    found = case("F", findings=(finding(),))
    assert " ".join(summary(200, unsure).split()).endswith("PEST-2 Title of PEST-2 (not determined)")
    assert " ".join(summary(200, found).split()).endswith("ROT-1 Title of ROT-1")


def test_a_column_has_the_title_of_its_ladder_where_all_cases_are_under_the_same() -> None:
    same = summary(200, case("A", "go", "word"), case("B", "shut", "terms")).splitlines()[0].split()
    assert same == ["Case", "Title", "Opening", "Verdict", "Still", "open", "Escalation", "Top", "finding"]
    other = case("C", proposals=(proposal("opening", "go", title="Door"),))
    assert "Gate" in summary(200, case("A", "go", "word"), other).splitlines()[0]


def test_the_table_marks_what_is_still_open() -> None:
    still = case("O", gaps=(gap(), gap("tree.old.age")), proposals=(proposal("opening", "shut", "go", "wait"),))
    shown = summary(140, still, case("N"))
    assert "Still open: between Go and Shut" in shown
    assert "2 answers missing" in " ".join(shown.split())
    assert "–" in shown  # this one has no verdict and no escalation


def test_the_table_names_the_gravest_finding() -> None:
    shown = summary(120, case("A", findings=(finding("SUN-1", "low"), finding("ROT-1", "critical"))))
    assert "ROT-1 Title of ROT-1" in shown
    assert "SUN-1" not in shown


@pytest.mark.parametrize("width", [60, 100, 140])
def test_the_table_breaks_no_word_that_fits(width: int) -> None:
    titled = case("CASE-2026-118", case_title="Incomprehensibilities of navigation")
    shown = summary(width, titled, full())
    assert max(len(one) for one in shown.splitlines()) <= width
    assert "CASE-2026-118" in shown
    assert "Incomprehensibilities" in shown


def test_a_narrow_terminal_gets_a_few_lines_for_each_case() -> None:
    assert summary(40, case("A", "shut", "terms")) == (
        "A\n"
        "  Title: The old tree\n"
        "  Opening: Shut\n"
        "  Verdict: Terms\n"
        "  Still open: no\n"
        "  Escalation: –\n"
        "  Top finding: none\n"
    )


def test_markup_in_a_table_cell_is_shown_as_it_is() -> None:
    assert "[bold]x[/bold]" in summary(120, case("A", case_title="[bold]x[/bold]\x1b[31m"))
    assert "\x1b" not in summary(120, case("A", case_title="\x1b[31m"))
