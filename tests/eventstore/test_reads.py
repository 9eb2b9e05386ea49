"""Reading: forward, backward, from a position, by type, by correlation, by category."""

from __future__ import annotations

import pytest

from shared.eventstore import (
    PARTITIONS,
    EventStore,
    Position,
    Recorded,
    Version,
    category_of,
    partition_of,
)
from tests.eventstore.events import PERSON, event, write
from tests.support.postgres import Database

# Four streams of one partition, two of each kind.
CASES = [n for n in map("case-{}".format, range(100)) if partition_of(n) == 3][:2]
PEOPLE = [n for n in map("person-{}".format, range(100)) if partition_of(n) == 3][:2]
NAMES = [*CASES, *PEOPLE]


@pytest.fixture
def told(store: EventStore) -> EventStore:
    """Three rounds, each an event in every stream: first "Opened", then "Noted" twice.

    Positions 1 to 12: ``NAMES`` in order, three times.
    """
    for n, kind in enumerate(["Opened", "Noted", "Noted"], 1):
        for name in NAMES:
            told = event(kind, data={"n": n}, private={"name": "Amélie"}, subject=PERSON)
            store.append([write(name, told, metadata={"correlation_id": f"intake/{n}"})])
    return store


def positions(found: list[Recorded]) -> list[int]:
    return [recorded.position for recorded in found]


def versions(found: list[Recorded]) -> list[int]:
    return [recorded.version for recorded in found]


def test_a_stream_is_read_forward_and_backward(told: EventStore) -> None:
    assert versions(told.load(CASES[0])) == [1, 2, 3]
    assert versions(told.load(CASES[0], backward=True)) == [3, 2, 1]
    assert told.load(CASES[0], backward=True)[0].private == {"name": "Amélie"}


@pytest.mark.parametrize(
    ("after", "through", "limit", "forward", "backward"),
    [
        (1, None, None, [2, 3], [3, 2]),
        (0, 2, None, [1, 2], [2, 1]),
        (1, 2, None, [2], [2]),
        (0, None, 1, [1], [3]),
        (0, 2, 1, [1], [2]),
        (3, None, None, [], []),
    ],
)
def test_a_stream_is_read_between_two_versions(
    told: EventStore,
    after: int,
    through: int | None,
    limit: int | None,
    forward: list[int],
    backward: list[int],
) -> None:
    last = None if through is None else Version(through)

    def load(*, back: bool) -> list[Recorded]:
        return told.load(CASES[0], after=Version(after), through=last, limit=limit, backward=back)

    assert (versions(load(back=False)), versions(load(back=True))) == (forward, backward)


def test_a_partition_is_read_from_a_position(told: EventStore) -> None:
    assert positions(told.read(3, after=Position(0), limit=3)) == [1, 2, 3]
    assert positions(told.read(3, after=Position(10), limit=3)) == [11, 12]
    assert told.read(3, after=Position(12), limit=3) == []


def test_a_partition_is_read_backward(told: EventStore) -> None:
    assert positions(told.read_back(3, limit=3)) == [12, 11, 10]
    assert positions(told.read_back(3, before=Position(3), limit=3)) == [2, 1]
    assert told.read_back(3, before=Position(1), limit=3) == []


def test_several_partitions_are_read_at_once_each_from_its_own_place(store: EventStore) -> None:
    names = [
        next(n for n in map("case-{}".format, range(100)) if partition_of(n) == p)
        for p in (1, 4, 6)
    ]
    for _ in range(3):
        for name in names:
            store.append([write(name, event("Noted"))])
    [first, second, third] = [positions(store.load(name)) for name in names]

    found = store.read_all({6: Position(0), 1: Position(first[0])}, limit=2)

    assert positions(found) == [*first[1:], *third[:2]]
    assert second
    assert store.read_all({p: Position(9) for p in range(PARTITIONS)}, limit=9) == []


def test_a_category_is_read_per_partition(told: EventStore) -> None:
    [elsewhere, *_] = [n for n in map("case-{}".format, range(100)) if partition_of(n) == 4]
    told.append([write(elsewhere)])

    found = {
        partition: positions(told.read(partition, after=Position(0), limit=99, category="case"))
        for partition in range(PARTITIONS)
    }

    assert {part: at for part, at in found.items() if at} == {3: [1, 2, 5, 6, 9, 10], 4: [13]}
    assert positions(told.read(3, after=Position(5), limit=2, category="case")) == [6, 9]
    assert positions(told.read_back(3, before=Position(9), limit=2, category="case")) == [6, 5]


def test_a_category_is_a_whole_word(told: EventStore) -> None:
    assert told.read(3, after=Position(0), limit=99, category="cas") == []
    assert [category_of(name) for name in ("case-1-2", "case", "a-b")] == ["case", "case", "a"]


def test_events_are_found_by_type(told: EventStore) -> None:
    assert positions(told.find(type="Opened")) == [1, 2, 3, 4]
    assert positions(told.find(type="Noted", limit=2, after=Position(6))) == [7, 8]
    assert positions(told.find(type="Noted", limit=2, backward=True)) == [12, 11]
    assert told.find(type="Unheard") == []


def test_events_are_found_by_correlation(told: EventStore) -> None:
    assert positions(told.find(correlation="intake/2")) == [5, 6, 7, 8]
    assert positions(told.find(correlation="intake/2", backward=True)) == [8, 7, 6, 5]
    assert told.find(correlation="intake") == []


def test_a_search_may_end_before_a_position(told: EventStore) -> None:
    assert positions(told.find(before=Position(3))) == [1, 2]
    assert positions(told.find(before=Position(3), backward=True)) == [2, 1]


def test_events_read_without_decrypting_stay_sealed(told: EventStore) -> None:
    [sealed, *_] = told.read_back(3, limit=1, decrypt=False)

    assert (sealed.private, sealed.sealed is None) == (None, False)


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("type = 'Rare'", "events_by_type"),
        ("metadata ->> 'correlation_id' = 'intake/7'", "events_by_correlation"),
    ],
)
def test_searches_by_type_and_correlation_do_not_read_the_whole_log(
    database: Database, question: str, index: str
) -> None:
    admin = database.admin()
    admin.execute(
        """
        INSERT INTO events ("position", stream, version, type, schema, data, metadata,
                            occurred_at, recorded_at, partition, digest)
        SELECT n, 'case-' || n, 1, CASE n % 1000 WHEN 0 THEN 'Rare' ELSE 'Noted' END, 1, '{}',
               jsonb_build_object('correlation_id', 'intake/' || n), now(), now(), 0, ''
        FROM generate_series(1, 20000) AS n
        """
    )
    admin.execute("ANALYZE events")

    plan = admin.execute(
        f"""EXPLAIN SELECT * FROM events WHERE {question} ORDER BY "position" LIMIT 500"""  # noqa: S608 - written above
    ).fetchall()

    assert index in str(plan)
