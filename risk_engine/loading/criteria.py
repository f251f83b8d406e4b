"""Read one version of a criteria set, its files or its bundle: every problem, else one checked `Criteria`, kept."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import MAX_SET_BYTES, Document, parse
from risk_engine.loading.bundle import documents, read_bundle, rules_digest
from risk_engine.loading.releases import (
    LOCK,
    SIGNATURES,
    Lock,
    bound_by,
    changed_since_release,
    choose,
    is_draft,
    locks_of,
    meant,
    names_of,
    signed_in,
    that_count,
)
from risk_engine.loading.set_files import SetFiles, read_head, read_pieces, stand_in
from risk_engine.loading.sets import MAX_BUNDLE, is_alone, set_of_nobody, yaml_files
from risk_engine.loading.version_files import HEAD
from risk_engine.model.criteria import Bundle, Criteria
from risk_engine.model.triage import with_contradictions


def load_criteria(reference: str | None = None, on: date | None = None) -> Criteria:
    """Load the version of a set that `SET`, `SET@VERSION` or the path of either means on a day.

    The day may be left out only where it chooses nothing: of a version that is named, or the only one. Raises
    RiskEngineError otherwise; InvalidSourceError with every problem of every file; UnknownSetError; NotInForceError.
    """
    if reference is not None and is_alone(Path(reference)):
        return read_criteria(Path(reference))
    if on is None:
        _check_single(reference or set_of_nobody())
    return read_criteria(choose(reference, on).version.path)


def _check_single(reference: str) -> None:
    """Raise RiskEngineError where a set has several versions and none is named: which one holds only a day can say."""
    number = len(that_count(meant(reference)))
    if number > 1:
        message = _("the set `{name}` has {number} versions, and no day is named", name=reference, number=number)
        raise RiskEngineError(
            message, _("say for which day, `on=date(2026, 1, 31)`, or which version, `{name}@1.0.0`", name=reference)
        )


def read_criteria(path: Path) -> Criteria:
    """Read the version whose files lie in a folder, or that is in a bundle.

    Raises InvalidSourceError with every problem of every file. As long as they say the same it is the same object.
    """
    return cached(path, _read_bundle if path.suffix == ".json" else _read_folder)


def criteria_in(bundle: Bundle, path: Path | None = None) -> Criteria:
    """Return the set that is in a bundle, which may have been read from a file.

    Raises InvalidSourceError with every problem of its rules.
    """
    release = f"{bundle.id}@{bundle.version}"
    shown = release if path is None else path.as_posix()
    files = SetFiles(path or Path(release), documents(bundle, shown))
    if path is not None:
        files.problems += _release_problems(path, release, bundle.digest)
    locks = () if path is None else locks_of(path)
    is_known = any(lock.releases.get(release) == bundle.digest for lock in locks)
    # What a lock names was checked when it was released.
    made = _checked(files, bundle.digest, path, bundle=bundle, is_checked=is_known)
    return _standing(made, locks, release)


def edited_criteria(folder: Path, texts: Mapping[str, str] | None = None) -> Criteria:
    """Return the set whose files lie in a folder and that somebody edits, be it what was released or not.

    With `texts` it is as it would be if these of its files said something else: nothing is written, so that set lies
    nowhere. Raises InvalidSourceError with every problem.
    """
    files = SetFiles(folder)
    for name, text in (texts or {}).items():
        files.documents[name] = parse(text, (folder / name).as_posix(), most=MAX_SET_BYTES)
    return _checked(files, rules_digest(files.documents), folder if texts is None else None)


def _read_bundle(path: Path) -> Criteria:
    return criteria_in(read_bundle(path), path)


def _read_folder(folder: Path) -> Criteria:
    files = SetFiles(folder)
    found = rules_digest(files.documents)
    release = _stated_release(files.documents.get(HEAD))
    files.problems += _release_problems(folder, release, found)
    # A lock that cannot be read is among the problems, which are raised.
    return _standing(_checked(files, found, folder), locks_of(folder), release)


def _standing(criteria: Criteria, locks: Sequence[Lock], release: str) -> Criteria:
    """Return a set with what the locks around it say of it."""
    is_withdrawn = any(release in one.withdrawn for one in locks)
    return criteria.model_copy(update={"is_draft": is_draft(locks, release), "is_withdrawn": is_withdrawn})


_right: list[Document] = []
"""The files of the set in which nothing was found wrong last: who edits one has them read with and without locks."""


def _is_as_before(documents: Sequence[Document]) -> bool:
    return len(documents) == len(_right) and all(one is other for one, other in zip(documents, _right, strict=True))


def _checked(
    files: SetFiles,
    found: str,
    path: Path | None,
    *,
    bundle: Bundle | None = None,
    is_checked: bool = False,
) -> Criteria:
    """Return the set in its files; raise InvalidSourceError with the problems that they had, and every other."""
    head = read_head(files)
    pieces, stands_in = read_pieces(files)
    # Every piece is validated already; validating the whole again would cost as much a second time.
    place = None if path is None else path.as_posix()
    criteria = Criteria.model_construct(head=head or stand_in(files), **pieces, digest=found, path=place, bundle=bundle)
    problems = files.problems
    read = tuple(files.documents.values())
    if not is_checked and not _is_as_before(read):
        # Most sets that are read were checked when they were released, and what checks one takes its time to load.
        from risk_engine.loading.checks import set_problems

        has_head = head is not None
        found_wrong = set_problems(criteria, files.documents, stands_in, frozenset(files.broken), has_head=has_head)
        if not found_wrong and not files.broken and has_head:
            _right[:] = read
        problems += found_wrong
    if problems:
        raise InvalidSourceError(problems)
    return with_contradictions(criteria) if criteria.head.triage else criteria


def _release_problems(path: Path, release: str, digest_now: str) -> list[Diagnostic]:
    """Return why this is not what was released, else why it is not what was signed."""
    if found := changed_since_release(path, path.as_posix(), release, digest_now):
        return found
    if not signed_in(path):
        return []
    # Most sets are not signed, and what reads signatures takes its time to load.
    from risk_engine.loading.signatures import signature_problems

    try:
        return signature_problems(path, names_of(path, release))
    except InvalidSourceError as error:
        return list(error.diagnostics)


def _stated_release(head: Document | None) -> str:
    """Return `set@version` as set.yaml says, as far as it can be read."""
    data = None if head is None else head.data
    return f"{data.get('id')}@{data.get('version')}" if isinstance(data, dict) else ""


# --- sets that were read ---

CACHED = 8
"""So many sets are kept; the one that nobody asked for longest goes first."""

_cache: dict[tuple[str, str, bytes], Criteria] = {}


def cached(path: Path, read: Callable[[Path], Criteria]) -> Criteria:
    """Return the set at a path, read anew only if a file of it, or a lock or signature of it, says something else.

    What cannot be read is never kept: it raises each time, in the language of whoever asks.
    """
    before = _fingerprint(path)
    if before is None:
        return read(path)
    key = (path.as_posix(), str(path.resolve()), before)
    found = _cache.pop(key, None)
    if found is None:
        found = read(path)
        # Files that change while they are read may be read half before and half after.
        if _fingerprint(path) != before:
            return found
    while len(_cache) >= CACHED:
        del _cache[next(iter(_cache))]
    _cache[key] = found
    return found


def _fingerprint(path: Path) -> bytes | None:
    """Return a digest of all that reading the set may read, translations included; None if any of it cannot be read."""
    found = hashlib.sha256()
    bound = (place / name for place in bound_by(path) for name in (LOCK, SIGNATURES))
    locks = [one for one in bound if one.is_file()]
    files = [path] if path.is_file() else [path / name for name in yaml_files(path)]
    most = MAX_BUNDLE if path.is_file() else MAX_SET_BYTES
    try:
        for one in (*files, *locks):
            content = read_bytes(one, most + 1)
            if len(content) > most:
                return None
            found.update(f"{one.as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            found.update(content)
    except OSError:
        return None
    return found.digest()
