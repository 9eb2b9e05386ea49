"""The typed layer: one unit of work, one append, one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shared.clock import VirtualClock
from shared.eventstore import (
    Appended,
    Connection,
    EventStore,
    Expected,
    NewEvent,
    Recorded,
    Streams,
    Version,
    WrongVersion,
    partition_of,
)
from tests.eventstore.events import write
from tests.support.postgres import Database

COMMAND = UUID("00000000-0000-4000-8000-00000000c0de")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    reason: str


class SmallCodec:
    """Two event classes, without private data."""

    def encode(self, event: Opened | Closed, occurred_at: datetime) -> NewEvent:
        return NewEvent(
            type=type(event).__name__, schema=1, data=asdict(event), occurred_at=occurred_at
        )

    def decode(self, stored: Recorded, /) -> Opened | Closed:
        return {"Opened": Opened, "Closed": Closed}[stored.type](**stored.data)


def project(connection: Connection, written: Sequence[tuple[Recorded, Any]]) -> None:
    """A read model: the last event of each stream."""
    for recorded, event in written:
        if isinstance(event, Closed) and event.reason == "unprojectable":
            raise ValueError(event.reason)
        connection.execute(
            "INSERT INTO cases VALUES (%s, %s, %s)",
            [recorded.stream, int(recorded.version), type(event).__name__],
        )


@pytest.fixture
def streams(database: Database) -> Streams:
    with psycopg.connect(database.owner_dsn("intake")) as owner:
        owner.execute("CREATE TABLE cases (stream text, version int, last text)")
    return Streams(
        database.store("intake"), SmallCodec(), VirtualClock(NOON), projections=[project]
    )


def cases(streams: Streams) -> list[tuple[Any, ...]]:
    with streams.store.transaction() as connection:
        return connection.execute("SELECT * FROM cases ORDER BY stream, version").fetchall()


def test_leaving_a_unit_appends_and_projects_together(streams: Streams) -> None:
    with streams.unit(metadata={"actor": "v-1"}) as unit:
        unit.append("case-1", [Opened(by="A"), Closed(reason="b")], expected=Expected.NO_STREAM)
        unit.append("case-2", [Opened(by="C")], expected=0, metadata={"causation_id": "x"})
        assert streams.load("case-1") == ([], 0)

    assert streams.load("case-1") == ([Opened(by="A"), Closed(reason="b")], 2)
    assert cases(streams) == [
        ("case-1", 1, "Opened"),
        ("case-1", 2, "Closed"),
        ("case-2", 1, "Opened"),
    ]
    [recorded] = streams.store.load("case-2")
    assert recorded.metadata == {"actor": "v-1", "causation_id": "x"}
    assert recorded.occurred_at == NOON
    assert [a.version for a in unit.appended] == [1, 2, 1]


def test_a_unit_sees_what_it_holds_back(streams: Streams) -> None:
    with streams.unit(metadata={}) as unit:
        unit.append("case-1", [Opened(by="A")], expected=0)
        before = unit.load("case-1")
        unit.append("case-1", [Closed(reason="b")], expected=before[1])
        after = unit.load("case-1")

    assert before == ([Opened(by="A")], 1)
    assert after == streams.load("case-1") == ([Opened(by="A"), Closed(reason="b")], 2)


def test_a_unit_reads_many_streams_ahead_in_one_query(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    for case in ("case-1", "case-2"):
        with streams.unit(metadata={}) as unit:
            unit.append(case, [Opened(by=case)], expected=0)
    with streams.unit(metadata={}) as unit:
        unit.append("case-2", [Closed(reason="held back")], expected=1)

        unit.load_ahead(["case-1", "case-2", "case-3", "case-1"])

        monkeypatch.setattr(streams.store, "load", None)
        assert unit.load("case-1") == ([Opened(by="case-1")], 1)
        assert unit.load("case-2") == ([Opened(by="case-2"), Closed(reason="held back")], 2)
        assert unit.load("case-3") == ([], 0)


def test_an_exception_in_a_unit_undoes_everything(streams: Streams) -> None:
    def fail() -> None:
        with streams.unit(metadata={}) as unit:
            unit.append("case-1", [Opened(by="A")], expected=0)
            unit.connection.execute("INSERT INTO cases VALUES ('by hand', 1, '')")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert (streams.load("case-1"), cases(streams)) == (([], 0), [])


def test_an_event_that_cannot_be_projected_is_not_appended(streams: Streams) -> None:
    def fail() -> None:
        with streams.unit(metadata={}) as unit:
            unit.append("case-1", [Opened(by="A")], expected=0)
            unit.append("case-2", [Closed(reason="unprojectable")], expected=0)

    with pytest.raises(ValueError, match="unprojectable"):
        fail()

    assert (streams.load("case-1"), cases(streams)) == (([], 0), [])


def test_somebody_elses_write_since_the_load_is_a_conflict(streams: Streams) -> None:
    def decide() -> None:
        with streams.unit(metadata={}) as unit:
            _, version = unit.load("case-1")
            streams.store.append([write("case-1")])
            unit.append("case-1", [Opened(by="A")], expected=version)

    with pytest.raises(WrongVersion) as conflict:
        decide()

    assert (conflict.value.expected, conflict.value.actual) == (0, 1)
    assert cases(streams) == []


def test_a_command_handled_before_leaves_no_second_trace(streams: Streams) -> None:
    def handle() -> list[Appended]:
        with streams.unit(metadata={}, command_id=COMMAND) as unit:
            unit.connection.execute("INSERT INTO cases VALUES ('by hand', 1, '')")
            unit.append("case-1", [Opened(by="A")], expected=Expected.ANY)
        return unit.appended

    [first], [again] = handle(), handle()

    assert (first.repeated, again.repeated) == (False, True)
    assert (first.position, first.version) == (again.position, again.version)
    assert cases(streams) == [("by hand", 1, ""), ("case-1", 1, "Opened")]
    assert streams.load("case-1") == ([Opened(by="A")], 1)


def test_a_unit_that_appends_nothing_still_commits(streams: Streams) -> None:
    with streams.unit(metadata={}) as unit:
        unit.append("case-1", [], expected=0)
        unit.connection.execute("INSERT INTO cases VALUES ('by hand', 1, '')")

    assert cases(streams) == [("by hand", 1, "")]


@pytest.mark.parametrize("committed", [True, False])
def test_a_unit_on_a_given_connection_follows_its_transaction(
    streams: Streams, committed: bool
) -> None:
    with streams.store.transaction() as connection:
        with streams.unit(metadata={}, connection=connection) as unit:
            unit.append("case-1", [Opened(by="A")], expected=0)
        inside = connection.execute("SELECT count(*) FROM cases").fetchone()
        if not committed:
            raise psycopg.Rollback

    assert inside == (1,)
    assert (len(cases(streams)), streams.load("case-1")[1]) == ((1, 1) if committed else (0, 0))


def test_listeners_hear_of_what_was_committed_and_only_then(streams: Streams) -> None:
    heard: list[tuple[str, int]] = []
    seen_when_heard: list[Version] = []

    def listen(appended: Any) -> None:
        heard.extend((one.stream, one.partition) for one in appended)
        seen_when_heard.append(streams.load("case-1")[1])

    streams.store.on_commit(listen)

    def handle(fail: bool, command_id: UUID | None = None) -> None:
        with streams.unit(metadata={}, command_id=command_id) as unit:
            unit.append("case-1", [Opened(by="A")], expected=Expected.ANY)
            if fail:
                raise KeyError

    handle(fail=False, command_id=COMMAND)
    handle(fail=False, command_id=COMMAND)
    with pytest.raises(KeyError):
        handle(fail=True)
    streams.store.append([write("team-1")])

    assert heard == [("case-1", partition_of("case-1")), ("team-1", partition_of("team-1"))]
    assert seen_when_heard == [1, 1]


def test_a_failing_projection_tells_no_row(streams: Streams, database: Database) -> None:
    """PostgreSQL quotes the row in its error; ours must not."""
    with psycopg.connect(database.owner_dsn("intake")) as owner:
        owner.execute("CREATE UNIQUE INDEX one_each ON cases (last)")

    def handle() -> None:
        with streams.unit(metadata={}) as unit:
            unit.append("case-1", [Opened(by="A"), Opened(by="B")], expected=0)

    with pytest.raises(Exception, match=r"23505.*one_each") as failure:
        handle()

    assert "Opened" not in str(failure.value)
    assert failure.value.__suppress_context__


Filter = Callable[[EventStore], list[str]]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (lambda s: [i.stream for i in s.streams()], ["case-1", "case-10", "case-2", "team-1"]),
        (lambda s: [i.stream for i in s.streams("case-1")], ["case-1", "case-10"]),
        (lambda s: [i.stream for i in s.streams(type="Closed")], ["case-2"]),
        (lambda s: [r.stream for r in s.find(type="Closed")], ["case-2"]),
        (lambda s: [r.stream for r in s.find(metadata={"actor": "v-2"})], ["case-10"]),
        (lambda s: [r.stream for r in s.find(limit=2)], ["case-1", "case-10"]),
    ],
)
def test_streams_and_events_are_found(
    streams: Streams, listed: Filter, expected: list[str]
) -> None:
    for name, events, actor in [
        ("case-1", [Opened(by="A")], "v-1"),
        ("case-10", [Opened(by="A")], "v-2"),
        ("case-2", [Closed(reason="A")], "v-1"),
        ("team-1", [Opened(by="A")], "v-1"),
    ]:
        with streams.unit(metadata={"actor": actor}) as unit:
            unit.append(name, events, expected=0)

    assert listed(streams.store) == expected


def test_a_long_list_of_streams_is_paged_through(store: EventStore) -> None:
    store.append([write(f"request-{n:04}") for n in range(1001)])

    assert [i.stream for i in store.streams()] == [f"request-{n:04}" for n in range(1001)]
