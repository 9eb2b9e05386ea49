"""Requests through intake, routing, followup and notifications, each a process, over RabbitMQ.

Everything runs on this one machine: broker, database, services, the clients that send. The items
are the samples with other names, numbers, places and ways of writing; they come in by RPC and go
the whole way: until every consumer stands at the head of every log.

- ``chain``: so many at once as intake takes; requests a second, from the first call until all is
  level.
- ``chain, due → assigned``: paced, 30 a second; the time from the moment at which a request is due
  to be sent, so that waiting for intake counts, to its assignment as the database of this machine
  recorded it; 99 of 100 are faster. An automatic message is set aside instead. Where the pace is
  not held, or one request gets neither, there is no figure.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from benchmarks.pacing import PaceMissed, Pacing
from shared.messaging import RpcClient
from tests.support.postgres import SEALS
from tests.support.processes import ProcessSystem, running_system
from tests.support.shuffling import WAYS, movable, moved_elsewhere, renamed, renumbered

_SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "data" / "samples" / "requests.jsonl"
_SERVICES = ("intake", "intake#2", "routing", "followup", "notifications")
_SEED = 20261125
_CLIENTS = 8
# A person writes about twice a year: with few names or numbers, each item would look like most of
# those before, and recognising people would be measured and little else.
_SYLLABLES = ("ba", "de", "fo", "gu", "ka", "lin", "mor", "na", "pe", "ri", "sou", "tal", "vin")
_FAMILIES = tuple("".join(one).upper() for one in product(_SYLLABLES, repeat=3))
_WARM_UP = 60
_PACE_PER_SECOND = 30
_TARGET_PER_SECOND = 100
_TARGET_MS = 500

_ASSIGNED = """
SELECT data ->> 'request_id', extract(epoch FROM min(recorded_at))::float
FROM routing.events
WHERE type IN ('RequestAssigned', 'RequestSetAside') AND data ->> 'request_id' = ANY(%(requests)s)
GROUP BY 1
"""


class Unassigned(Exception):
    """Requests that stand nowhere: a figure would leave them out; ``rows`` were measured before."""

    rows: Sequence[dict[str, Any]] = ()


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure both on one system."""
    count, seconds = (300, 5) if quick else (2_000, 30)
    items = _items(random.Random(_SEED), _WARM_UP + count + seconds * _PACE_PER_SECOND)
    with (
        tempfile.TemporaryDirectory(prefix="permanence-bench-") as folder,
        running_system(Path(folder), start_at=None, names=_SERVICES) as system,
    ):
        system.rehearsal().prepare([])
        _send(system, [next(items) for _ in range(_WARM_UP)])
        system.level()
        rate = _rate(system, [next(items) for _ in range(count)])
        rows = [_row("chain", rate, f">= {_TARGET_PER_SECOND}", "requests/s")]
        try:
            delay = _delay(system, list(items), seconds)
        except (PaceMissed, Unassigned) as missed:
            missed.rows = rows
            raise
    name = f"chain, due → assigned at {_PACE_PER_SECOND}/s, p99"
    return [*rows, _row(name, delay, f"<= {_TARGET_MS}", "ms")]


def _row(name: str, ours: float, target: str, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "ours": ours,
        "peer": None,
        "peer_name": None,
        "ratio": None,
        "target": target,
        "unit": unit,
    }


def _items(chance: random.Random, count: int) -> Iterator[dict[str, str]]:
    """Made-up items: samples in turn, each with another name, place and way of writing."""
    lines = _SAMPLES.read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    for number in range(count):
        record = renamed(samples[number % len(samples)], chance, _FAMILIES)
        record = renumbered(record, chance)
        if movable(record["expected"]["establishment"]):
            record = moved_elsewhere(record, chance)
        way = WAYS[chance.choice(sorted(WAYS))]
        raw = way(record["raw"]) if record["channel"] == "letter" else record["raw"]
        yield {"channel": record["channel"], "raw": raw, "external_id": str(uuid4())}


def _rate(system: ProcessSystem, items: Sequence[dict[str, str]]) -> float:
    started = time.perf_counter()
    _send(system, items)
    system.level(600)
    return len(items) / (time.perf_counter() - started)


def _send(
    system: ProcessSystem, items: Sequence[dict[str, str]], *, pacing: Pacing | None = None
) -> dict[str, float]:
    """Over a few connections at once, each sending the next when the last was accepted.

    As fast as they are taken, or as ``pacing`` wants; then, by request, when each was due.
    """
    left = iter(enumerate(items))
    lock = threading.Lock()
    due: dict[str, float] = {}
    failures: list[BaseException] = []

    def work() -> None:
        client = RpcClient(system.amqp_uri, SEALS)
        try:
            while True:
                with lock:
                    number, item = next(left, (0, None))
                if item is None:
                    return
                due_at = pacing.wait(number) if pacing else 0.0
                taken = client.call("intake", "submit", item, timeout_seconds=60)
                due[taken["request_id"]] = due_at
        except BaseException as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=work) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return due


def _delay(system: ProcessSystem, items: Sequence[dict[str, str]], seconds: int) -> float:
    """Milliseconds that 99 of 100 requests stay below, when they are due at a steady pace."""
    pacing = Pacing(_PACE_PER_SECOND)
    due = _send(system, items[: seconds * _PACE_PER_SECOND], pacing=pacing)
    pacing.hold()
    system.level(600)
    with psycopg.connect(system.database.admin_dsn) as connection:
        assigned = connection.execute(_ASSIGNED, {"requests": list(due)}).fetchall()
    return p99(due, dict(assigned))


def p99(due: Mapping[str, float], assigned: Mapping[str, float]) -> float:
    """Milliseconds from one to the other that 99 of 100 stay below; Unassigned if one has none."""
    if missing := due.keys() - assigned.keys():
        raise Unassigned(f"{len(missing)} of {len(due)} requests were not assigned or set aside")
    delays = sorted((assigned[request] - at) * 1000 for request, at in due.items())
    return delays[int(len(delays) * 0.99) - 1]
