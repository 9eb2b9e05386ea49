"""Commands run in this process, on a database that has every service's tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.app import app_of
from shared.eventstore.bootstrap import KEYRING, SERVICES
from tests.cli.office import Office, opened_office
from tests.support.postgres import MASTER_KEY, Database, fresh_database
from tests.support.served import Served, served

SEAL_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def desk() -> Iterator[Database]:
    """A database as the services leave it, nobody running."""
    with fresh_database(services=True) as fresh:
        yield fresh


@pytest.fixture
def point_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Database], None]:
    """Lets commands work on a database, as a deployer's environment does."""

    def point(database: Database) -> None:
        monkeypatch.setenv("PERMANENCE_AMQP_URI", "memory://nobody-listens")
        # A real broker tells at once that nobody is there.
        monkeypatch.setattr("services.cli.system.CALL_SECONDS", 0.5)
        monkeypatch.setenv("PERMANENCE_MASTER_KEY", MASTER_KEY.to_base64())
        monkeypatch.setenv("PERMANENCE_SEAL_KEY", SEAL_KEY)
        for schema in (*SERVICES, KEYRING):
            monkeypatch.setenv(f"PERMANENCE_{schema.upper()}_DSN", database.dsn(schema))
            monkeypatch.setenv(f"PERMANENCE_{schema.upper()}_OWNER_DSN", database.owner_dsn(schema))

    return point


@pytest.fixture
def permanence(desk: Database, point_at: Callable[[Database], None]) -> Run:
    """Runs a command on ``desk`` with ``--json`` and gives its lines; what it raises is raised.

    ``status`` is the exit status expected.
    """
    point_at(desk)

    def run(*arguments: str, status: int = 0) -> list[dict[str, Any]]:
        result = CliRunner().invoke(app_of(), [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == status, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return run


@pytest.fixture
def office(
    desk: Database, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """The office of ``desk`` that took in one letter; it lists who is erased in ``tmp_path``."""
    monkeypatch.setenv("PERMANENCE_ERASED_LIST", str(tmp_path / "erased"))
    (tmp_path / "erased").touch()
    return opened_office(desk, tmp_path)


@pytest.fixture(scope="session")
def system() -> Iterator[Served]:
    """One system that runs, for all tests that look at it; each brings its own streams."""
    with served(samples=8) as started:
        yield started
