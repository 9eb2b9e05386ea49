"""The test cases that the ``eventsourcing`` package ships for stores, run against ours.

Left out, each where it would stand below:
- ``test_performance`` and ``test_concurrent_throughput`` assert nothing; ``benchmarks/`` compares.
- the tracking and process recorders: our consumers keep their place in their own schema
  (``tests/messaging/``), never in the store of the source.
- non-interleaving ids over the whole log: two appends at once draw positions by turns unless they
  share a partition, for our order is promised by partition; the case is run within one.

Versions begin with 0 in these cases (``INITIAL_VERSION``): a stream of ours has no holes.
"""

from __future__ import annotations

from itertools import count
from uuid import UUID, uuid5

import pytest
from eventsourcing.tests import persistence as theirs

from shared.eventstore import EventStore, partition_of
from tests.peers.recorder import OurAggregates, OurLog, stream_of
from tests.support.postgres import Database, database

__all__ = ["database"]

CONNECTIONS = 12
_NAMES = count()


class OnOurStore:
    """Gives each test a fresh database of a real PostgreSQL."""

    INITIAL_VERSION = 0
    store: EventStore

    @pytest.fixture(autouse=True)
    def _open(self, database: Database) -> None:
        self.store = database.store("intake", max_size=CONNECTIONS)


class TestOurStreams(OnOurStore, theirs.AggregateRecorderTestCase):
    test_performance = None  # asserts nothing

    def create_recorder(self) -> OurAggregates:
        return OurAggregates(self.store)


class TestOurLog(OnOurStore, theirs.ApplicationRecorderTestCase[OurLog]):
    test_performance = None  # asserts nothing
    test_concurrent_throughput = None  # asserts nothing

    def create_recorder(self) -> OurLog:
        return OurLog(self.store)

    def test_insert_subscribe(self) -> None:
        """Theirs leave it to each store whether it can be subscribed to: ours can."""
        self.optional_test_insert_subscribe()


class TestPositionsOfAPartition(OnOurStore, theirs.NonInterleavingNotificationIDsBaseCase):
    def new_originator_id(self) -> UUID:
        """Only names of partition 3: that is how far our order goes."""
        return next(one for one in _ids() if partition_of(stream_of(one)) == 3)

    def create_recorder(self) -> OurLog:
        return OurLog(self.store)


def _ids() -> list[UUID]:
    return [uuid5(UUID(int=0), str(next(_NAMES))) for _ in range(200)]
