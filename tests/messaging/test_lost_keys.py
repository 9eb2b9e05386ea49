"""F54: a person whose key is lost holds up what is about them, and nobody else for long."""

from __future__ import annotations

from uuid import uuid4

import pytest

from shared.errors import Unavailable
from shared.eventstore import Position
from shared.messaging import admin
from shared.messaging._handling import MostFail
from shared.privacy import KeyLost
from tests.messaging.direct import Pair, module_pair, pair

__all__ = ["module_pair", "pair"]

WHO = {"by": "marie", "why": "the keyring was restored"}


class Watch:
    """A monotonic clock that tests set."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch(pair: Pair) -> Watch:
    watch = Watch()
    pair.handling.monotonic = watch
    return watch


def test_f54_an_event_whose_key_stays_lost_is_parked_and_others_flow_on(
    pair: Pair, watch: Watch
) -> None:
    author = uuid4()
    pair.tell("note-lost", 0, author=author)
    pair.tell_all(range(1, 4))
    pair.relay()
    elsewhere = pair.lose_key(author)

    for watch.seconds in (0.0, 150.0, 299.0):
        with pytest.raises(KeyLost):
            pair.following.handle(pair.network.events)
        assert pair.parked() == []
    watch.seconds = 300.0
    pair.following.handle(pair.network.events)

    assert pair.parked() == [0]
    assert sorted(row[3] for row in pair.handled()) == [1, 2, 3]
    assert error_codes(pair) == ["privacy.key_lost"]

    pair.asking(admin.retry, "note-lost", **WHO)
    pair.handling.retry_parked()
    assert pair.parked() == [0], "the key is still lost"

    pair.find_key(author, elsewhere)
    pair.asking(admin.retry, "note-lost", **WHO)
    pair.handling.retry_parked()
    assert pair.parked() == []
    pair.nothing_lost()


def test_f54_a_key_that_is_found_in_time_costs_nothing(pair: Pair, watch: Watch) -> None:
    author = uuid4()
    pair.tell("note-lost", 0, author=author)
    pair.relay()
    elsewhere = pair.lose_key(author)
    with pytest.raises(KeyLost):
        pair.following.handle(pair.network.events)

    pair.find_key(author, elsewhere)
    watch.seconds = 300.0
    pair.following.handle(pair.network.events)

    assert pair.parked() == []
    pair.nothing_lost()


def test_f54_when_many_keys_are_lost_the_subscription_pauses_and_says_why(
    pair: Pair, watch: Watch
) -> None:
    authors = [uuid4() for _ in range(6)]
    for number, author in enumerate(authors):
        pair.tell(f"note-{number}", number, author=author)
    pair.relay()
    for author in authors:
        pair.lose_key(author)
    with pytest.raises(KeyLost):
        pair.following.handle(pair.network.events)
    watch.seconds = 300.0

    with pytest.raises(MostFail, match=r"privacy\.key_lost"):
        pair.following.handle(pair.network.events)

    assert len(pair.parked()) == 4


def test_f54_a_redelivery_that_meets_a_lost_key_fails_and_says_so(pair: Pair) -> None:
    author = uuid4()
    at = pair.tell(f"note-{author}", 0, author=author)
    pair.relay()
    pair.following.handle(pair.network.events)
    pair.lose_key(author)

    with pair.routing_store.transaction() as connection:
        number = admin.redeliver(
            connection, "intake", start=Position(at), end=Position(at), dry_run=False, **WHO
        )
    try:
        pair.redelivering().serve()
    except Unavailable as error:
        raise AssertionError("it would be tried for ever") from error

    with pair.routing_store.transaction() as connection:
        [after] = admin.redeliveries(connection, number=number)
    assert (after.state, after.error) == ("failed", "privacy.key_lost")


def error_codes(pair: Pair) -> list[str]:
    """What stands at the culprits."""
    with pair.routing_store.transaction() as connection:
        return [one.error["code"] for one in admin.parked(connection) if one.error]
