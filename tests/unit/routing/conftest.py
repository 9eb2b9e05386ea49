"""Routing on a PostgreSQL of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import fresh_database
from tests.unit.routing.office import Office, prepare


@pytest.fixture
def office() -> Iterator[Office]:
    with fresh_database() as database:
        prepare(database)
        yield Office(database)
