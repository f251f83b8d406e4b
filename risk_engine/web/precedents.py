"""What was decided on cases like one, and decided cases that do not go together: of those that a person may see.

Sealed records never change: what was read of one is kept in this process as long as its case has the same ones.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final

from django.db.models import QuerySet

from risk_engine.engine.assess import recorded
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.office.precedents import consistency_words, similar_words
from risk_engine.office.precedents.consistency import consistency
from risk_engine.office.precedents.library import Library
from risk_engine.office.precedents.precedent import Precedent, precedents_of
from risk_engine.office.precedents.similar import MOST, Precedents
from risk_engine.report.pages.consistency import ConsistencyFacts
from risk_engine.report.pages.similar import SimilarFacts
from risk_engine.web import cases
from risk_engine.web.decisions import assessment_of
from risk_engine.web.models import Case, Filed, Person
from risk_engine.web.register import read_rows
from risk_engine.web.rights import cases_for
from risk_engine.web.words import SealedKind

Records = tuple[str, ...]
"""The sealed records of a case by their digests, the newest first."""
_INDICES: Final = 4
"""For so many people at once the cases that they see are ready to be searched."""
_known: dict[int, tuple[Records, tuple[Precedent, ...]]] = {}
_Key = tuple[str, tuple[Records, ...], tuple[tuple[str, str], ...]]
_ready: dict[_Key, Precedents] = {}


def similar(case: Case, person: Person, more: Iterable[Precedent] = (), most: int = MOST) -> SimilarFacts:
    """Return the decided cases nearest to a case, among those that a person may see, in the current language.

    `more` are those of other offices. A case whose answers are closed is held against them as it was sealed, another as
    it is answered so far. Each own one has the address of its page (`link`).
    """
    assessment = _assessment(case)
    rules = cases.rules(case)
    seen = _decided(cases_for(person))
    own = [one for _records, several in seen for one in several]
    others = tuple(more)
    key: _Key = (
        rules.digest,
        tuple(records for records, _several in seen),
        tuple((one.office or "", one.id) for one in others),
    )
    ready = _ready.pop(key, None) or Precedents((*own, *others), load_criteria(case.criteria))
    while len(_ready) >= _INDICES:
        del _ready[next(iter(_ready))]
    _ready[key] = ready
    found = ready.nearest(assessment, most)
    links = {one.precedent.id: _address(one.precedent) for one in found.similar}
    return similar_words.shown(found, assessment, rules, Library(), links)


def inconsistent(person: Person) -> ConsistencyFacts:
    """Return decided cases, among those that a person may see, in which the same was found and decided otherwise."""
    library = Library()
    own = [one for _records, several in _decided(cases_for(person)) for one in several]
    found = consistency(own, library.criteria_of)
    links = {one.id: _address(one) for one in own}
    return consistency_words.shown(found, "", cases.today(), library, links)


def _address(one: Precedent) -> str:
    return f"/cases/{one.id}"


def _assessment(case: Case) -> Assessment:
    sealed = None if case.state in cases.EDITABLE else cases.filed(case, SealedKind.ASSESSMENT)
    return recorded(cases.record(case).worked) if sealed is None else assessment_of(sealed)


def _decided(visible: QuerySet[Case]) -> list[tuple[Records, tuple[Precedent, ...]]]:
    """Return the decisions that hold of each case that has any; asks the database twice, for however many."""
    decided = Filed.objects.filter(sealed__kind=SealedKind.DECISION, case__in=visible).values("case")
    kinds = (SealedKind.ASSESSMENT, SealedKind.DECISION)
    rows = Filed.objects.filter(case__in=decided, sealed__kind__in=kinds).order_by("case", "-order")
    digests = groupby(rows.values_list("case", "sealed"), key=itemgetter(0))
    there = {case: tuple(digest for _case, digest in several) for case, several in digests}
    missing = [case for case, records in there.items() if _known.get(case, ((), ()))[0] != records]
    whole = rows.filter(case__in=missing).select_related("sealed", "case") if missing else ()
    for case, of_case in groupby(whole, key=attrgetter("case")):
        read = read_rows(case.number, list(of_case))
        _known[case.pk] = there[case.pk], tuple(precedents_of(read))
    return [_known[case] for case in there]


def forget(case: int) -> None:
    """Forget what was read of a case that is erased."""
    _known.pop(case, None)
    _ready.clear()
