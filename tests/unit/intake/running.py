"""Intake in a process of its own, for the tests of its edge."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.postgres import MASTER_KEY, ROOT, Database
from tests.support.waiting import wait_until
from tests.unit.intake.conftest import Intake, build

TOKEN = "made-up-token-of-the-shelter-0001"
OTHER_TOKEN = "made-up-token-of-another-0002"
GATEWAY_TOKEN = "made-up-token-of-the-gateway"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


PARTNERS = f"""
[[partner]]
id = "foyer-les-tilleuls"
token_sha256 = "{_digest(TOKEN)}"
rehearsals = true

[[partner]]
id = "autre-foyer"
token_sha256 = "{_digest(OTHER_TOKEN)}"
"""


@dataclass
class RunningIntake:
    """``api`` and ``gateway`` are base URLs; ``direct`` reads the same database beside it."""

    process: subprocess.Popen[bytes]
    api: str
    gateway: str
    direct: Intake
    log: Path

    def rpc(self, method: str, **arguments: Any) -> Any:
        """Call intake by RPC; raises AssertionError with the error's facts."""
        response = requests.post(
            f"{self.gateway}/rpc/intake/{method}",
            json=arguments,
            headers={"Authorization": f"Bearer {GATEWAY_TOKEN}"},
            timeout=60,
        )
        assert response.status_code == 200, response.text
        return response.json()

    def refused(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call intake by RPC and return its refusal: kind, code, message, fields."""
        response = requests.post(
            f"{self.gateway}/rpc/intake/{method}",
            json=arguments,
            headers={"Authorization": f"Bearer {GATEWAY_TOKEN}"},
            timeout=60,
        )
        assert response.status_code == 422, response.text
        facts: dict[str, Any] = response.json()
        return facts


def environment(database: Database, folder: Path, **settings: str) -> dict[str, str]:
    """The settings of an intake over ``database``."""
    values = {
        "INTAKE_DSN": database.dsn("intake"),
        "INTAKE_OWNER_DSN": database.owner_dsn("intake"),
        "KEYRING_DSN": database.dsn("keyring"),
        "KEYRING_OWNER_DSN": database.owner_dsn("keyring"),
        "MASTER_KEY": MASTER_KEY.to_base64(),
        "AMQP_URI": "memory://",
        "SPOOL": str(folder / "spool"),
        "PARTNERS": PARTNERS,
        "REHEARSALS": "on",
        "WEB_FORM_PER_MINUTE": "0",
        **settings,
    }
    own = {f"PERMANENCE_{name}": value for name, value in values.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PERMANENCE")}
    return {**kept, **own, "GATEWAY_TOKEN": GATEWAY_TOKEN}


@contextmanager
def running_intake(database: Database, folder: Path, **settings: str) -> Iterator[RunningIntake]:
    """Intake, started, and stopped whatever happens; its log lies in ``folder``."""
    log, ready = folder / "intake.log", folder / "ready.json"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.unit.intake.serve", str(ready)],
            cwd=ROOT,
            env=environment(database, folder, **settings),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None)
        assert ready.exists(), log.read_text()[-3000:]
        told = json.loads(ready.read_text())
        yield RunningIntake(
            process,
            f"http://{told['api']}",
            f"http://{told['gateway']}",
            build(database, folder),
            log,
        )
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        ready.unlink(missing_ok=True)
