"""What is sent to one of four partners tells no word of the other three, of their data, evidence or money.

The case is that of the walk (`examples/battery-recycling.yaml`); here it says whose each kind of data is.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.translation import texts_of
from risk_engine.office.forms.everyone import everyone
from risk_engine.office.forms.export_form import written_form
from risk_engine.report import written
from risk_engine.report.pages import Sender, view_of
from tests.report import printing
from tests.strategies import by_turns

WALKED = Path(__file__).parents[2] / "examples" / "battery-recycling.yaml"
CRITERIA = load_criteria("reconnect-china@2.1.0")
SENDER = Sender("A. Vogel", "office@waldau.example", date(2026, 12, 10))
WORD = re.compile(r"[^\W\d_]{4,}")


def words(text: object) -> set[str]:
    return {one.casefold() for one in WORD.findall(str(text))}


PUBLIC = {word for _place, text in texts_of(CRITERIA) for word in words(text)}
"""Words of the set itself, which everybody may read."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the case with whose each kind of data is: of each partner one, and one of nobody, all of them open."""
    stated: dict[str, Any] = yaml.safe_load(WALKED.read_text("utf-8"))
    partners = [one["id"] for one in stated["partner"]]
    assert len(partners) == 4
    first = {key: value for key, value in stated["data"][0].items() if key != "partner"}
    data = [first | {"outbound_rules": "unknown"}] * 5
    named = zip(data, [*partners, None], "abcde", strict=True)
    stated["data"] = [
        one | {"id": f"set-{key}", "name": f"Zellprobe{key * 3} results", **({"partner": owner} if owner else {})}
        for one, owner, key in named
    ]
    # One kind of data is called after a partner to whom it does not belong.
    stated["data"][0]["name"] += f" for {stated['partner'][1]['name']}"
    file = tmp_path_factory.mktemp("walk") / "case.yaml"
    stated["evidence"] = [one for one in stated.get("evidence", []) if not any(".data." in each for each in one["for"])]
    stated["evidence"] = [one for one in stated["evidence"] if not any(each.startswith("data.") for each in one["for"])]
    file.write_text(yaml.safe_dump(stated, allow_unicode=True, sort_keys=False), "utf-8")
    return file


@pytest.fixture(scope="module")
def told(case: Path) -> Explanation:
    return explain(assess(load_case(case, CRITERIA), CRITERIA), CRITERIA)


def forbidden(case: Path, own: str) -> set[str]:
    """Return the words that tell of the other partners: names, ids, data, evidence, money; not those of the set."""
    stated: dict[str, Any] = yaml.safe_load(case.read_text("utf-8"))
    others = [one for one in stated["partner"] if one["id"] != own]
    mine = words([one for one in stated["partner"] if one["id"] == own]) | words(stated["institution"])
    tell = words([(one["id"], one["name"], one.get("name_local")) for one in others])
    tell |= words([one["name"] for one in stated["data"] if one.get("partner") != own])
    tell |= words([one["programme"] for one in stated["funding"]])
    tell |= words([(one["reference"], one.get("collected_by")) for one in stated["evidence"]])
    mine |= words([one["name"] for one in stated["data"] if one.get("partner") == own][:1]) & words("results")
    return tell - mine - PUBLIC - words("results office vogel waldau reconnect china")


def contents(case: Path, told: Explanation, own: str) -> Iterator[tuple[str, str]]:
    """Yield everything that is sent to a partner, in every form, with all that a file holds out of sight."""
    shown = view_of(told, "questions", to=f"partner.{own}", sender=SENDER)
    for form in ("md", "html", "text"):
        yield form, written(shown, form).decode()
    pdf = written(shown, "pdf")
    yield "pdf", f"{printing.text(pdf)} {printing.info(pdf)} {printing.metadata(pdf)}"
    files = {"docx letter": written(shown, "docx")}
    for kind in ("docx", "xlsx"):
        found = everyone(kind, case, SENDER, criteria="reconnect-china@2.1.0", on=None, today=date(2026, 12, 1))
        (letter,) = [one for one in found.letters() if one.key == f"partner.{own}"]
        files[kind] = written_form(kind, letter.form)
    for form, content in files.items():
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            inside = "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
        yield form, f"{inside}\n{re.sub('<[^>]+>', '', inside)}"


@pytest.mark.parametrize("number", by_turns(range(4), 4))
def test_no_word_of_the_other_three_is_sent_to_a_partner(case: Path, told: Explanation, number: int) -> None:
    own = yaml.safe_load(case.read_text("utf-8"))["partner"][number]["id"]
    banned = forbidden(case, own)
    assert len(banned) > 10
    for form, text in contents(case, told, own):
        assert words(text) & banned == set(), form


def test_each_is_asked_about_its_own_data_and_what_is_nobodys_stays_in_the_house(told: Explanation) -> None:
    owners = {one.path: one.belongs_to for one in told.entries if one.path.startswith("data.")}
    asked = {one.path: one.party for one in told.gaps if one.asked_of == "partner" and one.path.startswith("data.")}
    assert {path: owners[".".join(path.split(".")[:2])] or "" for path in asked} == asked
    assert len(set(asked.values())) == 5
    own = view_of(told, "questions", to="partner:other")
    assert "Zellprobeeee" in written(own, "md").decode()
