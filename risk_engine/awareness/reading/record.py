"""One work as a file has it, in one form for every layout, with names and codes as they are compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

from risk_engine.files.language import _
from risk_engine.screening.countries import country_code
from risk_engine.screening.formats.reading import Reading

IN_SOURCES: Final = {"UK": "GB", "EL": "GR"}
"""Codes of the Union for countries that ISO codes otherwise."""
PLAIN: Final = 0
"""A record is the whole of a work: of one id the first counts."""
HEAD: Final = 1
"""A record is a work without its parties, which stand in a file beside it."""
PARTIES: Final = 2
"""A record is a part of a work: those of one id and file are put together."""
_WORK: Final = re.compile(r"(?:https?://)?(?:api\.)?openalex\.org/(?:works/)?(W\d+)/?|(W\d+)", re.IGNORECASE)
_HALF: Final = re.compile("[\ud800-\udfff]")
_YEAR: Final = re.compile(r"-?\d{1,5}(?:\.0)?")
_DAY: Final = re.compile(r"(\d{4})(?:-?\d{2}-?\d{2}\b|-\d{2}\b|/\d{2}/\d{2}\b)")


class Party(NamedTuple):
    """An institution that has a part in a work, or a country alone where no institution is told."""

    country: str | None
    institution: str | None
    name: str | None
    ror: str | None = None


Parties: TypeAlias = "dict[tuple[str | None, str | None], tuple[Party, float | None]]"
"""By country and institution: the party, and its share of the authors where these are given."""


class Record(NamedTuple):
    """A work, or a part of one."""

    work: str
    year: int | None
    title: str | None
    doi: str | None
    kind: str | None
    paratext: bool | None
    link: str | None
    parties: Parties
    topics: tuple[tuple[str, str], ...]
    """Each with its level."""


def composed(text: str) -> str:
    """Return a text as NFC with spaces collapsed; half a character, as JSON may have it, is written as U+FFFD."""
    return " ".join(unicodedata.normalize("NFC", _HALF.sub("\ufffd", text)).split())


@lru_cache(maxsize=1 << 17)
def party(country: str | None, name: str, own_id: str = "", ror: str | None = None, *, folds: bool = False) -> Party:
    """Return a party by its name as written, or by the id that its source gives it; `folds`: case means nothing."""
    shown = composed(name)
    if own_id := composed(own_id):
        return Party(country, own_id, shown or own_id, ror)
    key = unicodedata.normalize("NFC", shown.casefold()) if folds else shown
    return Party(country, f"{country or ''}|{key}" if key else None, shown or None, ror)


@lru_cache(maxsize=1 << 12)
def code(text: str | None) -> str | None:
    """Return the code of a country as it is counted; None where the source names none that is known.

    A code of two letters stays as it is in the source, but for the two that the Union has of its own.

    >>> code("UK"), code("el"), code("XK"), code("HK"), code("Germany"), code(" "), code(None)
    ('GB', 'GR', 'XK', 'HK', 'DE', None, None)
    """
    if text is None or not (text := text.strip()):
        return None
    if len(text) == 2 and text.isascii() and text.isalpha():  # noqa: PLR2004 (an ISO code)
        return IN_SOURCES.get(text.upper(), text.upper())
    return country_code(text) or None


def parties_of(found: Iterable[tuple[Party, float | None]]) -> Parties:
    """Return parties, each once; a country alone is none where an institution of it is there."""
    each: Parties = {}
    for one, share in found:
        key = one.country, one.institution
        before = each.get(key)
        if before is None:
            each[key] = one, share
        else:
            shown = min(before[0], one, key=lambda each_way: each_way.name or "")
            each[key] = shown, before[1] if share is None else (before[1] or 0.0) + share
    named = {country for country, institution in each if institution is not None}
    # A country alone stays where authors have it whose institutions nobody tells: they have their share of the work.
    return {key: value for key, value in each.items() if key[1] is not None or key[0] not in named or value[1]}


def topics_of(found: Iterable[tuple[str | None, str]]) -> tuple[tuple[str, str], ...]:
    """Return topics with their levels, each once."""
    return tuple(dict.fromkeys((text, level) for said, level in found if said and (text := composed(said))))


def work_id(text: Any) -> str:
    """Return the id of a work in the one way in which OpenAlex writes it; any other id as it is.

    >>> work_id("W123"), work_id("https://api.openalex.org/works/W123"), work_id(" a/7 ")
    ('https://openalex.org/W123', 'https://openalex.org/W123', 'a/7')
    """
    plain = composed(str(text)) if isinstance(text, str | int) else ""
    found = _WORK.fullmatch(plain)
    return f"https://openalex.org/{(found[1] or found[2]).upper()}" if found else plain


def year_of(value: Any, column: str, line: int, reading: Reading) -> int | None:
    """Return a year, None where there is none; a day has the year that it is in. What is neither is a problem."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.year
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value}"
    text = value.strip() if isinstance(value, str) else ""
    if _YEAR.fullmatch(text):
        return int(text.removesuffix(".0"))
    if found := _DAY.match(text):
        return int(found[1])
    if text or not isinstance(value, str):
        message = _("`{column}` holds no year: `{text}`", column=column, text=str(value)[:60])
        reading.problem(line, message, _("are the columns the right way round?"))
    return None


def text_of(row: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of several values that says something, as text."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and (plain := composed(value)):
            return plain
    return None


def truth_of(value: Any) -> bool | None:
    """Return a truth as files write it, None where there is none."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None
