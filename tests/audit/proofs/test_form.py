"""What follows from the form of a ladder's rules alone: only what does (issue 6)."""

from pathlib import Path

import pytest

from risk_engine.audit.proofs.monotone import rises_with_findings
from tests.engine.builder import LADDERS, criteria_from


@pytest.mark.parametrize(
    ("where", "rises"),
    [
        ("{fact: finding.inherent, at_least: moderate}", True),
        ("{fact: finding.inherent, one_of: [high, critical]}", True),
        ("{fact: finding.inherent, one_of: [low]}", False),
        ("{not: {fact: finding.residual, at_most: low}}", True),
        ("{not: {fact: finding.residual, at_least: low}}", False),
        # What a parameter names may be any options: here only a mild one, so that a finding that rises leaves the rule.
        ("{fact: finding.inherent, one_of: {parameter: some}}", False),
    ],
)
def test_a_ladder_rises_with_its_findings_only_where_each_rule_asks_for_at_least_so_much(
    where: str, rises: bool, tmp_path: Path
) -> None:
    rule = f"        - {{level: conditional, when: {{some: finding, where: {where}}}}}\n      otherwise: clear"
    ladders = LADDERS.replace("      otherwise: clear", rule)
    criteria = criteria_from(tmp_path, ladders=ladders, parameters="some: {values: [{value: [low]}]}")
    assert rises_with_findings(criteria.ladders["gate"], criteria) is rises
