"""Read one version of a criteria set from its folder: every file, every problem, one checked `CriteriaSet`."""

from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.canonical import digest
from risk_engine.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.language import _
from risk_engine.loading.checks import Context, check_all, check_head
from risk_engine.loading.choose import choose, meant, that_count
from risk_engine.loading.kept import kept
from risk_engine.loading.lock import changed_since_release, names_of, signed_in
from risk_engine.loading.pieces import read_head, read_pieces, stand_in
from risk_engine.loading.set_files import SetFiles
from risk_engine.loading.sets import HEAD, is_version, set_of_nobody
from risk_engine.model.criteria import CriteriaSet
from risk_engine.plain import Broken
from risk_engine.source import Document


def load_criteria(reference: str | None = None, on: date | None = None) -> CriteriaSet:
    """Load the version of a set that `SET`, `SET@VERSION` or the path of either means on a day.

    The day may be left out only where it chooses nothing: of a version that is named, or the only one. Raises
    RiskEngineError otherwise; InvalidSourceError with every problem of every file; UnknownSetError; NotInForceError.
    """
    if reference is not None and is_version(Path(reference)):
        return read_criteria(Path(reference))
    if on is None:
        _check_single(reference or set_of_nobody())
    return read_criteria(choose(reference, on).version.folder)


def _check_single(reference: str) -> None:
    """Raise RiskEngineError where a set has several versions and none is named: which one holds only a day can say."""
    number = len(that_count(meant(reference)))
    if number > 1:
        message = _("the set `{name}` has {number} versions, and no day is named", name=reference, number=number)
        raise RiskEngineError(
            message, _("say for which day, `on=date(2026, 1, 31)`, or which version, `{name}@1.0.0`", name=reference)
        )


def read_criteria(folder: Path) -> CriteriaSet:
    """Read the version that lies in `folder`; raise InvalidSourceError with every problem of every file.

    As long as its files say the same it is the same object.
    """
    return kept(folder, _read_anew)


def _read_anew(folder: Path) -> CriteriaSet:
    files = SetFiles(folder)
    head = read_head(files)
    found = digest({name: _ordered(document.data) for name, document in files.documents.items()})
    files.problems += _release_problems(folder, files.documents.get(HEAD), found)
    pieces, stands_in = read_pieces(files)
    # Every piece is validated already; validating the whole again would cost as much a second time.
    criteria = CriteriaSet.model_construct(
        head=head or stand_in(files), **pieces, digest=found, folder=folder.as_posix()
    )
    context = Context(criteria, files.documents, stands_in, frozenset(files.broken))
    if head is not None:
        check_head(context)
    check_all(context)
    if files.problems or context.problems:
        raise InvalidSourceError([*files.problems, *context.problems])
    return criteria


def _release_problems(folder: Path, head: Document | None, digest_now: str) -> list[Diagnostic]:
    """Return why this is not what was released, else why it is not what was signed."""
    release = _stated_release(head)
    if found := changed_since_release(folder, folder.as_posix(), release, digest_now):
        return found
    if not signed_in(folder):
        return []
    # Most sets are not signed, and what reads signatures takes its time to load.
    from risk_engine.loading.signatures import signature_problems

    try:
        return signature_problems(folder, names_of(folder, release))
    except InvalidSourceError as error:
        return list(error.diagnostics)


def _stated_release(head: Document | None) -> str:
    """Return `set@version` as set.yaml says, as far as it can be read."""
    data = None if head is None else head.data
    return f"{data.get('id')}@{data.get('version')}" if isinstance(data, dict) else ""


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
