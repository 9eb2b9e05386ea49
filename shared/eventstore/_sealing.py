"""The private part of an event: JSON, encrypted under its subject's key, bound to its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from shared.eventstore._json import to_json
from shared.privacy import ERASED, Erased, Keyring


def seal(
    keyring: Keyring, private: Mapping[str, Any], *, stream: str, type: str, subject: UUID
) -> bytes:
    """Ciphertext of ``private``; raises ``SubjectErased``."""
    return keyring.encrypt(
        subject, to_json(private).encode(), bound_to=_place(stream, type, subject)
    )


def unseal(
    keyring: Keyring, sealed: bytes, *, stream: str, type: str, subject: UUID
) -> dict[str, Any] | Erased:
    """What ``seal`` was given, or ``ERASED``; for consumers of events that travelled sealed, too.

    Raises ``Invalid`` when the ciphertext is not that of this stream, type and subject.
    """
    plain = keyring.decrypt(subject, sealed, bound_to=_place(stream, type, subject))
    if isinstance(plain, Erased):
        return ERASED
    opened: dict[str, Any] = orjson.loads(plain)
    return opened


def _place(stream: str, type: str, subject: UUID) -> bytes:
    return f"{stream}\n{type}\n{subject}".encode()
