"""What the services tell goes into the read models of its source, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.eventstore import Scanned
from shared.messaging import Delivered
from shared.projections import ReadModel


def hear(batch: Sequence[Delivered], connection: Any, models: Sequence[ReadModel]) -> None:
    """Apply a batch of one source in the batch's transaction."""
    for delivered in batch:
        recorded = _recorded(delivered)
        for model in models:
            if model.source == delivered.source:
                model.apply(connection, recorded, delivered.event)


def _recorded(delivered: Delivered) -> Scanned:
    """The event's place and time, as a rebuild reads them; models take the rest of the event."""
    return Scanned(
        partition=delivered.partition,
        position=delivered.position,
        stream=delivered.stream,
        version=delivered.version,
        type=delivered.type,
        schema=1,
        data={},
        occurred_at=delivered.occurred_at,
    )
