"""The criteria: every set and version, one of them to look through, and each of its records with what reads it."""

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.words import SEVERITIES
from risk_engine.report.blocks import Group
from risk_engine.report.html_markdown import fragment
from risk_engine.report.set_pages.catalogue import single, with_refs
from risk_engine.report.wording import severities
from risk_engine.web import cases, proofs, releases, sets, studies, uploads
from risk_engine.web.models import CaseFinding, Person
from risk_engine.web.narrowing import LONGEST_TEXT
from risk_engine.web.pages import shown
from risk_engine.web.rights import cases_for, may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.sets import Held
from risk_engine.web.wording import problem_words, record_words, standing_words, study_words, version_state_words

if TYPE_CHECKING:
    from django.core.files.base import File

MOST_CASES: Final = 50
"""So many of the cases that come to a finding are listed."""


@require_http_methods(["GET", "POST"])
def every_set(request: HttpRequest) -> HttpResponse:
    """Show every set and version that is there, and which of them new cases are begun under; take in another one."""
    person, wrong, status = person_of(request), "", 200
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            row = uploads.bring_in(_sent(request), person)
        except RiskEngineError as error:
            wrong, status = problem_words(error), 422
        else:
            return HttpResponseRedirect(f"/criteria#set-{row.name}")
    found, notes = sets.every_set()
    problems = {one.name: problem_words(one.problem) for one in found if one.problem is not None}
    used, gone = None, ""
    try:
        used = releases.in_use(cases.today())
    except RiskEngineError as error:
        gone = problem_words(error)
    facts = {
        "sets": found,
        "notes": notes,
        "states": version_state_words(),
        "problems": problems,
        "used": used,
        "gone": gone,
        "waiting": [one for one in releases.proposals() if one.is_open],
        "came": uploads.last_of_each(),
        "wrong": wrong,
        "may_change": (may_change := may(person, "change_criteria")),
        "proof": proofs.asked(request, person) if may_change else None,
    }
    return shown(request, "criteria.j2", facts, status=status)


def _sent(request: HttpRequest) -> "File[Any]":
    """Return the file of a form; raise RiskEngineError where none was chosen."""
    if (file := request.FILES.get("file")) is None:
        raise RiskEngineError(_("choose a file"))
    return file


def about_version(request: HttpRequest, reference: str) -> Held | HttpResponse:
    """Return the version that an address names; or the answer that there is none, or why it cannot be read."""
    try:
        found = sets.held(reference)
    except RiskEngineError as error:
        told = {"title": _("Not readable"), "told": problem_words(error), "reason": ""}
        return shown(request, "problem.j2", told, status=422)
    if found is None:
        raise Http404
    return found


