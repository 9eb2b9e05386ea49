"""The master key: 32 bytes, in base64, from the environment or a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from shared.privacy._errors import MasterKeyInvalid, MasterKeyWrong

VARIABLE = "PERMANENCE_MASTER_KEY"
_REMEDY = "make one with `head -c 32 /dev/urandom | base64` and keep a copy away from the backups"


class MasterKey:
    """Wraps other keys (AES-256 key wrap, RFC 5649). Its own bytes are never shown.

    ``also`` are keys that unwrap as well, while one takes the other's place.
    """

    __slots__ = ("_also", "_key")

    def __init__(self, key: bytes, also: Sequence[MasterKey] = ()) -> None:
        if len(key) != 32:
            raise MasterKeyInvalid(f"{VARIABLE}: {len(key)} bytes, not 32; {_REMEDY}")
        self._key = key
        self._also = tuple(also)

    @classmethod
    def from_base64(cls, text: str, also: str = "") -> MasterKey:
        """The key written as ``text``, and those in ``also``; raises ``MasterKeyInvalid``."""
        others = [cls.from_base64(other) for other in also.split()]
        try:
            return cls(base64.b64decode(text.strip(), validate=True), others)
        except (binascii.Error, ValueError):
            raise MasterKeyInvalid(f"{VARIABLE}: not base64; {_REMEDY}") from None

    @classmethod
    def generate(cls) -> MasterKey:
        """A new random key."""
        return cls(secrets.token_bytes(32))

    def to_base64(self) -> str:
        """The key as it is written into a file; never log it."""
        return base64.b64encode(self._key).decode("ascii")

    def wrap(self, key: bytes) -> bytes:
        """``key`` as it may be stored."""
        return aes_key_wrap_with_padding(self._key, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The key inside ``wrapped``; raises ``MasterKeyWrong`` if another master wrapped it."""
        return self.opened(wrapped)[0]

    def opened(self, wrapped: bytes) -> tuple[bytes, str]:
        """The key inside ``wrapped``, and the id of the master key that wrapped it."""
        for master in (self, *self._also):
            try:
                return aes_key_unwrap_with_padding(master._key, wrapped), master.id
            except (InvalidUnwrap, ValueError):
                continue
        raise MasterKeyWrong

    def derived(self, purpose: bytes) -> list[bytes]:
        """A key for ``purpose`` alone, 32 bytes, of this key and of those that unwrap as well."""
        return [
            HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master._key)
            for master in (self, *self._also)
        ]

    @property
    def id(self) -> str:
        """Names the key without telling anything of it."""
        return hmac.digest(self._key, b"id of the master key", hashlib.sha256)[:8].hex()

    @property
    def ids(self) -> list[str]:
        """Of this key and of those that unwrap as well."""
        return [self.id, *(other.id for other in self._also)]

    def __repr__(self) -> str:
        return "MasterKey(...)"


def read_master_key(environ: Mapping[str, str]) -> MasterKey:
    """The key in ``PERMANENCE_MASTER_KEY`` or in the file that ``…_FILE`` names."""
    text = environ.get(VARIABLE)
    path = environ.get(f"{VARIABLE}_FILE")
    if text:
        return MasterKey.from_base64(text)
    if not path:
        raise MasterKeyInvalid(f"{VARIABLE}: missing, and no {VARIABLE}_FILE; {_REMEDY}")
    try:
        return MasterKey.from_base64(Path(path).read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not ASCII"
        raise MasterKeyInvalid(f"{VARIABLE}_FILE: {path}: {reason}; {_REMEDY}") from None
