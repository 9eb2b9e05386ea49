"""F58: mixed load with one random fault after another; F38, F59 beside it.

``FAULT_SOAK_SECONDS`` sets how long (20 by default), ``FAULT_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable

import psycopg
from kombu import Connection

from shared.messaging import Wakeup
from tests.messaging.conftest import System
from tests.support.rabbitmq import node
from tests.support.waiting import wait_until

NOTIFY_INSIDE = """
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('permanence_intake', ''); RETURN NULL; END $$;
    CREATE TRIGGER tell AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION tell();
"""


def test_f58_random_faults_under_load_leave_nothing_lost_or_doubled(brokered: System) -> None:
    seconds = float(os.environ.get("FAULT_SOAK_SECONDS", "20"))
    seed = int(os.environ.get("FAULT_SEED", str(random.randrange(10**6))))
    print(f"FAULT_SEED={seed}")  # noqa: T201 - to repeat the run
    choose = random.Random(seed)
    running = {name: brokered.start(name) for name in ("intake", "routing")}

    def die(name: str) -> None:
        assert running[name].process.poll() is None
        running[name].kill()
        running[name] = brokered.start(name)

    def without_queue() -> None:
        with Connection(brokered.amqp_uri) as connection:
            connection.channel().queue_delete("routing.from.intake")

    def without_sessions() -> None:
        with brokered.database.admin() as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND pid <> ALL(%s)",
                [[c.info.backend_pid for c in (brokered.routing, brokered.intake)]],
            )

    faults: list[Callable[[], object]] = [
        lambda: die("intake"),
        lambda: die("routing"),
        lambda: node().control("close_all_connections", "soak"),
        without_queue,
        without_sessions,
    ]
    done = threading.Event()
    told: list[int] = []

    def load() -> None:
        while not done.is_set():
            try:
                brokered.note(len(told))
                told.append(len(told))
            except Exception:  # its own session was ended: what was not acknowledged may be in
                told.append(len(told))
            time.sleep(0.01)

    writer = threading.Thread(target=load)
    writer.start()
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            choose.choice(faults)()
            time.sleep(choose.uniform(0.5, 2))
    finally:
        done.set()
        writer.join()

    brokered.wait_level()


def waits_of_eight_writers(system: System) -> list[str]:
    """What kinds of locks appends wait for, while eight writers make 400."""
    waits: list[str] = []
    done = threading.Event()

    def watch() -> None:
        with psycopg.connect(system.database.admin_dsn, autocommit=True) as admin:
            while not done.is_set():
                rows = admin.execute(
                    "SELECT wait_event FROM pg_stat_activity "
                    "WHERE wait_event_type = 'Lock' AND query LIKE '%append%'"
                )
                waits.extend(row[0] for row in rows)

    watcher = threading.Thread(target=watch)
    watcher.start()
    writers = [
        threading.Thread(target=system.tell, args=(range(n * 100, n * 100 + 50),)) for n in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    watcher.join()
    return waits


def test_f59_a_wake_up_never_holds_up_an_append(brokered: System) -> None:
    wakeup = Wakeup(brokered.database.dsn("intake"), "intake")
    brokered.store.on_commit(lambda _appended: wakeup.appended())

    waits = waits_of_eight_writers(brokered)
    wakeup.close()

    assert "object" not in waits
    assert len(brokered.log()) == 400


def test_f59_without_a_session_of_its_own_a_wake_up_holds_up_all_appends(
    brokered: System,
) -> None:
    """Proves that the test above can fail: it takes one lock for the whole server, briefly, so
    that it is not seen in each look."""
    with psycopg.connect(brokered.database.owner_dsn("intake")) as owner:
        owner.execute(NOTIFY_INSIDE)

    wait_until(lambda: "object" in waits_of_eight_writers(brokered))
