"""A folder register read into the office: its files as they are, a row for each answer, the state that its records say.

Nothing is half imported: all problems are told first, then everything stands in one transaction. A case that an office
exported comes back as that office had it; of one that was filed by hand the answers are those of its last assessment.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Model

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.office.register.folder import CaseFolder, Filed, case_paths, sha256
from risk_engine.office.register.log import ABOUT, LOG, PUT_ASIDE, read_log
from risk_engine.office.register.record import CaseRecord, look_at, read_filed_decision, read_filed_evidence
from risk_engine.office.register.verify import verify
from risk_engine.office.register.writing import about_text
from risk_engine.records.criteria import KEPT, MissingCriteriaError, named
from risk_engine.web import cases, evidence, log, on_file_folder
from risk_engine.web import export_folder as register
from risk_engine.web import register as listing
from risk_engine.web.models import Act, Case, Evidence, Faculty, Person, RegisterFile, RegisterLine
from risk_engine.web.rows import Row, Statement, case_of, put, rows_of
from risk_engine.web.stated import case_stating
from risk_engine.web.states import begin_round
from risk_engine.web.wording import problem_words, too_long
from risk_engine.web.words import State

PAGE: Final = "register"
"""From where an answer comes that nobody gave in the office."""


@dataclass
class Found:
    """One case of the folder: what is to become of it."""

    folder: CaseFolder
    number: str
    record: CaseRecord
    statement: Row | None
    is_there: bool = False


@dataclass
class Plan:
    """What an import would do, and everything that stands in its way."""

    found: list[Found] = field(default_factory=list)
    on_file: on_file_folder.Found = field(default_factory=on_file_folder.Found)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def planned(folder: Path, faculty: str | None) -> Plan:
    """Return what an import would do; nothing is written. Raises RiskEngineError for what is no register."""
    plan = Plan()
    checked = verify(folder)
    plan.problems += [f"{one.place}: {one.what}" for one in checked.faults if one.verdict != "noted"]
    if plan.problems:
        return plan
    plan.problems += _log_problems(folder)
    for path in case_paths(folder):
        seen = look_at(path)
        wrong = [*filter(None, [seen.failed]), *seen.lying, *seen.ruled]
        plan.problems += wrong
        if seen.record is not None and not wrong:
            try:
                plan.found.append(_found(seen.record))
            except RiskEngineError as error:
                plan.problems.append(f"{path}: {error}")
    plan.problems += too_long(Faculty, name=faculty or "")
    if (partners := on_file_folder.folder_of(folder)) is not None:
        plan.on_file = on_file_folder.looked_at(partners)
        plan.problems += plan.on_file.problems
        plan.notes += [_("on file: {name}", name=one.path) for one in plan.on_file.files]
        plan.notes += [_("on file already: {name}", name=one) for one in plan.on_file.there]
    place = _faculty(faculty)
    if any(one.statement is None and not one.is_there for one in plan.found):
        if place is None:
            plan.problems.append(_("say with `--faculty` where the cases belong that were filed by hand"))
        elif _is_new(place):
            plan.notes.append(_("new faculty: {name}", name=place))
    for one in plan.found:
        if one.statement is not None and one.statement["case"].get("state") == State.SIGNED and not one.is_there:
            plan.notes.append(
                _("{case}: a sign-off of another office is none here; send it to review", case=one.number)
            )
        if one.record.current is not None and one.record.current.assessment.profile is not None:
            plan.notes.append(
                _("{case}: it was assessed under a profile; the office assesses it anew without", case=one.number)
            )
    return plan


def imported(
    folder: Path, plan: Plan, faculty: str | None, *, confidential: bool = False, dry_run: bool = False
) -> None:
    """Do what was planned, all of it or nothing. Raises RiskEngineError with everything that does not fit.

    A dry run takes all of it back again.
    """
    problems: list[str] = []
    for one in () if dry_run else plan.found:
        for kept in one.folder.of("kept"):
            evidence.keep(sha256(content := kept.read()), content)
    with transaction.atomic():
        log.note("import_register", cases=sum(not one.is_there for one in plan.found))
        for name, path in _criteria(folder):
            content = read_bytes(path)
            register.keep_criteria(name, lambda content=content: content)  # type: ignore[misc] # bound at once
        made: list[Case] = []
        place = _faculty(faculty)
        if place is not None and _is_new(place) and any(one.statement is None for one in plan.found):
            place.save()
        for one in plan.found:
            if one.is_there:
                continue
            try:
                made.append(_put(one, place, confidential=confidential))
            except InvalidSourceError as error:
                problems.append(f"{one.number}: {problem_words(error)}")
            except RiskEngineError as error:
                problems.append(f"{one.number}: {error}")
        if problems:
            raise RiskEngineError("\n".join(problems))
        named = on_file_folder.people_of(plan.on_file)
        on_file_folder.bring(plan.on_file, {email: _person(email, **about) for email, about in named.items()})
        for case in made:  # each in an event of its own, which only who sees the case reads
            log.note("import_case", None, case)
        _go_on_with_log(folder, made)
        transaction.set_rollback(dry_run)


def _found(record: CaseRecord) -> Found:
    """Return a case of the folder, with what an office said of it; raise RiskEngineError where it cannot be taken."""
    folder = record.folder
    statement = _statement(folder)
    if statement is None and record.current is None:
        raise RiskEngineError(_("nothing is assessed here, so nobody can say what the case states"))
    number = record.case_id if record.current else str(statement and statement["case"]["number"])
    found = Found(folder, number, record, statement)
    there = Case.objects.filter(number=number).first()
    if there is not None:
        own = list(there.filed.exclude(path="").order_by("order").values_list("path", flat=True))
        if own != [f"{folder.path.name}/{one.name}" for one in folder.filed]:
            raise RiskEngineError(_("another case has this number in the office already, or more was filed since"))
        found.is_there = True
        return found
    if len(number) > _longest():
        raise RiskEngineError(_("a number of a case has {most} signs at most here", most=_longest()))
    if record.current is not None:
        _check_criteria(record.current.assessment)
    return found


def _longest() -> int:
    return Case._meta.get_field("number").max_length or 0


def _check_criteria(assessment: Assessment) -> None:
    try:
        here = load_criteria(named(assessment)).digest
    except RiskEngineError as error:
        way_out = _("put them where RISK_ENGINE_CRITERIA names them")
        raise MissingCriteriaError(f"{error}", way_out) from error
    if here != assessment.criteria.digest:
        raise MissingCriteriaError(_("the criteria here are not those of {named}", named=named(assessment)))


def _statement(folder: CaseFolder) -> Row | None:
    """Return what an office said of a case when it was exported last."""
    for one in reversed(folder.of("kept")):
        if one.name.partition(".")[0].partition("-kept-")[2] == register.OFFICE:
            try:
                found = json.loads(one.read())
            except ValueError:
                continue
            if isinstance(found, dict) and found.get("office") == 1:
                return found
    return None


def _faculty(name: str | None) -> Faculty | None:
    """Return the faculty that is named, not saved yet where it is new, or the only one that there is."""
    if name is not None:
        return Faculty.objects.filter(name=name).first() or Faculty(name=name)
    there = list(Faculty.objects.all()[:2])
    return there[0] if len(there) == 1 else None


def _is_new(faculty: Faculty) -> bool:
    return not Faculty.objects.filter(name=faculty.name).exists()


def _criteria(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((folder / KEPT).glob("*.json")):
        yield path.stem, path


# --- one case ---


def _put(found: Found, faculty: Faculty | None, *, confidential: bool) -> Case:
    try:
        if found.statement is not None:
            case = _as_it_was(found.statement)
            for file in case.files.all():
                evidence.path_of(file.sha256)  # that it is a digest
        else:
            assert faculty is not None and found.record.current is not None  # noqa: S101, PT018 (the plan has said so)
            case = _by_hand(found, faculty, confidential=confidential)
    except (ValueError, KeyError, TypeError) as error:
        raise RiskEngineError(_("what an office said of it cannot be read: {error}", error=error)) from error
    last: dict[str, str] = {}
    for one in found.folder.filed:
        content, digest = one.read(), _digest_of(one)
        supersedes = last.get(one.kind, "") if one.kind in {"assessment", "decision"} else ""
        register.keep(case, f"{found.folder.path.name}/{one.name}", content, digest, supersedes)
        last[one.kind] = digest
    if found.statement is None:
        _put_evidence(case, found.folder)
    listing.keep_entries(case, cases.made_of_rows(case))
    listing.keep(case)
    Case.objects.filter(pk=case.pk).update(in_register=Statement(case).digest())
    return case


def _digest_of(filed: Filed) -> str:
    match filed.kind:
        case "assessment":
            return str(json.loads(filed.read())["digest"])
        case "decision":
            decision = read_filed_decision(filed)[0]
            return decision.confirmation.digest if decision.confirmation else decision.digest
        case _:
            return sha256(filed.read())


def _as_it_was(statement: Row) -> Case:
    """Save a case as the office had it that exported it; who is not in this one comes as somebody who has left."""
    people = {email: _person(email, **about) for email, about in statement["people"].items()}
    faculty, _new = Faculty.objects.get_or_create(name=statement["case"]["faculty_id"])
    case = case_of(statement, people, faculty)
    put([case])
    put(_stated(rows_of(statement, case, people)))
    if case.state == State.SIGNED:  # somebody of this office looks at it before it is decided here
        case.state = State.ASSESSED
        begin_round(case)
        case.save()
    return case


def _stated(rows: Iterator[Model]) -> Iterator[Model]:
    """Yield rows of a folder; of acts it is said that they are what the folder states, whoever it names."""
    for one in rows:
        if isinstance(one, Act):
            one.imported = True
        yield one


def _person(email: str, name: str, language: str) -> Person:
    return Person.objects.filter(email=email).first() or Person.objects.create_user(
        email, name=name, language=language, is_active=False
    )


def _by_hand(found: Found, faculty: Faculty, *, confidential: bool) -> Case:
    """Save a case of which the folder knows records alone: its answers are those of the last assessment."""
    current = found.record.current
    assert current is not None  # noqa: S101 (so it is planned)
    assessment = current.assessment
    stated = {**assessment.case, "status": assessment.case.get("status") or "draft"}
    case = case_stating(stated, named(assessment), faculty, _register(), PAGE)
    case.state, case.confidential = _state(found.record), confidential
    case.save()
    return case


def _register() -> Person:
    """Return who has given the answers of the folder: nobody who works here."""
    return _person(on_file_folder.REGISTER, _("Folder register"), "en")


def _state(record: CaseRecord) -> State:
    if record.is_closed():
        return State.CLOSED
    return State.DECIDED if record.decision_state() in {"decided", "unconfirmed"} else State.ASSESSED


def _put_evidence(case: Case, folder: CaseFolder) -> None:
    """Make what lies there as a file downloadable, under the name that it had."""
    kept = {sha256(one.read()): one for one in folder.of("kept")}
    by = _register()
    for one in map(read_filed_evidence, folder.of("evidence")):
        if one.sha256 in kept:
            at = datetime(one.added.year, one.added.month, one.added.day, tzinfo=UTC)
            row = Evidence(case=case, sha256=one.sha256, name=one.name[:200], size=one.size, by=by, at=at)
            if not case.files.filter(sha256=one.sha256).exists():
                put([row])


# --- the log of the folder ---


def _log_problems(folder: Path) -> Iterator[str]:
    """Yield why the log of a folder and that of the office do not go together."""
    own = [bytes(one.content) for one in RegisterLine.objects.order_by("number")]
    theirs = read_bytes(folder / LOG).splitlines(keepends=True)
    if own and theirs and own[0] == theirs[0]:
        common = min(len(own), len(theirs))
        if own[:common] != theirs[:common]:
            yield _("{folder}: this is a copy of the office's register that went another way since", folder=folder)


def _go_on_with_log(folder: Path, made: list[Case]) -> None:
    """Take over the log of the folder where the office has none, or go on with it; else file the cases in its own."""
    theirs = read_bytes(folder / LOG).splitlines(keepends=True)
    own = RegisterLine.objects.count()
    first = RegisterLine.objects.order_by("number").first()
    if first is not None and bytes(first.content) != theirs[0]:
        lines = register.Lines()
        for case in made:
            lines.file(case)
        return
    log_ = read_log(folder, anew=True)
    assert log_ is not None  # noqa: S101 (it was verified)
    RegisterLine.objects.bulk_create(
        RegisterLine(number=entry.n, folder=entry.case, content=line)
        for entry, line in list(zip(log_.entries, theirs, strict=True))[own:]
    )
    for path in sorted(folder.iterdir()):
        if path.name != ABOUT and not PUT_ASIDE.fullmatch(path.name):
            continue
        content = read_bytes(path)
        if path.name != ABOUT or content != about_text(log_.root):
            RegisterFile.objects.get_or_create(name=path.name, defaults={"content": content})
