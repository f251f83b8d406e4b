"""The rules of a set of which tables are made: its files as they say them, and the records in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

from risk_engine.audit.tables.cells import Reader
from risk_engine.audit.tables.table import Column, Form, Record, Returned, ReturnedTable, shown
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.loading.set_files import ID
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import SEVERITIES

HIGHEST_FIRST: Final = tuple(reversed(SEVERITIES[1:]))
"""The severities as a table has them."""


@dataclass(frozen=True)
class Rules:
    """A set with its files as they say it, of which tables are made."""

    criteria: Criteria
    documents: Mapping[str, Document]
    more_controls: tuple[str, ...] = ()
    """Controls that another table of the same file adds."""

    @property
    def about(self) -> tuple[str, str]:
        """Which version it is, and the beginning of its digest."""
        return f"{self.criteria.head.id}@{self.criteria.head.version}", self.criteria.digest[:12]

    @cached_property
    def indicators(self) -> dict[str, str]:
        """The file in which each indicator stands."""
        names = [name for name in self.documents if name.startswith("indicators/")]
        return {record: name for name in names for record in self.documents[name].data}

    def indicator(self, name: str) -> dict[str, Any]:
        """Return what the files state of an indicator."""
        found: dict[str, Any] = self.documents[self.indicators[name]].data[name]
        return found

    def check_name(self, found: ReturnedTable, record: Returned, kind: str) -> None:
        """Note a name that none can have in a set: decisions and letters cite it."""
        if not ID.fullmatch(name := record.key[0]):
            message = _("`{name}` cannot be the name of this {kind}", name=name, kind=_(kind))
            allowed = _("allowed: {allowed}", allowed=_("letters, digits, `_` and `-`"))
            found.problem(record.at, message, allowed)

    @property
    def facts(self) -> Reader:
        """Reads conditions over the facts of a case."""
        return Reader(self.criteria, self.criteria.entities, self.words)

    @cached_property
    def words(self) -> Criteria:
        """The set as the current language tells it, for what people read above a column."""
        return criteria_in_words(self.criteria)


class RuleTable(Protocol):
    """A kind of table, for one set."""

    @property
    def form(self) -> Form:
        """What such tables have in common."""

    def records(self) -> Iterator[Record]:
        """Yield what stands in the table now."""

    def taken(self, found: ReturnedTable) -> dict[str, Any]:
        """Return what the files that change are to say, by their names; what is wrong is among its problems."""


def fields_of(record: Mapping[str, Any], columns: tuple[Column, ...]) -> dict[str, str]:
    """Return what the cells of a record say."""
    return {one.key: shown(record.get(one.key), one.kind) for one in columns}


def with_fields(
    found: ReturnedTable, record: Returned, owner: tuple[str, ...], old: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a record with the fields that the table states; keys that are no column stay."""
    new = dict(old)
    for column in found.form.fields:
        value = found.value(record, owner, column, old.get(column.key))
        if value is None:
            new.pop(column.key, None)
        elif column.key not in old or new[column.key] is not value:
            new[column.key] = value
    return new


def severities(
    rules: Rules, name: str, above: tuple[str, ...] = (), fields: Mapping[str, str] | None = None
) -> Iterator[Record]:
    """Yield each severity of an indicator with its condition, the highest first, under the keys `above`."""
    stated = rules.indicator(name)["severity"]
    yield from (Record((*above, one), fields or {}, stated[one]) for one in HIGHEST_FIRST if one in stated)
