"""F9, F56: the database goes away and comes back; connections run out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from services.host.embedded_postgres import EmbeddedPostgres, ServerNotStarted
from shared import postgres
from shared.eventstore import DatabaseUnavailable, EventStore
from tests.eventstore.events import write
from tests.support.postgres import Database, prepare_database, server
from tests.support.waiting import wait_until


def test_f09_a_connection_cut_by_the_server_is_replaced_unseen(database: Database) -> None:
    store = database.store("intake")
    store.append([write()])
    database.admin().execute(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'intake'"
    )

    [appended] = store.append([write()])

    assert appended.version == 2


def test_f09_without_the_look_at_an_idle_connection_the_next_append_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    monkeypatch.setattr(postgres, "check_if_suspect", lambda _connection: None)

    with pytest.raises(DatabaseUnavailable):
        test_f09_a_connection_cut_by_the_server_is_replaced_unseen(database)


def test_f09_a_demoted_primary_is_for_later(database: Database) -> None:
    store = database.store("intake")
    admin = database.admin()
    admin.execute("ALTER ROLE intake SET default_transaction_read_only = on")
    try:
        with pytest.raises(DatabaseUnavailable) as refused:
            store.append([write()])
    finally:
        admin.execute("ALTER ROLE intake RESET default_transaction_read_only")

    assert refused.value.sqlstate == "25006"


def is_connected(store: EventStore) -> bool:
    with suppress(DatabaseUnavailable):
        store.heads()
        return True
    return False


def test_f56_waiting_for_a_connection_is_bounded(database: Database) -> None:
    store = database.store("intake", max_size=1, wait_seconds=0.2)
    wait_until(lambda: is_connected(store))  # opening the first may take longer

    with store.transaction() as connection:
        store.append([write()], connection=connection)
        with pytest.raises(DatabaseUnavailable):
            store.heads()


def test_f56_without_a_bound_who_waits_for_a_connection_waits_on(database: Database) -> None:
    """Proves that the test above can fail."""
    store = database.store("intake", max_size=1, wait_seconds=600)

    with ThreadPoolExecutor(1) as other, store.transaction() as connection:
        store.append([write()], connection=connection)
        waiting = other.submit(store.heads)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=1)


def connections_of_many(database: Database, *, max_size: int) -> int:
    """How many connections twelve writers leave behind."""
    store = database.store("intake", max_size=max_size)

    with ThreadPoolExecutor(12) as workers:
        list(workers.map(lambda n: store.append([write(f"r-{n}")]), range(120)))

    used = database.admin().execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'permanence-intake'"
    )
    return int(used.fetchone()[0])


def test_f56_connections_level_off(database: Database) -> None:
    assert connections_of_many(database, max_size=3) <= 3


def test_f56_without_a_bound_there_are_as_many_as_writers_want(database: Database) -> None:
    """Proves that the test above can fail."""
    assert connections_of_many(database, max_size=1000) > 3


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("own")
    postgres = EmbeddedPostgres(folder / "postgres")
    postgres.start()
    yield postgres
    postgres.stop("immediate")


def test_f09_what_was_acknowledged_outlives_a_crash_of_the_server(
    own_server: EmbeddedPostgres,
) -> None:
    prepare_database(own_server, "permanence", services=False)
    port = own_server.port
    database = Database("permanence", own_server)
    with database.closing:
        store = database.store("intake", wait_seconds=10)
        acknowledged = [store.append([write(f"r-{n}")])[0].position for n in range(50)]

        own_server.stop("immediate")
        EmbeddedPostgres(own_server.log.parents[1], port).start()
        store.append([write("r-after")])

        report = store.verify()
        found = {r.position for r in store.find(limit=100)}
    assert (report.sound, report.events) == (True, 51)
    assert set(acknowledged) <= found


def test_f02_positions_skipped_by_a_crash_are_no_gap_for_a_reader(
    own_server: EmbeddedPostgres,
) -> None:
    """PostgreSQL writes ahead some 32 positions, and goes on after them when it recovers."""
    prepare_database(own_server, "permanence", services=False)
    port = own_server.port
    database = Database("permanence", own_server)
    with database.closing:
        store = database.store("intake", wait_seconds=10)
        [before] = store.append([write("r-1")])
        own_server.stop("immediate")
        EmbeddedPostgres(own_server.log.parents[1], port).start()

        [after] = store.append([write("r-1")])
        found = store.read(before.partition, after=before.position, limit=9)

    assert after.position > before.position + 1
    assert [r.position for r in found] == [after.position]


def test_a_server_that_still_runs_is_taken_over(own_server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(own_server.log.parents[1])
    second.start()

    assert second.port == own_server.port
    with psycopg.connect(second.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerNotStarted, match=str(server().port)):
        EmbeddedPostgres(tmp_path / "postgres", server().port).start()


def test_a_wrong_password_is_refused(database: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database.dsn("intake"), password="a guess")


GREEN = """
from shared import green
green.patch()
import eventlet, sys, time
from shared.eventstore import EventStore, open_pool
from shared.privacy import Keyring
from tests.eventstore.events import PERSON, event, write
from tests.support.postgres import MASTER_KEY

