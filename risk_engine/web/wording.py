"""What states and acts are called, and how days are written."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

from django.db.models import Model

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.model.words import ControlStatus
from risk_engine.report.wording import day
from risk_engine.web.models import Act, Case
from risk_engine.web.words import ActName, Role, Scope, State


def problem_words(error: RiskEngineError) -> str:
    """Return what is wrong in words for a page, which has no lines and columns of a file."""
    if isinstance(error, InvalidSourceError):
        return "\n".join("; ".join(filter(None, (one.message, one.help))) for one in error.diagnostics)
    return "\n".join(filter(None, (error.message, error.way_out)))


def lines_words(error: RiskEngineError, folder: Path) -> str:
    """Return what stands against a file that somebody brought, each problem with its line; `folder` is not named."""
    text = problem_words(error)
    if isinstance(error, InvalidSourceError):
        lines = ((one.position.line, "; ".join(filter(None, (one.message, one.help)))) for one in error.diagnostics)
        text = "\n".join(_("line {number}: {told}", number=number, told=told) for number, told in lines)
    return re.sub(rf"{re.escape(str(folder))}/?", "", text)


def day_at(moment: str) -> str:
    """Return the day of a moment that is written as the log of the exchange has it, as people write days."""
    return day(datetime.fromisoformat(moment).date())


_DAY_FIRST: Final = re.compile(r"\s*([0-9]{1,2})\.\s*([0-9]{1,2})\.\s*([0-9]{4})\s*")


def as_iso(text: str) -> str:
    """Return a day that is written like 31.1.2026 as 2026-01-31, any other text as it is."""
    found = _DAY_FIRST.fullmatch(text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text


def too_long(model: type[Model], **sent: str) -> list[str]:
    """Return what of some texts is longer than the columns of a table take that are called so.

    SQLite keeps any length: a text that only PostgreSQL refuses would stand in the way when the office moves.
    """
    mosts = {name: getattr(model._meta.get_field(name), "max_length", None) or len(text) for name, text in sent.items()}
    return [
        _("“{text} …” is too long: {most} characters at most.", text=text[:30], most=mosts[name])
        for name, text in sent.items()
        if len(text) > mosts[name]
    ]


def state_words(state: str) -> str:
    """Return what people call the state of a case."""
    match State(state):
        case State.DRAFT:
            return _("draft")
        case State.ASSESSED:
            return _("assessed")
        case State.IN_REVIEW:
            return _("in review")
        case State.SIGNED:
            return _("signed, waits for a decision")
        case State.RETURNED:
            return _("returned")
        case State.DECIDED:
            return _("decided")
        case State.CLOSED:
            return _("closed")
        case one:
            assert_never(one)


def standing_words(case: Case) -> str:
    """Return where a case is, and of a decided one whether somebody still has to confirm it, or opened it again."""
    match State(case.state):
        case State.DECIDED if case.summary.get("unconfirmed"):
            return _("decided, waits for a second person")
        case State.DRAFT if case.summary.get("decided"):
            return _("opened again")
        case _:
            return state_words(case.state)


def version_state_words() -> dict[str, str]:
    """Return what people call the states of a version of criteria."""
    return {"draft": _("draft"), "released": _("released"), "withdrawn": _("withdrawn")}


def record_words() -> dict[str, str]:
    """Return what the kinds of records of a criteria set are called."""
    return {
        "indicator": _("Indicators"),
        "ladder": _("From findings to a result"),
        "control": _("Controls"),
        "awareness": _("What people are told"),
        "parameter": _("Parameters"),
        "definition": _("Words that conditions use"),
        "fact": _("Questions"),
        "table": _("Tables"),
        "invariant": _("What must never happen"),
        "source": _("Sources"),
    }


def study_words() -> dict[str, str]:
    """Return what is called what is worked out about criteria."""
    return {"changes": _("What is different"), "proofs": _("What is proved"), "impact": _("What it does to the cases")}


def act_words(name: ActName) -> str:
    """Return what people call an act."""
    match name:
        case ActName.ANSWER:
            return _("Answered")
        case ActName.ASSESS:
            return _("Assess")
        case ActName.EDIT:
            return _("Change answers")
        case ActName.FILE:
            return _("File as harmless")
        case ActName.SEND:
            return _("Send to a reviewer")
        case ActName.WITHDRAW:
            return _("Take back from review")
        case ActName.REVIEW:
            return _("Sign")
        case ActName.RETURN:
            return _("Return")
        case ActName.DECIDE:
            return _("Decide")
        case ActName.CONFIRM:
            return _("Confirm as second person")
        case ActName.REOPEN:
            return _("Open again")
        case ActName.CLOSE:
            return _("Close")
        case ActName.OPINION:
            return _("Give an opinion")
        case _:
            assert_never(name)


def who_did(act: Act) -> str:
    """Return who did an act, and for whom where it was a deputy; of one that was imported, who a folder says did it."""
    name = act.person.name
    if act.on_behalf_of is not None:
        name = _("{name} for {absent}", name=name, absent=act.on_behalf_of.name)
    return _("{name} (imported, stated by the folder)", name=name) if act.imported else name


def role_words(role: str) -> str:
    """Return what people call a role."""
    match Role(role):
        case Role.ASSESSOR:
            return _("Assessor")
        case Role.REVIEWER:
            return _("Reviewer")
        case Role.DECIDER:
            return _("Decider")
        case Role.EXPORT_OFFICER:
            return _("Export officer")
        case Role.DATA_PROTECTION_OFFICER:
            return _("Data protection officer")
        case Role.AUDITOR:
            return _("Auditor")
        case Role.ADMIN:
            return _("Admin")
        case one:
            assert_never(one)


def scope_words(scope: Scope) -> str:
    """Return what a token with a scope lets a program do."""
    match scope:
        case Scope.ASSESS:
            return _("Assess a case that is sent, of which nothing is kept")
        case Scope.CASES_READ:
            return _("Read cases and their documents")
        case Scope.CASES_WRITE:
            return _("Begin cases, answer, plan controls, attach evidence, write notes, assess and send")
        case Scope.CASES_INVITE:
            return _("Invite guests to answer, and withdraw invitations")
        case Scope.REGISTER_READ:
            return _("Take the register out as a file")
        case Scope.CRITERIA_READ:
            return _("Read the criteria")
        case _:
            assert_never(scope)


def status_words(status: ControlStatus) -> str:
    """Return what people call how far a control has come."""
    match status:
        case "planned":
            return _("planned")
        case "agreed":
            return _("agreed")
        case "implemented":
            return _("implemented")
        case "verified":
            return _("verified")
        case _:
            assert_never(status)


def wait_words(seconds: int) -> str:
    """Return that there were too many tries, and when the next is let through."""
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many tries. Try again in {number} minute.", "Too many tries. Try again in {number} minutes.", minutes
    )


def account_words() -> dict[str, str]:
    """Return what the events are called that are about coming in."""
    return {
        "sign_in": _("signed in"),
        "sign_in_refused": _("was not let in"),
        "proof_refused": _("did not prove again who they are"),
        "password": _("chose a password"),
        "password_link": _("made a link to choose a password"),
        "factor_added": _("added a second factor"),
        "factor_removed": _("removed a second factor"),
        "factor_reset": _("took the second factors away"),
        "codes": _("got recovery codes"),
        "identity_link": _("made a link to bind an identity"),
        "identity_bound": _("bound an identity"),
        "leaves": _("said that somebody has left"),
        "comes_back": _("said that somebody is back"),
        "token": _("made a token"),
        "token_refused": _("sent a token that is not good"),
        "token_revoked": _("revoked a token"),
    }


def event_words(verb: str) -> str:
    """Return what people call an event of the log; one of another version that has no words keeps its name."""
    if verb in set(ActName):
        return act_words(ActName(verb))
    return {**account_words(), **other_events()}.get(verb, verb.replace("_", " "))


def other_events() -> dict[str, str]:
    """Return what all others are called but for acts."""
    return {
        "access": _("changed who sees a case"),
        "account": _("changed their account"),
        "answer": _("answered a question"),
        "ask": _("asked somebody about a case"),
        "ask_no_more": _("asked somebody no more"),
        "begin": _("began a case"),
        "confidential": _("made a case confidential"),
        "criteria_brought_in": _("brought criteria in"),
        "criteria_asked": _("had something about criteria worked out"),
        "criteria_proposed": _("proposed criteria for new cases"),
        "criteria_released": _("released criteria for new cases"),
        "criteria_withdrawn": _("withdrew criteria for new cases"),
        "demo": _("brought the demo cases in"),
        "demo_removed": _("took the demo cases out"),
        "deputy": _("named a deputy"),
        "deputy_no_more": _("let a deputy go"),
        "export": _("took a list out as a file"),
        "export_register": _("took the register out"),
        "erased": _("confirmed an erasure"),
        "erased_again": _("erased again after a restore what had been erased"),
        "erasure_asked": _("asked for an erasure"),
        "erasure_refused": _("refused an erasure"),
        "faculty": _("added a faculty"),
        "faculty_mended": _("mended the name of a faculty"),
        "first_person": _("began the office"),
        "guest_sent": _("a guest sent answers"),
        "list_asked": _("asked for a list to be read"),
        "list_ended": _("took a list out"),
        "list_stopped": _("stopped the reading of lists"),
        "list_taken": _("had a list read"),
        "hit_confirmed": _("confirmed a hit on a list"),
        "hit_ruled_out": _("ruled out a hit on a list"),
        "import_case": _("brought a case in with a register"),
        "import_register": _("brought a register in"),
        "restore": _("brought the office back from a backup"),
        "invite": _("invited a guest"),
        "monitor_look": _("looked what changed around the cases"),
        "change_seen": _("acknowledged a change"),
        "key_pinned": _("pinned the key of another office"),
        "key_removed": _("trusted the key of another office no more"),
        "package_asked": _("asked that a package leaves the office"),
        "package_left": _("let a package leave the office"),
        "package_refused": _("refused that a package leaves the office"),
        "package_came": _("took a package of another office in"),
        "feed_seen": _("looked at the criteria feed of another office"),
        "feed_refused": _("was sent a criteria feed that does not hold"),
        "feed_adopted": _("adopted a version of another office's criteria"),
        "feed_declined": _("refused a version of another office's criteria"),
        "works_brought": _("brought an export of works"),
        "works_removed": _("deleted an export of works"),
        "works_watched": _("said that the daily look reads an export of works"),
        "works_left": _("said that the daily look does not read an export of works"),
        "pair_judged": _("said of a pair of institutions what it is"),
        "many_asked": _("had a table of cases assessed"),
        "many_mapped": _("said what the columns of a table state"),
        "many_profile": _("said by which profile a table of cases is assessed"),
        "many_over": _("the time of a table of cases was over"),
        "many_stopped": _("stopped the assessment of a table of cases"),
        "many_brought": _("brought a table of cases"),
        "many_removed": _("deleted a table of cases"),
        "mail_again": _("had a mail sent again"),
        "mail_passed_on": _("passed a mail on by hand"),
        "not_confidential": _("made a case no longer confidential"),
        "note": _("wrote a note"),
        "on_file": _("put something on file"),
        "on_file_begun": _("began a file about an organisation"),
        "on_file_taken": _("took answers of what is on file"),
        "person": _("added a person"),
        "person_mended": _("mended the name or address of a person"),
        "person_export": _("took out what is held of a person"),
        "person_search": _("looked for what is held of a person"),
        "prefilled": _("took what lists and the registry propose"),
        "retention_confirmed": _("confirmed how long something is kept"),
        "retention_proposed": _("proposed how long something is kept"),
        "recheck": _("had all partners looked up anew"),
        "revoke": _("closed the link of a guest"),
        "roles": _("gave and took roles"),
        "take_over": _("took over answers of a guest"),
        "view_removed": _("let go of a view"),
        "view_saved": _("kept a view"),
        "wrong_code": _("a guest gave a wrong code"),
    }


_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_words(agent: str) -> str:
    """Return what a browser is called that names itself so; the first that fits, since they name each other."""
    browser, system = (next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return " · ".join(filter(None, (browser, system))) or _("an unknown browser")
