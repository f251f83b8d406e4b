"""What users write is text in a PDF, never markup, whatever it holds and however long it is."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.files.harmless import cleaned
from risk_engine.report.blocks import (
    Answer,
    Field,
    Group,
    Label,
    Letterhead,
    Line,
    Picture,
    Prose,
    Run,
    Section,
    View,
    say,
    strong,
)
from risk_engine.report.typst import pdf
from tests.report import printing
from tests.report.sheets import document, everything, prose

MARKUP = [
    '#include "/etc/passwd"',
    "$ x^2 $ *bold* _em_ `raw`",
    "= Heading",
    "@first <first>",
    r"\u{41} \ // comment /* */",
    "- item + item / term: x",
    '#panic("x")',
    "https://evil.example",
    '"] }; #let x = (',
]
PARTS = ["H1", "H2", "H3", "P", "L", "LI", "Link", "Table", "TR", "TH", "TD", "Figure", "Caption"]


def whole(text: str, *, is_letter: bool) -> View:
    """Return a document with this text in every place."""
    blocks = everything(text)
    line: Line = say(text)
    field = Field(text, (line, line))
    head = (Letterhead((text, text), (text, text), text),) if is_letter else ()
    made = View(
        kind="full",
        language="en",
        title=text,
        about=text,
        case_id=text,
        on=date(2026, 3, 2),
        kept_by=text,
        warning=line,
        answer=None if is_letter else Answer(text, (line,), "open", (field,) * 4, field),
        scales=(Picture("s", text, text, 20, (Label(0, 15, text, "strong"),)),),
        scope=field,
        sections=(Section(text, text, (*head, *blocks)), Section(text, text, ())),
        full_report=text,
        footer=text,
    )
    return cleaned(made)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_in_a_name_is_printed_as_it_stands(text: str) -> None:
    made = pdf(document(prose(f"Name: {text}")))
    assert f"Name: {text}" in printing.text(made)


@pytest.mark.parametrize("is_letter", [False, True])
def test_markup_of_users_makes_no_part_and_no_link(is_letter: bool) -> None:
    tame = pdf(whole("Something", is_letter=is_letter))
    wild = pdf(whole(" ".join(MARKUP), is_letter=is_letter))
    # Spans depend on where a line ends.
    counted = [Counter(one for one in printing.tags(made) if one in PARTS) for made in (tame, wild)]
    assert counted[0] == counted[1]
    assert printing.links(wild)[0] == printing.links(tame)[0] == set()


@settings(max_examples=settings().max_examples // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=15), st.booleans())
def test_any_text_in_any_place_can_be_printed(text: str, is_letter: bool) -> None:
    assert pdf(whole(text, is_letter=is_letter)).startswith(b"%PDF-1.7")


@settings(max_examples=settings().max_examples // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(
        st.sampled_from(
            "a x\u0301\u0308\u0327\u200d\u200c\ufe0f\u20e3🙂1שא\u05b7مر\u064eका\u094dกำ서ᄒ\u1161哈\ue000\U000e0100"
        )
    )
)
def test_letters_with_marks_of_any_script_can_be_printed(text: str) -> None:
    assert pdf(document(Prose(say(text, strong(text), Run(text, "code"))))).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("letter", ["x", "x ", "哈", pytest.param("🙂", marks=pytest.mark.nightly)])
def test_a_text_of_any_length_can_stand_anywhere(letter: str) -> None:
    text = letter * 20_000
    picture = Picture("k", text, text, 40, (Label(0, 20, text, "plain"),))
    blocks = (prose(text), picture, Group(say(text, Run("go", ref=text)), (prose(),), anchor=text))
    assert len(printing.pages(pdf(document(*blocks, title=text)))) > 5
