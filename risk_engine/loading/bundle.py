"""One version of a criteria set as one file: made from the files of a version, read back, proved whole.

What is in it is read as the files themselves would be: each is a `Document` with the same data and the same places.
Decision 0051 says why it looks as it does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from risk_engine.files.diagnostics import file_problem, reason
from risk_engine.files.language import N_, _
from risk_engine.files.plain import Broken, Loc, digest, places_in
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import MAX_DEPTH, MAX_SET_BYTES, Document, Mark, read
from risk_engine.files.syntax import DATE, MAX_INTEGER, UNFIT
from risk_engine.loading.sets import MAX_BUNDLE, bundled_files, is_rule_file, source_digest
from risk_engine.loading.translation import translation_of, translations
from risk_engine.loading.version_files import CASES, HEAD
from risk_engine.model.criteria import Bundle, CaseOutcome, Criteria, File, Words

PLACED_CASES = 2
"""So deep in cases.yaml places are kept: each test has its own, what is in it has the test's."""
_WAY_OUT = N_("restore it; `risk-engine criteria release` writes such a file")
_DAY = len("2026-01-31")
_MARK = "'"
_MARKED = re.compile(rf"{_MARK}+{DATE.pattern}")


def bundle_of(criteria: Criteria, *, outcomes: Sequence[CaseOutcome] = (), changes: str = "") -> Bundle:
    """Return the bundle of a set: the one it was read from, else one made of the files in its folder.

    `outcomes` and `changes` are what a release adds. Raises InvalidSourceError where the files cannot be read any more,
    or say something else than when the set was read; ValueError for a set that was never read from anywhere.
    """
    if criteria.bundle is not None:
        return criteria.bundle
    if criteria.path is None:
        raise ValueError("a set that was changed in memory has no files")
    folder = Path(criteria.path)
    names = bundled_files(folder)
    rules = {name: read(folder / name, shown_as=name, most=MAX_SET_BYTES) for name in names if is_rule_file(name)}
    if rules_digest(rules) != criteria.digest:
        raise file_problem(folder, _("the files have changed since they were read"), _("try again"))
    spoken = {language: translation_of(criteria, language) for language in sorted(translations(criteria))}
    return Bundle(
        id=criteria.head.id,
        version=criteria.head.version,
        in_force_from=criteria.head.in_force.from_,
        digest=criteria.digest,
        source=source_digest(folder),
        rules={name: _file(document) for name, document in rules.items()},
        words={
            language: Words(digest=one.digest, texts={text: dict(at) for text, at in sorted(one.texts.items())})
            for language, one in spoken.items()
            if one is not None
        },
        cases=_file(read(folder / CASES, nulls=True, most=MAX_SET_BYTES), PLACED_CASES) if CASES in names else None,
        outcomes=tuple(outcomes),
        changes=changes,
    )


def written(bundle: Bundle) -> bytes:
    """Return a bundle as the bytes of its file; there is only this one way to write it."""
    # Keys stand in the order of the files, which means something there, so the form is not that of RFC 8785.
    return orjson.dumps(bundle.model_dump(mode="json")) + b"\n"


