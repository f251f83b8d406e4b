"""The keys of an office as a command is given them: the private one that signs, the public ones that are trusted."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.passphrase import passphrase
from risk_engine.diagnostics import RiskEngineError, reason
from risk_engine.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

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
    from risk_engine.signing import need_cryptography, private_key

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
        from risk_engine.signing import key_id, need_cryptography, public_key

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
