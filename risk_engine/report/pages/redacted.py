"""The facts of the version that outsiders may read; its words are in `templates/pages/redacted.j2`.

What is withheld is not among them: they are made of an assessment from which it was taken out before (`redaction`).
The page is the full report on what is left (`templates/pages/report.j2`), with words of its own where the report's are
not true of it.
"""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.harmless import clean_text, cleaned
from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Condition, Decision
from risk_engine.model.explanation import ControlShown, Explanation, Gap, Proposal
from risk_engine.model.profile import Disclosure
from risk_engine.model.translation import Told
from risk_engine.report import page
from risk_engine.report.answer import tone, why
from risk_engine.report.blocks import Line, Run, View, changed_lines, leading_inside, mark, texts_of
from risk_engine.report.frame import called, noted, on_one_sheet, version_warning
from risk_engine.report.pages import answer_of, from_template
from risk_engine.report.pages.redaction import Confidential, Marks, Redaction, redaction
from risk_engine.report.pictures import scale
from risk_engine.report.unsettled import contradicting, further_contradictions, lack_of
from risk_engine.report.view import Part, ReportFacts, beside, complete, must_say, report_facts
from risk_engine.report.wording import Names

_SHOWN = 3
"""How many answers or controls the page in short names; it counts the rest."""


@dataclass(frozen=True)
class WithheldQuestion:
    """A question whose answers are withheld, itself confidential or because it would tell one that is."""

    question: str
    about: str
    is_confidential: bool


@dataclass(frozen=True)
class WithheldIndicators:
    """How many of all indicators of a dimension are withheld, and which."""

    dimension: str
    number: int
    all: int
    titles: str


@dataclass(frozen=True)
class Withheld:
    """What is withheld under the criteria, whatever the case says, and the reasons on record."""

    reason: str
    hides_people: bool
    persons_reason: str
    questions: tuple[WithheldQuestion, ...]
    bare_findings: str
    indicators: tuple[WithheldIndicators, ...]
    dimensions: str
    controls: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class RedactedFacts(ReportFacts):
    """All that a redacted version may say: a report on what was assessed again from what may be known, and more.

    `marked` is how many marks stand in the sections below the one on what is withheld.
    """

    case: str
    tone: str
    first: Proposal
    others: tuple[Proposal, ...]
    contradicting: str
    further_contradictions: tuple[Line, ...]
    version_warning: tuple[Line, ...]
    why: tuple[Line, ...]
    stated: tuple[ControlShown, ...]
    further_stated: int
    missing: tuple[Gap, ...]
    further_missing: int
    withheld: Withheld
    mark: str
    marked: int
    shows_findings: bool
    controls: tuple[ControlShown, ...]


class DisclosureError(RiskEngineError):
    """A word that is withheld would be read in a document, so the document is not handed out."""


def redacted_view(
    assessment: Explanation,
    told: Told,
    disclosure: Disclosure | None = None,
    decision: Decision | None = None,
    *,
    part: Part = "whole",
    annex_file: str = "",
) -> View:
    """Return the redacted version of an assessment under its criteria, as they are told in the current language.

    `part` and `annex_file` are as in `report.view.view`. Of a decision it tells the conditions,
    without what is withheld.

    `disclosure` says what is withheld and why; without it, the profile in the assessment does. Raises RiskEngineError
    where the criteria are other ones, or this engine finds what was not found then; DisclosureError if a withheld word
    is left, or the reason holds one.
    """
    given = disclosure or _own(assessment)
    marks = _marks(given)
    open_part = redaction(assessment, told, given, marks)
    _check_reasons(given, open_part)
    told_of = None if decision is None else _open_decision(decision, open_part, marks)
    whole = _view(open_part, told.words, marks, (part, annex_file), told_of)
    # Whatever stands in the document although no text of the case went into it is nobody's secret.
    bare = redaction(assessment, told, given, marks, wordless=True)
    said_nothing = None if decision is None else _open_decision(decision, bare, marks, wordless=True)
    wordless = _view(bare, told.words, marks, (part, annex_file), said_nothing, counts=False)
    known = set(_secrets_in(wordless, open_part, marks))
    if any(secret not in known for secret in _secrets_in(whole, open_part, marks)):
        raise DisclosureError(
            _("the redacted version is not written, because a word that is withheld is left in it"),
            _("this is a defect of the engine: report it without the case, and redact this case by hand"),
        )
    return noted(_standing_out(whole, marks), assessment)


