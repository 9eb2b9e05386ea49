"""F35: a paused subscription serves admins, hears that it may go on, and finds out by itself."""

from __future__ import annotations

from shared.messaging import admin
from shared.messaging._tempo import NORMAL, Tempo
from tests.messaging.direct import Pair, module_pair, pair
from tests.support.waiting import wait_until

__all__ = ["module_pair", "pair"]

LONG = Tempo(pause_seconds=600)


def state(pair: Pair) -> str:
    return pair.tables.peek().state


def all_fail(pair: Pair) -> None:
    """Six events, each of a stream of its own."""
    pair.broken |= set(range(6))
    pair.tell_all(range(6), streams=6)


def test_f35_once_resumed_what_failed_before_counts_no_more(pair: Pair) -> None:
    all_fail(pair)
    with pair.reading(LONG):
        wait_until(lambda: state(pair) == "paused")
        assert len(pair.parked()) == 4

        pair.asking(admin.resume, by="marie", why="the events themselves are wrong")

        wait_until(lambda: len(pair.parked()) == 6)
        assert state(pair) == "running"


def test_f35_a_retry_is_served_while_the_subscription_is_paused(pair: Pair) -> None:
    all_fail(pair)
    with pair.reading(LONG):
        wait_until(lambda: state(pair) == "paused")
        first, *_ = pair.parked()
        pair.broken.remove(first)

        pair.asking(admin.retry, f"note-{first}", by="marie", why="this one was mended")

        wait_until(lambda: [row[3] for row in pair.handled()] == [first])
        assert state(pair) == "paused"


def test_f35_a_consumer_that_starts_paused_and_misses_nothing_runs(pair: Pair) -> None:
    pair.tables.set_state("paused", "five events failed, and were discarded since")

    with pair.reading(NORMAL):
        wait_until(lambda: state(pair) == "running")
