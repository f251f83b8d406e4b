"""What a set says in other languages: how far it is translated, and the file in which somebody translates it."""

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from risk_engine.diagnostics import InvalidSourceError, RiskEngineError, help_line
from risk_engine.language import _
from risk_engine.loading.translation import TAG, languages_of, texts_of_version, translation_of, translations
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.translation import Untranslated, collapsed, is_within, untranslated
from risk_engine.source import Document, parse, read

WIDTH = 110
MOST_PLACES = 6
"""So many places of one text are named above it."""
_UNFOLDED = re.compile(r"  |[^\S \u00a0\u202f]")
"""White space that a folded text would not give back; spaces that do not break stay what they are."""
_PLACE = "#:"
"""How a comment begins that is written anew each time, as in gettext's files."""
_HEADING = (
    "# What the set says in another language: below each text its translation. What is left empty stays as the set",
    "# says it. What stands in {braces} stays as it is. Where one text needs two translations, a second entry with",
    "# `at:` says for which place it is. `risk-engine criteria check` finds what is wrong or missing.",
)
_NOT_SAID = "# The set does not say this any more, or not at this place:"


@dataclass(frozen=True)
class Translated:
    """How far a set is translated into one language: how many texts it says, and which of them are not."""

    language: str
    texts: int
    missing: tuple[Untranslated, ...]


def translated(criteria: CriteriaSet) -> tuple[Translated, ...]:
    """Return how far a set that was read from a folder is translated into each language that it has a file for.

    Raises InvalidSourceError with every problem of every file.
    """
    texts = texts_of_version(criteria)
    number = len({collapsed(text) for _place, text in texts})
    found: list[Translated] = []
    problems: list[InvalidSourceError] = []
    for language in languages_of(criteria):
        try:
            missing = untranslated(texts, translation_of(criteria, language))
            found.append(Translated(language, number, missing))
        except InvalidSourceError as error:
            problems.append(error)
    if problems:
        raise InvalidSourceError([one for error in problems for one in error.diagnostics])
    return tuple(found)


def texts_file(criteria: CriteriaSet, language: str, there: Path | None = None) -> str:
    """Return the file in which a set is translated: every text in reading order, with what is translated already.

    Translations and comments of their own lines are taken over from the file at `there`, which may be of another
    version, and from the set's own; what the set does not say any more is kept in comments at the end. Raises
    InvalidSourceError where one of them cannot be read, RiskEngineError for a language that nothing is translated to.
    """
    head = criteria.head
    if not TAG.fullmatch(language) or language == head.language:
        message = _(
            "`{language}` is no language that the set, written in `{own}`, could be translated into",
            language=language,
            own=head.language,
        )
        raise RiskEngineError(message + help_line(_("name one by its tag, like `de` or `pt-BR`")))
    known = _Known(head.language, language)
    for one in dict.fromkeys((there, translations(criteria).get(language))):
        if one is not None and one.is_file():
            known.add(read(one, nulls=True))
    return "\n".join(_lines(criteria, known)) + "\n"


@dataclass(frozen=True)
class _Entry:
    """A text with its translation, None where there is none yet, and what somebody noted above it."""

    text: str
    at: str
    told: str | None
    comments: tuple[str, ...] = ()


@dataclass
class _Known:
    """What earlier files hold; where two of them hold a translation of the same, the first one counts."""

    source: str
    target: str
    entries: dict[str, dict[str, _Entry]] = field(default_factory=dict)
    head: tuple[str, ...] = ()
    end: tuple[str, ...] = ()

    def add(self, document: Document) -> None:
        """Take over the translations and comments of a file; what is no entry of it is passed over."""
        listed = document.data.get("texts") if isinstance(document.data, dict) else None
        for number, entry in enumerate(listed if isinstance(listed, tuple) else ()):
            if isinstance(entry, dict) and isinstance(text := entry.get(self.source), str):
                told, at = entry.get(self.target), str(entry.get("at") or "")
                comments = _comments_above(document, document.position(("texts", number)).line)
                made = _Entry(collapsed(text), at, str(told).strip() if told else None, comments)
                before = self.entries.setdefault(made.text, {}).get(at)
                if before is None or before.told is None:
                    self.entries[made.text][at] = made
        self.head = self.head or _comments_above(document, document.position(("language",), key=True).line)
        self.end = self.end or _comments_above(document, len(document.lines) + 1)

    def take(self, text: str, places: Sequence[str]) -> Iterator[_Entry]:
        """Yield the entries for a text that stands at these places, and forget them: what is left is left over."""
        held = self.entries.pop(text, {})
        narrow = [one for at, one in held.items() if at and any(is_within(place, at) for place in places)]
        unmet = [place for place in places if not any(is_within(place, one.at) for one in narrow)]
        if unmet or "" in held:
            yield held.get("", _Entry(text, "", None))
        yield from narrow
        if lost := {at: one for at, one in held.items() if at and one not in narrow}:
            self.entries[f"{text} "] = lost  # a text of the set never ends with a space, so nobody takes it again


def _comments_above(document: Document, line: int) -> tuple[str, ...]:
    """Return the comments that stand directly above a line, without those that name places."""
    found: list[str] = []
    for text in reversed(document.lines[: line - 1]):
        bare = text.strip()
        if bare and not bare.startswith("#"):
            break
        if bare and not bare.startswith(_PLACE):
            found.append(bare)
    return tuple(reversed(found))


def _lines(criteria: CriteriaSet, known: _Known) -> Iterator[str]:
    head = criteria.head
    yield from known.head or _HEADING
    yield f"language: {known.target}"
    yield f"of: {head.id}@{head.version}"
    yield "texts:"
    places: dict[str, list[str]] = {}
    for place, text in texts_of_version(criteria):
        places.setdefault(collapsed(text), []).append(place)
    for text, where in places.items():
        for entry in known.take(text, where):
            yield from _written(entry, where, known)
    yield from known.end
    left = [one for held in known.entries.values() for one in held.values() if one.told is not None]
    if left and _NOT_SAID not in known.end:
        yield _NOT_SAID
    for one in left:
        yield from (f"# {line}" for line in _written(one, (), known))


def _written(entry: _Entry, places: Sequence[str], known: _Known) -> Iterator[str]:
    yield from (f"  {line}" for line in entry.comments)
    if places and not entry.at:
        named = ", ".join(places[:MOST_PLACES])
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        lines = textwrap.wrap(f"{named}{more}", WIDTH - 5, break_long_words=False, break_on_hyphens=False)
        yield from (f"  {_PLACE} {line}" for line in lines)
    first, *others = _field(known.source, entry.text)
    yield f"  - {first}"
    yield from (f"    {line}" for line in others)
    if entry.at:
        yield f"    at: {_scalar(entry.at)}"
    yield from (f"    {line}" for line in _field(known.target, entry.told or ""))


def _field(key: str, text: str) -> list[str]:
    """Return a key with a text as lines of YAML; a long text is folded."""
    if not text:
        return [f"{key}:"]
    line = f"{key}: {_scalar(text)}"
    if len(line) <= WIDTH or _UNFOLDED.search(text):
        return [line]
    wrapped = textwrap.wrap(text, WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return [f"{key}: >-", *(f"  {one}" for one in wrapped)]


def _scalar(text: str) -> str:
    """Return a text so that the reader of our files reads it back: without quotes where it does."""
    try:
        is_plain = parse(f"text: {text}", "").data == {"text": text}
    except InvalidSourceError:
        is_plain = False
    if is_plain:
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize)
    return quoted.strip()
