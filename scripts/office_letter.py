"""Write the example of an office template: a letterhead of an invented hospital, for every kind of document.

    python scripts/office_letter.py

An office draws its own in Word; this one is made by a script, so that everybody can see what is in it.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from risk_engine.report.word.paper import packed, sheet
from risk_engine.report.word.styles import Attributes, element, field, ids, run, tab

TARGET = Path(__file__).parents[1] / "examples" / "templates" / "office-letter.docx"
_BLUE, _GREY = RGBColor(0x17, 0x3F, 0x5F), RGBColor(0x52, 0x60, 0x6D)
DAY = date(2026, 11, 25)
_NEW_PAGE = "new page"
_BODY = (
    ("{%p if letters %}", "Normal"),
    ("{%p for letter in letters %}", "Normal"),
    ("{%p if not loop.first %}", "Normal"),
    (_NEW_PAGE, "Normal"),
    ("{%p endif %}", "Normal"),
    ("{{ letter.sender|join(' · ') }}", "Return Address"),
    ("{%p for line in letter.recipient %}", "Normal"),
    ("{{ line }}", "Address"),
    ("{%p endfor %}", "Normal"),
    ("{{ letter.dated }}", "Day"),
    ("{{ letter.subject }}", "Subject Line"),
    ("{%p if warning and loop.first %}", "Normal"),
    ("{{ warning }}", "Report Warning"),
    ("{%p endif %}", "Normal"),
    ("{{p letter.body }}", "Normal"),
    ("{%p endfor %}", "Normal"),
    ("{%p else %}", "Normal"),
    ("{{p content }}", "Normal"),
    ("{%p endif %}", "Normal"),
)


def office_letter() -> Any:
    """Return the template, not written yet."""
    made = sheet()
    ids(made)
    page = made.sections[0]
    page.top_margin, page.bottom_margin = Cm(3.9), Cm(2.4)
    page.header_distance, page.footer_distance = Cm(1.3), Cm(1.1)
    _styles(made)
    head, below = page.header.paragraphs[0], page.header.add_paragraph()
    head.style, below.style = made.styles["House"], made.styles["House Line"]
    head.add_run("Karlsholm University Hospital")
    below.add_run("Research Office · International cooperation")
    foot = page.footer.paragraphs[0]
    foot.add_run("Sjukhusvägen 1, 123 45 Karlsholm · research.office@karlsholm.example · {{ case_id }}")
    foot._p.extend([tab(), *field("PAGE", "1")])  # noqa: SLF001 (the library has no name for fields)
    for text, style in _BODY:
        line = made.add_paragraph(style=style)
        if text == _NEW_PAGE:
            line._p.append(run(element("w:br", {"w:type": "page"})))  # noqa: SLF001 (keeps to one paragraph)
        else:
            line.add_run(text)
    said = made.core_properties
    said.created = said.modified = datetime(DAY.year, DAY.month, DAY.day)  # noqa: DTZ001 (as the library wants it)
    said.title, said.author, said.last_modified_by, said.comments = "Letterhead", "", "", ""
    return made


def _styles(made: Any) -> None:
    """Write the looks of the house; what is not named here looks as the engine has it."""
    for name in ("Title", "Heading 1", "Heading 2"):
        made.styles[name].font.color.rgb = _BLUE
    for name, size, after in (
        ("House", 17, 0),
        ("House Line", 9.5, 0),
        ("Return Address", 8, 6),
        ("Address", 10.5, 0),
        ("Day", 10.5, 18),
        ("Subject Line", 11.5, 12),
    ):
        one = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        one.base_style = made.styles["Normal"]
        one.font.size, one.paragraph_format.space_after = Pt(size), Pt(after)
    made.styles["House"].font.bold = True
    made.styles["House"].font.color.rgb = _BLUE
    made.styles["House Line"].font.color.rgb = made.styles["Return Address"].font.color.rgb = _GREY
    made.styles["Day"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    made.styles["Subject Line"].font.bold = True
    rule: Attributes = {"w:val": "single", "w:sz": 8, "w:space": 4, "w:color": "173F5F"}
    properties = made.styles["House Line"].element.pPr
    properties.find(qn("w:spacing")).addprevious(element("w:pBdr", children=[element("w:bottom", rule)]))


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(packed(office_letter(), DAY))
