"""A calendar as RFC 5545 has it, a feed (RFC 4287), a mail (RFC 5322), and the page: what programs and people take."""

import email
import email.policy
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from risk_engine.office.monitor.changes import Change, Gravity, Part, Report, Touch
from risk_engine.office.monitor.outside import OCTETS, calendar, feed, mail
from risk_engine.office.monitor.page import view_of
from risk_engine.report import written
from tests.cli.running import LOAN, TODAY, refused, run
from tests.office.register.filing import case_file, filed

NOW = datetime(2026, 11, 26, 5, 30, tzinfo=UTC)
HARD = "Käfig; Maß, Öl \\ und\nzwei 中文字 " * 5
ATOM = "{http://www.w3.org/2005/Atom}"


def due(day: str = "2026-12-01", *, overdue: bool = False, case: str = "2026-014") -> Change:
    about = {"case": case, "what": "control", "day": day, "text": "x", "overdue": overdue}
    touch = Touch(case, HARD, "decided", Gravity.OVERDUE if overdue else Gravity.COMING, {}, (HARD, "\x07bell"))
    return replace(Change("due", about, (touch,)), first=TODAY)


def report(*changes: Change, **more: object) -> Report:
    parts = (Part("cases", "1 open"), Part("lists", "no file of lists was named", "not_asked"))
    return replace(Report("reg<&>ister", TODAY, date(2026, 11, 25), changes, 0, parts), **more)  # type: ignore[arg-type]


