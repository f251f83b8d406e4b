"""What stands beside the answers of a case: controls, with who sees to them by when, and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from risk_engine.engine.explain import explain
from risk_engine.engine.replay import read_of
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.model.explanation import ControlShown
from risk_engine.web import cases, evidence
from risk_engine.web.models import Answer, Case, Evidence, Person
from risk_engine.web.record_of_rows import CONTROLS, EVIDENCE
from risk_engine.web.rights import questions_of
from risk_engine.web.security import DOCUMENT_CSP

if TYPE_CHECKING:
    from django.core.files.base import File


SAID: Final = ("status", "owner", "due")
"""What people say of a control."""


@dataclass(frozen=True)
class ControlOfCase:
    """A control that could lower a finding of a case, or that the case states."""

    control: ControlShown
    findings: tuple[str, ...]
    """Which findings it could lower, in words."""
    number: int
    """Of the row by which it is stated; 0 for none: what whoever states it anew has seen."""


def controls(case: Case) -> list[ControlOfCase]:
    """Return the controls of a case."""
    found = explain(cases.assessed(case), cases.rules(case))
    rows = cases.latest(case)
    titles = {one.id: one.title for one in found.findings}
    return [
        ControlOfCase(
            one,
            tuple(f"{name} {titles[name]}" for name in one.findings if name in titles),
            rows[f"{CONTROLS}.{one.id}"].seq if f"{CONTROLS}.{one.id}" in rows else 0,
        )
        for one in found.controls
        if one.findings or one.stated
    ]


def state_control(case: Case, control: str, said: Mapping[str, str], by: Person, page: str, base: int) -> Answer:
    """Save what is said of a control (`status`, `owner`, `due`); without a status it is taken out.

    Raise RiskEngineError where there is no such control, and as `cases.save_beside` does.
    """
    if control not in cases.rules(case).controls:
        raise RiskEngineError(_("there is no such control"))
    words = {name: " ".join(said.get(name, "").split()) for name in SAID}
    stated = {name: text for name, text in words.items() if text} if words["status"] else None
    return cases.save_beside(case, f"{CONTROLS}.{control}", stated, by, page, base)


@dataclass(frozen=True)
class Supports:
    """What a file is to support: answers as they stand, or else a control; and what sort of evidence it is."""

    answers: Sequence[str] = ()
    control: str = ""
    kind: str = ""


@dataclass(frozen=True)
class FileOfCase:
    """A file as evidence."""

    sha256: str
    name: str
    size: int
    kind: str
    by: Person
    date: str
    answers: Mapping[str, int] = field(default_factory=dict)
    """Which answers it supports: those of this number, and no later ones."""
    control: str = ""


@transaction.atomic
def attach(case: Case, file: "File[Any] | None", supports: Supports, by: Person) -> FileOfCase:
    """Keep a file and what it supports, both or nothing; one at a time in a case, so that each has a number.

    Raise RiskEngineError for a file that is not taken or supports nothing, and as `cases.save_beside` does.
    """
    case = _open(case, supports, by)
    if file is None:
        raise RiskEngineError(_("choose a file"))
    rows = cases.latest(case)
    answers = _supported(rows, supports)  # before a file is taken for nothing
    name, digest, size = evidence.taken(file)
    row, _made = Evidence.objects.get_or_create(
        case=case, sha256=digest, defaults={"name": name, "size": size, "by": by}
    )
    if not row.name:
        evidence.forget([digest])
        message = _("this file was erased from this case, and does not come back to it")
        raise RiskEngineError(message, _("take out of it what was to be erased"))
    stated = cases.plain(
        {
            "kind": " ".join(supports.kind.split()) or _("file"),
            "reference": row.name,
            "date": cases.today(),
            "collected_by": by.name,
            "sha256": digest,
            **({"answers": answers} if answers else {"control": supports.control}),
        }
    )
    there = [one.value for path, one in rows.items() if path.startswith(f"{EVIDENCE}.")]
    if stated not in there:  # a second click
        path = f"{EVIDENCE}.{len(there) + 1}"
        cases.save_beside(case, path, stated, by, "evidence", 0)
    return _file(row, stated)


@transaction.atomic
def detach(case: Case, digest: str, supports: Supports, by: Person) -> None:
    """Let a file support these answers, or this control, no more; it stays in the history. Raise as `attach` does."""
    case = _open(case, supports, by)
    for path, row in cases.latest(case).items():
        if not path.startswith(f"{EVIDENCE}.") or row.value is None or row.value.get("sha256") != digest:
            continue
        of_control = row.value.get("control", "")
        if (of_control and of_control == supports.control) or {*row.value.get("answers", {})} & {*supports.answers}:
            cases.save_beside(case, path, None, by, "evidence", row.seq)


def _open(case: Case, supports: Supports, by: Person) -> Case:
    """Return a case, locked. Raise LockedError where it takes no answers, RiskEngineError for what others answer."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state not in cases.EDITABLE:
        raise cases.LockedError
    roles = questions_of(by, case)
    if roles is not None and not all(
        _asked_of(case, one) in roles for one in (*supports.answers, *filter(None, [supports.control]))
    ):
        raise RiskEngineError(_("this is asked of others"))
    return case


def _asked_of(case: Case, path: str) -> str | None:
    """Return of which role the question at a path is asked, None for what is no question or is asked of nobody."""
    read, entities = read_of(path), cases.rules(case).entities
    fact = entities[read.entity].facts.get(read.fact) if read.fact and read.entity in entities else None
    return fact.asked_of if fact is not None else None


def _supported(rows: Mapping[str, Answer], supports: Supports) -> dict[str, int]:
    """Return the answers that a file is to support, as they stand; none for one that supports a control."""
    answers = {path: rows[path].seq for path in supports.answers if path in rows and "." in path}
    if not answers and f"{CONTROLS}.{supports.control}" not in rows:
        raise RiskEngineError(_("say what the file supports: an answer that is given, or a control that is chosen"))
    return answers


def files(case: Case) -> list[FileOfCase]:
    """Return the files of a case in the order in which they came, once for each thing that they were to support."""
    kept = {one.sha256: one for one in case.files.select_related("by")}
    stated = [one.value for path, one in cases.latest(case).items() if path.startswith(f"{EVIDENCE}.") and one.value]
    return [_file(kept[one["sha256"]], one) for one in stated if one.get("sha256") in kept]


def _file(row: Evidence, stated: Mapping[str, Any]) -> FileOfCase:
    return FileOfCase(
        row.sha256,
        row.name,
        row.size,
        stated["kind"],
        row.by,
        stated["date"],
        stated.get("answers", {}),
        stated.get("control", ""),
    )


def attachment(case: Case, digest: str) -> HttpResponse | None:
    """Answer with a file of a case, only ever as an attachment; None where it is not there."""
    row = Evidence.objects.filter(case=case, sha256=digest).first()
    if row is None or not evidence.path_of(digest).is_file():  # a backup may have come without it
        return None
    response = HttpResponse(read_bytes(evidence.path_of(digest)), content_type="application/octet-stream")
    response.headers["Content-Security-Policy"] = DOCUMENT_CSP
    named = content_disposition_header(as_attachment=True, filename=row.name)
    response.headers["Content-Disposition"] = named or "attachment"
    return response
