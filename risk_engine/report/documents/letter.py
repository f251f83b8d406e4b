"""The letter to the researcher: what was decided, why, what would help, whom to ask, how to challenge it.

It may reach anybody, so it holds the words of the criteria and what was decided, never what was recorded about a
partner or a person: no statement of a finding, no name of an entry, no evidence, no note, no reason in free words, and
nothing that rests on confidential answers. Conditions are written for the researcher and stand whole; only one that
names an entry or tells a confidential answer is left to the research office to tell.
"""

from risk_engine.language import _, ngettext
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.records.conditions import control_text
from risk_engine.records.confirm import awaits_confirmation
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Group,
    Letterhead,
    Line,
    Must,
    Prose,
    Run,
    Section,
    View,
    say,
    strong,
)
from risk_engine.report.documents.discreet import Kept, confidential_points, may_be_sent, names_nobody, project
from risk_engine.report.documents.frame import framed
from risk_engine.report.documents.help import help_blocks, weighed
from risk_engine.report.documents.levels import Standing, is_refused, standings
from risk_engine.report.documents.ruling import in_effect, missing
from risk_engine.report.unknown import who_to_ask
from risk_engine.report.wording import day, sentence

_QUESTIONS = 5
"""How many questions that weighed the letter names; it counts the rest."""


def letter(assessment: Explanation, decision: Decision | None) -> View:
    """Return the letter on a decision or, without one, on what is proposed."""
    shown = standings(assessment, decision)
    blocks: tuple[Block | Group, ...] = (
        _letterhead(assessment, decision),
        Prose(say(_("Dear colleague,"))),
        Prose(say(_opening(assessment, decision))),
        Group(say(_("What was decided") if decision else _("What is proposed")), _outcome(assessment, decision, shown)),
        *_group(_("On what conditions"), _conditions(assessment, decision, shown)),
        Group(say(_("Why")), _why(assessment, decision)),
        *_group(_("What would help"), help_blocks(assessment, decision, shown)),
        *_group(_("What is still missing"), _missing(assessment)),
        Group(say(_("Whom to ask")), _whom(assessment)),
        Group(say(_("How to challenge it")), _challenge(assessment)),
        Prose(say(_("Kind regards,"))),
        Blanks((_("Name and role"), _("Date and signature"))),
    )
    subject = _subject(assessment, decision)
    must = tuple(Must("condition", text) for _one, text in sent_conditions(assessment, decision)) if decision else ()
    return framed("letter", (assessment, decision), subject, (Section("letter", subject, blocks),), must=must)


def letter_warning(decision: Decision, assessment: Explanation) -> str | None:
    """Return what the office must know of the conditions in free words before it sends the letter, None if nothing."""
    free = [one for one in decision.conditions if one.control is None]
    untold = sum(not may_be_sent(one.text, assessment) for one in free)
    told = len(free) - untold
    parts = []
    if told:
        parts.append(
            ngettext(
                "the letter holds {number} condition in free words as it was decided: read it through before you send "
                "it",
                "the letter holds {number} conditions in free words as they were decided: read them through before "
                "you send it",
                told,
            )
        )
    if untold:
        parts.append(
            ngettext(
                "the letter leaves out {number} condition in free words, which names an entry of the case or tells a "
                "confidential answer: tell the researcher its wording yourself",
                "the letter leaves out {number} conditions in free words, which name an entry of the case or tell a "
                "confidential answer: tell the researcher their wording yourself",
                untold,
            )
        )
    return "; ".join(parts) or None


def _letterhead(assessment: Explanation, decision: Decision | None) -> Letterhead:
    sender = (assessment.institution, _("Research office")) if assessment.institution else (_("Research office"),)
    return Letterhead(sender, (_("Lead researcher"),), day(in_effect(decision) if decision else assessment.on))


def _subject(assessment: Explanation, decision: Decision | None) -> str:
    about = project(assessment)
    if decision is None:
        return _("Your project, {project}: proposal, not decided yet", project=about)
    if awaits_confirmation(decision, assessment):
        return _("Your project, {project}: decision, not in effect yet", project=about)
    return _("Your project, {project}: our decision", project=about)


def _opening(assessment: Explanation, decision: Decision | None) -> str:
    used = assessment.criteria
    values = {"criteria": used.title, "version": used.version, "assessed": day(assessment.on)}
    if decision is None:
        return _(
            "thank you for telling us about your project. We looked at it on {assessed}, as it was described to us, "
            "under the criteria “{criteria}” (version {version}). This letter says what they propose and why. Nothing "
            "is decided yet: a named person decides, and may decide otherwise.",
            **values,
        )
    return _(
        "thank you for telling us about your project. We looked at it on {assessed}, as it was described to us, under "
        "the criteria “{criteria}” (version {version}), and decided on {decided}. This letter says what was decided, "
        "why, what would help, and how you can challenge it.",
        decided=day(decision.on),
        **values,
    )


def _outcome(assessment: Explanation, decision: Decision | None, shown: tuple[Standing, ...]) -> tuple[Block, ...]:
    # Who else looks at it need not be told where nobody does.
    told = [one for one in shown if one.role != "escalation" or not one.is_mildest or one.still_open]
    blocks: list[Block] = [Bullets(tuple(_said(one) for one in told))]
    blocks += [Prose(one) for one in missing(decision)] if decision else []
    if decision and awaits_confirmation(decision, assessment):
        blocks.append(
            Prose(
                say(
                    strong(_("It is not in effect yet:")),
                    " ",
                    _("a second person must confirm it. Please do not act on it before we tell you."),
                )
            )
        )
    return tuple(blocks)


