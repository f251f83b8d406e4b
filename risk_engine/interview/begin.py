"""The file of a new case that an interview fills: only what is answered will stand in it."""

import textwrap

from risk_engine.forms.case_file import rewritten
from risk_engine.language import _
from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.blank_case import NO_TITLE, WIDTH
from risk_engine.source import parse


def new_case(criteria: CriteriaSet, reference: str, case_id: str) -> str:
    """Return the text of a case file in which nothing is answered yet."""
    text = header(criteria) + "\n" + "status: draft\n"
    before = parse(text, "case").data
    stated = {"criteria": reference, "id": case_id, "title": NO_TITLE}
    return rewritten(text, before, {**stated, **before}, is_json=False).text


def header(criteria: CriteriaSet) -> str:
    """Return what stands above a new case, in comments: what it is, and what the set wants everybody to know."""
    head = criteria.head
    said = [
        # Which version it is the day says, which is asked later.
        _("A case for {criteria}: {title}", criteria=head.id, title=head.title),
        _(
            "Begun as an interview: `risk-engine interview` goes on with it. Answers may be written here too; a "
            "question that does not stand here is not answered yet, which is never taken as a no."
        ),
        *head.notice,
    ]
    lines = [line for one in said for line in textwrap.wrap(one, WIDTH, break_on_hyphens=False)]
    return "".join(f"# {line}\n" for line in lines)
