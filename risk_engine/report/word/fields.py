"""Fields of a Word document that can be filled in and read back: content controls, each with a tag.

Word allows tags and names of fields 64 characters.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, assert_never
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from risk_engine.files.language import N_, _
from risk_engine.report.blocks import AnswerField
from risk_engine.report.returned import NOT_KNOWN, Choices, Words
from risk_engine.report.word.styles import harmless, word_language

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
PLACEHOLDER = "PlaceholderText"
"""The style of what stands in an empty field; Word knows it by this name."""


def text_field(tag: str, title: str, hint: str, value: str = "") -> Any:
    """Return a field for text of any length, in which a text may stand already."""
    return _control(tag, title, '<w:text w:multiLine="1"/>', value or hint, look="" if value else _HINT)


def date_field(tag: str, title: str, hint: str, language: str, value: str = "") -> Any:
    """Return a field for a date, with a calendar in that language (`de-DE`) to choose it from."""
    kept = f'<w:lid w:val={quoteattr(language)}/><w:storeMappedDataAs w:val="date"/><w:calendar w:val="gregorian"/>'
    kind = f'<w:date><w:dateFormat w:val="yyyy-MM-dd"/>{kept}</w:date>'
    return _control(tag, title, kind, value or hint, look="" if value else _HINT)


def list_field(tag: str, title: str, choices: Choices, hint: str, value: str = "") -> Any:
    """Return a drop-down list of these choices: how the case writes each, and what people read."""
    items = (f"<w:listItem w:displayText={quoteattr(words)} w:value={quoteattr(name)}/>" for name, words in choices)
    kind = f"<w:dropDownList>{''.join(items)}</w:dropDownList>"
    chosen = dict(choices).get(value, "")
    return _control(tag, title, kind, chosen or hint, look="" if chosen else _HINT)


def box(tag: str, title: str) -> Any:
    """Return a box to tick."""
    return _control(tag, title, _CHECKBOX, "☐", look="")


def hidden_text(tag: str, text: str) -> Any:
    """Return text that nobody sees, and that stays in the document whoever saves it."""
    return _control(tag, "", "<w:text/>", text, look="<w:rPr><w:vanish/></w:rPr>")


def answer_field(key: str, asked: AnswerField, *, language: str) -> Iterator[Any]:
    """Yield the fields of a question on a paper that comes back; beside an answer (`key.a`) how sure it is (`key.m`).

    A field of the paper itself, such as the day, has one control with its own key.
    """
    if key.startswith(PLAN):
        yield from _plan_field(key, asked, language=language)
        return
    words, title = Words.now(), asked.title[:MOST_TITLE]
    is_question = not key.startswith(START)
    tag = f"{key}.a" if is_question else key
    match asked.kind:
        case "one":
            yield list_field(tag, title, (*asked.choices, (NOT_KNOWN, words.not_known)), _(CHOOSE))
        case "several":
            for number, (_name, choice) in enumerate(asked.choices):
                yield box(f"{key}.o{number}", choice[:MOST_TITLE])
                yield from _text_and_break(f" {choice}")
            yield list_field(tag, title, words.of_several(), _("Choose here if none applies"))
        case "date":
            yield date_field(tag, title, _(WRITE), word_language(language))
        case "integer" | "text":
            yield text_field(tag, title, _(WRITE))
        case _:
            assert_never(asked.kind)
    if is_question:
        yield from _text_and_break("")
        yield from _text_and_break(f"{_(HOW_SURE)} ", breaks=False)
        yield list_field(f"{key}.m", _(HOW_SURE), words.beside(), _(CHOOSE))


def _plan_field(tag: str, asked: AnswerField, *, language: str) -> Iterator[Any]:
    """Yield the field of a plan with what stands in it; those of evidence stand on lines of their own, with a label."""
    title = asked.title[:MOST_TITLE]
    if tag.rpartition(".")[2] in EVIDENCE_FIELDS:
        yield from _text_and_break("")
        yield from _text_and_break(_("{label}: ", label=asked.title), breaks=False)
    match asked.kind:
        case "one":
            yield list_field(tag, title, asked.choices, _(CHOOSE), asked.value)
        case "date":
            yield date_field(tag, title, _(WRITE), word_language(language), asked.value)
        case _:
            yield text_field(tag, title, _(WRITE), asked.value)


def _text_and_break(said: str, *, breaks: bool = True) -> Iterator[Any]:
    """Yield a piece of text, and the end of its line."""
    end = "<w:br/>" if breaks else ""
    yield parse_xml(f'<w:r {nsdecls("w")}><w:t xml:space="preserve">{escape(harmless(said))}</w:t>{end}</w:r>')


START = "start."
"""So begin the keys of what a paper asks beside its questions: who answered, and when."""
PLAN = "plan."
"""So begin the keys of the fields of a mitigation plan: the control and the name of the field follow."""
EVIDENCE_FIELDS = ("kind", "reference", "date")
"""What a plan asks of new evidence for a control."""
_CHECKBOX = (
    f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="0"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
    '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
)
_HINT = f'<w:rPr><w:rStyle w:val="{PLACEHOLDER}"/></w:rPr>'


def _control(tag: str, title: str, kind: str, text: str, *, look: str = _HINT) -> Any:
    """Return a content control, for which the library has no name; without another look its text is a hint."""
    alias = f"<w:alias w:val={quoteattr(title)}/>" if title else ""
    is_hint = "<w:showingPlcHdr/>" if look == _HINT else ""
    return parse_xml(
        f'<w:sdt {nsdecls("w")}><w:sdtPr>{alias}<w:tag w:val={quoteattr(tag)}/><w:lock w:val="sdtLocked"/>{is_hint}'
        f'{kind}</w:sdtPr><w:sdtContent><w:r>{look}<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:sdtContent>'
        "</w:sdt>"
    )


def controls(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield the controls of a document with their tags."""
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            yield str(tag.get(qn("w:val"))), control


