"""The five checks on the two tiny services: what they kept against what was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.support.nothing_lost import Finding, once

if TYPE_CHECKING:
    from tests.messaging.conftest import System

_TOLD = "SELECT stream, count(*) FROM events WHERE type = 'Noted' GROUP BY stream"
_TO_ANSWER = """
    SELECT (data ->> 'number')::int FROM events WHERE type = 'Noted' AND data ->> 'order' = 'answer'
"""
_ANSWERED = "SELECT (data ->> 'number')::int FROM events WHERE type = 'Answered'"
_HEADS = "SELECT partition, max(position) FROM events WHERE type = 'Noted' GROUP BY partition"
_CHECKPOINTS = "SELECT partition, position FROM checkpoints WHERE source = 'intake'"


def examine(system: System) -> Iterator[Finding]:
    """See ``assert_nothing_lost``; the effect of C4 is the event that answers a note."""
    log, acknowledged = system.log(), set(system.acknowledged)
    yield from once(
        "C1", "acknowledged events", sorted(acknowledged), sorted(acknowledged & set(log))
    )
    yield from once("C2", "handled events", log, system.handled(), in_order=True)
    reached = dict(system.routing.execute(_CHECKPOINTS).fetchall())
    for partition, head in system.intake.execute(_HEADS).fetchall():
        if reached.get(partition, 0) < head:
            yield Finding(check="C2", what=f"partition {partition}: checkpoint before {head}")
    told = dict(system.intake.execute(_TOLD).fetchall())
    if system.counts() != told:
        yield Finding(check="C3", what=f"counts: {system.counts()}, from the log {told}")
    asked = [row[0] for row in system.intake.execute(_TO_ANSWER).fetchall()]
    answered = [row[0] for row in system.routing.execute(_ANSWERED).fetchall()]
    yield from once("C4", "answers", asked, answered)
    if parked := system.parked():
        yield Finding(check="C5", what=f"parked: {parked}")
    for store in (system.store, system.routing_store):
        for fault in store.verify().faults:
            yield Finding(check="C5", what=f"{store.schema}: {fault}")
