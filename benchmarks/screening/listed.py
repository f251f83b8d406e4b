"""Measure "is it on a list" as an office asks it: `python -m benchmarks.screening.listed`.

Every string of `listed_set.py` is screened as `risk-engine screen` does it: against a store that holds the list alone,
and, where ../shared/data is there, against one that holds the registry ROR too. A hit is *identical* or *strong*, of
kind *listed*. What is asked does not stand where it is looked for, but where that is said:

- *alias*: every name of the list but the first of an organisation, asked of a list from which it was taken out, in
  four parts; the registry may know it from elsewhere;
- *name in ROR*: every name that the registry has of a listed organisation and the list has not, asked of a registry
  from which it was taken out likewise, but for the first names of its records;
- *typed*: what people typed and published, which others labelled with the record of a listed organisation
  (`affiliation_gold`; names only);
- *written*: first names of the list as people write them (`altered.py`); one change in seven leaves a word out;
- *all names there*: names of ROR, asked of all there is. This is no measure of finding what is not there;
- *other names in ROR*: all names of all other organisations of China, Russia and Iran, asked with their country, as an
  office does; which of the two countries agrees with a name is no reason to take one for the other. They are asked of
  the list alone: the registry holds each of them, and tells it apart.

Aliases are told apart by what they are. Those that share few words with what is left of an organisation on the list
can be known by no rule: former and cover names, workshops and addresses.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from benchmarks.screening import listed_set
from benchmarks.screening.affiliations import read_entries
from benchmarks.screening.gold import DATA, categories, read_gold
from benchmarks.screening.listed_set import Asked, Listed
from benchmarks.screening.train import Names
from risk_engine.screening.asked import Asked as Organisation
from risk_engine.screening.entry import Entry, ListHead, Name, Standing
from risk_engine.screening.names import fold, forms_of, read
from risk_engine.screening.screen import Screened, Screening
from risk_engine.screening.store import Store
from risk_engine.screening.swap import put

PARTS: Final = 4
HITS: Final = ("identical", "strong")
_OTHERS: Final = "other names in ROR"
CLEAN: Final = ("clean", "goes on", "part", "acronym", _OTHERS)
"""Kinds of strings of which none should be a hit."""
_FAR: Final = (("CN",), ("RU",), ("IR",))
_DAY: Final = date(2026, 12, 1)
_LIST, _REGISTRY = "list", "registry"
_PINYIN: Final = frozenset({"daxue", "daxu", "kejidaxue", "xueyuan", "yanjiusuo", "zhongguo", "ligong"})


class Answered(NamedTuple):
    """A string, and what was found in both stores."""

    asked: Asked
    alone: Screened
    together: Screened | None
    """With the registry; None where there is none to measure with."""

    def is_hit(self, screened: Screened) -> bool:
        """Return whether the organisation meant is a hit; where none is meant, whether any is."""
        return any(one.kind == "listed" and one.strength in HITS and self._is_meant(one.entry) for one in screened.hits)

    def is_shown(self, screened: Screened) -> bool:
        """Return whether it is shown at all, as a possible hit, or as what the organisation asked about is part of."""
        return any(self._is_meant(one.entry) for one in screened.hits)

    def _is_meant(self, entry: Entry) -> bool:
        return entry.key == self.asked.organisation or not self.asked.organisation


class Row(NamedTuple):
    """What came of the strings of a kind, as shares: hits, and what is shown at all, in both stores."""

    kind: str
    strings: int
    alone: tuple[float, float]
    together: tuple[float, float] | None


class OnList(NamedTuple):
    """All rows, and how often a Chinese name has the right record as its first answer in the registry."""

    rows: tuple[Row, ...]
    names: int
    organisations: int
    chinese: tuple[int, int] | None


def measured(data: Path = DATA) -> OnList:
    """Ask all strings."""
    names = listed_set.listed()
    kinds: defaultdict[str, list[Answered]] = defaultdict(list)
    for one in answered(names, data):
        kinds[one.asked.kind].append(one)
    rows = tuple(_row(kind, several) for kind, several in sorted(kinds.items()))
    organisations = len({one.organisation for one in names})
    return OnList(rows, len(names), organisations, chinese(names, data) if data.is_dir() else None)


def _row(kind: str, several: Sequence[Answered]) -> Row:
    size = len(several)
    alone = (sum(one.is_hit(one.alone) for one in several), sum(one.is_shown(one.alone) for one in several))
    both = [(one.is_hit(one.together), one.is_shown(one.together)) for one in several if one.together is not None]
    together = (sum(hit for hit, _ in both) / size, sum(shown for _, shown in both) / size) if both else None
    return Row(kind, size, (alone[0] / size, alone[1] / size), together)


def answered(names: Sequence[Listed], data: Path = DATA) -> Iterator[Answered]:
    """Yield each string with what is found; says on the terminal how far it is."""
    known = read_entries(data) if data.is_dir() else []
    links = listed_set.linked(_by_organisation(names), listed_set.records(data)) if known else {}
    strings = listed_set.asked()
    held_out = [*_aliases(names), *_of_registry(names, strings)]
    whole = [one._replace(kind="all names there") if one.kind == "registry" else one for one in strings]
    whole += _typed(data, links) if known else ()
    others = list(_others(names, known, links))
    with TemporaryDirectory() as folder:
        for part in range(PARTS + 1):
            mine = whole if part == PARTS else held_out[part::PARTS]
            print(f"listed: part {part + 1} of {PARTS + 1}, {len(mine)} strings", flush=True)
            aliases = {(one.organisation, one.text) for one in mine if one.kind.startswith("alias")}
            in_registry = {(one.organisation, one.text) for one in mine if one.kind.startswith("name in ROR")}
            rest = [one for one in names if (one.organisation, one.name) not in aliases]
            records = [_without(one, links.get(one.key, ""), in_registry) for one in known]
            alone = _opened(Path(folder, f"{part}"), rest, ())
            together = _opened(Path(folder, f"{part}-registry"), rest, records) if known else None
            for one in mine:
                asked = Organisation.of([one.text])
                yield Answered(one, alone.screen(asked), together.screen(asked) if together else None)
        print(f"listed: {len(others)} {_OTHERS}", flush=True)
        for text, country in others:  # of the last part, which is the whole list
            yield Answered(Asked(text, _OTHERS, ""), alone.screen(Organisation.of([text], country)), None)


def _others(names: Iterable[Listed], known: Iterable[Entry], links: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield names of organisations that are not listed, share no name with one, and are no part of one."""
    listed = {read(one.name).compact for one in names}
    for entry in known:
        texts = [one.text for one in entry.names if read(one.text).plain and not read(one.text).is_acronym]
        related = {entry.key, *(one.key for one in entry.relations)}
        if (
            entry.countries[:1] in _FAR
            and not related & links.keys()
            and listed.isdisjoint(read(t).compact for t in texts)
        ):
            yield from ((text, entry.countries[0]) for text in dict.fromkeys(texts))


