"""``redeliver``: a replay rebuilds rows, and nothing leaves the house (F42, F43, F47)."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from services.cli import redeliver
from services.cli.redeliver import NotEmbedded
from services.host import catalog
from services.host.runner import SERVICES
from shared.errors import Invalid
from shared.messaging import admin
from shared.postgres import Connection
from tests.cli.conftest import Run
from tests.support.postgres import Database
from tests.support.served import Served

WHO = ("--by", "marie", "--why", "the read model was hurt")
PAIRS = (
    ("intake", "routing"),
    ("intake", "followup"),
    ("routing", "intake"),
    ("followup", "intake"),
    ("notifications", "routing"),
    ("notifications", "followup"),
    *(("desk", source) for source in ("intake", "routing", "followup", "notifications")),
)


def events(system: Served) -> dict[str, int]:
    """How many events each service has recorded, what alerts do by themselves left out."""
    found = {}
    for service in catalog.names():
        with system.connect(service) as connection:
            query = "SELECT count(*) FROM events WHERE metadata ->> 'actor' IS NULL"
            [found[service]] = connection.execute(query).fetchone() or [0]
    return found


def drifts(system: Served) -> list[dict[str, Any]]:
    """Tables that differ from those built anew."""
    rows = system.rows("rebuild", "--dry-run")
    return [row for row in rows if row["only_live"] or row["only_rebuilt"]]


def plans(system: Served) -> int:
    with system.connect("notifications") as connection:
        [planned] = connection.execute(
            "SELECT count(*) FROM events WHERE type IN ('AlertPlanned', 'AlertSending')"
        ).fetchone() or [0]
    return int(planned)


def test_f42_a_replay_of_everything_to_everybody_sends_and_decides_nothing(
    system: Served,
) -> None:
    system.settle()
    before, mails, planned = events(system), len(system.mails()), plans(system)
    assert mails > 0

    for consumer, source in PAIRS * 2:
        [done] = system.rows("redeliver", "--consumer", consumer, "--source", source, *WHO)
        assert (done["state"], done["streams"]) == ("done", done["of"]), done

    system.settle()
    assert events(system) == before
    assert plans(system) == planned
    assert len(system.mails()) == mails
    assert drifts(system) == []


def test_f43_a_hurt_row_is_mended_by_its_stream_and_a_dry_run_tells_so_before(
    system: Served,
) -> None:
    system.settle()
    request = str(system.told["S01"]["request_id"])
    table, stream = "assignments", f"assignment-{request}"
    with system.connect("desk") as connection:
        hurt = connection.execute(
            f"UPDATE {table} SET unit = 'nobody' WHERE request_id = %s",  # noqa: S608 - a constant
            [request],
        ).rowcount
    assert hurt == 1
    asked = ("redeliver", "--consumer", "desk", "--source", "routing", "--stream", stream, *WHO)

    [tried] = system.rows(*asked, "--dry-run")
    assert tried["changed"][table] == 2  # one row gone, one come
    assert unit_of(system, request) == "nobody"

    system.rows(*asked)
    assert unit_of(system, request) == system.told["S01"]["routing"]["unit"]
    [again] = system.rows(*asked, "--dry-run")
    assert set(again["changed"].values()) <= {0}


def test_a_range_of_positions_takes_the_streams_that_it_touches(system: Served) -> None:
    shown = json.loads(system.run("show", f"request-{system.told['S01']['request_id']}", "--json"))
    position = shown["events"][0]["position"]
    asked = ("redeliver", "--consumer", "routing", "--from", position, "--to", position, *WHO)

    [done] = system.rows(*asked)

    assert (done["source"], done["streams"]) == ("intake", 1)
    assert system.rows("redeliveries")[0]["id"] == done["id"]
    [action] = system.rows("actions", "--limit", 1)
    assert (action["action"], action["outcome"], action["result"]["state"]) == (
        "redeliver",
        "done",
        "done",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--consumer", "desk"),
        ("--consumer", "routing", "--source", "followup"),
        ("--consumer", "nobody"),
        ("--consumer", "routing", "--stream", "request-1", "--from", "1"),
    ],
)
def test_f47_a_wrong_consumer_or_range_is_refused(
    system: Served, arguments: tuple[str, ...]
) -> None:
    assert isinstance(system.invoke("redeliver", *arguments, *WHO).exception, Invalid)


def test_f47_a_stream_that_is_not_there_is_refused(system: Served) -> None:
    asked = ("redeliver", "--consumer", "routing", "--stream", "nosuch", *WHO)

    with pytest.raises(Invalid, match="--stream: intake has no nosuch"):
        system.rows(*asked)


def test_f47_one_that_failed_is_recorded_as_failed(
    desk: Database, permanence: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection, number: int, *, by: str, quiet: bool) -> admin.Redelivery:
        connection.execute(
            "UPDATE redeliveries SET state = 'failed', error = 'ValueError', ended_at = now()"
        )
        return watch(connection, number, by=by, quiet=quiet)

    watch = redeliver._watch
    monkeypatch.setattr(redeliver, "_watch", fail)
    with psycopg.connect(desk.dsn("routing")) as routing:
        routing.execute("INSERT INTO subscriptions (source) VALUES ('intake')")

    permanence("redeliver", "--consumer", "routing", *WHO, status=1)

    [action] = permanence("actions")
    assert (action["outcome"], action["result"]["error"]) == ("failed", "ValueError")


def test_f47_nobody_redelivers_without_saying_who_and_why(system: Served) -> None:
    before = len(system.rows("redeliveries"))

    result = system.invoke("redeliver", "--consumer", "routing")

    assert isinstance(result.exception, Invalid)
    assert len(system.rows("redeliveries")) == before


def test_notifications_are_not_started_for_a_single_command(system: Served) -> None:
    result = system.invoke("redeliver", "--consumer", "notifications", "--embedded", *WHO)

    assert isinstance(result.exception, NotEmbedded)


def unit_of(system: Served, request: str) -> str:
    with system.connect("desk") as connection:
        [unit] = connection.execute(
            "SELECT unit FROM assignments WHERE request_id = %s", [request]
        ).fetchone() or [""]
    return str(unit)


def test_every_subscription_is_replayed_here(system: Served) -> None:
    found = {(row["consumer"], row["source"]) for row in system.rows("subscriptions", "list")}

    assert found == set(PAIRS)
    assert {consumer for consumer, _ in PAIRS} == set(SERVICES)
