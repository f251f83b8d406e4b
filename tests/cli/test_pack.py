"""`assess --pack`: every document in a folder with a page that leads into them, and nothing lost that is there."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, Result, done, refused, run
from tests.editing import edit
from tests.report.test_docx import without
from tests.strategies import by_turns

HALF, MILD = EXAMPLES / "half-filled.yaml", EXAMPLES / "boreal-carbon.yaml"
OF_THE_OFFICE = ("decision", "full", "annex", "plan")
KINDS = (*OF_THE_OFFICE, "letter", "questions-office", "questions-researcher", "redacted", "redacted-annex")
FORMS = ("docx", "html", "md", "pdf")
EVERY = {f"{kind}.{form}" for kind in KINDS for form in FORMS} | {
    "assessment.json",
    "assessment.outlook.json",
    "criteria.json",
    "index.html",
    ".pack.json",
}


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def packed(folder: Path, case: Path = LOAN_CASE, *more: str | Path) -> Result:
    """Write the pack of a case of the loan desk, of which it is made in half the time, or of another."""
    result = run("assess", case, *(() if case == HALF else LOAN), "--pack", folder, *more)
    assert result.code == 0, result
    return result


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    folder = tmp_path_factory.mktemp("packs") / "half"
    packed(folder, HALF)
    return folder


@pytest.fixture(scope="module")
def text_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return a pack without PDF and Word, and what was said when it was made."""
    folder = tmp_path_factory.mktemp("packs") / "text"
    with pytest.MonkeyPatch.context() as monkeypatch:
        without(monkeypatch, "typst", "docx")
        return folder, packed(folder)


@pytest.fixture
def text_pack(text_run: tuple[Path, Result]) -> Path:
    """Return a pack without PDF and Word that no test changes: they work in a copy of it."""
    return text_run[0]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return another case of the loan desk."""
    return edit(LOAN_CASE, "id: L-2026-07", "id: L-2026-08", to=tmp_path_factory.mktemp("cases") / "other.yaml")


@pytest.fixture
def only_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be as if the libraries for PDF and Word were not installed."""
    without(monkeypatch, "typst", "docx")


def test_a_pack_holds_every_kind_in_every_form_and_the_record(pack: Path) -> None:
    assert names(pack) == EVERY
    assert (pack / "assessment.json").read_text("utf-8") == done("assess", HALF, "--format", "json")
    assert (pack / "full.pdf").read_bytes().startswith(b"%PDF")


def test_a_document_of_a_pack_is_the_one_that_report_writes(pack: Path, tmp_path: Path) -> None:
    outlook = ("--outlook", pack / "assessment.outlook.json")
    for name, more in (("letter.pdf", outlook), ("plan.docx", outlook), ("questions-office.md", ("--to", "office"))):
        kind = name.partition(".")[0].partition("-")[0]
        done("report", pack / "assessment.json", "--kind", kind, *more, "-o", tmp_path / name)
        assert (tmp_path / name).read_bytes() == (pack / name).read_bytes()


def test_what_would_change_it_stands_in_the_annex_and_in_short_on_page_1(pack: Path) -> None:
    report, annex = ((pack / f"{name}.md").read_text("utf-8") for name in ("full", "annex"))
    assert "**What would change it**" in report
    assert "## What would change this" not in report
    assert "## What would change this" in annex


