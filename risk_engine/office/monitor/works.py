"""Joint works of one's own institution with partners of a region, and whether any case of the register is about them.

A partner is known again by its number, then by its name as screening compares names: what is identical or strong covers
it; what is only possible is shown beside it. Pairs that only seem to be (`awareness/doubt.py`) are counted, not told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from risk_engine.awareness.brief import institution_of
from risk_engine.awareness.drawn import Wanted, judged_pairs
from risk_engine.awareness.overrules import read_overrules
from risk_engine.awareness.regions import read_regions, shipped_regions
from risk_engine.awareness.report import Institution, Pair
from risk_engine.awareness.sources import inputs_of
from risk_engine.awareness.works import Collaborations, read_collaborations
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.office.monitor.cases import CaseSeen
from risk_engine.office.monitor.changes import Change, Gravity, Part, Touch
from risk_engine.screening.identifiers import normal
from risk_engine.screening.match import Searcher

_COVERS = frozenset({"identical", "strong"})


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
    said: Path | None = None
    """What is said of the files, old and new, as `--sources` has it."""
    whole: bool = False
    overrules: Path | None = None
    """What people said of pairs."""


@dataclass(frozen=True)
class Found:
    """Joint works without a case, and what was looked at."""

    changes: tuple[Change, ...]
    part: Part
    problems: tuple[str, ...] = ()


def uncovered(cases: Sequence[CaseSeen], data: Data | None) -> Found:
    """Return the partners of an institution that no case of the register names."""
    if data is None:
        return Found((), Part("works", _("no file of works was named (`--works`)"), "not_asked"))
    try:
        return _found(cases, data)
    except RiskEngineError as error:
        return Found((), Part("works", _("the works could not be looked at"), "failed"), (f"{error}",))


def _found(cases: Sequence[CaseSeen], data: Data) -> Found:
    regions = shipped_regions() if data.regions is None else read_regions(data.regions)
    wanted = Wanted(*regions.pair(*data.between))
    words = None if data.overrules is None else read_overrules(data.overrules)
    # One file may speak of both, so they are looked up together: a name in it that is of neither is a mistake.
    inputs = inputs_of([*data.files, *data.against], regions, said=data.said, whole=data.whole)
    of = read_collaborations([one for one in inputs if one.path in data.files])
    pairs = judged_pairs(of, wanted, overrules=words)
    ours = institution_of(data.institution, [one.a for one in pairs])
    own = [one for one in pairs if _key(one.a) == _key(ours)]
    earlier: dict[tuple[str | None, str], int] = {}
    if data.against:
        before = judged_pairs(
            read_collaborations([one for one in inputs if one.path in data.against]), wanted, overrules=words
        )
        earlier = {_key(one.b): len(one.works) for one in before if _key(one.a) == _key(ours)}
    known = [one for one in own if len(one.works) <= earlier.get(_key(one.b), 0)]
    told = [one for one in own if one.status != "suspect" and one not in known]
    index = _Named(cases)
    changes = tuple(one for pair in told if (one := _change(pair, ours, index)) is not None)
    return Found(changes, Part("works", _said(of, ours, own, known)))


def _said(of: Collaborations, ours: Institution, own: Sequence[Pair], known: Sequence[Pair]) -> str:
    files = "; ".join(
        _("{file}: {works} works", file=one.name, works=one.works)
        if one.whole
        else _("{file}: {works} works, a sample of unknown share", file=one.name, works=one.works)
        for one in of.sources
    )
    partners = ngettext(
        "{name} has {number} partner there", "{name} has {number} partners there", len(own), name=ours.name
    )
    suspect = sum(one.status == "suspect" for one in own)
    apart = [
        ngettext("{number} is suspect and not told", "{number} are suspect and not told", suspect) if suspect else "",
        ngettext("{number} was there before", "{number} were there before", len(known)) if known else "",
    ]
    return "; ".join(filter(None, (files, partners, *apart)))


def _key(one: Institution) -> tuple[str | None, str]:
    return one.country, one.key


class _Named:
    """The organisations that cases name, ready to be searched."""

    def __init__(self, cases: Sequence[CaseSeen]) -> None:
        self.by: list[tuple[CaseSeen, str, str]] = []
        self.numbers: dict[str, list[int]] = {}
        names: list[str] = []
        owners: list[int] = []
        for case in cases:
            for one in case.named:
                at = len(self.by)
                self.by.append((case, one.names[0], one.country))
                for value in one.identifiers.get("ror", ()):
                    self.numbers.setdefault(value, []).append(at)
                names += one.names
                owners += [at] * len(one.names)
        self.searcher = Searcher(names, owners) if names else None

    def covered(self, partner: Institution) -> bool | list[int]:
        """Return whether a case names a partner; else those that perhaps do."""
        if partner.ror and normal("ror", partner.ror) in self.numbers:
            return True
        if self.searcher is None:
            return []
        perhaps = []
        for one in self.searcher.search(partner.name, partner.country or ""):
            if one.strength is None:
                continue
            country = self.by[one.owner][2]
            same_place = not (country and partner.country and country != partner.country)
            if one.strength in _COVERS and not one.is_part and same_place:
                return True
            perhaps.append(one.owner)
        return perhaps


def _change(pair: Pair, ours: Institution, index: _Named) -> Change | None:
    """Return a pair that no case is about; None where one is."""
    found = index.covered(pair.b)
    if isinstance(found, bool):
        return None
    about: Mapping[str, object] = {
        "ours": ours.name,
        "theirs": pair.b.name,
        "key": pair.b.key,
        "country": pair.b.country or "",
        "works": len(pair.works),
        "status": pair.status,
    }
    change = Change("uncovered", about, least=Gravity.TO_LOOK_AT).touching(_touches(found, index))
    return replace(change, lines=_lines(pair))


def _lines(pair: Pair) -> tuple[str, ...]:
    if pair.status == "confirmed":
        return (_("the pair is confirmed"),)
    return (_("nobody checked yet whether the two really work together"),)


def _touches(found: Sequence[int], index: _Named) -> Iterator[Touch]:
    for at in dict.fromkeys(found):
        case, name, _country = index.by[at]
        text = _("possibly the same: “{name}”", name=name)
        yield Touch(case.case_id, case.title, case.state, Gravity.TO_LOOK_AT, {"name": name}, (text,))
