"""From the broker to the tables: each fault once with its guard, once with it taken away.

See ``tests/messaging/test_relay_guards.py``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from shared import postgres
from shared.clock import SystemClock
from shared.errors import Invalid, Unavailable
from shared.eventstore import PARTITIONS, Position, Streams, UnitOfWork, partition_of
from shared.messaging import START, _handling, _redelivering, _sift, _tables, admin
from shared.messaging._following import Following
from shared.messaging._handling import Handling, MostFail
from shared.messaging._redelivering import Redelivering
from shared.messaging._sift import Diverged, sift
from shared.messaging._tables import Checkpoint, SubscriptionTables
from shared.postgres import DatabaseFailed
from tests.messaging.direct import Died, Pair, module_pair, pair
from tests.messaging.notes import CODEC
from tests.support.guards import DOUBLED, LOST, Guard, each, in_time
from tests.support.waiting import wait_until

__all__ = ["module_pair", "pair"]


def positions_that_nobody_fills(pair: Pair) -> None:
    """F2: burnt by a rollback."""
    for number in range(4):
        with suppress(ZeroDivisionError), pair.store.transaction() as connection:
            pair.burn(connection)
            raise ZeroDivisionError
        pair.tell("note-0", number)
    pair.relay()
    with suppress(Unavailable):
        pair.following.handle(pair.network.events)
    pair.nothing_lost()


def for_a_while_at_one_event(pair: Pair, fail: Callable[[UnitOfWork], None]) -> None:
    """Another attempt goes through, and nothing is parked until then."""
    pair.tell_all(range(4))
    pair.relay()
    failures = iter(range(8))

    def meet(number: int, unit: UnitOfWork) -> None:
        if number == 2 and next(failures, None) is not None:
            fail(unit)

    pair.meet = meet
    for _ in range(9):
        with suppress(Unavailable):
            pair.following.handle(pair.network.events)
    assert pair.parked() == [], "parked, and nothing was wrong with it"
    pair.nothing_lost()


def the_disk_is_full(pair: Pair) -> None:
    """F13: for a while, whatever the event."""

    def fail(unit: UnitOfWork) -> None:
        unit.connection.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$")

    for_a_while_at_one_event(pair, fail)


def the_relay_dies_before_its_checkpoint(pair: Pair) -> None:
    """F14: the next one publishes all of it again."""
    pair.tell_all(range(5))
    pair.relay(dies=True)
    pair.relay()
    assert len(pair.network.events) == 10
    pair.following.handle(pair.network.events[:5])
    pair.following.handle(pair.network.events[5:])
    pair.nothing_lost()


def a_batch_comes_again(pair: Pair) -> None:
    """F24: after the commit and before the acknowledgement."""
    pair.tell_all(range(5))
    pair.relay()
    for _ in range(2):
        pair.following.handle(pair.network.events)
    pair.nothing_lost()


def two_readers_have_the_same_batch(pair: Pair) -> None:
    """F30, F62: the first is slow, the second is handed what it has in hand."""
    pair.tell_all(range(5))
    pair.relay()
    inside, go_on = threading.Event(), threading.Event()

    def meet(_number: int, _unit: UnitOfWork) -> None:
        if threading.current_thread() is slow:
            inside.set()
            go_on.wait(120)

    pair.meet = meet
    slow = threading.Thread(target=pair.following.handle, args=[pair.network.events])
    slow.start()
    assert inside.wait(60), "it was not handed its batch"
    pair.restart()
    quick = threading.Thread(target=pair.following.handle, args=[pair.network.events])
    quick.start()
    wait_until(lambda: not quick.is_alive() or pair.waits_for_a_lock())
    go_on.set()
    slow.join()
    quick.join()
    pair.nothing_lost()


def a_reader_is_frozen_in_a_pipeline(pair: Pair) -> None:
    """F30: where no time-out for idle transactions is armed."""
    pair.tell_all(range(5))
    pair.relay()
    inside, go_on = threading.Event(), threading.Event()

    def meet(_number: int, unit: UnitOfWork) -> None:
        if threading.current_thread() is frozen and not inside.is_set():
            with unit.connection.pipeline():
                unit.connection.execute("SELECT 1")
                inside.set()
                go_on.wait(120)

    def read() -> None:
        with suppress(Unavailable):
            pair.following.handle(pair.network.events)

    pair.meet = meet
    pair.handling.most_seconds = 2
    frozen = threading.Thread(target=read)
    frozen.start()
    assert inside.wait(60), "it was not handed its batch"
    pair.restart()
    other = threading.Thread(target=read)
    other.start()
    took_over = in_time(lambda: not other.is_alive())
    go_on.set()
    frozen.join()
    other.join()
    assert took_over, "nobody takes over"
    pair.nothing_lost()


def a_stranger_takes_every_other_message(pair: Pair) -> None:
    """F32, F62: a second deployment reads the same queue."""
    pair.tell_all(range(8), streams=1)
    pair.relay()
    pair.following.handle(pair.network.events[::2])
    pair.following.level()
    pair.nothing_lost()


def an_event_that_kills(pair: Pair) -> None:
    """F36: it leaves no exception to count, and the others must go through."""
    pair.tell_all(range(4))
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
    assert pair.parked() == [2], "each start dies of it"
    assert sorted(row[3] for row in pair.handled()) == [0, 1, 3]


def a_handler_that_bears_nothing(pair: Pair) -> None:
    """F35: the cause is not in the events."""
    pair.tell_all(range(12), streams=12)
    pair.relay()
    pair.broken |= set(range(12))
    with suppress(MostFail):
        pair.following.handle(pair.network.events)
    assert len(pair.parked()) < 5, "all were parked"


def what_it_needs_is_away(pair: Pair) -> None:
    """F37: for a while, at one event."""

    def fail(_unit: UnitOfWork) -> None:
        raise Unavailable("the directory does not answer")

    for_a_while_at_one_event(pair, fail)


def another_event_stands_at_the_checkpoint(pair: Pair) -> None:
    """F10: the source was restored and went another way."""
    pair.tell_all(range(3))
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.forget_digests()
    pair.tell_all(range(3, 6))
    try:
        pair.following.level()
    except Diverged:
        return
    except Unavailable as error:
        raise AssertionError("it does not know what is wrong") from error
    raise AssertionError("it goes on as if nothing were")


def a_message_of_somebody_else(pair: Pair) -> None:
    """F61: it fits, and names another source."""
    pair.tell_all(range(1))
    pair.relay()
    [ours] = pair.network.events
    pair.following.handle([ours._replace(source="elsewhere")])
    assert (pair.handled(), pair.refused()) == ([], 1), "it was believed"


def a_replay_of_everything(pair: Pair) -> None:
    """F42, F43: no event of the consumer's own, and each is counted once."""
    pair.answers = True
    stream = f"note-{uuid4()}"  # of no scenario before: whole streams are delivered again
    start, *_ = [pair.tell(stream, number) for number in range(6)]
    pair.relay()
    pair.following.handle(pair.network.events)
    heads, counts = pair.routing_store.heads(), pair.counts()
    pair.redeliver(start)
    assert pair.routing_store.heads() == heads, "it was decided once more"
    assert pair.counts() == counts, "it was counted once more"


