"""Documents of an invented orchard, written by hand: one with every kind of block, and letters to two people."""

from datetime import date
from typing import Any

from risk_engine.report.blocks import (
    Answer,
    Blanks,
    Box,
    Bullets,
    Field,
    Fields,
    Group,
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

PICTURE = Picture(
    "apples",
    "Apples of each tree",
    "The old tree: 900. The young tree: 20.",
    40,
    (Box(0, 0, 900, 12, "now"), Box(0, 20, 20, 12, "maybe"), Label(0, 39, "the old tree", "plain")),
    (("maybe", "not counted yet"),),
)
SCALE = Picture(
    "scale-opening", "Opening", "Levels: Go, Wait, Shut. As things stand: Wait.", 30, (Box(0, 0, 500, 14, "now"),)
)
ANSWER = Answer(
    sentence="You may pick once the ladder is mended.",
    more=(say(strong("Verdict: "), "Terms"),),
    tone="middle",
    glance=(
        Field("Why", (say("The bark is loose."), say(Run("ROT-1", ref="ROT-1"), ": high"))),
        Field("On what conditions", (say("A rope."),)),
    ),
    challenge=Field("How to challenge it", (say("Write to the head gardener."),)),
)


def document(**changes: Any) -> View:
    """Return a document without an answer that has every kind of block but the letterhead."""
    trees = Section(
        "trees",
        "The trees",
        (
            Prose(
                say(
                    "Of ",
                    strong("all"),
                    " trees ",
                    Run("this one", "em"),
                    " is ",
                    mark("unverified"),
                    ", see ",
                    Run("tree.py", "code"),
                    ", ",
                    Run("the law", link="https://law.example/act?a=1&b=2"),
                    " and ",
                    Run("its fruit", ref="fruit"),
                    ".",
                )
            ),
            Bullets((say("First"), say("Second"))),
            Fields((Field("Age", (say("80"),)), Field("Owners", (say("Ada"), say("Grace"))))),
            Table(
                "What grows",
                ("Tree", "Fruit"),
                ((say("Old"), say("Apples ", mark("ripe"))), (say("Young"), say("Pears"))),
            ),
            Prose(say("Below the table.")),
            Group(say("Its fruit ", mark("ripe")), (PICTURE, Prose(say("Sweet."))), anchor="fruit"),
        ),
    )
    signing = Section("signing", "Signing", (Blanks(("Name", "Date and signature")),), starts_page=True)
    made: dict[str, Any] = {
        "kind": "plan",
        "language": "en",
        "title": "Plan for the old tree (A-1)",
        "about": "Hill Orchard · 2 March 2026",
        "case_id": "A-1",
        "on": date(2026, 3, 2),
        "kept_by": "A-1 abababababab",
        "warning": None,
        "answer": None,
        "scales": (),
        "scope": None,
        "sections": (trees, signing),
        "full_report": "",
        "footer": "A named person decides.",
    }
    return View(**(made | changes))


def letters(**changes: Any) -> View:
    """Return letters to two people."""
    sender = ("Hill Orchard, Research office", "Apple Lane 1, 12345 Hill")
    asked = Table("What we need to know", ("Question", "Your answer"), ((say("Which pests live in it?"), say("")),))
    sections = tuple(
        Section(
            f"letter-{number}",
            f"Questions about the old tree (A-1), for {name}",
            (
                Letterhead(sender, (name, "Tree House", "54321 Forest"), "Hill, 2 March 2026"),
                Prose(say(f"Dear {name},")),
                Prose(say("to assess the tree we need answers that only you can give.")),
                asked,
                *((Prose(say("Kind regards")), Blanks(("Signature",))) if number == 1 else ()),
            ),
            starts_page=number > 1,
        )
        for number, name in enumerate(("Ada Lovelace", "Grace Hopper"), 1)
    )
    return document(**({"kind": "questions", "title": "Questions", "sections": sections} | changes))
