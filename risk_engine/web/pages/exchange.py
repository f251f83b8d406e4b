"""What the office exchanges with others: keys that it trusts, packages that leave by two people, packages that come."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.sets import default_set, named_sets
from risk_engine.office.exchange.journal import Event, Journal
from risk_engine.office.exchange.receive import standing
from risk_engine.office.exchange.sealed import MOST_TEXT, fingerprint
from risk_engine.web import exchange, proofs, second_person
from risk_engine.web.models import PackageAct, Person
from risk_engine.web.pages import shown
from risk_engine.web.pages.studies import parts_of
from risk_engine.web.rights import may
from risk_engine.web.security import number_of, person_of
from risk_engine.web.wording import day_at
from risk_engine.web.words import PackageActName


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """Show whose keys are trusted, what left and what came; look into a package that came, and take it."""
    person, wrong, status = person_of(request), "", 200
    looked: dict[str, Any] = {"package": None, "raw": ""}
    if request.method == "POST":
        try:
            raw = _sent(request)
            if request.POST.get("do") == "take":
                exchange.bring(raw, person)
                return HttpResponseRedirect("/exchange#came")
            looked = {"package": exchange.looked_into(raw), "raw": base64.b64encode(raw).decode("ascii")}
        except RiskEngineError as error:
            file = request.FILES.get("package")
            wrong, status = exchange.told(error, (file.name or "") if file else ""), 422
    try:
        journal, broken = exchange.journal(), ""
    except RiskEngineError as error:
        journal, broken = None, exchange.told(error)
    package = looked["package"]
    facts = {
        **looked,
        **_journal(journal),
        "is_here": package is not None
        and journal is not None
        and any(one.content == package.digest for one in journal.of("came")),
        "broken": broken,
        "waiting": second_person.packages(),
        "sets": named_sets(),
        "set": (settings.CRITERIA or default_set() or "").partition("@")[0],
        "own": exchange.own_name(),
        "longest": MOST_TEXT,
        "wrong": wrong,
        "may_keys": may(person, "keys"),
    }
    return shown(request, "exchange.j2", facts, status=status)


def _sent(request: HttpRequest) -> bytes:
    """Return the package that was sent: as a file, or as the page had it that showed it."""
    if (file := request.FILES.get("package")) is not None:
        if (file.size or 0) > exchange.MOST:
            raise RiskEngineError(_("a package has at most {size} MiB here", size=exchange.MOST // 1024 // 1024))
        return bytes(file.read())
    try:
        found = base64.b64decode(request.POST.get("raw", ""), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not found:
        raise RiskEngineError(_("Choose the package."))
    return found


def _journal(journal: Journal | None) -> dict[str, Any]:
    """Return what was done so far as rows, the latest first."""
    if journal is None:
        return {"keys": [], "left": [], "came": []}
    counts = {one.n for one in standing(journal)}
    keys = sorted(journal.keys().values(), key=lambda one: one.office)
    return {
        "keys": [(one.office, fingerprint(one.key), one.event, day_at(one.event.at)) for one in keys],
        "left": [(one, day_at(one.at)) for one in reversed(journal.of("sent"))],
        "came": [(one, day_at(one.at), *_state(one, one.n in counts)) for one in reversed(journal.of("came"))],
    }


def _state(one: Event, counts: bool) -> tuple[str, str]:  # noqa: FBT001 (one of two words)
    """Return what a package that came is good for, and what there is to know of that."""
    if one.withdrawn:
        return _("withdraws those before it"), ""
    if not counts:
        return _("counts no more"), ""
    if one.about not in named_sets():
        told = _("This office has no criteria of that name, so it stands beside none of its cases.")
        return _("counts"), told
    return _("counts"), ""


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Trust the key of another office, or trust one no more; with a reason, by an admin who proves who they are."""
    person, sent, wrong, status = person_of(request), request.POST, "", 200
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            _change_key(request, person)
        except RiskEngineError as error:
            wrong, status = exchange.told(error), 422
        else:
            return HttpResponseRedirect("/exchange/keys")
    try:
        facts = _journal(exchange.journal())
    except RiskEngineError as error:
        facts, wrong = _journal(None), exchange.told(error)
    facts |= {"wrong": wrong, "sent": sent if wrong else {}, "proof": proofs.asked(request, person)}
    return shown(request, "exchange_keys.j2", facts, status=status)


