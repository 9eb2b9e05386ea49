"""A folder or a server on which no service ever started, or not all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.acting import NotStarted
from services.cli.app import app_of
from services.host.restore import make_tables
from shared.eventstore.bootstrap import KEYRING
from shared.settings import Environment
from tests.cli.conftest import Run
from tests.cli.test_backup import WHO
from tests.eventstore.events import write
from tests.support.postgres import Database, bare_database


@pytest.fixture
def bare(permanence: Run, point_at: Callable[[Database], None]) -> Iterator[Database]:
    with bare_database() as made:
        point_at(made)
        yield made


@pytest.mark.parametrize(
    "command",
    [["backup", "b", *WHO], ["rekey", *WHO], ["drift"], ["rebuild", *WHO], ["verify"]],
    ids=str,
)
def test_where_nothing_ever_started_it_is_said_with_the_remedy(
    bare: Database,
    permanence: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(NotStarted, match=r"data: no service ever started here, .* see that --data"):
        permanence(*command)

    assert list(tmp_path.iterdir()) == []


def test_what_never_started_is_left_out_and_named(
    bare: Database, permanence: Run, point_at: Callable[[Database], None], tmp_path: Path
) -> None:
    """As ``--embedded`` leaves it: neither desk nor notifications."""
    make_tables(Environment(), ["intake", "routing", "followup", KEYRING])
    assert permanence("drift")
    bare.store().append([write("r-1")])
    services, keyring = str(tmp_path / "b"), str(tmp_path / "bk")

    done = CliRunner().invoke(app_of(), ["backup", services, "--keyring", keyring, *WHO])

    assert done.exit_code == 0
    assert "warning: desk never started here and is not in the backup" in done.stderr
    with pytest.raises(NotStarted, match="projection: desk never started on this system"):
        permanence("drift", "desk.requests")
    with pytest.raises(NotStarted, match="service: notifications never started on this system"):
        permanence("verify", "--service", "notifications")
    with bare_database() as other:
        point_at(other)
        rows = permanence("restore", services, "--keyring", keyring, *WHO)
        assert {row["service"] for row in rows} == {"intake", "routing", "followup"}
        assert [one.stream for one in other.store().find()] == ["r-1"]


@pytest.mark.parametrize("command", [["drift"], ["rebuild", *WHO]], ids=str)
def test_where_only_the_desk_started_there_are_no_events_to_build_from(
    bare: Database, permanence: Run, command: list[str]
) -> None:
    make_tables(Environment(), ["desk", KEYRING])

    told = r"data: of the services only desk ever started here, .* start the others once"
    with pytest.raises(NotStarted, match=told):
        permanence(*command)


def test_a_read_model_whose_source_never_started_is_named_with_it(
    bare: Database, permanence: Run
) -> None:
    make_tables(Environment(), ["desk", "routing", KEYRING])

    told = "projection: desk.requests is built from the events of intake, which never started"
    with pytest.raises(NotStarted, match=told):
        permanence("drift", "desk.requests")
    assert {row["projection"] for row in permanence("drift", "desk")} == {
        "assignments",
        "directory",
    }


def test_a_source_that_never_started_is_named_and_breaks_no_command(
    bare: Database, permanence: Run
) -> None:
    make_tables(Environment(), ["desk", "routing", KEYRING])
    bare.admin().execute("INSERT INTO desk.subscriptions (source) VALUES ('intake')")
    told = "service: intake never started on this system; start it once"

    with pytest.raises(NotStarted, match=told):
        permanence("subscriptions", "reset", "desk", "intake", "--to", "end", *WHO)
    again = ("redeliver", "--consumer", "desk", "--source", "intake", "--stream", "request-1")
    with pytest.raises(NotStarted, match=told):
        permanence(*again, *WHO)
