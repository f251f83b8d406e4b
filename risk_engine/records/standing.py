"""Several records of decisions to what they say about each other: which are signed, set aside, or side by side."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.language import _
from risk_engine.model.decision import Decision
from risk_engine.records.confirm import awaits_confirmation, confirmation_problem
from risk_engine.records.decisions import decision_digest
from risk_engine.records.files import read_record
from risk_engine.records.links import Link, broken, noted, short

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def signed_digests(decisions: Mapping[Path, Decision], keys: "Mapping[str, Ed25519PublicKey]") -> frozenset[str]:
    """Return the digests of decisions and confirmations that a named key signed in any of the records.

    A signed confirmation names its decision, so that is signed with it.
    """
    signed: set[str] = set()
    for one in _unaltered(decisions).values():
        for signature in one.signatures:
            from risk_engine.files.signing import is_signed

            key = keys.get(signature.key)
            if key is None or not is_signed(signature.covers, signature.value, key):
                continue
            confirmation = one.confirmation if confirmation_problem(one) is None else None
            if signature.covers == one.digest:
                signed.add(one.digest)
            elif confirmation and signature.covers == confirmation.digest:
                signed |= {one.digest, confirmation.digest}
    return frozenset(signed)


def standing_links(decisions: Mapping[Path, Decision]) -> Iterator[tuple[Path, Link]]:
    """Yield which decisions are set aside by another one, and which are in effect on one assessment side by side.

    Nothing in an earlier record tells that a later one took its place: only the records together do.
    """
    unaltered = _unaltered(decisions)
    newer = {one.supersedes: one for one in unaltered.values() if one.supersedes is not None}
    in_effect: dict[str, dict[str, Path]] = {}
    for path, one in unaltered.items():
        if by := newer.get(one.digest):
            name = short(by.digest)
            yield path, noted(_("not in effect any more: the decision {name} takes its place", name=name))
        elif not awaits_confirmation(one):
            in_effect.setdefault(one.about.digest, {}).setdefault(one.digest, path)
    for assessment, those in in_effect.items():
        if len(those) > 1:
            *several, last = (path.name for path in those.values())
            for name in reversed(several):
                last = _("{several} and {last}", several=name, last=last)
            text = _(
                "{number} decisions are in effect on the assessment {name}, "
                "and none takes the place of another: {names}",
                number=len(those),
                name=short(assessment),
                names=last,
            )
            yield list(those.values())[-1], broken(text)


def superseding_beside(file: Path, decision: Decision) -> Path | None:
    """Return the record in the folder of a decision that takes its place; None where none is seen there."""
    for path in sorted(file.parent.glob("*.json")):
        try:
            if decision.digest.encode() not in path.read_bytes():
                continue
            record = read_record(path).record
        except (OSError, InvalidSourceError):
            continue  # somebody else's file, which says nothing about this decision
        if isinstance(record, Decision) and record.supersedes == decision.digest:
            return path
    return None


def _unaltered(decisions: Mapping[Path, Decision]) -> dict[Path, Decision]:
    return {path: one for path, one in sorted(decisions.items()) if decision_digest(one) == one.digest}
