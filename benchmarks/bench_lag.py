"""How far a consumer falls behind under bursts, and how long until it is level again.

Bursts of events are appended as fast as the log takes them, each twice the one before. What the
consumer is behind by must grow with the burst and no faster, and come back to nothing; so the time
until it is level, for each event of the burst, stays the same. Draws docs/figures/lag.svg.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from benchmarks.bench_latency import behind, source_and_reader
from benchmarks.plot import Line, plot
from shared.eventstore import Expected
from tests.messaging.notes import Noted

if TYPE_CHECKING:
    from tests.messaging.conftest import System

_BURSTS = (4_000, 8_000, 16_000, 32_000)
_QUICK = (1_000, 4_000)
_EVENTS_PER_WRITE = 50
_STREAMS = 200
_LOOK_SECONDS = 0.1
_LIMIT_SECONDS = 600


def run(quick: bool) -> list[dict[str, Any]]:
    """The largest burst beside the smallest: milliseconds an event until all are handled."""
    bursts = _QUICK if quick else _BURSTS
    with source_and_reader() as (system, admin):
        system.start(config={"MESSAGING_TEMPO": {}})
        _behind_over_time(system, admin, 500)  # warm
        lines = [
            Line(f"burst of {burst:,}", _behind_over_time(system, admin, burst)) for burst in bursts
        ]
    if not quick:
        plot("lag", "Behind after a burst", "seconds since the first event", "events", lines)
    small, large = (
        1000 * line.points[-1][0] / burst
        for line, burst in ((lines[0], bursts[0]), (lines[-1], bursts[-1]))
    )
    return [
        {
            "name": f"level again after {bursts[-1]:,} at once beside {bursts[0]:,}, per event",
            "ours": large,
            "peer": small,
            "peer_name": "the smaller burst",
            "ratio": large / small,
            "target": "<= 1.5",
            "unit": "ms",
        }
    ]


def _behind_over_time(
    system: System, admin: psycopg.Connection, burst: int
) -> list[tuple[float, float]]:
    """(seconds since the first event, events behind) until nothing is; ends with (t, 0)."""
    writer = threading.Thread(target=_append, args=(system, burst))
    started = time.perf_counter()
    writer.start()
    points = [(0.0, 0.0)]
    while True:
        done = not writer.is_alive()
        now, lag = time.perf_counter() - started, behind(admin)
        points.append((now, float(lag)))
        if done and lag == 0:
            return points
        if now > _LIMIT_SECONDS:
            raise TimeoutError(f"still {lag} events behind after {_LIMIT_SECONDS} s")
        time.sleep(_LOOK_SECONDS)


def _append(system: System, burst: int) -> None:
    for first in range(0, burst, _EVENTS_PER_WRITE):
        notes = [
            Noted(number=number, person_id=uuid4())
            for number in range(first, first + _EVENTS_PER_WRITE)
        ]
        with system.streams.unit(metadata={}) as unit:
            stream = f"note-{first // _EVENTS_PER_WRITE % _STREAMS}"
            unit.append(stream, notes, expected=Expected.ANY)
