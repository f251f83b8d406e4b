"""The letter to the researcher: what was decided, why, what would help, whom to ask, how to challenge it.

It may reach anybody, so it holds the words of the criteria and what was decided, never what was recorded about a
partner or a person: no statement of a finding, no name of an entry, no evidence, no note, no reason in free words.
"""

from collections.abc import Iterator

from risk_engine.engine.confirm import awaits_confirmation
from risk_engine.language import _, ngettext
from risk_engine.model.assessment import Assessment, ControlShown, Finding
from risk_engine.model.decision import Condition, Decision
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Letterhead,
    Line,
    Prose,
    Section,
    View,
    say,
    strong,
)
from risk_engine.report.choices import ways
from risk_engine.report.documents.discreet import names_nobody, project
from risk_engine.report.documents.frame import framed
from risk_engine.report.documents.levels import Standing, standings
from risk_engine.report.unknown import who_to_ask
from risk_engine.report.wording import day, gravest, sentence

_QUESTIONS = 5
"""How many questions that weighed the letter names; it counts the rest."""
_STEPS = 6
"""How many steps that would help it names: those that help most."""


def letter(assessment: Assessment, decision: Decision | None) -> View:
    """Return the letter on a decision or, without one, on what is proposed."""
    shown = standings(assessment, decision)
    blocks = (
        _letterhead(assessment, decision),
        Prose(say(_("Dear colleague,"))),
        Prose(say(_opening(assessment, decision))),
        Group(say(_("What was decided") if decision else _("What is proposed")), _outcome(assessment, decision, shown)),
        *_group(_("On what conditions"), _conditions(assessment, decision)),
        Group(say(_("Why")), _why(assessment, decision)),
        *_group(_("What would help"), _help(assessment, decision, shown)),
        *_group(_("What is still missing"), _missing(assessment)),
        Group(say(_("Whom to ask")), _whom(assessment)),
        Group(say(_("How to challenge it")), _challenge(assessment)),
        Prose(say(_("Kind regards,"))),
        Blanks((_("Name and role"), _("Date and signature"))),
    )
    subject = _subject(assessment, decision)
    return framed("letter", assessment, subject, (Section("letter", subject, blocks),))


def _letterhead(assessment: Assessment, decision: Decision | None) -> Letterhead:
    when = assessment.on
    if decision is not None:
        when = decision.confirmation.on if decision.confirmation else decision.on
    return Letterhead((assessment.institution or "",), (_("Lead researcher"),), day(when))


def _subject(assessment: Assessment, decision: Decision | None) -> str:
    about = project(assessment)
    if decision is None:
        return _("Your project, {project}: proposal, not decided yet", project=about)
    if awaits_confirmation(decision, assessment):
        return _("Your project, {project}: decision, not in effect yet", project=about)
    return _("Your project, {project}: our decision", project=about)


def _opening(assessment: Assessment, decision: Decision | None) -> str:
    used = assessment.criteria
    values = {
        "criteria": _("{criteria}, version {version}", criteria=used.title, version=used.version),
        "assessed": day(assessment.on),
    }
    if decision is None:
        return _(
            "thank you for telling us about your project. We looked at it as it was described to us, on {assessed}, "
            "under the criteria “{criteria}”. This letter says what the criteria propose and why. Nothing is decided "
            "yet: a named person decides, and may decide otherwise.",
            **values,
        )
    return _(
        "thank you for telling us about your project. We looked at it as it was described to us, on {assessed}, under "
        "the criteria “{criteria}”, and decided on {decided}. This letter says what was decided, why, what would help, "
        "and how you can challenge it.",
        decided=day(decision.on),
        **values,
    )


def _outcome(assessment: Assessment, decision: Decision | None, shown: tuple[Standing, ...]) -> tuple[Block, ...]:
    # Who else looks at it need not be told where nobody does.
    told = [one for one in shown if one.role != "escalation" or not one.is_mildest or one.still_open]
    blocks: list[Block] = [Fields(tuple(Field(one.question, tuple(_answers(one))) for one in told))]
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


def _answers(standing: Standing) -> Iterator[Line]:
    if standing.still_open:
        yield say(strong(sentence(standing.still_open)))
        yield say(_("As things stand: {answer}", answer=sentence(standing.answer or standing.level)))
    else:
        yield say(strong(sentence(standing.answer or standing.level)))
    if standing.explain:
        yield say(standing.explain)


def _conditions(assessment: Assessment, decision: Decision | None) -> tuple[Block, ...]:
    """Return the conditions; whoever wrote one in own words may have named somebody, and then it is not repeated."""
    if decision is None or not decision.conditions:
        return ()
    told = [one for one in decision.conditions if names_nobody(one.text, assessment)]
    lines = [_condition(one) for one in told]
    if len(told) < len(decision.conditions):
        lines.append(
            say(
                ngettext(
                    "{number} further condition, which we tell you about in person.",
                    "{number} further conditions, which we tell you about in person.",
                    len(decision.conditions) - len(told),
                )
            )
        )
    return (
        Prose(say(_("The project may be carried out only if all of this is done and kept:"))),
        Bullets(tuple(lines)),
    )


