"""Which alerts a cause calls for: pure, and the same from the same facts however often it is asked.

An alert is one (cause, recipient, rung). The rung names ladder, stage and what the stage hangs on
(the round, the term), so that the same alert is never planned twice, while a corrected deadline or
a request that comes back has alerts of its own.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.contracts.notifications.events import AlertPlanned
from shared.contracts.vocabulary import Urgency
from shared.reference import case_reference, deadline_reference, request_reference

from .cause import DEADLINE, Cause
from .directory import Directory
from .hours import WorkingHours
from .ladder import EMAIL, SECOND, Audience, Insist, Ladder, Policy, Stage
from .moments import moments, urgency_of

_NAMESPACE = uuid5(NAMESPACE_URL, "https://www.lacimade.org/permanence/alert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``alerts`` are called for; ``audiences`` holds, by rung, the recipients of every stage that
    still stands, those already past included: an open alert outside it has lost its cause."""

    alerts: tuple[AlertPlanned, ...] = ()
    audiences: Mapping[str, frozenset[str]]

    def stands(self, alert: AlertPlanned) -> bool:
        """Whether the stage that an alert comes from still stands, and still tells its recipient.

        Once coordination is told of a stage, it is told as long as the stage stands.
        """
        told = self.audiences.get(base_of(alert.rung))
        return told is not None and (alert.escalated or alert.recipient in told)


def alert_id(cause: str, recipient: str, rung: str) -> UUID:
    """The id of an alert: the same cause, recipient and rung are the same alert."""
    return uuid5(_NAMESPACE, f"{cause}\n{recipient}\n{rung}")


def rung_of(cause: Cause, ladder: Ladder, stage: Stage) -> str:
    """« deadline.days/j-3@0/2026-11-10 »: ladder, stage, round, and what the stage counts from."""
    counted = "" if stage.at_once or cause.term is None else f"/{cause.term}"
    return f"{ladder.name}/{stage.name}@{cause.round}{counted}"


def base_of(rung: str) -> str:
    """The rung of the stage from which an insisting step came."""
    return rung.partition("+")[0]


def plan(
    cause: Cause,
    ladder: Ladder,
    directory: Directory,
    hours: WorkingHours,
    *,
    until: datetime | None = None,
    known: Container[tuple[str, str]] = (),
) -> Plan:
    """The alerts of a cause's stages that leave until then (None: of all), in the order in which
    they are due; those that are ``known``, by recipient and rung, left out.

    Two stages that fall on one moment for one person make one alert, that of the later stage.
    Nothing that is dated before the term leaves after it.
    """
    audiences: dict[str, frozenset[str]] = {}
    kept: dict[tuple[datetime, str], tuple[Stage, str]] = {}
    for moment in moments(cause, ladder, hours):
        stage, leaves_at = moment.stage, moment.leaves_at
        day = hours.day(leaves_at or max(moment.due_at, cause.since))
        told = recipients(cause, stage, directory, day)
        rung = rung_of(cause, ladder, stage)
        audiences[rung] = frozenset(told)
        if leaves_at is not None and (until is None or leaves_at <= until):
            kept.update({(leaves_at, recipient): (stage, rung) for recipient in told})
    return Plan(
        alerts=tuple(
            _alert(cause, ladder, stage, rung, recipient, leaves_at)
            for (leaves_at, recipient), (stage, rung) in sorted(
                kept.items(), key=lambda one: one[0]
            )
            if (recipient, rung) not in known
        ),
        audiences=audiences,
    )


def standing(cause: Cause, ladder: Ladder, directory: Directory, hours: WorkingHours) -> Plan:
    """Whom each stage tells, without the alerts."""
    audiences = {}
    for moment in moments(cause, ladder, hours):
        day = hours.day(moment.leaves_at or max(moment.due_at, cause.since))
        told = recipients(cause, moment.stage, directory, day)
        audiences[rung_of(cause, ladder, moment.stage)] = frozenset(told)
    return Plan(audiences=audiences)


