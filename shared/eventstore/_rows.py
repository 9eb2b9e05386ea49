"""Rows of the table of events, and the events that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.eventstore._sealing import unseal
from shared.eventstore._types import Recorded
from shared.privacy import Keyring

# In the order in which ``events_of`` reads them.
COLUMNS = """partition, "position", stream, version, type, schema, data, private, subject, metadata,
       occurred_at, recorded_at, digest"""
EVENTS = f"SELECT {COLUMNS} FROM events"  # noqa: S608 - our columns


def events_of(
    rows: Sequence[tuple[Any, ...]], keyring: Keyring, *, decrypt: bool
) -> list[Recorded]:
    """The events of ``rows`` of ``COLUMNS``; ``decrypt``: with their private parts opened."""
    if decrypt:
        keyring.prefetch(row[8] for row in rows if row[7] is not None)
    return [_event(row, keyring, decrypt=decrypt) for row in rows]


def _event(row: tuple[Any, ...], keyring: Keyring, *, decrypt: bool) -> Recorded:
    stream, type_, sealed, subject = row[2], row[4], row[7], row[8]
    private = None
    if decrypt and sealed is not None:
        private = unseal(keyring, sealed, stream=stream, type=type_, subject=subject)
    return Recorded(
        partition=row[0],
        position=row[1],
        stream=stream,
        version=row[3],
        type=type_,
        schema=row[5],
        data=row[6],
        private=private,
        subject=subject,
        metadata=row[9],
        occurred_at=row[10],
        recorded_at=row[11],
        digest=row[12],
        sealed=sealed,
    )
