"""`risk-engine key`, and the keys of an office as other commands are given them: one signs, others are trusted."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.usage import App
from risk_engine.files.diagnostics import RiskEngineError, reason
from risk_engine.files.language import _
from risk_engine.files.writing import check_new, write_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PASSPHRASE = "RISK_ENGINE_PASSPHRASE"  # noqa: S105 (the name of a variable, not a secret)


def passphrase(file: Path, *, twice: bool = False) -> str:
    """Return the passphrase for a key file; `twice` asks again, so that a new one is not mistyped."""
    stated = os.environ.get(PASSPHRASE)
    if stated is None and sys.stdin.isatty():
        stated = _asked(file, twice=twice)

    if not stated:
        message = _("{file}: a passphrase is needed", file=file)
        raise RiskEngineError(message, _("run the command at a terminal, or set {variable}", variable=PASSPHRASE))
    return stated


def _asked(file: Path, *, twice: bool) -> str:
    while True:
        stated: str = typer.prompt(_("Passphrase for {file}", file=file), hide_input=True, err=True)
        if not twice or stated == typer.prompt(_("Repeat for confirmation"), hide_input=True, err=True):
            return stated
        typer.echo(_("Error: {problem}", problem=_("The two entered values do not match.")), err=True)


PUBLIC = "*.pub.pem"
"""How the public halves in a folder of keys are named, as `key new` names them."""
TrustedKeys = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        metavar="PUBLIC",
        help="The public key of an office, or a folder of such (.pub.pem); its signature is then asked for.",
    ),
]


def signing_key(file: Path) -> "Ed25519PrivateKey":
    """Return the private key in a file, its passphrase asked for; raise RiskEngineError where there is none."""
    from risk_engine.files.signing import need_cryptography, private_key

    need_cryptography()
    pem = _read(file)
    if b"PUBLIC KEY" in pem:
        message = _("{file}: this is the public half of a key; with it one checks", file=file)
        raise RiskEngineError(message, _("sign with the private half"))
    return private_key(pem, passphrase(file), str(file))


def trusted_keys(given: "Iterable[Path]") -> "dict[str, Ed25519PublicKey]":
    """Return the public keys in files and folders, by id; raise RiskEngineError where there is none."""
    known: dict[str, Ed25519PublicKey] = {}
    for file in (one for path in given for one in _files(path)):
        from risk_engine.files.signing import key_id, need_cryptography, public_key

        need_cryptography()
        key = public_key(_read(file), str(file))
        known[key_id(key)] = key
    return known


def _files(path: Path) -> "Iterator[Path]":
    if not path.is_dir():
        yield path
        return
    found = sorted(path.glob(PUBLIC))
    if not found:
        message = _("{folder}: there is no public key in this folder", folder=path)
        raise RiskEngineError(message, _("public keys are files like {name}", name=f"`{PUBLIC}`"))
    yield from found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        message = _("{file}: the key cannot be read: {reason}", file=file, reason=reason(error))
        raise RiskEngineError(message, _("name the file that `risk-engine key new` wrote")) from None


app = App(help="Make a key with which an office signs its decisions and the releases of its criteria.")


@app.callback()
def _group() -> None:
    pass


@app.command(epilog="Example: risk-engine key new office.pem")
def new(file: Annotated[Path, typer.Argument(help="Where to write the private key; nothing is written over.")]) -> None:
    """Make an Ed25519 key: the private half encrypted with a passphrase, the public half beside it (.pub.pem)."""
    from risk_engine.files.signing import key_id, new_key, public_key

    public = file.with_name(f"{file.name.removesuffix('.pem')}.pub.pem")
    for one in (file, public):
        check_new(one, _("give another file name"))
    pair = new_key(passphrase(file, twice=True))
    write_new(public, pair.public)
    write_new(file, pair.private, mode=0o600)
    typer.echo(_("{file}: keep it, and its passphrase, where only those who sign can read it", file=file))
    key = key_id(public_key(pair.public, str(public)))
    typer.echo(_("{file}: give it to everyone who checks; key {key}", file=public, key=key))


new.__doc__ = f"{new.__doc__}\n\nThe passphrase is asked for, or taken from the variable {PASSPHRASE}."
