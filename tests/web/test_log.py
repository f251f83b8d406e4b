"""The log is a chain: what is changed, taken out or put in between shows; what is erased leaves it whole."""

import ast
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from risk_engine.cli.commands import application
from risk_engine.records.office_log import LogLine, event_hash
from risk_engine.web import access, log
from risk_engine.web.accounts import link_for
from risk_engine.web.databases import let_go
from risk_engine.web.models import Case, CaseAccess, Event, Outbox, Person, SavedView
from risk_engine.web.wording import account_words, other_events
from risk_engine.web.words import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

pytestmark = pytest.mark.usefixtures("office")


def written(number: int) -> None:
    for one in range(number):
        log.note("tried", detail=one)


def without_triggers(statement: str) -> None:
    """Write as the owner of a database could, who takes its triggers away."""
    connection.check_constraints()  # PostgreSQL drops no trigger of a table of which it has something to look at
    let_go()
    with connection.cursor() as cursor:
        cursor.execute(statement)


def noted() -> set[str]:
    """Return what the code of the office notes as it goes."""
    texts = (path.read_text("utf-8") for path in Path(log.__file__).parent.rglob("*.py"))
    trees = [ast.parse(text) for text in texts if ".note(" in text]  # to read all takes a second of each process
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    verbs = [one.args[0] for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "note"]
    inside = [part for verb in verbs for part in ast.walk(verb) if isinstance(part, ast.Constant)]
    return {one.value for one in inside if isinstance(one.value, str)}


@pytest.mark.parametrize("verb", sorted(noted()))
def test_every_event_has_words(verb: str) -> None:
    assert verb in {*account_words(), *other_events()}


def test_a_log_that_nobody_touched_holds() -> None:
    written(5)
    assert not list(log.problems())
    assert log.head() == (5, Event.objects.get(number=5).hash)


def test_an_event_that_was_changed_shows() -> None:
    written(3)
    without_triggers("UPDATE web_event SET verb = 'other' WHERE number = 2")
    assert list(log.problems()) == ["2: changed"]


def test_an_event_that_is_gone_shows() -> None:
    written(3)
    without_triggers("DELETE FROM web_eventdetail WHERE event_id = 2")
    without_triggers("DELETE FROM web_event WHERE number = 2")
    assert list(log.problems()) == ["2: missing", "3: changed"]


def test_a_detail_that_was_changed_shows_and_one_that_was_erased_does_not() -> None:
    written(3)
    without_triggers("DELETE FROM web_eventdetail WHERE event_id = 1")
    assert not list(log.problems())
    without_triggers("UPDATE web_eventdetail SET detail = '{\"detail\": 99}' WHERE event_id = 3")
    assert list(log.problems()) == ["3: detail changed"]


# --- the chain outside the office ---


def taken_out(path: Path, visible: "QuerySet[Case] | None" = None) -> Path:
    found = log.lines(Case.objects.all() if visible is None else visible)
    path.write_text("".join(f"{one.model_dump_json()}\n" for one in found), encoding="utf-8")
    return path


def verified(path: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(application(), ["verify", str(path), *more])
    return result.exit_code, result.output


@pytest.mark.nightly
def test_a_chain_that_was_taken_out_holds_without_the_office(tmp_path: Path) -> None:
    written(4)
    number, digits = log.head()
    path = taken_out(tmp_path / "log.jsonl")
    assert verified(path) == (0, f"{path}: holds: 4 events, the head is 4:{digits[:16]}\n")
    assert verified(path, "--head", f"{number}:{digits}")[0] == 0
    without_triggers("DELETE FROM web_eventdetail WHERE event_id = 2")
    code, told = verified(taken_out(path))
    assert code == 0
    assert "note: 1 event is without its detail" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: [lines[0], lines[1].replace("tried", "other"), *lines[2:]], ["event 2: changed"]),
        (lambda lines: [lines[0], *lines[2:]], ["event 2: missing"]),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], ["event 2: stands behind event 3"]),
        (lambda lines: [*lines[:3], lines[3].replace('{"detail":3}', '{"detail":4}')], ["event 4: its detail was"]),
        (lambda lines: [*lines[:2], "{}", *lines[2:]], ["line 3: this is no event"]),
        (lambda lines: lines[1:], ["event 1: missing"]),
    ],
)
def test_a_link_that_is_not_as_it_was_is_told_with_its_number(
    change: Callable[[list[str]], list[str]], told: list[str], tmp_path: Path
) -> None:
    written(4)
    path = taken_out(tmp_path / "log.jsonl")
    path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())), encoding="utf-8")
    code, said = verified(path)
    assert code == 1
    assert all(one in said for one in told), said


