"""The section of a redacted version that says what is withheld and why."""

from collections.abc import Iterator

from risk_engine.files.language import _, ngettext
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blocks import Block, Bullets, Field, Fields, Line, Prose, Run, Section, Table, say, strong
from risk_engine.report.pages.redaction import Confidential, Marks, Redaction
from risk_engine.report.wording import lead


def withheld_section(made: Redaction, criteria: CriteriaSet | None, marks: Marks, marked: int) -> Section:
    """Return the section; `marked` is in how many places a mark stands."""
    intro = _(
        "This is a redacted version of an assessment. What may not be told was taken out of the data before this "
        "document was written; it is not covered up in it."
    )
    blocks: list[Block] = [Prose(say(intro)), Fields(_heads(made, marks, marked))]
    if made.withheld is None or criteria is None:
        gone = _(
            "The criteria are not at hand any more. Without them nobody can tell what rests on confidential answers, "
            "so only the result is shown."
        )
        blocks.append(Prose(say(gone)))
    else:
        blocks += [_questions(made.withheld, criteria), _more(made, made.withheld, criteria, marks)]
    return Section("withheld", _("What is withheld, and why"), tuple(blocks), starts_page=True)


def _heads(made: Redaction, marks: Marks, marked: int) -> tuple[Field, ...]:
    given = made.disclosure
    reasons = [say(lead(_("Answers")), given.reason if given else strong(_("no exemption reason is on record")))]
    if marks.person is not None:
        reasons.append(say(lead(_("Names of people")), (given.persons_reason if given else None) or _("personal data")))
    places = ngettext(
        "In {number} place below a mark with the reason stands for what was taken out.",
        "In {number} places below a mark with the reason stands for what was taken out.",
        marked,
    )
    return (
        Field(_("Made from the assessment"), (say(Run(made.assessment.digest, "code")),)),
        Field(_("Reason"), tuple(reasons)),
        Field(_("Marks"), (say(places),)),
    )


def _questions(hidden: Confidential, criteria: CriteriaSet) -> Table:
    """Return every question whose answers are withheld, in the order of the set."""
    rows: list[tuple[Line, ...]] = []
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if f"{name}.{short}" not in hidden.facts:
                continue
            why = _("confidential under the criteria") if fact.confidential else _("would tell a confidential answer")
            rows.append((say(criteria.title_of(f"{name}.{short}")), say(entity.title), say(why)))
    caption = _("Questions whose answers are withheld, whether they were answered or not")
    return Table(caption, (_("Question"), _("Asked about"), _("Why")), tuple(rows))


def _more(made: Redaction, hidden: Confidential, criteria: CriteriaSet, marks: Marks) -> Bullets:
    """Return what else is withheld: what would tell these answers, people, and what only the office works with."""
    shows_findings = made.disclosure is not None and made.disclosure.findings == "shown"
    lines = list(_of_open_findings(hidden, criteria) if shows_findings else _of_withheld(hidden, criteria))
    notes = hidden.notes - hidden.notes_of_results if shows_findings else hidden.notes
    if notes:
        listed = ", ".join(one for one in criteria.awareness if one in notes)
        text = ngettext(
            "Whether {notes} applies is not shown: it depends on what is withheld.",
            "Whether {notes} apply is not shown: it depends on what is withheld.",
            len(notes),
            notes=listed,
        )
        lines.append(say(lead(_("Notes on what to know")), text))
    if marks.person is not None:
        text = _("It is not shown who assessed, who collected evidence and who sees to a control.")
        lines.append(say(lead(_("Names of people")), text))
    working = _(
        "Not shown are the notes in the case file, answers set aside, and the short names that the office gave to "
        "entries; they are numbered here."
    )
    repeated = _(
        "Where another text repeats a withheld answer or name, a mark stands in its place. Repetitions are looked for "
        "by whole answers and names and by their parts; in other words they are not found."
    )
    lines += [say(lead(_("Working notes")), working), say(lead(_("Repetitions")), repeated)]
    return Bullets(tuple(lines))


def _of_open_findings(hidden: Confidential, criteria: CriteriaSet) -> Iterator[Line]:
    if hidden.indicators:
        text = _(
            "Of {indicators} only what they came to is shown: not what was recorded, and not what would lower them.",
            indicators=", ".join(one for one in criteria.indicators if one in hidden.indicators),
        )
        yield say(lead(_("Findings on these answers")), text)


def _of_withheld(hidden: Confidential, criteria: CriteriaSet) -> Iterator[Line]:
    """Yield for each dimension the indicators that are not shown, then their points and controls."""
    for name, dimension in criteria.head.dimensions.items():
        among = [one for one, indicator in criteria.indicators.items() if indicator.dimension == name]
        withheld = [one for one in among if one in hidden.indicators]
        if withheld:
            text = ngettext(
                "{number} of {all} indicators is not shown, whatever it came to, because it may read these answers: "
                "{indicators}.",
                "{number} of {all} indicators are not shown, whatever they came to, because they may read these "
                "answers: {indicators}.",
                len(withheld),
                all=len(among),
                indicators="; ".join(f"{one} {criteria.indicators[one].title}" for one in withheld),
            )
            yield say(lead(dimension.title), text)
    if hidden.dimensions:
        titles = "; ".join(one.title for name, one in criteria.head.dimensions.items() if name in hidden.dimensions)
        text = _(
            "Not shown of these dimensions, because they add up withheld indicators too: {dimensions}.",
            dimensions=titles,
        )
        yield say(lead(_("Points and bands")), text)
    if hidden.controls:
        listed = ", ".join(one for one in criteria.controls if one in hidden.controls)
        text = _("Not shown, because they serve withheld indicators alone: {controls}.", controls=listed)
        yield say(lead(_("Controls")), text)
