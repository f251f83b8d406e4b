"""Pages as templates say them: what an office may change, what it cannot leave out, and what it cannot reach."""

import dataclasses
import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from risk_engine.files.language import in_language
from risk_engine.files.reading import templates_folder
from risk_engine.model.comparison import CauseKind
from risk_engine.model.outlook import Margins
from risk_engine.records.decisions import StatedCondition
from risk_engine.report import page, written
from risk_engine.report.blocks import Bullets, Fields, Group, Letterhead, Prose, Run, Table, View
from risk_engine.report.markup import SPACE, MarkupError, read
from risk_engine.report.outlook import outlook_view
from risk_engine.report.page import made, pages_of
from risk_engine.report.pages import record_of, view_of
from risk_engine.report.pages.letter import letter_facts
from risk_engine.report.sandbox import PageError
from risk_engine.report.view import view
from tests.report.outlook.samples import outlook
from tests.report.pages.samples import decided, group, orchard
from tests.report.pages.test_letter import MARK, PLAIN, confidential, marked
from tests.report.parts import DIGEST
from tests.report.reading import block_lines, printing
from tests.report.samples import assessment, full

SHIPPED = (templates_folder() / "pages" / "letter.j2").read_text("utf-8")


def letter(folder: Path, template: str, on: Any = None, *decision: Any) -> View:
    """Return the letter as an office has it say, which has this template."""
    (folder / "letter.j2").write_text(template, "utf-8")
    with pages_of(folder):
        return view_of(on or orchard(**PLAIN), "letter", *decision)


def refused(folder: Path, template: str, *more: Any) -> str:
    with pytest.raises(PageError) as caught:
        letter(folder, template, *more)
    return str(caught.value)


def block(name: str, text: str) -> str:
    return f'{{% extends "shipped/letter.j2" %}}\n{{% block {name} %}}{text}{{% endblock %}}\n'


def test_a_page_stops_where_it_has_no_words_for_what_it_is_given(tmp_path: Path) -> None:
    message = refused(tmp_path, block("greeting", "<p>{{ no_words_for('kite') }}</p>"))
    assert message == f"{tmp_path / 'letter.j2'}:2: the page has no words for `kite`"


@pytest.mark.parametrize("kind", get_args(CauseKind))
def test_the_page_of_an_impact_has_words_for_each_cause(kind: str) -> None:
    assert f'of.kind == "{kind}"' in (templates_folder() / "pages" / "impact.j2").read_text("utf-8")


def test_an_office_changes_a_sentence_and_everything_else_stays_and_the_page_says_so(tmp_path: Path) -> None:
    shown = letter(tmp_path, block("greeting", "<p>Good morning,</p>"))
    before = view_of(orchard(**PLAIN), "letter")
    assert dataclasses.replace(shown.sections[0], blocks=()) == dataclasses.replace(before.sections[0], blocks=())
    pairs = list(zip(shown.sections[0].blocks, before.sections[0].blocks, strict=True))
    assert [(block_lines(one), block_lines(old)) for one, old in pairs if one != old] == [
        (["Good morning,"], ["Dear colleague,"])
    ]
    added = shown.footer.removeprefix(before.footer)
    assert re.fullmatch(r" This page is as the office changed it: letter\.j2 \(SHA-256 [0-9a-f]{12}…\)\.", added)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (
            block("greting", "<p>x</p>"),
            ":2: `shipped/letter.j2` has no block `greting`\n  help: did you mean `greeting`?",
        ),
        (
            block("greeting", "<p>x</p>") + "<p>Yours</p>\n",
            ":3: what stands outside of the blocks of a page that changes another is never printed",
        ),
        ('{% extends "letter.j2" %}', ":1: a page cannot change itself: `letter.j2`"),
        ('{% extends "_around.j2" %}', ":1: a page cannot change itself: `_around.j2`"),
        ('{% include "letter.j2" %}', ": templates take in each other without end"),
    ],
)
def test_what_would_never_be_printed_is_refused_with_its_place(template: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "_around.j2").write_text('{% extends "_around.j2" %}', "utf-8")
    file = tmp_path / ("_around.j2" if "_around" in template else "letter.j2")
    assert refused(tmp_path, template) == f"{file}{why}"


