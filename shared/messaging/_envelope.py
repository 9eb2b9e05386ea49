"""What crosses the broker: one event, or a source's heads, as JSON bytes.

``private`` crosses as the stored ciphertext in base64, never in clear.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.errors import Invalid
from shared.eventstore import PARTITIONS, Position, Recorded, Version
from shared.ids import parse_id

FORMAT = 1
ZERO_DIGEST = b""

_remembered = lru_cache(maxsize=64)(parse_id)  # for incarnations: one a log


class BadEnvelope(Invalid):
    """A message is not one of ours, or not whole: refused and counted, never handled."""

    code = "messaging.bad_envelope"


class Place(NamedTuple):
    """Where a reader stands in one partition: the last event's position and digest."""

    position: Position
    digest: bytes


START = Place(position=Position(0), digest=ZERO_DIGEST)


class Envelope(NamedTuple):
    """One event on its way; ``previous`` is the place of the event before it in its partition.

    ``private`` is the ciphertext as stored, None if the event has none.
    """

    source: str
    incarnation: UUID
    partition: int
    position: Position
    previous: Place
    stream: str
    version: Version
    type: str
    schema: int
    data: dict[str, Any]
    private: bytes | None
    subject: UUID | None
    metadata: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    digest: bytes

    @property
    def place(self) -> Place:
        """The place of a reader that has handled this event."""
        return Place(position=self.position, digest=self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """How far ``source`` has published, by partition."""

    source: str
    incarnation: UUID
    places: Mapping[int, Place]


def seal(source: str, incarnation: UUID, event: Recorded, *, previous: Place) -> Envelope:
    """The envelope of a recorded event that was read without decrypting it."""
    return Envelope(
        source=source,
        incarnation=incarnation,
        partition=event.partition,
        position=event.position,
        previous=previous,
        stream=event.stream,
        version=event.version,
        type=event.type,
        schema=event.schema,
        data=event.data,
        private=event.sealed,
        subject=event.subject,
        metadata=event.metadata,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        digest=event.digest,
    )


def to_wire(envelope: Envelope) -> dict[str, Any]:
    """The envelope as plain JSON values."""
    return {
        "format": FORMAT,
        "source": envelope.source,
        "incarnation": str(envelope.incarnation),
        "partition": envelope.partition,
        "position": envelope.position,
        "previous": [envelope.previous.position, envelope.previous.digest.hex()],
        "stream": envelope.stream,
        "version": envelope.version,
        "type": envelope.type,
        "schema": envelope.schema,
        "data": envelope.data,
        "private": None if envelope.private is None else b64encode(envelope.private).decode(),
        "subject": None if envelope.subject is None else str(envelope.subject),
        "metadata": envelope.metadata,
        "occurred_at": envelope.occurred_at.isoformat(),
        "recorded_at": envelope.recorded_at.isoformat(),
        "digest": envelope.digest.hex(),
    }


def encode(envelope: Envelope) -> bytes:
    """The message body of an event."""
    return _dump(to_wire(envelope))


def encode_heads(heads: Heads) -> bytes:
    """The message body of an announcement."""
    return _dump(
        {
            "format": FORMAT,
            "source": heads.source,
            "incarnation": str(heads.incarnation),
            "heads": {
                str(part): [at.position, at.digest.hex()] for part, at in heads.places.items()
            },
        }
    )


def decode(body: bytes | str) -> Envelope | Heads:
    """What a message says; raises BadEnvelope, which names the field, for anything else."""
    try:
        wire = orjson.loads(body)
    except ValueError:
        raise BadEnvelope("body: not JSON; see who publishes to this exchange") from None
    if not isinstance(wire, dict):
        raise BadEnvelope("body: not an object; see who publishes to this exchange")
    return _heads(wire) if "heads" in wire else from_wire(wire)


def from_wire(wire: Mapping[str, Any]) -> Envelope:
    """The envelope behind plain JSON values; unknown fields are left out, for newer senders."""
    reading = _Reading(wire)
    reading.check_format()
    return Envelope(
        source=reading.text("source"),
        incarnation=reading.uuid("incarnation", _remembered),
        partition=reading.partition(wire.get("partition")),
        position=Position(reading.count("position")),
        previous=reading.place("previous", wire.get("previous")),
        stream=reading.text("stream"),
        version=Version(reading.count("version")),
        type=reading.text("type"),
        schema=reading.count("schema"),
        data=reading.mapping("data"),
        private=reading.ciphertext("private"),
        subject=None if wire.get("subject") is None else reading.uuid("subject"),
        metadata=reading.mapping("metadata"),
        occurred_at=reading.instant("occurred_at"),
        recorded_at=reading.instant("recorded_at"),
        digest=reading.digest("digest", wire.get("digest")),
    )


def place_to_wire(place: Place) -> list[Any]:
    """``[position, digest in hex]``."""
    return [place.position, place.digest.hex()]


def place_from_wire(value: object) -> Place:
    """The place behind ``[position, digest in hex]``; raises BadEnvelope."""
    return _Reading({}).place("place", value)


def _heads(wire: Mapping[str, Any]) -> Heads:
    reading = _Reading(wire)
    reading.check_format()
    heads = reading.mapping("heads")
    return Heads(
        source=reading.text("source"),
        incarnation=reading.uuid("incarnation", _remembered),
        places={
            reading.partition(int(part) if part.isdigit() else part): reading.place("heads", at)
            for part, at in heads.items()
        },
    )


def _dump(wire: Mapping[str, Any]) -> bytes:
    return orjson.dumps(wire)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the fields of one message, each of the type that it must have."""

    wire: Mapping[str, Any]

    def check_format(self) -> None:
        if self.wire.get("format") != FORMAT:
            raise BadEnvelope(f"format: not {FORMAT}; upgrade this service or the sender")

    def text(self, field: str) -> str:
        value = self.wire.get(field)
        if not isinstance(value, str) or not value:
            raise BadEnvelope(f"{field}: missing or not a text")
        return value

    def count(self, field: str) -> int:
        value = self.wire.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadEnvelope(f"{field}: missing or not a whole number from 1")
        return value

    def uuid(self, field: str, parse: Callable[[str], UUID] = parse_id) -> UUID:
        try:
            return parse(self.text(field))
        except ValueError:
            raise BadEnvelope(f"{field}: not a UUID") from None

    def mapping(self, field: str) -> dict[str, Any]:
        value = self.wire.get(field)
        if not isinstance(value, dict):
            raise BadEnvelope(f"{field}: missing or not an object")
        return value

    def instant(self, field: str) -> datetime:
        try:
            instant = datetime.fromisoformat(self.text(field))
        except ValueError:
            raise BadEnvelope(f"{field}: not an ISO 8601 instant") from None
        if instant.tzinfo is None:
            raise BadEnvelope(f"{field}: without a zone")
        return instant

    def ciphertext(self, field: str) -> bytes | None:
        value = self.wire.get(field)
        if value is None:
            return None
        try:
            return b64decode(value, validate=True)
        except (TypeError, ValueError):
            raise BadEnvelope(f"{field}: not base64") from None

    def partition(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < PARTITIONS:
            raise BadEnvelope(f"partition: not a whole number from 0 to {PARTITIONS - 1}")
        return value

    def digest(self, field: str, value: object) -> bytes:
        try:
            return bytes.fromhex(value)  # type: ignore[arg-type]  # a TypeError is caught
        except (TypeError, ValueError):
            raise BadEnvelope(f"{field}: not hexadecimal") from None

    def place(self, field: str, value: object) -> Place:
        if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], int):
            raise BadEnvelope(f"{field}: not a position and a digest")
        return Place(position=Position(value[0]), digest=self.digest(field, value[1]))
