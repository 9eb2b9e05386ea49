"""F47: a redelivery that dies in the middle goes on, and one that is begun again does no harm."""

from __future__ import annotations

from contextlib import suppress
from typing import NoReturn

import pytest

from shared.eventstore import Position
from shared.failpoints import EXIT_STATUS
from shared.messaging import admin
from tests.messaging.conftest import System
from tests.messaging.direct import Died, Pair, module_pair, pair

__all__ = ["module_pair", "pair"]

STREAMS, EVENTS = 60, 120  # more streams than one transaction takes
WHO = {"by": "marie", "why": "the read model was hurt"}


def redeliver(system: System) -> int:
    return admin.redeliver(system.routing, "intake", end=Position(2**40), dry_run=False, **WHO)


def state(system: System, number: int) -> tuple[str, int, int]:
    """How it stands, and how many streams and events were delivered."""
    [one] = admin.redeliveries(system.routing, number=number)
    return one.state, one.streams_done, one.events_done


@pytest.mark.parametrize(
    ("failpoint", "streams_done"),
    [("redelivery.before_commit", 0), ("redelivery.after_commit", 50)],
)
def test_f47_a_redelivery_that_dies_goes_on_where_it_was_and_doubles_nothing(
    brokered: System, failpoint: str, streams_done: int
) -> None:
    brokered.start("intake")
    dying = brokered.start("routing", failpoint=failpoint)
    brokered.tell(range(EVENTS), streams=STREAMS)
    brokered.wait_level()
    expected = {f"note-{number}": EVENTS // STREAMS for number in range(STREAMS)}
    assert brokered.counts() == expected

    number = redeliver(brokered)
    brokered.wait(lambda: dying.process.poll() is not None)
    assert dying.process.returncode == EXIT_STATUS
    assert state(brokered, number)[:2] == ("running", streams_done)
    again = redeliver(brokered)  # by an admin who took it for lost
    brokered.start("routing")
    brokered.wait(lambda: state(brokered, again)[0] == "done")

    assert state(brokered, number) == state(brokered, again) == ("done", STREAMS, EVENTS)
    assert brokered.counts() == expected
    brokered.wait_level()
    recorded = brokered.routing.execute("SELECT action, by, why FROM messaging_actions").fetchall()
    assert recorded == [("redeliver", WHO["by"], WHO["why"])] * 2


@pytest.mark.parametrize("dry_run", [False, True])
def test_f36_a_redelivery_that_kills_fails_after_some_deaths(pair: Pair, dry_run: bool) -> None:
    first = pair.tell("note-0", 0)
    pair.relay()
    pair.following.handle(pair.network.events)
    all_since = {"start": Position(first), "end": Position(2**40), "dry_run": dry_run}
    number = pair.asking(admin.redeliver, **all_since, **WHO)

    def die(*_: object) -> NoReturn:
        raise Died

    pair.meet = die
    for _life in range(4):
        with suppress(Died):
            pair.redelivering().serve()
        pair.restart()

    with pair.routing_store.transaction() as connection:
        [after] = admin.redeliveries(connection, number=number)
    assert (after.state, after.error) == ("failed", "ProcessDied")
