"""A case as its file holds it, while answers come into it: what stands at a place, and in which words it is told."""

from collections.abc import Sequence
from typing import Any

from risk_engine.forms.answers import CONFIDENTIAL
from risk_engine.forms.entries import is_blank, with_answer
from risk_engine.forms.fields import short
from risk_engine.language import _
from risk_engine.model.case import Answer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, shown
from risk_engine.plain import Loc

Data = dict[str, Any]


class CaseData:
    """The data of a case under a criteria set; they are changed where they are."""

    def __init__(self, data: Data, criteria: CriteriaSet) -> None:
        """Take the data, which the caller may hold as well."""
        self.data = data
        self._criteria = criteria

    def entries(self, name: str) -> tuple[Data, ...] | None:
        """Return the entries of a list, None where nothing is said of it."""
        found = self.data.get(name)
        return found if isinstance(found, tuple) else None

    def evidence(self) -> tuple[Data, ...]:
        """Return the records of evidence."""
        found = self.data.get("evidence")
        return found if isinstance(found, tuple) else ()

    def is_blank(self, name: str, have: Sequence[Data]) -> bool:
        """Return whether a list holds only the empty block of a new case, which is there to be filled in."""
        return is_blank(name, have, self.evidence())

    def at(self, place: Loc) -> Data:
        """Return the entry at a place, or what there is one of."""
        found: Any = self.data
        for step in place:
            found = found[step]
        return found  # type: ignore[no-any-return]

    def put(self, place: Loc, name: str, value: object) -> None:
        """Write an answer about what stands at a place."""
        entity = str(place[0])
        changed = with_answer(self.at(place), name, value, ["id", *self._criteria.entities[entity].facts])
        if len(place) == 1:
            self.data[entity] = changed
        else:
            before = self.data[entity]
            self.data[entity] = tuple(changed if at == place[1] else one for at, one in enumerate(before))

    def path(self, place: Loc, name: str) -> str:
        """Return what an answer about what stands at a place is called: `entity.fact`, or `entity.id.fact`."""
        entry = [] if len(place) == 1 else [str(self.at(place)["id"])]
        return ".".join([str(place[0]), *entry, name])

    def words(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer."""
        entity, *parts = path.split(".")
        if not parts:
            if isinstance(value, str):
                return short(value)
            return short(", ".join(value) if isinstance(value, tuple) and value else _("there are none"))
        fact = self._criteria.entities[entity].facts.get(parts[-1])
        if isinstance(fact, RowFact) and isinstance(value, str):
            return short(self._criteria.tables[fact.of].rows[value].name)
        return short(shown(fact, value))

    def noted(self, path: str, value: Answer | None) -> str:
        """Return the words for an answer as they may stand in the notes, which everybody reads who has the case."""
        entity, *parts = path.split(".")
        fact = self._criteria.entities[entity].facts.get(parts[-1]) if parts else None
        return _(CONFIDENTIAL) if fact is not None and fact.confidential else self.words(path, value)
