"""One run over the file of a list: what it says of the whole, what is left out, and every problem, told at once."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Final

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position
from risk_engine.files.harmless import clean_text
from risk_engine.files.language import _
from risk_engine.screening.countries import country_code
from risk_engine.screening.entry import IdentifierKind, Name, NameKind, Standing
from risk_engine.screening.identifiers import normal

SHOWN_PROBLEMS: Final = 20
"""So many problems of a file are told; with the next one it is given up."""
MOST_OF_A_TEXT: Final = 4000
"""So many characters of a reason or a place are kept."""
MOST_OF_A_NAME: Final = 1000
"""What is longer is no name: the longest one of the lists that are known has 560 characters."""
MOSTLY: Final = 10
"""From so many entries on it is told that most of them are alike where they should not be."""
_ADDRESS: Final = re.compile(r"(?:https?|ftp)://\S+$")
_LABEL: Final = re.compile(r"\w+:")
"""What stands before names, as `Chinese:`; as a name it would be met in each line that tells a country."""
_ACRONYM: Final = re.compile("[A-Z0-9]{2,8}")
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%B %d, %Y")


@dataclass
class Reading:
    """What is being read, and what was found of it so far."""

    path: Path
    list_id: str
    with_persons: bool = False
    is_lenient: bool = False
    """Leave out what cannot be read, and count it."""
    beside: Mapping[str, Path] = field(default_factory=dict)
    """Other files of the same list, by what they hold."""
    source_date: date | None = None
    made_on: date | None = None
    dropped_persons: int = 0
    dropped_others: int = 0
    skipped: int = 0
    known_countries: int = 0
    unknown_countries: dict[str, int] = field(default_factory=dict)
    """How often a cell named no country, by what it said."""
    datasets: set[str] = field(default_factory=set)
    """Of which lists it is put together, where it says so."""
    standings: set[Standing | None] = field(default_factory=set)
    """What it is to stand on those, as its entries say it; None where one of them says nothing that is known."""
    problems: list[Diagnostic] = field(default_factory=list)
    _made_keys: dict[str, int] = field(default_factory=dict)
    _first_name: str = ""
    _named: int = 0
    _named_like_the_first: int = 0

    def problem(
        self, line: int, message: str, help_text: str = "", *, path: Path | None = None, column: int = 1
    ) -> None:
        """Keep a problem; raise InvalidSourceError with all of them where there are too many to show."""
        if self.is_lenient:
            self.skipped += 1
            return
        place = Position((path or self.path).as_posix(), line, column)
        self.problems.append(Diagnostic(place, message, help_text))
        if len(self.problems) >= SHOWN_PROBLEMS:
            self.problems.append(Diagnostic(place, _("there are more problems; nothing was read beyond this place")))
            raise InvalidSourceError(self.problems)

    def end(self) -> None:
        """Raise InvalidSourceError with every problem, where there is any."""
        if self._named >= MOSTLY and 2 * self._named_like_the_first > self._named:
            message = _("most entries have one name: `{text}`", text=self._first_name[:60])
            self.problem(1, message, _("are the columns the right way round?"))
        if self.problems:
            raise InvalidSourceError(self.problems)

    def leaves_out(self, *, is_person: bool, is_other: bool) -> bool:
        """Return whether an entry is left out, for it is no organisation; it is counted."""
        if is_person and not self.with_persons:
            self.dropped_persons += 1
            return True
        if is_other:
            self.dropped_others += 1
            return True
        return False

    def made_key(self, text: str) -> str:
        """Return a key for an entry of a list that has none: a text, numbered where it stands in several rows."""
        number = self._made_keys[text] = self._made_keys.get(text, 0) + 1
        return text if number == 1 else f"{text} #{number}"

    def countries(self, *cells: str) -> tuple[str, ...]:
        """Return the codes of what several cells name; what names no country is counted."""
        found: dict[str, None] = {}
        for cell in cells:
            if not (text := cell.strip()):
                continue
            if code := country_code(text):
                found[code] = None
                self.known_countries += 1
            else:
                self.unknown_countries[text] = self.unknown_countries.get(text, 0) + 1
        return tuple(found)

    def day(self, line: int, column: str, cell: str, formats: Sequence[str] = _DAYS) -> date | None:
        """Return the day that a cell names, None where it is empty; keep a problem where it names none."""
        if not (text := cell.strip()):
            return None
        if found := day_of(text, formats):
            return found
        message = _("`{column}` holds no date: `{text}`", column=column, text=text[:60])
        self.problem(line, message, _("are the columns the right way round?"))
        return None

    def names(self, line: int, main: str, others: Iterable[Name] = ()) -> tuple[Name, ...]:
        """Return the names of an entry, each once; empty, with a problem, where it has no main one."""
        found: dict[str, Name] = {}
        for one in chain((Name(main),), others):
            text = name_text(one.text)
            if not found and _ADDRESS.match(text):
                message = _("a name is an address: `{text}`", text=text[:60])
                self.problem(line, message, _("are the columns the right way round?"))
                return ()
            if len(text) > MOST_OF_A_NAME:
                message = _("a name of {number} characters is none", number=len(text))
                self.problem(line, message, _("are the columns the right way round?"))
                return ()
            if found and _LABEL.fullmatch(text):
                continue
            if text and any(map(str.isalnum, text)):
                found.setdefault(text, one._replace(text=text))
            elif not found:
                self.problem(line, _("the entry has no name"))
                return ()
        first = next(iter(found), "")
        self._first_name = self._first_name or first
        self._named += 1
        self._named_like_the_first += first == self._first_name
        return tuple(one._replace(kind=_kind(one, first)) for one in found.values())


def _kind(name: Name, main: str) -> NameKind:
    """Return what a name is; an alias that is no more than capitals is an acronym."""
    if name.kind != "alias" or not is_acronym(name.text, main):
        return name.kind
    return "acronym"


def is_acronym(text: str, main: str) -> bool:
    """Return whether a text is but the letters by which the bearer of another name is called.

    >>> is_acronym("AMMS", "Academy of Military Medical Sciences"), is_acronym("CARIBEX", "EMPRESA CUBANA DE PESCADOS")
    (True, False)
    """
    letters = text.replace(".", "").replace("-", "")
    if not _ACRONYM.fullmatch(letters):
        return False
    words = re.findall(r"\w+", main)
    if main.upper() == main:  # a list in capitals: only what the first letters spell
        initials = "".join(one[0] for one in words)
        rest = iter(initials)
        return len(letters) <= len(words) and all(one in rest for one in letters)
    return len(words) > 1 and not letters.isdigit()


def day_of(text: str, formats: Sequence[str] = _DAYS) -> date | None:
    """Return the day that a text names in one of several ways of writing, None where it names none."""
    text = text.strip()
    if re.match(r"\d{4}-\d{2}-\d{2}(?:[T ]|[+-]\d{2}:\d{2}$|Z$)", text):
        text = text[:10]
    for one in formats:
        try:
            return datetime.strptime(text, one).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def name_text(text: str) -> str:
    """Return a name on one line, composed (NFC), without what nobody sees."""
    return " ".join(clean_text(unicodedata.normalize("NFC", text)).split())


def plain_text(text: str) -> str:
    """Return a reason, a place or the like on one line, cut where it is too long."""
    text = name_text(text)
    return text if len(text) <= MOST_OF_A_TEXT else f"{text[: MOST_OF_A_TEXT - 1]}…"


def parted(cell: str, by: str = ";") -> list[str]:
    """Return the parts of a cell that holds several."""
    return [part for one in cell.split(by) if (part := one.strip())]


def identifiers(pairs: Iterable[tuple[IdentifierKind, str]]) -> dict[IdentifierKind, tuple[str, ...]]:
    """Return identifiers by their kind, as they are compared; what is none of its kind is left out."""
    found: dict[IdentifierKind, dict[str, None]] = {}
    for kind, text in pairs:
        if text and (one := normal(kind, text)):
            found.setdefault(kind, {})[one] = None
    return {kind: tuple(several) for kind, several in sorted(found.items())}
