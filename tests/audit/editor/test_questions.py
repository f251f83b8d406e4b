"""What an editor is answered: what a name means, where it is given and used, what could stand here, who shows it."""

import asyncio
import shutil
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.names import Names
from risk_engine.files.source import Document
from tests.audit.editor.client import LOAN_DESK, ROOT, Editor, editor, in_a_thread
from tests.cli.running import LOAN_CASE, run

OBJECTS = "indicators/object.yaml"


class OneServer:
    """One server for all tests here, each of which works on a set of its own."""

    def __init__(self, run_through: Callable[[Coroutine[Any, Any, None]], None], client: Editor) -> None:
        self._run_through = run_through
        self._client = client

    def edited(self, desk: Path, work: Callable[[Editor, str], Awaitable[None]], file: str = OBJECTS) -> None:
        """Open a file of a set, wait until the set was read, and work on it."""

        async def edit() -> None:
            client = self._client
            client.log.clear()
            uri = client.open(desk / file)
            right = client.texts[uri]
            client.write(uri, right + "\nbroken: 1\n")
            await client.until(lambda: client.messages(uri))
            client.write(uri, right)
            await client.until(lambda: not client.messages(uri))
            await work(client, uri)
            assert client.log == []

        self._run_through(edit())


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneServer]:
    with in_a_thread() as run_through:
        begun = editor(tmp_path_factory.mktemp("nothing"))
        yield OneServer(run_through, run_through(begun.__aenter__()))
        run_through(begun.__aexit__(None, None, None))


GIVEN = {
    "low: {some: artwork, where: {holds: so¦ft}}": "definitions.yaml: soft: {fact: artwork.material",
    "fact: borrower.quake¦_zone, at_least": "facts.yaml: quake_zone:",
    "fact: borr¦ower.quake_zone, at_least": "facts.yaml: borrower:",
    "quake_zone, is: sev¦ere": "facts.yaml: options: {calm: Hardly any",
    "all: [MO¦UNT]": "controls.yaml: MOUNT: {title",
    "{parameter: long¦_loan}": "parameters.yaml: long_loan:",
    "sources: [{id: seismic¦-map}]": "sources.yaml: seismic-map:",
    "dimension: keep¦ing\n  ground: good_name\n  question: Could": "set.yaml: keeping: {title",
    "At night {borrower.called} is watched by: {borrower.night¦_watch}": "facts.yaml: night_watch:",
}
GIVEN_IN_CASES = {
    "findings: {OBJ¦-2: moderate}\n      ladders: {verdict: lend, release: ready}": "object.yaml: OBJ-2:",
    "ladders: {verdict: le¦nd, release: ready}\n\n  - name: since the new survey": "ladders.yaml: lend:",
    "ladders: {ver¦dict: lend, release: ready}\n\n  - name: since the new survey": "ladders.yaml: verdict:",
    "given: {borrower.town.cli¦mate: unlogged": "facts.yaml: climate:",
}


def test_a_name_leads_to_where_it_is_given(one_server: OneServer, desk: Path) -> None:
    async def work(client: Editor, uri: str) -> None:
        for text, wanted in GIVEN.items():
            (found,) = await client.definition(uri, text)
            assert found.startswith(wanted)
        cases, facts = client.open(desk / "cases.yaml"), client.open(desk / "facts.yaml")
        for text, wanted in GIVEN_IN_CASES.items():
            if client.texts[cases].count(text.replace("¦", "")) == 1:
                (found,) = await client.definition(cases, text)
                assert found.startswith(wanted)
        (found,) = await client.definition(facts, "of: ship¦pers")
        assert found.startswith("shippers.yaml: ")

    one_server.edited(desk, work)


def test_every_use_of_a_fact_is_found_in_all_files(one_server: OneServer, desk: Path) -> None:
    # Every line that says it, but the one that gives it: this set calls nothing else so.
    texts = {path.name: path.read_text("utf-8") for path in desk.rglob("*.yaml")}
    expected = sorted(
        f"{name}: {line.strip()}"
        for name, text in texts.items()
        for line in text.splitlines()
        for _each in range(line.count("night_watch"))
        if line != "    night_watch:"
    )

    async def work(client: Editor, uri: str) -> None:
        assert sorted(await client.references(uri, "night¦_watch:")) == expected

    assert len(expected) > 3
    one_server.edited(desk, work, "facts.yaml")


