"""Time passes: deadlines whose last day or hour is over without act are missed (R41)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from uuid import UUID

from services.followup.application.ports import Followup
from services.followup.domain import deadline
from services.followup.domain.commands import MissDeadline
from services.followup.domain.identity import deadline_stream
from shared.eventstore import WrongVersion

PAGE = 100
_BY_TIME = "rule R41"


def miss_passed(followup: Followup) -> int:
    """Miss all that passed by now; how many. One that somebody writes to waits for the next call.

    All in one transaction; if one cannot be written, each in its own, so that it holds back no
    other.
    """
    with followup.streams.store.transaction() as connection:
        due = followup.deadlines.to_miss(connection, followup.clock.now(), PAGE)
    try:
        return _miss(due, followup)
    except WrongVersion:
        return sum(_miss_alone(one, followup) for one in due)


def _miss_alone(deadline_id: UUID, followup: Followup) -> int:
    try:
        return _miss([deadline_id], followup)
    except WrongVersion:
        return 0


def _miss(due: Sequence[UUID], followup: Followup) -> int:
    if not due:
        return 0
    now = followup.clock.now()
    missed = 0
    with followup.streams.unit(metadata={"actor": _BY_TIME}) as unit:
        unit.load_ahead(deadline_stream(one) for one in due)
        for deadline_id in due:
            stream = deadline_stream(deadline_id)
            events, version = unit.load(stream)
            state = reduce(deadline.evolve, events, None)
            done = deadline.decide(state, MissDeadline(now=now)) if state else []
            metadata = {"correlation_id": str(deadline_id)}
            unit.append(stream, done, expected=version, metadata=metadata)
            missed += len(done)
    return missed
