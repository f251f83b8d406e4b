import ast
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.versions import compared
from risk_engine.files.language import (
    ENGLISH,
    NP_,
    _,
    current,
    in_language,
    languages,
    name_of,
    ngettext,
    pgettext,
    spoken_by,
)
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.assessment import ResolvedFact
from risk_engine.model.case import Case, ControlRecord, Evidence
from risk_engine.model.explanation import Explanation
from risk_engine.report import Format, render, written
from risk_engine.report.blank_case import blank_case
from risk_engine.report.map import MapView, map_html, map_text, map_view
from risk_engine.report.set_pages.catalogue import Form, catalogue
from risk_engine.report.set_pages.changes import changes_view
from risk_engine.report.several import row
from risk_engine.report.terminal import summary_table
from risk_engine.report.wording import fill
from scripts.messages import DOMAINS, KEYWORDS, OUTSIDE, bring_up_to_date, domains_of
from tests.cli.running import LOAN_DESK, ROOT
from tests.marked import (
    TAG,
    marked_locale,
    names_of,
    plain_words,
    set_with_other_letters,
    shown,
    with_other_letters,
)
from tests.report.parts import bar, finding, note, option, profile_used, proposal, read, undetermined
from tests.report.samples import assessment, full
from tests.report.test_map import orchard
from tests.versions import LATER, changed

SHIPPED = ROOT / "criteria" / "reconnect-china" / "releases" / "1.0.0.json"
OTHERS = [one for one in languages() if one != ENGLISH]


def test_english_is_the_code_itself() -> None:
    assert current() == ENGLISH
    assert languages()[0] == ENGLISH
    assert _("Due {day}, {what}", day="today", what="{day}") == "Due today, {day}"
    assert pgettext("of a gate", "clear") == "clear"
    assert (_(""), _("{as it is}")) == ("", "{as it is}")


@pytest.mark.parametrize(("number", "said"), [(0, "0 answers"), (1, "1 answer"), (2, "2 answers")])
def test_a_number_chooses_the_form(number: int, said: str) -> None:
    assert ngettext("{number} answer", "{number} answers", number) == said


def test_a_language_that_there_is_not_is_an_error_and_changes_nothing() -> None:
    with pytest.raises(LookupError), in_language("xx"):
        pass
    with pytest.raises(LookupError), in_language("../en"):
        pass
    assert current() == ENGLISH


def test_a_context_is_marked_where_a_message_stands_and_used_where_it_is_said() -> None:
    assert pgettext(*NP_("of a gate", "clear {level}"), level="now") == "clear now"


@pytest.mark.parametrize(("tag", "domain"), [(tag, one) for tag in OTHERS for one in domains_of(tag)])
def test_the_files_of_a_language_are_as_the_code_is_now_and_every_message_is_translated(tag: str, domain: str) -> None:
    assert list(bring_up_to_date(domain, tag, {}, is_check=True)) == []


def test_german_is_whole_and_french_goes_as_far_as_people_outside_the_office_read() -> None:
    assert {tag: domains_of(tag) for tag in OTHERS} == {"de": list(DOMAINS), "fr": [OUTSIDE]}
    assert (languages(), languages(OUTSIDE), languages("report")) == (
        ("en", "de", "fr"),
        ("en", "de", "fr"),
        ("en", "de"),
    )
    assert (spoken_by(OUTSIDE, "fr"), spoken_by("report", "fr"), spoken_by(OUTSIDE, "xx")) == ("fr", "en", "en")
    assert [name_of(one) for one in languages()] == ["English", "Deutsch", "Français"]