intake, keys = sys.argv[1:]
pool, keyring_pool = open_pool(intake, schema="intake"), open_pool(keys, schema="keyring")
store = EventStore(pool, schema="intake", keyring=Keyring.open(keyring_pool, MASTER_KEY))
ticks = 0

def tick():
    global ticks
    while True:
        eventlet.sleep(0.01)
        ticks += 1

inside = set()

def meet(n):
    with store.transaction() as connection:
        inside.add(n)
        while (len(inside) < 4 or ticks < 5) and time.monotonic() < ends:
            connection.execute("SELECT pg_sleep(0.1)")

ticker = eventlet.spawn(tick)
workers = eventlet.GreenPool(4)
ends = time.monotonic() + 60
list(workers.imap(meet, range(4)))
met = time.monotonic() < ends
private = event(private={"name": "A"}, subject=PERSON)
list(workers.imap(lambda n: store.append([write(f"r-{n % 3}", private)]), range(60)))
ticker.kill()
print(met, sum(len(store.load(f"r-{n}")) for n in range(3)))
pool.close()
keyring_pool.close()
"""


def test_green_threads_share_the_store_without_blocking_each_other(database: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREEN, database.dsn("intake"), database.dsn("keyring")],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert (done.stdout.split(), done.returncode) == (["True", "60"], 0), done.stderr


LOOKING = """
from shared import green
green.patch()
import eventlet, sys
from shared.postgres import connected, open_pool

pool = open_pool(sys.argv[1], schema="intake")
with connected(pool):
    pass
turns = 0

def others():
    global turns
    while True:
        turns += 1
        eventlet.sleep(0)

eventlet.spawn(others)
for _ in range(10):
    with connected(pool):
        pass
print(turns)
pool.close()
"""


def test_taking_a_healthy_connection_gives_no_other_green_thread_its_turn(
    database: Database,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOKING, database.dsn("intake")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout.split(), done.returncode) == (["0"], 0), done.stderr


GIVING_WAY = """
from shared import green
green.patch()
import eventlet, socket, time
from psycopg import waiting

ready, _ = socket.socketpair()  # always ready to be written to
turns = asked = 0

def others():
    global turns
    while True:
        turns += 1
        eventlet.sleep(0)

def asking():
    yield waiting.WAIT_W

eventlet.spawn(others)
ends = time.monotonic() + 30
while turns < 20 and time.monotonic() < ends:
    waiting.wait(asking(), ready.fileno())
    asked += 1
print(turns >= 20, asked > 10 * turns)
"""


def test_who_is_always_answered_at_once_lets_other_green_threads_have_their_turn() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GIVING_WAY],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout.split(), done.returncode) == (["True", "True"], 0), done.stderr
