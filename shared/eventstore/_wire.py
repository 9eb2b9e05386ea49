"""From ``Write``s to what the database takes: parameters of one event, or JSON of many."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import Invalid
from shared.eventstore._errors import WrongVersion
from shared.eventstore._json import canonical, refuse_unstorable, to_json
from shared.eventstore._sealing import seal
from shared.eventstore._types import Expected, NewEvent, Version, Write
from shared.privacy import Keyring

MAX_EVENT_BYTES = 1 << 20
"""Of one event's data, private and metadata together, as JSON; larger things are kept elsewhere."""

MAX_APPEND_BYTES = 64 << 20
"""Of all events of one append; several times below what PostgreSQL takes in one value."""

_STREAM = re.compile(r"[!-~]{1,200}")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,99}")
_EXPECTED = {Expected.ANY: -1, Expected.EXISTS: -2, Expected.NO_STREAM: 0}


@dataclass(slots=True)
class Batch:
    """Writes by stream, each stream once, and the place of each event among those given."""

    streams: dict[str, tuple[int, list[tuple[int, NewEvent, Mapping[str, Any]]]]]
    expected: list[Version | Expected]

    def order(self) -> list[tuple[int, str]]:
        """For each event in the order of the wire: its place among those given, its stream."""
        return [
            (place, name) for name, (_, events) in self.streams.items() for place, _, _ in events
        ]


def gathered(writes: Sequence[Write]) -> Batch:
    """The writes checked, and those to the same stream joined.

    A later write to a stream expects the version that the earlier one leaves behind; raises
    ``WrongVersion`` if it expects another, ``Invalid`` for a bad name or no events.
    """
    batch = Batch({}, [])
    place = 0
    for write in writes:
        _check_names(write)
        refuse_unstorable(write.metadata, "metadata")
        known = batch.streams.get(write.stream)
        expected = _number(write.expected)
        if known is None:
            known = batch.streams[write.stream] = (expected, [])
            batch.expected.append(write.expected)
        elif expected >= 0:
            known = batch.streams[write.stream] = (_joined(known, write, expected), known[1])
        for event in write.events:
            known[1].append((place, event, write.metadata))
            place += 1
    return batch


def subjects(writes: Sequence[Write]) -> list[UUID]:
    """Whose keys are needed. Raises ``Invalid`` for private data without a subject."""
    wanted = []
    for write in writes:
        for event in write.events:
            if event.private is None:
                continue
            if event.subject is None:
                raise Invalid("subject: missing, yet there is private data; say whose it is")
            wanted.append(event.subject)
    return wanted


def to_wire(batch: Batch, keyring: Keyring) -> str:
    """The JSON text for ``append``; encrypts. Raises ``Invalid`` and ``SubjectErased``."""
    text = ",".join(
        f'{{"stream":{to_json(name)},"expected":{expected},"events":['
        + ",".join(_event(name, event, metadata, keyring) for _, event, metadata in events)
        + "]}"
        for name, (expected, events) in batch.streams.items()
    )
    if len(text) > MAX_APPEND_BYTES:
        raise Invalid(f"events: {len(text)} bytes in one append, over {MAX_APPEND_BYTES}; split it")
    return f"[{text}]"


def single(
    batch: Batch, keyring: Keyring, command_id: UUID | None, body: bytes | None
) -> list[str | bytes | None] | None:
    """The values for ``append_one``, encrypted; None unless it is one event. Raises the same."""
    if len(batch.streams) > 1:
        return None
    [(stream, (expected, events))] = batch.streams.items()
    if len(events) > 1:
        return None
    [(_, event, metadata)] = events
    data, meta, ciphertext = _content(stream, event, metadata, keyring)
    return [
        stream,
        str(expected),
        event.type,
        str(event.schema),
        data,
        meta,
        ciphertext,
        None if event.subject is None else event.subject.hex,
        event.occurred_at.isoformat(),
        None if command_id is None else command_id.hex,
        body,
    ]


def body_digest(writes: Sequence[Write], keyring: Keyring) -> bytes:
    """What makes a command the same: streams and events, but no times, metadata or versions.

    Keyed, so that it tells nothing about an erased person to whoever guesses at it.
    """
    body = [
        [write.stream, e.type, e.schema, e.data, e.private, str(e.subject)]
        for write in writes
        for e in write.events
    ]
    return keyring.keyed_digest(b"command body", canonical(body))


def _event(stream: str, event: NewEvent, metadata: Mapping[str, Any], keyring: Keyring) -> str:
    data, meta, ciphertext = _content(stream, event, metadata, keyring)
    sealed = "null" if ciphertext is None else f'"{b64encode(ciphertext).decode("ascii")}"'
    subject = "null" if event.subject is None else f'"{event.subject}"'
    # Put together by hand, for each part was encoded once already; names were checked.
    return (
        f'{{"type":"{event.type}","schema":{event.schema:d},"data":{data},"metadata":{meta},'
        f'"private":{sealed},"subject":{subject},"occurred_at":"{event.occurred_at.isoformat()}"}}'
    )


def _content(
    stream: str, event: NewEvent, metadata: Mapping[str, Any], keyring: Keyring
) -> tuple[str, str, bytes | None]:
    """Data and metadata as JSON, and the private part's ciphertext."""
    refuse_unstorable(event.data, "data")
    data, meta = to_json(event.data), to_json(metadata)
    size = len(data) + len(meta)
    ciphertext = None
    if event.private is not None and event.subject is not None:
        refuse_unstorable(event.private, "private")
        ciphertext = seal(
            keyring, event.private, stream=stream, type=event.type, subject=event.subject
        )
        size += len(ciphertext)
    if size > MAX_EVENT_BYTES:
        raise Invalid(
            f"data: a {event.type} of {size} bytes, over {MAX_EVENT_BYTES}; "
            "store large content apart and put its digest into the event"
        )
    return data, meta, ciphertext


def _check_names(write: Write) -> None:
    if not _STREAM.fullmatch(write.stream):
        raise Invalid("stream: not 1 to 200 visible ASCII characters; name it <aggregate>-<id>")
    if not write.events:
        raise Invalid(f"events: none for {write.stream}; leave the write out")
    for event in write.events:
        if not _TYPE.fullmatch(event.type):
            raise Invalid("type: not a name of 1 to 100 letters and digits; use the event's class")
        if event.schema < 1:
            raise Invalid(f"schema: {event.schema} of {event.type}; versions begin with 1")
        if event.occurred_at.tzinfo is None:
            raise Invalid(f"occurred_at: of {event.type} lacks a zone; give an aware datetime")


def _joined(
    known: tuple[int, list[tuple[int, NewEvent, Mapping[str, Any]]]], write: Write, expected: int
) -> int:
    before = expected - len(known[1])
    if (known[0] >= 0 and known[0] != before) or before < 0:
        after = max(known[0], 0) + len(known[1])
        raise WrongVersion(write.stream, expected=write.expected, actual=Version(after))
    return before


def _number(expected: Version | Expected) -> int:
    if isinstance(expected, Expected):
        return _EXPECTED[expected]
    if expected < 0:
        raise Invalid(f"expected: version {expected}; it is 0 or more, or one of Expected")
    return expected
