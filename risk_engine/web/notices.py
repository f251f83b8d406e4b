"""Which pages of the institution the office leads to: how it handles data of people, and its accessibility statement.

`RISK_ENGINE_NOTICE` and `RISK_ENGINE_ACCESSIBILITY` hold their addresses. `{language}` in one stands for the language
of whoever reads: https://www.example.org/{language}/privacy
"""

import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current

NOTICE: Final = "RISK_ENGINE_NOTICE"
ACCESSIBILITY: Final = "RISK_ENGINE_ACCESSIBILITY"
_LANGUAGE: Final = "{language}"


@dataclass(frozen=True)
class Notices:
    """The addresses of both pages, blank where none is named."""

    notice: str = ""
    accessibility: str = ""

    def here(self) -> "Notices":
        """Return them for whoever reads the current language."""
        return Notices(*(one.replace(_LANGUAGE, current()) for one in (self.notice, self.accessibility)))


def read() -> Notices:
    """Return what the environment names; raise RiskEngineError for what is no address of a page."""
    found = {name: os.environ.get(name, "").strip() for name in (NOTICE, ACCESSIBILITY)}
    if wrong := [name for name, address in found.items() if address and not _is_page(address)]:
        raise RiskEngineError(
            _("{names}: this is no address of a page", names=", ".join(wrong)),
            _("write it like https://www.example.org/privacy"),
        )
    return Notices(found[NOTICE], found[ACCESSIBILITY])


def _is_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and not set(address) & set(" \"'<>")
