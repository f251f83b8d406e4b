"""By which version of which criteria a case is read, and on which day: what is asked for, else what the case says."""

from datetime import date

from risk_engine.diagnostics import Diagnostic, InvalidSourceError, NotInForceError
from risk_engine.language import _
from risk_engine.loading.case import case_of, stated_criteria, stated_date
from risk_engine.loading.choose import Chosen, choose
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import UnknownSetError
from risk_engine.loading.validate import validated
from risk_engine.model.case import Case
from risk_engine.source import Document

DATE = "assessment_date"


def basis(
    document: Document, reference: str | None, on: date | None, *, instead: date | None = None
) -> tuple[date | None, Chosen]:
    """Return the day and the version for a case; without a day that anybody names (then None) that of `instead`.

    The day is None also where the case says something else than a date, which `case_of` reports. What is wrong with
    what was asked for raises what `choose` raises. Where it is the case that names no such set, or a day on which none
    is in force, InvalidSourceError says where, with everything else that is wrong in the file.
    """
    day, stated = on or stated_date(document), stated_criteria(document)
    try:
        return day, choose(reference or stated, day or instead)
    except UnknownSetError as error:
        if reference is not None or stated is None:
            raise
        problem = document.problem(("criteria",), error.message, error.way_out)
        core = {key: value for key, value in document.data.items() if key in Case.model_fields}
        others: list[Diagnostic] = list(document.problems)
        validated(Case, core, document, (), others)
        raise InvalidSourceError([problem, *others]) from None
    except NotInForceError as error:
        if on is not None or day is None:
            raise
        raise with_others(not_in_force(document, error), document, choose(reference or stated, None)) from None


def with_others(problem: Diagnostic, document: Document, chosen: Chosen) -> InvalidSourceError:
    """Return the error with a problem of a case and all others that it has under a version."""
    criteria = read_criteria(chosen.version.path)
    try:
        case_of(document, criteria)
    except InvalidSourceError as error:
        return InvalidSourceError([problem, *error.diagnostics])
    return InvalidSourceError([problem])


def no_day(document: Document) -> Diagnostic:
    """Return the problem of a case for which nobody names a day."""
    message = _("the case has no `{key}:`", key=DATE)
    return document.problem((DATE,), message, _("add one, or name a day with `--on`"))


def not_in_force(document: Document, error: NotInForceError) -> Diagnostic:
    """Return the problem of a case that names a day on which nothing is in force."""
    return document.problem((DATE,), error.message, error.way_out)


def has_day(document: Document) -> bool:
    """Return whether a case says anything at all where its day stands; whether that is a date, `case_of` says."""
    return document.data.get(DATE) is not None
