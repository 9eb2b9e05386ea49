"""Backups: one consistent cut, checked when put back. F10: a log that went back in time."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from services.cli.actions import recorded
from services.cli.app import app_of
from services.cli.backup import RestoreUnsound
from services.desk import wiring as desk_wiring
from services.host import catalog
from services.host.backup import back_up, one_cut
from services.host.erased_list import ErasuresUnknown, begin_list
from services.host.files import filled, left_over
from services.host.manifest import BackupBroken
from services.host.restore import NotEmpty, StillRunning, UnderWay, make_tables
from services.host.runner import SERVICES
from services.intake import wiring as intake_wiring
from shared.clock import SystemClock
from shared.contracts.routing.events import RequestAssigned
from shared.errors import Invalid, PermanenceError, Refused
from shared.eventstore import (
    ERASED,
    Appended,
    EventStore,
    RestoreUnfinished,
    Streams,
    UnitOfWork,
    Write,
    draw_incarnation,
    partition_of,
)
from shared.failpoints import EXIT_STATUS
from shared.messaging import Delivered, Diverged
from shared.messaging._delivered import Opening
from shared.messaging._following import Following
from shared.messaging._handling import Handling
from shared.messaging._source import Source
from shared.messaging._tables import SubscriptionTables
from shared.privacy import ErasedList, ErasedListBroken
from shared.projections import NothingKept
from shared.service import refuse_half_restored
from shared.settings import Environment
from tests.cli.conftest import Run
from tests.cli.office import LETTER, Office, everything, kept_aside
from tests.cli.test_verify import faults, superuser, told
from tests.eventstore.events import NOON, OTHER_PERSON, write
from tests.messaging.direct import DirectCalls
from tests.support.postgres import Database, bare_database, fresh_database
from tests.support.sample_events import sample

WHO = ("--by", "Nora", "--why", "rehearsal")


@pytest.fixture
def empty_server() -> Iterator[Database]:
    with fresh_database(services=True) as fresh:
        # Tests' databases are copies of one; a server of its own has logs of its own.
        admin = fresh.admin()
        admin.execute("ALTER TABLE intake.incarnations DISABLE TRIGGER append_only")
        admin.execute("UPDATE intake.incarnations SET incarnation = gen_random_uuid()")
        admin.execute("ALTER TABLE intake.incarnations ENABLE ALWAYS TRIGGER append_only")
        yield fresh


class Died(BaseException):
    """The restore ends where it stands."""


def died(*_: object, **__: object) -> None:
    raise Died


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

    rows = permanence("restore", services, "--keyring", keyring, *WHO, "--nobody-erased")

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

    assert (
        faults(permanence("restore", services, "--keyring", keyring, *WHO, "--nobody-erased")) == []
    )
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


def test_a_backup_that_cannot_be_written_leaves_nothing(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("services.host.dump.digest_of", full)

    with pytest.raises(Refused, match=r"folder: .* cannot be written .No space left"):
        backed_up(permanence, tmp_path)

    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("point", ["backup.before_manifest", "backup.before_place"])
def test_a_backup_that_was_killed_is_named_and_hinders_no_other(
    office: Office, permanence: Run, tmp_path: Path, point: str
) -> None:
    program = Path(sys.executable).with_name("permanence")
    killed = subprocess.run(
        [program, "backup", str(tmp_path / "b"), *WHO],
        env=os.environ | {"PERMANENCE_FAILPOINT": point},
        check=False,
    )
    assert killed.returncode == EXIT_STATUS
    left = tmp_path / "b.unfinished"
    assert [one.name for one in tmp_path.glob("b*")] == [left.name]
    assert left.stat().st_mode & 0o077 == 0

    said = f"folder: {left} is what a backup that was cut short left: .* use another"
    for folder in (tmp_path / "b", left):
        with pytest.raises(Invalid, match=said):
            permanence("restore", str(folder), "--dry-run")
        with pytest.raises(Invalid, match=said):
            permanence("verify", "--backup", str(folder))
    other = CliRunner().invoke(
        app_of(), ["backup", str(tmp_path / "c"), *WHO], catch_exceptions=False
    )
    assert f"warning: {left} was left by a command that was cut short; delete it" in other.stderr

    services, _ = backed_up(permanence, tmp_path)
    assert not left.exists()
    assert {row["folder"] for row in permanence("verify", "--backup", services)} == {services}


def test_a_folder_that_another_backup_writes_is_left_to_it(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    with filled(tmp_path / "b", "folder", given="one") as aside:
        (aside / "begun").touch()
        with pytest.raises(Refused, match="is being written by another command; let it end"):
            backed_up(permanence, tmp_path)
        with pytest.raises(Invalid, match="is being written by another command; let it end"):
            permanence("verify", "--backup", str(tmp_path / "b"))
        assert left_over(tmp_path / "b") == []

    assert (tmp_path / "b" / "begun").exists()


def test_a_folder_whose_place_nothing_can_take_is_refused_before_anything_is_read(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "b")

    with pytest.raises(Refused, match="b is where a disk is mounted; give a new folder in it"):
        backed_up(permanence, tmp_path)

    assert not list(tmp_path.glob("b*"))


def test_what_is_no_backup_is_said_to_be_none(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    (Path(services) / "manifest.json").unlink()
    (tmp_path / "empty").mkdir()

    for folder, said in (("b", "copied in part"), ("empty", "no backup"), ("x", "there is no ")):
        with pytest.raises(Invalid, match=said):
            permanence("verify", "--backup", str(tmp_path / folder))


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
    close_services(office)
    would = ("--replace", "--safety", str(tmp_path / "safe"), "--dry-run")
    kept = permanence("restore", str(safety / "services"), *would)
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


def test_f10_what_is_parked_of_events_that_are_gone_goes_with_them(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    [kept] = office.store.append([write("r-1")])
    services, _ = backed_up(permanence, tmp_path)
    [lost] = office.store.append([write("r-1")])
    _handled(database, office.store, lost)
    with psycopg.connect(database.dsn("routing"), autocommit=True) as routing:
        for one in (kept, lost):
            _park(routing, one)
        routing.execute("UPDATE subscriptions SET parked_count = 2")
        close_services(office)
        restored = ("restore", services, "--service", "intake", "--replace", "--safety")
        permanence(*restored, str(tmp_path / "s"), *WHO)

        shown = permanence("realign", "routing", "intake", "--dry-run")
        assert routing.execute("SELECT count(*) FROM parked_events").fetchone() == (2,)
        done = permanence("realign", "routing", "intake", *WHO)

        assert done == shown
        assert [row["parked"] for row in done if "parked" in row] == [f"intake/{lost.position}"]
        assert routing.execute("SELECT position FROM parked_events").fetchall() == [
            (kept.position,)
        ]
        assert routing.execute("SELECT position FROM attempts").fetchall() == [(kept.position,)]
        assert routing.execute("SELECT parked_count FROM subscriptions").fetchone() == (1,)
        [details] = routing.execute("SELECT details FROM messaging_actions").fetchone() or [{}]
        assert details["parked_gone"] == [lost.position]


@pytest.mark.parametrize("again", [False, True], ids=["the first time", "a second time"])
def test_f10_a_consumer_that_moves_on_while_it_is_realigned_is_not_set_back(
    office: Office, permanence: Run, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    """What it did is listed meanwhile, which may take long."""
    database = office.intake.database
    first, second = (office.store.append([write("r-1")])[0] for _ in range(2))
    _handled(database, office.store, first)
    with psycopg.connect(database.dsn("routing")) as routing:
        other_life = None if again else UUID(int=1)
        routing.execute(
            "INSERT INTO checkpoints SELECT 'intake', (partition + 1) %% 8, %s, 0, digest "
            "FROM checkpoints",
            [other_life],
        )

    def moving_on(*_: object) -> list[Any]:
        with psycopg.connect(database.dsn("routing")) as connection:
            connection.execute(
                "UPDATE checkpoints SET position = %s, digest = %s WHERE position > 0",
                [second.position, second.digest],
            )
        return []

    monkeypatch.setattr("services.cli.realign._orphans", moving_on)
    permanence("realign", "routing", "intake", *WHO)

    with psycopg.connect(database.dsn("routing")) as routing:
        query = "SELECT position, incarnation FROM checkpoints ORDER BY position DESC"
        assert routing.execute(query).fetchall() == [
            (second.position, office.store.incarnation()),
            (0, None if again else office.store.incarnation()),
        ]
        done = routing.execute("SELECT count(*) FROM messaging_actions").fetchone()
        assert done == (0 if again else 1,)


def test_f10_a_consumer_sent_to_the_end_is_not_set_back_from_beyond_it(
    office: Office, permanence: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It moved on, with the log, after it was looked where the end is."""
    database = office.intake.database
    [first] = office.store.append([write("r-1")])
    _handled(database, office.store, first)
    later: list[Appended] = []

    def moving_on(*arguments: Any, **named: Any) -> Any:
        later.extend(office.store.append([write("r-1")]))
        with psycopg.connect(database.dsn("routing")) as connection:
            connection.execute("UPDATE checkpoints SET position = %s", [later[0].position])
        return recorded(*arguments, **named)

    monkeypatch.setattr("services.cli.subscriptions.recorded", moving_on)
    [row] = permanence("subscriptions", "reset", "routing", "intake", "--to", "end", *WHO)

    assert (row["from"], row["to"]) == (later[0].position, later[0].position)
    with psycopg.connect(database.dsn("routing")) as routing:
        query = "SELECT position FROM checkpoints"
        assert routing.execute(query).fetchall() == [(later[0].position,)]


