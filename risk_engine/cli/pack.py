"""`assess --pack`: every document of a case in a folder, with a page that leads into them; nothing else is touched."""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _, current

if TYPE_CHECKING:
    from risk_engine.model.assessment import Assessment
    from risk_engine.model.criteria import Criteria
    from risk_engine.model.decision import Decision
    from risk_engine.model.explanation import Explanation

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


def put_pack(wanted: Wanted) -> None:
    """Write the pack of one case."""
    _put([wanted])
    typer.echo(_("wrote {file}: open it first", file=wanted.folder / _index()), err=True)


def put_packs(folder: Path, several: Sequence[Wanted]) -> None:
    """Write the packs of several cases, each in its folder, and a page that leads to all of them."""
    from risk_engine.report import written
    from risk_engine.report.pages.pack import index_of_several

    own = _Own(folder, "")
    page = written(index_of_several([(one.folder.name, one.assessment) for one in several]), "html")
    own.check({_index(): page})
    _put(several)
    own.write({_index(): page})
    typer.echo(_("wrote {file}: open it first", file=folder / _index()), err=True)


def _index() -> str:
    from risk_engine.report.pages.pack import INDEX

    return INDEX


def _put(several: Sequence[Wanted]) -> None:
    """Write packs; what stands against one is said before anything is made."""
    from risk_engine.cli.output import progress

    own = [_Own(one.folder, one.assessment.digest) for one in several]
    told: dict[str, None] = {}
    with progress(_("Writing documents")) as tell:
        for number, (wanted, folder) in enumerate(zip(several, own, strict=True)):
            files, remarks = _made(wanted, _telling(tell, number, len(several)))
            folder.write(files)
            told |= dict.fromkeys(remarks)
    for text in told:
        typer.echo(text, err=True)


def _telling(tell: Callable[[int, int], None], before: int, packs: int) -> Callable[[int, int], None]:
    """Return what tells of one pack among several, as if each had as many files."""
    return lambda done, files: tell(before * files + done, packs * files)


def _made(wanted: Wanted, tell: Callable[[int, int], None]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a pack, and what to say beside it."""
    from risk_engine.loading.translation import told_in
    from risk_engine.report.pages.letter import letter_warning
    from risk_engine.report.pages.pack import pack
    from risk_engine.report.pages.redacted import DisclosureError, redacted_view, redaction_warning

    try:
        redacted = redacted_view(wanted.assessment, told_in(wanted.criteria, current()))
        warning = redaction_warning(wanted.assessment)
    except DisclosureError as error:
        redacted, warning = None, str(error)
    remarks = [_("Redacted version: {warning}", warning=warning)]
    if wanted.decision and (untold := letter_warning(wanted.decision, wanted.assessment)):
        remarks.append(_("Letter: {warning}", warning=untold))
    made = pack(wanted.record, wanted.criteria, wanted.assessment, wanted.decision, redacted, remarks, tell)
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
            stored = json.loads((self.folder / KEPT).read_bytes())
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
    part = folder / f".{os.getpid()}.part"
    try:
        part.mkdir(parents=True)
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
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
