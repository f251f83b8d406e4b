"""What may stand in a letter that leaves the office: texts that name no entry of the case."""

from collections.abc import Container

from risk_engine.language import _
from risk_engine.model.assessment import Assessment, Entry
from risk_engine.report.blocks import shortened

_ROOM = 120


def names_nobody(text: str, assessment: Assessment, but: Container[str] = ()) -> bool:
    """Return whether a text holds the name of no entry of the case, those under the paths `but` left aside.

    Which entries are organisations or people only the criteria know, so the name of any of them counts.
    """
    said = _plain(text)
    names = (_plain(one.label) for one in assessment.entries if one.path not in but)
    return not any(name in said for name in names if name)


def project(assessment: Assessment, but: Container[str] = ()) -> str:
    """Return what a letter calls the case: its title, or its id alone where the title names an entry."""
    if names_nobody(assessment.case_title, assessment, but):
        return _("“{title}”", title=shortened(assessment.case_title, _ROOM))
    return _("case {id}", id=shortened(assessment.case_id, _ROOM))


def may_be_named(entry: Entry, assessment: Assessment) -> bool:
    """Return whether the name of an entry may stand in a letter: not where it is itself a confidential answer."""
    inside = f"{entry.path}."
    read = ((path, one.shown) for path, one in assessment.facts.items() if one.confidential)
    told = (*assessment.described, *assessment.benefits, *assessment.necessity)
    kept = (*read, *((one.path, one.shown) for one in told if one.confidential))
    return not any(path.startswith(inside) and shown == entry.label for path, shown in kept)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
