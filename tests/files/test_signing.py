import pytest
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.signing import is_signed, key_id, new_key, private_key, public_key, sign

PHRASE = "correct horse"
PAIR = new_key(PHRASE)
PRIVATE, PUBLIC = private_key(PAIR.private, PHRASE, "x"), public_key(PAIR.public, "x")
DIGEST = "ab" * 32


def test_what_one_half_signs_the_other_half_knows() -> None:
    assert is_signed(DIGEST, sign(DIGEST, PRIVATE), PUBLIC)
    assert not is_signed("cd" * 32, sign(DIGEST, PRIVATE), PUBLIC)
    assert not is_signed(DIGEST, sign(DIGEST, PRIVATE), public_key(new_key("x").public, "x"))
    assert key_id(PUBLIC) == key_id(PRIVATE.public_key())


@given(place=st.integers(0, 127), other=st.sampled_from("0123456789abcdef"))
def test_no_other_signature_does(place: int, other: str) -> None:
    right = sign(DIGEST, PRIVATE)
    changed = right[:place] + other + right[place + 1 :]
    assert is_signed(DIGEST, changed, PUBLIC) == (changed == right)


def test_files_that_are_no_such_key_are_refused() -> None:
    pem, plain, pub = form.Encoding.PEM, form.PrivateFormat.PKCS8, form.PublicFormat.SubjectPublicKeyInfo
    other = ed448.Ed448PrivateKey.generate()
    open_key = Ed25519PrivateKey.generate().private_bytes(pem, plain, form.NoEncryption())
    closed = form.BestAvailableEncryption(PHRASE.encode())
    for content, why in (
        (b"", "no private key in PEM form"),
        (PAIR.public, "no private key in PEM form"),
        (new_key("another").private, "or the passphrase is wrong"),
        (open_key, "this private key is not encrypted"),
        (other.private_bytes(pem, plain, closed), "this is no Ed25519 key"),
    ):
        with pytest.raises(RiskEngineError, match=why):
            private_key(content, PHRASE, "x")
    with pytest.raises(RiskEngineError, match="has a passphrase, and none was given"):
        private_key(PAIR.private, "", "x")
    for content, why in (
        (PAIR.private, "no public key in PEM form"),
        (other.public_key().public_bytes(pem, pub), "this is no Ed25519 key"),
    ):
        with pytest.raises(RiskEngineError, match=why):
            public_key(content, "x")
