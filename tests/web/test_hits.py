"""Hits on lists beside partners: what was decided holds for the office, and tells nobody of what they may not see."""

import html
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from risk_engine.engine.replay import read_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import Decision
from risk_engine.screening.hits import Hit
from risk_engine.screening.screen import Screening
from risk_engine.screening.store import Store
from risk_engine.web import cases, erasure, on_file, screening
from risk_engine.web.cases import RefusedError
from risk_engine.web.models import Act, Case, Event, Faculty, HitDecision, Person
from risk_engine.web.words import ActName, Role, State
from tests.screening.test_hits import LISTED, REGISTRY, keep
from tests.web.served import Office, barriers, begun, tab_to

pytestmark = pytest.mark.usefixtures("lists")
Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
KARLSBORG = Asked.of(["Karlsborg University"])
WHY = "Another town, another trade."


@pytest.fixture(scope="module")
def kept_lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists with a registry, and their indexes."""
    path = tmp_path_factory.mktemp("lists") / "lists.sqlite"
    with Store.open(path, make=True) as opened:
        keep(opened, "l", LISTED)
        keep(opened, "ror", REGISTRY, "registry")
        Screening(opened, cases.today(), lambda _list, _done: None)
    return path


@pytest.fixture
def lists(kept_lists: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "LISTS", kept_lists)
    yield
    screening.close()


def hit_of(asked: Asked, name: str = "l/2") -> Hit:
    return next(one for one in screening.screened(asked).hits if one.id == name)


def decided(person: Person | None, asked: Asked = KARLSBORG) -> Decision | None:
    hit = hit_of(asked)
    return screening.decided(person, [hit])(asked, hit)


def rule_out(case: Case | None, by: Person, reason: str = WHY) -> HitDecision:
    return screening.decide(case, KARLSBORG, hit_of(KARLSBORG), "ruled_out", reason, by)


# --- the lists ---


def test_without_lists_nobody_is_looked_up_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "lists.sqlite")
    with pytest.raises(screening.NoListsError, match="no lists yet"):
        screening.screened(KARLSBORG)
    Store.open(tmp_path / "lists.sqlite", make=True).close()
    with pytest.raises(screening.NoListsError, match="no list yet that stands for today"):
        screening.heads()
    (tmp_path / "lists.sqlite").write_bytes(b"no database")
    with pytest.raises(RiskEngineError, match="cannot be read"):
        screening.heads()
    screening.close()


def test_lists_that_changed_are_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "lists.sqlite")
    with Store.open(tmp_path / "lists.sqlite", make=True) as opened:
        keep(opened, "l", LISTED[:1])
        assert not screening.screened(KARLSBORG).hits
        assert screening.screened(KARLSBORG) is screening.screened(KARLSBORG)
        keep(opened, "l", LISTED)
    assert [one.id for one in screening.screened(KARLSBORG).hits] == ["l/2"]
    screening.close()


# --- what was decided ---


def test_a_decision_holds_for_the_office_and_names_who_and_why_where_its_case_is_seen(
    case: Case, assessor: Person, somebody: Make
) -> None:
    made = rule_out(case, assessor)
    assert rule_out(case, assessor) == made, "the same said twice is one decision"
    found = decided(assessor)
    assert found is not None
    assert (found.verdict, found.person, found.reason, found.holds) == ("ruled_out", "Ada Vogel", WHY, True)
    elsewhere = decided(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    assert elsewhere is not None
    assert elsewhere.holds
    assert WHY not in elsewhere.reason
    assert "Ada" not in elsewhere.person
    event = Event.objects.get(verb="hit_ruled_out", case=case.number)
    assert event.detail.detail == {"hit": "l/2", "decision": made.pk}


def test_what_was_decided_from_a_confidential_case_is_not_there_for_who_does_not_see_it(
    case: Case, assessor: Person, somebody: Make
) -> None:
    rule_out(case, assessor)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    stranger = somebody("Rosa Roth", Role.ASSESSOR)
    assert decided(stranger) is None
    case.access.create(person=stranger)
    assert decided(stranger) is not None
    assert decided(None) is not None, "the office itself knows"


def test_either_side_asks_again_when_it_changes(case: Case, assessor: Person) -> None:
    rule_out(case, assessor)
    named_otherwise = Asked.of(["Karlsborg University"], "CN")
    found = decided(assessor, named_otherwise)
    assert found is not None
    assert found.changed == ("asked",)


def test_a_decision_needs_a_reason(case: Case, assessor: Person) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        rule_out(case, assessor, " \n")
    assert not HitDecision.objects.exists()


def test_who_decided_about_a_hit_has_had_a_hand_in_the_round_and_who_reviewed_does_not_decide_about_one(
    case: Case, assessor: Person, rosa: Person
) -> None:
    rule_out(case, assessor)
    assert case.acts.filter(person=assessor, round=case.round, name=ActName.ANSWER).exists()
    Act.objects.create(case=case, round=case.round, person=rosa, name=ActName.REVIEW)
    with pytest.raises(RefusedError, match="reviewed or decided"):
        rule_out(case, rosa)
    assert HitDecision.objects.count() == 1


def test_a_decision_that_was_erased_answers_nothing_any_more(case: Case, assessor: Person, somebody: Make) -> None:
    made = rule_out(case, assessor)
    asked = erasure.ask("", "On request", [erasure.item_of(made)], assessor)
    erasure.confirm(asked, somebody("Zoe Zweit"))
    assert decided(assessor) is None
    made.refresh_from_db()
    assert (made.reason, made.asked, made.entry) == ("", {}, {})
    assert rule_out(case, assessor, "Said anew.").pk != made.pk


# --- beside the partner ---


TIES = read_of("first_look.ties")


@pytest.fixture
def karlsborg(case: Case, assessor: Person) -> str:
    """The page of the hits of a partner that is on a list, in a case that asks about lists."""
    cases.save(case, TIES, True, assessor, "first_look", 0)
    entry = cases.save_entry(case, "partner", "Karlsborg University", assessor, "partner")
    return f"/cases/{case.number}/hits/partner/{entry}"


def text_of(response: object) -> str:
    content: bytes = response.content  # type: ignore[attr-defined]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", content.decode())).split())


def form_of(response: object, number: int = 1) -> dict[str, str]:
    """Return the hidden fields of the form of a hit."""
    content: bytes = response.content  # type: ignore[attr-defined]
    part = content.decode().split(f'id="hit-{number}"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(hit|seen)" value="([^"]*)"', part))


def offered(response: object) -> dict[str, str]:
    content: bytes = response.content  # type: ignore[attr-defined]
    part = content.decode().split('class="offers"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(seen|offered)" value="([^"]*)"', part))


def test_a_hit_stands_beside_the_partner_in_words_with_what_agrees_its_list_and_its_age(
    karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    page = text_of(client.get(karlsborg))
    assert "identical Karlsborg University" in page
    assert "the name is the same but for how it is written" in page
    assert "List l, Somebody; dated 2026-06-01" in page
    assert "a hit is evidence: what others list, no law here" in page
    assert "Too old to rely on:" in page
    assert "Karlsborg University (r1) in List ror: identical" in page
    for address in (karlsborg.replace("/hits/", "/q/"), karlsborg.replace("/hits/", "/q/").rpartition("/")[0]):
        assert "1 hit to decide: 1 identical" in text_of(client.get(address))
    look = karlsborg.partition("/hits/")[0] + "/check"
    assert "nobody decided about Karlsborg University 1 hit to decide" in text_of(client.get(look))


def test_a_hit_that_is_ruled_out_with_a_reason_is_not_asked_again_until_the_partner_is_another(
    case: Case, karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    sent = {**form_of(client.get(karlsborg)), "do": "rule_out"}
    assert client.post(karlsborg, {**sent, "reason": " "}).status_code == 422
    assert client.post(karlsborg, {**sent, "seen": "x", "reason": WHY}).status_code == 422
    assert not HitDecision.objects.exists()
    assert client.post(karlsborg, {**sent, "reason": WHY}).status_code == 302
    page = text_of(client.get(karlsborg))
    assert "Nothing is open." in page
    assert "nobody decided about" not in text_of(client.get(f"/cases/{case.number}/check"))
    assert f"ruled out by Ada Vogel on {cases.today()}: {WHY}" in page
    cases.save(case, read_of(f"{path_of(karlsborg)}.country"), "CN", assessor, "partner", 0)
    page = text_of(client.get(karlsborg))
    assert "decided before, but who is asked about is named otherwise since" in page


def path_of(page: str) -> str:
    return ".".join(page.split("/")[-2:])


def test_what_is_confirmed_is_proposed_and_taken_as_an_answer_with_its_evidence(
    case: Case, karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    client, path = browsing(assessor), path_of(karlsborg)
    sent = {**form_of(client.get(karlsborg)), "do": "confirm", "reason": "Their letter."}
    assert client.post(karlsborg, sent).status_code == 302
    page = client.get(karlsborg)
    assert "confirmed by Ada Vogel" in text_of(page)
    listed, country = f"{path}.listed_abroad", f"{path}.country"
    assert f'value="{listed}" checked' in page.content.decode()
    place = karlsborg.replace("/hits/", "/proposals/")
    assert client.post(place, {**offered(page), "take": [listed], "offered": "x"}).status_code == 422
    assert client.post(place, {**offered(page), "take": [listed, country]}).status_code == 302
    case.refresh_from_db()
    record = cases.record(case)
    assert record.answer(read_of(listed)) == ("other",)
    assert record.answer(read_of(country)) == "CN"
    (of_list,) = [one for one in record.evidence if one["kind"] == "list entry"]
    assert of_list["for"] == (f"{listed}.other",)
    assert "Karlsborg University [l/2]" in of_list["reference"]
    assert Event.objects.filter(verb="prefilled", case=case.number).exists()
    # What is in the case is not offered again, and stays as it is.
    assert f'value="{listed}"' not in client.get(karlsborg).content.decode()
    load_case(case.document, cases.rules(case))


def test_that_nothing_was_found_is_evidence_of_the_answer_that_somebody_chooses(
    case: Case, assessor: Person, browsing: Browsing
) -> None:
    cases.save(case, TIES, True, assessor, "first_look", 0)
    entry = cases.save_entry(case, "partner", "Orchard Mill", assessor, "partner")
    place, path = f"/cases/{case.number}/hits/partner/{entry}", f"partner.{entry}.listed_abroad"
    client = browsing(assessor)
    page = client.get(place)
    assert "no hit on a list" in text_of(client.get(place.replace("/hits/", "/q/")))
    assert f'value="{path}">' in page.content.decode(), "offered and not ticked"
    accept = place.replace("/hits/", "/proposals/")
    assert client.post(accept, {**offered(page), "take": path}).status_code == 422
    assert client.post(accept, {**offered(page), "take": path, f"answer.{path}": "-"}).status_code == 302
    case.refresh_from_db()
    record = cases.record(case)
    assert record.answer(read_of(path)) == ()
    (one,) = record.evidence
    assert (one["kind"], one["for"]) == ("list search", (path,))


def test_what_cannot_be_taken_is_told_and_nothing_of_it_stands(
    case: Case, karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    client, place = browsing(assessor), karlsborg.replace("/hits/", "/proposals/")
    certain, country = f"{path_of(karlsborg)}.identity_verified", f"{path_of(karlsborg)}.country"
    sent: dict[str, object] = {**offered(client.get(karlsborg)), "take": [certain, country]}
    assert client.post(place, {**sent, "take": []}).status_code == 422
    assert client.post(place, {**sent, f"answer.{certain}": "perhaps"}).status_code == 422
    Case.objects.filter(pk=case.pk).update(state=State.IN_REVIEW)
    assert client.post(place, {**sent, f"answer.{certain}": "true"}).status_code == 409
    Case.objects.filter(pk=case.pk).update(state=State.DRAFT)
    cases.save(case, read_of(country), "RU", assessor, "partner", 0)
    assert client.post(place, {**sent, f"answer.{certain}": "true"}).status_code == 422
    case.refresh_from_db()
    assert cases.record(case).answer(read_of(certain)) is None
    assert cases.record(case).answer(read_of(country)) == "RU"


def test_a_part_of_a_listed_organisation_is_told_as_one(case: Case, assessor: Person, browsing: Browsing) -> None:
    entry = cases.save_entry(case, "partner", "School of Optics, Karlsborg University", assessor, "partner")
    page = text_of(browsing(assessor).get(f"/cases/{case.number}/hits/partner/{entry}"))
    assert "part of Karlsborg University (r1) in List ror" in page
    assert "part of a listed organisation" in page


@pytest.mark.parametrize("content", [b"no database", None])
def test_a_file_of_lists_that_cannot_be_read_and_a_name_without_a_letter_are_told(
    content: bytes | None, case: Case, assessor: Person, browsing: Browsing, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    entry = cases.save_entry(case, "partner", "Pine Works" if content else "§§", assessor, "partner")
    if content is not None:
        (tmp_path / "lists.sqlite").write_bytes(content)
        monkeypatch.setattr(settings, "LISTS", tmp_path / "lists.sqlite")
    page = browsing(assessor).get(f"/cases/{case.number}/hits/partner/{entry}")
    assert page.status_code == 200
    assert ("lists show --store lists.sqlite" if content else "it holds no letter") in text_of(page)
    assert str(tmp_path) not in text_of(page)


def test_an_answer_that_stands_is_not_written_over_and_both_are_shown(
    case: Case, karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    listed = read_of(f"{path_of(karlsborg)}.listed_abroad")
    cases.save(case, listed, ("jp_meti_eul",), assessor, "partner", 0)
    client = browsing(assessor)
    client.post(karlsborg, {**form_of(client.get(karlsborg)), "do": "confirm", "reason": WHY})
    page = client.get(karlsborg)
    assert "Answered otherwise" in text_of(page)
    sent = {**offered(page), "take": listed.path()}
    assert client.post(karlsborg.replace("/hits/", "/proposals/"), sent).status_code == 422
    case.refresh_from_db()
    assert cases.record(case).answer(listed) == ("jp_meti_eul",)


def test_what_is_confirmed_is_told_though_its_question_is_not_asked(
    case: Case, karlsborg: str, assessor: Person, browsing: Browsing
) -> None:
    cases.save(case, TIES, False, assessor, "first_look", 1)
    client = browsing(assessor)
    client.post(karlsborg, {**form_of(client.get(karlsborg)), "do": "confirm", "reason": WHY})
    page = client.get(karlsborg)
    assert "Answers to questions that are not asked now" in text_of(page)
    assert re.search(r"Not asked because “[^”]+”: No\b", text_of(page)), "which answer closes it is told"
    assert ".listed_abroad" not in page.content.decode().split('id="proposed"')[1]


def test_who_may_not_answer_reads_hits_and_decides_about_none(
    karlsborg: str, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    sent = {**form_of(browsing(assessor).get(karlsborg)), "do": "rule_out", "reason": WHY}
    reviewer = browsing(somebody("Max Muster", Role.REVIEWER))
    page = reviewer.get(karlsborg)
    assert "identical Karlsborg University" in text_of(page)
    assert 'name="reason"' not in page.content.decode()
    assert reviewer.post(karlsborg, sent).status_code == 403
    assert reviewer.post(karlsborg.replace("/hits/", "/proposals/"), {}).status_code == 403
    assert not HitDecision.objects.exists()


def test_without_lists_the_page_says_so_and_leads_to_them(
    karlsborg: str, assessor: Person, browsing: Browsing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LISTS", tmp_path / "none.sqlite")
    client = browsing(assessor)
    page = client.get(karlsborg)
    assert page.status_code == 200
    assert "The office has no lists yet" in text_of(page)
    assert 'href="/screening/lists"' in page.content.decode()
    assert client.get(karlsborg.replace("/hits/", "/q/")).status_code == 200
    assert client.get(f"{karlsborg}-none").status_code == 404
    assert client.get(karlsborg.replace("/partner/", "/technology/")).status_code == 404


def test_while_lists_are_read_a_page_says_so_and_comes_again(
    karlsborg: str, assessor: Person, browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening.close()
    over = threading.Event()
    opened = screening._opened  # noqa: SLF001 (that reading takes long has no other way in)
    monkeypatch.setattr(screening, "_opened", lambda stamp: over.wait() and opened(stamp))
    monkeypatch.setattr(screening, "_WAITED", 0.01)
    screening.open_ahead()
    client = browsing(assessor)
    assert "Lists" in text_of(client.get(karlsborg.replace("/hits/", "/q/"))), "without a number"
    page = client.get(karlsborg)
    assert (page.status_code, page.headers["Refresh"]) == (202, "3")
    assert "are being read" in text_of(page)
    over.set()


def test_what_is_on_file_has_its_hits_and_takes_what_they_answer_with_its_evidence(
    assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    found = on_file.begin(assessor, "partner", "Karlsborg University")
    client, place = browsing(assessor), f"/partners/{found.key}"
    assert "Lists: 1 hit to decide: 1 identical" in text_of(client.get(place))
    sent: dict[str, object] = {**form_of(client.get(f"{place}/hits")), "do": "confirm", "reason": WHY}
    reader = browsing(somebody("Max Muster", Role.REVIEWER))
    assert [reader.post(f"{place}/{one}", sent).status_code for one in ("hits", "proposals")] == [403, 403]
    assert client.post(f"{place}/hits", sent).status_code == 302
    assert HitDecision.objects.get().case is None
    assert "Lists: 1 hit confirmed" in text_of(reader.get(place)), "no case hides it"
    page = client.get(f"{place}/hits")
    paths = [f"partner.{found.key}.{one}" for one in ("listed_abroad", "identity_verified", "country")]
    sent = {**offered(page), "take": paths}
    assert client.post(f"{place}/proposals", sent).status_code == 422, "evidence alone needs an answer"
    assert client.post(f"{place}/proposals", {**sent, f"answer.{paths[1]}": "true"}).status_code == 302
    rows = on_file.standing(found)
    assert {one: rows[one].value for one in ("listed_abroad", "identity_verified", "country")} == {
        "listed_abroad": ["other"],
        "identity_verified": True,
        "country": "CN",
    }
    assert [one["for"] for one in rows["listed_abroad"].evidence] == ["other"]
    assert "Karlsborg University [r1]" in rows["country"].evidence[0]["reference"]
    assert "listed_abroad.other" in on_file.content_of(found, rows).decode()
    assert client.get("/partners/nobody/hits").status_code == 404


@pytest.mark.nightly
def test_a_partner_is_typed_its_hit_ruled_out_and_not_asked_again_until_the_list_says_something_else(
    kept_lists: Path, served: Office, ada: BrowserContext
) -> None:
    lists = served.folder / "lists.sqlite"
    shutil.copy(kept_lists, lists)
    places = []
    for title in ("On a list", "With the same partner"):
        page, number = begun(ada, title)
        page.goto(f"/cases/{number}/q/partner")
        page.fill("#name", "Karlsborg University")
        page.click("button:has-text('Add')")
        places.append(page.url.replace("/q/", "/hits/"))
        if len(places) == 1:
            page.click("text=Lists: 1 hit to decide: 1 identical")
            barriers(page)
            tab_to(page, "#reason-1")
            page.keyboard.type("Another town, another trade.")
            tab_to(page, "button[value=rule_out]")
            page.keyboard.press("Enter")
            expect(page.locator("#decided + article")).to_contain_text("ruled out by Ada Vogel")
            barriers(page)
        else:
            expect(page.locator("main")).to_contain_text("Lists: ruled out")
    with Store.open(lists) as opened:
        said_anew = [replace(one, why="It moved to another town.") if one.key == "2" else one for one in LISTED]
        keep(opened, "l", said_anew, on=cases.today())
    for place in places:
        page.goto(place)
        expect(page.locator("#hit-1")).to_contain_text(
            "decided before, but what the list says of the entry has changed"
        )
    lists.unlink()
