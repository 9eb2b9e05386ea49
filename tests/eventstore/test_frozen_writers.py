"""F8: who is frozen between append and commit holds up one partition, and for a while only."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, suppress

import pytest

from shared.clock import SystemClock
from shared.eventstore import DatabaseUnavailable, EventStore, Position, partition_of
from shared.postgres import last_at_most
from shared.service import open_service
from shared.settings import Environment, Settings
from tests.eventstore.events import event, write
from tests.messaging.notes import CODEC
from tests.support.postgres import MASTER_KEY, Database

# Of the same partition.
ONE, SAME = [name for name in map("request-{}".format, range(99)) if partition_of(name) == 3][:2]


def test_f08_a_writer_that_forgot_its_transaction_is_thrown_out(database: Database) -> None:
    forgetful = database.store("intake", idle_in_transaction_seconds=1)
    other = database.store("intake", lock_seconds=60)

    def forget() -> None:
        with forgetful.transaction() as connection:
            forgetful.append([write("r-1", event(data={"by": 1}))], connection=connection)
            other.append([write("r-1", event(data={"by": 2}))])
            forgetful.load("r-1", connection=connection)

    with pytest.raises(DatabaseUnavailable, match="25P03"):
        forget()

    assert [(r.version, r.data) for r in other.load("r-1")] == [(1, {"by": 2})]


def test_f08_without_a_limit_on_idle_transactions_others_wait_in_vain(database: Database) -> None:
    """Proves that the test above can fail."""
    forgetful = database.store("intake", idle_in_transaction_seconds=0)
    other = database.store("intake", lock_seconds=1)

    with forgetful.transaction() as connection:
        forgetful.append([write("r-1")], connection=connection)
        with pytest.raises(DatabaseUnavailable, match="55P03"):
            other.append([write("r-1")])

    assert len(other.load("r-1")) == 1


@contextmanager
def frozen_in_a_pipeline(store: EventStore) -> Iterator[None]:
    """Meanwhile a writer has appended, and is where no time-out for idle transactions is armed."""
    with suppress(DatabaseUnavailable), store.transaction() as connection:
        store.append([write("r-1")], connection=connection)
        with connection.pipeline():
            connection.execute("SELECT 1")
            yield


def test_f08_a_writer_frozen_in_a_pipeline_is_thrown_out(database: Database) -> None:
    limited = database.store("intake", transaction_seconds=2)
    other = database.store("intake", lock_seconds=60)

    with frozen_in_a_pipeline(limited):
        other.append([write("r-1", event(data={"by": 2}))])

    assert [r.data for r in other.load("r-1")] == [{"by": 2}]


def test_f08_without_a_limit_on_transactions_others_wait_for_it_in_vain(
    database: Database,
) -> None:
    """Proves that the test above can fail."""
    other = database.store("intake", lock_seconds=2)

    with (
        frozen_in_a_pipeline(database.store("intake", idle_in_transaction_seconds=1)),
        pytest.raises(DatabaseUnavailable, match="55P03"),
    ):
        other.append([write("r-1")])


def test_what_must_last_longer_may(database: Database) -> None:
    store = database.store("intake", transaction_seconds=1)

    for limit, outlasts in ((None, False), (30, False), (0.1, True)):
        with (
            pytest.raises(DatabaseUnavailable) if outlasts else nullcontext(),
            store.transaction() as connection,
        ):
            last_at_most(connection, limit)
            connection.execute("SELECT pg_sleep(1.3)")


def test_every_service_limits_its_transactions(database: Database) -> None:
    settings = Settings(
        service="intake", dsn=database.dsn("intake"), owner_dsn=None,
        keyring_dsn=database.dsn("keyring"), keyring_owner_dsn=None, master_key=MASTER_KEY,
        amqp_uri="memory://", clock=SystemClock(), log_level="INFO", environment=Environment({}),
    )  # fmt: skip

    with (
        closing(open_service(settings, codec=CODEC)) as parts,
        parts.store.transaction() as connection,
    ):
        assert connection.execute("SHOW transaction_timeout").fetchone() == ("2min",)


def test_f08_who_waits_too_long_for_a_lock_is_told_to_retry(database: Database) -> None:
    store = database.store("intake")
    hasty = database.store("intake", lock_seconds=0.1)

    with store.transaction() as connection:
        store.append([write("request-1")], connection=connection)
        with pytest.raises(DatabaseUnavailable, match="55P03"):
            hasty.append([write("request-1")])
        hasty.append([write(ONE)])

    assert len(store.load(ONE)) == 1


def test_f08_a_frozen_writer_holds_up_its_own_partition_alone(database: Database) -> None:
    """A process stopped between its insert and its commit; the others write on meanwhile."""
    store = database.store("intake", lock_seconds=60)
    frozen = subprocess.Popen(
        [sys.executable, "-c", FROZEN, database.dsn("intake"), database.dsn("keyring")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert frozen.stdout is not None
        assert frozen.stdout.readline() == "appended\n"
        frozen.send_signal(signal.SIGSTOP)

        others = [name for name in map("team-{}".format, range(200)) if partition_of(name) != 3]
        for name in others:
            store.append([write(name)])
        assert store.read(3, after=Position(0), limit=1) == []

        # The server throws the frozen one out; whoever waits behind it then gets through.
        [appended] = store.append([write(SAME)])
        assert store.read(3, after=Position(0), limit=9)[0].position == appended.position
    finally:
        frozen.kill()
        frozen.wait()
        frozen.stdout.close()


FROZEN = """
import sys, time
from shared.eventstore import EventStore, open_pool
from shared.privacy import Keyring
from tests.eventstore.test_frozen_writers import ONE, write
from tests.support.postgres import MASTER_KEY
pool = open_pool(sys.argv[1], schema="intake", idle_in_transaction_seconds=1.5)
keys = open_pool(sys.argv[2], schema="keyring")
store = EventStore(pool, schema="intake", keyring=Keyring.open(keys, MASTER_KEY))
with store.transaction() as connection:
    store.append([write(ONE)], connection=connection)
    print("appended", flush=True)
    time.sleep(600)
"""
