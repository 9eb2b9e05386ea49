"""What the services tell goes into the read models of its source, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.eventstore import Recorded
from shared.messaging import Delivered
from shared.projections import ReadModel


def hear(batch: Sequence[Delivered], connection: Any, models: Sequence[ReadModel]) -> None:
    """Apply a batch of one source in the batch's transaction."""
    for delivered in batch:
        recorded = _recorded(delivered)
        for model in models:
            if model.source == delivered.source:
                model.apply(connection, recorded, delivered.event)


def _recorded(delivered: Delivered) -> Recorded:
    """The event's place and times, as a rebuild reads them; models take the rest of the event."""
    return Recorded(
        partition=delivered.partition,
        position=delivered.position,
        stream=delivered.stream,
        version=delivered.version,
        type=delivered.type,
        schema=1,
        data={},
        private=None,
        subject=None,
        metadata=dict(delivered.metadata),
        occurred_at=delivered.occurred_at,
        recorded_at=delivered.recorded_at,
        digest=b"",
    )
