"""A system that ``permanence run`` serves, with the sample requests, for the admins' commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from click.testing import Result
from typer.testing import CliRunner

from services.cli.app import app_of
from services.host.level import Levels
from services.host.ports import free_port
from services.host.runner import SERVICES
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests" / "data" / "samples" / "requests.jsonl"
DIRECTORY = ROOT / "services" / "routing" / "data" / "demo"
PATIENCE_SECONDS = 120
_LOG_LINES = 40
_MAIN = "from services.cli.main import run; run()"
# What notifications have in hand, or will take in hand at once.
_DUE = """
    SELECT (SELECT count(*) FROM causes WHERE next_at <= now())
         + (SELECT count(*) FROM alerts
            WHERE in_hand IS NOT NULL OR send_at <= now() OR insist_at <= now())
"""


@dataclass
class Served:
    """The running system; ``invoke`` runs a command on it as an admin's shell would."""

    folder: Path
    process: subprocess.Popen[str]
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def invoke(self, *arguments: object) -> Result:
        """The result of ``permanence …``, whatever it is."""
        wanted = [str(argument) for argument in arguments]
        return CliRunner().invoke(app_of(), [*wanted, "--data", str(self.folder)])

    def run(self, *arguments: object) -> str:
        """What ``permanence …`` prints; it must end well."""
        result = self.invoke(*arguments)
        if result.exception is not None:
            result.exception.add_note(self.log_end())
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    def rows(self, *arguments: object) -> list[dict[str, Any]]:
        """What ``permanence … --json`` prints, an object a line."""
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    @property
    def environment(self) -> dict[str, str]:
        facts = json.loads((self.folder / "system.json").read_text(encoding="utf-8"))
        environment: dict[str, str] = facts["environment"]
        return environment

    def connect(self, service: str, *, role: str = "DSN") -> psycopg.Connection[Any]:
        """A connection to a service's schema; to be closed."""
        return psycopg.connect(
            self.environment[f"PERMANENCE_{service.upper()}_{role}"],
            autocommit=True,
            options=f"-c search_path={service},pg_temp",
        )

    def log_end(self) -> str:
        """The last lines that the services logged."""
        lines = (self.folder / "services.log").read_text(encoding="utf-8").splitlines()
        return "\n".join(lines[-_LOG_LINES:])

    def mails(self) -> list[Path]:
        """What left by SMTP."""
        return sorted((self.folder / "mail").rglob("*.eml"))

    def settle(self) -> None:
        """Wait until what is due now has left, and everybody has heard of it."""
        with self.connect("notifications") as connection:

            def nothing_is_due() -> bool:
                return connection.execute(_DUE).fetchone() == (0,)

            def is_settled() -> bool:
                was_settled = nothing_is_due()
                self.level()
                return was_settled and nothing_is_due()

            wait_until(is_settled, PATIENCE_SECONDS, step_seconds=0.1)

    def level(self) -> None:
        """Wait until every consumer has handled everything."""
        environment = self.environment
        levels = Levels({n: environment[f"PERMANENCE_{n.upper()}_DSN"] for n in SERVICES})
        try:
            levels.wait(PATIENCE_SECONDS)
        finally:
            levels.close()


@contextmanager
def served(samples: int = 30) -> Iterator[Served]:
    """Serve a new system on real time, with the made-up directory and ``samples`` requests."""
    with tempfile.TemporaryDirectory(prefix="permanence-cli-") as parent:
        Path(parent).chmod(0o755)  # PostgreSQL runs as a user of its own
        folder = Path(parent) / "data"
        ports = [f"--{door}-port={free_port()}" for door in ("desk", "intake", "smtp")]
        process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, "run", *ports, "--data", str(folder)],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("PERMANENCE_")},
            stdout=subprocess.DEVNULL,
            text=True,
        )
        system = Served(folder, process)
        try:
            wait_until(lambda: _answers(system), PATIENCE_SECONDS)
            _fill(system, Path(parent), samples)
            yield system
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _answers(system: Served) -> bool:
    assert system.process.poll() is None, "permanence run ended"
    return (system.folder / "system.json").exists()


def _fill(system: Served, parent: Path, samples: int) -> None:
    system.run("import-directory", DIRECTORY, "--by", "test", "--why", "made-up teams")
    records = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    # So many, an e-mail among them: its answer is due in working days.
    first_mail = next(one for one in records if one["channel"] == "email")
    chosen = records[:samples] if first_mail in records[:samples] else records[: samples - 1]
    chosen += [] if first_mail in chosen else [first_mail]
    wanted = [{key: one[key] for key in ("id", "channel", "raw")} for one in chosen]
    path = parent / "requests.jsonl"
    path.write_text("\n".join(map(json.dumps, wanted)), encoding="utf-8")
    system.told = {row["id"]: row for row in system.rows("submit", path)}
    system.level()
