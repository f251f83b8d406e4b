import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.files.plain import canonical
from tests.cli.running import EXAMPLES, done, refused, run

WHO = ("--by", "Anna Vogel", "--role", "Head of the research office", "--on", "2026-12-03")
SECOND = ("--confirm", "Ben Ode", "--confirm-role", "Vice-rector")
PASS = {PASSPHRASE: "correct horse"}


@pytest.fixture
def lung(tmp_path: Path) -> Path:
    """Return an assessment whose levels are settled."""
    done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", tmp_path / "lung.json")
    return tmp_path / "lung.json"


@pytest.fixture
def drones(tmp_path: Path) -> Path:
    """Return an assessment that proposes what needs two people."""
    done("assess", EXAMPLES / "drone-swarm.yaml", "--format", "json", "-o", tmp_path / "drones.json")
    return tmp_path / "drones.json"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    done("key", "new", tmp_path / "office.pem", **PASS)
    return tmp_path / "office.pem"


def record(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def test_a_decision_is_a_canonical_record_beside_the_assessment_and_its_page_is_printed(lung: Path) -> None:
    before = lung.read_bytes()
    result = run("decide", lung, *WHO)
    written = lung.with_name("lung.decision.json")
    assert (result.code, result.err) == (0, f"wrote {written}\n")
    assert result.out.startswith("Decided on 3 December 2026. Start: No, not as it stands.\n")
    assert "Start: Blocked. No, not as it stands. As proposed." in result.out
    assert "Decided by Anna Vogel, Head of the research office, 3 December 2026" in result.out
    assert written.read_bytes() == canonical(record(written)) + b"\n"
    assert record(written)["about"]["digest"] == record(lung)["digest"]
    assert lung.read_bytes() == before


def test_nothing_is_ever_written_over(lung: Path, drones: Path, tmp_path: Path) -> None:
    done("decide", lung, *WHO)
    before = lung.with_name("lung.decision.json").read_bytes()
    assert "is there already; it is not written over" in refused("decide", lung, *WHO)
    assert "is there already" in refused("decide", drones, *WHO, "-o", lung)
    assert "is there already" in refused("decide", lung.with_name("lung.decision.json"), "-o", lung)
    assert lung.with_name("lung.decision.json").read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["drones.json", "lung.decision.json", "lung.json"]


def test_the_same_words_make_the_same_bytes_wherever_they_are_written(lung: Path, tmp_path: Path) -> None:
    done("decide", lung, *WHO, "-o", tmp_path / "one.json")
    (tmp_path / "deep").mkdir()
    done("decide", lung, *WHO, "-o", tmp_path / "deep" / "other.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "deep" / "other.json").read_bytes()


def test_everything_that_is_wrong_on_the_command_line_is_told_at_once(lung: Path, tmp_path: Path) -> None:
    message = refused(
        *("decide", lung, "--by", "A\nB", "--level", "measure", "--reason", " ", "--on", "2026-12-03"),
        *("--condition", "Report; onwer=B", "--condition", "Tell us; due=soon; due=2027-01-01", "--condition", "; x=1"),
        *("--condition", "Ring; owner=B; later", "--reply", "nowhere.txt; from=Dr A; date=2026-12-01"),
        *("--reply", tmp_path, "--confirm-role", "Dean"),
    )
    assert message.splitlines() == [
        "--by: `A B` must stand on one line",
        "--role is missing",
        "--confirm-role is there without --confirm",
        "  help: name the second person",
        "--level `measure` is not like LADDER=LEVEL",
        "  help: for example --level measure=advice",
        "--reason is empty",
        "--condition: `onwer` is not `owner`, `due` or `letter`",
        "  help: did you mean `owner`?",
        "--condition: `due` is named twice",
        "--condition: `due`: `soon` is no date",
        "  help: dates are year-month-day, like 2026-01-31",
        "--condition: `x` is not `owner`, `due` or `letter`",
        "  help: known: `owner`, `due` or `letter`",
        "--condition is empty",
        "--condition: `later` is not `owner`, `due` or `letter`",
        "  help: did you mean `letter`?",
        "nowhere.txt: the reply cannot be read: no such file or directory",
        f"--reply `{tmp_path}`: `from=` is missing",
        "  help: like --reply 'reply.txt; from=Dr Berg; date=2026-12-01'",
        f"--reply `{tmp_path}`: `date=` is missing",
        "  help: like --reply 'reply.txt; from=Dr Berg; date=2026-12-01'",
    ]
    assert list(tmp_path.iterdir()) == [lung]


def test_a_day_that_is_none_and_a_character_that_no_record_holds_are_refused(lung: Path) -> None:
    assert "due`: `2027-02-30` is no date" in refused("decide", lung, *WHO, "--condition", "A b; due=2027-02-30")
    assert "the character U+001B cannot stand in a record" in refused("decide", lung, *WHO, "--reason", "\x1b[31m")
    assert "the character U+DCFF cannot stand in a record" in refused(
        "decide", lung, "--by", os.fsdecode(b"\xff"), "--role", "x", "--on", "2026-12-03"
    )


def test_a_semicolon_in_a_condition_stays_in_it_and_an_owner_is_kept(lung: Path) -> None:
    done(
        "decide", lung, *WHO, "--no-adopt", "--condition", "Report in March; and in June; owner=B. Ode; due=2027-03-31"
    )
    assert record(lung.with_name("lung.decision.json"))["conditions"] == [
        {
            "control": None,
            "due": "2027-03-31",
            "owner": "B. Ode",
            "owner_is_role": False,
            "state": None,
            "text": "Report in March; and in June",
        }
    ]


def test_without_a_date_it_is_of_today(lung: Path) -> None:
    assert done("decide", lung, *WHO[:-2]).startswith("Decided on 26 November 2026.")


def test_a_second_person_confirms_at_once_or_later_with_the_same_decision(drones: Path) -> None:
    out = done("decide", drones, *WHO)
    assert out.startswith("Not in effect yet: a second person must confirm it.")
    assert "two people are asked for because of\n    measure=restriction" in out
    first = drones.with_name("drones.decision.json")
    later = done("decide", first, "--confirm", "Ben Ode", "--role", "Vice-rector", "--on", "2026-12-03")
    assert later.startswith("Decided on 3 December 2026.")
    assert "Confirmed by Ben Ode, Vice-rector, 3 December 2026" in later
    done("decide", drones, *WHO, *SECOND, "-o", drones.with_name("at-once.json"))
    assert (
        drones.with_name("at-once.json").read_bytes() == first.with_name("drones.decision.confirmed.json").read_bytes()
    )
    assert record(first)["confirmation"] is None


def test_nobody_is_their_own_second_person(drones: Path) -> None:
    assert "`anna  VOGEL` took the decision" in refused(
        "decide", drones, *WHO, "--confirm", "anna  VOGEL", "--confirm-role", "Dean"
    )
    assert not drones.with_name("drones.decision.json").exists()
    assert "--confirm-role is missing" in refused("decide", drones, *WHO, "--confirm", "Ben Ode")
    done("decide", drones, *WHO)
    assert "--confirm-role is missing" in refused("decide", drones.with_name("drones.decision.json"), "--confirm", "B")


def test_initials_of_the_same_name_need_a_word_and_the_page_says_so(drones: Path) -> None:
    done("decide", drones, *WHO)
    decision = drones.with_name("drones.decision.json")
    second = ("--confirm", "A. Vogel", "--role", "Vice-rector", "--on", "2026-12-03")
    assert "if they are two people, say so: --different-person" in refused("decide", decision, *second)
    out = done("decide", decision, *second, "--different-person")
    assert "said to be another person than Anna Vogel" in " ".join(out.split())
    assert "--different-person is there without --confirm" in refused("decide", drones, *WHO, "--different-person")


def test_a_file_where_a_folder_should_be_is_named(lung: Path) -> None:
    message = refused("decide", lung, *WHO, "-o", lung / "x")
    assert f"there is no folder {lung}" in message
    assert ".part" not in message


def test_a_decision_that_is_taken_is_not_changed(lung: Path) -> None:
    done("decide", lung, *WHO)
    decision = lung.with_name("lung.decision.json")
    message = refused("decide", decision, "--level", "measure=advice", "--no-adopt", "--confirm", "B", "--role", "C")
    assert "a decision that is taken is not changed: `--level` and `--adopt` cannot be used with it" in message
    assert "`--reason` cannot be used with it" in refused("decide", decision, "--reason", "x")


@pytest.mark.parametrize(
    ("file", "key", "why"),
    [
        ("lung.json", "engine", "the assessment was changed after it was written, so nothing is decided on it"),
        ("lung.decision.json", "reason", "the decision was changed after it was written, so it is neither confirmed"),
    ],
)
def test_nothing_is_decided_on_or_confirmed_that_was_changed(lung: Path, file: str, key: str, why: str) -> None:
    done("decide", lung, *WHO)
    path = lung.with_name(file)
    path.write_text(json.dumps({**record(path), key: "Another"}), "utf-8")
    who = WHO if file == "lung.json" else ("--confirm", "B", "--role", "C")
    assert why in refused("decide", path, *who, "-o", lung.with_name("new.json"))


def test_a_later_decision_names_the_one_that_it_takes_the_place_of(lung: Path, tmp_path: Path) -> None:
    first, new = tmp_path / "lung.decision.json", tmp_path / "new.json"
    done("decide", lung, *WHO)
    done("assess", EXAMPLES / "lung-imaging.yaml", "--supersedes", lung, "--format", "json", "-o", new)
    done("decide", new, *WHO, "--supersedes", first)
    assert record(tmp_path / "new.decision.json")["supersedes"] == record(first)["digest"]
    assert "this is not a decision" in refused("decide", lung, *WHO, "--supersedes", new, "-o", tmp_path / "x")


def test_replies_are_kept_as_text_where_they_are_text(lung: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes("Dear Ms Vogel,\r\nwe disagree. – 张伟\n".encode())
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 \xff\x00")
    both = ("--reply", f"{tmp_path}/letter.txt; from=Zhang Wei; date=2026-12-01")
    out = done("decide", lung, *WHO, *both, "--reply", f"{tmp_path}/letter.pdf; date=2026-12-02; from=Dr Berg")
    text, pdf = record(tmp_path / "lung.decision.json")["replies"]
    assert (text["text"], text["from"], text["name"]) == (
        "Dear Ms Vogel,\r\nwe disagree. – 张伟\n",
        "Zhang Wei",
        "letter.txt",
    )
    assert (pdf["text"], pdf["size"], pdf["date"]) == (None, 11, "2026-12-02")
    assert "Zhang Wei, 1 December 2026: letter.txt" in out
    assert "the text is kept outside this record" in " ".join(out.split())


@pytest.mark.nightly
def test_a_record_that_could_not_be_read_back_is_not_written(lung: Path, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("a" * 60_000)
    many = [part for _ in range(20) for part in ("--reply", f"{tmp_path}/long.txt; from=A; date=2026-12-01")]
    assert "the decision is larger than 1024 KiB" in refused("decide", lung, *WHO, *many)
    assert not (tmp_path / "lung.decision.json").exists()


@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_a_decision_is_printed_in_every_form_at_once_and_later(lung: Path, form: str) -> None:
    at_once = done("decide", lung, *WHO, "--format", form)
    assert done("decide", lung.with_name("lung.decision.json"), "--format", form) == at_once
    file = lung.with_name(f"page.{'txt' if form == 'text' else form}")
    done("decide", lung.with_name("lung.decision.json"), "-o", file)
    assert file.read_text("utf-8").rstrip("\n") == at_once.rstrip("\n")


def test_an_office_signs_with_its_key(lung: Path, key: Path) -> None:
    done("decide", lung, *WHO, "--sign", key, **PASS)
    decision = lung.with_name("lung.decision.json")
    (signature,) = record(decision)["signatures"]
    assert signature["covers"] == record(decision)["digest"]
    assert "is signed with this key already" in refused("decide", decision, "--sign", key, **PASS)
    done("decide", decision, *SECOND, "--sign", key, "--on", "2026-12-04", **PASS)
    both = record(lung.with_name("lung.decision.confirmed.json"))
    assert [one["covers"] for one in both["signatures"]] == [both["digest"], both["confirmation"]["digest"]]
    done("decide", lung, *WHO, "-o", lung.with_name("plain.json"))
    done("decide", lung.with_name("plain.json"), "--sign", key, **PASS)
    assert lung.with_name("plain.signed.json").read_bytes() == decision.read_bytes()


def test_a_key_that_cannot_be_used_leaves_nothing_behind(lung: Path, key: Path) -> None:
    assert "or the passphrase is wrong" in refused("decide", lung, *WHO, "--sign", key, **{PASSPHRASE: "no"})
    assert "a passphrase is needed" in refused("decide", lung, *WHO, "--sign", key, **{PASSPHRASE: ""})
    assert "the key cannot be read: no such file" in refused("decide", lung, *WHO, "--sign", "nowhere", **PASS)
    assert "this is no private key" in refused("decide", lung, *WHO, "--sign", lung, **PASS)
    assert not lung.with_name("lung.decision.json").exists()


def test_without_the_package_for_signatures_it_says_what_to_install(
    lung: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = key.with_name("office.pub.pem")
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for arguments in (
        ("decide", lung, *WHO, "--sign", key),
        ("key", "new", lung.with_name("x.pem")),
        ("verify", lung, "--key", public),
    ):
        assert "pipx install --force '.[sign]'" in refused(*arguments, **PASS)
    assert done("decide", lung, *WHO).startswith("Decided on")


def test_a_write_that_ends_early_leaves_nothing_half_written(lung: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert "cannot be written: no space left on device" in refused("decide", lung, *WHO)
    assert list(lung.parent.iterdir()) == [lung]
    # A drive without second names for a file: the record is written all the same, and never over another.
    monkeypatch.setattr(os, "link", full)
    done("decide", lung, *WHO)
    assert record(lung.with_name("lung.decision.json"))["kind"] == "decision"


def test_a_name_that_is_taken_meanwhile_is_not_written_over(lung: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, link = lung.with_name("lung.decision.json"), os.link

    def other_first(*names: Any) -> None:
        target.write_text("mine", "utf-8")
        link(*names)

    monkeypatch.setattr(os, "link", other_first)
    assert "is there already" in refused("decide", lung, *WHO)
    assert target.read_text("utf-8") == "mine"


@pytest.mark.nightly
def test_a_signature_costs_nothing_where_there_is_none(lung: Path) -> None:
    program = (
        "import sys\nfrom risk_engine.cli.commands import application\n"
        "try:\n    application()(sys.argv[1:])\nfinally:\n    assert 'cryptography' not in sys.modules\n"
    )
    for arguments in (["assess", EXAMPLES / "lung-imaging.yaml"], ["decide", lung, *WHO], ["verify", lung]):
        subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=True, capture_output=True)


def test_what_a_decision_beside_it_took_the_place_of_is_not_confirmed_any_more(drones: Path) -> None:
    old = drones.with_name("drones.decision.json")
    done("decide", drones, *WHO)
    newer = drones.with_name("newer.json")
    done("decide", drones, *WHO, "--reason", "Anew.", "--supersedes", old, "-o", newer)
    drones.with_name("foreign.json").write_text(f'{{"of": "{record(old)["digest"]}"}}', "utf-8")
    second = ("--confirm", "Ben Ode", "--role", "Vice-rector", "--on", "2026-12-04")
    message = refused("decide", old, *second)
    assert f"{old}: the decision newer.json takes the place of this one, so it is not confirmed any more" in message
    done("decide", newer, *second)


def test_the_page_of_a_result_is_told_from_the_record(drones: Path) -> None:
    page = drones.with_name("r.html")
    done("decide", drones, *WHO)
    done("decide", drones.with_name("drones.decision.json"), "--format", "html", "-o", page)
    for command in (("decide", page, *WHO), ("verify", page)):
        message = refused(*command)
        assert "this is a page (HTML), neither an assessment nor a decision" in message
        assert "give the .json file of it" in message
