"""May it start, and on what conditions? The answer and the page in short, on one screen; several in a table.

The gate comes before every other ladder, and what is still open before any level.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from risk_engine.files.harmless import cleaned
from risk_engine.files.language import N_, _, current, ngettext, pgettext
from risk_engine.model.case import ON_FILE
from risk_engine.model.explanation import Explanation, Finding, Gap, Problem, Proposal
from risk_engine.report.blocks import Answer, Field, Line, Run, View, grouped, say, strong
from risk_engine.report.controls import actions, conditions, lowering, owner_and_due, to_choose, ways
from risk_engine.report.frame import (
    about,
    called,
    computed,
    found_by,
    noted,
    on_one_sheet,
    own_day,
    version_warning,
)
from risk_engine.report.unsettled import (
    cleared_first,
    contradicting,
    further_contradictions,
    knock_out,
    missing,
    open_questions,
    reopened_note,
    still_open,
)
from risk_engine.report.wording import (
    ONLY_UNVERIFIED,
    Names,
    and_more,
    coded,
    confidential,
    course,
    day,
    fill,
    first_of,
    gravest,
    lead,
    of_kind,
    read_how,
    sentence,
    severity_word,
    some,
    who_to_ask,
)

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook

_SHOWN = 3
"""How many findings, answers or steps the page in short names; it counts the rest."""
PROBLEMS = "problems"
"""The anchor of the section on what does not fit in the record."""
_FACTS = 2
"""How many sentences, records of evidence and acts stand behind a finding; the rest is counted."""
_LAW = frozenset({"eu_law", "international_law", "national_law", "foreign_law"})
_STEPS = 4
"""How many controls to put in place and findings to choose for it names as what comes next."""
TWO_PEOPLE = N_("Two people must decide this together: neither signs alone.")


def answer(assessment: Explanation, names: Names, outlook: "ExplainedOutlook | None" = None) -> Answer:
    """Return the answer: the gate's sentence if the set has a gate, else that of the headline ladder.

    With an outlook it says what would change it, and of open questions which matter.
    """
    ladders = (assessment.proposal(role) for role in ("gate", "headline"))
    first, *rest = [one for one in ladders if one is not None] or assessment.proposals[:1]
    more = [_level_line(one, assessment) for one in rest]
    escalation = assessment.proposal("escalation")
    if escalation and (escalation.provisional or escalation.level.name != escalation.ladder_levels[0]):
        more.append(_level_line(escalation, assessment))
    if any(one.four_eyes for one in assessment.proposals):
        more.append(say(strong(_(TWO_PEOPLE))))
    more += [*further_contradictions(assessment), *version_warning(assessment), *own_day(assessment)]
    if assessment.supersedes is not None:
        from risk_engine.report.replaced import replaced  # few assessments take the place of another

        more += replaced(assessment, names)
    challenge = Field(_("How to challenge it"), (say(assessment.criteria.challenge),))
    # What the result hangs on comes before it: as long as answers contradict each other, nobody may rely on it.
    against = contradicting(assessment, names)
    said = " ".join(filter(None, (against, proposed(first, assessment))))
    how = "open" if against else tone(first)
    return on_one_sheet(Answer(said, tuple(more), how, _glance(assessment, names, outlook), challenge))


def proposed(proposal: Proposal, assessment: Explanation) -> str:
    """Return what a ladder answers, and that it is still open where answers are missing or contradict each other."""
    open_now = still_open(proposal, assessment)
    said = sentence(proposal.level.answer)
    return _("{open}. As things stand: {answer}", open=open_now, answer=said) if open_now else said


def _level_line(proposal: Proposal, assessment: Explanation) -> Line:
    open_now = still_open(proposal, assessment)
    # A level that is called as its ladder is would be said twice.
    named = "" if proposal.level.title == proposal.title else f"{sentence(proposal.level.title)} "
    said = f"{named}{sentence(proposal.level.answer)}"
    if open_now:
        as_it_stands = _("{ladder}, as things stand: {answer}", ladder=proposal.title, answer=said)
        return say(strong(sentence(open_now)), f" {as_it_stands}")
    return say(lead(proposal.title), said)


def tone(proposal: Proposal) -> Literal["mild", "middle", "strict", "open"]:
    """Return how strict an answer is, as a page colours it."""
    if proposal.provisional:
        return "open"
    if proposal.level.name == proposal.ladder_levels[0]:
        return "mild"
    return "strict" if proposal.level.name == proposal.ladder_levels[-1] else "middle"


def _glance(assessment: Explanation, names: Names, outlook: "ExplainedOutlook | None") -> tuple[Field, ...]:
    return (
        Field(_("Why"), tuple(why(assessment, names)) or (say(_("No finding.")),), "reasons"),
        Field(_("On what conditions"), conditions(assessment, names), "conditions"),
        Field(_("What is missing"), tuple(_missing(assessment, names, outlook)), "missing"),
        Field(_("What would change it"), _change(assessment, outlook), "change"),
        Field(_("What next"), tuple(_next(assessment, names, outlook)), "next"),
    )


def _change(assessment: Explanation, outlook: "ExplainedOutlook | None") -> tuple[Line, ...]:
    if outlook is None:
        text = _("`risk-engine outlook FILE` works it out (with the extra `audit`), and `--outlook` brings it here.")
        return (coded(text),)
    lines, effort = lowering(outlook, assessment)
    return (*lines, say(effort)) if effort else lines


def why(assessment: Explanation, names: Names, most: int = _SHOWN) -> list[Line]:
    """Return the sentences of the rules behind gate and headline, and the gravest findings, the first of them."""
    deciding = [one for one in assessment.proposals if one.role in {"gate", "headline"}] or assessment.proposals[:1]
    by_sentence = grouped(deciding, lambda one: sentence(one.sentence))
    lines = [say(lead(" · ".join(one.title for one in those)), text) for text, those in by_sentence.items()]
    present = [one for one in gravest(assessment) if one.outcome == "present"]
    return lines + first_of(
        present,
        most,
        lambda finding: in_short(finding, assessment, names),
        lambda number: ngettext("and {number} further finding", "and {number} further findings", number),
    )


def in_short(finding: Finding, assessment: Explanation, names: Names) -> Line:
    """Return a finding in one line: what it is, how grave, what was recorded, and what it bars by which act."""
    bar = knock_out(finding.knock_out, names.lack(finding.missing))
    barred = f" {bar}" if bar else ""
    if finding.knock_out.at_most == "legal" and (acts := acts_of(finding)):
        barred = " " + _("{bar} By: {acts}.", bar=bar, acts=acts)
    # Whoever reads only this screen must not take for law what nobody looked up.
    read = read_how(finding, ONLY_UNVERIFIED)
    marked: Line = (Run(" "), *read) if read else ()
    return say(names.finding(finding.id), f": {course(finding)}.{barred} ", *recorded(finding, assessment), *marked)


def recorded(finding: Finding, assessment: Explanation) -> Line:
    """Return the facts that make a finding: of which entry, what was answered, and the evidence on record with its day.

    The sentences are those of the set, filled with the answers; where they name no entry, its name stands before them.
    """
    sentences = finding.because[:_FACTS]
    labels = [one.label for one in assessment.entries if one.path in finding.entries]
    if labels and not any(label in text for label in labels for text in sentences):
        sentences = (_("{label}: {text}", label=some(labels, _FACTS, ", "), text=" ".join(sentences)),)
    said = " ".join(sentences)
    if (further := len(finding.because) - _FACTS) > 0:
        said = f"{said} ({and_more(further)})"
    read = [assessment.facts[path] for path in finding.reads]
    records = dict.fromkeys(
        _("{day}, {kind}", day=day(record.date), kind=record.kind) for one in read for record in one.evidence
    )
    on_record = ""
    if records:
        on_record = _("(recorded {records})", records=some(list(records), _FACTS))
    elif any(one.origin == "case" for one in read):
        on_record = _("(no evidence on record)")
    return say(
        said, *((" ", Run(on_record, "em")) if on_record else ()), *confidential(any(one.confidential for one in read))
    )


def acts_of(finding: Finding) -> str:
    """Return the acts of law that a finding rests on, each with its article; nothing where it cites no act."""
    acts = (one for one in finding.sources if one.kind in _LAW)
    named = [_("{act}, {place}", act=one.instrument, place=one.at) if one.at else one.instrument for one in acts]
    return some(named, _FACTS)


def _missing(assessment: Explanation, names: Names, outlook: "ExplainedOutlook | None") -> list[Line]:
    def could_raise(gap: Gap) -> Line:
        text = _("{who}: {question} – could raise it to {severity}")
        question = f"{names.fact(gap.path)}{reopened_note(gap)}"
        return fill(text, who=who_to_ask(gap), question=question, severity=severity_word(gap.possible))

    gaps = assessment.gaps

    def further(number: int) -> str:
        return ngettext("and {number} further answer", "and {number} further answers", number)

    if outlook is not None:
        lines = _deciding_questions(outlook, assessment, could_raise, further)
    else:
        lines = first_of(gaps, _SHOWN, could_raise, further)
    lines += first_of(
        names.unsure,
        1 if gaps else _SHOWN,
        lambda path: say(lead(_("Answered as unsure")), names.fact(path)),
        lambda number: ngettext(
            "and {number} further answer given as unsure", "and {number} further answers given as unsure", number
        ),
    )
    nothing = [] if lines else [say(_("Nothing that could change a finding."))]
    # What the result hangs on stands in the first sentence already.
    unfit = [one for one in assessment.problems if one.kind not in {"superfluous", "unsure"} and not one.decides]
    if unfit:
        text = ngettext(
            "{number} thing does not fit in the record", "{number} things do not fit in the record", len(unfit)
        )
        kept = is_confidential(unfit[0], assessment)
        lines.append(say(Run(text, ref=PROBLEMS), ": " if not kept else "", "" if kept else unfit[0].text))
    return [*nothing, *lines]


def _deciding_questions(
    outlook: "ExplainedOutlook",
    assessment: Explanation,
    could_raise: Callable[[Gap], Line],
    further: Callable[[int], str],
) -> list[Line]:
    """Return the questions that decide as the outlook has them, and how many others there are."""
    from risk_engine.report.outlook import OutlookNames

    names, found = OutlookNames(outlook, assessment), open_questions(outlook)
    gaps = {one.path: one for one in assessment.gaps}

    def asked(path: str) -> Line:
        if path in gaps:
            return could_raise(gaps[path])
        text = _("{who}: {question} – can change the result")
        return fill(text, who=names.whom(path), question=names.question(path))

    lines = first_of([one.path for one in (*found.alone, *found.together)], _SHOWN, asked, further)
    if found.in_ways:
        text = ngettext(
            "{number} missing answer does not change {results} as it stands, but may once something is done to "
            "lower the result.",
            "{number} missing answers do not change {results} as it stands, but may once something is done to "
            "lower the result.",
            len(found.in_ways),
            results=names.results(),
        )
        lines.append(say(text))
    if found.never:
        text = ngettext(
            "{number} missing answer need not be asked for: it does not change {results} or any way to lower them.",
            "{number} missing answers need not be asked for: they do not change {results} or any way to lower them.",
            len(found.never),
            results=names.results(),
        )
        lines.append(say(text))
    return lines


def get_answers(assessment: Explanation, outlook: "ExplainedOutlook | None" = None) -> str:
    """Return the step that missing answers call for; nothing where none is to be got.

    Which of them decide only an outlook knows; without one nothing is said that it could contradict.
    """
    if outlook is None:
        lacking = missing(assessment)
        text = ngettext(
            "{number} answer is missing that could raise a finding; only an outlook tells whether it can change the "
            "result.",
            "{number} answers are missing that could raise a finding; only an outlook tells which can change the "
            "result.",
            lacking,
        )
        return text if lacking else ""
    found = open_questions(outlook)
    decide = sum(one.path not in assessment.reopened for one in (*found.alone, *found.together))
    text = ngettext(
        "Get the missing answer that decides first.", "Get the {number} missing answers that decide first.", decide
    )
    return text if decide else ""


def is_confidential(problem: Problem, assessment: Explanation) -> bool:
    """Return whether what does not fit in the record tells a confidential answer."""
    read = (assessment.facts[one].confidential for one in problem.paths if one in assessment.facts)
    return any(read) or any(one.confidential for one in problem.answers)


def _next(assessment: Explanation, names: Names, outlook: "ExplainedOutlook | None") -> list[Line]:
    """Return the steps: ask what is missing, put in place what is agreed, choose what would help the rest."""
    steps = []
    if text := cleared_first(assessment):
        steps.append(say(Run(text, ref=PROBLEMS)))
    if text := get_answers(assessment, outlook):
        steps.append(say(text))
    if names.unsure:
        steps.append(say(names.ask_again))
    listed = [one.control for one in actions(assessment, names) if one.control.stated and one.control.findings]
    steps += first_of(
        listed,
        _SHOWN,
        lambda one: say(lead(_("Put in place")), f"{one.title}. {one.do} ({owner_and_due(one, assessment)})"),
        lambda number: ngettext(
            "and {number} further control of the case", "and {number} further controls of the case", number
        ),
    )
    steps += first_of(
        to_choose(assessment),
        max(1, min(_SHOWN, _STEPS - min(len(listed), _SHOWN))),
        lambda finding: _choice(finding, names),
        lambda number: ngettext(
            "and {number} further finding that the case lists no control for",
            "and {number} further findings that the case lists no control for",
            number,
        ),
    )
    again = _("A named person decides. Look at it again by {day}.", day=day(assessment.review_due))
    return [*steps, say(again)]


def _choice(finding: Finding, names: Names) -> Line:
    offered = pgettext("between ways of which one is enough", "; or ").join(
        _(
            "{controls} (would lower it to {severity})",
            controls=" ".join(filter(None, (names.controls(one.controls), of_kind(one)))),
            severity=severity_word(one.residual),
        )
        for one in ways(finding)
    )
    return say(_("For “{finding}”: {ways}", finding=names.finding(finding.id).text, ways=offered))


def screen(assessment: Explanation, *, can_be_exact: bool = True, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return the answer on an assessment in the current language; its text is harmless.

    It says the same as the whole report (`view`), and nobody waits for sections that no screen shows. The command that
    looks further is named unless it cannot run where the screen is (`can_be_exact`): then an open result says what is
    needed for it.
    """
    shown = noted(cleaned(opening(assessment, Names(assessment), outlook)), assessment)
    if outlook is not None and outlook.is_whole:
        return replace(shown, full_report=_("Full report, also how to challenge this: --format html"))
    if outlook is not None:
        more = _(
            "Full report, also how to challenge this: --format html. All that would change it: risk-engine outlook FILE"
        )
        return replace(shown, full_report=more)
    if shown.answer is not None:
        # The last line says how to get it.
        glance = tuple(one for one in shown.answer.glance if one.key != "change")
        shown = replace(shown, answer=replace(shown.answer, glance=glance))
    if can_be_exact:
        return shown
    lines = [_("Full report, also how to challenge this: --format html")]
    if any(one.provisional for one in assessment.proposals):
        lines.append(_("The range is told by bounds; the extra audit tells it exactly (README, “Extras”)"))
    return replace(shown, full_report="\n".join(lines))


