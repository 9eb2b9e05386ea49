"""From the append to the handler of another service, over RabbitMQ, at a steady rate.

Both times are the database's clock: when the event was recorded, when the handler wrote its row.
Where the rate is not held there is no figure.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.pacing import Pacing
from shared.messaging import Wakeup
from tests.support.postgres import fresh_database
from tests.support.rabbitmq import forget_topology, node
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.messaging.conftest import System

_RATE = 500
_WRITERS = 4
_LATE = """
SELECT extract(epoch FROM handled.at - events.recorded_at)::float * 1000
FROM routing.handled JOIN intake.events USING (partition, "position")
WHERE "position" > %s
"""
_LAST = """SELECT coalesce(max("position"), 0) FROM intake.events"""
_BEHIND = """
SELECT (SELECT count(*) FROM intake.events WHERE type = 'Noted')
     - (SELECT count(*) FROM routing.handled)
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """One process with both services, as `permanence run` has them, and RabbitMQ."""
    with source_and_reader() as (system, admin):
        admin.execute("ALTER TABLE routing.handled ADD at timestamptz DEFAULT clock_timestamp()")
        system.start(config={"MESSAGING_TEMPO": {}})
        _load(system, _RATE, 2)  # warm
        _level(admin)
        warm = admin.execute(_LAST).fetchone()
        _load(system, _RATE, 5 if quick else 60)
        _level(admin)
        late = sorted(row[0] for row in admin.execute(_LATE, warm))
    return _delays(late)


@contextmanager
def source_and_reader() -> Iterator[tuple[System, psycopg.Connection]]:
    """The two services of the messaging tests, not started yet, with nothing in their queues, and
    a superuser's connection to their database; both closed at the end."""
    from tests.messaging.conftest import System

    amqp_uri = node().amqp_uri
    queues = ["routing.from.intake", "rpc-intake", "rpc-routing"]
    forget_topology(amqp_uri, queues, ["intake.events", "routing.events"])
    with (
        fresh_database() as database,
        psycopg.connect(database.admin_dsn, autocommit=True) as admin,
    ):
        system = System(database, amqp_uri)
        wakeup = Wakeup(database.dsn("intake"), "intake")  # as each service has it
        system.store.on_commit(lambda _appended: wakeup.appended())
        try:
            yield system, admin
        finally:
            wakeup.close()
            system.close()


def behind(admin: psycopg.Connection) -> int:
    """How many events were appended and are not handled yet."""
    row = admin.execute(_BEHIND).fetchone()
    return int(row[0]) if row else 0


def _delays(late: list[float]) -> list[dict[str, Any]]:
    return [
        _row(f"append to handler, {name}, at {_RATE} events/s", late[int(len(late) * share)], most)
        for name, share, most in (("p50", 0.5, 50), ("p99", 0.99, 250))
    ]


def _row(name: str, ours: float, most: float) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": None,
        "peer_name": "",
        "ratio": None,
        "target": f"<= {most}",
        "unit": "ms",
    }


def _load(system: System, rate: int, seconds: float) -> None:
    """Append one event at a time, ``rate`` a second over several writers; raises PaceMissed."""
    pacing = Pacing(rate)

    def write(writer: int) -> None:
        for turn in range(int(rate / _WRITERS * seconds)):
            pacing.wait(turn * _WRITERS)
            system.note(turn, stream=f"note-{writer}-{turn % 50}")

    threads = [threading.Thread(target=write, args=[number]) for number in range(_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pacing.hold()


def _level(admin: psycopg.Connection) -> None:
    wait_until(lambda: behind(admin) == 0, 120)
