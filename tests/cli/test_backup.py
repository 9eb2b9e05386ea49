"""Backups: one consistent cut, checked when put back. F10: a log that went back in time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from services.host.backup import BackupBroken, one_cut
from services.host.restore import NotEmpty, StillRunning
from shared.errors import Refused
from shared.eventstore import ERASED, Appended, EventStore
from shared.settings import Environment
from tests.cli.conftest import Run
from tests.cli.office import Office, everything, opened_office
from tests.cli.test_verify import faults
from tests.eventstore.events import write
from tests.support.postgres import Database, fresh_database

WHO = ("--by", "Nora", "--why", "rehearsal")


@pytest.fixture
def office(
    desk: Database, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    monkeypatch.setenv("PERMANENCE_ERASED_LIST", str(tmp_path / "erased"))
    return opened_office(desk, tmp_path)


@pytest.fixture
def empty_server() -> Iterator[Database]:
    with fresh_database(services=True) as fresh:
        yield fresh


def close_services(office: Office) -> None:
    """What stopping them does: nobody is connected any more."""
    office.intake.database.closing.close()


def backed_up(permanence: Run, folder: Path, name: str = "b") -> tuple[str, str]:
    services, keyring = folder / name, folder / f"{name}-keyring"
    permanence("backup", str(services), "--keyring", str(keyring), *WHO)
    return str(services), str(keyring)


def contents(database: Database) -> dict[str, list[str]]:
    """What the services hold, but for the life of the log and the record of admins' actions."""
    admin = database.admin()
    query = """
        SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname IN ('intake', 'routing', 'desk', 'keyring')
          AND tablename !~ '^(_yoyo|yoyo|incarnations|checkpoints|admin_actions)' ORDER BY 1
    """
    return {
        table: [row[0] for row in admin.execute(f"SELECT t::text FROM {table} t ORDER BY 1")]  # noqa: S608
        for [table] in admin.execute(query).fetchall()
    }


