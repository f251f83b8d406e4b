"""A change that people read as the same words: the names in the files tell both sides apart, and nothing else does."""

import re

from risk_engine.language import _
from risk_engine.report.blocks import Line, Run, say
from risk_engine.report.catalogue.speech import joined
from risk_engine.report.wording import fill

_NAME = re.compile(r"[\w.-]+")


def alike(read: Line, before: str, after: str) -> tuple[Line, Line]:
    """Return what people read as the same words on both sides, and by which names each side says it."""
    names = [dict.fromkeys(_NAME.findall(one)) for one in (before, after)]
    own = [[one for one in mine if one not in others] for mine, others in (names, names[::-1])]
    if not any(own):  # not by other names, but in another form
        lines = [(Run(before, "code"),), (Run(after, "code"),)]
        return _written_so(read, lines[0]), _written_so(read, lines[1])
    gone = joined(((Run(one, "code", change="removed"),) for one in own[0]), ", ")
    new = joined(((Run(one, "code", change="added"),) for one in own[1]), ", ")
    return _written_so(read, gone or say("–")), _written_so(read, new or say("–"))


def _written_so(read: Line, names: Line) -> Line:
    return fill(_("{sentence} (the same words; in the file: {names})"), sentence=read, names=names)
