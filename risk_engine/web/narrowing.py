"""By what the register is narrowed and sorted: all of it stands in its address, and works without scripts."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias, assert_never, get_args

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import name_and_number
from risk_engine.office.register.listing import What
from risk_engine.report.returned import same_label
from risk_engine.web.models import Act, Case, CaseDue, CaseEntry, CaseLevel, Person
from risk_engine.web.releases import used_now
from risk_engine.web.words import State

Sort: TypeAlias = Literal["changed", "number", "title", "faculty", "state", "level", "due"]
DUES: Final = get_args(What)
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
LONGEST_LOOK: Final = 3660
"""So many days ahead somebody may look for what is due."""
LONGEST_TEXT: Final = 500
"""So many characters are looked for, in so many words and levels as `MOST_WORDS`: a database takes no more at once."""
MOST_WORDS: Final = 50


@dataclass(frozen=True)
class Wanted:
    """By what the register is narrowed and sorted, as its address says it; a case must fit everything that is said."""

    q: str = ""
    faculty: int | None = None
    state: State | None = None
    levels: tuple[tuple[str, str], ...] = ()
    is_older: bool = False
    due: What | Literal["any"] | None = None
    days: int | None = None
    """Within so many days what is due is looked for; None for any time."""
    mine: bool = False
    confidential: bool = False
    named: str = ""
    sort: Sort = "changed"

    @property
    def is_narrowed(self) -> bool:
        """Return whether it asks for more than words that are looked for."""
        return replace(self, q="", sort="changed") != Wanted()


def wanted(sent: Mapping[str, str], levels: list[str]) -> tuple[Wanted, list[str]]:
    """Return what an address asks for, and what of it means nothing and is left out. `levels` are `LADDER=LEVEL`."""
    wrong: list[str] = []

    def one_of(name: str, known: tuple[str, ...]) -> str | None:
        text = sent.get(name, "")
        if not text or text in known:
            return text or None
        wrong.append(_("“{text}” is not known as {name}, and was left out.", text=text, name=name))
        return None

    def whole(name: str, most: int) -> int | None:
        text = sent.get(name, "")
        if not text or (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most):
            return int(text) if text else None
        wrong.append(_("“{text}” is no whole number up to {most}, and was left out.", text=text, most=most))
        return None

    pairs = [tuple(one.split("=", 1)) for one in dict.fromkeys(levels) if one][:MOST_WORDS]
    wrong += [_("“{text}” is no level, and was left out.", text=one[0]) for one in pairs if len(one) == 1]
    state, due, sort = one_of("state", tuple(State)), one_of("due", ("any", *DUES)), one_of("sort", SORTS)
    return (
        Wanted(
            q=sent.get("q", "")[:LONGEST_TEXT],
            faculty=whole("faculty", 2**31),
            state=State(state) if state else None,
            levels=tuple((one[0], one[1]) for one in pairs if len(one) > 1),
            is_older=bool(sent.get("older")),
            due=due,  # type: ignore[arg-type] # one of those that are known
            days=whole("days", LONGEST_LOOK),
            mine=bool(sent.get("mine")),
            confidential=bool(sent.get("confidential")),
            named=sent.get("with", "")[:LONGEST_TEXT],
            sort=sort or "changed",  # type: ignore[arg-type] # likewise
        ),
        wrong,
    )


def narrowed(visible: QuerySet[Case], by: Wanted, person: Person, today: date) -> QuerySet[Case]:
    """Return those of the cases that somebody sees which fit what is asked for, sorted."""
    # Whether a row is there is asked case by case: a list of thousands of cases would lose the order of the index.
    found = visible
    for word in list(dict.fromkeys(by.q.casefold().split()))[:MOST_WORDS]:
        found = found.filter(Q(search__contains=word) | Q(number__contains=word))
    if by.faculty is not None:
        found = found.filter(faculty=by.faculty)
    if by.state is not None:
        found = found.filter(state=by.state)
    for ladder, level in by.levels:
        found = found.filter(Exists(CaseLevel.objects.filter(case=OuterRef("pk"), ladder=ladder, level=level)))
    if by.is_older:
        found = found.filter(criteria__in=older(criteria_in_use(visible), today))
    if by.due is not None or by.days is not None:
        rows = CaseDue.objects.filter(case=OuterRef("pk"))
        if by.days is not None:
            rows = rows.filter(day__lte=today + timedelta(days=by.days))
        found = found.filter(Exists(rows if by.due in {None, "any"} else rows.filter(what=by.due)))
    if by.mine:
        found = found.filter(Exists(Act.objects.filter(case=OuterRef("pk"), person=person)) | Q(reviewer=person))
    if by.confidential:
        found = found.filter(confidential=True)
    if by.named:
        names = CaseEntry.objects.filter(Q(folded__contains=same_label(by.named)) | Q(entry=by.named))
        found = found.filter(pk__in=names.values("case"))
    return _sorted(found, by.sort)


def _sorted(found: QuerySet[Case], by: Sort) -> QuerySet[Case]:
    match by:
        case "level":  # the strictest first; what was not assessed comes last
            rows = CaseLevel.objects.filter(case=OuterRef("pk"), is_headline=True)
            first = F("strictest").asc(nulls_last=True)
            return found.annotate(strictest=Subquery(rows.order_by("rank").values("rank")[:1])).order_by(first, "pk")
        case "due":
            days = CaseDue.objects.filter(case=OuterRef("pk")).order_by("day").values("day")[:1]
            first = F("first_due").asc(nulls_last=True)
            return found.annotate(first_due=Subquery(days)).order_by(first, "pk")
        case "changed":
            return found.order_by("-changed", "-pk")
        case "number":
            return found.order_by("number")
        case "title":
            return found.order_by("title", "pk")
        case "faculty":
            return found.order_by("faculty__name", "-changed", "-pk")
        case "state":
            return found.order_by("state", "-changed", "-pk")
        case _:
            assert_never(by)


def criteria_in_use(visible: QuerySet[Case]) -> list[str]:
    """Return under which criteria the cases are that somebody sees."""
    return sorted(visible.order_by().values_list("criteria", flat=True).distinct())


def older(criteria: list[str], today: date) -> list[str]:
    """Return those of some versions that are older than what new cases take of their set, else than that in force."""
    used = used_now()
    return [one for one in criteria if _is_older(one, used, today)]


def _is_older(reference: str, used: str, today: date) -> bool:
    name, number = name_and_number(reference)
    if used.startswith(f"{name}@"):
        return _number(reference) < _number(used)
    newest = _newest(name, today, int(time.monotonic() / _LOOKED_AGAIN))
    return bool(number) and newest is not None and _number(reference) < newest


def _number(reference: str) -> tuple[int, ...]:
    return tuple(map(int, reference.rpartition("@")[2].split(".")))


_LOOKED_AGAIN: Final = 30
"""So many seconds the newest version of a set is known: to find it reads the files of all of them."""


@lru_cache(maxsize=32)
def _newest(name: str, today: date, _moment: int) -> tuple[int, ...] | None:
    """Return the number of the newest version that is in force; None of a set that is not here any more."""
    try:
        return choose(name, today).version.number
    except RiskEngineError:
        return None
