"""`risk-engine criteria check | lsp | try`: what is wrong with a set that is edited, and what the edit does."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from risk_engine.cli.options import Day, Set, Sets, say_if_not_in_force, to_work_on
from risk_engine.cli.output import Exit, print_failed, refuse, warn
from risk_engine.files.diagnostics import InvalidSourceError, MissingExtraError, RiskEngineError
from risk_engine.files.interrupts import end_well
from risk_engine.files.language import _, first_few, ngettext

if TYPE_CHECKING:
    from risk_engine.audit.texts import Translated
    from risk_engine.audit.versions import Checked

CHECK_EXAMPLES = """Examples: risk-engine criteria check our-criteria/1.0.0 ·
risk-engine criteria check our-criteria --watch"""
LSP_EXAMPLES = "Example: risk-engine criteria lsp"
TRY_EXAMPLES = """Examples: risk-engine criteria try our-criteria --case cases/2026-014.yaml ·
risk-engine criteria try our-criteria --case 'a military partner is restricted' --against our-criteria@1.0.0"""

MOST_SHOWN = 3
"""So many of the texts that are missing are shown where nobody asks for all of them."""
SHOWN_LETTERS = 80
PAUSE = 0.5
"""So many seconds lie between two looks at the files."""
_Problem: TypeAlias = tuple[str, str, int]
"""A problem from save to save: its file, its message, and how many there are like it above."""
_DIGEST = re.compile(r"(sha256:)\w+")


def check(
    references: Sets,
    missing: Annotated[
        bool, typer.Option("--missing", help="Show every text that is not translated, not only the first few.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: check again at each save, and say what is gone. Ctrl-C ends it.")
    ] = False,
) -> None:
    """Check every file of a set, and the releases around it, and print every problem with its place and the way out.

    Of a set it is the newest version, and said if that is not in force.
    The translations of the set are checked too; texts that they lack are counted and named, and are no problem.
    """
    if watch:
        _watch(references, everything=missing)
        return
    found = _checked(references)
    _print_sound(found, everything=missing)
    refuse([one for one in found.values() if isinstance(one, RiskEngineError)])


def _checked(references: Sequence[str]) -> dict[str, "Checked | RiskEngineError"]:
    from risk_engine.audit.versions import checked

    found: dict[str, Checked | RiskEngineError] = {}
    for reference in references:
        try:
            found[reference] = checked(reference)
        except RiskEngineError as error:
            found[reference] = error
    return found


def _print_sound(found: Mapping[str, "Checked | RiskEngineError"], *, everything: bool) -> None:
    for reference, one in found.items():
        if isinstance(one, RiskEngineError):
            continue
        say_if_not_in_force(reference, one.version)
        name = f"{one.criteria.head.id} {one.criteria.head.version}"
        number = len(one.criteria.indicators)
        typer.echo(
            ngettext(
                "{name}: {number} indicator, no problems",
                "{name}: {number} indicators, no problems",
                number,
                name=name,
            )
        )
        for line in _translation_lines(one.translated, everything=everything):
            typer.echo(line)


def _translation_lines(translated: "Iterable[Translated]", *, everything: bool) -> Iterator[str]:
    """Yield what a set lacks in each language that it has a file for, all of it or the first few."""
    for one in translated:
        if not one.missing:
            yield "  " + _("{language}: all {number} texts are translated", language=one.language, number=one.texts)
            continue
        yield "  " + _(
            "{language}: {missing} of {number} texts are not translated; they stay as the set says them",
            language=one.language,
            missing=len(one.missing),
            number=one.texts,
        )
        shown = one.missing if everything else one.missing[:MOST_SHOWN]
        for lack in shown:
            text = lack.text if len(lack.text) <= SHOWN_LETTERS else f"{lack.text[:SHOWN_LETTERS].rstrip()}…"
            yield f"    {first_few(lack.places, 1)}: {text}"
        if len(shown) < len(one.missing):
            yield "    " + _("and {number} more: --missing shows them all", number=len(one.missing) - len(shown))


# --- at each save ---


def _watch(references: Sequence[str], *, everything: bool) -> None:
    """Check now and at each save until Ctrl-C, which is how this ends well."""
    before: dict[_Problem, str] = {}
    seen: object = None
    try:
        while True:
            if (state := _state(references)) != seen:
                before, seen = _look(references, before, everything=everything), state
                typer.echo(_("watching; Ctrl-C ends it"), err=True)
            time.sleep(PAUSE)
    except KeyboardInterrupt:
        end_well()


def _look(references: Sequence[str], before: Mapping[_Problem, str], *, everything: bool) -> dict[_Problem, str]:
    """Check once, print what is wrong and what no longer is, and return what is wrong as the problem that it is."""
    found = _checked(references)
    now: dict[_Problem, str] = {}
    for file, message, text in chain.from_iterable(_told(name, one) for name, one in found.items()):
        number = sum(one[:2] == (file, message) for one in now)
        now[file, message, number] = text
    _print_sound(found, everything=everything)
    for text in now.values():
        warn(text)
    for file, message, _number in sorted(before.keys() - now.keys()):
        typer.echo(_("gone: {file}: {message}", file=file, message=message))
    if now:
        typer.echo(ngettext("{number} problem", "{number} problems", len(now)))
    return now


def _told(name: str, found: "Checked | RiskEngineError") -> Iterator[tuple[str, str, str]]:
    """Yield of each problem the file, the message by which it stays the same one from save to save, and all of it."""
    match found:
        case InvalidSourceError(diagnostics=several):
            # Lines move as somebody writes above them, and digests with every edit.
            yield from ((one.position.path, _DIGEST.sub(r"\1…", one.message), str(one)) for one in several)
        case RiskEngineError():
            yield name, found.message, str(found)


def _state(references: Sequence[str]) -> object:
    """Return what changes when a file of a set, or of the releases around it, is saved, comes or goes."""
    from risk_engine.loading.releases import bound_by, newest

    state: list[object] = []
    for reference in references:
        try:
            path = Path(reference) if Path(reference).is_dir() else newest(reference).path
            folders = (path, *bound_by(path)[:2])
            files = {*path.rglob("*"), *(one for folder in folders for one in folder.glob("releases.*"))}
            state.append(sorted((f"{one}", one.stat().st_mtime_ns, one.stat().st_size) for one in files))
        except (OSError, RiskEngineError) as error:
            state.append(str(error))
    return state


# --- what an edit does ---


def try_edit(
    reference: Set,
    case: Annotated[
        str | None,
        typer.Option(
            "--case", metavar="CASE", help="A case file, or the name of a case in cases.yaml: what changes in it."
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="SET[@VERSION]",
            help="The version before the edit; without it the newest release beside it.",
        ),
    ] = None,
    on: Day = None,
) -> None:
    """Say what an edit of a set changes in a case, and which cases of its newest release turn red.

    The files as they are now are compared with the bundle of the release. Only cases that the edit can touch are worked
    out. Exit code 0: every released case still comes out as it expects; 1: some do not; 2: something cannot be used.
    """
    from risk_engine.audit.kept import released_for
    from risk_engine.audit.try_edit import both_read, lines_of, release_before
    from risk_engine.audit.try_edit import try_edit as tried
    from risk_engine.audit.versions import loaded
    from risk_engine.loading.criteria import edited_criteria, read_criteria

    version = to_work_on(reference)
    draft = read_criteria(version.path) if version.path.is_file() else edited_criteria(version.path)
    before = release_before(version) if against is None else loaded(against)[0]
    released = released_for(before.path, draft)
    cases, day = (None, on) if case is None else both_read(case, released, draft, on)
    found = tried(released, draft, cases, day)
    number = len(found.edits)
    changes = ngettext("{number} change of the rules", "{number} changes of the rules", number)
    typer.echo(
        _(
            "{version} as it is now, against {before} as released: {changes}",
            version=version,
            before=before,
            changes=changes,
        )
    )
    if case is not None:
        typer.echo(f"{case}:")
        for line in lines_of(found.moved):
            typer.echo(f"  {line}")
    print_failed(found.red)
    counts = {"red": len(found.red), "cases": found.cases, "number": found.worked_out}
    typer.echo(_("{red} of {cases} released cases turn red ({number} could be touched and were worked out)", **counts))
    if found.red:
        raise typer.Exit(Exit.FAILED)


# --- while somebody types ---


def serve_editor() -> None:
    """Speak with an editor on standard input and output (Language Server Protocol) about the sets whose files it opens.

    It marks every problem while you type, tells what stands under the cursor, finds where names are said and used,
    renames them, completes facts and options, and says above each rule how many cases show it. The editor starts this
    command; docs/authors.md says how to tell it.
    """
    try:
        from risk_engine.audit.editor.server import serve
    except ImportError as error:
        message = _("an editor is spoken with through libraries that are not installed")
        raise MissingExtraError(message, "lsp") from error
    serve()
