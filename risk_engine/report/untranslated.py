"""What a document says of its language, where the words of the criteria are not in it."""

import dataclasses

from risk_engine.files.language import ENGLISH, N_, _, current, ngettext
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import Letterhead, Line, Prose, Section, View, mark, say
from risk_engine.report.one_sheet import on_one_sheet


def untold(number: int) -> str | None:
    """Return that so many cases are not in the current language, for those who see them in a table; None if all are."""
    if not number:
        return None
    return ngettext(
        "{number} case is not in this language: what the criteria say stands as it was written",
        "{number} cases are not in this language: what the criteria say stands as it was written",
        number,
    )


def noted(view: View, assessment: Explanation) -> View:
    """Return a document on an assessment that says near its top where the words of the criteria are not translated."""
    return view if assessment.is_translated else _noted(view, _NOT_TRANSLATED)


def noted_as_signed(view: View, language: str) -> View:
    """Return the document of a decision alone; it says near its top where its words were signed in another language."""
    return view if current() in {ENGLISH, language} else _noted(view, _AS_SIGNED)


_NOT_TRANSLATED = N_("What the criteria say stands here as it was written: there is no translation of them.")
_AS_SIGNED = N_("What was signed stands here in the language in which it was signed.")


def _noted(view: View, text: str) -> View:
    note: Line = say(mark(_("Not translated")), " ", _(text))
    if view.answer is not None:
        answer = dataclasses.replace(view.answer, more=(note, *view.answer.more))
        # The note needs room on the first sheet too; a document of another kind bounds its sheets itself.
        is_bounded_here = view.kind in {"full", "redacted"}
        return dataclasses.replace(view, answer=on_one_sheet(answer) if is_bounded_here else answer)
    if view.is_letter:
        return dataclasses.replace(view, sections=tuple(_below_letterhead(one, note) for one in view.sections))
    return dataclasses.replace(view, warning=note if view.warning is None else (*view.warning, *say(" "), *note))


def _below_letterhead(section: Section, note: Line) -> Section:
    head, *rest = section.blocks
    blocks = (head, Prose(note), *rest) if isinstance(head, Letterhead) else section.blocks
    return dataclasses.replace(section, blocks=blocks)
