"""The day where a command runs: the only clock there is. What lies below the commands is told the day."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def today() -> "date":
    """Return the day where this command runs: for what nobody named a day for."""
    return datetime.now().astimezone().date()