def test_a_chain_that_was_written_anew_or_cut_off_is_told_by_the_head_that_was_kept(tmp_path: Path) -> None:
    written(4)
    path = taken_out(tmp_path / "log.jsonl")
    code, said = verified(path, "--head", f"3:{'0' * 16}")
    assert (code, "event 3: it is another one" in said) == (1, True)
    code, said = verified(path, "--head", f"9:{'0' * 16}")
    assert (code, "event 9: the head that was kept names it" in said) == (1, True)


def test_an_event_that_follows_another_is_told_where_both_are_there(tmp_path: Path) -> None:
    written(2)
    rows = [one.model_dump() for one in log.lines(Case.objects.all())]
    rows[1]["previous"] = "a" * 64
    rows[1]["hash"] = event_hash(rows[1]["previous"], LogLine(**rows[1]))
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in rows), encoding="utf-8")
    assert "event 2: names another as the one before" in verified(path)[1]
    rows[0]["previous"] = "b" * 64
    rows[0]["hash"] = event_hash(rows[0]["previous"], LogLine(**rows[0]))
    path.write_text(json.dumps(rows[0]), encoding="utf-8")
    assert "event 1: names another as the one before" in verified(path)[1]


def test_what_is_no_log_is_refused_and_a_head_is_of_one_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("nothing\n", encoding="utf-8")
    assert "this is no log of the office" in str(CliRunner().invoke(application(), ["verify", str(path)]).exception)
    gone = CliRunner().invoke(application(), ["verify", str(tmp_path / "gone.jsonl")])
    assert "cannot be read" in str(gone.exception)
    two = CliRunner().invoke(application(), ["verify", str(path), str(path), "--head", f"3:{'0' * 16}"])
    assert "--head is of one log" in str(two.exception)


# --- who sees what of it ---


@pytest.mark.nightly
def test_an_auditor_sees_all_events_others_their_own_and_an_admin_those_of_no_case(
    case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Callable[[Person], Client]
) -> None:
    auditor, admin, other = (
        somebody("Alma Audit", Role.AUDITOR),
        somebody("Adam Amt", Role.ADMIN),
        somebody("Rosa Roth", Role.REVIEWER),
    )
    log.note("sign_in", other)
    mine = json.loads(browsing(assessor).get("/log?format=json").content)["events"]
    assert [(one["verb"], one["case"]) for one in mine] == [("begin", case.number)]
    assert mine[0]["detail"] == {"title": case.title}
    assert "began a case" in browsing(auditor).get("/log").content.decode()
    page = browsing(admin).get("/log").content.decode()
    assert "signed in" in page
    assert "what is about people and no case" in page
    assert "signed in" not in browsing(assessor).get("/log").content.decode()  # no kind of event of others
    assert case.number not in page
    assert case.title not in page
    assert case.number not in browsing(other).get("/log").content.decode()


def test_details_of_a_case_that_an_auditor_does_not_see_stay_away_and_the_chain_holds(
    case: Case, somebody: Callable[..., Person], browsing: Callable[[Person], Client], tmp_path: Path
) -> None:
    Case.objects.filter(pk=case.pk).update(confidential=True)
    client = browsing(somebody("Alma Audit", Role.AUDITOR))
    assert case.title not in client.get("/log").content.decode()
    taken = client.get("/export").content
    assert case.title.encode() not in taken
    (tmp_path / "log.jsonl").write_bytes(taken)
    assert verified(tmp_path / "log.jsonl")[0] == 0
    CaseAccess.objects.create(case=case, person=Person.objects.get(name="Alma Audit"))
    assert case.title.encode() in client.get("/export").content


