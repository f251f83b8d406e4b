"""In which language people are told things: the engine's own words, English in the code, others from `locale/`.

A language is a folder of gettext files, a pair for each part of the engine; to add one, nothing here changes. Which
parts it has says how far it goes: `outside` alone is what people outside the office read (guests, mails, letters),
all of them are a whole language. What a criteria set says is translated in files of the set itself.
"""

import gettext as _gettext
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

ENGLISH = "en"
"""The language of the code and of every stored record."""
_FOLDER = Path(__file__).parent.parent / "locale"
_BLANKS = re.compile(r"[ \t\r\n]+")
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages(part: str = "*") -> tuple[str, ...]:
    """Return the languages that there are, or that a part of the engine speaks: BCP 47 tags, English first."""
    return _languages(_FOLDER, part)


@cache
def _languages(folder: Path, part: str) -> tuple[str, ...]:
    found = {one.parent.parent.name for one in folder.glob(f"*/LC_MESSAGES/{part}.mo")}
    return (ENGLISH, *sorted(found - {ENGLISH}))


def spoken_by(part: str, tag: str) -> str:
    """Return the language in which a part of the engine speaks to whoever speaks `tag`: that, or English."""
    return tag if tag in languages(part) else ENGLISH


def name_of(tag: str) -> str:
    """Return what a language calls itself, its tag where its files do not say it."""
    with in_language(tag):
        name = pgettext("what this language calls itself", "English")
    return name if tag == ENGLISH or name != "English" else tag


def folder() -> Path:
    """Return where the translations lie, for a library that looks words up itself."""
    return _FOLDER


def current() -> str:
    """Return the language in which things are said here and now."""
    return _current.get()


@contextmanager
def in_language(tag: str) -> Iterator[None]:
    """Say things in that language inside the block; raise LookupError if there is none of that name."""
    if tag != ENGLISH and tag not in languages():
        raise LookupError(tag)
    token = _current.set(tag)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str, /, **values: object) -> str:
    """Return a message in the current language, its `{names}` filled with the values."""
    tag = _current.get()
    # English is the message itself: nothing is looked up, and a report in it costs what it did without languages.
    text = _translation(tag).gettext(message) if tag != ENGLISH and message else message
    # What a user wrote is only ever a value: braces in it are never read.
    return text.format_map(values) if values else text


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the message for so many of something; `{number}` is filled as well."""
    tag = _current.get()
    english = one if number == 1 else many
    text = _translation(tag).ngettext(one, many, number) if tag != ENGLISH else english
    return text.format_map({"number": number, **values})


def pgettext(context: str, message: str, /, **values: object) -> str:
    """Return a message whose translation depends on what is meant by it, such as the gender of a noun."""
    tag = _current.get()
    text = _translation(tag).pgettext(context, message) if tag != ENGLISH else message
    return text.format_map(values) if values else text


def N_(message: str) -> str:  # noqa: N802 -- the name that gettext's tools know
    """Mark a message that is translated where it is used, not where it stands."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message with its context, both for `pgettext` where it is used."""
    return context, message


def inside(title: str) -> str:
    """Return a title as it stands inside a sentence: English alone writes the words of one small there."""
    return title.lower() if _current.get() == ENGLISH else title


def one_line(text: str) -> str:
    """Return a text on one line; a space at which no line ends, as French has before a colon, stays one."""
    return _BLANKS.sub(" ", text).strip()


def first_few(names: Sequence[str], most: int) -> str:
    """Return the first of the names, and how many more there are.

    >>> first_few(["a.yaml", "b.yaml", "c.yaml"], 2)
    'a.yaml, b.yaml and 1 more'
    """
    shown, more = ", ".join(names[:most]), len(names) - most
    return ngettext("{names} and {number} more", "{names} and {number} more", more, names=shown) if more > 0 else shown


def grouped_by_thousands(number: int) -> str:
    """Return a number with a thin space between thousands, as it is read in every language."""
    return f"{number:,}".replace(",", "\u202f")


def listed(items: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *first, last = items
    return _("{several} and {last}", several=", ".join(first), last=last) if first else last


def either(items: Sequence[str]) -> str:
    """Return "a, b or c".

    >>> either(["Advice", "Regulation", "Restriction"])
    'Advice, Regulation or Restriction'
    """
    *first, last = items
    return _("{several} or {last}", several=", ".join(first), last=last) if first else last


def _translation(tag: str) -> _gettext.NullTranslations:
    return _read(_FOLDER, tag)


@cache
def _read(folder: Path, tag: str) -> _gettext.NullTranslations:
    known = _gettext.NullTranslations()
    if tag != ENGLISH:
        for path in sorted((folder / tag / "LC_MESSAGES").glob("*.mo")):
            with path.open("rb") as file:
                domain = _gettext.GNUTranslations(file)
            domain.add_fallback(known)
            known = domain
    return known
