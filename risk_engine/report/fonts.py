"""The fonts of printed documents: packages that hold nothing else, and which characters they can show.

A document must look the same on every machine, so the fonts of the system are never used.
"""

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from unicodedata import category

from risk_engine.diagnostics import MissingExtraError
from risk_engine.language import _

if TYPE_CHECKING:
    from typst import Fonts

_FOR_CODE = "fontpkg_source_code_pro"
_FOR_TEXT = {
    "fontpkg_source_sans_3": "files/SourceSans3-Italic[wght].ttf",
    "fontpkg_noto_sans": "files/NotoSans-Italic[wdth,wght].ttf",
    "noto_cjk_sans_otc": "NotoSansCJK-Regular.ttc",
    "fontpkg_noto_sans_arabic": "files/NotoSansArabic[wdth,wght].ttf",
    "fontpkg_assistant": "files/Assistant[wght].ttf",
    "fontpkg_noto_sans_thai": "files/NotoSansThai[wdth,wght].ttf",
}
"""Each package, in the order of templates/fonts.typ, with its file that has the fewest characters: a word may be set in
any of its files."""
_INVISIBLE = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Joiners and selectors of variants choose the look of their neighbours and have none of their own."""


def need_typst() -> None:
    """Raise MissingExtraError where what sets documents in type is not installed."""
    try:
        import fontTools  # noqa: F401 (only whether it is there)
        import typst  # noqa: F401 (likewise)

        for package in (*_FOR_TEXT, _FOR_CODE):
            files(package)
    except ImportError as error:
        raise MissingExtraError(_("PDF files need libraries that are not installed"), "pdf") from error


@cache
def fonts() -> "Fonts":
    """Return the fonts that documents are set in, and no others."""
    from typst import Fonts

    folders = [str(files(one)) for one in (*_FOR_TEXT, _FOR_CODE)]
    return Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


class Glyphs:
    """What can be printed; `missing` gathers the characters that no font has."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def shown(self, text: str) -> str:
        """Return text in which each character that no font has stands as its code point, such as `[U+1F600]`."""
        if text.isascii():
            return text
        made = text.translate(_SIGNS)
        if made != text:
            self.missing |= {one for one in text if _SIGNS[ord(one)] != ord(one)}
        return made


class _Signs(dict[int, int | str]):
    """Says of each character what is printed, as `str.translate` asks; each is looked up once."""

    def __missing__(self, code: int) -> int | str:
        return self.setdefault(code, code if _is_printable(chr(code)) else f"[U+{code:04X}]")


_SIGNS = _Signs()


def _is_printable(letter: str) -> bool:
    # What a character for private use means nobody could tell: PDF/A forbids it, even where a font has one.
    if category(letter) == "Co":
        return False
    return _INVISIBLE.fullmatch(letter) is not None or any(letter in _characters(package) for package in _FOR_TEXT)


@cache
def _characters(package: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(str(files(package) / _FOR_TEXT[package]), fontNumber=0, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
