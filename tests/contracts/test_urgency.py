"""The order of urgencies, which requests, assignments and alerts share."""

from __future__ import annotations

from services.notifications.domain.lanes import RANK
from shared.contracts.vocabulary import URGENCY_LEVELS, Urgency, above, higher, raised


def test_every_urgency_has_its_place() -> None:
    assert set(URGENCY_LEVELS) == set(Urgency)
    assert above(Urgency.CRITICAL, Urgency.HIGH)
    assert above(Urgency.NORMAL, Urgency.LOW)
    assert not above(Urgency.HIGH, Urgency.HIGH)


def test_of_two_the_more_urgent_prevails() -> None:
    assert higher(Urgency.NORMAL, Urgency.HIGH) is Urgency.HIGH
    assert higher(Urgency.HIGH, Urgency.NORMAL) is Urgency.HIGH


def test_critical_is_raised_no_further() -> None:
    assert raised(Urgency.LOW) is Urgency.NORMAL
    assert raised(Urgency.CRITICAL) is Urgency.CRITICAL


def test_the_ranks_that_alerts_are_stored_with_stay() -> None:
    assert RANK == {Urgency.CRITICAL: 0, Urgency.HIGH: 1, Urgency.NORMAL: 2, Urgency.LOW: 3}
