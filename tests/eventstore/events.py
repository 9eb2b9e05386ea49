"""Made-up events for the tests of the stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.eventstore import Expected, NewEvent, Version, Write

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PERSON = UUID("00000000-0000-4000-8000-000000000001")
OTHER_PERSON = UUID("00000000-0000-4000-8000-000000000002")


def event(
    type: str = "RequestReceived",
    *,
    data: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    subject: UUID | None = None,
) -> NewEvent:
    return NewEvent(
        type=type,
        schema=1,
        data={"channel": "letter"} if data is None else data,
        private=private,
        subject=subject,
        occurred_at=NOON,
    )


def write(
    stream: str = "request-1",
    *events: NewEvent,
    expected: Version | Expected | int = Expected.ANY,
    metadata: Mapping[str, Any] | None = None,
) -> Write:
    return Write(
        stream=stream,
        events=events or (event(),),
        expected=expected if isinstance(expected, Expected) else Version(expected),
        metadata=metadata or {},
    )
