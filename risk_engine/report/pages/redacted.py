"""An assessment to the version that outsiders may read, for example on a request under freedom of information.

It is made of the sections of the full report where they say the truth about what is left, and of its own where the full
report would say "none" of something that is withheld.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, TypeVar, cast

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, current, ngettext, pgettext
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import ControlShown, Explanation, Proposal
from risk_engine.model.profile import Disclosure
from risk_engine.report.answer import NOT_DETERMINED, TWO_PEOPLE, tone, version_warning, why
from risk_engine.report.blocks import (
    Answer,
    Block,
    Bullets,
    Field,
    Fields,
    Group,
    Line,
    Prose,
    Run,
    Section,
    Table,
    View,
    mark,
    say,
    shortened,
    strong,
    words,
)
from risk_engine.report.controls import supporting, who
from risk_engine.report.one_sheet import on_one_sheet
from risk_engine.report.pages.exemptions import withheld_section
from risk_engine.report.pages.redaction import Marks, Redaction, redaction
from risk_engine.report.pictures import scale
from risk_engine.report.sanitize import clean_text, cleaned
from risk_engine.report.sections import recorded_lines, report_page
from risk_engine.report.view import SCOPE, case_rows
from risk_engine.report.wording import (
    Names,
    day,
    evidence,
    gravest,
    lead,
    none,
    open_between,
    sentence,
    state_word,
    who_to_ask,
)

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


def case_section(whole: Section, made: Redaction, marks: Marks) -> Section:
    """Return what was assessed, as far as it may be told."""
    rows = [one for one in case_rows(whole) if one.key != SCOPE]
    if made.has_notes:
        rows.append(Field(_("Notes in the case"), (say(marks.answer),)))
    return Section("case", _("What was assessed"), (Fields(tuple(rows)),))


def reasons_section(made: Redaction, names: Names, marks: Marks) -> Section:
    """Return for each ladder its question, its level, and the reason as far as what is shown leads there."""
    groups = tuple(_reason(one, made, names, marks) for one in made.assessment.proposals)
    return Section("reasons", _("Reasons"), groups)


def findings_section(whole: Section, made: Redaction) -> Section:
    """Return every finding that may be shown and is present or not determined, the gravest first."""
    found = gravest(made.assessment)
    blocks: list[Block | Group] = [Prose(say(_shown_findings(made)))]
    if not found:
        blocks.append(Prose(say(_("None of the indicators that may be shown found anything."))))
    blocks += [one for one in whole.blocks if isinstance(one, Group)]
    return Section("findings", _("Findings that may be shown"), tuple(blocks))


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
    lines = supporting(assessment)
    listed: Block = Bullets(lines) if lines else none()
    always = Group(say(_("Supporting: always advisable, lower nothing alone")), (listed,))
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


T = TypeVar("T")

_TITLE = 90
"""How many letters of a name stand above the answer."""


class DisclosureError(RiskEngineError):
    """A word that is withheld would be read in a document, so the document is not handed out."""


def redacted_view(
    assessment: Explanation,
    criteria: CriteriaSet | None = None,
    disclosure: Disclosure | None = None,
    *,
    written_as: CriteriaSet | None = None,
) -> View:
    """Return the redacted version of an assessment.

    `criteria` are those that it was made under, perhaps told in the current language, and `written_as` how they were
    written then; where they are gone, only its result is shown. `disclosure` says what is withheld and why; without
    it, the profile in the assessment does. Raises RiskEngineError where the criteria are other ones, or this engine
    finds what was not found then; DisclosureError if a withheld word is left, or the reason holds one.
    """
    given = disclosure or _own(assessment)
    marks = _marks(given)
    made = redaction(assessment, criteria, given, marks, written_as=written_as)
    _check_reasons(given, made)
    whole = _view(made, criteria, marks)
    if criteria is not None:
        # Whatever stands in the document although no text of the case went into it is nobody's secret.
        bare = redaction(assessment, criteria, given, marks, written_as=written_as, wordless=True)
        wordless = _view(bare, criteria, marks)
        known = set(_told(wordless, made, marks))
        if any(secret not in known for secret in _told(whole, made, marks)):
            raise DisclosureError(
                _("the redacted version is not written, because a word that is withheld is left in it"),
                _("this is a defect of the engine: report it without the case, and redact this case by hand"),
            )
    return _standing_out(whole, marks)


def _told(view: View, made: Redaction, marks: Marks) -> Iterator[str]:
    return (secret for text in _texts(view) for secret in made.secrets.all.told(text, marks.all))


def _check_reasons(given: Disclosure | None, made: Redaction) -> None:
    """Raise DisclosureError if a reason would itself tell what it is given for."""
    if given is None:
        return
    reasons = {"disclosure.reason": given.reason}
    if given.persons == "withheld" and given.persons_reason is not None:
        reasons["disclosure.persons_reason"] = given.persons_reason
    telling = [key for key, text in reasons.items() if made.secrets.all.tells(text)]
    if telling:
        keys = ", ".join(f"`{one}`" for one in telling)
        raise DisclosureError(
            _("the redacted version is not written, because the profile repeats withheld words in {keys}", keys=keys),
            _("say the reason in other words, such as the section of the law alone"),
        )


def redaction_warning(
    assessment: Explanation, criteria: CriteriaSet | None = None, disclosure: Disclosure | None = None
) -> str:
    """Return what whoever makes a redacted version should know before it leaves the house."""
    said: list[str] = []
    if disclosure is None and _own(assessment) is None:
        said.append(
            _(
                "no exemption reason is on record: each place says so. Give one under `disclosure:` in the profile of "
                "your institution"
            )
        )
    if criteria is None:
        said.append(
            _(
                "the criteria {criteria} are not at hand: nobody can tell what rests on confidential answers, so only "
                "the result is shown",
                criteria=f"{assessment.criteria.id} {assessment.criteria.version}",
            )
        )
    else:
        said.append(
            _(
                "repetitions in other texts are looked for by whole answers, names and their parts, and no others are "
                "found: read the document before you send it"
            )
        )
    return "\n".join(said)


def _own(assessment: Explanation) -> Disclosure | None:
    return assessment.profile.profile.disclosure if assessment.profile else None


def _marks(given: Disclosure | None) -> Marks:
    reason = given.reason if given else _("no exemption reason on record")
    person = (given.persons_reason if given else None) or _("personal data")
    shows_people = given is not None and given.persons == "shown"
    return Marks(_mark(reason), None if shows_people else _mark(person))


def _mark(reason: str) -> str:
    return _("[withheld: {reason}]", reason=clean_text(" ".join(reason.split())))


def _view(made: Redaction, criteria: CriteriaSet | None, marks: Marks) -> View:
    assessment = made.assessment
    names = Names(assessment)
    used = assessment.criteria
    report = report_page(assessment, names)
    around = report.sections
    shown: list[Section] = [case_section(around["case"], made, marks), reasons_section(made, names, marks)]
    if assessment.ratings:
        shown.append(around["dimensions"])
    if made.withheld is not None:
        shown += [
            findings_section(around["findings"], made),
            _gaps(around["unknown"], assessment),
            _with_intro(around["problems"], _("Only what concerns answers that are shown is listed.")),
            controls_section(made, names),
            _with_intro(around["awareness"], _("Only what follows from answers that are shown is listed.")),
            around["dates"],
            benefits_section(assessment, names),
            _with_intro(around["absent"], _("Of the indicators that may be shown, these found nothing.")),
            around["profile"],
        ]
    shown += [around["challenge"], around["sources"], versions_section(assessment)]
    marked = sum(text.count(one) for one in marks.all for section in shown for text in _texts(section))
    about = (shortened(assessment.institution or "", _TITLE), day(assessment.on), f"{used.id} {used.version}")
    title = f"{shortened(assessment.case_title, _TITLE)} ({shortened(assessment.case_id, _TITLE)})"
    footer = _(
        "The redacted version of a computed proposal under {criteria} as of {day}. A named person decides.",
        criteria=f"{used.id} {used.version}",
        day=day(assessment.on),
    )
    whole = View(
        kind="redacted",
        language=current(),
        title=_("Redacted version: {case}", case=title),
        about=" · ".join(one for one in about if one),
        case_id=assessment.case_id,
        on=assessment.on,
        # It stands in the style sheet, where nothing can be escaped.
        kept_by=f"{re.sub('[^A-Za-z0-9._-]', '', assessment.case_id)} {assessment.digest[:12]}",
        warning=None,
        answer=answer_of_open(made, names),
        scales=tuple(scale(one) for one in assessment.proposals if one.role),
        scope=None,
        sections=(withheld_section(made, criteria, marks, marked), *shown),
        full_report="",
        footer=" ".join(one for one in (footer, report.changed) if one),
    )
    return cleaned(whole)


def _gaps(section: Section, assessment: Explanation) -> Section:
    if assessment.gaps:
        return _with_intro(section, _("Only questions whose answers may be shown are listed."))
    nothing = Prose(say(_("No answer is missing among those that may be shown and could change a finding shown here.")))
    return dataclasses.replace(section, blocks=(nothing, *section.blocks[1:]))


def _with_intro(section: Section, text: str) -> Section:
    return dataclasses.replace(section, blocks=(Prose(say(text)), *section.blocks))


def _texts(part: object) -> Iterator[str]:
    """Yield every text of a part of a document, a line as a whole."""
    match part:
        case str():
            yield part
        case (Run(), *_rest):
            runs = cast("Line", part)
            yield words(runs)
            yield from (one for run in runs for one in (run.link, run.ref) if one)
        case tuple():
            for one in part:
                yield from _texts(one)
        case _ if dataclasses.is_dataclass(part):
            for one in vars(part).values():
                yield from _texts(one)
        case _:
            return


def _standing_out(part: T, marks: Marks) -> T:
    """Return a part of a document in which the marks within lines are set as marks."""
    return cast("T", _styled(part, marks))


def _styled(part: object, marks: Marks) -> object:
    match part:
        case (Run(), *_rest):
            return tuple(piece for run in cast("Line", part) for piece in _pieces(run, marks))
        case tuple():
            return tuple(_styled(one, marks) for one in part)
        case _ if dataclasses.is_dataclass(part):
            block = cast("Any", part)
            return dataclasses.replace(block, **{name: _styled(one, marks) for name, one in vars(part).items()})
        case _:
            return part


def _pieces(run: Run, marks: Marks) -> Iterator[Run]:
    for piece in re.split(f"({'|'.join(map(re.escape, marks.all))})", run.text):
        if piece in marks.all:
            yield mark(piece[1:-1])
        elif piece:
            yield dataclasses.replace(run, text=piece)
