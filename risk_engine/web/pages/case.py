"""A case: its task list, its questions page by page, the last look at all answers, its acts and documents."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from operator import itemgetter
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import read_of
from risk_engine.files.diagnostics import RiskEngineError, is_blank
from risk_engine.files.language import _, languages
from risk_engine.model.case import Answer
from risk_engine.model.explanation import ControlShown
from risk_engine.model.triage import first_questions
from risk_engine.office.register.listing import due_words, dues
from risk_engine.records.decisions import StatedCondition, adopted, control_text
from risk_engine.report.wording import course, gravest
from risk_engine.web import (
    cases,
    consultations,
    documents,
    guests,
    hits,
    jobs,
    notes,
    proofs,
    questions,
    register,
    screening,
    tasks,
)
from risk_engine.web.decisions import Ruling, decision_of, in_words, is_harmless
from risk_engine.web.models import Case, Note, Person
from risk_engine.web.pages import shown
from risk_engine.web.rights import cases_for, may, questions_of
from risk_engine.web.security import number_of, person_of
from risk_engine.web.standing import effects_of, range_beside, range_of, telling
from risk_engine.web.states import SEALS, WAY, Move, about, move, offered, reviewers, why_not
from risk_engine.web.wording import act_words, as_iso, problem_words, standing_words, state_words, who_did
from risk_engine.web.words import ActName, SealedKind

_JUDGES: Final = frozenset({ActName.REVIEW, ActName.RETURN, ActName.DECIDE, ActName.CONFIRM, ActName.OPINION})
"""Whoever does these judges what was sealed, and has before them what it rests on."""
_CONDITIONS: Final = 3
"""So many empty lines for conditions a decision has, and so many more each time."""
_MOST_CONDITIONS: Final = 60
_CHOSEN: Final = ("level.", "reviewer", "due", "condition.", "owner.", "none")
"""What of a form of an act comes back with the page that says what is wrong with it."""


def head_of(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what every page of a case is given."""
    return {
        "case": case,
        "state": standing_words(case),
        "is_editable": case.state in cases.EDITABLE and may(person_of(request), "answer", case),
        "may_add": case.state in cases.EDITABLE and may(person_of(request), ActName.EDIT, case),
        "may_access": may(person_of(request), "access", case),
        "returned": notes.returned(case),
        "acts": [(one, act_words(one)) for one in offered(case, person_of(request))],
    }


