"""A stored outlook and its assessment to what it says that does not come out again, as far as no solver is needed."""

from pathlib import Path

from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import languages
from risk_engine.loading.base import base_or_itself
from risk_engine.loading.translation import told_in
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.outlook import Outlook
from risk_engine.model.outlook_again import OutlookAgain
from risk_engine.outlook.again.case import Again
from risk_engine.outlook.again.cases import comes_out, told_cases
from risk_engine.outlook.again.questions import wrong_order, wrong_questions
from risk_engine.outlook.again.ranges import wrong_ranges, wrongly_telling
from risk_engine.outlook.again.ways import wrong_ways
from risk_engine.outlook.again.words import wrong_margins, wrong_words
from risk_engine.version import __version__


def worked_out_again(outlook: Outlook, stored: Assessment, criteria: CriteriaSet) -> OutlookAgain:
    """Return what of an outlook does not come out again; its assessment is as it was written, the criteria are its own.

    The order of questions, and then words, are looked at where all else is right: of what nobody knows there are none.
    """
    again = Again(stored, criteria)
    told = list(told_cases(outlook))
    wrong_cases = tuple(one.where for one in told if not comes_out(one, again))
    found = (
        *wrong_ranges(outlook, again),
        *wrong_questions(outlook, again),
        *wrong_ways(outlook, again),
        *wrong_margins(outlook, again),
    )
    if not (wrong_cases or found):
        found = tuple(wrong_order(outlook, again))
    wrong, unsure = (tuple(dict.fromkeys(found)), ()) if outlook.engine == __version__ else ((), found)
    if not (wrong_cases or found):
        wrong, unsure = _words(outlook, again)
    return OutlookAgain(cases=len(told), wrong_cases=wrong_cases, wrong=wrong, unsure=unsure)


def _words(outlook: Outlook, again: Again) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where words are wrong, and where they may be so: a translation and a harmless case belong to no digest."""
    same_engine = outlook.engine == __version__
    if outlook.language not in languages():
        return (("language",), ()) if same_engine else ((), ("language",))
    try:
        told = told_in(again.criteria, outlook.language)
        base = _harmless(outlook, again)
    except RiskEngineError:  # the translation or the cases that are there now are broken
        return (), ("facts",)
    is_own = outlook.language == again.criteria.head.language
    found = tuple(wrong_words(outlook, told.words, base))
    # Entries of a list are told by what is not as in the harmless case.
    lists = {f"facts.{name}" for name in again.criteria.entities}
    sure = tuple(one for one in found if same_engine and is_own and one not in lists)
    return sure, tuple(one for one in (*found, *wrongly_telling(outlook, again, base)) if one not in sure)


def _harmless(outlook: Outlook, again: Again) -> Case:
    """Return the harmless case; where nothing of it is told it is not read, which takes long, and any case does."""
    is_told = any(one.witness.answers for found in outlook.ranges for one in found.possible)
    if not is_told and not any(path in again.criteria.entities for path in outlook.facts):
        return again.worked.case
    return base_or_itself(Path(again.criteria.folder or ""), again.criteria, again.worked.case)
