"""What leaves an office: its decided cases as a package of precedents, byte for byte what the preview shows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from risk_engine.files.diagnostics import RiskEngineError, is_blank, printable
from risk_engine.files.language import _, ngettext
from risk_engine.files.plain import digest
from risk_engine.files.writing import check_new, write_new
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.exchange_rules import LoadedRules, load_exchange_rules
from risk_engine.loading.releases import newest
from risk_engine.model.criteria import Criteria
from risk_engine.office.exchange.coarsen import Anonymised, Coarsener, anonymised
from risk_engine.office.exchange.journal import SENT, Journal, append, file_name, keep, read_journal, writing
from risk_engine.office.exchange.package import PURPOSE, Alike, Head, Package, content, told
from risk_engine.office.exchange.sealed import MOST_TEXT, read_sealed, record_in, seal, sealed_in
from risk_engine.office.precedents.precedent import Precedent, precedents_in
from risk_engine.office.register.folder import case_paths, read_case_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class TooFewError(RiskEngineError):
    """Nothing can leave: no decided case has enough like it."""


class Pool(NamedTuple):
    """The decided cases from which a package is made: how many, and their digest, which only the own log has."""

    cases: int
    digest: str


class Leaving(NamedTuple):
    """What would leave: its bytes but for the signature, and what is told of it to the office alone."""

    head: Head
    content: bytes
    made: Anonymised
    pool: Pool
    """The decided cases of the set."""
    k: int
    """So many were to be alike at least."""
    criteria: Criteria
    rules: LoadedRules
    is_new: bool
    """Whether it is another package than the one that left last."""
    waits: int
    """So many more decided cases are needed until anything new can leave; 0 where it can now."""
    other_rules: bool
    """Whether the package before was made by other rules: its lines cannot be held against these."""


def decided_cases(register: Path, set_id: str | None = None) -> Iterator[Precedent]:
    """Yield the decided cases of a register whose decision stands today, each once.

    Raises RiskEngineError with all that cannot be read: of a register that is not whole nothing leaves.
    """
    failed: list[str] = []
    for path in case_paths(register):
        try:
            found = [one for one in precedents_in(read_case_folder(path)) if one.stands == "stands"]
        except RiskEngineError as error:
            failed.append(f"{error}")
            continue
        yield from (one for one in found[:1] if set_id in {None, one.set_id})
    if failed:
        raise RiskEngineError("\n".join(failed))


def leaving(register: Path, office: str, *, reference: str | None = None, k: int | None = None) -> Leaving:
    """Return what would leave a register as the next package of an office.

    `reference` is the set, without it the only one under which cases were decided; `k` may ask for more cases alike
    than the set does, never for fewer. Raises RiskEngineError where the set says nothing of what may leave or is not
    the only one, the register cannot be read, `k` is too low, and TooFewError where no case has enough like it.
    """
    check_office(office)
    journal = read_journal(register)
    criteria = _criteria(register, reference)
    rules = load_exchange_rules(criteria)
    if k is not None and k < rules.rules.k:
        message = _("the set asks for {least} cases that are alike, {k} are fewer", least=rules.rules.k, k=k)
        raise RiskEngineError(message, _("ask for as many, or more: --k {least}", least=rules.rules.k))
    wanted = k or rules.rules.k
    coarsener = Coarsener(rules.rules, criteria)
    cases = list(decided_cases(register, criteria.head.id))
    pool = _pool(coarsener, cases)
    before = list(sent(journal, criteria.head.id))
    waits = _waits(journal, criteria.head.id, pool, wanted)
    made = anonymised(coarsener, cases, wanted, [told(one.alike) for one in before], only_again=waits > 0)
    if not made.alike:
        raise _too_few(criteria.head.id, pool, wanted, waits)
    head = Head(
        kind=PURPOSE, office=office, set=criteria.head.id, number=len(before) + 1, k=made.k, cases=made.cases,
        rules=rules.digest,
    )  # fmt: skip
    if before and content(before[-1].head, before[-1].alike) == content(
        head.model_copy(update={"number": before[-1].head.number}), made.alike
    ):
        head = before[-1].head
    return Leaving(
        head,
        content(head, made.alike),
        made,
        pool,
        wanted,
        criteria,
        rules,
        is_new=head.number > len(before),
        waits=waits,
        other_rules=bool(before) and before[-1].head.rules != rules.digest,
    )


def _pool(coarsener: Coarsener, cases: Sequence[Precedent]) -> Pool:
    exact = next(coarsener.states())
    every = sorted([one.id, f"{one.decided_on}", coarsener.row(one, exact)] for one in cases)
    return Pool(len(cases), digest(every))


def _waits(journal: Journal, set_id: str, now: Pool, k: int) -> int:
    """Return how many more decided cases are needed until a package may tell more than the one before it.

    Whoever knows that one case was decided between two packages would find it in what is new in the second. So fewer
    than `k` are never new; that others went makes no room.
    """
    seen = [one for one in journal.of("sent", about=set_id) if one.pool_digest]
    if not seen or seen[-1].pool_digest == now.digest:
        return 0
    return max(0, k - (now.cases - seen[-1].pool))


def _too_few(set_id: str, pool: Pool, k: int, waits: int) -> TooFewError:
    if waits:
        message = ngettext(
            "nothing can leave: {number} more decided case under {set} is needed since the package before; fewer "
            "would stand out beside it",
            "nothing can leave: {number} more decided cases under {set} are needed since the package before; fewer "
            "would stand out beside it",
            waits,
            set=set_id,
        )
        return TooFewError(message, _("wait for more decided cases"))
    message = _(
        "nothing can leave: of {number} decided cases under {set} no {k} are alike, however coarse they are told",
        number=pool.cases,
        set=set_id,
        k=k,
    )
    return TooFewError(message, _("wait for more decided cases; a smaller k would give people away"))


def withdrawal(register: Path, office: str, why: str, *, reference: str | None = None) -> tuple[Head, bytes]:
    """Return the package by which an office takes back those before it, and its bytes but for the signature."""
    check_office(office)
    if is_blank(why) or printable(why) != why or len(why) > MOST_TEXT:
        raise RiskEngineError(_("a withdrawal needs its reason"), _("say it in a sentence: --reason TEXT"))
    criteria = _criteria(register, reference)
    before = list(sent(read_journal(register), criteria.head.id))
    if not before:
        raise RiskEngineError(_("no package on {set} left this register", set=criteria.head.id))
    if before[-1].head.withdrawn:
        raise RiskEngineError(_("the packages on {set} are withdrawn already", set=criteria.head.id))
    rules = before[-1].head.rules
    head = Head(
        kind=PURPOSE, office=office, set=criteria.head.id, number=len(before) + 1, k=0, cases=0, rules=rules,
        withdrawn=why,
    )  # fmt: skip
    return head, content(head, ())


def send(  # noqa: PLR0913 (who gives what to whom)
    register: Path,
    head: Head,
    said: bytes,
    target: Path,
    key: "Ed25519PrivateKey",
    pool: Pool | None,
    *,
    to: str = "",
    by: str = "",
) -> bytes:
    """Write a package where it is wanted, keep a copy in the register and a line of it in the log; return its bytes.

    `pool` are the cases from which it was made, as `leaving` returns them; None of a withdrawal. The same package again
    is written again and is no other one. Raises RiskEngineError where something is there already, cannot be written, or
    another package left in between.
    """
    check_new(target)
    raw = seal(said, PURPOSE, key)
    with writing(register) as journal:
        before = list(sent(journal, head.set))
        is_again = before and before[-1].head == head
        if not is_again and head.number != len(before) + 1:
            raise RiskEngineError(_("another package left in between"), _("look at the preview again"))
        write_new(target, raw)
        if not is_again:
            from risk_engine.files.signing import key_id

            digest = sealed_in(raw, f"{target}").digest
            file = keep(journal, SENT, file_name(head.office, head.set, head.number, digest), raw)
            append(journal, "sent", by=by, office=head.office, about=head.set, number=head.number, content=digest,
                   file=file, to=to, key=key_id(key.public_key()), withdrawn=bool(head.withdrawn),
                   pool=pool.cases if pool else 0, pool_digest=pool.digest if pool else "")  # fmt: skip
        elif to:
            last = journal.of("sent", about=head.set)[-1]
            append(journal, "sent", by=by, office=head.office, about=head.set, number=head.number,
                   content=last.content, file=last.file, to=to, key=last.key)  # fmt: skip
    return raw


def sent(journal: Journal, set_id: str) -> Iterator[Package]:
    """Yield the packages on a set that left, each once, the oldest first; RiskEngineError where one was changed."""
    seen: set[int] = set()
    for one in journal.of("sent", about=set_id):
        if one.number not in seen:
            seen.add(one.number)
            yield kept_package(journal, one.file, one.content)


def kept_package(journal: Journal, file: str, digest: str) -> Package:
    """Return a package of the own office as it was kept; RiskEngineError where it is not as it left."""
    path = journal.folder / file
    sealed = read_sealed(path)
    if sealed.digest != digest:
        message = _("{path}: it is not as it left, its content was changed", path=path)
        raise RiskEngineError(message, _("take the file back from a backup"))
    head = record_in(sealed.lines[0], Head, sealed.name, 1)
    alike = tuple(record_in(line, Alike, sealed.name, n) for n, line in enumerate(sealed.lines[1:], 2))
    return Package(head, alike, sealed.digest, sealed.raw)


def check_office(office: str) -> None:
    """Raise RiskEngineError where a text can be no name of an office."""
    if is_blank(office) or printable(office) != office or len(office) > MOST_TEXT:
        raise RiskEngineError(_("the name of the office is missing, or cannot be written"), _("say it: --office NAME"))


def _criteria(register: Path, reference: str | None) -> Criteria:
    if reference is not None:
        return read_criteria(newest(reference).path)
    found = sorted({one.set_id for one in decided_cases(register)})
    if not found:
        message = _("nothing can leave: this register has no decided case")
        raise TooFewError(
            message, _("a decision that awaits its second person counts once that person has confirmed it")
        )
    if len(found) > 1:
        message = _("cases were decided under several sets: {sets}", sets=", ".join(found))
        raise RiskEngineError(message, _("a package is on one: say which, --criteria SET"))
    return read_criteria(newest(found[0]).path)
