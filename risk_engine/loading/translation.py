"""Read the translations of a version: its texts in another language, or every problem of the file with its place."""

import difflib
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, file_problem, is_blank, suggestion
from risk_engine.files.language import _, current
from risk_engine.files.once import once
from risk_engine.files.plain import Loc, digest
from risk_engine.files.source import MAX_SET_BYTES, Document, read
from risk_engine.loading.validate import validated
from risk_engine.loading.version_files import MAP, TRANSLATIONS
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import MAP_TEXTS, Told, Translation, collapsed, in_words_of, is_within, placed_texts

# What only those need who are told something in another language is loaded for them: assessing must start fast.
if TYPE_CHECKING:
    from risk_engine.model.companion_files import TranslatedText, TranslationFile

SHOWN_LETTERS = 70
"""So much of a text is shown in a message."""
MOST_SUGGESTIONS = 40
"""Looking for what was meant is slow; a file with more texts of another set than this is of that set."""
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""What the tag of a language looks like (BCP 47)."""

Texts = Sequence[tuple[str, str]]
"""Place and text of everything that a version says to people."""


def criteria_in_words(criteria: Criteria) -> Criteria:
    """Return the set as it is read in the current language; what is not translated stays as the set says it.

    Raises InvalidSourceError with every problem of the translation.
    """
    return told_in(criteria, current()).words


def told_in(criteria: Criteria, language: str) -> Told:
    """Return the set as it is read in a language; raise InvalidSourceError with every problem of the translation."""
    return _teller(language)(criteria)


@cache
def _teller(language: str) -> Callable[[Criteria], Told]:
    """Return what tells sets in one language; each set is told once."""

    @once
    def told(criteria: Criteria) -> Told:
        if language == criteria.head.language:
            return Told(language, criteria, criteria, criteria.digest)
        translation = translation_of(criteria, language)
        if translation is None:
            return Told(language, criteria, criteria, None)
        return Told(language, criteria, in_words_of(criteria, translation), translation.digest)

    return told


def translation_of(criteria: Criteria, language: str) -> Translation | None:
    """Return the translation of a set that was read from somewhere; None where there is none, or no need of one.

    Raises InvalidSourceError with every problem of the file.
    """
    if language == criteria.head.language:
        return None
    if criteria.bundle is not None:
        words = criteria.bundle.words.get(language)
        return None if words is None else Translation(language, words.digest, words.texts)
    if criteria.path is None:
        return None
    path = Path(criteria.path) / TRANSLATIONS / f"{language}.yaml"
    return read_translation(path, criteria, texts_of_version(criteria)) if path.is_file() else None


def languages_of(criteria: Criteria) -> tuple[str, ...]:
    """Return the languages into which a set is translated; raise InvalidSourceError for a file named otherwise."""
    return tuple(translations(criteria) if criteria.bundle is None else criteria.bundle.words)


def translations(criteria: Criteria) -> dict[str, Path]:
    """Return the files of a set's translations by language; raise InvalidSourceError for one named otherwise."""
    if criteria.path is None or criteria.bundle is not None:
        return {}
    folder = Path(criteria.path) / TRANSLATIONS
    found = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    problems = [
        problem
        for path in found
        if not TAG.fullmatch(path.stem)
        for problem in file_problem(
            path,
            _("`{name}` is no tag of a language", name=path.stem),
            _("call the file like `de.yaml` or `pt-BR.yaml`"),
        ).diagnostics
    ]
    if problems:
        raise InvalidSourceError(problems)
    return {path.stem: path for path in found}


def texts_of_version(criteria: Criteria) -> Texts:
    """Return place and text of everything that a version says to people, its map included, in reading order."""
    from risk_engine.model.companion_files import MapFile

    path = None if criteria.path is None or criteria.bundle is not None else Path(criteria.path) / MAP
    if path is None or not path.is_file():
        return placed_texts(criteria)
    document = read(path, most=MAX_SET_BYTES)
    problems: list[Diagnostic] = []
    declared = validated(MapFile, document.data, document, (), problems)
    if declared is None:
        raise InvalidSourceError(problems)
    return (*placed_texts(criteria), *placed_texts(declared, MAP_TEXTS))


def read_translation(path: Path, criteria: Criteria, texts: Texts) -> Translation:
    """Return the translation in a file for a set that says these texts; raise InvalidSourceError with all problems."""
    from risk_engine.model.companion_files import TranslationFile

    document = read(path, nulls=True, most=MAX_SET_BYTES)
    problems: list[Diagnostic] = []
    file = validated(TranslationFile, document.data, document, (), problems)
    if file is not None:
        problems += _head_problems(document, file, criteria, path.stem)
    if problems:  # of another language or another set nothing would fit
        raise InvalidSourceError(problems)
    assert file is not None  # noqa: S101 (else there is a problem)
    check = _Check(document, criteria.head.language, file.language, texts)
    found = check.translations(file.texts)
    if check.problems:
        raise InvalidSourceError(check.problems)
    return Translation(file.language, digest(found), found)


def _head_problems(document: Document, file: "TranslationFile", criteria: Criteria, tag: str) -> Iterator[Diagnostic]:
    head = criteria.head
    if file.language == head.language:
        message = _(
            "the set is written in `{language}`, so nothing is to be translated into it", language=file.language
        )
        yield document.problem(("language",), message)
    elif file.language != tag:
        message = _("this is the language `{language}` in the file of `{tag}`", language=file.language, tag=tag)
        yield document.problem(("language",), message, _("they must be the same"))
    if file.of != (here := f"{head.id}@{head.version}"):
        message = _("this is a translation of `{other}`, and the set is `{here}`", other=file.of, here=here)
        # By its folder: the name may mean another set where the command runs.
        where = shlex.quote(Path(document.path).parent.parent.as_posix())
        help_text = _(
            "`risk-engine criteria texts {where} --into {tag} -o {file}` takes over what both say",
            where=where,
            tag=tag,
            file=shlex.quote(document.path),
        )
        yield document.problem(("of",), message, help_text)


