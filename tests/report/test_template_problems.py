"""What is wrong with an office template is said before anything is written: all of it, the place, the way out."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.report.blocks import mark, say
from risk_engine.report.word import docx_from_template
from risk_engine.report.word import template as module
from tests.report.offices import filled, lines_of, said, saved
from tests.report.opening import damage
from tests.report.papers import ANSWER, SCALE, document, letters

ANSWERED = document(answer=ANSWER, scales=(SCALE,))


# --- what is wrong with it is said, all at once ---


def test_every_problem_is_said_at_once_with_its_place_and_the_way_out(office: Path) -> None:
    assert said(
        document(),
        office,
        "Dear {{ titel }},",
        "{{ content }}",
        "{{p title }}",
        "{{ sections }} {{ letters|foo }}",
        "{% for a in title %}{{ a }}{% endfor %}",
        "{{ section.tree }}",
        "{{ section }}",
        "{% if footer > 3 %}{% endif %}",
        "{{ loop.index }}",
        "{% for a in more %}{{ loop.last }}{% endfor %}",
        "{% for a in letters %}{{ a.sender|upper }}{% endfor %}",
        header="{{ case.id }}",
    ) == [
        "office.docx, near `Dear {{ titel }},`: unknown name `titel`",
        "  help: did you mean `title`?",
        "office.docx, near `{{ content }}`: this holds whole paragraphs",
        "  help: write it with a `p`, as in `{{p content }}`",
        "office.docx, near `{{ title }}`: this is text and stands within a line",
        "  help: write it without the `p`",
        "office.docx, near `{{ sections }} {{ letters|foo }}`: this is a list",
        "  help: go through it with `{% for one in … %}`",
        "office.docx, near `{{ sections }} {{ letters|foo }}`: no such filter: `foo`",
        "  help: known: `upper`, `lower`, `capitalize`, `title`, `trim`, `default`, `join` or `length`",
        "office.docx, near `{% for a in title %}{{ a }}{% endfor %}`: only a list can be gone through",
        "office.docx, near `{{ section.tree }}`: there is no `tree` in it",
        "  help: did you mean `trees`?",
        "office.docx, near `{{ section }}`: this has parts",
        "  help: name one of `trees` or `signing`",
        "office.docx, near `{% if footer > 3 %}{% endif %}`: these cannot be compared so",
        "office.docx, near `{{ loop.index }}`: unknown name `loop`",
        "  help: known: `kind`, `language`, `title`, `about`, `case_id`, `date`, `date_iso`, `kept_by`, …",
        "office.docx, near `{% for a in more %}{{ loop.last }}{% endfor %}`: this is a yes or no, and can only be asked for with `if`",  # noqa: E501 -- as it is said
        "office.docx, near `{% for a in letters %}{{ a.sender|upper }}{% endfor %}`: the filter `upper` is for something else",  # noqa: E501
        "office.docx, near `{{ case.id }}`: unknown name `case`",
        "  help: did you mean `case_id`?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Dear {{ title", "a placeholder is not closed"),
        ("{% if title", "a placeholder is not closed"),
        ("{{ title. }}", "`{{ title. }}` cannot be read: a name is missing behind the dot"),
        ("{% set a = 1 %}", "`set` is nothing that a template can do"),
        ("{% include 'other' %}", "`include` is nothing that a template can do"),
        ("{% macro a() %}{% endmacro %}", "`macro` is nothing that a template can do"),
        ("{{ 7 * 7 }}", "this is more than a template can do"),
        ("{{ 'a' ~ title }}", "this is more than a template can do"),
        ("{{ range(9) }}", "this is more than a template can do"),
        ("{{ title.upper() }}", "this is more than a template can do"),
        ("{{ title.__class__ }}", "there is no `__class__` in it"),
        ("{{ section.__init__ }}", "there is no `__init__` in it"),
        ("{{ title|attr('x') }}", "no such filter: `attr`"),
        ("{{ title|safe }}", "no such filter: `safe`"),
        ("{{ more|join(more|join(title)) }}", "no such filter: `join`"),
        ("{{ title is defined }}", "this is more than a template can do"),
        ("{{ 1.5 }}", "this is more than a template can do"),
        ("{% for a, b in points %}{% endfor %}", "this is more than a template can do"),
        ("{% for a in points recursive %}{% endfor %}", "this is more than a template can do"),
        ("{% for a in points %}" * 9 + "{% endfor %}" * 9, "this is more than a template can do"),
        ("{% for a in points %}", "the placeholders do not fit each other: the template ends before `for` is closed"),
        ("{{ 'x' in 3 }}{{ title }}", "these cannot be compared so"),
        ("{{ " + "(" * 3000 + "title" + ")" * 3000 + " }}", "cannot be read"),
    ],
)
def test_what_a_template_cannot_say_is_refused_before_anything_is_written(
    line: str, problem: str, office: Path
) -> None:
    assert any(problem in one for one in said(document(), office, line, "{{p content }}")), line


def test_whole_paragraphs_stand_in_the_body_only(office: Path) -> None:
    assert said(document(), office, "{{ title }}", header="{{p content }}") == [
        "office.docx, near `{{ content }}`: this holds whole paragraphs, and can only stand in the body of the document"
    ]


def test_a_template_without_a_placeholder_is_refused(office: Path) -> None:
    assert said(document(), office, "Dear all") == [
        "office.docx: the template has no placeholder, so nothing of the document would stand in it",
        "  help: write `{{p content }}` where the document is to stand",
    ]


def test_neither_a_warning_nor_a_letter_is_lost_for_want_of_a_place(office: Path) -> None:
    secret = document(warning=say(mark("Secret"), " papers."))
    assert said(secret, office, "{{ title }}") == [
        "office.docx: the document holds confidential answers, and the template has no place for the warning",
        "  help: write `{{ warning }}` at its top",
    ]
    assert "Secret papers." in lines_of(filled(secret, office, "{{ warning }}"))
    assert said(letters(), office, "{{ subject }}", "{{p body }}") == [
        "office.docx: the document holds 2 letters, and the template has place for one",
        "  help: write `{%p for letter in letters %}` above it and `{%p endfor %}` below",
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("{% for a in points %}", "{{ a.label }}", "{% endfor %}"), id="paragraphs cut in two"),
        pytest.param(("{%p if title %}", "a{% if title %}", "{% endif %}b", "{%p endif %}"), id="not their own lines"),
    ],
)
def test_placeholders_over_several_paragraphs_fill_them_or_say_why_not(change: tuple[str, ...], office: Path) -> None:
    """Word lets a loop begin in one paragraph and end in the next; what comes out is whole, or it is refused."""
    path = saved(office, *change)
    try:
        content = docx_from_template(ANSWERED, path)
    except RiskEngineError as error:
        assert "do not fit each other" in str(error)  # noqa: PT017 (either outcome is right)
    else:
        assert damage(content) == []


def test_a_loop_that_tears_a_table_apart_is_refused(office: Path) -> None:
    def torn(made: Any) -> None:
        made.add_table(1, 2).cell(0, 0).text = "{% for a in points %}{{ a.label }}"

    made = said(ANSWERED, office, "{{ title }}", "{% endfor %}", change=torn)
    assert made[0].startswith("office.docx")
    assert "do not fit each other" in made[0]


def test_text_beside_rows_and_paragraphs_in_lines_are_found_after_writing(office: Path) -> None:
    def rows(made: Any) -> None:
        made.add_table(1, 1).cell(0, 0).text = "{{tr section.trees }}"

    assert "a paragraph or table stands within a line" in said(document(), office, "{{ title }}", change=rows)[0]

    def letters_in_a_cell(made: Any) -> None:
        made.add_table(1, 1).cell(0, 0).text = "{{p content }}"

    assert said(letters(), office, change=letters_in_a_cell) == ["office.docx: several letters cannot stand in a table"]

    def wide(made: Any) -> None:
        made.add_table(1, 1).cell(0, 0).text = "{% colspan title %}a"

    assert said(document(), office, "{{ title }}", change=wide) == ["office.docx, near `a`: `colspan` needs a number"]


def test_loops_in_loops_end(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "{% for a in sections %}" * 7
    begin = time.process_time()
    made = said(
        replace(document(), sections=document().sections * 20), office, f"{deep}{'{% endfor %}' * 7}{{{{ title }}}}"
    )
    assert made == [
        "office.docx: filled in, the template would be far longer than any document",
        "  help: take loops out of other loops",
    ]
    assert time.process_time() - begin < 20
    monkeypatch.setattr(module, "MOST_WRITTEN", 100)
    assert "far longer than any document" in said(document(), office, "{{p content }}")[0]