def test_the_page_leads_to_every_file_with_its_size_and_digest(pack: Path) -> None:
    page = (pack / "index.html").read_text("utf-8")
    listed = names(pack) - {"index.html", ".pack.json"}
    assert set(re.findall(r'href="([^"#]+)"', page)) == listed
    for name in listed:
        content = (pack / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() in page
        assert f"{(len(content) + 999) // 1000} kB" in page


def test_the_page_says_what_a_stranger_asks_first(pack: Path) -> None:
    page = re.sub(r"<[^>]+>", "", (pack / "index.html").read_text("utf-8"))
    assert "Documents: Seagrass meadows as carbon sinks (AM-2026-200)" in page
    assert "Proposal, not decided yet. Still open: between Clear and Blocked; 3 answers missing." in page
    assert "Not every document is for everybody." in page
    assert "Questions for Lead researcher" in page
    assert "no exemption reason is on record" in page


@pytest.mark.nightly
def test_the_same_case_gives_the_same_bytes_again(pack: Path, tmp_path: Path) -> None:
    packed(tmp_path / "again", HALF)
    assert contents(tmp_path / "again") == contents(pack)


def test_the_result_is_printed_as_ever_and_the_page_named(text_run: tuple[Path, Result]) -> None:
    folder, result = text_run
    assert result.out == done("assess", LOAN_CASE, *LOAN)
    assert result.err.endswith(f"wrote {folder / 'index.html'}: open it first\n")


def test_what_cannot_be_made_here_is_named_with_the_way_out_and_is_no_error(text_run: tuple[Path, Result]) -> None:
    folder, result = text_run
    assert names(folder) == {one for one in EVERY if not one.endswith((".pdf", ".docx")) and "questions" not in one}
    page = (folder / "index.html").read_text("utf-8")
    for extra in ("pdf", "office"):
        assert f"pipx install --force '.[{extra}]'" in result.err
        assert f"pipx install --force &#39;.[{extra}]&#39;" in page


@pytest.mark.nightly
def test_pictures_that_a_word_document_lacks_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "typst")
    result = packed(tmp_path / "pack", HALF)
    assert "the pictures are left out of the document" in result.err
    assert "the pictures are left out of the document" in (tmp_path / "pack" / "index.html").read_text("utf-8")
    one = run("assess", HALF, "-o", tmp_path / "one.docx")
    assert "the pictures are left out of the document" in one.err
    assert (
        "the pictures are left out"
        in run("report", tmp_path / "pack" / "assessment.json", "-o", tmp_path / "two.docx").err
    )


@pytest.mark.usefixtures("only_text")
def test_run_again_a_pack_takes_the_place_of_its_own_documents_only(tmp_path: Path) -> None:
    packed(tmp_path)
    (tmp_path / "notes.txt").write_text("ours", "utf-8")
    before = contents(tmp_path)
    decide(tmp_path / "assessment.json", tmp_path / "decided.json")
    packed(tmp_path, LOAN_CASE, "--decision", tmp_path / "decided.json")
    after = contents(tmp_path)
    assert after["notes.txt"] == b"ours"
    assert b"not decided yet" in before["letter.md"]
    assert b"not decided yet" not in after["letter.md"]
    assert after["decision.json"] == (tmp_path / "decided.json").read_bytes()
    packed(tmp_path)
    assert {name: content for name, content in contents(tmp_path).items() if name != "decided.json"} == before


def decide(assessment: Path, output: Path) -> None:
    who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-03-03")
    done("decide", assessment, *LOAN, *who, "-o", output)


@pytest.mark.usefixtures("only_text")
def test_a_document_that_the_office_wrote_on_is_never_lost(text_pack: Path, tmp_path: Path) -> None:
    shutil.copytree(text_pack, tmp_path, dirs_exist_ok=True)
    (tmp_path / "letter.md").write_text("Dear colleague, with our best wishes", "utf-8")
    before = contents(tmp_path)
    said = refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path)
    assert "these files are not as a pack wrote them, so they stay as they are: letter.md" in said
    assert contents(tmp_path) == before


