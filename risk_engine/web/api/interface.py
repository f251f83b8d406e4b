"""The interface as a whole: its operations, and what it says of itself as OpenAPI 3.1."""

from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from risk_engine.files.plain import canonical
from risk_engine.web.api import acts, around, calculate, cases, criteria, hits, register  # noqa: F401 (each adds its operations)
from risk_engine.web.api.operations import Operation, Strict, operations, router
from risk_engine.web.api.problems import MEDIA_TYPE, Problem, answer_problems

ADDRESS: Final = "api/v1/"
_ABOUT: Final = """\
What the office does in the browser, for programs. Send a token of your account as `Authorization: Bearer …`; it does
what you may do, as far as its scopes go. What you may not see is not there (404). Problems come as
`application/problem+json` (RFC 9457), all at once, with the place of each.
"""

api = NinjaAPI(
    title="The office of collaboration risks",
    version="1",
    description=_ABOUT,
    docs_url=None,
    openapi_url=None,
    parser=Strict(),
    urls_namespace="api",
    servers=[{"url": f"/{ADDRESS.rstrip('/')}"}],
)
answer_problems(api)
api.add_router("", router)

OPERATIONS: Final[tuple[Operation, ...]] = tuple(operations(api))
"""Every operation with its action and its scope."""


_ALWAYS: Final = frozenset({401, 403, 404, 422, 429})
_WITH_BODY: Final = frozenset({400, 409, 413, 415})


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document: what the library makes of the operations, and what it has no words for."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=""))
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
    found["components"]["responses"] = {
        "Problem": {
            "description": "Why it was not done.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    by_name = {one.name: one for one in OPERATIONS}
    for methods in found["paths"].values():
        for one in methods.values():
            asked = by_name[one["operationId"]]
            one["security"] = [{"Bearer": [asked.scope.value] if asked.scope else []}]
            possible = _ALWAYS | (_WITH_BODY if "requestBody" in one else set())
            problems = {f"{status}": {"$ref": "#/components/responses/Problem"} for status in sorted(possible)}
            one["responses"] = {f"{status}": said for status, said in one["responses"].items()} | problems
            for parameter in one["parameters"]:
                parameter["schema"].pop("examples", None)
                if isinstance(shown := parameter.pop("examples", None), list):
                    parameter["example"] = shown[0]
    return found


@require_GET
def openapi(_request: HttpRequest) -> HttpResponse:
    """Answer with what the interface says of itself; no secret is in it."""
    return HttpResponse(canonical(description()), content_type="application/json")
