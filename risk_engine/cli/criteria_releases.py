"""`risk-engine criteria list | verify | release | sign`: which versions there are, and what a release is worth."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli import options
from risk_engine.cli.options import Reading, Set, Sets, day_option
from risk_engine.cli.output import Exit, note, print_failed, progress, refuse, wrote
from risk_engine.cli.verify import TrustedKeys, print_links, signing_key, trusted_keys
from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError, printable
from risk_engine.files.language import ENGLISH, _, in_language, languages
from risk_engine.files.writing import write_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from risk_engine.audit.releases.release import Release, Signing
    from risk_engine.loading.sets import Version
    from risk_engine.model.changes import RequiredBump
    from risk_engine.records.verify import Link

LIST_EXAMPLES = """Examples: risk-engine criteria list · risk-engine criteria list our-criteria --key office.pub.pem"""
VERIFY_EXAMPLES = """Examples: risk-engine criteria verify our-criteria --key office.pub.pem ·
risk-engine criteria verify our-criteria@1.0.0 --key office.pub.pem"""


def list_sets(
    sets: Annotated[
        list[str] | None,
        typer.Argument(help="Sets or folders; without any, the shipped ones and those in the folders that are set up."),
    ] = None,
    keys: TrustedKeys = None,
) -> None:
    """List criteria sets with their versions, from when each is in force, and whether it is released or a draft.

    Of one that was withdrawn it says so. Of a release it says whether it is verified (signed with a key that was
    named), signed by an unknown key, unsigned or broken. Of the shipped sets it says which one is taken where neither a
    command nor a case names any (criteria/default.yaml).

    Exit code 2 if a version is not what was released or signed; 1 if a signature does not hold.
    """
    from risk_engine.loading.releases import is_withdrawn, meant
    from risk_engine.loading.sets import default_set, named_sets, not_read, set_up_in_vain, shipped_sets

    default = default_set() if len(shipped_sets()) > 1 else None
    known = trusted_keys(keys or [])
    failed: list[RiskEngineError] = []
    broken: list[str] = []
    for name in sets or named_sets():
        for version in meant(name):
            columns = [f"{version}"]
            columns.append(
                _("in force on no day")
                if is_withdrawn(version)
                else _("in force from {day}", day=version.in_force_from)
            )
            columns += _state(version, known, failed, broken)
            if name == default:
                columns.append(_("of the set that is taken where none is named"))
            elif not sets and name != version.name:
                columns.append(_("named `{name}` here", name=name))
            typer.echo("\t".join(columns))
    for text in () if sets else (*set_up_in_vain(), *not_read()):
        note(text)
    for text in broken:
        typer.echo(text, err=True)
    refuse(failed)
    if broken:
        raise typer.Exit(Exit.FAILED)


def _state(
    version: "Version", keys: "Mapping[str, Ed25519PublicKey]", failed: list[RiskEngineError], broken: list[str]
) -> list[str]:
    """Return what a version is and, of a release, what its signatures are worth.

    What is not as it was released, or cannot be read, is added to `failed`, a signature that does not hold to `broken`.
    """
    from risk_engine.loading.criteria import read_criteria
    from risk_engine.loading.releases import is_released, is_withdrawn

    state = _("draft")
    if is_released(version):
        # Only reading it tells whether it still is what was released.
        try:
            read_criteria(version.path)
        except RiskEngineError as error:
            failed.append(error)
            return [_("released, but changed since"), _("broken")]
        state = _("withdrawn") if is_withdrawn(version) else _("released")
    try:
        signed = _signatures(version, keys, broken)
    except RiskEngineError as error:
        failed.append(error)
        return [state, _("broken")]
    return [state, *([signed] if signed else [] if state == _("draft") else [_("unsigned")])]


def _signatures(version: "Version", keys: "Mapping[str, Ed25519PublicKey]", broken: list[str]) -> str:
    """Return what the signatures of a version are worth, nothing where there is none."""
    from risk_engine.audit.releases.release import signature_links

    links = list(signature_links(version, keys))
    wrong = [one.text for one in links if one.verdict == "broken"]
    if wrong:
        broken += [printable(f"{version}: {text}") for text in wrong]
        return _("broken")
    sure = [one.text for one in links if one.verdict == "holds"]
    if sure:
        return printable(_("verified: {signatures}", signatures="; ".join(sure)))
    return _("signed by an unknown key") if links else ""


def verify_releases(
    references: Sets,
    keys: TrustedKeys = None,
) -> None:
    """Check that versions are what was released, and who signed them; of a set all of its versions.

    Without --key it says whether rules, lock and signatures fit each other, and who is said to have signed; the
    signatures themselves are checked only with the keys that you trust.

    Exit code 0: everything that was asked for holds, signed or not; 1: a signature does not hold, or with --key a
    release is not signed with such a key; 2: a version is not what was released or signed, or is a draft.
    """
    from risk_engine.audit.releases.release import release_links
    from risk_engine.loading.releases import meant

    known = trusted_keys(keys or [])
    failed: list[RiskEngineError] = []

    def links() -> "Iterator[tuple[Version, Link]]":
        for version in (one for reference in references for one in meant(reference)):
            try:
                found = list(release_links(version, known))
            except RiskEngineError as error:
                failed.append(error)
            else:
                yield from ((version, link) for link in found)

    code = print_links(links()).code
    refuse(failed)
    raise typer.Exit(code)


RELEASE_EXAMPLES = """Examples: risk-engine criteria release our-criteria ·
risk-engine criteria release our-criteria@1.0.0 --sign office.pem --by 'A. Vogel' --role 'Head of office'"""
SIGN_EXAMPLES = """Example: risk-engine criteria sign our-criteria@1.0.0 --key office.pem --by 'A. Vogel'
--role 'Head of office' --on 2026-12-03"""

By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who signs.")]
Role = Annotated[str | None, typer.Option("--role", help="In which capacity.")]
SigningDay = Annotated[date | None, day_option("--on", "The day of the signature; default: today.")]


def release(
    reference: Set,
    sign: Annotated[
        Path | None,
        typer.Option(
            "--sign", "--key", metavar="KEY", help="Sign it with this private key (`risk-engine key new`) as well."
        ),
    ] = None,
    by: By = None,
    role: Role = None,
    on: SigningDay = None,
) -> None:
    """Release a version (of a set the newest): record its digest, so that a later change of it is an error everywhere.

    The digest goes into `releases.lock`: the one there is, else a new one in the folder of the set. It is taken over
    the rules as they are read, so comments, layout, cases.yaml, map.yaml, mutants.yaml, screening.yaml, exchange.yaml,
    translations and CHANGES.md may still change. A signature goes into `releases.signatures` beside it.
    A version that follows another release is compared with it over all possible cases (needs the extra `audit`): its
    number must say whether any case gets stricter or milder, and CHANGES.md gets a section that says what changes,
    unless somebody wrote one.
    Refused if `criteria check` finds a problem, the number is too low, what changes cannot be proved or the version was
    released with another digest (exit code 2), or if one of its cases fails (exit code 1). Nothing is undone by a
    command: what was written is named.
    """
    from risk_engine.audit.releases.release import release as released
    from risk_engine.loading.releases import is_released, newest
    from risk_engine.loading.sets import check_own

    # What cannot be written is said before the proof, which takes minutes.
    if sign is not None or not is_released(newest(reference)):
        check_own(reference)
    signing = _signing(sign, by, role, on)
    required, changes = _proved(reference)
    made = released(reference, required=required, changes=changes, signing=signing)
    if made.failed:
        print_failed(made.failed)
        counts = {"failed": len(made.failed), "all": len(made.cases)}
        text = _("{version}: not released, {failed} of {all} cases failed", version=made.version, **counts)
        typer.echo(text, err=True)
        raise typer.Exit(Exit.FAILED)
    if made.files:
        check_own(reference)
    write_together(made.files)
    if made.is_new:
        typer.echo(_("{version}: released, sha256:{digest}", version=made.version, digest=made.digest))
        if required is not None:
            from risk_engine.report.set_pages.meaning import BUMP_SENTENCES

            # The case that shows it, which follows the reason, is for whoever chose too small a step.
            typer.echo(_(BUMP_SENTENCES[required.bump], why=required.why.partition("\n")[0]))
    else:
        typer.echo(
            _("{version}: released already, unchanged: sha256:{digest}", version=made.version, digest=made.digest)
        )
    _tell(made, signing)


def _proved(reference: str) -> tuple["RequiredBump | None", str | None]:
    """Return how far a version's number must be raised, with the case that shows it, and what is to be said of it.

    Nothing where no release comes before it. Raises RiskEngineError where it cannot be proved.
    """
    from risk_engine.audit.releases.release import compared_with_previous

    found = compared_with_previous(reference)
    if found is None:
        return None, None
    from risk_engine.audit.versions import base_of, meaning_of
    from risk_engine.report.set_pages.meaning import history, shown_by

    base = base_of(found)
    with progress(_("days")) as tell:
        try:
            meaning = meaning_of(found, base, tell=tell)
        except MissingExtraError as error:
            shown = found.changes
            message = _("{after} follows {before}: {why}", after=shown.after.name, before=shown.before.name,
                        why=error.message)  # fmt: skip
            raise RiskEngineError(message, error.way_out) from error
    from risk_engine.audit.diff.required_version import shown_by as deciding

    required = meaning.required
    shift = deciding(required, meaning.shifts, found.after)
    if shift is not None:
        told = shown_by(meaning, shift, found.words, base)
        required = required.model_copy(update={"why": f"{required.why}\n{told}"})
    own = found.after.head.language
    # What stands beside the rules is in their language.
    with in_language(own if own in languages() else ENGLISH):
        changes = found.changes.model_copy(update={"meaning": meaning})
        return required, history(changes, found.before, found.after)


def sign_release(
    reference: Set,
    key: Annotated[
        Path, typer.Option("--key", "--sign", metavar="KEY", help="The private key (`risk-engine key new`).")
    ],
    by: By = None,
    role: Role = None,
    on: SigningDay = None,
) -> None:
    """Sign a version that is released: add who signed it, when and with which key to `releases.signatures`.

    The signature binds set, version and digest of the rules, so it fits no other release. It says that the key was
    used, not when: the day is the one that was stated.

    Exit code 0: signed; 2: it is a draft or was changed, the key has signed it already, or something cannot be used.
    """
    from risk_engine.audit.releases.release import sign_release as signed
    from risk_engine.loading.sets import check_own

    check_own(reference)
    signing = _signing(key, by, role, on)
    assert signing is not None  # noqa: S101 (there is a key)
    made = signed(reference, signing)
    write_together(made.files)
    _tell(made, signing)


WITHDRAW_EXAMPLES = """Example: risk-engine criteria withdraw our-criteria@1.1.0
--reason 'Row 4 of the table of countries was wrong; 1.1.1 mends it'"""


def withdraw(
    reference: Annotated[str, typer.Argument(help="The version, `SET@VERSION`.", metavar="SET@VERSION")],
    why: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence, for CHANGES.md.")],
    sign: Annotated[
        Path | None,
        typer.Option("--sign", "--key", metavar="KEY", help="Sign it with this private key (`risk-engine key new`)."),
    ] = None,
    by: By = None,
    role: Role = None,
    on: Annotated[date | None, day_option("--on", "The day of the withdrawal; default: today.")] = None,
) -> None:
    """Withdraw a released version that should not have been released: no day means it any more.

    `releases.lock` marks it, and CHANGES.md of its set says why. The version stays where it is: what was assessed and
    decided under it is read, explained and verified as before, and its reports say that it was withdrawn since. Whoever
    names it can still use it, and is told. A withdrawal is final; signed, nobody can take the mark back unseen.

    Exit code 0: withdrawn; 2: no version is named, it is a draft or was withdrawn already, or on some day no version
    would be in force.
    """
    from risk_engine.audit.releases.withdraw import withdraw as withdrawn
    from risk_engine.loading.sets import check_own

    check_own(reference)
    signing = _signing(sign, by, role, (on or options.today()) if sign else None)
    made = withdrawn(reference, why, on or options.today(), signing)
    write_together(made.files)
    typer.echo(
        _(
            "{version}: withdrawn; on {day}, its first day, {instead} is in force",
            version=made.version,
            day=made.version.in_force_from,
            instead=made.instead,
        )
    )
    for file in made.files:
        wrote(file)


def _signing(file: Path | None, by: str | None, role: str | None, on: date | None) -> "Signing | None":
    """Return who signs with what, None where nobody is to sign; raise RiskEngineError with every problem."""
    reading = Reading()
    if file is None:
        for option, given in (("--by", by), ("--role", role), ("--on", on)):
            if given is not None:
                reading.problem(_("{option} is there without --sign", option=option), _("name the key that signs"))
    person = None if file is None else reading.person(("--by", by), ("--role", role))
    reading.end()
    if file is None or person is None:
        return None
    from risk_engine.audit.releases.release import Signing

    return Signing(signing_key(file), person, on or options.today())


def _tell(made: "Release", signing: "Signing | None") -> None:
    if signing is not None:
        who = {"name": signing.by.name, "role": signing.by.role, "day": signing.on}
        typer.echo(_("{version}: signed by {name} ({role}) on {day}", version=made.version, **who))
    for file in made.files:
        wrote(file)
    for text in made.remarks:
        note(text)
