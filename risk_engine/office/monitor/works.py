"""Joint works of one's own institution with partners of a region, held against the cases of a register.

Told are partners whom no case names, and, of those whom cases name, what is other in their works than at the last look.
A partner is known again by its number, then by its name as screening compares names: what is identical or strong covers
it; what is only possible is shown beside it. Pairs that only seem to be (`awareness/doubt.py`) are counted, not told.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from risk_engine.awareness.areas import Areas, by_work, shipped_areas
from risk_engine.awareness.brief import institution_of
from risk_engine.awareness.drawn import Wanted, judged_pairs
from risk_engine.awareness.for_one import area_titles
from risk_engine.awareness.overrules import Overrules, read_overrules
from risk_engine.awareness.regions import read_regions, shipped_regions
from risk_engine.awareness.report import Institution, Pair
from risk_engine.awareness.sources import inputs_of
from risk_engine.awareness.works import Collaborations, read_collaborations
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import digest
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.office.monitor.cases import CaseSeen
from risk_engine.office.monitor.changes import Change, Gravity, Part, Touch
from risk_engine.office.monitor.state import FoundKept, PairKept, State, WorksKept
from risk_engine.screening.identifiers import normal
from risk_engine.screening.match import Searcher

_COVERS: Final = frozenset({"identical", "strong"})


@dataclass(frozen=True)
class Joint:
    """Works as they were read, whose they are, and between whom they are looked at."""

    of: Collaborations
    wanted: Wanted
    institution: str
    """The own one: its name as the data write it, or its ROR id."""
    earlier: Collaborations | None = None
    """Works from before: what stands there already is not told."""
    overrules: Overrules | None = None
    """What people said of pairs."""


Reading: TypeAlias = Callable[[], Joint]
"""Reads works, or raises RiskEngineError."""


@contextmanager
def _told(problems: list[str]) -> Iterator[None]:
    """Keep what is wrong with one thing, so that all is told at once."""
    try:
        yield
    except RiskEngineError as error:
        problems.append(f"{error}")


@dataclass(frozen=True)
class Data:
    """Files of works, and between whom they are looked at."""

    files: Sequence[Path]
    institution: str
    """The own one: its name as the data write it, or its ROR id."""
    between: tuple[str, str]
    """The own region and the other one."""
    against: Sequence[Path] = ()
    """Earlier files: what stands there already is not told."""
    regions: Path | None = None
    mapping: Path | None = None
    """What the columns of a table state, old or new."""
    said: Path | None = None
    """What is said of the files, old and new, as `--sources` has it."""
    whole: bool = False
    overrules: Path | None = None
    """What people said of pairs."""

    def read(self) -> Joint:
        """Return the works of the files; raise RiskEngineError, with every problem of every file, for what is wrong."""
        problems: list[str] = []
        with _told(problems):
            regions = shipped_regions()
            if self.regions is not None:
                regions = read_regions(self.regions)
            wanted = Wanted(*regions.pair(*self.between))
        overrules = earlier = None
        with _told(problems):
            overrules = None if self.overrules is None else read_overrules(self.overrules)
        with _told(problems):
            # One file may speak of both, so they are looked up together: a name in it that is of neither is a mistake.
            every = [*self.files, *self.against]
            inputs = inputs_of(every, regions, said=self.said, mapping=self.mapping, whole=self.whole)
            of = read_collaborations([one for one in inputs if one.path in self.files])
            if self.against:
                earlier = read_collaborations([one for one in inputs if one.path in self.against])
        if problems:
            raise RiskEngineError("\n".join(problems))
        return Joint(of, wanted, self.institution, earlier, overrules)


@dataclass(frozen=True)
class Found:
    """What joint works have to do with the cases, what was looked at, and what is kept for the next look."""

    changes: tuple[Change, ...]
    part: Part
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    kept: Mapping[str, WorksKept] = field(default_factory=dict)


def joint_works(
    cases: Sequence[CaseSeen],
    works: Sequence[Reading],
    before: State | None,
    today: date,
    *,
    confidential: Collection[str] = (),
) -> Found:
    """Return the partners in works that no case names, and what is other of those that cases name.

    `confidential` are cases that not everybody may know of: a partner whom they alone name is told, with them as
    touched, so that whoever may not see them is told the same as if they were not there.
    """
    kept = dict(before.works) if before else {}
    if not works:
        part = Part("works", _("no file of works was named (`--works`)"), "not_asked")
        return Found((), part, kept=kept)
    named, areas = _Named(cases, frozenset(confidential)), shipped_areas()
    titles = _titles(areas, today)
    changes: list[Change] = []
    said: list[str] = []
    problems: list[str] = []
    warnings: list[str] = []
    for one in works:
        try:
            look = _Look(one(), named, today, areas, titles)
        except RiskEngineError as error:
            said.append(f"{error}".splitlines()[0])
            problems.append(f"{error}")
            continue
        was = kept.get(look.key)
        changes += look.changes(was)
        said.append(look.said(was, kept))
        warnings += look.joint.of.notes
        kept[look.key] = look.kept()
    earlier = before.found if before else ()
    changes += [found for each in earlier if (found := _again(each, named, titles)) is not None]
    part = Part("works", "; ".join(dict.fromkeys(said)), "failed" if problems else "looked")
    return Found(tuple(changes), part, tuple(problems), tuple(warnings), kept)


def _again(kept: FoundKept, named: "_Named", titles: Mapping[str, str]) -> Change | None:
    """Return what was told of a partner whom cases name, for those that it touched; None where that is over."""
    if kept.kind != "joint":
        return None
    about = kept.about
    naming = named.by_whom(Institution(about["key"], about["theirs"], about["country"] or None, about["ror"] or None))
    touched = frozenset(kept.touched.values())
    several = [one for one in named.touching(naming.surely) if one.case_id in touched]
    return replace(kept.change().touching(several), lines=_moved_lines(about, titles)) if several else None


class _Look:
    """One reading of works."""

    def __init__(self, joint: Joint, named: "_Named", today: date, areas: Areas, titles: Mapping[str, str]) -> None:
        self.joint = joint
        self.titles = titles
        self.named = named
        self.today = today
        pairs = judged_pairs(joint.of, joint.wanted, overrules=joint.overrules)
        self.ours = institution_of(joint.institution, [one.a for one in pairs])
        self.own = [one for one in pairs if _key(one.a) == _key(self.ours)]
        earlier: dict[tuple[str | None, str], int] = {}
        if joint.earlier is not None:
            before = judged_pairs(joint.earlier, joint.wanted, overrules=joint.overrules)
            earlier = {_key(one.b): len(one.works) for one in before if _key(one.a) == _key(self.ours)}
        self.known = [one for one in self.own if len(one.works) <= earlier.get(_key(one.b), 0)]
        belongs = by_work(joint.of.topics, areas)
        self.areas = {
            _key(one.b): Counter(area for work in one.works for area in belongs.get(work, ())) for one in self.own
        }
        wanted, sources = joint.wanted, joint.of.sources
        self.whole = all(one.whole for one in sources)
        selections = sorted({tuple(tuple(sorted(some)) for some in one.selection) for one in sources})
        self.whose = "|".join((self.ours.country or "", self.ours.key, wanted.a.name, wanted.b.name, ""))
        # Whole with whole is compared, and samples with those that were selected alike; nothing else.
        self.key = f"{self.whose}{'whole' if self.whole else digest({'selected': selections})}"

    def changes(self, was: WorksKept | None) -> Iterator[Change]:
        """Yield the partners whom no case names; of the others those whose works are other than they were."""
        known = {_key(one.b) for one in self.known}
        for one in self.own:
            if one.status == "suspect":
                continue
            naming = self.named.by_whom(one.b)
            if naming.surely and was is not None:
                yield from self._moved(one.b, len(one.works), was, naming)
            if _key(one.b) not in known and self.named.is_open_to_all(naming.surely):
                yield self._uncovered(one, naming)
        if was is not None:
            there = {_kept_as(one.b) for one in self.own}
            for key, pair in was.pairs.items():
                partner = Institution(key.partition("|")[2], pair.name, pair.country, pair.ror)
                if key not in there and (naming := self.named.by_whom(partner)).surely:
                    yield from self._moved(partner, 0, was, naming)

    def _uncovered(self, pair: Pair, naming: "_Naming") -> Change:
        about: dict[str, Any] = {
            "ours": self.ours.name,
            "theirs": pair.b.name,
            "key": pair.b.key,
            "country": pair.b.country or "",
            "works": len(pair.works),
            "status": pair.status,
        }
        change = Change("uncovered", about, least=Gravity.TO_LOOK_AT)
        touches = (*self.named.covering(naming.surely), *self.named.perhaps(naming.perhaps))
        told = _("the pair is confirmed")
        if pair.status != "confirmed":
            told = _("nobody has checked yet whether the two really work together")
        areas = self.areas[_key(pair.b)]
        several = ", ".join(f"{self.titles.get(one, one)} ({works})" for one, works in areas.most_common())
        lines = (told, _("critical areas, by the topics of the works: {areas}", areas=several)) if areas else (told,)
        return replace(change.touching(touches), lines=lines)

    def _moved(self, partner: Institution, works: int, was: WorksKept, naming: "_Naming") -> Iterator[Change]:
        """Yield that the works with a partner whom cases name are other than at the last look."""
        then = was.pairs.get(_kept_as(partner))
        areas = self.areas.get(_key(partner), Counter())
        before = then.works if then else 0
        new = [one for one, _works in areas.most_common() if then is None or one not in then.areas]
        touches = self.named.touching(naming.surely)
        if not touches or (before == works and not new):
            return
        about: dict[str, Any] = {
            "ours": self.ours.name,
            "theirs": partner.name,
            "key": partner.key,
            "country": partner.country or "",
            "ror": partner.ror or "",
            "works": works,
            "before": before,
            "seen": was.on.isoformat(),
            "found": self.today.isoformat(),
            "areas": new,
            "whole": self.whole,
        }
        change = Change("joint", about, least=Gravity.TO_LOOK_AT, is_event=True).touching(touches)
        yield replace(change, lines=_moved_lines(about, self.titles))

    def kept(self) -> WorksKept:
        """Return what the next look compares with: pairs that are not suspect."""
        pairs = {
            _kept_as(one.b): PairKept(
                name=one.b.name,
                country=one.b.country,
                ror=one.b.ror,
                works=len(one.works),
                areas=dict(self.areas[_key(one.b)]),
            )
            for one in self.own
            if one.status != "suspect"
        }
        return WorksKept(on=self.today, pairs=pairs)

    def said(self, was: WorksKept | None, others: Collection[str]) -> str:
        """Return in words what was looked at."""
        files = "; ".join(
            _("{file}: {works} works", file=one.name, works=one.works)
            if one.whole
            else _("{file}: {works} works, a sample of unknown share", file=one.name, works=one.works)
            for one in self.joint.of.sources
        )
        partners = ngettext(
            "{name} has {number} partner there",
            "{name} has {number} partners there",
            len(self.own),
            name=self.ours.name,
        )
        suspect = sum(one.status == "suspect" for one in self.own)
        known = len(self.known)
        apart = [
            ngettext("{number} is suspect and not told", "{number} are suspect and not told", suspect)
            if suspect
            else "",
            ngettext("{number} was there before", "{number} were there before", known) if known else "",
        ]
        return "; ".join(filter(None, (files, partners, *apart, self._against(was, others))))

    def _against(self, was: WorksKept | None, others: Collection[str]) -> str:
        if was is not None:
            return _("compared with those of {day}", day=was.on)
        if any(one.startswith(self.whose) for one in others):
            return _("not compared with earlier ones: those, or these, are a sample that was selected otherwise")
        return _("looked at for the first time")


def _moved_lines(about: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[str, ...]:
    """Return what there is to say of works that are other than they were."""
    several = ", ".join(titles.get(one, one) for one in about["areas"])
    told = _("critical areas that were not there before: {areas}", areas=several) if several else ""
    sample = _("both are samples, selected alike: this holds for the samples, and is no trend")
    return tuple(filter(None, (told, "" if about["whole"] else sample)))


def _titles(areas: Areas, today: date) -> Mapping[str, str]:
    """Return what critical areas are called; nothing where the set that names them is not here."""
    try:
        return area_titles(criteria_in_words(load_criteria(areas.criteria, today)), areas.fact)
    except RiskEngineError:  # their names in the mapping say enough
        return {}


def _key(one: Institution) -> tuple[str | None, str]:
    return one.country, one.key


def _kept_as(one: Institution) -> str:
    return f"{one.country or ''}|{one.key}"


class _Naming(NamedTuple):
    """By which places in cases a partner is named, surely or perhaps."""

    surely: tuple[int, ...]
    perhaps: tuple[int, ...]


class _Named:
    """The organisations that cases name, ready to be searched."""

    def __init__(self, cases: Sequence[CaseSeen], confidential: Collection[str]) -> None:
        self.confidential = confidential
        self.by: list[tuple[CaseSeen, str, str, str]] = []
        self.numbers: dict[str, list[int]] = {}
        names: list[str] = []
        owners: list[int] = []
        for case in cases:
            for one in case.named:
                at = len(self.by)
                self.by.append((case, one.names[0], one.country, one.entry))
                for value in one.identifiers.get("ror", ()):
                    self.numbers.setdefault(value, []).append(at)
                names += one.names
                owners += [at] * len(one.names)
        self.searcher = Searcher(names, owners) if names else None

    def by_whom(self, partner: Institution) -> _Naming:
        """Return the places that name a partner, and those that perhaps do."""
        surely = list(self.numbers.get(normal("ror", partner.ror), ())) if partner.ror else []
        perhaps: list[int] = []
        for one in self.searcher.search(partner.name, partner.country or "") if self.searcher is not None else ():
            if one.strength is None:
                continue
            country = self.by[one.owner][2]
            same_place = not (country and partner.country and country != partner.country)
            is_sure = one.strength in _COVERS and not one.is_part and same_place
            (surely if is_sure else perhaps).append(one.owner)
        return _Naming(tuple(dict.fromkeys(surely)), tuple(dict.fromkeys(perhaps)))

    def is_open_to_all(self, surely: Sequence[int]) -> bool:
        """Return whether everybody may be told that no case names a partner: at most confidential ones do."""
        return all(self.by[at][0].case_id in self.confidential for at in surely)

    def covering(self, surely: Sequence[int]) -> Iterator[Touch]:
        """Yield the cases that name a partner, where nobody else may know that they do."""
        for at in surely:
            case, _name, _country, entry = self.by[at]
            yield Touch(case.case_id, case.title, case.state, Gravity.TO_LOOK_AT, {"entry": entry, "covers": True})

    def perhaps(self, perhaps: Sequence[int]) -> Iterator[Touch]:
        """Yield the cases that name somebody who may be the partner."""
        for at in perhaps:
            case, name, _country, entry = self.by[at]
            text = _("possibly the same: “{name}”", name=name)
            yield Touch(case.case_id, case.title, case.state, Gravity.TO_LOOK_AT, {"entry": entry}, (text,))

    def touching(self, surely: Sequence[int]) -> list[Touch]:
        """Return the cases that name a partner, each once; closed ones are looked at for their dates alone."""
        found: dict[str, Touch] = {}
        for at in surely:
            case, name, _country, _entry = self.by[at]
            if case.state != "closed":
                text = _("named there: “{name}”", name=name)
                touch = Touch(case.case_id, case.title, case.state, Gravity.TO_LOOK_AT, {}, (text,))
                found.setdefault(case.case_id, touch)
        return list(found.values())