@pytest.mark.nightly
@pytest.mark.usefixtures("only_text")
def test_a_document_that_is_not_made_any_more_goes_unless_the_office_wrote_on_it(
    text_pack: Path, tmp_path: Path
) -> None:
    shutil.copytree(text_pack, tmp_path, dirs_exist_ok=True)
    kept = json.loads((tmp_path / ".pack.json").read_bytes())
    for name in ("full.pdf", "plan.pdf"):
        (tmp_path / name).write_bytes(b"as it was")
        kept["files"][name] = hashlib.sha256(b"as it was").hexdigest()
    (tmp_path / "plan.pdf").write_bytes(b"signed")
    (tmp_path / ".pack.json").write_text(json.dumps(kept), "utf-8")
    packed(tmp_path)
    assert {one for one in names(tmp_path) if one.endswith(".pdf")} == {"plan.pdf"}


@pytest.mark.usefixtures("only_text")
@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/secret", "below/secret.txt", "..", ".", "", "..\\secret.txt", "C:secret.txt"]
)
def test_a_pack_that_names_files_elsewhere_is_no_pack_of_ours(text_pack: Path, tmp_path: Path, name: str) -> None:
    folder, secret = tmp_path / "pack", tmp_path / "secret.txt"
    shutil.copytree(text_pack, folder)
    secret.write_bytes(b"as it was")
    (folder / "below").mkdir()
    (folder / "below" / "secret.txt").write_bytes(b"as it was")
    changed(folder, name, hashlib.sha256(b"as it was").hexdigest())
    assert "nobody knows which files are a pack's own" in refused("assess", LOAN_CASE, *LOAN, "--pack", folder)
    assert secret.is_file()
    assert (folder / "below" / "secret.txt").is_file()


def changed(folder: Path, name: str, known: object) -> None:
    kept = json.loads((folder / ".pack.json").read_bytes())
    kept["files"][name] = known
    (folder / ".pack.json").write_text(json.dumps(kept), "utf-8")


@pytest.mark.usefixtures("only_text")
@pytest.mark.parametrize("known", ["", 1, None, ["x"], {"a": 1}, "AB" * 32, "ab"])
def test_a_pack_that_remembers_no_digest_is_no_pack_of_ours(text_pack: Path, tmp_path: Path, known: object) -> None:
    shutil.copytree(text_pack, tmp_path, dirs_exist_ok=True)
    changed(tmp_path, "plan.pdf", known)
    assert "nobody knows which files are a pack's own" in refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path)


@pytest.mark.usefixtures("only_text")
@pytest.mark.parametrize("memory", ["[]", '{"files": [["a", "b"]], "assessment": "x"}', "[" * 100_000])
def test_a_memory_of_another_shape_is_no_pack_of_ours(tmp_path: Path, memory: str) -> None:
    (tmp_path / ".pack.json").write_text(memory, "utf-8")
    assert "nobody knows which files are a pack's own" in refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path)


@pytest.mark.usefixtures("only_text")
def test_a_link_in_the_place_of_a_document_that_is_not_made_any_more_stays(text_pack: Path, tmp_path: Path) -> None:
    shutil.copytree(text_pack, tmp_path / "pack")
    secret, link = tmp_path / "secret.txt", tmp_path / "pack" / "plan.pdf"
    secret.write_bytes(b"as it was")
    link.symlink_to(secret)
    changed(tmp_path / "pack", "plan.pdf", hashlib.sha256(b"as it was").hexdigest())
    packed(tmp_path / "pack")
    assert secret.is_file()
    assert link.is_symlink()


@pytest.mark.nightly
@pytest.mark.usefixtures("only_text")
def test_a_pack_says_how_many_conditions_in_free_words_its_letter_holds(tmp_path: Path) -> None:
    packed(tmp_path / "pack")
    who = ("--by", "A. Vogel", "--role", "Head", "--on", "2026-03-03")
    free = ("--condition", "Keep Dr Wei out of it")
    done("decide", tmp_path / "pack" / "assessment.json", *LOAN, *free, *who, "-o", tmp_path / "d.json")
    result = packed(tmp_path / "pack", LOAN_CASE, "--decision", tmp_path / "d.json")
    assert "Letter: the letter holds 1 condition in free words" in result.err
    assert "1 condition in free words" in (tmp_path / "pack" / "index.html").read_text("utf-8")


