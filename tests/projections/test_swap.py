"""What the swapped tables are like, and who notices."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from shared.projections import DoesNotFit

_LOOKS = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'intake' "
    "AND tablename IN ('boxes', 'labels', 'puts') ORDER BY 1",
    "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN "
    "('intake.boxes'::regclass, 'intake.labels'::regclass, 'intake.puts'::regclass) ORDER BY 1",
    "SELECT relname, relowner::regrole::text, reloptions, relpersistence, "
    "ARRAY(SELECT a::text FROM aclexplode(relacl) AS a ORDER BY 1) FROM pg_class "
    "WHERE relnamespace = 'intake'::regnamespace AND relname IN ('boxes', 'labels', 'puts') "
    "ORDER BY 1",
    "SELECT attrelid::regclass::text, attname, atttypid, attnotnull, attgenerated, attstattarget "
    "FROM pg_attribute WHERE attrelid IN ('intake.boxes'::regclass, 'intake.labels'::regclass, "
    "'intake.puts'::regclass) AND attnum > 0 ORDER BY 1, attnum",
)


def _looks(own) -> list[Any]:
    return [own.owner.execute(query).fetchall() for query in _LOOKS]


@pytest.mark.parametrize("lookups", [None, ()])
def test_indexes_constraints_grants_owner_and_options_are_those_of_before(own, lookups):
    own.model = own.model.__class__(
        name="boxes",
        source="intake",
        tables=own.model.tables,
        apply=own.model.apply,
        lookups=lookups,
    )
    own.open("a", "b")
    own.put("a", 1, 2)
    before = _looks(own)

    own.rebuild()

    assert _looks(own) == before
    statistics = own.owner.execute(
        "SELECT count(*) FROM pg_stats WHERE schemaname = 'intake' AND tablename = 'boxes'"
    ).fetchone()
    assert statistics[0] > 0
    own.put("a", 3)
    own.assert_exact()


def test_statements_that_a_running_service_has_prepared_go_on(own):
    own.open("a")
    service = own.database.closing.enter_context(
        psycopg.connect(own.database.dsn("intake"), autocommit=True)
    )

    def read() -> Any:
        return service.execute("SELECT * FROM boxes WHERE box = %s", ["a"], prepare=True).fetchone()

    for _ in range(8):  # enough for a plan that is kept
        assert read()[1] == 0
    own.rebuild()
    own.put("a", 1)

    assert read()[1] == 1


def test_a_transaction_that_reads_the_tables_for_long_delays_the_swap_only(own):
    own.open("a")
    with psycopg.connect(own.database.dsn("intake")) as reader:
        reader.execute("SELECT * FROM boxes")
        released = []

        def release(_: object) -> None:
            released.append(reader.execute("SELECT count(*) FROM boxes").fetchone())

        import threading

        threading.Timer(1.0, reader.commit).start()
        own.rebuild(watch=release)

    assert released == [(1,)]
    own.assert_exact()


def test_a_table_with_a_trigger_is_refused_with_the_remedy(own):
    own.owner.execute(
        "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    )
    own.owner.execute(
        "CREATE TRIGGER nothing BEFORE INSERT ON boxes FOR EACH ROW EXECUTE FUNCTION nothing()"
    )

    with pytest.raises(DoesNotFit, match=r"intake.boxes has a trigger; read models have none"):
        own.rebuild()
    assert own.copies() == []


def test_a_table_that_a_migration_changed_since_is_not_swapped_in(own):
    own.open("a")
    own.child(failpoint="rebuild.filled")
    own.owner.execute("ALTER TABLE boxes ADD COLUMN colour text")

    with pytest.raises(DoesNotFit, match="has changed its columns since it was copied"):
        own.rebuild()
    own.rebuilder().cancel(by="test", why="migrated")
    own.rebuild()
