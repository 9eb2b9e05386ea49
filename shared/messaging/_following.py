"""Following one source: live batches, holes filled from its log, divergence told apart.

Knows nothing of brokers: ``handle`` takes what arrived, ``level`` asks the source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

import structlog

from shared.messaging._envelope import Envelope, Heads, Place
from shared.messaging._handling import Handling
from shared.messaging._sift import Diverged, NotNext, Stranger
from shared.messaging._source import Page, Source
from shared.messaging._tables import Checkpoint, SubscriptionTables

_log = structlog.get_logger("messaging.subscription")

_CHUNK_EVENTS = 200
_DOUBT_SECONDS = 30.0


class Following:
    """Keeps one consumer level with one source.

    Every method raises Unavailable for what may pass, with nothing lost, and Diverged when the
    source's log is not the one that was read before.
    """

    def __init__(
        self,
        source: Source,
        handling: Handling,
        tables: SubscriptionTables,
        *,
        stopping: Callable[[], bool],
    ) -> None:
        self._source = source
        self._handling = handling
        self._tables = tables
        self._stopping = stopping
        self._doubted_at: dict[int, float] = {}

    def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Handle what arrived; asks the source where an event does not follow on the last one."""
        pending = list(envelopes)
        asked: set[int] = set()
        while pending:
            try:
                self._handling.handle(pending)
            except Stranger as stranger:
                pending = self._refuse(pending, stranger.envelope)
            except NotNext as found:
                if self._stopping():
                    raise  # the source was not asked to the end
                envelope = found.envelope
                if envelope.position in asked:
                    # The source's own log does not know it.
                    pending = self._refuse(pending, envelope)
                    continue
                asked.add(envelope.position)
                self.catch_up(envelope.partition)
            else:
                return

    def announced(self, heads: Heads) -> None:
        """Compare with what the source says that it has published."""
        if heads.source != self._source.name:
            self._tables.refused(1)
            return
        at = self._tables.checkpoints()
        for partition, head in heads.places.items():
            ahead = head.position < at[partition].place.position
            if self._is_behind(at[partition], head, heads) or (ahead and self._in_doubt(partition)):
                self.catch_up(partition)

    def level(self) -> bool:
        """Ask the source how far it is and catch up; whether anything was missing."""
        heads = self._source.heads()
        at = self._tables.checkpoints()
        partitions = {
            partition
            for partition, checkpoint in at.items()
            if checkpoint.place.position != _position(heads, partition)
            or (checkpoint.incarnation not in (None, heads.incarnation))
        }
        for partition in sorted(partitions):
            self.catch_up(partition)
        return bool(partitions)

    def behind(self) -> dict[int, Checkpoint] | None:
        """The checkpoints, if the source has events that were not handled, by its own word."""
        heads = self._source.heads()
        at = self._tables.checkpoints()
        ahead = (head.position > at[part].place.position for part, head in heads.places.items())
        return at if any(ahead) else None

    def catch_up(self, partition: int) -> None:
        """Read the source's log from the checkpoint to its end and handle it."""
        total = 0
        while not self._stopping():
            checkpoint = self._tables.checkpoints()[partition]
            page = self._source.page(partition, checkpoint.place.position)
            self._compare(partition, checkpoint, page)
            for start in range(0, len(page.events), _CHUNK_EVENTS):
                self._handling.handle(page.events[start : start + _CHUNK_EVENTS])
            total += len(page.events)
            if not page.events:
                break
        if total:
            _log.info("caught_up", source=self._source.name, partition=partition, event_count=total)

    def _is_behind(self, at: Checkpoint, head: Place, heads: Heads) -> bool:
        if at.incarnation is not None and at.incarnation != heads.incarnation:
            return True
        if head.position == at.place.position:
            return head.digest != at.place.digest and at.incarnation is not None
        return head.position > at.place.position

    def _compare(self, partition: int, checkpoint: Checkpoint, page: Page) -> None:
        """Raise Diverged unless the page follows on what was handled."""
        position = checkpoint.place.position
        if checkpoint.incarnation is None:
            if page.anchor is None:
                raise self._diverged(partition, position, "it holds no event there")
            return
        if page.incarnation != checkpoint.incarnation:
            raise self._diverged(partition, position, "it was restored: its incarnation differs")
        if page.anchor is None:
            raise self._diverged(partition, position, "it holds no event there")
        if position > 0 and page.anchor.digest != checkpoint.place.digest:
            raise self._diverged(partition, position, "another event stands there")

    def _diverged(self, partition: int, position: int, why: str) -> Diverged:
        return Diverged(self._source.name, partition, position, why=why)

    def _refuse(self, pending: Sequence[Envelope], stranger: Envelope) -> list[Envelope]:
        self._tables.refused(1)
        _log.error(
            "message_refused",
            source=self._source.name,
            partition=stranger.partition,
            position=stranger.position,
        )
        return [envelope for envelope in pending if envelope is not stranger]

    def _in_doubt(self, partition: int) -> bool:
        """Whether to look again; at most so often for one partition."""
        now = monotonic()
        if now - self._doubted_at.get(partition, -_DOUBT_SECONDS) < _DOUBT_SECONDS:
            return False
        self._doubted_at[partition] = now
        return True


def _position(heads: Heads, partition: int) -> int:
    head = heads.places.get(partition)
    return head.position if head else 0