@pytest.mark.usefixtures("only_text")
def test_a_folder_with_the_pack_of_another_assessment_stays_as_it_is(
    text_pack: Path, other: Path, tmp_path: Path
) -> None:
    shutil.copytree(text_pack, tmp_path, dirs_exist_ok=True)
    before = contents(tmp_path)
    assert "holds the pack of another assessment" in refused("assess", other, *LOAN, "--pack", tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("only_text")
@pytest.mark.parametrize("name", by_turns(["letter.md", "assessment.json", "index.html"], 3))
def test_what_no_pack_wrote_is_not_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("ours", "utf-8")
    assert f"these files are not as a pack wrote them, so they stay as they are: {name}" in refused(
        "assess", LOAN_CASE, *LOAN, "--pack", tmp_path
    )
    assert contents(tmp_path) == {name: b"ours"}


@pytest.mark.usefixtures("only_text")
def test_a_link_and_a_folder_are_nobody_s_document(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "elsewhere").write_text("ours", "utf-8")
    (tmp_path / "pack" / "plan.md").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "pack" / "full.md").mkdir()
    said = refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path / "pack")
    assert {"plan.md", "full.md"} <= set(re.findall(r"[\w-]+\.md", said))
    assert (tmp_path / "elsewhere").read_text("utf-8") == "ours"


@pytest.mark.usefixtures("only_text")
def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("ours", "utf-8")
    assert "is a file; a pack needs a folder" in refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path / "file")
    (tmp_path / ".pack.json").write_text("{", "utf-8")
    assert "cannot be read, so nobody knows which files are a pack's own" in refused(
        "assess", LOAN_CASE, *LOAN, "--pack", tmp_path
    )


@pytest.mark.usefixtures("only_text")
def test_where_writing_fails_nothing_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.write_bytes

    def fails(path: Path, content: bytes) -> int:
        if path.name == "redacted.md":
            raise OSError(28, "No space left on device")
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", fails)
    assert "no space left on device" in refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path)
    assert names(tmp_path) == set()


@pytest.mark.usefixtures("only_text")
def test_several_cases_have_a_folder_each_and_a_page_of_all(other: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "a.yaml").write_bytes(LOAN_CASE.read_bytes())
    (cases / "b.yaml").write_bytes(other.read_bytes())
    result = packed(tmp_path / "packs", cases)
    assert result.out == done("assess", cases, *LOAN)
    assert names(tmp_path / "packs") == {"a", "b", "index.html", ".pack.json"}
    page = (tmp_path / "packs" / "index.html").read_text("utf-8")
    assert re.findall(r'href="([^"#]+)"', page) == ["a/index.html", "b/index.html"]
    assert "Documents of 2 cases" in page
    again = packed(tmp_path / "packs", cases)
    assert again.err == result.err
    assert "another assessment" in refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path / "packs")


@pytest.mark.nightly
@pytest.mark.usefixtures("only_text")
def test_cases_that_fail_have_no_pack(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "whole.yaml").write_bytes(LOAN_CASE.read_bytes())
    (cases / "broken.yaml").write_text("id: 1\n", "utf-8")
    result = run("assess", cases, *LOAN, "--pack", tmp_path / "packs")
    assert result.code == 2
    assert names(tmp_path / "packs") == {"whole", "index.html", ".pack.json"}


def test_a_foreign_set_has_a_pack_too_and_its_redacted_version_knows_the_criteria(
    text_run: tuple[Path, Result],
) -> None:
    folder, result = text_run
    assert "are not at hand" not in result.err
    assert (folder / "redacted.md").is_file()


def test_without_a_missing_answer_there_is_no_letter_with_questions(text_pack: Path) -> None:
    assert [one for one in names(text_pack) if one.startswith("questions")] == []
    assert "there are no letters with questions" in (text_pack / "index.html").read_text("utf-8")


