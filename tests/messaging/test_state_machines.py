"""Whatever happens between a log and its consumer, in any order: handled is what was told.

Hypothesis chooses the steps; log, relay, subscription and parking are the real ones
(``tests/messaging/direct.py``). It prints the steps of the shortest failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.errors import Unavailable
from shared.messaging import _sift, admin
from shared.messaging._handling import Handling
from tests.messaging.direct import Died, Pair
from tests.support.postgres import fresh_database

SETTINGS = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
UNTIL_IT_FAILS = settings(SETTINGS, max_examples=500, phases=[Phase.generate], database=None)
NOT_AS_TOLD, OUT_OF_ORDER = "not handled as told", "a stream is out of order"
STREAMS = [f"note-{n}" for n in range(5)]  # of four partitions
some_stream = st.sampled_from(STREAMS)
a_few = st.integers(0, 6)
anywhere = st.integers(0, 1000)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with fresh_database() as database:
        yield Pair(database)


class Delivery(RuleBasedStateMachine):
    """Relay, network, subscription and catch-up, with deaths on either side."""

    pair: Pair

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        for stream in STREAMS:  # so that each partition has a past
            self.pair.tell(stream, self.number)
        self.pair.begin()
        self.deaths = 0

    @rule(
        stream=some_stream, count=st.integers(1, 3), published=st.sampled_from([True, True, False])
    )
    def tell(self, stream: str, count: int, published: bool) -> None:
        for _ in range(count):
            self.number += 1
            self.pair.tell(stream, self.number)
        if published:
            self.pair.relay()

    @rule(count=a_few)
    def relay_loses_the_broker(self, count: int) -> None:
        self.pair.relay(fails_after=count)

    @rule()
    def relay_dies_before_its_checkpoint(self) -> None:
        self.pair.relay(dies=True)

    @rule(count=st.integers(1, 10), acknowledged=st.booleans())
    def deliver(self, count: int, acknowledged: bool) -> None:
        """Without the acknowledgement the same messages come again."""
        queue = self.pair.network.events
        with suppress(Unavailable):
            self.pair.following.handle(queue[:count])
            if acknowledged:
                del queue[:count]

    @rule(where=anywhere, count=st.integers(1, 4))
    def deliver_from_the_middle(self, where: int, count: int) -> None:
        queue = self.pair.network.events
        if queue:
            start = where % len(queue)
            with suppress(Unavailable):
                self.pair.following.handle(queue[start : start + count])

    @rule(
        mischief=st.sampled_from(["lose", "lose", "swap", "repeat", "wipe"]),
        one=anywhere,
        other=anywhere,
    )
    def the_network_errs(self, mischief: str, one: int, other: int) -> None:
        queue = self.pair.network.events
        if not queue:
            return
        first, second = one % len(queue), other % len(queue)
        match mischief:
            case "lose":
                del queue[first]
            case "swap":
                queue[first], queue[second] = queue[second], queue[first]
            case "repeat":
                queue.append(queue[first])
            case "wipe":
                queue.clear()

    @rule()
    def hear_how_far_the_source_is(self) -> None:
        if self.pair.network.heads:
            with suppress(Unavailable):
                self.pair.following.announced(self.pair.network.heads.pop())

    @rule()
    def catch_up(self) -> None:
        with suppress(Unavailable):
            self.pair.following.level()

    @rule(down=st.booleans())
    def source_goes_down_or_comes_back(self, down: bool) -> None:
        self.pair.calls.down = down

    @rule()
    def consumer_restarts(self) -> None:
        self.pair.restart()

    @precondition(lambda self: self.deaths < 2)  # after a third, an event counts as deadly
    @rule(count=st.integers(1, 10))
    def consumer_dies_before_its_commit(self, count: int) -> None:
        before = self.pair.handled()
        self.pair.dies_in_handler = True
        try:
            self.pair.following.handle(self.pair.network.events[:count])
        except Died:
            self.deaths += 1
            assert self.pair.handled() == before
        except Unavailable:
            pass
        self.pair.dies_in_handler = False
        self.pair.restart()

    @invariant()
    def handled_is_the_beginning_of_the_log(self) -> None:
        """In each partition: no hole, no repeat, no other order."""
        handled = [(part, at) for part, at, *_ in self.pair.handled()]
        for partition in range(8):
            told = [at for part, at in self.pair.told if part == partition]
            seen = [at for part, at in handled if part == partition]
            assert seen == told[: len(seen)], NOT_AS_TOLD

    def teardown(self) -> None:
        """Once the source answers, one look is enough."""
        self.pair.calls.down = False
        self.pair.following.level()
        handled = sorted(row[:2] for row in self.pair.handled())
        assert sorted(self.pair.told) == handled, NOT_AS_TOLD
        assert self.pair.following.behind() is None


class Parking(RuleBasedStateMachine):
    """Events that fail, later ones of their streams, retries, discards, and new arrivals."""

    pair: Pair

    def __init__(self) -> None:
        super().__init__()
        self.pair.begin()
        self.number = 0
        self.by_stream: dict[str, list[int]] = {stream: [] for stream in STREAMS}
        self.discarded: set[int] = set()

    @rule(stream=some_stream, broken=st.sampled_from([True, False, False]))
    def tell(self, stream: str, broken: bool) -> None:
        self.number += 1
        if broken:
            self.pair.broken.add(self.number)
        self.by_stream[stream].append(self.pair.tell(stream, self.number))

    @rule()
    def everything_arrives(self) -> None:
        """Unless most fail: then nothing more is parked, and nothing is lost."""
        self.pair.relay()
        with suppress(Unavailable):
            self.pair.following.handle(self.pair.network.events)
            self.pair.network.events.clear()

    @rule(where=anywhere)
    def mend_the_handler_for_one(self, where: int) -> None:
        if self.pair.broken:
            self.pair.broken.remove(sorted(self.pair.broken)[where % len(self.pair.broken)])

    @rule(where=anywhere)
    def an_admin_asks_for_a_retry(self, where: int) -> None:
        if waiting := self.parked():
            stream, _ = waiting[where % len(waiting)]
            self.pair.asking(admin.retry, stream, by="admin", why="mended")

    @rule()
    def retries_run(self) -> None:
        self.pair.handling.retry_parked()

    @rule(where=anywhere)
    def an_admin_discards_up_to_one(self, where: int) -> None:
        if waiting := self.parked():
            stream, through = waiting[where % len(waiting)]
            self.pair.asking(admin.discard, stream, through, by="admin", why="of no object")
            self.discarded |= {at for name, at in waiting if name == stream and at <= through}

    @rule()
    def consumer_restarts(self) -> None:
        self.pair.restart()

    @rule(count=st.integers(1, 5))
    def messages_come_again(self, count: int) -> None:
        with suppress(Unavailable):
            self.pair.following.level()
        for _ in range(count):
            with suppress(Unavailable):
                self.pair.following.handle(self.pair.network.events[:count])

    @invariant()
    def each_stream_keeps_its_order_and_nothing_discarded_returns(self) -> None:
        handled = self.pair.handled()
        waiting = self.parked()
        assert not self.discarded & {at for _, at, *_ in handled}
        assert not self.discarded & {at for _, at in waiting}
        for stream, told in self.by_stream.items():
            seen = [at for _, at, name, _ in handled if name == stream]
            behind = [at for name, at in waiting if name == stream]
            assert seen == sorted(set(seen)), OUT_OF_ORDER
            assert not set(seen) & set(behind)
            # Handled or discarded up to a point, then parked, then not yet arrived.
            reached = len(seen) + len(behind) + len(self.discarded & set(told))
            found = sorted([*seen, *behind, *(self.discarded & set(told))])
            assert found == told[:reached], OUT_OF_ORDER
            assert not behind or max(seen, default=0) < min(behind), OUT_OF_ORDER

    def teardown(self) -> None:
        """Once all is mended, all that was not discarded is handled."""
        self.pair.broken.clear()
        self.pair.restart()
        self.pair.following.level()
        for stream in {stream for stream, _ in self.parked()}:
            self.pair.asking(admin.retry, stream, by="admin", why="mended")
        self.pair.handling.retry_parked()
        told = {at for _, at in self.pair.told}
        assert sorted(at for _, at, *_ in self.pair.handled()) == sorted(told - self.discarded)
        assert self.parked() == []

    def parked(self) -> list[tuple[str, int]]:
        """(stream, position), by stream, in order."""
        with self.pair.routing_store.transaction() as connection:
            return [(one.stream, one.position) for one in admin.parked(connection)]


@pytest.mark.slow
def test_f33_any_delivery_any_catch_up_and_any_death_handle_each_event_once(pair: Pair) -> None:
    Delivery.pair = pair
    run_state_machine_as_test(Delivery, settings=SETTINGS)


@pytest.mark.slow
def test_f33_without_the_look_at_the_previous_event_one_is_skipped(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    Delivery.pair = pair
    rises = lambda at, envelope: envelope.position > at.place.position  # noqa: E731
    monkeypatch.setattr(_sift, "follows", rises)

    with pytest.raises(AssertionError, match=NOT_AS_TOLD):
        run_state_machine_as_test(Delivery, settings=UNTIL_IT_FAILS)


@pytest.mark.slow
def test_f46_parking_keeps_each_stream_in_order_whatever_admins_do(pair: Pair) -> None:
    Parking.pair = pair
    run_state_machine_as_test(Parking, settings=settings(SETTINGS, max_examples=10))


@pytest.mark.slow
def test_f34_f46_without_parking_those_behind_a_stream_is_out_of_order(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    Parking.pair = pair
    monkeypatch.setattr(Handling, "_waiting", lambda *_: set())

    with pytest.raises(AssertionError, match=OUT_OF_ORDER):
        run_state_machine_as_test(Parking, settings=UNTIL_IT_FAILS)
