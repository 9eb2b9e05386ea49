"""Make the alerts of a cause what its plan calls for: plan what is missing, cancel what is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.notifications.application.book import AlertBook
from services.notifications.domain.alert import Alert
from services.notifications.domain.cause import Cause, ladder_of
from services.notifications.domain.commands import Acknowledge, CancelAlert, Gone, PlanAlert
from services.notifications.domain.directory import Directory
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy
from services.notifications.domain.moments import moments, next_stage
from services.notifications.domain.plan import Plan, plan


def waiting(
    cause: Cause, policy: Policy, hours: WorkingHours, *, after: datetime | None = None
) -> Cause:
    """The cause, which says when its next stage is to be planned: after then, if given."""
    ladder = ladder_of(cause, policy) if cause.open else None
    found = next_stage(cause, ladder, hours, after=after) if ladder else None
    next_at, next_lane = found or (None, None)
    return replace(cause, next_at=next_at, next_lane=next_lane)


def reconcile(
    book: AlertBook,
    cause: Cause,
    policy: Policy,
    directory: Directory,
    hours: WorkingHours,
    *,
    until: datetime,
) -> None:
    """Plan what leaves until then, keep or cancel the alerts of one cause. Asked again, it does
    nothing."""
    ladder = ladder_of(cause, policy) if cause.open else None
    called_for = None
    if ladder:
        known = {
            (one.planned.recipient, one.planned.rung)
            for one in book.of_cause(cause.key)
            if one.planned and not one.may_be_planned
        }
        called_for = plan(cause, ladder, directory, hours, until=until, known=known)
        for alert in called_for.alerts:
            book.do(alert.alert_id, PlanAlert(planned=alert))
    cancel_gone(book, cause, called_for)


def carry_over(
    book: AlertBook,
    before: Cause,
    after: Cause,
    policy: Policy,
    directory: Directory,
    hours: WorkingHours,
    *,
    at: datetime,
) -> None:
    """A cause became another at that instant, maybe heard of much later.

    What ``before`` had still to tell by then, or at once, is planned if it stands in ``after`` and
    is not called for there anyway. What has lost its cause is cancelled.
    """
    ladder = ladder_of(after, policy) if after.open else None
    called_for = plan(after, ladder, directory, hours) if ladder else None
    old_ladder = ladder_of(before, policy) if before.open and before.next_at else None
    if called_for and old_ladder:
        again = {alert.alert_id for alert in called_for.alerts}
        for alert in plan(before, old_ladder, directory, hours).alerts:
            stage = old_ladder.stage(alert.stage)
            owed = alert.due_at <= at or (stage is not None and stage.at_once)
            if owed and alert.alert_id not in again and called_for.stands(alert):
                book.do(alert.alert_id, PlanAlert(planned=alert))
    cancel_gone(book, after, called_for)


def cancel_gone(book: AlertBook, cause: Cause, called_for: Plan | None) -> None:
    """Cancel the open alerts that no stage stands for any more; all, if nothing is called for."""
    reason = Gone.REPLANNED if called_for else Gone.CAUSE_GONE
    for alert in book.of_cause(cause.key):
        planned = alert.planned
        if planned is None or not alert.open or (called_for and called_for.stands(planned)):
            continue
        book.do(planned.alert_id, CancelAlert(reason=reason))


def settle_notice(book: AlertBook, cause: Cause, policy: Policy, by: str) -> Cause:
    """Somebody accepted the request: what has left is seen, what was to announce it is not sent.

    The cause as it is then, before it has another holder.
    """
    at_once = _at_once(policy)
    for alert in book.of_cause(cause.key):
        _settle(book, alert, at_once, by)
    return replace(cause, announce=False)


def notice_to_come(book: AlertBook, cause: Cause, policy: Policy, hours: WorkingHours) -> bool:
    """Whether what announces the cause is still to be planned, or to leave for somebody."""
    ladder = ladder_of(cause, policy) if cause.open else None
    if ladder is None:
        return False
    next_at = cause.next_at
    to_plan = next_at is not None and any(
        one.stage.at_once and one.leaves_at is not None and one.leaves_at >= next_at
        for one in moments(cause, ladder, hours)
    )
    at_once = _at_once(policy)
    return to_plan or any(_is_unsent(alert, at_once) for alert in book.of_cause(cause.key))


def _at_once(policy: Policy) -> set[tuple[str, str]]:
    """The stages that announce, with their ladders."""
    return {
        (ladder.name, stage.name)
        for ladder in policy.ladders.values()
        for stage in ladder.stages
        if stage.at_once
    }


def _is_unsent(alert: Alert, at_once: set[tuple[str, str]]) -> bool:
    planned = alert.planned
    if planned is None or not alert.open or alert.may_have_arrived or planned.step:
        return False
    return (planned.ladder, planned.stage) in at_once


def _settle(book: AlertBook, alert: Alert, at_once: set[tuple[str, str]], by: str) -> None:
    planned = alert.planned
    if planned is None or not alert.open:
        return
    if alert.may_have_arrived:
        book.do(planned.alert_id, Acknowledge(by=by))
    elif (planned.ladder, planned.stage) in at_once or planned.step:
        book.do(planned.alert_id, CancelAlert(reason=Gone.ACKNOWLEDGED))
