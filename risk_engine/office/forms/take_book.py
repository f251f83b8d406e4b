"""What the workbook of a case says into the file of that case: what changes is shown, its comments stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import digest
from risk_engine.files.source import parse
from risk_engine.files.syntax import decoded, one_line
from risk_engine.loading.case import case_of, keyed, rules_for, today_of
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import UNKNOWN
from risk_engine.office.forms.book_read import book_of
from risk_engine.office.forms.book_write import CONTROLS, EVIDENCE
from risk_engine.office.forms.case_file import rewritten, rewritten_of
from risk_engine.office.forms.edit_answers import Asked
from risk_engine.report.blank_case import blank_case


@dataclass(frozen=True)
class Taken:
    """The new text of the case file, and what changed in it, in words."""

    text: str
    said: tuple[str, ...]


def take_book(file: Path, into: Path, content: bytes | None, asked: Asked, *, is_preferred: bool = False) -> Taken:
    """Return the case file with what a workbook says; `content` is what it holds, None where there is none yet.

    Raises InvalidSourceError with every cell that is wrong; RiskEngineError where the workbook is of another case, or
    of the case as it was before somebody changed its file, unless the workbook `is_preferred`.
    """
    document, made = book_of(file)
    criteria = criteria_in_words(rules_for(document, asked.criteria, asked.on, instead=asked.today)[1])
    case_of(document, criteria)
    is_json = into.suffix.casefold() == ".json"
    if content is None:
        text = blank_case(criteria, f"{document.data['id']}", today=asked.today)
        blank = parse(text, into.as_posix(), nulls=True).data
        new = rewritten(text, blank, _in_blank(blank, document.data), is_json=is_json)
        return Taken(new.text, (_("{file}: a new case", file=file),))
    before = decoded(content, into.as_posix())
    old = keyed(parse(before, into.as_posix(), is_json=is_json, nulls=True))
    today = today_of(old, criteria)
    if old.data.get("id") != document.data.get("id"):
        message = _(
            "{file} is about the case `{case_id}`, {path} is `{have}`",
            file=file,
            case_id=document.data.get("id"),
            path=into,
            have=old.data.get("id"),
        )
        raise RiskEngineError(message, _("name the case that it is about with `--into`"))
    if made.data != digest(today.document.data) and not is_preferred:
        message = _("{path} is not as it was when {file} was made from it", path=into, file=file)
        raise RiskEngineError(message, _("`--prefer new` writes what the workbook says in its place"))
    data = _as_before(today.document.data, document.data)
    new = rewritten_of(before, old, today, data, is_json=is_json, gone=_gone(today.document.data, data))
    return Taken(new.text, tuple(_changes(today.document.data, data)))


def _in_blank(blank: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the case with all that a blank one asks, so that its questions stand in the file."""
    found: dict[str, Any] = {}
    for key in [*blank, *(one for one in new if one not in blank)]:
        before, after = blank.get(key), new.get(key, blank.get(key))
        if isinstance(before, dict) and isinstance(after, dict):
            after = {**before, **after}
        elif _has_ids(before) and _has_ids(after) and before and after and key not in {CONTROLS, EVIDENCE}:
            after = ({**before[0], **after[0]}, *after[1:])
        found[key] = after
    return found


def _as_before(old: Any, new: Any) -> Any:
    """Return what is new in the order of what was there, with what was open in it and is not answered now."""
    match old, new:
        case dict(), dict():
            left = [key for key, value in old.items() if key in new or _is_open(key, value)]
            added = [key for key in new if key not in old]
            return {key: _as_before(old.get(key), new[key]) if key in new else old[key] for key in [*left, *added]}
        case tuple(), tuple() if _has_ids(old) and _has_ids(new):
            entries = _by_id(old)
            return tuple(_as_before(entries.get(one["id"]), one) for one in new)
        case tuple(), tuple() if all(isinstance(one, str) for one in (*old, *new)) and {*old} == {*new}:
            return old  # in which order options stand means nothing
        case _:
            return new


def _is_open(key: str, value: Any) -> bool:
    """Return whether it says the same to leave this out."""
    return value in (None, UNKNOWN) or (value == () and key in {CONTROLS, EVIDENCE})


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[int]:
    """Return which records of evidence are no more there, where the others stand first as they were."""
    before, after = old.get(EVIDENCE) or (), new.get(EVIDENCE) or ()
    left = tuple(one for one in before if one in after)
    return (
        frozenset(n for n, one in enumerate(before) if one not in after) if left == after[: len(left)] else frozenset()
    )


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], lead: str = "") -> Iterator[str]:
    """Yield what differs between two cases, each as it was and as it is."""
    for key in [*old, *(one for one in new if one not in old)]:
        before, after, path = old.get(key), new.get(key), f"{lead}{key}"
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _changes(before, after, f"{path}.")
        elif _has_ids(before) and _has_ids(after):
            yield from _changes(_by_id(before), _by_id(after), f"{path}.")
        else:
            yield f"{path}: {_shown(before)} -> {_shown(after)}"


def _has_ids(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, dict) and "id" in one for one in value)


def _by_id(entries: Any) -> dict[str, Any]:
    return {one["id"]: one for one in entries}


def _shown(value: Any) -> str:
    if isinstance(value, tuple) and any(isinstance(one, dict) for one in value):
        return ngettext("{number} record", "{number} records", len(value))
    return "-" if value is None else value if isinstance(value, str) else one_line(value)
