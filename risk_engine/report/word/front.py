"""What stands above the sections: the title, and where the document answers, the answer on one page."""

from collections.abc import Sequence

from risk_engine.language import _
from risk_engine.report.blocks import Answer, Field, Section, View, strong
from risk_engine.report.word.body import Body
from risk_engine.report.word.pictures import Pictures
from risk_engine.report.word.xml import Attributes, Element, element, paragraph, run, text, value

BESIDE_SCALE = 1843
"""Where a scale begins, in twentieths of a point: the tab stop of its style."""
MANY_SECTIONS = 6
"""A document of so many sections says first what it holds."""


def front(view: View, body: Body, pictures: Pictures) -> list[Element]:
    """Return what stands above the sections of a document that is no letter."""
    styles, lines = body.lines.styles, body.lines
    made = [paragraph(styles["Title"], lines.plain(view.title))]
    if view.about:
        made.append(paragraph(styles["Subtitle"], lines.plain(view.about)))
    made += warning(view, body)
    if view.answer:
        made += _answer(view.answer, view.scope, body)
        made += [one for scale in view.scales for one in pictures.scale(scale, BESIDE_SCALE)]
        for item in view.answer.fields:
            made += _glance(item, body)
    return made


def warning(view: View, body: Body) -> list[Element]:
    """Return the warning that not everybody may read the document, where there is one."""
    return [paragraph(body.lines.styles["Report Warning"], body.lines.of(view.warning))] if view.warning else []


def contents(sections: Sequence[Section], body: Body, *, on_new_page: bool) -> list[Element]:
    """Return a list of the sections, without page numbers: only Word knows them, and can bring the list up to date."""
    styles, lines, anchors = body.lines.styles, body.lines, body.lines.anchors
    entries: list[Element] = []
    for one in sections:
        link: Attributes = {"w:anchor": str(anchors.name(one.key)), "w:history": 1}
        entries.append(paragraph(styles["toc 1"], [element("w:hyperlink", link, lines.plain(one.title))]))
    begin = [
        run(element("w:fldChar", {"w:fldCharType": "begin"})),
        run(text(' TOC \\o "1-1" \\h \\n \\z ', "w:instrText")),
        run(element("w:fldChar", {"w:fldCharType": "separate"})),
    ]
    entries[0].pPr.addnext(begin[0])
    begin[0].addnext(begin[1])
    begin[1].addnext(begin[2])
    entries[-1].append(run(element("w:fldChar", {"w:fldCharType": "end"})))
    breaks = [element("w:pageBreakBefore")] if on_new_page else []
    heading = paragraph(styles["TOC Heading"], lines.plain(_("Contents")), breaks)
    gallery = element(
        "w:docPartObj", children=[value("w:docPartGallery", "Table of Contents"), element("w:docPartUnique")]
    )
    return [
        element(
            "w:sdt",
            children=[
                element("w:sdtPr", children=[gallery]),
                element("w:sdtContent", children=[heading, *entries]),
            ],
        )
    ]


def _answer(answer: Answer, scope: Field | None, body: Body) -> list[Element]:
    styles, lines, tone = body.lines.styles, body.lines, answer.tone.capitalize()
    more = [lines.of(one) for one in answer.more]
    if scope:
        more += [lines.of((strong(f"{scope.label}: "), *one)) for one in scope.lines]
    return [
        paragraph(styles[f"Report Answer {tone}"], lines.plain(answer.sentence)),
        *(paragraph(styles[f"Report Answer More {tone}"], one) for one in more),
    ]


def _glance(item: Field, body: Body) -> list[Element]:
    styles, lines = body.lines.styles, body.lines
    heading = paragraph(styles["Report Glance"], lines.plain(item.label))
    if len(item.lines) == 1:
        return [heading, paragraph(styles["Report Glance Text"], lines.of(item.lines[0]))]
    return [heading, *body.bullets(item.lines, "Report Glance Bullet")]
