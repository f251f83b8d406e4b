"""What can be said in a form beside the answers that a set declares, in the words of the form's own language.

A form notes its words, so that it is read back exactly whatever language the reading command runs in, and whatever
somebody makes of the translation meanwhile. One without such a note is English.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from risk_engine.forms.names import same_label
from risk_engine.language import ENGLISH, N_, _, current

NOT_KNOWN = N_("Not known yet")
UNSURE = N_("Unsure")
NONE_OF_THESE = N_("None of these")
NO_ENTRIES = N_("There are none")
YES, NO = N_("Yes"), N_("No")
_USUAL = N_("not known | don't know | do not know")
"""How else people say that they do not know; none of these is ever taken as a no."""


@dataclass(frozen=True)
class Words:
    """The words of one form."""

    language: str = ENGLISH
    not_known: str = NOT_KNOWN
    unsure: str = UNSURE
    none_of_these: str = NONE_OF_THESE
    no_entries: str = NO_ENTRIES
    yes: str = YES
    no: str = NO
    usual: str = _USUAL
    """How else people say that nobody knows yet, with strokes between."""

    @classmethod
    def now(cls) -> "Words":
        """Return the words of the current language."""
        return cls(current(), _(NOT_KNOWN), _(UNSURE), _(NONE_OF_THESE), _(NO_ENTRIES), _(YES), _(NO), _(_USUAL))

    @classmethod
    def noted(cls, data: object) -> "Words | None":
        """Return the words that a form notes, the English ones where it notes none; None where that can be no note."""
        if data is None:
            return ENGLISH_WORDS
        if not isinstance(data, dict) or not all(isinstance(one, str) for one in data.values()):
            return None
        words = cls(**{one.name: data[one.name] for one in fields(cls) if one.name in data})
        offered = [same_label(one) for one in words.offered()]
        # One word for two things would be read as the wrong one.
        return words if all(offered) and len(set(offered)) == len(offered) else None

    def note(self) -> dict[str, Any] | None:
        """Return what a form notes of its words: nothing where they are the English ones."""
        return None if self == ENGLISH_WORDS else {**vars(self)}

    def offered(self) -> tuple[str, ...]:
        """Return what a form offers to choose."""
        return (self.not_known, self.unsure, self.none_of_these, self.no_entries, self.yes, self.no)


ENGLISH_WORDS = Words()


@cache
def not_known_words(words: Words) -> frozenset[str]:
    """Return all that means "not known yet" in a form with these words, as names are compared."""
    return frozenset(same_label(one) for one in (words.not_known, *words.usual.split("|")))
