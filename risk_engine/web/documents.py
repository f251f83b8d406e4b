"""The documents of a case: those of a pack, in all their forms, made of the sealed record when somebody asks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from typing import Final, Literal, TypeAlias

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from risk_engine.engine.explain import explain
from risk_engine.files.language import ENGLISH, _, current, in_language, languages, spoken_by
from risk_engine.files.plain import canonical
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import ExplainedOutlook
from risk_engine.office.forms.everyone import letter_book
from risk_engine.office.forms.form import office_libraries
from risk_engine.office.register.record import CaseRecord
from risk_engine.records.criteria import bundled, criteria_of
from risk_engine.report import written
from risk_engine.report.blocks import Kind, View
from risk_engine.report.pages import NOBODY, view_of
from risk_engine.report.pages.questions import Addressee, letters_of
from risk_engine.report.pages.redacted import redacted_view
from risk_engine.report.view import view
from risk_engine.web import cases, jobs, register
from risk_engine.web.models import Case
from risk_engine.web.security import DOCUMENT_CSP
from risk_engine.web.tables import XLSX
from risk_engine.web.words import SealedKind

Paper: TypeAlias = Literal["html", "pdf", "docx", "md"]
PAPER: Final[tuple[Paper, ...]] = ("html", "pdf", "docx", "md")
TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": XLSX,
}
_NEEDS: Final = {"pdf": ("typst", "pdf"), "docx": ("docx", "office"), "xlsx": ("docx", "office")}
"""For a form the library that writes it, and the extra that it comes with; a workbook is a questionnaire here, which
comes with what writes it as a document."""
_WHOLE: Final = {
    "report": "full",
    "annex": "annex",
    "decision": "decision",
    "letter": "letter",
    "plan": "plan",
    "redacted": "redacted",
    "redacted-annex": "redacted_annex",
}
"""What the documents are called in an address, and which kind each is."""
_LETTER: Final = "questions-"
_OUTSIDE: Final = frozenset({"letter", "questions"})
"""The kinds of document that people outside the office read: they are in more languages."""
_WITH_WAYS: Final = frozenset({"full", "decision", "letter"})
"""The kinds of document that tell the ways down, as those of the command line do."""


@dataclass(frozen=True)
class Held:
    """What documents are made of: the record that counts now, also in words, its criteria, the decision on it."""

    record: Assessment
    criteria: Criteria
    explanation: Explanation
    decision: Decision | None


@dataclass(frozen=True)
class Offered:
    """A document as the page of a case shows it: its kind, to whom, its name in addresses, its forms, or why none."""

    kind: Kind | None
    to: str
    name: str
    forms: tuple[str, ...] = ()
    why_not: str = ""
    language: str = ""
    """In which it is written; a record has none."""


def held(found: CaseRecord) -> Held | None:
    """Return what the documents of a case are made of, None before it was assessed."""
    if found.current is None or found.shown is None:
        return None
    record = found.current.assessment
    decision = found.ruled.decision if found.ruled and found.ruled.decision.about.digest == record.digest else None
    return Held(record, criteria_of(record, None, found.current.filed.path), found.shown, decision)


def spoken(of: Held | None, kind: str, wanted: str) -> str:
    """Return the language in which a document is written for whoever wants it in one.

    English, where the engine has no words for such a document in it; and where its criteria have none and it goes no
    further than people outside read: the letter would be in two languages.
    """
    tag = spoken_by("outside" if kind in _OUTSIDE else "report", wanted)
    if of is None or tag in languages("report"):
        return tag
    return tag if told_in(of.criteria, tag).translation is not None else ENGLISH


def offered(of: Held | None, wanted: str = ENGLISH) -> Iterator[Offered]:
    """Yield every document, in the order in which they are needed, as far as it can be in the language that is wanted.

    What cannot be made yet comes with the reason.
    """
    missing = _("once the case is assessed") if of is None else ""
    for name, kind in _WHOLE.items():
        forms = (*_possible(PAPER), *(_possible(("xlsx",)) if kind == "plan" else ()))
        tag = spoken(of, kind, wanted)
        yield Offered(kind, "", name, () if missing else forms, missing, tag)  # type: ignore[arg-type] # a kind of document
    letters = letters_of(of.explanation) if of else []
    for one, file in letters:
        tag = spoken(of, "questions", wanted)
        yield Offered("questions", _addressee(one), f"{_LETTER}{file}", _possible((*PAPER, "xlsx")), "", tag)
    if not letters:
        yield Offered(
            "questions", "", "questions", (), missing or _("no answer is missing that could change a finding")
        )
    yield Offered(None, _("Case"), "case", ("json",))
    yield Offered(None, _("Assessment"), "assessment", () if missing else ("json",), missing)
    yield Offered(None, _("Criteria"), "criteria", () if missing else ("json",), missing)
    undecided = "" if of and of.decision else _("once it is decided")
    yield Offered(None, _("Decision"), "decision", () if undecided else ("json",), undecided)


def _addressee(one: Addressee) -> str:
    if one.is_unassigned:
        return _("{who}: nobody said for whom", who=one.title)
    return f"{one.title}, {one.entry.label}" if one.entry else one.title


def _possible(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some forms that what is installed here can write."""
    return tuple(one for one in forms if one not in _NEEDS or _is_installed(_NEEDS[one][0]))


