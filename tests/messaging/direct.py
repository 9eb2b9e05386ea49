"""A source and a consumer without broker, processes or threads, for tests that choose each step.

Log, relay, subscription and parking are the real ones on real tables; between them lie a list of
messages (``Network``) and a direct call to the source's log.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.clock import SystemClock
from shared.errors import Unavailable
from shared.eventstore import (
    PARTITIONS,
    EventStore,
    Expected,
    Position,
    Streams,
    UnitOfWork,
    migrate,
)
from shared.messaging import IN_PROCESS_URI, MIGRATIONS, Delivered, NotPublished, Wakeup, admin
from shared.messaging._broker import Outgoing
from shared.messaging._delivered import Decoder, Opening
from shared.messaging._envelope import Envelope, Heads, decode
from shared.messaging._following import Following
from shared.messaging._handling import Handling
from shared.messaging._leadership import Leadership
from shared.messaging._log_access import log_heads, log_page, stream_page
from shared.messaging._redelivering import Redelivering
from shared.messaging._relay import Relay, RelayOptions
from shared.messaging._source import Source
from shared.messaging._subscription import Reading
from shared.messaging._tables import SubscriptionTables
from shared.messaging._tempo import NORMAL, Tempo
from shared.postgres import Connection
from tests.messaging.notes import CODEC, COUNT, COUNTS, Answered, Author, Noted
from tests.support.nothing_lost import once
from tests.support.postgres import Database, fresh_database
from tests.support.waiting import wait_until

PERSON = UUID("00000000-0000-4000-8000-000000000001")
HANDLED = """
    CREATE TABLE handled (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, partition int, position bigint,
        stream text, number int)
"""
# A consumer that has never read anything, of a source that has never published anything.
FORGET = """
    TRUNCATE routing.handled, routing.counts, routing.redeliveries, routing.redelivery_starts,
        routing.messaging_actions, intake.relay_checkpoints, intake.relay_leases;
    TRUNCATE routing.subscriptions CASCADE
"""


class Died(BaseException):
    """What a process that dies leaves behind: nothing."""


class Network:
    """Where the relay publishes to; its messages wait until a test delivers them."""

    def __init__(self) -> None:
        self.events: list[Envelope] = []
        self.heads: list[Heads] = []
        self.fails_after: int | None = None
        self.most_bytes: int | None = None
        self.beats = 0
        self.closed = 0

    def publish(self, batch: Sequence[Outgoing], *, mandatory: bool = True) -> None:
        """All arrive, in order; or so many of them, and the confirms are lost."""
        for count, outgoing in enumerate(batch):
            if count == self.fails_after:
                raise NotPublished("the line was cut")
            if self.most_bytes is not None and len(outgoing.body) > self.most_bytes:
                raise NotPublished("too large")
            message = decode(outgoing.body)
            if isinstance(message, Heads):
                self.heads.append(message)
            else:
                self.events.append(message)
        if self.fails_after is not None:
            raise NotPublished("the confirms were lost")

    def beat(self) -> None:
        """A relay's round is over."""
        self.beats += 1

    def close(self) -> None:
        """A relay gives up, for now or for good."""
        self.closed += 1


