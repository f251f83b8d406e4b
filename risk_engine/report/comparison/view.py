"""A comparison as a page and as text."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Literal

from rich.console import Console
from rich.text import Text

from risk_engine.files.language import _, current, ngettext
from risk_engine.model.comparison import ROLES, Compared, Comparison
from risk_engine.model.explanation import Proposal
from risk_engine.model.ladders import Role
from risk_engine.report.answer import version_warning, why
from risk_engine.report.blocks import (
    Answer,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Run,
    Section,
    Table,
    View,
    say,
    shortened,
    strong,
)
from risk_engine.report.comparison.found import (
    Side,
    answers_section,
    changes_section,
    findings_section,
    headings,
    levels_section,
    role_word,
    sentences,
    sides,
    unlinked,
)
from risk_engine.report.sanitize import cleaned
from risk_engine.report.terminal import PLAIN_WIDTH, print_document, put_line
from risk_engine.report.untranslated import noted
from risk_engine.report.wording import (
    at_level,
    day,
    fill,
    lead,
    listed,
    open_between,
    sentence,
    severity_word,
    still_open,
    who_to_ask,
)

_TITLE = 90
"""How many letters of a name stand above the answer."""
_SHOWN = 3
"""How many findings stand beside the rule that decided; the rest is counted."""


def comparison_view(compared: Compared) -> View:
    """Return the report on a comparison in the current language; its text is harmless everywhere.

    It is a function of the comparison and the language alone.
    """
    comparison, several = compared.comparison, sides(compared)
    first = several[0].told
    changes = changes_section(several)
    sections = (
        _side_by_side(several),
        findings_section(several),
        *((changes,) if changes else ()),
        answers_section(comparison, several),
        _missing_section(several),
        levels_section(comparison, several),
        _criteria_section(several),
    )
    names = listed([one.name for one in several])
    about = [shortened(first.institution or "", _TITLE), day(comparison.on), names]
    whole = View(
        kind="comparison",
        language=current(),
        case_id=comparison.case_id,
        on=comparison.on,
        title=f"{shortened(comparison.case_title, _TITLE)} ({shortened(comparison.case_id, _TITLE)})",
        about=" · ".join(one for one in about if one),
        kept_by=f"{re.sub('[^A-Za-z0-9._-]', '', comparison.case_id)} {first.digest[:12]}",
        warning=_warning(several),
        answer=_answer(comparison, several),
        scales=(),
        scope=None,
        sections=sections,
        full_report=_("All of it, with what each finding rests on: --format html"),
        footer=_(
            "Computed proposals under {criteria} for one case as of {day}. A named person decides, under the criteria "
            "that the institution has adopted.",
            criteria=names,
            day=day(comparison.on),
        ),
    )
    for one in compared.told:
        told = noted(whole, one)
        # What is to be known of the language of several of them is said once.
        if told.answer and whole.answer and told.answer.more[0] not in whole.answer.more:
            whole = told
    return cleaned(whole)


def _answer(comparison: Comparison, several: Sequence[Side]) -> Answer:
    verdicts = {one.verdict for one in comparison.relations if one.role != "escalation"}
    tone: Literal["mild", "middle", "open"]
    tone = "mild" if verdicts == {"same"} else "middle" if "differs" in verdicts else "open"
    glance = (
        Field(_("How they compare"), tuple(sentences(comparison, several))),
        *(Field(_("Why: {criteria}", criteria=one.name), tuple(map(unlinked, _why(one)))) for one in several),
        Field(_("What is missing"), tuple(line for one in several for line in _missing(one))),
    )
    return Answer(headings(comparison, several), tuple(map(_result, several)), tone, glance, None)


def _result(side: Side) -> Line:
    """Return what one of the criteria comes to, in one line: the gate first."""
    proposals = [one for role in ("gate", "headline") if (one := side.told.proposal(role)) is not None]
    said = [_said(one, side) for one in proposals]
    line = say(lead(side.name), " ".join(said))
    return (*line, *(run for more in version_warning(side.told) for run in say(" ", *more)))


def _said(proposal: Proposal, side: Side) -> str:
    text = sentence(at_level(proposal.title, still_open(proposal, side.told) or proposal.level.title))
    if proposal.provisional:
        return text
    return f"{text} {sentence(proposal.level.answer)}"


def _why(side: Side) -> list[Line]:
    return why(side.told, side.names) or [say(_("No finding."))]


def _missing(side: Side) -> Iterator[Line]:
    gaps = side.told.gaps
    if not gaps:
        yield say(lead(side.name), _("Nothing that could change a finding."))
        return
    yield say(
        lead(side.name),
        ngettext(
            "{number} answer, first of all: {question}",
            "{number} answers, first of all: {question}",
            len(gaps),
            question=side.names.fact(gaps[0].path),
        ),
    )


def _side_by_side(several: Sequence[Side]) -> Section:
    roles = [role for role in ROLES if any(one.told.proposal(role) for one in several)]
    rows: list[tuple[Line, ...]] = [
        (say(strong(role_word(role))), *(_cell(one.told.proposal(role), role) for one in several)) for role in roles
    ]
    rows.append((say(strong(_("Rule that decided"))), *(_rule(one) for one in several)))
    rows.append((say(strong(_("Answers missing"))), *(say(f"{len(one.told.gaps)}") for one in several)))
    rows.append((say(strong(_("Look at it again by"))), *(say(day(one.told.review_due)) for one in several)))
    names = tuple(one.name for one in several)
    return Section("results", _("Side by side"), (Table(_("One case, one day"), ("", *names), tuple(rows)),))


def _cell(proposal: Proposal | None, role: Role) -> Line:
    if proposal is None:
        return say(_("not asked"))
    level = open_between(proposal) or proposal.level.title
    # A ladder that is called as its row is would be said twice.
    named = level if proposal.title == role_word(role) else at_level(proposal.title, level)
    said = "" if proposal.provisional else f" {sentence(proposal.level.answer)}"
    return say(strong(sentence(named)), said)


def _rule(side: Side) -> Line:
    headline = side.told.proposal("headline")
    assert headline is not None  # noqa: S101 (every set has one)
    shown, more = headline.findings[:_SHOWN], len(headline.findings) - _SHOWN
    rest = ngettext(" and {number} more", " and {number} more", more) if more > 0 else ""
    return say(headline.sentence, f" ({', '.join(shown)}{rest})" if shown else "")


def _missing_section(several: Sequence[Side]) -> Section:
    groups = []
    for one in several:
        lines = tuple(
            say(
                lead(who_to_ask(gap)),
                one.names.fact(gap.path),
                " – ",
                _(
                    "could raise {findings} to {severity}",
                    findings=listed(list(gap.findings)),
                    severity=severity_word(gap.possible),
                ),
            )
            for gap in one.told.gaps
        )
        groups.append(Group(say(one.name), (Bullets(lines or (say(_("Nothing that could change a finding.")),)),)))
    return Section("missing", _("What is not known"), tuple(groups))


def _criteria_section(several: Sequence[Side]) -> Section:
    groups = []
    for one in several:
        used = one.told.criteria
        rows = (
            Field(
                _("Criteria"), (say(f"{used.title}, ", _("version {version}", version=used.version), f" ({used.id})"),)
            ),
            Field(_("Indicators"), (say(f"{len(one.told.findings)}"),)),
            Field(_("Digest of the criteria"), (say(Run(used.digest, "code")),)),
            Field(_("Digest of the assessment"), (say(Run(one.told.digest, "code")),)),
            Field(_("How to challenge it"), (say(used.challenge),)),
        )
        blocks: tuple[Block, ...] = (Bullets(tuple(map(say, used.notice))), Fields(rows))
        groups.append(Group(say(one.name), blocks))
    return Section("criteria", _("The criteria, and what each of them says of itself"), tuple(groups))


def _warning(several: Sequence[Side]) -> Line | None:
    """Return that confidential answers stand here, where what was found rests on any."""
    held = {
        path
        for one in several
        for finding in one.told.findings
        if finding.outcome != "absent"
        for path in finding.reads
        if path in one.told.facts and one.told.facts[path].confidential
    }
    if not held:
        return None
    return fill(
        _(
            "**Confidential.** What was found rests on confidential answers, and some of them stand here. Give this "
            "only to those who may know them."
        )
    )


_ON_SCREEN = ("results", "findings")
"""The sections that the screen shows, without the parts that go into each finding."""


def comparison_text(compared: Compared) -> str:
    """Return the screen as plain text, without colour or control characters."""
    out = StringIO()
    console = Console(file=out, width=PLAIN_WIDTH, color_system=None, force_terminal=False, _environ={})
    print_comparison(compared, console)
    return out.getvalue()


def print_comparison(compared: Compared, console: Console) -> None:
    """Print the screen."""
    view = comparison_view(compared)
    print_document(_in_short(view), console)
    put_line(console, Text(view.full_report, style="dim"))


def _in_short(view: View) -> View:
    kept = [
        dataclasses.replace(one, blocks=tuple(block for block in one.blocks if not isinstance(block, Group)))
        for one in view.sections
        if one.key in _ON_SCREEN
    ]
    return dataclasses.replace(view, sections=tuple(kept))
