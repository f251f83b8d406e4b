"""The office as a folder register: what is new is filed in it first, then all of it is written as by hand.

The log of the register stands in the database, and each export goes on with it: a head that was kept elsewhere holds.
What a folder register has no place for, such as who gave which answer, lies beside a case as a file that is
kept (`rows.Statement`), so that nothing of it is lost where the folder is read again.
"""

import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.db import transaction

from risk_engine.files.diagnostics import file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import sync_folder, write_bytes
from risk_engine.loading.on_file import FOLDER
from risk_engine.model.assessment import Assessment
from risk_engine.office.register.folder import Kind, marked_name, safe_name, sha256
from risk_engine.office.register.log import ABOUT, FILED, LOG, NOTHING, Entry, Log, logged_name, read_line
from risk_engine.office.register.record import EvidenceFiled
from risk_engine.office.register.writing import about_text, entry_of, name_of
from risk_engine.records.criteria import KEPT, bundled, criteria_of, kept_name
from risk_engine.web import cases, evidence, log, on_file_folder
from risk_engine.web.models import Case, Filed, RegisterFile, RegisterLine, Sealed, Tombstone
from risk_engine.web.rows import Statement
from risk_engine.web.words import SealedKind

OFFICE: Final = "office"
"""What the file is called that says what the office knows of a case beside its records."""


def exported(folder: Path) -> int:
    """File what is new, and write the register into a folder, whole or not at all; return how many cases are in it.

    Raises RiskEngineError where something is in the folder, or it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise file_problem(folder, _("something is there already"), _("name a folder that is new or empty"))
    for case in Case.objects.order_by("pk").iterator():
        file_what_is_new(case.pk)
    with transaction.atomic():
        _end_what_is_gone()
        log.note("export_register")
    return _written(folder)


# --- what is new ---


@transaction.atomic
def file_what_is_new(number: int) -> None:
    """File what the register does not have of a case yet, and say so in its log."""
    case = Case.objects.select_for_update().get(pk=number)
    lines = Lines()
    statement = Statement(case)
    digest = statement.digest()
    is_new = case.in_register != digest
    if is_new:
        folder = folder_of(case)
        _file_evidence(case, folder)
        stated = json.dumps(case.document, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
        last = cases.filed(case, SealedKind.CASE)
        if last is None or json.loads(_as_json(last)) != case.document:
            file(case, folder, "case", "", ".json", stated)
        file(case, folder, "kept", OFFICE, ".json", canonical(statement.content) + b"\n")
        Case.objects.filter(pk=case.pk).update(in_register=digest)
    lines.file(case)


def _as_json(sealed: Sealed) -> bytes:
    """Return a filed case where it is JSON; one in YAML was given by hand, and never says what the office says."""
    content = bytes(sealed.content)
    return content if content.lstrip().startswith(b"{") else b"null"


def file(case: Case, folder: str, kind: Kind, hint: str, suffix: str, content: bytes) -> None:
    """File what is no sealed record of the case yet: the parts of its name, and its content."""
    number = (case.filed.order_by("-order").values_list("order", flat=True).first() or 0) + 1
    name = name_of(number, kind, hint, suffix, content)
    if kind == "kept":
        evidence.keep(sha256(content), content)
    keep(case, f"{folder}/{name}", content)


def keep(case: Case, path: str, content: bytes, digest: str = "", supersedes: str = "") -> None:
    """Keep the bytes of what is filed of a case under a path, a record by its digest, a file in its own place."""
    found = FILED.fullmatch(PurePosixPath(path).name)
    assert found is not None  # noqa: S101 (made by `name_of`, or read as such)
    kind, own = SealedKind(found["kind"]), sha256(content)
    known = Sealed.objects.filter(pk=digest or own).first()
    if known is not None and known.sha256 != own:  # as a decision that was signed since
        digest, known = own, Sealed.objects.filter(pk=own).first()
    if known is None:
        held = b"" if kind == SealedKind.KEPT else content
        known = Sealed.objects.create(digest=digest or own, sha256=own, kind=kind, content=held)
    Filed.objects.create(case=case, order=int(found["number"]), sealed=known, supersedes=supersedes, path=path)


def _file_evidence(case: Case, folder: str) -> None:
    """File the files of a case that the register does not have, each with what it was."""
    there = set(case.filed.filter(sealed__kind=SealedKind.KEPT).values_list("sealed__sha256", flat=True))
    for one in case.files.exclude(name="").order_by("pk"):
        if one.sha256 in there:
            continue
        name = PurePosixPath(one.name)
        content = read_bytes(evidence.path_of(one.sha256))
        file(case, folder, "kept", name.stem, name.suffix, content)
        day = one.at.astimezone().date()
        record = EvidenceFiled.model_validate(
            {"name": one.name, "size": one.size, "sha256": one.sha256, "modified": day, "added": day}
        )
        file(case, folder, "evidence", one.name, ".json", record.to_json())


def folder_of(case: Case) -> str:
    """Return the name of a case's folder: that which it has, else one that no other case has on any system."""
    held = case.filed.exclude(path="").values_list("path", flat=True).first()
    if held is not None:
        return held.partition("/")[0]
    name = safe_name(case.number)
    taken = Filed.objects.exclude(case=case).filter(path__istartswith=f"{name}/").exists()
    return marked_name(case.number) if taken else name


