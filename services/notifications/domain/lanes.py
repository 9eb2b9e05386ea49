"""Lanes: alerts that never wait for one another, each with its own connection and time-outs."""

from __future__ import annotations

from enum import StrEnum

from shared.contracts.notifications.events import AlertPlanned
from shared.contracts.vocabulary import URGENCY_LEVELS, Urgency

from .ladder import SECOND

RANK = {urgency: rank for rank, urgency in enumerate(reversed(URGENCY_LEVELS))}  # 0: critical


class Lane(StrEnum):
    """What is critical or goes to coordination, what waits its turn, and the second channel."""

    URGENT = "urgent"
    ORDINARY = "ordinary"
    SECOND = "second"


def lane_of(alert: AlertPlanned) -> Lane:
    """The lane in which an alert leaves."""
    if alert.channel == SECOND:
        return Lane.SECOND
    return Lane.URGENT if alert.escalated else first_lane(alert.urgency)


def first_lane(urgency: Urgency) -> Lane:
    """The lane in which a stage's first alerts leave."""
    return Lane.URGENT if urgency is Urgency.CRITICAL else Lane.ORDINARY
