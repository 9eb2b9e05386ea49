"""Services as a deployer runs them: ``permanence serve NAME``, over RabbitMQ and PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from services.host.ports import free_port
from tests.support.postgres import MASTER_KEY, Database
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
SCRAPE_SECONDS = 10  # what Prometheus waits if it is told nothing


@dataclass
class Served:
    """One service in a process of its own."""

    name: str
    process: subprocess.Popen[str]
    address: str
    lines: list[str] = field(default_factory=list)

    def get(self, path: str, timeout_seconds: float = SCRAPE_SECONDS) -> tuple[int, str]:
        """Status and text of a page; 0 while nobody answers."""
        try:
            with urlopen(f"http://{self.address}{path}", timeout=timeout_seconds) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> tuple[int, list[str]]:
        """Status of the readiness page, and the codes of its reasons."""
        status, text = self.get("/health/ready")
        return status, [reason["code"] for reason in json.loads(text)["reasons"]] if text else []

    def reasons(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.get("/health/ready")[1])["reasons"]
        return found

    def metrics(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """Every sample of the metrics page but the label ``service``, which it checks."""
        status, text = self.get("/metrics")
        assert status == 200, text
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = dict(sample.labels)
                assert labels.pop("service") == self.name
                found[sample.name, tuple(sorted(labels.items()))] = sample.value
        return found

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics().get((name, tuple(sorted(labels.items()))))

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in list(self.lines)]


class Desk:
    """The services of one test; all are stopped at its end."""

    def __init__(self, database: Database, amqp_uri: str) -> None:
        self.database = database
        self.amqp_uri = amqp_uri
        self.services: list[Served] = []

    def serve(self, name: str, settings: Mapping[str, str] | None = None) -> Served:
        """Start a service and wait until it is ready."""
        served = self.spawn(name, settings)
        self.wait(lambda: served.ready()[0] == 200 or served.process.poll() is not None)
        assert served.process.poll() is None, served.lines
        return served

    def spawn(self, name: str, settings: Mapping[str, str] | None = None) -> Served:
        address = f"127.0.0.1:{free_port()}"
        values = {
            "AMQP_URI": self.amqp_uri,
            "KEYRING_DSN": self.database.dsn("keyring"),
            f"{name.upper()}_DSN": self.database.dsn(name),
            f"{name.upper()}_OWNER_DSN": self.database.owner_dsn(name),
            "MASTER_KEY": MASTER_KEY.to_base64(),
            "WEB_ADDRESS": address,
            "DESK_URL": "http://localhost:8080",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": "9",
            **(settings or {}),
        }
        given = {f"PERMANENCE_{key}": value for key, value in values.items()}
        process = subprocess.Popen(
            [Path(sys.executable).parent / "permanence", "serve", name],
            cwd=ROOT,
            env=os.environ | given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        served = Served(name, process, address)

        def read() -> None:
            for line in process.stdout or ():
                served.lines.append(line.rstrip("\n"))

        threading.Thread(target=read, daemon=True).start()
        self.services.append(served)
        return served

    def wait(self, condition: Callable[[], Any], timeout_seconds: float = PATIENCE_SECONDS) -> Any:
        """``wait_until`` that tells, when it fails, what the services said."""
        try:
            return wait_until(condition, timeout_seconds, step_seconds=0.2)
        except AssertionError as error:
            said = [line for served in self.services for line in served.lines[-20:]]
            state = [(served.name, served.get("/health/ready")) for served in self.services]
            raise AssertionError("\n".join([str(error), str(state), *said])) from None

    def close(self) -> None:
        for served in self.services:
            if served.process.poll() is None:
                served.process.send_signal(signal.SIGTERM)
        for served in self.services:
            try:
                served.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                served.process.kill()
                served.process.wait()
            if served.process.stdout:
                served.process.stdout.close()
