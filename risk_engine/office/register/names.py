"""Names of folders and files that any system and any network drive takes, whatever text they are made from."""

import hashlib
import re
import unicodedata

from risk_engine.records.criteria import KEPT

LONGEST = 60
"""Paths on some systems end at 260 characters; a register lies deep in a drive."""

FILED = re.compile(
    r"(?P<number>[0-9]{4,})-(?P<kind>case|assessment|decision|evidence|kept)(-(?P<hint>.*))?"
    r"\.(?P<digest>[0-9a-f]{16})(?P<suffix>\.[A-Za-z0-9]{1,10})?"
)
"""The name of a thing that was filed."""

_PLAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?")
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789")}
)
"""Names that mean a device to Windows, with any ending behind a dot."""


def is_plain(text: str) -> bool:
    """Return whether a text can be a name as it is, on every system, beside what else lies in a register."""
    taken = text.partition(".")[0].casefold() in _DEVICES or text.casefold() == KEPT
    return bool(_PLAIN.fullmatch(text)) and len(text) <= LONGEST and not taken


def slug(text: str) -> str:
    """Return what a person may still recognise of a text, in letters, digits and hyphens; may be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", ascii_only)[: LONGEST // 2].strip("-_")


def safe_name(text: str) -> str:
    """Return the name for a text: the text itself where it can be one, else what is left of it with a digest.

    Two texts never have the same name: a plain text holds no `~`, and behind it stands a digest of the whole text.

    >>> safe_name("2026-014")
    '2026-014'
    >>> safe_name("../../etc")
    'etc~d1cbab8d'
    """
    return text if is_plain(text) else marked_name(text)


def marked_name(text: str) -> str:
    """Return the name with a digest, for a text whose plain name is taken by one that differs in case only."""
    short = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug(text) or 'case'}~{short}"
