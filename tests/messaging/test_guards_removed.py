"""Each fault once with its guard and once without it: the checks of this folder can fail.

A scenario ends with what must hold; ``Guard`` names what makes it hold, and what stands in its
place when it is taken away. Of real tables and without a broker (``tests/messaging/direct.py``),
so that a guard costs a second and not a minute.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from shared.errors import Unavailable
from shared.eventstore import Position, UnitOfWork
from shared.messaging import NotPublished, _handling, _leadership, _redelivering, _tables
from shared.messaging._envelope import START, Place
from shared.messaging._following import Following
from shared.messaging._handling import MostFail
from shared.messaging._leadership import Leadership
from shared.messaging._sift import Diverged, sift
from shared.messaging._tables import SubscriptionTables
from tests.messaging.direct import Died, Network, Pair
from tests.support.postgres import fresh_database
from tests.support.waiting import wait_until


@dataclass(frozen=True, kw_only=True)
class Guard:
    """``without`` stands in the place of ``where.name`` to show what it is good for."""

    scenario: Callable[[Pair], None]
    where: Any
    name: str
    without: Any


@pytest.fixture(scope="module")
def module_pair() -> Iterator[Pair]:
    with fresh_database() as database:
        yield Pair(database)


@pytest.fixture
def pair(module_pair: Pair) -> Pair:
    module_pair.begin()
    return module_pair


def tell(pair: Pair, numbers: range, *, streams: int = 8) -> None:
    for number in numbers:
        pair.tell(f"note-{number % streams}", number)


def nothing_lost(pair: Pair) -> None:
    """Every event told was handled once, in its partition's order."""
    handled = [row[:2] for row in pair.handled()]
    told = pair.told
    for partition in {partition for partition, _ in [*told, *handled]}:
        assert [at for at in handled if at[0] == partition] == [
            at for at in told if at[0] == partition
        ]


def a_batch_comes_again(pair: Pair) -> None:
    """F24: after the commit and before the acknowledgement."""
    tell(pair, range(5))
    pair.relay()
    for _ in range(2):
        pair.following.handle(pair.network.events)
    nothing_lost(pair)


def the_broker_says_no(pair: Pair) -> None:
    """F16: what was not confirmed is published again, though no reader asks for it."""
    tell(pair, range(5))
    pair.relay(fails_after=0)
    pair.relay()
    pair.following.handle(pair.network.events)
    nothing_lost(pair)


def a_relay_of_the_past_writes_its_checkpoint(pair: Pair) -> None:
    """F19: it was replaced, and wakes."""
    tell(pair, range(5))
    pair.relay()
    with leadership(pair) as late:
        before = late.places()
        old = {
            p: Place(position=Position(1), digest=at.digest)
            for p, at in before.items()
            if at != START
        }
        late.advance(old)
        assert late.places() == before


def a_leader_is_frozen(pair: Pair) -> None:
    """F19, F20: its session is alive, and it does not show itself."""
    with leadership(pair) as frozen, leadership(pair, lease_seconds=0.2) as other:
        assert frozen.take()
        wait_until(other.take, 3)
        with pytest.raises(Unavailable):
            frozen.advance({0: START})


def the_tail_is_lost(pair: Pair) -> None:
    """F25: nothing follows that would show it but the next announcement."""
    tell(pair, range(3))
    pair.relay()
    pair.network.events.clear()
    pair.following.announced(pair.network.heads[-1])
    nothing_lost(pair)


def the_broker_is_wiped(pair: Pair) -> None:
    """F26, F27, F28: whatever it lost is asked for after each connection."""
    tell(pair, range(3))
    pair.relay()
    pair.network.events.clear()
    pair.following.level()
    nothing_lost(pair)


