"""The fonts of printed documents: packages that hold nothing else, and which characters they can show.

A document must look the same on every machine, so the fonts of the system are never used.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from unicodedata import category

from risk_engine.diagnostics import MissingExtraError
from risk_engine.language import _

if TYPE_CHECKING:
    from typst import Fonts

_PACKAGES = {
    "fontpkg_source_sans_3": "files/SourceSans3[wght].ttf",
    "fontpkg_source_code_pro": "files/SourceCodePro[wght].ttf",
    "fontpkg_noto_sans": "files/NotoSans[wdth,wght].ttf",
    "noto_cjk_sans_otc": "NotoSansCJK-Regular.ttc",
    "fontpkg_noto_sans_arabic": "files/NotoSansArabic[wdth,wght].ttf",
    "fontpkg_assistant": "files/Assistant[wght].ttf",
    "fontpkg_noto_sans_thai": "files/NotoSansThai[wdth,wght].ttf",
}
"""Each package with the file that is asked which characters it has, in the order in which templates/fonts.typ names
the families."""
_JOINING = "\u200c\u200d"
"""Characters without a look of their own that belong to the letter before them."""


def need_typst() -> None:
    """Raise MissingExtraError where what sets documents in type is not installed."""
    try:
        import fontTools  # noqa: F401 (only whether it is there)
        import typst  # noqa: F401 (likewise)

        for package in _PACKAGES:
            files(package)
    except ImportError as error:
        raise MissingExtraError(_("PDF files need libraries that are not installed"), "pdf") from error


@cache
def fonts() -> "Fonts":
    """Return the fonts that documents are set in, and no others."""
    from typst import Fonts

    return Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(files(one)) for one in _PACKAGES]
    )


class Glyphs:
    """What can be printed; `missing` gathers the characters that no font has."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def shown(self, text: str) -> str:
        """Return text in which each character that no font has stands as its code point, such as `[U+1F600]`."""
        if text.isascii() or _plain().issuperset(text):
            return text
        return "".join(one if _is_printable(one) else self._named(one) for one in _clusters(text))

    def _named(self, cluster: str) -> str:
        self.missing.add(cluster)
        return f"[{' '.join(f'U+{ord(one):04X}' for one in cluster)}]"


def _clusters(text: str) -> Iterator[str]:
    """Split text into letters, each with the marks that belong to it: one font must have all of them."""
    start = 0
    for place in range(1, len(text)):
        if text[place] not in _JOINING and category(text[place])[0] != "M" and text[place - 1] != "\u200d":
            yield text[start:place]
            start = place
    yield text[start:]


@cache
def _is_printable(cluster: str) -> bool:
    needed = set(cluster).difference(_JOINING)
    # Readers of a PDF could not tell what a character for private use means: the standard forbids it.
    if any(category(one) == "Co" for one in needed):
        return False
    return any(needed <= _characters(package) for package in _PACKAGES)


@cache
def _plain() -> frozenset[str]:
    """Return the characters of the first font that stand alone, which are nearly all of nearly every text."""
    return frozenset(one for one in _characters(next(iter(_PACKAGES))) if category(one)[0] != "M")


@cache
def _characters(package: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(str(files(package) / _PACKAGES[package]), fontNumber=0, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
