"""An assessment to the version that outsiders may read, for example on a request under freedom of information.

It is made of the sections of the full report where they say the truth about what is left, and of its own where the full
report would say "none" of something that is withheld.
"""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, TypeVar, cast

from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _, current
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import Explanation
from risk_engine.model.profile import Disclosure
from risk_engine.report import record, unknown
from risk_engine.report.blocks import Line, Prose, Run, Section, View, mark, say, shortened, words
from risk_engine.report.harmless import clean_text, cleaned
from risk_engine.report.pages.open_case import Marks
from risk_engine.report.pages.redacted_parts import (
    absent_section,
    answer_of_open,
    benefits_section,
    case_section,
    controls_section,
    findings_section,
    reasons_section,
    versions_section,
)
from risk_engine.report.pages.redaction import Redaction, redaction
from risk_engine.report.pages.withheld import withheld_section
from risk_engine.report.pictures import scale
from risk_engine.report.wording import Names, day

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
    shown: list[Section] = [case_section(made, names, marks), reasons_section(made, names, marks)]
    if assessment.ratings:
        shown.append(record.ratings_section(assessment))
    if made.withheld is not None:
        shown += [
            findings_section(made, names),
            _gaps(assessment, names),
            _with_intro(record.problems_section(assessment), _("Only what concerns answers that are shown is listed.")),
            controls_section(made, names),
            _with_intro(
                record.notes_section(assessment, names), _("Only what follows from answers that are shown is listed.")
            ),
            record.dates_section(assessment),
            benefits_section(assessment, names),
            absent_section(assessment, names),
            record.profile_section(assessment),
        ]
    shown += [record.challenge_section(assessment), record.sources_section(assessment), versions_section(assessment)]
    marked = sum(text.count(one) for one in marks.all for section in shown for text in _texts(section))
    about = (shortened(assessment.institution or "", _TITLE), day(assessment.on), f"{used.id} {used.version}")
    title = f"{shortened(assessment.case_title, _TITLE)} ({shortened(assessment.case_id, _TITLE)})"
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
        footer=_(
            "The redacted version of a computed proposal under {criteria} as of {day}. A named person decides.",
            criteria=f"{used.id} {used.version}",
            day=day(assessment.on),
        ),
    )
    return cleaned(whole)


def _gaps(assessment: Explanation, names: Names) -> Section:
    section = unknown.gaps_section(assessment, names)
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
