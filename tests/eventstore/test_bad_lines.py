"""F1, F6, F9 over a line that misbehaves: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from uuid import UUID, uuid4

import pytest

from shared.eventstore import (
    CommandReused,
    DatabaseUnavailable,
    EventStore,
    Position,
    Write,
    open_pool,
    partition_of,
)
from tests.eventstore.events import event, write
from tests.support.postgres import Database
from tests.support.proxy import Proxy, Way
from tests.support.waiting import wait_until

COMMAND = UUID("00000000-0000-4000-8000-00000000c0de")
# Two streams of one partition.
FIRST, SECOND = [n for n in map("request-{}".format, range(99)) if partition_of(n) == 3][:2]


@pytest.fixture
def proxy(database: Database) -> Iterator[Proxy]:
    with Proxy(database.postgres.port) as started:
        yield started


@pytest.fixture
def remote(database: Database, proxy: Proxy) -> EventStore:
    """The store at the far end of the proxy, over one connection that is open already."""
    dsn = database.dsn("intake").replace(f":{database.postgres.port}/", f":{proxy.port}/")
    pool = open_pool(dsn, schema="intake", max_size=1, wait_seconds=60)
    database.closing.callback(pool.close)
    store = EventStore(pool, schema="intake", keyring=database.keyring())
    for events in ([event()], [event(), event()]):  # prepared as all that follow
        store.append([write("warm-up", *events)])
        store.append([write("warm-up", *events)], command_id=uuid4())
    return store


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("passed_bytes", [0, 1, 7, 60, 150])
@pytest.mark.parametrize(
    "writes",
    [[write("request-1", event(), event()), write("team-2")], [write("request-1")]],
    ids=["several events", "one event"],
)
def test_f06_wherever_the_line_is_cut_the_retry_finds_one_set_of_events(
    store: EventStore,
    remote: EventStore,
    proxy: Proxy,
    way: Way,
    passed_bytes: int,
    writes: list[Write],
) -> None:
    """Cut on the way there nothing was written; cut on the way back all was, and nobody knew."""
    proxy.cut_after(passed_bytes, way)

    with pytest.raises(DatabaseUnavailable):
        remote.append(writes, command_id=COMMAND)
    if way is Way.TO_CLIENT:
        wait_until(lambda: store.command(COMMAND))
    again = remote.append(writes, command_id=COMMAND)

    assert {appended.repeated for appended in again} == {way is Way.TO_CLIENT}
    written = [*store.load("request-1"), *store.load("team-2")]
    assert [(a.position, a.digest) for a in again] == [(r.position, r.digest) for r in written]
    with pytest.raises(CommandReused):
        remote.append([write("request-1", event("Other"))], command_id=COMMAND)


def test_f06_without_a_command_id_a_retry_does_double(
    store: EventStore, remote: EventStore, proxy: Proxy
) -> None:
    """Proves that the test above can fail."""
    proxy.cut_after(0, Way.TO_CLIENT)

    with pytest.raises(DatabaseUnavailable):
        remote.append([write("request-1")])
    wait_until(lambda: store.load("request-1"))
    remote.append([write("request-1")])

    assert len(store.load("request-1")) == 2


def test_f01_a_commit_held_up_on_the_line_is_never_overtaken(
    store: EventStore, remote: EventStore, proxy: Proxy
) -> None:
    def commit_late() -> None:
        with remote.transaction() as connection:
            remote.append([write(FIRST)], connection=connection)
            proxy.hold(Way.TO_SERVER)
            inserted.set()

    inserted = threading.Event()
    with ThreadPoolExecutor(2) as writers:
        late = writers.submit(commit_late)
        assert inserted.wait(60)
        other = writers.submit(store.append, [write(SECOND)])
        store.append([write("team-1")])  # another partition keeps its pace
        assert store.read(3, after=Position(0), limit=9) == []
        assert not other.done()

        proxy.release()
        late.result()
        other.result()

    assert [r.stream for r in store.read(3, after=Position(0), limit=9)] == [FIRST, SECOND]


def test_f09_backends_ended_under_load_lose_and_double_nothing(database: Database) -> None:
    """Eight writers that retry under the same command id, while all sessions are ended again and
    again; none was told of an append that is not there."""
    store = database.store("intake", max_size=8)
    admin = database.admin()
    ended: list[tuple[int, bool]] = []
    enough = threading.Event()

    def work(writer: int) -> list[Position]:
        acknowledged = []
        for n in takewhile(lambda n: n < 30 or not enough.is_set(), count()):
            command = uuid4()
            while True:
                try:
                    [appended] = store.append([write(f"r-{writer}-{n}")], command_id=command)
                except DatabaseUnavailable:
                    continue
                acknowledged.append(appended.position)
                break
        return acknowledged

    with ThreadPoolExecutor(8) as writers:
        working = [writers.submit(work, writer) for writer in range(8)]
        while not all(one.done() for one in working):
            ended += admin.execute(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = 'intake' AND state = 'active'"
            ).fetchall()
            if len(ended) >= 8:
                enough.set()
            admin.execute("SELECT pg_sleep(0.03)")
    acknowledged = sorted(position for one in working for position in one.result())

    assert sorted(r.position for r in store.find(limit=100_000)) == acknowledged
    assert len(acknowledged) >= 240
    assert store.verify().sound


def test_f09_a_primary_made_read_only_recovers_unaided(database: Database) -> None:
    store = database.store("intake", max_size=2)
    store.append([write()])
    admin = database.admin()
    admin.execute("ALTER ROLE intake SET default_transaction_read_only = on")
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'intake'")

    with pytest.raises(DatabaseUnavailable):
        store.append([write()])
    reading = store.load("request-1")
    admin.execute("ALTER ROLE intake RESET default_transaction_read_only")
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'intake'")

    def append() -> bool:
        try:
            return bool(store.append([write()]))
        except DatabaseUnavailable:
            return False

    assert len(reading) == 1
    assert wait_until(append)
    assert [r.version for r in store.load("request-1")] == [1, 2]