def test_a_condition_is_read_aloud_and_a_name_told_with_what_the_set_says_of_it(
    one_server: OneServer, desk: Path
) -> None:
    async def work(client: Editor, uri: str) -> None:
        assert await client.hover(uri, "mod¦erate: {holds: poisonous_object}") == "*poisonous object*"
        told = await client.hover(uri, "l¦ow: {some: artwork, where: {not: {fact: artwork.hazards")
        assert told == "for at least one object: `artwork.hazards` has something chosen"
        told = await client.hover(uri, "all: [MO¦UNT]")
        assert "Quake-proof mount" in told
        assert "Mount it on a damped base." in told
        assert (await client.hover(uri, "quake_zone, is: se¦vere")).startswith("**Severe ones**")
        told = await client.hover(uri, "holds: pois¦onous_object")
        assert "`artwork.hazards` includes any of those in the parameter `poison_list`" in told
        ladders = client.open(desk / "ladders.yaml")
        told = await client.hover(ladders, "lend_on¦_terms:\n      title")
        assert "**Lend on terms** (`verdict`)." in told
        assert "Terms keep the risk low." in told

    one_server.edited(desk, work)


@pytest.mark.nightly
def test_what_is_half_typed_leaves_what_was_known_to_be_told(one_server: OneServer, desk: Path) -> None:
    async def work(client: Editor, uri: str) -> None:
        client.write(uri, "  ü: [\n" + client.texts[uri])
        await client.until(lambda: client.messages(uri))
        assert "Quake-proof mount" in await client.hover(uri, "all: [MO¦UNT]")
        (found,) = await client.definition(uri, "all: [MO¦UNT]")
        assert found.startswith("controls.yaml: MOUNT: {title")

    one_server.edited(desk, work)


def test_places_are_right_behind_an_umlaut_and_an_emoji(one_server: OneServer, desk: Path) -> None:
    async def work(client: Editor, uri: str) -> None:
        client.change(uri, 'because: "At night {borrower.called} is', 'because: "Ü 🎨 {borrower.called} is')
        client.change(
            uri, "controls: [{all: [GUARD], residual: low}]", 'controls: [{ "all": [GUARD], residual: "🎨", x: 1}]'
        )
        await client.until(lambda: client.messages(uri))
        assert {client.word(one.range, uri) for one in client.told[uri]} == {'"🎨"', "x"}
        client.change(uri, 'residual: "🎨", x: 1', "residual: low")
        await client.until(lambda: not client.messages(uri))
        asked = lsp.DefinitionParams(**client.at(uri, "🎨 {borrower.cal¦led} is"))
        (found,) = await client.text_document_definition_async(asked) or []  # type: ignore[misc]
        assert isinstance(found, lsp.Location)
        facts = client.open(desk / "facts.yaml")
        assert client.word(found.range, facts) == "called"
        context = lsp.ReferenceContext(include_declaration=False)
        uses = await client.text_document_references_async(
            lsp.ReferenceParams(context, **client.at(uri, "🎨 {borrower.cal¦led} is"))
        )
        assert {client.word(one.range, uri) for one in uses or [] if one.uri == uri} == {"called"}

    one_server.edited(desk, work)


