"""The mutation check in words: a table per operator, then every mutant that survives without a reason."""

from collections.abc import Iterator, Sequence

from risk_engine.audit.mutants.check import MutationCheck, Tally
from risk_engine.language import N_, _

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
