"""`assess --pack`: every document of a case in a folder, with a page that leads into them; nothing else is touched."""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from risk_engine.cli.options import check_by, not_said
from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _, current
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import make_folder
from risk_engine.report.page import pages_of

if TYPE_CHECKING:
    from risk_engine.cli.assess_many import Done
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.decision import Decision
    from risk_engine.model.explanation import Explanation
    from risk_engine.portfolio.assess import Assessor
    from risk_engine.report.pages import Sender

KEPT = ".pack.json"
"""The file in which a pack remembers what is its own: of which assessment it is, and the digests of its files."""


@dataclass(frozen=True)
class Wanted:
    """A pack that is asked for: of which assessment, also in words, the decision on it, its criteria, and where."""

    folder: Path
    record: "Assessment"
    assessment: "Explanation"
    decision: "Decision | None"
    criteria: "Criteria"
    sender: "Sender"
    """Who writes the letters in it."""


@dataclass(frozen=True)
class Packed:
    """That the cases are to have packs: in which folder, with the pages of which office."""

    folder: Path
    templates: Path | None
    sender: "Sender"


def put_pack(wanted: Wanted) -> None:
    """Write the pack of one case; what stands against it is said before anything is made."""
    from risk_engine.cli.output import progress

    own = _Own(wanted.folder, wanted.assessment.digest)
    with progress(_("Writing documents")) as tell:
        files, remarks = _made(wanted, tell)
    own.write(files)
    _say(remarks, wanted.folder, wanted.sender)


def put_packs(packed: Packed, done: "Sequence[Done]", assessor: "Assessor", jobs: int | None) -> None:
    """Write the packs of several cases, each in its folder, and a page that leads to all of them.

    What stands against one is said before anything is made. A case that does not come to what it came to just now is
    refused.
    """
    from risk_engine.cli.assess_many import own_name
    from risk_engine.cli.output import progress
    from risk_engine.files.processes import in_order, processes_for
    from risk_engine.report import written
    from risk_engine.report.pages.pack import INDEX, index_of_several

    last = max(one.on for one in done)
    check_by(packed.sender.by, last)
    names: set[str] = set()
    tasks = [Task(one.path, one.digest, packed.folder / own_name(one.path, names)) for one in done]
    rows = [(task.folder.name, one.row) for task, one in zip(tasks, done, strict=True) if one.row is not None]
    remarks: dict[str, None] = {}
    with pages_of(packed.templates):
        own = _Own(packed.folder, "")
        page = written(index_of_several(rows, last), "html")
        own.check({INDEX: page})
        for task in tasks:
            _Own(task.folder, task.digest)
        make_folder(packed.folder)
        work = _Packing(assessor, packed)
        with progress(_("Writing documents")) as tell:
            results = in_order(work, tasks, processes_for(len(tasks), jobs, part=1), part=1)
            for number, result in enumerate(results, 1):
                if isinstance(result, str):
                    raise RiskEngineError(result)
                remarks |= dict.fromkeys(result)
                tell(number, len(tasks))
        own.write({INDEX: page})
    _say(remarks, packed.folder, packed.sender)


class Task(NamedTuple):
    """A pack that is to be written: of which case, what it came to, and where."""

    path: Path
    digest: str
    folder: Path


@dataclass(frozen=True)
class _Packing:
    """Writes the pack of a case, in whichever process."""

    assessor: "Assessor"
    packed: Packed

    def __call__(self, task: Task) -> list[str] | str:
        """Return what is to be said beside it, or why it cannot be written."""
        try:
            with pages_of(self.packed.templates):
                assessment = self.assessor.assess(task.path)
                if assessment.digest != task.digest:
                    return _("{path}: the file changed while it was read", path=task.path)
                criteria = self.assessor.criteria_of(assessment)
                told, sender = self.assessor.explain(assessment), self.packed.sender
                wanted = Wanted(task.folder, assessment, told, None, criteria, sender)
                files, remarks = _made(wanted, lambda _done, _all: None)
                _Own(task.folder, task.digest).write(files)
        except RiskEngineError as error:
            return f"{error}"
        return remarks


def _say(remarks: Iterable[str], folder: Path, sender: "Sender") -> None:
    from risk_engine.report.pages.pack import INDEX

    room = not_said(sender, has_room=True)
    for text in (*remarks, *([room] if room else [])):
        typer.echo(text, err=True)
    typer.echo(_("wrote {file}: open it first", file=folder / INDEX), err=True)


