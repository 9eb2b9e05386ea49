"""The Ed25519 key that signs seals, in base64; its public half checks them."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.errors import Invalid

_REMEDY = "32 bytes in base64; make one with `head -c 32 /dev/urandom | base64`"


class SealKeyInvalid(Invalid):
    """A seal key, private or public, that is not one."""

    code = "seals.key_invalid"


class SealKey:
    """Signs; its own bytes are never shown."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def from_base64(cls, text: str) -> SealKey:
        """The private key written as ``text``; raises SealKeyInvalid."""
        return cls(Ed25519PrivateKey.from_private_bytes(_bytes(text, "PERMANENCE_SEAL_KEY")))

    def sign(self, content: bytes) -> bytes:
        """The 64 bytes of the signature of ``content``."""
        return self._key.sign(content)

    @property
    def public(self) -> str:
        """The public half in base64: give it to whoever is to check seals."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode("ascii")

    def __repr__(self) -> str:
        return "SealKey(...)"


def public_key_from(text: str) -> Ed25519PublicKey:
    """The public key written as ``text``; raises SealKeyInvalid."""
    return Ed25519PublicKey.from_public_bytes(_bytes(text, "public key"))


def is_signed(content: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether the holder of ``key``'s private half signed ``content``."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _bytes(text: str, field: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise SealKeyInvalid(f"{field}: not a key; {_REMEDY}")
    return key
