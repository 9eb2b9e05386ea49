"""What a request makes of a deadline, set or nearer by now: urgency rises, a day is explained."""

from __future__ import annotations

from datetime import timedelta

from services.intake.domain.commands import NoteDeadline
from services.intake.domain.normalise.unexplained import DAYS_BACK
from services.intake.domain.pressing import level_on
from services.intake.domain.request import Request
from shared.clock import PARIS
from shared.contracts.acting import by_rule
from shared.contracts.intake.events import IntakeEvent, NearDayExplained, RequestUrgencyChanged
from shared.contracts.vocabulary import Urgency, above
from shared.deadlines import day_words, pressing_on, prudent_day

BY_R40 = by_rule("R40")


def decide_deadline(state: Request, command: NoteDeadline) -> list[IntakeEvent]:
    """What ``command`` leads to; urgency never falls by itself.

    It rises on a request that left too: a deadline is told near once, and it may come back.
    """
    assert state.request_id is not None  # noqa: S101 - decide looked
    events: list[IntakeEvent] = []
    if not state.left and command.added and state.near_day_open and _may_explain(state, command):
        events.append(
            NearDayExplained(
                request_id=state.request_id,
                register=state.register,
                deadline_id=command.deadline_id,
                reason=None,
                by=command.by,
            )
        )
    pressing = pressing_on(command.nature, command.alert_at, command.at, command.over_at)
    if pressing is None:
        return events
    wanted = level_on(command.kind, pressing, command.at.astimezone(PARIS).date())
    if above(wanted, state.urgency or Urgency.NORMAL):
        events.append(
            RequestUrgencyChanged(
                request_id=state.request_id,
                register=state.register,
                urgency=wanted,
                reason=_why(command),
                by=BY_R40,
            )
        )
    return events


def risen_meanwhile(state: Request) -> list[IntakeEvent]:
    """What a deadline raised while the request had left, told again now that it is back.

    Who answers for a request that left takes no note of its urgency.
    """
    return [] if state.risen is None else [state.risen]


def _why(command: NoteDeadline) -> str:
    assert command.alert_at is not None  # noqa: S101 - what presses has a date
    on = day_words(prudent_day(command.alert_at))
    if command.alert_at > command.at:
        return f"{command.kind.label} : date prudente le {on}"
    return f"{command.kind.label} : date prudente passée ({on}), date limite encore à venir"


def _may_explain(state: Request, command: NoteDeadline) -> bool:
    """Could the near day be its start or its end? None that was over before that day is."""
    if state.facts is None or command.alert_at is None:
        return True
    earliest = state.facts.received_on - timedelta(days=DAYS_BACK)
    return command.alert_at.astimezone(PARIS).date() >= earliest
