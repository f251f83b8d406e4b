"""The record of a decision as a document of its own, without the assessment: all that it holds, the replies whole."""

from risk_engine.language import _, current
from risk_engine.model.decision import Assessed, Decision
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Answer, Blanks, Field, Fields, Group, Prose, Section, View, say
from risk_engine.report.harmless import cleaned
from risk_engine.report.pages import ruling
from risk_engine.report.pages.bound import conditions_told
from risk_engine.report.pages.frame import called, found_by
from risk_engine.report.pages.levels import standings_told
from risk_engine.report.wording import day


def record(decision: Decision, assessment: Explanation | None = None) -> View:
    """Return the document of a decision; its text is harmless everywhere.

    The assessment that it is on is asked for no more than the words of the criteria, which may be in another language.
    """
    shown = standings_told(decision, assessment)
    stated = decision.conditions if assessment is None else conditions_told(decision, assessment)
    conditions = tuple(ruling.condition(one) for one in stated) or (say(_("None.")),)
    replies = tuple(ruling.reply(one) for one in decision.replies) or (say(_("Nothing.")),)
    answer = Answer(
        ruling.headline(shown, decision, None),
        (*(ruling.level(one) for one in shown), *ruling.missing(decision)),
        ruling.tone(shown, decision, None),
        (
            Field(_("Why"), ruling.why(decision)),
            Field(_("On what conditions"), conditions),
            Field(_("What was written back"), replies),
        ),
        Field(_("How to challenge it"), (say((assessment.criteria if assessment else decision.about).challenge),)),
    )
    whole = [ruling.whole_reply(one) for one in decision.replies if one.text is not None]
    sections = [
        Section(
            "decision",
            _("Sign-off"),
            (
                Fields((Field(_("Who decided"), tuple(ruling.sign_off(decision))),)),
                Blanks(ruling.signing(decision)),
                Fields((Field(_("What identifies it"), tuple(ruling.identity(decision))),)),
            ),
        )
    ]
    if whole:
        letters = tuple(Group(say(one.label), tuple(Prose(line) for line in one.lines)) for one in whole)
        sections.append(Section("replies", _("The replies, whole"), letters))
    about = decision.about
    made = View(
        kind="decision",
        language=current(),
        title=called(about.case_title, about.case_id),
        about=_about(about),
        case_id=about.case_id,
        on=decision.on,
        kept_by=found_by(about.case_id, decision.digest),
        warning=None,
        answer=answer,
        scales=(),
        scope=None,
        sections=tuple(sections),
        full_report="",
        footer=_("The assessment holds the findings and sources; this record never changes it."),
    )
    return cleaned(made)


def _about(about: Assessed) -> str:
    values = {"day": day(about.on), "criteria": about.criteria}
    if about.profile:
        said = _(
            "Decision on the assessment of {day} under {criteria} and the profile of {institution}",
            institution=about.profile.institution,
            **values,
        )
    else:
        said = _("Decision on the assessment of {day} under {criteria}, without a profile", **values)
    if about.draft:
        return "{said}. {draft}".format(said=said, draft=_("The criteria were a draft, which nobody had released"))
    if about.in_force:
        return said
    if about.in_force_from > about.on:
        not_yet = _("The criteria were not in force on that day (in force from {day})", day=day(about.in_force_from))
    else:
        not_yet = _("The criteria were not in force on that day: another version was")
    return f"{said}. {not_yet}"
