"""Names as people write them: each of these changes is seen in what users type. Drawn with a fixed seed."""

import random
from collections.abc import Callable

_ABBREVIATED = {
    "university": "Univ.",
    "institute": "Inst.",
    "technology": "Technol.",
    "science": "Sci.",
    "sciences": "Sci.",
    "department": "Dept.",
    "national": "Natl.",
    "academy": "Acad.",
    "laboratory": "Lab.",
    "hospital": "Hosp.",
    "engineering": "Eng.",
    "research": "Res.",
    "center": "Ctr.",
    "company": "Co.",
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def slip(name: str, random_: random.Random) -> str:
    """Leave one letter out, double it, write another, or swap it with the next."""
    at = random_.randrange(1, max(len(name) - 1, 2))
    head, letter, tail = name[:at], name[at : at + 1], name[at + 1 :]
    match random_.randrange(4):
        case 0:
            return head + tail
        case 1:
            return head + letter + letter + tail
        case 2:
            return head + random_.choice(_LETTERS) + tail
        case _:
            return head + tail[:1] + letter + tail[1:]


def two_slips(name: str, random_: random.Random) -> str:
    """Two slips."""
    return slip(slip(name, random_), random_)


def glued(name: str, random_: random.Random) -> str:
    """Leave a space out."""
    words = name.split()
    if len(words) < 2:  # noqa: PLR2004
        return name
    at = random_.randrange(len(words) - 1)
    return " ".join([*words[:at], words[at] + words[at + 1], *words[at + 2 :]])


def turned(name: str, random_: random.Random) -> str:
    """Words in another order."""
    words = name.split()
    at = random_.randrange(len(words))
    return " ".join([*words[at:], *words[:at]])


def shortened(name: str, random_: random.Random) -> str:
    """Leave a word out."""
    words = name.split()
    if len(words) < 3:  # noqa: PLR2004
        return name
    words.pop(random_.randrange(len(words)))
    return " ".join(words)


def abbreviated(name: str, _: random.Random) -> str:
    """Words of every name in their short form."""
    return " ".join(_ABBREVIATED.get(word.casefold(), word) for word in name.split())


def cut(name: str, random_: random.Random) -> str:
    """Cut a word to its beginning."""
    words = name.split()
    at = random_.randrange(len(words))
    return " ".join([*words[:at], words[at][: max(4, len(words[at]) // 2)] + ".", *words[at + 1 :]])


def dressed(name: str, random_: random.Random) -> str:
    """Capitals, an article, a country, a department."""
    return random_.choice(
        (name.upper(), f"The {name}", f"{name}, Germany", f"Department of Physics, {name}", f"{name} Co., Ltd.")
    )


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    slip,
    two_slips,
    glued,
    turned,
    shortened,
    abbreviated,
    cut,
    dressed,
)
