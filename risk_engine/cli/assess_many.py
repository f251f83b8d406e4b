"""`risk-engine assess` of many cases, under one set or compared under several: of each only what is shown is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple, TypeVar

import typer

from risk_engine.cli.assess import level_code, say_standings, standing_of
from risk_engine.cli.output import Exit, Format, note_lines, progress, put, put_document, put_records
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import in_order, processes_for
from risk_engine.files.writing import keep_inputs, make_folder, write_bytes
from risk_engine.loading.case import same_id

if TYPE_CHECKING:
    from risk_engine.cli.pack import Packed
    from risk_engine.model.assessment import Assessment
    from risk_engine.portfolio.assess import Assessor
    from risk_engine.portfolio.compare import Comparer
    from risk_engine.report.set_pages.comparison import ComparedCase
    from risk_engine.report.several import Row
    from risk_engine.report.view import Part

Result = TypeVar("Result")

WORTH_SHOWING = 20
"""Of fewer cases nobody waits to see how many are assessed."""


class Failed(NamedTuple):
    """A case that cannot be assessed, and why; or, where that `ends` all, what stands against every one of them."""

    text: str
    ends: bool


class Done(NamedTuple):
    """What is shown of an assessed case, told in the current language where it is told at all."""

    path: Path
    case_id: str
    on: date
    digest: str
    standing: str
    """What is to be known of the version that it was assessed under, if anything."""
    code: Exit
    row: "Row | None"
    content: bytes = b""
    note: str = ""
    about_names: tuple[str, ...] = ()
    """Lines about names of the case that it should not use any more."""


@dataclass(frozen=True)
class Work:
    """What is done with each case file."""

    assessor: "Assessor"
    form: Format
    fail_on: str | None
    part: "Part" = "report"

    def __call__(self, path: Path) -> Done | Failed:
        """Return what is shown of one case."""
        try:
            assessment = self.assessor.assess(path)
        except RiskEngineError as error:
            return Failed(f"{error}", ends=False)
        try:
            return self._done(path, assessment)
        except RiskEngineError as error:
            return Failed(f"{error}", ends=True)

    def _done(self, path: Path, assessment: "Assessment") -> Done:
        about_names = self.assessor.notes
        code = level_code(assessment, self.assessor, self.fail_on)
        content, note, told = b"", "", None
        if self.form == "json":
            from risk_engine.engine.assess import to_json

            content = to_json(assessment).removesuffix(b"\n")
        else:
            from risk_engine.report.several import row

            explained = self.assessor.explain(assessment)
            told = row(explained)
            if self.form != "text":
                from risk_engine.report import left_out, written
                from risk_engine.report.view import view

                shown = view(explained, part=self.part)
                content, note = written(shown, self.form), left_out(shown, self.form) or ""
        case_id, on, digest = assessment.case_id, assessment.on, assessment.digest
        return Done(path, case_id, on, digest, standing_of(assessment), code, told, content, note, about_names)


@dataclass
class _Shown:
    """What is kept of all cases: a few words of each."""

    rows: "list[Row]" = field(default_factory=list)
    packs: "list[Done]" = field(default_factory=list)
    files: dict[str, list[Path]] = field(default_factory=dict)
    standings: dict[str, None] = field(default_factory=dict)
    about_names: list[tuple[str, ...]] = field(default_factory=list)
    codes: set[Exit] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def add(self, done: Done) -> None:
        self.files.setdefault(done.case_id, []).append(done.path)
        self.standings[done.standing] = None
        if done.about_names:
            self.about_names.append(done.about_names)
        self.codes.add(done.code)
        if done.row is not None:
            self.rows.append(done.row)


def assess_many(
    work: Work,
    paths: Sequence[Path],
    inputs: Sequence[Path],
    output: Path | None,
    packed: "Packed | None",
    jobs: int | None,
) -> None:
    """Assess cases and show them as was asked for; those that cannot be assessed are named, and the others kept.

    `inputs` are files that must not be written over.
    """
    reports = _Reports(output, work.form, inputs) if work.form not in {"text", "json"} else None
    shown = _Shown()
    with TemporaryFile() as records:
        for result in _with_progress(in_order(work, paths, processes_for(len(paths), jobs)), len(paths)):
            match result:
                case Failed(text, ends=True):
                    raise RiskEngineError(text)
                case Failed(text):
                    shown.failed.append(text)
                case Done():
                    if work.form == "json":
                        records.write((b"," if shown.files else b"[") + result.content)
                    elif reports is not None:
                        reports.write(result)
                    shown.add(result)
                    if packed is not None:
                        shown.packs.append(result)
        _say_first(shown, len(paths))
        if packed is not None and shown.packs:
            from risk_engine.cli.pack import put_packs

            put_packs(packed, shown.packs, work.assessor, jobs)
        _put(shown, work.form, records, output, reports)
    _end(shown)


@dataclass(frozen=True)
class Comparing:
    """What is done with each case file that is compared under several criteria."""

    comparer: "Comparer"
    form: Format

    def __call__(self, path: Path) -> "ComparedDone | Failed":
        """Return what is shown of one case."""
        try:
            compared = self.comparer.compare(path)
        except RiskEngineError as error:
            return Failed(f"{error}", ends=False)
        done = ComparedDone(
            path,
            compared.comparison.case_id,
            tuple(map(standing_of, compared.comparison.assessments)),
            compared.notes,
        )
        if self.form == "json":
            from risk_engine.portfolio.compare import to_json

            return done._replace(content=to_json(compared.comparison).removesuffix(b"\n"))
        from risk_engine.report.set_pages.comparison import compared_case

        return done._replace(row=compared_case(compared))


class ComparedDone(NamedTuple):
    """What is shown of a case that was compared."""

    path: Path
    case_id: str
    standings: tuple[str, ...]
    about_names: tuple[tuple[str, ...], ...]
    row: "ComparedCase | None" = None
    content: bytes = b""


def compare_many(
    paths: Sequence[Path],
    criteria: Sequence[str],
    on: date | None,
    form: Format,
    output: Path | None,
    jobs: int | None,
) -> None:
    """Compare cases under several criteria and show them as a table; those that cannot be read are named."""
    from risk_engine.portfolio.compare import Comparer

    work = Comparing(Comparer(criteria, on), form)
    found: list[ComparedDone] = []
    files: dict[str, list[Path]] = {}
    failed: list[str] = []
    for one in _with_progress(in_order(work, paths, processes_for(len(paths), jobs)), len(paths)):
        if isinstance(one, Failed):
            failed.append(one.text)
        else:
            found.append(one)
            files.setdefault(one.case_id, []).append(one.path)
    _say_same_ids(files)
    say_standings(text for one in found for text in one.standings)
    for lines in dict.fromkeys(lines for one in found for lines in one.about_names):
        note_lines(lines)
    _say_failed(failed, len(paths))
    if not found:
        raise typer.Exit(Exit.INVALID_INPUT)
    if form == "json":
        put(f"[{','.join(one.content.decode() for one in found)}]\n", output, kept=True)
    else:
        from risk_engine.report.set_pages.comparison import comparisons_view

        put_document(comparisons_view([one.row for one in found if one.row is not None]), form, output)
    raise typer.Exit(Exit.INVALID_INPUT if failed else Exit.DONE)


def _put(shown: _Shown, form: Format, records: IO[bytes], output: Path | None, reports: "_Reports | None") -> None:
    if not shown.files:
        return
    if form == "json":
        records.write(b"]\n")
        put_records(records, output)
        return
    if reports is not None:
        reports.say()
    from rich.console import Console

    from risk_engine.report.frame import untold
    from risk_engine.report.terminal import in_plain, summary_table

    in_file = None if reports is not None else output
    if in_file is None:
        summary_table(shown.rows, Console())
    if text := untold(sum(not one.is_translated for one in shown.rows)):
        typer.echo(text, err=True)
    if in_file is not None:
        put(in_plain(lambda console: summary_table(shown.rows, console), 120), in_file)


def _say_first(shown: _Shown, number: int) -> None:
    """Say what is to be known before the results, and what could not be assessed."""
    _say_same_ids(shown.files)
    say_standings(shown.standings)
    for lines in shown.about_names:
        note_lines(lines)
    _say_failed(shown.failed, number)


def _say_same_ids(files: Mapping[str, Sequence[Path]]) -> None:
    for case_id, paths in files.items():
        if len(paths) > 1:
            typer.echo(same_id(case_id, list(map(str, paths))), err=True)


def _say_failed(failed: Sequence[str], number: int) -> None:
    for text in dict.fromkeys(failed):
        typer.echo(text, err=True)
    if failed and number > 1:
        typer.echo(_("{number} of {all} cases could not be assessed", number=len(failed), all=number), err=True)


def _end(shown: _Shown) -> None:
    if shown.failed:
        raise typer.Exit(Exit.INVALID_INPUT)
    raise typer.Exit(max(shown.codes, key=[Exit.DONE, Exit.STILL_OPEN, Exit.FAILED].index, default=Exit.DONE))


class _Reports:
    """The folder into which a report of each case is written."""

    def __init__(self, folder: Path | None, form: str, inputs: Sequence[Path]) -> None:
        if folder is None or folder.is_file() or (folder.suffix and not folder.is_dir()):
            raise RiskEngineError(_("several reports need a folder to be written to"), _("name one with `-o FOLDER`"))
        self.folder = folder
        self.form = form
        self.inputs = frozenset(one.resolve() for one in inputs)
        self.names: set[str] = set()
        self.written: list[tuple[Path, Path]] = []
        self.notes: dict[str, None] = {}

    def write(self, done: Done) -> None:
        """Write the report of one case."""
        if not self.written:
            make_folder(self.folder)
        target = self.folder / f"{own_name(done.path, self.names)}.{self.form}"
        keep_inputs(target, self.inputs)
        write_bytes(target, done.content)
        self.written.append((target, done.path))
        self.notes[done.note] = None

    def say(self) -> None:
        """Say what was written, and what it cannot show."""
        for target, path in self.written:
            typer.echo(_("wrote {file} ({case})", file=target, case=path), err=True)
        for note in filter(None, self.notes):
            typer.echo(note, err=True)


def own_name(path: Path, taken: set[str]) -> str:
    """Return a name for a case; those of the same name, from two folders or as YAML and JSON, are told apart."""
    numbered = (path.stem if number == 1 else f"{path.stem}-{number}" for number in count(1))
    name = next(one for one in numbered if one.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _with_progress(results: Iterator[Result], number: int) -> Iterator[Result]:
    if number < WORTH_SHOWING:
        yield from results
        return
    with progress(_("Assessing")) as tell:
        for done, result in enumerate(results, 1):
            tell(done, number)
            yield result