def test_a_backup_put_back_into_an_empty_server_is_the_same_and_verifies(
    office: Office,
    permanence: Run,
    point_at: Callable[[Database], None],
    empty_server: Database,
    tmp_path: Path,
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    before = contents(office.intake.database)
    life = office.store.incarnation()
    point_at(empty_server)

    rows = permanence("restore", services, "--keyring", keyring, *WHO)

    assert faults(rows) == []
    assert {row["check"] for row in rows} >= {"chain", "keyring", "checkpoints"}
    assert contents(empty_server) == before
    assert empty_server.store().incarnation() != life
    assert office.person in {one.subject for one in empty_server.store().find()}
    empty_server.store().append([write("r-9")])  # positions go on
    assert empty_server.store().verify().sound


def test_only_the_restored_database_starts_a_new_life_and_consumers_follow(
    office: Office,
    permanence: Run,
    point_at: Callable[[Database], None],
    empty_server: Database,
    tmp_path: Path,
) -> None:
    _handled(office.intake.database, office.store, office.store.append([write("r-1")])[0])
    services, keyring = backed_up(permanence, tmp_path)
    point_at(empty_server)

    assert faults(permanence("restore", services, "--keyring", keyring, *WHO)) == []
    with psycopg.connect(empty_server.dsn("routing")) as routing:
        [[life]] = routing.execute("SELECT incarnation FROM checkpoints").fetchall()
    assert life == empty_server.store().incarnation()


@pytest.mark.parametrize("what", ["a table", "the manifest", "a file removed"])
def test_a_backup_that_is_not_as_it_was_written_is_refused(
    office: Office, permanence: Run, tmp_path: Path, what: str
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    manifest, events = Path(services) / "manifest.json", Path(services) / "intake/events.copy.gz"
    if what == "the manifest":
        altered: dict[str, Any] = json.loads(manifest.read_text())
        altered["logs"]["intake"]["heads"] = {}
        manifest.write_text(json.dumps(altered))
    elif what == "a table":
        events.write_bytes(events.read_bytes() + b"\0")
    else:
        events.unlink()

    with pytest.raises(BackupBroken):
        permanence("restore", services, "--dry-run")


def test_a_backup_holds_no_key_and_names_nobody_in_its_manifest(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, keyring = backed_up(permanence, tmp_path)

    assert not (Path(services) / "keyring").exists()
    assert "canari" not in (Path(services) / "manifest.json").read_text().lower()
    assert Path(services).stat().st_mode & 0o077 == 0
    assert (Path(keyring) / "keyring" / "subjects.copy.gz").exists()


def test_a_folder_that_is_in_use_is_refused(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    backed_up(permanence, tmp_path)

    with pytest.raises(Refused, match="not empty"):
        backed_up(permanence, tmp_path)


def test_what_is_there_is_replaced_only_on_demand_and_backed_up_first(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    office.store.append([write("r-later")])
    close_services(office)

    with pytest.raises(NotEmpty, match="--replace"):
        permanence("restore", services, *WHO)
    with pytest.raises(NotEmpty, match="--safety"):
        permanence("restore", services, "--replace", *WHO)
    safety = tmp_path / "safety"
    permanence("restore", services, "--replace", "--safety", str(safety), *WHO)

    database = office.intake.database
    assert database.store().load("r-later") == []
    kept = permanence("restore", str(safety / "services"), "--dry-run")
    [intake] = [row for row in kept if row["schema"] == "intake"]
    assert intake["events"] == database.store().verify().events + 1


def test_a_position_is_not_handed_out_again_after_a_restore(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    [lost] = office.store.append([write("r-later")])
    close_services(office)
    permanence("restore", services, "--replace", "--safety", str(tmp_path / "s"), *WHO)

    [new] = office.intake.database.store().append([write("r-later")])

    assert new.position > lost.position


def test_services_that_run_are_not_replaced_under_their_feet(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    office.store.heads()  # connected, as a running service is

    with pytest.raises(StillRunning, match="intake"):
        permanence("restore", services, "--replace", "--safety", str(tmp_path / "s"), *WHO)


def test_f10_one_service_restored_while_others_go_on_is_found_and_set_right(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    [kept] = office.store.append([write("r-1")])
    services, _ = backed_up(permanence, tmp_path)
    [lost] = office.store.append([write("r-1")])
    _handled(database, office.store, lost)
    close_services(office)

    safety = str(tmp_path / "s")
    restored = permanence(
        *("restore", services, "--service", "intake", "--replace", "--safety", safety), *WHO
    )
    assert any("permanence realign routing intake" in fault for fault in faults(restored))

    shown = permanence("realign", "routing", "intake", "--dry-run")
    done = permanence("realign", "routing", "intake", *WHO)

    assert (
        done
        == shown
        == [
            {
                "partition": lost.partition,
                "handled": lost.position,
                "head": kept.position,
                "read_on_from": kept.position,
                "lost": True,
            }
        ]
    )
    assert faults(permanence("verify", "--check", "checkpoints")) == []


def test_f53_a_person_erased_since_the_backup_stays_erased(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    services, keyring = backed_up(permanence, tmp_path)
    office.erase()
    close_services(office)

    safety = str(tmp_path / "s")
    rows = permanence(
        *("restore", services, "--keyring", keyring, "--replace", "--safety", safety), *WHO
    )

    assert faults(rows) == []
    assert "canari" not in everything(database).lower()
    private = [one.private for one in database.store().find() if one.sealed]
    assert private
    assert set(private) == {ERASED}
    assert len(database.store().find(type="PersonErased")) == 1


def test_f53_the_list_of_the_erased_holds_on_a_new_server_too(
    office: Office,
    permanence: Run,
    point_at: Callable[[Database], None],
    empty_server: Database,
    tmp_path: Path,
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    office.erase()
    point_at(empty_server)

    permanence("restore", services, "--keyring", keyring, *WHO)

    assert "canari" not in everything(empty_server).lower()
    assert empty_server.store().keyring.is_erased(office.person)


def test_who_restored_is_recorded_even_though_the_keyring_was_replaced(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    close_services(office)
    safety = str(tmp_path / "s")
    permanence(*("restore", services, "--keyring", keyring, "--replace", "--safety", safety), *WHO)

    query = "SELECT action, by, outcome FROM keyring.admin_actions ORDER BY started_at"
    actions = office.intake.database.admin().execute(query).fetchall()
    assert actions == [("backup", "Nora", "done"), ("restore", "Nora", "done")]


def test_no_checkpoint_in_a_cut_lies_beyond_its_source(desk: Database, permanence: Run) -> None:
    """While intake writes and routing follows closely, from two threads."""
    store, stop = desk.store(), threading.Event()
    last = store.append([write("r-1")])[0]
    _handled(desk, store, last)

    def work() -> None:
        with psycopg.connect(desk.dsn("routing"), autocommit=True) as routing:
            while not stop.is_set():
                [appended] = store.append([write("r-1")])
                routing.execute("UPDATE checkpoints SET position = %s", [appended.position])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(30):
            with one_cut(Environment(), ["intake", "routing"]) as seen:
                [[head]] = seen["intake"].execute('SELECT max("position") FROM events').fetchall()
                [[reached]] = seen["routing"].execute("SELECT position FROM checkpoints").fetchall()
            assert reached <= head
    finally:
        stop.set()
        worker.join()


def _handled(database: Database, store: EventStore, appended: Appended) -> None:
    """Routing has handled intake up to there."""
    with psycopg.connect(database.dsn("routing")) as routing:
        routing.execute("INSERT INTO subscriptions (source) VALUES ('intake')")
        routing.execute(
            "INSERT INTO checkpoints VALUES ('intake', %s, %s, %s, %s)",
            [appended.partition, store.incarnation(), appended.position, appended.digest],
        )
