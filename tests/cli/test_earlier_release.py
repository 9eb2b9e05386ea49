"""Sunday's backup after Monday's upgrade: brought up by the migrations since, and put back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from services.host.bring_up import OtherRelease, folders
from shared.eventstore import migrate
from shared.eventstore.bootstrap import KEYRING, SERVICES
from tests.cli.conftest import Run
from tests.cli.test_backup import WHO, backed_up, contents
from tests.cli.test_verify import faults, told
from tests.eventstore.events import NOON, OTHER_PERSON, write
from tests.support.postgres import Database, bare_database

SCHEMAS = (*SERVICES, KEYRING)
REQUEST, PERSON = UUID(int=7), UUID(int=8)
# What Sunday's release lacked: these migrations, and those that followed them in their folders.
LACKED = {
    "0005_unfinished_restore",
    "messaging_0005_discards",
    "messaging_0006_starts",
    "messaging_0007_deadly_retries",
    "projections_0002_code",
    "0003_found_requests",
    "0002_recognition",
    "0002_stages_planned_when_due",
    "0003_seen_the_same_day",
    "0004_ended_with_the_case",
    "0005_referring_team",
    "0006_absence_ends_with_leaving",
    "0003_masters",
}
# What the migrations since make of it stands beside what is asked for after the restore.
FILLED = (
    "SELECT intake.append(%(writes)s, NULL, '')",
    """
    INSERT INTO intake.requests (request_id, person_id, register, state, received_at)
    VALUES (%(request)s, %(person)s, 'main', 'received', '2026-03-02T12:00:00Z')
    """,
    "INSERT INTO intake.request_marks VALUES ('main', 'text', 'm', %(request)s, %(person)s)",
    """
    INSERT INTO notifications.causes VALUES ('c', 'k', 'main', 'desk', NULL, 1, now(), true,
        'normal', false, %(request)s, NULL, NULL, NULL, false, false, NULL, NULL, NULL, true, 1)
    """,
    """
    INSERT INTO notifications.volunteers VALUES
        ('left', %(person)s, 'volunteer', '{}', false, NULL, NULL, NULL, '2026-03-02', NULL, 3),
        ('away', %(person)s, 'volunteer', '{desk}', false, 'k', 'k@k', NULL, '2026-03-02', NULL, 2)
    """,
    "INSERT INTO keyring.subjects (subject, wrapped_key) VALUES (%(person)s, 'k')",
    "INSERT INTO keyring.subjects (subject, erased_at) VALUES (%(other)s, now())",
    "INSERT INTO keyring.admin_actions (action, by, why) VALUES ('seal', 'Ada', 'on Saturday')",
)
BECOME = {
    "SELECT unread FROM intake.requests": False,
    "SELECT to_char(received_at AT TIME ZONE 'UTC', 'DD/MM HH24') FROM intake.request_marks": (
        "02/03 12"
    ),
    "SELECT next_lane FROM notifications.causes WHERE next_at IS NOT NULL": "ordinary",
    "SELECT volunteer_id FROM notifications.volunteers WHERE absent_from IS NOT NULL": "away",
    "SELECT version FROM intake.streams": 1,
    "SELECT count(*) FROM keyring.subjects WHERE erased_at IS NULL": 1,
    "SELECT string_agg(action, ' ' ORDER BY started_at) FROM keyring.admin_actions": (
        "seal backup restore"
    ),
}


@pytest.fixture
def sunday(tmp_path: Path) -> Iterator[Database]:
    """A database as Sunday's release left it."""
    with bare_database() as database:
        for schema in SCHEMAS:
            earlier = [_copied(one, tmp_path / schema) for one in folders(schema)]
            migrate(database.owner_dsn(schema), schema, earlier)
        yield database


