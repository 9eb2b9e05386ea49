"""Time passes: deadlines are missed once over without act (R41), and told of as they near (R40)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from uuid import UUID

from services.followup.application.ports import Followup
from services.followup.domain import deadline
from services.followup.domain.commands import DrawNear, MissDeadline
from services.followup.domain.identity import deadline_stream
from shared.contracts.acting import by_rule
from shared.eventstore import Connection, WrongVersion

PAGE = 100
_Command = MissDeadline | DrawNear
_Due = Callable[[Connection, datetime, int], Sequence[UUID]]


def miss_passed(followup: Followup) -> int:
    """Miss all that passed by now; how many. One that somebody writes to waits for the next call.

    All in one transaction; if one cannot be written, each in its own, so that it holds back no
    other.
    """
    return _all_due(followup.deadlines.to_miss, MissDeadline, by_rule("R41"), followup)


def draw_near(followup: Followup) -> int:
    """Tell of all that is by now within ten days, or three; how many. As ``miss_passed``."""
    return _all_due(followup.deadlines.drawing_near, DrawNear, by_rule("R40"), followup)


def _all_due(find: _Due, command: Callable[..., _Command], actor: str, followup: Followup) -> int:
    with followup.streams.store.transaction() as connection:
        due = find(connection, followup.clock.now(), PAGE)
    try:
        return _pass(due, command, actor, followup)
    except WrongVersion:
        return sum(_pass_alone(one, command, actor, followup) for one in due)


def _pass_alone(
    deadline_id: UUID, command: Callable[..., _Command], actor: str, followup: Followup
) -> int:
    try:
        return _pass([deadline_id], command, actor, followup)
    except WrongVersion:
        return 0


def _pass(
    due: Sequence[UUID], command: Callable[..., _Command], actor: str, followup: Followup
) -> int:
    if not due:
        return 0
    now = followup.clock.now()
    told = 0
    with followup.streams.unit(metadata={"actor": actor}) as unit:
        unit.load_ahead(deadline_stream(one) for one in due)
        for deadline_id in due:
            stream = deadline_stream(deadline_id)
            events, version = unit.load(stream)
            state = reduce(deadline.evolve, events, None)
            done = deadline.decide(state, command(now=now)) if state else []
            metadata = {"correlation_id": str(deadline_id)}
            unit.append(stream, done, expected=version, metadata=metadata)
            told += len(done)
    return told
