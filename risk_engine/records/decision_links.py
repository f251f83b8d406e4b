"""The links of stored decisions: each as it was written and bound, and what several say about each other."""

import hashlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from risk_engine.engine.assess import is_intact
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import N_, _, listed
from risk_engine.files.reading import open_file, read_bytes
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision, Reply
from risk_engine.model.explanation import Explanation
from risk_engine.records.criteria import explanation_of
from risk_engine.records.decide import awaits_confirmation, confirmation_digest, confirmation_problem
from risk_engine.records.decisions import contradiction, decision_digest, decision_json, misfit, misfit_of_names
from risk_engine.records.files import read_record
from risk_engine.records.verify import CriteriaOf, Link, broken, holds, noted, short, unchecked
from risk_engine.version import __version__

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SheetOf: TypeAlias = Callable[[Explanation], bytes]
"""The decision sheet of an assessment in words, in the form in which it is hashed."""


@dataclass(frozen=True)
class Around:
    """What a decision is held against: other records by their digests, files that may be replies, public keys by id.

    `signed` holds the digests that those keys signed in any of the records.
    """

    assessments: Mapping[str, Assessment]
    decisions: Mapping[str, Decision]
    files: Sequence[Path]
    keys: "Mapping[str, Ed25519PublicKey]"
    signed: Container[str] = frozenset()
    criteria: CriteriaOf | None = None
    """The criteria of an assessment, which its words are made from; without them no word is looked at."""
    sheet: SheetOf | None = None
    """The decision sheet of an assessment in words, in the form in which it is hashed."""


def decision_links(decision: Decision, raw: bytes, around: Around) -> Iterator[Link]:
    """Yield every link of a decision that was read from these bytes.

    Of a record that was altered nothing holds: what is right in it may have been put there.
    """
    links = _links(decision, raw, around)
    altered = _is_altered(decision, raw)
    yield from (one for one in links if not (altered and one.verdict == "holds"))


def last_digest(decision: Decision) -> str:
    """Return the digest that a signature must cover: of the confirmation, which names the decision, if there is one."""
    return decision.confirmation.digest if decision.confirmation else decision.digest


def _is_altered(decision: Decision, raw: bytes) -> bool:
    confirmation = decision.confirmation
    own = {decision.digest}
    if confirmation is not None:
        own.add(confirmation.digest)
        if confirmation.decision != decision.digest or confirmation_digest(confirmation) != confirmation.digest:
            return True
    return _as_written(decision, raw).verdict == "broken" or any(one.covers not in own for one in decision.signatures)


def _links(decision: Decision, raw: bytes, around: Around) -> Iterator[Link]:
    yield _as_written(decision, raw)
    assessment = around.assessments.get(decision.about.digest)
    if assessment is None:
        yield unchecked(
            _("the assessment that was decided on, {name}, is not among the files", name=short(decision.about.digest))
        )
    else:
        yield from _bound(decision, assessment, around)
    yield _reasoned(decision, assessment)
    yield _confirmed(decision)
    if decision.supersedes is not None:
        yield _superseding(decision, decision.supersedes, assessment, around)
    for reply in decision.replies:
        yield from _replied(reply, around.files)
    yield from _signed(decision, around)


def _as_written(decision: Decision, raw: bytes) -> Link:
    if decision_digest(decision) != decision.digest:
        return broken(_("altered: the decision was changed after it was written"))
    if raw.removesuffix(b"\n") != decision_json(decision):
        return broken(_("altered: the file is not written as the engine writes it"))
    return holds(_("the decision {name} is as it was written", name=short(decision.digest)))


def _bound(decision: Decision, assessment: Assessment, around: Around) -> Iterator[Link]:
    """Yield whether a decision states what its assessment does: names and days, then the words that were signed."""
    old = around.decisions.get(decision.supersedes or "")
    name = short(assessment.digest)
    if not is_intact(assessment):
        yield broken(_("the assessment that was decided on, {name}, was changed after it was written", name=name))
        return
    if wrong := misfit_of_names(decision, assessment, old):
        yield broken(wrong)
        return
    if around.criteria is None:
        yield holds(_("it is bound to the assessment {name}, whose proposal it states", name=name))
        return
    try:
        told = explanation_of(assessment, around.criteria(assessment), decision.language)
    except RiskEngineError as error:
        yield unchecked(_("its words are not checked: {reason}", reason=" ".join(str(error).split())))
        return
    if wrong := misfit(decision, told, old):
        yield broken(wrong)
        return
    yield holds(_("it is bound to the assessment {name}, whose proposal it states", name=name))
    yield from _shown(decision, told, around.sheet)


def _shown(decision: Decision, told: Explanation, sheet: SheetOf | None) -> Iterator[Link]:
    """Yield whether the sheet that was shown comes out again; another engine may lay it out anew, so nobody can say."""
    if decision.sheet is None:
        yield noted(_("it does not say which decision sheet was shown"))
    elif sheet is not None:
        if hashlib.sha256(sheet(told)).hexdigest() == decision.sheet.sha256:
            yield holds(_("the decision sheet that was shown comes out again"))
        elif decision.engine == __version__:
            yield broken(_("the decision sheet that was shown is not the one of this assessment"))
        else:
            engines = {"then": decision.engine, "now": __version__}
            text = _(
                "engine {then} showed another decision sheet than {now} makes: nobody can say which was shown",
                **engines,
            )
            yield unchecked(text)


