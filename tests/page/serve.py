"""The whole system in a process of its own, with the sample requests, for a browser to look at.

``python -m tests.page.serve FOLDER SMTP_PORT``: prints one line of JSON with the desk's address
once everything was heard. Then each line of standard input, ``{"service", "method", "payload"}``,
is a call whose answer is printed once everybody has heard of all that followed, ``{}`` is none and
waits alike, and ``{"move_to": instant}`` sets the clock; the end of the input stops it.
"""

from __future__ import annotations

from shared import green

green.patch()

import json  # noqa: E402
import os  # noqa: E402
import select  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import closing  # noqa: E402
from datetime import UTC, date, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from services.host.embedded import EmbeddedSystem, running  # noqa: E402
from services.host.level import Levels  # noqa: E402
from services.host.ports import free_port  # noqa: E402
from services.host.rehearsal import example_directory  # noqa: E402
from services.host.runner import SERVICES  # noqa: E402
from shared.clock import VirtualClock  # noqa: E402
from shared.errors import PermanenceError  # noqa: E402
from shared.messaging import IN_PROCESS_URI, call  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FIRST = datetime(2026, 2, 20, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
PATIENCE_SECONDS = 90.0


def main() -> None:
    folder, smtp_port = Path(sys.argv[1]), sys.argv[2]
    desk_port = free_port()
    clock = VirtualClock(FIRST)
    system = EmbeddedSystem(
        folder=folder,
        clock=clock,
        settings={
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": smtp_port,
            "DESK_URL": f"http://127.0.0.1:{desk_port}",
        },
        ports={"desk": desk_port},
    )
    with running(system):
        ids = fill(clock)
        print(json.dumps({"desk": f"http://127.0.0.1:{desk_port}", "ids": ids}), flush=True)  # noqa: T201
        for line in lines():
            print(json.dumps(obey(json.loads(line), clock)), flush=True)  # noqa: T201


def lines() -> Iterator[str]:
    """The lines of standard input; other green threads run while none comes."""
    rest = b""
    while True:
        select.select([sys.stdin], [], [])  # patched: yields to the others
        piece = os.read(sys.stdin.fileno(), 1 << 16)
        if not piece:
            return
        *whole, rest = (rest + piece).split(b"\n")
        yield from (line.decode() for line in whole)


def obey(order: dict[str, Any], clock: VirtualClock) -> Any:
    """Carry out one line; what was refused is told by its code."""
    if "move_to" in order:
        clock.move_to(datetime.fromisoformat(order["move_to"]))
        return {"result": None}
    result = None
    try:
        if "method" in order:
            result = ask(order["service"], order["method"], **order.get("payload", {}))
    except PermanenceError as error:
        return {"refused": error.code}
    everybody_has_heard()
    return {"result": result}


def ask(service: str, method: str, **payload: Any) -> Any:
    return call(IN_PROCESS_URI, service, method, payload, timeout_seconds=60)


def fill(clock: VirtualClock) -> dict[str, str]:
    """The made-up directory, the sample requests, a case; returns request ids by sample id."""
    ask("routing", "import_directory", files=example_directory(), by="page tests")
    ids = {}
    for day, sample in samples():
        clock.move_to(datetime.combine(day, FIRST.timetz()))
        told = ask("intake", "submit", channel=sample["channel"], raw=sample["raw"])
        ids[sample["id"]] = told["request_id"]
    clock.move_to(NOW)
    ids["unreadable"] = ask("intake", "submit", channel="letter", raw="?!")["request_id"]
    everybody_has_heard()
    return ids


def samples() -> list[tuple[date, dict[str, Any]]]:
    """The sample requests that had arrived by ``NOW``, with the day of each, in order."""
    path = ROOT / "tests" / "data" / "samples" / "requests.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    dated = [(date.fromisoformat(one["expected"]["received_on"]), one) for one in lines]
    return sorted((one for one in dated if one[0] < NOW.date()), key=lambda one: one[0])


def everybody_has_heard() -> None:
    """Until every service has handled all that any wrote, what they wrote in answer included."""
    dsns = {name: os.environ[f"PERMANENCE_{name.upper()}_DSN"] for name in SERVICES}
    with closing(Levels(dsns)) as levels:
        levels.wait(PATIENCE_SECONDS)


if __name__ == "__main__":
    main()
