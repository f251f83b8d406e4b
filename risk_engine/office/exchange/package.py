"""A package of precedents: a head, a line for each kind of decided case, a signature; made, and read as a stranger's.

Every line stands for at least `k` cases that are alike in all that it says.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field, StringConstraints

from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.model.companion_files import LEAST_K
from risk_engine.model.words import Digest, Id, Model, Name, Text
from risk_engine.office.exchange.sealed import Sealed, check_signature, content_of, read_sealed, record_in, unfit
from risk_engine.office.precedents.precedent import Precedent, value_from_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from risk_engine.office.exchange.journal import Journal

PURPOSE: Final = "precedents"
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[1-9][0-9]{0,3})?\.[a-z][a-z0-9_]*")
_MOST_FACTS = 2000
SetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Dotted = Annotated[str, StringConstraints(pattern=r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$")]


class Head(Model):
    """What a package says of itself."""

    kind: Literal["precedents"]
    schema_: Literal[1] = Field(1, alias="schema")
    office: Text = Field(description="Whose cases they are.")
    set: SetId
    number: int = Field(ge=1, le=10**9, description="Rises with each package of this office on this set.")
    k: int = Field(ge=0, le=10**9, description="So many cases at least each line stands for; 0 where there is none.")
    cases: int = Field(ge=0, le=10**9, description="So many cases all lines stand for.")
    rules: Digest = Field(description="Of the rules by which the cases were made coarser.")
    withdrawn: str = Field("", exclude_if=lambda why: not why, description="Why the packages before it count no more.")


class Alike(Model):
    """Decided cases that are alike in all that leaves the office."""

    cases: int = Field(ge=LEAST_K, le=10**9)
    version: Dotted
    year: int = Field(ge=1900, le=2200, description="In which they were decided.")
    gate: Name | None
    measures: dict[Name, Name]
    facts: dict[str, Any] = Field(max_length=_MOST_FACTS)
    lists: tuple[Name, ...] = Field(description="The lists of which all entries are told, as far as they differ.")
    findings: tuple[Id, ...] | None = Field(description="Null where they stay in the office.")
    reasons: tuple[str, ...] | None

    def line(self) -> bytes:
        """Return it as it stands in a package."""
        return canonical(self.model_dump(mode="json"))


class Package(NamedTuple):
    """A package that was opened: what it says of itself, its lines, the digest of its content, its bytes."""

    head: Head
    alike: tuple[Alike, ...]
    digest: str
    raw: bytes

    def precedents(self) -> Iterator[Precedent]:
        """Yield each line as a precedent of that office; one that does not tell what was found is none."""
        for number, one in enumerate(self.alike, 1):
            if one.findings is None:
                continue
            yield Precedent(
                id=f"{self.head.number}/{number}",
                office=self.head.office,
                set_id=self.head.set,
                set_version=one.version,
                facts={path: value_from_json(value) for path, value in one.facts.items()},
                findings=one.findings,
                measures=dict(one.measures),
                gate=one.gate,
                decided_on_year=one.year,
                reasons=one.reasons or (),
                text=None,
                lists=one.lists,
                cases=one.cases,
            )


def content(head: Head, alike: Sequence[Alike]) -> bytes:
    """Return every byte of a package but the signature; the same head and lines give the same bytes."""
    said = canonical(head.model_dump(mode="json", by_alias=True))
    return content_of((said, *sorted(one.line() for one in alike)))


def open_package(path: Path, journal: "Journal") -> Package:
    """Return the package in a file, once its signature holds with the key that is pinned for its office.

    Raises RiskEngineError, and nothing of it is taken, where no key of that office is pinned, the signature does not
    hold, or anything in it is not as it must be.
    """
    sealed = read_sealed(path)
    head = record_in(sealed.lines[0], Head, sealed.name, 1)
    pinned = journal.pinned(head.office)
    return opened(sealed, pinned.public())


def opened(sealed: Sealed, key: "Ed25519PublicKey") -> Package:
    """Return what a sealed file holds; RiskEngineError where it is not signed with this key, or is no such package."""
    name = sealed.name
    head = record_in(sealed.lines[0], Head, name, 1)
    check_signature(sealed, PURPOSE, head.office, key)
    alike = tuple(record_in(line, Alike, name, number) for number, line in enumerate(sealed.lines[1:], 2))
    _check(head, alike, sealed)
    return Package(head, alike, sealed.digest, sealed.raw)


def _check(head: Head, alike: Sequence[Alike], sealed: Sealed) -> None:
    """Raise RiskEngineError where the lines of a package are not what its head says, or are none of precedents."""
    name = sealed.name
    if list(sealed.lines[1:]) != sorted(set(sealed.lines[1:])):
        raise unfit(name, _("its lines are not in their order, or one stands twice"))
    without = {one.model_copy(update={"cases": LEAST_K}).line() for one in alike}
    if len(without) != len(alike):
        raise unfit(name, _("two lines are alike but for their number of cases"))
    counted = (sum(one.cases for one in alike), min((one.cases for one in alike), default=0))
    if counted != (head.cases, head.k):
        raise unfit(name, _("its lines stand for other numbers of cases than its head says"))
    if head.withdrawn and alike:
        raise unfit(name, _("it withdraws the packages before it, and holds cases itself"))
    for number, one in enumerate(alike, 2):
        if one.gate is not None and one.gate not in one.measures.values():
            raise unfit(name, _("line {number} is not what it should be (at `{place}`)", number=number, place="gate"))
        for path, value in one.facts.items():
            if not _PATH.fullmatch(path) or not _is_value(value):
                raise unfit(
                    name, _("line {number} is not what it should be (at `{place}`)", number=number, place=path[:80])
                )


def _is_value(value: Any) -> bool:
    try:
        value_from_json(value)
    except ValueError:
        return False
    return True


def told(alike: Sequence[Alike]) -> Mapping[bytes, int]:
    """Return by all that a line says, but for how many, how many cases it stands for."""
    return {said(one): one.cases for one in alike}


def said(one: Alike) -> bytes:
    """Return all that a line says, but for of how many cases."""
    return canonical(one.model_dump(mode="json", exclude={"cases"}))


def entries(facts: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Yield the entries of lists, and what there is one of, each with its facts, as a line of a package has them."""
    for entry, several in itertools.groupby(facts.items(), lambda one: one[0].rpartition(".")[0]):
        yield entry, [(path.rpartition(".")[2], value) for path, value in several]
