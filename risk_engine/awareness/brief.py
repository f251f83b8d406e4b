"""Two pages for one institution: its partners, its fields, and which awareness rows apply to exactly that.

It is made of judged pairs alone: those that are suspect are left out and counted. The words are in
`awareness_brief.j2`; which rows apply the engine says (`situations.py`).
"""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from risk_engine.awareness.report import Institution, Pair, cut, in_order, named
from risk_engine.awareness.situations import Row, Situation
from risk_engine.awareness.works import Source
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, first_few, grouped_by_thousands
from risk_engine.model.criteria import Criteria
from risk_engine.report import page
from risk_engine.report.blocks import Must, View
from risk_engine.report.frame import SHOWN_DIGEST

SMALL: Final = 5
"""A count below it is marked: it can be chance, or a mistake of the data."""
_PARTNERS: Final = 8
_FIELDS: Final = 6
_ROWS: Final = 9
"""So many rows are told in full; the others by their titles."""
_PAGES: Final = 2
_NEAR: Final = 5
_CREDITS: Final = 4
_SAID: Final = 3
"""So many situations of a row are named."""


@dataclass(frozen=True)
class Partner:
    """A partner of the institution: their pair, the works of the last five years where that can be said, its areas."""

    pair: Pair
    situations: tuple[Situation, ...]


@dataclass(frozen=True)
class Brief:
    """All that a brief tells, but for the rows."""

    who: Institution
    region: str
    partners: tuple[Partner, ...]
    suspect: int
    """So many pairs were left out."""
    fields: tuple[tuple[str, int], ...]
    areas: tuple[tuple[str, int], ...]
    """Critical areas by the option of the set, with how many works."""
    sources: tuple[Source, ...]
    years: tuple[int, int] | None


def institution_of(asked: str, known: Sequence[Institution]) -> Institution:
    """Return the institution that a name, a ROR id or a source's own id means.

    Raises RiskEngineError where there is none, with the names that come near, or where several are called so.
    """
    ror = asked.rpartition("/")[2].casefold()
    found = {one.key: one for one in known if asked == one.key or (one.ror and one.ror.rpartition("/")[2] == ror)}
    wanted = _folded(asked)
    found = found or {one.key: one for one in known if wanted in {_folded(one.name), _folded(named(one))}}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        message = _("`{name}` is what several institutions are called", name=asked)
        several = first_few([f"{named(one)} [{one.key}]" for one in found.values()], _NEAR)
        raise RiskEngineError(message, _("name one of them as it stands in brackets: {names}", names=several))
    message = _("no institution in these data that has a partner there is called `{name}`", name=asked)
    near = _near(wanted, known)
    raise RiskEngineError(message, _("near to it: {names}", names="; ".join(near)) if near else "")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _near(wanted: str, known: Sequence[Institution]) -> list[str]:
    names = {_folded(one.name): named(one) for one in known}
    holding = [name for folded, name in names.items() if wanted and (wanted in folded or folded in wanted)]
    like = [names[one] for one in difflib.get_close_matches(wanted, names, n=_NEAR, cutoff=0.6)]
    return list(dict.fromkeys([*sorted(holding, key=len), *like]))[:_NEAR]


@dataclass(frozen=True)
class Prepared:
    """A brief, the rows that apply to it, and the criteria that they are of, in the words of the reader."""

    told: Brief
    rows: tuple[Row, ...]
    criteria: Criteria
    on: date
    areas: Mapping[str, str]
    """What the options of the set's critical areas are called."""


def fitting_brief(made: Prepared, *, contact: str = "", pages: Callable[[View], int] | None = None) -> View:
    """Return the brief in the current language, on two pages at most as `pages` counts them."""
    for full in range(_ROWS, 0, -1):
        view = brief_view(made, contact=contact, full=full)
        if pages is None or pages(view) <= _PAGES:
            break
    return view


def situations_of(partners: Iterable[Partner]) -> list[Situation]:
    """Return the different situations of the partners, in their order."""
    return list(dict.fromkeys(one for partner in partners for one in partner.situations))


def brief_view(made: Prepared, *, contact: str = "", full: int = _ROWS) -> View:
    """Return the brief in the current language; `full` rows are told whole, `contact` says whom to write to."""
    told, rows, criteria = made.told, made.rows, made.criteria

    def area(option: str) -> str:
        return made.areas.get(option, option)

    partners = in_order([one.pair for one in told.partners])
    shown, more = cut(partners, _PARTNERS, lambda one: len(one.works))
    fields, more_fields = cut(told.fields, _FIELDS, lambda one: one[1])
    name, digest = f"{criteria.head.id} {criteria.head.version}", criteria.digest[:SHOWN_DIGEST]
    works = {work for one in partners for work in one.works}
    every = situations_of(told.partners)
    whole = all(one.whole for one in told.sources)
    facts = {
        "told": told,
        "who": named(told.who),
        "works": len(works),
        "whole": whole,
        "partners": shown,
        "partners_all": len(partners),
        "partners_cut": more,
        "fields": fields,
        "fields_cut": more_fields,
        "areas": [(area(option), number) for option, number in told.areas],
        "rows": rows[:full],
        "others": rows[full:],
        "where": lambda several: _where(several, every, area),
        "ask": _parties(rows),
        "contact": contact,
        "criteria": criteria,
        "name": name,
        "digest": digest,
        "marked": _marked,
        "credits": list(dict.fromkeys(one.attribution or one.licence or one.name for one in told.sources))[:_CREDITS],
        "small": any(
            0 < number < SMALL
            for number in (*(len(one.works) for one in shown), *(n for _t, n in fields), *(n for _a, n in told.areas))
        ),
        "least": SMALL,
    }
    return page.view(
        "awareness_brief",
        facts,
        case_id=told.who.name,
        on=made.on,
        kept_by=f"{name} {digest}",
        must=(Must("challenge", criteria.head.challenge),),
    )


def _marked(number: int) -> str:
    """Return a number, with a mark where it is small."""
    text = grouped_by_thousands(number)
    return f"{text}*" if 0 < number < SMALL else text


def _where(several: Sequence[Situation], every: Sequence[Situation], area: Callable[[str], str]) -> list[str] | None:
    """Return in which situations a row applies, in words; None where it is all of them.

    Where it applies to all of a country, or there to a partner without an area and off the lists too, the country alone
    is named.
    """
    meant, missed = set(several), set(every) - set(several)
    if not missed:
        return None
    partly = {one.country for one in missed} - {one.country for one in meant if not one.area and not one.listed}
    said: dict[str, None] = {}
    for one in several:
        parts = [one.country]
        if one.country in partly:
            parts += [*([area(one.area)] if one.area else []), *([_("on a list")] if one.listed else [])]
        said[", ".join(parts)] = None
    return [*list(said)[:_SAID], *(["…"] if len(said) > _SAID else [])]


def _parties(rows: Sequence[Row]) -> Mapping[str, int]:
    """Return whom rows that may apply wait for, with how many of them."""
    found: dict[str, int] = {}
    for row in rows:
        for party in row.ask:
            found[party] = found.get(party, 0) + 1
    return found
