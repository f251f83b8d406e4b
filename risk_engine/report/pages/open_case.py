"""A stated case to the one that outsiders may know: without confidential answers, names of people and working notes.

Its other texts may repeat what was taken out: there it is struck out (`secret_words`). Entries are known by their
numbers: the office's short names for them are its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import TextFact
from risk_engine.report.pages.secret_words import Data


@dataclass(frozen=True)
class Marks:
    """What stands in the place of what is withheld: of an answer, and of a name (None: names of people are shown)."""

    answer: str
    person: str | None

    @property
    def all(self) -> tuple[str, ...]:
        """Return each mark once."""
        return tuple(dict.fromkeys(one for one in (self.answer, self.person) if one is not None))


@dataclass(frozen=True)
class OpenCase:
    """Writes the open part of a stated case as plain data; holds what each part needs.

    `text` returns a text of the case as it may be told, `answer` an open answer; `left_out` are controls that may not.
    """

    stated: Data
    criteria: CriteriaSet
    confidential: Collection[str]
    left_out: Collection[str]
    marks: Marks
    text: Callable[[str], str]
    answer: Callable[[str], str]

    def case(self) -> dict[str, Any]:
        """Return the whole of it, under a neutral id."""
        whole: dict[str, Any] = {"id": "case", "title": self.text(self.stated["title"])}
        if "institution" in self.stated:
            whole["institution"] = self.answer(self.stated["institution"])
        if "assessor" in self.stated:
            whole["assessor"] = self.person(self.stated["assessor"])
        for name, entity in self.criteria.entities.items():
            content = self.stated.get(name)
            if isinstance(content, Mapping):
                whole[name] = self.entry(name, content)
            elif content is not None and entity.many is not None:
                whole[name] = tuple({"id": number, **self.entry(name, one)} for number, one in _numbered(content))
        controls = self.stated.get("controls", ())
        whole["controls"] = tuple(self.control(one) for one in controls if one["id"] not in self.left_out)
        whole["evidence"] = tuple(one for record in self.stated.get("evidence", ()) for one in self.for_facts(record))
        return whole

    def person(self, name: str) -> str:
        """Return the name of a person as it may be told."""
        return self.text(name) if self.marks.person is None else self.marks.person

    def entry(self, entity: str, stated: Data) -> dict[str, Any]:
        """Return the open answers of an entry, its id left out."""
        facts = self.criteria.entities[entity].facts
        shown = {
            name: value
            for name, value in stated.items()
            if name in facts and f"{entity}.{name}" not in self.confidential
        }
        return {
            name: self.answer(value) if isinstance(facts[name], TextFact) else value for name, value in shown.items()
        }

    def control(self, stated: Data) -> dict[str, Any]:
        """Return what became of a control, as it may be told."""
        owner = {"owner": self.person(stated["owner"])} if "owner" in stated else {}
        evidence = tuple(self.evidence(one) for one in stated.get("evidence", ()))
        return {**stated, **owner, "evidence": evidence}

    def evidence(self, stated: Data) -> dict[str, Any]:
        """Return a record of evidence as it may be told."""
        who = {"collected_by": self.person(stated["collected_by"])} if "collected_by" in stated else {}
        return {**stated, "kind": self.text(stated["kind"]), "reference": self.text(stated["reference"]), **who}

    def for_facts(self, stated: Data) -> Iterator[dict[str, Any]]:
        """Yield a record for the open answers that it is for; where it is for others too, it may tell them."""
        paths = [self.open_path(path) for path in stated["for"]]
        kept = tuple(path for path in paths if path is not None)
        if not kept:
            return
        record = self.evidence(stated) | {"for": kept}
        if len(kept) < len(paths):
            record |= {"reference": self.marks.answer}
            record.pop("sha256", None)
        yield record

    def open_path(self, path: str) -> str | None:
        """Return a path of evidence with the number of its entry, None where it leads to a confidential answer."""
        entity, *rest = path.split(".")
        if entity not in self.criteria.entities:
            return None
        start = [entity]
        if self.criteria.entities[entity].many is not None:
            numbers = {one["id"]: number for number, one in _numbered(self.stated.get(entity) or ())}
            entry, *rest = rest or [""]
            start.append(numbers.get(entry, ""))
        if not all(start) or not rest or f"{entity}.{rest[0]}" in self.confidential:
            return None
        return ".".join((*start, *rest))


def _numbered(entries: Sequence[Data]) -> Iterator[tuple[str, Data]]:
    """Yield each entry with its number; the numbers of a list are of one length, so that they sort as they count."""
    digits = len(str(len(entries)))
    yield from ((f"{number:0{digits}}", one) for number, one in enumerate(entries, 1))
