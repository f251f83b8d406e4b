"""Ed25519 signatures over digests, with the key of an office. Only what is here needs `cryptography` (extra `sign`)."""

from typing import TYPE_CHECKING, NamedTuple

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.language import _

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class KeyPair(NamedTuple):
    """A new key as two PEM files; the private one is encrypted with the passphrase."""

    private: bytes
    public: bytes


def new_key(passphrase: str) -> KeyPair:
    """Return a new key."""
    need_cryptography()
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    closed = form.BestAvailableEncryption(passphrase.encode())
    return KeyPair(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, closed), public_half(key))


def public_half(key: "Ed25519PrivateKey") -> bytes:
    """Return the public half of a private key as a PEM file."""
    from cryptography.hazmat.primitives import serialization as form

    return key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def private_key(pem: bytes, passphrase: str, shown_as: str) -> "Ed25519PrivateKey":
    """Return a private key from its PEM file; raise RiskEngineError if it is none, or not with this passphrase."""
    need_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(pem, passphrase.encode())
    except TypeError:
        if b"ENCRYPTED" in pem and not passphrase:
            message = _("{file}: this private key has a passphrase, and none was given", file=shown_as)
            raise RiskEngineError(message, _("give the passphrase beside it")) from None
        # A key without a passphrase was made elsewhere. Whoever copies that file can sign.
        message = _("{file}: this private key is not encrypted", file=shown_as)
        raise RiskEngineError(message, _("make one with `risk-engine key new`")) from None
    except (ValueError, UnsupportedAlgorithm):
        message = _("{file}: this is no private key in PEM form, or the passphrase is wrong", file=shown_as)
        raise RiskEngineError(message, _("a key is what `risk-engine key new` writes")) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise RiskEngineError(_("{file}: this is no Ed25519 key", file=shown_as))
    return key


def public_key(pem: bytes, shown_as: str) -> "Ed25519PublicKey":
    """Return a public key from its PEM file; raise RiskEngineError where that is no such file."""
    need_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        message = _("{file}: this is no public key in PEM form", file=shown_as)
        raise RiskEngineError(message, _("`risk-engine key new` writes it beside the private one")) from None
    if not isinstance(key, Ed25519PublicKey):
        raise RiskEngineError(_("{file}: this is no Ed25519 key", file=shown_as))
    return key


def key_id(key: "Ed25519PublicKey") -> str:
    """Return what a public key is known by: the SHA-256 of its 32 bytes."""
    import hashlib

    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def sign(digest: str, key: "Ed25519PrivateKey") -> str:
    """Return the signature over a digest, in hexadecimal; what is signed is its 64 hexadecimal digits in ASCII."""
    return key.sign(digest.encode("ascii")).hex()


def is_signed(digest: str, signature: str, key: "Ed25519PublicKey") -> bool:
    """Return whether the signature over the digest was made with the private half of the key."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(bytes.fromhex(signature), digest.encode("ascii"))
    except InvalidSignature:
        return False
    return True


def need_cryptography() -> None:
    """Raise MissingExtraError where the package for signatures is missing."""
    try:
        import cryptography  # noqa: F401 (only whether it is there)
    except ImportError:
        message = _("signatures need the package `cryptography`, which is not installed")
        raise MissingExtraError(message, "sign") from None
