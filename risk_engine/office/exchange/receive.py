"""What comes from other offices: packages of precedents, taken whole or not at all, and read again each time anew."""

from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.exchange_rules import load_exchange_rules
from risk_engine.loading.releases import newest
from risk_engine.office.exchange.journal import (
    RECEIVED,
    Event,
    Journal,
    append,
    file_name,
    folded,
    keep,
    read_journal,
    writing,
)
from risk_engine.office.exchange.package import Package, open_package
from risk_engine.office.exchange.sealed import RefusedError, unfit
from risk_engine.office.precedents.precedent import Precedent

Came: TypeAlias = Literal["new", "again", "newer", "withdrawal"]


class Taken(NamedTuple):
    """A package that was taken into a register: what it is, and what it is to those before it."""

    package: Package
    came: Came
    before: Event | None
    """The package of the same office and set in whose place it stands."""


def take(register: Path, path: Path, *, by: str = "") -> Taken:
    """Take a package into a register, by the key that is pinned there for its office.

    The same again changes nothing; a newer one stands in the place of the one before it, which is kept. Raises
    RiskEngineError, and nothing is changed, where `open_package` does, where one with a higher number came already, or
    another one with the same number, and where fewer cases are alike than the set, if it is known here, asks for.
    """
    with writing(register) as journal:
        found = open_package(path, journal)
        head = found.head
        mine = next((one for one in journal.events if one.what == "sent" and one.content == found.digest), None)
        if mine is not None:
            raise RiskEngineError(_("{file}: this package left this register itself", file=path))
        before = journal.of("came", head.office, head.set)
        last = before[-1] if before else None
        if last is not None and last.content == found.digest:
            return Taken(found, "again", None)
        _check_k(found, path)
        if last is not None and head.number <= last.number:
            about = {
                "file": path,
                "number": head.number,
                "last": last.number,
                "office": head.office,
                "day": last.at[:10],
            }
            message = (
                _(
                    "{file}: nothing of it was taken: package {number} of {office} came already on {day}, and this is "
                    "another one of that number",
                    **about,
                )
                if head.number == last.number
                else _(
                    "{file}: nothing of it was taken: it is package {number} of {office}, and package {last} came on "
                    "{day}; an older one is no news, and may be one that was withdrawn",
                    **about,
                )
            )
            raise RefusedError(message, _("ask {office} which one counts", office=head.office))
        name = file_name(head.office, head.set, head.number, found.digest)
        pinned = journal.pinned(head.office)
        file = keep(journal, RECEIVED, name, found.raw)
        append(journal, "came", by=by, office=head.office, about=head.set, number=head.number, content=found.digest,
               file=file, key=pinned.key, withdrawn=bool(head.withdrawn))  # fmt: skip
        return Taken(found, "withdrawal" if head.withdrawn else "newer" if last else "new", last)


def _check_k(found: Package, path: Path) -> None:
    """Raise RefusedError where a line stands for fewer cases than the own copy of the set asks for."""
    head = found.head
    try:
        least = load_exchange_rules(read_criteria(newest(head.set).path)).rules.k
    except RiskEngineError:
        return  # a set that is not here, or does not say what may leave, asks for no number
    if not head.withdrawn and head.k < least:
        message = _("its lines stand for {k} cases at least, and {set} asks for {least}", k=head.k, set=head.set,
                    least=least)  # fmt: skip
        raise unfit(path.as_posix(), message, _("ask {office} for one that keeps to it", office=head.office))


def standing(journal: Journal) -> list[Event]:
    """Return the packages that came and count now: of each office and set the last one, if it withdraws nothing."""
    last: dict[tuple[str, str], Event] = {}
    for one in journal.of("came"):
        last[folded(one.office), one.about] = one
    return [one for one in last.values() if not one.withdrawn]


class Imported(NamedTuple):
    """The precedents of other offices that count, and why some do not."""

    precedents: tuple[Precedent, ...]
    problems: tuple[str, ...]


def imported(register: Path, set_id: str | None = None) -> Imported:
    """Return the precedents of other offices in a register, of one set or of all.

    Each package is checked again as when it came: that a key is pinned no more, or a file was changed, is told, and
    nothing of that package counts. Raises RiskEngineError for what is no register, and where its log does not hold.
    """
    journal = read_journal(register)
    found: list[Precedent] = []
    problems: list[str] = []
    for one in standing(journal):
        if set_id in {None, one.about}:
            try:
                found += checked(journal, one).precedents()
            except RiskEngineError as error:
                problems.append(f"{error}")
    return Imported(tuple(found), tuple(problems))


def checked(journal: Journal, one: Event) -> Package:
    """Return a package that came, checked again; RiskEngineError where it does not hold any more."""
    path = journal.folder / one.file
    package = open_package(path, journal)
    if package.digest != one.content:
        message = _("{path}: this is not the package that came: its content was changed", path=path)
        raise RiskEngineError(message, _("take the file back from a backup"))
    return package
