"""`risk-engine criteria list | verify`: which versions there are, and what their releases and signatures are worth."""

from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.failures import refuse
from risk_engine.cli.keys import TrustedKeys, trusted_keys
from risk_engine.diagnostics import RiskEngineError, printable
from risk_engine.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from risk_engine.loading.sets import Version
    from risk_engine.records.links import Link

LIST_EXAMPLES = """Examples: risk-engine criteria list · risk-engine criteria list our-criteria --key office.pub.pem"""
VERIFY_EXAMPLES = """Examples: risk-engine criteria verify our-criteria --key office.pub.pem ·
risk-engine criteria verify our-criteria@1.0.0 --key office.pub.pem"""

_WORDS = {"holds": N_("holds"), "broken": N_("does not hold"), "unchecked": N_("not checked"), "noted": N_("note")}


def list_sets(
    sets: Annotated[list[str] | None, typer.Argument(help="Sets or folders; without any, the shipped ones.")] = None,
    keys: TrustedKeys = None,
) -> None:
    """List criteria sets with their versions, when each is in force from, and whether it is released or a draft.

    Of a release it says whether it is verified (signed with a key that was named), signed by an unknown key, unsigned
    or broken. Of the shipped sets it says which one is taken where neither a command nor a case names any
    (criteria/default.yaml).

    Exit code 2 if a version is not what was released or signed; 1 if a signature does not hold.
    """
    from risk_engine.loading.choose import meant
    from risk_engine.loading.sets import default_set, shipped_sets

    default = default_set() if len(shipped_sets()) > 1 else None
    known = trusted_keys(keys or [])
    failed: list[RiskEngineError] = []
    broken: list[str] = []
    for name in sets or shipped_sets():
        for version in meant(name):
            columns = [f"{version}", _("in force from {day}", day=version.in_force_from)]
            columns += _state(version, known, failed, broken)
            if name == default:
                columns.append(_("of the set that is taken where none is named"))
            typer.echo("\t".join(columns))
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
    from risk_engine.loading.lock import is_released

    state = _("draft")
    if is_released(version):
        # Only reading it tells whether it still is what was released.
        try:
            read_criteria(version.path)
        except RiskEngineError as error:
            failed.append(error)
            return [_("released, but changed since"), _("broken")]
        state = _("released")
    try:
        signed = _signatures(version, keys, broken)
    except RiskEngineError as error:
        failed.append(error)
        return [state, _("broken")]
    return [state, *([signed] if signed else [] if state == _("draft") else [_("unsigned")])]


def _signatures(version: "Version", keys: "Mapping[str, Ed25519PublicKey]", broken: list[str]) -> str:
    """Return what the signatures of a version are worth, nothing where there is none."""
    from risk_engine.audit.releases.signatures import signature_links

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
    references: Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")],
    keys: TrustedKeys = None,
) -> None:
    """Check that versions are what was released, and who signed them; of a set all of its versions.

    Without --key it says whether rules, lock and signatures fit each other, and who is said to have signed; the
    signatures themselves are checked only with the keys that you trust.

    Exit code 0: everything that was asked for holds, signed or not; 1: a signature does not hold, or with --key a
    release is not signed with such a key; 2: a version is not what was released or signed, or is a draft.
    """
    from risk_engine.audit.releases.verify import release_links
    from risk_engine.loading.choose import meant

    known = trusted_keys(keys or [])
    failed: list[RiskEngineError] = []
    counts = dict.fromkeys(_WORDS, 0)
    for reference in references:
        for version in meant(reference):
            try:
                links: list[Link] = list(release_links(version, known))
            except RiskEngineError as error:
                failed.append(error)
                continue
            for link in links:
                counts[link.verdict] += 1
                typer.echo(printable(f"{version}: {_(_WORDS[link.verdict])}: {link.text}"))
    refuse(failed)
    if counts["broken"]:
        raise typer.Exit(Exit.FAILED)
    if counts["unchecked"]:
        raise typer.Exit(Exit.INVALID_INPUT)
