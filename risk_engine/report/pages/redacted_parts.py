"""The sections of a redacted version that must say otherwise than the full report, because something is left out."""

from risk_engine.language import _, ngettext, pgettext
from risk_engine.model.explanation import ControlShown, Explanation, Proposal
from risk_engine.report import findings
from risk_engine.report.answer import NOT_DETERMINED, TWO_PEOPLE, tone, version_warning, why
from risk_engine.report.blocks import (
    Answer,
    Block,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    mark,
    say,
    strong,
)
from risk_engine.report.controls import supporting, who
from risk_engine.report.pages.open_case import Marks
from risk_engine.report.pages.redaction import Redaction
from risk_engine.report.record import recorded_lines
from risk_engine.report.scope import case_fields
from risk_engine.report.sheet import on_one_sheet
from risk_engine.report.unknown import who_to_ask
from risk_engine.report.vocabulary import state_word
from risk_engine.report.wording import Names, day, evidence, gravest, lead, open_between, sentence

_SHOWN = 3
"""How many findings, answers or controls the page in short names; it counts the rest."""


def answer_of_open(made: Redaction, names: Names) -> Answer:
    """Return the answer, which is not withheld, and the page in short of what is shown."""
    assessment = made.assessment
    ladders = (assessment.proposal(role) for role in ("gate", "headline"))
    first, *rest = [one for one in ladders if one is not None] or assessment.proposals[:1]
    more = [say(lead(one.title), _said(one)) for one in rest]
    escalation = assessment.proposal("escalation")
    if escalation and (escalation.provisional or escalation.level.name != escalation.ladder_levels[0]):
        more.append(say(lead(escalation.title), _said(escalation)))
    if any(one.four_eyes for one in assessment.proposals):
        more.append(say(strong(_(TWO_PEOPLE))))
    more += version_warning(assessment)
    glance = (
        Field(_("Why"), tuple(why(assessment, names))),
        Field(_("On what conditions"), tuple(_conditions(assessment))),
        Field(_("What is missing"), tuple(_missing(assessment, names))),
        Field(_("What is withheld"), (say(_in_total(made)),)),
    )
    challenge = Field(_("How to challenge it"), (say(assessment.criteria.challenge),))
    return on_one_sheet(Answer(_said(first), tuple(more), tone(first), glance, challenge))


def case_section(made: Redaction, names: Names, marks: Marks) -> Section:
    """Return what was assessed, as far as it may be told."""
    rows = case_fields(made.assessment, names)
    if made.has_notes:
        rows.append(Field(_("Notes in the case"), (say(marks.answer),)))
    return Section("case", _("What was assessed"), (Fields(tuple(rows)),))


def reasons_section(made: Redaction, names: Names, marks: Marks) -> Section:
    """Return for each ladder its question, its level, and the reason as far as what is shown leads there."""
    groups = tuple(_reason(one, made, names, marks) for one in made.assessment.proposals)
    return Section("reasons", _("Reasons"), groups)


def findings_section(made: Redaction, names: Names) -> Section:
    """Return every finding that may be shown and is present or not determined, the gravest first."""
    found = gravest(made.assessment)
    blocks: list[Block | Group] = [Prose(say(_shown_findings(made)))]
    if not found:
        blocks.append(Prose(say(_("None of the indicators that may be shown found anything."))))
    blocks += [findings.finding_group(one, made.assessment, names) for one in found]
    return Section("findings", _("Findings that may be shown"), tuple(blocks))


def absent_section(assessment: Explanation, names: Names) -> Section:
    """Return the indicators that may be shown and found nothing, with what was read."""
    section = findings.absent_section(assessment, names)
    intro = Prose(say(_("Of the indicators that may be shown, these found nothing.")))
    return Section(section.key, section.title, (intro, *section.blocks))


def controls_section(made: Redaction, names: Names) -> Section:
    """Return the controls of the case, those that would help what is shown, and the supporting ones."""
    assessment = made.assessment
    shown = [one for one in assessment.controls if not one.supporting]
    head = (_("Control"), _("What it asks"), _("Who"), _("Evidence"), _("What it bears on"))
    rows = tuple(_control_row(one, assessment, names) for one in shown)
    table: Block = Table(_("Controls that the case lists or that would help"), head, rows)
    if not rows:
        table = Prose(say(_("The case lists no control that may be shown, and none would help a finding shown here.")))
    intro = Prose(say(_("Controls that serve nothing but withheld indicators are not listed.")))
    always = Group(say(_("Supporting: always advisable, lower nothing alone")), supporting(assessment))
    return Section("conditions", _("Controls"), (intro, table, always))


def benefits_section(assessment: Explanation, names: Names) -> Section:
    """Return benefit and necessity, as far as they may be told."""
    rows = (
        Field(_("Benefit"), recorded_lines(assessment.benefits, names)),
        Field(_("Necessity"), recorded_lines(assessment.necessity, names)),
    )
    intro = Prose(say(_("They inform the person who decides. They change no level and lift no bar.")))
    return Section("benefits", _("Benefit and necessity"), (intro, Fields(rows)))


