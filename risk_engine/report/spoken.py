"""A record as it reads in the current language, and the note on a document where the record does not hold it."""

import dataclasses
from collections.abc import Iterable

from risk_engine.engine.intact import altered_languages
from risk_engine.engine.rendition import localised
from risk_engine.language import ENGLISH, _, current, ngettext
from risk_engine.model.assessment import CheckedRendition
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Letterhead, Line, Prose, Section, View, mark, say
from risk_engine.report.sheet import on_one_sheet


def spoken(assessment: Explanation) -> Explanation:
    """Return an assessment in the current language, as far as it holds that one."""
    return localised(assessment, current())


def holds_language(assessment: Explanation) -> bool:
    """Return whether the texts of the criteria in an assessment can be read in the current language."""
    held = assessment.translations.get(current())
    return current() == ENGLISH or (
        held is not None and held.translation is not None and current() not in altered_languages(assessment)
    )


def untold(assessments: Iterable[Explanation]) -> str | None:
    """Return how many of these do not hold the current language, for those who see them in a table; None if all do."""
    number = sum(not holds_language(one) for one in assessments)
    if not number:
        return None
    return ngettext(
        "{number} case is not in this language: what the criteria say stands as it was written",
        "{number} cases are not in this language: what the criteria say stands as it was written",
        number,
    )


def noted(view: View, assessment: Explanation | None) -> View:
    """Return a document that says near its top what to know of its language.

    Where the words of the criteria are not in it, and where they are, but nobody compared them with the criteria. The
    document is of that record; of none where it holds the words of the criteria as they were written.
    """
    note = _note(assessment)
    if note is None:
        return view
    if view.answer is not None:
        answer = dataclasses.replace(view.answer, more=(note, *view.answer.more))
        # The note needs room on the first sheet too; a document of another kind bounds its sheets itself.
        is_bounded_here = view.kind in {"full", "redacted"}
        return dataclasses.replace(view, answer=on_one_sheet(answer) if is_bounded_here else answer)
    if view.is_letter:
        return dataclasses.replace(view, sections=tuple(_below_letterhead(one, note) for one in view.sections))
    return dataclasses.replace(view, warning=note if view.warning is None else (*view.warning, *say(" "), *note))


def _note(assessment: Explanation | None) -> Line | None:
    if current() == ENGLISH:
        return None
    if assessment is None or not holds_language(assessment):
        text = _("What the criteria say stands here as it was written: this record does not hold it in this language.")
        return say(mark(_("Not translated")), " ", text)
    if isinstance(assessment.translations[current()], CheckedRendition):
        return None
    text = _(
        "What the criteria say is here in the words that the record holds in this language. They could not be checked "
        "against the criteria and their translation. The English record is the binding one."
    )
    return say(mark(_("Translation not checked")), " ", text)


def _below_letterhead(section: Section, note: Line) -> Section:
    head, *rest = section.blocks
    blocks = (head, Prose(note), *rest) if isinstance(head, Letterhead) else section.blocks
    return dataclasses.replace(section, blocks=blocks)
