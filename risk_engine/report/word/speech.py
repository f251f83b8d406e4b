"""Languages as Word knows them, and what it is told of text in a foreign script: language, font, direction."""

from collections.abc import Iterator

from risk_engine.report.sanitize import spans
from risk_engine.report.word.xml import Element, element

# Word checks the spelling of a language together with a country; where their letters are alike, nothing stands here.
_WITH_COUNTRY = {
    "cs": "cs-CZ", "da": "da-DK", "el": "el-GR", "en": "en-GB", "et": "et-EE", "ga": "ga-IE",
    "he": "he-IL", "ja": "ja-JP", "ka": "ka-GE", "ko": "ko-KR", "nb": "nb-NO", "nn": "nn-NO",
    "sl": "sl-SI", "sq": "sq-AL", "sr": "sr-RS", "sv": "sv-SE", "uk": "uk-UA", "zh": "zh-CN",
}  # fmt: skip
_LETTERS = 2
"""A language by two letters may have a country; what has more says already what it is."""

# Fonts that come with Word; where one is missing, Word and LibreOffice take another that has the characters.
_EAST_ASIAN = {"und-Hani": "Microsoft YaHei", "ja": "Yu Gothic", "ko": "Malgun Gothic", "zh": "Microsoft JhengHei"}
_COMPLEX = {
    "und-Arab": "Arial", "he": "Arial", "syr": "Estrangelo Edessa", "dv": "MV Boli", "und-Deva": "Nirmala UI",
    "bn": "Nirmala UI", "pa": "Nirmala UI", "gu": "Nirmala UI", "ta": "Nirmala UI", "te": "Nirmala UI",
    "kn": "Nirmala UI", "ml": "Nirmala UI", "si": "Nirmala UI", "th": "Leelawadee UI",
    "lo": "Leelawadee UI", "bo": "Microsoft Himalaya", "my": "Myanmar Text", "km": "Leelawadee UI",
}  # fmt: skip
_RIGHT_TO_LEFT = {"und-Arab", "he", "syr", "dv"}


def word_language(tag: str) -> str:
    """Return a language as Word names it.

    >>> word_language("de"), word_language("en"), word_language("und-Hani")
    ('de-DE', 'en-GB', 'und-Hani')
    """
    return _WITH_COUNTRY.get(tag, f"{tag}-{tag.upper()}") if len(tag) == _LETTERS else tag


def pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the pieces of a text, each with its language; None where it is that of the document."""
    done = 0
    for one in [] if text.isascii() else spans(text):
        if one.start > done:
            yield text[done : one.start], None
        yield text[one.start : one.end], one.tag
        done = one.end
    if done < len(text):
        yield text[done:], None


def font_of(tag: str) -> Element | None:
    """Return the `w:rFonts` of a run in that language, None where the font of the document has its letters."""
    if font := _EAST_ASIAN.get(tag):
        return element("w:rFonts", {"w:eastAsia": font, "w:hint": "eastAsia"})
    if font := _COMPLEX.get(tag):
        return element("w:rFonts", {"w:cs": font})
    return None


def marks_of(tag: str) -> list[Element]:
    """Return what else says that a run is in that language: Word neither checks a name nor turns it around."""
    spoken = word_language(tag)
    unchecked = element("w:noProof")
    if tag in _EAST_ASIAN:
        return [unchecked, element("w:lang", {"w:eastAsia": spoken})]
    if tag in _COMPLEX:
        direction = "w:rtl" if tag in _RIGHT_TO_LEFT else "w:cs"
        return [unchecked, element(direction), element("w:lang", {"w:bidi": spoken})]
    return [unchecked, element("w:lang", {"w:val": spoken})]
