"""The whole system in a process of its own, with the sample requests, for a browser to look at.

``python -m tests.page.serve FOLDER SMTP_PORT``: prints one line of JSON with the desk's address
once everything was heard, and stops when its standard input ends. The clock stands still.
"""

from __future__ import annotations

from shared import green

green.patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from services.host.embedded import EmbeddedSystem, free_port, running  # noqa: E402
from shared import logging  # noqa: E402
from shared.clock import VirtualClock  # noqa: E402
from shared.messaging import IN_PROCESS_URI, call  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
PATIENCE_SECONDS = 90.0


def main() -> None:
    folder, smtp_port = Path(sys.argv[1]), sys.argv[2]
    logging.configure("page-tests", level="WARNING")
    desk_port = free_port()
    system = EmbeddedSystem(
        folder=folder,
        clock=VirtualClock(NOW),
        settings={
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": smtp_port,
            "DESK_URL": f"http://127.0.0.1:{desk_port}",
        },
        ports={"desk": desk_port},
    )
    with running(system):
        ids = fill()
        print(json.dumps({"desk": f"http://127.0.0.1:{desk_port}", "ids": ids}), flush=True)  # noqa: T201
        sys.stdin.read()


def ask(service: str, method: str, **payload: Any) -> Any:
    return call(IN_PROCESS_URI, service, method, payload, timeout_seconds=60)


def fill() -> dict[str, str]:
    """The made-up directory, the sample requests, a case; returns request ids by sample id."""
    folder = ROOT / "services" / "routing" / "data"
    files = {
        "establishments.csv": (folder / "establishments.csv").read_text(encoding="utf-8"),
        "teams.csv": (folder / "demo" / "teams.csv").read_text(encoding="utf-8"),
        "volunteers.csv": (folder / "demo" / "volunteers.csv").read_text(encoding="utf-8")
        + "admin-1,Zoé Zeller,zoe.zeller@permanence.example,,admin,,,no,,\n",
    }
    ask("routing", "import_directory", files=files, by="page tests")
    ids = {}
    for line in (ROOT / "tests" / "data" / "samples" / "requests.jsonl").open(encoding="utf-8"):
        sample = json.loads(line)
        told = ask("intake", "submit", channel=sample["channel"], raw=sample["raw"])
        ids[sample["id"]] = told["request_id"]
    ids["unreadable"] = ask("intake", "submit", channel="letter", raw="?!")["request_id"]
    heard(len(set(ids.values())))
    return ids


def heard(requests: int) -> None:
    """Until the desk has heard of all requests, their units and their alerts."""
    wait(lambda: len(ask("routing", "list_assignments", limit=500)["assignments"]) >= requests - 1)
    for service in ("intake", "routing", "followup", "notifications"):
        wait(lambda service=service: level(service))


def level(service: str) -> bool:
    """Whether the desk has read all that the service has told."""
    heads = ask(service, "log_heads")["heads"]
    read = ask("desk", "reached", source=service)
    return all(read.get(part, 0) >= position for part, (position, _) in heads.items())


def wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("the services did not get level in time")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