def test_a_block_of_the_office_within_a_shipped_one_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "_around.j2").write_text(block("greeting", "{% block mine %}{% endblock %}"), "utf-8")
    own = '{% extends "_around.j2" %}\n{# ours #}\n{% set who = "friend" %}\n'
    shown = letter(tmp_path, own + "{% block mine %}<p>Dear {{ who }},</p>{% endblock %}")
    assert "Dear friend," in written(shown, "text").decode()


def test_without_a_folder_of_an_office_nothing_is_said_of_a_change() -> None:
    assert "SHA-256" not in view_of(orchard(**PLAIN), "letter").footer


def test_an_office_takes_a_page_over_whole(tmp_path: Path) -> None:
    shown = letter(tmp_path, SHIPPED.replace("Kind regards,", "Yours faithfully,"))
    assert "Yours faithfully," in written(shown, "md").decode()
    with in_language("de"):
        shown = letter(tmp_path, SHIPPED)
        assert "Mit freundlichen Grüßen" in written(shown, "md").decode()


@pytest.mark.parametrize(
    ("left_out", "what"),
    [
        ("conditions", "a condition: `Mend the ladder.`"),
        ("missing", "a missing answer: `For the tree: Whose is it?`"),
        ("challenge", "how to challenge it: `Write to the head gardener.`"),
    ],
)
def test_a_page_that_leaves_out_what_it_must_say_is_refused_and_told_which(
    left_out: str, what: str, tmp_path: Path
) -> None:
    made = orchard(**PLAIN)
    said = refused(tmp_path, block(left_out, ""), made, decided(made, StatedCondition("Mend the ladder")))
    assert f"{tmp_path / 'letter.j2'}: the page leaves out {what}" in said


@pytest.mark.parametrize(
    ("name", "left_out", "what"),
    [
        ("decision", "conditions", "a condition: `Mend the ladder`"),
        ("decision", "closing", "how to challenge it: `Write to the head gardener.`"),
        ("decision", "closing", "the digest of the record"),
        ("decision", "answer", "the page `decision` has no `answer`"),
        ("record", "sign_off", "the digest of the record"),
        ("record", "answer", "a condition: `Mend the ladder`"),
    ],
)
def test_the_sheet_and_the_record_of_a_decision_say_what_is_signed(
    name: str, left_out: str, what: str, tmp_path: Path
) -> None:
    made = orchard()
    decision = decided(made, StatedCondition("Mend the ladder"))
    (tmp_path / f"{name}.j2").write_text(block(left_out, "").replace("letter.j2", f"{name}.j2"), "utf-8")
    with pages_of(tmp_path), pytest.raises(PageError, match=re.escape(what)):
        view_of(made, "decision", decision) if name == "decision" else record_of(decision, made)


@pytest.mark.parametrize(
    ("left_out", "what"),
    [
        ("challenge", "a notice of the criteria: `Not the advice of a doctor.`"),
        ("identity", "the digest of the record"),
    ],
)
def test_the_full_report_says_what_it_is_and_of_which_record(left_out: str, what: str, tmp_path: Path) -> None:
    whole = assessment(digest=DIGEST, review_due=date(2027, 3, 2))
    (tmp_path / "report.j2").write_text(block(left_out, "").replace("letter.j2", "report.j2"), "utf-8")
    with pages_of(tmp_path), pytest.raises(PageError, match=re.escape(what)):
        view_of(whole, "full")


def test_a_report_that_lacks_a_section_is_refused_and_a_changed_one_says_so(tmp_path: Path) -> None:
    (tmp_path / "report.j2").write_text('<section key="dimensions" title="x"><p>y</p></section>', "utf-8")
    with pages_of(tmp_path), pytest.raises(PageError, match="the page `report` has no section `facts`"):
        view_of(assessment(), "full")
    (tmp_path / "report.j2").write_text(block("tasks", "<p>Ask us.</p>").replace("letter.j2", "report.j2"), "utf-8")
    with pages_of(tmp_path):
        text = written(view_of(assessment(), "full"), "text").decode()
    assert "Ask us." in text
    assert "This page is as the office changed it: report.j2 (SHA-256 " in " ".join(text.split())