def properties(content: bytes) -> list[tuple[str, str]]:
    """Return the lines of a calendar as a reader has them: unfolded, name and parameters before the value."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(one) <= OCTETS for one in lines)
    whole: list[bytes] = []
    for one in lines:
        one.decode("utf-8")  # no character is cut in two
        if one.startswith(b" "):
            whole[-1] += one[1:]
        else:
            whole.append(one)
    return [(name, value) for name, _colon, value in (one.decode("utf-8").partition(":") for one in whole)]


def test_a_calendar_has_a_whole_day_for_each_change_with_a_day() -> None:
    released = Change("released", {"set": "s", "version": "1.1.0", "digest": "d", "day": "2027-01-01"})
    gone = Change("gone", {"set": "s", "version": "1.0.0", "digest": "d"})
    read = properties(calendar(report(due(), released, gone), "abc", NOW))
    assert read[:2] == [("BEGIN", "VCALENDAR"), ("VERSION", "2.0")]
    assert read[-1] == ("END", "VCALENDAR")
    begins = [value for name, value in read if name == "DTSTART;VALUE=DATE"]
    ends = [value for name, value in read if name == "DTEND;VALUE=DATE"]
    assert (begins, ends) == (["20261201", "20270101"], ["20261202", "20270102"])
    assert {value for name, value in read if name == "DTSTAMP"} == {"20261126T053000Z"}
    assert sum(name == "UID" for name, _value in read) == 2


def test_what_is_text_in_a_calendar_is_escaped_and_comes_back() -> None:
    said = dict(properties(calendar(report(due()), "abc", NOW)))["DESCRIPTION"]
    assert "Käfig\\; Maß\\, Öl \\\\ und\\nzwei 中文字" in said
    assert "\x07" not in said


def test_an_event_keeps_its_uid_when_it_is_overdue_and_another_case_has_another() -> None:
    def uid(change: Change) -> str:
        return dict(properties(calendar(report(change), "abc", NOW)))["UID"]

    assert uid(due()) == uid(due(overdue=True))
    assert uid(due()) != uid(due(case="2026-015"))
    assert uid(due()) == uid(due("2026-12-02")), "it was moved"
    both = properties(calendar(report(due("2026-12-02"), due()), "abc", NOW))
    uids = [value for name, value in both if name == "UID"]
    assert (uids[0], len(set(uids))) == (uid(due()), 2), "two that are called alike are two"


def test_a_calendar_without_anything_is_one_too() -> None:
    assert [name for name, _value in properties(calendar(report(), "abc", NOW))] == [
        "BEGIN",
        "VERSION",
        "PRODID",
        "CALSCALE",
        "METHOD",
        "END",
    ]


def test_a_feed_has_an_entry_for_each_change_that_keeps_its_id() -> None:
    change = replace(due(), first=date(2026, 11, 20))
    tree = ET.fromstring(feed(report(change), "abc"))  # noqa: S314 (made here)
    assert tree.tag == f"{ATOM}feed"
    assert tree.findtext(f"{ATOM}id") == "urn:risk-engine:register:abc"
    assert tree.findtext(f"{ATOM}title") == "What changed: reg<&>ister"
    (entry,) = tree.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:risk-engine:register:abc:change:{change.id}"
    assert entry.findtext(f"{ATOM}updated") == "2026-11-20T00:00:00Z"
    # What cases came to since is of this look.
    more = ET.fromstring(feed(report(replace(change, new=frozenset({"x"}))), "abc"))  # noqa: S314
    assert more.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-11-26T00:00:00Z"


def test_a_mail_has_a_subject_and_the_text_and_nobody_who_sends_it() -> None:
    found = email.message_from_bytes(mail(report(due())), policy=email.policy.default)
    assert found["Subject"] == "what changed in reg<&>ister, 2026-11-26: 1 to look at, 1 new"
    assert (found["From"], found["To"]) == (None, None)
    assert "not looked at: lists: no file of lists was named" in found.get_content()
    assert all(len(one) <= 998 for one in mail(report(due())).split(b"\r\n"))


def test_the_page_says_what_was_not_looked_at_and_that_of_it_nothing_is_known() -> None:
    said = written(view_of(report()), "html").decode()
    assert "Nothing is to be told." in said
    assert "no file of lists was named" in said
    failed = written(view_of(report(problems=("x.json: it was altered",))), "html").decode()
    assert "Nothing is to be told of what could be looked at." in failed
    assert "Not everything could be looked at." in failed
    assert "reg&lt;&amp;&gt;ister" in failed


# --- the command ---


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    filed(made / "r", case_file(made))
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


def test_several_files_are_written_in_one_run(register: Path, tmp_path: Path) -> None:
    names = ("a.txt", "a.json", "a.html", "a.ics", "a.atom", "a.xml", "a.eml", "a.mail")
    outputs = [part for name in names for part in ("-o", tmp_path / name)]
    assert run("monitor", "run", "--register", register, *LOAN, *outputs).code == 1
    content = {name: (tmp_path / name).read_bytes() for name in names}
    assert content["a.xml"] == content["a.atom"]
    assert content["a.ics"].startswith(b"BEGIN:VCALENDAR\r\n")
    assert content["a.eml"].startswith(b"Subject:")
    assert b"L-2026-07: control, overdue since 2026-04-01" in content["a.txt"]


def test_the_exit_code_says_whether_there_is_something_to_tell(register: Path) -> None:
    here = ("monitor", "run", "--register", register)
    assert run(*here, *LOAN, "--today", "2026-03-02", "--days", "0").code == 0
    assert run(*here, *LOAN, "--today", "2026-04-02", "--days", "0").code == 1
    assert run(*here, "--today", "2026-04-02").code == 2  # the criteria are not here


def test_where_a_file_cannot_be_written_the_look_is_not_remembered(register: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    result = run("monitor", "run", "--register", register, *LOAN, "-o", tmp_path / "a.txt")
    assert result.code == 2
    assert not (register / "MONITOR.json").exists()


def test_a_form_is_of_one_output(register: Path, tmp_path: Path) -> None:
    two = ("-o", tmp_path / "a.txt", "-o", tmp_path / "b.txt")
    assert "--format is of one output" in refused("monitor", "run", "--register", register, *two, "--format", "text")
    same = ("-o", tmp_path / "a.txt", "-o", tmp_path / "a.txt")
    assert "-o names the same file twice" in refused("monitor", "run", "--register", register, *same)


def test_nothing_is_written_among_what_is_filed(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    log = (tmp_path / "r" / "LOG.jsonl").read_bytes()
    here = ("monitor", "run", "--register", tmp_path / "r", *LOAN, "--format", "text")
    assert "this is in the register itself" in refused(*here, "-o", tmp_path / "r" / "LOG.jsonl")
    assert "this is in the register itself" in refused(
        "register", "consistency", tmp_path / "r", "-o", tmp_path / "r" / "LOG.jsonl", "--format", "json"
    )
    assert (tmp_path / "r" / "LOG.jsonl").read_bytes() == log
    assert not (tmp_path / "r" / "MONITOR.json").exists()