def test_a_service_of_which_half_is_restored_does_not_start_until_all_is(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The restore ends where consumers would follow into the log's new life."""
    database = office.intake.database
    [kept] = office.store.append([write("r-1")])
    services, _ = backed_up(permanence, tmp_path)
    [lost] = office.store.append([write("r-1")])
    _handled(database, office.store, lost)
    database.store("routing").append([assigned(1, because_of=lost)])
    life = office.store.incarnation()
    close_services(office)
    command = ("restore", services, "--service", "intake", "--replace", *WHO)
    with monkeypatch.context() as patched:
        patched.setattr("services.host.restore._follow", died)
        with pytest.raises(Died):
            permanence(*command, "--safety", str(tmp_path / "s1"))

    assert database.store().incarnation() != life
    said = "intake: a restore that began at .* did not end; run `permanence restore` again"
    with pytest.raises(RestoreUnfinished, match=said):
        intake_wiring.open_parts({})
    with pytest.raises(RestoreUnfinished, match=said):
        refuse_half_restored(Environment(), ["routing", "intake"])
    refuse_half_restored(Environment(), ["routing"])
    with pytest.raises(RestoreUnfinished, match=said):
        permanence("realign", "routing", "intake", *WHO)
    told = faults(permanence("verify", "--check", "checkpoints", "--service", "intake", status=1))
    assert re.match(said, told[0])

    database.closing.close()
    permanence(*command, "--safety", str(tmp_path / "s2"))
    intake_wiring.open_parts({}).close()
    step, gone = permanence("realign", "routing", "intake", *WHO)
    assert (step["lost"], step["read_on_from"]) == (True, kept.position)
    assert gone["caused_by"] == f"intake/{lost.position}"


def test_a_restore_that_replaced_nothing_keeps_no_service_from_starting(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    with monkeypatch.context() as patched:
        patched.setattr("services.host.restore.load", died)
        with pytest.raises(Died):
            permanence("restore", services, "--replace", "--safety", str(tmp_path / "s"), *WHO)

    intake_wiring.open_parts({}).close()


def test_f10_while_one_restores_nothing_starts_and_nobody_else_restores(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From before what is there is backed up, which may take minutes."""
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)
    command = ("restore", services, "--replace", *WHO, "--safety")

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        with pytest.raises(RestoreUnfinished, match="intake: a restore that began at"):
            intake_wiring.open_parts({})
        with pytest.raises(UnderWay, match="is being restored by another command; let it end"):
            permanence(*command, str(tmp_path / "other"))
        return back_up(*arguments, **named)

    monkeypatch.setattr("services.cli.backup.back_up", meanwhile)
    assert faults(permanence(*command, str(tmp_path / "safe"))) == []

    assert not (tmp_path / "other").exists()
    intake_wiring.open_parts({}).close()


def test_a_service_that_starts_while_a_restore_gets_ready_is_not_replaced(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    def started(env: Environment, schemas: Sequence[str]) -> None:
        make_tables(env, schemas)
        office.intake.database.store().append([write("r-meanwhile")])

    with monkeypatch.context() as patched:
        patched.setattr("services.cli.backup.make_tables", started)
        with pytest.raises(StillRunning, match="intake"):
            permanence("restore", services, "--replace", "--safety", str(tmp_path / "s"), *WHO)

    assert len(office.intake.database.store().load("r-meanwhile")) == 1
    intake_wiring.open_parts({}).close()


def test_no_copy_of_a_rebuild_outlives_the_log_that_it_was_built_from(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    services, _ = backed_up(permanence, tmp_path)
    permanence("rebuild", "intake", *WHO)  # which keeps the tables that it replaced
    admin = database.admin()
    admin.execute("CREATE SCHEMA IF NOT EXISTS intake__rebuild AUTHORIZATION intake_owner")
    admin.execute("CREATE TABLE intake__rebuild.requests (LIKE intake.requests)")
    admin.execute("ALTER TABLE intake__rebuild.requests OWNER TO intake_owner")
    close_services(office)

    permanence("restore", services, "--replace", "--safety", str(tmp_path / "s"), *WHO)

    left = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname ~ '^intake__'"
    admin = database.admin()
    assert admin.execute(left).fetchall() == []
    assert admin.execute("SELECT count(*) FROM intake.rebuild_progress").fetchone() == (0,)
    with pytest.raises(NothingKept):
        permanence("rebuild", "intake.requests", "--back", *WHO)
    assert {row["only_live"] + row["only_rebuilt"] for row in permanence("drift", "intake")} == {0}


def test_a_service_restored_alone_that_does_not_verify_is_a_restore_that_failed(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    admin = superuser(office.intake.database)
    office.store.append([write("r-1")])
    admin.execute("UPDATE events SET data = '{}' WHERE stream = 'r-1'")
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    into = ("--service", "intake", "--replace", "--safety", str(tmp_path / "s"))
    with pytest.raises(RestoreUnsound, match=r"r-1 version 1 .*: altered"):
        permanence("restore", services, *into, *WHO)

    [latest, *_] = permanence("actions", "--action", "restore")
    assert (latest["outcome"], latest["result"]["error"]) == ("failed", "restore.unsound")


def test_a_dry_run_refuses_what_the_restore_would_refuse(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    into = ("--replace", "--safety", str(tmp_path / "s"), "--dry-run")
    office.store.heads()  # connected, as a running service is

    with pytest.raises(StillRunning, match="intake"):
        permanence("restore", services, *into)
    close_services(office)
    with pytest.raises(NotEmpty, match="--replace"):
        permanence("restore", services, "--dry-run")
    with pytest.raises(Refused, match=f"--safety: {keyring} is not empty"):
        permanence("restore", services, "--replace", "--safety", keyring, "--dry-run")
    with pytest.raises(Invalid, match="--keyring: the backup holds no keyring, but intake"):
        permanence("restore", "--keyring", services, *into)


def test_a_dry_run_into_an_empty_server_makes_nothing_there(
    office: Office, permanence: Run, point_at: Callable[[Database], None], tmp_path: Path
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    with fresh_database() as bare:
        point_at(bare)
        before = everything(bare)

        rows = permanence("restore", services, "--keyring", keyring, "--dry-run", "--nobody-erased")

        assert {row["events_gone"] for row in rows} == {0}
        assert everything(bare) == before


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    office.store.append([write("r-1")])
    moment = now(office)
    office.store.append([write("r-1"), write("r-2")])
    services, _ = backed_up(permanence, tmp_path)
    office.store.append([write("r-1")])
    before, life = contents(database), office.store.incarnation()
    close_services(office)
    would = ("--replace", "--safety", str(tmp_path / "s"), "--dry-run")

    rows = permanence("restore", services, *would)
    there = {row["schema"]: row for row in rows}
    assert there["intake"]["gone"] == {"RequestReceived": 1}
    assert there["intake"]["events_gone"] == 1
    assert there["routing"]["events_gone"] == 0
    assert there["intake"]["rows_there"] == there["intake"]["rows"] + 1

    then = ("--service", "intake", "--as-of", moment.isoformat())
    [intake, back] = permanence("restore", services, *then, *would)
    assert (intake["schema"], back["events_gone"]) == ("intake", 2)
    assert back["gone"] == {"RequestReceived": 2}
    assert contents(database) == before
    assert database.store().incarnation() == life


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

    rows = permanence("restore", services, "--keyring", keyring, *WHO)

    assert (rows[0]["check"], rows[0]["looked_at"]) == ("listed as erased", 1)
    assert "canari" not in everything(empty_server).lower()
    assert empty_server.store().keyring.is_erased(office.person)


def test_f53_nothing_is_restored_while_the_list_of_the_erased_is_missing_and_verify_tells_it(
    office: Office,
    permanence: Run,
    point_at: Callable[[Database], None],
    empty_server: Database,
    tmp_path: Path,
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    office.erase()
    (tmp_path / "erased").unlink()
    missing = r"^PERMANENCE_ERASED_LIST: .*/erased is not there; bring the list"

    rows = permanence("verify", "--check", "keyring", "--check", "checkpoints", status=1)
    assert all(re.search(missing, row["faults"][0]) for row in rows if row["check"] == "keyring")
    assert {row["check"] for row in rows} == {"keyring", "checkpoints"}
    with capture_logs() as lines:
        desk_wiring.open_parts({"AMQP_URI": "memory://nobody-listens"}).close()
    assert "erased_list_missing" in [line["event"] for line in lines]
    point_at(empty_server)
    for more in (["--dry-run"], [*WHO]):
        with pytest.raises(ErasedListBroken, match=missing):
            permanence("restore", services, "--keyring", keyring, *more)

    assert "canari" not in everything(empty_server).lower()


def test_f53_a_list_that_a_new_server_began_is_not_taken_for_the_lost_one(
    office: Office,
    permanence: Run,
    point_at: Callable[[Database], None],
    empty_server: Database,
    tmp_path: Path,
) -> None:
    services, keyring = backed_up(permanence, tmp_path)
    office.erase()
    (tmp_path / "erased").write_text("")  # lost with the server; the new one began its own
    point_at(empty_server)
    command = ("restore", services, "--keyring", keyring)

    for more in (["--dry-run"], [*WHO], [*WHO, "--replace", "--safety", str(tmp_path / "s")]):
        with pytest.raises(ErasuresUnknown, match=r"names nobody.*give --nobody-erased"):
            permanence(*command, *more)
    with pytest.raises(ErasuresUnknown):
        permanence("restore", "--keyring", keyring, *WHO)
    assert "canari" not in everything(empty_server).lower()

    permanence(*command, *WHO, "--nobody-erased")
    [done, *_] = permanence("actions", "--action", "restore")
    assert "nobody_erased" in str(done)


def test_f53_the_list_of_the_erased_begins_once_and_a_lost_one_is_not_begun_anew(
    office: Office, empty_server: Database, tmp_path: Path
) -> None:
    listed, dsn = ErasedList(str(tmp_path / "list")), office.intake.database.admin_dsn
    with bare_database() as bare:
        begin_list(listed, bare.admin_dsn, new=False)  # keys were brought, and the list was not
        assert listed.is_missing
        begin_list(listed, bare.admin_dsn, new=True)
        assert not listed.is_missing
    (tmp_path / "list").unlink()
    begin_list(listed, empty_server.admin_dsn, new=False)  # so too at the second start
    assert listed.is_missing
    begin_list(listed, empty_server.admin_dsn, new=True)
    (tmp_path / "list").unlink()
    begin_list(listed, dsn, new=False)  # an earlier release made none, and nobody was erased
    assert not listed.is_missing

    office.erase()
    (tmp_path / "list").unlink()
    begin_list(listed, dsn, new=True)

    assert listed.is_missing


def test_f53_bootstrap_asks_the_keyring_wherever_it_lies_whether_somebody_was_erased(
    office: Office, permanence: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.erase()
    (tmp_path / "erased").unlink()
    with bare_database() as elsewhere:
        monkeypatch.setenv("PERMANENCE_ADMIN_DSN", elsewhere.admin_dsn)
        permanence("bootstrap")

    assert not (tmp_path / "erased").exists()


@pytest.mark.parametrize("remembered_by", ["the keyring", "the list alone"])
def test_f53_whom_a_restore_brought_back_is_named_and_goes_before_anything_is_shown(
    office: Office,
    permanence: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    remembered_by: str,
) -> None:
    database = office.intake.database
    services, keyring = backed_up(permanence, tmp_path)
    office.erase()
    close_services(office)
    safety = str(tmp_path / "s")
    monkeypatch.setattr("services.cli.backup._hold_erasures", died)
    with pytest.raises(Died):
        permanence(
            *("restore", services, "--keyring", keyring, "--replace", "--safety", safety), *WHO
        )
    admin = database.admin()
    for service in SERVICES:  # as PostgreSQL's own tools restore: no mark, no erasure held
        admin.execute(f"DELETE FROM {service}.unfinished_restore")  # noqa: S608 - our own
    if remembered_by == "the list alone":
        admin.execute("ALTER TABLE keyring.subjects DISABLE TRIGGER ALL")
        admin.execute("DELETE FROM keyring.subjects WHERE subject = %s", [office.person])
        admin.execute("ALTER TABLE keyring.subjects ENABLE TRIGGER ALL")
        database.keyring().prepare([office.person])
    assert "canari" in everything(database).lower()
    admin.execute("ANALYZE")
    assert "canari" in kept_aside(database)
    named = faults(permanence("verify", "--check", "keyring", status=1))
    assert {fault.partition(";")[0] for fault in named} >= {
        f"{office.person}: was erased, but intake's log does not tell it",
        f"{office.person}: was erased, but desk.request_people names them",
    }

    with capture_logs() as lines:
        for opened in (desk_wiring.open_parts, intake_wiring.open_parts):  # nobody heard of it
            opened({"AMQP_URI": "memory://nobody-listens"}).close()

    assert "canari" not in everything(database).lower()
    assert "canari" not in kept_aside(database)  # neither dead rows nor samples
    swept = {(one["source"], one["total"]) for one in lines if "swept" in one["event"]}
    named_them = ("desk.request_people", "intake.request_marks", "keyring.subjects")
    assert swept == {(table, 0) for table in named_them}
    assert [one for one in lines if one["event"] == "erased_rows_left"] == []
    assert faults(permanence("verify", "--check", "keyring")) == []
    assert len(database.store().find(type="PersonErased")) == 1
    assert database.store().keyring.is_erased(office.person)


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


def _park(routing: psycopg.Connection, appended: Appended) -> None:
    """Routing has failed on it, more than once."""
    at = [appended.partition, appended.position]
    routing.execute("INSERT INTO attempts VALUES ('intake', %s, %s, 3)", at)
    routing.execute(
        "INSERT INTO parked_events (source, stream, partition, position, version, type, envelope) "
        "VALUES ('intake', 'r-1', %s, %s, 1, 'RequestReceived', '{}')",
        at,
    )


def elsewhere(stream: str) -> str:
    """A stream of another partition."""
    streams = (f"r-{number}" for number in range(100))
    return next(one for one in streams if partition_of(one) != partition_of(stream))


def between_others(office: Office) -> list[Appended]:
    """Two events of one partition, and between them one of another."""
    streams = ("r-1", elsewhere("r-1"), "r-1")
    return [office.store.append([write(stream)])[0] for stream in streams]


class AsTheyCame:
    """Decodes nothing: for a reader that looks at positions only."""

    def types(self) -> dict[str, int]:
        return {}

    def decode(self, recorded: Any) -> Any:
        return recorded


def reads(database: Database) -> list[int]:
    """Let routing's subscription read intake to the end of its log; the positions that it took."""
    taken: list[int] = []

    def take(batch: Sequence[Delivered], _: UnitOfWork) -> None:
        taken.extend(delivered.position for delivered in batch)

    store, routing = database.store(), database.store("routing")
    tables = SubscriptionTables(database.pool("routing"), "intake")
    handling = Handling(
        tables=tables,
        streams=Streams(routing, catalog.codec("routing"), SystemClock()),
        opening=Opening(AsTheyCame(), store.keyring),
        handler=take,
        sleep=lambda _: None,
    )
    source = Source("intake", DirectCalls(store))
    Following(source, handling, tables, stopping=lambda: False).level()
    return taken


def now(office: Office) -> datetime:
    """A moment by the database's clock, between what comes before and what comes after."""
    [[moment]] = office.intake.database.admin().execute("SELECT clock_timestamp()").fetchall()
    return moment  # type: ignore[no-any-return]  # a timestamptz


def rows_of(office: Office, table: str) -> list[str]:
    query = f"SELECT t::text FROM {table} t ORDER BY 1"  # noqa: S608 - our own tables
    return [row[0] for row in office.intake.database.admin().execute(query)]


def taken_back(
    permanence: Run, services: str, safety: Path, service: str, moment: datetime
) -> list[dict[str, Any]]:
    wanted = ("--service", service, "--as-of", moment.isoformat())
    return permanence("restore", services, *wanted, "--replace", "--safety", str(safety), *WHO)


def assigned(number: int, *, because_of: Appended) -> Write:
    """Routing's event that one of intake's caused."""
    made = sample(RequestAssigned, number)
    encoded = catalog.codec("routing").encode(made, NOON)
    cause = {"causation_id": f"intake/{because_of.position}"}
    return write(f"assignment-{made.request_id}", encoded, metadata=cause)


def test_f10_one_service_goes_back_to_a_moment_between_two_backups(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database = office.intake.database
    backed_up(permanence, tmp_path, "before")
    office.store.keyring.erase(OTHER_PERSON)
    [kept] = office.store.append([told(OTHER_PERSON)], command_id=UUID(int=1))
    moment, known, requests = now(office), office.store.find(), rows_of(office, "intake.requests")
    [lost] = office.store.append([told(OTHER_PERSON)], command_id=UUID(int=2))
    office.intake.submit("letter", LETTER.replace("Zébulon", "Odilon"))
    gone = len(office.store.find()) - len(known)
    permanence("seal", *WHO)
    _handled(database, office.store, lost)
    database.admin().execute(
        "INSERT INTO intake.relay_checkpoints VALUES (%s, %s, %s)",
        [lost.partition, lost.position, lost.digest],
    )
    permanence("rebuild", "intake", *WHO)  # what it keeps for a way back is of a later time
    services, _ = backed_up(permanence, tmp_path, "after")
    close_services(office)

    back, *verified = taken_back(permanence, services, tmp_path / "s", "intake", moment)

    assert (back["events_kept"], back["events_gone"]) == (len(known), gone)
    store = database.store()
    assert [(one.position, one.digest) for one in store.find()] == [
        (one.position, one.digest) for one in known
    ]
    assert [info.version for info in store.streams("person-")] == [1]
    assert rows_of(office, "intake.requests") == requests
    assert store.verify().sound
    assert faults(verified) == [
        "routing: read intake in another life of the log; run `permanence realign routing intake`"
    ]
    # The one that went further finds out, and reads on from the last event that both know.
    [step] = permanence("realign", "routing", "intake", *WHO)
    assert (step["lost"], step["read_on_from"]) == (True, kept.position)
    assert faults(permanence("verify", "--check", "checkpoints")) == []
    # A command that went may come again, one that stayed is known, and no position comes twice.
    [again] = store.append([told(OTHER_PERSON)], command_id=UUID(int=2))
    assert again.position > lost.position
    [same] = store.append([told(OTHER_PERSON)], command_id=UUID(int=1))
    assert same.position == kept.position


def test_f10_a_consumer_taken_back_reads_again_what_it_then_had_not_handled(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    """One event it had handled, of one the reaction goes, one came later; others lie between."""
    database, routing = office.intake.database, office.intake.database.store("routing")
    first, _, second = between_others(office)
    routing.append([assigned(1, because_of=first)])
    moment = now(office)
    routing.append([assigned(2, because_of=second)])
    third = office.store.append([write("r-1")])[0]
    _handled(database, office.store, third)
    with psycopg.connect(database.dsn("routing")) as connection:
        connection.execute(
            "INSERT INTO parked_events (source, stream, partition, position, version, type, "
            "envelope) VALUES ('intake', 'r-1', %s, %s, 3, 'RequestReceived', '{}')",
            [third.partition, third.position],
        )
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    back, *verified = taken_back(permanence, services, tmp_path / "s", "routing", moment)

    assert (back["events_kept"], back["events_gone"]) == (1, 1)
    assert back["reads_from"] == {"intake": {str(first.partition): first.position}}
    assert faults(verified) == []
    with psycopg.connect(database.dsn("routing")) as connection:
        query = "SELECT position, digest, incarnation FROM checkpoints"
        assert connection.execute(query).fetchall() == [
            (first.position, first.digest, database.store().incarnation())
        ]
        assert connection.execute("SELECT parked_count FROM subscriptions").fetchall() == [(0,)]
        assert connection.execute("SELECT count(*) FROM parked_events").fetchone() == (0,)
    assert reads(database) == [second.position, third.position]


def test_f10_a_consumer_taken_back_to_before_its_first_event_reads_from_the_beginning(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database, routing = office.intake.database, office.intake.database.store("routing")
    [first] = office.store.append([write("r-1")])
    [before] = office.store.append([write(elsewhere("r-1"))])
    routing.append([assigned(1, because_of=before)])
    moment = now(office)
    routing.append([assigned(2, because_of=first)])
    _handled(database, office.store, first)
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    back, *verified = taken_back(permanence, services, tmp_path / "s", "routing", moment)

    assert back["reads_from"] == {"intake": {str(first.partition): 0}}
    assert faults(verified) == []
    assert reads(database) == [first.position]


def test_f10_a_consumer_that_read_another_life_before_it_was_taken_back_still_finds_out(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    database, routing = office.intake.database, office.intake.database.store("routing")
    first, _, second = between_others(office)
    routing.append([assigned(1, because_of=first)])
    moment = now(office)
    routing.append([assigned(2, because_of=second)])
    _handled(database, office.store, second)
    draw_incarnation(database.owner_dsn("intake"), "intake")
    services, _ = backed_up(permanence, tmp_path)
    close_services(office)

    taken_back(permanence, services, tmp_path / "s", "routing", moment)

    with pytest.raises(Diverged, match="its incarnation differs"):
        reads(database)
    [step] = permanence("realign", "routing", "intake", *WHO)
    assert (step["lost"], step["read_on_from"]) == (False, first.position)
    assert reads(database) == [second.position]


def test_f10_a_checkpoint_at_which_no_event_stands_is_set_right(
    office: Office, permanence: Run
) -> None:
    """A restore to a moment, by an earlier release, left it between two events and in no life."""
    database = office.intake.database
    first, between, second = between_others(office)
    _handled(database, office.store, second)
    with psycopg.connect(database.dsn("routing")) as routing:
        routing.execute(
            "UPDATE checkpoints SET incarnation = NULL, position = %s, digest = %s",
            [between.position, bytes(32)],
        )
    with pytest.raises(Diverged, match="it holds no event there"):
        reads(database)

    [step] = permanence("realign", "routing", "intake", *WHO)

    assert (step["handled"], step["read_on_from"]) == (between.position, first.position)
    assert faults(permanence("verify", "--check", "checkpoints")) == []
    assert reads(database) == [second.position]


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--service", "notifications"], "--service: notifications cannot be taken back"),
        (["--service", "desk"], "--service: desk cannot be taken back"),
        (["--service", "intake", "--service", "routing"], "--as-of: give .* one --service"),
        ([], "--as-of: give a backup of the services and one --service"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_what_cannot_go_back_to_a_moment_is_refused(
    office: Office, permanence: Run, tmp_path: Path, arguments: list[str], refusal: str
) -> None:
    services, _ = backed_up(permanence, tmp_path)

    with pytest.raises(PermanenceError, match=refusal):
        permanence("restore", services, "--as-of", "2026-01-01", *arguments, *WHO)


def test_a_moment_that_the_backup_cannot_give_is_refused_and_changes_nothing(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    early = now(office) - timedelta(days=1)
    [one, _] = office.store.append([write("r-0"), write("r-1")], command_id=UUID(int=3))
    services, _ = backed_up(permanence, tmp_path)
    before = contents(office.intake.database)
    close_services(office)

    moments = {
        "the backup was made at .* make one now": early + timedelta(days=2),
        "had recorded nothing by then": early,
        "between the events of one command": one.recorded_at,
    }
    for number, (refusal, moment) in enumerate(moments.items()):
        with pytest.raises(PermanenceError, match=refusal):
            taken_back(permanence, services, tmp_path / str(number), "intake", moment)
    assert contents(office.intake.database) == before
