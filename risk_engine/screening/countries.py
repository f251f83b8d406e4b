"""Which country a list means: its own words, ISO codes and what else is written in such a column, to ISO 3166-1."""

from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from risk_engine.screening.names import fold, stored

_IN_A_COLUMN_OF_COUNTRIES: Final = {
    # Names that mean other things too, elsewhere than in a column of countries; and what lists write.
    "chad": "td",
    "el": "gr",
    "georgia": "ge",
    "guinea": "gn",
    "jersey": "je",
    "jordan": "jo",
    "mali": "ml",
    "niger": "ne",
    "palestinian": "ps",
    "togo": "tg",
    "republic of the congo": "cg",
    "west bank": "ps",
    "gaza": "ps",
    "burma": "mm",
    "virgin islands british": "vg",
}


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """Return the code of the country that a cell names; empty where it names none.

    >>> country_code("Korea, North"), country_code("cn"), country_code("People’s Republic of China"), country_code("-")
    ('KP', 'CN', 'CN', '')
    >>> country_code("Côte d'Ivoire"), country_code("Россия"), country_code("中国")
    ('CI', 'RU', 'CN')
    """
    if text.strip().lower() in _codes():
        return text.strip().upper()
    names = _names()
    first, comma, last = text.partition(",")
    for written in (text, f"{last} {first}" if comma else text):
        folded = fold(written)
        if code := names.get(folded) or names.get(folded.removeprefix("the ")):
            return code.upper()
    return ""


@cache
def _table() -> MappingProxyType[str, list[str]]:
    return MappingProxyType(stored("countries.json")["names"])


@cache
def _codes() -> frozenset[str]:
    # Of Kosovo and the Union there is a code that ISO leaves to users, or keeps back.
    return frozenset({*_table(), "xk", "eu"})


@cache
def _names() -> MappingProxyType[str, str]:
    found = {fold(name): code for code, several in _table().items() for name in several}
    return MappingProxyType(_IN_A_COLUMN_OF_COUNTRIES | found)
