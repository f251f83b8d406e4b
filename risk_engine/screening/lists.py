"""A list taken into the store, and read again from where it came: fetched, looked at, checked, swapped in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from risk_engine.files.diagnostics import RiskEngineError, quoted
from risk_engine.files.interrupts import end_if_interrupted
from risk_engine.files.language import _
from risk_engine.screening.entry import (
    DAYS_UNTIL_A_REGISTRY_IS_STALE,
    DAYS_UNTIL_STALE,
    STANDINGS,
    Entry,
    ListHead,
    Standing,
)
from risk_engine.screening.fetch import Fetched, fetched, is_address
from risk_engine.screening.formats import (
    COLLECTION,
    MAPPED,
    Format,
    Known,
    detected,
    format_of,
    mapped_format,
    of_all,
    ofac,
)
from risk_engine.screening.formats.reading import Reading
from risk_engine.screening.formats.streams import as_problems
from risk_engine.screening.store import Store, Version
from risk_engine.screening.swap import TwiceError, how_read, put, put_unchanged

Tell = Callable[[str, int, int], None]
"""Is called with what is done, how much of it, and of how much (0: nobody knows)."""
LIST_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What a list may be called here."""
_EVERY: Final = 1000


@dataclass(frozen=True)
class Wanted:
    """How a list is to be read; what is None is taken from the file, or from what is known of its kind."""

    id: str
    source: str
    format: str | None = None
    mapping: str | None = None
    title: str | None = None
    publisher: str | None = None
    standing: Standing | None = None
    jurisdiction: str | None = None
    licence: str | None = None
    source_date: date | None = None
    """The day of this version, for a file that does not say it; not kept for the next one."""
    stale_after: int | None = None
    persons_basis: str = ""

    def kept(self, found: Format, mapping: str | None) -> dict[str, Any]:
        """Return what is kept for who reads the list again."""
        # A file is found again from wherever the command is typed.
        source = self.source if is_address(self.source) else str(Path(self.source).resolve())
        place = mapping if mapping is None or not Path(mapping).suffix else str(Path(mapping).resolve())
        fields = ("id", "title", "publisher", "standing", "jurisdiction", "licence", "stale_after", "persons_basis")
        said = {name: getattr(self, name) for name in fields}
        return said | {"source": source, "format": found.name, "mapping": place}


@dataclass(frozen=True)
class Brought:
    """What came of reading a list."""

    version: Version
    format: Format | None
    """None where the server said that nothing has changed."""
    mapping: str | None = None
    skipped: int = 0
    unknown_countries: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def bring(store: Store, wanted: Wanted, on: date, tell: Tell, *, anyway: bool = False) -> Brought:
    """Read a list and make it the newest version of its id.

    `anyway` takes it too where entries cannot be read, which are left out, where files are missing beside it, and
    where it has shrunk. Raises RiskEngineError, and changes nothing, where it cannot be had or read.
    """
    return _bring(store, wanted, on, tell, {}, anyway=anyway)


def update(
    store: Store, list_id: str, on: date, tell: Tell, *, source: str | None = None, anyway: bool = False
) -> Brought:
    """Read a list again from where it came, or from another source from now on; raise RiskEngineError as `bring`."""
    how = how_read(store, list_id)
    marks = how.pop("marks", {}) if source is None else {}
    if source is not None:
        how["source"] = source
    return _bring(store, Wanted(**how), on, tell, marks, anyway=anyway)


def _bring(store: Store, wanted: Wanted, on: date, tell: Tell, marks: dict[str, str], *, anyway: bool) -> Brought:
    def downloaded(done: int, size: int) -> None:
        tell(_("KiB downloaded"), done, size)

    with fetched(wanted.source, ofac.beside, marks, downloaded) as came:
        file = came
        if file.is_unchanged:
            return Brought(put_unchanged(store, wanted.id, on), None)
        with as_problems(file.path if not is_address(wanted.source) else Path(file.name)):
            layout, mapping = _layout(wanted, file)
            if layout.read is not ofac.read:
                file = replace(file, beside={}, missing=())
            elif file.missing and not anyway:
                message = _(
                    "{files}: the other names and the addresses of this list are missing", files=quoted(file.missing)
                )
                raise RiskEngineError(message, _("put them beside it, or read it without them: --anyway"))
            reading = Reading(
                file.path,
                wanted.id,
                with_persons=bool(wanted.persons_basis),
                is_lenient=anyway,
                beside=file.beside,
                source_date=wanted.source_date,
            )
            how = wanted.kept(layout, mapping) | ({"marks": dict(file.marks)} if file.marks else {})
            try:
                version = put(
                    store,
                    _told(layout.read(reading), reading, tell),
                    lambda: _head(wanted, reading, layout, file, on),
                    how,
                    anyway=anyway,
                )
            except TwiceError as error:
                raise TwiceError(error.key, wanted.source) from None
    return Brought(version, layout, mapping, reading.skipped, tuple(reading.unknown_countries), file.missing)


