"""What a redacted version says of itself: that it is one, what is withheld whatever the case answers, and why."""

from risk_engine.language import _, ngettext
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blocks import Block, Bullets, Field, Fields, Line, Prose, Run, Section, Table, say, strong
from risk_engine.report.documents.confidential import Confidential
from risk_engine.report.documents.open_case import Marks
from risk_engine.report.documents.redaction import Redaction
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
    rows = [
        Field(_("Made from the assessment"), (say(Run(made.assessment.digest, "code")),)),
        Field(
            _("Why answers are withheld"),
            (say(given.reason if given else strong(_("No exemption reason is on record."))),),
        ),
    ]
    if marks.person is not None:
        reason = (given.persons_reason if given else None) or _("They are personal data.")
        rows.append(Field(_("Why names of people are withheld"), (say(reason),)))
    places = ngettext(
        "In {number} place below a mark with the reason stands for what was taken out.",
        "In {number} places below a mark with the reason stands for what was taken out.",
        marked,
    )
    rows.append(Field(_("Marks"), (say(places),)))
    return tuple(rows)


def _questions(hidden: Confidential, criteria: CriteriaSet) -> Table:
    """Return every question whose answers are withheld, in the order of the set."""
    rows: list[tuple[Line, ...]] = []
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if f"{name}.{short}" not in hidden.facts:
                continue
            why = _("confidential under the criteria") if fact.confidential else _("would tell a confidential answer")
            rows.append((say(fact.question or f"{name}.{short}"), say(entity.title), say(why)))
    caption = _("Questions whose answers are withheld, whether they were answered or not")
    return Table(caption, (_("Question"), _("Asked about"), _("Why")), tuple(rows))


def _more(made: Redaction, hidden: Confidential, criteria: CriteriaSet, marks: Marks) -> Bullets:
    """Return what else is withheld because it would tell these answers."""
    shows_findings = made.disclosure is not None and made.disclosure.findings == "shown"
    lines = [] if shows_findings else [_indicators(name, hidden, criteria) for name in criteria.head.dimensions]
    if shows_findings and hidden.indicators:
        lines.append([say(_("Of findings that rest on these answers: what was recorded, and what would lower them."))])
    said = [one for several in lines for one in several]
    if hidden.dimensions and not shows_findings:
        titles = ", ".join(
            criteria.head.dimensions[one].title for one in criteria.head.dimensions if one in hidden.dimensions
        )
        said.append(
            say(
                lead(_("Points and bands")),
                _("of {dimensions}: they add up withheld indicators too.", dimensions=titles),
            )
        )
    notes = [
        one
        for one in criteria.awareness
        if one in hidden.notes and not (shows_findings and one in hidden.notes_of_results)
    ]
    if notes:
        said.append(
            say(
                lead(_("Notes on what to know")),
                _("{notes}: whether they apply depends on what is withheld.", notes=", ".join(notes)),
            )
        )
    if hidden.controls and not shows_findings:
        listed = ", ".join(one for one in criteria.controls if one in hidden.controls)
        said.append(say(lead(_("Controls")), _("{controls}: they serve withheld indicators alone.", controls=listed)))
    if marks.person is not None:
        said.append(say(lead(_("Names of people")), _("who assessed, collected evidence or see to a control.")))
    said += [
        say(
            lead(_("Working notes")),
            _("the notes in the case file, answers set aside, the office’s short names of entries (numbered here)."),
        ),
        say(
            lead(_("Repetitions")),
            _("where another text repeats a withheld answer or name, a mark stands in its place."),
        ),
    ]
    return Bullets(tuple(said))


def _indicators(dimension: str, hidden: Confidential, criteria: CriteriaSet) -> list[Line]:
    among = [name for name, one in criteria.indicators.items() if one.dimension == dimension]
    withheld = [name for name in among if name in hidden.indicators]
    if not withheld:
        return []
    text = ngettext(
        "{number} of {all} indicators, whatever it came to, because it may read these answers: {indicators}.",
        "{number} of {all} indicators, whatever they came to, because they may read these answers: {indicators}.",
        len(withheld),
        all=len(among),
        indicators="; ".join(f"{one} {criteria.indicators[one].title}" for one in withheld),
    )
    return [say(lead(criteria.head.dimensions[dimension].title), text)]
