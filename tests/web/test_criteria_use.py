"""What is worked out about criteria, and who lets new cases take a version: two people, whatever a page does."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from risk_engine.loading.sets import VARIABLE
from risk_engine.web import cases, jobs, log, releases
from risk_engine.web.models import Case, CaseAccess, CriteriaAct, Event, Faculty, Job, Person, WorkedOut
from risk_engine.web.narrowing import older
from risk_engine.web.rights import may
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, JobKind, ReleaseAct, Role
from tests.strategies import by_turns
from tests.versions import SOONER, WORDS, changed

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
NEXT = "reconnect-china@2.0.0"
OTHER, MATRIX = "us-dod-matrix@1.0.2", "us-dod-matrix@1.1.0"
BAR = {"indicators/object.yaml": (("at_least: shaking", "at_least: severe"),)}


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


@pytest.fixture
def vera(somebody: Make) -> Person:
    """Who has the right to change criteria, beside a role."""
    return _with_right(somebody("Vera Wolf", Role.REVIEWER))


@pytest.fixture
def otto(somebody: Make) -> Person:
    return _with_right(somebody("Otto Zorn", Role.ADMIN))


def _with_right(person: Person) -> Person:
    person.edits_criteria = True
    person.save()
    return person


@pytest.fixture
def desk_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two drafts of a set of the office's own: the later asks less of where the earth shakes."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    folder = tmp_path / "loan-desk"
    folder.mkdir()
    changed(folder / "1.0.0", {})
    changed(folder / "1.1.0", {**SOONER, **WORDS, **BAR})
    return folder


def sent(client: Client, reference: str, do: str, reason: str = "Read and compared", **more: object) -> int:
    page = text(client.get(f"/criteria/{reference}/use"))
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("digest", "proposal")}
    data = {name: one[1] for name, one in found.items() if one} | {"do": do, "reason": reason, **more}
    return client.post(f"/criteria/{reference}/use", data).status_code


# --- who releases ---


def test_new_cases_take_what_one_proposed_and_another_released_and_older_cases_keep_theirs(
    case: Case, assessor: Person, vera: Person, otto: Person, browsing: Browsing
) -> None:
    first, second = browsing(vera), browsing(otto)
    before = case.criteria
    assert sent(first, NEXT, "propose") == 302
    assert cases.begin(assessor, case.faculty, "Between").criteria == before
    assert "Vera Wolf proposes" in text(second.get("/criteria"))
    assert sent(first, NEXT, "release") == 409
    assert cases.begin(assessor, case.faculty, "Between").criteria == before
    assert sent(second, NEXT, "release") == 409  # nobody has seen yet what it does to the cases
    assert jobs.run_next(are_long=True)
    assert sent(second, NEXT, "release") == 302
    assert cases.begin(assessor, case.faculty, "After").criteria == NEXT
    case.refresh_from_db()
    assert case.criteria == before
    assert "proposed by Vera Wolf, released by Otto Zorn" in text(first.get("/criteria"))
    assert older([NEXT, "reconnect-china@1.0.0", before], cases.today()) == ["reconnect-china@1.0.0"]
    verbs = Event.objects.filter(verb__startswith="criteria_").order_by("number").values_list("verb", "person")
    of_vera = [("criteria_proposed", vera.pk), ("criteria_asked", vera.pk)]
    assert list(verbs) == [*of_vera, ("criteria_released", otto.pk)]
    assert not list(log.problems())


def test_a_release_can_be_withdrawn_and_new_cases_take_what_was_released_before_it(
    case: Case, assessor: Person, vera: Person, otto: Person, browsing: Browsing
) -> None:
    first, second = browsing(vera), browsing(otto)
    before = case.criteria
    for reference in (OTHER, MATRIX):
        assert sent(first, reference, "propose") == 302
        assert jobs.run_next(are_long=True)
        assert sent(second, reference, "release") == 302
    for reference, left in ((MATRIX, OTHER), (OTHER, before)):
        assert sent(first, reference, "withdraw", reason=" ") == 409
        assert sent(first, reference, "withdraw") == 302
        assert cases.begin(assessor, case.faculty, "After").criteria == left
    assert sent(second, MATRIX, "propose") == 302
    assert sent(first, MATRIX, "release") == 302


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("reconnect-china@1.1.0", "its authors have withdrawn it"),
        ("loan-desk@1.1.0", "its authors have not released it"),
    ],
)
def test_what_its_authors_did_not_release_cannot_be_taken(
    reference: str,
    why: str,
    vera: Person,
    browsing: Browsing,
    desk_versions: Path,  # noqa: ARG001 (it is there)
) -> None:
    client = browsing(vera)
    page = text(client.get(f"/criteria/{reference}/use"))
    assert why in page
    assert "Propose it" not in page
    digest = re.search(r"sha256:(\w{64})", page)
    assert digest
    answer = client.post(f"/criteria/{reference}/use", {"do": "propose", "reason": "So", "digest": digest[1]})
    assert answer.status_code == 409
    assert why in text(answer)
    assert not CriteriaAct.objects.exists()


def test_nobody_releases_what_they_proposed_or_nobody_did_even_past_the_pages(vera: Person, otto: Person) -> None:
    row = {"proposal": 1, "reference": NEXT, "digest": "a" * 64, "reason": "So"}

    def act(name: ReleaseAct, person: Person, **more: object) -> None:
        with transaction.atomic():
            CriteriaAct.objects.create(**{**row, "name": name, "person": person, **more})

    act(ReleaseAct.PROPOSE, vera)
    for wrong in ({"person": vera}, {"person": otto, "digest": "b" * 64}, {"person": otto, "proposal": 2}):
        with pytest.raises(IntegrityError):
            act(ReleaseAct.RELEASE, **wrong)
    act(ReleaseAct.RELEASE, otto)
    with pytest.raises(IntegrityError), transaction.atomic():
        CriteriaAct.objects.update(reason="Otherwise")
    with pytest.raises(IntegrityError), transaction.atomic():
        CriteriaAct.objects.all().delete()


def test_where_what_was_released_is_not_what_lies_there_no_case_begins_and_a_page_says_so(
    case: Case, assessor: Person, vera: Person, otto: Person, browsing: Browsing
) -> None:
    for name, person in ((ReleaseAct.PROPOSE, vera), (ReleaseAct.RELEASE, otto)):
        CriteriaAct.objects.create(proposal=1, name=name, person=person, reference=NEXT, digest="a" * 64, reason="So")
    client = browsing(assessor)
    assert "is not what was released" in text(client.get("/criteria"))
    answer = client.post("/cases", {"title": "Poems", "faculty": case.faculty_id})
    assert answer.status_code == 422
    assert "is not what was released" in text(answer)
    assert Case.objects.count() == 1
    CriteriaAct.objects.create(
        proposal=2, name=ReleaseAct.PROPOSE, person=vera, reference="gone@1.0.0", digest="a" * 64, reason="So"
    )
    CriteriaAct.objects.create(
        proposal=2, name=ReleaseAct.RELEASE, person=otto, reference="gone@1.0.0", digest="a" * 64, reason="So"
    )
    assert "gone@1.0.0, which new cases take, is not there any more" in text(client.get("/criteria"))
    assert releases.used_now() == ""


@pytest.mark.parametrize("role", by_turns(Role, 3))
def test_who_has_no_right_to_criteria_reads_and_changes_nothing(role: Role, somebody: Make, browsing: Browsing) -> None:
    person = somebody("Max Muster", role)
    client = browsing(person)
    assert not may(person, "change_criteria")
    assert "said by an admin" in text(client.get(f"/criteria/{NEXT}/use"))
    for address in (f"/criteria/{NEXT}/use", f"/criteria/{NEXT}/proofs", f"/criteria/{NEXT}/changes"):
        assert client.post(address, {"do": "propose", "reason": "So"}).status_code == 403
    assert not Job.objects.exists()
    assert not CriteriaAct.objects.exists()
    person.edits_criteria = True
    assert may(person, "change_criteria")
    person.is_active = False
    assert not may(person, "change_criteria")


def test_an_admin_gives_the_right_beside_any_role(otto: Person, somebody: Make, browsing: Browsing) -> None:
    person = somebody("Max Muster", Role.AUDITOR)
    client = browsing(otto)
    for given in ("1", ""):
        client.post(f"/people/{person.pk}", {"do": "roles", "role": "auditor.all", "edits_criteria": given})
        person.refresh_from_db()
        assert person.edits_criteria == bool(given)
        assert may(person, "audit")


# --- what is worked out ---


@pytest.mark.nightly
def test_changes_are_shown_at_once_and_what_they_mean_once_it_is_worked_out_for_both_digests(
    desk_versions: Path, vera: Person, otto: Person, browsing: Browsing
) -> None:
    client = browsing(vera)
    address = "/criteria/loan-desk@1.1.0/changes?from=loan-desk@1.0.0"
    page = text(client.get(address))
    assert "What the changes mean for results" in page
    assert "was not worked out yet" in page
    assert "or rent" in page
    assert client.post(address).status_code == client.post(address).status_code == 302
    assert Job.objects.filter(kind=JobKind.CHANGES).count() == 1
    assert "It is next in line" in text(client.get(address))
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert not jobs.run_next()
    assert jobs.is_long_waiting()
    assert jobs.run_next(are_long=True)
    assert Job.objects.get().parts > 0
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = text(browsing(otto).get(address))
    assert "Worked out at" in page
    assert "Work it out" not in page
    assert "can become milder" in re.sub(r"<[^>]*>", "", page)
    otto.language = "de"
    otto.save()
    assert "in einer anderen Sprache" in text(browsing(otto).get(address))
    facts = desk_versions / "1.1.0" / "facts.yaml"
    facts.write_text(facts.read_text("utf-8").replace("not into the mail", "not into any mail"), "utf-8")
    assert "Worked out at" in text(client.get(address)), "words change no digest of rules"


def test_without_the_solver_a_page_says_what_is_missing_and_how_to_get_it(
    desk_versions: Path,  # noqa: ARG001 (it is there)
    vera: Person,
    browsing: Browsing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "z3", None)
    client = browsing(vera)
    for kind in ("proofs", "changes"):
        page = text(client.get(f"/criteria/loan-desk@1.1.0/{kind}?from=loan-desk@1.0.0"))
        assert "not installed" in page
        assert "install the extra `audit`" in page
        assert "Work it out" not in page
        client.post(f"/criteria/loan-desk@1.1.0/{kind}?from=loan-desk@1.0.0")
    assert not Job.objects.exists()


def test_an_impact_counts_every_case_and_lists_those_alone_that_somebody_sees(
    case: Case, assessor: Person, vera: Person, somebody: Make, browsing: Browsing
) -> None:
    law = Faculty.objects.create(name="Law")
    hidden = cases.begin(assessor, law, "Secret of the vault")
    move(hidden, assessor, Move(ActName.ASSESS))
    Case.objects.filter(pk=hidden.pk).update(confidential=True)
    address = f"/criteria/reconnect-china@2.1.0/impact?from={NEXT}"
    client = browsing(vera)
    assert client.post(address).status_code == 302
    assert jobs.run_next(are_long=True)
    kept = WorkedOut.objects.get(kind=JobKind.IMPACT).content
    assert {one["case_id"] for one in json.loads(kept)["cases"]} == {case.number, hidden.number}
    assert case.title not in kept
    assert hidden.title not in kept
    page = text(client.get(address))
    assert "2 of 2 cases keep their result" in page
    assert "1 case is counted here and not listed" in page
    assert hidden.number not in page
    CaseAccess.objects.create(case=hidden, person=vera)
    assert "not listed" not in text(client.get(address))
    nobody = somebody("Nils Nord", Role.ASSESSOR, faculty=Faculty.objects.create(name="Arts"))
    assert "2 cases are counted here and not listed" in text(browsing(nobody).get(address))
    assert "Work it out anew" in page


@pytest.mark.nightly
def test_proofs_are_worked_out_and_shown(vera: Person, browsing: Browsing, desk_versions: Path) -> None:
    client = browsing(vera)
    address = "/criteria/loan-desk@1.0.0/proofs"
    assert client.post(address).status_code == 302
    assert jobs.run_next(are_long=True)
    page = text(client.get(address))
    assert "Worked out at" in page
    assert "OBJ-1" in page
    assert str(desk_versions) not in page


def test_a_job_about_versions_that_are_gone_says_so(desk_versions: Path, vera: Person, browsing: Browsing) -> None:
    client = browsing(vera)
    address = "/criteria/loan-desk@1.1.0/changes?from=loan-desk@1.0.0"
    client.post(address)
    (desk_versions / "1.0.0").rename(desk_versions.parent / "elsewhere")
    assert jobs.run_next(are_long=True)
    assert Job.objects.get().error == "one of the versions is not there any more"
    (desk_versions.parent / "elsewhere").rename(desk_versions / "1.0.0")
    assert "It could not be worked out" in text(client.get(address))


def test_a_set_of_one_version_has_nothing_to_compare_with_and_what_is_not_there_is_not_found(
    desk_versions: Path, vera: Person, browsing: Browsing
) -> None:
    (desk_versions / "1.1.0").rename(desk_versions.parent / "elsewhere")
    client = browsing(vera)
    assert "no other version" in text(client.get("/criteria/loan-desk@1.0.0/impact"))
    assert client.get("/criteria/loan-desk@1.0.0/nothing").status_code == 404
    assert client.get("/criteria/nothing@1.0.0/impact").status_code == 404