def two_readers_have_the_same_batch(pair: Pair) -> None:
    """F30, F62: the first is slow, the second is handed what it has in hand."""
    tell(pair, range(5))
    pair.relay()
    inside, go_on = threading.Event(), threading.Event()

    def meet(_number: int, _unit: UnitOfWork) -> None:
        if threading.current_thread() is slow:
            inside.set()
            go_on.wait(10)

    pair.meet = meet
    slow = threading.Thread(target=pair.following.handle, args=[pair.network.events])
    slow.start()
    assert inside.wait(10)
    pair.restart()
    quick = threading.Thread(target=pair.following.handle, args=[pair.network.events])
    quick.start()
    wait_until(lambda: not quick.is_alive() or pair.waits_for_a_lock(), 10)
    go_on.set()
    slow.join()
    quick.join()
    nothing_lost(pair)


def a_reader_is_frozen_in_a_pipeline(pair: Pair) -> None:
    """F30: where no time-out for idle transactions is armed."""
    tell(pair, range(5))
    pair.relay()
    inside, go_on = threading.Event(), threading.Event()

    def meet(_number: int, unit: UnitOfWork) -> None:
        if threading.current_thread() is frozen and not inside.is_set():
            with unit.connection.pipeline():
                unit.connection.execute("SELECT 1")
                inside.set()
                go_on.wait(20)

    def read() -> None:
        with suppress(Unavailable):
            pair.following.handle(pair.network.events)

    pair.meet = meet
    pair.handling.most_seconds = 0.5
    frozen = threading.Thread(target=read)
    frozen.start()
    assert inside.wait(10)
    pair.restart()
    other = threading.Thread(target=read)
    other.start()
    other.join(5)
    took_over = not other.is_alive()
    go_on.set()
    frozen.join()
    other.join()
    assert took_over
    nothing_lost(pair)


def an_event_that_kills(pair: Pair) -> None:
    """F36: it leaves no exception to count, and the others must go through."""
    tell(pair, range(4))
    pair.relay()

    def meet(number: int, _unit: UnitOfWork) -> None:
        if number == 2:
            raise Died

    pair.meet = meet
    for _life in range(12):
        with suppress(Died):
            pair.following.handle(pair.network.events)
            break
        pair.restart()
    assert pair.parked() == [2]
    assert sorted(row[3] for row in pair.handled()) == [0, 1, 3]


def a_handler_that_bears_nothing(pair: Pair) -> None:
    """F35: the cause is not in the events."""
    tell(pair, range(12), streams=12)
    pair.relay()
    pair.broken |= set(range(12))
    with suppress(MostFail):
        pair.following.handle(pair.network.events)
    assert len(pair.parked()) < 5


def what_it_needs_is_away(pair: Pair) -> None:
    """F37: for a while, at one event."""
    tell(pair, range(4))
    pair.relay()
    failures = iter(range(8))

    def meet(number: int, _unit: UnitOfWork) -> None:
        if number == 2 and next(failures, None) is not None:
            raise Unavailable("the directory does not answer")

    pair.meet = meet
    for _ in range(9):
        with suppress(Unavailable):
            pair.following.handle(pair.network.events)
    assert pair.parked() == []
    nothing_lost(pair)


def another_event_stands_at_the_checkpoint(pair: Pair) -> None:
    """F10: the source was restored and went another way."""
    tell(pair, range(3))
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.forget_digests()
    tell(pair, range(3, 6))
    try:
        pair.following.level()
    except Diverged:
        return
    except Unavailable as error:
        raise AssertionError("it does not know what is wrong") from error
    raise AssertionError("it goes on as if nothing were")


def a_message_of_somebody_else(pair: Pair) -> None:
    """F61: it fits, and names another source."""
    tell(pair, range(1))
    pair.relay()
    [ours] = pair.network.events
    pair.following.handle([replace(ours, source="elsewhere")])
    assert (pair.handled(), pair.refused()) == ([], 1)


def a_replay_of_everything(pair: Pair) -> None:
    """F42, F43: no event of the consumer's own, and each is counted once."""
    pair.answers = True
    stream = f"note-{uuid4()}"  # of no scenario before: whole streams are delivered again
    start, *_ = [pair.tell(stream, number) for number in range(6)]
    pair.relay()
    pair.following.handle(pair.network.events)
    before = pair.routing_store.heads(), pair.counts()
    pair.redeliver(start)
    assert (pair.routing_store.heads(), pair.counts()) == before