@require_GET
def case_page(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the task list of a case, its state, what can be done next, its history."""
    remarks = notes.of(case)
    record, wanted = register.record_of(case), _wanted(request)
    ruled = cases.filed(case, SealedKind.DECISION)
    title_seq = case.answers.filter(path="title").aggregate(Max("seq"))["seq__max"] or 0
    facts = {
        "title_seq": title_seq,
        "tasks": tasks.task_list(case, questions.of_staff(case)),
        "range": range_of(case),
        "has_assessment": cases.filed(case, SealedKind.ASSESSMENT) is not None,
        "decision": decision_of(ruled) if ruled else None,
        "decision_state": record.decision_state(),
        "ladders": cases.rules(case).ladders,
        "history": _history(case, remarks),
        "came_in": [one.name or _("erased") for one in guests.not_taken_over(case.invitations.all())],
        "notes": notes.shown(case, [one for one in remarks if not one.path]),
        "of_notes": len(remarks),
        "just_done": _done(request, case),
        "documents": list(documents.offered(documents.held(record), wanted)),
        "wanted": wanted,
        "languages": languages("outside"),
        "dues": sorted(dues(record)),
        "due_words": due_words,
        "today": cases.today(),
        "other_cases": register.elsewhere(case, cases_for(person_of(request)), cases.rules(case)),
    }
    return shown(request, "case.j2", {**head_of(request, case), **facts})


def _wanted(request: HttpRequest) -> str:
    """Return the language in which somebody wants documents: what the address says, else their own."""
    said = request.GET.get("lang", "")
    return said if said in languages("outside") else person_of(request).language


def _done(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """Return what the page before this one did: the act that its address names, which a second click finds done."""
    key = request.GET.get("act", "")
    act = case.acts.exclude(name=ActName.ANSWER).filter(pk=number_of(key)).first()
    return None if act is None else {"what": act_words(ActName(act.name)), "at": act.at}


def _history(case: Case, remarks: Sequence[Note]) -> list[dict[str, Any]]:
    """Return what was done and remarked, the latest first."""
    acts = [
        {"at": one.at, "who": who_did(one), "what": act_words(ActName(one.name)), "note": one.note}
        for one in case.acts.exclude(name=ActName.ANSWER).select_related("person", "on_behalf_of").order_by("-pk")
    ]
    said = [
        {"at": one.at, "who": one.name, "what": _("Note on “{about}”", about=one.about), "note": one.text}
        for one in notes.shown(case, remarks)
    ]
    return sorted([*acts, *said], key=itemgetter("at"), reverse=True)


@require_http_methods(["GET", "POST"])
def question_page(request: HttpRequest, case: Case, group: str, entry: str | None = None) -> HttpResponse:
    """Show a page of questions; save what came back: the good answers, with the bad ones kept as they were typed."""
    try:
        answers = questions_of(person_of(request), case)
        sight = questions.of_staff(case, answers)
        page = questions.page(sight, group, entry)
    except LookupError as error:
        raise Http404 from error
    about = request.headers.get("HX-Trigger", "").removeprefix("w-")
    back = "check" if "check" in {request.GET.get("back"), request.POST.get("back")} else ""
    if request.method == "POST":
        try:
            save = partial(_save, case, person_of(request))
            told, saved = questions.take(sight, page, sent_by(request), save)
        except cases.LockedError:
            return locked(request, case)
        case.refresh_from_db()
        page = questions.again(questions.of_staff(case, answers), page, told, saved)
        if not page.wrong and request.POST.get("then") == "next":
            return HttpResponseRedirect(_after(case, page, back))
    facts = {"page": page, "range": range_beside(case, page, about)}
    if "HX-Request" in request.headers and request.method == "POST":
        return shown(request, "saved.j2", facts)
    facts |= {
        "place": f"/cases/{case.number}",
        "back": back,
        "files": questions.evidence_of(case, page),
        "notes": notes.beside(case),
        "why": tasks.why_asked(sight, page),
        "is_looked_up": screening.is_looked_up(sight.record, page.group.entity),
        "hits": hits.counted(sight.record, page.group.entity, _entries(page), person_of(request)),
        "NOT_KNOWN": questions.NOT_KNOWN,
        "NONE": questions.NONE,
    }
    return shown(request, "questions.j2", {**head_of(request, case), **facts})


def _entries(page: questions.Page) -> tuple[str, ...]:
    """Return the entries that a page is about: one, or all of a list."""
    return tuple(one.id for one in ((page.entry,) if page.entry else page.group.entries))


def triage(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the questions that are asked first, and nothing else; where a set has none, the task list."""
    if first_questions(cases.rules(case)):
        return question_page(request, case, questions.FIRST)
    return HttpResponseRedirect(f"/cases/{case.number}")


@require_GET
def effects(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what each answer to one question would do."""
    read = read_of(request.GET.get("about", ""))
    try:
        asked = questions.asked_now(case, read)
    except LookupError as error:
        raise Http404 from error
    return shown(request, "effects.j2", {"about": effects_of(cases.record(case), asked)})


@require_GET
def check(request: HttpRequest, case: Case) -> HttpResponse:
    """Show what is open, all that is answered, and what is not asked and why, before a case is assessed."""
    seen = cases.looked_at(case)
    sight = questions.of_staff(case)
    look = tasks.last_look(sight, telling(case))
    may_assess = any(name is ActName.ASSESS for name, _words in head_of(request, case)["acts"])
    undecided = hits.undecided(sight.record, person_of(request))
    facts = {"look": look, "range": range_of(case), "may_assess": may_assess, "seen": seen, "undecided": undecided}
    return shown(request, "check.j2", {**head_of(request, case), **facts})


@require_GET
def document(request: HttpRequest, case: Case, kind: str, form: str) -> HttpResponse:
    """Answer with a document on what was assessed last, or with one of the records; 404 where there is none."""
    how = {"is_named": "lang" in request.GET, "has_ways": request.GET.get("ways") != "no"}
    try:
        response = documents.as_file(case, kind, form, _wanted(request), **how)
    except jobs.NotYetError as error:
        told = {"title": _("In a moment"), "told": problem_words(error), "reason": _("It comes by itself.")}
        without = f"{request.path}?{urlencode({**request.GET.dict(), 'ways': 'no'})}"
        again = shown(request, "problem.j2", {**told, "back": (without, _("Open it without them"))}, status=202)
        again["Refresh"] = "2"
        return again
    except RiskEngineError as error:
        told = {"title": _("Not made"), "told": problem_words(error), "reason": ""}
        return shown(request, "problem.j2", told, status=422)
    if response is None:
        raise Http404
    return response


def locked(request: HttpRequest, case: Case) -> HttpResponse:
    """Answer that a case takes no answers now."""
    told = _("This case is {state}: its answers can be read, not changed.", state=state_words(case.state))
    back = (f"/cases/{case.number}", f"{case.number} {case.title}")
    return shown(request, "problem.j2", {"title": _("Not saved"), "told": told, "reason": "", "back": back}, status=409)


def _save(case: Case, by: Person, read: Read, value: Answer | None, page: str, base: int) -> None:
    cases.save(case, read, value, by, page, base)


def sent_by(request: HttpRequest) -> Mapping[str, list[str]]:
    """Return what the fields of a form hold."""
    return {name: request.POST.getlist(name) for name in request.POST}


def _after(case: Case, page: questions.Page, back: str) -> str:
    """Return where to go from a page on which all is saved: back to where somebody came from, else the next page."""
    if back:
        return f"/cases/{case.number}/{back}#p-{page.name}"
    if page.group.entity == questions.FIRST:
        return f"/cases/{case.number}{'/act/file' if is_harmless(case) else ''}"
    if page.entry is not None:
        return f"/cases/{case.number}/q/{page.group.entity}"
    names = [one.entity for one in questions.groups(questions.of_staff(case)) if one.progress != "not_needed"]
    behind = names[names.index(page.group.entity) + 1 :] if page.group.entity in names else []
    return f"/cases/{case.number}/q/{behind[0]}" if behind else f"/cases/{case.number}"


@require_POST
def entries(request: HttpRequest, case: Case, group: str) -> HttpResponse:
    """Add an entry to a list, or say that there are none."""
    record = cases.record(case)
    entity = record.criteria.entities.get(group)
    if entity is None or entity.many is None:
        raise Http404
    back = f"/cases/{case.number}/q/{group}"
    name = " ".join(request.POST.get("name", "").split())
    try:
        if gone := request.POST.get("remove"):
            cases.withdraw_entry(case, group, gone, person_of(request), group)
        elif request.POST.get("none"):
            if not record.entries(group):
                base = number_of(request.POST.get("base", "0"))
                cases.save(case, Read(group, None, None), (), person_of(request), group, base)
        elif is_blank(name):
            return not_saved(request, _("Write a name."), back)
        else:
            back += "/" + cases.save_entry(case, group, name, person_of(request), group)
    except cases.LockedError:
        return locked(request, case)
    except cases.ConflictError:
        return not_saved(request, _("What you saw is not what stands now: look at it again."), back)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error), back)
    return HttpResponseRedirect(back)


@require_POST
def title(request: HttpRequest, case: Case) -> HttpResponse:
    """Give a case another title; as with an answer, what was assessed before is no longer about it."""
    wanted, back = " ".join(request.POST.get("title", "").split()), f"/cases/{case.number}"
    if is_blank(wanted):
        return not_saved(request, _("A case needs a title."), back)
    try:
        cases.save_beside(case, "title", wanted, person_of(request), "title", number_of(request.POST.get("base", "0")))
    except cases.LockedError:
        return locked(request, case)
    except cases.ConflictError as error:
        told = _("{name} gave it another title meanwhile: look at it again.", name=error.stands.author)
        return not_saved(request, told, back)
    except RiskEngineError as error:
        return not_saved(request, problem_words(error), back)
    return HttpResponseRedirect(back)


def not_saved(request: HttpRequest, told: str, back: str) -> HttpResponse:
    """Answer that something was not saved, and why, with the way back to its page."""
    facts = {"title": "", "told": told, "reason": "", "back": back}
    return shown(request, "problem.j2", facts, status=422)


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, case: Case, name: str) -> HttpResponse:
    """Show what an act would do, with what was sealed; do it."""
    person, wanted = person_of(request), ActName(name) if name in set(ActName) else None
    if wanted not in WAY:
        raise Http404
    # Before the page asks anew: a new challenge takes the place of the one that a passkey answered.
    unproven = proofs.given(request, person) if request.method == "POST" and wanted in proofs.SIGNS else ""
    seen = cases.looked_at(case)
    sealed = about(case, wanted)
    assessment = cases.filed(case, SealedKind.ASSESSMENT) if wanted in _JUDGES else None
    found = in_words(case, assessment) if assessment else None
    told = found if wanted is ActName.DECIDE else None
    facts: dict[str, Any] = {
        **head_of(request, case),
        "name": wanted,
        "title": act_words(wanted),
        "step": WAY[wanted],
        "digest": sealed.digest if sealed and wanted not in SEALS else "",
        "seen": seen if wanted in SEALS else None,
        "changed": (),
        # What somebody typed comes back with the reason, in its form.
        "why_not": "" if request.method == "POST" else why_not(case, wanted, person),
        "wrong": unproven,
        "note": request.POST.get("note", ""),
        "reviewers": reviewers(case, person) if wanted is ActName.SEND else [],
        "proposals": told.proposals if told else [],
        "ladders": cases.rules(case).ladders,
        "decision": decision_of(sealed) if sealed and wanted is ActName.CONFIRM else None,
        "adopted": [(one, control_text(one)) for one in adopted(told)] if told else [],
        "rows": range(min(max(_CONDITIONS, number_of(request.POST.get("rows", ""))), _MOST_CONDITIONS)),
        "chosen": {key: request.POST[key] for key in request.POST if key.startswith(_CHOSEN)},
        "proof": proofs.asked(request, person) if wanted in proofs.SIGNS else None,
        "range": range_of(case),
        "answered": tasks.last_look(questions.of_staff(case), frozenset()).answered if wanted is ActName.FILE else (),
        "reasons": gravest(found) if found else [],
        "found": found,
        "course": course,
        "since": tasks.changed_since_looked(case) if found else None,
        "opinions": consultations.opinions(case),
        "open_opinions": [
            one for one in consultations.of(case).filter(for_opinion=True) if not consultations.has_given(one)
        ],
    }
    if "more" in request.POST:
        return shown(
            request,
            "act.j2",
            {**facts, "rows": range(min(len(facts["rows"]) + _CONDITIONS, _MOST_CONDITIONS)), "wrong": ""},
        )
    if request.method == "POST":
        if unproven:
            return shown(request, "act.j2", facts, status=403)
        try:
            asked = _move(request, wanted, adopted(told) if told else ())
            done = move(case, person, asked)
        except cases.RefusedError as error:
            if wanted in SEALS:
                facts["changed"] = tasks.changed_since(case, number_of(request.POST.get("seen", "")))
            return shown(request, "act.j2", {**facts, "wrong": str(error)}, status=409)
        except RiskEngineError as error:
            return shown(request, "act.j2", {**facts, "wrong": _without_commands(error)}, status=422)
        return HttpResponseRedirect(f"/cases/{case.number}?act={done.pk}")
    return shown(request, "act.j2", facts)


def _move(request: HttpRequest, name: ActName, controls: Sequence[ControlShown]) -> Move:
    """Return what a form asks for; `controls` are those that may become conditions."""
    sent = request.POST
    reviewer = Person.objects.filter(pk=number_of(sent.get("reviewer", ""))).first()
    levels = tuple((key.removeprefix("level."), sent[key]) for key in sent if key.startswith("level.") and sent[key])
    reason = sent.get("note", "").strip()
    ruling = None
    if name is ActName.DECIDE:
        stated = (*_of_controls(request, controls), *_conditions(request))
        ruling = Ruling(levels, reason or None, stated, False if sent.get("none") else None)
    seen = number_of(sent.get("seen", ""))
    return Move(name, sent.get("digest", ""), reason, reviewer, day_of(sent.get("due", "")), ruling, seen)


def _of_controls(request: HttpRequest, controls: Sequence[ControlShown]) -> Iterator[StatedCondition]:
    """Yield the controls to which a form gives another day or somebody else; others become conditions as they are."""
    for one in controls:
        owner = " ".join(request.POST.get(f"owner.{one.id}", "").split()) or one.owner
        due = day_of(request.POST.get(f"due.{one.id}", "")) or one.due
        if (owner, due) != (one.owner, one.due):
            cases.check_readable({"owner": owner or ""}, "")
            yield StatedCondition(one.id, owner, due)


def _conditions(request: HttpRequest) -> Iterator[StatedCondition]:
    """Yield the conditions that a form states. Raise RiskEngineError for one that says nothing or no date."""
    sent = request.POST
    for row in range(_MOST_CONDITIONS):
        what, owner, due = (" ".join(sent.get(f"{name}.{row}", "").split()) for name in ("condition", "owner", "due"))
        if not (what or owner or due):
            continue
        if is_blank(what):
            raise RiskEngineError(_("A condition says what must be done."))
        cases.check_readable({"what": what, "owner": owner}, "")
        yield StatedCondition(what, None if is_blank(owner) else owner, day_of(due), is_text=True)


def _without_commands(error: RiskEngineError) -> str:
    """Return what is wrong with a decision; ways out that a terminal has are fields of the page."""
    return "\n".join(line for line in problem_words(error).splitlines() if " --" not in line)


def day_of(text: str) -> date | None:
    """Return the day that somebody typed, None for none; raise RiskEngineError where it is no date."""
    try:
        return date.fromisoformat(as_iso(text).strip()) if text.strip() else None
    except ValueError as error:
        way_out = _("write it like {day}", day=_("2026-01-31"))
        raise RiskEngineError(_("{text} is no date", text=text), way_out) from error