def _by_organisation(names: Iterable[Listed]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in names:
        found[one.organisation].append(one.name)
    return found


def _aliases(names: Sequence[Listed]) -> Iterator[Asked]:
    lists = _by_organisation(names)
    for one in names:
        several = lists[one.organisation]
        compact = read(one.name).compact
        is_alone = sum(read(other).compact == compact for other in several) == 1
        if one.name != several[0] and is_alone and not read(one.name).is_acronym:
            of = "OFAC" if one.source == "sdn" else "China"
            others = [other for other in several if other != one.name]
            yield Asked(one.name, f"alias ({of}): {_sort(one.name, others)}", one.organisation)


def _of_registry(names: Sequence[Listed], strings: Iterable[Asked]) -> Iterator[Asked]:
    lists = _by_organisation(names)
    has = {organisation: {read(one).compact for one in several} for organisation, several in lists.items()}
    for one in strings:
        if one.kind == "registry" and read(one.text).compact not in has[one.organisation]:
            yield one._replace(kind=f"name in ROR: {_sort(one.text, lists[one.organisation])}")


def _sort(name: str, others: Sequence[str]) -> str:
    """Return what kind of name it is beside the others of its organisation."""
    folded = fold(name)
    if any("\u3400" <= sign <= "\u9fff" for sign in folded):
        return "Chinese characters"
    if not folded.isascii():
        return "other letters"
    if set(folded.split()) & _PINYIN:
        return "Pinyin"
    if any(f" {fold(one)} " in f" {folded} " for one in others if " " in fold(one)):
        return "another name and more"
    mine = set(forms_of(folded))
    shared = max((len(mine & set(forms_of(fold(one)))) for one in others), default=0)
    return "most words shared" if shared * 2 > len(mine) else "few words shared"


def _typed(data: Path, links: Mapping[str, str]) -> Iterator[Asked]:
    gold = read_gold(data)
    for one in gold.strings:
        meant = [links[key] for key in one.wanted if key in links]
        if len(one.wanted) == len(meant) == 1 and "name" in categories(one, gold.registry):
            yield Asked(one.text, "typed", meant[0])


def _without(entry: Entry, organisation: str, out: set[tuple[str, str]]) -> Entry:
    kept = [one for one in entry.names[1:] if (organisation, one.text) not in out]
    return entry if len(kept) + 1 == len(entry.names) else replace(entry, names=(entry.names[0], *kept))


def _opened(path: Path, names: Sequence[Listed], registry: Sequence[Entry]) -> Screening:
    store = Store.open(path, make=True)
    countries = {one.organisation: tuple(filter(None, [one.country])) for one in names}
    entries = [
        Entry(
            _LIST,
            key,
            tuple(Name(one, "alias" if at else "main") for at, one in enumerate(several)),
            {},
            countries[key],
        )
        for key, several in _by_organisation(names).items()
    ]
    put(store, entries, lambda: _head(_LIST, "evidence"), {})
    if registry:
        put(store, (replace(one, list=_REGISTRY) for one in registry), lambda: _head(_REGISTRY, "registry"), {})
    return Screening(store, _DAY, lambda _list, _done: None)


def _head(list_id: str, standing: Standing) -> ListHead:
    return ListHead(list_id, list_id, "", standing, "", "", "", None, _DAY, "", "", 0, 0)


def chinese(names: Iterable[Listed], data: Path) -> tuple[int, int]:
    """Ask the registry for Chinese names of listed organisations that it knows by their first, English one.

    Returns how many first answers are right, and of how many.
    """
    registry = Names(read_gold(data).registry)
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for name, owner in zip(registry.names, registry.owners, strict=True):
        holders[fold(name)].add(owner)
    right = []
    for several in _by_organisation(names).values():
        meant = holders[fold(several[0])]
        in_chinese = next((one for one in several if _sort(one, ()) == "Chinese characters"), "")
        if len(meant) == 1 and in_chinese:
            answer = registry.searcher.answer(in_chinese, "CN")
            right.append(answer is not None and answer.candidate.owner in meant)
    return sum(right), len(right)


def main() -> None:
    """Print all rows, and the strings that were missed where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", help="print what was missed, or hit for nothing, of a kind that begins so")
    options = parser.parse_args()
    if options.misses:
        for one in answered(listed_set.listed()):
            screened = one.together or one.alone
            if one.asked.kind.startswith(options.misses) and one.is_hit(screened) != bool(one.asked.organisation):
                best = screened.hits[0] if screened.hits else None
                print(
                    one.asked.text,
                    "|",
                    one.asked.organisation,
                    "|",
                    best and (best.name.text, best.strength, best.kind),
                )
        return
    found = measured()
    for row in found.rows:
        both = "" if row.together is None else f"   with the registry {row.together[0]:.3f} ({row.together[1]:.3f})"
        print(f"{row.kind:40} {row.strings:5}   {row.alone[0]:.3f} (shown {row.alone[1]:.3f}){both}")
    if found.chinese:
        print(f"Chinese list names to the registry: first answer {found.chinese[0]} of {found.chinese[1]}")


if __name__ == "__main__":
    main()
