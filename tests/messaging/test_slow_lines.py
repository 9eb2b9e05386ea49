"""A broker that is slow, events that are large, a database that falls silent: all still arrives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import structlog

from shared.messaging import NotPublished, _log_access, _relay
from shared.messaging._broker import Outgoing, Unconfirmed
from shared.messaging._leadership import Leadership
from shared.messaging._relay import batches
from shared.messaging._source import Source, SourceFailed
from shared.messaging._tempo import Tempo
from tests.messaging.direct import DirectCalls, Network, Pair, module_pair, pair
from tests.support.proxy import Proxy, Way
from tests.support.waiting import wait_until

__all__ = ["module_pair", "pair"]

QUICK = Tempo(look_seconds=0.05, lease_seconds=0.5)
LISTENS = Tempo(silence_seconds=0.1)


class Choking(Network):
    """Confirms no more than so many messages at once."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.batches: list[int] = []

    def publish(self, batch: Sequence[Outgoing], *, mandatory: bool = True) -> None:
        self.batches.append(len(batch))
        if len(batch) > self.most:
            raise Unconfirmed("messages unconfirmed in time")
        super().publish(batch, mandatory=mandatory)


def test_a_batch_that_was_confirmed_is_not_sent_again_when_the_next_one_fails(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_relay, "BATCH_EVENTS", 10)
    pair.tell_all(range(25))
    confirmed = []

    def publish(batch: Sequence[Outgoing], *, mandatory: bool = True) -> None:
        if len(confirmed) == 2:
            raise NotPublished("the line was cut")
        confirmed.append(len(batch))
        Network.publish(pair.network, batch, mandatory=mandatory)

    pair.network.publish = publish  # type: ignore[method-assign]
    pair.relay()
    del pair.network.publish  # type: ignore[method-assign]
    pair.relay()

    assert confirmed == [10, 10]
    assert len(pair.network.events) == 25
    pair.following.handle(pair.network.events)
    pair.nothing_lost()


def test_a_leader_shows_itself_between_two_batches(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever stands by ends it within one page, and is ended in its turn."""
    monkeypatch.setattr(_relay, "BATCH_EVENTS", 5)
    monkeypatch.setattr(_relay, "LEAD_SECONDS", 0)
    renewed: list[int] = []
    renew = Leadership.renew

    def counted(self: Leadership) -> None:
        renewed.append(len(pair.network.events))
        renew(self)

    monkeypatch.setattr(Leadership, "renew", counted)
    pair.tell_all(range(20))
    pair.relay()

    assert {5, 10, 15} <= set(renewed)


def test_a_broker_too_slow_for_a_batch_gets_smaller_ones(pair: Pair) -> None:
    pair.network = choking = Choking(most=20)
    pair.tell_all(range(70))

    with pair.relaying(QUICK):
        wait_until(lambda: len(choking.events) >= 70)

    assert choking.batches[:3] == [70, 35, 17]
    pair.following.handle(choking.events)
    pair.nothing_lost()


def test_batches_end_by_number_and_by_bytes(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.tell_all(range(7), streams=1)
    page = Source("intake", pair.calls).page(pair.told[0][0], pair.told[0][1])
    sizes = [len(body) for [(_, body)] in batches(page.events, lambda: 1)]

    def lengths(most: int, most_bytes: int) -> list[int]:
        monkeypatch.setattr(_relay, "BATCH_BYTES", most_bytes)
        found = list(batches(page.events, lambda: most))
        assert [envelope for batch in found for envelope, _ in batch] == page.events
        return [len(batch) for batch in found]

    assert len(page.events) == 6
    assert lengths(4, sum(sizes)) == [4, 2]
    assert lengths(9, max(sizes) * 2) == [2, 2, 2]
    assert lengths(9, 1) == [1] * 6


def test_large_events_come_in_answers_that_a_broker_takes(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event's size is bounded and so is an answer's, or one catch-up fails for ever."""
    monkeypatch.setattr(_log_access, "ANSWER_BYTES", 3_000)
    for number in range(12):
        pair.tell("note-large", number, order="x" * 2_000)
    partition = pair.told[0][0]

    page = Source("intake", pair.calls).page(partition, pair.told[0][1])
    stream = Source("intake", pair.calls).stream("note-large", 0)
    pair.following.catch_up(partition)

    assert len(page.events) == 1
    assert len(stream) == 1
    pair.nothing_lost()


@pytest.mark.parametrize("changed", [{"format": 2}, {"digest": "no digest"}, {"stream": None}])
def test_an_answer_that_this_release_cannot_read_is_waited_out(
    pair: Pair, changed: dict[str, Any]
) -> None:
    """The source was upgraded first: its reader neither ends nor passes anything over."""

    class Newer(DirectCalls):
        def call(self, *call: Any, **options: Any) -> Any:
            answer = super().call(*call, **options)
            events = answer if isinstance(answer, list) else answer["events"]
            for event in events:
                event |= changed
            return answer

    pair.tell("note-1", 1)
    [(partition, position)] = pair.told
    source = Source("intake", Newer(pair.store))
    before = pair.tables.checkpoints()[partition].place.position

    with pytest.raises(SourceFailed, match="read_log"):
        source.page(partition, before)
    with pytest.raises(SourceFailed, match="read_stream"):
        source.stream("note-1", 0)
    assert position > before


def test_f63_a_right_that_is_withdrawn_for_a_while_does_not_end_the_relay(pair: Pair) -> None:
    with pair.relaying(QUICK):
        pair.tell_all(range(5))
        wait_until(lambda: len(pair.network.events) >= 5)
        with pair.database.admin() as admin:
            admin.execute("REVOKE UPDATE, INSERT ON intake.relay_checkpoints FROM intake")
            closed = pair.network.closed
            pair.tell_all(range(5, 9))
            wait_until(lambda: pair.network.closed > closed + 1)
            admin.execute("GRANT UPDATE, INSERT ON intake.relay_checkpoints TO intake")
        published = pair.network.beats
        wait_until(lambda: pair.network.beats > published)

    pair.following.handle(pair.network.events)
    pair.nothing_lost()


def test_f20_a_leader_whose_database_answers_nothing_gives_up_and_begins_anew(pair: Pair) -> None:
    """Behind something that answers for it no setting of the network ends the wait."""
    with Proxy(pair.database.postgres.port) as proxy:
        there, here = (f":{port}/" for port in (pair.database.postgres.port, proxy.port))
        with pair.relaying(QUICK, dsn=pair.database.dsn("intake").replace(there, here)):
            pair.tell_all(range(5))
            wait_until(lambda: len(pair.network.events) >= 5)
            proxy.hold(Way.TO_CLIENT)
            wait_until(lambda: pair.network.closed > 0)
            proxy.reset()
            proxy.release()
            pair.tell_all(range(5, 9))
            wait_until(lambda: pair.network.closed > 0 and len(pair.network.events) >= 9)

    pair.following.handle(pair.network.events)
    pair.nothing_lost()


def test_f63_a_right_that_is_withdrawn_for_a_while_does_not_end_the_reader(pair: Pair) -> None:
    pair.tell_all(range(5))
    with pair.database.admin() as admin:
        admin.execute("REVOKE SELECT ON routing.checkpoints FROM routing")
        with pair.reading(LISTENS), structlog.testing.capture_logs() as lines:
            wait_until(lambda: sum(one["event"] == "subscription_failed" for one in lines) > 1)
            admin.execute("GRANT SELECT ON routing.checkpoints TO routing")
            wait_until(lambda: len(pair.handled()) == 5)

    pair.nothing_lost()
