"""A record as it reads in the current language, and the note on a document where the record does not hold it."""

import dataclasses
from collections.abc import Iterable

from risk_engine.engine.rendition import localised
from risk_engine.language import ENGLISH, _, current, ngettext
from risk_engine.model.assessment import Assessment
from risk_engine.report.blocks import Letterhead, Line, Prose, Section, View, mark, say


def spoken(assessment: Assessment) -> Assessment:
    """Return an assessment in the current language, as far as it holds that one."""
    return localised(assessment, current())


def holds_language(assessment: Assessment) -> bool:
    """Return whether the texts of the criteria in an assessment can be read in the current language."""
    held = assessment.translations.get(current())
    return current() == ENGLISH or (held is not None and held.translation is not None)


def untold(assessments: Iterable[Assessment]) -> str | None:
    """Return how many of these do not hold the current language, for those who see them in a table; None if all do."""
    number = sum(not holds_language(one) for one in assessments)
    if not number:
        return None
    return ngettext(
        "{number} case is not in this language: what the criteria say stands as it was written",
        "{number} cases are not in this language: what the criteria say stands as it was written",
        number,
    )


def noted(view: View, *, is_told: bool) -> View:
    """Return a document that says near its top where its criteria are not told in the language of the rest of it."""
    if is_told:
        return view
    note = say(
        mark(_("Not translated")),
        " ",
        _("What the criteria say stands here as it was written: this record does not hold it in this language."),
    )
    if view.answer is not None:
        return dataclasses.replace(view, answer=dataclasses.replace(view.answer, more=(note, *view.answer.more)))
    if view.is_letter:
        return dataclasses.replace(view, sections=tuple(_below_letterhead(one, note) for one in view.sections))
    return dataclasses.replace(view, warning=note if view.warning is None else (*view.warning, *say(" "), *note))


def _below_letterhead(section: Section, note: Line) -> Section:
    head, *rest = section.blocks
    blocks = (head, Prose(note), *rest) if isinstance(head, Letterhead) else section.blocks
    return dataclasses.replace(section, blocks=blocks)
