"""`risk-engine prefill`: what lists and a registry propose for a case, and what of it is written if it is accepted."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import LOAN_CASE, LOAN_DESK, TODAY, done, refused, run
from tests.cli.test_screen import MAPPING

LISTS = {
    "exports": "name,country,since,number,list\nQuiet Optics,CU,2024-05-06,1,Entity List\nPine Works,NO,,2,Other\n",
    "named": "name,country,number\nQuiet Optics,CU,7\nQuiet Optics of the North,CU,8\n",
    "union": "name,country,number\nStill Water Works,RU,3\nHarbour Foundry,CU,4\n",
}
COLUMNS = "columns: {name: name, key: [number], countries: [country], since: since, category: list}"
PLAIN = "columns: {name: name, key: [number], countries: [country]}"
MAPPINGS = {
    "exports": f"title: Exports\npublisher: The Bureau\nstanding: evidence\njurisdiction: US\n{COLUMNS}\n",
    "named": f"title: Named Research Organizations\nstanding: evidence\njurisdiction: CA\n{PLAIN}\n",
    "union": f"title: Sanctions\npublisher: The Union\nstanding: law\njurisdiction: EU\n{PLAIN}\n",
}
CASE = """# Kept as it is.
criteria: reconnect-china@2.1.0
id: A-1
title: Light
partner:
  - id: quiet  # the first
    name: Quiet Optics
    country: CU
  - {id: still, name: Still Water Works, country: RU, sanctioned: false}
  - {id: house, name: Lamp House, sanctioned: unknown}
"""


def organisation(number: str, names: list[tuple[str, str]], types: list[str], **more: Any) -> dict[str, Any]:
    return {
        "id": f"https://ror.org/{number}",
        "names": [{"value": text, "types": ["label"], "lang": lang} for text, lang in names],
        "types": types,
        "status": "active",
        "locations": [{"geonames_details": {"country_code": "CU", "name": "Havana"}}],
        **more,
    }


PARENT = {"id": "https://ror.org/03vek6s52", "label": "Academy of Light", "type": "parent"}
REGISTRY = [
    organisation("05gq02987", [("Lamp House", "en"), ("灯屋", "zh")], ["education", "funder"], relationships=[PARENT]),
    organisation("042nb2s44", [("Still Water Works", "en")], ["company", "healthcare"]),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with lists of law and of others, and a registry."""
    folder = tmp_path_factory.mktemp("store")
    for name, text in LISTS.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
        (folder / f"{name}.yaml").write_text(MAPPINGS[name], "utf-8")
        add(folder, f"{name}.csv", name, "--mapping", folder / f"{name}.yaml")
    (folder / "ror.json").write_text(json.dumps(REGISTRY), "utf-8")
    add(folder, "ror.json", "ror")
    alone = ("--store", folder / "registry.sqlite", "--on", "2026-11-01")
    done("lists", "add", folder / "ror.json", "--as", "ror", *alone)
    (folder / "case.yaml").write_text(CASE, "utf-8")
    done("screen", "Quiet Optics", "--store", folder / "lists.sqlite")  # makes the index
    return folder


def add(folder: Path, file: str, name: str, *more: str | Path) -> None:
    done("lists", "add", folder / file, "--as", name, *more, "--store", folder / "lists.sqlite", "--on", "2026-11-01")


