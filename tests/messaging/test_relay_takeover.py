"""F19 to F21: one relay leads; another takes over; a zombie changes nothing."""

from __future__ import annotations

import signal

from shared.messaging import Wakeup
from tests.messaging.conftest import TEMPO, System

_LEADER = """
    SELECT backend_pid FROM relay_leases JOIN pg_locks
    ON pid = backend_pid AND locktype = 'advisory' AND granted
"""


def leader(system: System) -> int | None:
    row = system.intake.execute(_LEADER).fetchone()
    return row[0] if row else None


def test_f19_f20_a_frozen_leader_is_replaced_and_wakes_without_harm(brokered: System) -> None:
    brokered.start("routing")
    frozen = brokered.start("intake")
    first = brokered.wait(lambda: leader(brokered))
    brokered.start("intake")
    brokered.tell(range(100))
    brokered.wait(lambda: len(brokered.handled()) > 0)

    frozen.process.send_signal(signal.SIGSTOP)
    brokered.tell(range(100, 200))
    brokered.wait(lambda: leader(brokered) not in (None, first))
    brokered.wait(brokered.is_level)
    frozen.process.send_signal(signal.SIGCONT)
    brokered.tell(range(200, 300))

    brokered.wait_level()


def test_f19_a_leader_that_loses_its_session_starts_over(system: System) -> None:
    system.start()
    first = system.wait(lambda: leader(system))
    system.tell(range(50))

    with system.database.admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", [first])
    system.tell(range(50, 100))

    system.wait_level()
    system.wait(lambda: leader(system) not in (None, first))


def test_f19_the_checkpoint_never_goes_back(brokered: System) -> None:
    brokered.start()
    brokered.tell(range(20))
    brokered.wait(brokered.published)
    before = brokered.intake.execute("SELECT * FROM relay_checkpoints ORDER BY 1").fetchall()

    from shared.eventstore import Position
    from shared.messaging._envelope import Place
    from shared.messaging._leadership import Leadership

    with Leadership(
        brokered.database.dsn("intake"),
        schema="intake",
        group="late",
        partitions=[0],
        lease_seconds=10,
    ) as late:
        late.advance({row[0]: Place(position=Position(1), digest=b"old") for row in before})

    after = brokered.intake.execute("SELECT * FROM relay_checkpoints ORDER BY 1").fetchall()
    assert after == before


def test_f21_a_wake_up_from_another_process_is_heard_at_once(brokered: System) -> None:
    slow = {"MESSAGING_TEMPO": TEMPO | {"look_seconds": 600}}
    brokered.start("routing")
    brokered.start("intake", config=slow)
    brokered.wait(lambda: leader(brokered))
    wakeup = Wakeup(brokered.database.dsn("intake"), "intake")

    try:
        for number in range(5):
            brokered.note(number)
            wakeup.appended()
            brokered.wait(lambda n=number: len(brokered.numbers()) == n + 1)
    finally:
        wakeup.close()


def test_f21_a_lost_listener_costs_no_more_than_the_slow_look(brokered: System) -> None:
    brokered.start()
    brokered.wait(lambda: leader(brokered))
    with brokered.database.admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        )

    brokered.tell(range(10))

    brokered.wait_level()
