"""Recompute a stored assessment or outlook and say whether it comes out the same; what a check came to, by links."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic import Field, ValidationError

from risk_engine.engine.assess import is_intact, plain, recorded
from risk_engine.engine.work import worked_again
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import canonical
from risk_engine.model.assessment import Assessment, CriteriaUsed
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import Outlook, OutlookChecked, outlook_digest
from risk_engine.model.words import Model
from risk_engine.records.files import kind_of_file, read_assessment

CriteriaOf: TypeAlias = Callable[[Assessment], Criteria]
"""The criteria of an assessment; RiskEngineError where they are missing."""
Verdict: TypeAlias = Literal["holds", "broken", "unchecked", "noted"]
"""It holds; it does not; something is missing, so nobody can say; worth knowing, but neither."""


class Link(NamedTuple):
    """One thing that was checked."""

    verdict: Verdict
    text: str


def holds(text: str) -> Link:
    """Return a link that holds."""
    return Link("holds", text)


def broken(text: str) -> Link:
    """Return a link that does not hold."""
    return Link("broken", text)


def unchecked(text: str) -> Link:
    """Return a link that could not be checked."""
    return Link("unchecked", text)


def noted(text: str) -> Link:
    """Return something worth knowing."""
    return Link("noted", text)


def short(digest: str) -> str:
    """Return so much of a digest as tells it from others."""
    return f"{digest[:12]}…"


MAY_DIFFER = frozenset({"engine", "digest"})
"""Of two records of schema 2 these alone may differ where another version of the engine wrote one of them."""

NAMED_BY = ("id", "ladder", "dimension", "path")
"""The fields of a record by which people know an entry of a list, the first that it has."""


class Standing(NamedTuple):
    """What the versions of a set that are here now say of one of them on a day."""

    in_force: bool
    draft: bool
    withdrawn: bool = False
    gave_way: bool = False
    """Whether a higher version that was withdrawn since would be in force before it."""


class Verification(Model):
    """`same`; `different`, and where; `altered` since it was written."""

    verdict: Literal["same", "different", "altered"]
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = Field(default=(), description="What is otherwise now, and no difference.")
    unchecked: tuple[str, ...] = Field(default=(), description="What could not be checked with what is here.")
    engine_then: str
    engine_now: str


def verify(stored: Assessment, criteria: Criteria, standing: Standing | None = None) -> Verification:
    """Assess the stored case again, on its day, with its profile, under `criteria`, and compare.

    Whether they were in force, a draft, or withdrawn, is worked out as well: `standing` is what the versions here say
    of it, None where nobody knows the others. Raises what `assess` raises, and pydantic's ValidationError if the stored
    case does not fit the criteria.
    """
    used, notes = _used(stored.criteria, criteria, stored, standing)
    unchecked = _("whether they were in force, a draft, or withdrawn: no other version of the set is here")
    now = recorded(
        worked_again(stored, criteria),
        in_force=used.in_force,
        draft=used.draft,
        withdrawn=used.withdrawn,
        supersedes=stored.supersedes,
    )
    found = tuple(differences(plain(stored), plain(now), ""))
    verdict: Literal["same", "different", "altered"] = "different" if found else "same"
    return Verification(
        verdict=verdict if is_intact(stored) else "altered",
        differences=found,
        notes=tuple(notes),
        unchecked=(unchecked,) if standing is None else (),
        engine_then=stored.engine,
        engine_now=now.engine,
    )


def _used(
    said: CriteriaUsed, criteria: Criteria, stored: Assessment, standing: Standing | None
) -> tuple[Standing, list[str]]:
    """Return whether the criteria were in force, a draft, withdrawn, and what is otherwise now (decisions 0031, 0076).

    Never in force before their own day, nor as a draft, nor withdrawn; a draft as long as the lock has no line of them.
    What came after the record says nothing against it: that they were released or withdrawn, that a later version
    begins before the day, or that a later one which did was withdrawn. A withdrawal is final: a record that says
    so of what the lock does not mark is another one.
    """
    begun = criteria.head.in_force.from_ <= stored.on
    if standing is None:
        possible = begun and not said.draft and not said.withdrawn
        return Standing(said.in_force and possible, said.draft, said.withdrawn and not said.draft), []
    notes: list[str] = []
    draft, withdrawn = standing.draft, standing.withdrawn
    if said.draft and not draft:
        draft = True
        notes.append(_("the criteria were a draft then; they were released since"))
    if withdrawn and (draft or not said.withdrawn):
        withdrawn = False
        notes.append(_("the criteria were not withdrawn then; they were withdrawn since"))
    possible = begun and not draft and not withdrawn
    in_force = possible and standing.in_force
    if said.in_force and not in_force and possible:
        in_force = True
        if not standing.withdrawn:
            notes.append(_("the criteria were in force then; by now a later version is in force on that day"))
    if in_force and not said.in_force and standing.gave_way:
        in_force = False
        notes.append(_("the criteria were not in force then; the version that was has been withdrawn since"))
    return Standing(in_force, draft, withdrawn), notes


def differences(then: Any, now: Any, path: str) -> Iterator[str]:
    """Yield where two plain records differ in what must be the same, as paths with both values."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted({*then, *now}):
            if path or key not in MAY_DIFFER:
                yield from differences(then.get(key), now.get(key), f"{path}.{key}" if path else key)
    elif isinstance(then, list) and isinstance(now, list) and (named := _by_name(then, now)) is not None:
        for name, (before, after) in named.items():
            yield from differences(before, after, f"{path}.{name}")
    elif then != now:
        yield _("{path}: was {then}, now {now}", path=path, then=_short(then), now=_short(now))


