"""Time passes: deadlines whose last day or hour is over without act are missed (R41)."""

from __future__ import annotations

from functools import reduce

from services.followup.application.ports import Followup
from services.followup.domain import deadline
from services.followup.domain.commands import MissDeadline
from services.followup.domain.identity import deadline_stream
from shared.eventstore import WrongVersion

PAGE = 100
_BY_TIME = "rule R41"


def miss_passed(followup: Followup) -> int:
    """Miss all that passed by now; how many. One that somebody writes to waits for the next call.

    Each has a transaction of its own: one that cannot be written holds back no other.
    """
    now = followup.clock.now()
    with followup.streams.store.transaction() as connection:
        due = followup.deadlines.to_miss(connection, now, PAGE)
    missed = 0
    for deadline_id in due:
        stream = deadline_stream(deadline_id)
        try:
            metadata = {"actor": _BY_TIME, "correlation_id": str(deadline_id)}
            with followup.streams.unit(metadata=metadata) as unit:
                events, version = unit.load(stream)
                state = reduce(deadline.evolve, events, None)
                done = deadline.decide(state, MissDeadline(now=now)) if state else []
                unit.append(stream, done, expected=version)
        except WrongVersion:
            continue
        missed += len(done)
    return missed