def content_of(control: Any) -> str | None:
    """Return the text that somebody entered, None where nobody did; a tick is `Yes`."""
    checked = control.find(f"{qn('w:sdtPr')}/{{{W14}}}checkbox/{{{W14}}}checked")
    if checked is not None:
        return "Yes" if checked.get(f"{{{W14}}}val") in {"1", "true"} else None
    shows_hint = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if shows_hint is not None and shows_hint.get(qn("w:val")) not in {"0", "false"}:
        return None
    content = control.find(qn("w:sdtContent"))
    return "".join(_texts(() if content is None else content.iter())).strip("\n")


def texts_beside(body: Any, fields: Collection[Any]) -> Iterator[tuple[Any, str]]:
    """Yield each paragraph of a document that has text outside these controls, and that text."""
    inside = {one for control in fields for one in control.iter()}
    for paragraph in body.iter(qn("w:p")):
        # A text box stands in a paragraph, and has paragraphs of its own.
        own = (one for one in paragraph.iter() if next(one.iterancestors(qn("w:p")), None) is paragraph)
        text = "".join(_texts(one for one in own if one not in inside))
        if text.strip():
            yield paragraph, text


def titles_of(control: Any) -> dict[str, str]:
    """Return what a drop-down list offers: what people read, and how the case writes it."""
    items = control.iterfind(f"{qn('w:sdtPr')}/{qn('w:dropDownList')}/{qn('w:listItem')}")
    pairs = ((one.get(qn("w:displayText")), one.get(qn("w:value"))) for one in items)
    return {title or name: name for title, name in pairs if name}


_ENDS = {qn(one) for one in ("w:br", "w:cr", "w:p")}
_IN_RUNS = {qn(one) for one in ("w:t", "w:tab", "w:ptab", "w:noBreakHyphen")}
"""What the library knows the text of."""


def _texts(elements: Iterable[Any]) -> Iterator[str]:
    for one in elements:
        if one.tag in _ENDS:
            yield "\n"
        elif one.tag in _IN_RUNS and one.getparent().tag == qn("w:r"):  # a stop of tabs has the tag of a tab
            yield str(one)


MADE_TAG = "form"
CHOOSE, WRITE = N_("Choose here"), N_("Write here")
HOW_SURE = N_("How sure?")
MOST_TITLE = 60
"""Word allows 64 characters for the name of a field."""