def _had(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.sql"))
    ends = [number for number, file in enumerate(files) if file.stem in LACKED]
    return files[: min(ends, default=len(files))]


def _copied(folder: Path, into: Path) -> Path:
    copy = into / folder.parent.name
    copy.mkdir(parents=True)
    for file in _had(folder):
        shutil.copy(file, copy)
    return copy


def since(schema: str) -> list[str]:
    """The migrations that Sunday's release lacked, in their order."""
    return [
        file.stem
        for folder in folders(schema)
        for file in sorted(folder.glob("*.sql"))
        if file not in _had(folder)
    ]


def backed_up_on(sunday: Database, permanence: Run, folder: Path) -> tuple[str, str]:
    values = {"request": REQUEST, "person": PERSON, "other": OTHER_PERSON}
    values["writes"] = erased(OTHER_PERSON)
    for statement in FILLED:
        sunday.admin().execute(statement, values)
    return backed_up(permanence, folder)


def erased(person: UUID) -> str:
    """What an append is given, as any release wrote it."""
    [event] = told(person).events
    event = {"type": event.type, "schema": 1, "data": event.data, "metadata": {}}
    event["occurred_at"] = NOON.isoformat()
    return json.dumps([{"stream": f"person-{person}", "expected": 0, "events": [event]}])


def test_sundays_backup_is_put_back_after_mondays_upgrade(
    sunday: Database,
    permanence: Run,
    point_at: Callable[[Database], None],
    desk: Database,
    tmp_path: Path,
) -> None:
    point_at(sunday)
    services, keyring = backed_up_on(sunday, permanence, tmp_path)
    point_at(desk)
    before = sorted(tmp_path.iterdir())

    shown = permanence("restore", services, "--keyring", keyring, "--dry-run")
    rows = permanence("restore", services, "--keyring", keyring, *WHO)

    by = {row["schema"]: row["brought_up_by"] for row in shown}
    assert by == {schema: since(schema) for schema in SCHEMAS}
    assert faults(rows) == []
    admin = desk.admin()
    for query, wanted in BECOME.items():
        assert admin.execute(query).fetchall() == [(wanted,)], query
    assert sorted(tmp_path.iterdir()) == before
    # the log goes on, behind what the backup holds, and the services' own guards stand again
    [appended] = desk.store().append([write(f"person-{OTHER_PERSON}")])
    assert (appended.version, appended.position) == (2, 2)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        admin.execute("DELETE FROM intake.events")
    for schema in SCHEMAS:
        assert migrate(desk.owner_dsn(schema), schema, folders(schema)) == []


def test_one_service_goes_back_to_a_moment_by_a_backup_of_before_the_upgrade(
    sunday: Database,
    permanence: Run,
    point_at: Callable[[Database], None],
    desk: Database,
    tmp_path: Path,
) -> None:
    point_at(sunday)
    admin = sunday.admin()
    admin.execute(FILLED[0], {"writes": erased(PERSON)})
    [[moment]] = admin.execute("SELECT clock_timestamp()").fetchall()
    admin.execute(FILLED[0], {"writes": erased(OTHER_PERSON)})
    services, _ = backed_up(permanence, tmp_path)
    point_at(desk)
    desk.store().append([write("r-3")])
    desk.store().keyring.erase(PERSON)  # which the keyring, left as it is, knows
    desk.closing.close()
    wanted = ("restore", services, "--service", "intake", "--as-of", moment.isoformat())
    wanted = (*wanted, "--replace", "--safety", str(tmp_path / "s"))

    *_, would = permanence(*wanted, "--dry-run")
    assert (would["events_kept"], would["events_gone"]) == (1, 1)
    assert [one.stream for one in desk.store().find()] == ["r-3"]
    desk.closing.close()
    back, *_ = permanence(*wanted, *WHO)

    assert (back["events_kept"], back["events_gone"]) == (1, 1)
    assert [one.stream for one in desk.store().find()] == [f"person-{PERSON}"]


@pytest.mark.parametrize("later", ["the backup", "the target"])
def test_what_a_later_release_made_is_refused_with_the_way_out(
    permanence: Run, desk: Database, tmp_path: Path, later: str
) -> None:
    admin = desk.admin()
    row = "INSERT INTO desk._yoyo_migration VALUES ('h', '0099_of_tomorrow', now())"
    if later == "the backup":
        admin.execute(row)
    services, _ = backed_up(permanence, tmp_path)
    admin.execute("DELETE FROM desk._yoyo_migration WHERE migration_id = '0099_of_tomorrow'")
    if later == "the target":
        admin.execute(row)

    said = {
        "the backup": "backed up by a later release .*0099_of_tomorrow.*; install that release",
        "the target": "target: desk is of a later release .*0099_of_tomorrow.*with that one",
    }
    with pytest.raises(OtherRelease, match=said[later]):
        permanence("restore", services, "--dry-run")


def test_a_backup_that_our_migrations_cannot_have_made_is_refused_and_changes_nothing(
    sunday: Database,
    permanence: Run,
    point_at: Callable[[Database], None],
    desk: Database,
    tmp_path: Path,
) -> None:
    point_at(sunday)
    sunday.admin().execute("ALTER TABLE intake.requests ADD COLUMN of_their_own int")
    services, _ = backed_up(permanence, tmp_path)
    point_at(desk)
    before = contents(desk)

    with pytest.raises(OtherRelease, match=r"intake\.requests is not what our migrations made"):
        permanence("restore", services, *WHO)

    assert contents(desk) == before
    assert not (tmp_path / "b-brought-up.unfinished").exists()
