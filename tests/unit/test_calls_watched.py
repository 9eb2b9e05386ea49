"""Calls in work: the oldest is told, and one that will never end is a reason to restart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.watch.calls import STUCK_SECONDS, CallWatch
from shared.watch.meters import Meters


class Clock:
    def __init__(self) -> None:
        self.now = 7.0

    def __call__(self) -> float:
        return self.now


def gauge(meters: Meters) -> float | None:
    return meters.registry.get_sample_value("permanence_oldest_call_seconds")


def test_the_oldest_call_that_is_not_answered_counts() -> None:
    clock, meters = Clock(), Meters()
    calls = CallWatch(meters, clock=clock)
    assert gauge(meters) == 0

    calls.began("first")
    clock.now += 3
    calls.began("second")
    clock.now += 2
    assert gauge(meters) == 5

    calls.ended("first")
    calls.ended("first")
    assert gauge(meters) == 2


def test_a_call_that_nobody_waits_for_any_more_is_stuck_until_it_ends() -> None:
    clock = Clock()
    calls = CallWatch(Meters(), clock=clock)
    calls.began("one")
    clock.now += STUCK_SECONDS
    assert calls.stuck_since() is None

    clock.now += 1
    since = calls.stuck_since()

    ago = timedelta(seconds=STUCK_SECONDS + 1)
    assert since is not None
    assert abs(datetime.now(UTC) - since - ago) < timedelta(seconds=5)
    calls.ended("one")
    assert calls.stuck_since() is None
