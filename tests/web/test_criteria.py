"""The criteria in the office: what is there, one version looked through, and who sees which cases come to a finding."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from risk_engine.loading.sets import VARIABLE
from risk_engine.web.models import Case, CaseAccess, CaseFinding, Faculty, Person
from risk_engine.web.releases import used_now
from risk_engine.web.states import Move, move
from risk_engine.web.words import ActName, Role
from tests.strategies import by_turns
from tests.translating import LOAN_DESK, copy_of

Browsing = Callable[[Person], Client]
Make = Callable[..., Person]
SHIPPED = "/criteria/reconnect-china@2.1.0"


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of the office's own, in a folder that is set up."""
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return copy_of(LOAN_DESK, tmp_path / "loan-desk")


def test_every_set_is_listed_with_its_states_and_new_cases_take_the_one_that_is_marked(
    assessor: Person,
    browsing: Browsing,
    own: Path,  # noqa: ARG001 (it is there)
) -> None:
    page = text(browsing(assessor), "/criteria")
    rows = dict(re.findall(r'<a href="/criteria/([^"]+)">.*?</th>(.*?)</tr>', page))
    assert "new cases" in rows[used_now()]
    assert sum("new cases" in one for one in rows.values()) == 1
    assert "withdrawn" in rows["reconnect-china@1.1.0"]
    assert "on no day" in rows["reconnect-china@1.1.0"]
    assert {"loan-desk@1.0.0", "us-dod-matrix@1.1.0"} <= rows.keys()


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=laboratories secret", "SEC-08"),
        ("q=sec-08", "SEC-08"),
        ("q=Universities Tracker civilian&kind=indicator", "SEC-08"),
        ("q=territory&kind=fact", "partner.country"),
        ("q=aspi&kind=source", "aspi-tracker"),
    ],
)
def test_a_record_is_found_by_words_of_its_question_its_name_and_its_sources(
    query: str, there: str, assessor: Person, browsing: Browsing
) -> None:
    found = re.findall(rf'href="{SHIPPED}/records/([^"]+)"', text(browsing(assessor), f"{SHIPPED}?{query}"))
    assert there in found
    assert len(found) < 12
    assert there not in text(browsing(assessor), f"{SHIPPED}?{query.replace('q=', 'q=zzz ')}")


def test_a_fact_says_which_indicators_read_it_through_others(assessor: Person, browsing: Browsing) -> None:
    page = text(browsing(assessor), f"{SHIPPED}/records/partner.country")
    through = page.partition("Indicators that read it through these")[2]
    assert f'href="{SHIPPED}/records/SEC-08"' in through  # by way of partner.preapproved
    assert "Indicators that read it through these" not in text(browsing(assessor), f"{SHIPPED}/records/SEC-08")


@pytest.mark.parametrize("address", ["?kind=zzz", "?dimension=zzz", "/changes?from=zzz"])
def test_a_filter_that_is_not_understood_is_told(address: str, assessor: Person, browsing: Browsing) -> None:
    assert "“zzz” is not known as" in text(browsing(assessor), f"{SHIPPED}{address}")


def test_a_dimension_shows_its_indicators_alone(assessor: Person, browsing: Browsing) -> None:
    page = text(browsing(assessor), f"{SHIPPED}?dimension=ethics")
    assert "ETH-01" in page
    assert "SEC-08" not in page


@pytest.mark.nightly
def test_a_record_says_condition_severity_sources_with_their_grade_and_all_in_it_leads_somewhere(
    assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    page = text(client, f"{SHIPPED}/records/SEC-08")
    for said in ("Critical, if all of these hold", "(account read)", "What it reads, and who answers", "SEC-08"):
        assert said in page
    links = set(re.findall(r'href="(/criteria/[^"]+)"', page))
    assert f"{SHIPPED}/records/partner.military_link" in links
    assert {one: client.get(one).status_code for one in links} == dict.fromkeys(links, 200)
    assert 'href="#' not in page.partition("<main")[2]
    assert "Read by" in text(client, f"{SHIPPED}/records/partner.country")


@pytest.mark.nightly
def test_what_nobody_looked_up_is_marked(assessor: Person, browsing: Browsing, own: Path) -> None:
    sources = own / "sources.yaml"
    marked = r"loan-desk@1.0.0/records/([\w-]+)\">[^>]*>[^>]*>[^<]*</a> <span class=\"mark\">\d sources? not verified"
    address = "/criteria/loan-desk@1.0.0"
    before = set(re.findall(marked, text(browsing(assessor), address)))
    sources.write_text(sources.read_text(encoding="utf-8").replace("verified: true", "verified: false"), "utf-8")
    after = set(re.findall(marked, text(browsing(assessor), address)))
    assert before < after == set(re.findall(r"loan-desk@1.0.0/records/([\w-]+)", text(browsing(assessor), address)))


def test_cases_that_come_to_a_finding_are_shown_to_who_sees_them(
    case: Case, assessor: Person, somebody: Make, browsing: Browsing
) -> None:
    move(case, assessor, Move(ActName.ASSESS))
    name = CaseFinding.objects.filter(case=case).values_list("indicator", flat=True)[0]
    address = f"/criteria/{case.criteria}/records/{name}"
    other = browsing(somebody("Lars Lex", Role.ASSESSOR, faculty=Faculty.objects.create(name="Law")))
    assert case.title in text(browsing(assessor), address)
    assert "not decided: answers are missing" in text(browsing(assessor), address)
    assert case.title not in text(other, address)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    assert case.title not in text(browsing(assessor), address)
    CaseAccess.objects.create(case=case, person=assessor)
    assert case.title in text(browsing(assessor), address)


@pytest.mark.parametrize(
    "address",
    by_turns(["..@1.0.0", ".@1.0.0", "reconnect-china", "reconnect-china@9.9.9", "nobody@1.0.0", "@", "x@"], 3),
)
def test_a_path_is_no_name_and_what_is_not_there_is_not_found(
    address: str, assessor: Person, browsing: Browsing
) -> None:
    assert browsing(assessor).get(f"/criteria/{address}").status_code == 404
    assert browsing(assessor).get(f"{SHIPPED}/records/NONE-99").status_code == 404


def test_a_version_is_shown_as_its_files_are_now_and_what_is_wrong_in_it_is_told(
    own: Path, assessor: Person, browsing: Browsing
) -> None:
    client = browsing(assessor)
    assert "<h1>May the object be lent? 1.0.0" in text(client, "/criteria/loan-desk@1.0.0")
    head = own / "set.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("title: ", "title: Anew "), encoding="utf-8")
    assert "<h1>Anew May" in text(client, "/criteria/loan-desk@1.0.0")
    (own / "facts.yaml").write_text("partner: 3\n", encoding="utf-8")
    assert "needed here" in text(client, "/criteria/loan-desk@1.0.0", 422)
    assert "needed here" in text(client, "/criteria")
    shutil.rmtree(own)
    assert text(client, "/criteria/loan-desk@1.0.0", 404)


@pytest.mark.parametrize("role", by_turns(Role, 4))
def test_everybody_of_the_office_reads_the_criteria_and_who_has_no_role_does_not(
    role: Role, somebody: Make, browsing: Browsing
) -> None:
    assert "SEC-08" in text(browsing(somebody("Max Muster", role)), f"{SHIPPED}/records/SEC-08")
    assert browsing(somebody("Nora Niemand")).get("/criteria").status_code == 403