def test_the_number_of_a_confidential_case_is_in_no_log_of_who_may_not_know_of_it(
    case: Case, assessor: Person, somebody: Callable[..., Person], browsing: Callable[[Person], Client]
) -> None:
    admin, colleague = somebody("Adam Amt", Role.ADMIN), somebody("Bea Bunt", Role.ASSESSOR)
    access.make_confidential(case, assessor)
    Person.objects.filter(pk=assessor.pk).update(is_active=False)
    assert access.take_in(colleague, admin) == 1
    client = browsing(admin)
    for query in ("", "?format=json", f"?case={case.number}"):
        assert case.number not in client.get(f"/log{query}").content.decode().replace(f'value="{case.number}"', "")
    known = json.loads(client.get(f"/log?format=json&case={case.number}").content)["events"]
    assert known == []
    assert "changed who sees a case" in client.get("/log").content.decode()


# --- no change without its event ---


def post(client: Client, address: str, fields: dict[str, object]) -> None:
    with pytest.raises(RuntimeError, match="no event"):
        client.post(address, fields)


@pytest.mark.parametrize("what", ["view", "gone", "name", "password", "chosen", "leaves", "passed_on", "again"])
def test_what_has_no_event_is_not_done(
    what: str,
    case: Case,
    assessor: Person,
    somebody: Callable[..., Person],
    browsing: Callable[[Person], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = somebody("Adam Amt", Role.ADMIN)
    view = SavedView.objects.create(person=assessor, name="mine", query="mine=1")
    mail = Outbox.objects.create(kind="sent", person=assessor, language="en", case=case, path="/", given_up=True)
    chosen: dict[str, object] = {"password": "correct horse battery"}
    mine, theirs = browsing(assessor), browsing(admin)
    sent: dict[str, tuple[Client, str, dict[str, object]]] = {
        "view": (mine, "/cases/views", {"name": "drafts", "query": "state=draft"}),
        "gone": (mine, "/cases/views", {"remove": view.pk}),
        "name": (mine, "/account", {"do": "names", "name": "Ada Adler", "language": "de"}),
        "password": (mine, "/account/password", chosen),
        "chosen": (mine, link_for(assessor, "choose"), chosen),
        "leaves": (theirs, f"/people/{assessor.pk}", {"do": "leave"}),
        "passed_on": (theirs, "/outbox", {"do": "passed_on", "mail": mail.pk}),
        "again": (theirs, "/outbox", {"do": "again", "mail": mail.pk}),
    }
    rows = (Person, SavedView, Outbox)
    before = [list(one.objects.order_by("pk").values()) for one in rows]

    def refused(*_said: object, **_detail: object) -> None:
        raise RuntimeError("no event")

    monkeypatch.setattr(log, "note", refused)
    post(*sent[what])
    assert [list(one.objects.order_by("pk").values()) for one in rows] == before


# --- the chain ---


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.AUDITOR])
def test_the_chain_is_for_an_auditor(
    role: Role, somebody: Callable[..., Person], browsing: Callable[[Person], Client]
) -> None:
    assert browsing(somebody("Max Muster", role)).get("/export").status_code == 403


def test_the_log_is_narrowed_by_its_address(case: Case, assessor: Person, browsing: Callable[[Person], Client]) -> None:
    client = browsing(assessor)
    day = timezone.now().date()
    for query, number in (
        (f"verb=begin&case={case.number}&who={assessor.pk}&from={day}&until={day}", 1),
        ("verb=sign_in", 0),
        (f"until={day - timedelta(days=1)}", 0),
    ):
        assert len(json.loads(client.get(f"/log?{query}&format=json").content)["events"]) == number
    assert "“soon” is no date" in client.get("/log?from=soon").content.decode()