def _condition(condition: Condition) -> Line:
    text = sentence(" ".join(condition.text.split()))
    return say(text, " ", strong(_("Due {day}.", day=day(condition.due)))) if condition.due else say(text)


def _why(assessment: Assessment, decision: Decision | None) -> tuple[Block, ...]:
    weighed = _weighed(assessment)
    blocks: list[Block] = []
    if weighed:
        intro = _(
            "These questions of the criteria weighed most. They say nothing about a person or an organisation: each one "
            "says what has to be settled for a project of this kind, and why."
        )
        lines = [say(strong(one.question), " ", sentence(one.reason)) for one in weighed[:_QUESTIONS]]
        if len(weighed) > _QUESTIONS:
            lines.append(
                say(
                    ngettext(
                        "{number} further question weighed as well.",
                        "{number} further questions weighed as well.",
                        len(weighed) - _QUESTIONS,
                    )
                )
            )
        blocks = [Prose(say(intro)), Bullets(tuple(lines))]
    elif assessment.gaps:
        blocks = [Prose(say(_("Nothing weighs against your project so far, but answers are missing that could.")))]
    else:
        blocks = [Prose(say(_("No question of the criteria weighed against your project.")))]
    if decision and decision.deviates:
        other = _(
            "The person who decided did not follow the proposal of the criteria in every point. The reasons are on "
            "record; the research office will explain them to you."
        )
        blocks.append(Prose(say(other)))
    return tuple(blocks)


def _weighed(assessment: Assessment) -> list[Finding]:
    """Return the present findings that the gate or the headline rests on, the gravest first; without any, all."""
    present = [one for one in gravest(assessment) if one.outcome == "present"]
    deciding = {
        finding
        for proposal in assessment.proposals
        if proposal.role in {"gate", "headline"}
        for finding in proposal.findings
    }
    return [one for one in present if one.id in deciding] or present


def _help(assessment: Assessment, decision: Decision | None, shown: tuple[Standing, ...]) -> tuple[Block, ...]:
    """Return what would help, where something stands in the way: what is agreed already, and what there is beside."""
    if all(one.is_mildest for one in shown if one.role in {"gate", "headline"}):
        return ()
    bound = {one.control for one in decision.conditions} if decision else set()
    weighed = _weighed(assessment)
    helping = _helping(assessment, weighed)
    agreed = [one for one in helping if one.counts_as and one.id not in bound]
    other = [one for one in helping if not one.counts_as and one.id not in bound]
    blocks: list[Block] = []
    if agreed:
        blocks.append(Prose(say(_("This is planned or agreed already, and helps once it is in place:"))))
        blocks.append(Bullets(tuple(_step(one) for one in agreed[:_STEPS])))
    if other:
        intro = (
            _("This would help as well; one or two of these steps are often enough, and we gladly talk them through:")
            if agreed
            else _("This would help; one or two of these steps are often enough, and we gladly talk them through:")
        )
        blocks += [Prose(say(intro)), Bullets(tuple(_step(one) for one in other[:_STEPS]))]
    stuck = [one.irreducible for one in weighed if one.irreducible and not ways(one)]
    if stuck:
        blocks.append(Prose(say(_("For some questions no step of this kind helps, only a different plan:"))))
        blocks.append(Bullets(tuple(say(sentence(one)) for one in dict.fromkeys(stuck))))
    return tuple(blocks)


def _helping(assessment: Assessment, weighed: list[Finding]) -> list[ControlShown]:
    """Return the controls that are not in place and would lower what weighed, those that lower most first."""
    order = dict.fromkeys(control for one in weighed for option in ways(one) for control in option.controls)
    controls = {one.id: one for one in assessment.controls}
    return [controls[one] for one in order if one in controls and controls[one].counts_as != "in_place"]


def _step(control: ControlShown) -> Line:
    return say(strong(f"{control.title}. "), sentence(control.do))


def _missing(assessment: Assessment) -> tuple[Block, ...]:
    if not assessment.gaps:
        return ()
    intro = _(
        "These answers are missing. Please help us to find them; what nobody can say is a good answer too, it never "
        "counts as a no."
    )
    asked = dict.fromkeys((one.question, who_to_ask(one)) for one in assessment.gaps)
    lines = tuple(say(_("{question} (asked of: {who})", question=question, who=who)) for question, who in asked)
    return (Prose(say(intro)), Bullets(lines))


def _whom(assessment: Assessment) -> tuple[Block, ...]:
    blanks = Blanks((_("Contact in the research office"), _("E-mail and telephone")))
    intro = Prose(say(_("The research office explains every step to you and helps you with the next ones.")))
    assessor = assessment.assessor
    if assessor and names_nobody(assessor, assessment):
        return (intro, Fields((Field(_("Your case was looked at by"), (say(assessor),)),)), blanks)
    return (intro, blanks)


def _challenge(assessment: Assessment) -> tuple[Block, ...]:
    again = _(
        "We look at the project again by {day}, and earlier if it changes: please tell us.",
        day=day(assessment.review_due),
    )
    return (Prose(say(assessment.criteria.challenge)), Prose(say(again)))


def _group(title: str, blocks: tuple[Block, ...]) -> tuple[Group, ...]:
    return (Group(say(title), blocks),) if blocks else ()
