"""A reader that was away, or whose source was, misses nothing."""

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
