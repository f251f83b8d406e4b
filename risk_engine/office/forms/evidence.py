"""Who answered what, and when, becomes evidence of the case; what does not stand any more goes to its notes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.language import _, ngettext
from risk_engine.model.case import Answer
from risk_engine.office.forms.answers import CaseData, Filled
from risk_engine.office.forms.fields import Given

CASE, NEW = "case", "new"
"""Whose answer stands where two contradict: that of the case, or the one that comes later."""


@dataclass(frozen=True)
class Preference:
    """Whose answer stands where two contradict: for all of them, and for single answers by their path."""

    all: str | None = None
    single: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str], files: Sequence[str]) -> "Preference":
        """Return what `case`, `new`, a file's name or `PATH=…` mean; raise RiskEngineError for anything else."""
        every: str | None = None
        single: dict[str, str] = {}
        for word in words:
            path, _sign, who = word.rpartition("=") if word not in files else ("", "", word)
            if who not in {CASE, NEW, *files}:
                known = quoted((CASE, NEW, *files))
                raise RiskEngineError(
                    _("`--prefer {word}` names none of {known}", word=word, known=known),
                    _("or write `PATH=` before it"),
                )
            if path:
                single[path] = who
            else:
                every = who
        return cls(every, single)

    def of_path(self, path: str) -> str | None:
        """Return whose answer stands for a path, None if nobody said."""
        return self.single.get(path, self.all)


KIND = "questionnaire"

Data = dict[str, Any]


@dataclass(frozen=True)
class Replaced:
    """An answer of the case that another one takes the place of."""

    old: Answer
    new: Answer | None

    def parts(self, path: str) -> tuple[str, ...]:
        """Return what evidence may name for it: the answer, or an option that is no longer as it was."""
        old, new = ({*one} if isinstance(one, tuple) else set[str]() for one in (self.old, self.new))
        return (path, *(f"{path}.{option}" for option in sorted(old ^ new)))


@dataclass
class Support:
    """Records of evidence that still count, which ones do not, and what is noted of them."""

    records: tuple[Data, ...]
    gone: frozenset[int] = frozenset()
    """The places, in the list as it was, of records that support nothing any more."""
    noted: dict[str, list[str]] = field(default_factory=dict)
    """Path of the answer that was replaced: what supported it."""


def still_counting(records: Sequence[Data], replaced: Mapping[str, Replaced]) -> Support:
    """Return the evidence without what supported answers that were replaced: it proves nothing about the new ones."""
    left: list[Data] = []
    gone: set[int] = set()
    noted: dict[str, list[str]] = {}
    of_path = {part: path for path, one in replaced.items() for part in one.parts(path)}
    for number, record in enumerate(records):
        named = record.get("for", ())
        for part in (one for one in named if one in of_path):
            said = _(
                "{path}: no longer counts as evidence, for the answer was replaced: {record}",
                path=part,
                record=described(record),
            )
            noted.setdefault(of_path[part], []).append(said)
        kept = tuple(one for one in named if one not in of_path)
        if kept:
            left.append(record if kept == named else {**record, "for": kept})
        else:
            gone.add(number)
    return Support(tuple(left), frozenset(gone), noted)


def described(record: Mapping[str, Any]) -> str:
    """Return everything that a record of evidence says, but not what it was for."""
    more = [
        _("collected by {who}", who=record["collected_by"]) if record.get("collected_by") else "",
        str(record.get("confidence") or ""),
        f"SHA-256 {record['sha256']}" if record.get("sha256") else "",
    ]
    head = f"{record.get('kind')} {record.get('reference')}"
    return ", ".join([head, f"{record.get('date')}", *(one for one in more if one)])


def records_of(filled: Filled, answers: Iterable[tuple[str, bool]], have: Sequence[Data]) -> tuple[Data, ...]:
    """Return the records for these answers of a person, each with whether they are unsure; not those on record."""
    returned = filled.returned
    known = {path for one in have if one.get("sha256") == returned.sha256 for path in one.get("for", ())}
    new = [(path, unsure) for path, unsure in answers if path not in known]
    found: list[Data] = []
    for unsure in (False, True):
        paths = tuple(path for path, is_so in new if is_so == unsure)
        if paths:
            record: Data = {
                "for": paths,
                "kind": KIND,
                "reference": returned.name.rpartition("/")[2],
                "date": filled.day,
            }
            record |= {"collected_by": filled.by} if filled.by else {}
            found.append({**record, "confidence": "unsure" if unsure else "declared", "sha256": returned.sha256})
    return tuple(found)


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
    who = ", ".join(one for one in (filled.returned.name.rpartition("/")[2], filled.by, filled.day.isoformat()) if one)
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
    head = {"file": filled.returned.name, "day": filled.day.isoformat()}
    filled_in = _("{file}: filled in on {day}", **head)
    if filled.by:
        filled_in = _("{file}: filled in by {who} on {day}", who=filled.by, **head)
    taken = ngettext("{number} answer taken", "{number} answers taken", len(stand))
    rest = _("{unsure} of them unsure; {unknown} not known yet", unsure=unsure, unknown=unknown)
    return f"{filled_in}: {taken}, {rest}"
