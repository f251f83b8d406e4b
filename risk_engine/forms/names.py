"""When two names are the same (capitals, spaces and letters that look alike make no difference); how one is quoted."""

import unicodedata

from risk_engine.language import _


def in_quotes(text: str) -> str:
    """Return a text in the quotation marks of the current language."""
    return _("“{text}”", text=text)


def same_label(text: str) -> str:
    """Return a name so that two spellings of the same name are equal.

    One letter can be written as one character or as two (ü); NFKC makes them one, and wide or joined letters plain.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())
