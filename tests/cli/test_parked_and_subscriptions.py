"""``parked`` and ``subscriptions`` on two tiny services over RabbitMQ: an admin's way out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from psycopg import sql
from typer.testing import CliRunner

from services.cli.app import app_of
from services.cli.parked import NotConfirmed
from shared.errors import Invalid, Refused
from shared.eventstore import draw_incarnation
from shared.eventstore.bootstrap import KEYRING, SERVICES
from tests.messaging.conftest import System, brokered
from tests.support.postgres import MASTER_KEY, database
from tests.support.rabbitmq import rabbitmq

__all__ = ["brokered", "database", "rabbitmq"]

pytestmark = pytest.mark.rabbitmq

BAD = "note-bad"
WHO = ("--by", "marie", "--why", "the handler was mended")
OF = ("--consumer", "routing", "--source", "intake")


@dataclass(frozen=True)
class Admin:
    """An admin's shell, whose environment points at the deployed services."""

    system: System
    environment: dict[str, str]

    def invoke(self, *arguments: object) -> Result:
        return CliRunner(env=self.environment).invoke(app_of(), [str(one) for one in arguments])

    def rows(self, *arguments: object, status: int = 0) -> list[dict[str, Any]]:
        result = self.invoke(*arguments, "--json")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def did(self) -> list[tuple[str, str]]:
        """Each action with its state, the first one first."""
        return [(row["action"], row["outcome"]) for row in reversed(self.rows("actions"))]


@pytest.fixture
def shell(brokered: System) -> Admin:
    environment = {
        "PERMANENCE_AMQP_URI": brokered.amqp_uri,
        "PERMANENCE_MASTER_KEY": MASTER_KEY.to_base64(),
    }
    for schema in (*SERVICES, KEYRING):
        environment[f"PERMANENCE_{schema.upper()}_DSN"] = brokered.database.dsn(schema)
    return Admin(brokered, environment)


def park(system: System, *numbers: int) -> None:
    """Park notes of one stream: the first fails, the others wait behind it."""
    for number in numbers:
        system.note(number, stream=BAD, order="fail" if number == numbers[0] else "")
    system.wait(lambda: len(system.parked()) == len(numbers))


def test_parked_events_are_listed_in_order_and_shown_with_their_error(shell: Admin) -> None:
    shell.system.start()
    park(shell.system, 0, 1)

    listed = shell.rows("parked", "list")
    assert [(row["consumer"], row["stream"], row["error"]) for row in listed] == [
        ("routing", BAD, "ValueError"),
        ("routing", BAD, "waits behind the first"),
    ]
    [shown] = shell.rows("parked", "show", BAD, *OF)
    assert shown["event"]["data"]["number"] == 0
    assert shown["event"]["type"] == "Noted"
    assert shell.rows("parked", "list", "--stream", "note-good") == []


def test_a_retry_is_signed_recorded_and_tells_how_it_ended(shell: Admin) -> None:
    shell.system.start()
    park(shell.system, 0, 1)

    assert isinstance(shell.invoke("parked", "retry", BAD, *OF).exception, Invalid)
    [still] = shell.rows("parked", "retry", BAD, *OF, *WHO, status=1)
    assert (still["parked_after"], still["error"]) == (2, "ValueError")

    shell.system.order(0, "")
    [tried] = shell.rows("parked", "retry", BAD, *OF, *WHO, "--dry-run")
    assert (tried["parked_after"], tried["dry_run"]) == (2, True)
    [done] = shell.rows("parked", "retry", BAD, *OF, *WHO)

    assert done["parked_after"] == 0
    assert shell.system.numbers() == [0, 1]
    assert shell.did() == [("retry_parked", "done"), ("retry_parked", "done")]


def test_what_is_discarded_is_named_in_the_record_and_never_returns(shell: Admin) -> None:
    shell.system.start()
    park(shell.system, 0, 1)
    first = shell.rows("parked", "list")[0]["position"]

    shell.rows("parked", "discard", BAD, *OF, "--through", first, *WHO, "--dry-run")
    assert len(shell.system.parked()) == 2
    shell.rows("parked", "discard", BAD, *OF, "--through", first, *WHO)
    shell.rows("parked", "retry", BAD, *OF, *WHO)

    assert shell.system.numbers() == [1]
    recorded = shell.rows("actions")[-1]
    assert recorded["action"] == "discard_parked"
    assert recorded["details"]["positions"] == [first]