class _Check:
    """Compares the texts of a file with those of the set, one after the other, and notes what does not fit."""

    def __init__(self, document: Document, source: str, target: str, texts: Texts) -> None:
        self.document = document
        self.source = source
        self.target = target
        self.problems: list[Diagnostic] = []
        self.places: dict[str, list[str]] = {}
        for place, text in texts:
            self.places.setdefault(collapsed(text), []).append(place)
        self.every = [place for place, _ in texts]
        self.unknown = 0
        self.seen: dict[tuple[str, str], int] = {}

    def translations(self, entries: "Sequence[TranslatedText]") -> dict[str, dict[str, str]]:
        """Return the translations that there are, by text and place."""
        found: dict[str, dict[str, str]] = {}
        for number, entry in enumerate(entries):
            said = entry.__pydantic_extra__
            here: Loc = ("texts", number)
            if not self._keys_fit(here, said):
                continue
            text, told, at = collapsed(said[self.source] or ""), said.get(self.target), entry.at or ""
            if is_blank(text) or (told is not None and is_blank(told)):
                key = self.source if is_blank(text) else self.target
                self._problem(
                    (*here, key), _("the text is empty"), _("take out what is not translated yet, or its value")
                )
            elif self._stands(here, text, at) and self._is_first(here, text, at) and told is not None:
                self._check_braces((*here, self.target), text, told)
                found.setdefault(text, {})[at] = told.strip()
        return found

    def _keys_fit(self, here: Loc, said: Mapping[str, str | None]) -> bool:
        known = (self.source, "at", self.target)
        unknown = [key for key in said if key not in known]
        for key in unknown:
            self._problem((*here, key), _("unknown key `{key}`", key=key), suggestion(key, known), key=True)
        if said.get(self.source) is None:
            self._problem(here, _("the text of the set is missing: `{key}: …`", key=self.source))
            return False
        return not unknown

    def _stands(self, here: Loc, text: str, at: str) -> bool:
        """Return whether the set says the text, and there; what it does not say is a translation of nothing."""
        if at and not any(is_within(place, at) for place in self.every):
            self._problem((*here, "at"), _("there is no text at `{place}`", place=at), _meant(at, self._nodes()))
            return False
        places = self.places.get(text)
        if places is None:
            self._problem((*here, self.source), _("the set says no such text"), self._meant_text(text, at))
            return False
        if not any(is_within(place, at) for place in places):
            message = _("the text does not stand at `{place}`", place=at)
            self._problem((*here, "at"), message, _("it stands at `{place}`", place=places[0]))
            return False
        return True

    def _is_first(self, here: Loc, text: str, at: str) -> bool:
        line = self.document.position(here).line
        first = self.seen.setdefault((text, at), line)
        if first != line:
            message = _("the text is here a second time")
            if at:
                message = _("the text is here a second time for `{place}`", place=at)
            help_text = _(
                "the first one is on line {line}; `at: PLACE` tells two translations of one text apart", line=first
            )
            self._problem((*here, self.source), message, help_text)
        return first == line

    def _check_braces(self, here: Loc, text: str, told: str) -> None:
        """Report a translation that would fill in other facts than the set's own sentence."""
        wanted = _in_braces(text)
        if not wanted and not any(".because" in place for place in self.places[text]):
            return
        found = _in_braces(told)
        if found is None:
            self._problem(
                here, _("braces hold the name of a fact and nothing else"), _("a brace itself is `{{` or `}}`")
            )
        elif found != wanted:
            lacking = sorted((wanted or frozenset()) - found)
            names = ", ".join(f"`{{{one}}}`" for one in lacking or sorted(found - (wanted or frozenset())))
            message = _("the set's text has no {names}", names=names)
            if lacking:
                message = _("{names} of the set's text is missing", names=names)
            self._problem(here, message, _("what stands in braces stays as it is"))

    def _meant_text(self, text: str, at: str) -> str:
        self.unknown += 1
        if self.unknown > MOST_SUGGESTIONS:
            return ""
        candidates = [one for one, places in self.places.items() if any(is_within(place, at) for place in places)]
        near = difflib.get_close_matches(text, candidates, n=1, cutoff=0.75)
        if not near:
            return _("take it out, or copy the text of the set to the letter")
        return _("did you mean `{text}` at `{place}`?", text=_shortened(near[0]), place=self.places[near[0]][0])

    def _nodes(self) -> list[str]:
        """Return every place at or below which texts stand."""
        steps = [place.split(".") for place in self.every]
        return list(dict.fromkeys(".".join(one[:end]) for one in steps for end in range(1, len(one) + 1)))

    def _problem(self, loc: Loc, message: str, help_text: str = "", *, key: bool = False) -> None:
        self.problems.append(self.document.problem(loc, message, help_text, key=key))


def _meant(at: str, places: Sequence[str]) -> str:
    near = difflib.get_close_matches(at, places, n=1)
    if near:
        return _("did you mean `{word}`?", word=near[0])
    return _("a place is like `facts.partner.role` or `indicators.SEC-01.title`")


def _in_braces(text: str) -> frozenset[str] | None:
    """Return the names in braces; None where something else stands there."""
    try:
        parts: list[Any] = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(name is not None and (not name or form or conversion) for _text, name, form, conversion in parts):
        return None
    return frozenset(name for _text, name, *_rest in parts if name)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS].rstrip()}…"
