"""What a set says in other languages: how far it is translated, and the file in which somebody translates it."""

import contextlib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import yaml

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, help_line, with_every_problem
from risk_engine.files.language import _
from risk_engine.files.source import MAX_SET_BYTES, Document, is_read_back, parse, read
from risk_engine.loading.translation import TAG, languages_of, texts_of_version, translation_of, translations
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import Untranslated, collapsed, is_within, untranslated

WIDTH = 110
MOST_PLACES = 6
"""So many places of one text are named above it."""
_UNFOLDED = re.compile(r"  |[^\S \u00a0\u202f]")
"""White space that a folded text would not give back; spaces that do not break stay what they are."""
_OF = re.compile(r"of:\s*[^\s#]+")
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


def translated(criteria: Criteria) -> tuple[Translated, ...]:
    """Return how far a set that was read from a folder is translated into each language that it has a file for.

    Raises InvalidSourceError with every problem of every file.
    """
    texts = texts_of_version(criteria)
    number = len({collapsed(text) for _place, text in texts})

    def of(language: str) -> Translated:
        return Translated(language, number, untranslated(texts, translation_of(criteria, language)))

    return tuple(with_every_problem(of, languages_of(criteria)))


def texts_file(criteria: Criteria, language: str, there: Path | None = None, others: Sequence[Criteria] = ()) -> str:
    """Return the file in which a set is translated: every text in reading order, with what is translated already.

    Translations and comments of their own lines are taken over from the file at `there`, which may be of another
    version, and from the set's own; what the set does not say any more is kept in comments at the end. Of the first of
    these files that there is every other line stays as it is. Raises InvalidSourceError where one of them cannot be
    read, RiskEngineError for a language that nothing is translated to.

    What is translated in none of them is as `others` translate the same words, wherever they stand there.
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
    documents = known.add_all(criteria, there)
    for other in others:
        known.lent = {**_lent(other, known), **known.lent}
    places: dict[str, list[str]] = {}
    for place, text in texts_of_version(criteria):
        places.setdefault(collapsed(text), []).append(place)
    wanted = [(entry, where) for text, where in places.items() for entry in known.take(text, where)]
    whole = _joined(_lines(criteria, known, wanted))
    if documents and (blocks := _blocks(documents[0], known)):
        amended = _joined(_amended(documents[0], blocks, criteria, known, wanted))
        # Lines of a file that somebody laid out in a way of their own may not be what they look like.
        with contextlib.suppress(InvalidSourceError):
            if _said(amended, known) == _said(whole, known):
                return amended
    return whole


def _lent(other: Criteria, known: "_Known") -> dict[str, str]:
    """Return what a set translates alike wherever it stands; RiskEngineError where it is in another language."""
    if other.head.language != known.source:
        message = _(
            "`{other}` is written in `{language}`, and this set in `{own}`: they have no words in common",
            other=other.head.id,
            language=other.head.language,
            own=known.source,
        )
        raise RiskEngineError(message, _("name a set that is written in the same language"))
    theirs = _Known(known.source, known.target)
    theirs.add_all(other)
    return {text: one.told for text, held in theirs.entries.items() if (one := held.get("")) and one.told is not None}


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
    lent: dict[str, str] = field(default_factory=dict)
    """What other sets say in the same words, translated."""

    def add_all(self, criteria: Criteria, there: Path | None = None) -> list[Document]:
        """Take over what the file at `there` and a set's own hold, and return those of them that there are."""
        own = translations(criteria).get(self.target)
        documents = [
            read(one, nulls=True, most=MAX_SET_BYTES) for one in dict.fromkeys((there, own)) if one and one.is_file()
        ]
        for document in documents:
            self.add(document)
        if criteria.bundle is not None and (words := criteria.bundle.words.get(self.target)) is not None:
            for text, by_place in words.texts.items():
                for at, told in by_place.items():
                    self.entries.setdefault(text, {}).setdefault(at, _Entry(text, at, told))
        return documents

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
            entry = held.get("", _Entry(text, "", None))
            yield entry if entry.told is not None else replace(entry, told=self.lent.get(text))
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


Wanted: TypeAlias = Sequence[tuple[_Entry, Sequence[str]]]
"""The entries of a file, in reading order, each with the places of its text."""


def _lines(criteria: Criteria, known: _Known, wanted: Wanted) -> Iterator[str]:
    """Yield the lines of a whole file."""
    yield from known.head or _HEADING
    yield f"language: {known.target}"
    yield f"of: {criteria.head.id}@{criteria.head.version}"
    yield "texts:"
    for entry, where in wanted:
        yield from _written(entry, where, known)
    yield from known.end
    yield from _left_over(known, known.end)


def _left_over(known: _Known, end: Sequence[str]) -> Iterator[str]:
    """Yield in comments what the set does not say any more; `end` is what the file ends with so far."""
    left = [one for held in known.entries.values() for one in held.values() if one.told is not None]
    if left and _NOT_SAID not in end:
        yield _NOT_SAID
    for one in left:
        yield from (f"# {line}" for line in _written(one, (), known))