COMPLETED: list[tuple[str, set[str], set[str]]] = [
    ("    moderate: {fact: loan.", {"loan.months", "loan.paperwork", "artwork.claim"}, set()),
    ("    moderate: {fact: loan.paperwork, is: ", {"unsigned", "signed_here"}, {"display"}),
    ("    moderate: {fact: loan.occasion, one_of: [display, ", {"close_study"}, {"unsigned"}),
    ("    moderate: {fact: loan.escorted, is: ", {"true", "false"}, {"unsigned"}),
    ("    moderate: {holds: ", {"soft", "unsteady"}, {"MOUNT"}),
    ("    moderate: {some: ", {"artwork", "borrower"}, {"loan"}),
    ("  controls: [{all: [", {"MOUNT", "SIGN"}, {"soft"}),
    ("    moderate: {fact: loan.months, at_least: {parameter: ", {"long_loan"}, {"MOUNT"}),
    ("  dimension: ", {"keeping", "belonging"}, {"preservation"}),
    ("  ", {"title", "severity", "knock_out", "because"}, {"is"}),
    ("    moderate: {", {"fact", "all_of", "some", "holds"}, {"title"}),
    ("    moderate:\n      fact: loan.paperwork\n      is: ", {"unsigned"}, {"display"}),
]
COMPLETED_IN_CASES = [
    ("given: {borrower.", "borrower.town.climate"),
    ("given: {borrower.town.climate: ", "drifting"),
    ("given: {borrower.town.climate: ", "unknown"),
    ("given:\n      borrower.", "borrower.town.climate"),
    ("in_place: [", "MOUNT"),
    ("like: ", "the base case is harmless"),
    ("expect:\n      findings: {", "OBJ-1"),
    ("expect:\n      ladders: {verdict: ", "refuse"),
    ("expect:\n      ladders: {", "release"),
]


def test_what_could_stand_at_the_cursor_is_offered(one_server: OneServer, desk: Path) -> None:
    async def work(client: Editor, uri: str) -> None:
        right = client.texts[uri]
        for text, wanted, unwanted in COMPLETED:
            client.write(uri, f"{right}\nOBJ-9: # ü🎨\n{text}")
            found = set(await client.completion(uri, f"OBJ-9: # ü🎨\n{text}¦"))
            assert (text, wanted <= found, unwanted & found) == (text, True, set())
        cases = client.open(desk / "cases.yaml")
        right = client.texts[cases]
        for text, one in COMPLETED_IN_CASES:
            client.write(cases, f"{right}\n  - name: übrig 🎨\n    {text}")
            assert one in await client.completion(cases, f"übrig 🎨\n    {text}¦"), text

    one_server.edited(desk, work)


def test_above_a_rule_stands_how_many_cases_show_it_and_how_many_branches(one_server: OneServer, desk: Path) -> None:
    async def work(client: Editor, uri: str) -> None:
        async def lens() -> str:
            while "looked at" in (found := (await client.lenses(uri)).get("OBJ-2", "looked at")):
                await client.until(lambda: True)
            return found

        async with asyncio.timeout(60):
            # Read off cases.yaml: those that expect OBJ-2 to be found. OBJ-2 makes three comparisons.
            expected = (desk / "cases.yaml").read_text("utf-8").count("OBJ-2: ")
            found = await lens()
            assert found.startswith(f"{expected} cases, ")
            assert found.endswith("of 3 branches covered")
            told = await client.hover(uri, "OBJ¦-2:\n")
            assert told.startswith(f"**{found}** · all as expected\n")
            assert "\n- since the new survey the plain is severe\n" in told
            client.change(uri, "{fact: borrower.quake_zone, is: severe}", "{fact: borrower.quake_zone, is: calm}")
            cases = (desk / "cases.yaml").as_uri()
            await client.until(lambda: client.messages(cases))
            (failing, *_further) = client.told[cases]
            assert failing.severity == lsp.DiagnosticSeverity.Warning
            assert any(one.startswith("since the new survey the plain is severe\n") for one in client.messages(cases))
            assert "not as expected" in await lens()
            told = await client.hover(uri, "OBJ¦-2:\n")
            assert "\n- since the new survey the plain is severe: not as expected\n" in told

    one_server.edited(desk, work)


def test_what_belongs_to_no_set_has_no_answer_and_what_is_no_name_neither(
    one_server: OneServer, desk: Path, tmp_path: Path
) -> None:
    other = tmp_path / "notes.yaml"
    other.write_text("a: b\n", "utf-8")

    async def work(client: Editor, uri: str) -> None:
        notes = client.open(other)
        assert await client.definition(notes, "¦a: b") == []
        assert await client.completion(notes, "a: ¦b") == []
        assert await client.lenses(notes) == {}
        assert await client.references(uri, "question: Would a fra¦gile") == []
        assert await client.text_document_hover_async(lsp.HoverParams(**client.at(uri, "Would a fra¦gile"))) is None

    one_server.edited(desk, work)


