"""The log is append-only, and what cannot be read back is not let in."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.eventstore import MAX_EVENT_BYTES, EventStore, _wire, draw_incarnation
from tests.eventstore.events import NOON, PERSON, event, write
from tests.support.postgres import Database, fresh_database

CHANGES = [
    "UPDATE events SET data = '{}'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE commands SET body = ''",
    "DELETE FROM commands",
    "TRUNCATE commands",
    "DELETE FROM incarnations",
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", ["run role", "owner", "owner posing as a replica"])
def test_nobody_changes_or_removes_what_was_written(
    lasting_database: Database, change: str, who: str
) -> None:
    lasting_database.store("intake").append([write("request-1")])
    dsn = (
        lasting_database.dsn("intake")
        if who == "run role"
        else lasting_database.owner_dsn("intake")
    )
    if who == "owner posing as a replica":
        lasting_database.admin().execute(
            "GRANT SET ON PARAMETER session_replication_role TO intake_owner"
        )
        dsn += "?options=-c%20session_replication_role%3Dreplica"

    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(change)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO events SELECT * FROM events",
        "INSERT INTO streams SELECT * FROM streams",
        "UPDATE streams SET version = 9",
        "DELETE FROM streams",
        "INSERT INTO commands SELECT * FROM commands",
        "INSERT INTO incarnations DEFAULT VALUES",
        "SELECT draw_incarnation()",
        "SELECT setval('events_position_seq', 1)",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER append_only",
        "CREATE TABLE mine (id int)",
        "DELETE FROM _yoyo_migration",
        "SELECT * FROM routing.events",
        "SELECT * FROM keyring.subjects",
    ],
)
def test_the_run_role_writes_events_through_append_only(
    lasting_database: Database, statement: str
) -> None:
    with (
        psycopg.connect(lasting_database.dsn("intake")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.parametrize(
    "arguments",
    [
        "'', 0, 'Seen', 1, '{}', '{}', NULL, NULL",
        "repeat('r', 201), 0, 'Seen', 1, '{}', '{}', NULL, NULL",
        "E'r\\n1', 0, 'Seen', 1, '{}', '{}', NULL, NULL",
        "'r-1', 0, '', 1, '{}', '{}', NULL, NULL",
        "'r-1', 0, E'Seen\\n', 1, '{}', '{}', NULL, NULL",
        "'r-1', 0, 'Seen', 0, '{}', '{}', NULL, NULL",
        "'r-1', 0, 'Seen', 1, '{}', '{}', 'sealed', NULL",
    ],
)
def test_what_is_no_event_is_refused_by_the_database_too(
    lasting_database: Database, arguments: str
) -> None:
    with (
        psycopg.connect(lasting_database.dsn("intake")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(f"SELECT append_one({arguments}, now(), NULL, NULL)")


def test_the_run_role_has_its_way_with_read_models_only(database: Database) -> None:
    with psycopg.connect(database.owner_dsn("intake")) as owner:
        owner.execute("CREATE TABLE inbox (id int)")
        owner.execute("CREATE TABLE originals (id int)")
        owner.execute("CALL make_append_only('originals')")

    with psycopg.connect(database.dsn("intake"), autocommit=True) as run:
        run.execute("INSERT INTO inbox VALUES (1), (2)")
        run.execute("UPDATE inbox SET id = 3 WHERE id = 1")
        run.execute("DELETE FROM inbox WHERE id = 2")
        run.execute("INSERT INTO originals VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run.execute("DELETE FROM originals")
        assert run.execute("SELECT id FROM inbox").fetchall() == [(3,)]


@pytest.fixture(scope="module")
def lasting_store(lasting_database: Database) -> EventStore:
    return lasting_database.store("intake")


UNSTORABLE = [
    ({"a": float("nan")}, "data.a"),
    ({"a": float("inf")}, "data.a"),
    ({"a": [1, 2**53 + 1]}, "data.a[1]"),
    ({"a": -(2**53) - 1}, "data.a"),
    ({"a": 1e300}, "data.a"),
    ({"a": {"b": "x\ud800"}}, "data.a.b"),
    ({"a": "x\0"}, "data.a"),
    ({"a\0": 1}, "data"),
    ({1: "a"}, "data"),
    ({"a": NOON}, "data.a"),
    ({"a": b"bytes"}, "data.a"),
]


@pytest.mark.parametrize("part", ["data", "private"])
@pytest.mark.parametrize(("content", "field"), UNSTORABLE)
def test_f12_what_would_not_come_back_is_refused_by_field(
    lasting_store: EventStore, part: str, content: dict[Any, Any], field: str
) -> None:
    bad = event(**{part: content}, subject=PERSON)

    with pytest.raises(Invalid) as refused:
        lasting_store.append([write("r-1"), write("r-2", bad)])

    assert list(refused.value.fields) == [field.replace("data", part, 1)]
    assert lasting_store.load("r-1") == []


@pytest.mark.parametrize("content", [{"a": 1e18}, {"a": -(2.0**62)}])
def test_f12_without_the_look_at_its_content_another_number_comes_back(
    database: Database, content: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail: JSON has one kind of number."""
    monkeypatch.setattr(_wire, "refuse_unstorable", lambda _value, _path: None)
    store = database.store("intake")

    store.append([write("r-1", event(data=content))])

    assert repr(store.load("r-1")[0].data) != repr(content)


def test_f12_metadata_is_held_to_the_same_rules(lasting_store: EventStore) -> None:
    with pytest.raises(Invalid, match=r"metadata\.actor"):
        lasting_store.append([write(metadata={"actor": "\udfff"})])


@pytest.mark.parametrize("part", ["data", "private"])
def test_f12_an_event_too_large_to_travel_is_refused(lasting_store: EventStore, part: str) -> None:
    whole = event(**{part: {"a": "x" * MAX_EVENT_BYTES}}, subject=PERSON)
    half = event(**{part: {"a": "x" * (MAX_EVENT_BYTES // 2)}}, subject=PERSON)

    with pytest.raises(Invalid, match="1048576"):
        lasting_store.append([write("large-1", whole)])

    lasting_store.append([write("large-1", half)])


@pytest.mark.parametrize("name", ["", "with space", "line\nend", "é-1", "x" * 201])
def test_a_bad_stream_name_is_refused(lasting_store: EventStore, name: str) -> None:
    with pytest.raises(Invalid, match="stream"):
        lasting_store.append([write(name)])


def test_private_data_needs_somebody_whose_it_is(lasting_store: EventStore) -> None:
    with pytest.raises(Invalid, match="subject"):
        lasting_store.append([write("r-1", event(private={"name": "A"}))])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-(2**53), 2**53, allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def test_whatever_is_let_in_comes_back_equal_and_verifies() -> None:
    with fresh_database() as database:
        store = database.store("intake")

        @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.dictionaries(st.sampled_from("abc"), json_values))
        def check(content: dict[str, Any]) -> None:
            stream = f"r-{check.count}"  # type: ignore[attr-defined]
            check.count += 1  # type: ignore[attr-defined]
            store.append([write(stream, event(data=content, private=content, subject=PERSON))])

            [recorded] = store.load(stream)
            assert (recorded.data, recorded.private) == (content, content)

        check.count = 0  # type: ignore[attr-defined]
        check()
        assert store.verify().faults == ()


def test_a_new_incarnation_is_drawn_by_the_owner_alone(database: Database) -> None:
    store = database.store("intake")
    before = store.incarnation()

    drawn = draw_incarnation(database.owner_dsn("intake"), "intake")

    assert before != drawn == store.incarnation()
    assert database.store("routing").incarnation() != drawn
