"""What an institution sets for itself, each with a reason: overrides of what the set lets it change, four eyes."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import LevelRef
from risk_engine.model.tables import CellValue, cell_on, value_on
from risk_engine.model.words import Id, Model, Name, Text


class _Override(Model):
    reason: Text = Field(description="Why.")
    from_: date | None = Field(None, alias="from", description="First day; without it the override always holds.")

    def applies(self, on: date) -> bool:
        """Return whether the override holds on that day."""
        return self.from_ is None or self.from_ <= on


class ValueOverride(_Override):
    """Another value for a parameter or a table cell."""

    value: CellValue = Field(description="The value that counts here.")


class KnockOutOff(_Override):
    """The policy knock-out of an indicator does not count; its finding is then high at most."""


class FourEyes(LevelRef):
    """A level for which the institution asks for two people, whatever the set says."""

    reason: Text = Field(description="Why.")


class Disclosure(Model):
    """How the institution redacts what it hands out, for example on a request under freedom of information."""

    reason: Text = Field(
        description="Why confidential answers are withheld, in short: it is printed wherever something is."
    )
    findings: Literal["withheld", "shown"] = Field(
        default="withheld", description="May it be seen what a finding that rests on confidential answers came to?"
    )
    persons: Literal["withheld", "shown"] = Field(
        default="withheld", description="May the names of people on the record be seen?"
    )
    persons_reason: Text | None = Field(
        default=None, description="Why the names of people are withheld, if not as personal data."
    )


class Profile(Model):
    """An institution's profile; it is part of every assessment that used it."""

    institution: Text = Field(description="Whose profile it is.")
    criteria: Text = Field(description="The id of the set it is made for.")
    parameters: dict[Name, ValueOverride] = Field({}, description="Parameters of the set that have another value here.")
    tables: dict[Name, dict[Id, dict[Name, ValueOverride]]] = Field(default={}, description="Table, row, column.")
    policy_knock_outs_off: dict[Id, KnockOutOff] = Field(
        {}, description="Indicators whose policy knock-out does not count here."
    )
    four_eyes: tuple[FourEyes, ...] = Field(default=(), description="Levels that two people decide, beyond the set's.")
    disclosure: Disclosure | None = Field(default=None, description="What is withheld from outsiders, and why.")


def parameters_on(criteria: Criteria, on: date, profile: Profile | None) -> dict[str, CellValue]:
    """Return the parameters that have a value on the day, the profile's where it overrides one."""
    found: dict[str, CellValue] = {}
    for name, parameter in criteria.parameters.items():
        override = profile.parameters.get(name) if profile else None
        value = override.value if override and override.applies(on) else value_on(parameter.values, on)
        if value is not None:
            found[name] = value
    return found


def cell_of(
    criteria: Criteria, profile: Profile | None, table: str, row: str, column: str, on: date
) -> tuple[CellValue | None, Literal["table", "profile"]]:
    """Return what a table says of a row on a day, the profile's word before the set's; None where neither knows."""
    override = profile.tables.get(table, {}).get(row, {}).get(column) if profile else None
    if override is not None and override.applies(on):
        return override.value, "profile"
    return cell_on(criteria.tables[table].columns[column], row, on), "table"


def days_of_change(criteria: Criteria, profile: Profile | None = None) -> tuple[date, ...]:
    """Return the days on which a rule, a parameter or a table of a set or a profile begins or ends to count."""
    parts: list[Any] = [criteria.indicators, criteria.awareness, criteria.parameters, criteria.tables, profile]
    return tuple(sorted(set(_days(parts))))


def _days(value: Any) -> Iterator[date]:
    match value:
        case BaseModel():
            for name in ("from_", "until"):
                if (day := getattr(value, name, None)) is not None:
                    yield day
            yield from _days(tuple(value.__dict__.values()))
        case dict():
            yield from _days(tuple(value.values()))
        case tuple() | list():
            for one in value:
                yield from _days(one)
        case _:
            pass
