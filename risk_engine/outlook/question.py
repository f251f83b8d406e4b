"""A question of a case that is open, as an outlook looks at it."""

from dataclasses import dataclass

from risk_engine.backends.symbolic.blanks import Blank
from risk_engine.engine.facts import Read
from risk_engine.model.outlook import Path


@dataclass(frozen=True)
class Question:
    """An open question of the case, or a list of which nobody has said what is in it."""

    path: Path
    read: Read
    blanks: tuple[Blank, ...]
    """Those of its unknowns that the ladders depend on; of a list those of every entry that it may have."""
    is_list: bool
    after: tuple[Path, ...]
    """What decides whether it must be asked at all, or what a table knows of it."""
