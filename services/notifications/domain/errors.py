"""What notifications refuses, and why."""

from __future__ import annotations

from uuid import UUID

from shared.errors import Conflict, Refused


class NotYetSent(Refused):
    """Somebody acknowledged an alert that has not left."""

    code = "notifications.not_yet_sent"

    def __init__(self, alert_id: UUID) -> None:
        super().__init__(f"alert_id: alert {alert_id} has not left yet; wait until it does")


class UnknownAlert(Refused):
    """No alert of that id, or a link that was not made here."""

    code = "notifications.unknown_alert"

    def __init__(self) -> None:
        super().__init__("alert: unknown, or the link is not complete; open it from the message")


class NothingInHand(Conflict):
    """An outcome was noted for an alert that nobody is sending: somebody else noted it first."""

    code = "notifications.nothing_in_hand"

    def __init__(self, alert_id: UUID) -> None:
        super().__init__(f"alert_id: alert {alert_id} is not being sent; look at it again")
