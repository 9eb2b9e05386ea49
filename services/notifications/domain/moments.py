"""When each stage of a ladder is due, and when its alerts leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts.vocabulary import Urgency

from .cause import DEADLINE, Cause
from .hours import WorkingHours
from .ladder import Ladder, Stage
from .lanes import RANK, Lane, first_lane

# Whatever the zone of the court, the stage of a day leaves at least so long before that day ends.
_LAST_DAY = timedelta(hours=13)
# A deadline that was over when it was heard of is missed a moment later, and told of as missed.
_UNTIL_MISSED = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Moment:
    """A stage, when it is due, and when its alerts leave (None: told already, or passed)."""

    stage: Stage
    due_at: datetime
    leaves_at: datetime | None


def moments(cause: Cause, ladder: Ladder, hours: WorkingHours) -> tuple[Moment, ...]:
    """The stages in the order in which they are due.

    What passed before ``cause.since`` does not leave, except, on a ladder that catches up, the
    latest of it, at once.
    """
    due = [(stage, at) for stage in ladder.stages if (at := _due_at(cause, stage, hours))]
    due.sort(key=lambda pair: pair[1])
    passed = [stage for stage, at in due if at < cause.since and not stage.at_once]
    catches_up = passed[-1] if passed and ladder.catch_up else None
    return tuple(
        Moment(stage, at, _leaves_at(cause, stage, at, hours, catches_up=stage is catches_up))
        for stage, at in due
    )


def next_stage(
    cause: Cause, ladder: Ladder, hours: WorkingHours, *, after: datetime | None = None
) -> tuple[datetime, Lane] | None:
    """When the first stage leaves, of those that leave after an instant if one is given, and in
    which lane; None if none does."""
    leaving = [
        (one.leaves_at, RANK[urgency], first_lane(urgency))
        for one in moments(cause, ladder, hours)
        if one.leaves_at is not None and (after is None or one.leaves_at > after)
        for urgency in [urgency_of(cause, one.stage)]
    ]
    return None if not leaving else (min(leaving)[0], min(leaving)[2])


def urgency_of(cause: Cause, stage: Stage) -> Urgency:
    """The urgency of a stage's alerts: the stage's own, or the cause's."""
    return stage.urgency or cause.urgency


def _due_at(cause: Cause, stage: Stage, hours: WorkingHours) -> datetime | None:
    """When a stage is due; None for a dated stage of a cause without a date."""
    if stage.at_once:
        return cause.since
    if stage.hours_before is not None:
        if cause.term_at is None:
            return None
        return _fit(cause.term_at - timedelta(hours=stage.hours_before), stage, hours)
    if cause.term_on is None:
        return None
    if stage.working_days_before is not None:
        if stage.working_days_before < 0:
            after = hours.working_days_after(cause.term_on, -stage.working_days_before)
            return hours.at(after, stage.hour)
        day = hours.working_days_before(cause.term_on, stage.working_days_before)
        return _fit(hours.at(day, stage.hour), stage, hours)
    return _fit(_days_before(cause, stage, stage.days_before or 0, hours), stage, hours)


def _days_before(cause: Cause, stage: Stage, days: int, hours: WorkingHours) -> datetime:
    assert cause.term_on is not None  # noqa: S101  # the only caller has looked
    due_at = hours.at(cause.term_on - timedelta(days=days), stage.hour)
    if cause.term_at is None:
        return due_at
    whole_day = cause.term is not None and "T" not in cause.term
    bound = cause.term_at - timedelta(days=days)
    return min(due_at, bound - _LAST_DAY if whole_day else bound)


def _fit(due_at: datetime, stage: Stage, hours: WorkingHours) -> datetime:
    """A dated stage that keeps to working hours leaves earlier, never later."""
    return due_at if stage.any_hour else hours.last_open(due_at)


def _leaves_at(
    cause: Cause, stage: Stage, due_at: datetime, hours: WorkingHours, *, catches_up: bool
) -> datetime | None:
    if stage.at_once:
        return _at_once(cause, stage, hours) if cause.announce else None
    if due_at >= cause.since:
        return due_at
    if not catches_up:
        return None
    at_once = _at_once(cause, stage, hours)
    over = cause.kind == DEADLINE and not cause.missed and _is_over(cause)
    return at_once + _UNTIL_MISSED if over else at_once


def _is_over(cause: Cause) -> bool:
    return cause.term_at is not None and cause.term_at < cause.since


def _at_once(cause: Cause, stage: Stage, hours: WorkingHours) -> datetime:
    """Now, or the next working hour, unless the term comes before that."""
    if stage.any_hour or urgency_of(cause, stage) is Urgency.CRITICAL:
        return cause.since
    opening = hours.next_open(cause.since)
    if cause.term_at is not None and cause.since <= cause.term_at < opening:
        return cause.since
    return opening