def test_an_office_changes_a_sentence_of_an_outlook_and_every_form_of_it_says_so(tmp_path: Path) -> None:
    told, whole = outlook(margins=Margins(tried=3)), full()
    changed = block("stable", "<group><h>How firm</h><p>{{ results }} holds.</p></group>").replace(
        "letter.j2", "outlook.j2"
    )
    (tmp_path / "outlook.j2").write_text(changed, "utf-8")
    with pages_of(tmp_path):
        for shown in (outlook_view(told, whole), view(whole, told)):
            text = " ".join(written(shown, "text").decode().split())
            assert "Opening or Verdict holds." in text
            assert "This page is as the office changed it: outlook.j2 (SHA-256 " in text


def test_an_outlook_that_lacks_its_section_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outlook.j2").write_text('<section key="other" title="x"><p>y</p></section>', "utf-8")
    with pages_of(tmp_path), pytest.raises(PageError, match="the page `outlook` has no section `change`"):
        outlook_view(outlook(), full())


def test_a_template_that_prints_all_it_is_given_tells_nothing_that_no_letter_may_tell(tmp_path: Path) -> None:
    secret = orchard(marked, case={"notes": MARK, "tree": [{"id": "old", "bark": MARK}]}, **PLAIN)
    for on, hidden in ((secret, MARK), (confidential(), "HEART"), (confidential(), "How is the heart?")):
        decision = decided(
            on, StatedCondition(f"Keep away from Grandmother {MARK}", sent=False), reason=f"{MARK}.", opening="wait"
        )
        every = "".join(f"<p>{one}</p>" for one in printing(letter_facts(on, decision)))
        shown = letter(tmp_path, block("greeting", every), on, decision)
        text = written(shown, "text").decode()
        assert "May it be picked?" in text or "Write to the head gardener." in text
        assert hidden not in text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ assesor }}", "letter.j2:2: there is no `assesor` here\n  help: did you mean `assessor`?"),
        ("<p>{{ levels }}</p>", "letter.j2:2: this has parts: print one of them"),
        ("<p>{{ deviates }}</p>", "letter.j2:2: `False` cannot be printed"),
        ("\n\n<pp>a</pp>", "letter.j2:4: `pp` cannot stand in `section`\n  help: did you mean `p`?"),
        ("<p>a\n<b>b</b></p>", "letter.j2:3: `b` cannot stand in `p`"),
        ("\n<p>a", "letter.j2:3: `</section>` closes nothing that is open\n  help: write `</p>`"),
        ('<p class="x">a</p>', "letter.j2:2: `p` has no `class`"),
        ("a", "text outside an element: `a`"),
        ("{% if %}", "letter.j2:2: something is missing before `%}`"),
        ("{{ ''.__class__ }}", "letter.j2:2: a template cannot reach `__class__`"),
        ("{{ 'a'.upper() }}", "letter.j2:2: a template cannot call this"),
        ("{{ 'a' * 9 }}", "letter.j2:2: a template does not compute with `*`"),
        ("{{ '%99d' % 9 }}", "letter.j2:2: a template does not compute with `%`"),
        ("{{ range(9) }}", "letter.j2:2: there is no `range` here"),
        ("{{ title | center(9) }}", "letter.j2:2: there is no filter `center`"),
        ("{% include '../../pyproject.toml' %}", "there is no template `../../pyproject.toml`"),
        ("{% for a in levels %}" * 5 + "{% endfor %}" * 5, "too many loops stand in each other"),
    ],
)
def test_what_is_wrong_in_a_template_is_told_with_its_file_and_line(template: str, said: str, tmp_path: Path) -> None:
    got = refused(tmp_path, '{% extends "shipped/letter.j2" %}\n{% block greeting %}' + template + "{% endblock %}")
    assert said in got
    assert str(tmp_path / "letter.j2") in got or "text outside" in got


def test_a_page_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_MOST_WRITTEN", 2**20)  # so that the test needs no 64 MB
    endless = (
        "{% set a %}"
        + "a" * 4096
        + "{% endset %}"
        + "".join("{% set a %}{{ a }}{{ a }}{{ a }}{{ a }}{% endset %}" for _ in range(4))
    )
    assert "the page is far longer than any page" in refused(tmp_path, block("greeting", endless + "<p>{{ a }}</p>"))


