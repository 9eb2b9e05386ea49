"""What the tests of the event store and the keyring share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.eventstore import EventStore
from tests.support.postgres import Database, database, fresh_database

__all__ = ["database", "store"]


@pytest.fixture
def store(database: Database) -> EventStore:
    return database.store("intake")


@pytest.fixture(scope="module")
def lasting_database() -> Iterator[Database]:
    """One database for all tests of a module, which leave it as they found it."""
    with fresh_database() as fresh:
        yield fresh
