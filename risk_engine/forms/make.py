"""A questionnaire made from a criteria set, or from a case: which file of what kind, as bytes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.resolve import resolve
from risk_engine.forms.ask import Known, form_for
from risk_engine.forms.form import Form
from risk_engine.forms.hints import told
from risk_engine.forms.problems import no_office
from risk_engine.loading.basis import basis
from risk_engine.loading.case import case_of, located, read_case_file
from risk_engine.loading.criteria import load_criteria, read_criteria
from risk_engine.loading.translation import criteria_in_words

ROOM_IN_DOCUMENT = 3
"""A document repeats all questions for each entry, so it has room for a few new ones only if nobody says how many."""


def questionnaire(  # noqa: PLR0913 (each is an option of the command)
    kind: str,
    *,
    criteria: str | None = None,
    on: date | None = None,
    role: str | None = None,
    case: Path | None = None,
    only: Sequence[str] = (),
    room: int | None = None,
    today: date | None = None,
) -> bytes:
    """Return the bytes of a questionnaire, `xlsx` or `docx`; raise RiskEngineError where none can be made.

    Where neither `on` nor the case names a day, the questions are those of the version in force `today`.
    """
    document = read_case_file(case) if case else None
    known: Known | None = None
    if document is None:
        rules = criteria_in_words(load_criteria(criteria, on or today))
    else:
        day, chosen = basis(document, criteria, on, instead=today)
        rules = criteria_in_words(read_criteria(chosen.version.path))
        stated = case_of(document, rules)
        try:
            known = Known(stated, resolve(stated, rules, day) if day else None)
        except InvalidCaseError as error:
            raise located(error, document) from error
    if kind == "docx" and room is None:
        room = ROOM_IN_DOCUMENT
    form = form_for(rules, role, known=known, only=only, room=room)
    return _written(kind, told(form, rules, known.facts if known else None))


def _written(kind: str, form: Form) -> bytes:
    try:
        if kind == "xlsx":
            from risk_engine.forms.xlsx_write import workbook

            return workbook(form)
        from risk_engine.forms.docx_write import document

        return document(form)
    except ModuleNotFoundError as error:
        raise no_office() from error
