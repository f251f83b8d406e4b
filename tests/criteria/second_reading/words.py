"""The words of the second reading: what an indicator of the catalogue says, and the answers that it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["none", "low", "moderate", "high", "critical"]
KnockOut: TypeAlias = Literal["none", "hold", "funding", "policy", "legal"]
Answers: TypeAlias = dict[str, Any]
"""What one entry answers, by the name of the fact."""

SEVERITIES: tuple[Severity, ...] = ("none", "low", "moderate", "high", "critical")
KNOCK_OUTS: tuple[KnockOut, ...] = ("none", "hold", "funding", "policy", "legal")
"""Weakest first, as section 1 of the catalogue and section 8 of the design order them."""

EU_INTEREST = "eu_interest"
FRAMEWORK = "framework_conditions"
VALUES = "standards_values"


class Case(NamedTuple):
    """A case whose every question is answered, with what the table of places adds."""

    on: date
    collaboration: Answers
    partner: Sequence[Answers]
    person: Sequence[Answers]
    technology: Sequence[Answers]
    activity: Sequence[Answers]
    data: Sequence[Answers]
    funding: Sequence[Answers]
    ip: Answers
    ethics: Answers
    briefing: Answers


Condition: TypeAlias = Callable[[Case], bool]


def always(_: Case) -> bool:
    """Hold in every case."""
    return True


KIND_OF: dict[str, tuple[str, ...]] = {
    "CTL-01": ("classification",),
    "CTL-02": ("authorisation", "authority_reply"),
    "CTL-04": ("contract",),
    "CTL-05": ("changed_proposal",),
    "CTL-06": ("changed_proposal",),
    "CTL-07": ("due_diligence",),
    "CTL-15": ("transfer_assessment",),
    "CTL-16": ("impact_assessment",),
    "CTL-17": ("permit",),
    "CTL-18": ("contract",),
    "CTL-19": ("contract",),
    "CTL-20": ("contract",),
    "CTL-21": ("contract",),
    "CTL-23": ("funder_consent",),
    "CTL-24": ("ethics_vote",),
    "CTL-35": ("clearance",),
    "CTL-36": ("contract",),
    "CTL-38": ("check_record",),
    "CTL-39": ("contract",),
}
"""What an officer asks to see of a control; of any other, whatever there is."""

NOT_ENOUGH = {"SEC-01": "authority_reply", "SEC-03": "authority_reply"}
"""For a listed person or a listed item only the authorisation itself will do."""


class Option(NamedTuple):
    """Controls that together leave a severity, or lower it by one step where `leaves` is None, if `counts` holds."""

    controls: frozenset[str]
    leaves: Severity | None
    counts: Condition

    def kinds(self, indicator: str) -> frozenset[str]:
        """Return of which kinds evidence is asked for; of none where one of the controls may have any."""
        if not self.controls <= KIND_OF.keys():
            return frozenset()
        return frozenset(kind for one in self.controls for kind in KIND_OF[one]) - {NOT_ENOUGH.get(indicator, "")}

    def shown(self, indicator: str, in_place: Mapping[str, str]) -> bool:
        """Return whether all controls are in place, each with evidence of one of the kinds that are asked for."""
        kinds = self.kinds(indicator)
        return self.controls <= in_place.keys() and (not kinds or all(in_place[one] in kinds for one in self.controls))


@dataclass(frozen=True)
class Reading:
    """One indicator as the catalogue says it; `controls` is its line of options, copied (`-> -1` is one step down).

    Where `answers` stand for controls, what the case answers lowers it, as the condition in `when` says.
    """

    ground: str
    severity: Mapping[Severity, Condition]
    controls: str
    knock_out: Mapping[KnockOut, Condition] = field(default_factory=dict)
    when: Mapping[str, Condition] = field(default_factory=dict)
    """Of an option of that line: where alone it counts."""
    from_memory: tuple[str, ...] = ()
    """What the catalogue marks [M] and nobody has read since: `source of the set`, or `source: part of the place`."""
    read_since: tuple[str, ...] = ()
    """What it marks [M] and somebody has read since, or an account of it: written likewise."""

    def options(self) -> Iterator[Option]:
        """Yield the control options."""
        for one in filter(None, self.controls.split(" | ")):
            controls, _, left = one.partition(" -> ")
            leaves = None if left == "-1" else SEVERITIES[int(left)]
            needed = frozenset() if controls == "answers" else frozenset(controls.split("+"))
            yield Option(needed, leaves, self.when.get(one, always))

    def fires_at(self, case: Case) -> Severity:
        """Return the highest severity whose condition holds."""
        holding: list[Severity] = [one for one, condition in self.severity.items() if condition(case)]
        return max(holding, key=SEVERITIES.index, default="none")
