"""Seals: a signed digest of a log a day, which an outsider can check with the public key alone."""

from shared.seals._keys import SealKey, SealKeyInvalid, is_signed, public_key_from
from shared.seals._log import (
    OVERDUE_DAYS,
    digests,
    keep,
    kept,
    last_kept,
    last_positions,
    overdue_since,
    take,
    unlike,
)
from shared.seals._seal import (
    NOTHING_BEFORE,
    PartitionSeal,
    Seal,
    SealBroken,
    Sums,
    check_chain,
    from_document,
    to_document,
)

__all__ = [
    "NOTHING_BEFORE",
    "OVERDUE_DAYS",
    "PartitionSeal",
    "Seal",
    "SealBroken",
    "SealKey",
    "SealKeyInvalid",
    "Sums",
    "check_chain",
    "digests",
    "from_document",
    "is_signed",
    "keep",
    "kept",
    "last_kept",
    "last_positions",
    "overdue_since",
    "public_key_from",
    "take",
    "to_document",
    "unlike",
]
