"""What a request makes of a deadline that a person set: urgency that rises, a day explained."""

from __future__ import annotations

from datetime import date, timedelta

from services.intake.domain.commands import NoteDeadline
from services.intake.domain.pressing import LEVELS, level_on
from services.intake.domain.request import Request
from shared.clock import PARIS
from shared.contracts.intake.events import IntakeEvent, NearDayExplained, RequestUrgencyChanged
from shared.contracts.vocabulary import RequestState, Urgency
from shared.deadlines import Nature, day_words

BY_R40 = "rule R40"
_LEFT = (RequestState.CLOSED, RequestState.DUPLICATE)
_INSTANT = timedelta(microseconds=1)  # a day ends at its 24:00, which is of the next


def decide_deadline(state: Request, command: NoteDeadline) -> list[IntakeEvent]:
    """What ``command`` leads to; nothing on a request that left. Urgency never falls by itself."""
    assert state.request_id is not None  # noqa: S101 - decide looked
    events: list[IntakeEvent] = []
    if state.state in _LEFT:
        return events
    if command.added and state.near_day_open:
        events.append(
            NearDayExplained(
                request_id=state.request_id,
                register=state.register,
                deadline_id=command.deadline_id,
                reason=None,
                by=command.by,
            )
        )
    pressing = _pressing_on(command)
    if pressing is None:
        return events
    wanted = level_on(command.kind, pressing, command.at.astimezone(PARIS).date())
    if LEVELS.index(wanted) > LEVELS.index(state.urgency or Urgency.NORMAL):
        events.append(
            RequestUrgencyChanged(
                request_id=state.request_id,
                register=state.register,
                urgency=wanted,
                reason=f"{command.kind.label} : date prudente le {day_words(pressing)}",
                by=BY_R40,
            )
        )
    return events


def _pressing_on(command: NoteDeadline) -> date | None:
    """The prudent day in Paris; None unknown, over, or if nothing is lost by its passing."""
    loses = command.nature is None or Nature(command.nature).loses_a_right
    if command.alert_at is None or command.alert_at <= command.at or not loses:
        return None
    return (command.alert_at - _INSTANT).astimezone(PARIS).date()
