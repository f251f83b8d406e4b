"""Whose answer stands where two contradict: what a person says about that at the command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from risk_engine.diagnostics import RiskEngineError, quoted
from risk_engine.language import _

CASE, NEW = "case", "new"
"""Whose answer stands where two contradict: that of the case, or the one that comes later."""


@dataclass(frozen=True)
class Preference:
    """Whose answer stands where two contradict: for all of them, and for single answers by their path."""

    all: str | None = None
    single: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str], files: Sequence[str]) -> "Preference":
        """Return what `case`, `new`, a file's name or `PATH=…` mean; raise RiskEngineError for anything else."""
        every: str | None = None
        single: dict[str, str] = {}
        for word in words:
            path, _sign, who = word.rpartition("=") if word not in files else ("", "", word)
            if who not in {CASE, NEW, *files}:
                known = quoted((CASE, NEW, *files))
                raise RiskEngineError(
                    _("`--prefer {word}` names none of {known}", word=word, known=known),
                    _("or write `PATH=` before it"),
                )
            if path:
                single[path] = who
            else:
                every = who
        return cls(every, single)

    def of_path(self, path: str) -> str | None:
        """Return whose answer stands for a path, None if nobody said."""
        return self.single.get(path, self.all)
