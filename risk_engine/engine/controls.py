"""The controls of a case as they count: in place only with evidence on record that is not dated after the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from risk_engine.model.case import Case, ControlRecord, Evidence
from risk_engine.model.words import IN_PLACE

CountsAs: TypeAlias = Literal["planned", "agreed", "in_place"]


@dataclass(frozen=True)
class ControlState:
    """What a case says of a control, and as what it counts."""

    record: ControlRecord
    counts_as: CountsAs
    dated_later: tuple[Evidence, ...]


def control_states(case: Case, on: date) -> Mapping[str, ControlState]:
    """Return the controls that the case lists, by id; one that it does not list is not in place."""
    return {record.id: _state(record, on) for record in case.controls}


def _state(record: ControlRecord, on: date) -> ControlState:
    later = tuple(one for one in record.evidence if one.date > on)
    counts_as: CountsAs
    if record.status in IN_PLACE:
        counts_as = "in_place" if len(record.evidence) > len(later) else "agreed"
    else:
        counts_as = "planned" if record.status == "planned" else "agreed"
    return ControlState(record, counts_as, later)
