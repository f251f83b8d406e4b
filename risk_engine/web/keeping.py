"""What is done to an office as a whole, each in a process of its own: `python -m risk_engine.web.keeping WORD …`.

`prepare` brings the database of RISK_ENGINE_OFFICE up to date, and prints the token of the first person's link where
the office has no people yet; `import` and `export` are for the folder register, `backup` and `restore`
for the whole. Ends with 2 and says why where
something stands in its way.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import ENGLISH, _, in_language, ngettext
from risk_engine.records.office_log import SHOWN

if TYPE_CHECKING:
    from risk_engine.web.backup import Size


def bring_up_to_date() -> None:
    """Make or change the tables of this process's office; one of an earlier version is backed up first, beside it.

    Raises RiskEngineError, with nothing changed, where a later version made the database; and where it cannot be
    brought up to date, with the backup of how it was.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import Error

    from risk_engine.web.backup import before_upgrade
    from risk_engine.web.databases import let_go, make_tables, missing_triggers

    kept = before_upgrade()
    try:
        if kept is not None:
            let_go()  # made anew with the tables
        for alias in settings.DATABASES:
            if not make_tables(alias):
                call_command("migrate", database=alias, verbosity=0)
            call_command("createcachetable", database=alias, verbosity=0)
    except (Error, RuntimeError, ValueError) as error:
        if kept is None:
            raise
        way_out = _("as it was before it is in {file}: `risk-engine restore` brings it back", file=kept)
        raise RiskEngineError(_("the database cannot be brought up to date: {error}", error=error), way_out) from error
    if missing := missing_triggers():
        raise AssertionError(missing)


def _prepare(with_demo: str = "") -> str:
    from risk_engine.web import demo, erased, evidence, uploads
    from risk_engine.web.setup import new_token

    bring_up_to_date()
    uploads.put_back()
    evidence.sweep()
    erased.keep()
    if with_demo:
        demo.bring()
    return new_token() or ""


def _check_there() -> None:
    """Raise RiskEngineError for a database in which there is no office yet, before anything makes one of it."""
    from django.conf import settings

    from risk_engine.web.backup import migrated

    if not migrated():
        way_out = _("`risk-engine serve --office {folder}` makes one", folder=settings.OFFICE)
        raise RiskEngineError(_("there is no office in the database"), way_out)


def _export(folder: str) -> str:
    from risk_engine.web.export_folder import exported

    _check_there()
    bring_up_to_date()
    number = exported(Path(folder))
    return ngettext(
        "{folder}: a register of {number} case", "{folder}: a register of {number} cases", number, folder=folder
    )


def _import(folder: str, faculty: str, confidential: str, dry_run: str) -> str:
    from risk_engine.web.import_folder import imported, planned

    _check_there()
    bring_up_to_date()
    plan = planned(Path(folder), faculty or None)
    if plan.problems:
        raise RiskEngineError("\n".join([*plan.problems, _("nothing was imported")]))
    imported(Path(folder), plan, faculty or None, confidential=bool(confidential), dry_run=bool(dry_run))
    new = [one.number for one in plan.found if not one.is_there]
    there = [one.number for one in plan.found if one.is_there]
    said = _("would be imported: {case}") if dry_run else _("imported: {case}")
    lines = [said.format(case=one) for one in new] + [_("there already: {case}", case=one) for one in there]
    return "\n".join([*lines, *plan.notes])


def _backup(file: str) -> str:
    from risk_engine.web.backup import write_backup

    _check_there()
    size, head = write_backup(Path(file))
    made = ngettext("{file}: a backup of {number} row", "{file}: a backup of {number} rows", size.rows, file=file)
    made = f"{made}, {_files(size)}"
    if not head:
        return made
    last, _colon, digits = head.partition(":")
    kept = _(
        "the log ends with {head}: `risk-engine verify LOG --head` tells later whether it still goes through there"
    )
    return "\n".join((made, kept.format(head=f"{last}:{digits[:SHOWN]}")))


def _files(size: "Size") -> str:
    """Return in words how many files a backup has, and how large they are."""
    number = ngettext("{number} file", "{number} files", size.files)
    return _(
        "{number} of {size} MiB, of which {tables} MiB are tables of many cases",
        number=number,
        size=f"{size.bytes / 1024**2:.1f}",
        tables=f"{size.of_tables / 1024**2:.1f}",
    )


def _restore(file: str, erasures: str = "") -> str:
    from risk_engine.web import erased
    from risk_engine.web.backup import restore

    there = Path(erasures) if erasures else erased.place()
    done = erased.read(there) if erasures or there.exists() else None
    again: list[tuple[int, list[str]]] = []
    restored = restore(Path(file), lambda: again.append(erased.again(done or ())))
    erased.keep()
    rows = ngettext("{number} row restored", "{number} rows restored", restored.size.rows)
    lines = [f"{rows}, {_files(restored.size)}"]
    lines += [_("missing when the backup was made: {file}", file=one) for one in restored.missing]
    moment = restored.made.astimezone().strftime("%Y-%m-%d %H:%M")
    if done is None:
        lines.append(_("what was erased since {at} is here again: erase it anew (Personal data)", at=moment))
        return "\n".join(lines)
    (number, told) = again[0]
    lines.append(ngettext("{number} row erased again", "{number} rows erased again", number))
    return "\n".join([*lines, *told, *([_("look at these under Personal data")] if told else [])])


_DOES: dict[str, Callable[..., str]] = {
    "prepare": _prepare,
    "export": _export,
    "import": _import,
    "backup": _backup,
    "restore": _restore,
}


def main(word: str, *rest: str) -> int:
    """Do what a word says; return the exit code."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
    django.setup()
    with in_language(os.environ.get("RISK_ENGINE_LANG") or ENGLISH):
        try:
            sys.stdout.write(_DOES[word](*rest))
        except RiskEngineError as error:
            sys.stderr.write(f"{error}")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
