"""What the tests of the event store and the keyring share."""

from __future__ import annotations

import pytest

from shared.eventstore import EventStore
from tests.support.postgres import Database, database

__all__ = ["database", "store"]


@pytest.fixture
def store(database: Database) -> EventStore:
    return database.store("intake")