@pytest.mark.nightly
def test_what_is_asked_of_the_shipped_set_is_answered_at_once(one_server: OneServer, tmp_path: Path) -> None:
    shipped = Path(shutil.copytree(ROOT / "criteria" / "reconnect-china", tmp_path / "set"))

    async def work(client: Editor, uri: str) -> None:
        times: dict[str, list[float]] = {"hover": [], "definition": []}
        for _number in range(15):
            began = time.perf_counter()
            assert "`technology.public_domain`" in await client.hover(uri, "technology.public¦_domain, is: false}]}\n")
            times["hover"].append(time.perf_counter() - began)
            began = time.perf_counter()
            assert await client.definition(uri, "holds: military_use_in¦_reach")
            times["definition"].append(time.perf_counter() - began)
        # The mark is 0.1 s on an idle machine; others may be at work on this one.
        assert {name: statistics.median(one) < 1 for name, one in times.items()} == dict.fromkeys(times, True)

    one_server.edited(shipped, work, "indicators/security.yaml")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small set that was released, in which nobody writes."""
    folder = Path(shutil.copytree(LOAN_DESK, tmp_path_factory.mktemp("released") / "desk"))
    assert run("criteria", "release", folder).code == 0
    return folder


def test_above_a_file_stands_which_released_cases_an_edit_turns_red(
    one_server: OneServer, released: Path, tmp_path: Path
) -> None:
    desk = Path(shutil.copytree(released, tmp_path / "desk"))

    async def work(client: Editor, uri: str) -> None:
        async def above(file: str) -> str:
            return next((one for one in (await client.lenses(file)).values() if " since " in one), "")

        async with asyncio.timeout(60):
            assert await above(uri) == ""
            client.change(uri, "{fact: artwork.fragility, is: brittle}", "{fact: artwork.fragility, is: robust}")
            while "of 14" not in (told := await above(uri)) or "so far" in told:
                await client.until(lambda: True)
            # By hand: two cases of cases.yaml are about a brittle object and expect `high`, one being like the other.
            assert told == "1 change of the rules since loan-desk@1.0.0, 2 of 14 released cases turn red"
            cases = client.open(desk / "cases.yaml")
            assert await above(cases) == told
            brittle = "a brittle object in a drifting climate is lent on terms"
            hovered = await client.hover(cases, f"- name: {brittle[:9]}¦{brittle[9:]}")
            assert "Against loan-desk@1.0.0 as released:" in hovered
            assert "OBJ-1 A fragile object in an unsteady climate: high → moderate" in hovered
            same = await client.hover(cases, "- name: the base ca¦se is harmless")
            assert "nothing changes in it" in same
            for case, wanted in ((brittle, "OBJ-1"), (f"{LOAN_CASE}", "high, residual moderate")):
                asked = lsp.ExecuteCommandParams("risk-engine.try", [uri, case])
                found = await client.workspace_execute_command_async(asked)
                assert isinstance(found, str)
                assert found.startswith(f"{case}:\n  ")
                assert wanted in found
                assert f"{brittle}: finding OBJ-1: expected high, got moderate" in found
                await client.until(lambda: client.log != [])  # it is shown too
                assert client.log.pop() == found
            for given, why in (([uri, "nobody"], "no case of that name"), ([], "give the address of a file")):
                nobody = lsp.ExecuteCommandParams("risk-engine.try", given)
                with pytest.raises(JsonRpcException, match=why):
                    await client.workspace_execute_command_async(nobody)
                await client.until(lambda: client.log != [])  # which comes beside the answer
                assert why in client.log.pop()
            client.write(uri, (released / OBJECTS).read_text("utf-8"))
            while await above(uri):
                await client.until(lambda: True)

    one_server.edited(desk, work)


def test_who_asks_while_names_are_looked_up_waits_for_them(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_go_on = threading.Event(), threading.Event()
    update = Names.update

    def slowly(names: Names, documents: Mapping[str, Document]) -> None:
        begun.set()
        may_go_on.wait(60)
        update(names, documents)

    edited = Edited(desk)
    edited.check({})
    monkeypatch.setattr(Names, "update", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(lambda: edited.names.in_file(OBJECTS))
        begun.wait(60)
        second = pool.submit(lambda: edited.names.in_file(OBJECTS))
        wait([second], 0.2)
        may_go_on.set()
    assert second.result() == first.result() != ()
