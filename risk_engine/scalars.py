"""Text that stands in a file without quotes to the value that it means; what could mean two things is an error."""

import re
from datetime import date

from risk_engine.language import _

MAX_INTEGER = 2**53 - 1
"""RFC 8785 (and with it every digest) knows no larger integer."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRACTION = re.compile(r"[-+]?[0-9]*(\.[0-9]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")
_CODE = re.compile(r"[0-9]+[eE][0-9]+")
_NULLS = frozenset({"", "~", "null"})
# What some YAML reader takes for a number or a time: written without quotes, nobody can say what is meant.
_DOUBTFUL = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)"
    r"|[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"
)
_BEGINS = frozenset("-+.0123456789")
"""How every number, every date and all that is doubtful begins; most text does not."""


class DoubtError(Exception):
    """What is wrong with a text, and the way out."""

    def __init__(self, message: str, way_out: str) -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out


def value_of(text: str, *, nulls: bool) -> str | int | date | None:
    """Return what a text without quotes means; `nulls` says whether it may be empty. Raises DoubtError."""
    if text in _NULLS:
        if not nulls:
            raise DoubtError(_("a value is missing here"), _("write one, or take out the key or the `-`"))
        return None
    if text[0] not in _BEGINS:
        return text == "true" if text in {"true", "false"} else text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if DATE.fullmatch(text):
        return _date(text)
    if _DOUBTFUL.fullmatch(text):
        raise DoubtError(*_doubt(text))
    return text


def _doubt(text: str) -> tuple[str, str]:
    if _CODE.fullmatch(text):
        return _("`{text}` can be read as a number", text=text), _('codes like this want quotes: "{text}"', text=text)
    message = (
        _("`{text}` is no whole number", text=text)
        if _FRACTION.fullmatch(text)
        else _("`{text}` can be read in more than one way", text=text)
    )
    return message, _('write "{text}" in quotes if it is text; numbers are whole, dates like 2026-01-31', text=text)


def _integer(text: str) -> int:
    # Python refuses to convert thousands of digits, so their number is looked at first.
    if len(text) <= len(f"-{MAX_INTEGER}") and abs(int(text)) <= MAX_INTEGER:
        return int(text)
    raise DoubtError(_("the number is larger than {largest}", largest=MAX_INTEGER), _("put it in quotes if it is text"))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DoubtError(
            _("there is no such date: `{text}`", text=text), _("dates are year-month-day, like 2026-01-31")
        ) from None
