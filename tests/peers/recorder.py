"""Our store behind the interface that the ``eventsourcing`` package tests its own stores by."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)

from shared.eventstore import (
    Appended,
    EventStore,
    NewEvent,
    Position,
    Recorded,
    Version,
    Write,
    WrongVersion,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_PAGE = 1000


class OurAggregates(AggregateRecorder):
    """An originator is a stream. Its versions begin with 0 there, with 1 here."""

    def __init__(self, store: EventStore) -> None:
        self.store = store

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        self._append(stored_events)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        recorded = self.store.load(
            stream_of(originator_id),
            after=Version(0 if gt is None else gt + 1),
            through=None if lte is None else Version(lte + 1),
            backward=desc,
            limit=limit,
        )
        return [StoredEvent(*_parts(one)) for one in recorded]

    def _append(self, stored_events: Sequence[StoredEvent]) -> list[Appended]:
        writes = [
            Write(
                stream=stream_of(event.originator_id),
                events=[
                    NewEvent(
                        type=_type_of(event.topic),
                        schema=1,
                        data={"topic": event.topic, "state": b64encode(event.state).decode()},
                        occurred_at=NOON,
                    )
                ],
                expected=Version(event.originator_version),
            )
            for event in stored_events
        ]
        try:
            return self.store.append(writes)
        except WrongVersion as conflict:
            raise IntegrityError(str(conflict)) from None


class OurLog(OurAggregates, ApplicationRecorder):
    """A notification id is a position of the log."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        return [appended.position for appended in self._append(stored_events)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = Position((start or 0) - (1 if inclusive_of_start and start else 0))
        before = None if stop is None else Position(stop + 1)
        found: list[Notification] = []
        while len(found) < limit:
            page = self.store.find(after=after, before=before, limit=_PAGE if topics else limit)
            wanted = [one for one in page if not topics or one.data["topic"] in topics]
            found += [Notification(*_parts(one), id=one.position) for one in wanted]
            if not topics or len(page) < _PAGE:
                break
            after = page[-1].position
        return found[:limit]

    def max_notification_id(self) -> int | None:
        return max((head.position for head in self.store.heads().values()), default=None)

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return _Tail(self, gt, topics)


class _Tail(Subscription[OurLog]):
    """Reads on whenever this process appended, as our relay does."""

    def __init__(self, recorder: OurLog, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._woken = threading.Event()
        recorder.store.on_commit(lambda _: self._woken.set())

    def stop(self) -> None:
        super().stop()
        self._woken.set()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            self._woken.clear()
            for found in self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            ):
                self._last_notification_id = found.id
                return found
            self._woken.wait()
        raise StopIteration


def stream_of(originator_id: UUID | str) -> str:
    """The name of an originator's stream."""
    return f"peer-{originator_id}"


def _type_of(topic: str) -> str:
    return topic.replace("-", "_")


def _parts(recorded: Recorded) -> tuple[UUID, int, str, bytes]:
    originator = UUID(recorded.stream.removeprefix("peer-"))
    state = b64decode(recorded.data["state"])
    return originator, recorded.version - 1, recorded.data["topic"], state
