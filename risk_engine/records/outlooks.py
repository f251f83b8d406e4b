"""A stored outlook to the links that it has: it is as it was written, its assessment is there, its cases come out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from risk_engine.engine.assess import is_intact
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import Outlook, OutlookChecked, outlook_digest
from risk_engine.records.files import kind_of_file, read_assessment
from risk_engine.records.verify import CriteriaOf, Link, broken, holds, short, unchecked

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
            "it says something else than comes out now in {number} place; whether it was altered, or the engine, the "
            "solver or the harmless case was, nobody can say: {where}",
            "it says something else than comes out now in {number} places; whether it was altered, or the engine, the "
            "solver or the harmless case was, nobody can say: {where}",
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
