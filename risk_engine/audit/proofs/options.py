"""The control options of an indicator: each can help, none is a longer way to what a shorter one gives."""

from collections.abc import Iterator

from risk_engine.audit.proofs.ask import find, never, occurs
from risk_engine.audit.proofs.space import Space
from risk_engine.audit.proofs.watch import Watch
from risk_engine.backends.symbolic.findings import Finding, after
from risk_engine.backends.symbolic.terms import Term, both, either, every, negated, same, some
from risk_engine.language import _
from risk_engine.model.criteria import Option
from risk_engine.model.proof import Claim
from risk_engine.model.words import SEVERITIES

ABOVE_LOW = SEVERITIES.index("low") + 1
"""What is low already is the least that a finding can be."""


def of_indicator(name: str, space: Space) -> Iterator[Claim]:
    """Yield the claims about the control options of one indicator, in a space of its own."""
    found = space.reading.finding(name)
    yield _reducible(name, space, found)
    for number, option in enumerate(found.indicator.controls):
        statement = _("{indicator}: {option} can help", indicator=name, option=_called(option))
        watched = [Watch("finding", name, "severity"), Watch("finding", name, "residual")]
        verdict, shown = find(space, watched, *_helps(found, number), *_only(space, option))
        yield occurs("options", name, statement, verdict, shown, _("it lowers nothing and cures nothing in any case"))
        for other, shorter in enumerate(found.indicator.controls):
            if _is_shorter(space, option, shorter):
                yield _worth(name, space, found, number, other)


def _reducible(name: str, space: Space, found: Finding) -> Claim:
    statement = _(
        "{indicator} can always be reduced by a control option, or the set says that it cannot", indicator=name
    )
    if found.indicator.irreducible is not None:
        claim = never("options", name, statement, "impossible", (), why=found.indicator.irreducible)
        return claim.model_copy(update={"is_by_form": True})
    helps = [both(*_helps(found, number)) for number in range(len(found.indicator.controls))]
    lost = [found.inherent[ABOVE_LOW], *(negated(one) for one in helps)]
    settled = [same(pair.must, pair.may) for pair in (*found.counts, *(pair for _kind, pair in found.bars))]
    verdict, shown = find(space, [Watch("finding", name, "severity")], *lost, *settled, *_none(space))
    return never("options", name, statement, verdict, () if shown is None else (shown,))


def _helps(found: Finding, number: int) -> list[Term]:
    """Return that an option counts, and lowers the severity or cures a knock-out once it is complete."""
    option = found.indicator.controls[number]
    left = after(option, found.inherent)
    lower = some(both(one, negated(other)) for one, other in zip(found.inherent, left, strict=True))
    barred = some(pair.must for _kind, pair in found.bars)
    return [found.present, found.counts[number].must, either(lower, barred)]


def _only(space: Space, option: Option) -> list[Term]:
    return [one if name in option.all else negated(one) for name, one in space.blanks.controls.items()]


def _none(space: Space) -> list[Term]:
    return [negated(one) for one in space.blanks.controls.values()]


def _is_shorter(space: Space, option: Option, other: Option) -> bool:
    """Return whether another option asks for less; a control that only supports is advisable anyway, so no more."""
    more = set(option.all) - set(other.all)
    return set(other.all) < set(option.all) and any(not space.reading.criteria.controls[one].supporting for one in more)


def _worth(name: str, space: Space, found: Finding, number: int, other: int) -> Claim:
    option, shorter = (found.indicator.controls[one] for one in (number, other))
    left, without = after(option, found.inherent), after(shorter, found.inherent)
    lower = some(both(one, negated(level)) for level, one in zip(left, without, strict=True))
    better = either(negated(found.counts[other].must), lower)
    statement = _(
        "{indicator}: {option} can help more than {shorter}",
        indicator=name,
        option=_called(option),
        shorter=_called(shorter),
    )
    goal = [*_helps(found, number), better, every(_only(space, option))]
    verdict, shown = find(space, [Watch("finding", name, "severity"), Watch("finding", name, "residual")], *goal)
    return occurs("options", name, statement, verdict, shown, _("what it asks for more gives nothing in any case"))


def _called(option: Option) -> str:
    return " + ".join(option.all)