@dataclass(frozen=True)
class _Block:
    """An entry as it stands in a file: its comments and the lines that it is written in."""

    entry: _Entry
    comments: tuple[str, ...]
    body: tuple[str, ...]


def _blocks(document: Document, known: _Known) -> dict[tuple[str, str], _Block]:
    """Return the entries of a file by text and place, with their lines; nothing where lines are not an entry's own."""
    data = document.data
    listed = data.get("texts") if isinstance(data, dict) and data.get("language") == known.target else None
    found: dict[tuple[str, str], _Block] = {}
    entries = listed if isinstance(listed, tuple) else ()
    begins = [document.position(("texts", number)).line - 1 for number in range(len(entries))]
    if any(not document.lines[line].lstrip().startswith("- ") for line in begins) or begins != sorted(set(begins)):
        return {}
    starts = [_start(document, line) for line in begins]
    ends = [*starts[1:], _start(document, len(document.lines))] if starts else []
    for entry, start, line, end in zip(entries, starts, begins, ends, strict=True):
        text = entry.get(known.source) if isinstance(entry, dict) else None
        key = (collapsed(text) if isinstance(text, str) else "", str(entry.get("at") or "") if text else "")
        if not isinstance(text, str) or key in found:
            return {}
        told = entry.get(known.target)
        made = _Entry(key[0], key[1], str(told).strip() if told else None)
        found[key] = _Block(made, document.lines[start:line], document.lines[line:end])
    return found


def _start(document: Document, line: int) -> int:
    """Return where the comments and empty lines directly above a line begin; lines count from 0 here."""
    while line > 0 and (not (bare := document.lines[line - 1].strip()) or bare.startswith("#")):
        line -= 1
    return line


def _amended(
    document: Document,
    blocks: Mapping[tuple[str, str], _Block],
    criteria: Criteria,
    known: _Known,
    wanted: Wanted,
) -> Iterator[str]:
    """Yield the lines of a file as they were, with what is new behind what comes before it in the set."""
    here: dict[tuple[str, str], list[str]] = {}
    new: dict[tuple[str, str] | None, list[str]] = {None: []}
    before: tuple[str, str] | None = None
    first = document.position(("texts", 0)).line - 1
    indent = document.lines[first].partition("-")[0]
    for entry, where in wanted:
        block = blocks.get((entry.text, entry.at))
        if block is None:
            new[before] += _indented(_written(entry, where, known), indent)
            continue
        before = (entry.text, entry.at)
        new[before] = []
        is_same = entry.told == block.entry.told
        again = _indented(_written(entry, where, known), indent)
        here[before] = [*_renewed(block, where, indent), *block.body] if is_same else [*again]
    of = document.position(("of",), key=True).line - 1
    for number, line in enumerate(document.lines[: _start(document, first)]):
        yield _OF.sub(f"of: {criteria.head.id}@{criteria.head.version}", line) if number == of else line
    yield from new[None]
    for key in blocks:
        yield from (*here.get(key, ()), *new.get(key, ()))
    end = document.lines[_start(document, len(document.lines)) :]
    yield from end
    yield from _left_over(known, [one.strip() for one in end])


def _indented(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Yield the lines of an entry, which are written two spaces in, as far in as a file has them."""
    return (f"{indent}{line[2:]}" for line in lines)


def _renewed(block: _Block, places: Sequence[str], indent: str) -> Iterator[str]:
    """Yield the comments of an entry; if they name places, those that its text has now."""
    named = [line.strip() for line in block.comments if line.strip().startswith(_PLACE)]
    now = [] if block.entry.at else [*_named(places)]
    if not named or named == now:
        yield from block.comments
        return
    yield from (line for line in block.comments if not line.strip().startswith(_PLACE))
    yield from (f"{indent}{line}" for line in now)


def _said(text: str, known: _Known) -> tuple[object, ...]:
    """Return what a file says, whatever its layout and order."""
    data = parse(text, "", nulls=True).data
    entries = sorted(
        (collapsed(one[known.source]), one.get("at") or "", one.get(known.target) or "") for one in data["texts"]
    )
    return data["language"], data["of"], entries


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _named(places: Sequence[str]) -> Iterator[str]:
    """Yield comments that name the places of a text, the first few of many."""
    named = ", ".join(places[:MOST_PLACES])
    more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
    lines = textwrap.wrap(f"{named}{more}", WIDTH - 5, break_long_words=False, break_on_hyphens=False)
    yield from (f"{_PLACE} {line}" for line in lines)


def _written(entry: _Entry, places: Sequence[str], known: _Known) -> Iterator[str]:
    yield from (f"  {line}" for line in entry.comments)
    if places and not entry.at:
        yield from (f"  {line}" for line in _named(places))
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
    if is_read_back(text):
        return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize)
    return quoted.strip()
