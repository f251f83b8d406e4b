"""A language in which every letter of a message stands in a circle, and records whose own letters are no plain ones.

What comes out in plain letters is then a word of the engine that nobody can translate.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from string import ascii_letters
from typing import Any, cast

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from pydantic import BaseModel

from risk_engine.model.criteria import Criteria
from risk_engine.report.wording import KINDS
from scripts.messages import DOMAINS, LOCALE, texts

TAG = "eo"
"""The language that stands for the marked one: it has two forms of a message that counts, as English has."""
_CIRCLED = str.maketrans(ascii_letters, "".join(map(chr, (*range(0x24D0, 0x24EA), *range(0x24B6, 0x24D0)))))
_SANS_SERIF = str.maketrans(ascii_letters, "".join(map(chr, (*range(0x1D5BA, 0x1D5D4), *range(0x1D5A0, 0x1D5BA)))))
_OF_THE_MODEL = {"kind": set(KINDS), "confidence": {"unsure", "declared", "documented", "verified"}}
"""Fields of any text in which the engine knows some words."""
_NAME = re.compile(r"[a-z][a-z0-9_./:-]*|[A-Z]+([-_][A-Za-z0-9]+)*")
_NAMES = ("risk-engine", "SHA-256")
"""What is called so in every language."""


def marked_locale(folder: Path) -> Path:
    """Write a locale folder with the marked language, made from the messages that are in the code.

    They are taken from the German files, which have all of them (tests/files/test_language.py): to look through the
    code once more takes as long as many a test.
    """
    target = folder / TAG / "LC_MESSAGES"
    target.mkdir(parents=True)
    for domain in DOMAINS:
        with (LOCALE / "de" / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
            known = read_mo(file)
        made = Catalog(locale=TAG, domain=domain)
        for message in known:
            if message.id:
                told = tuple(_circled(one) for one in texts(message.id))
                # Babel leaves the context as bytes, whatever its types say.
                context = cast("bytes", message.context).decode() if message.context else None
                made.add(message.id, told if len(told) > 1 else told[0], context=context)
        with (target / f"{domain}.mo").open("wb") as file:
            write_mo(file, made)
    return folder


def _circled(message: str) -> str:
    return "".join(
        part if part.startswith(("{", "%(")) else part.translate(_CIRCLED)
        for part in re.split(r"(\{\w+\}|%\(\w+\)s)", message)
    )


def with_other_letters(part: Any, field: str = "") -> Any:
    """Return a record whose own texts have no plain letters; the words of the model stay what they are."""
    match part:
        case BaseModel():
            return part.model_copy(
                update={
                    name: with_other_letters(getattr(part, name), name)
                    for name, one in type(part).model_fields.items()
                    if "Literal" not in repr(one.annotation) or isinstance(getattr(part, name), BaseModel)
                }
            )
        case str():
            return part if part in _OF_THE_MODEL.get(field, ()) else part.translate(_SANS_SERIF)
        case tuple() | list():
            return type(part)(with_other_letters(one, field) for one in part)
        case dict() if field == "case":
            return {key: with_other_letters(one) for key, one in part.items()}
        case dict() if field == "resolved":
            return {with_other_letters(path): one for path, one in part.items()}
        case dict():
            return {with_other_letters(key): with_other_letters(one) for key, one in part.items()}
        case _:
            return part


def set_with_other_letters(criteria: Criteria) -> Criteria:
    """Return a set whose texts have no plain letters; names, which rules and keys are made of, stay as they are."""

    def told(part: Any) -> Any:
        match part:
            case BaseModel():
                return part.model_copy(
                    update={
                        name: told(getattr(part, name))
                        for name, one in type(part).model_fields.items()
                        if "Literal" not in repr(one.annotation) or isinstance(getattr(part, name), BaseModel)
                    }
                )
            case str():
                return part if _NAME.fullmatch(part) else part.translate(_SANS_SERIF)
            case tuple():
                return tuple(told(one) for one in part)
            case dict():
                return {key: told(one) for key, one in part.items()}
            case _:
                return part

    made: Criteria = told(criteria)
    return made


def names_of(criteria: Criteria) -> set[str]:
    """Return every name of a set: ids, keys, options, files, and what they are made of."""
    found: set[str] = set()

    def look(part: Any) -> None:
        match part:
            case str():
                found.add(part)
            case dict():
                look(list(part))
                look(list(part.values()))
            case list():
                for one in part:
                    look(one)

    look(criteria.model_dump(mode="json", by_alias=True))
    look(list(criteria.places.values()))
    return {part for one in found if _NAME.fullmatch(one) for part in re.split(r"[^A-Za-z]+", one)}


def plain_words(text: str) -> list[str]:
    """Return the words in plain letters; names that are the same in every language are left out."""
    text = re.sub(r"https?:\\?//\S+|sha256:\w+", "", text)
    for name in _NAMES:
        text = text.replace(name, "")
    return re.findall(r"[A-Za-z]+", text)


class Shown(HTMLParser):
    """Collects what a page shows or a screen reader says, without its style sheet."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipped = tag == "style"
        self.text += [value or "" for name, value in attrs if name in {"aria-label", "alt", "title", "placeholder"}]

    def handle_endtag(self, tag: str) -> None:
        self._skipped = self._skipped and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.text.append(data)


def shown(page: str) -> str:
    """Return what a page shows, as text."""
    reader = Shown()
    reader.feed(page)
    return "\n".join(reader.text)
