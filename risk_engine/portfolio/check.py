"""Check one case file: what is contradictory in it, and how complete it is by who should answer."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.complete import completeness
from risk_engine.engine.controls import control_states
from risk_engine.engine.explainer import Explainer
from risk_engine.engine.problem_words import problem_shown
from risk_engine.engine.problems import problems
from risk_engine.engine.resolve import resolve
from risk_engine.language import _, ngettext
from risk_engine.loading.basis import basis, has_day, no_day, with_others
from risk_engine.loading.case import case_of, located, place_of, read_case_file
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.translation import criteria_in_words
from risk_engine.source import Document

MOST_PLACES = 5
"""So many lines say where one problem is; a record may be evidence for all answers of a case."""


def check_case(
    path: Path, reference: str | None, on: date | None, profile_path: Path | None = None, *, today: date
) -> Iterator[str]:
    """Yield lines about a case file that can be used; raise RiskEngineError with every problem of one that cannot.

    With a profile, as an assessment under it would see the case. A case without a day, which is a problem, is read
    under the version in force `today` to find its other problems.
    """
    document = read_case_file(path)
    day, chosen = basis(document, reference, on, instead=today)
    if day is None and not has_day(document):
        raise with_others(no_day(document), document, chosen)
    criteria = read_criteria(chosen.version.path)
    case = case_of(document, criteria)
    day = day or case.assessment_date
    assert day is not None  # noqa: S101 (what else stands there, no case is made of)
    profile = load_profile(profile_path, criteria) if profile_path else None
    try:
        facts = resolve(case, criteria, day, profile)
    except InvalidCaseError as error:
        raise located(error, document) from error
    controls = control_states(case, day)
    words = criteria_in_words(criteria)
    explainer = Explainer(case, facts, words)
    found = [
        problem_shown(problem, case, explainer, profile)
        for problem in problems(case, facts, criteria, controls, profile)
    ]
    version = f"{criteria.head.id} {criteria.head.version}"
    yield _("{path}: can be used with {version}", path=path, version=version)
    for one in found:
        yield "  " + _("look at this: {text}", text=one.text)
        places = list(_places(document, one.paths))
        shown = places if len(places) <= MOST_PLACES else places[: MOST_PLACES - 1]
        yield from (f"    {document.position(place)}" for place in shown)
        if len(shown) < len(places):
            more = len(places) - len(shown)
            yield "    " + ngettext("and {number} more place", "and {number} more places", more)
    if case.retain_until is None:
        text = _("nothing says how long to keep the record; add `retain_until: DATE`")
        yield "  " + _("look at this: {text}", text=text)
    for part in completeness(facts, words):
        counts = {"answered": part.asked - len(part.open), "all": part.asked}
        yield "  " + _("{who}: {answered} of {all} answered", who=part.title, **counts)
        yield from ("    " + _("not answered: {name}", name=name) for name in part.open)


def _places(document: Document, paths: tuple[str, ...]) -> Iterator[tuple[str | int, ...]]:
    for name in paths:
        place = place_of(document.data, name)
        if place in document.marks:
            yield place
