"""What is not known: the answers that are missing, and those that somebody gave as unsure."""

from risk_engine.language import _, ngettext
from risk_engine.model.explanation import Explanation, Gap
from risk_engine.report.blocks import Block, Bullets, Line, Prose, Section, Table, say
from risk_engine.report.vocabulary import severity_word
from risk_engine.report.wording import Names, fill


def gaps_section(assessment: Explanation, names: Names, *, bounds_only: bool = False) -> Section:
    """Return what is not known, whom to ask, what it could raise; `bounds_only` where nothing beside is exact."""
    blocks: tuple[Block, ...] = (Prose(say(_("No answer is missing that could change a finding."))),)
    if assessment.gaps:
        intro = _(
            "An answer that is missing never counts as “no”. These could raise a finding; the weightiest come first."
        )
        rows = tuple(_gap_row(one, names) for one in assessment.gaps)
        head = (_("Question"), _("Whom to ask"), _("How to find out"), _("What it could raise"))
        blocks = (Prose(say(intro)), Table(_("Missing answers"), head, rows))
        if bounds_only:
            bounds = _(
                "What may still come out is told by its bounds here. The command risk-engine outlook says exactly "
                "which results are possible, and which of these answers decides (it needs the extra audit)."
            )
            blocks = (*blocks, Prose(say(bounds)))
    if names.unsure:
        unsure = _("These answers count as they stand, but whoever gave them was unsure: ask again.")
        blocks = (*blocks, Prose(say(unsure)), Bullets(tuple(say(names.fact(one)) for one in names.unsure)))
    return Section("unknown", _("What is not known"), blocks)


def who_to_ask(gap: Gap) -> str:
    """Return who should answer, in words."""
    return gap.asked_of_title or _("whoever knows the case")


def ask_again(names: Names) -> str:
    """Return the step that answers given as unsure call for."""
    return ngettext(
        "Ask again for the {number} answer given as unsure.",
        "Ask again for the {number} answers given as unsure.",
        len(names.unsure),
    )


def _gap_row(gap: Gap, names: Names) -> tuple[Line, ...]:
    raised = say(*[part for one in gap.findings for part in (names.finding(one), "; ")][:-1])
    return (
        say(names.fact(gap.path)),
        say(who_to_ask(gap)),
        say(gap.help or "–"),
        fill(_("{findings} – up to {severity}"), findings=raised, severity=severity_word(gap.possible)),
    )