@cache
def _is_installed(library: str) -> bool:
    return find_spec(library) is not None


def as_file(
    case: Case, kind: str, form: str, wanted: str, *, is_named: bool = False, has_ways: bool = True
) -> HttpResponse | None:
    """Return a document on what was assessed last, or one of the records, as the file that leaves; None for none.

    `wanted` is its language as far as it is there in it (`spoken`), `is_named` that the name of the file says which.
    Raises what making it raises, and NotYetError before the ways down are there that it tells, where it `has_ways`.
    """
    content = _content(case, kind, form, wanted, has_ways=has_ways)
    if content is None:
        return None
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Security-Policy"] = DOCUMENT_CSP
    if form != "html":
        name = f"{case.number}-{kind}{f'-{wanted}' if is_named else ''}.{form}"
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def _content(case: Case, name: str, form: str, wanted: str, *, has_ways: bool) -> bytes | None:
    """Return a document as the bytes of its file, None where there is no such one. Raises what making it raises."""
    if form == "json":
        return _record(case, name)
    of = held(register.record_of(case))
    if of is None or form not in TYPES:
        return None
    kind = _WHOLE.get(name, "questions")
    with in_language(spoken(of, kind, wanted)):
        ways = jobs.ways_of(case, of.record, of.criteria) if has_ways and kind in _WITH_WAYS else None
        return _written(replace(of, explanation=explain(of.record, of.criteria)), name, form, ways)


def _written(of: Held, name: str, form: str, ways: ExplainedOutlook | None) -> bytes | None:
    """Return a document in the current language."""
    if name.startswith(_LETTER):
        return _letter(of, name.removeprefix(_LETTER), form)
    if name not in _WHOLE:
        return None
    made = _view(of, name, ways)
    if form == "xlsx":
        return _plan(made) if name == "plan" else None
    return written(made, form)  # type: ignore[arg-type] # what is left of the forms


def _record(case: Case, name: str) -> bytes | None:
    """Return a record as the package wrote it: it is what `risk-engine verify` reads."""
    sealed = {"assessment": SealedKind.ASSESSMENT, "decision": SealedKind.DECISION}
    if name in sealed:
        found = cases.filed(case, sealed[name])
        return bytes(found.content) if found else None
    if name == "case":
        return canonical(case.document)
    of = held(register.record_of(case)) if name == "criteria" else None
    return bundled(of.criteria) if of else None


def _view(of: Held, name: str, ways: ExplainedOutlook | None) -> View:
    """Return a document of the whole case."""
    match _WHOLE[name]:
        case "full":
            return view(of.explanation, ways, of.decision, part="report")
        case "annex":
            return view(of.explanation, None, of.decision, part="annex")
        case "redacted":
            return redacted_view(of.explanation, told_in(of.criteria, current()), None, of.decision, part="report")
        case "redacted_annex":
            return redacted_view(of.explanation, told_in(of.criteria, current()), part="annex")
        case "decision" | "letter" | "plan" as kind:
            return view_of(of.explanation, kind, of.decision, outlook=ways)
        case other:
            raise AssertionError(other)


def _letter(of: Held, file: str, form: str) -> bytes | None:
    """Return the letter to one of those who still have a question to answer."""
    one = next((one for one, own in letters_of(of.explanation) if own == file), None)
    if one is None:
        return None
    made = view_of(of.explanation, "questions", to=one.key)
    return letter_book(of.record, of.criteria, made, NOBODY) if form == "xlsx" else written(made, form)  # type: ignore[arg-type]


def _plan(made: View) -> bytes:
    with office_libraries():
        from risk_engine.office.forms.plan_form import plan_workbook
    return plan_workbook(made)
