"""When two names are the same: letters that look alike, capitals and spaces make no difference."""

import unicodedata


def same_label(text: str) -> str:
    """Return a name so that two spellings of the same name are equal.

    One letter can be written as one character or as two (ü); NFKC makes them one, and wide or joined letters plain.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())
