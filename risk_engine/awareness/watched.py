"""The two sides of `awareness watch`: an export, or the folder of its tables, to counts by name; and both in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from risk_engine.awareness import counts
from risk_engine.awareness.drawn import Wanted, judged_pairs
from risk_engine.awareness.overrules import Overrules
from risk_engine.awareness.report import Institution, named
from risk_engine.awareness.tables import MANIFEST
from risk_engine.awareness.watch import KINDS, Counted, Kind, Moved, Watched
from risk_engine.awareness.works import Collaborations, Source
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import N_, _, grouped_by_thousands, ngettext
from risk_engine.files.reading import read_bytes

MOST: Final = 20
"""So many of a kind are printed; JSON has all."""
_NEEDED: Final[Mapping[Kind, str]] = {"pairs": "pairs.tsv", "institutions": "institutions.tsv", "topics": "topics.tsv"}
_TITLES: Final[Mapping[Kind, str]] = {
    "pairs": N_("Pairs of institutions"),
    "institutions": N_("Institutions"),
    "topics": N_("Topics"),
}
_WHY: Final = {
    "selection": N_(
        "Both are samples, and they were selected differently: what is new in one may only have been left out of the "
        "other. Nothing is claimed."
    ),
    "unknown": N_(
        "Both are samples, and their tables do not say how they were selected: compare the exports themselves. Nothing "
        "is claimed."
    ),
    "settings": N_(
        "The two folders of tables were asked for with different regions, years or fields. Nothing is claimed."
    ),
    "part": N_("One of the two is whole and the other a sample: they cannot be compared. Nothing is claimed."),
}


def counted_in(
    path: Path,
    wanted: Wanted,
    read: Callable[[Path], Collaborations],
    overrules: Overrules | None,
    *,
    whole: bool = False,
    most: int | None = None,
) -> Counted:
    """Return what a side has, of an export that `read` reads, or of a folder that `awareness tables` wrote.

    `whole` says that it is whole; works of more than `most` institutions are in no pair. Raises RiskEngineError where a
    folder lacks a table, or has one that was cut.
    """
    if path.is_dir():
        return _in_tables(path, whole=whole)
    of = read(path)
    pairs = judged_pairs(of, wanted, overrules=overrules, most=most)
    doubted = frozenset(_pair(one.a, one.b) for one in pairs if one.status == "suspect")
    institutions = counts.institutions(of).select("name", "country", "works").iter_rows()
    return Counted(
        path.name,
        of.sources,
        {
            "pairs": _summed((_pair(one.a, one.b), len(one.works)) for one in pairs),
            "institutions": _summed((_shown(name, country), works) for name, country, works in institutions),
            "topics": _summed((f"{topic} ({level})", works) for level, topic, works in counts.topics(of).iter_rows()),
        },
        doubted,
    )


def _pair(a: Institution, b: Institution) -> str:
    return f"{named(a)} – {named(b)}"


def _shown(name: str, country: str | None) -> str:
    return f"{name} ({country})" if country else name


def _summed(several: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, works in several:
        found[name] = found.get(name, 0) + works
    return found


def _in_tables(folder: Path, *, whole: bool) -> Counted:
    missing = [one for one in (MANIFEST, *_NEEDED.values()) if not (folder / one).is_file()]
    if missing:
        lines = (_("{folder}: `{file}` is not in it", folder=folder, file=one) for one in missing)
        raise RiskEngineError("\n".join(lines), _("name a folder that `awareness tables` wrote, without --top"))
    manifest = _rows(folder / MANIFEST)
    if cut := [one["name"] for one in manifest if one["kind"] == "table" and one["left_out"] not in {"", "0"}]:
        lines = (_("{folder}: `{file}` is cut, so what is gone cannot be told", folder=folder, file=one) for one in cut)
        raise RiskEngineError("\n".join(lines), _("write the tables again without --top"))
    sources = tuple(
        Source(one["name"], one["sha256"], "table", int(one["rows"]), whole or one["detail"].endswith(", whole"), ())
        for one in manifest
        if one["kind"] == "source"
    )
    pairs = ((f"{_of(row, 'a')} – {_of(row, 'b')}", int(row["works"])) for row in _rows(folder / _NEEDED["pairs"]))
    institutions = (
        (_shown(row["name"], row["country"]), int(row["works"])) for row in _rows(folder / _NEEDED["institutions"])
    )
    topics = ((f"{row['topic']} ({row['level']})", int(row["works"])) for row in _rows(folder / _NEEDED["topics"]))
    return Counted(
        folder.name,
        sources,
        {"pairs": _summed(pairs), "institutions": _summed(institutions), "topics": _summed(topics)},
        None,
        tells_selection=False,
        settings={one["name"]: one["detail"] for one in manifest if one["kind"] == "setting"},
    )


def _of(row: Mapping[str, str], side: str) -> str:
    return _shown(row[f"name_{side}"], row[f"country_{side}"])


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        head, *lines = read_bytes(path).decode("utf-8").splitlines()
        columns = head.split("\t")
        return [dict(zip(columns, line.split("\t"), strict=True)) for line in lines]
    except ValueError as error:
        raise RiskEngineError(_("{file}: this is no table of `awareness tables`", file=path)) from error


def watch_text(watched: Watched) -> str:
    """Return what two exports differ in, in words: the most first, with both counts."""
    return "\n".join(_lines(watched)) + "\n"


def _lines(watched: Watched) -> Iterator[str]:
    yield _("{old} → {new}", old=watched.old.name, new=watched.new.name)
    if watched.why:
        yield _(_WHY[watched.why])
        return
    if watched.sample:
        yield _(
            "Both are samples, selected alike: what stands here is true of the samples, not of all works: no trend."
        )
    judged = [one.suspect for one in (watched.old, watched.new) if one.suspect is not None]
    if len(judged) < 2:  # noqa: PLR2004 (both sides)
        yield _("Pairs from tables are not judged: mistakes of the data may be among them.")
    if doubted := frozenset().union(*judged):
        yield ngettext("{number} suspect pair is left out.", "{number} suspect pairs are left out.", len(doubted))
    for kind in KINDS:
        one = watched.changes[kind]
        yield ""
        numbers = {
            "what": _(_TITLES[kind]),
            "new": len(one.new),
            "growing": len(one.growing),
            "smaller": len(one.smaller),
            "gone": len(one.gone),
        }
        if watched.sample:  # a sample tells no trend
            yield _("{what}: {new} new, {growing} with more, {smaller} with fewer, {gone} gone", **numbers)
        else:
            yield _("{what}: {new} new, {growing} growing, {smaller} with fewer, {gone} gone", **numbers)
        for word, several in (
            (_("new"), one.new),
            (_("more") if watched.sample else _("growing"), one.growing),
            (_("fewer"), one.smaller),
            (_("gone"), one.gone),
        ):
            yield from _moved(word, several, percents=not watched.sample)
    yield ""
    if not watched.is_news:
        yield _("Nothing is new, growing or gone.")


def _moved(word: str, several: Sequence[Moved], *, percents: bool) -> Iterator[str]:
    for one in several[:MOST]:
        percent = "" if one.percent is None or not percents else f", {one.percent:+} %"
        numbers = f"{grouped_by_thousands(one.earlier)} → {grouped_by_thousands(one.later)}"
        yield f"  {word}: {one.name}: {numbers} ({one.growth:+}{percent})"
    if len(several) > MOST:
        yield "  " + ngettext("{word}: and {number} more", "{word}: and {number} more", len(several) - MOST, word=word)
