"""What a sheet of rules changes in the files of a set: their texts with comments and order kept, and the difference."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from risk_engine.audit.tables.kinds import OTHERWISE, kind_of, table
from risk_engine.audit.tables.remarks import remarks
from risk_engine.audit.tables.rules import Rules
from risk_engine.audit.tables.sheets import Found as FoundTable
from risk_engine.audit.tables.sheets import tables_in
from risk_engine.audit.tables.table import HEAD_ROWS, Cell, Returned, ReturnedTable, Table, read_table
from risk_engine.audit.versions import Comparison, between, loaded
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, places_in
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import MAX_SET_BYTES, Document, parse
from risk_engine.files.syntax import decoded
from risk_engine.files.writing import write_together
from risk_engine.files.yaml_edits import YamlEditor
from risk_engine.loading.bundle import documents
from risk_engine.loading.criteria import edited_criteria
from risk_engine.loading.releases import is_released
from risk_engine.loading.set_files import SetFiles
from risk_engine.loading.sets import Version, check_own
from risk_engine.model.criteria import Criteria

BEFORE = ".bak"
"""How the file ends that keeps what a file said before it was written."""
_MOST_PASSES = 4


@dataclass(frozen=True)
class Opened:
    """A version of a set, where it lies, and its rules with their files."""

    version: Version
    rules: Rules


def opened(reference: str) -> Opened:
    """Return the version that a reference means, the newest of a set; raise what `load_criteria` raises."""
    version, criteria = loaded(reference)
    if criteria.bundle is not None:
        return Opened(version, Rules(criteria, documents(criteria.bundle)))
    return Opened(version, Rules(criteria, SetFiles(version.path).documents))


def tables_of(rules: Rules, asked: Sequence[str]) -> list[Table]:
    """Return the tables that are asked for, with what they show; RiskEngineError where there is none of a name."""
    kinds = [kind_of(one, rules) for one in asked]
    made = [table(one, rules) for one in kinds]
    return [replace(one, remarks=tuple(remarks(kind, rules, one))) for kind, one in zip(kinds, made, strict=True)]


# --- and back into the files ---


@dataclass(frozen=True)
class Edited:
    """What a sheet makes of a set: new texts of files, the difference, and the rules as they are then."""

    opened: Opened
    texts: Mapping[str, str]
    comparison: Comparison
    after: Rules
    of: tuple[str, ...]
    notes: tuple[str, ...]


def edited(reference: str, file: Path) -> Edited:
    """Return what the tables in a file change in a set; nothing is written.

    Raises InvalidSourceError with everything that is wrong in the sheet, each with its cell; else with what the set
    would have wrong if it said so.
    """
    there = opened(reference)
    rules = there.rules
    found, others = tables_in(file)
    notes = [_("the sheet `{name}` is no table of rules, and is not read", name=one) for one in others]
    problems: list[Diagnostic] = []
    states: list[tuple[ReturnedTable, dict[str, Any]]] = []
    rules = replace(rules, more_controls=_new_controls(found))
    for one in found:
        notes += _notes(one, rules)
        kind = kind_of(one.of, rules)
        returned = read_table(one.grid, kind.form, table(kind, rules))
        if not returned.problems:
            states.append((returned, kind.taken(returned)))
        problems += _wrong_in(one, returned)
    if problems:
        raise InvalidSourceError(problems)
    files = _merged(rules.documents, states)
    texts = _texts(there, files)
    after = _after(there, texts, [returned for returned, _stated in states]) if texts else rules.criteria
    name = there.version.path.as_posix()
    documents_after = {
        **rules.documents,
        **{one: parse(text, f"{name}/{one}", most=MAX_SET_BYTES) for one, text in texts.items()},
    }
    comparison = between((there.version, rules.criteria), (there.version, after))
    return Edited(there, texts, comparison, Rules(after, documents_after), tuple(one.of for one in found), tuple(notes))


def _after(there: Opened, texts: Mapping[str, str], sheets: Sequence[ReturnedTable]) -> Criteria:
    """Return the set as the sheets have it; what is wrong then is told at its cell, and at its place in the files."""
    try:
        return edited_criteria(there.version.path, texts)
    except InvalidSourceError as error:
        message = _("with this sheet the set would have mistakes, at these places of its files as they would be:")
        told = [f"{_at_cell(one, texts, sheets)}" for one in error.diagnostics]
        raise RiskEngineError("\n".join((message, *told))) from error


def _at_cell(problem: Diagnostic, texts: Mapping[str, str], sheets: Sequence[ReturnedTable]) -> Diagnostic:
    """Return a problem of a file at the cell that states it, with its place in the file; as it is where none does."""
    name = next((one for one in texts if problem.position.path.endswith(one)), None)
    if name is not None:
        document = parse(texts[name], name, most=MAX_SET_BYTES)
        at = problem.position.line, problem.position.column
        places = [
            (place, len(loc), loc)
            for loc, _value in places_in(document.data)
            for one in (document.position(loc), document.position(loc, key=True))
            if (place := (one.line, one.column)) <= at
        ]
        loc = max(places, key=lambda one: one[:2])[2] if places else ()
        for sheet in sheets:
            if (cell := _cell_of(sheet, loc)) is not None:
                message = f"{problem.message} ({problem.position})"
                return sheet.grid.problem(cell.row, cell.column, message, problem.help)
    return problem


def _cell_of(sheet: ReturnedTable, loc: Loc) -> Cell | None:
    """Return the cell of a sheet that states what stands at a place of a file; None where none does."""
    match sheet.form.of.partition(":")[::2], loc:
        case ("ladder", name), (str() as ladder, "rules", int() as number, *rest) if ladder == name:
            rules = [one for one in sheet.records if one.key[0] != OTHERWISE]
            return next((_in_record(sheet, one, rest) for one in rules[number:]), None)
        case ("ladder", name), (str() as ladder, "otherwise", *rest) if ladder == name:
            return next((_in_record(sheet, one, rest) for one in sheet.records if one.key[0] == OTHERWISE), None)
        case ("severity", name), (str() as indicator, "severity", str() as severity, *rest) if indicator == name:
            return next((_in_record(sheet, one, rest) for one in sheet.records if one.key[-1] == severity), None)
        case ("options", _), (str() as indicator, "controls", int() as number, *rest):
            options = [one for one in sheet.records if one.key[0] == indicator]
            options.sort(key=lambda one: int(one.key[1]))
            return next((_in_record(sheet, one, rest) for one in options[number:]), None)
        case ("indicators", _), (str() as indicator, *rest) if rest[:1] != ["controls"]:
            own = [one for one in sheet.records if one.key[0] == indicator]
            found = [one for one in own if [*one.key[1:]] == rest[1:2]] if rest[:1] == ["severity"] else []
            return next((_in_record(sheet, one, rest[2 * bool(found) :]) for one in found or own), None)
        case ("controls", _), (str() as control, *rest):
            return next((_in_record(sheet, one, rest) for one in sheet.records if one.key[0] == control), None)
        case _:
            return None


def _in_record(sheet: ReturnedTable, record: Returned, steps: Sequence[object]) -> Cell:
    """Return the cell of a record for a place in it: of its field, else of a test, else its first."""
    stated = sheet.fields.get(record.key[: sheet.form.owner or None], {})
    if steps and (cell := stated.get(f"{steps[0]}")) is not None:
        return cell
    number = next((int(one) for one in steps if isinstance(one, int)), 0) if "any_of" in steps else 0
    if number < len(record.alternatives) and (places := record.alternatives[number].places):
        return next(iter(places.values()))
    return record.at


def _new_controls(found: Sequence[FoundTable]) -> tuple[str, ...]:
    grids = [one.grid for one in found if one.of == "controls"]
    return tuple(dict.fromkeys(grid.text(row, 1) for grid in grids for row in grid.rows if row > HEAD_ROWS))


def _wrong_in(one: FoundTable, returned: ReturnedTable) -> Iterator[Diagnostic]:
    """Yield what is wrong in a table: cells that nobody can read, and of the rest what does not come of these."""
    yield from one.unread
    keys = len(returned.form.keys)
    if not one.is_torn and all(cell.position.column > keys for cell in one.unread):
        lines = {cell.position.line for cell in one.unread}
        yield from (problem for problem in returned.problems if problem.position.line not in lines)


def _notes(one: FoundTable, rules: Rules) -> Iterator[str]:
    version, digest = rules.about
    if one.version.partition("@")[0] != version.partition("@")[0]:
        message = _(
            "{place}: this table is of `{other}`, not of `{set}`", place=one.grid.path, other=one.version, set=version
        )
        raise RiskEngineError(message, _("name the set that it was made from"))
    if one.digest != digest:
        yield _(
            "{table} was written from {version} as it was at another time: what changed since shows as a change too",
            table=one.of,
            version=one.version,
        )


def _merged(
    files: Mapping[str, Document], states: Sequence[tuple[ReturnedTable, Mapping[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """Return what the files are to say after all tables; two tables may change one record, but not the same of it."""
    found: dict[str, dict[str, Any]] = {}
    for returned, stated in states:
        for name, records in stated.items():
            old = files[name].data
            new = found.setdefault(name, dict(old))
            for record in {**old, **records}:
                before, after = old.get(record), records.get(record)
                if before == after:
                    continue
                now = new.get(record)
                if now == before:
                    _set(new, record, after)
                elif now is not None and after is not None and before is not None:
                    new[record] = _both(returned, record, before, now, after)
                elif now != after:
                    raise _clash(returned, record)
    return {name: records for name, records in found.items() if records != files[name].data}


def _set(records: dict[str, Any], record: str, value: Any) -> None:
    if value is None:
        del records[record]
    else:
        records[record] = value


def _both(
    returned: ReturnedTable, record: str, before: Mapping[str, Any], one: Mapping[str, Any], other: Mapping[str, Any]
) -> dict[str, Any]:
    found = dict(one)
    for key in {**before, **other}:
        if before.get(key) == other.get(key):
            continue
        if one.get(key) not in (before.get(key), other.get(key)):
            raise _clash(returned, record)
        _set(found, key, other.get(key))
    return found


def _clash(returned: ReturnedTable, record: str) -> RiskEngineError:
    message = _(
        "{place}: another sheet of the file says something else of `{record}`", place=returned.grid.path, record=record
    )
    return RiskEngineError(message, _("change it in one sheet only"))


def _texts(there: Opened, files: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the new text of each file; raise RiskEngineError where one cannot be changed piece by piece."""
    if there.rules.criteria.bundle is not None and files:
        message = _("{version} is read from its bundle, which never changes", version=there.version)
        raise RiskEngineError(message, _("name the folder with the files of the set"))
    return {name: rewritten(_text(there.version.path / name), name, new) for name, new in files.items()}