def _made(wanted: Wanted, tell: Callable[[int, int], None]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a pack, and what to say beside it."""
    from risk_engine.cli.report import outlook_of
    from risk_engine.loading.translation import told_in
    from risk_engine.outlook.wording import explained, has_solver
    from risk_engine.report.pages.letter import letter_warning
    from risk_engine.report.pages.pack import REDACTED_ANNEX, pack
    from risk_engine.report.pages.redacted import DisclosureError, redacted_view, redaction_warning

    try:
        told = told_in(wanted.criteria, current())
        redacted = [
            redacted_view(wanted.assessment, told, None, wanted.decision, part="report", annex_file=REDACTED_ANNEX),
            redacted_view(wanted.assessment, told, part="annex"),
        ]
        warning = redaction_warning(wanted.assessment)
    except DisclosureError as error:
        redacted, warning = [], str(error)
    remarks = [_("Redacted version: {warning}", warning=warning)]
    if wanted.decision and (untold := letter_warning(wanted.decision, wanted.assessment)):
        remarks.append(_("Letter: {warning}", warning=untold))
    found = None
    if has_solver():
        outlook = outlook_of(wanted.record, wanted.criteria)
        found = outlook, explained(outlook, wanted.record, wanted.criteria)
    made = pack(
        wanted.record,
        wanted.criteria,
        wanted.assessment,
        wanted.decision,
        redacted,
        remarks,
        tell,
        found,
        wanted.sender,
    )
    return made.files, [*made.missing, *remarks]


class _Own:
    """A folder and which of the files in it are a pack's own."""

    def __init__(self, folder: Path, assessment: str) -> None:
        """Raise RiskEngineError if the folder holds a pack of something else."""
        self.folder = folder
        self.assessment = assessment
        self.kept = self._read()

    def _read(self) -> Mapping[str, str]:
        try:
            stored = json.loads(read_bytes(self.folder / KEPT))
            kept, assessment = _own_files(stored["files"]), stored["assessment"]
        except FileNotFoundError:
            return {}
        except NotADirectoryError as error:
            raise RiskEngineError(_("{folder} is a file; a pack needs a folder", folder=self.folder)) from error
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            message = _("{file} cannot be read, so nobody knows which files are a pack's own", file=self.folder / KEPT)
            raise RiskEngineError(message, _("choose another folder")) from error
        if assessment != self.assessment:
            message = _("{folder} holds the pack of another assessment; it stays as it is", folder=self.folder)
            raise RiskEngineError(message, _("choose another folder"))
        return kept

    def check(self, files: Mapping[str, bytes]) -> None:
        """Raise RiskEngineError if a file would be written over that the pack did not write so."""
        taken = [
            name
            for name, content in files.items()
            if (now := _digest(self.folder / name)) is not None
            and now not in {self.kept.get(name), hashlib.sha256(content).hexdigest()}
        ]
        if taken:
            message = _(
                "{folder}: these files are not as a pack wrote them, so they stay as they are: {names}",
                folder=self.folder,
                names=", ".join(taken),
            )
            raise RiskEngineError(message, _("move them away, or choose another folder"))

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write all files or none; what an earlier pack wrote and this one does not have goes."""
        self.check(files)
        kept = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        memory = {"assessment": self.assessment, "files": kept}
        everything = {**files, KEPT: json.dumps(memory, indent=1, sort_keys=True).encode() + b"\n"}
        with _whole(self.folder) as part:
            for name, content in everything.items():
                (part / name).write_bytes(content)
            for name in everything:
                (part / name).replace(self.folder / name)
        for name, digest in self.kept.items():
            if name not in files and _digest(self.folder / name) == digest:
                (self.folder / name).unlink()


def _own_files(stored: object) -> dict[str, str]:
    """Return which files a pack remembers, by their digests; raise an error for what no pack ever wrote.

    Whoever can write into the folder could name a file anywhere, and the next pack would take it away.
    """
    if not isinstance(stored, dict):
        raise TypeError
    for name, known in stored.items():
        is_plain = Path(name).name == name and not {"/", "\\", ":", "\0"} & set(name) and name not in {"", ".", ".."}
        if not (is_plain and isinstance(known, str) and re.fullmatch("[0-9a-f]{64}", known, re.ASCII)):
            raise ValueError(name)
    return stored


@contextlib.contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """Yield a place to write into before anything is put into the folder; RiskEngineError where that cannot be."""
    make_folder(folder)
    part = folder / f".{os.getpid()}.part"
    try:
        part.mkdir()
        yield part
    except OSError as error:
        raise RiskEngineError(
            _("{folder}: the documents cannot be written: {reason}", folder=folder, reason=reason(error))
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _digest(file: Path) -> str | None:
    """Return the digest of what stands there, None where nothing does; empty for what is no file of its own."""
    if file.is_symlink() or file.is_dir():
        return ""
    try:
        return hashlib.sha256(read_bytes(file)).hexdigest()
    except FileNotFoundError:
        return None
