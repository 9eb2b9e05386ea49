"""F6: the same command twice appends once."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from shared.eventstore import (
    CommandReused,
    DatabaseUnavailable,
    EventStore,
    NewEvent,
    Write,
)
from tests.eventstore.events import NOON, PERSON, event, write
from tests.support.postgres import Database
from tests.support.waiting import wait_until

COMMAND = UUID("00000000-0000-4000-8000-00000000c0de")


def test_the_same_command_twice_gets_the_first_answer(store: EventStore) -> None:
    writes = [
        write("request-1", event(), event("PersonNamed", private={"name": "A"}, subject=PERSON)),
        write("team-2"),
    ]

    first = store.append(writes, command_id=COMMAND)
    again = store.append(writes, command_id=COMMAND)

    assert [a.repeated for a in first + again] == [False] * 3 + [True] * 3
    assert again == [a._replace(repeated=True) for a in first] == store.command(COMMAND)
    assert len(store.load("request-1")) == 2


def test_a_retry_may_differ_in_time_metadata_and_expected_version(store: EventStore) -> None:
    later = event()._replace(occurred_at=NOON + timedelta(seconds=9))
    store.append([write("r-1", expected=0)], command_id=COMMAND)

    [again] = store.append(
        [write("r-1", later, expected=1, metadata={"attempt": 2})], command_id=COMMAND
    )

    assert (again.version, again.repeated) == (1, True)


@pytest.mark.parametrize(
    "other",
    [
        write("request-2"),
        write("request-1", event("Other")),
        write("request-1", event(data={"channel": "phone"})),
        write("request-1", event(), event()),
        write("request-1", event(private={"name": "A"}, subject=PERSON)),
    ],
)
def test_another_body_under_a_used_command_id_is_refused(store: EventStore, other: Write) -> None:
    store.append([write("request-1")], command_id=COMMAND)

    with pytest.raises(CommandReused):
        store.append([other], command_id=COMMAND)

    assert len(store.load("request-1")) == 1
    assert store.load("request-2") == []


def test_the_same_command_from_many_at_once_appends_once(database: Database) -> None:
    store = database.store("intake", max_size=8)

    with ThreadPoolExecutor(8) as writers:
        answers = list(
            writers.map(lambda _: store.append([write("r-1")], command_id=COMMAND), range(32))
        )

    assert sum(not a.repeated for [a] in answers) == 1
    assert {a.position for [a] in answers} == {1}


def test_two_bodies_under_one_id_at_once_append_one(database: Database) -> None:
    store = database.store("intake", max_size=8)

    def attempt(n: int) -> bool:
        try:
            store.append([write(f"request-{n}")], command_id=COMMAND)
        except CommandReused:
            return False
        return True

    with ThreadPoolExecutor(8) as writers:
        won = list(writers.map(attempt, range(32)))

    assert sum(won) == 1
    assert len(list(store.streams())) == 1


SLOW_COMMIT = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
CREATE TRIGGER dawdle AFTER INSERT ON commands FOR EACH ROW EXECUTE FUNCTION dawdle();
"""
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"


def test_f06_an_append_whose_answer_was_lost_is_found_by_the_retry(database: Database) -> None:
    """The line is cut while the server works: it commits, and nobody hears of it."""
    store = database.store("intake", max_size=1)
    admin = database.admin()
    admin.execute(SLOW_COMMIT)
    with store.transaction() as connection:
        backend = connection.info.backend_pid
        line = socket.socket(fileno=os.dup(connection.fileno()))

    with ThreadPoolExecutor(1) as other, line:
        answer = other.submit(store.append, [write("r-1")], command_id=COMMAND)
        wait_until(lambda: admin.execute(SLEEPING, [backend]).fetchone() == (1,))
        line.shutdown(socket.SHUT_RDWR)
        with pytest.raises(DatabaseUnavailable):
            answer.result()
    [again] = store.append([write("r-1")], command_id=COMMAND)

    assert (again.version, again.repeated) == (1, True)
    assert len(store.load("r-1")) == 1


def test_commands_without_an_id_are_not_remembered(store: EventStore) -> None:
    same: list[NewEvent] = [event()]
    store.append([write("r-1", *same)])
    store.append([write("r-1", *same)])

    assert len(store.load("r-1")) == 2
