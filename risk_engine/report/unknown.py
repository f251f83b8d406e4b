"""What is not known: the answers that are missing, and those that somebody gave as unsure."""

from risk_engine.model.assessment import Assessment, Gap
from risk_engine.report.blocks import Block, Bullets, Line, Prose, Section, Table, say
from risk_engine.report.wording import Names, counted


def gaps_section(assessment: Assessment, names: Names) -> Section:
    """Return what is not known, whom to ask, and what it could raise."""
    blocks: tuple[Block, ...] = (Prose(say("No answer is missing that could change a finding.")),)
    if assessment.gaps:
        intro = (
            "An answer that is missing never counts as “no”. These could raise a finding; the weightiest come first."
        )
        rows = tuple(_gap_row(one, names) for one in assessment.gaps)
        head = ("Question", "Whom to ask", "How to find out", "What it could raise")
        blocks = (Prose(say(intro)), Table("Missing answers", head, rows))
    if names.unsure:
        unsure = "These answers count as they stand, but whoever gave them was unsure: ask again."
        blocks = (*blocks, Prose(say(unsure)), Bullets(tuple(say(names.fact(one)) for one in names.unsure)))
    return Section("unknown", "What is not known", blocks)


def who_to_ask(gap: Gap) -> str:
    """Return who should answer, in words."""
    return gap.asked_of_title or "whoever knows the case"


def ask_again(names: Names) -> str:
    """Return the step that answers given as unsure call for."""
    return f"Ask again for the {counted(len(names.unsure), 'answer')} given as unsure."


def _gap_row(gap: Gap, names: Names) -> tuple[Line, ...]:
    raised = [part for one in gap.findings for part in (names.finding(one), "; ")][:-1]
    return (
        say(names.fact(gap.path)),
        say(who_to_ask(gap)),
        say(gap.help or "–"),
        say(*raised, f" – up to {gap.possible}"),
    )