def _layout(wanted: Wanted, file: Fetched) -> tuple[Format, str | None]:
    if wanted.mapping is not None:
        if wanted.format not in {None, MAPPED}:
            message = _("a mapping is for a table, and `{format}` is read without one", format=wanted.format)
            raise RiskEngineError(message, _("leave out --format or --mapping"))
        return mapped_format(wanted.mapping), wanted.mapping
    if wanted.format is not None:
        return format_of(wanted.format, wanted.mapping), wanted.mapping
    return detected(file.path, wanted.source)


def _told(entries: Iterator[Entry], reading: Reading, tell: Tell) -> Iterator[Entry]:
    """Yield the entries, and raise InvalidSourceError with every problem at their end."""
    what = _("entries read")
    for number, entry in enumerate(entries, 1):
        if number % _EVERY == 0:
            end_if_interrupted()
            tell(what, number, 0)
        yield entry
    reading.end()


def _days_until_stale(standing: Standing) -> int:
    return DAYS_UNTIL_A_REGISTRY_IS_STALE if standing == "registry" else DAYS_UNTIL_STALE


def _head(wanted: Wanted, reading: Reading, layout: Format, file: Fetched, on: date) -> ListHead:
    known = of_all(reading, layout, file.name) or Known("", "", cast("Standing", ""), "", "")
    standing = wanted.standing or known.standing
    if standing not in STANDINGS:
        message = _("{source}: nobody knows what a hit on this list is", source=file.name)
        raise RiskEngineError(message, _("say it by --standing: {standings}", standings=quoted(STANDINGS)))

    # Who says what a hit on the list is, says it of every entry.
    mixed = sorted({one or standing for one in reading.standings}, key=STANDINGS.index) if known is COLLECTION else []
    if wanted.standing is not None:
        mixed = []
    elif len(mixed) == 1:
        standing = mixed.pop()

    def said(stated: str | None, otherwise: str) -> str:
        return otherwise if stated is None else stated

    return ListHead(
        id=wanted.id,
        title=said(wanted.title, known.title) or wanted.id,
        publisher=said(wanted.publisher, known.publisher),
        standing=standing,
        jurisdiction=said(wanted.jurisdiction, known.jurisdiction),
        format=layout.name,
        source=wanted.source if is_address(wanted.source) else file.name,
        source_date=reading.source_date or reading.made_on,
        read_on=on,
        licence=said(wanted.licence, known.licence),
        digest="",
        entries=0,
        names=0,
        dropped_persons=reading.dropped_persons,
        dropped_others=reading.dropped_others,
        persons_basis=wanted.persons_basis,
        stale_after=wanted.stale_after or _days_until_stale(standing),
        made_on=reading.made_on,
        mixed=tuple(mixed),
    )


def entry_words(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what a list says of an entry beside its name: what each thing is called, and what it is."""
    for label, several in (
        (_("also"), [one.text for one in entry.names[1:]]),
        (_("countries"), entry.countries),
        (_("places"), entry.places),
        (_("category"), [entry.category]),
        (_("under"), entry.programmes),
        (_("stands on"), entry.on),
        (_("numbers"), [f"{kind} {one}" for kind, each in entry.identifiers.items() for one in each]),
        (_("belongs with"), [one.label or one.key for one in entry.relations]),
        (_("since"), [str(entry.since or "")]),
        (_("until"), [str(entry.until or "")]),
        (_("first read here on"), [str(entry.first_seen or "")]),
        (_("why"), [entry.why]),
        (_("see"), [entry.link]),
    ):
        if text := "; ".join(filter(None, several)):
            yield label, text