def _change_key(request: HttpRequest, person: Person) -> None:
    sent = request.POST
    office, reason = sent.get("office", "").strip(), sent.get("reason", "").strip()
    if sent.get("do") == "remove":
        exchange.distrust(office, person, reason)
        return
    file = request.FILES.get("key")
    if file is None or (file.size or 0) > 64 * 1024:
        raise RiskEngineError(_("Choose the public key of that office (.pub.pem)."))
    exchange.trust(office, bytes(file.read()), person, reason)


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest) -> HttpResponse:
    """Show every byte that would leave now, in words and as it is; ask that it leaves."""
    asked = request.POST if request.method == "POST" else request.GET
    office, of_set = asked.get("office", "").strip(), asked.get("set", "")
    facts: dict[str, Any] = {"office": office, "set": of_set, "sets": named_sets(), "view": None, "wrong": ""}
    facts["longest"] = MOST_TEXT
    if not office or of_set not in named_sets():
        return shown(request, "exchange_leaving.j2", facts)
    if request.method == "POST":
        try:
            made = exchange.ask(
                office, of_set, asked.get("to", "").strip(), asked.get("digest", ""), person_of(request),
                asked.get("reason", ""),
            )  # fmt: skip
            return HttpResponseRedirect(second_person.package_path(made.proposal))
        except RiskEngineError as error:
            facts["wrong"] = exchange.told(error)
    try:
        found = exchange.would_leave(office, of_set)
    except RiskEngineError as error:
        facts["wrong"] = exchange.told(error)
        return shown(request, "exchange_leaving.j2", facts, status=422)
    if asked.get("format") == "bytes":
        return _file(found.content, "what-leaves.jsonl")
    facts |= {
        **parts_of(exchange.preview(found)),
        "digest": exchange.digest_of(found),
        "is_new": found.is_new,
        "to": asked.get("to", ""),
        "reason": asked.get("reason", ""),
    }
    return shown(request, "exchange_leaving.j2", facts, status=422 if facts["wrong"] else 200)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, proposal: int) -> HttpResponse:
    """Show a package that somebody asked for; let it leave as a second person, or refuse it."""
    person, wrong, status = person_of(request), "", 200
    acts = {one.name: one for one in PackageAct.objects.filter(proposal=proposal).select_related("person")}
    asked = acts.get(PackageActName.ASK)
    if asked is None:
        raise Http404
    if request.method == "POST" and (wrong := proofs.given(request, person)):
        status = 403
    elif request.method == "POST":
        try:
            return _decide(request, asked, person)
        except RiskEngineError as error:
            wrong, status = exchange.told(error), 409
    facts: dict[str, Any] = {
        "asked": asked,
        "left": acts.get(PackageActName.LEAVE),
        "refused": acts.get(PackageActName.REFUSE),
        "view": None,
        "is_same": True,
        "wrong": wrong,
        "reason": request.POST.get("reason", ""),
        "proof": proofs.asked(request, person),
    }
    if facts["left"] and request.GET.get("format") == "signed":
        return _file(exchange.what_left(asked), f"{asked.of_set}-{number_of(str(proposal))}.jsonl")
    if len(acts) == 1:
        try:
            found = exchange.would_leave(asked.office, asked.of_set)
            facts |= {**parts_of(exchange.preview(found)), "is_same": exchange.digest_of(found) == asked.digest}
        except RiskEngineError as error:
            facts |= {"is_same": False, "wrong": wrong or exchange.told(error)}
    return shown(request, "exchange_package.j2", facts, status=status)


def _decide(request: HttpRequest, asked: PackageAct, person: Person) -> HttpResponse:
    sent = request.POST
    if sent.get("do") == "refuse":
        exchange.refuse(asked, person, sent.get("reason", ""))
        return HttpResponseRedirect(second_person.package_path(asked.proposal))
    file = request.FILES.get("key")
    if file is None or (file.size or 0) > 64 * 1024:
        raise RiskEngineError(_("Choose the private key of this office (.pem)."))
    exchange.let_leave(asked, bytes(file.read()), sent.get("passphrase", ""), person)
    return HttpResponseRedirect(second_person.package_path(asked.proposal))