def _secrets_in(view: View, open_part: Redaction, marks: Marks) -> Iterator[str]:
    return (secret for text in texts_of(view, links=True) for secret in open_part.secrets.all.told(text, marks.all))


def _check_reasons(given: Disclosure | None, open_part: Redaction) -> None:
    """Raise DisclosureError if a reason would itself tell what it is given for."""
    if given is None:
        return
    reasons = {"disclosure.reason": given.reason}
    if given.persons == "withheld" and given.persons_reason is not None:
        reasons["disclosure.persons_reason"] = given.persons_reason
    telling = [key for key, text in reasons.items() if open_part.secrets.all.tells(text)]
    if telling:
        keys = ", ".join(f"`{one}`" for one in telling)
        raise DisclosureError(
            _("the redacted version is not written, because the profile repeats withheld words in {keys}", keys=keys),
            _("say the reason in other words, such as the section of the law alone"),
        )


def redaction_warning(assessment: Explanation, disclosure: Disclosure | None = None) -> str:
    """Return what whoever makes a redacted version should know before it leaves the house."""
    repetitions = _(
        "repetitions in other texts are looked for by whole answers, names and their parts, and no others are "
        "found: read the document before you send it"
    )
    if disclosure or _own(assessment):
        return repetitions
    reasonless = _(
        "no exemption reason is on record: each place says so. Give one under `disclosure:` in the profile of "
        "your institution"
    )
    return f"{reasonless}\n{repetitions}"


def _own(assessment: Explanation) -> Disclosure | None:
    return assessment.profile.profile.disclosure if assessment.profile else None


def _marks(given: Disclosure | None) -> Marks:
    reason = given.reason if given else _("no exemption reason on record")
    person = (given.persons_reason if given else None) or _("personal data")
    shows_people = given is not None and given.persons == "shown"
    return Marks(_mark(reason), None if shows_people else _mark(person))


def _mark(reason: str) -> str:
    return _("[withheld: {reason}]", reason=clean_text(" ".join(reason.split())))


def _open_decision(decision: Decision, open_part: Redaction, marks: Marks, *, wordless: bool = False) -> Decision:
    """Return a decision whose conditions tell nothing that is withheld: every one of them stands, if only as a mark."""
    hidden = frozenset[str]() if open_part.shows_findings else open_part.withheld.controls

    def told(one: Condition) -> Condition:
        # Of what is not even sent to the researcher no outsider reads more than that it is there.
        if one.control in hidden or not one.sent:
            return Condition(text=marks.answer)
        owner = one.owner
        if owner is not None and not one.owner_is_role:
            owner = marks.person or open_part.secrets.text(owner, marks.answer)
        free = "…" if wordless else open_part.secrets.text(one.text, marks.answer)
        return one.model_copy(update={"text": free if one.control is None else one.text, "owner": owner})

    return decision.model_copy(update={"conditions": tuple(map(told, decision.conditions))})


def _view(
    open_part: Redaction,
    criteria: Criteria,
    marks: Marks,
    shown_as: tuple[Part, str],
    decision: Decision | None,
    *,
    counts: bool = True,
) -> View:
    assessment = open_part.assessment
    part, annex_file = shown_as
    facts = redacted_facts(open_part, criteria, marks, decision)
    shown = _filled(assessment, facts, part, annex_file)
    # How many marks there are is known once there is a page.
    listed = tuple(one for one in shown.sections if one.key != "withheld")
    marked = sum(text.count(one) for one in marks.all for text in texts_of(listed)) if counts else 0
    if marked and part != "annex":
        shown = _filled(assessment, dataclasses.replace(facts, marked=marked), part, annex_file)
    return cleaned(leading_inside(shown))


def _filled(assessment: Explanation, facts: RedactedFacts, part: Part, annex_file: str) -> View:
    annexed = page.made("redacted_annex", facts)
    below = complete(annexed, "redacted_annex")
    if part != "whole":
        facts = dataclasses.replace(facts, annex=tuple(one.title for one in below), annex_file=annex_file)
    shown = from_template("redacted", (assessment, None), facts, must_say(assessment))
    if part == "annex":
        title = _("Annex: {report}", report=shown.title)
        return dataclasses.replace(shown, kind="redacted_annex", title=title, answer=None, sections=below, must=())
    return dataclasses.replace(
        shown,
        answer=on_one_sheet(answer_of(shown)),
        scales=tuple(scale(one, lack_of(assessment)) for one in assessment.proposals if one.role),
        sections=beside(shown.sections, below, part),
        footer=" ".join(filter(None, (shown.footer, annexed.changed if part == "whole" else ""))),
    )