def opening(assessment: Explanation, names: Names, outlook: "ExplainedOutlook | None" = None) -> View:
    """Return a report that is nothing but its beginning and end, its text as it is in the record."""
    return View(
        kind="full",
        language=current(),
        case_id=assessment.case_id,
        on=assessment.on,
        title=called(assessment.case_title, assessment.case_id),
        about=about(assessment),
        kept_by=found_by(assessment.case_id, assessment.digest),
        answer=answer(assessment, names, outlook),
        full_report=_(
            "Full report, also how to challenge this: --format html. What would change it: risk-engine outlook FILE"
        ),
        footer=_footer(assessment),
    )


def _footer(assessment: Explanation) -> str:
    return " ".join([computed(assessment), *_on_file(assessment)])


def _on_file(assessment: Explanation) -> tuple[str, ...]:
    """Return for each entry what was taken from the office's files, and how old it is on the day."""
    labels = {one.path: one.label for one in assessment.entries}
    found: list[str] = []
    for taken in assessment.case.get(ON_FILE, ()):
        days = [date.fromisoformat(one) for one in taken["answers"].values()]
        if days:
            oldest = min(days)
            found.append(
                ngettext(
                    "{number} answer about {name} is from the office's file `{file}`, of {day} ({age} days before; "
                    "limit {limit}).",
                    "{number} answers about {name} are from the office's file `{file}`, the oldest of {day} ({age} "
                    "days before; limit {limit}).",
                    len(days),
                    name=labels.get(taken["entry"], taken["entry"]),
                    file=taken["file"],
                    day=day(oldest),
                    age=(assessment.on - oldest).days,
                    limit=taken["stale_after_days"],
                )
            )
    return tuple(found)
