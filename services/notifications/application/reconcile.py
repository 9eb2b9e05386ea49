"""Make the alerts of a cause what its plan calls for: plan what is missing, cancel what is gone."""

from __future__ import annotations

from collections.abc import Mapping

from services.notifications.application.book import AlertBook
from services.notifications.domain.alert import Alert
from services.notifications.domain.cause import Cause, ladder_of
from services.notifications.domain.commands import Acknowledge, CancelAlert, Gone, PlanAlert
from services.notifications.domain.directory import Directory
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy
from services.notifications.domain.plan import base_of, plan


def reconcile(
    book: AlertBook, cause: Cause, policy: Policy, directory: Directory, hours: WorkingHours
) -> None:
    """Plan, keep or cancel the alerts of one cause. Asked again, it does nothing."""
    ladder = ladder_of(cause, policy) if cause.open else None
    if ladder is None:
        _cancel_open(book, book.of_cause(cause.key), Gone.CAUSE_GONE)
        return
    book.load_causes([cause.key])
    called_for = plan(cause, ladder, directory, hours)
    for alert in called_for.alerts:
        book.do(alert.alert_id, PlanAlert(planned=alert))
    gone = [one for one in book.of_cause(cause.key) if not _stands(one, called_for.audiences)]
    _cancel_open(book, gone, Gone.REPLANNED)


def settle_notice(book: AlertBook, cause: Cause, policy: Policy, by: str) -> None:
    """Somebody accepted the request: what has left is seen, what was to announce it is not sent."""
    at_once = {
        (ladder.name, stage.name)
        for ladder in policy.ladders.values()
        for stage in ladder.stages
        if stage.at_once
    }
    for alert in book.of_cause(cause.key):
        planned = alert.planned
        if planned is None or not alert.open:
            continue
        if alert.may_have_arrived:
            book.do(planned.alert_id, Acknowledge(by=by))
        elif (planned.ladder, planned.stage) in at_once or planned.step:
            book.do(planned.alert_id, CancelAlert(reason=Gone.ACKNOWLEDGED))


def _stands(alert: Alert, audiences: Mapping[str, frozenset[str]]) -> bool:
    """Whether the stage that an alert comes from still stands, and still tells its recipient."""
    planned = alert.planned
    if planned is None:
        return True
    told = audiences.get(base_of(planned.rung))
    return told is not None and (planned.escalated or planned.recipient in told)


def _cancel_open(book: AlertBook, alerts: list[Alert], reason: Gone) -> None:
    for alert in alerts:
        if alert.open and alert.planned is not None:
            book.do(alert.planned.alert_id, CancelAlert(reason=reason))
