"""Who answered what, and when, becomes evidence of the case; an answer that does not stand is kept in its notes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from risk_engine.forms.answers import Filled
from risk_engine.forms.case_data import CaseData
from risk_engine.forms.fields import Given
from risk_engine.forms.support import Replaced, records_of, still_counting
from risk_engine.language import _, ngettext
from risk_engine.model.case import Answer


@dataclass(frozen=True)
class Stated:
    """A value, who states it (CASE or a file), and where."""

    value: Answer | None
    who: str
    place: str


@dataclass
class Taken:
    """What became of the answers of one file."""

    filled: Filled
    answers: list[tuple[str, Given]] = field(default_factory=list)
    beaten: set[str] = field(default_factory=set)
    """Paths of answers that do not stand because another one is preferred."""
    lost: list[str] = field(default_factory=list)
    """What the notes say of answers that do not stand."""


def withdraw(
    case: CaseData, replaced: Mapping[str, Answer], stated: Mapping[str, Stated], files: Mapping[str, Taken]
) -> frozenset[int]:
    """Take out of the evidence what supported answers of the case that were replaced; note it where they were.

    `replaced` says what the case stated, `files` what was taken of which file. Returns the places, in the list as it
    was, of records that support nothing any more.
    """
    changed = {path: Replaced(old, stated[path].value) for path, old in replaced.items()}
    changed = {path: one for path, one in changed.items() if one.old != one.new}
    have = case.evidence()
    support = still_counting(have, changed)
    for path, lines in support.noted.items():
        files[stated[path].who].lost += lines
    if support.records == have:
        return frozenset()
    case.data["evidence"] = support.records
    return support.gone


def attribute(case: CaseData, taken: Taken, stated: Mapping[str, Stated]) -> str:
    """Add to the case who answered what, and when, and what of it does not stand; return what there is to say of it."""
    filled = taken.filled
    stand = [(path, given) for path, given in taken.answers if _stands(taken, path, given, stated)]
    have = case.evidence()
    new = records_of(filled, ((path, given.unsure) for path, given in stand if "." in path), have)
    if new:
        case.data["evidence"] = (*have, *new)
    who = ", ".join(one for one in (filled.paper.name.rpartition("/")[2], filled.by, filled.day.isoformat()) if one)
    notes = [*taken.lost, *([filled.remarks] if filled.remarks else [])]
    _note(case, (f"{who}: {line}" for line in (*notes, *(one.noted for one in filled.left))))
    return _summary(filled, stand)


def _stands(taken: Taken, path: str, given: Given, stated: Mapping[str, Stated]) -> bool:
    found = stated.get(path)
    return path not in taken.beaten and (found is None or found.value == given.value)


def _note(case: CaseData, lines: Iterable[str]) -> None:
    before = case.data.get("notes")
    text = before if isinstance(before, str) else ""
    new = [one for one in lines if one not in text]
    if new:
        case.data["notes"] = "\n".join([*([text.rstrip("\n")] if text else []), *new])


def _summary(filled: Filled, stand: Sequence[tuple[str, Given]]) -> str:
    unknown = sum(given.value is None for entry in filled.entries for given in entry.answers.values())
    unknown += sum(given.value is None for given in filled.lists.values())
    unsure = sum(given.unsure for _path, given in stand)
    head = {"file": filled.paper.name, "day": filled.day.isoformat()}
    filled_in = _("{file}: filled in on {day}", **head)
    if filled.by:
        filled_in = _("{file}: filled in by {who} on {day}", who=filled.by, **head)
    taken = ngettext("{number} answer taken", "{number} answers taken", len(stand))
    rest = _("{unsure} of them unsure; {unknown} not known yet", unsure=unsure, unknown=unknown)
    return f"{filled_in}: {taken}, {rest}"