def _reasoned(decision: Decision, assessment: Assessment | None) -> Link:
    if decision.reason is None and assessment and (against := contradiction(assessment, decision.levels)):
        return broken(_("it contradicts itself, and no reason is given: {against}", against=against))
    if not decision.deviates:
        if not any(one.provisional for one in decision.levels):
            return holds(_("it decides as proposed"))
        if decision.reason is None:
            return broken(_("it was decided while the proposal was still open, and no reason is given"))
        return holds(_("it decides what was still open and says why"))
    return holds(_("it deviates and says why")) if decision.reason else broken(_("it deviates, and no reason is given"))


def _confirmed(decision: Decision) -> Link:
    confirmation = decision.confirmation
    if confirmation is None:
        asked = _("it still awaits the confirmation of a second person")
        return noted(asked) if decision.four_eyes else holds(_("no second person is asked for"))
    if problem := confirmation_problem(decision):
        return broken(problem)
    who = {"who": confirmation.by.name, "day": confirmation.on}
    if confirmation.different_person:
        other = decision.by.name
        text = _("it was confirmed by {who} on {day}, said to be another person than {other}", **who, other=other)
        return holds(text)
    return holds(_("it was confirmed by {who} on {day}", **who))


def _superseding(decision: Decision, digest: str, assessment: Assessment | None, around: Around) -> Link:
    old = around.decisions.get(digest)
    if old is None:
        return unchecked(
            _("the decision that it takes the place of, {name}, is not among the files", name=short(digest))
        )
    earlier = {decision.about.digest}
    if assessment is not None and assessment.supersedes is not None:
        earlier.add(assessment.supersedes.digest)
    elif assessment is None:
        earlier.add(old.about.digest)  # which assessment came first is not known; that is told above
    if old.about.digest not in earlier or old.about.case_id != decision.about.case_id or old.on > decision.on:
        return broken(
            _("it cannot take the place of the decision {name}: another case, or a later one", name=short(digest))
        )
    return holds(_("it takes the place of the decision {name}", name=short(digest)))


def _replied(reply: Reply, files: Sequence[Path]) -> Iterator[Link]:
    name = reply.name
    if reply.text is not None:
        raw = reply.text.encode()
        same = (len(raw), hashlib.sha256(raw).hexdigest()) == (reply.size, reply.sha256)
        other = broken(_("the reply {name} is not the text that was hashed", name=name))
        yield holds(_("the reply {name} stands in the record", name=name)) if same else other
    found = [one for one in files if one.name == reply.name] or _kept(reply, files)
    for file in found:
        digest = _sha256(file)
        if digest is None:
            yield unchecked(_("the reply {name} may be the file {file}, which cannot be read", name=name, file=file))
        elif digest == reply.sha256:
            yield holds(_("the reply {name} is the file {file}", name=name, file=file))
        else:
            yield broken(_("the reply {name} is not the file {file} any more", name=name, file=file))
    if reply.text is None and not found:
        text = _("the reply {name} is kept outside the record, and its file is not among the files", name=name)
        yield unchecked(text)


def _kept(reply: Reply, files: Sequence[Path]) -> list[Path]:
    """Return the first file of the same content: a register gives what it keeps names of its own."""
    same_size = (one for one in files if one.stat().st_size == reply.size)
    return [one for one in same_size if _sha256(one) == reply.sha256][:1]


def _sha256(file: Path) -> str | None:
    """Return the SHA-256 of a file; None where it cannot be read."""
    try:
        with open_file(file) as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None


def _signed(decision: Decision, around: Around) -> Iterator[Link]:
    digests = {decision.digest: N_("the decision is signed with the key {name}")}
    if decision.confirmation:
        text = N_("the confirmation, and with it the decision, is signed with the key {name}")
        digests[decision.confirmation.digest] = text
    last = last_digest(decision)
    signed: set[str] = set()
    for one in decision.signatures:
        key = around.keys.get(one.key)
        if one.covers not in digests:
            yield broken(_("a signature is of another record"))
        elif key is None:
            yield unchecked(_("a signature with the key {name}: name its public half with --key", name=short(one.key)))
        else:
            from risk_engine.files.signing import is_signed

            if is_signed(one.covers, one.value, key):
                signed.add(one.covers)
                yield holds(_(digests[one.covers], name=short(one.key)))
            else:
                yield broken(_("the signature with the key {name} is not right", name=short(one.key)))
    if around.keys and last not in signed and last in around.signed:
        yield holds(_("another record of the same decision carries the signature"))
    elif around.keys and last not in signed:
        text = _("the decision is not signed with a key that was named")
        yield broken(_("the confirmation is not signed with a key that was named") if decision.confirmation else text)


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
            text = _(
                "{number} decisions are in effect on the assessment {name}, "
                "and none takes the place of another: {names}",
                number=len(those),
                name=short(assessment),
                names=listed([path.name for path in those.values()]),
            )
            yield list(those.values())[-1], broken(text)


def superseding_beside(file: Path, decision: Decision) -> Path | None:
    """Return the record in the folder of a decision that takes its place; None where none is seen there."""
    for path in sorted(file.parent.glob("*.json")):
        try:
            if decision.digest.encode() not in read_bytes(path):
                continue
            record = read_record(path).record
        except (OSError, InvalidSourceError):
            continue  # somebody else's file, which says nothing about this decision
        if isinstance(record, Decision) and record.supersedes == decision.digest:
            return path
    return None


def _unaltered(decisions: Mapping[Path, Decision]) -> dict[Path, Decision]:
    return {path: one for path, one in sorted(decisions.items()) if decision_digest(one) == one.digest}