SENDER = ("--from", "A. Vogel", "--reply-to", "office@uni.example", "--by", "2026-12-10")


@pytest.mark.nightly
@pytest.mark.usefixtures("only_text")
def test_the_letters_of_a_pack_say_who_writes_where_to_answer_and_by_when(
    other: Path, text_run: tuple[Path, Result], tmp_path: Path
) -> None:
    still_open = tmp_path / "open.yaml"
    edit(LOAN_CASE, "climate: drifting", "climate: unknown", to=still_open)
    result = packed(tmp_path / "one", still_open, *SENDER)
    assert "there is room to write it in" not in result.err
    assert "nobody said `--from`, `--reply-to` and `--by`" in text_run[1].err
    packed(tmp_path / "many", still_open, other, *SENDER)
    letters = ["letter.md", "questions-conservator.md"]
    for folder in (tmp_path / "one", tmp_path / "many" / "open"):
        for name in letters:
            text = (folder / name).read_text("utf-8")
            assert [one for one in ("A. Vogel", "uni.example", "10 December 2026") if one not in text] == []


def test_a_day_that_is_over_and_a_sender_without_a_letter_are_refused(tmp_path: Path) -> None:
    early = ("--pack", tmp_path / "pack", "--by", "2020-01-01")
    assert "that is before the day of the letter" in refused("assess", HALF, *early)
    assert "that is before the day of the letter" in refused("assess", HALF, MILD, *early)
    assert "`--from` and `--by`" not in refused("assess", HALF, "--pack", tmp_path / "pack", "--from", " ")
    said = refused("assess", HALF, "--from", "A. Vogel", "--by", "2026-12-10")
    assert "--from and --by: the letters of a --pack say it" in said
    assert not (tmp_path / "pack").exists()


def test_options_that_do_not_go_with_a_pack_are_refused(tmp_path: Path) -> None:
    pack = ("--pack", tmp_path / "pack")
    assert "--format and -o say nothing" in refused("assess", HALF, *pack, "--format", "md")
    assert "--format and -o say nothing" in refused("assess", HALF, *pack, "-o", tmp_path / "x.md")
    decision = ("--decision", tmp_path / "d.json")
    assert "--decision goes with the --pack of one case" in refused("assess", HALF, *decision)
    assert "--decision goes with the --pack of one case" in refused("assess", HALF, MILD, *pack, *decision)
    assert not (tmp_path / "pack").exists()


@pytest.mark.usefixtures("only_text")
def test_a_decision_on_another_assessment_makes_no_pack(other: Path, tmp_path: Path) -> None:
    done("assess", other, *LOAN, "--format", "json", "-o", tmp_path / "a.json")
    decide(tmp_path / "a.json", tmp_path / "d.json")
    said = refused("assess", LOAN_CASE, *LOAN, "--pack", tmp_path / "pack", "--decision", tmp_path / "d.json")
    assert "this decision is on the assessment" in said
    assert not (tmp_path / "pack").exists()


def test_the_page_of_a_pack_says_which_documents_may_leave_the_office(pack: Path) -> None:
    page = (pack / "index.html").read_text("utf-8")
    cells = re.findall(r"<strong>([^<]*)</strong>: .*?May it leave the office\?</span> (.*?)</td>", page, re.DOTALL)
    assert [(title, re.sub("<[^>]*>", "", may)) for title, may in cells if "Questions" not in title] == [
        ("Decision", "no"),
        ("Letter to the lead researcher", "yes: the lead researcher"),
        ("Mitigation plan", "no"),
        ("Report", "no"),
        ("Annex of the report", "no"),
        ("Redacted version", "yes: whoever asks for it, once the office has read it through"),
        ("Annex of the redacted version", "yes: whoever asks for it, once the office has read it through"),
        ("Records", "no"),
    ]
