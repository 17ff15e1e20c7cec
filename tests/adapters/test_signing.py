"""Keys that sign heads: read, made once, and never shown."""

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mywork.adapters.signing import FileSigner, NoteSigner, SigningKeyInvalid, new_secret
from mywork.ledger.proof import notes
from mywork.ledger.proof.verify_history import check_signature, open_note

# Made by golang.org/x/mod/sumdb/note for its own example.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNATURE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501


def test_a_key_and_its_signature_are_those_of_other_tools() -> None:
    signer = NoteSigner(SECRET)
    assert signer.verifier_key == PUBLIC
    assert signer.sign(TEXT) == SIGNATURE


def test_the_verifier_accepts_what_other_tools_signed() -> None:
    raw = __import__("base64").b64decode(PUBLIC.split("+", 2)[2])
    key = "PeterNeumann", bytes.fromhex("c74f20a3"), raw[1:], 0
    note = notes.note(TEXT, [SIGNATURE]).encode()
    assert open_note(note, [key])[1] == [1]
    with pytest.raises(ValueError, match="signature"):
        open_note(note.replace(b"answer", b"Answer"), [key])


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_pure_python_agrees_with_the_library_on_signatures(
    seed: bytes, message: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    check_signature(public, message, signature)
    wrong = bytearray(signature)
    wrong[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidSignature):
        key.public_key().verify(bytes(wrong), message)
    with pytest.raises(ValueError, match=r"signature|point"):
        check_signature(public, message, bytes(wrong))
    with pytest.raises(ValueError, match="signature"):
        check_signature(public, message + b"!", signature)


@pytest.mark.parametrize(
    "secret",
    ["", "sk_live_secret", SECRET[:-4], SECRET.replace("c74f", "c74e"), SECRET.lower(),
     SECRET.replace("PRIVATE", "PUBLIC+")],
)  # fmt: skip
def test_what_is_no_key_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(SigningKeyInvalid) as caught:
        NoteSigner(secret)
    assert "audit keys new" in str(caught.value)
    assert not secret or secret not in str(caught.value)


def test_a_secret_is_not_in_what_is_printed_of_its_signer() -> None:
    assert repr(NoteSigner(SECRET)) == f"NoteSigner({PUBLIC})"


def test_the_key_of_development_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "audit.key"
    first = FileSigner(file)
    assert not file.exists()  # a command that signs nothing leaves nothing behind
    assert first.verifier_key == FileSigner(file).verifier_key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.name == "localhost/mywork"
    assert [path.name for path in file.parent.iterdir()] == ["audit.key"]


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_that_no_note_can_carry_is_refused(name: str) -> None:
    with pytest.raises(SigningKeyInvalid, match="cannot name a key"):
        new_secret(name)


def test_every_new_key_is_another_one() -> None:
    assert new_secret("a") != new_secret("a")
