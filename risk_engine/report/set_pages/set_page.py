"""A page about a criteria set or about many cases, as its template says it (`templates/pages/`).

What a set says is public, so its template may be given the models themselves, and functions that find and word things.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from risk_engine.files.language import current
from risk_engine.report import page
from risk_engine.report.blocks import Must, View
from risk_engine.report.sanitize import cleaned
from risk_engine.report.wording import (
    between,
    knock_out_word,
    last_day,
    lead,
    listed,
    severities,
    severity,
    severity_word,
)

SHOWN_DIGEST: Final = 12
"""So many letters of a digest stand where a page is found by it."""
COMMON: Final = {
    "between": between,
    "knock_out_word": knock_out_word,
    "last_day": last_day,
    "lead": lead,
    "listed": listed,
    "severities": severities,
    "severity": severity,
    "severity_word": severity_word,
}
"""What each of these templates may call."""


def set_page(  # noqa: PLR0913 -- each is a part of the page
    name: str,
    facts: Mapping[str, Any],
    *,
    case_id: str,
    on: date,
    kept_by: str,
    kind: Literal["audit", "comparison"] = "audit",
    language: str | None = None,
    must: tuple[Must, ...] = (),
) -> View:
    """Return a page about a set as its template says it, harmless everywhere; PageError where it cannot be used."""
    made = page.made(name, {**COMMON, **facts})
    said = made.page
    view = View(
        kind=kind,
        language=language or current(),
        title=said.title,
        about=said.about,
        case_id=case_id,
        on=on,
        kept_by=kept_by,
        warning=said.warning,
        answer=said.answer,
        scales=(),
        scope=None,
        sections=tuple(one for one in said.sections if one.blocks),
        full_report="",
        footer=" ".join(one for one in (said.footer, made.changed) if one),
        must=must,
    )
    return page.whole(cleaned(view), name)
