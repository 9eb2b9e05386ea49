"""What an append, a read and a rebuild cost as the log grows from 10^4 to 10^6 events.

``PERMANENCE_BENCH_HUGE=1`` adds 10^7, for appends and reads. Draws docs/figures/growth.svg.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg

from benchmarks import filling
from benchmarks.plot import Line, plot
from shared.clock import SystemClock
from shared.eventstore import EventStore, Expected, NewEvent, Position, Write

_TURNS = 300
_NAMES = ("append one event", "read a stream of 4", "read a page of 500", "rebuild, per event")


def run(quick: bool) -> list[dict[str, Any]]:
    """Milliseconds of each, at each size; the largest log beside the smallest."""
    from benchmarks.bench_rebuild import rebuilt
    from tests.support.postgres import fresh_database

    sizes = [8_000, 40_000] if quick else [10_000, 100_000, 1_000_000]
    if os.environ.get("PERMANENCE_BENCH_HUGE") and not quick:
        sizes.append(10_000_000)
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in _NAMES}
    with fresh_database(services=True) as database:
        for size in sizes:
            filling.fill(database.admin_dsn, size - _filled(database.admin_dsn))
            store = database.store("routing")
            for name, work in zip(_NAMES, (_append, _load, _page), strict=False):
                costs[name].append((size, _median(partial(work, store, size))))
            if size <= 1_000_000:
                costs[_NAMES[3]].append((size, 1000 / rebuilt(database, size)["rate"]))
    if not quick:
        plot(
            "growth",
            "Cost as the log grows",
            "events in the log",
            "milliseconds",
            [Line(name, points) for name, points in costs.items()],
            log=True,
        )
    return [_row(name, points) for name, points in costs.items()]


def _row(name: str, points: list[tuple[float, float]]) -> dict[str, Any]:
    (small, first), (large, last) = points[0], points[-1]
    return {
        "name": f"{name}, {large:,} events in the log beside {small:,}",
        "ours": last,
        "peer": first,
        "peer_name": "the smaller log",
        "ratio": last / first,
        "target": "<= 2",
        "unit": "ms",
    }


def _filled(admin_dsn: str) -> int:
    with psycopg.connect(admin_dsn) as connection:
        row = connection.execute("SELECT count(*) * 4 FROM routing.streams").fetchone()
        return int(row[0]) if row else 0


def _median(work: Callable[[int], object]) -> float:
    taken = []
    for turn in range(_TURNS):
        started = time.perf_counter()
        work(turn)
        taken.append(time.perf_counter() - started)
    return sorted(taken)[_TURNS // 2] * 1000


def _append(store: EventStore, _size: int, turn: int) -> None:
    """To one of the streams of the log, and never so many that the size changes."""
    event = NewEvent(
        type="AssignmentClosed",
        schema=1,
        data=filling.closing(turn),
        occurred_at=SystemClock().now(),
    )
    stream = filling.stream(turn)
    store.append([Write(stream=stream, events=[event], expected=Expected.EXISTS)])


def _load(store: EventStore, size: int, turn: int) -> None:
    number = 1_000 + turn * 7919 % (size // filling.EVENTS_PER_STREAM - 1_000)
    assert len(store.load(filling.stream(number))) == filling.EVENTS_PER_STREAM


def _page(store: EventStore, size: int, turn: int) -> None:
    after = Position(turn * 104_729 % max(1, size - 8_000))
    store.read(turn % 8, after=after, limit=500)
