"""Short references that volunteers read, say on the telephone and write on a file's cover.

A reference names nobody and cannot be turned back into a key; two requests may, rarely, share one
(six hexadecimal digits), so it is shown beside a link or a search, never used as an identifier.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

_DIGITS = 6


def request_reference(request_id: UUID) -> str:
    """« D-7F3A21 » (demande)."""
    return _reference("D", request_id)


def case_reference(case_id: UUID) -> str:
    """« S-7F3A21 » (suivi)."""
    return _reference("S", case_id)


def deadline_reference(deadline_id: UUID) -> str:
    """« E-7F3A21 » (échéance), for a deadline that belongs to no request and no case."""
    return _reference("E", deadline_id)


def _reference(letter: str, key: UUID) -> str:
    return f"{letter}-{sha256(key.bytes).hexdigest()[:_DIGITS].upper()}"