def _by_name(then: list[Any], now: list[Any]) -> dict[Any, tuple[Any, Any]] | None:
    """Return the entries of two lists side by side, by what each is called; None where only their order tells them."""
    before, after = ({_name(entry, number): entry for number, entry in enumerate(each)} for each in (then, now))
    are_named = all(isinstance(name, str) for name in (*before, *after))
    if (len(before), len(after)) != (len(then), len(now)) or (not are_named and len(then) != len(now)):
        return None
    return {name: (before.get(name), after.get(name)) for name in {**before, **after}}


def _name(entry: Any, number: int) -> Any:
    """Return what an entry of a list is called: what it says of itself, else its number."""
    named = (entry.get(key) for key in NAMED_BY) if isinstance(entry, dict) else ()
    return next((one for one in named if isinstance(one, str)), number)


def _short(value: Any) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 (one line on a terminal)


AgainOf: TypeAlias = Callable[[Outlook, Assessment, Criteria], OutlookChecked]
"""An outlook on an assessment, under its own criteria, held against one that is worked out again."""
_NAMED = 3
"""So many places that do not come out again are named."""


def outlook_links(
    path: Path, outlook: Outlook, known: Mapping[str, Assessment], criteria: CriteriaOf, again: AgainOf
) -> Iterator[Link]:
    """Yield the links of an outlook: to itself, and to its assessment among the known ones (by digest) or beside it.

    What it says is worked out again as far as `again` goes.
    """
    if outlook_digest(outlook) != outlook.digest:
        yield broken(_("altered: the outlook was changed after it was written"))
        return
    yield holds(_("the outlook is as it was written"))
    name = short(outlook.assessment)
    about = known.get(outlook.assessment) or _beside(path, outlook.assessment)
    if about is None:
        text = _("the assessment that it is about, {name}, is neither among the files nor beside it", name=name)
        yield unchecked(text)
    elif not is_intact(about):
        yield broken(_("the assessment {name}, which it is about, was changed after it was written", name=name))
    elif (about.case_id, about.on) != (outlook.case_id, outlook.on):
        yield broken(_("it does not state the case and the day of the assessment {name}, which it is about", name=name))
    else:
        yield holds(_("it is about the assessment {name} of the case `{case}`", name=name, case=about.case_id))
        yield from _replayed(outlook, about, criteria, again)


def _replayed(outlook: Outlook, about: Assessment, criteria: CriteriaOf, again: AgainOf) -> Iterator[Link]:
    try:
        under = criteria(about)
    except RiskEngineError as error:
        reason = " ".join(str(error).split())
        yield unchecked(_("the cases that it tells could not be worked out again: {reason}", reason=reason))
        return
    try:
        made = again(outlook, about, under)
    except (RiskEngineError, ValidationError):  # another engine wrote the assessment
        yield unchecked(_("the cases that it tells could not be worked out again: its case does not fit the criteria"))
        return
    yield from _cases(made)
    yield from _rest(made)


def _cases(made: OutlookChecked) -> Iterator[Link]:
    if made.wrong_cases:
        text = ngettext(
            "{number} case that it tells, of {all}, does not come out so: {where}",
            "{number} cases that it tells, of {all}, do not come out so: {where}",
            len(made.wrong_cases),
            all=made.cases,
            where=_named(made.wrong_cases),
        )
        yield broken(text)
    elif made.cases:
        text = ngettext("the case that it tells comes out again", "all {number} cases that it tells come out again",
                        made.cases)  # fmt: skip
        yield holds(text)


def _rest(made: OutlookChecked) -> Iterator[Link]:
    if not made.is_searched:
        text = _("all else that it says takes a search over all possible answers, which needs the extra `audit`")
        yield unchecked(text)
        return
    if made.wrong:
        text = ngettext(
            "it says something else than comes out in {number} place: {where}",
            "it says something else than comes out in {number} places: {where}",
            len(made.wrong),
            where=_named(made.wrong),
        )
        yield broken(text)
    if made.unsure:
        text = ngettext(
            "it says something else than comes out now in {number} place; whether it was altered, or the solver or the "
            "harmless case was, nobody can say: {where}",
            "it says something else than comes out now in {number} places; whether it was altered, or the solver or "
            "the harmless case was, nobody can say: {where}",
            len(made.unsure),
            where=_named(made.unsure),
        )
        yield unchecked(text)
    if not (made.wrong_cases or made.wrong or made.unsure):
        yield holds(_("worked out anew, it says the same"))


def _named(places: Sequence[str]) -> str:
    return "; ".join((*places[:_NAMED], *(["…"] if len(places) > _NAMED else [])))


def _beside(path: Path, digest: str) -> Assessment | None:
    """Return the assessment with a digest that lies in the same folder, the one it belongs to before others."""
    found: list[Assessment] = []
    for one in sorted(path.parent.glob("*.json")):
        try:
            if kind_of_file(one) == "assessment" and (read := read_assessment(one)).digest == digest:
                found.append(read)
        except InvalidSourceError:
            continue
    return max(found, key=is_intact, default=None)
