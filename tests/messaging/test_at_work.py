"""While a handler goes through its batch, log lines say which event is at work, and why."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import structlog
from datetime import UTC, datetime
from shared.logging import bind, configure
from shared.messaging._batch import Batch
from shared.messaging._delivered import Delivered
configure("permanence")
log = structlog.get_logger()

def told(position, **metadata):
    now = datetime.now(UTC)
    return Delivered(source="intake", partition=1, position=position, stream=f"request-{position}",
        version=1, type="RequestReceived", metadata=metadata, recorded_at=now, occurred_at=now,
        event=None)

bind(service="routing")
with Batch([told(7, correlation_id="a-request"), told(9)], consumer="routing") as batch:
    assert len(batch) == 2
    for delivered in batch:
        log.info("handled")
        log.info("looked_elsewhere", stream="team-1")
log.info("batch_done")
"""


def test_lines_carry_the_event_at_work_and_its_cause() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    first, elsewhere, second, _, after = map(json.loads, done.stdout.splitlines())

    wanted = {
        "service": "routing",
        "source": "intake",
        "stream": "request-7",
        "position": 7,
        "correlation_id": "a-request",
        "causation_id": "intake/7",
    }
    assert wanted.items() <= first.items()
    assert (elsewhere["stream"], elsewhere["position"]) == ("team-1", 7)
    # Who began without a correlation is its own.
    assert (second["position"], second["correlation_id"]) == (9, "intake/9")
    assert not {"source", "stream", "position", "causation_id"} & after.keys()
    assert after["service"] == "routing"
