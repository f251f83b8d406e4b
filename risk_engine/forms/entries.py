"""Entries of a case as its file holds them: which one is meant, how a new one is called, what one states."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from risk_engine.forms.answers import FilledEntry
from risk_engine.forms.ask import ENTRY_ID, label_fact
from risk_engine.forms.names import same_label
from risk_engine.model.case import UNKNOWN, Answer
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoicesFact, RowFact

MOST_ID = 40
"""No id that is made from a name is longer."""

Data = dict[str, Any]


def known_entries(criteria: CriteriaSet, entry: FilledEntry, have: Sequence[Data]) -> list[int]:
    """Return which entries can be meant: by the id that the form noted, else by the name in other spelling."""
    if entry.id is not None:
        return [number for number, one in enumerate(have) if one.get("id") == entry.id]
    label, wanted = label_fact(criteria, entry.entity), same_label(entry.label or "")
    named = [(number, one.get(label)) for number, one in enumerate(have)]
    return [number for number, name in named if name not in {None, UNKNOWN} and same_label(str(name)) == wanted]


def is_blank(name: str, have: Sequence[Data], evidence: Sequence[Data]) -> bool:
    """Return whether a list holds only the empty block of a new case, which is there to be filled in."""
    if len(have) != 1 or have[0].get("id") != f"{name.replace('_', '-')}-1":
        return False
    is_named = any(path.startswith(f"{name}.") for one in evidence for path in one.get("for", ()))
    return not is_named and all(key == "id" or value in (None, UNKNOWN) for key, value in have[0].items())


def new_id(criteria: CriteriaSet, name: str, label: str, have: Sequence[Data]) -> str:
    """Return a short name for a new entry, made from what people call it."""
    ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().casefold()
    kept = r"[^a-z0-9_-]+" if label_fact(criteria, name) == ENTRY_ID else r"[^a-z0-9]+"
    words = re.sub(kept, "-", ascii_only)
    words = words.strip("-")
    cut = words[:MOST_ID] if words[MOST_ID : MOST_ID + 1] in {"", "-"} else words[:MOST_ID].rpartition("-")[0]
    plain = (cut or words[:MOST_ID]).strip("-") or name.replace("_", "-")
    taken = {one.get("id") for one in have}
    return next(one for one in (plain, *(f"{plain}-{number}" for number in range(2, 2002))) if one not in taken)


def with_answer(entry: Data, name: str, value: object, order: Sequence[str]) -> Data:
    """Return an entry with one answer more; a new key stands behind those that the set declares before it."""
    if name in entry:
        return {**entry, name: value}
    keys = list(entry)
    behind = max((keys.index(one) for one in order[: order.index(name)] if one in entry), default=-1)
    keys.insert(behind + 1, name)
    return {key: value if key == name else entry[key] for key in keys}


def known_answer(value: object, criteria: CriteriaSet, name: str) -> Answer | None:
    """Return what a case states for a fact as the case model reads it: no alias, options in their order."""
    fact = criteria.fact(name)
    if value is None or value == UNKNOWN:
        return None
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple):
        return tuple(one for one in fact.options if one in value)
    if isinstance(fact, RowFact):
        rows = criteria.tables[fact.of].rows
        return next((row_id for row_id, row in rows.items() if value in (row_id, *row.aliases)), None)
    return value  # type: ignore[return-value]