def an_admin_thinks_better_of_it(pair: Pair) -> None:
    """F47: asked for all, stopped; a replica that had begun hears of it at its next step."""
    pair.tell_all(range(4))
    pair.relay()
    pair.following.handle(pair.network.events)
    wide = {"end": Position(2**40), "dry_run": False, "by": "marie", "why": "by mistake"}
    number = pair.asking(admin.redeliver, **wide)
    replica = pair.redelivering()
    asked = replica._asked()
    assert asked is not None
    with pair.routing_store.transaction() as connection:
        assert admin.stop_redelivery(connection, number, by="marie", why="too much")
    replica._work(asked)
    with pair.routing_store.transaction() as connection:
        [after] = admin.redeliveries(connection, number=number)
    assert (after.state, after.events_done) == ("stopped", 0), "it went on"


def many_that_nobody_can_handle(pair: Pair) -> None:
    """F34: behind them comes what goes through, also to a consumer that finds itself paused."""
    pair.broken |= set(range(6))
    for numbers in range(6), range(6, 56):
        pair.tell_all(numbers, streams=56)
        pair.relay()
    pair.tables.set_state("paused", "five events failed")
    pair.handling.paused = True
    with suppress(MostFail):
        pair.following.handle(pair.network.events)
    assert sorted(row[3] for row in pair.handled()) == list(range(6, 56)), "they hold up the others"
    assert sorted(pair.parked()) == list(range(6))
    assert pair.tables.peek().state == "running"