def test_mending_appends_a_correction_and_edits_nothing(shell: Admin, tmp_path: Path) -> None:
    shell.system.start()
    park(shell.system, 0, 1)
    before = shell.system.intake.execute("SELECT digest FROM events ORDER BY position").fetchall()

    correction = tmp_path / "correction.json"
    correction.write_text(json.dumps({"number": 7, "stream": BAD}))
    payload = ("--payload", f"@{correction}")
    mended = shell.rows("parked", "mend", BAD, *OF, "--command", "tell", *payload, "--skip", *WHO)

    assert mended[0]["parked_after"] == 0
    shell.system.wait(lambda: shell.system.numbers() == [1, 7])
    after = shell.system.intake.execute("SELECT digest FROM events ORDER BY position").fetchall()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert shell.did() == [("mend_parked", "done")]


def test_a_correction_that_the_source_refuses_is_recorded_as_failed(shell: Admin) -> None:
    shell.system.start()
    park(shell.system, 0)

    result = shell.invoke(
        "parked", "mend", BAD, *OF, "--command", "fail", "--payload", '{"kind": "refused"}', *WHO
    )

    assert isinstance(result.exception, Invalid | Refused)
    assert shell.did() == [("mend_parked", "failed")]
    assert len(shell.system.parked()) == 1


@pytest.mark.parametrize(
    ("command", "payload", "refusal"),
    [
        ("amend_reqest", "{}", "--command: 'amend_reqest' is unknown; did you mean amend_request"),
        ("amend_request", "{}", "--payload: amend_request: missing a required argument"),
        ("amend_request", '{"request_id": "r", "fields": {}, "x": 1}', "unexpected keyword"),
    ],
)
def test_a_dry_run_of_a_correction_looks_at_the_command(
    shell: Admin, command: str, payload: str, refusal: str
) -> None:
    shell.system.start()
    park(shell.system, 0)
    mend = ("parked", "mend", BAD, *OF, "--dry-run", "--command")

    result = shell.invoke(*mend, command, "--payload", payload)

    assert isinstance(result.exception, Invalid)
    assert refusal in str(result.exception)
    good = json.dumps({"request_id": "r", "fields": {}})
    assert shell.rows(*mend, "amend_request", "--payload", good)


def test_f46_many_at_once_must_be_meant(shell: Admin) -> None:
    shell.system.start()
    park(shell.system, *range(21))
    shell.system.order(0, "")

    refused = shell.invoke("parked", "retry", BAD, *OF, *WHO)
    assert isinstance(refused.exception, NotConfirmed)
    assert len(shell.system.parked()) == 21

    shell.rows("parked", "retry", BAD, *OF, *WHO, "--yes")
    assert shell.system.numbers() == list(range(21))


def test_a_subscription_is_listed_and_compared_with_its_source(shell: Admin) -> None:
    shell.system.start()
    shell.system.tell(range(10))
    shell.system.wait_level()

    [listed] = shell.rows("subscriptions", "list")
    assert (listed["consumer"], listed["source"], listed["state"]) == (
        "routing",
        "intake",
        "running",
    )
    compared = shell.rows("subscriptions", "compare", "routing", "intake")
    assert compared
    assert all(row["same"] for row in compared)
    assert {row["handled"] for row in compared} == {row["head"] for row in compared}
    unread = shell.invoke("subscriptions", "compare", "intake", "routing")
    assert isinstance(unread.exception, Invalid)


def test_in_a_log_that_was_never_restored_everybody_stays_where_they_are(shell: Admin) -> None:
    shell.system.start()
    shell.system.tell(range(3))
    shell.system.wait_level()

    steps = shell.rows("realign", "routing", "intake", "--dry-run")

    assert steps
    assert not any(step["lost"] for step in steps)
    assert all(step["read_on_from"] == step["handled"] for step in steps)


def test_a_consumer_begins_anew_from_where_it_is_told(shell: Admin) -> None:
    shell.system.start()
    shell.system.tell(range(3))
    shell.system.wait_level()
    reset = ("subscriptions", "reset", "routing", "intake", "--to", "beginning", *WHO)

    shown = shell.rows(*reset, "--dry-run")
    assert {row["to"] for row in shown} == {0}
    assert shell.did() == []
    shell.rows(*reset)

    shell.system.wait(lambda: len(shell.system.handled()) == 6)
    assert shell.did() == [("reset_checkpoint", "done")]


def test_f47_realigning_a_consumer_that_stands_right_changes_nothing(shell: Admin) -> None:
    system = shell.system
    system.start()
    system.tell(range(3))
    system.wait_level()
    query = "SELECT partition, position, incarnation FROM checkpoints ORDER BY partition"
    before = system.routing.execute(query).fetchall()

    shell.rows("realign", "routing", "intake", *WHO)

    assert system.routing.execute(query).fetchall() == before
    assert len(system.handled()) == 3


