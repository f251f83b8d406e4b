"""One case file under several criteria sets or versions, to one comparison."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from risk_engine.canonical import canonical
from risk_engine.diagnostics import Diagnostic, InvalidCaseError, InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.engine.assess import assess, plain
from risk_engine.engine.explain import explain
from risk_engine.language import _
from risk_engine.loading.basis import has_day, no_day, not_in_force
from risk_engine.loading.case import case_of, located, read_case_file, stated_date
from risk_engine.loading.choose import Chosen, choose
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import Version
from risk_engine.loading.several import compared_sets, told
from risk_engine.model.assessment import Assessment
from risk_engine.model.comparison import SCHEMA, Compared, Comparison
from risk_engine.model.criteria import CriteriaSet
from risk_engine.portfolio.comparison.answers import not_asked, shared_answers
from risk_engine.portfolio.comparison.levels import relations
from risk_engine.source import Document
from risk_engine.version import __version__


def compare(path: Path, references: Sequence[str], on: date | None = None) -> Compared:
    """Return what one case file comes to under several criteria, and how that compares, in the current language.

    The file may state the facts of all of them. Raises RiskEngineError with everything that is wrong with it, under
    whichever of the criteria.
    """
    document = read_case_file(path)
    day = on or stated_date(document)
    if day is None and not has_day(document):
        raise InvalidSourceError([no_day(document), *document.problems])
    try:
        chosen = [choose(one, day) for one in references]
    except NotInForceError as error:
        if on is not None:
            raise
        raise InvalidSourceError([not_in_force(document, error), *document.problems]) from None
    _check_different([one.version for one in chosen])
    sets = [read_criteria(one.version.path) for one in chosen]
    parts, problems = told(document, (*sets, *compared_sets(document, day)))
    assessments: list[Assessment] = []
    found: list[tuple[CriteriaSet, tuple[Diagnostic, ...]]] = []
    for criteria, part, meant in zip(sets, parts, chosen, strict=False):
        try:
            assessments.append(_assess(part, criteria, day, meant))
        except InvalidSourceError as error:
            found.append((criteria, error.diagnostics))
    if problems or found:
        raise InvalidSourceError([*problems, *_each_once(found, len(sets))])
    comparison = Comparison.model_validate(
        {
            "schema": SCHEMA,
            "engine": __version__,
            "on": assessments[0].on,
            "case_id": assessments[0].case_id,
            "case_title": assessments[0].case_title,
            "assessments": tuple(assessments),
            "relations": tuple(relations(assessments, sets)),
            "shared_answers": tuple(shared_answers(assessments, sets)),
            "not_asked": tuple(not_asked(document, sets)),
        }
    )
    return Compared(comparison, tuple(map(explain, assessments, sets)))


def to_json(comparison: Comparison) -> bytes:
    """Return the canonical JSON of a comparison; each assessment in it is the one that `assess` writes."""
    content = comparison.model_dump(mode="json", by_alias=True, exclude={"assessments"})
    return canonical({**content, "assessments": [plain(one) for one in comparison.assessments]})


def _assess(document: Document, criteria: CriteriaSet, day: date | None, meant: Chosen) -> Assessment:
    case = case_of(document, criteria)
    try:
        return assess(case, criteria, day, in_force=meant.in_force, draft=meant.draft)
    except InvalidCaseError as error:
        raise located(error, document) from error


def _check_different(versions: Sequence[Version]) -> None:
    for number, one in enumerate(versions):
        if any(one.path.resolve() == other.path.resolve() for other in versions[:number]):
            message = _("{version} is named twice", version=one)
            raise RiskEngineError(message, _("name two sets, or two versions of one, `SET@VERSION`"))


def _each_once(found: Sequence[tuple[CriteriaSet, tuple[Diagnostic, ...]]], sets: int) -> list[Diagnostic]:
    """Return problems of a case under several sets: what all of them say once, the rest with the set that says it."""
    said: dict[Diagnostic, list[str]] = {}
    for criteria, diagnostics in found:
        for one in diagnostics:
            said.setdefault(one, []).append(f"{criteria.head.id} {criteria.head.version}")
    return [one if len(names) == sets else _under(", ".join(names), one) for one, names in said.items()]


def _under(names: str, problem: Diagnostic) -> Diagnostic:
    message = _("under {criteria}: {problem}", criteria=names, problem=problem.message)
    return Diagnostic(problem.position, message, problem.help, problem.source_line)
