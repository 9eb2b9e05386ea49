"""What goes into the event store and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any, NamedTuple, NewType, Protocol
from uuid import UUID

from shared.privacy import Erased

Position = NewType("Position", int)
"""Where an event lies in a store's log; rises, with holes."""

Version = NewType("Version", int)
"""Where an event lies in its stream: 1, 2, 3 …; 0 is an empty stream."""

PARTITIONS = 8


class Expected(Enum):
    """What a writer may expect of a stream, besides an exact ``Version``."""

    ANY = "any"
    EXISTS = "exists"
    NO_STREAM = "no stream"


class NewEvent(NamedTuple):
    """An event to be appended. ``private`` needs a ``subject``; ``occurred_at`` is aware."""

    type: str
    schema: int
    data: Mapping[str, Any]
    occurred_at: datetime
    private: Mapping[str, Any] | None = None
    subject: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Events for one stream. ``metadata`` (correlation_id, causation_id, actor …) goes on each."""

    stream: str
    events: Sequence[NewEvent]
    expected: Version | Expected
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Appended(NamedTuple):
    """Where one event went. ``repeated``: an earlier run of the same command put it there."""

    stream: str
    version: Version
    partition: int
    position: Position
    digest: bytes
    recorded_at: datetime
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as stored.

    ``private`` is the decrypted part, ``ERASED`` once the person's key is gone, None if there is
    none or it was read with ``decrypt=False``; ``sealed`` is its ciphertext, what may travel.
    """

    partition: int
    position: Position
    stream: str
    version: Version
    type: str
    schema: int
    data: dict[str, Any]
    private: dict[str, Any] | Erased | None
    subject: UUID | None
    metadata: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    digest: bytes
    sealed: bytes | None = None


class Applied(Protocol):
    """What a read model may look at of an event beside the event itself: live, a ``Recorded``,
    in a rebuild a ``Scanned``. ``data`` and ``schema`` are those stored only in the service's own
    log."""

    @property
    def partition(self) -> int: ...
    @property
    def position(self) -> Position: ...
    @property
    def stream(self) -> str: ...
    @property
    def version(self) -> Version: ...
    @property
    def type(self) -> str: ...
    @property
    def schema(self) -> int: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def private(self) -> dict[str, Any] | Erased | None: ...
    @property
    def occurred_at(self) -> datetime: ...


class Scanned(NamedTuple):
    """An event of a ``Scan``: of a ``Recorded`` what is read again and again in great numbers.
    ``private`` is None as well if it was read with ``decrypt=False``."""

    partition: int
    position: Position
    stream: str
    version: Version
    type: str
    schema: int
    data: dict[str, Any]
    occurred_at: datetime
    private: dict[str, Any] | Erased | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last event of a partition."""

    position: Position
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What follows a position in its partition: how many events (counted up to 100,000), when the
    first was recorded (None if there is none) and how long ago, by the store's clock."""

    events: int
    oldest_at: datetime | None
    oldest_age_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """A stream in a list: how long it is, when it began and was last written (the store's time)."""

    stream: str
    partition: int
    version: Version
    position: Position
    started_at: datetime
    recorded_at: datetime


def partition_of(stream: str) -> int:
    """The partition (0 to 7) that ``stream`` belongs to, for ever: the same in SQL."""
    return sha256(stream.encode()).digest()[0] & (PARTITIONS - 1)


def category_of(stream: str) -> str:
    """The kind of ``stream``: what stands before its first hyphen ("request" of ``request-7``)."""
    return stream.split("-", 1)[0]
