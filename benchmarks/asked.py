"""Which questions the figures count: those that a rule reads."""

from risk_engine.engine.facts import Read
from risk_engine.engine.work import Worked


def is_for_record(read: Read, worked: Worked) -> bool:
    """Return whether a question is for the file only: no rule reads its answer."""
    if read.fact is None:
        return False
    return getattr(worked.criteria.entities[read.entity].facts[read.fact], "used_for", None) == "record"