def test_what_was_discarded_stays_out_when_a_consumer_begins_anew(shell: Admin) -> None:
    shell.system.start()
    shell.system.tell(range(1, 3))
    park(shell.system, 10, 11, 12)
    second = shell.rows("parked", "list")[1]["position"]
    shell.rows("parked", "discard", BAD, *OF, "--through", second, *WHO)
    shell.rows("parked", "retry", BAD, *OF, *WHO)
    shell.system.order(10, "")
    assert sorted(shell.system.numbers()) == [1, 2, 12]

    shell.rows("subscriptions", "reset", "routing", "intake", "--to", "beginning", *WHO)

    shell.system.wait(lambda: len(shell.system.handled()) == 6)
    shell.system.note(13, stream=BAD)
    shell.system.wait(lambda: shell.system.numbers()[-1] == 13)
    assert sorted(shell.system.numbers()) == [1, 1, 2, 2, 12, 12, 13]
    assert shell.system.parked() == []


def test_f10_a_restored_source_is_refused_and_an_admin_walks_out_by_commands(
    shell: Admin,
) -> None:
    system = shell.system
    child = system.start()
    system.tell(range(20))
    system.wait_level()
    backup = dumped(system)
    system.note(50, stream="note-lost", order="answer")
    system.tell(range(20, 30))
    system.wait_level()
    child.stop()

    restore(system, backup)
    system.tell(range(60, 70))
    system.start()
    system.wait(lambda: system.subscription()["state"] == "stopped")
    handled = len(system.handled())

    compared = shell.rows("subscriptions", "compare", "routing", "intake", status=1)
    assert not all(row["same"] for row in compared)
    assert isinstance(
        shell.invoke("subscriptions", "resume", "routing", "intake", *WHO).exception, Refused
    )
    tried = shell.rows("realign", "routing", "intake", *WHO, "--dry-run")
    gone = [row for row in tried if "caused_by" in row]
    assert [(row["stream"], row["type"]) for row in gone] == [("answer-50", "Answered")]
    assert system.subscription()["state"] == "stopped"

    shell.rows("realign", "routing", "intake", *WHO)

    system.wait(lambda: len(system.handled()) == handled + 10)
    assert sorted(system.numbers()[-10:]) == list(range(60, 70))
    compared = shell.rows("subscriptions", "compare", "routing", "intake")
    assert compared
    assert all(row["same"] for row in compared)
    assert shell.did()[-1] == ("realign", "done")


@pytest.mark.parametrize("stream", ["note-0", "note-first-of-its-partition"])
def test_f10_f61_an_event_that_is_gone_and_still_waits_in_the_queue_is_refused(
    shell: Admin, stream: str
) -> None:
    """It follows on the very event from which the consumer reads on."""
    system = shell.system
    source, reader = system.start("intake"), system.start("routing")
    system.tell(range(3), streams=1)
    system.wait_level()
    reader.stop()
    backup = dumped(system)
    system.note(50, stream=stream)
    system.wait(system.published)
    source.stop()

    restore(system, backup)
    shell.rows("realign", "routing", "intake", *WHO)
    system.start()

    system.wait(lambda: system.subscription()["refused_count"] or len(system.handled()) > 3)
    assert system.numbers() == [0, 1, 2]
    assert system.subscription()["refused_count"] >= 1  # more, if the broker delivers it again
    system.note(60, stream=stream)
    system.wait(lambda: system.numbers() == [0, 1, 2, 60])
    assert system.subscription()["state"] == "running"


def dumped(system: System) -> dict[str, list[tuple[Any, ...]]]:
    """Intake's log as a backup holds it."""
    admin = system.database.admin()
    return {
        table: admin.execute(
            sql.SQL("SELECT r::text FROM {} AS r").format(sql.Identifier(table))
        ).fetchall()
        for table in ("events", "streams", "commands")
    }


def restore(system: System, backup: dict[str, list[tuple[Any, ...]]]) -> None:
    """Put the backup in the place of the log, and begin another life of it."""
    admin = system.database.admin()
    for table, rows in backup.items():
        name = sql.Identifier(table)
        if table != "streams":
            admin.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER append_only").format(name))
        admin.execute(sql.SQL("TRUNCATE {}").format(name))
        for (text,) in rows:
            admin.execute(sql.SQL("INSERT INTO {0} SELECT (%s::{0}).*").format(name), [text])
        if table != "streams":
            admin.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER append_only").format(name))
    admin.execute("SELECT setval('events_position_seq', (SELECT max(position) FROM events))")
    admin.execute("UPDATE relay_checkpoints SET position = 0, digest = ''")
    draw_incarnation(system.database.owner_dsn("intake"), "intake")
