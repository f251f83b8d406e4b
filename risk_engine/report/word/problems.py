"""What is wrong with an office template: where in it, what, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from risk_engine.diagnostics import RiskEngineError, help_line, printable
from risk_engine.language import _
from risk_engine.report.blocks import shortened

_SHOWN = 60
"""So many letters of a paragraph say where something stands."""


@dataclass(frozen=True)
class TemplateProblem:
    """One problem, near a text of the template if it stands somewhere."""

    message: str
    help: str = ""
    near: str = ""


class TemplateError(RiskEngineError):
    """A template cannot be used as it is; `problems` holds every one that was found, in the order of the template."""

    def __init__(self, path: Path, problems: Iterable[TemplateProblem]) -> None:
        self.path = path
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(self._said(one) for one in self.problems))

    def _said(self, one: TemplateProblem) -> str:
        place = self.path.as_posix()
        if near := shortened(" ".join(one.near.split()), _SHOWN):
            place = _("{file}, near `{text}`", file=place, text=near)
        return printable(f"{place}: {one.message}") + help_line(printable(one.help))
