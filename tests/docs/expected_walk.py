"""What the walked case has to come to, written from the catalogue before it was run.

A joint laboratory on recycling of batteries: four partners, three people, four sources of money. The sections are those
of the indicator catalogue (SEC-04, ...) and of the decision rule.
"""

from typing import Final

SUBMITTED: Final = {
    # Area 10 (recycling of critical raw materials), level 5, not public, handed over outside the EU, nobody classified it.
    "SEC-04": "high",
    # An indirect tie of the university, a critical area, unpublished, level 5.
    "SEC-10": "high",
    # Level 5 in a critical area goes to partners who are neither pre-approved nor associated.
    "SEC-12": "high",
    # The student owes reports and needs confidential information.
    "SEC-16": "high",
    # The engineer asks for controlled access, and nobody has made the check.
    "SEC-17": "high",
    # Protected access and industrial data, under a law that can compel.
    "SEC-19": "moderate",
    # The results of the contract belong to the firm alone, outside the EU, and public money pays the laboratory.
    "COM-03": "high",
    # Valuable know-how without a list.
    "COM-04": "moderate",
    # 120 days.
    "COM-05": "moderate",
    # Exclusivity for a payer outside the pre-approved countries. The student's duty stands with the student.
    "COM-09": "high",
    # A firm from there, and the topic in a plan of its state.
    "COM-11": "moderate",
    # A subsidised competitor; 35 percent alone would not do.
    "COM-15": "moderate",
    # A joint laboratory with an end, without a way out and without statutes.
    "COM-19": "moderate",
    # The measurements go out, and nothing is agreed.
    "COM-20": "moderate",
    # AI for research with partners under Chinese rules, the team not briefed.
    "ETH-16": "moderate",
}
"""The findings of the case as submitted, with their severity."""

OPEN: Final = {"COM-12"}
"""Where patents are filed first is not decided: moderate at most, so it may not hold the start by itself."""

NEVER: Final = {
    "SEC-01": "nobody is on a sanctions list",
    "SEC-03": "what nobody has classified is not listed yet",
    "SEC-07": "no partner is part of armed forces",
    "SEC-08": "the tie is indirect",
    "SEC-11": "no list of another state names a partner",
    "SEC-13": "good work in a busy field is no crown jewel",
    "SEC-14": "the guest post is declared",
    "SEC-15": "no contract demands anything of the kind",
    "SEC-23": "no country is under sanctions beyond lists of names",
    "COM-01": "the programme lets the firm take part without its money",
    "COM-02": "who owns the results is settled, for a fair return",
    "COM-08": "no source outside reaches 15 percent",
    "COM-10": "every payer is known",
    "ETH-07": "there are no data about people",
    "ETH-10": "no approval is needed",
}
"""What must not be found, and why."""

FIRST: Final = {"measure": "regulation", "start_gate": "blocked", "escalation": "committee"}
"""A hold (SEC-04, SEC-17) and no legal bar, no red line, nothing critical; seven high findings in two dimensions."""

CONTROLLED: Final = {
    "SEC-04": "none",
    "SEC-10": "moderate",
    "SEC-12": "moderate",
    "SEC-16": "low",
    "SEC-17": "none",
    "SEC-19": "low",
    "COM-03": "low",
    "COM-04": "low",
    "COM-05": "none",
    "COM-09": "none",
    # Monitoring is agreed and not in place, and a briefing is planned: neither lowers anything yet.
    "COM-11": "moderate",
    "COM-15": "moderate",
    "COM-19": "low",
    "COM-20": "low",
    "ETH-16": "moderate",
}
"""The same findings with what was agreed and put in place since."""

LAST: Final = {"measure": "regulation", "start_gate": "clear", "escalation": "none"}
"""High without controls, so the conditions bind; nothing high remains, nothing holds the start."""
