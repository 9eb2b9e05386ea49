"""F1, F2, F4, F5, F7: order in a partition, whatever the writers do."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from shared.eventstore import (
    DatabaseUnavailable,
    EventStore,
    Expected,
    Position,
    Version,
    WrongVersion,
    partition_of,
)
from tests.eventstore.events import event, write
from tests.support.postgres import Database

WRITERS = 16
EACH = 20

# Rows marked slow pause between their position and their commit, for a random while.
SLOW_ROWS = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(random() * 0.03); RETURN NEW; END $$;
CREATE TRIGGER dawdle BEFORE INSERT ON events FOR EACH ROW
WHEN (NEW.data @> '{"slow": true}') EXECUTE FUNCTION dawdle();
"""

# Same partition for all: 'request-<n>' with partition 3.
NAMES = [name for name in map("request-{}".format, range(2000)) if partition_of(name) == 3]


class Follower:
    """Reads partition 3 without rest, and remembers what it saw."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._done = threading.Event()
        self.seen: list[Position] = []

    def follow(self) -> None:
        while True:
            last_round = self._done.is_set()
            after = self.seen[-1] if self.seen else Position(0)
            self.seen += [r.position for r in self._store.read(3, after=after, limit=50)]
            if last_round:
                return

    @contextmanager
    def following(self) -> Iterator[None]:
        thread = threading.Thread(target=self.follow)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()


def _seen_and_written(database: Database) -> tuple[list[Position], list[Position]]:
    store = database.store("intake", max_size=WRITERS)
    database.admin().execute(SLOW_ROWS)
    follower = Follower(database.store("intake"))

    def work(writer: int) -> None:
        for n in range(EACH):
            slow = (writer + n) % 7 == 0
            store.append([write(NAMES[writer], event(data={"slow": slow}))])

    with follower.following(), ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(work, range(WRITERS)))
    written = [r.position for r in store.read(3, after=Position(0), limit=10_000)]
    return follower.seen, written


def test_f01_a_reader_never_skips_an_event_that_commits_late(database: Database) -> None:
    seen, written = _seen_and_written(database)

    assert len(written) == WRITERS * EACH
    assert seen == written


def rewrite(database: Database, function: str, guard: str, without: str) -> None:
    """Have a function of the log do without what guards it."""
    admin = database.admin()
    [source] = admin.execute("SELECT pg_get_functiondef(%s::regproc)", [function]).fetchone()
    assert guard in source
    admin.execute(source.replace(guard, without))


def test_f01_without_the_lock_a_reader_does_skip_events(database: Database) -> None:
    """Proves that the test above can fail."""
    for way_in in ("append", "append_one"):
        rewrite(database, way_in, "pg_advisory_xact_lock(", "abs(")

    seen, written = _seen_and_written(database)

    assert len(written) == WRITERS * EACH
    assert set(seen) < set(written)


def test_f02_positions_burnt_by_a_rollback_are_no_gap_for_a_reader(
    store: EventStore,
) -> None:
    store.append([write("request-1")])
    with store.transaction() as connection:
        store.append([write("request-1")], connection=connection)
        raise psycopg.Rollback
    store.append([write("request-1")])

    events = store.read(partition_of("request-1"), after=Position(0), limit=10)

    assert [(r.position, r.version) for r in events] == [(1, 1), (3, 2)]


def test_f02_a_storm_of_conflicts_between_several_streams_burns_no_position(
    database: Database,
) -> None:
    store = database.store("intake", max_size=8)
    store.append([write(NAMES[0])])

    def conflict(_: int) -> None:
        with pytest.raises(WrongVersion):
            store.append([write(NAMES[1]), write(NAMES[0], expected=0)])

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(conflict, range(100)))
    store.append([write(NAMES[0])])

    assert [r.position for r in store.read(3, after=Position(0), limit=10)] == [1, 2]


def test_f04_a_thousand_writes_in_opposite_orders_never_deadlock(database: Database) -> None:
    store = database.store("intake", max_size=4)
    assert partition_of("team-1") != partition_of("team-2")

    def work(names: tuple[str, str]) -> None:
        for _ in range(250):
            store.append([write(name) for name in names])

    orders = [("team-1", "team-2"), ("team-2", "team-1")] * 2
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(work, orders))

    assert [len(store.load(name)) for name in ("team-1", "team-2")] == [1000, 1000]


def test_f04_without_a_common_order_of_locks_they_do_deadlock(database: Database) -> None:
    """Proves that the test above can fail."""
    ordered = "SELECT DISTINCT unnest(partitions) ORDER BY 1"
    rewrite(database, "append", ordered, "SELECT unnest(partitions)")
    store = database.store("intake", max_size=4)

    def work(names: tuple[str, str]) -> None:
        for _ in range(1000):
            store.append([write(name) for name in names])

    orders = [("team-1", "team-2"), ("team-2", "team-1")] * 2
    with ThreadPoolExecutor(4) as writers, pytest.raises(DatabaseUnavailable, match="40P01"):
        list(writers.map(work, orders))


GOLDEN = {
    "request-00000000-0000-4000-8000-000000000001": 3,
    "assignment-7": 4,
    "case-été": 5,
    "alert-1": 0,
    "team-fresnes": 7,
}
IN_A_PROCESS = """
import sys
from shared.eventstore import partition_of
print(*map(partition_of, sys.argv[1:]))
"""


def test_f05_the_partition_of_a_stream_is_the_same_for_ever(store: EventStore) -> None:
    with store.transaction() as connection:
        in_sql = {
            name: connection.execute("SELECT partition_of(%s)", [name]).fetchone()[0]
            for name in GOLDEN
        }

    assert {name: partition_of(name) for name in GOLDEN} == GOLDEN
    assert in_sql == GOLDEN


@pytest.mark.parametrize("seed", ["0", "1", "4242", "random"])
def test_f05_the_partition_does_not_depend_on_the_process(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, *GOLDEN],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [int(partition) for partition in done.stdout.split()] == list(GOLDEN.values())


def test_f05_without_a_hash_of_our_own_it_does_depend_on_the_process() -> None:
    """Proves that the test above can fail."""
    unstable = "import sys; print(*(hash(name) % 8 for name in sys.argv[1:]))"
    found = {
        subprocess.run(
            [sys.executable, "-S", "-c", unstable, *GOLDEN],
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(found) > 1


def test_f05_without_one_hash_everywhere_readers_look_in_the_wrong_partition(
    database: Database,
) -> None:
    database.admin().execute(
        "CREATE OR REPLACE FUNCTION partition_of(stream text) RETURNS smallint "
        "LANGUAGE sql STABLE STRICT PARALLEL SAFE RETURN (hashtext(stream) & 7)::smallint"
    )
    store = database.store("intake")
    names = {f"request-{n}" for n in range(16)}
    for name in names:
        store.append([write(name)])

    found = {
        name
        for name in names
        for recorded in store.read(partition_of(name), after=Position(0), limit=99)
        if recorded.stream == name
    }

    assert found < names


def storm(store: EventStore, version: int) -> tuple[int, list[WrongVersion]]:
    """50 writers of one version, over 16 connections: how many won, and what the others heard."""
    conflicts: list[WrongVersion] = []

    def attempt(writer: int) -> bool:
        try:
            store.append(
                [write("r-1", event(data={"by": writer}), event(), expected=version)],
            )
        except WrongVersion as conflict:
            conflicts.append(conflict)
            return False
        return True

    with ThreadPoolExecutor(50) as writers:
        return sum(writers.map(attempt, range(50))), conflicts


def test_f07_in_a_conflict_storm_each_version_has_one_winner(database: Database) -> None:
    store = database.store("intake", max_size=WRITERS)

    for version in range(0, 10, 2):
        won, conflicts = storm(store, version)
        assert (won, len(conflicts)) == (1, 49)
        assert {conflict.actual for conflict in conflicts} == {version + 2}

    assert [r.version for r in store.load("r-1")] == list(range(1, 11))


def test_f07_without_a_look_at_the_version_all_of_them_win(database: Database) -> None:
    """Proves that the test above can fail: 49 decisions of what was no longer so."""
    rewrite(database, "append", "expected >= 0 AND expected <> head.version", "false")

    assert storm(database.store("intake", max_size=WRITERS), 0) == (50, [])


def test_expected_any_never_conflicts(database: Database) -> None:
    store = database.store("intake", max_size=8)

    def work(_: int) -> Callable[[], None] | None:
        for _ in range(10):
            store.append([write("r-1", expected=Expected.ANY)])
        return None

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(work, range(8)))

    assert store.load("r-1")[-1].version == Version(80)
