"""A case that is sent, assessed and told in words; nothing of it is kept, and it names no file of the server."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, suggestion
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.source import Document
from risk_engine.loading.case import case_document, case_of, stated_criteria, stated_date
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import name_and_number, named_sets
from risk_engine.loading.validate import mappings
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import COMPARE_WITH, ON_FILE
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.web import cases
from risk_engine.web.api.operations import JSON, SOME_SET, content_of, operation
from risk_engine.web.api.problems import Fault, Kind, ProblemError, faults
from risk_engine.web.words import Scope

YAML: Final = "application/yaml"
_FILES: Final = {JSON: Path("case.json"), YAML: Path("case.yaml")}

Under: TypeAlias = Annotated[
    str | None,
    Query(
        description="The criteria, `SET` or `SET@VERSION`. Without it those that the case names, else the office's.",
        examples=[SOME_SET],
    ),
]
On: TypeAlias = Annotated[
    date | None,
    Query(description="On which day. Without it the day that the case names, else today.", examples=["2026-11-30"]),
]
_EXAMPLE: Final = {
    "id": "EX-1",
    "title": "Battery recycling",
    "assessment_date": "2026-11-30",
    "status": "draft",
}
_CASE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A case as a file holds it; `risk-engine case schema` writes the schema for one set.",
        "content": {
            JSON: {"schema": {"type": "object", "minProperties": 1}, "examples": {"a draft": {"value": _EXAMPLE}}},
            YAML: {
                "schema": {"type": "object", "minProperties": 1},
                "examples": {"a draft": {"value": _EXAMPLE, "summary": "The files of `examples/` go in as they are."}},
            },
        },
    }
}


class Assessed(NamedTuple):
    """What came of a case, and by what."""

    record: Assessment
    criteria: Criteria


@operation("assess", "POST", "/assess", action="self", scope=Scope.ASSESS, answers=Assessment, extra=_CASE)
def assess_case(request: HttpRequest, criteria: Under = None, on: On = None) -> HttpResponse:
    """Assess a case that is sent.

    Nothing of it is kept. The answer is the record that `risk-engine assess --format json` writes, and
    `risk-engine verify` reads.
    """
    return HttpResponse(to_json(_assessed(request, criteria, on).record), content_type=JSON)


@operation("assess", "POST", "/explain", action="self", scope=Scope.ASSESS, answers=Explanation, extra=_CASE)
def explain_case(request: HttpRequest, criteria: Under = None, on: On = None) -> HttpResponse:
    """Assess a case that is sent, and tell the result in words.

    Nothing of it is kept. The words are in the language of `Accept-Language`, else in that of your account.
    """
    made = _assessed(request, criteria, on)
    return HttpResponse(in_json(explain(made.record, made.criteria)), content_type=JSON)


def in_json(explanation: Explanation) -> bytes:
    """Return an explanation as canonical JSON."""
    return canonical(explanation.model_dump(mode="json", by_alias=True))


def _assessed(request: HttpRequest, criteria: str | None, on: date | None) -> Assessed:
    """Return what comes of the case in a body; raise the problem with all that is wrong with it."""
    text, given = content_of(request, *_FILES)
    try:
        document = case_document(text, _FILES[given])
    except InvalidSourceError as error:
        raise ProblemError(Kind.UNREADABLE, errors=faults(error.diagnostics)) from error
    try:
        _check_files(document)
        return _under(document, criteria, on)
    except InvalidSourceError as error:
        raise ProblemError(Kind.INVALID, errors=faults(error.diagnostics, document)) from error


def _under(document: Document, criteria: str | None, on: date | None) -> Assessed:
    day = on or stated_date(document)
    stated = stated_criteria(document)
    reference = criteria or stated or settings.CRITERIA
    try:
        if reference is not None:
            check_named(reference)
        chosen = choose(reference, day or cases.today())
    except InvalidSourceError:
        raise
    except RiskEngineError as error:
        if criteria is not None:
            fault = Fault(detail=error.message, parameter="criteria", help=error.way_out or None)
            raise ProblemError(Kind.INVALID, errors=[fault]) from error
        raise InvalidSourceError([document.problem(("criteria",), error.message, error.way_out)]) from error
    rules = cases.rules_named(f"{chosen.version}")
    made = assess(
        case_of(document, rules),
        rules,
        day or cases.today(),
        in_force=chosen.in_force,
        draft=chosen.draft,
        withdrawn=chosen.withdrawn,
    )
    return Assessed(made, rules)


def check_named(reference: str) -> None:
    """Raise RiskEngineError for criteria that are no set known by name: a path would read files of the server."""
    name, _number = name_and_number(reference)
    if name not in named_sets():
        raise RiskEngineError(_("there is no criteria set `{name}`", name=name), suggestion(name, named_sets()))


def _check_files(document: Document) -> None:
    """Raise InvalidSourceError where a case names files beside it, which are not sent with it."""
    help_text = _("write the answers into the case")
    message = _("a case that is sent names no files")
    found: list[Diagnostic] = []
    if COMPARE_WITH in document.data:
        found.append(document.problem((COMPARE_WITH,), message, key=True))
    for name, entries in document.data.items():
        for number, entry in mappings(entries):
            if ON_FILE in entry:
                found.append(document.problem((name, number, ON_FILE), message, help_text, key=True))
    if found:
        raise InvalidSourceError(found)