def recipients(cause: Cause, stage: Stage, directory: Directory, day: date) -> tuple[str, ...]:
    """Everybody whom a stage tells on that day, once each."""
    return tuple(
        dict.fromkeys(
            recipient
            for audience in stage.to
            for recipient in directory.audience(
                audience, unit=cause.unit, holder=cause.holder, day=day
            )
        )
    )


def follows(alert: AlertPlanned, policy: Policy) -> Insist | None:
    """The step after an alert that nobody acknowledged; None if its stage ends there."""
    ladder = policy.ladders.get(alert.ladder)
    stage = ladder.stage(alert.stage) if ladder else None
    if stage is not None and alert.step < len(stage.insist):
        return stage.insist[alert.step]
    return None


def instead(alert: AlertPlanned, step: Insist | None, *, has_second: bool) -> Insist | None:
    """What follows an alert that its channel refused for good: ``step`` if there is one, else the
    second channel, else coordination; None where that was refused too."""
    if step is not None:
        return step
    if has_second and alert.channel == EMAIL:
        return Insist(channel=SECOND)
    return None if alert.escalated else Insist(to=Audience.COORDINATION)


def insist_at(
    alert: AlertPlanned, step: Insist | None, left_at: datetime, hours: WorkingHours
) -> datetime | None:
    """When ``step`` follows an alert that left at ``left_at`` and that nobody acknowledges.

    What is not critical waits for working hours."""
    if step is None:
        return None
    if step.after_working_days:
        local = left_at.astimezone(hours.zone)
        day = hours.working_days_after(local.date(), step.after_working_days)
        return hours.next_open(hours.at(day, local.time()))
    then = left_at + timedelta(minutes=step.after_minutes)
    return then if alert.urgency is Urgency.CRITICAL else hours.next_open(then)


def next_steps(
    alert: AlertPlanned,
    step: Insist,
    cause: Cause,
    directory: Directory,
    *,
    now: datetime,
    day: date,
) -> tuple[AlertPlanned, ...]:
    """The alerts that follow one that nobody acknowledged: due now, one step further up.

    The ladders of several people that lead to the same coordinator meet in one alert.
    """
    told: tuple[str, ...] = (alert.recipient,)
    if step.to is not Audience.SAME:
        told = directory.audience(step.to, unit=cause.unit, holder=cause.holder, day=day)
    rung = f"{base_of(alert.rung)}+{alert.step + 1}"
    up = replace(
        alert,
        rung=rung,
        step=alert.step + 1,
        channel=step.channel,
        escalated=alert.escalated or step.to is Audience.COORDINATION,
        due_at=now,
    )
    return tuple(
        replace(up, recipient=one, alert_id=alert_id(alert.cause, one, rung)) for one in told
    )


def _alert(
    cause: Cause, ladder: Ladder, stage: Stage, rung: str, recipient: str, due_at: datetime
) -> AlertPlanned:
    return AlertPlanned(
        alert_id=alert_id(cause.key, recipient, rung),
        register=cause.register,
        cause=cause.key,
        kind=cause.kind,
        recipient=recipient,
        rung=rung,
        ladder=ladder.name,
        stage=stage.name,
        due_at=due_at,
        urgency=urgency_of(cause, stage),
        request_id=cause.request_id,
        case_id=cause.case_id,
        deadline_id=cause.deadline_id,
        term=cause.term,
        term_at=cause.term_at,
        about=about(cause),
    )


def about(cause: Cause) -> str:
    """What a cause concerns, for volunteers: a reference, never a name nor a matter (R33)."""
    if cause.request_id is not None:
        return f"demande {request_reference(cause.request_id)}"
    if cause.case_id is not None:
        return f"suivi {case_reference(cause.case_id)}"
    if cause.kind == DEADLINE and cause.deadline_id is not None:
        return f"échéance {deadline_reference(cause.deadline_id)}"
    return cause.kind
