"""Runs intake and routing in this process and plays one letter through both; prints JSON.

The argument is an empty folder for the data. The letter is sample S01, which Fresnes' team takes.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared import green

green.patch()

from services.cli.directory import read_files  # noqa: E402 - after the patch
from services.host.embedded import EmbeddedSystem, running  # noqa: E402
from shared.clock import VirtualClock  # noqa: E402
from shared.errors import PermanenceError  # noqa: E402
from shared.logging import configure  # noqa: E402
from shared.messaging import IN_PROCESS_URI, call  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402
from tests.unit.routing.office import DATA  # noqa: E402
from tests.unit.routing.samples import SAMPLES  # noqa: E402

START = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


def ask(service: str, method: str, **arguments: Any) -> Any:
    return call(IN_PROCESS_URI, service, method, arguments, timeout_seconds=60)


def submitted(raw: str) -> str:
    """The id of the request that was made of ``raw``, once routing has decided."""
    receipt = ask("intake", "submit", channel="letter", raw=raw, received_at=START.isoformat())
    request_id: str = receipt["request_id"]
    wait_until(lambda: ask("routing", "describe_assignment", request_id=request_id))
    return request_id


def play(clock: VirtualClock) -> dict[str, Any]:
    texts = read_files(DATA)
    seen: dict[str, Any] = {"import": ask("routing", "import_directory", files=texts, by="admin")}
    first = json.loads(SAMPLES.read_text(encoding="utf-8").splitlines()[0])["raw"]
    taken, left = submitted(first), submitted(first.replace("981442", "981443"))
    seen["assigned"] = ask("routing", "describe_assignment", request_id=taken)
    ask("routing", "accept", request_id=taken, volunteer_id="cp-fresnes-1")
    wait_until(
        lambda: ask("intake", "describe_request", request_id=taken)["state"] == "in_progress"
    )
    try:
        ask("routing", "accept", request_id=taken, volunteer_id="lead-cp-fresnes")
    except PermanenceError as error:
        seen["refused"] = {"code": error.code, "text": str(error)}
    clock.move_to(START + timedelta(days=5))
    ask("routing", "escalate")
    listed = ask("routing", "list_assignments", unit="coordination")
    seen["escalated"] = [one["request_id"] == left for one in listed["assignments"]]
    contacts = ask("routing", "contacts_for", units=["team_lead:cp-fresnes"])
    seen["lead"] = [one["volunteer_id"] for one in contacts["team_lead:cp-fresnes"]]
    return seen


def main(folder: Path) -> None:
    configure("tests")
    clock = VirtualClock(START)
    system = EmbeddedSystem(folder=folder, clock=clock, names=("intake", "routing"))
    with running(system):
        seen = play(clock)
    sys.stdout.write("\n" + json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
