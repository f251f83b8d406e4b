"""`risk-engine criteria release | sign`: to release a version, and to sign one that is released."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.clauses import Reading
from risk_engine.cli.exits import Exit
from risk_engine.cli.failures import print_failed
from risk_engine.cli.keys import signing_key
from risk_engine.cli.options import read_day
from risk_engine.cli.output import progress
from risk_engine.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.language import ENGLISH, _, in_language, languages
from risk_engine.writing import write_together

if TYPE_CHECKING:
    from risk_engine.audit.releases.release import Release
    from risk_engine.audit.releases.signatures import Signing
    from risk_engine.model.releases import RequiredBump

RELEASE_EXAMPLES = """Examples: risk-engine criteria release our-criteria ·
risk-engine criteria release our-criteria@1.0.0 --sign office.pem --by 'A. Vogel' --role 'Head of office'"""
SIGN_EXAMPLES = """Example: risk-engine criteria sign our-criteria@1.0.0 --key office.pem --by 'A. Vogel'
--role 'Head of office' --on 2026-12-03"""

Version = Annotated[
    str,
    typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]"),
]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who signs.")]
Role = Annotated[str | None, typer.Option("--role", help="In which capacity.")]
SigningDay = Annotated[
    date | None,
    typer.Option("--on", parser=read_day, metavar="DATE", help="The day of the signature; default: today."),
]


def release(
    reference: Version,
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
    the rules as they are read, so comments, layout, cases.yaml, map.yaml, mutants.yaml, translations and CHANGES.md may
    still change. A signature goes into `releases.signatures` beside it.
    A version that follows another release is compared with it over all possible cases (needs the extra `audit`): its
    number must say whether any case gets stricter or milder, and CHANGES.md gets a section that says what changes,
    unless somebody wrote one.
    Refused if `criteria check` finds a problem, the number is too low, what changes cannot be proved or the version was
    released with another digest (exit code 2), or if one of its cases fails (exit code 1). Nothing is undone by a
    command: what was written is named.
    """
    from risk_engine.audit.releases.release import release as released
    from risk_engine.loading.choose import newest
    from risk_engine.loading.lock import is_released
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
            from risk_engine.report.meaning.words import BUMPS

            # The case that shows it, which follows the reason, is for whoever chose too small a step.
            typer.echo(_(BUMPS[required.bump], why=required.why.partition("\n")[0]))
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
    from risk_engine.audit.meaning.between import base_of, meaning_of
    from risk_engine.report.meaning.history import history, shown_by

    base = base_of(found)
    with progress(_("days")) as tell:
        try:
            meaning = meaning_of(found, base, tell=tell)
        except MissingExtraError as error:
            shown = found.changes
            message = _("{after} follows {before}: {why}", after=shown.after.name, before=shown.before.name,
                        why=error.message)  # fmt: skip
            raise RiskEngineError(message, error.way_out) from error
    from risk_engine.audit.meaning.bump import shown_by as deciding

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
    reference: Version,
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


def _signing(file: Path | None, by: str | None, role: str | None, on: date | None) -> "Signing | None":
    """Return who signs with what, None where nobody is to sign; raise RiskEngineError with every problem."""
    reading = Reading()
    if file is None:
        for option, given in (("--by", by), ("--role", role), ("--on", on)):
            if given is not None:
                reading.problem(_("{option} is there without --sign", option=option), _("name the key that signs"))
    person = None if file is None else reading.person(("--by", by), ("--role", role))
    if reading.problems:
        raise RiskEngineError("\n".join(reading.problems))
    if file is None or person is None:
        return None
    from risk_engine.audit.releases.signatures import Signing

    return Signing(signing_key(file), person, on or datetime.now(tz=UTC).astimezone().date())


def _tell(made: "Release", signing: "Signing | None") -> None:
    if signing is not None:
        who = {"name": signing.by.name, "role": signing.by.role, "day": signing.on}
        typer.echo(_("{version}: signed by {name} ({role}) on {day}", version=made.version, **who))
    for file in made.files:
        typer.echo(_("wrote {file}", file=file), err=True)
    for text in made.remarks:
        typer.echo(_("note: {text}", text=text), err=True)
