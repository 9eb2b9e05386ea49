"""``permanence rebuild`` and ``drift`` as an admin types them."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from services.cli.app import app_of
from shared.errors import PermanenceError
from shared.eventstore import migrate
from shared.eventstore.bootstrap import KEYRING, SERVICES
from shared.messaging import MIGRATIONS
from tests.support.postgres import MASTER_KEY, Database, services_database
from tests.support.sample_events import tell

__all__ = ["services_database"]

WHO = ("--by", "Ada", "--why", "to mend")
Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def permanence(services_database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with ``--json``; its lines. ``status``: the exit status expected."""
    monkeypatch.setenv("PERMANENCE_AMQP_URI", "memory://nobody-listens")
    monkeypatch.setenv("PERMANENCE_MASTER_KEY", MASTER_KEY.to_base64())
    for name in (*SERVICES, KEYRING):
        monkeypatch.setenv(f"PERMANENCE_{name.upper()}_DSN", services_database.dsn(name))
        monkeypatch.setenv(
            f"PERMANENCE_{name.upper()}_OWNER_DSN", services_database.owner_dsn(name)
        )
    migrate(services_database.owner_dsn("routing"), "routing", [MIGRATIONS])
    tell("routing", services_database.store("routing"), 1)

    def run(*arguments: str, status: int = 0) -> list[dict[str, Any]]:
        result = CliRunner().invoke(app_of(), [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


def test_drift_lists_columns_of_rows_and_exits_with_1(permanence, services_database):
    permanence("rebuild", "routing.directory", "--accept-differences", *WHO)
    with psycopg.connect(services_database.owner_dsn("routing")) as owner:
        owner.execute("UPDATE volunteers SET name = 'Dominique', role = 'admin'")

    lines = permanence("drift", "routing.directory", status=1)

    [difference, *tables] = lines
    assert difference["difference"] == "differs"
    assert difference["columns"]["role"] == ["admin", "team_lead"]
    assert difference["columns"]["name"] == ["(personal)", None]
    assert [table["changed"] for table in tables] == [0, 0, 1]
    shown = permanence("drift", "routing.directory", "--show-personal", *WHO, status=1)
    assert shown[0]["columns"]["name"][0] == "Dominique"


def test_drift_of_what_is_level_exits_with_0(permanence):
    permanence("rebuild", "routing.directory", "--accept-differences", *WHO)

    lines = permanence("drift", "routing.directory")

    assert [(line["table"], line["rows"]) for line in lines] == [
        ("establishments", 1),
        ("teams", 1),
        ("volunteers", 1),
    ]


def test_rebuild_refuses_what_differs_until_that_is_accepted(permanence):
    with pytest.raises(PermanenceError, match="--accept-differences"):
        permanence("rebuild", "routing.assignments", *WHO)

    [row] = permanence("rebuild", "routing.assignments", "--accept-differences", *WHO)

    assert (row["rows"], row["only_rebuilt"]) == (0, 1)
    assert permanence("rebuild", "routing.assignments", *WHO)[0]["rows"] == 1


def test_a_dry_run_swaps_nothing(permanence, services_database):
    [row] = permanence("rebuild", "routing.assignments", "--dry-run")

    assert row["only_rebuilt"] == 1
    with psycopg.connect(services_database.owner_dsn("routing")) as owner:
        assert owner.execute("SELECT count(*) FROM assignments").fetchone() == (0,)


def test_back_cancel_and_drop_previous_are_recorded_with_who_and_why(permanence, services_database):
    name = "routing.assignments"
    permanence("rebuild", name, "--accept-differences", "--by", "Ada", "--why", "first fill")
    permanence("rebuild", name, "--back", "--by", "Ada", "--why", "to look")
    permanence("rebuild", name, "--cancel", "--by", "Ada", "--why", "nothing there")
    permanence("rebuild", name, "--drop-previous", "--by", "Ada", "--why", "no need")

    with psycopg.connect(services_database.owner_dsn("routing")) as owner:
        rows = owner.execute("SELECT action, by, why, outcome FROM rebuilds ORDER BY id").fetchall()
    assert rows == [
        ("rebuild", "Ada", "first fill", "swapped"),
        ("back", "Ada", "to look", "swapped"),
        ("cancel", "Ada", "nothing there", "nothing to drop"),
        ("drop previous", "Ada", "no need", "dropped"),
    ]


def test_actions_list_rebuilds_and_comparisons_beside_all_else(permanence):
    permanence("drift", "routing.assignments", status=1)
    permanence("rekey", "--by", "Ada", "--why", "a laptop was stolen")
    permanence("rebuild", "routing.assignments", "--accept-differences", *WHO)

    done = permanence("actions")

    assert [(row["action"], row["by"], row["why"], row["outcome"]) for row in done] == [
        ("rebuild", "Ada", "to mend", "swapped"),
        ("rekey", "Ada", "a laptop was stolen", "done"),
        ("drift", getpass.getuser(), "to look", "compared"),
    ]
    assert done[0]["details"] == {"projection": "routing.assignments"}
    assert [row["action"] for row in permanence("actions", "--action", "drift")] == ["drift"]
    assert len(permanence("actions", "--limit", "2")) == 2


@pytest.mark.parametrize("name", ["nowhere", "routing.nothing", "permanence.requests"])
def test_a_projection_that_there_is_not_is_named(permanence, name):
    with pytest.raises(PermanenceError, match=f"projection: '{name}'"):
        permanence("rebuild", name, *WHO)


def test_options_that_exclude_each_other_are_refused(permanence):
    with pytest.raises(PermanenceError, match="rebuild: one of"):
        permanence("rebuild", "routing.assignments", "--back", "--cancel", *WHO)
