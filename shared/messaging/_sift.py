"""Which events of a batch come next, by the checkpoints; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.errors import PermanenceError, Unavailable
from shared.eventstore import partition_of
from shared.messaging._envelope import Envelope
from shared.messaging._tables import Checkpoint


class NotNext(Unavailable):
    """An event does not follow on the checkpoint of its partition: ask the source what does."""

    code = "messaging.not_next"

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(
            f"position: {envelope.source}/{envelope.position} does not follow on the checkpoint "
            f"of partition {envelope.partition}; the source is asked for what is missing"
        )
        self.envelope = envelope


class Diverged(PermanenceError):
    """The source's log is not the one that was read: it was restored, or lost its end."""

    code = "messaging.diverged"

    def __init__(self, source: str, partition: int, position: int, *, why: str) -> None:
        super().__init__(
            f"source: partition {partition} of the log of {source} does not hold what was handled "
            f"up to position {position} ({why}); compare, then reset the checkpoint"
        )
        self.partition = partition


class Stranger(PermanenceError):
    """A message that cannot be the source's: refused and counted."""

    code = "messaging.stranger"

    def __init__(self, envelope: Envelope) -> None:
        super().__init__("message: names another source, or a partition that is not its stream's")
        self.envelope = envelope


def sift(
    source: str, checkpoints: Mapping[int, Checkpoint], envelopes: Sequence[Envelope]
) -> tuple[list[Envelope], dict[int, Checkpoint]]:
    """The events not handled yet, in order, and the checkpoints after them.

    Repeats are left out. Raises NotNext for the first event that leaves a hole or does not fit
    the log that was read before, Stranger for one that cannot come from ``source``.
    """
    reached: dict[int, Checkpoint] = {}
    fresh: list[Envelope] = []
    for envelope in envelopes:
        if envelope.source != source or partition_of(envelope.stream) != envelope.partition:
            raise Stranger(envelope)
        at = reached.get(envelope.partition) or checkpoints[envelope.partition]
        if follows(at, envelope):
            fresh.append(envelope)
            reached[envelope.partition] = Checkpoint(
                incarnation=envelope.incarnation, place=envelope.place
            )
        elif not is_repeat(at, envelope):
            raise NotNext(envelope)
    return fresh, reached


def follows(at: Checkpoint, envelope: Envelope) -> bool:
    """Whether the event is the very next one after ``at``."""
    if at.incarnation is None:
        return envelope.previous.position == at.place.position < envelope.position
    return (
        envelope.incarnation == at.incarnation
        and envelope.previous == at.place
        and envelope.position > at.place.position
    )


def is_repeat(at: Checkpoint, envelope: Envelope) -> bool:
    """Whether the event was handled before, as far as the checkpoint can tell."""
    if at.incarnation is not None and envelope.incarnation != at.incarnation:
        return False
    if envelope.position == at.place.position:
        return at.incarnation is None or envelope.digest == at.place.digest
    return envelope.position < at.place.position