def one_that_kills_behind_one_that_fails(pair: Pair) -> None:
    """F34, F36: a consumer that finds itself paused tries it, too, to see whether most fail."""
    pair.broken.add(0)
    for numbers in range(1), range(1, 8):
        pair.tell_all(numbers, streams=8)
        pair.relay()

    def meet(number: int, _unit: UnitOfWork) -> None:
        if number == 4:
            raise Died

    pair.meet = meet
    for _life in range(12):
        pair.handling.paused = True
        with suppress(Died):
            pair.following.handle(pair.network.events)
            break
        pair.restart()
    assert sorted(pair.parked()) == [0, 4], "each start dies of it"
    assert sorted(row[3] for row in pair.handled()) == [1, 2, 3, 5, 6, 7]


def any_source(source: str, checkpoints: Any, envelopes: Sequence[Any]) -> Any:
    return sift(envelopes[0].source if envelopes else source, checkpoints, envelopes)


def all_fresh(_source: str, _checkpoints: Any, envelopes: Sequence[Any]) -> Any:
    return list(envelopes), {
        one.partition: Checkpoint(incarnation=one.incarnation, place=one.place) for one in envelopes
    }


def tried_uncounted(handling: Handling, envelope: Any) -> bool:
    with suppress(ValueError), handling._transaction() as connection:
        handling._call(connection, [envelope])
        raise psycopg.Rollback
    return envelope.data["number"] > 0


def without_a_hole(at: Checkpoint, envelope: Any) -> bool:
    return bool(envelope.position == at.place.position + 1)


def any_later_one(at: Checkpoint, envelope: Any) -> bool:
    return bool(envelope.position > at.place.position)


GUARDS = {
    "each event names the one before it": Guard(
        faults="f02",
        scenario=positions_that_nobody_fills,
        where=_sift,
        name="follows",
        without=without_a_hole,
        harm=LOST,
    ),
    "a full disk is for later": Guard(
        faults="f13",
        scenario=the_disk_is_full,
        where=postgres,
        name="translated",
        without=lambda error: DatabaseFailed(error.sqlstate, None),
        harm="parked, and nothing was wrong with it",
    ),
    "what was handled is skipped": Guard(
        faults="f14",
        scenario=the_relay_dies_before_its_checkpoint,
        where=_handling,
        name="sift",
        without=all_fresh,
        harm=DOUBLED,
    ),
    "the checkpoint is in the handling transaction": Guard(
        faults="f24",
        scenario=a_batch_comes_again,
        where=SubscriptionTables,
        name="advance",
        without=lambda *_: None,
        harm=DOUBLED,
    ),
    "the checkpoints are locked": Guard(
        faults="f30",
        scenario=two_readers_have_the_same_batch,
        where=_tables,
        name="_LOCK",
        without=_tables._CHECKPOINTS,
        harm=DOUBLED,
    ),
    "a handling transaction is bounded": Guard(
        faults="f30",
        scenario=a_reader_is_frozen_in_a_pipeline,
        where=_tables,
        name="last_at_most",
        without=lambda *_: None,
        harm="nobody takes over",
    ),
    "an event must follow on the last one": Guard(
        faults="f32 f33 f62",
        scenario=a_stranger_takes_every_other_message,
        where=_sift,
        name="follows",
        without=any_later_one,
        harm=LOST,
    ),
    "a consumer's starts are counted": Guard(
        faults="f36",
        scenario=an_event_that_kills,
        where=SubscriptionTables,
        name="count_start",
        without=lambda _: None,
        harm="each start dies of it",
    ),
    "nothing is parked when most events fail": Guard(
        faults="f35",
        scenario=a_handler_that_bears_nothing,
        where=_handling,
        name="_FEWEST_FAILURES",
        without=1_000_000,
        harm="all were parked",
    ),
    "those behind tell whether most events fail": Guard(
        faults="f34 f35",
        scenario=many_that_nobody_can_handle,
        where=Handling,
        name="_most_behind_go_through",
        without=lambda *_: False,
        harm="they hold up the others",
    ),
    "what is tried from behind is counted before": Guard(
        faults="f34 f36",
        scenario=one_that_kills_behind_one_that_fails,
        where=Handling,
        name="_would_go_through",
        without=tried_uncounted,
        harm="each start dies of it",
    ),
    "what may pass does not count": Guard(
        faults="f37",
        scenario=what_it_needs_is_away,
        where=_handling,
        name="_may_pass",
        without=lambda _: False,
        harm="parked, and nothing was wrong with it",
    ),
    "the log is compared with what was handled": Guard(
        faults="f10",
        scenario=another_event_stands_at_the_checkpoint,
        where=Following,
        name="_compare",
        without=lambda *_: None,
        harm="it does not know what is wrong",
    ),
    "a message must name its source": Guard(
        faults="f61",
        scenario=a_message_of_somebody_else,
        where=_handling,
        name="sift",
        without=any_source,
        harm="it was believed",
    ),
    "a replay appends nothing": Guard(
        faults="f42",
        scenario=a_replay_of_everything,
        where=UnitOfWork,
        name="withhold",
        without=lambda _: [],
        harm="it was decided once more",
    ),
    "a replay makes its rows afresh": Guard(
        faults="f43",
        scenario=a_replay_of_everything,
        where=_redelivering,
        name="afresh",
        without=lambda *_: nullcontext(),
        harm="it was counted once more",
    ),
    "each step of a replay asks whether it may": Guard(
        faults="f47",
        scenario=an_admin_thinks_better_of_it,
        where=Redelivering,
        name="_take",
        without=lambda *_: True,
        harm="it went on",
    ),
}