class DirectCalls:
    """The source's log without RPC; ``down``: it does not answer."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self.down = False

    def call(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any:
        if self.down:
            raise Unavailable("intake: does not answer")
        if method == "log_heads":
            return log_heads(self._store)
        if method == "read_stream":
            return stream_page(self._store, payload["stream"], payload["after"])
        if method == "streams_between":
            between = Position(payload["start"]), Position(payload["end"])
            names = self._store.streams_between(
                *between, after=payload["after"], limit=payload["limit"]
            )
            return {"names": names, "count": self._store.count_streams_between(*between)}
        return log_page(self._store, payload["partition"], payload["after"], payload["limit"])


class Pair:
    """intake tells notes, routing handles them; each test decides when and how."""

    def __init__(self, database: Database) -> None:
        for service in ("intake", "routing"):
            migrate(database.owner_dsn(service), service, [MIGRATIONS])
        with psycopg.connect(database.owner_dsn("routing")) as owner:
            owner.execute(HANDLED)
            owner.execute(COUNTS)
        self.database = database
        self._admin = database.admin()
        self.store = database.store("intake")
        self.routing_pool = database.pool("routing")
        self.routing_store = EventStore(
            self.routing_pool, schema="routing", keyring=self.store.keyring
        )
        self.streams = Streams(self.store, CODEC, SystemClock())
        self.calls = DirectCalls(self.store)
        self.network = Network()
        self.dies_in_handler = False
        self.broken: set[int] = set()
        self.meet: Callable[[int, UnitOfWork], object] = _nothing
        self.answers = False
        self.begin()

    def begin(self) -> None:
        """Forget all but the log, which stays: start from its present end."""
        self._admin.execute(FORGET)
        self.calls.down = self.dies_in_handler = self.answers = False
        self.meet = _nothing
        self.broken.clear()
        self.network = Network()
        self.restart()
        places = self.store.heads()
        incarnation = self.store.incarnation()
        for partition, head in places.items():
            values = [head.position, head.digest, partition]
            self._admin.execute(
                "INSERT INTO relay_checkpoints (position, digest, partition) VALUES (%s, %s, %s)",
                values,
            )
            self._admin.execute(
                "UPDATE routing.checkpoints SET incarnation = %s, position = %s, digest = %s "
                "WHERE partition = %s",
                [incarnation, *values],
            )
        self.told: list[tuple[int, int]] = []

    def restart(
        self,
        codec: Decoder = CODEC,
        *,
        only: frozenset[str] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """A consumer process begins: what only memory held is gone."""
        self.tables = SubscriptionTables(self.routing_pool, "intake")
        self.tables.ensure()
        self.tables.count_start()
        self.handling = Handling(
            tables=self.tables,
            streams=Streams(self.routing_store, CODEC, SystemClock()),
            opening=Opening(codec, self.store.keyring, only=only),
            handler=self._handle,
            sleep=lambda _: None,
        )
        self.following = Following(
            Source("intake", self.calls), self.handling, self.tables, stopping=stopping
        )

    def redeliver(self, start: int) -> None:
        """An admin has streams handled once more, those with an event from ``start`` on."""
        between = {"start": Position(start), "end": Position(2**40)}
        self.asking(admin.redeliver, **between, dry_run=False, by="marie", why="to be sure")
        self.redelivering().serve()

    def redelivering(self) -> Redelivering:
        """What does what admins asked for, as one replica has it."""
        return Redelivering(
            source=Source("intake", self.calls),
            tables=self.tables,
            streams=self.handling.streams,
            opening=self.handling.opening,
            handler=self._handle,
            models=["counts"],
            stopping=lambda: False,
        )

    @contextmanager
    def reading(self, tempo: Tempo) -> Iterator[None]:
        """Meanwhile a subscription's own loop reads a queue of this process."""
        stopped = threading.Event()
        reading = Reading(
            amqp_uri=IN_PROCESS_URI,
            consumer="routing",
            source="intake",
            tables=self.tables,
            handling=self.handling,
            following=self.following,
            redelivering=self.redelivering(),
            stopped=stopped,
            tempo=tempo,
        )
        with _meanwhile(reading.run, stopped.set):
            yield

    def tell_all(self, numbers: range, *, streams: int = 8) -> None:
        """Append a note a number, over so many streams."""
        for number in numbers:
            self.tell(f"note-{number % streams}", number)

    def tell(self, stream: str, number: int, *, order: str = "", author: UUID | None = None) -> int:
        """Append a note; its position. It names its author, if given."""
        note = Noted(
            number=number,
            person_id=author or PERSON,
            order=order,
            private=Author(name="Jeanne Témoin") if author else None,
        )
        with self.streams.unit(metadata={}) as unit:
            unit.append(stream, [note], expected=Expected.ANY)
        [appended] = unit.appended
        self.told.append((appended.partition, appended.position))
        return appended.position

    def burn(self, connection: Connection) -> None:
        """Append in a transaction that will be rolled back."""
        note = Noted(number=0, person_id=PERSON)
        with self.streams.unit(metadata={}, connection=connection) as unit:
            unit.append("note-0", [note], expected=Expected.ANY)

    def relay(self, *, fails_after: int | None = None, dies: bool = False) -> None:
        """A relay begins, publishes once what is new, and ends.

        ``fails_after``: so many messages arrive and none is confirmed; ``dies``: after the
        confirms, before its checkpoint.
        """
        relay = self._relay(NORMAL)
        self.network.fails_after = fails_after
        with self.leadership() as leadership:
            # PostgreSQL notices in a moment that the session of the last one has ended.
            wait_until(leadership.take)
            relay._places = leadership.places()
            incarnation = self.store.incarnation()
            try:
                if dies:
                    leadership.advance = _die  # type: ignore[method-assign]
                relay._publish_new(leadership, incarnation)
                relay._announce(incarnation)
            except (NotPublished, Died):
                pass

    @contextmanager
    def relaying(self, tempo: Tempo, *, dsn: str | None = None) -> Iterator[None]:
        """Meanwhile a relay's own loop publishes; leads, and hears of commits, over ``dsn``."""
        relay = self._relay(tempo, dsn)
        with _meanwhile(relay.run, relay.stop):
            yield

    def leadership(self, *, lease_seconds: float = 60) -> Leadership:
        """The session of one who leads the relays, or would."""
        return Leadership(
            self.database.dsn("intake"),
            schema="intake",
            group=self._relay_options(NORMAL).group,
            partitions=list(range(PARTITIONS)),
            lease_seconds=lease_seconds,
        )

    def _relay(self, tempo: Tempo, dsn: str | None = None) -> Relay:
        options = self._relay_options(tempo)
        options = replace(options, dsn=dsn or options.dsn)
        relay = Relay(options, store=self.store, wakeup=Wakeup(options.dsn, "intake"))
        relay._publisher = self.network  # type: ignore[assignment]  # publishes to a list
        return relay

    def _relay_options(self, tempo: Tempo) -> RelayOptions:
        return RelayOptions(
            service="intake",
            dsn=self.database.dsn("intake"),
            amqp_uri=IN_PROCESS_URI,
            tempo=tempo,
        )

    @contextmanager
    def locked_out(self, role: str) -> Iterator[None]:
        """Meanwhile the role may not log in; its relay's session is ended."""
        self._admin.execute(f"ALTER ROLE {role} NOLOGIN")
        try:
            self._admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = %s AND application_name LIKE 'relay %%'",
                [role],
            )
            yield
        finally:
            self._admin.execute(f"ALTER ROLE {role} LOGIN")

    def nothing_lost(self) -> None:
        """C2: every event told was handled once, in its partition's order."""
        handled = sorted((row[:2] for row in self.handled()), key=lambda place: place[0])
        found = list(once("C2", "handled", sorted(self.told), handled, in_order=True))
        assert not found, found[0].what

    def handled(self) -> list[tuple[int, int, str, int]]:
        """(partition, position, stream, number), in the order of handling."""
        with self.routing_store.transaction() as connection:
            rows = connection.execute(
                "SELECT partition, position, stream, number FROM handled ORDER BY id"
            )
            return rows.fetchall()

    def counts(self) -> dict[str, int]:
        """The consumer's read model: how many notes each stream has."""
        with self.routing_store.transaction() as connection:
            return dict(connection.execute("SELECT stream, count FROM counts").fetchall())

    def parked(self) -> list[int]:
        """The numbers of the parked events."""
        with self.routing_store.transaction() as connection:
            return [one.data["number"] for one in admin.parked(connection)]

    def lose_key(self, person: UUID) -> UUID:
        """The keyring knows nothing of a person any more; where their key lies meanwhile."""
        elsewhere = uuid4()
        self.find_key(elsewhere, person)
        return elsewhere

    def find_key(self, person: UUID, elsewhere: UUID) -> None:
        """The key that lies elsewhere is that person's again."""
        move = "UPDATE keyring.subjects SET subject = %s WHERE subject = %s"
        assert self._admin.execute(move, [person, elsewhere]).rowcount == 1
        self.store.keyring.forget(elsewhere)

    def waits_for_a_lock(self) -> bool:
        """Whether a consumer waits behind another one's transaction."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        row = self._admin.execute(query).fetchone()
        return row is not None and row[0] > 0

    def forget_digests(self) -> None:
        """As if other events had stood where the consumer is."""
        self._admin.execute("UPDATE routing.checkpoints SET digest = sha256(digest)")

    def refused(self) -> int:
        """How many messages were refused as not the source's."""
        with self.routing_store.transaction() as connection:
            return admin.subscriptions(connection)[0].refused_count

    def asking(self, asked: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Run one of the admin's functions on the consumer's database."""
        with self.routing_store.transaction() as connection:
            return asked(connection, "intake", *arguments, **named)

    def _handle(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        for delivered in batch:
            number = delivered.event.number
            self.meet(number, unit)
            if number in self.broken:
                raise ValueError("cannot bear this one")
            if self.answers:
                unit.append(f"answer-{number}", [Answered(number=number)], expected=Expected.ANY)
            unit.connection.execute(COUNT, [delivered.stream])
            if delivered.replay:
                continue
            unit.connection.execute(
                "INSERT INTO handled (partition, position, stream, number) VALUES (%s, %s, %s, %s)",
                [delivered.partition, delivered.position, delivered.stream, number],
            )
        if self.dies_in_handler:
            raise Died


@contextmanager
def _meanwhile(run: Callable[[], object], stop: Callable[[], object]) -> Iterator[None]:
    """``run`` in a thread, whose failure is its own; ended by ``stop``."""

    def quietly() -> None:
        with suppress(Exception):
            run()

    thread = threading.Thread(target=quietly)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()


@pytest.fixture(scope="module")
def module_pair() -> Iterator[Pair]:
    """One for all tests of a module."""
    with fresh_database() as database:
        yield Pair(database)


@pytest.fixture
def pair(module_pair: Pair) -> Pair:
    """It begins anew."""
    module_pair.begin()
    return module_pair


def _die(_places: object) -> None:
    raise Died


def _nothing(_number: int, _unit: UnitOfWork) -> None:
    """What an event does to who handles it, unless a test says otherwise."""