@require_GET
def explorer(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a version: what it says of itself, and those of its records that the address asks for."""
    of = about_version(request, reference)
    if isinstance(of, HttpResponse):
        return of
    sent = {name: request.GET.get(name, "").strip()[:LONGEST_TEXT] for name in ("q", "dimension", "kind")}
    known: dict[str, Mapping[str, object]] = {"dimension": of.criteria.head.dimensions, "kind": record_words()}
    unknown = {name for name, among in known.items() if sent[name] and sent[name] not in among}
    by = sets.Wanted(**{name: "" if name in unknown else text for name, text in sent.items()})
    is_asked = by != sets.Wanted()
    # What a set is about are its indicators; the others are a click away.
    found = list(sets.records(of.criteria, by if is_asked else sets.Wanted(kind="indicator")))
    facts = {
        "of": of,
        "state": version_state_words()[of.state],
        "by": by,
        "wrong": [
            _("“{text}” is not known as {name}, and was left out.", text=sent[name], name=name)
            for name in sorted(unknown)
        ],
        "is_asked": is_asked,
        "kinds": (kinds := record_words()),
        "counts": sets.counted(of.criteria),
        "dimensions": {name: one.title for name, one in of.criteria.head.dimensions.items()},
        "found": [(title, list(rows)) for title, rows in groupby(found, lambda one: one.dimension or kinds[one.kind])],
        "number": len(found),
        "may_change": may(person_of(request), "change_criteria"),
        "about": fragment(with_refs(sets.about(of.version), sets.leading(of))),
    }
    return shown(request, "criteria_set.j2", facts)


@require_GET
def record_page(request: HttpRequest, reference: str, record: str) -> HttpResponse:
    """Show a record as the catalogue does, each name in it a link, and which cases come to it."""
    of = about_version(request, reference)
    if isinstance(of, HttpResponse):
        return of
    try:
        page = single(of.criteria, record)
    except RiskEngineError:
        raise Http404 from None
    first, *parts = with_refs(page.sections[0].blocks, sets.leading(of))
    assert isinstance(first, Group)  # noqa: S101 (the page of a record is its group)
    title = "".join(one.text for one in first.title)
    is_indicator = record in of.criteria.indicators
    through = sets.indicators_through(of.criteria, record)
    rows = sets.triggering(cases_for(person_of(request)), of.criteria, record) if is_indicator else None
    facts = {
        "of": of,
        "title": title,
        "name": record,
        "through": [(one, of.criteria.indicators[one].title) for one in through],
        "may_change": may(person_of(request), "change_criteria"),
        "record": fragment(first.blocks, 2),
        "parts": fragment(parts, 2),
        "rows": None if rows is None else [(one, _lies(one), standing_words(one.case)) for one in rows[:MOST_CASES]],
        "more": 0 if rows is None else max(0, rows.count() - MOST_CASES),
    }
    return shown(request, "criteria_record.j2", facts)


def _lies(finding: CaseFinding) -> str:
    """Return between which severities a finding lies after controls."""
    least, most = (next(one for one in SEVERITIES if one == end) for end in (finding.least, finding.most))
    return severities(least, most)


@require_http_methods(["GET", "POST"])
def use(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what speaks for and against a version for new cases; propose it, release what another proposed, withdraw."""
    of = about_version(request, reference)
    if isinstance(of, HttpResponse):
        return of
    person, sent, wrong, status = person_of(request), request.POST, "", 200
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            _do(of, person, sent)
        except RiskEngineError as error:
            wrong, status = problem_words(error), 409
        else:
            return HttpResponseRedirect(f"{of.address}/use")
    every = [one for one in releases.proposals() if one.reference == reference]
    used = releases.used_now()
    facts = {
        "of": of,
        "state": version_state_words()[of.state],
        "every": every,
        "waiting": next((one for one in every if one.is_open), None),
        "counting": next((one for one in every if one.counts), None),
        "used": used,
        "problems": [problem_words(one) for one in releases.problems(of.version, reference)],
        "looks": studies.looks(of, used),
        "titles": study_words(),
        "wrong": wrong,
        "reason": sent.get("reason", ""),
        "may_change": (may_change := may(person, "change_criteria")),
        "proof": proofs.asked(request, person) if may_change else None,
    }
    return shown(request, "criteria_use.j2", facts, status=status)


def _do(of: Held, person: Person, sent: Mapping[str, str]) -> None:
    """Do what a form asks for. Raises RiskEngineError where it cannot be done."""
    digest, reason = of.criteria.digest, sent.get("reason", "").strip()
    if sent.get("digest") != digest:
        raise RiskEngineError(_("the rules are not what the page showed any more"), _("look at them again"))
    if sent.get("do") == "propose":
        with transaction.atomic():
            releases.propose(of.version, of.reference, digest, person, reason)
            if (study := studies.impact_to_see(of, releases.used_now())) is not None:
                studies.ask(study, person)  # so that it is there for whoever releases
        return
    number = number_of(sent.get("proposal", ""))
    found = next((one for one in releases.proposals() if (one.number, one.reference) == (number, of.reference)), None)
    match sent.get("do"), found:
        case "release", releases.Proposal():
            if studies.impact_to_see(of, releases.used_now()) is not None:
                message = _("what it does to the cases of the office is not worked out yet")
                raise RiskEngineError(message, _("that takes some minutes: look at it, then release"))
            releases.release(found, of.version, digest, person, reason)
        case "withdraw", releases.Proposal():
            releases.withdraw(found, person, reason)
        case _:
            raise RiskEngineError(_("this proposal is not there"), _("look at it again"))
