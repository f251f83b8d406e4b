"""What an editor is told while somebody types: every problem, where it stands, and that it is gone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from lsprotocol import types as lsp

from risk_engine.audit.editor.edited import Edited
from risk_engine.audit.editor.server import Server, guarded, new_server
from tests.audit.editor.client import PROGRAM, ROOT, editor, waited_for


def test_a_name_that_is_none_is_marked_while_it_is_typed_and_no_more_once_it_is_right(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            file = client.open(desk / "indicators" / "title.yaml")
            client.change(file, "hold: {fact: loan.paperwork,", "hold: {fact: loan.paperwrk,")
            await client.until(lambda: client.messages(file))
            (problem,) = client.told[file]
            assert problem.message == "there is no fact `loan.paperwrk`\n  help: did you mean `loan.paperwork`?"
            assert client.word(problem.range, file) == "loan.paperwrk"
            client.change(file, "loan.paperwrk", "loan.paperwork")
            await client.until(lambda: not client.messages(file))
            assert client.log == []

    waited_for(edit())


@pytest.mark.nightly
def test_a_place_is_told_in_the_units_of_the_editor_behind_an_umlaut_and_an_emoji(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            file = client.open(desk / "controls.yaml")
            text = 'FREE: {title: "Übergabe 🎨 im Haus", do: Do it., who: officce, effort: 1, unheard: 🎨}\n'
            client.write(file, client.texts[file] + text)
            await client.until(lambda: client.messages(file))
            (problem,) = [one for one in client.told[file] if "unheard" in one.message]
            assert client.word(problem.range, file) == "unheard"

    waited_for(edit())


def test_a_file_that_nobody_can_read_is_marked_where_it_breaks_and_others_are_not_missed(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            facts, rules = client.open(desk / "facts.yaml"), client.open(desk / "indicators" / "title.yaml")
            client.write(facts, client.texts[facts] + "broken: [\n")
            await client.until(lambda: client.messages(facts))
            assert len(client.messages(facts)) == 1
            assert client.messages(rules) == []
            assert client.log == []

    waited_for(edit())


def test_cases_are_held_against_the_set_as_it_stands_in_the_editor(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            cases = client.open(desk / "cases.yaml")
            client.write(cases, client.texts[cases] + "  - {name: 'übrig', given: {loan.nothing: true}, expect: {}}\n")
            await client.until(lambda: client.messages(cases))
            assert any("nothing" in one for one in client.messages(cases)), client.messages(cases)

    waited_for(edit())


@pytest.mark.nightly
def test_a_file_that_was_never_saved_belongs_to_the_set(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            new = desk / "indicators" / "later.yaml"
            new.write_text("", "utf-8")
            file = client.open(new)
            new.unlink()
            client.write(file, "LATER-1: {title: Later, wrong: 1}\n")
            await client.until(lambda: client.messages(file))
            assert any("`wrong`" in one for one in client.messages(file)), client.messages(file)

    waited_for(edit())


@pytest.mark.nightly
def test_whoever_reads_german_is_told_in_german(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk, "--lang", "de") as client:
            file = client.open(desk / "indicators" / "title.yaml")
            client.change(file, "hold: {fact: loan.paperwork,", "hold: {fact: loan.paperwrk,")
            await client.until(lambda: client.messages(file))
            assert "meinten Sie" in client.messages(file)[0] or "gemeint" in client.messages(file)[0]

    waited_for(edit())


@pytest.mark.long
def test_a_change_of_the_shipped_set_is_told_while_it_is_typed(tmp_path: Path) -> None:
    shipped = Path(shutil.copytree(ROOT / "criteria" / "reconnect-china", tmp_path / "set"))

    async def edit() -> None:
        async with editor(shipped) as client:
            file = client.open(shipped / "indicators" / "security.yaml")
            client.change(file, "holds: military_use_in_reach", "holds: military_use_in_rech")
            await client.until(lambda: client.messages(file))
            client.change(file, "military_use_in_rech", "military_use_in_reach")
            await client.until(lambda: not client.messages(file))
            client.change(file, "holds: military_use_in_reach", "holds: military_use_in_rech")
            await client.until(lambda: client.messages(file))

    waited_for(edit())  # how long it takes tells benchmarks/edits.py


def test_whatever_goes_wrong_the_log_has_one_line_and_the_editor_no_traceback(desk: Path) -> None:
    def defect(_server: Server, _params: object) -> None:
        raise ZeroDivisionError("by nothing\nand more")

    server, lines = new_server(), list[str]()
    with mock.patch.object(Server, "window_log_message", lambda _self, params: lines.append(params.message)):
        assert waited_for(guarded(server, defect)(None)) is None
        server.report_server_error(ValueError("of the protocol"), ValueError)
        with (
            mock.patch.object(Server, "texts", return_value={}),
            mock.patch.object(Edited, "check", side_effect=ZeroDivisionError("in the worker")),
        ):
            waited_for(server.check(desk))
    assert lines == [
        "ZeroDivisionError: by nothing",
        "ValueError: of the protocol",
        "ZeroDivisionError: in the worker",
    ]


def test_what_is_no_message_is_answered_without_a_traceback(tmp_path: Path) -> None:
    place = b'{"textDocument":{"uri":"file:///no.yaml"},"position":{"line":900,"character":900}}'
    nowhere = b'{"jsonrpc":"2.0","id":4,"method":"textDocument/hover","params":%b}' % place
    messages = [
        b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}',
        b"{not json",
        b'{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{}}',
        b'{"jsonrpc":"2.0","id":3,"method":"no/such"}',
        b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"nonsense":1}}',
        nowhere,
        b'{"jsonrpc":"2.0","id":5,"method":"shutdown"}',
        b'{"jsonrpc":"2.0","method":"exit"}',
    ]
    sent = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(one), one) for one in messages)
    command = [sys.executable, "-m", PROGRAM, "criteria", "lsp"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    done = subprocess.run(command, input=sent, capture_output=True, cwd=tmp_path, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Traceback" not in done.stdout
    assert b'"id": 4, "jsonrpc": "2.0", "result": null' in done.stdout


def test_where_the_set_itself_is_deleted_nothing_stays_marked(desk: Path) -> None:
    async def edit() -> None:
        async with editor(desk) as client:
            uri = client.open(desk / "indicators" / "object.yaml")
            client.write(uri, client.texts[uri] + "\nbroken: 1\n")
            await client.until(lambda: client.messages(uri))
            (desk / "set.yaml").unlink()
            gone = lsp.FileEvent((desk / "set.yaml").as_uri(), lsp.FileChangeType.Deleted)
            client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([gone]))
            await client.until(lambda: not any(client.told.values()))
            assert client.log == []

    waited_for(edit())
