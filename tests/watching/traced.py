"""The whole system in one process, on the in-memory broker, traced into memory.

``python -m tests.watching.traced FOLDER``: submits a letter, lets its alerts leave, prints the
spans and the events' metadata as one line of JSON.
"""

from __future__ import annotations

from shared import green

green.patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import psycopg  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: E402
    InMemorySpanExporter,
)

from services.host.embedded import EmbeddedSystem, running  # noqa: E402
from services.host.rehearsal import example_directory  # noqa: E402
from services.host.smtp_capture import SmtpCapture  # noqa: E402
from shared import tracing  # noqa: E402
from shared.clock import VirtualClock  # noqa: E402
from shared.messaging import IN_PROCESS_URI, call  # noqa: E402

FRIDAY = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
LETTER = (
    "[ENVELOPPE] reçu le 2026-04-24 | 1 feuille\n[TRANSCRIPTION]\nVillepinte le 23 avril 2026\n"
    "je suis a la maison d'arrêt de Villepinte, on ma donné une OQTF le 22 avril 2026, j'ai 7 jours"
    "\nZoltan Canaryev, écrou 71717\n"
)


def ask(service: str, method: str, **payload: Any) -> Any:
    return call(IN_PROCESS_URI, service, method, payload, timeout_seconds=60)


def main() -> None:
    exporter = InMemorySpanExporter()
    tracing.export_to(exporter)
    folder = Path(sys.argv[1])
    with SmtpCapture(folder / "mail") as outgoing:
        system = EmbeddedSystem(
            folder=folder / "data",
            clock=VirtualClock(FRIDAY),
            settings={
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(outgoing.port),
                "DESK_URL": "http://localhost:8080",
            },
        )
        with running(system):
            import_directory()
            ask("intake", "submit", channel="letter", raw=LETTER)
            until = time.monotonic() + 60
            while time.monotonic() < until and not any(
                "sends" in span.name for span in exporter.get_finished_spans()
            ):
                ask("notifications", "tick")
                time.sleep(0.2)
            metadata = events(system)
    spans = [json.loads(span.to_json()) for span in exporter.get_finished_spans()]
    lines = (folder / "data" / "services.log").read_text(encoding="utf-8").splitlines()
    leads = [json.loads(line)["service"] for line in lines if "relay_leads" in line]
    sys.stdout.write(json.dumps({"spans": spans, "events": metadata, "leads": leads}) + "\n")


def import_directory() -> None:
    ask("routing", "import_directory", files=example_directory(), by="tests")


def events(system: EmbeddedSystem) -> list[list[Any]]:
    found: list[list[Any]] = []
    for service in ("intake", "routing", "followup", "notifications"):
        dsn = system.environment[f"PERMANENCE_{service.upper()}_DSN"]
        with psycopg.connect(dsn, options=f"-c search_path={service}") as connection:
            rows = connection.execute("SELECT type, metadata FROM events ORDER BY position")
            found += [[service, type_, metadata] for type_, metadata in rows]
    return found


if __name__ == "__main__":
    main()
