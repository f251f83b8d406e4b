"""How an interview ends at a terminal: the full report, as a file, if somebody wants it."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from risk_engine.cli.dialogue import Dialogue
from risk_engine.diagnostics import RiskEngineError, reason
from risk_engine.interview.lines import Asked
from risk_engine.language import _

if TYPE_CHECKING:
    from risk_engine.model.explanation import Explanation

ENDINGS = ("html", "pdf", "docx", "md")


def offer_report(assessment: "Explanation", case: Path, dialogue: Dialogue) -> bool:
    """Ask whether to write the full report, until it is written or not wanted; return whether it is written."""
    from risk_engine.cli.output import form_of, put_document
    from risk_engine.report import DocumentForm
    from risk_engine.report.view import view

    asked = Asked(_("Write the full report? Type a file name that ends in .html, .pdf, .docx or .md; Enter: no."))
    while (target := dialogue.until_read(asked, lambda line: _target(line, case))) is not None and target.name:
        try:
            put_document(view(assessment), form_of(target, get_args(DocumentForm)), target)
        except RiskEngineError as error:
            dialogue.say(f"{error}")
        else:
            return True
    return False


def _ending(path: Path) -> str:
    return path.suffix.casefold().removeprefix(".")


def _target(line: str, case: Path) -> Path:
    """Return the file that a line names, one without a name for none; raise WrongError where it cannot be written."""
    from risk_engine.forms.fields import WrongError
    from risk_engine.interview.lines import is_no
    from risk_engine.writing import check_folder, check_new, keep_inputs

    if not line or is_no(line):
        return Path()
    try:
        path = Path(line).expanduser()
    except RuntimeError as error:  # there is no such home
        raise WrongError(f"{error}", _("type the whole path")) from error
    if _ending(path) not in ENDINGS or not line.isprintable():
        message = _("“{text}” does not end in .html, .pdf, .docx or .md", text=line)
        raise WrongError(message, _("type a file name like report.html; Enter: no report"))
    try:
        check_folder(path)
        keep_inputs(path, [case])
        check_new(path, _("choose another name"))
    except RiskEngineError as error:
        raise WrongError(error.message, error.way_out) from error
    except OSError as error:  # a name that is too long, for example
        raise WrongError(reason(error), _("choose another name")) from error
    return path