def test_f10_who_was_sent_to_the_beginning_of_a_log_is_told_that_it_was_restored_since(
    pair: Pair,
) -> None:
    """It has handled nothing of it; the digest of the event before the first tells no life."""
    pair.tell("note-0", 0)
    beginning = dict.fromkeys(range(PARTITIONS), START)
    life = uuid4()  # not that of the log now
    who = {"by": "marie", "why": "to handle all again"}
    pair.asking(admin.reset_checkpoint, beginning, incarnation=life, **who)

    with pytest.raises(Diverged, match="it was restored"):
        pair.following.level()


def test_a_trial_of_a_replay_may_take_longer_than_other_transactions(pair: Pair) -> None:
    start = pair.tell(f"note-{uuid4()}", 0)
    pair.relay()
    pair.following.handle(pair.network.events)
    limited = pair.database.store("routing", transaction_seconds=1)
    pair.handling.streams = Streams(limited, CODEC, SystemClock())
    pair.meet = lambda _number, unit: unit.connection.execute("SELECT pg_sleep(1.3)")
    one = {"start": Position(start), "end": Position(start)}
    number = pair.asking(admin.redeliver, **one, dry_run=True, by="marie", why="to see")

    pair.redelivering().serve()

    with pair.routing_store.transaction() as connection:
        [after] = admin.redeliveries(connection, number=number)
    assert (after.state, after.error) == ("done", None)