def redacted_facts(
    open_part: Redaction, criteria: Criteria, marks: Marks, decision: Decision | None = None
) -> RedactedFacts:
    """Return what a redacted version may say, chosen and in order; how many marks that makes is not counted yet."""
    assessment = open_part.assessment
    names = Names(assessment)
    by_role = [one for role in ("gate", "headline") if (one := assessment.proposal(role))] or assessment.proposals[:1]
    escalation = assessment.proposal("escalation")
    if escalation and (escalation.provisional or escalation.level.name != escalation.ladder_levels[0]):
        by_role = [*by_role, escalation]
    first, *others = by_role
    controls = tuple(one for one in assessment.controls if not one.supporting)
    stated = tuple(one for one in controls if one.stated)
    report = report_facts(assessment, names, decision)
    return RedactedFacts(
        **vars(dataclasses.replace(report, notes=marks.answer if open_part.has_notes else "")),
        case=called(assessment.case_title, assessment.case_id),
        tone="open" if (against := contradicting(assessment, names)) else tone(first),
        contradicting=against,
        further_contradictions=tuple(further_contradictions(assessment)),
        first=first,
        others=tuple(others),
        version_warning=version_warning(assessment),
        why=tuple(why(assessment, names)),
        stated=stated[:_SHOWN],
        further_stated=max(0, len(stated) - _SHOWN),
        missing=assessment.gaps[:_SHOWN],
        further_missing=max(0, len(assessment.gaps) - _SHOWN),
        withheld=_withheld(open_part, criteria, marks),
        mark=marks.answer,
        marked=0,
        shows_findings=open_part.shows_findings,
        controls=controls,
    )


def _withheld(open_part: Redaction, criteria: Criteria, marks: Marks) -> Withheld:
    hidden, given, bare = open_part.withheld, open_part.disclosure, open_part.shows_findings
    notes = hidden.notes - hidden.notes_of_results if bare else hidden.notes
    titles = "; ".join(one.title for name, one in criteria.head.dimensions.items() if name in hidden.dimensions)
    return Withheld(
        reason=given.reason if given else "",
        hides_people=marks.person is not None,
        persons_reason=(given.persons_reason if given else None) or "",
        questions=tuple(_questions(hidden, criteria)),
        bare_findings=", ".join(one for one in criteria.indicators if one in hidden.indicators) if bare else "",
        indicators=() if bare else tuple(_indicators(hidden, criteria)),
        dimensions="" if bare else titles,
        controls="" if bare else ", ".join(one for one in criteria.controls if one in hidden.controls),
        notes=tuple(one for one in criteria.awareness if one in notes),
    )


def _questions(hidden: Confidential, criteria: Criteria) -> Iterator[WithheldQuestion]:
    """Yield every question whose answers are withheld, in the order of the set."""
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if f"{name}.{short}" in hidden.facts:
                yield WithheldQuestion(criteria.title_of(f"{name}.{short}"), entity.title, fact.confidential)


def _indicators(hidden: Confidential, criteria: Criteria) -> Iterator[WithheldIndicators]:
    for name, dimension in criteria.head.dimensions.items():
        among = [one for one, indicator in criteria.indicators.items() if indicator.dimension == name]
        withheld = [f"{one} {criteria.indicators[one].title}" for one in among if one in hidden.indicators]
        if withheld:
            yield WithheldIndicators(dimension.title, len(withheld), len(among), "; ".join(withheld))


def _standing_out(view: View, marks: Marks) -> View:
    """Return a document in which the marks within lines are set as marks."""
    return changed_lines(view, lambda line: tuple(piece for run in line for piece in _pieces(run, marks)))


def _pieces(run: Run, marks: Marks) -> Iterator[Run]:
    for piece in re.split(f"({'|'.join(map(re.escape, marks.all))})", run.text):
        if piece in marks.all:
            yield mark(piece[1:-1])
        elif piece:
            yield dataclasses.replace(run, text=piece)
