"""How a place in a criteria set is called: the record, as mutants are named too, and where in it."""

from risk_engine.model.changes import Step
from risk_engine.model.tables import Column

_RECORDS = {
    "definitions": "definition",
    "indicators": "indicator",
    "controls": "control",
    "parameters": "parameter",
    "ladders": "ladder",
    "awareness": "awareness",
    "sources": "source",
}


def named(loc: tuple[Step, ...]) -> tuple[str, str]:
    """Return the record that a place lies in, and the place within it; a whole part of a set is its own record."""
    match loc:
        case ("head", "severity", *rest):
            return "set severity", _place(rest)
        case ("head", *rest):
            return "set", _place(rest)
        case ("entities", entity, "facts", fact, *rest):
            return f"fact {entity}.{fact}", _place(rest)
        case ("entities", entity, *rest):
            return f"entity {entity}", _place(rest)
        case ("tables", table, "columns", column, "values", row, *rest) if row not in Column.model_fields:
            return f"table {table}.{column}", _place([row, *rest])
        case ("tables", table, "columns", column, *rest):
            return f"table {table}.{column}", _place(rest)
        case ("tables", table, *rest):
            return f"table {table}", _place(rest)
        case ("invariants", "facts", name, *rest):
            return f"contradiction {name}", _place(rest)
        case ("invariants", "undirected", fact, *rest):
            return f"undirected {fact}", _place(rest)
        case ("invariants", _, name, *rest):
            return f"promise {name}", _place(rest)
        case (part, name, *rest) if part in _RECORDS:
            return f"{_RECORDS[str(part)]} {name}", _place(rest)
        case _:
            return _place(loc), ""


def _place(steps: tuple[Step, ...] | list[Step]) -> str:
    return ".".join(f"{step}".removeprefix("+") for step in steps)