def _said(standing: Standing) -> Line:
    said = sentence(standing.answer or standing.level)
    runs: list[str | Run] = [standing.question, " "]
    if standing.still_open:
        runs += [strong(sentence(standing.still_open)), " ", _("As things stand: {answer}", answer=said)]
    else:
        runs.append(strong(said))
    return say(*runs, *([" ", standing.explain] if standing.explain else []))


def _conditions(assessment: Explanation, decision: Decision | None, shown: tuple[Standing, ...]) -> tuple[Block, ...]:
    """Return each condition that may be sent, in order and whole; the others are counted."""
    if decision is None or not decision.conditions:
        return ()
    texts = sent_conditions(assessment, decision)
    lines = [_condition(text, one) for one, text in texts]
    if further := len(decision.conditions) - len(lines):
        lines.append(
            say(
                ngettext(
                    "{number} further condition is in the decision; the research office tells you its wording.",
                    "{number} further conditions are in the decision; the research office tells you their wording.",
                    further,
                )
            )
        )
    if is_refused(shown):
        intro = _("These conditions are for a changed proposal; they do not open the way for the present one:")
    else:
        intro = _("The project may be carried out only if all of this is done and kept:")
    return (Prose(say(intro)), Bullets(tuple(lines)))


def sent_conditions(assessment: Explanation, decision: Decision) -> list[tuple[Condition, str]]:
    """Return the conditions that a letter tells, with their words: those of the criteria where it is a control.

    Left out are controls that would tell a confidential answer, and free words that may not be sent.
    """
    kept = Kept(assessment)
    controls = {one.id: one for one in assessment.controls}
    sent = []
    for one in decision.conditions:
        control = controls.get(one.control) if one.control else None
        if control is not None and not kept.control(control):
            sent.append((one, sentence(control_text(control))))
        elif one.control is None and may_be_sent(one.text, assessment):
            sent.append((one, sentence(" ".join(one.text.split()))))
    return sent


def _condition(text: str, condition: Condition) -> Line:
    return say(text, " ", strong(_("Due {day}.", day=day(condition.due)))) if condition.due else say(text)


def _why(assessment: Explanation, decision: Decision | None) -> tuple[Block, ...]:
    kept = Kept(assessment)
    every = weighed(assessment)
    questions = [one for one in every if not kept.finding(one)]
    blocks: list[Block] = []
    if questions:
        intro = _(
            "These questions of the criteria weighed most. They say nothing about a person or an organisation: each "
            "says what has to be settled for a project of this kind, and why."
        )
        lines = [say(strong(one.question), " ", sentence(one.reason)) for one in questions[:_QUESTIONS]]
        if len(questions) > _QUESTIONS:
            lines.append(
                say(
                    ngettext(
                        "{number} further question weighed as well.",
                        "{number} further questions weighed as well.",
                        len(questions) - _QUESTIONS,
                    )
                )
            )
        blocks = [Prose(say(intro)), Bullets(tuple(lines))]
    elif every:
        blocks = []
    elif assessment.gaps:
        blocks = [Prose(say(_("Nothing weighs against your project so far, but answers are missing that could.")))]
    else:
        blocks = [Prose(say(_("No question of the criteria weighed against your project.")))]
    if len(questions) < len(every) or any(kept.answer(one.path) for one in assessment.gaps):
        blocks.append(Prose(say(confidential_points())))
    if decision and decision.deviates:
        other = _(
            "The person who decided did not follow the proposal of the criteria in every point. The reasons are on "
            "record; the research office will explain them to you."
        )
        blocks.append(Prose(say(other)))
    return tuple(blocks)


def _missing(assessment: Explanation) -> tuple[Block, ...]:
    kept = Kept(assessment)
    gaps = [one for one in assessment.gaps if not kept.answer(one.path)]
    if not gaps:
        return ()
    intro = _(
        "These answers are missing. Please help us to find them; what nobody can say is a good answer too, it never "
        "counts as a no."
    )
    asked = dict.fromkeys((one.question, who_to_ask(one)) for one in gaps)
    lines = tuple(say(_("{question} (asked of: {who})", question=question, who=who)) for question, who in asked)
    return (Prose(say(intro)), Bullets(lines))


def _whom(assessment: Explanation) -> tuple[Block, ...]:
    blanks = Blanks((_("Contact in the research office"), _("E-mail and telephone")))
    intro = Prose(say(_("The research office explains every step to you and helps you with the next ones.")))
    assessor = assessment.assessor
    if assessor and names_nobody(assessor, assessment):
        return (intro, Prose(say(_("Your case was looked at by {assessor}.", assessor=assessor))), blanks)
    return (intro, blanks)


def _challenge(assessment: Explanation) -> tuple[Block, ...]:
    again = _(
        "We look at the project again by {day}, and earlier if it changes: please tell us.",
        day=day(assessment.review_due),
    )
    return (Prose(say(assessment.criteria.challenge)), Prose(say(again)))


def _group(title: str, blocks: tuple[Block, ...]) -> tuple[Group, ...]:
    return (Group(say(title), blocks),) if blocks else ()
