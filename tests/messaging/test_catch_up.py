"""F33, F57, F60: a reader that was away, or whose source was, misses nothing."""

from __future__ import annotations

from tests.messaging.conftest import System


def test_events_arrive_once_and_in_order(system: System) -> None:
    system.start()

    system.tell(range(60))

    system.wait_level()


def test_events_told_before_the_first_start_are_read(system: System) -> None:
    system.tell(range(30))

    system.start()

    system.wait_level()


def test_a_handler_appends_its_own_events_in_the_same_transaction(system: System) -> None:
    system.start()

    system.tell(range(20), order="answer")

    system.wait_level()
    answers = system.routing.execute(
        "SELECT (data ->> 'number')::int, metadata ->> 'causation_id' FROM events"
    ).fetchall()
    told = system.intake.execute("SELECT position, (data ->> 'number')::int FROM events").fetchall()
    assert sorted(answers) == sorted((number, f"intake/{position}") for position, number in told)


def test_f60_a_killed_process_starts_again_where_it_was(system: System) -> None:
    first = system.start()
    system.tell(range(200))
    system.wait(lambda: len(system.handled()) > 0)

    first.kill()
    system.tell(range(200, 260))
    system.start()

    system.wait_level()


def test_f33_a_long_backlog_is_read_from_the_source_without_the_broker(brokered: System) -> None:
    brokered.start("intake")
    with brokered.streams.unit(metadata={}):
        brokered.tell(range(1500), streams=40)

    brokered.start("routing")

    brokered.wait_level()


def test_f57_the_reader_may_start_before_its_source(brokered: System) -> None:
    brokered.start("routing")
    brokered.tell(range(20))

    brokered.start("intake")

    brokered.wait_level()


def test_two_readers_of_one_name_share_the_work_without_repeats(brokered: System) -> None:
    brokered.start("intake")
    first = brokered.start("routing")
    brokered.start("routing")
    brokered.tell(range(100))

    first.kill()
    brokered.tell(range(100, 200))

    brokered.wait_level()