def versions_section(assessment: Explanation) -> Section:
    """Return what identifies the result and the assessment that this version was made from."""
    used = assessment.criteria
    rows = [
        Field(_("Criteria"), (say(f"{used.id} {used.version} ", Run(used.digest, "code")),)),
        Field(_("Made from the assessment"), (say(Run(assessment.digest, "code")),)),
        Field(_("Engine"), (say(f"risk-engine {assessment.engine}"),)),
        Field(_("Day of the assessment"), (say(day(assessment.on)),)),
        Field(_("Review due"), (say(day(assessment.review_due)),)),
    ]
    if assessment.profile:
        rows.insert(1, Field(_("Profile"), (say(Run(assessment.profile.digest, "code")),)))
    said = Prose(say(_("The engine proposes. A named person decides, and gives reasons for deciding otherwise.")))
    return Section("versions", _("Versions"), (Fields(tuple(rows)), said))


def _said(proposal: Proposal) -> str:
    """Return the level of a ladder; how many answers are missing is not told, for some may be withheld."""
    said = sentence(proposal.level.answer)
    open_now = open_between(proposal)
    return _("{open}. As things stand: {answer}", open=open_now, answer=said) if open_now else said


def _conditions(assessment: Explanation) -> list[Line]:
    listed = [one for one in assessment.controls if one.stated and not one.supporting]
    lines = [say(f"{one.title} ", mark(state_word(one.counts_as or ""))) for one in listed[:_SHOWN]]
    if len(listed) > _SHOWN:
        more = len(listed) - _SHOWN
        lines.append(say(ngettext("and {number} further control", "and {number} further controls", more)))
    return lines or [say(_("The case lists no control that may be shown."))]


def _missing(assessment: Explanation, names: Names) -> list[Line]:
    gaps = assessment.gaps
    lines = [say(lead(who_to_ask(one)), names.fact(one.path)) for one in gaps[:_SHOWN]]
    if len(gaps) > _SHOWN:
        more = len(gaps) - _SHOWN
        lines.append(say(ngettext("and {number} further answer", "and {number} further answers", more)))
    return lines or [say(_("No answer that may be shown."))]


def _in_total(made: Redaction) -> str:
    if made.withheld is None:
        return _("Everything but the result. “What is withheld, and why” says more.")
    return _("Confidential answers and what would tell them. “What is withheld, and why” lists it.")


def _reason(proposal: Proposal, made: Redaction, names: Names, marks: Marks) -> Group:
    level = proposal.level
    unsure = {one.id for one in made.assessment.findings if one.outcome == "undetermined"}
    rests_on = tuple(
        say(names.finding(one), *((" ", mark(_(NOT_DETERMINED))) if one in unsure else ())) for one in proposal.findings
    )
    rows = [
        Field(_("Question"), (say(proposal.question),)),
        Field(_("Answer"), (say(_said(proposal)),)),
        Field(_("What it means"), (say(level.explain),)),
    ]
    if proposal.sentence == marks.answer:
        withheld = _("What is shown does not lead to this level by itself; the reason rests on what is withheld.")
        rows.append(Field(_("Rule that leads there"), (say(f"{marks.answer} {withheld}"),)))
    else:
        rule = Run(f"{proposal.ladder}.{proposal.rule}", "code")
        rows.append(Field(_("Rule that leads there"), (say(f"{sentence(proposal.sentence)} ", rule),)))
        rows.append(Field(_("It rests on"), rests_on or (say(_("no finding that is shown")),)))
    if proposal.four_eyes:
        rows.append(Field(_("Four eyes"), (say(_(TWO_PEOPLE)),)))
    title = _("{label}: {text}", label=proposal.title, text=open_between(proposal) or level.title)
    return Group(say(title), (Fields(tuple(rows)),), anchor=f"ladder-{proposal.ladder}")


def _shown_findings(made: Redaction) -> str:
    if made.disclosure is not None and made.disclosure.findings == "shown":
        return _(
            "A finding says what was recorded, never that a person or an organisation is something. Of a finding that "
            "rests on confidential answers only what it came to is shown."
        )
    return _(
        "A finding says what was recorded, never that a person or an organisation is something. Indicators that may "
        "read a confidential answer are not among these, whatever they came to."
    )


def _control_row(control: ControlShown, assessment: Explanation, names: Names) -> tuple[Line, ...]:
    state = mark(state_word(control.counts_as) if control.counts_as else pgettext("state of a control", "would help"))
    return (
        say(strong(control.title), f" ({control.id}) ", state),
        say(control.do),
        who(control, assessment),
        say("; ".join(evidence(record) for record in control.evidence) or "–"),
        say("; ".join(names.finding(one).text for one in control.findings) or _("no finding shown here")),
    )
