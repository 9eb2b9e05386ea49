"""F11: whatever is done to the log behind its back, verification names the first bad event."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from shared.eventstore import ERASED, EventStore, FaultKind, _verify
from tests.eventstore.events import PERSON, event, write
from tests.support.postgres import Database

UNLOCK = "ALTER TABLE events DISABLE TRIGGER append_only"

# What a superuser did, and the (stream, version, kind) to be named.
TAMPERINGS = {
    "a byte of the data": (
        """UPDATE events SET data = '{"n": 22}' WHERE stream = 'r-1' AND version = 2""",
        ("r-1", 2, FaultKind.ALTERED),
    ),
    "a byte of the ciphertext": (
        "UPDATE events SET private = set_byte(private, 20, get_byte(private, 20) # 1) "
        "WHERE stream = 'r-1' AND version = 3",
        ("r-1", 3, FaultKind.ALTERED),
    ),
    "the ciphertext removed": (
        "UPDATE events SET private = NULL WHERE stream = 'r-1' AND version = 3",
        ("r-1", 3, FaultKind.ALTERED),
    ),
    "the date": (
        "UPDATE events SET occurred_at = occurred_at + interval '1 microsecond' "
        "WHERE stream = 'r-1' AND version = 1",
        ("r-1", 1, FaultKind.ALTERED),
    ),
    "an impossible date": (
        "UPDATE events SET recorded_at = 'infinity' WHERE stream = 'r-1' AND version = 4",
        ("r-1", 4, FaultKind.ALTERED),
    ),
    "who did it": (
        """UPDATE events SET metadata = '{"actor": "x"}' WHERE stream = 'r-1' AND version = 1""",
        ("r-1", 1, FaultKind.ALTERED),
    ),
    "the digest": (
        "UPDATE events SET digest = sha256('x') WHERE stream = 'r-1' AND version = 2",
        ("r-1", 2, FaultKind.ALTERED),
    ),
    "a row in the middle deleted": (
        "DELETE FROM events WHERE stream = 'r-1' AND version = 2",
        ("r-1", 2, FaultKind.MISSING),
    ),
    "the first row deleted": (
        "DELETE FROM events WHERE stream = 'r-1' AND version = 1",
        ("r-1", 1, FaultKind.MISSING),
    ),
    "the last row deleted": (
        "DELETE FROM events WHERE stream = 'r-1' AND version = 4",
        ("r-1", 4, FaultKind.CUT_OFF),
    ),
    "the end of the stream cut off": (
        "DELETE FROM events WHERE stream = 'r-1' AND version > 1",
        ("r-1", 2, FaultKind.CUT_OFF),
    ),
    "the whole stream deleted": (
        "DELETE FROM events WHERE stream = 'r-1'",
        ("r-1", 1, FaultKind.CUT_OFF),
    ),
    "a row added at the end": (
        'INSERT INTO events SELECT "position" + 1000, stream, 5, type, schema, data, private, '
        "subject, metadata, occurred_at, recorded_at, partition, digest "
        "FROM events WHERE stream = 'r-1' AND version = 4",
        ("r-1", 5, FaultKind.UNKNOWN),
    ),
    "a stream added": (
        "INSERT INTO events SELECT \"position\" + 1000, 'r-9', 1, type, schema, data, private, "
        "subject, metadata, occurred_at, recorded_at, partition, digest "
        "FROM events WHERE stream = 'r-1' AND version = 1",
        ("r-9", 1, FaultKind.UNKNOWN),
    ),
    "two rows swapped": (
        "UPDATE events SET version = version + 10 WHERE stream = 'r-1' AND version IN (2, 3); "
        "UPDATE events SET version = CASE version WHEN 12 THEN 3 ELSE 2 END "
        "WHERE stream = 'r-1' AND version > 10",
        ("r-1", 2, FaultKind.ALTERED),
    ),
    "moved to another partition": (
        "UPDATE events SET partition = (partition + 1) % 8 WHERE stream = 'r-1' AND version = 4",
        ("r-1", 4, FaultKind.ALTERED),
    ),
    "the head set back": (
        "UPDATE streams SET version = 2 WHERE stream = 'r-1'",
        ("r-1", 3, FaultKind.UNKNOWN),
    ),
    "the head's digest": (
        "UPDATE streams SET digest = sha256('x') WHERE stream = 'r-1'",
        ("r-1", 4, FaultKind.HEAD_DIFFERS),
    ),
    "the head deleted": (
        "DELETE FROM streams WHERE stream = 'r-1'",
        ("r-1", 1, FaultKind.UNKNOWN),
    ),
}


@pytest.fixture(scope="module")
def filled(lasting_database: Database) -> EventStore:
    """Streams around r-1, which has four events, the third with private data."""
    store = lasting_database.store("intake")
    for name in ("r-0", "r-1", "r-2"):
        for n in range(1, 5):
            private = {"name": "Amélie"} if n == 3 else None
            store.append([write(name, event(data={"n": n}, private=private, subject=PERSON))])
    return store


@pytest.fixture
def superuser(lasting_database: Database, filled: EventStore) -> Iterator[psycopg.Connection]:
    """Somebody who can do anything; undone afterwards."""
    assert filled.verify().sound
    admin = lasting_database.admin()
    admin.execute(UNLOCK)
    admin.execute("CREATE TABLE good_events AS TABLE events")
    admin.execute("CREATE TABLE good_streams AS TABLE streams")
    yield admin
    admin.execute("TRUNCATE events, streams")
    admin.execute("INSERT INTO events SELECT * FROM good_events")
    admin.execute("INSERT INTO streams SELECT * FROM good_streams")
    admin.execute("DROP TABLE good_events, good_streams")
    admin.execute("SELECT setval('events_position_seq', 12)")


@pytest.mark.parametrize("what", TAMPERINGS)
def test_f11_tampering_is_found_and_named(
    superuser: psycopg.Connection, filled: EventStore, what: str
) -> None:
    statement, expected = TAMPERINGS[what]
    superuser.execute(statement)

    report = filled.verify()

    assert not report.sound
    found = [(fault.stream, fault.version, fault.kind) for fault in report.faults]
    assert found[0] == expected
    assert {stream for stream, _, _ in found} == {expected[0]}


def test_f11_without_recorded_heads_a_missing_end_goes_unseen(
    superuser: psycopg.Connection, filled: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    superuser.execute(TAMPERINGS["the last row deleted"][0])
    assert not filled.verify().sound

    monkeypatch.setattr(_verify, "_cut", lambda _connection: [])

    assert filled.verify().sound


def test_an_untouched_log_is_sound(filled: EventStore) -> None:
    report = filled.verify()

    assert (report.sound, report.streams, report.events) == (True, 3, 12)


def test_it_may_take_longer_than_other_transactions(
    lasting_database: Database, filled: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(connection: psycopg.Connection) -> list[object]:
        connection.execute("SELECT pg_sleep(1.3)")
        return []

    monkeypatch.setattr(_verify, "_cut", slowly)

    assert lasting_database.store("intake", transaction_seconds=1).verify().sound


def test_an_empty_log_is_sound(store: EventStore) -> None:
    assert store.verify().sound


def test_erasing_a_person_breaks_no_chain(store: EventStore) -> None:
    store.append([write("r-1", event(private={"name": "Amélie"}, subject=PERSON), event())])
    store.keyring.erase(PERSON)

    assert store.load("r-1")[0].private is ERASED
    assert store.verify().sound


def test_an_interrupted_append_leaves_nothing_to_find(store: EventStore) -> None:
    with store.transaction() as connection:
        store.append([write("r-1"), write("r-2")], connection=connection)
        connection.execute("ROLLBACK")

    assert (store.verify().sound, store.verify().events) == (True, 0)


def test_a_position_to_be_handed_out_again_is_named(
    superuser: psycopg.Connection, filled: EventStore
) -> None:
    superuser.execute("SELECT setval('events_position_seq', 5)")

    [fault] = filled.verify().faults

    assert (fault.kind, fault.position) == (FaultKind.POSITION_NOT_DRAWN, 12)


def test_the_digest_is_that_of_the_documented_bytes(lasting_database: Database) -> None:
    """A golden value: a log written by an older release must still verify."""
    previous, private = "\\x01", "\\xff00"
    [digest] = (
        lasting_database.admin()
        .execute(
            "SELECT event_digest(%s::bytea, 3::smallint, 7, 'r-1', 2, 'Named', 1, %s, "
            "'2026-03-02 12:00+00', '2026-03-02 13:00:00.000001+01', "
            """'{"é": 1.50, "b": [true, null]}', '{}', %s::bytea)""",
            [previous, PERSON, private],
        )
        .fetchone()
    )

    assert digest.hex() == GOLDEN_DIGEST


GOLDEN_DIGEST = "eb0a9c9ec86c09509be4bfef9ce1fd6184dc6308ff1210a2b2ea4e146eddc480"
