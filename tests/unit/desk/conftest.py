"""A database with the desk's tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.desk.wiring import MIGRATIONS
from shared.eventstore import Pool, migrate
from tests.support.postgres import fresh_database


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """A module's own, as the desk's role."""
    with fresh_database() as database:
        migrate(database.owner_dsn("desk"), "desk", [MIGRATIONS])
        yield database.pool("desk")
