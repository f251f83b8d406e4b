"""Which findings still need a choice among controls: nothing that the case lists would lower them."""

from collections.abc import Iterator

from risk_engine.model.explanation import Explanation
from risk_engine.model.finding import Finding, OptionState
from risk_engine.model.words import SEVERITIES
from risk_engine.report.wording import gravest


def holding(assessment: Explanation) -> tuple[frozenset[str], frozenset[str]]:
    """Return the findings behind a gate that is not open, and those behind a result that is the strictest there is."""
    gate, headline = assessment.proposal("gate"), assessment.proposal("headline")
    held = gate.findings if gate and gate.level.name != gate.ladder_levels[0] else ()
    barred = headline.findings if headline and headline.level.name == headline.ladder_levels[-1] else ()
    return frozenset(held), frozenset(barred)


def still_helps(finding: Finding, option: OptionState) -> bool:
    """Return whether the option would add to the controls in place: lower the finding further, or lift a bar."""
    lowers = SEVERITIES.index(option.residual) < SEVERITIES.index(finding.residual.at_most)
    return option.counts != "no" and (lowers or finding.knock_out.at_most != "none")


def ways(finding: Finding) -> list[OptionState]:
    """Return the options that are not in place and would help, those that lower most first, then those that ask least.

    One of them is enough.
    """
    options = [one for one in finding.options if not one.complete and still_helps(finding, one)]
    return sorted(options, key=lambda one: (SEVERITIES.index(one.residual), len(one.controls)))


def unhelped(assessment: Explanation) -> Iterator[Finding]:
    """Yield the present findings that no control which the case lists would lower, the gravest first.

    A finding that controls in place lowered needs more only where the start or the result still hangs on it.
    """
    stated = {one.id for one in assessment.controls if one.stated}
    held = frozenset().union(*holding(assessment))
    for finding in gravest(assessment):
        if finding.outcome != "present":
            continue
        listed = [one for one in finding.options if one.counts != "no" and stated.issuperset(one.controls)]
        in_place = any(one.complete for one in listed)
        is_settled = finding.id not in held and finding.knock_out.at_most == "none"
        is_served = any(not one.complete for one in listed) or (in_place and is_settled)
        if not is_served and (ways(finding) or not in_place):
            yield finding


def to_choose(assessment: Explanation) -> list[Finding]:
    """Return the findings for which the case lists nothing yet and there is something to choose."""
    return [one for one in unhelped(assessment) if ways(one)]