def test_a_language_that_does_not_say_its_own_name_is_called_by_its_tag(speaks_french: None) -> None:
    del speaks_french
    assert name_of("fr") == "fr"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marked_locale(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def marked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a language in place in which every letter of a message is marked."""
    monkeypatch.setattr("risk_engine.files.language._FOLDER", folder)


def samples() -> dict[str, Explanation]:
    """Return assessments that between them say everything that a report can say."""
    whole = full()
    origins = {
        "tree.old.bark": ResolvedFact(value="loose", origin="not_asked"),
        "tree.old.age": ResolvedFact(value=60, origin="profile"),
    }
    closed = finding("ROT-1", knock_out=bar("funding"), irreducible="It is old.")
    return {
        "full": whole.model_copy(
            update={
                "resolved": origins,
                "case": {"notes": "As agreed", "set_aside": {"tree.old.bark": "loose"}},
                "facts": {**whole.facts, "tree.old.bark": read(confidential=True)},
                "criteria": whole.criteria.model_copy(update={"in_force": False}),
            }
        ),
        "harmless": assessment(profile=profile_used(), awareness=(note("advice", due=None),)),
        "closed": assessment(findings=(closed, closed.model_copy(update={"id": "ROT-9"}))),
        "barred": assessment(
            findings=tuple(
                finding(f"ROT-{number}", knock_out=bar(low, high), options=(option("ROPE", lacking=("ROPE",)),))  # type: ignore[arg-type]
                for number, (low, high) in enumerate(
                    [
                        ("hold", "hold"),
                        ("funding", "legal"),
                        ("policy", "policy"),
                        ("legal", "legal"),
                        ("none", "hold"),
                        ("none", "policy"),
                        ("none", "legal"),
                        ("hold", "funding"),
                        ("hold", "policy"),
                    ]
                )
            ),
            proposals=(proposal("opening", "shut", "shut"), proposal("verdict", "terms", four_eyes=True)),
        ),
        "undetermined": assessment(findings=(undetermined(), undetermined("PEST-3"))),
    }


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("form", ["html", "md", "text"])
@pytest.mark.parametrize("name", samples())
def test_no_word_of_a_report_is_left_that_nobody_can_translate(name: str, form: Format) -> None:
    made = with_other_letters(samples()[name]).model_copy(update={"language": TAG})
    page = render(made, form)
    assert plain_words(shown(page) if form == "html" else page) == []


@pytest.mark.usefixtures("marked")
def test_no_word_of_a_summary_is_left_that_nobody_can_translate() -> None:
    out = io.StringIO()
    with in_language(TAG):
        summary_table(
            [row(one) for one in with_other_letters(list(samples().values()))],
            Console(file=out, width=300, color_system=None),
        )
    assert plain_words(out.getvalue()) == []


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize(
    "version", [LOAN_DESK, pytest.param(SHIPPED, marks=pytest.mark.nightly)], ids=["foreign", "shipped"]
)
def test_no_word_of_a_catalogue_is_left_that_nobody_can_translate(version: Path, form: Form) -> None:
    criteria = load_criteria(str(version))
    with in_language(TAG):
        page = catalogue(set_with_other_letters(criteria), None, form, is_released=False)
    left = set(plain_words(shown(page) if form == "html" else page))
    assert left - names_of(criteria) == set()


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("form", ["html", "text"])
def test_no_word_about_changes_is_left_that_nobody_can_translate(form: Form, tmp_path: Path) -> None:
    found = compared(str(LOAN_DESK), str(changed(tmp_path / "1.1.0", LATER)))
    with in_language(TAG):
        words = set_with_other_letters(found.before), set_with_other_letters(found.after)
        page = written(changes_view(found.changes, *words, shown=compare(*words)), form).decode()
    left = set(plain_words(shown(page) if form == "html" else page))
    assert left - names_of(found.before) - names_of(found.after) == set()


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("write", [map_html, map_text])
def test_no_word_of_a_map_is_left_that_nobody_can_translate(write: Callable[[MapView], str]) -> None:
    with in_language(TAG):
        page = write(map_view(with_other_letters(orchard(in_force=False))))
    assert plain_words(shown(page)) == []


@pytest.mark.usefixtures("marked")
def test_no_word_of_an_empty_case_is_left_that_nobody_can_translate() -> None:
    criteria = load_criteria(str(LOAN_DESK))
    with in_language(TAG):
        page = blank_case(set_with_other_letters(criteria))
    keys = {
        part
        for one in (*Case.model_fields, *Evidence.model_fields, *ControlRecord.model_fields)
        for part in one.split("_")
    }
    values = {"unsure", "declared", "documented", "verified", "planned", "agreed", "implemented", "unknown", "draft"}
    assert set(plain_words(page)) - names_of(criteria) - keys - values == {"NEW", "true", "false"}


def test_an_english_report_is_the_same_before_and_after_a_german_one() -> None:
    forms: tuple[Format, ...] = ("html", "md", "text")
    first = [render(full(), form) for form in forms]
    with in_language("de"):
        german = [render(full(), form) for form in forms]
    assert first == [render(full(), form) for form in forms]
    assert all(one != other for one, other in zip(first, german, strict=True))


@pytest.mark.nightly
def test_nothing_is_translated_when_a_module_is_read() -> None:
    program = (
        "from risk_engine.files.language import in_language\n"
        "with in_language('de'):\n"
        "    from risk_engine.report import render\n"
        "    from tests.report.samples import full\n"
        "    [render(full(), form) for form in ('html', 'md', 'text')]\n"
        "print(render(full(), 'md'), end='')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert run.stdout.decode() == render(full(), "md")


def test_no_message_stands_in_an_f_string_where_nothing_finds_it() -> None:
    """Before Python 3.12 an f-string is one word to whoever looks for messages in the code."""
    # To parse a file takes long, and this is only where a brace and a call stand on one line, or in a text of many.
    likely = re.compile(rf"\{{.*\b(?:{'|'.join(KEYWORDS)})\(|[fF][rR]?(?:\"\"\"|''')")
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        for path in (ROOT / "risk_engine").rglob("*.py")
        for written in (path.read_text(encoding="utf-8"),)
        if likely.search(written)
        for text in ast.walk(ast.parse(written))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in KEYWORDS
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    assert not hidden


def test_a_page_says_its_language() -> None:
    assert '<html lang="en">' in render(full(), "html")
    with in_language("de"):
        assert '<html lang="de">' in render(full(), "html")


def test_a_message_may_hold_runs_and_words_that_stand_out_and_never_reads_what_a_user_wrote() -> None:
    line = fill("**Ask **{who} – {what}", who="{what} **now**", what=fill("{it}", it="it"))
    assert [(one.text, one.style) for one in line] == [
        ("Ask ", "strong"),
        ("{what} **now** – it", "plain"),
    ]
