"""An assessment and the criteria it was made under to its outlook: what would change the result."""

from collections.abc import Callable

from risk_engine.engine.work import Worked
from risk_engine.files.plain import canonical, digest
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.outlook import SCHEMA, Margins, NextQuestion, Outlook, WaysDown, outlook_digest
from risk_engine.outlook.distance import margins
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from risk_engine.outlook.ways import ways_down
from risk_engine.solver.solver import solver_name
from risk_engine.version import __version__

PARTS = 4
"""The parts that are looked for one after the other."""


def outlook(
    assessment: Assessment,
    worked: Worked,
    base: Case,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> Outlook:
    """Return what would change the result of an assessment.

    `worked` is its case worked out again, `base` the harmless case that completions stay near to (or the case itself);
    `tell` is told how many parts of how many are done. Raises SolverMismatchError, a defect of this program, where the
    engine says anything else of a case than the solver.
    """
    tell(0, PARTS)
    still = StillOpen(worked, base)
    ranges = exact_ranges(still)
    tell(1, PARTS)
    questions = next_questions(still, ranges)
    tell(2, PARTS)
    ways = ways_down(worked)
    tell(3, PARTS)
    firm = margins(worked)
    tell(PARTS, PARTS)
    found = _outlook(assessment, base, ways, questions).model_copy(
        update={
            "entries": {name: still.blanks.bounds[name] for name in still.blanks.opened.lists},
            "ranges": ranges,
            "margins": firm,
        }
    )
    return found.model_copy(update={"digest": outlook_digest(found)})


def for_first_page(assessment: Assessment, worked: Worked, base: Case) -> Outlook:
    """Return the part of an outlook that is soon found: ways down, and which questions decide. It is never stored."""
    still = StillOpen(worked, base)
    return _outlook(assessment, base, ways_down(worked), next_questions(still, exact_ranges(still)))


def _outlook(
    assessment: Assessment, base: Case, ways: tuple[WaysDown, ...], questions: tuple[NextQuestion, ...]
) -> Outlook:
    return Outlook(
        schema_=SCHEMA,
        engine=__version__,
        solver=solver_name(),
        base=digest(base.model_dump(mode="json", by_alias=True, exclude_none=True)),
        assessment=assessment.digest,
        case_id=assessment.case_id,
        on=assessment.on,
        entries={},
        ranges=(),
        questions=questions,
        ways=ways,
        margins=Margins(),
        digest="",
    )


def to_json(outlook: Outlook) -> bytes:
    """Return the canonical JSON of an outlook."""
    return canonical(outlook.model_dump(mode="json", by_alias=True))
