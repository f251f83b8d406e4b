"""The reasons that a set gives for mutants that survive: mutants.yaml beside its cases.yaml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from risk_engine.diagnostics import Diagnostic, InvalidSourceError, nearest
from risk_engine.language import _
from risk_engine.loading.files import MUTANTS
from risk_engine.loading.validate import validated
from risk_engine.model.survivors import MutantReasons
from risk_engine.source import read

FILE = MUTANTS


@dataclass(frozen=True)
class Reason:
    """Why a mutant survives, and the diagnostic for the day on which it no longer does."""

    text: str
    is_killed: Diagnostic


def reasons(folder: Path, names: Collection[str]) -> Mapping[str, Reason]:
    """Return the reasons by name of the mutant; none where the version in `folder` has no such file.

    Raises InvalidSourceError with every problem of the file; `names` are those of all mutants of the set.
    """
    if not (folder / FILE).exists():
        return {}
    document = read(folder / FILE)
    problems: list[Diagnostic] = []
    stated = validated(MutantReasons, document.data, document, (), problems)
    found: dict[str, Reason] = {}
    for number, entry in enumerate(stated.survivors if stated is not None else ()):
        for place, name in enumerate(entry.mutants):
            loc = ("survivors", number, "mutants", place)
            if name in found:
                problems.append(
                    document.problem(loc, _("`{name}` has a reason already", name=name), _("keep one of the two"))
                )
            elif name not in names:
                problems.append(
                    document.problem(loc, _("there is no mutant `{name}`", name=name), _way_out(name, names))
                )
            else:
                message = _("a case turns red under `{name}`, so it needs no reason", name=name)
                found[name] = Reason(entry.because, document.problem(loc, message, _("take it out of the list")))
    if problems:
        raise InvalidSourceError(problems)
    return found


def _way_out(name: str, names: Collection[str]) -> str:
    near = nearest(name, names)
    return (
        _("did you mean `{near}`?", near=near) if near else _("what is gone from the set needs no reason; take it out")
    )
