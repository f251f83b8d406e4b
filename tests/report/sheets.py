"""Small documents of an invented orchard to be printed: any blocks in a section, and letters."""

import dataclasses
from datetime import date

from risk_engine.report.blocks import (
    Blanks,
    Block,
    Box,
    Bullets,
    Field,
    Fields,
    Group,
    Kind,
    Label,
    Letterhead,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    View,
    mark,
    say,
    strong,
)

FILLER = "Something that an officer wrote down about the tree and its apples. " * 5


def document(*blocks: Block | Group, kind: Kind = "plan", language: str = "en", title: str = "The tree") -> View:
    return View(
        kind=kind,
        language=language,
        title=title,
        about="Hill Orchard · 2 March 2026",
        case_id="A-1",
        on=date(2026, 3, 2),
        kept_by="A-1 abc",
        warning=None,
        answer=None,
        scales=(),
        scope=None,
        sections=(Section("first", "Steps", blocks),),
        full_report="",
        footer="About the tree.",
    )


def prose(text: str = FILLER) -> Prose:
    return Prose(say(text))


def letter(subject: str, *blocks: Block | Group) -> Section:
    head = Letterhead(("Hill Orchard", "Office"), ("Prof. A. Picker", "The Barn", "12345 Hill"), "2 March 2026")
    return Section(subject, subject, (head, *blocks), starts_page=True)


def letters(*sections: Section) -> View:
    return dataclasses.replace(document(kind="letter"), sections=sections)


def everything(text: str) -> tuple[Block | Group, ...]:
    """Return every kind of block, each text of it this one."""
    line = say(text, strong(text), mark(text), Run(text, "em"), Run(text, "code"), Run(text, ref="first"))
    picture = Picture("k", text, text, 40, (Box(0, 0, 500, 20, "now"), Label(0, 20, text, "plain")), (("maybe", text),))
    blocks = (
        Prose(line),
        Bullets((line, line)),
        Fields((Field(text, (line,)), Field(text, (line, line)))),
        Table(text, (text, text), ((line, line),)),
        Blanks((text,)),
        picture,
    )
    return (*blocks, Group(line, blocks, anchor=text))
