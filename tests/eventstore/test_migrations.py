"""Migrations and bootstrap: once, whoever starts first. F57."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from services.host.embedded_postgres import EmbeddedPostgres
from services.host.ports import free_port
from shared.errors import Invalid
from shared.eventstore import (
    EVENT_STORE,
    DatabaseFailed,
    DatabaseUnavailable,
    EventStore,
    migrate,
    open_pool,
)
from shared.eventstore.bootstrap import SERVICES, bootstrap, owner_of
from tests.eventstore.events import write
from tests.support.postgres import Database, server
from tests.support.proxy import Proxy

OLD_WRITES = """[{"stream": "case-1", "expected": 0, "events": [
    {"type": "Seen", "schema": 1, "data": {"b": "\u00e9t\u00e9", "a": 1.50},
     "metadata": {"actor": "v-3"}, "private": "c2VhbGVk",
     "subject": "00000000-0000-4000-8000-000000000001",
     "occurred_at": "1969-07-20T20:17:40.123456+00:00"},
    {"type": "Seen", "schema": 2, "data": {}, "metadata": {}, "private": null, "subject": null,
     "occurred_at": "2026-03-02T09:00:00+01:00"}
]}]"""


def _passwords(postgres: EmbeddedPostgres) -> dict[str, str]:
    roles = [role for schema in (*SERVICES, "keyring") for role in (schema, owner_of(schema))]
    return {role: postgres.password(role) for role in roles}


def _tables(database: Database, schema: str) -> set[str]:
    with psycopg.connect(database.admin_dsn) as admin:
        rows = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {row[0] for row in rows}


def test_f57_migrations_that_start_together_run_once(database: Database, tmp_path: Path) -> None:
    (tmp_path / "0001_inbox.sql").write_text(
        "CREATE TABLE inbox (id int);\nINSERT INTO inbox VALUES (1);\n"
    )
    (tmp_path / "0002_inbox_grows.sql").write_text("ALTER TABLE inbox ADD name text;\n")
    folders = [EVENT_STORE, tmp_path]

    with ThreadPoolExecutor(6) as starters:
        applied = list(
            starters.map(
                lambda _: migrate(database.owner_dsn("intake"), "intake", folders), range(6)
            )
        )

    assert sorted(map(len, applied)) == [0, 0, 0, 0, 0, 2]
    with psycopg.connect(database.dsn("intake")) as run:
        assert run.execute("SELECT id, name FROM inbox").fetchall() == [(1, None)]


UNGUARDED = """
CREATE SCHEMA unguarded;
CREATE FUNCTION unguarded.pg_advisory_lock(bigint) RETURNS void LANGUAGE sql AS '';
GRANT USAGE ON SCHEMA unguarded TO PUBLIC;
"""


def test_f57_without_the_lock_who_starts_second_fails(database: Database, tmp_path: Path) -> None:
    """Proves that the test above can fail."""
    admin = database.admin()
    admin.execute(UNGUARDED)
    admin.execute(
        f"ALTER ROLE intake_owner IN DATABASE {database.name} "
        "SET search_path = unguarded, pg_catalog, intake, pg_temp"
    )
    (tmp_path / "0001_inbox.sql").write_text("SELECT pg_sleep(0.3);\nCREATE TABLE inbox (id int);")

    def start(_: int) -> list[str]:
        return migrate(database.owner_dsn("intake"), "intake", [tmp_path])

    with ThreadPoolExecutor(2) as starters, pytest.raises((DatabaseFailed, DatabaseUnavailable)):
        list(starters.map(start, range(2)))


def test_a_migration_that_fails_leaves_nothing_and_runs_once_mended(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "0001_inbox.sql"
    file.write_text("CREATE TABLE inbox (id int);\nCREATE TABLE inbox (id int);\n")
    with pytest.raises(DatabaseFailed, match="42P07"):
        migrate(database.owner_dsn("intake"), "intake", [tmp_path])
    assert "inbox" not in _tables(database, "intake")

    file.write_text("CREATE TABLE inbox (id int);\n")

    assert migrate(database.owner_dsn("intake"), "intake", [tmp_path]) == ["0001_inbox"]


def test_what_the_library_says_of_each_step_is_not_logged(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "0001_inbox.sql").write_text("CREATE TABLE inbox (id int);\n")
    program = (
        "import sys; from pathlib import Path; from shared.eventstore import migrate; "
        "from shared.logging import configure; configure('intake'); "
        "print(migrate(sys.argv[1], 'intake', [Path(sys.argv[2])]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, database.owner_dsn("intake"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == ["['0001_inbox']"]


def test_the_lock_of_a_migration_that_was_killed_does_not_bar_the_next(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "0001_inbox.sql").write_text("CREATE TABLE inbox (id int);\n")
    with psycopg.connect(database.owner_dsn("intake")) as killed:
        killed.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 4242)")

    assert migrate(database.owner_dsn("intake"), "intake", [tmp_path]) == ["0001_inbox"]


def test_the_same_file_name_in_two_folders_is_refused(database: Database, tmp_path: Path) -> None:
    (tmp_path / "0001_event_store.sql").write_text("SELECT 1;")

    with pytest.raises(Invalid, match=r"0001_event_store\.sql"):
        migrate(database.owner_dsn("intake"), "intake", [EVENT_STORE, tmp_path])


def test_bookkeeping_lies_in_each_services_own_schema(database: Database) -> None:
    for schema in (*SERVICES, "keyring"):
        assert "_yoyo_migration" in _tables(database, schema)
    assert _tables(database, "public") == set()


def test_f57_bootstraps_that_start_together_agree(database: Database) -> None:
    postgres = server()
    passwords = _passwords(postgres)

    with ThreadPoolExecutor(4) as starters:
        done = list(
            starters.map(lambda _: bootstrap(database.admin_dsn, SERVICES, passwords), range(4))
        )

    assert done == [None] * 4
    database.store("followup").append([])
    with psycopg.connect(database.dsn("followup")) as run:
        assert run.execute("SELECT current_schema()").fetchone() == ("followup",)


def test_bootstrap_waits_for_a_database_that_does_not_listen_yet(database: Database) -> None:
    port = free_port()
    dsn = make_conninfo(database.admin_dsn, port=port)

    def listen() -> None:
        database.closing.enter_context(Proxy(server().port, port))

    later = threading.Timer(1.0, listen)
    later.start()
    database.closing.callback(later.join)

    bootstrap(dsn, SERVICES, _passwords(server()), wait_seconds=30.0)

    with psycopg.connect(database.dsn("followup")) as run:
        assert run.execute("SELECT current_schema()").fetchone() == ("followup",)


def test_bootstrap_does_not_wait_for_ever(database: Database) -> None:
    dsn = make_conninfo(database.admin_dsn, port=free_port())

    with pytest.raises(DatabaseUnavailable):
        bootstrap(dsn, SERVICES, _passwords(server()), wait_seconds=0.1)


def test_a_service_may_be_added_later(database: Database) -> None:
    passwords = _passwords(server()) | {"archive": "one", "archive_owner": "two"}

    bootstrap(database.admin_dsn, [*SERVICES, "archive"], passwords)

    dsn = f"postgresql://archive_owner:two@127.0.0.1:{server().port}/{database.name}"
    assert migrate(dsn, "archive", [EVENT_STORE])[0] == "0001_event_store"


def test_what_the_first_release_stored_still_verifies_and_is_chained_on(
    database: Database, tmp_path: Path
) -> None:
    for file in EVENT_STORE.glob("000[123]_*.sql"):
        shutil.copy(file, tmp_path)
    passwords = _passwords(server()) | {"archive": "one", "archive_owner": "two"}
    bootstrap(database.admin_dsn, [*SERVICES, "archive"], passwords)
    run, owner = (
        f"postgresql://{role}@127.0.0.1:{server().port}/{database.name}"
        for role in ("archive:one", "archive_owner:two")
    )
    migrate(owner, "archive", [tmp_path])
    with psycopg.connect(run) as connection:
        connection.execute("SELECT append(%s::jsonb, NULL, NULL)", [OLD_WRITES])

    migrate(owner, "archive", [EVENT_STORE])
    pool = open_pool(run, schema="archive")
    database.closing.callback(pool.close)
    store = EventStore(pool, schema="archive", keyring=database.keyring())
    store.append([write("case-1", expected=2)])

    report = store.verify()
    assert (report.events, report.faults) == (3, ())


def test_a_role_without_a_password_is_named(database: Database) -> None:
    with pytest.raises(KeyError, match="archive"):
        bootstrap(database.admin_dsn, [*SERVICES, "archive"], _passwords(server()))
