"""The margins and the words of an outlook, made anew: its titles in its own language."""

from collections.abc import Iterator, Mapping
from typing import Any

from risk_engine.language import in_language
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.outlook import Margins, Outlook
from risk_engine.outlook.again.case import Again
from risk_engine.outlook.margins import margins
from risk_engine.outlook.words import with_words

_WORDS = ("facts", "controls", "findings", "contradictions", "levels")


def wrong_margins(outlook: Outlook, again: Again) -> Iterator[str]:
    """Yield the margins that come out otherwise; what they are called is for the words to say."""
    now, told = (_plain(one) for one in (margins(again.worked), outlook.margins))
    for name in now:
        if told[name] != now[name]:
            yield from _where(told[name], now[name], f"margins.{name}")


def _where(told: Any, now: Any, name: str) -> Iterator[str]:
    if isinstance(now, list) and len(told) == len(now):
        yield from (f"{name}.{place}" for place, (one, other) in enumerate(zip(told, now, strict=True)) if one != other)
    else:
        yield name


def _plain(found: Margins) -> dict[str, Any]:
    """Return margins as their file holds them, without what is only a word."""
    plain = found.model_dump(mode="json")
    for one in plain["bands"]:
        del one["band"], one["next_band"]
    for one in plain["tips"]:
        if one["what"] in {"parameter", "band"}:
            del one["title"]
    return plain


def wrong_words(outlook: Outlook, words: CriteriaSet, base: Case) -> Iterator[str]:
    """Yield the words that these criteria do not say so in the language of the outlook; nothing else may be wrong.

    Raises LookupError where this engine does not speak its language.
    """
    with in_language(outlook.language):
        now = with_words(outlook, words, base)
    for name in _WORDS:
        yield from _otherwise(getattr(outlook, name), getattr(now, name), name)
    for name in ("bands", "tips"):
        both = zip(getattr(outlook.margins, name), getattr(now.margins, name), strict=True)
        yield from (f"margins.{name}.{place}" for place, (told, made) in enumerate(both) if told != made)


def _otherwise(told: Mapping[str, Any], now: Mapping[str, Any], name: str) -> Iterator[str]:
    # JSON that was read back has its keys in another order.
    yield from (f"{name}.{one}" for one in sorted({*told, *now}) if told.get(one) != now.get(one))
