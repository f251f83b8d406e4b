"""Facts to findings: for each indicator what holds, what may hold, and what the controls in place leave of it.

Design, section 8: inherent, possible, residual, knock-outs and their cure; section 9: options whose `when` is unknown.
A control is in place only with evidence on record that is not dated after the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts, Read, Truth
from risk_engine.files.once import once
from risk_engine.model.case import Case, ControlRecord, Evidence
from risk_engine.model.criteria import Criteria, Indicator, Option, knock_out_conditions, severity_conditions
from risk_engine.model.profile import Profile
from risk_engine.model.words import (
    CAP_WITHOUT_POLICY,
    IN_PLACE,
    KNOCK_OUTS,
    SEVERITIES,
    KnockOut,
    KnockOutKind,
    Outcome,
    Severity,
)

if TYPE_CHECKING:
    from risk_engine.engine.program import Decided

T = TypeVar("T")
CountsAs: TypeAlias = Literal["planned", "agreed", "in_place"]


class ControlState(NamedTuple):
    """What a case says of a control, and as what it counts."""

    record: ControlRecord
    counts_as: CountsAs
    dated_later: tuple[Evidence, ...]
    kinds: frozenset[str] = frozenset()
    """Of which kinds its evidence is that counts."""

    def shows(self, needs: Sequence[str]) -> bool:
        """Return whether it is in place, with evidence of one of these kinds where any are needed."""
        return self.counts_as == "in_place" and (not needs or not self.kinds.isdisjoint(needs))


def control_states(case: Case, on: date) -> Mapping[str, ControlState]:
    """Return the controls that the case lists, by id; one that it does not list is not in place."""
    return {record.id: _state(record, on) for record in case.controls}


def _state(record: ControlRecord, on: date) -> ControlState:
    later = tuple(one for one in record.evidence if one.date > on)
    counts_as: CountsAs
    if record.status in IN_PLACE:
        counts_as = "in_place" if len(record.evidence) > len(later) else "agreed"
    else:
        counts_as = "planned" if record.status == "planned" else "agreed"
    return ControlState(record, counts_as, later, frozenset(one.kind for one in record.evidence if one.date <= on))


class FoundOption(NamedTuple):
    """One control option of a finding: whether it counts, which of its controls are not in place, what it leaves.

    Not in place for it is also a control that has no evidence of a kind that the option needs.
    """

    option: Option
    counts: bool | None
    lacking: tuple[str, ...]
    residual: Severity


@dataclass(frozen=True, slots=True)
class Found:
    """What one indicator came to; pairs are (at least, at most)."""

    id: str
    indicator: Indicator
    outcome: Outcome
    inherent: Severity
    possible: Severity
    residual: tuple[Severity, Severity]
    expected: tuple[Severity, Severity]
    knock_out: tuple[KnockOut, KnockOut]
    """The strongest that is not cured."""
    knock_out_before: tuple[KnockOut, KnockOut]
    """The strongest, cured or not."""
    open: bool
    reads: tuple[Read, ...]
    bars: tuple[Read, ...]
    """What its knock-outs, and the conditions of its control options, rest on."""
    missing: tuple[Read, ...]
    options: tuple[FoundOption, ...]


def find(
    facts: Facts,
    criteria: Criteria,
    on: date,
    controls: Mapping[str, ControlState],
    profile: Profile | None = None,
    decided: "Decided | None" = None,
) -> tuple[Found, ...]:
    """Return what every indicator that is in force on the day came to, in the order of the set.

    What a program decided to be absent is not read.
    """
    if decided is None:
        return tuple(
            find_one(name, facts, criteria, on, controls, profile)
            for name, indicator in criteria.indicators.items()
            if indicator.effective.covers(on)
        )
    absent = _absent_of(criteria)
    return tuple(
        find_one(name, facts, criteria, on, controls, profile) if name in decided.findings else absent[name]
        for name in decided.in_force
    )


def find_one(
    name: str, facts: Facts, criteria: Criteria, on: date, controls: Mapping[str, ControlState], profile: Profile | None
) -> Found:
    """Return what one indicator came to, in all readings of the answers together."""
    indicator, off = criteria.indicators[name], _without_policy(name, on, profile)
    stated = _found(name, indicator, facts, controls, without_policy=off)
    if facts.again is None:
        return stated
    if facts.aside is not None:
        stated = _at_least(stated, _found(name, indicator, facts.aside, controls, without_policy=off))
    again = _found(name, indicator, facts.again, controls, without_policy=off)
    return _reopened(stated, again, facts.again)


def _without_policy(indicator: str, on: date, profile: Profile | None) -> bool:
    off = profile.policy_knock_outs_off.get(indicator) if profile else None
    return off is not None and off.applies(on)


def _found(
    name: str,
    indicator: Indicator,
    facts: Facts,
    controls: Mapping[str, ControlState],
    *,
    without_policy: bool,
) -> Found:
    truths = [(severity, evaluate(condition, facts)) for severity, condition in severity_conditions(indicator)]
    if all(truth.value is False for _, truth in truths):
        return _absent(name, indicator, truths)
    cap: Severity = CAP_WITHOUT_POLICY if without_policy else "critical"
    inherent = _lower(cap, _highest(truths, {True}))
    possible = _lower(cap, _highest(truths, {True, None}))
    outcome: Outcome = "present" if inherent != "none" else "undetermined"
    knock_outs = [
        (kind, evaluate(condition, facts))
        for kind, condition in knock_out_conditions(indicator)
        if not (without_policy and kind == "policy")
    ]
    counts = [Truth(value=True) if one.when is None else evaluate(one.when, facts) for one in indicator.controls]
    options = [
        FoundOption(
            option,
            truth.value,
            tuple(one for one in option.all if one not in controls or not controls[one].shows(option.needs)),
            _after(option, possible),
        )
        for option, truth in zip(indicator.controls, counts, strict=True)
    ]
    complete = [one for one in options if not one.lacking]
    agreed = {one for one, state in controls.items() if state.counts_as != "planned"}
    higher = [
        truth for severity, truth in truths if SEVERITIES.index(_lower(cap, severity)) > SEVERITIES.index(inherent)
    ]
    is_open = (
        possible != inherent
        or any(one.value is None for _, one in knock_outs)
        or any(one.value is None for one in counts)
    )
    return Found(
        id=name,
        indicator=indicator,
        outcome=outcome,
        inherent=inherent,
        possible=possible,
        residual=_residual(inherent, possible, complete),
        expected=_residual(inherent, possible, [one for one in options if agreed.issuperset(one.option.all)]),
        knock_out=_knock_out(outcome, knock_outs, complete),
        knock_out_before=_knock_out(outcome, knock_outs, ()),
        open=is_open,
        reads=_made_by(outcome, inherent, truths),
        bars=_bars(knock_outs, counts),
        missing=_missing(higher, [*(truth for _, truth in knock_outs), *counts]) if is_open else (),
        options=tuple(options),
    )


def _at_least(stated: Found, aside: Found) -> Found:
    """Return a finding of a case with superfluous answers, which it is `aside` without: the worse of both in all.

    What is certain without them stays so: to answer more than is asked makes nothing milder.
    """
    first = max(stated, aside, key=lambda one: (SEVERITIES.index(one.inherent), SEVERITIES.index(one.possible)))
    possible = max(stated.possible, aside.possible, key=SEVERITIES.index)
    return replace(
        first,
        possible=possible,
        residual=_worse(stated.residual, aside.residual, SEVERITIES),
        expected=_worse(stated.expected, aside.expected, SEVERITIES),
        knock_out=_worse(stated.knock_out, aside.knock_out, KNOCK_OUTS),
        knock_out_before=_worse(stated.knock_out_before, aside.knock_out_before, KNOCK_OUTS),
        open=stated.open or aside.open,
        missing=tuple(dict.fromkeys((*stated.missing, *aside.missing))),
        options=tuple(one._replace(residual=_after(one.option, possible)) for one in first.options),
    )


def _worse(one: tuple[T, T], other: tuple[T, T], order: Sequence[T]) -> tuple[T, T]:
    """Return the worse of two pairs, at each end."""
    return max(one[0], other[0], key=order.index), max(one[1], other[1], key=order.index)


def _reopened(stated: Found, again: Found, without: Facts) -> Found:
    """Return a finding of a case whose answers contradict each other; `again` is that of the facts `without` them.

    What is certain stays as it was stated, what may be is the worse of both: no contradiction makes anything milder.
    """
    possible = max(stated.possible, again.possible, key=SEVERITIES.index)
    wider = replace(
        stated,
        possible=possible,
        residual=(stated.residual[0], _worse(stated.residual, again.residual, SEVERITIES)[1]),
        expected=(stated.expected[0], _worse(stated.expected, again.expected, SEVERITIES)[1]),
        knock_out=(stated.knock_out[0], _worse(stated.knock_out, again.knock_out, KNOCK_OUTS)[1]),
        knock_out_before=(
            stated.knock_out_before[0],
            _worse(stated.knock_out_before, again.knock_out_before, KNOCK_OUTS)[1],
        ),
    )
    if (wider.possible, wider.residual, wider.knock_out) == (stated.possible, stated.residual, stated.knock_out):
        return wider
    # Of what is absent as it was stated, the other reading alone names facts and options.
    named = again if stated.outcome == "absent" else stated
    missing = (*stated.missing, *(one for read in again.missing for one in without.to_ask(read)))
    return replace(
        wider,
        outcome="undetermined" if stated.outcome == "absent" else stated.outcome,
        open=True,
        reads=named.reads,
        bars=named.bars,
        missing=tuple(dict.fromkeys(missing)),
        options=tuple(one._replace(residual=_after(one.option, possible)) for one in named.options),
    )


def _absent(name: str, indicator: Indicator, truths: Sequence[tuple[Severity, Truth]]) -> Found:
    """Return what is certainly not there: nothing bars it, nothing could raise it, and nothing needs to lower it."""
    return Found(
        id=name,
        indicator=indicator,
        outcome="absent",
        inherent="none",
        possible="none",
        residual=("none", "none"),
        expected=("none", "none"),
        knock_out=("none", "none"),
        knock_out_before=("none", "none"),
        open=False,
        reads=_made_by("absent", "none", truths),
        bars=(),
        missing=(),
        options=(),
    )


@once
def _absent_of(criteria: Criteria) -> Mapping[str, Found]:
    """Return the finding of every indicator that is known to be absent: of no case it is another one."""
    return {name: _absent(name, indicator, ()) for name, indicator in criteria.indicators.items()}


def absent_reads(indicator: Indicator, facts: Facts) -> tuple[Read, ...]:
    """Return the facts that make an absent finding so: a record names the finding alone."""
    truths = [(severity, evaluate(condition, facts)) for severity, condition in severity_conditions(indicator)]
    return _made_by("absent", "none", truths)


def _highest(truths: Sequence[tuple[Severity, Truth]], wanted: set[bool | None]) -> Severity:
    return next((severity for severity, truth in reversed(truths) if truth.value in wanted), "none")


def _lower(one: Severity, other: Severity) -> Severity:
    return min(one, other, key=SEVERITIES.index)


def _after(option: Option, severity: Severity) -> Severity:
    """Return what a complete option leaves of a severity; never more than it was."""
    if option.residual is not None:
        return _lower(option.residual, severity)
    return SEVERITIES[max(0, SEVERITIES.index(severity) - (option.lowers_by or 0))]


def _residual(inherent: Severity, possible: Severity, complete: Sequence[FoundOption]) -> tuple[Severity, Severity]:
    """Return the lowest that complete options give: the lower bound takes those that may count, the upper does not."""
    at_least = [_after(one.option, inherent) for one in complete if one.counts is not False]
    at_most = [_after(one.option, possible) for one in complete if one.counts is True]
    return (
        min([inherent, *at_least], key=SEVERITIES.index),
        min([possible, *at_most], key=SEVERITIES.index),
    )


def _knock_out(
    outcome: Outcome, kinds: Sequence[tuple[KnockOutKind, Truth]], complete: Sequence[FoundOption]
) -> tuple[KnockOut, KnockOut]:
    """Return the strongest knock-out not cured: for certain on present findings, possibly on undetermined ones."""
    certain: list[KnockOut] = ["none"]
    possible: list[KnockOut] = ["none"]
    if outcome == "present" and not any(one.counts is not False for one in complete):
        certain += [kind for kind, truth in kinds if truth.value is True]
    if not any(one.counts is True for one in complete):
        possible += [kind for kind, truth in kinds if truth.value is not False]
    return max(certain, key=KNOCK_OUTS.index), max(possible, key=KNOCK_OUTS.index)


def _made_by(outcome: Outcome, inherent: Severity, truths: Sequence[tuple[Severity, Truth]]) -> tuple[Read, ...]:
    """Return the facts that made the outcome: the condition that counted, or those that do not."""
    if outcome == "present":
        reads = [truth.reads for severity, truth in truths if truth.value is True and severity == inherent]
        # A capped severity has no condition of its own that held: then every one that held made it so.
        reads = reads or [truth.reads for _, truth in truths if truth.value is True]
    elif outcome == "undetermined":
        reads = [truth.reads for _, truth in truths if truth.value is None]
    else:
        reads = [truth.reads for _, truth in truths]
    return tuple(dict.fromkeys(read for one in reads for read in one))


def _missing(higher: Sequence[Truth], others: Sequence[Truth]) -> tuple[Read, ...]:
    """Return the unanswered facts that could raise the finding: its higher severities, knock-outs, lost options."""
    return tuple(dict.fromkeys(read for one in [*higher, *others] if one.value is None for read in one.reads))


def _bars(knock_outs: Sequence[tuple[KnockOutKind, Truth]], counts: Sequence[Truth]) -> tuple[Read, ...]:
    """Return the facts that make knock-outs hold and control options count or not."""
    settled = [*(one for _, one in knock_outs if one.value is True), *(one for one in counts if one.value is not None)]
    return tuple(dict.fromkeys(read for one in settled for read in one.reads))