ENGLISH_OF_JINJA = [
    ("{% if title %}<p>a</p>{% endfor %}", "`endfor` passt hier nicht: `if` ist noch offen"),
    ("{% frob %}", "`frob` passt hier nicht: `block` ist noch offen"),
    ("{{ title", "`{` steht, wo `}}` stehen müsste"),
    ("{{ title title }}", "`title` steht, wo `}}` stehen müsste"),
    ("{{ title.! }}", "`!` kann hier nicht stehen"),
    ("{{ title. }}", "hinter dem Punkt fehlt ein Name"),
    ("{# a", "ein Kommentar ist nicht geschlossen"),
    ("{{ title | center(9) }}", "den Filter `center` gibt es nicht"),
    ("{% if title is odder %}{% endif %}", "die Prüfung `odder` gibt es nicht"),
    ("{% block why %}{% endblock %}{% block why %}{% endblock %}", "der Block `why` steht zweimal da"),
    ("{{ assesor }}", "`assesor` gibt es hier nicht"),
    ("{{ levels.tree }}", "darin gibt es kein `tree`"),
    ("{{ ''.__class__ }}", "eine Vorlage kommt an `__class__` nicht heran"),
    ("{% set 1 = 2 %}", "dem kann kein Wert gegeben werden"),
    ("{% trans %}{% if a %}{% endtrans %}", "in `trans` stehen nur Wörter und Namen"),
]
"""What Jinja says of each of these is English."""


@pytest.mark.parametrize(
    ("template", "said"),
    [*ENGLISH_OF_JINJA[:6], *(pytest.param(*one, marks=pytest.mark.nightly) for one in ENGLISH_OF_JINJA[6:])],
)
def test_what_is_wrong_in_a_template_is_told_in_the_language_of_the_run(
    template: str, said: str, tmp_path: Path
) -> None:
    whole = '{% extends "shipped/letter.j2" %}\n{% block greeting %}' + template + "{% endblock %}"
    with in_language("de"):
        assert f"{tmp_path / 'letter.j2'}:2: {said}" in refused(tmp_path, whole)


@pytest.mark.parametrize("name", ["letter.j2", "_parts.j2", "kept.txt"])
def test_a_link_that_leads_out_of_the_folder_of_an_office_is_refused(name: str, tmp_path: Path) -> None:
    folder, secret = tmp_path / "office", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_text("<p>The password is swordfish.</p>", "utf-8")
    (folder / "letter.j2").write_text(block("greeting", f"{{% include '{name}' %}}"), "utf-8")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to("../secret.txt")
    with pytest.raises(PageError) as caught, pages_of(folder):
        view_of(orchard(**PLAIN), "letter")
    said = f"{folder / name}: this is a link that leads out of the folder, to {secret}"
    assert str(caught.value) == f"{said}\n  help: put the file itself into the folder"


def test_a_link_to_another_template_of_the_same_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "_own.j2").write_text(block("greeting", "<p>Good morning,</p>"), "utf-8")
    (tmp_path / "letter.j2").symlink_to("_own.j2")
    with pages_of(tmp_path):
        assert "Good morning," in written(view_of(orchard(**PLAIN), "letter"), "text").decode()


def test_a_folder_with_a_page_that_there_is_not_is_refused(tmp_path: Path) -> None:
    for name in ("leter.j2", "_parts.j2"):
        (tmp_path / name).write_text("", "utf-8")
    with pytest.raises(PageError, match=r"leter\.j2: there is no page of this name\n  help: .*`letter\.j2`"):
        pages_of(tmp_path).__enter__()
    (tmp_path / "leter.j2").unlink()
    with pages_of(tmp_path):
        pass
    with pytest.raises(PageError, match="no such file or directory"):
        pages_of(tmp_path / "gone").__enter__()
    (tmp_path / "empty").mkdir()
    with pytest.raises(PageError, match="no page template"):
        pages_of(tmp_path / "empty").__enter__()


def test_what_a_case_holds_is_text_whatever_it_looks_like() -> None:
    hostile = "</p><p>{{ title }} <strong>a</strong> &lt; & \" ' **b** {name}"
    made = orchard(**PLAIN | {"institution": hostile, "case_title": hostile})
    shown = view_of(made, "letter")
    assert shown.sections[0].title == f"Your project, “{hostile}”: proposal, not decided yet"
    head = shown.sections[0].blocks[0]
    assert isinstance(head, Letterhead)
    assert head.sender[0] == hostile


