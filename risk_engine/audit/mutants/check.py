"""The mutation check of one version: every mutant, the case that notices it, or the reason why none can."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from risk_engine.audit.cases import runs
from risk_engine.audit.mutants.every import chosen, mutants
from risk_engine.audit.mutants.variations import Mutant, Operator
from risk_engine.audit.mutants.verdict import Suite
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, nearest, quoted
from risk_engine.files.language import N_, _
from risk_engine.files.processes import Tell, spread
from risk_engine.files.source import MAX_SET_BYTES, read
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import MUTANTS
from risk_engine.model.companion_files import MutantReasons
from risk_engine.model.criteria import Criteria

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
    document = read(folder / FILE, most=MAX_SET_BYTES)
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


PART = 16
"""So many mutants, mostly of one record, are tried in one go."""


@dataclass(frozen=True)
class Tried:
    """A mutant and the case that turns red under it; without one it survives, perhaps for a reason."""

    mutant: Mutant
    killer: str | None
    reason: str | None


@dataclass(frozen=True)
class Tally:
    """How the mutants of one operator fared."""

    mutants: int
    killed: int
    explained: int
    surviving: int


@dataclass(frozen=True)
class MutationCheck:
    """What the check of a version came to."""

    cases: int
    tried: tuple[Tried, ...]
    stale: tuple[Diagnostic, ...]
    """Reasons for mutants that a case notices after all."""

    @property
    def surviving(self) -> tuple[Tried, ...]:
        """The mutants that survive without a reason."""
        return tuple(one for one in self.tried if one.killer is None and one.reason is None)

    @property
    def passed(self) -> bool:
        """Whether every mutant is killed or explained, and no reason is stale."""
        return not self.surviving and not self.stale

    def tallies(self) -> dict[Operator, Tally]:
        """Return how the mutants fared by operator, in the order of the operators; those without mutants left out."""
        all_of = Counter(one.mutant.operator for one in self.tried)
        killed = Counter(one.mutant.operator for one in self.tried if one.killer is not None)
        surviving = Counter(one.mutant.operator for one in self.surviving)
        return {
            one: Tally(all_of[one], killed[one], all_of[one] - killed[one] - surviving[one], surviving[one])
            for one in Operator
            if all_of[one]
        }


def check_mutants(
    folder: Path, only: Sequence[str] = (), *, jobs: int = 1, tell: Tell = lambda *_: None
) -> MutationCheck:
    """Try every mutant of the version in `folder`, or those that one of the prefixes `only` means, in `jobs` processes.

    `tell` is called with how many of how many mutants are tried. Raises InvalidSourceError where the set, its cases or
    its reasons cannot be used, RiskEngineError where a case fails without any change or a prefix means no mutant.
    """
    criteria = read_criteria(folder)
    every = tuple(mutants(criteria))
    stated = reasons(folder, {one.name for one in every})
    wanted = _chosen(every, only)
    suite = _suite(criteria, folder)
    killers: list[str | None] = []
    starts = range(0, len(wanted), PART)
    for part in spread(_killers, (suite, wanted), starts, jobs, partial(_made, folder, tuple(only))):
        killers += part
        tell(len(killers), len(wanted))
    tried = []
    for mutant, killer in zip(wanted, killers, strict=True):
        reason = stated.get(mutant.name)
        tried.append(Tried(mutant, killer, None if reason is None else reason.text))
    stale = [stated[one.mutant.name].is_killed for one in tried if one.killer is not None and one.reason is not None]
    return MutationCheck(len(suite.runs), tuple(tried), tuple(sorted(stale)))


def _chosen(every: tuple[Mutant, ...], only: Sequence[str]) -> tuple[Mutant, ...]:
    if not only:
        return every
    for prefix in only:
        if not any(chosen(one, prefix) for one in every):
            records = {one.record.partition(" ")[2] for one in every}
            near = nearest(prefix, records)
            way_out = (
                _("did you mean `{near}`?", near=near)
                if near
                else _("it begins like `SET-1`, `ladder NAME` or a whole place")
            )
            raise RiskEngineError(_("no mutant begins with `{prefix}`", prefix=prefix), way_out)
    return tuple(one for one in every if any(chosen(one, prefix) for prefix in only))


def _suite(criteria: Criteria, folder: Path) -> Suite:
    suite = Suite(criteria, runs(criteria))
    if failing := suite.failing():
        message = _("mutants say nothing while cases fail without any change: {cases}", cases=quoted(failing, "and"))
        raise RiskEngineError(message, _("mend what `risk-engine criteria test {folder}` shows", folder=folder))
    return suite


def _made(folder: Path, only: Sequence[str]) -> tuple[Suite, tuple[Mutant, ...]]:
    """Return what is tried anew, for a process that inherits nothing."""
    criteria = read_criteria(folder)
    return Suite(criteria, runs(criteria)), _chosen(tuple(mutants(criteria)), only)


def _killers(shared: tuple[Suite, tuple[Mutant, ...]], start: int) -> list[str | None]:
    """Return the case that notices each mutant of a part."""
    suite, wanted = shared
    return [suite.killer(mutant) for mutant in wanted[start : start + PART]]


WAY_OUT = N_(
    "Each is a change of the rules that no case notices: write a case that needs what was changed. Where none can tell "
    "the two apart, say why in mutants.yaml."
)


def lines(check: MutationCheck) -> Iterator[str]:
    """Yield the lines that tell what a check came to."""
    tallies = check.tallies()
    total = Tally(*(sum(column) for column in zip(*(_row(one) for one in tallies.values()), strict=True)))
    yield _line(_("operator"), (_("mutants"), _("killed"), _("explained"), _("surviving")))
    for operator, tally in tallies.items():
        yield _line(operator.value, _row(tally))
    yield _line(_("all"), _row(total))
    if check.surviving:
        yield ""
        for one in check.surviving:
            yield f"{one.mutant.name}  ({one.mutant.operator.value})"
            yield f"  {one.mutant.told}"
        yield ""
        yield _(WAY_OUT)
    if check.stale:
        yield ""
        yield from (str(one) for one in check.stale)


def _row(tally: Tally) -> tuple[int, int, int, int]:
    return tally.mutants, tally.killed, tally.explained, tally.surviving


def _line(name: str, cells: Sequence[int | str]) -> str:
    return "  ".join([f"{name:<16}", *(f"{one:>{width}}" for one, width in zip(cells, (7, 7, 9, 9), strict=True))])