def _text(path: Path) -> str:
    return decoded(read_bytes(path), path.as_posix())


def rewritten(text: str, name: str, new: Mapping[str, Any]) -> str:
    """Return the text of a file so that it says `new`; comments, order and all that is the same stay as they are."""
    for _pass in range(_MOST_PASSES):
        editor = YamlEditor(text)
        changed = editor.changed(parse(text, name, most=MAX_SET_BYTES).data, new)
        if changed is None:
            break
        text = changed
        try:
            if parse(text, name, most=MAX_SET_BYTES).data == new:
                return text
        except InvalidSourceError as error:
            line = text.splitlines()[error.diagnostics[0].position.line - 1].strip()
            if "*" in line:
                message = _(
                    "{file}: what is taken out is marked with `&`, and this uses it: `{line}`", file=name, line=line
                )
                raise RiskEngineError(message, _("write there what it stands for, then take the row out")) from error
            break
    message = _("{file} is written in a way that cannot be changed piece by piece", file=name)
    raise RiskEngineError(message, _("make this change in the file itself"))


def write(reference: str, found: Edited) -> list[Path]:
    """Write the new texts, each beside a copy of what the file said before; return the files that changed.

    Raises RiskEngineError where the set came with the program, or its version is released: no rule of that changes.
    """
    version = found.opened.version
    check_own(reference)
    if is_released(version):
        message = _("{version} is released: its rules do not change any more", version=version)
        raise RiskEngineError(message, _("raise `version` and set `in_force` in its set.yaml, then write"))
    paths = {version.path / name: text for name, text in found.texts.items()}
    before = {path.with_name(f"{path.name}{BEFORE}"): _text(path) for path in paths}
    write_together({**before, **paths})
    return list(paths)
