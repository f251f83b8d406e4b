"""What is wrong with a questionnaire that came back: where in the file, what, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from risk_engine.diagnostics import MissingExtraError, RiskEngineError, help_line, printable
from risk_engine.language import _


@dataclass(frozen=True)
class FormProblem:
    """One problem in one place, such as `answers.xlsx: Partner!C12`."""

    place: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        said = f"{self.place}: {self.message}{help_line(self.help)}"
        return "\n".join(printable(line) for line in said.split("\n"))


class InvalidFormError(RiskEngineError):
    """Questionnaires cannot be taken as they are; `problems` holds every one, file by file in their order."""

    def __init__(self, problems: Iterable[FormProblem], help_text: str = "") -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(one) for one in self.problems) + help_line(help_text))


def no_office() -> MissingExtraError:
    """Return the error that the libraries for office files are not installed."""
    return MissingExtraError(_("questionnaires need two libraries that are not installed"), "office")


def file_error(path: Path, message: str, help_text: str = "") -> InvalidFormError:
    """Return the error for a file as a whole."""
    return InvalidFormError([FormProblem(path.as_posix(), message, help_text)])