def leadership(pair: Pair, *, lease_seconds: float = 60) -> Leadership:
    return Leadership(
        pair.database.dsn("intake"),
        schema="intake",
        group="late",
        partitions=list(range(8)),
        lease_seconds=lease_seconds,
    )


def no_notice_of_nacks(publish: Any) -> Any:
    def published(network: Network, batch: Sequence[Any], *, mandatory: bool = True) -> None:
        with suppress(NotPublished):
            publish(network, batch, mandatory=mandatory)

    return published


def any_source(source: str, checkpoints: Any, envelopes: Sequence[Any]) -> Any:
    return sift(envelopes[0].source if envelopes else source, checkpoints, envelopes)


GUARDS = {
    "the checkpoint is in the handling transaction": Guard(
        scenario=a_batch_comes_again,
        where=SubscriptionTables,
        name="advance",
        without=lambda *_: None,
    ),
    "the relay waits for the confirms": Guard(
        scenario=the_broker_says_no,
        where=Network,
        name="publish",
        without=no_notice_of_nacks(Network.publish),
    ),
    "the relay's checkpoint goes forwards only": Guard(
        scenario=a_relay_of_the_past_writes_its_checkpoint,
        where=_leadership,
        name="_ADVANCE",
        without=_leadership._ADVANCE.partition("WHERE")[0],
    ),
    "a leader that does not show itself is ended": Guard(
        scenario=a_leader_is_frozen,
        where=_leadership,
        name="_END_STALE",
        without="SELECT %(group)s::text, %(lease_seconds)s::float8",
    ),
    "sources announce how far they are": Guard(
        scenario=the_tail_is_lost,
        where=Following,
        name="announced",
        without=lambda *_: None,
    ),
    "the source is asked after each connection": Guard(
        scenario=the_broker_is_wiped, where=Following, name="level", without=lambda _: False
    ),
    "the checkpoints are locked": Guard(
        scenario=two_readers_have_the_same_batch,
        where=_tables,
        name="_LOCK",
        without=_tables._CHECKPOINTS,
    ),
    "a handling transaction is bounded": Guard(
        scenario=a_reader_is_frozen_in_a_pipeline,
        where=_tables,
        name="last_at_most",
        without=lambda *_: None,
    ),
    "a consumer's starts are counted": Guard(
        scenario=an_event_that_kills,
        where=SubscriptionTables,
        name="count_start",
        without=lambda _: None,
    ),
    "nothing is parked when most events fail": Guard(
        scenario=a_handler_that_bears_nothing,
        where=_handling,
        name="_FEWEST_FAILURES",
        without=1_000_000,
    ),
    "what may pass does not count": Guard(
        scenario=what_it_needs_is_away, where=_handling, name="_may_pass", without=lambda _: False
    ),
    "the log is compared with what was handled": Guard(
        scenario=another_event_stands_at_the_checkpoint,
        where=Following,
        name="_compare",
        without=lambda *_: None,
    ),
    "a message must name its source": Guard(
        scenario=a_message_of_somebody_else, where=_handling, name="sift", without=any_source
    ),
    "a replay appends nothing": Guard(
        scenario=a_replay_of_everything,
        where=UnitOfWork,
        name="withhold",
        without=lambda _: [],
    ),
    "a replay makes its rows afresh": Guard(
        scenario=a_replay_of_everything,
        where=_redelivering,
        name="afresh",
        without=lambda *_: nullcontext(),
    ),
}
guarded = pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)


@guarded
def test_f10_f16_f19_f20_f24_f25_f27_f30_f35_f36_f37_f42_f43_f61_hold(
    pair: Pair, guard: Guard
) -> None:
    guard.scenario(pair)


@guarded
def test_f10_f16_f19_f20_f24_f25_f27_f30_f35_f36_f37_f42_f43_f61_can_fail(
    pair: Pair, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.where, guard.name, guard.without)

    with pytest.raises(AssertionError):
        guard.scenario(pair)
