"""When two names are one person's: however they are written."""

import unicodedata

from risk_engine.model.decision import Person


def same_person(one: Person, other: Person) -> bool:
    """Return whether two people bear the same name; the role says nothing: one person can hold two."""
    return _bare(one.name) == _bare(other.name)


def _bare(name: str) -> str:
    """Return a name without what only changes how it is written: case, spaces, composed forms, unseen characters."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(one for one in composed if unicodedata.category(one) not in {"Cf", "Cc"} or one.isspace())
    return " ".join(seen.split())