@pytest.fixture
def tried(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a trial over 12 streams, one in each transaction; the rows of two are hurt."""
    monkeypatch.setattr(_redelivering, "_NAMES", 5)  # it asks three times which ones there are
    monkeypatch.setattr(_redelivering, "_SLICE_SECONDS", 0)
    key = uuid4()
    streams = [f"note-{key}-{number:02}" for number in range(12)]
    start, *_ = [pair.tell(stream, number) for number, stream in enumerate(streams)]
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.answers = True
    with pair.routing_store.transaction() as connection:
        hurt = "UPDATE counts SET count = 7 WHERE stream = ANY(%s)"
        connection.execute(hurt, [[streams[1], streams[11]]])
    between = {"start": Position(start), "end": Position(2**40)}
    number = pair.asking(admin.redeliver, **between, dry_run=True, by="marie", why="to see")
    return int(number)


def stands(pair: Pair, number: int) -> admin.Redelivery:
    with pair.routing_store.transaction() as connection:
        [one] = admin.redeliveries(connection, number=number)
    return one


def test_a_trial_of_a_replay_adds_up_what_its_transactions_would_change(
    pair: Pair, tried: int
) -> None:
    before = pair.counts()
    replica = pair.redelivering()
    for done in range(12):
        assert stands(pair, tried).streams_done == done
        replica.serve()

    after = stands(pair, tried)
    assert (after.state, after.streams_done) == ("done", 12)
    assert (after.events_done, after.withheld) == (12, {"Answered": 12})
    assert after.changed is not None
    assert after.changed["counts"] == 4  # two rows gone, two come
    assert pair.counts() == before


def test_live_events_have_their_turn_during_a_trial_which_an_admin_can_stop(
    pair: Pair, tried: int
) -> None:
    replica = pair.redelivering()
    replica.serve()
    pair.answers = False
    pair.tell("note-0", 99)
    pair.relay()
    pair.following.handle(pair.network.events)
    assert pair.handled()[-1][3] == 99
    with pair.routing_store.transaction() as connection:
        assert admin.stop_redelivery(connection, tried, by="marie", why="too long")

    replica.serve()

    after = stands(pair, tried)
    assert (after.state, after.streams_done) == ("stopped", 1)


def test_who_stops_a_redelivery_is_recorded_once_and_why(pair: Pair, tried: int) -> None:
    who = {"by": "nora", "why": "too long"}
    with pair.routing_store.transaction() as connection:
        assert admin.stop_redelivery(connection, tried, **who)
        assert not admin.stop_redelivery(connection, tried, **who)
        query = "SELECT action, by, why, details FROM messaging_actions ORDER BY id"
        *_, asked, stopped = connection.execute(query).fetchall()

    assert asked[:2] == ("redeliver", "marie")
    assert stopped == ("stop_redelivery", "nora", "too long", {"redelivery": tried})


def test_what_is_not_read_cannot_be_resumed_and_nothing_is_recorded(pair: Pair) -> None:
    with pair.routing_store.transaction() as connection:
        count = "SELECT count(*) FROM messaging_actions"
        before = connection.execute(count).fetchone()
        with pytest.raises(Invalid, match="source: desk is not read here"):
            admin.resume(connection, "desk", by="nora", why="to try")
        assert connection.execute(count).fetchone() == before


def test_a_service_that_stops_ends_a_trial_at_its_next_step_and_the_next_one_goes_on(
    pair: Pair, tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_redelivering, "_SLICE_SECONDS", 60)
    replica = pair.redelivering()
    met: list[int] = []
    pair.meet = lambda number, _: met.append(number)
    replica._stopping = lambda: len(met) > 0
    replica.serve()
    assert (stands(pair, tried).state, stands(pair, tried).streams_done) == ("running", 1)

    again = pair.redelivering()
    while stands(pair, tried).state == "running":
        again.serve()
    assert (stands(pair, tried).state, stands(pair, tried).streams_done) == ("done", 12)


def test_f23_a_stop_with_a_hole_in_hand_refuses_nothing(pair: Pair) -> None:
    pair.tell_all(range(3), streams=1)
    pair.relay()
    pair.restart(stopping=lambda: True)

    with pytest.raises(Unavailable):
        pair.following.handle(pair.network.events[1:])

    assert (pair.handled(), pair.refused()) == ([], 0)


def test_f36_an_event_that_kills_is_found_while_other_partitions_go_on(pair: Pair) -> None:
    """Nor does it help that the database was away in between."""
    lower, upper = sorted(["note-0", "note-1"], key=partition_of)
    assert partition_of(lower) < partition_of(upper)
    pair.tell(upper, 100)
    away: set[int] = set()

    def meet(number: int, _unit: UnitOfWork) -> None:
        if number == 100:
            raise Died
        if number not in away:
            away.add(number)
            raise Unavailable("the database is away")

    pair.meet = meet
    deaths = 0
    while not pair.parked() and deaths < 10:
        pair.tell(lower, deaths)
        pair.relay()
        try:
            with suppress(Unavailable):
                pair.following.level()
            pair.following.level()
        except Died:
            deaths += 1
            pair.restart()

    assert pair.parked() == [100]
    assert deaths <= 6
    assert [row[3] for row in pair.handled()] == list(range(deaths + 1))


def test_f46_what_is_discarded_while_its_stream_is_retried_is_not_handled(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The admin discards once the consumer has chosen the event, before it holds the tables."""
    pair.broken.add(0)
    first, second, third = [pair.tell("note-bad", number) for number in range(3)]
    pair.relay()
    pair.following.handle(pair.network.events)
    assert pair.parked() == [0, 1, 2]
    pair.broken.clear()
    pair.asking(admin.retry, "note-bad", by="marie", why="the handler was mended")
    choose = pair.tables.next_asked_again

    def chosen() -> Any:
        asked = choose()
        if asked and asked[0].position == second:
            through = Position(second)
            pair.asking(admin.discard, "note-bad", through, by="nora", why="sent by mistake")
        return asked

    monkeypatch.setattr(pair.tables, "next_asked_again", chosen)
    pair.handling.retry_parked()

    assert [position for _, position, _, _ in pair.handled()] == [first, third]
    assert pair.parked() == []
    with pair.routing_store.transaction() as connection:
        query = "SELECT action, details FROM messaging_actions ORDER BY id"
        done = connection.execute(query).fetchall()
    assert [action for action, _ in done] == ["retry", "retried", "discard", "retried"]
    assert [details["position"] for action, details in done if action == "retried"] == [
        first,
        third,
    ]


@each(GUARDS)
def test_a_guard_holds(pair: Pair, guard: Guard) -> None:
    guard.holds(pair)


@each(GUARDS)
def test_without_a_guard_harm_is_done(
    pair: Pair, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.is_missed(pair, monkeypatch)