def path_of(filed: Filed, folder: str) -> str:
    """Return where a thing lies in the register."""
    if filed.path:
        return filed.path
    content = bytes(filed.sealed.content)
    kind: Kind = "decision" if filed.sealed.kind == SealedKind.DECISION else "assessment"
    return f"{folder}/{name_of(filed.order, kind, json.loads(content)['on'], '.json', content)}"


class Lines:
    """The log of the register as it stands in the database, to which lines are added."""

    def __init__(self) -> None:
        log.alone_in("register")
        last = RegisterLine.objects.order_by("-number").first()
        entry = None if last is None else read_line(bytes(last.content).removesuffix(b"\n"))
        self.number, self.head = (entry.n, entry.digest) if entry else (0, NOTHING)

    def add(self, **said: Any) -> None:
        """Add a line."""
        if not self.number and said["what"] != "begun":
            self.add(what="begun", register=secrets.token_hex(8), reason="", earlier={})
        entry = entry_of(self.number + 1, self.head, said)
        RegisterLine.objects.create(number=entry.n, folder=entry.case, content=entry.line())
        self.number, self.head = entry.n, entry.digest

    def file(self, case: Case) -> None:
        """Say what of a case the log does not say yet."""
        folder = folder_of(case)
        there = logged(folder)
        for filed in case.filed.select_related("sealed").order_by("order"):
            path = PurePosixPath(path_of(filed, folder))
            if logged_name(path.name) in there:
                continue
            if filed.sealed.kind == SealedKind.ASSESSMENT:
                self._file_criteria(Assessment.model_validate_json(bytes(filed.sealed.content)))
            self.add(what="filed", case=folder, name=logged_name(path.name), sha256=filed.sealed.sha256)

    def _file_criteria(self, assessment: Assessment) -> None:
        digest = assessment.criteria.digest
        kept = keep_criteria(digest, lambda: bundled(criteria_of(assessment)))
        if kept_name(assessment) not in logged(KEPT):
            self.add(what="filed", case=KEPT, name=kept_name(assessment), sha256=kept.sha256)


def keep_criteria(digest: str, content: Callable[[], bytes]) -> Sealed:
    """Return the copy of criteria, kept now if there is none."""
    known = Sealed.objects.filter(pk=digest).first()
    if known is not None:
        return known
    made = content()
    return Sealed.objects.create(digest=digest, sha256=sha256(made), kind=SealedKind.CRITERIA, content=made)


def logged(folder: str) -> dict[str, Entry]:
    """Return what lies in a folder as the log says, by its names there."""
    log_ = Log()
    for line in RegisterLine.objects.filter(folder=folder).order_by("number"):
        entry = read_line(bytes(line.content).removesuffix(b"\n"))
        if entry is not None:
            log_.add(entry)
    return log_.there.get(folder, {})


def _end_what_is_gone() -> None:
    """Say in the log of which cases the time is over, and why."""
    lines = Lines()
    there = {path.partition("/")[0] for path in Filed.objects.exclude(path="").values_list("path", flat=True)}
    for folder in RegisterLine.objects.exclude(folder__in=["", KEPT]).values_list("folder", flat=True).distinct():
        if folder in there or not logged(folder):
            continue
        ends = Tombstone.objects.filter(number__in=[folder, folder.partition("~")[0]]).order_by("-pk").first()
        lines.add(what="removed", case=folder, reason=ends.basis if ends else _("it is not in the office any more"))


# --- the folder ---


def _written(folder: Path) -> int:
    """Write the register beside its place, then put it there; return how many cases are in it."""
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        beside.mkdir(parents=True)
        number = _write(beside)
        sync_folder(beside)
        if folder.exists():
            folder.rmdir()
        beside.replace(folder)
    except OSError as error:
        raise file_problem(folder, _("the folder cannot be written: {reason}", reason=reason(error))) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return number


@transaction.atomic
def _write(folder: Path) -> int:
    raw = b"".join(bytes(one.content) for one in RegisterLine.objects.order_by("number").iterator())
    log_ = Log()
    log_.take(raw)
    kept = {one.name: bytes(one.content) for one in RegisterFile.objects.all()} | dict(on_file_folder.files())
    if any(one.startswith(f"{FOLDER}/") for one in kept):
        (folder / FOLDER).mkdir()
    for name, content in ({ABOUT: about_text(log_.root)} | kept | {LOG: raw}).items():
        write_bytes(folder / name, content)
    for name in log_.there:
        (folder / name).mkdir()
    for name in log_.there.get(KEPT, {}):
        write_bytes(folder / KEPT / name, bytes(Sealed.objects.get(pk=name.removesuffix(".json")).content))
    for filed in Filed.objects.select_related("sealed", "case").order_by("pk").iterator():
        path = path_of(filed, folder_of(filed.case) if not filed.path else "")
        if logged_name(PurePosixPath(path).name) in log_.there.get(path.partition("/")[0], {}):
            write_bytes(folder / path, content_of(filed.sealed))
    return len(log_.there.keys() - {KEPT})


def content_of(sealed: Sealed) -> bytes:
    """Return the bytes of what is filed."""
    if sealed.kind == SealedKind.KEPT:
        return read_bytes(evidence.path_of(sealed.sha256))
    return bytes(sealed.content)