def read_bundle(path: Path) -> Bundle:
    """Return the bundle in a file; raise InvalidSourceError where it is none, or not what it was when it was made."""
    try:
        raw = read_bytes(path, MAX_BUNDLE + 1)
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if len(raw) > MAX_BUNDLE:
        raise file_problem(path, _("the file is larger than {size} KiB", size=MAX_BUNDLE // 1024))
    return parse_bundle(raw, path.as_posix())


def parse_bundle(raw: bytes, name: str) -> Bundle:
    """Return the bundle that bytes are; raise InvalidSourceError as `read_bundle`, naming them so."""
    try:
        content = orjson.loads(raw)
        bundle = Bundle.model_validate(content, strict=False)
    except orjson.JSONDecodeError:
        raise file_problem(name, _("this is no bundle of a criteria set: it is no JSON"), _(_WAY_OUT)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = _("this is no bundle of a criteria set: `{place}` is not as it must be", place=place)
        raise file_problem(name, message, _(_WAY_OUT)) from None
    if orjson.dumps(content) + b"\n" != raw:
        raise file_problem(name, _("this bundle is not written as bundles are: it was changed"), _(_WAY_OUT))
    for language, words in bundle.words.items():
        if digest(words.texts) != words.digest:
            message = _("the words of `{language}` in this bundle were changed", language=language)
            raise file_problem(name, message, _(_WAY_OUT))
    return bundle


def documents(bundle: Bundle, name: str = "") -> dict[str, Document]:
    """Return the files of rules in a bundle, each as it was read when the bundle was made but for its lines.

    Raises InvalidSourceError, naming the bundle so, where they are not what its digest and its head say.
    """
    rules = {file: _document(bundle, file, one) for file, one in bundle.rules.items()}
    found = rules_digest(rules)
    if found != bundle.digest:
        message = _(
            "the rules in this bundle were changed: stated is sha256:{stated}, they are sha256:{found}",
            stated=bundle.digest,
            found=found,
        )
        raise file_problem(name or _of(bundle), message, _(_WAY_OUT))
    head = rules[HEAD].data if HEAD in rules else None
    start = head.get("in_force") if isinstance(head, dict) else None
    since = start.get("from") if isinstance(start, dict) else None
    stated = (bundle.id, bundle.version, bundle.in_force_from)
    if not isinstance(head, dict) or (head.get("id"), head.get("version"), since) != stated:
        message = _("this bundle says that it is {version}, and its rules say something else", version=_of(bundle))
        raise file_problem(name or _of(bundle), message, _(_WAY_OUT))
    return rules


def cases_document(bundle: Bundle) -> Document | None:
    """Return the cases.yaml in a bundle; None where it has none."""
    return None if bundle.cases is None else _document(bundle, CASES, bundle.cases)


def rules_digest(rules: Mapping[str, Document]) -> str:
    """Return the digest of files of rules: what `releases.lock` states and an assessment names."""
    return digest({name: _ordered(document.data) for name, document in rules.items()})


def _ordered(data: Any) -> Any:
    """Return parsed data with each mapping as a list of pairs: in rule files the order of keys means something.

    It ranks options, levels and bands, and RFC 8785 sorts the keys of a mapping (docs/decisions/0009).
    """
    match data:
        case dict():
            return [[key, _ordered(value)] for key, value in data.items()]
        case tuple():
            return [_ordered(one) for one in data]
        case Broken():
            return None
        case _:
            return data


def _of(bundle: Bundle) -> str:
    return f"{bundle.id}@{bundle.version}"


def _document(bundle: Bundle, name: str, file: File) -> Document:
    path = f"{_of(bundle)}/{name}"
    try:
        data = _plain(file.data)
    except _UnfitError:
        raise file_problem(path, _("this is no bundle of a criteria set: it holds what no file of rules can")) from None
    return Document(path, data, _Places(data, file), ())


class _UnfitError(Exception):
    """Something that no file of a set can say."""


def _plain(data: Any, depth: int = 0) -> Any:
    """Return JSON as the reader of YAML returns it: lists as tuples, and a text that looks like a date as that day."""
    match data:
        case str():
            if not data.isprintable() and UNFIT.search(data):
                raise _UnfitError
            return _unmarked(data) if data[-_DAY : -_DAY + 4].isdigit() else data
        case dict() if depth < MAX_DEPTH:
            return {key: _plain(value, depth + 1) for key, value in data.items()}
        case list() if depth < MAX_DEPTH:
            return tuple([_plain(one, depth + 1) for one in data])
        case None | bool():
            return data
        case int() if abs(data) <= MAX_INTEGER:
            return data
        case _:
            raise _UnfitError


def _unmarked(text: str) -> date | str:
    """Return the day that a text is, or the text that looks like one and has a mark in front."""
    try:
        return date.fromisoformat(text) if DATE.fullmatch(text) else text[1:] if _MARKED.fullmatch(text) else text
    except ValueError:
        return text


def _json(data: Any) -> Any:
    """Return what a file says as JSON: days as texts, and texts that look like days with a mark in front."""
    match data:
        case dict():
            return {key: _json(value) for key, value in data.items()}
        case tuple():
            return [_json(one) for one in data]
        case str():
            return f"{_MARK}{data}" if DATE.fullmatch(data.lstrip(_MARK)) else data
        case date():
            return data.isoformat()
        case _:
            return data


def _file(document: Document, depth: int = MAX_DEPTH) -> File:
    """Return what a bundle holds of a document, with places down to a depth."""
    places: list[int] = []
    line = 0
    for loc, _value in places_in(document.data, depth):
        key, value = document.marks[loc]
        places += (key[0] - line, key[1], value[0] - key[0], value[1])
        line = value[0]
    return File(data=_json(document.data), places=tuple(places), depth=depth)


class _Places(Mapping[Loc, Mark]):
    """Where each value stood in the file of which the bundle was made; worked out when somebody asks."""

    def __init__(self, data: Any, file: File) -> None:
        self._data = data
        self._file = file

    def __getitem__(self, loc: Loc) -> Mark:
        return self._all[loc]

    def __iter__(self) -> Iterator[Loc]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[Loc, Mark]:
        found: dict[Loc, Mark] = {}
        numbers = self._file.places
        line = 0
        for number, (loc, _value) in enumerate(places_in(self._data, self._file.depth)):
            down, left, further, column = numbers[4 * number : 4 * number + 4]
            begins = line + down
            line = begins + further
            found[loc] = Mark((begins, left), (line, column))
        return found
