"""What the interface says of itself: complete, the same from release to release, and what it does."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import WSGIApplication

import jsonschema
import pytest
from django.http import HttpRequest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from ninja import NinjaAPI
from schemathesis import Case as Sent
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.openapi import from_wsgi

from risk_engine.web import cases, limits
from risk_engine.web.api.interface import ADDRESS, OPERATIONS, description
from risk_engine.web.api.operations import operations
from risk_engine.web.models import Case, Person
from risk_engine.web.words import Role

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "api.md"
NAMES = {
    "add_entry": "POST /cases/{number}/entries",
    "assess_case": "POST /assess",
    "attach_evidence": "POST /cases/{number}/evidence",
    "begin_case": "POST /cases",
    "do_act": "POST /cases/{number}/acts/{name}",
    "explain_case": "POST /explain",
    "explain_result": "GET /cases/{number}/explanation",
    "invite_guest": "POST /cases/{number}/invitations",
    "list_cases": "GET /cases",
    "list_controls": "GET /cases/{number}/controls",
    "list_criteria": "GET /criteria",
    "list_documents": "GET /cases/{number}/documents",
    "list_evidence": "GET /cases/{number}/evidence",
    "list_hits": "GET /cases/{number}/hits",
    "list_invitations": "GET /cases/{number}/invitations",
    "list_notes": "GET /cases/{number}/notes",
    "list_questions": "GET /cases/{number}/questions",
    "read_case": "GET /cases/{number}",
    "read_criteria": "GET /criteria/{name}/{version}",
    "read_document": "GET /cases/{number}/documents/{name}.{form}",
    "read_evidence": "GET /cases/{number}/evidence/{sha256}",
    "read_myself": "GET /me",
    "read_changes": "GET /changes",
    "read_register": "GET /register",
    "remove_entry": "DELETE /cases/{number}/entries/{list_name}/{entry}",
    "save_answers": "POST /cases/{number}/answers",
    "save_control": "POST /cases/{number}/controls",
    "withdraw_invitation": "DELETE /cases/{number}/invitations/{invitation}",
    "write_note": "POST /cases/{number}/notes",
}
"""Programs are written against these: one more is no matter, one that is gone or called otherwise is."""


def test_operations_keep_their_names_and_addresses() -> None:
    assert {one.name: f"{one.method} /{one.address}" for one in OPERATIONS} == NAMES
    found = description()["paths"]
    assert {one["operationId"] for methods in found.values() for one in methods.values()} == set(NAMES)


def test_it_is_read_without_a_token_and_every_operation_says_which_scope_it_needs() -> None:
    response = Client(HTTP_HOST="localhost").get(f"/{ADDRESS}openapi.json")
    found = json.loads(response.content)
    assert (response.status_code, found["openapi"]) == (200, "3.1.0")
    assert found["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    by_name = {one.name: one for one in OPERATIONS}
    for methods in found["paths"].values():
        for one in methods.values():
            scope = by_name[one["operationId"]].scope
            assert one["security"] == [{"Bearer": [str(scope)] if scope else []}]
            assert one["summary"]
            assert {"401", "404", "422", "429"} <= set(one["responses"])
    assert Client(HTTP_HOST="localhost").post(f"/{ADDRESS}openapi.json").status_code == 405


@pytest.mark.nightly
def test_every_part_that_it_refers_to_is_there_and_a_schema() -> None:
    found = description()
    for reference in set(re.findall(r'"#/([^"]+)"', json.dumps(found))):
        part: Any = found
        for step in reference.split("/"):
            part = part[step]
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_guide_names_every_operation_with_its_scope() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+ /\S+)` \| (?:`(\S+)`|any) \|", guide, re.MULTILINE))
    assert rows == {(f"{one.method} /{one.address}", str(one.scope or "")) for one in OPERATIONS}


def test_an_operation_that_lets_in_without_a_token_does_not_start() -> None:
    api = NinjaAPI(urls_namespace="unguarded")

    @api.get("/open")
    def unguarded(request: HttpRequest) -> None: ...

    with pytest.raises(ValueError, match="not enough values"):
        list(operations(api))


# --- against what it does ---


def held(examples: int, mode: GenerationMode, case: Case, client: Client, application: WSGIApplication) -> None:
    """Send what the description allows, or what it does not; hold each answer against it, by every check there is."""
    config = SchemathesisConfig.from_dict(
        {
            # What a schema cannot say of cases, answers and acts is told as 409, 415 or 422.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 400, 403, 404, 409, 422]}},
            "generation": {"database": "none"},
        }
    )
    described = from_wsgi(f"/{ADDRESS}openapi.json", application, config=config)
    headers = {"Authorization": client.defaults["HTTP_AUTHORIZATION"]}
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        one = found.ok()
        known = {"number": case.number} if "{number}" in one.path else None

        @settings(
            max_examples=examples, deadline=None, derandomize=examples == FEW, suppress_health_check=list(HealthCheck)
        )
        @given(one.as_strategy(mode, path_parameters=known))
        def each(sent: Sent[Any]) -> None:
            sent.call_and_validate(headers=headers)

        each()


@pytest.fixture
def unhindered(
    somebody: Callable[..., Person], program: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> Client:
    """A program that may everything, as often as it likes."""
    for limit in ("BY_TOKEN", "BY_ADDRESS"):
        monkeypatch.setattr(limits, limit, limits.Limit(10_000, 60))
    return program(somebody("Max Muster", *Role))


FEW, MANY = 3, 50


@pytest.mark.parametrize(
    ("mode", "examples"),
    [
        pytest.param(GenerationMode.NEGATIVE, FEW, marks=pytest.mark.long),
        *(pytest.param(one, MANY, marks=pytest.mark.nightly) for one in GenerationMode),
    ],
)
def test_what_it_says_of_itself_is_what_it_does(
    mode: GenerationMode, examples: int, case: Case, application: WSGIApplication, unhindered: Client
) -> None:
    cases.seal_assessment(case)
    held(examples, mode, case, unhindered, application)


@pytest.mark.long
@pytest.mark.parametrize("language", ["sh", "python"])
def test_the_examples_of_the_guide_do_what_they_say(
    language: str, case: Case, application: WSGIApplication, unhindered: Client, tmp_path: Path
) -> None:
    (code,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = ["bash", "-e", "-c", code] if language == "sh" else [sys.executable, "-c", code]
    status, said = served(command, application, unhindered, tmp_path)
    assert status == 0, said
    if language == "sh":
        assert "comes out again to the byte" in said
        assert "Batterie" in (tmp_path / "in-words.json").read_text(encoding="utf-8")
        assert (tmp_path / "due.csv").read_text(encoding="utf-8-sig").startswith('"Case","Title"')
    else:
        assert said.splitlines()[-2:] == [
            "start_gate ['clear', 'conditional', 'blocked']",
            "measure ['advice', 'regulation', 'restriction']",
        ]
        begun = Case.objects.exclude(pk=case.pk).get()
        assert begun.document["partner"] == [{"id": "example-institute", "name": "Example Institute", "country": "JP"}]


def served(command: list[str], application: WSGIApplication, client: Client, folder: Path) -> tuple[int, str]:
    """Run a program while this process serves the office to it; return its exit code, and what it said."""
    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        server.timeout = 0.05
        own = {
            "OFFICE": f"http://localhost:{server.server_port}",
            "TOKEN": client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer "),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}",
            "RISK_ENGINE_LANG": "en",
        }
        said = subprocess.PIPE
        with subprocess.Popen(
            command, cwd=folder, env={**os.environ, **own}, stdout=said, stderr=subprocess.STDOUT
        ) as run:
            while run.poll() is None:
                server.handle_request()
            return run.returncode, (run.stdout.read() if run.stdout else b"").decode()


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (of the library)
        pass
