"""F33: the seam between catch-up and live has no hole and no repeat, at any interleaving."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.eventstore import Position, Version, partition_of
from shared.messaging._envelope import START, Envelope, decode, encode
from shared.messaging._sift import NotNext, sift
from shared.messaging._tables import Checkpoint

LIFE = UUID("00000000-0000-0000-0000-000000000001")
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


def log_of(positions: list[int], stream: str = "note-1") -> list[Envelope]:
    """A partition's log with holes between its positions."""
    place, found = START, []
    for number, position in enumerate(positions, 1):
        envelope = Envelope(
            source="intake",
            incarnation=LIFE,
            partition=partition_of(stream),
            position=Position(position),
            previous=place,
            stream=stream,
            version=Version(number),
            type="Noted",
            schema=1,
            data={"number": number},
            private=b"\x00\xff",
            subject=LIFE,
            metadata={},
            occurred_at=AT,
            recorded_at=AT,
            digest=position.to_bytes(32),
        )
        place = envelope.place
        found.append(envelope)
    return found


@given(st.data(), st.lists(st.integers(1, 10_000), min_size=1, max_size=40, unique=True))
def test_any_deliveries_and_any_catch_up_handle_each_event_once(
    data: st.DataObject, drawn: list[int]
) -> None:
    log = log_of(sorted(drawn))
    partition = log[0].partition
    checkpoints = {partition: Checkpoint(incarnation=None, place=START)}
    handled: list[Envelope] = []

    def handle(batch: list[Envelope]) -> None:
        fresh, reached = sift("intake", checkpoints, batch)
        handled.extend(fresh)
        checkpoints.update(reached)

    deliveries = data.draw(st.lists(st.lists(st.sampled_from(log), max_size=10), max_size=10))
    for batch in deliveries:
        try:
            handle(batch)
        except NotNext:
            seen = checkpoints[partition].place.position
            known = [event for event in log if seen < event.position]
            upto = data.draw(st.integers(0, len(known)))
            handle(known[:upto])
    rest = [event for event in log if event.position > checkpoints[partition].place.position]
    handle(rest)

    assert handled == log


def test_an_envelope_comes_back_as_it_left() -> None:
    [envelope] = log_of([7])

    assert decode(encode(envelope)) == envelope
