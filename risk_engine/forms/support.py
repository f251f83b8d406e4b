"""What supports the answers of a case: who answered is evidence; what no longer counts goes to the notes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from risk_engine.forms.answers import Filled
from risk_engine.language import _
from risk_engine.model.case import Answer

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
    paper = filled.paper
    known = {path for one in have if one.get("sha256") == paper.sha256 for path in one.get("for", ())}
    new = [(path, unsure) for path, unsure in answers if path not in known]
    found: list[Data] = []
    for unsure in (False, True):
        paths = tuple(path for path, is_so in new if is_so == unsure)
        if paths:
            record: Data = {"for": paths, "kind": KIND, "reference": paper.name.rpartition("/")[2], "date": filled.day}
            record |= {"collected_by": filled.by} if filled.by else {}
            found.append({**record, "confidence": "unsure" if unsure else "declared", "sha256": paper.sha256})
    return tuple(found)
