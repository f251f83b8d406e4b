"""Measure "is it on a list" as an office asks it: `python -m benchmarks.screening.listed`.

Every string of `listed_set.py` is screened, as `risk-engine screen` does it, against a store that holds the list alone,
and, where ../shared/data is there, against one that holds the registry too. A hit is *identical* or *strong* of kind
*listed*. What is asked is in no store that is asked for it:

- *alias*: every name of the list but the first of an organisation, asked of a list from which it was taken out;
- *registry*: every name of ROR of a listed organisation that the list has not, asked of a registry from which it was
  taken out, in four parts as the aliases are; the first names of records stay;
- *written*: names of the list as people write them (`altered.py`), asked of the whole list;
- *typed*: what people typed and published, labelled by hand with the record of a listed organisation
  (`affiliation_gold`, names only), asked of the whole list.

Aliases are told apart by what they are: Chinese characters, Pinyin, other letters, and the rest by whether they share
most of their words with what the list still has of it. Those that share none can be known from no name that is there: former
names, cover names, words of another language.
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
from benchmarks.screening.gold import DATA, GoldString, categories, read_gold
from benchmarks.screening.listed_set import Asked, Listed
from risk_engine.screening.asked import Asked as Organisation
from risk_engine.screening.entry import Entry, ListHead, Name, Standing
from risk_engine.screening.hits import Screened, Screening
from risk_engine.screening.names import fold, forms_of, read
from risk_engine.screening.store import Store
from risk_engine.screening.swap import put

PARTS: Final = 4
DAY: Final = date(2026, 12, 1)
HITS: Final = ("identical", "strong")
LIST, REGISTRY = "list", "registry"


class Row(NamedTuple):
    """What came of the strings of a kind: how many are hits of the organisation meant, or of any where none is."""

    kind: str
    strings: int
    alone: int
    with_registry: int | None
    shown: int
    """Of whom a hit of any strength and kind is shown, by the list alone or, where it is there, with the registry."""


class Answered(NamedTuple):
    """A string, and what was found in both stores."""

    asked: Asked
    alone: Screened
    with_registry: Screened | None

    def is_hit(self, screened: Screened | None) -> bool:
        """Return whether the organisation meant is a hit; where none is meant, whether any is."""
        hits = [one for one in screened.hits if one.kind == "listed" and one.strength in HITS] if screened else []
        return any(one.entry.key == self.asked.organisation or not self.asked.organisation for one in hits)

    @property
    def is_shown(self) -> bool:
        """Return whether a hit of any strength and kind is shown."""
        hits = (self.with_registry or self.alone).hits
        return any(one.entry.key == self.asked.organisation or not self.asked.organisation for one in hits)


def answered(data: Path = DATA) -> list[Answered]:
    """Ask all strings."""
    names = listed_set.listed()
    known = read_entries(data) if data.is_dir() else []
    links = listed_set.linked(_of_organisations(names), listed_set.records(data)) if known else {}
    strings = listed_set.asked()
    held_out = [*_aliases(names), *(_of_registry(names, strings))]
    whole = [one for one in strings if one.kind != "registry"]
    whole += _typed(data, links) if known else []
    found: list[Answered] = []
    with TemporaryDirectory() as folder:
        for part in range(PARTS + 1):
            mine = whole if part == PARTS else [one for turn, one in enumerate(held_out) if turn % PARTS == part]
            out = {(one.organisation, one.text) for one in mine if one.kind.startswith("alias")}
            rest = [one for one in names if (one.organisation, one.name) not in out]
            gone = {(one.organisation, one.text) for one in mine if one.kind.startswith("registry")}
            records = [_without(one, links, gone) for one in known]
            alone, together = _opened(Path(folder, f"{part}"), rest, []), None
            if known:
                together = _opened(Path(folder, f"{part}-registry"), rest, records)
            for one in mine:
                asked = Organisation.of([one.text])
                found.append(Answered(one, alone.screen(asked), together.screen(asked) if together else None))
    return found


def _of_organisations(names: Iterable[Listed]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in names:
        found[one.organisation].append(one.name)
    return found


def _aliases(names: Sequence[Listed]) -> Iterator[Asked]:
    """Yield the names that are not the first of an organisation and no acronyms, each with what it is."""
    lists = defaultdict(list)
    for one in names: lists[one.organisation].append(one)
    for organisation, several in _of_organisations(names).items():
        written = [read(one).compact for one in several]
        for name in several[1:]:
            if not read(name).is_acronym and written.count(read(name).compact) == 1:
                others = [one for one in several if one != name]
                is_chinese = any(listed.country == "CN" and listed.name == name for listed in lists[organisation])
                yield Asked(name, f"alias {'CN' if is_chinese else 'other'}, {_sort(name, others)}", organisation)


def _of_registry(names: Sequence[Listed], strings: Iterable[Asked]) -> Iterator[Asked]:
    has = {organisation: {read(one).compact for one in some} for organisation, some in _of_organisations(names).items()}
    lists = _of_organisations(names)
    for one in strings:
        if one.kind == "registry" and read(one.text).compact not in has[one.organisation]:
            yield one._replace(kind=f"registry, {_sort(one.text, lists[one.organisation])}")


def _sort(name: str, others: Iterable[str]) -> str:
    """Return what kind of alias a name is."""
    letters = [one for one in fold(name) if one.isalpha()]
    if any("\u3400" <= one <= "\u9fff" for one in letters):
        return "Chinese characters"
    if any(not one.isascii() for one in letters):
        return "other letters"
    if set(fold(name).split()) & {"daxue", "xueyuan", "kejidaxue", "yanjiusuo", "zhongguo", "zhongguoren","ligong","daxu","daxue"}:
        return "Pinyin"
    mine = set(forms_of(fold(name)))
    if any(fold(one) in fold(name) for one in others if " " in fold(one)): return "part"
    shared = max((len(mine & set(forms_of(fold(one)))) for one in others), default=0)
    return "most words shared" if shared * 2 > len(mine) else "fewer words shared"


def _typed(data: Path, links: Mapping[str, str]) -> Iterator[Asked]:
    """Yield names that people wrote, of which one record is the label, and that one is listed."""
    gold = read_gold(data)
    listed = {f"{key}": organisation for key, organisation in links.items()}
    for one in gold.strings:
        if len(one.wanted) == 1 and (key := next(iter(one.wanted))) in listed and _is_name(one, gold.registry):
            yield Asked(one.text, "typed", listed[key])


def _is_name(one: GoldString, registry: dict) -> bool:  # type: ignore
    return "name" in categories(one, registry)


def _without(entry: Entry, links: Mapping[str, str], out: set[tuple[str, str]]) -> Entry:
    organisation = links.get(entry.key)
    if organisation is None:
        return entry
    kept = [one for one in entry.names[1:] if (organisation, one.text) not in out]
    return replace(entry, names=(entry.names[0], *kept))


def _opened(path: Path, names: Sequence[Listed], registry: Sequence[Entry]) -> Screening:
    store = Store.open(path, make=True)
    countries = {one.organisation: one.country for one in names}
    entries = [
        Entry(
            LIST,
            organisation,
            tuple(Name(one, "alias" if number else "main") for number, one in enumerate(some)),
            countries=tuple(filter(None, [countries[organisation]])),
        )
        for organisation, some in _of_organisations(names).items()
    ]
    put(store, entries, lambda: _head(LIST, "evidence"), {})
    if registry:
        put(store, [replace(one, list=REGISTRY) for one in registry], lambda: _head(REGISTRY, "registry"), {})
    return Screening(store, DAY, lambda _list, _done: None)


def _head(list_id: str, standing: Standing) -> ListHead:
    return ListHead(list_id, list_id, "", standing, "", "", "", None, DAY, "", "", 0, 0)


def main() -> None:
    import pickle, sys
    found = answered()
    kinds = defaultdict(list)
    for one in found: kinds[one.asked.kind].append(one)
    for kind, some in sorted(kinds.items()):
        print(f"{kind:34} {len(some):5} {sum(o.is_hit(o.alone) for o in some)/len(some):.3f} {sum(o.is_hit(o.with_registry) for o in some)/len(some):.3f} shown {sum(o.is_shown for o in some)/len(some):.3f}")
    with open('/tmp/n22/misses.txt','w') as f:
        for kind, some in sorted(kinds.items()):
            for o in some:
                for t,s in (('A',o.alone),('R',o.with_registry)):
                    bad = o.is_hit(s) != bool(o.asked.organisation)
                    if bad and kind not in ('acronym','part') or o.is_hit(s) and kind=='acronym':
                        h=s.hits[0] if s.hits else None
                        r=s.registered[0] if s.registered else None
                        print(f"{t} {kind} | {o.asked.text} | {o.asked.organisation} | -> {h and (h.name.text,h.strength,h.kind)} reg {r and (r.entry.name,r.strength,r.is_part)}",file=f)
    print(sum(o.is_hit(o.with_registry) for o in kinds['part']))


if __name__ == "__main__":
    main()
