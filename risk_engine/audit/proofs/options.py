"""The control options of an indicator: each can help, none is a longer way to what a shorter one gives."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import by_form, find, never, occurs, worked
from risk_engine.engine.work import Worked
from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet, Option
from risk_engine.model.proof import Claim
from risk_engine.model.words import SEVERITIES
from risk_engine.solver.confirm import SolverMismatchError, Watch
from risk_engine.solver.findings import Finding, after
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Order, Term, both, either, every, negated, same, some

ABOVE_LOW = SEVERITIES.index("low") + 1
"""What is low already need not be lowered."""


def of_indicator(name: str, space: Space) -> Iterator[Claim]:
    """Yield the claims about the control options of one indicator, in a space of its own."""
    found = space.reading.finding(name)
    watched = [Watch("finding", name, "severity"), Watch("finding", name, "residual")]
    yield _reducible(name, space, found)
    for number, option in enumerate(found.indicator.controls):
        statement = _("{indicator}: {option} can help", indicator=name, option=_called(option))
        verdict, shown = find(space, watched, *_helps(found, number), *_only(space, option))
        yield occurs("options", name, statement, verdict, shown, _("It lowers nothing and cures nothing in any case"))
        for other, shorter in enumerate(found.indicator.controls):
            if _is_shorter(space.reading.criteria, option, shorter):
                statement = _(
                    "{indicator}: {option} can help more than {shorter}",
                    indicator=name,
                    option=_called(option),
                    shorter=_called(shorter),
                )
                verdict, shown = find(space, watched, *_helps_more(found, number, other), *_only(space, option))
                why = _("What it asks for beyond that gives nothing in any case")
                yield occurs("options", name, statement, verdict, shown, why)


def _reducible(name: str, space: Space, found: Finding) -> Claim:
    """Return whether there is always an option that lowers a finding above low, or cures what bars it.

    Where no option counts at all, it is enough that the set says so.
    """
    statement = _(
        "{indicator} can always be lowered, or its knock-out cured, by an option, or the set says that it cannot",
        indicator=name,
    )
    options = range(len(found.indicator.controls))
    said = found.indicator.irreducible
    if said is not None and not options:
        return by_form(never("options", name, statement, "impossible", (), why=said))
    barred = some(pair.must for _kind, pair in found.bars)
    needed = both(found.present, either(found.inherent[ABOVE_LOW], barred))
    # Of an open finding the answers that are missing say which severity is to be lowered.
    settled = [same(low, high) for low, high in zip(found.inherent, found.possible, strict=True)]
    settled += [same(pair.must, pair.may) for pair in (*found.counts, *(pair for _kind, pair in found.bars))]
    # Where nothing counts the report says what the set has to say of that, and nothing else.
    unsaid = True if said is None else some(pair.must for pair in found.counts)
    helpless = [negated(both(*_helps(found, number))) for number in options]
    watched = [Watch("finding", name, "severity"), Watch("finding", name, "knock_out")]
    verdict, got = worked(space, watched, needed, unsaid, *settled, *helpless, *_none(space))
    if got is not None:
        _confirm_helpless(name, got[1])
    why = _("No option that counts there helps") if verdict == "possible" else said or ""
    return never("options", name, statement, verdict, () if got is None else got[:1], why=why)


def _confirm_helpless(name: str, got: Worked) -> None:
    """Raise SolverMismatchError where the engine knows an option that helps."""
    finding = next(one for one in got.found if one.id == name)
    is_barred = finding.knock_out[0] != "none"
    for one in finding.options:
        if one.counts and (is_barred or one.residual != finding.possible):
            raise SolverMismatchError(f"{name}: {_called(one.option)} helps in {got.case.model_dump(mode='json')}")


def _helps(found: Finding, number: int) -> list[Term]:
    """Return that an option counts, and lowers the severity or cures a knock-out once it is complete."""
    barred = some(pair.must for _kind, pair in found.bars)
    left = after(found.indicator.controls[number], found.inherent)
    return [found.present, found.counts[number].must, either(_is_lower(left, found.inherent), barred)]


def _helps_more(found: Finding, number: int, other: int) -> list[Term]:
    """Return that an option helps where a shorter one does not count, or leaves more."""
    left, without = (after(found.indicator.controls[one], found.inherent) for one in (number, other))
    return [*_helps(found, number), either(negated(found.counts[other].may), _is_lower(left, without))]


def _is_lower(one: Order, other: Order) -> Term:
    return some(both(level, negated(reached)) for reached, level in zip(one, other, strict=True))


def _only(space: Space, option: Option) -> list[Term]:
    return [every(term if name in option.all else negated(term) for name, term in space.blanks.controls.items())]


def _none(space: Space) -> list[Term]:
    return [negated(one) for one in space.blanks.controls.values()]


def _is_shorter(criteria: CriteriaSet, option: Option, other: Option) -> bool:
    """Return whether another option asks for less; a control that only supports is advisable anyway, so no more."""
    more = set(option.all) - set(other.all)
    return set(other.all) < set(option.all) and any(not criteria.controls[one].supporting for one in more)


def _called(option: Option) -> str:
    return " + ".join(option.all)
