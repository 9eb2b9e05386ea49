"""From the log to the readers: each fault once with its guard, once with it taken away.

Of real tables and without a broker (``tests/messaging/direct.py``), so that a guard costs a second
and not a minute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.eventstore import Position
from shared.messaging import NotPublished, _leadership, _relay
from shared.messaging._envelope import START, Place
from shared.messaging._following import Following
from shared.messaging._leadership import Leadership
from shared.messaging._relay import Relay
from shared.messaging._subscription import Reading
from shared.messaging._tempo import Tempo
from tests.messaging.direct import Network, Pair, module_pair, pair
from tests.support.guards import LOST, Guard, Never, each, in_time
from tests.support.waiting import wait_until

__all__ = ["module_pair", "pair"]

LOOKS = Tempo(look_seconds=0.05)
LISTENS = Tempo(silence_seconds=0.1)


def the_relay_dies_unconfirmed(pair: Pair) -> None:
    """F15: some messages arrived, and it does not live to hear of any."""
    pair.tell_all(range(5))
    pair.relay(fails_after=3)
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.nothing_lost()


def the_broker_says_no(pair: Pair) -> None:
    """F16: what was not confirmed is published again, though no reader asks for it."""
    pair.tell_all(range(5))
    pair.relay(fails_after=0)
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.nothing_lost()


def a_relay_of_the_past_writes_its_checkpoint(pair: Pair) -> None:
    """F19: it was replaced, and wakes."""
    pair.tell_all(range(5))
    pair.relay()
    with pair.leadership() as late:
        before = late.places()
        late.advance(
            {
                partition: Place(position=Position(1), digest=at.digest)
                for partition, at in before.items()
                if at != START
            }
        )
        assert late.places() == before, "the checkpoint went back"


def a_leader_is_frozen(pair: Pair) -> None:
    """F19, F20: its session is alive, and it does not show itself."""
    with pair.leadership() as frozen, pair.leadership(lease_seconds=0.2) as other:
        assert frozen.take()
        assert in_time(other.take), "nobody takes over"
        with pytest.raises(Unavailable):
            frozen.advance({0: START})


def nobody_wakes_the_relay(pair: Pair) -> None:
    """F21: its listener is deaf, and it has looked already."""
    pair.tell_all(range(1))
    with deaf_listener(), pair.relaying(LOOKS):
        wait_until(lambda: pair.network.beats >= 2)
        pair.tell_all(range(1, 4))
        published(pair)


def an_event_that_no_broker_takes(pair: Pair) -> None:
    """F22: it stands at the head of the log, and others behind it."""
    pair.network.most_bytes = 1_000_000
    pair.tell("note-0", 0, order="x" * 1_010_000)
    pair.tell_all(range(1, 6))
    pair.relay()
    pair.following.handle(pair.network.events)
    for heads in pair.network.heads:
        pair.following.announced(heads)
    pair.nothing_lost()


def the_relay_stops_under_load(pair: Pair) -> None:
    """F23: another one leads at once, whatever the first left unsaid."""
    try:
        with pair.relaying(LOOKS):
            pair.tell_all(range(20))
            wait_until(lambda: pair.network.events)
        with pair.leadership() as next_one:
            # PostgreSQL gives it back once it has noticed that the session ended.
            assert in_time(next_one.take), "the lock is still held"
    finally:
        for leadership in LEFT_OPEN:
            leadership._session.close()
        LEFT_OPEN.clear()


def the_tail_is_lost(pair: Pair) -> None:
    """F25: nothing follows that would show it but the next announcement."""
    pair.tell_all(range(3))
    pair.relay()
    pair.network.events.clear()
    pair.following.announced(pair.network.heads[-1])
    pair.nothing_lost()


def the_broker_is_wiped(pair: Pair) -> None:
    """F26, F27, F28, F60: whatever it lost is asked for after each connection; of a broker inside
    the process, each death of which wipes it, too."""
    pair.tell_all(range(3))
    pair.relay()
    pair.network.events.clear()
    pair.restart()
    pair.following.level()
    pair.nothing_lost()


def the_broker_delivers_to_nobody(pair: Pair) -> None:
    """F29: the connection is open, and nothing comes over it any more."""
    pair.tell_all(range(1))
    with quick_ticks(), pair.reading(LISTENS):
        wait_until(pair.handled)
        pair.tell_all(range(1, 4))
        in_time(lambda: len(pair.handled()) == len(pair.told))
    pair.nothing_lost()


def the_database_refuses_the_relay(pair: Pair) -> None:
    """F63: its role may not log in for a while."""
    pair.tell_all(range(1))
    with pair.relaying(LOOKS):
        published(pair)
        with pair.locked_out("intake"):
            pair.tell_all(range(1, 4))  # over a session that was open before
            wait_until(lambda: pair.network.closed)  # maybe with these, and no checkpoint
            pair.tell_all(range(4, 6))
        published(pair)


def published(pair: Pair) -> None:
    """Whatever was told has left the log; some of it twice, if it must."""

    def all_of_it() -> bool:
        return {(one.partition, one.position) for one in pair.network.events} >= set(pair.told)

    assert in_time(all_of_it), "it was not published"


@contextmanager
def deaf_listener() -> Iterator[None]:
    def listen(_dsn: str, _schema: str, _heard: Any, stopped: Any, *, step: float) -> None:
        wait_until(stopped, 600, step_seconds=step / 20)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_relay, "listen_to_log", listen)
        yield


@contextmanager
def quick_ticks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("shared.messaging._subscription.TICK_SECONDS", 0.05)
        yield


def no_notice_of_nacks(publish: Any) -> Any:
    def published(network: Network, batch: Sequence[Any], *, mandatory: bool = True) -> None:
        with suppress(NotPublished):
            publish(network, batch, mandatory=mandatory)

    return published


def checkpoint_first(publish_new: Any) -> Any:
    def published(relay: Relay, leadership: Leadership, incarnation: Any) -> int:
        leadership.advance(relay._store.heads())
        count: int = publish_new(relay, leadership, incarnation)
        return count

    return published


LEFT_OPEN: list[Leadership] = []

GUARDS = {
    "the checkpoint follows the confirms": Guard(
        faults="f15",
        scenario=the_relay_dies_unconfirmed,
        where=Relay,
        name="_publish_new",
        without=checkpoint_first(Relay._publish_new),
        harm=LOST,
    ),
    "the relay waits for the confirms": Guard(
        faults="f16",
        scenario=the_broker_says_no,
        where=Network,
        name="publish",
        without=no_notice_of_nacks(Network.publish),
        harm=LOST,
    ),
    "the relay's checkpoint goes forwards only": Guard(
        faults="f19",
        scenario=a_relay_of_the_past_writes_its_checkpoint,
        where=_leadership,
        name="_ADVANCE",
        without=_leadership._ADVANCE.partition("WHERE")[0],
        harm="the checkpoint went back",
    ),
    "a leader that does not show itself is ended": Guard(
        faults="f19 f20",
        scenario=a_leader_is_frozen,
        where=_leadership,
        name="_END_STALE",
        without="SELECT %(group)s::text, %(lease_seconds)s::float8",
        harm="nobody takes over",
    ),
    "the relay looks by itself": Guard(
        faults="f21",
        scenario=nobody_wakes_the_relay,
        where=sys.modules[__name__],
        name="LOOKS",
        without=Tempo(look_seconds=600),
        harm="it was not published",
    ),
    "what is too large is left to the readers": Guard(
        faults="f22",
        scenario=an_event_that_no_broker_takes,
        where=_relay,
        name="LARGEST_BODY_BYTES",
        without=2**30,
        harm=LOST,
    ),
    "who stops leading ends the session": Guard(
        faults="f23",
        scenario=the_relay_stops_under_load,
        where=Leadership,
        name="__exit__",
        without=lambda leadership, *_: LEFT_OPEN.append(leadership),
        harm="the lock is still held",
    ),
    "sources announce how far they are": Guard(
        faults="f25",
        scenario=the_tail_is_lost,
        where=Following,
        name="announced",
        without=lambda *_: None,
        harm=LOST,
    ),
    "the source is asked after each connection": Guard(
        faults="f26 f27 f28 f60",
        scenario=the_broker_is_wiped,
        where=Following,
        name="level",
        without=lambda _: False,
        harm=LOST,
    ),
    "silence is compared with the source's heads": Guard(
        faults="f17 f29",
        scenario=the_broker_delivers_to_nobody,
        where=Reading,
        name="_check_silence",
        without=lambda *_: None,
        harm=LOST,
    ),
    "a relay begins again after whatever may pass": Guard(
        faults="f63",
        scenario=the_database_refuses_the_relay,
        where=_relay,
        name="_MAY_PASS",
        without=Never,
        harm="it was not published",
    ),
}


def test_f29_who_only_stands_by_while_another_replica_handles_is_not_deaf(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    levelled: list[bool] = []
    looks: list[object] = []
    level, behind = pair.following.level, pair.following.behind

    def another_handles() -> None:
        pair.relay()
        pair.following.handle(pair.network.events)

    def looked() -> object:
        found = behind()
        looks.append(found)
        another_handles()
        pair.tell("note-0", len(looks))
        return found

    monkeypatch.setattr(pair.following, "level", lambda: levelled.append(level()))
    monkeypatch.setattr(pair.following, "behind", looked)
    with quick_ticks(), pair.reading(LISTENS):
        wait_until(lambda: len(looks) > 5)
    another_handles()
    pair.nothing_lost()
    assert (len(levelled), all(looks[1:])) == (1, True)


@each(GUARDS)
def test_a_guard_holds(pair: Pair, guard: Guard) -> None:
    guard.holds(pair)


@each(GUARDS)
def test_without_a_guard_harm_is_done(
    pair: Pair, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.is_missed(pair, monkeypatch)