@pytest.fixture(autouse=True)
def folder(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which each test works, with a store and a case of its own."""
    shutil.copytree(store, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def proposed(*more: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is proposed, by its path."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(done("prefill", "case.yaml", "--format", "json", *more)):
        found.setdefault(one["path"], []).append(one)
    return found


def decide(how: str, hit: str, entry: str) -> None:
    case = ("screen", "--case", "case.yaml", "--entry", f"partner.{entry}")
    done(*case, f"--{how}", hit, "--by", "A. Vogel", "--reason", "Their letter.")


def test_a_hit_that_nobody_confirmed_leaves_its_fact_open() -> None:
    found = proposed()
    states = {(one["state"], one["hit"]) for one in found["partner.quiet.listed_abroad"]}
    assert states == {("open", "exports/1"), ("open", "named/7"), ("open", "named/8")}
    assert all(one["answer"] is None for one in found["partner.quiet.listed_abroad"])
    result = refused("prefill", "case.yaml", "--accept", "partner.quiet.listed_abroad")
    assert "it is to be decided first" in result
    assert Path("case.yaml").read_text("utf-8") == CASE


def test_an_answer_about_all_lists_waits_until_every_hit_is_decided() -> None:
    decide("confirm", "exports/1", "quiet")
    (first, *_rest) = proposed()["partner.quiet.listed_abroad"]
    assert (first["state"], first["answer"]) == ("open", ["us_entity"])
    decide("rule-out", "named/8", "quiet")
    decide("confirm", "named/7", "quiet")
    (found,) = proposed()["partner.quiet.listed_abroad"]
    assert (found["state"], found["answer"]) == ("proposed", ["us_entity", "ca_nro"])
    text = done("prefill", "case.yaml", "--entry", "partner.quiet")
    assert "proposed: partner.quiet.listed_abroad = [us_entity, ca_nro]" in text
    assert "because: Quiet Optics [exports/1] confirmed by A. Vogel on 2026-11-26: Their letter." in text
    assert "evidence: what others list, no law here" in text
    assert Path("case.yaml").read_text("utf-8") == CASE, "nothing is written by showing it"


def test_what_is_accepted_is_written_with_list_entry_and_date_and_all_else_stays() -> None:
    for hit, how in {"exports/1": "confirm", "named/7": "rule-out", "named/8": "rule-out"}.items():
        decide(how, hit, "quiet")
    accept = ("prefill", "case.yaml", "--accept", "partner.quiet.listed_abroad", "--accept", "partner.quiet.sanctioned")
    text = done(*accept)
    assert "partner.quiet.listed_abroad: - -> [us_entity] (US Entity List (export))" in text
    written = Path("case.yaml").read_text("utf-8")
    assert written.startswith(CASE.replace("    country: CU\n", "    country: CU\n    listed_abroad: [us_entity]\n"))
    assert (
        "  - for: [partner.quiet.listed_abroad.us_entity]\n"
        "    kind: list entry\n"
        '    reference: "Exports, The Bureau (read on 2026-11-01): Quiet Optics [exports/1]; Entity List; listed since '
        '2024-05-06; evidence: what others list, no law here"\n'
        f"    date: {TODAY}\n"
        "    collected_by: A. Vogel\n"
    ) in written
    # That nothing was found is on record now, and still no answer.
    assert "for: [partner.quiet.sanctioned]\n    kind: list search" in written
    assert "    sanctioned:" not in written
    assert run(*accept).code == 0
    assert Path("case.yaml").read_text("utf-8") == written, "the same is not written twice"


def test_nothing_found_is_evidence_and_never_an_answer() -> None:
    (found,) = proposed()["partner.house.sanctioned"]
    assert (found["state"], found["answer"]) == ("evidence", None)
    assert found["why"] == (
        "“Lamp House” was looked up on 2026-11-26 in Sanctions, The Union (read on 2026-11-01): nothing found"
    )


def test_what_was_ruled_out_is_told_with_what_was_not_found() -> None:
    decide("rule-out", "union/3", "still")
    (found,) = proposed()["partner.still.sanctioned"]
    assert found["state"] == "evidence"
    assert "nothing found but 1 hit that was ruled out" in found["why"]
    assert found["stands"] is False


def test_an_answer_that_stands_is_never_written_over() -> None:
    decide("confirm", "union/3", "still")
    (found,) = proposed()["partner.still.sanctioned"]
    assert (found["state"], found["answer"], found["stands"]) == ("differs", True, False)
    assert "law: binding here" in found["evidence"][0]["reference"]
    result = refused("prefill", "case.yaml", "--accept", "partner.still.sanctioned", "--accept", "partner.house.nam")
    assert result == (
        "partner.still.sanctioned: it is answered otherwise, and no answer is written over\n"
        "  help: who wants it otherwise says so with `risk-engine case set`\n"
        "partner.house.nam: nothing is proposed for it\n"
        "  help: did you mean `partner.house.name_local`?\n"
        "nothing was written\n"
    )
    assert Path("case.yaml").read_text("utf-8") == CASE


def test_a_confirmed_hit_answers_and_no_doubt_elsewhere_takes_it_back() -> None:
    done("case", "set", "case.yaml", "partner.still.sanctioned", "unknown")
    decide("confirm", "union/3", "still")
    (found,) = proposed()["partner.still.sanctioned"]
    assert (found["state"], found["answer"]) == ("proposed", True)
    done("prefill", "case.yaml", "--accept", "partner.still.sanctioned")
    assert "sanctioned: true" in Path("case.yaml").read_text("utf-8")
    (found,) = proposed()["partner.still.sanctioned"]
    assert found["state"] == "same"


def test_what_was_confirmed_of_another_question_answers_nothing() -> None:
    decide("confirm", "union/3", "still")
    Path("case.yaml").write_text(CASE.replace("country: RU, sanctioned: false", "country: BY"), "utf-8")
    assert [one["state"] for one in proposed()["partner.still.sanctioned"]] == ["open"]


def test_what_is_accepted_of_the_registry_leaves_confirmed_what_was_confirmed_without_it() -> None:
    Path("houses.csv").write_text("name,country,number\nLamp House,CU,1\n", "utf-8")
    Path("houses.yaml").write_text(MAPPINGS["union"], "utf-8")
    add(Path(), "houses.csv", "houses", "--mapping", "houses.yaml")
    decide("confirm", "houses/1", "house")
    done("prefill", "case.yaml", "--accept", "partner.house.country", "--accept", "partner.house.name_local")
    found = proposed()
    (listed,), (names,) = found["partner.house.sanctioned"], found["partner.house.name_local"]
    assert (listed["state"], listed["answer"]) == ("proposed", True)
    assert (names["state"], names["answer"]) == ("same", "灯屋")


def test_what_was_looked_up_is_told_with_the_local_name() -> None:
    Path("case.yaml").write_text(CASE.replace("Lamp House,", "Lamp House, name_local: 灯屋,"), "utf-8")
    assert proposed()["partner.house.sanctioned"][0]["why"].startswith("“Lamp House; 灯屋” was looked up on ")


def test_the_registry_proposes_country_kind_and_names_and_says_whom_it_belongs_to() -> None:
    found = {path.rpartition(".")[2]: one for path, (one, *_more) in proposed("--entry", "partner.house").items()}
    assert (found["country"]["state"], found["country"]["answer"]) == ("proposed", "CU")
    assert found["org_type"]["answer"] == "university"
    assert found["name_local"]["answer"] == "灯屋"
    assert found["supervising_body"]["state"] == "evidence", "a choice that no table of the set translates"
    assert "belongs to Academy of Light" in found["supervising_body"]["evidence"][0]["reference"]
    # Who it is a person says.
    assert (found["identity_verified"]["state"], found["identity_verified"]["answer"]) == ("evidence", None)


def test_what_the_registry_says_otherwise_or_in_two_ways_is_shown() -> None:
    Path("case.yaml").write_text(
        CASE.replace("Lamp House,", "Lamp House, name_local: 屋,").replace("RU, ", "CU, "), "utf-8"
    )
    found = proposed()
    (names,), (kind,) = found["partner.house.name_local"], found["partner.still.org_type"]
    assert (names["state"], names["answer"], names["stands"]) == ("differs", "灯屋", "屋")
    assert (kind["state"], kind["answer"]) == ("open", None)


def test_a_part_of_an_organisation_of_the_registry_is_not_that_one() -> None:
    Path("case.yaml").write_text(CASE.replace("name: Lamp House", "name: 'School of Physics, Lamp House'"), "utf-8")
    found = proposed("--entry", "partner.house")
    (identity,) = found["partner.house.identity_verified"]
    assert identity["state"] == "open"
    assert "partner.house.country" not in found


ALONE = ("--store", "registry.sqlite")
NO_LIST = "no list is in the store: nothing is said about listing"


def test_a_registry_alone_says_who_it_is_and_nothing_about_listing() -> None:
    before = proposed()
    text = done("screen", "Lamp House", "Nobody Works", *ALONE)
    assert "Lamp House\n  Lamp House (https://ror.org/05gq02987) in Research Organization Registry: " in text
    assert "Nobody Works\n  not found in the registry\n" in text
    assert text.endswith(f"\n{NO_LIST}\n")
    assert "no hit" not in text
    result = run("screen", "Lamp House", "--format", "csv", *ALONE)
    assert (result.code, NO_LIST in result.err) == (0, True)
    assert '"Lamp House","","","",' in result.out
    assert '"Lamp House (https://ror.org/05gq02987)"' in result.out
    found = proposed(*ALONE)
    of_registry = ("country", "org_type", "name_local", "supervising_body", "identity_verified")
    for fact in of_registry:
        assert found.get(f"partner.house.{fact}") == before.get(f"partner.house.{fact}")
    assert [one["state"] for one in found["partner.house.country"]] == ["proposed"]
    (listed,) = found["partner.house.listed_abroad"]
    assert (listed["state"], listed["evidence"]) == ("open", [])
    assert done("prefill", "case.yaml", *ALONE).endswith(f"{NO_LIST}\n")


@pytest.mark.parametrize("arguments", [("Lamp House", "--fail-on", "strong"), ("--recheck", "case.yaml")])
def test_what_asks_whether_somebody_is_listed_needs_a_list(arguments: tuple[str, ...]) -> None:
    assert "there is no list in registry.sqlite" in refused("screen", *arguments, *ALONE)


def test_lists_without_a_registry_say_that_nobody_knows_who_it_is() -> None:
    done("lists", "remove", "ror", "--with-history")
    no_registry = "no registry is in the store: nothing is said about who it is, and whom it belongs to\n"
    assert done("screen", "Lamp House").endswith(no_registry)
    assert done("prefill", "case.yaml").endswith(no_registry)
    found = proposed()
    assert "partner.house.country" not in found
    assert found["partner.house.listed_abroad"][0]["state"] == "evidence"


def test_a_file_on_a_partner_takes_what_is_accepted_and_keeps_its_comments() -> None:
    decide("confirm", "union/3", "still")
    Path("partners").mkdir()
    file = Path("partners/lamp.yaml")
    text = (
        "# ours\nid: lamp\nabout: partner\nrecorded_on: 2026-01-02\nanswers:\n  name: Lamp House  # so it is called\n"
    )
    file.write_text(text, "utf-8")
    assert "proposed: country = CU (Cuba)" in done("prefill", file)
    result = refused("prefill", file, "--accept", "country", "--accept", "sanctioned")
    assert "sanctioned: a file on a partner holds evidence of answers alone" in result
    assert file.read_text("utf-8") == text
    done("prefill", file, "--accept", "country", "--accept", "org_type")
    written = file.read_text("utf-8")
    assert written.startswith(f"{text}  country: CU\n  org_type: university\nevidence:\n  - for: [country, org_type]\n")
    assert "lamp: partner “Lamp House”, 3 answers" in done("partner", "list")
    assert "as answered: country = CU" in done("prefill", file)
    assert "--entry is of a case" in refused("prefill", file, "--entry", "partner.quiet")


COLLECTION = """\
"id","schema","name","aliases","countries","identifiers","sanctions","program_ids","dataset","first_seen"
"h1","Company","Lamp House","","cu","","","EU-RUS;US-BIS-EL;US-MCCAIN-1286","EU Sanctions Map;US List","2024-05-06"
"h2","Company","Pine Works","","no","","","GB-RUS","UK FCDO Sanctions List","2024-05-06"
"""


def test_an_entry_of_a_collection_answers_for_every_list_on_which_it_stands() -> None:
    Path("all.csv").write_text(COLLECTION, "utf-8")
    add(Path(), "all.csv", "all")
    decide("confirm", "all/h1", "house")
    found = proposed("--entry", "partner.house")
    (law,), (abroad,) = found["partner.house.sanctioned"], found["partner.house.listed_abroad"]
    assert (law["state"], law["answer"]) == ("proposed", True)
    assert (abroad["state"], abroad["answer"]) == ("proposed", ["us_entity", "us_1286"])
    assert (
        "law: binding here; evidence: what others list, no law here; EU Sanctions Map"
        in law["evidence"][0]["reference"]
    )
    done("prefill", "case.yaml", "--accept", "partner.house.listed_abroad")
    text = Path("case.yaml").read_text("utf-8")
    assert "partner.house.listed_abroad.us_entity, partner.house.listed_abroad.us_1286" in text


def test_a_set_of_any_other_words_says_itself_which_facts_are_answered() -> None:
    shutil.copy(LOAN_CASE, "loan.yaml")
    loan = ("loan.yaml", "--criteria", LOAN_DESK)
    Path("houses.csv").write_text("name,aliases,country,since,number\nHouse on the Plain,,,,1\n", "utf-8")
    Path("houses.yaml").write_text(MAPPING.replace("Houses to look at", "Houses without a log"), "utf-8")
    add(Path(), "houses.csv", "houses", "--mapping", "houses.yaml")
    plain = ("screen", "--case", *loan, "--entry", "borrower.plain")
    done(*plain, "--confirm", "houses/1", "--by", "R. Keeper", "--reason", "The same.")
    text = done("prefill", *loan, "--entry", "borrower.plain")
    assert "differs: borrower.plain.climate = unlogged (Nobody logs it)" in text
    assert "answered already: drifting (It drifts)" in text


ROR = """    ror:
      question: Under which number does the registry have it?
      type: text
      asked_of: registrar
"""
NAMED_BY_A_NUMBER = "042nb2s44"  # Still Water Works


def test_what_a_case_and_a_file_on_a_partner_hold_as_numbers_goes_before_their_names() -> None:
    desk = Path(shutil.copytree(LOAN_DESK, "desk"), "1.0.0")
    facts = (desk / "facts.yaml").read_text("utf-8")
    (desk / "facts.yaml").write_text(facts.replace("    seat:\n", f"{ROR}    seat:\n", 1), "utf-8")
    screening = (desk / "screening.yaml").read_text("utf-8")
    (desk / "screening.yaml").write_text(f"{screening}  identifiers: {{ror: borrower.ror}}\n", "utf-8")
    loan = ("loan.yaml", "--criteria", "desk", "--entry", "borrower.plain")
    case = LOAN_CASE.read_text("utf-8")

    def write(number: str) -> None:
        Path("loan.yaml").write_text(case.replace("- id: plain\n", f"- id: plain\n    ror: {number}\n"), "utf-8")

    write(f"https://ror.org/{NAMED_BY_A_NUMBER}")
    text = done("screen", "--case", *loan)
    assert "House on the Plain (ROR 042nb2s44)" in text
    assert "Still Water Works (https://ror.org/042nb2s44) in Research Organization Registry: identical" in text
    assert "as answered: borrower.plain.ror = https://ror.org/042nb2s44" in done("prefill", *loan)
    write("unknown")
    assert "ROR" not in done("screen", "--case", *loan)
    write("12; 042nb2s44")
    wrong = "loan.yaml, borrower.plain.ror: `12` is no ROR\n"
    assert wrong in refused("screen", "--case", *loan)
    assert wrong in refused("prefill", *loan)
    Path("loan.yaml").write_text(case.replace("House on the Plain", "Still Water Works"), "utf-8")
    done("prefill", *loan, "--accept", "borrower.plain.ror")
    assert 'ror: "042nb2s44"\n' in Path("loan.yaml").read_text("utf-8")
    done("partner", "save", *loan[:1], "borrower.plain", *loan[1:3])
    on_file = Path("partners/plain.yaml")
    known = done("screen", "--recheck", "partners", "--criteria", "desk")
    assert "1 organisation in 1 file" in known
    on_file.write_text(on_file.read_text("utf-8").replace("042nb2s44", "12"), "utf-8")
    assert "partners/plain.yaml.ror: `12` is no ROR" in refused("prefill", on_file, "--criteria", "desk")
    result = run("screen", "--recheck", "partners", "--criteria", "desk")
    assert "partners/plain.yaml.ror: `12` is no ROR" in result.err


def test_it_is_told_in_german() -> None:
    text = done("prefill", "case.yaml", "--entry", "partner.house", "--lang", "de")
    assert "vorgeschlagen: partner.house.country = CU (Kuba)" in text


def test_whom_the_registry_does_not_know_is_told() -> None:
    text = done("prefill", "case.yaml", "--entry", "partner.quiet")
    assert "\n  not found in the registry\n" in text
    assert "not found" not in done("prefill", "case.yaml", "--entry", "partner.house")


def test_what_cannot_be_asked_is_refused() -> None:
    Path("case.yaml").write_text(CASE.replace("Lamp House", '"…"'), "utf-8")
    nameless = "case.yaml, partner.house.name: `…` holds no letter, and is no name\n"
    assert nameless in refused("prefill", "case.yaml")
    assert nameless in refused("screen", "--case", "case.yaml")
    assert nameless in run("screen", "--recheck", "case.yaml").err
    Path("case.yaml").write_text(CASE, "utf-8")
    assert "shows nothing" in refused("prefill", "case.yaml", "--accept", "x", "--format", "json")
    assert "the case has no entry `partner.quite`" in refused("prefill", "case.yaml", "--entry", "partner.quite")
    Path("case.yaml").write_text(CASE.partition("partner:")[0], "utf-8")
    assert "no organisation is named in it" in refused("prefill", "case.yaml")
    shutil.copytree(LOAN_DESK, "desk")
    Path("desk/1.0.0/screening.yaml").unlink()
    result = refused("prefill", LOAN_CASE, "--criteria", "desk")
    assert result.startswith("loan-desk 1.0.0 does not say which facts screening answers\n")
    assert "borrower.plain" in done("screen", "--case", LOAN_CASE, "--criteria", "desk")
