"""F10: a log that went back in time gives its positions out again; what tells the lives apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from shared.eventstore import EventStore, Position, Recorded, draw_incarnation
from tests.eventstore.events import event, write
from tests.support.postgres import Database

KEPT, LOST = 20, 50


@contextmanager
def opened(database: Database, name: str) -> Iterator[Database]:
    """The database ``name`` of the same server, with pools that close at the end."""
    found = Database(name, database.postgres)
    with found.closing:
        yield found


@pytest.fixture
def backup(database: Database) -> Iterator[str]:
    """The name of a copy made after ``KEPT`` events: as a dump taken then and restored now."""
    name = f"{database.name}_restored"
    with opened(database, database.name) as live:
        store = live.store("intake")
        for n in range(KEPT):
            store.append([write(f"request-{n % 5}", event(data={"n": n}))])
    with psycopg.connect(database.postgres.dsn(), autocommit=True) as admin:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(database.name)))
        yield name
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def append_others(store: EventStore, said: str) -> None:
    for n in range(LOST):
        store.append([write(f"request-{n % 5}", event(data={"n": n, "said": said}))])


def by_position(store: EventStore) -> dict[Position, Recorded]:
    return {recorded.position: recorded for recorded in store.find(limit=1000)}


def test_f10_the_same_positions_come_again_with_other_digests(
    database: Database, backup: str
) -> None:
    with opened(database, database.name) as first, opened(database, backup) as second:
        lost, restored = first.store("intake"), second.store("intake")
        append_others(lost, "before the restore")
        append_others(restored, "after it")

        then, now = by_position(lost), by_position(restored)

        assert then.keys() == now.keys()
        differing = {at for at in then if then[at].digest != now[at].digest}
        assert differing == set(range(KEPT + 1, KEPT + LOST + 1))
        assert (lost.verify().faults, restored.verify().faults) == ((), ())


def test_f10_a_restored_log_is_another_incarnation_once_one_is_drawn(
    database: Database, backup: str
) -> None:
    with opened(database, database.name) as first, opened(database, backup) as second:
        before = first.store("intake").incarnation()
        restored = second.store("intake")
        assert restored.incarnation() == before

        drawn = draw_incarnation(second.owner_dsn("intake"), "intake")

        assert restored.incarnation() == drawn != before
