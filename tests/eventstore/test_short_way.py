"""One event goes without a cursor wherever psycopg knows the statement, and as well elsewhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.eventstore import Appended, EventStore, _short_way
from shared.postgres import DatabaseFailed
from tests.eventstore.events import PERSON, event, write
from tests.support.postgres import Database


@pytest.fixture
def store(database: Database) -> EventStore:
    return database.store("intake", max_size=1)


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The streams of the appends that took a cursor."""
    taken: list[str] = []
    long_way = _short_way._the_long_way

    def noted(connection: Any, values: Any, kind: Any) -> Any:
        taken.append(values[0])
        return long_way(connection, values, kind)

    monkeypatch.setattr(_short_way, "_the_long_way", noted)
    return taken


def append(
    store: EventStore, name: str, command_id: UUID | None = None, **options: Any
) -> Appended:
    private = event(private={"name": "Féroce"}, subject=PERSON)
    [appended] = store.append([write(name, private)], command_id=command_id, **options)
    return appended


def test_after_the_first_of_its_kind_none_takes_a_cursor(
    store: EventStore, long_ways: list[str]
) -> None:
    ways = [
        lambda name: append(store, name),
        lambda name: append(store, name, uuid4()),
        lambda name: store.append([write(name)])[0],
    ]

    appended = [[way(f"r-{n}-{m}") for m in range(3)] for n, way in enumerate(ways)]

    assert long_ways == ["r-0-0", "r-1-0", "r-2-0"]
    for one in [one for some in appended for one in some]:
        [found] = store.load(one.stream)
        assert (one.version, one.position, one.partition, one.digest, one.recorded_at) == (
            found.version,
            found.position,
            found.partition,
            found.digest,
            found.recorded_at,
        )
    assert store.verify().sound


def test_after_a_rollback_psycopg_prepares_it_again(
    store: EventStore, long_ways: list[str]
) -> None:
    append(store, "r-1")
    with store.transaction() as connection:
        append(store, "r-2", connection=connection)
        raise psycopg.Rollback

    with store.transaction() as connection:
        append(store, "r-3", connection=connection)
    append(store, "r-4")

    assert long_ways == ["r-1", "r-3"]
    assert [info.stream for info in store.streams()] == ["r-1", "r-3", "r-4"]


def test_where_psycopg_would_open_a_transaction_it_still_does(
    database: Database, store: EventStore
) -> None:
    with psycopg.connect(database.dsn("intake"), options="-c search_path=intake") as connection:
        append(store, "r-1", connection=connection)
        connection.commit()
        append(store, "r-2", connection=connection)
        connection.rollback()

    assert [info.stream for info in store.streams()] == ["r-1"]


def test_in_a_pipeline_it_takes_its_turn(store: EventStore) -> None:
    append(store, "r-1")

    with store.transaction() as connection, connection.pipeline():
        before = connection.execute("SELECT 1")
        append(store, "r-2", connection=connection)
        assert before.fetchone() == (1,)

    assert [info.stream for info in store.streams()] == ["r-1", "r-2"]


def test_a_refusal_is_the_same_error_either_way(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(store, "r-1")
    monkeypatch.setattr("shared.eventstore._wire._check_names", lambda _write: None)

    for _ in range(2):
        with pytest.raises(DatabaseFailed) as refused:
            append(store, "two\nlines")
        assert refused.value.sqlstate == "23514"

    append(store, "r-2")
    assert [info.stream for info in store.streams()] == ["r-1", "r-2"]
