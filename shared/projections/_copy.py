"""One copy of a model's tables, filled from the log as the live ones were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.codec import Codec
from shared.eventstore import Applied, Connection, EventStore, Position, Scan
from shared.failpoints import failpoint
from shared.projections._errors import AheadOfLive
from shared.projections._model import ReadModel
from shared.projections._record import Books, Passed

PAGE = 1000
_FEW = 1000
_ROUNDS = 20

_FENCE_OWN_LOG = """
SELECT pg_advisory_xact_lock((%(events)s::regclass::oid::bigint << 8) | p)
FROM generate_series(0, 7) AS p ORDER BY p
"""
_CONSUMED = """
SELECT partition, "position" FROM checkpoints WHERE source = %(source)s ORDER BY partition
"""
_FENCE_CONSUMED = _CONSUMED + " FOR UPDATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rebuild is: events read, and how many there are to read."""

    events: int
    total: int


class Watch(Protocol):
    """Told after each page of events, once it is committed."""

    def __call__(self, progress: Progress) -> None: ...


class Copy:
    """The copy in the schema ``place``, on ``connection``, whose search path finds it first."""

    def __init__(
        self,
        *,
        connection: Connection,
        service: str,
        place: str,
        model: ReadModel,
        source: EventStore,
        codec: Codec,
        books: Books,
    ) -> None:
        self._connection = connection
        self._service = service
        self._place = place
        self._model = model
        self._source = source
        self._codec = codec
        self._books = books
        self._types = None if model.events is None else [made.__name__ for made in model.events]
        self._passed: Passed = books.passed_over(place)

    def fill(self, watch: Watch | None = None) -> None:
        """Read until little is left that the live model has applied; a transaction a page."""
        for _ in range(_ROUNDS):
            if self._read(self._applied(), watch) < _FEW:
                return

    def catch_up(self, until: Mapping[int, Position]) -> None:
        """Read exactly up to ``until``, in the transaction that the caller began.

        Raises AheadOfLive if the copy is beyond it.
        """
        done = self._books.done(self._place)
        if any(position > until.get(partition, 0) for partition, position in done.items()):
            raise AheadOfLive(self._service, self._model.name)
        with self._connection.pipeline(), self._scan(done, until) as scan:
            self._take_up()
            for page in scan.pages:
                self._apply(page)
            self._books.save(self._place, scan.until)

    def reload(self) -> None:
        """The caller's transaction was undone: forget what it changed."""
        self._passed = self._books.passed_over(self._place)

    def fence(self, connection: Connection) -> Mapping[int, Position]:
        """Hold the live model still until the transaction of ``connection`` ends; where it is."""
        if self._model.source == self._service:
            connection.execute(_FENCE_OWN_LOG, {"events": f"{self._service}.events"})
            return {p: head.position for p, head in self._source.heads().items()}
        return dict(connection.execute(_FENCE_CONSUMED, {"source": self._model.source}).fetchall())

    def hand_over(self, previous: str, until: Mapping[int, Position]) -> None:
        """The live tables become those in ``previous``: note where they stand."""
        parked, _ = self._books.set_aside(self._model.source)
        for place in {self._place, previous}:
            self._books.forget(place)
        self._books.save(previous, until)
        self._books.pass_over(previous, parked)

    def _applied(self) -> Mapping[int, Position] | None:
        """Up to where the live model is; None if it never lags behind its log.

        Beyond that the copy must not read, or the live handler would apply events to it twice.
        """
        if self._model.source == self._service:
            return None
        rows = self._connection.execute(_CONSUMED, {"source": self._model.source})
        return dict(rows.fetchall())

    def _read(self, until: Mapping[int, Position] | None, watch: Watch | None) -> int:
        done = self._books.done(self._place)
        with self._scan(done, until) as scan:
            before = self._count_up_to(done) if watch else 0
            events = before
            page = next(scan.pages, None)
            while page:
                # In a pipeline, what does not ask for an answer waits for none.
                with self._connection.transaction(), self._connection.pipeline():
                    self._take_up()
                    self._apply(page)
                    self._books.save(self._place, _reached(page))
                    following = next(scan.pages, None)  # while the database still writes
                failpoint("rebuild.page")
                events += len(page)
                if watch:
                    watch(Progress(events=events, total=before + scan.count))
                page = following
            self._books.save(self._place, scan.until)
        return scan.count

    def _scan(
        self, done: Mapping[int, Position], until: Mapping[int, Position] | None
    ) -> AbstractContextManager[Scan]:
        return self._source.scan(
            after=done,
            until=until,
            types=self._types,
            page=PAGE,
            decrypt=self._model.reads_private,
        )

    def _count_up_to(self, done: Mapping[int, Position]) -> int:
        if not done:
            return 0
        with self._source.scan(after={}, until=done, types=self._types) as scan:
            return scan.count

    def _apply(self, page: Sequence[Applied]) -> None:
        parked, given_up = self._books.set_aside(self._model.source)
        if parked or given_up:
            waiting = {at for at in map(_place_of, page) if at in parked}
            self._books.pass_over(self._place, waiting)
            self._passed |= waiting
            page = [
                recorded
                for recorded in page
                if _place_of(recorded) not in waiting and recorded.position not in given_up
            ]
        self._hand_to_model(page)

    def _hand_to_model(self, page: Sequence[Applied]) -> None:
        events = [(recorded, self._codec.decode(recorded)) for recorded in page]
        self._model.apply_all(self._connection, events)

    def _take_up(self) -> None:
        """Events that were parked when the copy came by, and have been retried or given up."""
        if not self._passed:
            return
        parked, given_up = self._books.set_aside(self._model.source)
        free = sorted(self._passed - parked, key=lambda at: at[1])
        for partition, position in free:
            if position not in given_up:
                found = self._source.read(partition, after=Position(position - 1), limit=1)
                self._hand_to_model(found)
        self._books.taken_up(self._place, free)
        self._passed -= set(free)


def _place_of(recorded: Applied) -> tuple[int, Position]:
    return recorded.partition, recorded.position


def _reached(page: Sequence[Applied]) -> Mapping[int, Position]:
    return {recorded.partition: recorded.position for recorded in page}
