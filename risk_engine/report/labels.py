"""Labels of pictures: wrapped to the room that they have on the narrowest screen, in pixels."""

import re
from textwrap import wrap

from risk_engine.report.blocks import Label, LabelLook

NARROW = 288
"""The room in pixels on the narrowest screen that a report promises to fit, its margins taken off."""
LETTER = 6
"""About how wide a letter of a label is, in pixels."""
LINE = 15
"""How far one line of a label is below the other, in pixels."""
_FEWEST = 3
"""How many letters stand at least before a hyphen."""
_VOWELS = "aeiouyäöüàáâåæèéêëìíîïòóôøœùúûý"
_SYLLABLE = re.compile(rf"(?<=[{_VOWELS}])[^\W\d_{_VOWELS}](?=[{_VOWELS}])", re.IGNORECASE)


def wrapped(text: str, x: int, y: int, room: int, look: LabelLook, *, most: int = 4) -> tuple[list[Label], int]:
    """Return a label, wrapped at so many pixels into `most` lines, and where its last line ends."""
    width = max(4, room // LETTER)
    whole = " ".join(_broken(word, width) for word in text.split())
    parts = wrap(whole, width, max_lines=most, placeholder=" …", break_on_hyphens=False) or [""]
    made = [Label(x, y + LINE * (number + 1) - 2, part, look) for number, part in enumerate(parts)]
    return made, y + LINE * len(parts) + 4


def _broken(word: str, width: int) -> str:
    """Return a word that is too long for a line in pieces with hyphens, broken before a syllable where there is one."""
    if len(word) <= width:
        return word
    at = max((one.start() for one in _SYLLABLE.finditer(word[:width], _FEWEST)), default=width - 1)
    return f"{word[:at]}- {_broken(word[at:], width)}"