TABLE = Table("", ("x",), (((Run("1"),),),))


@dataclasses.dataclass(frozen=True)
class Facts:
    line: tuple[Run, ...] = (Run("a  b", "strong"), Run("c", "code", ref="d"))
    day: date = date(2026, 3, 2)
    table: Table = TABLE


def blocks(markup: str) -> list[Any]:
    return [*read(f'<section key="k" title="t">{markup}</section>').sections[0].blocks]


def test_lines_days_and_blocks_that_python_made_keep_their_form(tmp_path: Path) -> None:
    (tmp_path / "letter.j2").write_text(
        '<section key="k" title="{{ day }}"><p>{{ line }}</p>{{ table }}<p> {{ day }} </p></section>', "utf-8"
    )
    with pages_of(tmp_path):
        (section,) = made("letter", Facts()).page.sections
    assert section.title == "2 March 2026"
    assert section.blocks == (Prose(Facts().line), Facts().table, Prose((Run("2 March 2026"),)))


def test_elements_become_blocks_and_what_holds_nothing_is_left_out() -> None:
    assert blocks("<p></p><ul></ul><ul><li></li><li>a</li></ul>") == [Bullets(((Run("a"),),))]
    assert blocks("<group><h>a</h></group>") == []
    (fields,) = blocks('<dl><dt key="k">A</dt><dd>1</dd><dd><em>2</em></dd><dt>B</dt></dl>')
    assert isinstance(fields, Fields)
    assert [(one.label, one.key, one.lines) for one in fields.rows] == [("A", "k", ((Run("1"),), (Run("2", "em"),)))]
    (table,) = blocks('<table caption="c" shares="60 40"><tr><th>A</th><th>B</th></tr><tr><td>1</td><td/></tr></table>')
    assert table == Table("c", ("A", "B"), (((Run("1"),), ()),), (60, 40))
    (part,) = blocks('<group anchor="x"><h>a <mark>b</mark></h><p>c</p></group>')
    assert isinstance(part, Group)
    assert (part.title, part.anchor) == ((Run("a "), Run("b", "mark")), "x")


def test_white_space_of_a_template_collapses_and_that_of_texts_stays() -> None:
    s = SPACE
    (prose,) = blocks(f"<p>{s}{s}a{s}{s}<strong>{s}b{s}</strong>{s}{s}</p>")
    assert prose.line == (Run("a "), Run("b", "strong"))
    (prose,) = blocks(f"<p>{s}a  b{s}</p>")
    assert prose.line == (Run("a  b"),)


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("<p>a", "`</section>` closes nothing that is open"),
        ("<p>a</ul>", "`</ul>` closes nothing that is open"),
        ("<p>a < b</p>", "this begins no element that can be read: `< b`"),
        ("<table><tr><th>A</th></tr><tr><td>1</td><td>2</td></tr></table>", "a row of 2 cells below a head of 1"),
        ("<dl><dd>1</dd></dl>", "a `dd` needs a `dt` before it"),
        ("<group><p>a</p></group>", "a group has one title"),
        ("<group><h>a</h>b</group>", "text outside an element: `b`"),
    ],
)
def test_elements_that_do_not_fit_each_other_are_refused(markup: str, said: str) -> None:
    with pytest.raises(MarkupError, match=re.escape(said)):
        blocks(markup)


def test_a_letter_of_an_office_is_one_in_every_form(tmp_path: Path) -> None:
    shown = letter(tmp_path, block("greeting", "<p>Good <strong>morning</strong>,</p>"))
    assert group(shown, "How to challenge it")[0] == "Write to the head gardener."
    assert "<strong>morning</strong>" in written(shown, "html").decode()


def test_a_macro_that_writes_nothing_is_nothing(tmp_path: Path) -> None:
    text = "{% macro a(b) %}\n{% if b %}\nc\n{% endif %}\n{% endmacro %}<p>{{ a(1) }}, {{ 'd' if a(0) else 'e' }}</p>"
    shown = letter(tmp_path, SHIPPED.replace('<p>{{ _("Dear colleague,") }}</p>', text))
    assert "c, e" in written(shown, "text").decode()
