"""The codec of each service's events: the one that its writers and all its readers use."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.codec import Codec
from shared.contracts.followup import upcasters as followup
from shared.contracts.followup.events import FollowupEvent
from shared.contracts.intake import upcasters as intake
from shared.contracts.intake.events import IntakeEvent
from shared.contracts.notifications import upcasters as notifications
from shared.contracts.notifications.events import NotificationsEvent
from shared.contracts.routing import upcasters as routing
from shared.contracts.routing.events import RoutingEvent

INTAKE = Codec(IntakeEvent, intake.UPCASTERS, intake.PRIVATE_UPCASTERS)
ROUTING = Codec(RoutingEvent, routing.UPCASTERS, routing.PRIVATE_UPCASTERS)
FOLLOWUP = Codec(FollowupEvent, followup.UPCASTERS, followup.PRIVATE_UPCASTERS)
NOTIFICATIONS = Codec(NotificationsEvent, notifications.UPCASTERS, notifications.PRIVATE_UPCASTERS)

CODECS: Mapping[str, Codec] = {
    "intake": INTAKE,
    "routing": ROUTING,
    "followup": FOLLOWUP,
    "notifications": NOTIFICATIONS,
}
