"""The section "What would change this" of a report, from the outlook on its assessment."""

import dataclasses

from risk_engine.language import _
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import Outlook
from risk_engine.report.blocks import Block, Group, Prose, Section, View, say
from risk_engine.report.outlook.firm import firm
from risk_engine.report.outlook.lower import lower
from risk_engine.report.outlook.possible import possible, questions
from risk_engine.report.outlook.told import Told
from risk_engine.report.wording import Names

KEY = "change"
"""The anchor of the section."""


def outlook_section(outlook: Outlook, assessment: Explanation, names: Names) -> Section:
    """Return what may still come out, what to ask next, what would lower the result, and how firm it is."""
    told = Told(outlook, assessment, names)
    groups: tuple[Block | Group, ...] = (*possible(told), *questions(told), *lower(told), *firm(told))
    intro = _(
        "Worked out over all possible answers and controls, not some; every case behind it was assessed by the engine. "
        "It belongs to this assessment alone."
    )
    return Section(KEY, _("What would change this"), (Prose(say(intro)), *groups))


def outlook_view(outlook: Outlook, stored: Explanation) -> View:
    """Return the answer of a report with this section alone."""
    from risk_engine.report.view import view

    whole = view(stored, outlook)
    return dataclasses.replace(whole, sections=tuple(one for one in whole.sections if one.key == KEY))
